//! The colours of the two themes, named by what they mean.

use std::sync::LazyLock;

use eframe::egui::{self, Color32};

use super::ramp::Ramp;

/// The colours of one theme.
///
/// Every text colour reads on every surface with a contrast of at least 4.5 : 1 (WCAG 2.2, level AA);
/// a test computes it.
#[derive(Debug)]
pub struct Palette {
    /// Whether this is the dark theme.
    pub dark: bool,

    /// The window's ground, seen between panels.
    pub background: Color32,
    /// Panels and bars.
    pub panel: Color32,
    /// Cards on panels, menus and dialogs.
    pub card: Color32,
    /// The ground of drawings: the network, maps, plots.
    pub canvas: Color32,
    /// Fields that take text, and rows of a table that alternate.
    pub field: Color32,
    /// Buttons at rest.
    pub control: Color32,
    /// Buttons under the pointer.
    pub control_hovered: Color32,
    /// Buttons held down.
    pub control_pressed: Color32,
    /// The edge of buttons and fields, hardly darker or lighter than they are.
    pub edge: Color32,
    /// The few lines there are: around fields and menus, grids of plots.
    pub outline: Color32,

    /// Headings, values, what the eye should find first.
    pub text_strong: Color32,
    /// Ordinary text.
    pub text: Color32,
    /// Units, captions, hints.
    pub text_weak: Color32,

    /// The one accent as a fill: the main action.
    pub accent: Color32,
    /// The accent under the pointer.
    pub accent_hovered: Color32,
    /// Text on [`Palette::accent`] and on [`Palette::danger`].
    pub on_accent: Color32,
    /// The accent as text or as a thin line: links, focus, the chosen curve.
    pub accent_text: Color32,
    /// What is selected.
    pub selection: Color32,
    /// Text on [`Palette::selection`].
    pub on_selection: Color32,

    /// What destroys, as a fill.
    pub danger: Color32,
    /// [`Palette::danger`] under the pointer.
    pub danger_hovered: Color32,
    /// What destroys, as text.
    pub danger_text: Color32,
    /// Warnings and failures, as text.
    pub warning: Color32,
    /// What passed or is right, as text.
    pub success: Color32,

    /// Values below zero.
    pub negative: Color32,
    /// Zero.
    pub neutral: Color32,
    /// Values above zero.
    pub positive: Color32,
    /// No value at all: "not a number".
    pub undefined: Color32,

    /// The curve of the training part.
    pub training: Color32,
    /// The curve of the validation part.
    pub validation: Color32,

    /// Shadows under menus and dialogs.
    pub shadow: Color32,

    ramp: LazyLock<Ramp>,
}

impl Palette {
    /// The colours of signed values from negative to positive.
    pub(super) fn ramp(&self) -> &Ramp {
        &self.ramp
    }
}

/// The palette of the theme that `ctx` shows. A `Ui` serves as well as a `Context`.
pub fn palette(ctx: &egui::Context) -> &'static Palette {
    of(ctx.theme())
}

/// The palette of a theme.
pub(super) fn of(theme: egui::Theme) -> &'static Palette {
    match theme {
        egui::Theme::Dark => &DARK,
        egui::Theme::Light => &LIGHT,
    }
}

const NEGATIVE: Color32 = rgb(0xf5_93_22);
const NEUTRAL: Color32 = rgb(0xe8_ea_eb);
const POSITIVE: Color32 = rgb(0x08_77_bd);

static DARK: Palette = Palette {
    dark: true,
    background: rgb(0x0d_0f_12),
    panel: rgb(0x16_19_1d),
    card: rgb(0x1d_21_26),
    canvas: rgb(0x11_13_17),
    field: rgb(0x11_13_17),
    control: rgb(0x2a_2f_36),
    control_hovered: rgb(0x34_3a_43),
    control_pressed: rgb(0x23_28_2e),
    edge: rgb(0x34_3a_43),
    outline: rgb(0x33_39_42),
    text_strong: rgb(0xf3_f5_f7),
    text: rgb(0xcb_d1_d8),
    text_weak: rgb(0x9a_a4_b0),
    accent: rgb(0x08_77_bd),
    accent_hovered: rgb(0x06_6b_ab),
    on_accent: rgb(0xff_ff_ff),
    accent_text: rgb(0x5b_b6_ee),
    selection: rgb(0x0c_4f_7c),
    on_selection: rgb(0xee_f7_fd),
    danger: rgb(0xc9_35_35),
    danger_hovered: rgb(0xb8_2c_2c),
    danger_text: rgb(0xff_86_82),
    warning: rgb(0xf5_a5_48),
    success: rgb(0x4f_c3_98),
    negative: NEGATIVE,
    neutral: NEUTRAL,
    positive: POSITIVE,
    undefined: rgb(0x8a_3f_77),
    training: rgb(0x5b_b6_ee),
    validation: rgb(0xf5_a5_48),
    shadow: Color32::from_black_alpha(0x70),
    ramp: LazyLock::new(|| Ramp::new(NEGATIVE, NEUTRAL, POSITIVE)),
};

