//! The training loop: batches, updates, epochs, stop rules. No threads, no clock that decides
//! anything: the same document gives the same bits wherever it runs.
//!
//! An epoch visits every training row once, in an order drawn anew for each epoch (in the order of
//! the data when one batch takes them all):
//!
//! 1. load the next batch, draw the dropout masks;
//! 2. let the training method make one update, see [`crate::optim`];
//! 3. put frozen parameters back, look for numbers that are no longer finite;
//! 4. after the last batch, measure and ask the stop rules.

mod access;
mod change;

use std::time::Instant;

use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::curve::{Curve, CurvePoint};
use super::diagnosis::diagnose;
use super::metrics::{Meter, Metrics};
use super::objective::{BatchObjective, Scratch, Shaping};
use super::stop::StopReason;
use super::stop_rules::StopRules;
use super::timeline::Timeline;
use crate::experiment::random::{Stream, rng};
use crate::experiment::{PrepareError, Prepared};
use crate::nn::{Threads, Workspace};
use crate::optim::{Evaluations, Method, Moved, Optimizer, Progress, StepContext, StepReport};

/// How often a run measures itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Measuring {
    /// After every epoch.
    EveryEpoch,
    /// After an epoch when measuring has taken less than this share of the time so far, and a fifth
    /// of it once measurements follow each other faster than anybody sees. Stop rules that need a
    /// measurement get one after every epoch all the same.
    ShareOfTime(f64),
}

/// Seconds from measurement to measurement below which a run that is past its first
/// [`CLOSE_EPOCHS`] spends less on them.
const SEEN_SECONDS: f64 = 1.0 / 60.0;

/// Epochs whose curve is drawn as closely as the share of the time allows: what small networks
/// learn, they learn in so many, and in a few milliseconds.
const CLOSE_EPOCHS: u64 = 1000;

/// Epochs a schedule is spread over when the run has no end of its own.
const ENDLESS_EPOCHS: u64 = 1000;

/// Networks up to this size are searched for numbers that are not finite after every update;
/// larger ones after every epoch (their loss still after every update).
const SMALL: usize = 4_096;

/// A run of one experiment.
pub struct Trainer {
    prepared: Prepared,
    method: &'static Method,
    optimizer: Box<dyn Optimizer>,
    shaping: Shaping,
    parameters: Vec<f32>,
    /// Values of the frozen parameters, in the order of [`Shaping::frozen_values`].
    frozen_values: Vec<f32>,
    workspace: Workspace<f32>,
    meter: Meter,
    measuring: Measuring,
    /// Training rows in the order of this epoch.
    order: Vec<u32>,
    /// Rows of `order` trained on already.
    position: usize,
    method_rng: ChaCha8Rng,
    /// Whether the last update was of the objective that knows no chance (all rows, no dropout),
    /// and nothing has changed that objective since.
    same_objective: bool,
    epoch: u64,
    step: u64,
    stop_rules: StopRules,
    curve: Curve,
    metrics: Metrics,
    timeline: Timeline,
    /// What the last observed update reported.
    report: Option<StepReport>,
    /// The parameters before an observed update.
    before: Vec<f32>,
    /// The loss of the last batch before its update.
    batch_loss: f32,
    observe: bool,
    evaluations: Evaluations,
    /// Work so far, in gradients over all training rows, see
    /// [`Evaluations::gradient_equivalents`].
    work: f64,
    /// The learning rate, where it does not follow the document.
    rate: Option<f64>,
    scratch: Scratch,
    watch: [usize; 2],
    threads: usize,
    training_seconds: f64,
    measuring_seconds: f64,
    /// When it was last measured, in seconds of the run.
    measured_at: f64,
    stopped: Option<StopReason>,
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
            frozen_values: shaping.frozen_values(&parameters),
            shaping,
            workspace: Workspace::new(&prepared.network, 1),
            meter: Meter::new(&prepared.network, prepared.samples.inputs.nrows()),
            measuring: Measuring::EveryEpoch,
            order: Vec::new(),
            position: 0,
            method_rng: rng(prepared.spec.seed, Stream::Method, 0),
            same_objective: false,
            epoch: 0,
            step: 0,
            stop_rules: StopRules::new(training.stop.epochs),
            curve: Curve::default(),
            metrics: Metrics::default(),
            timeline: Timeline::new(parameters.len()),
            report: None,
            before: Vec::new(),
            batch_loss: f32::NAN,
            observe: false,
            evaluations: Evaluations::default(),
            work: 0.0,
            rate: None,
            scratch: Scratch::default(),
            watch: [0, 1],
            threads: 1,
            training_seconds: 0.0,
            measuring_seconds: 0.0,
            measured_at: 0.0,
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

