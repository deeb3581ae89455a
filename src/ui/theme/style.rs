//! The palette as an egui style: how built-in widgets look, and how large they are.

use std::collections::BTreeMap;

use eframe::egui::epaint::FontColorTransferFunction;
use eframe::egui::style::{
    HandleShape, ScrollAnimation, ScrollStyle, Selection, Spacing, WidgetVisuals, Widgets,
};
use eframe::egui::{
    self, Color32, CornerRadius, FontFamily, FontId, Margin, Shadow, Stroke, Style, TextStyle,
    Vec2, Visuals, vec2,
};

use super::font::STRONG_FAMILY;
use super::{
    CONTROL_HEIGHT, CONTROL_RADIUS, ICON, MOTION, Palette, RADIUS, SPACE_1, SPACE_2, SPACE_4,
    TEXT_BODY, TEXT_DISPLAY, TEXT_HEADING, TEXT_SMALL,
};

/// Body text in semibold: the name of a card, a value among text.
pub fn strong_text_style() -> TextStyle {
    TextStyle::Name("strong".into())
}

/// The large semibold text of an empty state or of the one figure that matters.
pub fn display_text_style() -> TextStyle {
    TextStyle::Name("display".into())
}

/// A button that stands out among its neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Emphasis {
    /// The one main action of a view, in the accent colour.
    Primary,
    /// An action that destroys something, in red.
    Danger,
}

/// Makes the buttons of a scope stand out.
///
/// ```
/// # use netsmith::ui::theme::{self, Emphasis, emphasize};
/// # use eframe::egui;
/// # let ctx = egui::Context::default();
/// # theme::install(&ctx);
/// # let mut output = ctx.run_ui(egui::RawInput::default(), |ui| {
/// ui.scope(|ui| {
///     emphasize(ui, Emphasis::Primary);
///     ui.button("Train")
/// });
/// # });
/// # output.textures_delta.clear();
/// ```
pub fn emphasize(ui: &mut egui::Ui, emphasis: Emphasis) {
    let palette = super::palette(ui);
    let (rest, hovered) = match emphasis {
        Emphasis::Primary => (palette.accent, palette.accent_hovered),
        Emphasis::Danger => (palette.danger, palette.danger_hovered),
    };
    let widgets = &mut ui.visuals_mut().widgets;
    for (state, fill) in [
        (&mut widgets.inactive, rest),
        (&mut widgets.hovered, hovered),
        (&mut widgets.active, hovered),
        (&mut widgets.open, hovered),
    ] {
        state.weak_bg_fill = fill;
        state.bg_fill = fill;
        state.bg_stroke = Stroke::new(1.0, fill);
        state.fg_stroke.color = palette.on_accent;
    }
    // The ring of the focused button must differ from the button.
    widgets.active.bg_stroke = Stroke::new(1.5, palette.text_strong);
}

/// Turns all motion off, or on again. Call when the system or the person asks for no motion.
pub fn set_reduced_motion(ctx: &egui::Context, reduced: bool) {
    ctx.all_styles_mut(|style| set_motion(style, !reduced));
}

fn set_motion(style: &mut Style, motion: bool) {
    style.animation_time = if motion { MOTION } else { 0.0 };
    style.scroll_animation =
        if motion { ScrollAnimation::duration(MOTION) } else { ScrollAnimation::none() };
    style.visuals.text_cursor.blink = motion;
}

/// The style of the theme with these colours.
pub(super) fn style(palette: &Palette) -> Style {
    let mut style = Style {
        text_styles: text_styles(),
        spacing: spacing(),
        visuals: visuals(palette),
        ..Style::default()
    };
    set_motion(&mut style, true);
    // Text in a panel that people click through should not turn the pointer into a text cursor.
    style.interaction.selectable_labels = false;
    style.interaction.tooltip_delay = 0.4;
    style.compact_menu_style = true;
    style
}

fn text_styles() -> BTreeMap<TextStyle, FontId> {
    let regular = |size| FontId::new(size, FontFamily::Proportional);
    let strong = |size| FontId::new(size, FontFamily::Name(STRONG_FAMILY.into()));
    BTreeMap::from([
        (TextStyle::Small, regular(TEXT_SMALL)),
        (TextStyle::Body, regular(TEXT_BODY)),
        (TextStyle::Button, regular(TEXT_BODY)),
        (TextStyle::Monospace, FontId::new(TEXT_BODY, FontFamily::Monospace)),
        (TextStyle::Heading, strong(TEXT_HEADING)),
        (strong_text_style(), strong(TEXT_BODY)),
        (display_text_style(), strong(TEXT_DISPLAY)),
    ])
}