static LIGHT: Palette = Palette {
    dark: false,
    background: rgb(0xe3_e6_ea),
    panel: rgb(0xf1_f3_f5),
    card: rgb(0xff_ff_ff),
    canvas: rgb(0xfa_fb_fc),
    field: rgb(0xff_ff_ff),
    control: rgb(0xe4_e8_ec),
    control_hovered: rgb(0xd9_de_e4),
    control_pressed: rgb(0xcd_d4_dc),
    edge: rgb(0xcf_d6_dd),
    outline: rgb(0xc9_d0_d8),
    text_strong: rgb(0x12_16_1b),
    text: rgb(0x30_38_42),
    text_weak: rgb(0x50_5b_67),
    accent: rgb(0x08_77_bd),
    accent_hovered: rgb(0x06_6b_ab),
    on_accent: rgb(0xff_ff_ff),
    accent_text: rgb(0x05_5d_94),
    selection: rgb(0x9d_d0_f0),
    on_selection: rgb(0x04_36_58),
    danger: rgb(0xc9_35_35),
    danger_hovered: rgb(0xb8_2c_2c),
    danger_text: rgb(0xa5_22_22),
    warning: rgb(0x8a_48_00),
    success: rgb(0x0a_62_46),
    negative: NEGATIVE,
    neutral: NEUTRAL,
    positive: POSITIVE,
    undefined: rgb(0x8a_3f_77),
    training: rgb(0x08_77_bd),
    validation: rgb(0xd0_6a_00),
    shadow: Color32::from_black_alpha(0x28),
    ramp: LazyLock::new(|| Ramp::new(NEGATIVE, NEUTRAL, POSITIVE)),
};

/// A colour as it is written everywhere: `0xRR_GG_BB`.
const fn rgb(hex: u32) -> Color32 {
    Color32::from_rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance, WCAG 2.2.
    fn luminance(color: Color32) -> f64 {
        let linear = |channel: u8| {
            let c = f64::from(channel) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(color.r()) + 0.7152 * linear(color.g()) + 0.0722 * linear(color.b())
    }

    fn contrast(a: Color32, b: Color32) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn every_text_reads_on_every_surface() {
        for palette in [&DARK, &LIGHT] {
            let surfaces = [
                ("background", palette.background),
                ("panel", palette.panel),
                ("card", palette.card),
                ("canvas", palette.canvas),
                ("field", palette.field),
                ("control", palette.control),
                ("control_hovered", palette.control_hovered),
                ("control_pressed", palette.control_pressed),
            ];
            let texts = [
                ("text_strong", palette.text_strong),
                ("text", palette.text),
                ("text_weak", palette.text_weak),
                ("accent_text", palette.accent_text),
                ("danger_text", palette.danger_text),
                ("warning", palette.warning),
                ("success", palette.success),
            ];
            for (surface, ground) in surfaces {
                for (text, color) in texts {
                    let contrast = contrast(color, ground);
                    assert!(
                        contrast >= 4.5,
                        "dark {}: {text} on {surface}: {contrast:.2}",
                        palette.dark
                    );
                }
            }
        }
    }

    #[test]
    fn text_reads_on_its_fill() {
        for palette in [&DARK, &LIGHT] {
            for (text, fill) in [
                (palette.on_accent, palette.accent),
                (palette.on_accent, palette.accent_hovered),
                (palette.on_accent, palette.danger),
                (palette.on_accent, palette.danger_hovered),
                (palette.on_selection, palette.selection),
            ] {
                let contrast = contrast(text, fill);
                assert!(contrast >= 4.5, "{text:?} on {fill:?}: {contrast:.2}");
            }
        }
    }

    #[test]
    fn curves_stand_out_from_their_ground() {
        for palette in [&DARK, &LIGHT] {
            for curve in [palette.training, palette.validation, palette.accent_text] {
                let contrast = contrast(curve, palette.canvas);
                assert!(contrast >= 3.0, "{curve:?}: {contrast:.2}");
            }
        }
    }
}
