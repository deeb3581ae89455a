//! The shape of a network: how many inputs, which layers, how many outputs; and what can be wrong
//! with one.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::activation::Activation;
use super::output::OutputActivation;

/// The most weights and biases a network may have (200 MB of them in `f32`).
pub const MAX_PARAMETERS: usize = 50_000_000;

/// One hidden layer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum LayerShape {
    /// A fully connected layer: each of its units sees every value of the layer before.
    Dense {
        /// The number of units (neurons), at least 1.
        units: usize,
        /// What each unit does to its sum.
        activation: Activation,
    },
    /// Dropout (Srivastava et al. 2014): while training, sets each value of the layer before to
    /// zero with probability `rate` and scales the others by 1/(1 − rate).
    Dropout {
        /// The share of values that is dropped, 0 ≤ rate < 1.
        rate: f32,
    },
}

/// The shape of a whole network, before it is checked by [`Network::new`](super::Network::new).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NetworkShape {
    /// The number of input values of a sample, at least 1.
    pub inputs: usize,
    /// The hidden layers in order; may be empty.
    pub hidden: Vec<LayerShape>,
    /// The number of outputs, at least 1.
    pub outputs: usize,
    /// What the output layer does to its sums.
    pub output_activation: OutputActivation,
}

/// Why a shape is not a network.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum NetworkError {
    /// A network must be given something.
    #[error("the network has 0 inputs, but needs at least 1: choose an input column")]
    NoInputs,
    /// A network must answer something.
    #[error("the network has 0 outputs, but needs at least 1: choose a column to predict")]
    NoOutputs,
    /// A layer without units passes nothing on.
    #[error(
        "hidden layer {layer} has 0 units, but needs at least 1: add a unit or remove the layer"
    )]
    NoUnits {
        /// The place of the layer among the hidden layers, from 1.
        layer: usize,
    },
    /// Dropping everything leaves nothing, and a negative share means nothing.
    #[error(
        "hidden layer {layer} drops a share of {rate}, but it must be at least 0 and below 1: \
         0.1 to 0.5 are usual"
    )]
    DropoutRate {
        /// The place of the layer among the hidden layers, from 1.
        layer: usize,
        /// The rate that was asked for.
        rate: f32,
    },
    /// Too large for this program to train in reasonable time and memory.
    #[error(
        "the network would have {count} weights and biases, but at most {limit} are possible: \
         use fewer units or layers"
    )]
    TooManyParameters {
        /// How many it would have (saturated at the largest number that can be counted).
        count: usize,
        /// The most that are allowed, [`MAX_PARAMETERS`].
        limit: usize,
    },
}