fn spacing() -> Spacing {
    Spacing {
        item_spacing: vec2(SPACE_2, SPACE_1),
        window_margin: Margin::same(16),
        menu_margin: Margin::same(4),
        // Centres a line of text in a field as high as a control.
        button_padding: vec2(SPACE_2, 5.0),
        indent: SPACE_4,
        interact_size: Vec2::splat(CONTROL_HEIGHT),
        slider_width: 144.0,
        slider_rail_height: 4.0,
        combo_width: 128.0,
        text_edit_width: 200.0,
        icon_width: ICON,
        icon_width_inner: 10.0,
        icon_spacing: SPACE_1,
        default_area_size: vec2(480.0, 320.0),
        tooltip_width: 320.0,
        menu_width: 320.0,
        menu_spacing: SPACE_1,
        combo_height: 320.0,
        scroll: ScrollStyle { bar_width: 8.0, ..ScrollStyle::floating() },
        ..Spacing::default()
    }
}

fn visuals(palette: &Palette) -> Visuals {
    let base = if palette.dark { Visuals::dark() } else { Visuals::light() };
    let shadow = Shadow { offset: [0, 4], blur: 16, spread: 0, color: palette.shadow };
    let mut visuals = Visuals {
        weak_text_color: Some(palette.text_weak),
        widgets: widgets(palette),
        selection: Selection {
            bg_fill: palette.selection,
            stroke: Stroke::new(1.0, palette.on_selection),
        },
        hyperlink_color: palette.accent_text,
        faint_bg_color: blend(palette.card, palette.text, 0.03),
        extreme_bg_color: palette.canvas,
        text_edit_bg_color: Some(palette.field),
        code_bg_color: palette.control,
        warn_fg_color: palette.warning,
        // Red belongs to what destroys; an error is a warning that came true.
        error_fg_color: palette.warning,
        window_corner_radius: CornerRadius::same(RADIUS),
        window_shadow: shadow,
        window_fill: palette.card,
        window_stroke: Stroke::new(1.0, palette.outline),
        menu_corner_radius: CornerRadius::same(RADIUS),
        panel_fill: palette.panel,
        popup_shadow: shadow,
        button_frame: true,
        collapsing_header_frame: false,
        indent_has_left_vline: false,
        striped: false,
        slider_trailing_fill: true,
        handle_shape: HandleShape::Rect { aspect_ratio: 0.4 },
        disabled_alpha: 0.45,
        ..base
    };
    // egui thickens light text on dark more than Inter needs.
    if palette.dark {
        visuals.text_options.color_transfer_function = FontColorTransferFunction::Gamma(0.8);
    }
    visuals.text_cursor.stroke = Stroke::new(1.5, palette.accent_text);
    visuals
}

fn widgets(palette: &Palette) -> Widgets {
    let state = |fill: Color32, text: Color32, border: Stroke| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: border,
        fg_stroke: Stroke::new(1.5, text),
        corner_radius: CornerRadius::same(CONTROL_RADIUS),
        expansion: 0.0,
    };
    let focus = Stroke::new(1.5, palette.accent_text);
    // A field and a button rest on the same grounds; the edge keeps a field visible on its own tone.
    let edge = Stroke::new(1.0, palette.edge);
    Widgets {
        noninteractive: WidgetVisuals {
            fg_stroke: Stroke::new(1.0, palette.text),
            ..state(palette.panel, palette.text, Stroke::new(1.0, palette.outline))
        },
        inactive: state(palette.control, palette.text, edge),
        hovered: state(palette.control_hovered, palette.text_strong, edge),
        active: state(palette.control_pressed, palette.text_strong, focus),
        open: state(palette.control_hovered, palette.text_strong, edge),
    }
}

/// `share` of the way from one colour to another.
fn blend(from: Color32, to: Color32, share: f32) -> Color32 {
    from.lerp_to_gamma(to, share)
}
