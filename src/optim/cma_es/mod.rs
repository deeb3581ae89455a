//! CMA-ES: a cloud of candidates whose shape learns which steps pay.
//!
//! Each step draws λ candidates θ + σ·y, y ~ N(0, C), ranks them, and moves θ to the weighted mean
//! of the better half. The covariance C stretches along directions in which good steps were made
//! and shrinks where bad ones were; σ grows while steps keep going the same way and shrinks while
//! they cancel. After enough steps C is like the inverse of the Hessian, though nobody has computed
//! a derivative. All formulas and names are those of N. Hansen's tutorial (arXiv 1604.00772).
//!
//! `strategy` has the constants, `covariance` the matrix, `eigen` its decomposition.

mod covariance;
mod eigen;
mod story;
mod strategy;

use rand_chacha::ChaCha8Rng;

use self::covariance::{Covariance, Lesson};
use self::strategy::{Strategy, default_population};
use super::detail::{Halt, HaltKind};
use super::first_order::bias_correction;
use super::memory::{self, find, number};
use super::method::{BatchUse, Family, Method, OFF_ON, Setting, Settings};
use super::objective::Objective;
use super::optimizer::{Optimizer, OptimizerError, OptimizerState, StepContext, StepReport};
use super::search::{Block, normal, short};
use super::search_memory::{Best, Fruitless, Reach, too_near};
use super::vector::norm;

/// The page of this method.
pub static METHOD: Method = Method {
    id: "cma_es",
    name: "CMA-ES",
    family: Family::RandomSearch,
    batch: BatchUse::Full,
    default_learning_rate: 1.0,
    uses_learning_rate: false,
    summary: "Covariance matrix adaptation: draws a cloud of candidates, moves to the mean of the \
              better half, and stretches the cloud along the directions that paid. The best known \
              method for a few dozen unknowns without a gradient.",
    formula: "x = θ + σ·y,  y ~ N(0, C),  λ candidates\nθ ← θ + σ·Σ w·y  (the better half)\n\
              p_σ ← (1−c_σ)·p_σ + √(c_σ(2−c_σ)μ_eff)·C^(−½)·Σ w·y\n\
              p_c ← (1−c_c)·p_c + √(c_c(2−c_c)μ_eff)·Σ w·y\n\
              C ← (1−c₁−c_μ·Σw)·C + c₁·p_c·p_cᵀ + c_μ·Σ w·y·yᵀ\n\
              σ ← σ·exp(c_σ/d_σ·(|p_σ|/E|N(0,I)| − 1))",
    good_for: "Up to about a hundred parameters: narrow curved valleys and many small dents hardly \
               trouble it, and there is nothing to tune.",
    weak_at: "Large networks: C has n²/2 numbers, which take about 10·n² tries to learn. Above 300 \
              parameters only the diagonal of C is learnt, and backpropagation is far ahead.",
    source: "N. Hansen, The CMA Evolution Strategy: A Tutorial, 2016 (arXiv 1604.00772); diagonal \
             form: R. Ros and N. Hansen, A Simple Modification in CMA-ES, 2008",
    settings: &[SIGMA, POPULATION, SEPARABLE],
    build,
};

const SIGMA: Setting = Setting {
    id: "sigma",
    name: "First step size σ",
    default: 0.1,
    min: 1e-3,
    max: 10.0,
    logarithmic: true,
    choices: &[],
    help: "How wide the first cloud is, in each parameter: best about as wide as the region where \
           you expect good weights. It adapts itself afterwards. A change during the run takes \
           hold at once: raise it to shake a search that has settled.",
};

const POPULATION: Setting = Setting {
    id: "population",
    name: "Candidates λ",
    default: 0.0,
    min: 0.0,
    max: 1000.0,
    logarithmic: false,
    choices: &[],
    help: "Candidates in each step; 0 takes 4 + 3·ln n for n parameters, which suits one valley. \
           With many valleys try two to ten times as many: slower, but not so easily trapped.",
};

