//! What all methods have in common that choose a direction and then search along it.
//!
//! Such a method is a [`Direction`]: from the gradient, and from what it learnt on earlier steps,
//! it proposes where to go. [`LineMethod`] does the rest: gradient, line search, falling back to
//! the gradient itself when the proposal is of no use, halting with a reason, the account of the
//! step, saving and restoring. Knows no method in particular.
//!
//! Everything a step learns, it learns from two points of the same step. The next step may look at
//! other samples, or at a loss that somebody has just changed, so its first act is to measure loss
//! and gradient anew.

use super::detail::{Halt, Picture, Quantity, StepDetail};
use super::ending::{Stall, bottom, nowhere_to_go, stuck};
use super::line_search::{Found, Limits, LineSearch, Start};
use super::memory;
use super::method::{Setting, Settings};
use super::objective::Objective;
use super::optimizer::{
    Observed, Optimizer, OptimizerError, OptimizerState, StepContext, StepReport,
};
use super::vector::{distance, dot, is_finite, norm};
use super::words::{change, count, percent, short};

/// The part that differs between methods with a line search.
pub(super) trait Direction: Send {
    /// The names of the vectors in a saved state.
    const MEMORY: &'static [&'static str];

    /// c₂ of the line search: the share of the slope that it may leave.
    const CURVATURE: f64;

    /// Takes over the settings.
    fn configure(&mut self, settings: &Settings);

    /// Writes the direction d for the gradient g. It need not lead downhill: that is checked.
    fn direction(&mut self, gradient: &[f32], direction: &mut [f32]);

    /// The length α to try first; `slope` is gᵀd.
    fn first_length(&self, gradient_norm: f64, slope: f64) -> f64;

    /// The change of the loss that is expected of the length α.
    fn predicted(&self, length: f64, slope: f64) -> f64 {
        length * slope
    }

    /// Learns from a step that was taken.
    fn learn(&mut self, step: &Step<'_>);

    /// Drops all that was learnt, so that the next direction is −g.
    fn forget(&mut self);

    /// Whether nothing is remembered.
    fn is_empty(&self) -> bool;

    /// Where the direction of this step came from, in a sentence.
    fn story(&self) -> String;

    /// What the method knows, in numbers.
    fn quantities(&self) -> Vec<Quantity>;

    /// The memory as named vectors, in the order of [`MEMORY`](Self::MEMORY).
    fn vectors(&self) -> Vec<Vec<f32>>;

    /// Replaces the memory by a saved one, after checking all of it.
    fn restore(&mut self, state: &OptimizerState, dimension: usize) -> Result<(), OptimizerError>;
}

/// A step that was taken, from θ to θ + s.
pub(super) struct Step<'a> {
    /// θ.
    pub from: &'a [f32],
    /// θ + s, as rounded.
    pub to: &'a [f32],
    /// d: s = α·d but for rounding.
    pub direction: &'a [f32],
    /// The gradient at θ.
    pub gradient_from: &'a [f32],
    /// The gradient at θ + s, on the same data.
    pub gradient_to: &'a [f32],
    /// α.
    pub length: f64,
    /// gᵀd at θ.
    pub slope: f64,
}

/// The setting all these methods share.
pub(super) const EVALUATIONS: Setting = Setting {
    id: "line_evaluations",
    name: "Longest line search",
    default: 20.0,
    min: 2.0,
    max: 100.0,
    logarithmic: true,
    choices: &[],
    help: "How many lengths a step may try before it takes the best of them. Most steps need one \
           to three. A small limit makes a step cheaper and its direction less well used.",
};

/// A [`Direction`] at work on parameters of a fixed number.
pub(super) struct LineMethod<D> {
    rule: D,
    /// Steps taken so far.
    step: u64,
    stall: Stall,
    /// How many lengths a search may try.
    evaluations: usize,
    search: LineSearch,
    gradient: Vec<f32>,
    direction: Vec<f32>,
}

