//! Random search: throw darts at the space of all weights and keep the best.
//!
//! Each candidate is drawn afresh around zero, whatever was found before: nothing is learnt but
//! the best point so far. The plainest of all methods, and the measure for the others.

use rand::RngExt;

use super::detail::Quantity;
use super::memory;
use super::method::{BatchUse, Choice, Family, Method, Setting, Settings};
use super::objective::Objective;
use super::optimizer::{Optimizer, OptimizerError, OptimizerState, StepContext, StepReport};
use super::search::{Block, CANDIDATES, normal, short};
use super::search_memory::Fruitless;
use super::words::count;

/// The page of this method.
pub static METHOD: Method = Method {
    id: "random_search",
    name: "Pure random search",
    family: Family::RandomSearch,
    batch: BatchUse::Full,
    default_learning_rate: 1.0,
    uses_learning_rate: false,
    summary: "Draws whole sets of weights by chance and keeps the best one ever seen. It learns \
              nothing from its failures: candidate number one million is drawn like the first.",
    formula: "x ~ U(−R, R) for every parameter, or x ~ N(0, R²)\nθ ← x  if L(x) < L(θ)",
    good_for: "Seeing what chance alone can do, and a handful of parameters: two clouds of points \
               are told apart after a few hundred draws.",
    weak_at: "More than about thirty parameters: if a good value of one parameter is hit once in \
              three draws, good values of thirty at once are hit once in 3³⁰, some 200 trillion. \
              XOR with 8 hidden neurons stays below 90 % after 20 000 draws, the spiral near 50 %.",
    source: "J. Matyas, Random optimization, 1965; L. A. Rastrigin, The convergence of the random \
             search method in the extremal control of a many-parameter system, 1963",
    settings: &[RADIUS, DISTRIBUTION, CANDIDATES],
    build,
};

const RADIUS: Setting = Setting {
    id: "radius",
    name: "Radius R",
    default: 1.0,
    min: 1e-3,
    max: 100.0,
    logarithmic: true,
    choices: &[],
    help: "How far from zero weights are drawn. Too small, and no good network is within reach; \
           too large, and most candidates are far too steep. Try 1 to 5.",
};

const DISTRIBUTION: Setting = Setting {
    id: "distribution",
    name: "Draws are",
    default: 1.0,
    min: 0.0,
    max: 1.0,
    logarithmic: false,
    choices: &[
        Choice { id: "uniform", name: "Uniform in a box" },
        Choice { id: "normal", name: "Normal (bell curve)" },
    ],
    help: "Uniform: every value between −R and R is equally likely, and none outside. Normal: most \
           values lie within R of zero, and any value is possible.",
};

fn build(settings: &Settings, dimension: usize) -> Box<dyn Optimizer> {
    let mut search = RandomSearch { candidate: vec![0.0; dimension], ..Default::default() };
    search.configure(settings);
    Box::new(search)
}

/// The search. The best point so far is nowhere but in the parameters themselves.
#[derive(Default)]
struct RandomSearch {
    radius: f64,
    normal: bool,
    candidates: usize,
    step: u64,
    fruitless: Fruitless,
    /// The candidate being tried.
    candidate: Vec<f32>,
}

impl RandomSearch {
    fn tell(&self, block: &Block, best: f32) -> (String, Vec<Quantity>) {
        let drawn = count(block.trials(), "candidate");
        let end = match block.kept() {
            0 => format!("none was better than the best so far ({})", short(best)),
            1 => format!(
                "one was better: the loss fell from {} to {}",
                short(block.start()),
                short(best)
            ),
            n => format!(
                "{n} improved on the best, one after the other: the loss fell from {} to {}",
                short(block.start()),
                short(best)
            ),
        };
        let story = format!(
            "Drew {drawn} around zero with radius {}; {end}. The best of this step had {}.",
            short(self.radius),
            short(block.lowest()),
        );
        let quantities = vec![
            Quantity { name: "Best loss so far", value: f64::from(best), help: BEST },
            Quantity {
                name: "Best of this step",
                value: f64::from(block.lowest()),
                help: "The lowest loss among the candidates of this step. It stays about the same \
                       for ever: this search does not get better at drawing.",
            },
            Quantity {
                name: "Improvements",
                value: block.kept() as f64,
                help: "Candidates of this step that beat everything before them. Records become \
                       rare: after N draws the next one is a record with probability 1/(N+1).",
            },
        ];
        (story, quantities)
    }
}

const BEST: &str = "The loss at the parameters now, the best that have ever been drawn.";

impl Optimizer for RandomSearch {
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
        let mut best = block.start();
        for _ in 0..self.candidates {
            for x in &mut self.candidate {
                let unit = if self.normal {
                    normal(context.rng)
                } else {
                    2.0 * context.rng.random::<f64>() - 1.0
                };
                *x = (self.radius * unit) as f32;
            }
            let loss = block.try_candidate(&self.candidate);
            self.fruitless.note(loss, best);
            if loss < best {
                best = loss;
                parameters.copy_from_slice(&self.candidate);
                block.keep_last();
            }
        }
        let halt = self.fruitless.halt(best, "radius");
        block.report(parameters, Some(best), None, halt, |block| self.tell(block, best))
    }

    fn configure(&mut self, settings: &Settings) {
        self.radius = settings.get(&RADIUS);
        self.normal = settings.is_on(&DISTRIBUTION);
        self.candidates = settings.get(&CANDIDATES) as usize;
    }

    fn state(&self) -> OptimizerState {
        memory::save(self.step, [self.fruitless.saved()])
    }

    fn restore(&mut self, state: &OptimizerState) -> Result<(), OptimizerError> {
        memory::only(state, &[Fruitless::NAME])?;
        self.fruitless = Fruitless::restored(state)?;
        self.step = state.step;
        Ok(())
    }
}