const SEPARABLE: Setting = Setting {
    id: "separable",
    name: "Diagonal only",
    default: 0.0,
    min: 0.0,
    max: 1.0,
    logarithmic: false,
    choices: OFF_ON,
    help: "On: learn only how far to step in each parameter, not which parameters should move \
           together. Learns faster and costs little, but cannot follow a slanting valley. Always \
           so above 300 parameters. A change begins with a round cloud.",
};

/// The largest number of parameters with a whole covariance matrix. An eigendecomposition costs
/// about 10·n³ operations, and a saved state n² numbers.
const FULL_LIMIT: usize = 300;

fn build(settings: &Settings, dimension: usize) -> Box<dyn Optimizer> {
    Box::new(CmaEs::new(settings, dimension))
}

/// The strategy. The mean of the cloud is nowhere but in the parameters themselves.
struct CmaEs {
    n: usize,
    strategy: Strategy,
    step: u64,
    sigma: Reach,
    /// `p_σ` and `p_c`.
    sigma_path: Vec<f32>,
    path: Vec<f32>,
    covariance: Covariance,
    fruitless: Fruitless,
    /// The best candidate or mean so far.
    best: Best,
    cloud: Cloud,
}

/// The candidates of a step; kept only so that a step allocates little.
#[derive(Default)]
struct Cloud {
    /// y of each candidate, one after the other.
    steps: Vec<f32>,
    /// |z|² of each.
    squares: Vec<f64>,
    losses: Vec<f32>,
    /// The candidates from the best to the worst.
    order: Vec<usize>,
    /// The weight of each candidate, in the order in which they were drawn.
    weights: Vec<f64>,
    candidate: Vec<f32>,
    /// Σ w·y of the better half.
    mean: Vec<f64>,
    scratch: Vec<f64>,
}

/// The names of the vectors in a saved state.
const NAMES: [&str; 8] = [
    Best::NAMES[0],
    Best::NAMES[1],
    "covariance",
    "covariance_decomposed",
    "path",
    "sigma",
    "sigma_path",
    Fruitless::NAME,
];

impl CmaEs {
    fn new(settings: &Settings, n: usize) -> Self {
        let mut new = Self {
            n,
            strategy: Strategy::default(),
            step: 0,
            sigma: Reach::default(),
            sigma_path: vec![0.0; n],
            path: vec![0.0; n],
            covariance: Covariance::identity(n, is_separable(settings, n)),
            fruitless: Fruitless::default(),
            best: Best::none(n),
            cloud: Cloud {
                candidate: vec![0.0; n],
                mean: vec![0.0; n],
                scratch: vec![0.0; n],
                ..Cloud::default()
            },
        };
        new.configure(settings);
        new
    }

    fn population(&self) -> usize {
        self.strategy.weights.len()
    }

    /// Draws and tries λ candidates, and ranks them.
    fn draw(&mut self, block: &mut Block, parameters: &[f32], rng: &mut ChaCha8Rng) {
        let (n, population) = (self.n, self.population());
        let sigma = f64::from(self.sigma.now);
        let cloud = &mut self.cloud;
        cloud.steps.resize(population * n, 0.0);
        cloud.squares.clear();
        cloud.losses.clear();
        for step in cloud.steps.chunks_exact_mut(n) {
            cloud.scratch.fill_with(|| normal(rng));
            cloud.squares.push(cloud.scratch.iter().map(|z| z * z).sum());
            self.covariance.shape(&cloud.scratch, &mut cloud.mean);
            step.iter_mut().zip(&cloud.mean).for_each(|(step, &y)| *step = y as f32);
            for (x, (&p, y)) in cloud.candidate.iter_mut().zip(parameters.iter().zip(&cloud.mean)) {
                *x = (f64::from(p) + sigma * y) as f32;
            }
            let loss = block.try_candidate(&cloud.candidate);
            self.fruitless.note(loss, block.start());
            cloud.losses.push(loss);
            self.best.note(&cloud.candidate, loss);
        }
        let losses = &cloud.losses;
        cloud.order.clear();
        cloud.order.extend(0..losses.len());
        // The number decides between equal losses, so that the order never depends on the sorting.
        cloud.order.sort_unstable_by(|&a, &b| losses[a].total_cmp(&losses[b]).then(a.cmp(&b)));
    }