impl<D: Direction> LineMethod<D> {
    /// With an empty memory.
    pub fn new(rule: D, settings: &Settings, dimension: usize) -> Self {
        let mut method = Self {
            rule,
            step: 0,
            stall: Stall::default(),
            evaluations: 0,
            search: LineSearch::new(dimension),
            gradient: vec![0.0; dimension],
            direction: vec![0.0; dimension],
        };
        method.configure(settings);
        method
    }

    /// The slope gᵀd of the direction to search: the rule's, or −g if that does not lead downhill.
    fn choose_direction(&mut self, gradient_norm: f64) -> f64 {
        self.rule.direction(&self.gradient, &mut self.direction);
        let slope = dot(&self.gradient, &self.direction);
        let steep = slope < -1e-10 * gradient_norm * norm(&self.direction);
        if steep && slope.is_finite() && is_finite(&self.direction) {
            return slope;
        }
        self.rule.forget();
        self.steepest(gradient_norm)
    }

    /// Turns to −g; its slope.
    fn steepest(&mut self, gradient_norm: f64) -> f64 {
        for (d, &g) in self.direction.iter_mut().zip(&self.gradient) {
            *d = -g;
        }
        -gradient_norm * gradient_norm
    }

    fn search(
        &mut self,
        objective: &mut dyn Objective,
        start: (&[f32], f64),
        gradient_norm: f64,
        slope: f64,
    ) -> Option<Found> {
        let (point, loss) = start;
        let start = Start { point, direction: &self.direction, loss, slope };
        let limits = Limits {
            first: self.rule.first_length(gradient_norm, slope),
            curvature: D::CURVATURE,
            evaluations: self.evaluations,
        };
        self.search.run(objective, &start, &limits)
    }

    /// Goes to where the search ended and learns from it.
    fn take(&mut self, parameters: &mut [f32], found: &Found, slope: f64) {
        self.rule.learn(&Step {
            from: parameters,
            to: &self.search.point,
            direction: &self.direction,
            gradient_from: &self.gradient,
            gradient_to: &self.search.gradient,
            length: found.trial.length,
            slope,
        });
        parameters.copy_from_slice(&self.search.point);
    }

    fn detail(&self, account: &Account) -> StepDetail {
        let Account { loss, slope, gradient_norm, found, fell_back, .. } = *account;
        let tried = count(self.search.trials.len(), "length");
        let mut quantities = vec![Quantity {
            name: "Slope gᵀd",
            value: slope,
            help: "How fast the loss falls at the start of the line. Negative is downhill.",
        }];
        let mut story = account.direction_story.clone();
        if fell_back {
            story = "The direction led nowhere, so the step forgot what it knew and went along −g."
                .to_owned();
        }
        if let Some(Found { trial, wolfe }) = found {
            let arrived = trial.loss - loss;
            let promised = trial.length * slope;
            story += &format!(
                " The line search tried {tried} and took {}: {}, {} of what the slope \
                 promised.",
                short(trial.length),
                change(arrived),
                percent(arrived / promised)
            );
            if !wolfe {
                story += " It ran out of tries, so this is only the best it met.";
            }
            quantities.push(Quantity {
                name: "Step length α",
                value: trial.length,
                help: "The step is α·d. With a good model of the curvature 1 is right.",
            });
            quantities.push(Quantity {
                name: "Slope left",
                value: trial.slope / slope,
                help: "The slope at the end of the step as a share of that at its start; near 0 \
                       the line has been used up.",
            });
        } else {
            story += &format!(" The line search tried {tried} and found nothing lower.");
        }
        let evaluations = account.trials as f64;
        quantities.push(Quantity {
            name: "Lengths tried",
            value: evaluations,
            help: "Each costs one loss with its gradient.",
        });
        quantities.push(Quantity {
            name: "Gradient norm |g|",
            value: gradient_norm,
            help: "How steep the loss is at all. It goes to 0 at a minimum.",
        });
        quantities.extend(self.rule.quantities());
        let picture = Picture::Line {
            trials: self.search.trials.clone(),
            start: loss,
            slope,
            taken: found.map(|found| found.trial.length),
        };
        StepDetail { story, quantities, picture }
    }
}

