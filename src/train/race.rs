//! Comparing training methods fairly: same data, same division, same network, same starting
//! weights, same order of rows; only the training part of the document differs.
//!
//! Owns what a race is made of ([`racer`], [`entry`]), how a racer's run is summed up ([`Standing`]) and the
//! words for it. Starting threads is the business of whoever runs the race.

use std::cmp::Ordering;
use std::sync::Arc;

use serde::Serialize;

use super::curve::Curve;
use super::metrics::Metrics;
use super::stop::StopReason;
use super::trainer::Trainer;
use crate::experiment::{ExperimentSpec, PrepareError, Prepared, StopSpec, TrainingSpec};
use crate::optim::{self, Evaluations};

/// Fewest and most methods in a race.
pub const RACERS: std::ops::RangeInclusive<usize> = 2..=6;

/// The accuracy or R² from which on a problem counts as solved in the table of a race.
pub const SOLVED: f64 = 0.95;

/// A racer's training part: the experiment's, with another method at its defaults. The
/// experiment's own method keeps its settings.
pub fn racer(spec: &ExperimentSpec, method: &optim::Method, epochs: u64) -> TrainingSpec {
    let mut training = spec.training.clone();
    if training.optimizer != method.id {
        training.choose(method);
    }
    training.stop = StopSpec { epochs: Some(epochs), ..StopSpec::default() };
    training
}

/// The experiment with a racer's training part, on the same rows and network.
///
/// # Errors
/// When the racer names a training method that does not exist.
pub fn entry(prepared: &Prepared, training: &TrainingSpec) -> Result<Prepared, PrepareError> {
    let mut spec = prepared.spec.as_ref().clone();
    spec.training = training.clone();
    let mut next = Prepared::new(Arc::new(spec), Arc::clone(&prepared.samples))?;
    next.network = Arc::clone(&prepared.network);
    Ok(next)
}

/// Where a racer stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Standing {
    /// The method's identifier.
    pub optimizer: String,
    /// Epochs finished.
    pub epoch: u64,
    /// The latest measurement.
    pub metrics: Metrics,
    /// What was computed.
    pub evaluations: Evaluations,
    /// The same in gradients over all training rows.
    pub work: f64,
    /// Seconds of training.
    pub seconds: f64,
    /// The epoch after which the problem first counted as solved.
    pub solved_at: Option<u64>,
    /// The work after which it did.
    pub solved_work: Option<f64>,
    /// Why the run ended.
    pub stop: Option<StopReason>,
    /// What became of it, in words.
    pub verdict: String,
}

impl Standing {
    /// Sums up a run from its curve and counts.
    pub fn new(
        optimizer: &str,
        curve: &Curve,
        evaluations: Evaluations,
        stop: Option<&StopReason>,
    ) -> Self {
        let last = curve.last();
        let solved = curve.points().iter().find(|point| quality(point.metrics) >= SOLVED);
        Self {
            optimizer: optimizer.to_owned(),
            epoch: last.map_or(0, |point| point.epoch),
            metrics: last.map(|point| point.metrics).unwrap_or_default(),
            evaluations,
            work: last.map_or(0.0, |point| point.work),
            seconds: last.map_or(0.0, |point| point.seconds),
            solved_at: solved.map(|point| point.epoch),
            solved_work: solved.map(|point| point.work),
            stop: stop.cloned(),
            verdict: verdict(curve, stop),
        }
    }

    /// Sums up a trainer's run.
    pub fn of(trainer: &Trainer) -> Self {
        let optimizer = &trainer.prepared().spec.training.optimizer;
        Self::new(optimizer, trainer.curve(), trainer.evaluations(), trainer.stopped())
    }
}

/// Accuracy, or R² for a regression, on the validation part where there is one.
pub fn quality(metrics: Metrics) -> f64 {
    let part = metrics.validation.unwrap_or(metrics.train);
    part.accuracy.or(part.r2).unwrap_or(f64::NAN)
}

/// Orders standings, the best first: by [`quality`] to half a percent; of equals by the work after which the problem counted as solved, then by the loss.
pub fn compare(one: &Standing, other: &Standing) -> Ordering {
    // NaN, which nothing has been measured for, comes last.
    let level = |standing: &Standing| {
        let quality = quality(standing.metrics);
        if quality.is_nan() { f64::NEG_INFINITY } else { (200.0 * quality).round() }
    };
    let work = |standing: &Standing| standing.solved_work.unwrap_or(f64::INFINITY);
    let loss =
        |standing: &Standing| standing.metrics.validation.unwrap_or(standing.metrics.train).loss;
    level(other)
        .total_cmp(&level(one))
        .then(work(one).total_cmp(&work(other)))
        .then(loss(one).total_cmp(&loss(other)))
}

