//! The training loop: batches, updates, epochs, stop rules. No threads, no clock that decides
//! anything: the same document gives the same bits wherever it runs.
//!
//! An epoch visits every training row once, in an order drawn anew for each epoch:
//!
//! 1. load the next batch, draw the dropout masks;
//! 2. let the training method make one update, see [`crate::optim`];
//! 3. put frozen parameters back, look for numbers that are no longer finite;
//! 4. after the last batch, measure and ask the stop rules.

use std::time::Instant;

use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::curve::{Curve, CurvePoint};
use super::diagnosis::diagnose;
use super::metrics::{Meter, Metrics};
use super::objective::{BatchObjective, Shaping};
use super::saved::SavedRun;
use super::stop::StopReason;
use super::timeline::Timeline;
use crate::experiment::random::{Stream, rng};
use crate::experiment::{PrepareError, Prepared, transplant};
use crate::nn::Workspace;
use crate::optim::{
    BatchUse, Evaluations, Method, Optimizer, Progress, StepContext, StepReport,
};

/// How often a run measures itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Measuring {
    /// After every epoch.
    EveryEpoch,
    /// After an epoch when measuring has taken less than this share of the time so far. Stop rules
    /// that need a measurement get one after every epoch all the same.
    ShareOfTime(f64),
}

/// Epochs a schedule is spread over when the run has no end of its own.
const ENDLESS_EPOCHS: u64 = 1000;

/// Networks up to this size are searched for numbers that are not finite after every update;
/// larger ones after every epoch (their loss still after every update).
const SMALL: usize = 16_384;

/// A run of one experiment.
pub struct Trainer {
    prepared: Prepared,
    method: &'static Method,
    optimizer: Box<dyn Optimizer>,
    shaping: Shaping,
    parameters: Vec<f32>,
    /// Values of the frozen parameters, in the order of [`Shaping::frozen`].
    frozen_values: Vec<f32>,
    workspace: Workspace<f32>,
    meter: Meter,
    measuring: Measuring,
    /// Training rows in the order of this epoch.
    order: Vec<u32>,
    /// Rows of `order` trained on already.
    position: usize,
    method_rng: ChaCha8Rng,
    epoch: u64,
    step: u64,
    /// Epoch at which the run ends, if it does; moved on when a finished run goes on.
    last_epoch: Option<u64>,
    best: Option<Best>,
    curve: Curve,
    metrics: Metrics,
    timeline: Timeline,
    report: Option<StepReport>,
    observe: bool,
    evaluations: Evaluations,
    training_seconds: f64,
    measuring_seconds: f64,
    stopped: Option<StopReason>,
}

/// The weights with the lowest validation loss so far.
#[derive(Debug)]
struct Best {
    epoch: u64,
    loss: f64,
    parameters: Vec<f32>,
}

impl std::fmt::Debug for Trainer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Trainer")
            .field("method", &self.method.id)
            .field("epoch", &self.epoch)
            .field("step", &self.step)
            .finish_non_exhaustive()
    }
}

impl Trainer {
    /// A run at its starting weights.
    ///
    /// # Errors
    /// When the document names a training method that does not exist.
    pub fn new(prepared: Prepared) -> Result<Self, PrepareError> {
        let parameters = prepared.initial_parameters();
        Self::with_parameters(prepared, parameters)
    }

    fn with_parameters(prepared: Prepared, parameters: Vec<f32>) -> Result<Self, PrepareError> {
        let method = prepared.method()?;
        let training = &prepared.spec.training;
        let shaping = Shaping::new(training, &prepared.network, prepared.frozen());
        let mut trainer = Self {
            method,
            optimizer: (method.build)(&training.settings, parameters.len()),
            frozen_values: values_in(&shaping, &parameters),
            shaping,
            workspace: Workspace::new(&prepared.network, 1),
            meter: Meter::new(&prepared.network, prepared.samples.inputs.nrows()),
            measuring: Measuring::EveryEpoch,
            order: Vec::new(),
            position: 0,
            method_rng: rng(prepared.spec.seed, Stream::Method, 0),
            epoch: 0,
            step: 0,
            last_epoch: training.stop.epochs,
            best: None,
            curve: Curve::default(),
            metrics: Metrics::default(),
            timeline: Timeline::new(parameters.len()),
            report: None,
            observe: false,
            evaluations: Evaluations::default(),
            training_seconds: 0.0,
            measuring_seconds: 0.0,
            stopped: None,
            parameters,
            prepared,
        };
        trainer.fit_workspace();
        trainer.begin_epoch();
        trainer.measure();
        trainer.timeline.push(0, &trainer.parameters);
        Ok(trainer)
    }

