//! Simulated annealing: a walk that also goes uphill, often while it is hot and ever more rarely as
//! it cools.
//!
//! Proposal x = θ + s·ξ, ξ ~ N(0, I); taken if ΔL = L(x) − L(θ) < 0, else with probability
//! exp(−ΔL/T) (the rule of Metropolis et al., 1953). T = T₀·αᵗ in step t. The size s adapts so that
//! about a quarter of the proposals are taken. When T has fallen to a thousandth of T₀ the walk is
//! frozen: it goes back to the best point it has met and from there on only downhill.

use rand::RngExt;

use super::detail::{Halt, HaltKind, Quantity};
use super::memory::{self, number};
use super::method::{BatchUse, Family, Method, Setting, Settings};
use super::objective::Objective;
use super::optimizer::{Optimizer, OptimizerError, OptimizerState, StepContext, StepReport};
use super::search::{Block, CANDIDATES, perturb, short};
use super::search_memory::{Best, Fruitless, Reach, too_near};
use super::words::count;

/// The page of this method.
pub static METHOD: Method = Method {
    id: "annealing",
    name: "Simulated annealing",
    family: Family::RandomSearch,
    batch: BatchUse::Full,
    default_learning_rate: 1.0,
    uses_learning_rate: false,
    summary: "A random walk that always takes a better point and sometimes a worse one: while the \
              temperature is high it climbs out of small valleys, as it cools it settles in one. \
              Named after metal that is cooled slowly so that its crystals find their order. While \
              it is hot the loss goes up and down; the best point is kept aside.",
    formula: "x = θ + s·ξ,  ξ ~ N(0, I)\nΔL = L(x) − L(θ)\n\
              θ ← x  with probability min(1, exp(−ΔL/T))\nT = T₀·αᵗ;  s adapts to the share taken\n\
              frozen (T < T₀/1000): θ ← best, then only downhill",
    good_for: "Losses with many valleys, on few parameters; choices that have no gradient.",
    weak_at: "Networks of more than a few hundred parameters, where a random proposal hardly ever \
              helps: with 32 and 32 neurons the spiral is at about 70 % after 20 000 tries. Slow \
              on purpose: cooled fast, it is only a descent in the dark.",
    source: "S. Kirkpatrick, C. D. Gelatt and M. P. Vecchi, Optimization by Simulated Annealing, \
             Science 220, 1983",
    settings: &[TEMPERATURE, COOLING, STEP, CANDIDATES],
    build,
};

const TEMPERATURE: Setting = Setting {
    id: "temperature",
    name: "Start temperature T₀",
    default: 0.03,
    min: 0.0,
    max: 1000.0,
    logarithmic: true,
    choices: &[],
    help: "In units of the loss: at temperature T a step that makes the loss worse by T is taken \
           with probability 37 %. Too hot, and the walk wanders off; 0 never goes uphill.",
};

const COOLING: Setting = Setting {
    id: "cooling",
    name: "Cooling α",
    default: 0.97,
    min: 0.5,
    max: 0.9999,
    logarithmic: false,
    choices: &[],
    help: "The temperature is multiplied by this after each step. At 0.97 it falls to a thousandth \
           within 227 steps, at 0.99 within 688. Slower cooling finds better valleys.",
};

const STEP: Setting = Setting {
    id: "step",
    name: "Step size s",
    default: 0.1,
    min: 1e-4,
    max: 10.0,
    logarithmic: true,
    choices: &[],
    help: "How far, in each parameter, the first proposals go. The walk adapts it, up to ten times \
           this value, so that about a quarter of the proposals are taken.",
};

/// The share of proposals that should be taken, for which the step size is adapted; near what is
/// best for random walks in many dimensions (Roberts, Gelman and Gilks, 1997).
const SHARE: f64 = 0.25;
/// How strongly one step of proposals adapts the size.
const GAIN: f64 = 1.0;
/// The walk is frozen below this share of the start temperature.
const FROZEN: f64 = 1e-3;

fn build(settings: &Settings, dimension: usize) -> Box<dyn Optimizer> {
    let mut walk = Annealing {
        start_temperature: 0.0,
        cooling: 0.0,
        candidates: 0,
        step: 0,
        size: Reach::default(),
        fruitless: Fruitless::default(),
        best: Best::none(dimension),
        candidate: vec![0.0; dimension],
    };
    walk.configure(settings);
    Box::new(walk)
}

/// The walk. Where it stands is nowhere but in the parameters themselves.
struct Annealing {
    start_temperature: f64,
    cooling: f64,
    candidates: usize,
    step: u64,
    /// s.
    size: Reach,
    fruitless: Fruitless,
    best: Best,
    candidate: Vec<f32>,
}

/// The name of the step size in a saved state.
const STEP_SIZE: &str = "step_size";

impl Annealing {
    /// T₀·αᵗ, and 0 when that is frozen.
    fn temperature(&self) -> f64 {
        let factor = self.cooling.powf(self.step as f64);
        if factor < FROZEN { 0.0 } else { self.start_temperature * factor }
    }

