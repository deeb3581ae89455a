//! Levenberg–Marquardt: solves the Gauss–Newton system exactly, with damping.
//!
//! For the mean of n squared residuals, L = Σr²/n, the Gauss–Newton matrix is G = 2JᵀJ/n, with J the
//! derivatives of the residuals. Each step solves (G + λI)·d = −g by Cholesky's method: λ large is a short step of
//! gradient descent, λ small a whole Gauss–Newton step. K. Levenberg 1944, D. W. Marquardt 1963;
//! for networks M. T. Hagan and M. B. Menhaj, *Training feedforward networks with the Marquardt
//! algorithm*, 1994.
//!
//! λ follows the ratio ρ of the decrease that came and the decrease that was promised, by the rule
//! of H. B. Nielsen, *Damping parameter in Marquardt's method*, 1999: after a good step
//! λ ← λ·max(1/3, 1 − (2ρ − 1)³); after a failed one λ ← ν·λ and ν ← 2ν.

use super::cholesky::Lower;
use super::detail::{Halt, HaltKind, Picture, Quantity, StepDetail};
use super::ending::{Stall, at_once, bottom, stuck};
use super::memory;
use super::method::{BatchUse, Family, Method, Setting, Settings};
use super::objective::Objective;
use super::optimizer::{
    Observed, Optimizer, OptimizerError, OptimizerState, StepContext, StepReport,
};
use super::vector::{distance, is_finite, norm};
use super::words::{change, count, percent, short};

/// The page of this method.
pub static METHOD: Method = Method {
    id: "levenberg_marquardt",
    name: "Levenberg–Marquardt",
    family: Family::QuasiNewton,
    batch: BatchUse::Full,
    default_learning_rate: 1.0,
    uses_learning_rate: false,
    summary: "Writes down the whole Gauss–Newton matrix and solves for the step exactly. A damping \
              λ, raised after failures and lowered after successes, leads from gradient descent \
              to Newton's method.",
    formula: "(G + λI)·d = −g,  G = 2JᵀJ/n for L = Σr²/n, J = ∂r/∂θ\n\
              ρ = (L(θ) − L(θ + d))/(½dᵀ(λd − g))\n\
              ρ > 0: θ ← θ + d, λ ← λ·max(⅓, 1 − (2ρ − 1)³);  else λ ← νλ, ν ← 2ν, try again",
    good_for: "Fitting numbers with a small network: with up to a few hundred parameters nothing \
               here gets to a lower loss.",
    weak_at: "Size: a step with P parameters writes down P² numbers and takes about P³/3 \
              multiplications to solve, so more than 1500 parameters are refused. For losses other than the \
              squared one it uses the generalised Gauss–Newton matrix, which also works but has \
              less to offer.",
    source: "K. Levenberg, 1944; D. W. Marquardt, 1963; M. T. Hagan and M. B. Menhaj, Training \
             feedforward networks with the Marquardt algorithm, 1994; H. B. Nielsen, Damping \
             parameter in Marquardt's method, 1999",
    settings: &[DAMPING],
    build: |settings, dimension| Box::new(LevenbergMarquardt::new(settings, dimension)),
};

const DAMPING: Setting = Setting {
    id: "damping",
    name: "First damping λ₀",
    default: 0.01,
    min: 1e-8,
    max: 1e4,
    logarithmic: true,
    choices: &[],
    help: "λ at the first step; it adapts itself from there. Raise it when the first steps jump \
           to a bad place. Changed in the middle of a run, it is where λ begins again.",
};

/// The most parameters: the matrix has 1.1 million numbers then, and a step takes seconds.
const MOST_PARAMETERS: usize = 1500;

/// The most λ that a step tries. They grow by 2, 4, 8, …: all of them together by 2⁵⁵.
const MOST_TRIES: usize = 10;

/// Below this λ the factors of a matrix made of f32 are rounding.
const SMALLEST: f32 = 1e-8;

/// The memory of the method.
struct LevenbergMarquardt {
    first_damping: f32,
    step: u64,
    /// λ; 0: no step yet.
    damping: f32,
    stall: Stall,
    gradient: Vec<f32>,
    trial: Vec<f32>,
    direction: Vec<f64>,
    /// G as the objective writes it.
    whole: Vec<f32>,
    matrix: Lower,
    factor: Lower,
}

