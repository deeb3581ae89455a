//! Evolution strategy for networks: guess the gradient from how random changes of all weights do.
//!
//! Pairs θ + σε and θ − σε, ε ~ N(0, I), are tried. The losses are replaced by utilities: their
//! ranks, spread evenly from −½ (lowest loss) to ½ (highest). The direction
//! g = 1/(N·σ)·Σ u·ε over all N candidates then points uphill, on average along the gradient of the
//! loss smoothed over σ, and takes the place of the gradient in Adam or in plain descent.
//!
//! The random directions are not stored: each pair's generator is cloned and drawn from again, as
//! the workers of the paper share seeds instead of vectors. So the memory does not grow with the
//! number of candidates.

use rand_chacha::ChaCha8Rng;

use super::detail::{Halt, Quantity};
use super::first_order::bias_correction;
use super::memory::{self, find};
use super::method::{BatchUse, Choice, Family, Method, Setting, Settings};
use super::objective::Objective;
use super::optimizer::{Optimizer, OptimizerError, OptimizerState, StepContext, StepReport};
use super::search::{Block, normal, short};
use super::search_memory::Fruitless;
use super::vector::{is_finite, norm};
use super::words::count;

/// The page of this method.
pub static METHOD: Method = Method {
    id: "evolution",
    name: "Evolution strategy",
    family: Family::RandomSearch,
    batch: BatchUse::Full,
    default_learning_rate: 0.03,
    uses_learning_rate: true,
    summary: "Changes all weights at random in pairs of opposite directions, ranks the results, \
              and moves towards what did well: a guess of the gradient from losses alone. OpenAI \
              trained networks that play games with it, on a thousand computers at once.",
    formula: "x± = θ ± σ·ε,  ε ~ N(0, I),  N/2 pairs\nu = rank of L(x), spread from −½ to ½\n\
              g ≈ 1/(N·σ)·Σ u·(±ε)\nθ ← Adam(θ, g, η)   or   θ ← θ − η·g",
    good_for: "Larger networks when there is no gradient: it needs little memory, its tries could \
               run on many machines, and it minds steps and kinks little.",
    weak_at: "The guess is poor: with N tries among n parameters it catches about √(N/n) of the \
              gradient. Backpropagation gets all of it for the price of two or three tries.",
    source: "T. Salimans, J. Ho, X. Chen, S. Sidor and I. Sutskever, Evolution Strategies as a \
             Scalable Alternative to Reinforcement Learning, 2017 (arXiv 1703.03864)",
    settings: &[SIGMA, POPULATION, UPDATE],
    build,
};

const SIGMA: Setting = Setting {
    id: "sigma",
    name: "Spread σ",
    default: 0.05,
    min: 1e-4,
    max: 2.0,
    logarithmic: true,
    choices: &[],
    help: "How far the candidates lie from the weights, in each parameter. Large values see the \
           wide shape of the loss and skip small valleys; small values follow the slope closely.",
};

const POPULATION: Setting = Setting {
    id: "population",
    name: "Candidates per step",
    default: 40.0,
    min: 2.0,
    max: 1000.0,
    logarithmic: true,
    choices: &[],
    help: "Tries in each step, in pairs of opposite directions (an odd number is rounded up). More \
           give a better direction, at the price of more evaluations; then a larger learning rate \
           is possible.",
};

const UPDATE: Setting = Setting {
    id: "update",
    name: "Step rule",
    default: 0.0,
    min: 0.0,
    max: 1.0,
    logarithmic: false,
    choices: &[Choice { id: "adam", name: "Adam" }, Choice { id: "sgd", name: "Plain descent" }],
    help: "What is done with the guessed gradient. Adam evens out its size and averages the noise; \
           plain descent uses it as it is and wants a smaller learning rate, such as 0.01.",
};

/// Adam's constants β₁, β₂ and ε.
const BETA1: f32 = 0.9;
const BETA2: f32 = 0.999;
const EPSILON: f32 = 1e-8;

fn build(settings: &Settings, dimension: usize) -> Box<dyn Optimizer> {
    let mut evolution = Evolution {
        average: vec![0.0; dimension],
        average_square: vec![0.0; dimension],
        gradient: vec![0.0; dimension],
        candidate: vec![0.0; dimension],
        ..Default::default()
    };
    evolution.configure(settings);
    Box::new(evolution)
}

