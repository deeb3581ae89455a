//! The curse of dimension, measured: the same training method on networks of growing width, each
//! with the same budget of work.
//!
//! The more parameters there are, the rarer it is that a random change of all of them helps; a
//! gradient points downhill in any number of dimensions. Owns one [`trial`]; which widths and
//! methods are tried is the business of whoever asks.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::metrics::Metrics;
use super::race::{SOLVED, quality};
use super::trainer::Trainer;
use crate::experiment::{LayerKind, LayerSpec, PrepareError, Prepared, StopSpec, TrainingSpec};
use crate::optim::{Evaluations, Schedule};

/// Neurons in each hidden layer that can be tried.
pub const WIDTHS: std::ops::RangeInclusive<usize> = 2..=64;

/// What one method achieved on one width.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// The method's identifier.
    pub optimizer: String,
    /// Neurons in each hidden layer.
    pub width: usize,
    /// Weights and biases: the number of dimensions that were searched.
    pub parameters: usize,
    /// The last measurement.
    pub metrics: Metrics,
    /// The smallest training loss measured, also that of the starting weights.
    pub best_loss: f64,
    /// What was computed.
    pub evaluations: Evaluations,
    /// The same in gradients over all training rows.
    pub work: f64,
    /// What had been spent when the [`Goal`] was first reached.
    pub solved_work: Option<f64>,
    /// The weights it ended with.
    pub weights: Arc<[f32]>,
}

/// When a problem counts as solved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Goal {
    /// The accuracy or R² of [`SOLVED`] is reached, on the validation part where there is one.
    Quality,
    /// The training loss is no larger than this.
    Loss(f64),
}

impl Goal {
    fn is_reached(self, metrics: Metrics) -> bool {
        match self {
            Self::Quality => quality(metrics) >= SOLVED,
            Self::Loss(target) => metrics.train.loss <= target,
        }
    }
}

/// The experiment with `width` neurons in every hidden layer (one hidden layer, if it has none),
/// nothing frozen.
///
/// # Errors
/// As [`Prepared::new`] says.
pub fn widened(prepared: &Prepared, width: usize) -> Result<Prepared, PrepareError> {
    let mut spec = prepared.spec.as_ref().clone();
    let network = &mut spec.network;
    if network.hidden_units().is_empty() {
        let activation = crate::nn::Activation::Tanh;
        let layer =
            LayerSpec::new(network.free_id(), LayerKind::Dense { units: width, activation });
        network.layers.insert(network.layers.len().saturating_sub(1), layer);
    }
    for layer in &mut network.layers {
        if let LayerKind::Dense { units, .. } = &mut layer.kind {
            *units = width;
        }
        layer.frozen = false;
        layer.frozen_weights.clear();
    }
    Prepared::new(Arc::new(spec), Arc::clone(&prepared.samples))
}

/// Trains a [`widened`] experiment with a training part until `budget` gradient-equivalents over
/// all training rows are spent, or the method gives up, and notes when the `goal` is reached.
/// `None` if `progress`, which is told the share that is spent, breaks it off.
///
/// # Errors
/// When the training part names a method that does not exist.
pub fn trial(
    widened: &Prepared,
    training: TrainingSpec,
    width: usize,
    budget: f64,
    goal: Goal,
    progress: &dyn Fn(f32) -> ControlFlow<()>,
) -> Result<Option<Trial>, PrepareError> {
    // Every epoch costs at least one loss, so there is an end even if the budget is never spent.
    let epochs = (2.0 * budget).ceil().clamp(1.0, 1e6) as u64;
    let mut spec = widened.spec.as_ref().clone();
    let optimizer = training.optimizer.clone();
    let stop = StopSpec { epochs: Some(epochs), ..StopSpec::default() };
    spec.training = TrainingSpec { stop, schedule: Schedule::default(), ..training };
    let prepared = Prepared::new(Arc::new(spec), Arc::clone(&widened.samples))?;
    let mut trainer = Trainer::new(prepared)?;
    let mut solved_work = None;
    let mut best_loss = trainer.metrics().train.loss;
    // Sums of hundredths: a hair below the budget is the budget.
    while trainer.work() < budget * (1.0 - 1e-9) {
        if progress((trainer.work() / budget) as f32).is_break() {
            return Ok(None);
        }
        let stop = trainer.run_epoch();
        best_loss = best_loss.min(trainer.metrics().train.loss);
        if solved_work.is_none() && goal.is_reached(trainer.metrics()) {
            solved_work = Some(trainer.work());
        }
        if stop.is_some() {
            break;
        }
    }
    Ok(Some(Trial {
        optimizer,
        width,
        parameters: trainer.parameters().len(),
        metrics: trainer.metrics(),
        best_loss,
        evaluations: trainer.evaluations(),
        work: trainer.work(),
        solved_work,
        weights: Arc::from(trainer.parameters()),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{ExperimentSpec, TableStore};

    fn load(spec: ExperimentSpec) -> Prepared {
        let go_on = |_| ControlFlow::Continue(());
        Prepared::load(spec, &TableStore::default(), &go_on).unwrap()
    }

    #[test]
    fn every_hidden_layer_gets_the_width() {
        let prepared = load(ExperimentSpec::named("circle").unwrap());
        assert_eq!(widened(&prepared, 7).unwrap().spec.network.hidden_units(), [7, 7]);
        let mut bare = ExperimentSpec::named("circle").unwrap();
        bare.network.layers.retain(|layer| !matches!(layer.kind, LayerKind::Dense { .. }));
        let wide = widened(&load(bare), 3).unwrap();
        assert_eq!(wide.spec.network.hidden_units(), [3]);
    }

    #[test]
    fn a_trial_spends_its_budget_and_no_more_than_one_epoch_beyond_it() {
        let prepared = load(ExperimentSpec::named("circle").unwrap());
        let wide = widened(&prepared, 8).unwrap();
        let training = prepared.spec.training.clone();
        let go_on = |_| ControlFlow::Continue(());
        let done = trial(&wide, training.clone(), 8, 60.0, Goal::Quality, &go_on).unwrap().unwrap();
        assert!((60.0 - done.work).abs() < 1e-6, "{}", done.work);
        assert_eq!(done.parameters, 3 * 8 + 9 * 8 + 9);
        assert!(done.solved_work.is_some_and(|work| work <= done.work), "Adam solves the circle");
        assert!(done.best_loss <= done.metrics.train.loss, "{}", done.best_loss);
        assert!(done.evaluations.gradients >= 60, "{:?}", done.evaluations);
        let again = trial(&wide, training.clone(), 8, 60.0, Goal::Quality, &go_on).unwrap();
        assert_eq!(again, Some(done), "the same seed, the same bits");
        let broken = trial(&wide, training, 8, 60.0, Goal::Quality, &|share| {
            if share > 0.5 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert_eq!(broken.unwrap(), None);
    }

    #[test]
    fn a_loss_can_be_the_goal() {
        let prepared = load(ExperimentSpec::named("circle").unwrap());
        let wide = widened(&prepared, 8).unwrap();
        let go_on = |_| ControlFlow::Continue(());
        let solved = |goal| {
            let training = prepared.spec.training.clone();
            trial(&wide, training, 8, 40.0, goal, &go_on).unwrap().unwrap().solved_work
        };
        let (easy, hard) = (solved(Goal::Loss(0.3)).unwrap(), solved(Goal::Loss(0.1)).unwrap());
        assert!(easy < hard, "{easy} {hard}");
        assert_eq!(solved(Goal::Loss(1e-12)), None);
    }
}