    /// Whether every weight is a number. A run that is not cannot be saved: files hold numbers.
    pub fn is_finite(&self) -> bool {
        all_finite(&self.parameters)
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
        self.run_updates(usize::MAX)
    }

    /// Makes at most `updates` updates, not past the end of the epoch. For drivers that must look
    /// up between the updates of a long epoch.
    pub fn run_updates(&mut self, updates: usize) -> Option<StopReason> {
        let begin = Instant::now();
        // Threads for a large network are gathered once for all of these updates.
        let mut stop = self.crew().together(|| {
            let mut stop = None;
            for _ in 0..updates {
                if stop.is_some() || self.position >= self.order.len() {
                    break;
                }
                stop = self.update();
            }
            stop
        });
        self.training_seconds += begin.elapsed().as_secs_f64();
        if stop.is_none() && self.position >= self.order.len() {
            stop = self.end_epoch();
        }
        self.stopped.clone_from(&stop);
        stop
    }

    /// Makes one update with this learning rate in place of the document's, without measuring at
    /// the end of an epoch. Returns the loss of the batch before it; `None` once the run has gone
    /// beyond all numbers or the method has given up.
    pub fn step_at(&mut self, rate: f64) -> Option<f64> {
        self.rate = Some(rate);
        let stop = self.update();
        self.rate = None;
        if self.position >= self.order.len() {
            self.epoch += 1;
            self.begin_epoch();
        }
        stop.is_none().then(|| f64::from(self.batch_loss))
    }

    fn update(&mut self) -> Option<StopReason> {
        let batch = self.batch_size();
        let end = (self.position + batch).min(self.order.len());
        let samples = &self.prepared.samples;
        // All rows come in the order of the data: the sums are then the same in every epoch, and
        // a method may rely on what it measured there.
        let whole = end - self.position == samples.train.len();
        let order = if whole { &samples.train } else { &self.order };
        let rows = order.get(self.position..end).unwrap_or(&[]);
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
        let fixed = whole && !network.has_dropout();
        let same_objective = std::mem::replace(&mut self.same_objective, fixed) && fixed;
        self.scratch.clear();
        let before = self.evaluations.gradient_equivalents();
        let mut objective = BatchObjective {
            network,
            workspace: &mut self.workspace,
            loss: self.prepared.loss,
            shaping: &self.shaping,
            frozen_values: &self.frozen_values,
            evaluations: &mut self.evaluations,
            scratch: &mut self.scratch,
        };
        let training = &self.prepared.spec.training;
        let progress = Progress {
            step: self.step,
            steps_per_epoch: self.order.len().div_ceil(batch) as u64,
            epochs_total: training.stop.epochs.unwrap_or(ENDLESS_EPOCHS),
        };
        let rate = self
            .rate
            .unwrap_or_else(|| training.learning_rate * training.schedule.factor(progress));
        let mut context = StepContext {
            learning_rate: rate as f32,
            rng: &mut self.method_rng,
            same_objective,
            observe: self.observe,
            watch: self.watch,
        };
        if self.observe {
            self.before.clone_from(&self.parameters);
        }
        let mut report = self.optimizer.step(&mut objective, &mut self.parameters, &mut context);
        self.shaping.put_back(&self.frozen_values, &mut self.parameters);
        if self.observe {
            if let Some(observed) = &mut report.observed {
                observed.actual_change = Some(objective.look(&self.parameters) - report.loss);
            }
            report.moved = moved_most(&self.before, &self.parameters);
        }
        let share = rows.len() as f64 / self.order.len().max(1) as f64;
        self.work += (self.evaluations.gradient_equivalents() - before) * share;
        self.position = end;
        self.step += 1;
        let halt = report.halt.take();
        self.batch_loss = report.loss;
        if self.observe {
            self.report = Some(report);
        }
        let small = self.parameters.len() <= SMALL;
        if !self.batch_loss.is_finite() || (small && !all_finite(&self.parameters)) {
            return Some(self.diverged());
        }
        halt.map(|halt| StopReason::Halted(*halt))
    }

