//! What goes in and out of the trainer's thread: commands, events, and the run at one moment.

use std::sync::Arc;

use crate::experiment::Prepared;
use crate::optim::{Evaluations, StepReport};
use crate::train::curve::Curve;
use crate::train::metrics::Metrics;
use crate::train::saved::SavedRun;
use crate::train::stop::StopReason;
use crate::train::timeline::Checkpoint;
use crate::train::trainer::Measuring;

/// What the trainer is asked to do.
#[derive(Debug)]
pub enum TrainCommand {
    /// Begins a new run, from saved weights or from the start.
    Load {
        /// What to train.
        prepared: Box<Prepared>,
        /// A run to go on with.
        saved: Option<Box<SavedRun>>,
    },
    /// Other training settings, same data, same layers.
    Reconfigure(Box<Prepared>),
    /// Other layers or other rows; weights that still fit are kept.
    Replace(Box<Prepared>),
    /// Ends the run: the document cannot be trained as it is.
    Unload,
    /// Trains until told otherwise. A finished run goes on.
    Play,
    /// Stops training.
    Pause,
    /// Makes one update and pauses.
    StepUpdate,
    /// Trains to the end of the epoch and pauses.
    StepEpoch,
    /// Goes back to the starting weights and pauses.
    Reset,
    /// Sets the watching speed.
    SetPace(Pace),
    /// Sets how often the runs that are loaded from now on measure themselves.
    SetMeasuring(Measuring),
    /// Sets one weight or bias by hand.
    SetParameter {
        /// Where it lies in the flat vector.
        index: usize,
        /// Its new value.
        value: f32,
    },
    /// Sets the two parameters over which pictures of steps are drawn.
    SetWatch([usize; 2]),
    /// Asks for the run as it is now, answered with [`TrainEvent::Saved`].
    Save,
}

/// How fast the run goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// So many updates a second.
    Updates(f64),
    /// As fast as the machine can.
    Full,
}

/// What must reach the person.
#[derive(Debug)]
pub enum TrainEvent {
    /// The run ended by itself.
    Stopped(StopReason),
    /// The experiment could not be loaded.
    Failed(String),
    /// The answer to [`TrainCommand::Save`]; `None` while nothing is loaded, and for a run that
    /// diverged: its weights are no longer numbers.
    Saved(Option<Box<SavedRun>>),
}

/// What the run is doing.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Status {
    /// Waiting for the person.
    #[default]
    Paused,
    /// Training.
    Running,
    /// Ended by itself.
    Stopped(StopReason),
}

/// The run at one moment.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Grows with every snapshot of a worker.
    pub number: u64,
    /// What is trained.
    pub prepared: Prepared,
    /// Weights and biases.
    pub parameters: Arc<[f32]>,
    /// Epochs finished.
    pub epoch: u64,
    /// Updates made.
    pub step: u64,
    /// Epoch at which the run will end.
    pub last_epoch: Option<u64>,
    /// What it is doing.
    pub status: Status,
    /// The latest measurement.
    pub metrics: Metrics,
    /// The curves.
    pub curve: Arc<Curve>,
    /// The checkpoints.
    pub checkpoints: Arc<[Checkpoint]>,
    /// The learning rate of the next update.
    pub learning_rate: f64,
    /// What the last observed update reported.
    pub report: Option<StepReport>,
    /// What was computed so far.
    pub evaluations: Evaluations,
    /// Rows trained on in a second of training, lately.
    pub samples_per_second: f64,
    /// Seconds spent training.
    pub seconds: f64,
}