    /// Gives each candidate its weight. One without a loss cannot be a parent, whatever its rank.
    fn weigh(&mut self, block: &mut Block) {
        let cloud = &mut self.cloud;
        cloud.weights.clear();
        cloud.weights.resize(cloud.losses.len(), 0.0);
        let mut parents = 0.0;
        for (&number, &weight) in cloud.order.iter().zip(&self.strategy.weights) {
            let useful = weight <= 0.0 || cloud.losses[number].is_finite();
            cloud.weights[number] = if useful { weight } else { 0.0 };
            if useful && weight > 0.0 {
                parents += weight;
                block.keep(number);
            }
        }
        for weight in cloud.weights.iter_mut().filter(|weight| **weight > 0.0) {
            *weight /= parents;
        }
    }

    /// Moves the mean, then the paths, C and σ.
    fn adapt(&mut self, parameters: &mut [f32]) {
        let (n, strategy) = (self.n, &self.strategy);
        let cloud = &mut self.cloud;
        cloud.mean.fill(0.0);
        for (y, &weight) in cloud.steps.chunks_exact(n).zip(&cloud.weights) {
            if weight > 0.0 {
                cloud.mean.iter_mut().zip(y).for_each(|(m, &y)| *m += weight * f64::from(y));
            }
        }
        let sigma = f64::from(self.sigma.now);
        // Between points that are finite, since only those have a loss, lie none that are not.
        for (p, y) in parameters.iter_mut().zip(&cloud.mean) {
            *p = (f64::from(*p) + sigma * y) as f32;
        }

        let (rate, effective) = (strategy.path_rate, strategy.effective);
        self.covariance.unshape(&cloud.mean, &mut cloud.scratch);
        mix(&mut self.sigma_path, rate, effective, Some(&cloud.scratch));
        let length = norm(&self.sigma_path);
        // The path began at zero and is shorter than it should be for that.
        let grown = bias_correction(1.0 - rate, 2 * self.step).sqrt();
        let limit = (1.4 + 2.0 / (n as f64 + 1.0)) * strategy.expected_length;
        let stalled = length / grown >= limit;
        let step = (!stalled).then_some(cloud.mean.as_slice());
        mix(&mut self.path, strategy.covariance_path_rate, effective, step);

        let lesson = Lesson {
            path: &self.path,
            stalled,
            steps: &cloud.steps,
            squares: &cloud.squares,
            weights: &cloud.weights,
        };
        self.covariance.learn(strategy, &lesson, &mut cloud.scratch);
        let change = rate / strategy.damping * (length / strategy.expected_length - 1.0);
        self.set_sigma(sigma * change.clamp(-1.0, 1.0).exp());
    }

    /// Keeps σ among the numbers that f32 can multiply.
    fn set_sigma(&mut self, sigma: f64) {
        self.sigma.now = sigma.clamp(1e-20, 1e20) as f32;
    }

    /// Looks whether the search is at its end, and if so goes to the best point it knows.
    fn finish(&mut self, block: &mut Block, parameters: &mut [f32]) -> Option<Halt> {
        let width = f64::from(self.sigma.now) * self.covariance.extent().1;
        let halt = if too_near(width, parameters) {
            Halt {
                kind: HaltKind::NoProgress,
                why: format!(
                    "The cloud has shrunk to a width of {}, too small to change the parameters: \
                     the search has settled at a loss of {}. Start again with more candidates λ \
                     or a larger σ if that is not good enough.",
                    short(width),
                    short(self.best.loss)
                ),
            }
        } else {
            self.fruitless.halt(block.start(), "first step size σ")?
        };
        // Measured again: a setting of the run may have changed the loss since.
        let best = block.measure(&self.best.point);
        if best.is_finite() && best <= block.start() {
            parameters.copy_from_slice(&self.best.point);
        }
        Some(halt)
    }
}

