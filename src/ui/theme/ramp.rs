//! The colours of signed values: orange below zero, blue above, a light grey between.

use eframe::egui::Color32;

use super::Palette;

/// Steps from one end of a ramp to the other; an odd number, so that zero is a step of its own.
const STEPS: usize = 513;

/// The diverging scale of one palette, computed once.
///
/// The ends and the middle are interpolated in Oklab (Björn Ottosson, 2020), a space in which equal
/// steps look equal; halfway in sRGB would be muddy and too dark.
#[derive(Debug)]
pub(super) struct Ramp(Vec<Color32>);

impl Ramp {
    pub(super) fn new(negative: Color32, neutral: Color32, positive: Color32) -> Self {
        let [negative, neutral, positive] = [negative, neutral, positive].map(oklab);
        let half = (STEPS / 2) as f32;
        Ramp(
            (0..STEPS)
                .map(|step| {
                    let value = step as f32 / half - 1.0;
                    let end = if value < 0.0 { negative } else { positive };
                    let share = value.abs();
                    srgb(std::array::from_fn(|i| neutral[i] + share * (end[i] - neutral[i])))
                })
                .collect(),
        )
    }
}

/// The colour of `value`, which runs from −1 (orange) through 0 (neutral) to 1 (blue).
///
/// Values outside are shown as the nearer end, and "not a number" as [`Palette::undefined`], which
/// is no part of the scale.
pub fn signed_color(value: f32, palette: &Palette) -> Color32 {
    signed_colors(palette)(value)
}

/// [`signed_color`] for many values, such as the pixels of a map.
pub fn signed_colors(palette: &Palette) -> impl Fn(f32) -> Color32 {
    let (steps, undefined) = (palette.ramp().0.as_slice(), palette.undefined);
    move |value| {
        if value.is_nan() {
            return undefined;
        }
        // Half a step more, because the conversion rounds down; `round` is a call for each pixel.
        let step = (value.clamp(-1.0, 1.0) + 1.0) * (STEPS / 2) as f32 + 0.5;
        steps.get(step as usize).copied().unwrap_or(undefined)
    }
}

fn linear(channel: u8) -> f32 {
    let c = f32::from(channel) / 255.0;
    if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
}

fn gamma(linear: f32) -> u8 {
    let c =
        if linear <= 0.003_130_8 { 12.92 * linear } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 };
    (c.clamp(0.0, 1.0) * 255.0).round() as u8
}

type Vector = [f32; 3];

fn times(matrix: &[Vector; 3], v: Vector) -> Vector {
    matrix.map(|row| row[0] * v[0] + row[1] * v[1] + row[2] * v[2])
}

const LMS_FROM_RGB: [Vector; 3] = [
    [0.412_221_46, 0.536_332_55, 0.051_445_995],
    [0.211_903_5, 0.680_699_5, 0.107_396_96],
    [0.088_302_46, 0.281_718_85, 0.629_978_7],
];
const LAB_FROM_LMS: [Vector; 3] = [
    [0.210_454_26, 0.793_617_8, -0.004_072_047],
    [1.977_998_5, -2.428_592_2, 0.450_593_7],
    [0.025_904_037, 0.782_771_77, -0.808_675_77],
];
const LMS_FROM_LAB: [Vector; 3] = [
    [1.0, 0.396_337_78, 0.215_803_76],
    [1.0, -0.105_561_346, -0.063_854_17],
    [1.0, -0.089_484_18, -1.291_485_5],
];
const RGB_FROM_LMS: [Vector; 3] = [
    [4.076_741_7, -3.307_711_6, 0.230_969_94],
    [-1.268_438, 2.609_757_4, -0.341_319_4],
    [-0.004_196_086_3, -0.703_418_6, 1.707_614_7],
];

fn oklab(color: Color32) -> Vector {
    let rgb = [color.r(), color.g(), color.b()].map(linear);
    times(&LAB_FROM_LMS, times(&LMS_FROM_RGB, rgb).map(f32::cbrt))
}

fn srgb(lab: Vector) -> Color32 {
    let lms = times(&LMS_FROM_LAB, lab).map(|root| root * root * root);
    let [r, g, b] = times(&RGB_FROM_LMS, lms).map(gamma);
    Color32::from_rgb(r, g, b)
}

#[cfg(test)]
mod tests {
    use super::super::palette;
    use super::*;
    use eframe::egui;

    #[test]
    fn the_ends_and_the_middle_are_the_colours_of_the_palette() {
        for theme in [egui::Theme::Dark, egui::Theme::Light] {
            let palette = palette::of(theme);
            assert_eq!(signed_color(-1.0, palette), palette.negative);
            assert_eq!(signed_color(0.0, palette), palette.neutral);
            assert_eq!(signed_color(1.0, palette), palette.positive);
        }
    }

    #[test]
    fn what_is_off_the_scale_is_shown_as_its_end_and_nan_as_no_value() {
        let palette = palette::of(egui::Theme::Dark);
        assert_eq!(signed_color(-7.0, palette), palette.negative);
        assert_eq!(signed_color(f32::INFINITY, palette), palette.positive);
        assert_eq!(signed_color(f32::NAN, palette), palette.undefined);
    }

    #[test]
    fn equal_steps_look_equal() {
        let palette = palette::of(egui::Theme::Dark);
        let distance = |a: f32, b: f32| {
            let (a, b) = (oklab(signed_color(a, palette)), oklab(signed_color(b, palette)));
            (0..3).map(|i| (a[i] - b[i]).powi(2)).sum::<f32>().sqrt()
        };
        for sign in [-1.0, 1.0] {
            let whole = distance(0.0, sign);
            for tenth in 0..10 {
                let (from, to) = (tenth as f32 / 10.0, (tenth + 1) as f32 / 10.0);
                let step = distance(sign * from, sign * to);
                assert!((step - whole / 10.0).abs() < 0.01, "{sign} {tenth}: {step}");
            }
        }
    }
}
