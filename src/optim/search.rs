//! What the methods of random search share within a step: a block of trials with its account.
//!
//! Knows no method in particular: how candidates are drawn and which are kept is theirs. What they
//! remember from step to step is in `search_memory`.

use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

use super::detail::{Candidate, Halt, HaltKind, Picture, Quantity, StepDetail};
use super::method::Setting;
use super::objective::Objective;
use super::optimizer::{Observed, StepContext, StepReport};
use super::vector::{distance, is_finite};
use super::words;

/// How many candidates make one step.
pub(super) const CANDIDATES: Setting = Setting {
    id: "candidates",
    name: "Candidates per step",
    default: 20.0,
    min: 1.0,
    max: 1000.0,
    logarithmic: true,
    choices: &[],
    help: "How many candidates are tried, one after the other, in each step. A step looks at the \
           whole training set, so this is also the number of tries in an epoch. It changes how \
           often the curves and the map are drawn, hardly what the search finds with the same \
           number of tries.",
};

/// A standard normal random number. Drawn in f64, as starting weights are.
pub(super) fn normal<R: Rng + ?Sized>(rng: &mut R) -> f64 {
    StandardNormal.sample(rng)
}

/// Fills `point` with `centre` + `size`·ξ, where the ξ are independent standard normal numbers.
pub(super) fn perturb<R: Rng + ?Sized>(point: &mut [f32], centre: &[f32], size: f64, rng: &mut R) {
    for (x, &c) in point.iter_mut().zip(centre) {
        *x = (f64::from(c) + size * normal(rng)) as f32;
    }
}

/// One step under way: asks for losses and keeps the account for the report.
///
/// Allocates only when the step is observed.
pub(super) struct Block<'a> {
    objective: &'a mut dyn Objective,
    watch: [usize; 2],
    /// The loss at the parameters before the step.
    start: f32,
    /// The lowest loss among the candidates; infinite while there is none.
    lowest: f32,
    trials: usize,
    kept: usize,
    observed: Option<Log>,
}

/// What is noted only of observed steps.
struct Log {
    before: Vec<f32>,
    candidates: Vec<Candidate>,
}

impl<'a> Block<'a> {
    /// Measures the loss at the parameters, which may have changed since the last step: other
    /// rows, another penalty, a weight set by hand.
    pub(super) fn begin(
        objective: &'a mut dyn Objective,
        parameters: &[f32],
        context: &StepContext<'_>,
    ) -> Self {
        let log = || Log { before: parameters.to_vec(), candidates: Vec::new() };
        Self {
            start: objective.loss(parameters),
            objective,
            watch: context.watch,
            lowest: f32::INFINITY,
            trials: 0,
            kept: 0,
            observed: context.observe.then(log),
        }
    }

    /// The report of a step that cannot search: the loss is not a number, which is for the caller
    /// to explain, or there is nothing to change.
    pub(super) fn hopeless(&self, parameters: &[f32]) -> Option<StepReport> {
        if !self.start.is_finite() {
            return Some(StepReport::plain(self.start));
        }
        parameters.is_empty().then(|| {
            let why = "There is nothing to search for: the network has no parameters. Add a layer \
                       with weights."
                .to_owned();
            StepReport::halted(self.start, Halt { kind: HaltKind::FlatLoss, why })
        })
    }

    /// The loss at the parameters before the step.
    pub(super) fn start(&self) -> f32 {
        self.start
    }

    /// The lowest loss among the candidates; infinite if none was a number.
    pub(super) fn lowest(&self) -> f32 {
        self.lowest
    }

    /// Candidates evaluated so far.
    pub(super) fn trials(&self) -> usize {
        self.trials
    }

    /// Candidates kept so far.
    pub(super) fn kept(&self) -> usize {
        self.kept
    }

    /// The share of the candidates that were kept, from 0 to 1.
    pub(super) fn kept_share(&self) -> f64 {
        self.kept as f64 / self.trials.max(1) as f64
    }

    /// The loss of a candidate; infinite if it is not a number or the candidate itself has
    /// overflowed, so that it is never better than anything.
    pub(super) fn try_candidate(&mut self, point: &[f32]) -> f32 {
        self.trials += 1;
        let loss = if is_finite(point) { self.objective.loss(point) } else { f32::INFINITY };
        let loss = if loss.is_finite() { loss } else { f32::INFINITY };
        self.lowest = self.lowest.min(loss);
        if let Some(log) = &mut self.observed {
            log.candidates.push(Candidate { at: seen(point, self.watch), loss, kept: false });
        }
        loss
    }

    /// The loss at a point that is not a candidate, such as the best one remembered.
    pub(super) fn measure(&mut self, point: &[f32]) -> f32 {
        self.objective.loss(point)
    }

    /// Notes that the candidate tried last was kept.
    pub(super) fn keep_last(&mut self) {
        self.keep(self.trials.saturating_sub(1));
    }

    /// Notes that the candidate with this number, from 0, was kept.
    pub(super) fn keep(&mut self, number: usize) {
        self.kept += 1;
        let log = self.observed.as_mut();
        if let Some(candidate) = log.and_then(|log| log.candidates.get_mut(number)) {
            candidate.kept = true;
        }
    }

    /// Ends the step. `after` is the loss at the new parameters where it is known, `tell` writes
    /// story and quantities of an observed step.
    pub(super) fn report(
        self,
        parameters: &[f32],
        after: Option<f32>,
        covariance: Option<[f64; 3]>,
        halt: Option<Halt>,
        tell: impl FnOnce(&Self) -> (String, Vec<Quantity>),
    ) -> StepReport {
        let mut report = StepReport { halt: halt.map(Box::new), ..StepReport::plain(self.start) };
        if self.observed.is_none() {
            return report;
        }
        let (story, quantities) = tell(&self);
        let Some(log) = self.observed else { return report };
        report.observed = Some(Observed {
            gradient_norm: None,
            step_norm: distance(parameters, &log.before) as f32,
            predicted_change: None,
            actual_change: after.map(|after| after - self.start),
        });
        let picture = Picture::Cloud {
            watched: self.watch,
            centre: seen(&log.before, self.watch),
            candidates: log.candidates,
            moved_to: seen(parameters, self.watch),
            covariance,
        };
        report.detail = Some(Box::new(StepDetail { story, quantities, picture }));
        report
    }
}

/// The two watched values of a point; 0 where a network has fewer parameters.
fn seen(point: &[f32], watch: [usize; 2]) -> [f32; 2] {
    watch.map(|place| point.get(place).copied().unwrap_or(0.0))
}

/// [`words::short`] for single and double precision alike.
pub(super) fn short(x: impl Into<f64>) -> String {
    words::short(x.into())
}