/// What became of a run, in a few words.
fn verdict(curve: &Curve, stop: Option<&StopReason>) -> String {
    match stop {
        Some(StopReason::Diverged(_)) => return "Diverged: steps too large".to_owned(),
        Some(StopReason::Halted(halt)) if halt.kind.is_failure() => {
            return format!("Gave up: {}", halt.kind.name());
        }
        _ => {}
    }
    let points = curve.points();
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return "Not started".to_owned();
    };
    if let Some(point) = points.iter().find(|point| quality(point.metrics) >= SOLVED) {
        let kept = quality(last.metrics) >= SOLVED;
        let after = if kept { "Solved" } else { "Solved for a while," };
        let unit = if point.epoch == 1 { "epoch" } else { "epochs" };
        return format!("{after} after {} {unit}", point.epoch);
    }
    if let Some(StopReason::Halted(halt)) = stop {
        return format!("Ended unsolved: {}", halt.kind.name());
    }
    if last.epoch == first.epoch {
        return "Starting".to_owned();
    }
    // Compared with where it stood when four fifths of the epochs were done.
    let before = last.epoch - last.epoch.min(last.epoch.div_ceil(5));
    let earlier = points.iter().rev().find(|point| point.epoch <= before).unwrap_or(first);
    let (start, then, now) =
        (first.metrics.train.loss, earlier.metrics.train.loss, last.metrics.train.loss);
    if now > 1.05 * start {
        "Worse than at the start".to_owned()
    } else if then - now > 0.02 * start.abs() {
        "Still falling".to_owned()
    } else if start - now < 0.05 * start.abs() {
        "Did not get going".to_owned()
    } else {
        "Stuck".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::CurvePoint;
    use crate::train::metrics::PartMetrics;

    fn load(spec: ExperimentSpec) -> Prepared {
        let go_on = |_| std::ops::ControlFlow::Continue(());
        Prepared::load(spec, &crate::experiment::TableStore::default(), &go_on).unwrap()
    }

    fn curve(values: &[(f64, f64)]) -> Curve {
        let mut curve = Curve::default();
        for (epoch, &(loss, accuracy)) in (0..).zip(values) {
            let train = PartMetrics { loss, accuracy: Some(accuracy), ..PartMetrics::default() };
            let metrics = Metrics { train, validation: None };
            curve.push(CurvePoint { epoch, metrics, work: 0.0, seconds: 0.0 });
        }
        curve
    }

    #[test]
    fn verdicts_follow_the_curve() {
        let cases: [(&[(f64, f64)], &str); 6] = [
            (&[(0.7, 0.5), (0.3, 0.9), (0.1, 0.99)], "Solved after 2 epochs"),
            (&[(0.7, 0.5), (0.1, 0.99), (0.6, 0.6)], "Solved for a while, after 1 epoch"),
            (&[(0.7, 0.5), (0.6, 0.6), (0.5, 0.7)], "Still falling"),
            (&[(0.7, 0.5), (0.4, 0.8), (0.4, 0.8), (0.4, 0.8)], "Stuck"),
            (&[(0.7, 0.5), (0.7, 0.5), (0.699, 0.5)], "Did not get going"),
            (&[(0.7, 0.5), (1.7, 0.5)], "Worse than at the start"),
        ];
        for (values, expected) in cases {
            assert_eq!(verdict(&curve(values), None), expected);
        }
    }

    #[test]
    fn the_better_one_stands_first_and_of_equals_the_cheaper_one() {
        let standing = |name: &str, loss, accuracy, solved_work| {
            let curve = curve(&[(loss, accuracy)]);
            let all = Standing::new(name, &curve, Evaluations::default(), None);
            Standing { solved_work, ..all }
        };
        let mut standings = [
            standing("nothing", 0.1, f64::NAN, None),
            standing("dear", 0.1, 0.996, Some(90.0)),
            standing("poor", 0.2, 0.8, None),
            standing("cheap", 0.3, 0.994, Some(20.0)),
        ];
        standings.sort_by(compare);
        let order: Vec<_> = standings.iter().map(|standing| standing.optimizer.as_str()).collect();
        assert_eq!(order, ["cheap", "dear", "poor", "nothing"]);
    }

    #[test]
    fn racers_share_everything_but_the_method() {
        let spec = ExperimentSpec::named("circle").unwrap();
        let prepared = load(spec);
        let lion = racer(&prepared.spec, optim::method("lion").unwrap(), 7);
        let other = entry(&prepared, &lion).unwrap();
        assert!(Arc::ptr_eq(&other.samples, &prepared.samples));
        assert_eq!(other.initial_parameters(), prepared.initial_parameters());
        assert_eq!(other.spec.training.stop.epochs, Some(7));
        let mut trainer = Trainer::new(other).unwrap();
        while trainer.run_epoch().is_none() {}
        let standing = Standing::of(&trainer);
        assert_eq!((standing.epoch, standing.optimizer.as_str()), (7, "lion"));
        // One gradient for each row and epoch, whatever the size of the batches.
        assert!((standing.work - 7.0).abs() < 1e-9, "{}", standing.work);
    }
}
