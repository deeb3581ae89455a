//! The decision map as a picture: one texture, painted anew when there is a new look into the
//! network and kept otherwise.

use std::sync::Arc;

use eframe::egui::{self, Color32, ColorImage, Rect, TextureHandle, TextureOptions, Ui, pos2};

use super::look::{Looks, blend, number_color};
use crate::data::Samples;
use crate::insight::map::Drawn;
use crate::insight::{InsightFrame, InsightRequest, Map, MapValues, Scale};
use crate::ui::theme::{self, Palette};

/// Pixels that one point of the map becomes along each axis where only decisions are shown, so
/// that their borders are smooth.
const FINER: usize = 3;
/// How strongly a decision is coloured, of 1.
const DECIDED: f32 = 0.72;

/// The texture of the map.
#[derive(Default)]
pub struct MapImage {
    texture: Option<TextureHandle>,
    painted: Option<Key>,
}

/// What the texture was painted from.
struct Key {
    snapshot: u64,
    samples: Arc<Samples>,
    request: InsightRequest,
    decisions: bool,
    dark: bool,
}

impl Key {
    fn is(&self, other: &Self) -> bool {
        self.snapshot == other.snapshot
            && Arc::ptr_eq(&self.samples, &other.samples)
            && self.request == other.request
            && (self.decisions, self.dark) == (other.decisions, other.dark)
    }
}

impl std::fmt::Debug for MapImage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MapImage").field("painted", &self.painted.is_some()).finish_non_exhaustive()
    }
}

impl MapImage {
    /// Draws the map of a look into the network into `rect`; `points` says whether the rows are
    /// points, whose classes keep the colours they were painted with.
    pub fn draw(
        &mut self,
        ui: &Ui,
        rect: Rect,
        frame: &InsightFrame,
        points: bool,
        decisions: bool,
    ) {
        let Some(Drawn::Map(map)) = &frame.drawn else {
            return;
        };
        let palette = theme::palette(ui);
        let key = Key {
            snapshot: frame.snapshot,
            samples: Arc::clone(&frame.prepared.samples),
            request: frame.request.clone(),
            decisions,
            dark: palette.dark,
        };
        if !self.painted.as_ref().is_some_and(|old| old.is(&key)) {
            let looks = Looks::of(&key.samples, points);
            let image = picture(map, &looks, decisions, palette);
            let options = texture_options(map);
            match &mut self.texture {
                Some(texture) => texture.set(image, options),
                None => {
                    self.texture = Some(ui.ctx().load_texture("decision map", image, options));
                }
            }
            self.painted = Some(key);
        }
        if let Some(texture) = &self.texture {
            let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            ui.painter().image(texture.id(), rect, uv, Color32::WHITE);
        }
    }
}

/// Between levels of a category there is nothing, so nothing is blended there.
fn texture_options(map: &Map) -> TextureOptions {
    let levels = |axis: &crate::insight::Axis| matches!(axis.scale, Scale::Category { .. });
    if levels(&map.x) || levels(&map.y) { TextureOptions::NEAREST } else { TextureOptions::LINEAR }
}

/// The colours of a map, the upper rows first.
fn picture(map: &Map, looks: &Looks, decisions: bool, palette: &Palette) -> ColorImage {
    let side = map.resolution;
    match &map.values {
        MapValues::Number { values, range } => {
            let range = (f64::from(range.0), f64::from(range.1));
            let color = |&value: &f32| number_color(f64::from(value), range, palette);
            upright(side, &values.iter().map(color).collect::<Vec<_>>())
        }
        MapValues::Binary(values) if decisions => {
            let color = looks.between(palette);
            let decided = |value: f32| color(((value - 0.5) * 40.0).clamp(-DECIDED, DECIDED));
            let fine = finer(values, side, FINER);
            upright(side * FINER, &fine.into_iter().map(decided).collect::<Vec<_>>())
        }
        MapValues::Binary(values) => {
            let color = looks.between(palette);
            let certain = |&value: &f32| color(2.0 * value - 1.0);
            upright(side, &values.iter().map(certain).collect::<Vec<_>>())
        }
        MapValues::Classes { classes, certainty } => {
            let fewest = 1.0 / looks.names.len().max(2) as f32;
            let ramps: Vec<_> =
                (0..looks.names.len()).map(|class| ramp(looks.color(class), palette)).collect();
            let color = |(&class, &certainty): (&u16, &f32)| {
                let share = if decisions { DECIDED } else { (certainty - fewest) / (1.0 - fewest) };
                let step = (share.clamp(0.0, 1.0) * (RAMP - 1) as f32).round() as usize;
                let ramp = ramps.get(usize::from(class));
                let color = ramp.and_then(|ramp| ramp.get(step).copied());
                color.filter(|_| !certainty.is_nan()).unwrap_or(palette.undefined)
            };
            upright(side, &classes.iter().zip(certainty).map(color).collect::<Vec<_>>())
        }
    }
}

/// Steps from undecided to certain.
const RAMP: usize = 64;

fn ramp(color: Color32, palette: &Palette) -> [Color32; RAMP] {
    std::array::from_fn(|step| blend(palette.neutral, color, step as f32 / (RAMP - 1) as f32))
}

/// Turns rows from the lowest into a picture with the highest row first.
pub fn upright(width: usize, colors: &[Color32]) -> ColorImage {
    let rows = colors.len() / width.max(1);
    let pixels: Vec<Color32> = colors.chunks_exact(width.max(1)).rev().flatten().copied().collect();
    ColorImage::new([width, rows], pixels)
}

/// Values between those of a square grid, `finer` to one along each axis (bilinear).
fn finer(values: &[f32], side: usize, finer: usize) -> Vec<f32> {
    let fine = side * finer;
    let at = |row: usize, column: usize| {
        let index = row.min(side - 1) * side + column.min(side - 1);
        values.get(index).copied().unwrap_or(f32::NAN)
    };
    // The middle of each fine cell, in units of coarse cells' middles.
    let place = |index: usize| {
        let place = ((index as f32 + 0.5) / finer as f32 - 0.5).max(0.0);
        (place as usize, place.fract())
    };
    let mut result = Vec::with_capacity(fine * fine);
    if side == 0 {
        return result;
    }
    for y in 0..fine {
        let (row, up) = place(y);
        for x in 0..fine {
            let (column, across) = place(x);
            let lower = egui::lerp(at(row, column)..=at(row, column + 1), across);
            let upper = egui::lerp(at(row + 1, column)..=at(row + 1, column + 1), across);
            result.push(egui::lerp(lower..=upper, up));
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_row_is_drawn_last() {
        let image = upright(2, &[Color32::RED, Color32::RED, Color32::BLUE, Color32::BLUE]);
        assert_eq!(image.size, [2, 2]);
        assert_eq!(image.pixels[0], Color32::BLUE);
        assert_eq!(image.pixels[3], Color32::RED);
    }

    #[test]
    fn a_finer_grid_keeps_the_edges_and_lies_between() {
        let fine = finer(&[0.0, 1.0, 0.0, 1.0], 2, 3);
        assert_eq!(fine.len(), 36);
        assert!(fine[0].abs() < 1e-6 && (fine[5] - 1.0).abs() < 1e-6);
        assert!(fine[..6].windows(2).all(|pair| pair[0] <= pair[1]));
    }
}
