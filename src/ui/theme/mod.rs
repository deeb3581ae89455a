//! The look of the window: every colour, size, spacing and font, in one folder.
//!
//! Owns the two palettes ([`Palette`]), the colours of values and classes, the fonts and the egui
//! style made of them. It does not know any panel or widget: those ask [`palette`] for a colour by
//! what it means and use the constants below for sizes. No other file names a colour.
//!
//! The look is flat and calm. Surfaces are told apart by tone, from the deepest to the nearest:
//! [`Palette::background`], [`Palette::panel`], [`Palette::card`], [`Palette::control`]; drawings lie
//! on [`Palette::canvas`]. There is one accent, the blue; red belongs to what destroys.

use eframe::egui;

mod class;
mod font;
mod frame;
mod palette;
mod ramp;
mod series;
mod style;

pub use class::{CLASSES, Marker, class_color, class_marker};
pub use font::{ICON_FAMILY, STRONG_FAMILY};
pub use frame::{canvas_frame, card_frame, panel_frame, toolbar_frame};
pub use palette::{Palette, palette};
pub use ramp::{signed_color, signed_colors};
pub use series::{Dash, SERIES, Series};
pub use style::{Emphasis, display_text_style, emphasize, set_reduced_motion, strong_text_style};

/// Space between things that belong together, in points.
pub const SPACE_1: f32 = 4.0;
/// Space between neighbours, in points.
pub const SPACE_2: f32 = 8.0;
/// Space from a card's edge to its content, in points.
pub const SPACE_3: f32 = 12.0;
/// Space between groups, in points.
pub const SPACE_4: f32 = 16.0;
/// Space between sections, in points.
pub const SPACE_5: f32 = 24.0;

/// Radius of the corners of cards and windows, in points.
pub const RADIUS: u8 = 6;
/// Radius of the corners of controls, which lie within them. (From five points on, outline
/// included, a corner takes egui twice as many triangles.)
pub const CONTROL_RADIUS: u8 = 4;
/// Height of buttons, fields and rows of controls, in points: large enough to hit on a projector.
pub const CONTROL_HEIGHT: f32 = 28.0;
/// Height of an icon beside text, in points.
pub const ICON: f32 = 16.0;

/// Size of secondary text, in points.
pub const TEXT_SMALL: f32 = 12.0;
/// Size of all ordinary text, in points.
pub const TEXT_BODY: f32 = 14.0;
/// Size of headings (semibold), in points.
pub const TEXT_HEADING: f32 = 16.0;
/// Size of the few large figures and titles (semibold), in points.
pub const TEXT_DISPLAY: f32 = 20.0;

/// How long a movement on screen takes, in seconds. Zero when the person asked for no motion.
pub const MOTION: f32 = 0.12;

/// Gives `ctx` the fonts and both themes. Call once, before the first frame.
///
/// Which theme shows is egui's own setting (`ctx.set_theme`), which can follow the system.
///
/// ```
/// use eframe::egui;
/// use netsmith::ui::theme;
///
/// let ctx = egui::Context::default();
/// theme::install(&ctx);
/// ctx.set_theme(egui::Theme::Light);
/// assert!(!theme::palette(&ctx).dark);
/// ```
pub fn install(ctx: &egui::Context) {
    ctx.set_fonts(font::definitions());
    for theme in [egui::Theme::Dark, egui::Theme::Light] {
        ctx.set_style_of(theme, style::style(palette::of(theme)));
    }
}