    /// Goes on with a run that was saved.
    ///
    /// # Errors
    /// When the saved run does not belong to this document.
    pub fn resume(prepared: Prepared, saved: SavedRun) -> Result<Self, PrepareError> {
        let mut trainer = Self::new(prepared)?;
        if saved.parameters.len() != trainer.parameters.len() {
            return Err(PrepareError::OtherRun {
                expected: trainer.parameters.len(),
                found: saved.parameters.len(),
            });
        }
        // A state of another method is of no use; training goes on with a fresh memory.
        if let Err(error) = trainer.optimizer.restore(&saved.optimizer) {
            tracing::warn!("the training method starts with an empty memory: {error}");
        }
        trainer.parameters = saved.parameters;
        trainer.frozen_values = values_in(&trainer.shaping, &trainer.parameters);
        trainer.epoch = saved.epoch;
        trainer.step = saved.step;
        trainer.begin_epoch();
        trainer.position = saved.position.min(trainer.order.len());
        trainer.evaluations = saved.evaluations;
        trainer.training_seconds = saved.seconds;
        trainer.curve = saved.curve;
        trainer.timeline = Timeline::new(trainer.parameters.len());
        trainer.timeline.push(trainer.epoch, &trainer.parameters);
        trainer.stopped = saved.stopped;
        trainer.measure_now();
        Ok(trainer)
    }

    /// The run as it is now, to be saved.
    pub fn save(&self) -> SavedRun {
        SavedRun {
            epoch: self.epoch,
            step: self.step,
            position: self.position,
            parameters: self.parameters.clone(),
            encoder: self.prepared.samples.encoder.clone(),
            optimizer: self.optimizer.state(),
            evaluations: self.evaluations,
            seconds: self.training_seconds,
            curve: self.curve.clone(),
            stopped: self.stopped.clone(),
        }
    }

    /// Makes one update. Returns why the run ended, if it did.
    pub fn step(&mut self) -> Option<StopReason> {
        let begin = Instant::now();
        let mut stop = self.update();
        self.training_seconds += begin.elapsed().as_secs_f64();
        if stop.is_none() && self.position >= self.order.len() {
            stop = self.end_epoch();
        }
        self.stopped.clone_from(&stop);
        stop
    }

    /// Makes updates to the end of the epoch. Returns why the run ended, if it did.
    pub fn run_epoch(&mut self) -> Option<StopReason> {
        let begin = Instant::now();
        let mut stop = None;
        while stop.is_none() && self.position < self.order.len() {
            stop = self.update();
        }
        self.training_seconds += begin.elapsed().as_secs_f64();
        if stop.is_none() {
            stop = self.end_epoch();
        }
        self.stopped.clone_from(&stop);
        stop
    }

    /// Makes at most `updates` updates, not past the end of the epoch. For drivers that must look
    /// up between the updates of a long epoch.
    pub fn run_updates(&mut self, updates: usize) -> Option<StopReason> {
        let begin = Instant::now();
        let mut stop = None;
        for _ in 0..updates {
            if stop.is_some() || self.position >= self.order.len() {
                break;
            }
            stop = self.update();
        }
        self.training_seconds += begin.elapsed().as_secs_f64();
        if stop.is_none() && self.position >= self.order.len() {
            stop = self.end_epoch();
        }
        self.stopped.clone_from(&stop);
        stop
    }

    fn update(&mut self) -> Option<StopReason> {
        let batch = self.batch_size();
        let end = (self.position + batch).min(self.order.len());
        let rows = self.order.get(self.position..end).unwrap_or(&[]);
        let samples = &self.prepared.samples;
        let (Some(inputs), Some(targets)) = (samples.inputs.as_slice(), samples.targets.as_slice())
        else {
            return None;
        };
        let network = &self.prepared.network;
        network.load(&mut self.workspace, inputs, targets, rows);
        if network.has_dropout() {
            let mut masks = rng(self.prepared.spec.seed, Stream::Dropout, self.step as u32);
            network.draw_dropout(&mut self.workspace, &mut masks);
        }
        let mut objective = BatchObjective {
            network,
            workspace: &mut self.workspace,
            loss: self.prepared.loss,
            shaping: &self.shaping,
            evaluations: &mut self.evaluations,
        };
        let training = &self.prepared.spec.training;
        let progress = Progress {
            step: self.step,
            steps_per_epoch: self.order.len().div_ceil(batch) as u64,
            epochs_total: training.stop.epochs.unwrap_or(ENDLESS_EPOCHS),
        };
        let mut context = StepContext {
            learning_rate: (training.learning_rate * training.schedule.factor(progress)) as f32,
            rng: &mut self.method_rng,
            observe: self.observe,
        };
        let report = self.optimizer.step(&mut objective, &mut self.parameters, &mut context);
        put_back(&self.shaping, &self.frozen_values, &mut self.parameters);
        self.report = Some(report);
        self.position = end;
        self.step += 1;
        let small = self.parameters.len() <= SMALL;
        if report.loss.is_finite() && (!small || all_finite(&self.parameters)) {
            return None;
        }
        Some(self.diverged())
    }

