//! What can be read from a run, and how it is told to behave.

use super::super::curve::Curve;
use super::super::metrics::Metrics;
use super::super::stop::StopReason;
use super::super::timeline::Timeline;
use super::{ENDLESS_EPOCHS, Measuring, Trainer};
use crate::experiment::Prepared;
use crate::optim::{Evaluations, Progress, StepReport};

impl Trainer {
    /// Sets how often the run measures itself.
    pub const fn set_measuring(&mut self, measuring: Measuring) {
        self.measuring = measuring;
    }

    /// Sets whether updates report the norms of gradient and step.
    pub const fn set_observe(&mut self, observe: bool) {
        self.observe = observe;
    }

    /// Sets how many processor threads large networks are trained with. The numbers are the same
    /// for any; small networks use one.
    pub fn set_threads(&mut self, threads: usize) {
        self.threads = threads.max(1);
        self.workspace.set_threads(self.threads);
    }

    /// How many processor threads take part in an update: one for a small network, otherwise as
    /// many as were [set](Trainer::set_threads) and the machine has.
    pub fn threads_at_work(&self) -> usize {
        self.crew().gathering()
    }

    /// What is trained.
    pub const fn prepared(&self) -> &Prepared {
        &self.prepared
    }

    /// The weights and biases.
    pub fn parameters(&self) -> &[f32] {
        &self.parameters
    }

    /// Epochs finished.
    pub const fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Updates made.
    pub const fn step_count(&self) -> u64 {
        self.step
    }

    /// Epoch at which the run will end.
    pub const fn last_epoch(&self) -> Option<u64> {
        self.stop_rules.last_epoch
    }

    /// The learning rate of the next update.
    pub fn learning_rate(&self) -> f64 {
        let training = &self.prepared.spec.training;
        let progress = Progress {
            step: self.step,
            steps_per_epoch: self.order.len().div_ceil(self.batch_size()) as u64,
            epochs_total: training.stop.epochs.unwrap_or(ENDLESS_EPOCHS),
        };
        training.learning_rate * training.schedule.factor(progress)
    }

    /// What was measured last.
    pub const fn metrics(&self) -> Metrics {
        self.metrics
    }

    /// The curves so far.
    pub const fn curve(&self) -> &Curve {
        &self.curve
    }

    /// The checkpoints so far.
    pub const fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// What the last observed update reported.
    pub const fn report(&self) -> Option<&StepReport> {
        self.report.as_ref()
    }

    /// Sets the two parameters over which an observed update draws its picture.
    pub const fn set_watch(&mut self, watch: [usize; 2]) {
        self.watch = watch;
    }

    /// Work so far: so many gradients over all training rows would have cost as much.
    pub const fn work(&self) -> f64 {
        self.work
    }

    /// What was computed so far.
    pub const fn evaluations(&self) -> Evaluations {
        self.evaluations
    }

    /// Seconds spent on updates, without measuring.
    pub const fn training_seconds(&self) -> f64 {
        self.training_seconds
    }

    /// Why the run ended, if it did.
    pub const fn stopped(&self) -> Option<&StopReason> {
        self.stopped.as_ref()
    }

    /// Rows trained on since the start, each counted once an epoch.
    pub fn samples_seen(&self) -> u64 {
        self.epoch * self.order.len() as u64 + self.position as u64
    }

    /// Rows trained on in one epoch.
    pub fn rows_per_epoch(&self) -> usize {
        self.order.len()
    }
}
