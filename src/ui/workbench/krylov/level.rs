//! The level lines of a surface as a picture: painted anew when system, view or theme change.

use std::sync::Arc;

use eframe::egui::{
    self, Color32, ColorImage, Rect, Rgba, TextureHandle, TextureOptions, Ui, pos2,
};

use crate::insight::LinearStudy;
use crate::insight::linear::{Landscape, Surface};
use crate::ui::result::plane::Plane;
use crate::ui::theme::{self, Palette};

/// Level lines between the solution and the farthest corner.
const LINES: f64 = 11.0;
/// Longest side of the picture, in pixels.
const LARGEST: usize = 900;
/// How strongly the highest and lowest ground is coloured, of 1.
const TINT: f64 = 0.34;

/// The picture, kept between frames.
#[derive(Default)]
pub struct LevelImage {
    texture: Option<TextureHandle>,
    painted: Option<Key>,
}

/// What the picture was painted from.
struct Key {
    study: Arc<LinearStudy>,
    plane: Plane,
    pixels: [usize; 2],
    dark: bool,
}

impl Key {
    fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.study, &other.study)
            && self.plane == other.plane
            && (self.pixels, self.dark) == (other.pixels, other.dark)
    }
}

impl LevelImage {
    /// Draws the level lines over the plane.
    pub fn draw(&mut self, ui: &Ui, study: &Arc<LinearStudy>, plane: Plane) {
        let Some(landscape) = &study.landscape else { return };
        let palette = theme::palette(ui);
        let side = |points: f32| ((points * ui.pixels_per_point()) as usize).clamp(1, LARGEST);
        let pixels = [side(plane.rect.width()), side(plane.rect.height())];
        let key = Key { study: Arc::clone(study), plane, pixels, dark: palette.dark };
        if !self.painted.as_ref().is_some_and(|old| old.is(&key)) {
            let image = picture(landscape, plane, pixels, palette);
            match &mut self.texture {
                Some(texture) => texture.set(image, TextureOptions::LINEAR),
                None => {
                    let options = TextureOptions::LINEAR;
                    self.texture = Some(ui.ctx().load_texture("level lines", image, options));
                }
            }
            self.painted = Some(key);
        }
        if let Some(texture) = &self.texture {
            let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            ui.painter().image(texture.id(), plane.rect, uv, Color32::WHITE);
        }
    }
}

/// Ground tinted by height, with a line wherever the height is a whole number of steps. How far a
/// pixel is from the next line follows from height and slope, so lines are equally thin everywhere;
/// where they would lie closer than a few pixels they fade instead of flickering.
fn picture(
    landscape: &Landscape,
    plane: Plane,
    [width, height]: [usize; 2],
    palette: &Palette,
) -> ColorImage {
    let reach = reach(landscape, plane);
    let step = reach / LINES;
    let per_pixel =
        [(plane.x.1 - plane.x.0) / width as f64, (plane.y.1 - plane.y.0) / height as f64];
    let shades = Shades::new(palette);
    let pass = matches!(landscape.surface, Surface::Saddle | Surface::Trough);
    let mut pixels = Vec::with_capacity(width * height);
    for row in 0..height {
        let y = plane.y.1 - (row as f64 + 0.5) * per_pixel[1];
        for column in 0..width {
            let x = plane.x.0 + (column as f64 + 0.5) * per_pixel[0];
            let (height, slope) = landscape.step_height([x, y]);
            let steps = height / step;
            let steepness = (slope[0] * per_pixel[0]).hypot(slope[1] * per_pixel[1]) / step;
            let nearest = steps.round();
            // Around the lowest point there is no line, only the point itself.
            let line = if steepness > 0.0 && (nearest != 0.0 || pass) {
                let distance = (steps - nearest).abs() / steepness;
                let fade = (0.35 / steepness).clamp(0.12, 1.0);
                (1.1 - distance).clamp(0.0, 1.0) * fade
            } else {
                0.0
            };
            pixels.push(shades.color((height / reach).clamp(-1.0, 1.0), line));
        }
    }
    ColorImage::new([width, height], pixels)
}

/// The largest height along the edge of the view.
fn reach(landscape: &Landscape, plane: Plane) -> f64 {
    const AROUND: usize = 16;
    let along = |(low, high): (f64, f64), i: usize| low + (high - low) * i as f64 / AROUND as f64;
    let mut reach = 0.0_f64;
    for i in 0..=AROUND {
        for [x, y] in [
            [along(plane.x, i), plane.y.0],
            [along(plane.x, i), plane.y.1],
            [plane.x.0, along(plane.y, i)],
            [plane.x.1, along(plane.y, i)],
        ] {
            let height = landscape.step_height([x, y]).0.abs();
            reach = if height.is_finite() { reach.max(height) } else { reach };
        }
    }
    if reach > 0.0 { reach } else { 1.0 }
}

/// The colours of the ground by height, and those of a line over it.
struct Shades {
    ground: Vec<[Color32; LEVELS]>,
}

/// Strengths of a line that are told apart.
const LEVELS: usize = 9;
/// Heights that are told apart, to either side.
const HEIGHTS: usize = 64;

impl Shades {
    fn new(palette: &Palette) -> Self {
        let ground = (0..=2 * HEIGHTS)
            .map(|index| {
                let height = index as f64 / HEIGHTS as f64 - 1.0;
                let tone = if height < 0.0 { palette.negative } else { palette.positive };
                let ground = mix(palette.canvas, tone, TINT * height.abs());
                std::array::from_fn(|level| {
                    mix(ground, palette.text_weak, 0.5 * level as f64 / (LEVELS - 1) as f64)
                })
            })
            .collect();
        Self { ground }
    }

    /// The colour at a height from −1 to 1 with a line of a strength from 0 to 1.
    fn color(&self, height: f64, line: f64) -> Color32 {
        let index = ((height + 1.0) * HEIGHTS as f64).round() as usize;
        let level = (line * (LEVELS - 1) as f64).round() as usize;
        let shades = self.ground.get(index).or(self.ground.last());
        shades.and_then(|shades| shades.get(level)).copied().unwrap_or(Color32::TRANSPARENT)
    }
}

/// A share of the way from one colour to another, in linear light.
fn mix(from: Color32, to: Color32, share: f64) -> Color32 {
    egui::lerp(Rgba::from(from)..=Rgba::from(to), share as f32).into()
}

#[cfg(test)]
mod tests {
    use eframe::egui::vec2;

    use super::*;
    use crate::krylov::System;

    #[test]
    fn a_bowl_is_darkest_at_its_solution_and_has_lines_around_it() {
        let system = System::parse("1 0 0\n0 1 0").unwrap();
        let landscape = Landscape::new(&system, &[1.0, 0.0], Some(&[0.0, 0.0]), &[]).unwrap();
        let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(101.0, 101.0));
        let plane = Plane { rect, x: (-1.0, 1.0), y: (-1.0, 1.0) };
        let palette = theme::palette(&egui::Context::default());
        let image = picture(&landscape, plane, [101, 101], palette);
        let middle = image.pixels[50 * 101 + 50];
        assert_eq!(middle, mix(palette.canvas, palette.positive, 0.0));
        // From the middle to the right the brightness goes up and down: lines are crossed.
        let row: Vec<_> = image.pixels[50 * 101 + 50..51 * 101].to_vec();
        let brighter = row.windows(2).filter(|pair| pair[1].g() > pair[0].g() + 8).count();
        assert!(brighter >= 5, "{brighter} lines");
    }
}