/// How the tries of a step ended.
struct Tries {
    /// The loss where it went, and ρ; `None`: nowhere.
    taken: Option<(f64, f64)>,
    /// The change that was promised of the last try.
    promised: f64,
    count: usize,
    /// Tries whose matrix was not positive definite.
    singular: usize,
}

impl LevenbergMarquardt {
    fn new(settings: &Settings, dimension: usize) -> Self {
        let zeros = || vec![0.0; dimension];
        let mut method = Self {
            first_damping: 0.0,
            step: 0,
            damping: 0.0,
            stall: Stall::default(),
            gradient: zeros(),
            trial: zeros(),
            direction: Vec::new(),
            whole: Vec::new(),
            matrix: Lower::default(),
            factor: Lower::default(),
        };
        method.configure(settings);
        method
    }

    /// Forms G. Rounding makes the halves differ a little: each element becomes the mean of both.
    fn form(&mut self, objective: &mut dyn Objective, parameters: &[f32]) {
        let size = self.gradient.len();
        self.whole.resize(size * size, 0.0);
        objective.gauss_newton_matrix(parameters, &mut self.whole);
        self.matrix.reset(size);
        for (i, row) in self.whole.chunks_exact(size.max(1)).enumerate() {
            for (j, &value) in row.iter().enumerate() {
                let share = if i == j { 1.0 } else { 0.5 };
                self.matrix.add(i, j, share * f64::from(value));
            }
        }
    }

    /// Raises λ until the loss falls.
    fn search(&mut self, objective: &mut dyn Objective, parameters: &[f32], loss: f64) -> Tries {
        let mut growth = 2.0;
        let mut tries = Tries { taken: None, promised: 0.0, count: 0, singular: 0 };
        while tries.count < MOST_TRIES {
            tries.count += 1;
            let damping = f64::from(self.damping);
            if self.factor.factorize(&self.matrix, damping) {
                tries.promised = self.solve(damping);
                let after = self.measure(objective, parameters);
                let ratio = (loss - after) / -tries.promised;
                if after < loss && ratio > 0.0 {
                    let factor = (1.0 - (2.0 * ratio.min(1.0) - 1.0).powi(3)).max(1.0 / 3.0);
                    self.damping = (self.damping * factor as f32).max(SMALLEST);
                    tries.taken = Some((after, ratio));
                    break;
                }
            } else {
                tries.singular += 1;
            }
            self.damping = (self.damping * growth).min(f32::MAX);
            growth *= 2.0;
        }
        tries
    }

    /// Solves for d; the change that it promises, gᵀd + ½dᵀGd = −½dᵀ(λd − g).
    fn solve(&mut self, damping: f64) -> f64 {
        self.direction.clear();
        self.direction.extend(self.gradient.iter().map(|&g| -f64::from(g)));
        self.factor.solve(&mut self.direction);
        let terms = self.direction.iter().zip(&self.gradient);
        -0.5 * terms.map(|(d, &g)| d * (damping * d - f64::from(g))).sum::<f64>()
    }

    /// L(θ + d); infinite if it is not a number.
    fn measure(&mut self, objective: &mut dyn Objective, parameters: &[f32]) -> f64 {
        let line = parameters.iter().zip(&self.direction);
        for (trial, (&p, d)) in self.trial.iter_mut().zip(line) {
            *trial = (f64::from(p) + d) as f32;
        }
        let loss = if is_finite(&self.trial) { objective.loss(&self.trial) } else { f32::NAN };
        if loss.is_finite() { f64::from(loss) } else { f64::INFINITY }
    }

    /// Why the method cannot go on, if so.
    fn halt(&mut self, loss: f64, gradient_norm: f64, tries: &Tries) -> Option<Box<Halt>> {
        if let Some((after, _)) = tries.taken {
            self.stall.note(loss, after);
            return self.stall.is_over().then(|| Box::new(bottom(after, gradient_norm)));
        }
        if tries.singular == tries.count {
            let why = format!(
                "The system (G + λI)·d = −g has no usable solution, whatever λ up to {}: the \
                 Gauss–Newton matrix is not positive (as when climbing the loss) or holds numbers \
                 that are none. Descend instead of climbing, or choose another method.",
                short(f64::from(self.damping))
            );
            return Some(Box::new(Halt { kind: HaltKind::Singular, why }));
        }
        let story = format!(
            "No damping makes the loss smaller: {} were tried, up to λ = {}",
            count(tries.count, "value"),
            short(f64::from(self.damping))
        );
        Some(Box::new(stuck(loss, gradient_norm, &story)))
    }

