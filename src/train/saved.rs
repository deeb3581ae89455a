//! A run as it is saved beside its document.

use serde::{Deserialize, Serialize};

use super::curve::Curve;
use super::stop::StopReason;
use crate::data::Encoder;
use crate::optim::{Evaluations, OptimizerState};

/// The weights with the lowest validation loss so far.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Best {
    /// Epochs finished then.
    pub epoch: u64,
    /// The validation loss.
    pub loss: f64,
    /// The weights and biases.
    pub parameters: Vec<f32>,
}

/// Everything needed to use the trained network and to go on training it as if it had never
/// stopped.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SavedRun {
    /// Epochs finished.
    pub epoch: u64,
    /// Updates made.
    pub step: u64,
    /// Rows of the current epoch that were trained on already.
    #[serde(default)]
    pub position: usize,
    /// The weights and biases, as the network's flat vector: layer by layer, for each dense layer
    /// its weights row by row (one row a unit), then its biases.
    pub parameters: Vec<f32>,
    /// How a row becomes numbers, with the statistics of the training part.
    pub encoder: Encoder,
    /// What the training method remembers.
    pub optimizer: OptimizerState,
    /// What was computed so far.
    #[serde(default)]
    pub evaluations: Evaluations,
    /// Work so far, see [`CurvePoint::work`](super::CurvePoint::work).
    #[serde(default)]
    pub work: f64,
    /// Epoch at which the run ends, where that is later than the document says because a finished
    /// run was made to go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_epoch: Option<u64>,
    /// Seconds spent training.
    #[serde(default)]
    pub seconds: f64,
    /// The curves.
    #[serde(default)]
    pub curve: Curve,
    /// For early stopping, the best weights so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub best: Option<Best>,
    /// Why it ended, if it did.
    #[serde(default)]
    pub stopped: Option<StopReason>,
}