    fn diverged(&mut self) -> StopReason {
        self.prepared.network.forward(&self.parameters, &mut self.workspace);
        let epoch = self.epoch + 1;
        let diagnosis =
            diagnose(&self.prepared, &self.parameters, &self.workspace, epoch, self.step);
        StopReason::Diverged(diagnosis)
    }

    fn end_epoch(&mut self) -> Option<StopReason> {
        self.epoch += 1;
        if self.parameters.len() > SMALL && !all_finite(&self.parameters) {
            self.epoch -= 1;
            return Some(self.diverged());
        }
        let stop = self.ask_stop_rules();
        if self.timeline.wants(self.epoch) {
            self.timeline.push(self.epoch, &self.parameters);
        }
        self.begin_epoch();
        stop
    }

    /// Measures if it is time to, and asks each rule in turn.
    fn ask_stop_rules(&mut self) -> Option<StopReason> {
        let rules = self.prepared.spec.training.stop.clone();
        let finished = self.last_epoch.is_some_and(|last| self.epoch >= last);
        let needed = rules.target_loss.is_some() || rules.patience.is_some() || finished;
        if needed || self.is_time_to_measure() {
            let metrics = self.measure();
            if let Some(target) = rules.target_loss
                && metrics.train.loss <= target
            {
                return Some(StopReason::TargetLoss { loss: metrics.train.loss });
            }
            if let (Some(patience), Some(validation)) = (rules.patience, metrics.validation)
                && let Some(stop) = self.early_stop(patience, validation.loss)
            {
                return Some(stop);
            }
        }
        finished.then_some(StopReason::Epochs { epochs: self.epoch })
    }

    fn is_time_to_measure(&self) -> bool {
        match self.measuring {
            Measuring::EveryEpoch => true,
            Measuring::ShareOfTime(share) => {
                self.measuring_seconds <= share * (self.training_seconds + self.measuring_seconds)
            }
        }
    }

    fn early_stop(&mut self, patience: u64, loss: f64) -> Option<StopReason> {
        match &mut self.best {
            Some(best) if loss >= best.loss => {
                if self.epoch < best.epoch + patience {
                    return None;
                }
                self.parameters.copy_from_slice(&best.parameters);
                let stop =
                    StopReason::EarlyStopping { best_epoch: best.epoch, best_loss: best.loss };
                self.measure();
                Some(stop)
            }
            best => {
                let mut parameters =
                    best.take().map_or_else(|| self.parameters.clone(), |best| best.parameters);
                parameters.copy_from_slice(&self.parameters);
                *best = Some(Best { epoch: self.epoch, loss, parameters });
                None
            }
        }
    }

    /// Draws the order of the next epoch. It depends on the seed and the epoch alone, so a run
    /// that is saved and resumed goes on with the same batches.
    fn begin_epoch(&mut self) {
        self.position = 0;
        self.order.clear();
        self.order.extend_from_slice(&self.prepared.samples.train);
        let epoch = self.epoch as u32;
        self.order.shuffle(&mut rng(self.prepared.spec.seed, Stream::Order, epoch));
        self.method_rng = rng(self.prepared.spec.seed, Stream::Method, epoch);
    }

    /// Rows in a batch: what was asked for, or all of them.
    fn batch_size(&self) -> usize {
        let rows = self.prepared.samples.train.len().max(1);
        match self.method.batch {
            BatchUse::Full => rows,
            BatchUse::Mini => self.prepared.spec.training.batch_size.clamp(1, rows),
        }
    }

    fn fit_workspace(&mut self) {
        let batch = self.batch_size();
        if self.workspace.capacity() < batch {
            self.workspace = Workspace::new(&self.prepared.network, batch);
        }
    }

    /// Measures at the end of an epoch and adds the result to the curve.
    fn measure(&mut self) -> Metrics {
        let metrics = self.measure_now();
        self.curve.push(CurvePoint { epoch: self.epoch, metrics });
        metrics
    }

    /// Measures the network as it is now, also in the middle of an epoch.
    pub fn measure_now(&mut self) -> Metrics {
        let begin = Instant::now();
        let Prepared { network, loss, samples, .. } = &self.prepared;
        let metrics = self.meter.measure(network, &self.parameters, *loss, samples);
        self.metrics = metrics;
        self.measuring_seconds += begin.elapsed().as_secs_f64();
        metrics
    }

