//! The icons of the window, by name.
//!
//! Owns the list of [Phosphor](https://phosphoricons.com) glyphs in use and the two ways of putting
//! one on screen: beside words, as a part of any egui widget, and alone, as a square button. It does
//! not know what a button does.
//!
//! An icon is painted, never written as text: a screen reader hears "Train", not a private-use
//! character, and a test finds the button by the word that a person reads.
//!
//! To add an icon, look its code point up in Phosphor's `regular/style.css` and add one line here.

use eframe::egui::{
    self, Align2, Atom, Color32, FontFamily, FontId, Pos2, Response, Role, Ui, Vec2, WidgetInfo,
};

use super::theme;

/// One glyph of the icon font.
///
/// It can stand wherever egui takes atoms, beside words or without:
///
/// ```
/// # use netsmith::ui::{icon, theme};
/// # use eframe::egui;
/// # let ctx = egui::Context::default();
/// # theme::install(&ctx);
/// # let mut output = ctx.run_ui(egui::RawInput::default(), |ui| {
/// ui.button((icon::PLAY, "Train"));
/// # });
/// # output.textures_delta.clear();
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Icon(char);

impl Icon {
    /// The character of the icon font (in Unicode's private use area).
    pub fn glyph(self) -> char {
        self.0
    }

    /// Paints the icon, centred on `center`, `size` points high.
    pub fn paint(self, painter: &egui::Painter, center: Pos2, size: f32, color: Color32) {
        let font = FontId::new(size, FontFamily::Name(theme::ICON_FAMILY.into()));
        painter.text(center, Align2::CENTER_CENTER, self.0, font, color);
    }

    /// The icon as a part of a widget, in the colour of the text beside it, `size` points high.
    pub fn atom(self, size: f32) -> Atom<'static> {
        Atom::paint(Vec2::splat(size), move |ui, args| {
            self.paint(ui.painter(), args.rect.center(), size, args.fallback_text_color);
        })
    }

    /// The icon alone, [`theme::ICON`] points high, in the colour `color`.
    pub fn show(self, ui: &mut Ui, color: Color32) -> Response {
        let (rect, response) = ui.allocate_exact_size(
            Vec2::new(theme::ICON, ui.text_style_height(&egui::TextStyle::Body)),
            egui::Sense::hover(),
        );
        self.paint(ui.painter(), rect.center(), theme::ICON, color);
        response
    }

    /// A square, frameless button with nothing but the icon.
    ///
    /// `name` is its accessible name and its tooltip. Main actions carry words beside their icon;
    /// this is for the small ones that repeat (remove, undo, zoom).
    pub fn button(self, ui: &mut Ui, name: &str) -> Response {
        let padding = Vec2::splat((theme::CONTROL_HEIGHT - theme::ICON) / 2.0);
        let response = ui
            .scope(|ui| {
                ui.spacing_mut().button_padding = padding;
                ui.add(egui::Button::new(self).frame_when_inactive(false))
            })
            .inner;
        let enabled = ui.is_enabled();
        response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, name));
        response.on_hover_text(name)
    }
}

impl From<Icon> for Atom<'static> {
    fn from(icon: Icon) -> Self {
        icon.atom(theme::ICON)
    }
}