    /// The start of a step without temperature: back to the best point, if that is better still.
    fn go_back(&mut self, block: &mut Block, parameters: &mut [f32]) -> f32 {
        let loss = block.start();
        if self.best.loss >= loss {
            return loss;
        }
        // Measured again: a setting of the run may have changed the loss since.
        let best_loss = block.measure(&self.best.point);
        self.best.loss = if best_loss.is_finite() { best_loss } else { f32::MAX };
        if self.best.loss >= loss {
            return loss;
        }
        parameters.copy_from_slice(&self.best.point);
        self.best.loss
    }

    /// The size follows the share of proposals taken: too many, longer; too few, shorter.
    fn adapt(&mut self, share: f64) {
        let size = f64::from(self.size.now) * (GAIN * (share - SHARE)).exp();
        self.size.now = size.min(10.0 * self.size.first) as f32;
    }

    fn halt(&mut self, parameters: &mut [f32], loss: f32) -> Option<Halt> {
        let halt = if too_near(f64::from(self.size.now), parameters) {
            Some(Halt {
                kind: HaltKind::NoProgress,
                why: format!(
                    "Frozen: the step size has shrunk to {}, too short to change the parameters, \
                     because hardly any proposal was good enough. The best loss found is {}. \
                     Start again hotter, or cool more slowly.",
                    short(self.size.now),
                    short(self.best.loss.min(loss))
                ),
            })
        } else {
            self.fruitless.halt(loss, "step size")
        };
        if halt.is_some() && self.best.loss < loss {
            parameters.copy_from_slice(&self.best.point);
        }
        halt
    }

    fn tell(
        &self,
        block: &Block,
        temperature: f64,
        uphill: u32,
        loss: f32,
    ) -> (String, Vec<Quantity>) {
        let heat = if temperature > 0.0 {
            format!("{uphill} of them uphill, at temperature {}", short(temperature))
        } else {
            "only downhill, for the walk is frozen".to_owned()
        };
        let story = format!(
            "Took {} of {} ({heat}): the loss went from {} to {}. The best so far is {}.",
            block.kept(),
            count(block.trials(), "proposal"),
            short(block.start()),
            short(loss),
            short(self.best.loss),
        );
        let quantities = vec![
            Quantity {
                name: "Temperature T",
                value: temperature,
                help: "How much worse a step may be and still be taken with a fair chance. 0 means \
                       frozen: only better points are taken.",
            },
            Quantity {
                name: "Acceptance rate",
                value: block.kept_share(),
                help: "The share of proposals taken. The step size is steered so that it stays \
                       near a quarter: with far more the walk creeps, with far fewer it stands.",
            },
            Quantity {
                name: "Uphill moves",
                value: f64::from(uphill),
                help: "Proposals taken although they were worse. They carry the walk out of small \
                       valleys, and become rare as it cools.",
            },
            Quantity {
                name: "Step size s",
                value: f64::from(self.size.now),
                help: "How far a proposal goes in each parameter.",
            },
            Quantity {
                name: "Best loss so far",
                value: f64::from(self.best.loss),
                help: "The lowest loss met. The walk returns there when it is frozen.",
            },
        ];
        (story, quantities)
    }
}

impl Optimizer for Annealing {
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
        let temperature = self.temperature();
        self.step += 1;
        let mut loss = block.start();
        if temperature == 0.0 {
            loss = self.go_back(&mut block, parameters);
        }
        self.best.note(parameters, loss);
        let mut uphill = 0;
        for _ in 0..self.candidates {
            perturb(&mut self.candidate, parameters, f64::from(self.size.now), context.rng);
            let proposed = block.try_candidate(&self.candidate);
            self.fruitless.note(proposed, loss);
            let rise = f64::from(proposed) - f64::from(loss);
            // The number is drawn in any case, so that what follows does not depend on luck's use.
            let luck: f64 = context.rng.random();
            if rise < 0.0 || (temperature > 0.0 && luck < (-rise / temperature).exp()) {
                uphill += u32::from(rise > 0.0);
                loss = proposed;
                parameters.copy_from_slice(&self.candidate);
                block.keep_last();
                self.best.note(parameters, loss);
            }
        }
        self.adapt(block.kept_share());
        let halt = self.halt(parameters, loss);
        let after = if halt.is_some() { loss.min(self.best.loss) } else { loss };
        block.report(parameters, Some(after), None, halt, |block| {
            self.tell(block, temperature, uphill, after)
        })
    }

    fn configure(&mut self, settings: &Settings) {
        self.size.configure(settings.get(&STEP));
        self.start_temperature = settings.get(&TEMPERATURE);
        self.cooling = settings.get(&COOLING);
        self.candidates = settings.get(&CANDIDATES) as usize;
    }

    fn state(&self) -> OptimizerState {
        let others = [(STEP_SIZE, vec![self.size.now]), self.fruitless.saved()];
        memory::save(self.step, self.best.saved().into_iter().chain(others))
    }

    fn restore(&mut self, state: &OptimizerState) -> Result<(), OptimizerError> {
        let [best, best_loss] = Best::NAMES;
        memory::only(state, &[best, best_loss, STEP_SIZE, Fruitless::NAME])?;
        let best = Best::restored(state, self.candidate.len())?;
        let size = number(state, STEP_SIZE)?;
        self.fruitless = Fruitless::restored(state)?;
        (self.best, self.size.now) = (best, size);
        self.step = state.step;
        Ok(())
    }
}
