//! The small maps as textures: what each neuron responds to, what each input is.
//!
//! All maps of one look into the network lie on one texture, made anew when there is a newer look.

use eframe::egui::{
    self, Color32, ColorImage, Rect, TextureHandle, TextureId, TextureOptions, pos2,
};

use super::model::Facts;
use crate::data::{InputKind, MAP_RANGE};
use crate::insight::{InsightFrame, NeuronMaps};
use crate::ui::theme::{self, Palette, signed_colors};

/// Maps side by side on a texture.
const COLUMNS: usize = 16;
/// Points along each axis of an input's map.
const INPUT_RESOLUTION: usize = 32;

/// A map on a texture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Tile {
    /// The texture.
    pub texture: TextureId,
    /// Its part of it.
    pub uv: Rect,
}

/// The textures, kept between frames.
#[derive(Default)]
pub(super) struct Maps {
    neurons: Option<(NeuronKey, Sheet)>,
    inputs: Option<(InputKey, Sheet)>,
}

/// Which look into the network, in which colours.
#[derive(Clone, Debug, PartialEq)]
struct NeuronKey {
    /// The frame's own address: a look back in time has the same snapshot number.
    frame: usize,
    snapshot: u64,
    dark: bool,
    /// For each layer with maps, how many of them have room on its card.
    shown: Vec<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct InputKey {
    facts: u64,
    dark: bool,
}

/// Maps of one size on one texture.
struct Sheet {
    texture: TextureHandle,
    tile: (usize, usize),
    /// For each layer, the number of its first map and how many it has.
    layers: Vec<(u32, usize, usize)>,
    /// What is left out at each side, in texels: where colours run into each other, half a texel,
    /// so that neighbours do not shine through.
    inset: f32,
}

impl Maps {
    /// Makes the textures anew where they are out of date. `room` says how many units a layer's card
    /// has room for.
    pub fn update(
        &mut self,
        ctx: &egui::Context,
        insight: Option<&InsightFrame>,
        facts: &Facts,
        room: impl Fn(u32) -> usize,
    ) {
        let palette = theme::palette(ctx);
        self.update_neurons(ctx, insight, palette, room);
        self.update_inputs(ctx, facts, palette);
    }

    /// The map of a neuron.
    pub fn neuron(&self, layer: u32, unit: usize) -> Option<Tile> {
        let (_, sheet) = self.neurons.as_ref()?;
        let &(_, first, count) = sheet.layers.iter().find(|(id, ..)| *id == layer)?;
        (unit < count).then(|| sheet.tile(first + unit))
    }

    /// The map of an input; of a picture, the picture itself.
    pub fn input(&self, unit: usize) -> Option<Tile> {
        let (_, sheet) = self.inputs.as_ref()?;
        let &(_, first, count) = sheet.layers.first()?;
        (unit < count).then(|| sheet.tile(first + unit))
    }

    fn update_neurons(
        &mut self,
        ctx: &egui::Context,
        insight: Option<&InsightFrame>,
        palette: &Palette,
        room: impl Fn(u32) -> usize,
    ) {
        let Some((frame, maps)) = insight.and_then(|frame| Some((frame, frame.neurons.as_ref()?)))
        else {
            self.neurons = None;
            return;
        };
        let key = NeuronKey {
            frame: std::ptr::from_ref(frame).addr(),
            snapshot: frame.snapshot,
            dark: palette.dark,
            shown: maps.layers.iter().map(|maps| room(maps.layer).min(maps.units.len())).collect(),
        };
        if self.neurons.as_ref().is_some_and(|(old, _)| *old == key) {
            return;
        }
        let old = self.neurons.take().map(|(_, sheet)| sheet.texture);
        let sheet = neuron_sheet(ctx, maps, &key.shown, palette, old);
        self.neurons = sheet.map(|sheet| (key, sheet));
    }

