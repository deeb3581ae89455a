//! Solis and Wets: a walk that tries a random step and, if that is bad, the opposite one.
//!
//! With a step size ρ and a bias b: d = b + ρ·ξ, ξ ~ N(0, I). If θ + d is better, go there and
//! b ← 0.2·b + 0.4·d. If θ − d is better, go there and b ← b − 0.4·d. Otherwise b ← b/2. After some
//! successes in a row ρ doubles, after some failures in a row it halves (algorithm 1 of the paper,
//! with its constants as defaults).

use super::detail::{Halt, HaltKind, Quantity};
use super::memory::{self, find, number};
use super::method::{BatchUse, Family, Method, Setting, Settings};
use super::objective::Objective;
use super::optimizer::{Optimizer, OptimizerError, OptimizerState, StepContext, StepReport};
use super::search::{Block, CANDIDATES, normal, short};
use super::search_memory::{Fruitless, Reach, too_near};
use super::vector::norm;
use super::words::count;

/// The page of this method.
pub static METHOD: Method = Method {
    id: "solis_wets",
    name: "Solis–Wets local search",
    family: Family::RandomSearch,
    batch: BatchUse::Full,
    default_learning_rate: 1.0,
    uses_learning_rate: false,
    summary: "Tries a random step from where it stands, and the opposite step if the first is no \
              good. Success makes the steps longer and pulls the next ones the same way; failure \
              makes them shorter.",
    formula: "d = b + ρ·ξ,  ξ ~ N(0, I)\nθ ← θ + d  if better:  b ← 0.2·b + 0.4·d\n\
              θ ← θ − d  if that is better:  b ← b − 0.4·d\notherwise:  b ← 0.5·b\n\
              ρ ← 2·ρ after 5 successes in a row, ρ ← ρ/2 after 3 failures in a row",
    good_for: "Small networks of up to a few hundred parameters, losses with steps and kinks, and \
               seeing how far one comes downhill without a gradient.",
    weak_at: "Many parameters and narrow valleys: a random direction among n gains only about 1/√n \
              of what the gradient's would: with 32 and 32 neurons the spiral is still at 60 % after \
              20 000 tries. It stays in the valley in which it starts.",
    source: "F. J. Solis and R. J.-B. Wets, Minimization by Random Search Techniques, Mathematics \
             of Operations Research 6, 1981",
    settings: &[STEP, SUCCESSES, FAILURES, CANDIDATES],
    build,
};

const STEP: Setting = Setting {
    id: "step",
    name: "First step size ρ",
    default: 0.1,
    min: 1e-4,
    max: 10.0,
    logarithmic: true,
    choices: &[],
    help: "How far, in each parameter, the first steps go. It adapts itself soon: a wrong value \
           costs a few dozen tries. A change during the run takes hold at once.",
};

const SUCCESSES: Setting = Setting {
    id: "successes",
    name: "Successes before longer steps",
    default: 5.0,
    min: 1.0,
    max: 50.0,
    logarithmic: false,
    choices: &[],
    help: "After so many successes in a row the step size doubles. Smaller is bolder.",
};

const FAILURES: Setting = Setting {
    id: "failures",
    name: "Failures before shorter steps",
    default: 5.0,
    min: 1.0,
    max: 50.0,
    logarithmic: false,
    choices: &[],
    help: "After so many failures in a row the step size halves. With a larger number it keeps \
           trying long steps for longer, which may carry it over a small hill.",
};

/// Steps longer than this lead nowhere that a network could use.
const LONGEST: f64 = 1e6;

fn build(settings: &Settings, dimension: usize) -> Box<dyn Optimizer> {
    let mut walk = SolisWets {
        bias: vec![0.0; dimension],
        direction: vec![0.0; dimension],
        candidate: vec![0.0; dimension],
        ..Default::default()
    };
    walk.configure(settings);
    Box::new(walk)
}

/// The walk. Where it stands is nowhere but in the parameters themselves.
#[derive(Default)]
struct SolisWets {
    successes_needed: u32,
    failures_needed: u32,
    candidates: usize,
    step: u64,
    /// ρ; powers of two times the first size, which f32 holds as well as f64.
    size: Reach,
    /// Successes and failures in a row.
    successes: u32,
    failures: u32,
    fruitless: Fruitless,
    bias: Vec<f32>,
    /// d of the current try.
    direction: Vec<f32>,
    candidate: Vec<f32>,
}

/// The names of the vectors in a saved state.
const NAMES: [&str; 4] = ["bias", "step_size", "successes_and_failures", Fruitless::NAME];

impl SolisWets {
    /// Sets the candidate to θ + `sign`·d and returns its loss.
    fn try_along(&mut self, sign: f32, block: &mut Block, parameters: &[f32], current: f32) -> f32 {
        for (x, (&p, &d)) in self.candidate.iter_mut().zip(parameters.iter().zip(&self.direction)) {
            *x = p + sign * d;
        }
        let loss = block.try_candidate(&self.candidate);
        self.fruitless.note(loss, current);
        loss
    }