/// The strategy and Adam's memory.
#[derive(Default)]
struct Evolution {
    sigma: f64,
    pairs: usize,
    adam: bool,
    step: u64,
    fruitless: Fruitless,
    /// Adam's averages of the gradient and of its square.
    average: Vec<f32>,
    average_square: Vec<f32>,
    /// The guess of the gradient.
    gradient: Vec<f32>,
    candidate: Vec<f32>,
    /// Of each pair, the generator before it was drawn.
    generators: Vec<ChaCha8Rng>,
    /// Losses of the candidates: forwards, backwards, forwards, …
    losses: Vec<f32>,
    utilities: Vec<f64>,
    /// Places in `losses` from the lowest to the highest.
    order: Vec<usize>,
}

/// The names of the vectors in a saved state.
const NAMES: [&str; 3] = ["average", "average_square", Fruitless::NAME];

impl Evolution {
    /// Tries all pairs.
    fn try_pairs(&mut self, block: &mut Block, parameters: &[f32], rng: &mut ChaCha8Rng) {
        self.generators.clear();
        self.losses.clear();
        for _ in 0..self.pairs {
            self.generators.push(rng.clone());
            for sign in [1.0, -1.0] {
                // The second of a pair is drawn from the same numbers again.
                let mut again = self.generators.last().unwrap_or(rng).clone();
                for (x, &p) in self.candidate.iter_mut().zip(parameters) {
                    *x = (f64::from(p) + sign * self.sigma * normal(&mut again)) as f32;
                }
                let loss = block.try_candidate(&self.candidate);
                self.fruitless.note(loss, block.start());
                self.losses.push(loss);
                if sign < 0.0 {
                    *rng = again;
                }
            }
        }
    }

    /// g = 1/(N·σ)·Σ u·ε.
    fn guess_gradient(&mut self) {
        centred_ranks(&self.losses, &mut self.order, &mut self.utilities);
        self.gradient.fill(0.0);
        let scale = 1.0 / (self.losses.len() as f64 * self.sigma);
        let (pairs, _) = self.utilities.as_chunks::<2>();
        for (generator, [forwards, backwards]) in self.generators.iter_mut().zip(pairs) {
            let weight = scale * (forwards - backwards);
            if weight == 0.0 {
                continue;
            }
            for g in &mut self.gradient {
                *g += (weight * normal(generator)) as f32;
            }
        }
    }

    /// Moves the parameters along the guess.
    fn descend(&mut self, parameters: &mut [f32], rate: f32) {
        if !self.adam {
            parameters.iter_mut().zip(&self.gradient).for_each(|(p, g)| *p -= rate * g);
            return;
        }
        let step_size = rate / bias_correction(f64::from(BETA1), self.step) as f32;
        let root = bias_correction(f64::from(BETA2), self.step).sqrt() as f32;
        let averages = self.average.iter_mut().zip(&mut self.average_square);
        for ((p, &g), (m, v)) in parameters.iter_mut().zip(&self.gradient).zip(averages) {
            *m += (1.0 - BETA1) * (g - *m);
            *v = BETA2 * *v + (1.0 - BETA2) * g * g;
            *p -= step_size * *m / (v.sqrt() / root + EPSILON);
        }
    }

    fn halt(&self, loss: f32) -> Option<Halt> {
        self.fruitless.halt(loss, "spread σ")
    }

    fn tell(&self, block: &Block) -> (String, Vec<Quantity>) {
        let story = format!(
            "Tried {} around the weights with spread {}. Their losses reached from {} to {}; {} \
             were better than the {} in the middle. The weights moved towards the better ones.",
            count(self.losses.len(), "candidate"),
            short(self.sigma),
            short(block.lowest()),
            short(highest(&self.losses)),
            block.kept(),
            short(block.start()),
        );
        let quantities = vec![
            Quantity {
                name: "Better than the middle",
                value: block.kept_share(),
                help: "The share of the candidates with a lower loss than the weights in the \
                       middle. Half on a smooth slope; fewer near a minimum, and when σ is so \
                       large that it reaches across the valley.",
            },
            Quantity {
                name: "Best candidate",
                value: f64::from(block.lowest()),
                help: "The lowest loss among the candidates. The weights do not jump to it: they \
                       move by what all of them say together.",
            },
            Quantity {
                name: "Length of the guess |g|",
                value: norm(&self.gradient),
                help: "The length of the guessed gradient. Because ranks replaced the losses it \
                       tells little about the slope; it is mostly noise when there are many more \
                       parameters than candidates.",
            },
            Quantity {
                name: "Spread σ",
                value: self.sigma,
                help: "How far the candidates lie from the weights, in each parameter. It stays as \
                       it was set.",
            },
        ];
        (story, quantities)
    }
}