/// Declares the icons and the list of all of them.
macro_rules! icons {
    ($($(#[$doc:meta])* $name:ident = $glyph:literal;)*) => {
        $($(#[$doc])* pub const $name: Icon = Icon($glyph);)*

        /// Every icon with its name, for the test that the font draws them all.
        pub const ALL: &[(&str, Icon)] = &[$((stringify!($name), $name)),*];
    };
}

icons! {
    /// Start, train.
    PLAY = '\u{e3d0}';
    /// Pause.
    PAUSE = '\u{e39e}';
    /// One step forward.
    STEP = '\u{e5a6}';
    /// One step back.
    STEP_BACK = '\u{e5a4}';
    /// Stop.
    STOP = '\u{e46c}';
    /// Back to the start.
    RESET = '\u{e038}';
    /// Back in time.
    REWIND = '\u{e6a8}';
    /// Faster.
    FAST_FORWARD = '\u{e6a6}';
    /// Again.
    REPEAT = '\u{e3f6}';
    /// Draw anew at random.
    DICE = '\u{e1ee}';
    /// Mix the order.
    SHUFFLE = '\u{e422}';
    /// Refresh.
    REFRESH = '\u{e094}';
    /// Open.
    FOLDER_OPEN = '\u{e256}';
    /// Save.
    SAVE = '\u{e248}';
    /// A file.
    FILE = '\u{e230}';
    /// A new file.
    FILE_NEW = '\u{e236}';
    /// A CSV file.
    FILE_CSV = '\u{eb1c}';
    /// Copy.
    COPY = '\u{e1ca}';
    /// To the clipboard.
    CLIPBOARD = '\u{e198}';
    /// Export.
    EXPORT = '\u{eaf0}';
    /// Save to disk.
    DOWNLOAD = '\u{e20c}';
    /// Take a picture.
    CAMERA = '\u{e10e}';
    /// A picture.
    IMAGE = '\u{e2ca}';
    /// Opens outside the window.
    EXTERNAL = '\u{e5de}';
    /// Add.
    PLUS = '\u{e3d4}';
    /// Take away.
    MINUS = '\u{e32a}';
    /// Close, remove.
    CLOSE = '\u{e4f6}';
    /// Delete.
    TRASH = '\u{e4a6}';
    /// Edit.
    PENCIL = '\u{e3b4}';
    /// Undo.
    UNDO = '\u{e08a}';
    /// Redo.
    REDO = '\u{e08c}';
    /// Paint.
    BRUSH = '\u{e6f0}';
    /// Erase.
    ERASER = '\u{e21e}';
    /// Clear all.
    BROOM = '\u{ec54}';
    /// Linked.
    LINK = '\u{e2e2}';
    /// Freeze, frozen.
    SNOWFLAKE = '\u{e5aa}';
    /// Locked.
    LOCK = '\u{e2fa}';
    /// Not locked.
    UNLOCK = '\u{e306}';
    /// Shown.
    EYE = '\u{e220}';
    /// Hidden.
    EYE_OFF = '\u{e224}';
    /// Pinned.
    PIN = '\u{e3e2}';
    /// A handle to drag by.
    DRAG = '\u{eae2}';
    /// More actions.
    MORE = '\u{e1fe}';
    /// Settings.
    GEAR = '\u{e270}';
    /// Adjustments.
    SLIDERS = '\u{e432}';
    /// Filter.
    FUNNEL = '\u{e266}';
    /// Sorted.
    SORT = '\u{e444}';
    /// Keyboard shortcuts.
    KEYBOARD = '\u{e2d8}';
    /// Command palette.
    COMMAND = '\u{e1c4}';
    /// Dark theme.
    MOON = '\u{e330}';
    /// Light theme.
    SUN = '\u{e472}';
    /// Presentation scale.
    PRESENT = '\u{e658}';
    /// Help.
    QUESTION = '\u{e3e8}';
    /// Information.
    INFO = '\u{e2ce}';
    /// Warning.
    WARNING = '\u{e4e0}';
    /// Something failed.
    ERROR = '\u{e4e2}';
    /// Done, right.
    CHECK = '\u{e182}';
    /// Passed.
    CHECK_CIRCLE = '\u{e184}';
    /// Not possible.
    PROHIBIT = '\u{e3de}';
    /// Report a fault.
    BUG = '\u{e5f4}';
    /// A hint.
    LIGHTBULB = '\u{e2dc}';
    /// Read more.
    BOOK = '\u{e0e6}';
    /// Lesson.
    LESSON = '\u{e62c}';
    /// Goal.
    FLAG = '\u{e244}';
    /// Target.
    TARGET = '\u{e47c}';
    /// Favourite.
    STAR = '\u{e46a}';
    /// Opens downwards.
    CARET_DOWN = '\u{e136}';
    /// Closes upwards.
    CARET_UP = '\u{e13c}';
    /// Opens to the right.
    CARET_RIGHT = '\u{e13a}';
    /// Opens to the left.
    CARET_LEFT = '\u{e138}';
    /// To the right.
    ARROW_RIGHT = '\u{e06c}';
    /// To the left.
    ARROW_LEFT = '\u{e058}';
    /// Up.
    ARROW_UP = '\u{e08e}';
    /// Down.
    ARROW_DOWN = '\u{e03e}';
    /// Move about.
    MOVE = '\u{e0a4}';
    /// Pan.
    HAND = '\u{e298}';
    /// Search.
    SEARCH = '\u{e30c}';
    /// Zoom in.
    ZOOM_IN = '\u{e310}';
    /// Zoom out.
    ZOOM_OUT = '\u{e30e}';
    /// Fit to the view.
    FIT = '\u{e1d0}';
    /// Pick a point.
    CROSSHAIR = '\u{e1d6}';
    /// The network.
    NETWORK = '\u{eb58}';
    /// Layers.
    LAYERS = '\u{e466}';
    /// From input to output.
    FLOW = '\u{e6ec}';
    /// Learning.
    BRAIN = '\u{e74e}';
    /// Speed, an optimizer.
    LIGHTNING = '\u{e2de}';
    /// A measured speed.
    GAUGE = '\u{e628}';
    /// Computing cost.
    CPU = '\u{e610}';
    /// Time.
    TIMER = '\u{e492}';
    /// History.
    CLOCK = '\u{e19a}';
    /// Experiment.
    FLASK = '\u{e79e}';
    /// A function.
    FUNCTION = '\u{ebe4}';
    /// A formula.
    MATH = '\u{e31e}';
    /// A signal.
    WAVE = '\u{ea9a}';
    /// A curve.
    CHART_LINE = '\u{e154}';
    /// Bars, a histogram.
    CHART_BAR = '\u{e150}';
    /// Points.
    SCATTER = '\u{eaac}';
    /// A table.
    TABLE = '\u{e476}';
    /// Data.
    DATABASE = '\u{e1de}';
    /// A grid, a map.
    GRID = '\u{e296}';
    /// Decision map.
    MAP = '\u{e31a}';
    /// A list.
    LIST = '\u{e2f0}';
    /// A number.
    HASH = '\u{e2a2}';
    /// A label.
    TAG = '\u{e478}';
    /// Dropout.
    DROP = '\u{e566}';
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn the_icon_font_draws_every_icon() {
        let ctx = egui::Context::default();
        theme::install(&ctx);
        let mut output = ctx.run_ui(egui::RawInput::default(), |_| {});
        output.textures_delta.clear();
        let font = FontId::new(theme::ICON, FontFamily::Name(theme::ICON_FAMILY.into()));
        for (name, icon) in ALL {
            assert!(
                ctx.fonts_mut(|fonts| fonts.has_glyph(&font, icon.glyph())),
                "{name} has no glyph"
            );
        }
    }

    #[test]
    fn every_icon_is_named_once() {
        let glyphs: HashSet<char> = ALL.iter().map(|(_, icon)| icon.glyph()).collect();
        assert_eq!(glyphs.len(), ALL.len());
    }
}
