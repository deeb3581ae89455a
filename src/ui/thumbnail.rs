//! Small pictures of the point sets.

use std::collections::HashMap;

use eframe::egui::{Color32, ColorImage, Context, TextureHandle, TextureOptions};

use super::theme;
use crate::data::{SyntheticSet, Values};
use crate::experiment::data_spec::SyntheticSpec;
use crate::experiment::prepare::draw_synthetic;

/// Width and height of a picture, in pixels.
const SIDE: usize = 88;
/// Points drawn.
const POINTS: usize = 260;

/// The pictures, drawn when first asked for.
#[derive(Default)]
pub struct Thumbnails {
    textures: HashMap<(&'static str, bool), TextureHandle>,
}

impl Thumbnails {
    /// The picture of a set in the theme's colours.
    pub fn of(&mut self, ctx: &Context, set: &'static SyntheticSet) -> &TextureHandle {
        let palette = theme::palette(ctx);
        self.textures.entry((set.id, palette.dark)).or_insert_with(|| {
            let image = draw(set, palette);
            ctx.load_texture(format!("thumbnail {}", set.id), image, TextureOptions::LINEAR)
        })
    }
}

fn draw(set: &'static SyntheticSet, palette: &theme::Palette) -> ColorImage {
    let mut image = ColorImage::filled([SIDE, SIDE], palette.canvas);
    let spec = SyntheticSpec { samples: POINTS, ..SyntheticSpec::of(set) };
    let Ok(table) = draw_synthetic(&spec, 1, 0) else { return image };
    let [columns @ .., target] = table.columns.as_slice() else { return image };
    let number = |column: usize, row: usize| match columns.get(column).map(|c| &c.values) {
        Some(Values::Number(values)) => values.get(row).copied(),
        _ => None,
    };
    for row in 0..table.rows() {
        let Some(x) = number(0, row) else { continue };
        let value = match &target.values {
            Values::Number(values) => values.get(row).copied().unwrap_or(0.0),
            _ => 0.0,
        };
        // A curve's height is its target; it reaches about ±1.5.
        let (y, color) = match (number(1, row), &target.values) {
            (Some(y), Values::Category { codes, .. }) => {
                (y, theme::class_color(codes.get(row).copied().unwrap_or(0) as usize))
            }
            (Some(y), _) => (y, theme::signed_color(value as f32, palette)),
            (None, _) => (value * 3.0, theme::class_color(1)),
        };
        dot(&mut image, x, y, color);
    }
    image
}

/// A dot of 3×3 pixels without its corners on a plane from −6.5 to 6.5.
fn dot(image: &mut ColorImage, x: f64, y: f64, color: Color32) {
    let place = |value: f64| ((value + 6.5) / 13.0 * SIDE as f64) as isize;
    let (cx, cy) = (place(x), SIDE as isize - 1 - place(y));
    for (dx, dy) in [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)] {
        let (px, py) = (cx + dx, cy + dy);
        if (0..SIDE as isize).contains(&px) && (0..SIDE as isize).contains(&py) {
            let index = py as usize * SIDE + px as usize;
            if let Some(pixel) = image.pixels.get_mut(index) {
                *pixel = color;
            }
        }
    }
}