/// The highest loss that is a number.
fn highest(losses: &[f32]) -> f32 {
    losses.iter().copied().filter(|loss| loss.is_finite()).fold(f32::NEG_INFINITY, f32::max)
}

/// Ranks spread evenly from −½ (lowest) to ½ (highest); equal losses share the average of their
/// ranks, so that a flat loss pulls nowhere.
fn centred_ranks(losses: &[f32], order: &mut Vec<usize>, utilities: &mut Vec<f64>) {
    let loss = |place: usize| losses.get(place).copied().unwrap_or(f32::INFINITY);
    order.clear();
    order.extend(0..losses.len());
    // The place decides between equal losses, so that the order never depends on the sorting.
    order.sort_unstable_by(|&a, &b| loss(a).total_cmp(&loss(b)).then(a.cmp(&b)));
    utilities.clear();
    utilities.resize(losses.len(), 0.0);
    let last = losses.len().saturating_sub(1).max(1) as f64;
    let mut rank = 0;
    for equal in order.chunk_by(|&a, &b| loss(a) == loss(b)) {
        let average = rank as f64 + (equal.len() - 1) as f64 / 2.0;
        for &place in equal {
            if let Some(utility) = utilities.get_mut(place) {
                *utility = average / last - 0.5;
            }
        }
        rank += equal.len();
    }
}

impl Optimizer for Evolution {
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
        self.try_pairs(&mut block, parameters, context.rng);
        for (number, &loss) in self.losses.iter().enumerate() {
            if loss < block.start() {
                block.keep(number);
            }
        }
        // Without a single loss there is nothing to follow, not even the averages.
        if block.lowest().is_finite() {
            self.guess_gradient();
            self.candidate.copy_from_slice(parameters);
            self.descend(parameters, context.learning_rate);
            if !is_finite(parameters) {
                parameters.copy_from_slice(&self.candidate);
            }
        }
        let halt = self.halt(block.start());
        block.report(parameters, None, None, halt, |block| self.tell(block))
    }

    fn configure(&mut self, settings: &Settings) {
        self.sigma = settings.get(&SIGMA);
        self.pairs = (settings.get(&POPULATION) as usize).div_ceil(2).max(1);
        self.adam = !settings.is_on(&UPDATE);
    }

    fn state(&self) -> OptimizerState {
        let [average, average_square, _] = NAMES;
        let vectors = [
            (average, self.average.clone()),
            (average_square, self.average_square.clone()),
            self.fruitless.saved(),
        ];
        memory::save(self.step, vectors)
    }

    fn restore(&mut self, state: &OptimizerState) -> Result<(), OptimizerError> {
        let [average, average_square, _] = NAMES;
        memory::only(state, &NAMES)?;
        let average = find(state, average, self.average.len())?;
        let average_square = find(state, average_square, self.average_square.len())?;
        self.fruitless = Fruitless::restored(state)?;
        self.average.copy_from_slice(average);
        self.average_square.copy_from_slice(average_square);
        self.step = state.step;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_centred_and_equal_losses_share_theirs() {
        let (mut order, mut utilities) = (Vec::new(), Vec::new());
        centred_ranks(&[3.0, 1.0, 2.0, 9.0, 5.0], &mut order, &mut utilities);
        assert_eq!(utilities, [0.0, -0.5, -0.25, 0.5, 0.25]);
        centred_ranks(&[1.0, 1.0, 0.0, f32::INFINITY], &mut order, &mut utilities);
        assert_eq!(utilities, [0.0, 0.0, -0.5, 0.5]);
        centred_ranks(&[2.0; 4], &mut order, &mut utilities);
        assert_eq!(utilities, [0.0; 4]);
    }
}
