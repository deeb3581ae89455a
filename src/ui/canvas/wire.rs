//! The weights between two layers, found for cards that may be newer than the network.

use crate::experiment::LayerKind;
use crate::ui::scene::Scene;

use super::model::Card;

/// The weights and biases of one dense layer, as they are shown now.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wires<'a> {
    /// Row-major, `[units, inputs]`.
    weights: &'a [f32],
    biases: &'a [f32],
    /// Values that come in.
    pub inputs: usize,
}

impl<'a> Wires<'a> {
    /// The weights of `target`, if what comes into it is what comes out of `source` in the network
    /// as well. `None` while the network is being built anew, or cannot be. A layer that has just
    /// been made wider has no weights for its new units yet.
    pub fn find(scene: &Scene<'a>, source: &Card, target: &Card) -> Option<Self> {
        let prepared = &scene.snapshot?.prepared;
        let parameters = scene.parameters?;
        let layers = prepared.network.layers();
        let place = prepared.layer_ids.iter().position(|&id| id == target.id)?;
        let dense = layers.get(place)?.as_dense()?;
        let earlier = layers.iter().zip(prepared.layer_ids.iter()).take(place).rev();
        let before =
            earlier.filter(|(layer, _)| layer.as_dense().is_some()).map(|(_, &id)| id).next();
        let same_source = match before {
            Some(id) => id == source.id,
            None => source.kind == LayerKind::Input,
        };
        if !same_source {
            return None;
        }
        Some(Self {
            weights: parameters.get(dense.weights.clone())?,
            biases: parameters.get(dense.biases.clone())?,
            inputs: dense.inputs,
        })
    }

    /// The weight from an input to a unit.
    pub fn weight(&self, unit: usize, input: usize) -> Option<f32> {
        self.of_unit(unit)?.get(input).copied()
    }

    /// All weights of a unit.
    pub fn of_unit(&self, unit: usize) -> Option<&'a [f32]> {
        self.weights.get(unit * self.inputs..(unit + 1) * self.inputs)
    }

    /// The bias of a unit.
    pub fn bias(&self, unit: usize) -> Option<f32> {
        self.biases.get(unit).copied()
    }
}

/// Pairs of positions of cards that are wired: each layer with weights, and where its inputs come
/// from. Dropout is passed through.
pub(super) fn pairs(cards: &[Card]) -> impl Iterator<Item = (&Card, &Card)> {
    let mut source: Option<&Card> = None;
    cards.iter().filter_map(move |card| {
        let before = source;
        match card.kind {
            LayerKind::Dropout { .. } => return None,
            LayerKind::Input => {
                source = Some(card);
                return None;
            }
            LayerKind::Dense { .. } | LayerKind::Output => source = Some(card),
        }
        before.map(|before| (before, card))
    })
}

/// Where the inputs of this card come from.
pub(super) fn source_of<'a>(cards: &'a [Card], card: &Card) -> Option<&'a Card> {
    pairs(cards).find(|(_, target)| target.id == card.id).map(|(source, _)| source)
}
