//! What all Newton–Krylov methods have in common: the step, whose linear system any Krylov solver
//! may solve.
//!
//! Near θ the loss is L + gᵀd + ½dᵀBd, a bowl whose bottom is where (B + λI)·d = −g. B is the
//! Hessian or the Gauss–Newton matrix; it is never formed, since the solvers ask only for products
//! with vectors (B. A. Pearlmutter, *Fast Exact Multiplication by the Hessian*, 1994; N. N.
//! Schraudolph, *Fast Curvature Matrix-Vector Products*, 2002). One step is
//!
//! 1. measure loss and gradient ([`NewtonKrylov::step`]);
//! 2. solve, roughly (`inner`, `operator`, `stopping`);
//! 3. take as much of the solution as lowers the loss (`search`);
//! 4. compare with what the bowl promised, and change λ (`damping`).
//!
//! This is the Hessian-free method of J. Martens, *Deep learning via Hessian-free optimization*,
//! 2010. The methods built on it differ in solver and defaults only; knows none of them.

mod account;
mod damping;
mod inner;
mod operator;
mod search;
pub(super) mod settings;
mod stopping;

use super::detail::{Halt, HaltKind};
use super::ending::{Stall, at_once, bottom, rounding, stuck};
use super::memory;
use super::method::{Setting, Settings};
use super::objective::Objective;
use super::optimizer::{
    Observed, Optimizer, OptimizerError, OptimizerState, StepContext, StepReport,
};
use super::vector::{distance, is_finite, norm};
use super::words::short;
use crate::krylov::Solver;
use account::Account;
use damping::Damping;
use inner::{Inner, Place, Plan};
use search::{Search, Taken};

/// The most numbers that a solver may keep at once, half a gigabyte of them.
const MOST_NUMBERS: usize = 1 << 26;

/// A Newton–Krylov method with one of the solvers.
pub(super) struct NewtonKrylov {
    plan: Plan,
    /// The method's own setting for the curvature, which has its own default.
    curvature: &'static Setting,
    first_damping: f32,
    warm: bool,
    /// Steps taken so far.
    step: u64,
    /// λ; 0: no step yet.
    damping: f32,
    stall: Stall,
    /// The solver's last solution.
    solution: Vec<f32>,
    gradient: Vec<f32>,
    scratch: [Vec<f32>; 2],
    search: Search,
}

impl NewtonKrylov {
    /// With an empty memory.
    pub fn new(
        solver: Solver,
        curvature: &'static Setting,
        settings: &Settings,
        dimension: usize,
    ) -> Self {
        let zeros = || vec![0.0; dimension];
        let plan = Plan {
            solver,
            hessian: false,
            tolerance: 0.0,
            progress: 0.0,
            iterations: 0,
            restart: 0,
            preconditioned: false,
        };
        let mut method = Self {
            plan,
            curvature,
            first_damping: 0.0,
            warm: false,
            step: 0,
            damping: 0.0,
            stall: Stall::default(),
            solution: zeros(),
            gradient: zeros(),
            scratch: [zeros(), zeros()],
            search: Search::default(),
        };
        method.configure(settings);
        method
    }

    /// Why the network is too large for the solver's memory, if it is.
    fn too_large(&self) -> Option<Halt> {
        let vectors = if self.plan.solver == Solver::Gmres { self.plan.restart } else { 1 };
        let numbers = vectors.saturating_mul(self.gradient.len());
        (numbers > MOST_NUMBERS).then(|| {
            let why = format!(
                "GMRES would have to keep {vectors} vectors of {} numbers, more than the {} it may \
                 have. Lower “Restart after m”, or choose Newton–CG, which keeps four vectors \
                 however long it runs.",
                self.gradient.len(),
                MOST_NUMBERS
            );
            Halt { kind: HaltKind::TooLarge, why }
        })
    }

    /// Solves for the direction.
    fn solve(&mut self, objective: &mut dyn Objective, parameters: &[f32]) -> Inner {
        let warm_start: &[f32] = if self.warm { &self.solution } else { &[] };
        let place = Place {
            point: parameters,
            gradient: &self.gradient,
            damping: f64::from(self.damping),
            warm_start,
            scratch: &mut self.scratch,
        };
        let inner = inner::run(objective, &self.plan, place);
        for (kept, &x) in self.solution.iter_mut().zip(&inner.solution) {
            *kept = x as f32;
        }
        if !is_finite(&self.solution) {
            self.solution.fill(0.0);
        }
        inner
    }

