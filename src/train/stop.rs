//! Why a run ended, with a sentence for the person who watches it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::diagnosis::Diagnosis;
use crate::optim::Halt;

/// Why a run ended by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum StopReason {
    /// The number of epochs that was asked for is done.
    Epochs {
        /// Epochs finished.
        epochs: u64,
    },
    /// The training loss is as small as was asked for.
    TargetLoss {
        /// The training loss.
        loss: f64,
    },
    /// The validation loss has stopped improving; the best weights are back.
    EarlyStopping {
        /// The epoch whose weights were restored.
        best_epoch: u64,
        /// Its validation loss.
        best_loss: f64,
    },
    /// The training method cannot go on; the weights are the best it has found.
    Halted(Halt),
    /// A number grew beyond all bounds.
    Diverged(Diagnosis),
}

impl StopReason {
    /// The reason's identifier, as it stands in machine-readable output.
    pub const fn id(&self) -> &'static str {
        match self {
            Self::Epochs { .. } => "epochs",
            Self::TargetLoss { .. } => "target_loss",
            Self::EarlyStopping { .. } => "early_stopping",
            Self::Halted(halt) => halt.kind.id(),
            Self::Diverged(_) => "diverged",
        }
    }
}

impl fmt::Display for StopReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Epochs { epochs: 1 } => write!(f, "Finished: 1 epoch."),
            Self::Epochs { epochs } => write!(f, "Finished: {epochs} epochs."),
            Self::TargetLoss { loss } => {
                write!(f, "Finished: the training loss has come down to {loss:.4}.")
            }
            Self::EarlyStopping { best_epoch, best_loss } => write!(
                f,
                "Stopped early: the validation loss was lowest ({best_loss:.4}) after epoch \
                 {best_epoch} and has not improved since. Those weights are back."
            ),
            Self::Halted(halt) => write!(f, "Stopped: {}", halt.why),
            Self::Diverged(diagnosis) => diagnosis.fmt(f),
        }
    }
}
