//! What all methods have in common that choose a direction and then search along it.
//!
//! Such a method is a [`Direction`]: from the gradient, and from what it learnt on earlier steps,
//! it proposes where to go. [`LineMethod`] does the rest: gradient, line search, falling back to
//! the gradient itself when the proposal is of no use, halting with a reason, the account of the
//! step, saving and restoring. Knows no method in particular.
//!
//! Everything a step learns, it learns from two points of the same step: the next one may look at
//! other samples, or at a loss that somebody has just changed. Only when the caller promises that
//! nothing has ([`StepContext::same_objective`]) does a step begin with the loss and the gradient
//! with which the last search ended, and so costs about one gradient in place of two.

use super::detail::{Halt, Picture, Quantity, StepDetail};
use super::direction::{Direction, Step};
use super::ending::{Stall, at_once, bottom, stuck};
use super::line_search::{Found, Limits, LineSearch, Start};
use super::memory;
use super::method::{Setting, Settings};
use super::objective::Objective;
use super::optimizer::{
    Observed, Optimizer, OptimizerError, OptimizerState, StepContext, StepReport,
};
use super::vector::{distance, dot, is_finite, norm};
use super::words::{change, count, percent, short};

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
    /// The loss where the last step ended: at the point of `search`, which has the gradient too.
    /// Not saved: measured anew on the same rows, both come out the same to the bit.
    ended: Option<f32>,
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
            ended: None,
            gradient: vec![0.0; dimension],
            direction: vec![0.0; dimension],
        };
        method.configure(settings);
        method
    }

    /// The loss at the parameters, and its gradient in `gradient`: as the last step left them where
    /// they still hold, measured where not.
    fn begin(
        &mut self,
        objective: &mut dyn Objective,
        parameters: &[f32],
        same_objective: bool,
    ) -> f32 {
        // Taken in any case: the search is about to overwrite the point it belongs to.
        let ended = self.ended.take().filter(|_| same_objective);
        if let Some(loss) = ended
            && self.search.point == parameters
        {
            std::mem::swap(&mut self.gradient, &mut self.search.gradient);
            return loss;
        }
        objective.loss_and_gradient(parameters, &mut self.gradient)
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
        // Exact: it was an f32.
        self.ended = Some(found.trial.loss as f32);
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
        let loss = self.begin(objective, parameters, context.same_objective);
        let gradient_norm = norm(&self.gradient);
        if let Some(report) = at_once(loss, gradient_norm) {
            return report;
        }
        let (mut report, loss) = (StepReport::plain(loss), f64::from(loss));
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
            let moved = found.map_or(0.0, |_| distance(&self.search.point, parameters));
            let pays = found.map(|Found { trial, .. }| {
                [self.rule.predicted(trial.length, slope), trial.loss - loss]
            });
            report.observed = Some(Observed::checked(gradient_norm, moved, pays));
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
        let rule = D::MEMORY.iter().copied().zip(self.rule.vectors());
        memory::save(self.step, rule.chain([self.stall.saved()]))
    }

    fn restore(&mut self, state: &OptimizerState) -> Result<(), OptimizerError> {
        let names: Vec<_> = D::MEMORY.iter().copied().chain([Stall::NAME]).collect();
        memory::only(state, &names)?;
        let stall = Stall::restored(state)?;
        self.rule.restore(state, self.gradient.len())?;
        self.ended = None;
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
