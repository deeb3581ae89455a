//! The edits a person can make to the document. Everything the window changes goes through
//! [`Edit::apply`], so that everything can be undone.

use super::data_spec::DataSpec;
use super::spec::{
    ExperimentSpec, LayerKind, LayerSpec, MAX_UNITS, NetworkSpec, TrainingSpec, WeightAddress,
};
use crate::nn::{Activation, Initialization};

/// One change of the document.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// Puts a new layer before position `at` (or at the end).
    InsertLayer {
        /// Position among the layers, 0 to their number.
        at: usize,
        /// What to put there.
        kind: LayerKind,
    },
    /// Moves the layer `id` so that it stands at position `to` once it is taken out.
    MoveLayer {
        /// The layer.
        id: u32,
        /// Its new position.
        to: usize,
    },
    /// Takes the layer away.
    RemoveLayer {
        /// The layer.
        id: u32,
    },
    /// Sets the number of units of a dense layer, limited to 1…[`MAX_UNITS`].
    SetUnits {
        /// The layer.
        id: u32,
        /// The number of units.
        units: usize,
    },
    /// Sets the activation of a dense layer.
    SetActivation {
        /// The layer.
        id: u32,
        /// The activation.
        activation: Activation,
    },
    /// Sets the share that a dropout layer switches off, limited to 0…0.9.
    SetRate {
        /// The layer.
        id: u32,
        /// The share.
        rate: f32,
    },
    /// Freezes or thaws a whole layer.
    FreezeLayer {
        /// The layer.
        id: u32,
        /// Whether its weights stay as they are.
        frozen: bool,
    },
    /// Freezes or thaws one weight or bias.
    FreezeWeight {
        /// The layer.
        id: u32,
        /// Which of its weights.
        weight: WeightAddress,
        /// Whether it stays as it is.
        frozen: bool,
    },
    /// Chooses how starting weights are drawn.
    SetInitialization(Initialization),
    /// Draws other starting weights.
    NewWeights,
    /// Draws other points and another division into training and validation part.
    NewData,
    /// Replaces the data part; the text says what changed, as in "Change noise".
    SetData(DataSpec, &'static str),
    /// Replaces the training part; the text says what changed.
    SetTraining(TrainingSpec, &'static str),
    /// Replaces the layers; the text says what changed.
    SetNetwork(NetworkSpec, &'static str),
    /// Gives the experiment a name.
    Rename(String),
    /// Sets the seed.
    SetSeed(u64),
    /// Replaces the whole document; the text says why.
    Replace(Box<ExperimentSpec>, &'static str),
}

impl Edit {
    /// What the edit does, as it stands behind "Undo".
    pub const fn text(&self) -> &'static str {
        match self {
            Self::InsertLayer { .. } => "add layer",
            Self::MoveLayer { .. } => "move layer",
            Self::RemoveLayer { .. } => "remove layer",
            Self::SetUnits { .. } => "change number of neurons",
            Self::SetActivation { .. } => "change activation",
            Self::SetRate { .. } => "change dropout rate",
            Self::FreezeLayer { frozen: true, .. } => "freeze layer",
            Self::FreezeLayer { .. } => "unfreeze layer",
            Self::FreezeWeight { frozen: true, .. } => "freeze weight",
            Self::FreezeWeight { .. } => "unfreeze weight",
            Self::SetInitialization(_) => "change initialization",
            Self::NewWeights => "draw new weights",
            Self::NewData => "draw new data",
            Self::SetData(_, text)
            | Self::SetTraining(_, text)
            | Self::SetNetwork(_, text)
            | Self::Replace(_, text) => text,
            Self::Rename(_) => "rename",
            Self::SetSeed(_) => "change seed",
        }
    }

    /// Changes the document. Returns whether anything is different afterwards: an edit of a layer
    /// that is not there, or to a value that it has already, changes nothing.
    pub fn apply(self, spec: &mut ExperimentSpec) -> bool {
        let before = spec.clone();
        self.apply_to(spec);
        *spec != before
    }

    fn apply_to(self, spec: &mut ExperimentSpec) {
        let network = &mut spec.network;
        match self {
            Self::InsertLayer { at, kind } => {
                let layer = LayerSpec::new(network.free_id(), kind);
                network.layers.insert(at.min(network.layers.len()), layer);
            }
            Self::MoveLayer { id, to } => {
                if let Some(from) = network.position(id) {
                    let layer = network.layers.remove(from);
                    network.layers.insert(to.min(network.layers.len()), layer);
                }
            }
            Self::RemoveLayer { id } => network.layers.retain(|layer| layer.id != id),
            Self::SetUnits { id, units } => {
                if let Some(LayerKind::Dense { units: current, .. }) = kind_mut(network, id) {
                    *current = units.clamp(1, MAX_UNITS);
                }
                drop_lost_addresses(network, id);
            }
            Self::SetActivation { id, activation } => {
                if let Some(LayerKind::Dense { activation: current, .. }) = kind_mut(network, id) {
                    *current = activation;
                }
            }
            Self::SetRate { id, rate } => {
                if let Some(LayerKind::Dropout { rate: current }) = kind_mut(network, id) {
                    *current = if rate.is_finite() { rate.clamp(0.0, 0.9) } else { *current };
                }
            }
            Self::FreezeLayer { id, frozen } => {
                if let Some(layer) = network.layer_mut(id) {
                    layer.frozen = frozen;
                }
            }
            Self::FreezeWeight { id, weight, frozen } => {
                if let Some(layer) = network.layer_mut(id) {
                    layer.frozen_weights.retain(|other| *other != weight);
                    if frozen {
                        layer.frozen_weights.push(weight);
                    }
                    layer.frozen_weights.sort_unstable();
                }
            }
            Self::SetInitialization(initialization) => network.initialization = initialization,
            Self::NewWeights => network.draw = network.draw.wrapping_add(1),
            Self::NewData => spec.data.draw = spec.data.draw.wrapping_add(1),
            Self::SetData(data, _) => spec.data = data,
            Self::SetTraining(training, _) => spec.training = training,
            Self::SetNetwork(layers, _) => *network = layers,
            Self::Rename(name) => spec.name = name,
            Self::SetSeed(seed) => spec.seed = seed,
            Self::Replace(other, _) => *spec = *other,
        }
    }
}

fn kind_mut(network: &mut NetworkSpec, id: u32) -> Option<&mut LayerKind> {
    network.layer_mut(id).map(|layer| &mut layer.kind)
}

/// A narrower layer has lost the units beyond its width, and what was frozen in them.
fn drop_lost_addresses(network: &mut NetworkSpec, id: u32) {
    if let Some(layer) = network.layer_mut(id)
        && let LayerKind::Dense { units, .. } = layer.kind
    {
        layer.frozen_weights.retain(|weight| weight.unit < units);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moving_a_layer_keeps_its_identity() {
        let mut spec = ExperimentSpec::default();
        let id = spec.network.layers[1].id;
        assert!(Edit::MoveLayer { id, to: 2 }.apply(&mut spec));
        assert_eq!(spec.network.layers[2].id, id);
        assert_eq!(spec.network.hidden_units(), [2, 4]);
        assert!(!Edit::MoveLayer { id, to: 2 }.apply(&mut spec), "it is there already");
    }

    #[test]
    fn units_stay_within_the_limits() {
        let mut spec = ExperimentSpec::default();
        let id = spec.network.layers[1].id;
        Edit::SetUnits { id, units: 0 }.apply(&mut spec);
        assert_eq!(spec.network.hidden_units()[0], 1);
        Edit::SetUnits { id, units: 1_000_000 }.apply(&mut spec);
        assert_eq!(spec.network.hidden_units()[0], MAX_UNITS);
    }

    #[test]
    fn a_narrower_layer_forgets_what_was_frozen_beyond_it() {
        let mut spec = ExperimentSpec::default();
        let id = spec.network.layers[1].id;
        let weight = WeightAddress { unit: 3, input: Some(0) };
        Edit::FreezeWeight { id, weight, frozen: true }.apply(&mut spec);
        assert_eq!(spec.network.layers[1].frozen_weights, [weight]);
        Edit::SetUnits { id, units: 2 }.apply(&mut spec);
        assert!(spec.network.layers[1].frozen_weights.is_empty());
    }

    #[test]
    fn editing_a_layer_that_is_gone_changes_nothing() {
        let mut spec = ExperimentSpec::default();
        assert!(!Edit::RemoveLayer { id: 99 }.apply(&mut spec));
        assert!(!Edit::SetRate { id: 1, rate: 0.5 }.apply(&mut spec), "an input has no rate");
    }
}