    fn update_inputs(&mut self, ctx: &egui::Context, facts: &Facts, palette: &Palette) {
        let key = InputKey { facts: facts.generation, dark: palette.dark };
        if self.inputs.as_ref().is_some_and(|(old, _)| *old == key) {
            return;
        }
        let (tile, maps) = input_maps(facts);
        self.inputs = (!maps.is_empty()).then(|| {
            let mut drawing = Drawing::new(tile, maps.len());
            for map in &maps {
                drawing.push(map, facts.picture.is_none(), palette);
            }
            let layers = vec![(0, 0, maps.len())];
            let options = options(facts.picture.is_some());
            let texture = ctx.load_texture("network inputs", drawing.image, options);
            (key, Sheet { texture, tile, layers, inset: inset(facts.picture.is_some()) })
        });
    }
}

impl Sheet {
    /// The map of this number.
    fn tile(&self, index: usize) -> Tile {
        let [width, height] = self.texture.size().map(|side| side.max(1) as f32);
        let (tile_width, tile_height) = self.tile;
        let left = (index % COLUMNS * tile_width) as f32;
        let top = (index / COLUMNS * tile_height) as f32;
        let uv = Rect::from_min_max(
            pos2((left + self.inset) / width, (top + self.inset) / height),
            pos2(
                (left + tile_width as f32 - self.inset) / width,
                (top + tile_height as f32 - self.inset) / height,
            ),
        );
        Tile { texture: self.texture.id(), uv }
    }
}

fn options(picture: bool) -> TextureOptions {
    if picture { TextureOptions::NEAREST } else { TextureOptions::LINEAR }
}

const fn inset(picture: bool) -> f32 {
    if picture { 0.0 } else { 0.5 }
}

fn neuron_sheet(
    ctx: &egui::Context,
    maps: &NeuronMaps,
    shown: &[usize],
    palette: &Palette,
    old: Option<TextureHandle>,
) -> Option<Sheet> {
    let tile = maps.layers.first()?.size;
    // Functions of one variable are drawn as curves, not as textures.
    if tile.0 == 0 || tile.1 < 2 {
        return None;
    }
    let mut drawing = Drawing::new(tile, shown.iter().sum());
    let mut layers = Vec::with_capacity(maps.layers.len());
    for (layer, &shown) in maps.layers.iter().zip(shown) {
        layers.push((layer.layer, drawing.drawn, shown));
        for map in layer.units.iter().take(shown) {
            drawing.push(map, !maps.pictures, palette);
        }
    }
    let options = options(maps.pictures);
    let texture = if let Some(mut texture) = old {
        texture.set(drawing.image, options);
        texture
    } else {
        ctx.load_texture("network neurons", drawing.image, options)
    };
    Some(Sheet { texture, tile, layers, inset: inset(maps.pictures) })
}

/// A texture while it is drawn.
struct Drawing {
    image: ColorImage,
    tile: (usize, usize),
    drawn: usize,
}

impl Drawing {
    fn new(tile: (usize, usize), count: usize) -> Self {
        let columns = count.clamp(1, COLUMNS);
        let rows = count.div_ceil(COLUMNS).max(1);
        // A full row, however few maps there are, keeps the places of maps simple.
        let size = [if rows > 1 { COLUMNS } else { columns } * tile.0, rows * tile.1];
        Self { image: ColorImage::filled(size, Color32::TRANSPARENT), tile, drawn: 0 }
    }

    /// Draws the next map: `width × height` values from −1 to 1.
    fn push(&mut self, map: &[f32], from_below: bool, palette: &Palette) {
        let (width, height) = self.tile;
        let left = self.drawn % COLUMNS * width;
        let top = self.drawn / COLUMNS * height;
        let stride = self.image.width();
        let color = signed_colors(palette);
        for (row, values) in map.chunks_exact(width.max(1)).take(height).enumerate() {
            let row = if from_below { height - 1 - row } else { row };
            let start = (top + row) * stride + left;
            let Some(pixels) = self.image.pixels.get_mut(start..start + width) else {
                continue;
            };
            for (pixel, &value) in pixels.iter_mut().zip(values) {
                *pixel = color(value);
            }
        }
        self.drawn += 1;
    }
}

/// What the inputs are, each scaled to −1…1: a feature over the plane, or the mean picture.
fn input_maps(facts: &Facts) -> ((usize, usize), Vec<Vec<f32>>) {
    if let (Some(size), Some(samples)) = (facts.picture, &facts.samples) {
        let means = samples.encoder.columns.iter().map(|column| match column.kind {
            InputKind::Number { mean, .. } => mean as f32,
            InputKind::Category { .. } => 0.0,
        });
        return (size, vec![scaled(means.collect())]);
    }
    if facts.line {
        return ((0, 0), Vec::new());
    }
    let side = INPUT_RESOLUTION;
    let at = |step: usize| {
        let share = (step as f64 + 0.5) / side as f64;
        (MAP_RANGE.0 + share * (MAP_RANGE.1 - MAP_RANGE.0)) as f32
    };
    let map = |feature: &crate::data::Feature| {
        let points = (0..side).flat_map(|row| (0..side).map(move |column| (column, row)));
        scaled(points.map(|(column, row)| feature.value(at(column), at(row))).collect())
    };
    ((side, side), facts.features.iter().map(map).collect())
}

fn scaled(mut map: Vec<f32>) -> Vec<f32> {
    let most = map.iter().fold(0.0_f32, |most, value| most.max(value.abs()));
    if most > 0.0 {
        for value in &mut map {
            *value /= most;
        }
    }
    map
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_are_drawn_from_below_and_pictures_from_above() {
        let ctx = egui::Context::default();
        let palette = theme::palette(&ctx);
        let map = [-1.0, -1.0, 1.0, 1.0];
        for (from_below, top) in [(true, palette.positive), (false, palette.negative)] {
            let mut drawing = Drawing::new((2, 2), 1);
            drawing.push(&map, from_below, palette);
            assert_eq!(drawing.image.pixels.first(), Some(&top));
        }
    }

    #[test]
    fn the_seventeenth_map_begins_a_new_row() {
        let drawing = Drawing::new((4, 4), 17);
        assert_eq!(drawing.image.size, [COLUMNS * 4, 8]);
    }
}