    /// One try: forwards, and backwards if that was no good. Returns the loss where it then stands.
    fn attempt(
        &mut self,
        block: &mut Block,
        parameters: &mut [f32],
        current: f32,
        context: &mut StepContext<'_>,
    ) -> f32 {
        for (d, &b) in self.direction.iter_mut().zip(&self.bias) {
            *d = (f64::from(b) + f64::from(self.size.now) * normal(context.rng)) as f32;
        }
        // What becomes of the bias: b ← keep·b + pull·d.
        let mut loss = self.try_along(1.0, block, parameters, current);
        let (mut keep, mut pull) = (0.2, 0.4);
        if loss >= current {
            loss = self.try_along(-1.0, block, parameters, current);
            (keep, pull) = (1.0, -0.4);
        }
        let success = loss < current;
        if success {
            parameters.copy_from_slice(&self.candidate);
            block.keep_last();
        } else {
            (keep, pull) = (0.5, 0.0);
        }
        for (b, &d) in self.bias.iter_mut().zip(&self.direction) {
            *b = keep * *b + pull * d;
        }
        self.adapt(success);
        if success { loss } else { current }
    }

    /// Counts successes and failures in a row and adapts ρ.
    fn adapt(&mut self, success: bool) {
        (self.successes, self.failures) =
            if success { (self.successes + 1, 0) } else { (0, self.failures + 1) };
        if self.successes >= self.successes_needed {
            self.size.now = (2.0 * self.size.now).min(LONGEST as f32);
            self.successes = 0;
        } else if self.failures >= self.failures_needed {
            self.size.now *= 0.5;
            self.failures = 0;
        }
    }

    fn halt(&self, parameters: &[f32], loss: f32) -> Option<Halt> {
        if too_near(f64::from(self.size.now), parameters) {
            return Some(Halt {
                kind: HaltKind::NoProgress,
                why: format!(
                    "The steps have shrunk to {}, too short to change the parameters, because \
                     none made the loss smaller than {}: this is a minimum as far as random steps \
                     can tell. Start from new weights, or try another method from here.",
                    short(self.size.now),
                    short(loss)
                ),
            });
        }
        self.fruitless.halt(loss, "first step size")
    }

    fn tell(&self, block: &Block, first: f32, best: f32) -> (String, Vec<Quantity>) {
        let size = match self.size.now.total_cmp(&first) {
            std::cmp::Ordering::Greater => "grew to",
            std::cmp::Ordering::Less => "shrank to",
            std::cmp::Ordering::Equal => "stayed at",
        };
        let story = format!(
            "Of {}, {} led downhill: the loss went from {} to {}. The step size {size} {}.",
            count(block.trials(), "candidate"),
            block.kept(),
            short(block.start()),
            short(best),
            short(self.size.now),
        );
        let quantities = vec![
            Quantity {
                name: "Step size ρ",
                value: f64::from(self.size.now),
                help: "How far a try goes in each parameter. It doubles after successes in a row \
                       and halves after failures: on a smooth slope it shrinks until about half \
                       of the tries succeed.",
            },
            Quantity {
                name: "Acceptance rate",
                value: block.kept_share(),
                help: "The share of candidates that were better than the point they started from. \
                       Near 0: the steps are too long. Near a half: they are so short that \
                       forwards or backwards always leads downhill.",
            },
            Quantity {
                name: "Length of the bias |b|",
                value: norm(&self.bias),
                help: "How strongly the latest successes pull the next tries their way, like \
                       momentum in gradient descent.",
            },
            Quantity {
                name: "Loss now",
                value: f64::from(best),
                help: "The loss after this step; it never rises, because only better points are \
                       taken.",
            },
        ];
        (story, quantities)
    }
}

impl Optimizer for SolisWets {
    fn step(
        &mut self,
        objective: &mut dyn Objective,
        parameters: &mut [f32],
        context: &mut StepContext<'_>,
    ) -> StepReport {
        let mut block = Block::begin(objective, parameters, context);
        if let Some(report) = block.hopeless(parameters) {
            return report;
        }
        self.step += 1;
        let first = self.size.now;
        let mut loss = block.start();
        while block.trials() < self.candidates {
            loss = self.attempt(&mut block, parameters, loss, context);
        }
        let halt = self.halt(parameters, loss);
        block.report(parameters, Some(loss), None, halt, |block| self.tell(block, first, loss))
    }

    fn configure(&mut self, settings: &Settings) {
        self.size.configure(settings.get(&STEP));
        self.successes_needed = settings.get(&SUCCESSES) as u32;
        self.failures_needed = settings.get(&FAILURES) as u32;
        self.candidates = settings.get(&CANDIDATES) as usize;
    }

    fn state(&self) -> OptimizerState {
        let runs = vec![self.successes as f32, self.failures as f32];
        let [bias, size, in_a_row, _] = NAMES;
        let vectors = [
            (bias, self.bias.clone()),
            (size, vec![self.size.now]),
            (in_a_row, runs),
            self.fruitless.saved(),
        ];
        memory::save(self.step, vectors)
    }

    fn restore(&mut self, state: &OptimizerState) -> Result<(), OptimizerError> {
        let [bias, size, runs, _] = NAMES;
        memory::only(state, &NAMES)?;
        let bias = find(state, bias, self.bias.len())?;
        let size = number(state, size)?;
        let runs = find(state, runs, 2)?;
        self.fruitless = Fruitless::restored(state)?;
        self.bias.copy_from_slice(bias);
        self.size.now = size;
        if let &[successes, failures] = runs {
            (self.successes, self.failures) = (successes as u32, failures as u32);
        }
        self.step = state.step;
        Ok(())
    }
}