/// Whether only the diagonal of the covariance is learnt.
fn is_separable(settings: &Settings, n: usize) -> bool {
    n > FULL_LIMIT || settings.is_on(&SEPARABLE)
}

/// path ← (1 − c)·path + √(c·(2 − c)·`μ_eff`)·step; without a step it only fades.
fn mix(path: &mut [f32], rate: f64, effective: f64, step: Option<&[f64]>) {
    let gain = (rate * (2.0 - rate) * effective).sqrt();
    for (i, p) in path.iter_mut().enumerate() {
        let step = step.and_then(|step| step.get(i)).copied().unwrap_or(0.0);
        *p = ((1.0 - rate) * f64::from(*p) + gain * step) as f32;
    }
}

impl Optimizer for CmaEs {
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
        self.best.note(parameters, block.start());
        // By the number of steps alone, so that a restored search goes on alike.
        if self.step > 0 && self.step.is_multiple_of(self.strategy.decomposition_gap(self.n)) {
            self.covariance.decompose();
        }
        self.step += 1;
        let before = self.sigma.now;
        let covariance = self
            .covariance
            .between(context.watch)
            .map(|c| c * f64::from(before) * f64::from(before));
        self.draw(&mut block, parameters, context.rng);
        if block.lowest().is_finite() {
            self.weigh(&mut block);
            if !self.cloud.losses.iter().all(|&loss| loss == block.start()) {
                self.adapt(parameters);
            }
        } else {
            // Every candidate fell off the world: look nearer.
            self.set_sigma(0.5 * f64::from(before));
        }
        let halt = self.finish(&mut block, parameters);
        block.report(parameters, None, Some(covariance), halt, |block| self.tell(block, before))
    }

    fn configure(&mut self, settings: &Settings) {
        self.sigma.configure(settings.get(&SIGMA));
        let separable = is_separable(settings, self.n);
        if self.covariance.is_diagonal() != separable {
            self.covariance = Covariance::identity(self.n, separable);
            self.path.fill(0.0);
            self.sigma_path.fill(0.0);
        }
        let population = match settings.get(&POPULATION) as usize {
            0 => default_population(self.n),
            asked => asked.max(2),
        };
        self.strategy = Strategy::new(self.n, population, separable);
    }

    fn state(&self) -> OptimizerState {
        let [.., covariance, decomposed, path, sigma, sigma_path, _] = NAMES;
        let [whole, taken_apart] = self.covariance.saved();
        let others = [
            (covariance, whole),
            (decomposed, taken_apart),
            (path, self.path.clone()),
            (sigma, vec![self.sigma.now]),
            (sigma_path, self.sigma_path.clone()),
            self.fruitless.saved(),
        ];
        memory::save(self.step, self.best.saved().into_iter().chain(others))
    }

    fn restore(&mut self, state: &OptimizerState) -> Result<(), OptimizerError> {
        let [.., covariance, decomposed, path, sigma, sigma_path, _] = NAMES;
        memory::only(state, &NAMES)?;
        let (n, separable) = (self.n, self.covariance.is_diagonal());
        let [length, decomposed_length] = Covariance::saved_lengths(n, separable);
        let covariance = find(state, covariance, length)?;
        let decomposed = find(state, decomposed, decomposed_length)?;
        let best = Best::restored(state, n)?;
        let path = find(state, path, n)?;
        let sigma_path = find(state, sigma_path, n)?;
        let sigma = number(state, sigma)?;
        self.fruitless = Fruitless::restored(state)?;
        self.covariance = Covariance::restored(n, separable, [covariance, decomposed]);
        self.path.copy_from_slice(path);
        self.sigma_path.copy_from_slice(sigma_path);
        (self.best, self.sigma.now) = (best, sigma);
        self.step = state.step;
        Ok(())
    }
}