    fn too_large(&self) -> Option<Halt> {
        let size = self.gradient.len();
        (size > MOST_PARAMETERS).then(|| {
            let why = format!(
                "The network has {size} parameters, and Levenberg–Marquardt, which writes down a \
                 matrix of {size} × {size} numbers, takes at most {MOST_PARAMETERS}. Make the \
                 layers smaller, or choose Newton–CG, which takes the same kind of step without \
                 the matrix."
            );
            Halt { kind: HaltKind::TooLarge, why }
        })
    }
}

/// The account of a step.
fn detail(loss: f64, gradient_norm: f64, before: f64, after: f64, tries: &Tries) -> StepDetail {
    let tried = count(tries.count, "value");
    let story = match tries.taken {
        Some((reached, ratio)) => format!(
            "The Gauss–Newton system was solved for {tried} of the damping λ: {}, {} of what was \
             promised. λ goes from {} to {}.",
            change(reached - loss),
            percent(ratio),
            short(before),
            short(after)
        ),
        None => format!("The system was solved for {tried} of λ, and no step lowered the loss."),
    };
    let mut quantities = vec![
        Quantity {
            name: "Damping λ",
            value: after,
            help: "After this step. Large: short steps along −g. Small: whole Gauss–Newton steps, \
                   which close in on a minimum very fast.",
        },
        Quantity {
            name: "Values of λ tried",
            value: tries.count as f64,
            help: "Each solves the system anew and measures one loss; the matrix stays.",
        },
        Quantity {
            name: "Gradient norm |g|",
            value: gradient_norm,
            help: "How steep the loss is. It goes to 0 at a minimum.",
        },
    ];
    quantities.extend(tries.taken.map(|(_, value)| Quantity {
        name: "Kept promise ρ",
        value,
        help: "The decrease that came over the decrease that the bowl promised. Near 1 the bowl \
               fits and λ falls to a third.",
    }));
    StepDetail { story, quantities, picture: Picture::None }
}

impl Optimizer for LevenbergMarquardt {
    fn step(
        &mut self,
        objective: &mut dyn Objective,
        parameters: &mut [f32],
        context: &mut StepContext<'_>,
    ) -> StepReport {
        let start = objective.loss_and_gradient(parameters, &mut self.gradient);
        let gradient_norm = norm(&self.gradient);
        let too_large = || self.too_large().map(|halt| StepReport::halted(start, halt));
        if let Some(report) = at_once(start, gradient_norm).or_else(too_large) {
            return report;
        }
        let (mut report, loss) = (StepReport::plain(start), f64::from(start));
        self.step += 1;
        if self.damping == 0.0 {
            self.damping = self.first_damping;
        }
        let before = f64::from(self.damping);
        self.form(objective, parameters);
        let tries = self.search(objective, parameters, loss);
        report.halt = self.halt(loss, gradient_norm, &tries);
        if context.observe {
            let after = f64::from(self.damping);
            report.detail = Some(Box::new(detail(loss, gradient_norm, before, after, &tries)));
            let moved = tries.taken.map_or(0.0, |_| distance(&self.trial, parameters));
            let pays = tries.taken.map(|(after, _)| [tries.promised, after - loss]);
            report.observed = Some(Observed::checked(gradient_norm, moved, pays));
        }
        if tries.taken.is_some() {
            parameters.copy_from_slice(&self.trial);
        } else {
            // A new start (other data, other weights) must not inherit a hopeless damping.
            self.damping = 0.0;
        }
        report
    }

    fn configure(&mut self, settings: &Settings) {
        let first = settings.get(&DAMPING) as f32;
        if first != self.first_damping {
            (self.first_damping, self.damping) = (first, 0.0);
        }
    }

    fn state(&self) -> OptimizerState {
        memory::save(self.step, [("damping", vec![self.damping]), self.stall.saved()])
    }

    fn restore(&mut self, state: &OptimizerState) -> Result<(), OptimizerError> {
        memory::only(state, &["damping", Stall::NAME])?;
        let damping = memory::number(state, "damping")?;
        let stall = Stall::restored(state)?;
        (self.damping, self.stall, self.step) = (damping, stall, state.step);
        Ok(())
    }
}