    /// The threads that share an update.
    fn crew(&self) -> Threads {
        let numbers = self.parameters.len() * (1 + self.optimizer.numbers());
        self.workspace.crew(self.batch_size(), numbers)
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

    /// Measures if it is time to, and asks the stop rules.
    fn ask_stop_rules(&mut self) -> Option<StopReason> {
        let rules = self.prepared.spec.training.stop.clone();
        let needed = self.stop_rules.need_metrics(&rules, self.epoch);
        let metrics = (needed || self.is_time_to_measure()).then(|| self.measure());
        let stop = self.stop_rules.ask(&rules, self.epoch, metrics, &mut self.parameters);
        if matches!(stop, Some(StopReason::EarlyStopping { .. })) {
            self.measure();
        }
        stop
    }

    fn is_time_to_measure(&self) -> bool {
        match self.measuring {
            Measuring::EveryEpoch => true,
            Measuring::ShareOfTime(share) => {
                let seconds = self.training_seconds + self.measuring_seconds;
                let share = measuring_share(share, self.epoch, seconds - self.measured_at);
                self.measuring_seconds <= share * seconds
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
        let training = &self.prepared.spec.training;
        if training.uses_whole_batch(self.method.batch) {
            rows
        } else {
            training.batch_size.clamp(1, rows)
        }
    }

    fn fit_workspace(&mut self) {
        let batch = self.batch_size();
        if self.workspace.capacity() < batch {
            self.workspace = Workspace::new(&self.prepared.network, batch);
            self.workspace.set_threads(self.threads);
        }
    }

    /// Measures at the end of an epoch and adds the result to the curve.
    fn measure(&mut self) -> Metrics {
        let metrics = self.measure_now();
        self.curve.push(CurvePoint {
            epoch: self.epoch,
            metrics,
            work: self.work,
            seconds: self.training_seconds,
        });
        metrics
    }

    /// Measures where the run stands, for a reader who looks at it now. Between two epochs the
    /// result joins the curve.
    pub fn measure_standing(&mut self) -> Metrics {
        if self.position == 0 { self.measure() } else { self.measure_now() }
    }

    /// Measures the network as it is now, also in the middle of an epoch.
    pub fn measure_now(&mut self) -> Metrics {
        let begin = Instant::now();
        let Prepared { network, loss, samples, .. } = &self.prepared;
        let metrics = self.meter.measure(network, &self.parameters, *loss, samples);
        self.metrics = metrics;
        self.measuring_seconds += begin.elapsed().as_secs_f64();
        self.measured_at = self.training_seconds + self.measuring_seconds;
        metrics
    }
}

/// The share of the time that measuring may take after this epoch, so many seconds after the last
/// time.
fn measuring_share(share: f64, epoch: u64, since: f64) -> f64 {
    if epoch <= CLOSE_EPOCHS || since >= SEEN_SECONDS { share } else { share / 5.0 }
}

/// Most parameters named in an observed update.
const MOVED: usize = 6;

/// The parameters that differ most.
fn moved_most(before: &[f32], after: &[f32]) -> Vec<Moved> {
    let distance = |moved: &Moved| (moved.to - moved.from).abs();
    let mut most: Vec<Moved> = Vec::with_capacity(MOVED + 1);
    for (parameter, (&from, &to)) in before.iter().zip(after).enumerate() {
        let moved = Moved { parameter, from, to };
        if from == to
            || most.len() == MOVED && most.last().is_some_and(|l| distance(l) >= distance(&moved))
        {
            continue;
        }
        let place = most.partition_point(|other| distance(other) >= distance(&moved));
        most.insert(place, moved);
        most.truncate(MOVED);
    }
    most
}

/// Whether every number is finite. 0·x is 0 if x is, and NaN otherwise, and so is a sum with it: in
/// several sums side by side, faster than looking at each number.
fn all_finite(values: &[f32]) -> bool {
    let (blocks, rest) = values.as_chunks::<32>();
    let mut sums = [0.0; 32];
    for block in blocks {
        for (sum, &x) in sums.iter_mut().zip(block) {
            *sum += 0.0 * x;
        }
    }
    // Without stopping at the first, the compiler looks at several numbers at once.
    sums.iter().chain(rest).fold(true, |finite, x| finite & x.is_finite())
}

#[cfg(test)]
mod tests {
    use super::{all_finite, measuring_share};

    #[test]
    fn a_run_measures_less_where_nobody_could_see_more() {
        assert_eq!(measuring_share(0.05, 10, 0.0), 0.05, "a beginning is drawn closely");
        assert_eq!(measuring_share(0.05, 5000, 0.02), 0.05, "slow epochs");
        assert!(measuring_share(0.05, 5000, 0.001) <= 0.011, "fast epochs");
    }

    #[test]
    fn one_number_that_is_not_finite_is_found_anywhere() {
        let mut values: Vec<f32> = (0..75).map(|i| (i as f32 - 37.0) * 1e36).collect();
        values[3] = f32::MAX;
        values[40] = -f32::MIN_POSITIVE;
        assert!(all_finite(&values) && all_finite(&[]));
        for place in 0..values.len() {
            for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
                let before = std::mem::replace(&mut values[place], bad);
                assert!(!all_finite(&values), "{bad} at {place}");
                values[place] = before;
            }
        }
    }
}