    /// ρ, where the bowl promised more than rounding.
    fn ratio(&self, loss: f64, inner: &Inner) -> Option<f64> {
        let promised = inner.predicted(1.0);
        let whole = self.search.whole?;
        (promised < -rounding(loss)).then(|| (whole - loss) / promised)
    }

    /// Changes λ; says why the method cannot go on, if so.
    fn learn(
        &mut self,
        loss: f64,
        gradient_norm: f64,
        inner: &Inner,
        taken: Option<Taken>,
    ) -> Option<Box<Halt>> {
        let mut damping = Damping(self.damping);
        let Some(taken) = taken else {
            // Only while λ is small: a strong damping makes every step tiny.
            if inner.slope.abs() <= 10.0 * rounding(loss) && damping.0 <= 1.0 {
                return Some(Box::new(bottom(loss, gradient_norm)));
            }
            damping.rejected();
            // Somebody may change the loss or the weights and go on: not with a hopeless damping.
            self.damping = if damping.is_hopeless() { 0.0 } else { damping.0 };
            return damping
                .is_hopeless()
                .then(|| Box::new(hopeless(loss, gradient_norm, damping.0)));
        };
        let ratio = self.ratio(loss, inner);
        let level = inner.predicted(1.0).abs() <= rounding(loss);
        // A promise below rounding cannot be checked; shorter steps would be the wrong answer.
        damping.accepted(if level { Some(1.0) } else { ratio }, inner.indefinite);
        self.damping = damping.0;
        self.stall.note(loss, taken.loss);
        self.stall.is_over().then(|| Box::new(bottom(taken.loss, gradient_norm)))
    }
}

fn hopeless(loss: f64, gradient_norm: f64, damping: f32) -> Halt {
    let story = format!(
        "Step after step was rejected until the damping λ reached {}: no step, however short, \
         lowers the loss",
        short(f64::from(damping))
    );
    stuck(loss, gradient_norm, &story)
}

impl Optimizer for NewtonKrylov {
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
        let inner = self.solve(objective, parameters);
        let taken = self.search.run(objective, parameters, loss, &inner);
        let ratio = self.ratio(loss, &inner);
        report.halt = self.learn(loss, gradient_norm, &inner, taken);
        if context.observe {
            let account = Account {
                plan: &self.plan,
                inner: &inner,
                taken,
                tried: self.search.tried,
                loss,
                gradient_norm,
                ratio,
                damping: [before, f64::from(self.damping)],
            };
            report.detail = Some(Box::new(account.detail()));
            let moved = taken.map_or(0.0, |_| distance(&self.search.point, parameters));
            let pays = taken.map(|taken| [inner.predicted(taken.length), taken.loss - loss]);
            report.observed = Some(Observed::checked(gradient_norm, moved, pays));
        }
        if taken.is_some() {
            parameters.copy_from_slice(&self.search.point);
        }
        report
    }

    fn configure(&mut self, settings: &Settings) {
        let whole = |setting: &Setting| settings.get(setting).round().max(1.0) as usize;
        self.plan.hessian = settings.is_on(self.curvature);
        self.plan.tolerance = settings.get(&settings::TOLERANCE);
        self.plan.progress = settings.get(&settings::PROGRESS);
        self.plan.iterations = whole(&settings::ITERATIONS);
        self.plan.restart = whole(&settings::RESTART);
        self.plan.preconditioned = settings.is_on(&settings::PRECONDITIONER);
        self.warm = settings.is_on(&settings::WARM_START);
        let first = settings.get(&settings::DAMPING) as f32;
        if first != self.first_damping {
            (self.first_damping, self.damping) = (first, 0.0);
        }
    }

    fn state(&self) -> OptimizerState {
        let damping = ("damping", vec![self.damping]);
        let solution = ("solution", self.solution.clone());
        memory::save(self.step, [damping, self.stall.saved(), solution])
    }

    fn restore(&mut self, state: &OptimizerState) -> Result<(), OptimizerError> {
        memory::only(state, &["damping", Stall::NAME, "solution"])?;
        let damping = memory::number(state, "damping")?;
        let stall = Stall::restored(state)?;
        let solution = memory::find(state, "solution", self.gradient.len())?;
        self.solution.copy_from_slice(solution);
        (self.damping, self.stall, self.step) = (damping, stall, state.step);
        Ok(())
    }
}
