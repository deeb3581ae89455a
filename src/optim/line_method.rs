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

use super::detail::{Halt, HaltKind, Picture, Quantity, StepDetail};
use super::line_search::{Found, Limits, LineSearch, Start, rounding};
use super::memory;
use super::method::Settings;
use super::objective::Objective;
use super::optimizer::{
    Observed, Optimizer, OptimizerError, OptimizerState, StepContext, StepReport,
};
use super::vector::{distance, dot, is_finite, norm};
use super::words::{change, count, short};

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

/// The gradient is as good as zero when it is shorter than this, in units of 1 + |loss|.
const FLAT: f64 = 1e-8;

/// So many steps in a row without a decrease beyond rounding are enough.
const MOST_STALLED: f32 = 10.0;

/// The setting all these methods share.
pub(super) const EVALUATIONS: super::method::Setting = super::method::Setting {
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
    /// Steps in a row that did not lower the loss by more than rounding.
    stalled: f32,
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
            stalled: 0.0,
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
                " The line search tried {tried} and took {}: {}, {:.0} % of what the slope \
                 promised.",
                short(trial.length),
                change(arrived),
                100.0 * arrived / promised
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
        if let Some(halt) = halt_at_start(loss, gradient_norm) {
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
        vectors.insert("stalled".to_owned(), vec![self.stalled]);
        OptimizerState { step: self.step, vectors }
    }

    fn restore(&mut self, state: &OptimizerState) -> Result<(), OptimizerError> {
        let names: Vec<_> = D::MEMORY.iter().copied().chain(["stalled"]).collect();
        memory::only(state, &names)?;
        let stalled = memory::number(state, "stalled")?;
        self.rule.restore(state, self.gradient.len())?;
        self.stalled = stalled;
        self.step = state.step;
        Ok(())
    }
}

/// Why no step can be taken from here, if so.
fn halt_at_start(loss: f64, gradient_norm: f64) -> Option<Box<Halt>> {
    if !gradient_norm.is_finite() {
        let why = format!(
            "The loss is {}, but its gradient is not a number, so there is no direction to go. \
             Look for extreme inputs or weights, or begin with new weights.",
            short(loss)
        );
        return Some(Box::new(Halt { kind: HaltKind::NoProgress, why }));
    }
    (gradient_norm <= FLAT * (1.0 + loss.abs())).then(|| {
        let why = format!(
            "The loss is flat here: the gradient has length {}. This is the bottom of a valley, \
             or a level place that no slope leads out of. Loss reached: {}. To go on, change the \
             network or begin with new weights.",
            short(gradient_norm),
            short(loss)
        );
        Box::new(Halt { kind: HaltKind::FlatLoss, why })
    })
}

impl<D: Direction> LineMethod<D> {
    /// Why the next step would not get anywhere, if so.
    fn halt_at_end(&mut self, account: &Account) -> Option<Box<Halt>> {
        let Account { loss, slope, gradient_norm, found, trials, .. } = *account;
        if let Some(found) = found {
            let stalled = loss - found.trial.loss <= rounding(loss);
            self.stalled = if stalled { self.stalled + 1.0 } else { 0.0 };
            return (self.stalled >= MOST_STALLED).then(|| bottom(found.trial.loss, gradient_norm));
        }
        // What one parabola-like step could gain against what the loss can resolve.
        if slope.abs() <= 10.0 * rounding(loss) {
            return Some(bottom(loss, gradient_norm));
        }
        let why = format!(
            "No step makes the loss smaller: {trials} lengths were tried along the direction and \
             along the gradient itself, whose length is {}. The loss is probably not smooth here \
             (a kink of ReLU, a wall of values that are not numbers). Try a smooth activation such \
             as tanh, a larger batch, or another method, for example Adam.",
            short(gradient_norm)
        );
        Some(Box::new(Halt { kind: HaltKind::NoProgress, why }))
    }
}

/// The bottom, as far as the losses can tell.
fn bottom(loss: f64, gradient_norm: f64) -> Box<Halt> {
    let why = format!(
        "The bottom is reached: around a loss of {}, what is left to gain is smaller than the \
         rounding of the loss itself (the gradient has length {}). To get lower, change the network \
         or begin with new weights.",
        short(loss),
        short(gradient_norm)
    );
    Box::new(Halt { kind: HaltKind::FlatLoss, why })
}
