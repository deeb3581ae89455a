//! The weights as curves between the units of neighbouring cards: colour is the sign, width the
//! size. Finds the curve under the pointer, too.

use std::sync::Arc;

use eframe::egui::{Color32, Mesh, Pos2, TextureId};

use super::Stage;
use super::layout::Layout;
use super::model::{Card, Face};
use super::ribbon::{self, Curve, Pen};
use super::wire::{self, Wires};
use crate::experiment::ExperimentSpec;
use crate::experiment::spec::WeightAddress;
use crate::ui::theme::Palette;

/// Most curves drawn between two layers.
const MOST_CURVES: usize = 400;
/// Most curves drawn in all. Between many wide layers there is a thicket in any case, and drawing
/// it sixty times a second would cost more than the rest of the window.
const MOST_IN_ALL: usize = 1200;
/// How near the pointer must come to a curve, in points.
const REACH: f32 = 5.0;
/// How much of their strength the curves keep that do not belong to the unit pointed at.
const FADED: f32 = 0.16;

/// A unit on the canvas: the position of its card and its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    /// Position of the card.
    pub card: usize,
    /// Number of the unit, from 0.
    pub unit: usize,
}

/// One curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Edge {
    /// Unit it comes from; 0 for the picture.
    pub from: usize,
    /// Unit it leads to.
    pub to: usize,
    /// Its weight; for the picture, the norm of all weights of the unit.
    pub weight: f32,
    /// Whether training leaves it as it is.
    pub frozen: bool,
    curve: Curve,
}

/// All curves between two cards.
#[derive(Clone, Debug)]
pub(super) struct Bundle {
    /// Position of the card they come from.
    pub from: usize,
    /// Position of the card they lead to.
    pub to: usize,
    /// The layer their weights belong to.
    pub layer: u32,
    /// Whether they come from a picture: one curve for all its pixels.
    pub picture: bool,
    /// Whether the weights are known.
    known: bool,
    /// The size that is drawn at full width.
    largest: f32,
    /// How many weights the layer has.
    pub total: usize,
    /// Whether the smallest are left out, because there are too many.
    pub cut: bool,
    /// In the order of drawing, the largest last.
    pub edges: Vec<Edge>,
}

/// The curves, kept between frames.
#[derive(Default)]
pub(super) struct Edges {
    key: Option<Key>,
    bundles: Vec<Bundle>,
    mesh: Arc<Mesh>,
    emphasis: Option<Spot>,
}

/// Everything the curves depend on.
#[derive(Clone)]
struct Key {
    spec: Arc<ExperimentSpec>,
    facts: u64,
    /// Number of the snapshot, address and length of the parameters, epoch looked back at.
    weights: (Option<u64>, usize, usize, Option<u64>),
    layout: Layout,
    dark: bool,
    pixel: f32,
}

impl Key {
    fn of(stage: &Stage<'_>, pixel: f32) -> Self {
        let scene = stage.scene;
        let parameters = scene.parameters.unwrap_or_default();
        Self {
            spec: Arc::clone(scene.history.spec()),
            facts: stage.facts.generation,
            weights: (
                scene.snapshot.map(|snapshot| snapshot.number),
                parameters.as_ptr().addr(),
                parameters.len(),
                scene.look_back,
            ),
            layout: stage.layout.clone(),
            dark: stage.palette.dark,
            pixel,
        }
    }

    fn is_of(&self, stage: &Stage<'_>, pixel: f32) -> bool {
        let scene = stage.scene;
        let parameters = scene.parameters.unwrap_or_default();
        Arc::ptr_eq(&self.spec, scene.history.spec())
            && self.facts == stage.facts.generation
            && self.weights.0 == scene.snapshot.map(|snapshot| snapshot.number)
            && self.weights.1 == parameters.as_ptr().addr()
            && self.weights.2 == parameters.len()
            && self.weights.3 == scene.look_back
            && self.dark == stage.palette.dark
            && self.pixel.to_bits() == pixel.to_bits()
            && self.layout == *stage.layout
    }
}

impl Edges {
    /// Gathers the curves anew where something has changed. Returns whether it has.
    pub fn update(&mut self, stage: &Stage<'_>, pixel: f32) -> bool {
        if self.key.as_ref().is_some_and(|key| key.is_of(stage, pixel)) {
            return false;
        }
        self.key = Some(Key::of(stage, pixel));
        let pairs = wire::pairs(stage.cards).count().max(1);
        let most = MOST_CURVES.min(MOST_IN_ALL / pairs);
        self.bundles = wire::pairs(stage.cards)
            .filter_map(|(source, target)| gather(stage, source, target, most))
            .collect();
        true
    }

    /// All curves as one mesh with the texture of the cross-sections; those of `emphasis` stand
    /// out.
    pub fn mesh(
        &mut self,
        changed: bool,
        emphasis: Option<Spot>,
        stage: &Stage<'_>,
        texture: TextureId,
    ) -> Arc<Mesh> {
        if changed || emphasis != self.emphasis {
            let pixel = self.key.as_ref().map_or(1.0, |key| key.pixel);
            // In the memory of the last one, unless that is still being painted.
            let mut mesh = Arc::get_mut(&mut self.mesh).map(std::mem::take).unwrap_or_default();
            // `Mesh::clear` gives the memory back.
            mesh.vertices.clear();
            mesh.indices.clear();
            mesh.texture_id = texture;
            for bundle in &self.bundles {
                for edge in &bundle.edges {
                    let mut pen = bundle.pen(edge, stage.layout.measure.zoom, stage.palette);
                    if emphasis.is_some_and(|spot| !bundle.touches(edge, spot)) {
                        pen.color = pen.color.gamma_multiply(FADED);
                    }
                    ribbon::add(&mut mesh, edge.curve, pen, pixel);
                }
            }
            self.mesh = Arc::new(mesh);
            self.emphasis = emphasis;
        }
        Arc::clone(&self.mesh)
    }

