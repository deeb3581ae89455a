//! The looks of curves that are compared: a colour, a dash and a marker each, so that nobody needs
//! to see colours to tell them apart.

use eframe::egui::{Color32, Painter, Rect, Shape, Stroke, pos2};

use super::{Marker, Palette};

/// How many different looks there are before they repeat.
pub const SERIES: usize = 6;

/// Blue, orange, green, pink, yellow, violet: light tones for the dark theme.
const ON_DARK: [Color32; SERIES] = [
    Color32::from_rgb(0x5b, 0xb6, 0xee),
    Color32::from_rgb(0xf5, 0xa5, 0x48),
    Color32::from_rgb(0x4f, 0xc3, 0x98),
    Color32::from_rgb(0xe5, 0x8f, 0xc0),
    Color32::from_rgb(0xf0, 0xe4, 0x42),
    Color32::from_rgb(0xb0, 0x9d, 0xff),
];
/// The same hues, dark enough for the light theme.
const ON_LIGHT: [Color32; SERIES] = [
    Color32::from_rgb(0x08, 0x77, 0xbd),
    Color32::from_rgb(0xb8, 0x5c, 0x00),
    Color32::from_rgb(0x00, 0x7a, 0x5a),
    Color32::from_rgb(0xb0, 0x3f, 0x82),
    Color32::from_rgb(0x7d, 0x6b, 0x00),
    Color32::from_rgb(0x5a, 0x45, 0xc8),
];

/// How a line is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dash {
    /// Not at all.
    Solid,
    /// In long pieces.
    Long,
    /// In short pieces.
    Short,
}

/// The look of one curve among others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Series {
    /// Its colour.
    pub color: Color32,
    /// How its line is broken.
    pub dash: Dash,
    /// What stands at its end.
    pub marker: Marker,
}

impl Series {
    /// The look of the curve with this number, from 0. It repeats after [`SERIES`].
    pub fn new(index: usize, palette: &Palette) -> Self {
        let colors = if palette.dark { ON_DARK } else { ON_LIGHT };
        let dashes = [Dash::Solid, Dash::Long, Dash::Short];
        Self {
            color: colors[index % SERIES],
            dash: dashes[index % dashes.len()],
            marker: Marker::ALL[index % Marker::ALL.len()],
        }
    }

    /// Draws a piece of the line with its marker, as a legend shows it.
    pub fn draw_key(self, painter: &Painter, rect: Rect) {
        let y = rect.center().y;
        let pieces: &[(f32, f32)] = match self.dash {
            Dash::Solid => &[(0.0, 1.0)],
            Dash::Long => &[(0.0, 0.42), (0.58, 1.0)],
            Dash::Short => &[(0.0, 0.14), (0.28, 0.42), (0.58, 0.72), (0.86, 1.0)],
        };
        let stroke = Stroke::new(2.0, self.color);
        let place = |share: f32| pos2(rect.left() + share * rect.width(), y);
        let mut shapes: Vec<Shape> = pieces
            .iter()
            .map(|&(from, to)| Shape::line_segment([place(from), place(to)], stroke))
            .collect();
        self.marker.draw(&mut shapes, rect.center(), 4.2, self.color, Stroke::NONE);
        painter.extend(shapes);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use eframe::egui::Theme;

    use super::super::palette;
    use super::*;

    /// Relative luminance, WCAG 2.2.
    fn luminance(color: Color32) -> f64 {
        let linear = |channel: u8| {
            let c = f64::from(channel) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(color.r()) + 0.7152 * linear(color.g()) + 0.0722 * linear(color.b())
    }

    #[test]
    fn every_curve_stands_out_from_its_ground() {
        for theme in [Theme::Dark, Theme::Light] {
            let palette = palette::of(theme);
            for index in 0..SERIES {
                let (a, b) =
                    (luminance(Series::new(index, palette).color), luminance(palette.canvas));
                let contrast = (a.max(b) + 0.05) / (a.min(b) + 0.05);
                assert!(contrast >= 3.0, "{theme:?} {index}: {contrast:.2}");
            }
        }
    }

    #[test]
    fn six_curves_differ_without_their_colours() {
        let palette = palette::of(Theme::Dark);
        let looks: HashSet<(Dash, Marker)> = (0..SERIES)
            .map(|index| Series::new(index, palette))
            .map(|series| (series.dash, series.marker))
            .collect();
        assert_eq!(looks.len(), SERIES);
    }
}