    /// Goes back to the starting weights; the run begins again.
    pub fn reset(&mut self) {
        match Self::new(self.prepared.clone()) {
            Ok(fresh) => {
                let (measuring, observe) = (self.measuring, self.observe);
                *self = fresh;
                self.measuring = measuring;
                self.observe = observe;
            }
            // The document has not changed since it was prepared, so this cannot happen; a run
            // that stays as it is loses nothing.
            Err(error) => tracing::error!("the run cannot be reset: {error}"),
        }
    }

    /// Lets a finished run go on: for as many epochs again as it was asked for at first.
    pub fn extend(&mut self) {
        self.stopped = None;
        self.best = None;
        if let (Some(last), Some(epochs)) = (self.last_epoch, self.prepared.spec.training.stop.epochs)
            && self.epoch >= last
        {
            self.last_epoch = Some(self.epoch + epochs.max(1));
        }
    }

    /// Goes on with other training settings, other frozen weights: same data, same layers.
    ///
    /// # Errors
    /// When the document names a training method that does not exist.
    pub fn reconfigure(&mut self, prepared: Prepared) -> Result<(), PrepareError> {
        let method = prepared.method()?;
        let training = &prepared.spec.training;
        if method.id == self.method.id {
            self.optimizer.configure(&training.settings);
        } else {
            self.optimizer = (method.build)(&training.settings, self.parameters.len());
        }
        if training.stop != self.prepared.spec.training.stop {
            self.last_epoch = training.stop.epochs;
            self.best = None;
        }
        let loss_changed = prepared.loss != self.prepared.loss;
        self.method = method;
        self.shaping = Shaping::new(training, &prepared.network, prepared.frozen());
        self.frozen_values = values_in(&self.shaping, &self.parameters);
        self.prepared = prepared;
        self.fit_workspace();
        if loss_changed {
            self.measure();
        }
        Ok(())
    }

    /// Goes on with other layers or other rows, keeping the weights that still fit, the epoch and
    /// the curves. The training method's memory starts anew.
    ///
    /// # Errors
    /// When the document names a training method that does not exist.
    pub fn replace(&mut self, prepared: Prepared) -> Result<(), PrepareError> {
        let fresh = prepared.initial_parameters();
        let parameters = transplant::transplant(&self.prepared, &self.parameters, &prepared, fresh);
        let mut next = Self::with_parameters(prepared, parameters)?;
        next.epoch = self.epoch;
        next.step = self.step;
        next.last_epoch = self.last_epoch;
        next.measuring = self.measuring;
        next.observe = self.observe;
        next.evaluations = self.evaluations;
        next.training_seconds = self.training_seconds;
        next.measuring_seconds = self.measuring_seconds;
        next.curve = std::mem::take(&mut self.curve);
        next.timeline = Timeline::new(next.parameters.len());
        next.timeline.push(next.epoch, &next.parameters);
        next.begin_epoch();
        next.measure();
        *self = next;
        Ok(())
    }

    /// Sets one weight or bias by hand.
    pub fn set_parameter(&mut self, index: usize, value: f32) {
        if let Some(place) = self.parameters.get_mut(index) {
            *place = value;
            self.frozen_values = values_in(&self.shaping, &self.parameters);
            self.stopped = None;
            self.measure_now();
        }
    }

    /// Sets how often the run measures itself.
    pub const fn set_measuring(&mut self, measuring: Measuring) {
        self.measuring = measuring;
    }

    /// Sets whether updates report the norms of gradient and step.
    pub const fn set_observe(&mut self, observe: bool) {
        self.observe = observe;
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
        self.last_epoch
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

    /// What the last update reported.
    pub const fn report(&self) -> Option<StepReport> {
        self.report
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

/// The values of the frozen parameters, one after the other.
fn values_in(shaping: &Shaping, parameters: &[f32]) -> Vec<f32> {
    let parts = shaping.frozen().iter().filter_map(|range| parameters.get(range.clone()));
    parts.flatten().copied().collect()
}

/// Undoes what a method did to frozen parameters all the same (weight decay, momentum).
fn put_back(shaping: &Shaping, values: &[f32], parameters: &mut [f32]) {
    let mut values = values.iter();
    for range in shaping.frozen() {
        if let Some(part) = parameters.get_mut(range.clone()) {
            part.iter_mut().zip(values.by_ref()).for_each(|(place, &value)| *place = value);
        }
    }
}

/// Whether every number is finite, by looking at the exponents alone (which vectorises).
fn all_finite(values: &[f32]) -> bool {
    const EXPONENT: u32 = 0x7f80_0000;
    values.iter().fold(0, |bad, v| bad | u32::from(v.to_bits() & EXPONENT == EXPONENT)) == 0
}