    /// The curve at this place of the window.
    pub fn at(&self, pointer: Pos2) -> Option<(&Bundle, &Edge)> {
        let mut best: Option<(f32, &Bundle, &Edge)> = None;
        for bundle in self.bundles.iter().filter(|bundle| bundle.known) {
            for edge in &bundle.edges {
                let Some((height, slope)) = edge.curve.height_at(pointer.x) else {
                    continue;
                };
                let distance = (height - pointer.y).abs() / slope.hypot(1.0);
                if distance < REACH && best.is_none_or(|(nearest, ..)| distance <= nearest) {
                    best = Some((distance, bundle, edge));
                }
            }
        }
        best.map(|(_, bundle, edge)| (bundle, edge))
    }

    /// The curve of a weight, if it is drawn.
    pub fn find(&self, layer: u32, address: WeightAddress) -> Option<(&Bundle, &Edge)> {
        let bundle = self.bundles.iter().find(|bundle| bundle.layer == layer && bundle.known)?;
        let from = if bundle.picture { 0 } else { address.input? };
        let edge = bundle.edges.iter().find(|edge| edge.from == from && edge.to == address.unit)?;
        Some((bundle, edge))
    }
}

impl Bundle {
    /// How a curve is drawn.
    pub fn pen(&self, edge: &Edge, zoom: f32, palette: &Palette) -> Pen {
        if !self.known {
            let color = palette.text_weak.gamma_multiply(0.25);
            return Pen { width: 1.0, color, dashed: false };
        }
        let size = if self.largest > 0.0 { edge.weight.abs() / self.largest } else { 0.0 };
        let size = if size.is_finite() { size.min(1.0) } else { 1.0 };
        // A picture's curves stand for many weights and are all of about the same size.
        let thickest = if self.picture { 2.0 } else { 4.5 } * zoom.clamp(0.6, 2.0);
        let opacity = 0.3 + 0.6 * size;
        Pen {
            width: 0.5 + (thickest - 0.5) * size,
            color: self.color(edge, palette).gamma_multiply(opacity),
            dashed: edge.frozen,
        }
    }

    /// The colour of its sign.
    pub fn color(&self, edge: &Edge, palette: &Palette) -> Color32 {
        if edge.weight.is_nan() {
            palette.undefined
        } else if self.picture {
            palette.text_weak
        } else if edge.weight < 0.0 {
            palette.negative
        } else {
            palette.positive
        }
    }

    /// The curve's ends as a Bézier curve.
    pub fn curve(edge: &Edge) -> Curve {
        edge.curve
    }

    fn touches(&self, edge: &Edge, spot: Spot) -> bool {
        (self.from == spot.card && edge.from == spot.unit)
            || (self.to == spot.card && edge.to == spot.unit)
    }
}

/// The curves between two cards, the largest if there are more than `most`.
fn gather(stage: &Stage<'_>, source: &Card, target: &Card, most: usize) -> Option<Bundle> {
    let from_box = stage.layout.boxes.get(source.position)?;
    let to_box = stage.layout.boxes.get(target.position)?;
    let picture = source.face == Face::Picture;
    let wires = Wires::find(stage.scene, source, target);
    let layer = stage.scene.spec.network.layer(target.id)?;
    let mut edges = Vec::with_capacity(from_box.cells.len() * to_box.cells.len());
    for to in 0..to_box.cells.len() {
        for from in 0..from_box.cells.len() {
            let (Some(start), Some(end)) = (from_box.way_out(source.face, from), to_box.way_in(to))
            else {
                continue;
            };
            let weight = match wires {
                None => Some(f32::NAN),
                Some(wires) if picture => wires.of_unit(to).map(norm),
                Some(wires) => wires.weight(to, from),
            };
            let Some(weight) = weight else { continue };
            let address = WeightAddress { unit: to, input: Some(from) };
            edges.push(Edge {
                from,
                to,
                weight,
                frozen: layer.frozen || layer.frozen_weights.contains(&address),
                curve: Curve { start, end },
            });
        }
    }
    let by_size = |a: &Edge, b: &Edge| a.weight.abs().total_cmp(&b.weight.abs());
    let spare = edges.len().saturating_sub(most);
    if spare > 0 {
        edges.select_nth_unstable_by(spare, by_size);
        edges.drain(..spare);
    }
    edges.sort_unstable_by(by_size);
    let largest = edges
        .iter()
        .map(|edge| edge.weight.abs())
        .filter(|size| size.is_finite())
        .fold(0.0, f32::max);
    Some(Bundle {
        from: source.position,
        to: target.position,
        layer: target.id,
        picture,
        known: wires.is_some(),
        largest,
        total: source.units * target.units,
        cut: spare > 0,
        edges,
    })
}

/// Euclidean length.
pub(super) fn norm(weights: &[f32]) -> f32 {
    weights.iter().map(|weight| weight * weight).sum::<f32>().sqrt()
}