/// What is told about a step.
struct Account {
    loss: f64,
    slope: f64,
    gradient_norm: f64,
    found: Option<Found>,
    trials: usize,
    /// Where the direction came from, in words.
    direction_story: String,
    /// Whether the first direction was given up for −g.
    fell_back: bool,
}

impl<D: Direction> Optimizer for LineMethod<D> {
    fn step(
        &mut self,
        objective: &mut dyn Objective,
        parameters: &mut [f32],
        context: &mut StepContext<'_>,
    ) -> StepReport {
        let loss = objective.loss_and_gradient(parameters, &mut self.gradient);
        let mut report = StepReport::plain(loss);
        let gradient_norm = norm(&self.gradient);
        if !loss.is_finite() {
            // The caller looks for the reason in the parameters.
            return report;
        }
        let loss = f64::from(loss);
        if let Some(halt) = nowhere_to_go(loss, gradient_norm) {
            report.halt = Some(halt);
            return report;
        }
        self.step += 1;
        let mut slope = self.choose_direction(gradient_norm);
        let direction_story = if context.observe { self.rule.story() } else { String::new() };
        let mut found = self.search(objective, (parameters, loss), gradient_norm, slope);
        let mut trials = self.search.trials.len();
        let fell_back = found.is_none() && !self.rule.is_empty();
        if fell_back {
            self.rule.forget();
            slope = self.steepest(gradient_norm);
            found = self.search(objective, (parameters, loss), gradient_norm, slope);
            trials += self.search.trials.len();
        }
        let account =
            Account { loss, slope, gradient_norm, found, trials, direction_story, fell_back };
        if context.observe {
            report.detail = Some(Box::new(self.detail(&account)));
            report.observed = Some(Observed {
                gradient_norm: Some(gradient_norm as f32),
                step_norm: found.map_or(0.0, |_| distance(&self.search.point, parameters)) as f32,
                predicted_change: found
                    .map(|found| self.rule.predicted(found.trial.length, slope) as f32),
                actual_change: found.map(|found| (found.trial.loss - loss) as f32),
            });
        }
        report.halt = self.halt_at_end(&account);
        if let Some(found) = found {
            self.take(parameters, &found, slope);
        }
        report
    }

    fn configure(&mut self, settings: &Settings) {
        self.evaluations = settings.get(&EVALUATIONS).round().max(1.0) as usize;
        self.rule.configure(settings);
    }

    fn state(&self) -> OptimizerState {
        let names = D::MEMORY.iter().map(|&name| name.to_owned());
        let mut vectors: std::collections::BTreeMap<_, _> =
            names.zip(self.rule.vectors()).collect();
        vectors.insert("stalled".to_owned(), self.stall.to_vector());
        OptimizerState { step: self.step, vectors }
    }

    fn restore(&mut self, state: &OptimizerState) -> Result<(), OptimizerError> {
        let names: Vec<_> = D::MEMORY.iter().copied().chain(["stalled"]).collect();
        memory::only(state, &names)?;
        let stall = Stall::from_state(state, "stalled")?;
        self.rule.restore(state, self.gradient.len())?;
        self.stall = stall;
        self.step = state.step;
        Ok(())
    }
}

impl<D: Direction> LineMethod<D> {
    /// Why the next step would not get anywhere, if so.
    fn halt_at_end(&mut self, account: &Account) -> Option<Box<Halt>> {
        let Account { loss, gradient_norm, found, trials, .. } = *account;
        if let Some(found) = found {
            self.stall.note(loss, found.trial.loss);
            return self.stall.is_over().then(|| Box::new(bottom(found.trial.loss, gradient_norm)));
        }
        let tried = count(trials, "length");
        let story = format!(
            "No step makes the loss smaller: {tried} were tried along the direction and along −g"
        );
        Some(Box::new(stuck(loss, gradient_norm, &story)))
    }
}
