//! One solve from beginning to end: what all solvers share around their iterations.
//!
//! Owns [`solve`] and [`Run`], the state that a solver works on: the checks before, the count of
//! products, the record of residuals, the watcher, and the check after. Each solver's file holds
//! its mathematics and nothing of this.

use std::ops::ControlFlow;

use super::iteration::{Iteration, Next, Options, Solution};
use super::operator::LinearOperator;
use super::outcome::Outcome;
use super::vector::{add, dot, is_finite, norm};
use super::{Solver, bicg, bicgstab, cg, gmres, minres, steepest_descent};

/// Beyond this growth of the residual (against |r₀| or |b|) its digits are lost: each number has
/// about sixteen, so what comes back from 10¹² has four.
const HOPELESS: f64 = 1e12;

/// How far |b − A·x| may lie above the tolerance when the residual carried along is within it.
const DRIFT: f64 = 2.0;

/// |b| below which squares of its numbers could vanish.
const SMALLEST: f64 = 1e-140;

/// Whether a solver goes on, or how it ended. `?` in a solver leaves it with the outcome.
pub(super) type Flow = ControlFlow<Outcome>;

/// Solves A·x = b with `solver`, beginning from `x0` (without it from zero).
///
/// `watch` is called after each iteration and may stop the solver. `b`, `x0` and the preconditioner
/// have [`a.dimension()`](LinearOperator::dimension) elements. Vectors are made once, at the start.
/// The end is always an [`Outcome`] within [`Options::max_iterations`]; whatever A, b and x0 hold,
/// the solution is finite.
///
/// A closure for `watch` that is not written in place needs its type: `|k: &Iteration<'_>| …`.
///
/// When b = 0, the solution is x = 0, at once and without a product.
pub fn solve(
    solver: Solver,
    a: &mut dyn LinearOperator,
    b: &[f64],
    x0: Option<&[f64]>,
    options: &Options<'_>,
    watch: &mut dyn FnMut(&Iteration<'_>) -> Next,
) -> Solution {
    let n = a.dimension();
    let mut run = Run {
        operator: a,
        b,
        x: vec![0.0; n],
        r: vec![0.0; n],
        max_iterations: options.max_iterations,
        restart: options.restart,
        preconditioner: options.preconditioner,
        target: 0.0,
        limit: f64::INFINITY,
        residuals: Vec::new(),
        products: 0,
        watch,
    };
    let flow = match run.begin(solver, x0, options.tolerance) {
        ControlFlow::Continue(()) => match solver {
            Solver::SteepestDescent => steepest_descent::run(&mut run),
            Solver::Cg => cg::run(&mut run),
            Solver::Minres => minres::run(&mut run),
            Solver::Gmres => gmres::run(&mut run),
            Solver::Bicg => bicg::run(&mut run),
            Solver::Bicgstab => bicgstab::run(&mut run),
        },
        ended @ ControlFlow::Break(_) => ended,
    };
    run.finish(flow, x0)
}

/// What a solver works on.
pub(super) struct Run<'a> {
    operator: &'a mut dyn LinearOperator,
    b: &'a [f64],
    /// The iterate; the solver moves it.
    pub(super) x: Vec<f64>,
    /// r = b − A·x; the solver keeps it in step with x.
    pub(super) r: Vec<f64>,
    pub(super) max_iterations: usize,
    pub(super) restart: usize,
    preconditioner: Option<&'a [f64]>,
    /// tolerance·|b|: a residual this small is a solution.
    target: f64,
    /// A residual this large is hopeless.
    limit: f64,
    residuals: Vec<f64>,
    products: usize,
    watch: &'a mut dyn FnMut(&Iteration<'_>) -> Next,
}

impl Run<'_> {
    /// n.
    pub(super) fn dimension(&self) -> usize {
        self.x.len()
    }

    /// Whether another iteration is allowed.
    pub(super) fn may_iterate(&self) -> bool {
        self.residuals.len() <= self.max_iterations
    }

    /// out = A·v.
    pub(super) fn product(&mut self, v: &[f64], out: &mut [f64]) -> Flow {
        self.operator.apply(v, out);
        self.count(out)
    }

    /// out = Aᵀ·v.
    pub(super) fn transpose_product(&mut self, v: &[f64], out: &mut [f64]) -> Flow {
        self.operator.apply_transpose(v, out);
        self.count(out)
    }

    fn count(&mut self, out: &[f64]) -> Flow {
        self.products += 1;
        if is_finite(out) {
            return Flow::Continue(());
        }
        not_finite("a product of A with a vector holds NaN or infinity")
    }

    /// z = M⁻¹·v.
    pub(super) fn precondition(&self, v: &[f64], z: &mut [f64]) {
        divide(self.preconditioner, v, z);
    }

    /// x = `start` + M⁻¹·`step`.
    pub(super) fn move_to(&mut self, start: &[f64], step: &[f64]) {
        divide(self.preconditioner, step, &mut self.x);
        add(&mut self.x, 1.0, start);
    }

    /// r = b − A·x, with a product.
    pub(super) fn compute_residual(&mut self) -> Flow {
        self.operator.apply(&self.x, &mut self.r);
        self.products += 1;
        for (r, b) in self.r.iter_mut().zip(self.b) {
            *r = b - *r;
        }
        if is_finite(&self.r) {
            return Flow::Continue(());
        }
        not_finite("a product of A with a vector holds NaN or infinity")
    }

    /// Whether a residual is within the tolerance.
    pub(super) fn is_solved(&self, residual: f64) -> bool {
        residual <= self.target
    }

    /// Ends an iteration: records |r|, shows it to the watcher, and ends the solve when there is a
    /// solution, no hope, or no wish to go on.
    pub(super) fn report(&mut self, residual: f64, direction: &[f64]) -> Flow {
        finite(residual)?;
        if !is_finite(&self.x) {
            return not_finite("the iterate x has grown beyond the range of numbers");
        }
        self.residuals.push(residual);
        let iteration = Iteration {
            number: self.residuals.len() - 1,
            residual,
            x: &self.x,
            r: &self.r,
            direction,
            products: self.products,
        };
        let next = (self.watch)(&iteration);
        if self.is_solved(residual) {
            return Flow::Break(Outcome::Converged);
        }
        if residual > self.limit {
            let first = self.residuals.first().copied().unwrap_or(residual);
            return Flow::Break(Outcome::Diverged { growth: residual / first });
        }
        match next {
            Next::Continue => Flow::Continue(()),
            Next::Stop => Flow::Break(Outcome::Stopped),
        }
    }

    /// Checks what was given and computes r₀.
    fn begin(&mut self, solver: Solver, x0: Option<&[f64]>, tolerance: f64) -> Flow {
        check_length("The right side b", self.dimension(), self.b)?;
        if let Some(x0) = x0 {
            check_length("The start x₀", self.dimension(), x0)?;
        }
        self.check_preconditioner(solver)?;
        let size = norm(self.b);
        if !size.is_finite() {
            return not_finite("the right side b holds NaN or infinity");
        }
        if size == 0.0 {
            self.residuals.push(0.0);
            return Flow::Break(Outcome::Converged);
        }
        if size < SMALLEST {
            return not_finite("the right side b is so small that its squares would vanish");
        }
        self.r.copy_from_slice(self.b);
        if let Some(x0) = x0.filter(|x0| x0.iter().any(|&value| value != 0.0)) {
            if !is_finite(x0) {
                return not_finite("the start x₀ holds NaN or infinity");
            }
            self.x.copy_from_slice(x0);
            self.compute_residual()?;
        }
        let residual = norm(&self.r);
        finite(residual)?;
        // A tolerance that is NaN or negative is never met; 0 is met by r = 0.
        self.target = tolerance.max(0.0) * size;
        self.limit = HOPELESS * residual.max(size);
        self.residuals.push(residual);
        if self.is_solved(residual) {
            return Flow::Break(Outcome::Converged);
        }
        Flow::Continue(())
    }

    fn check_preconditioner(&self, solver: Solver) -> Flow {
        let Some(diagonal) = self.preconditioner else {
            return Flow::Continue(());
        };
        check_length("The preconditioner", self.dimension(), diagonal)?;
        let definite = matches!(solver, Solver::SteepestDescent | Solver::Cg | Solver::Minres);
        let wrong = |&(_, value): &(usize, f64)| {
            !value.is_normal() || definite && value < 0.0 || !value.recip().is_finite()
        };
        match diagonal.iter().copied().enumerate().find(wrong) {
            None => Flow::Continue(()),
            Some((position, value)) => Flow::Break(Outcome::Preconditioner {
                position,
                value,
                needed: if definite { "positive numbers" } else { "numbers other than 0" },
            }),
        }
    }

    /// Puts the solution together. A residual carried along can drift from the truth, so a success
    /// is checked with one more product.
    fn finish(mut self, flow: Flow, x0: Option<&[f64]>) -> Solution {
        let mut outcome = match flow {
            ControlFlow::Break(outcome) => outcome,
            ControlFlow::Continue(()) => Outcome::IterationLimit,
        };
        if outcome == Outcome::Converged && self.residuals.len() > 1 {
            outcome = match self.compute_residual() {
                ControlFlow::Break(fault) => fault,
                ControlFlow::Continue(()) => {
                    let residual = norm(&self.r);
                    let lost = residual > DRIFT * self.target && residual > 0.0;
                    if lost { Outcome::AccuracyLost { residual } } else { Outcome::Converged }
                }
            };
        }
        if !is_finite(&self.x) {
            let start = x0.filter(|x0| x0.len() == self.x.len() && is_finite(x0));
            match start {
                Some(x0) => self.x.copy_from_slice(x0),
                None => self.x.fill(0.0),
            }
        }
        Solution { x: self.x, residuals: self.residuals, products: self.products, outcome }
    }
}

/// z = M⁻¹·v.
fn divide(preconditioner: Option<&[f64]>, v: &[f64], z: &mut [f64]) {
    z.copy_from_slice(v);
    for (z, m) in z.iter_mut().zip(preconditioner.unwrap_or_default()) {
        *z /= m;
    }
}

/// Goes on only with a finite number.
pub(super) fn finite(value: f64) -> Flow {
    if value.is_finite() {
        return Flow::Continue(());
    }
    not_finite("the method's own numbers have grown beyond the range of numbers")
}

/// Whether u·v is zero but for rounding: u and v are perpendicular, or one of them is zero.
pub(super) fn vanishes(product: f64, u: &[f64], v: &[f64]) -> bool {
    product.abs() <= f64::EPSILON * norm(u) * norm(v)
}

fn not_finite(place: &'static str) -> Flow {
    Flow::Break(Outcome::NotFinite { place })
}

fn check_length(what: &'static str, expected: usize, vector: &[f64]) -> Flow {
    let found = vector.len();
    if found == expected {
        return Flow::Continue(());
    }
    Flow::Break(Outcome::WrongLength { what, expected, found })
}

/// The curvatures pᵀ·A·p / pᵀ·p met by a method that needs them positive.
#[derive(Default)]
pub(super) struct Curvatures {
    largest: f64,
}

impl Curvatures {
    /// A curvature this small against the largest is zero but for rounding.
    const FLAT: f64 = 1e-15;

    /// Ends the solve when the curvature along p is not positive; `product` is pᵀ·A·p.
    pub(super) fn check(&mut self, product: f64, p: &[f64]) -> Flow {
        let curvature = product / dot(p, p);
        finite(curvature)?;
        self.largest = self.largest.max(curvature);
        if curvature > Self::FLAT * self.largest {
            return Flow::Continue(());
        }
        Flow::Break(Outcome::NegativeCurvature {
            direction: p.to_vec(),
            curvature: curvature.min(0.0),
        })
    }
}

/// x ← x + α·p and r ← r − α·q with q = A·p, so that r stays b − A·x.
pub(super) fn advance(run: &mut Run<'_>, alpha: f64, p: &[f64], q: &[f64]) {
    add(&mut run.x, alpha, p);
    add(&mut run.r, -alpha, q);
}
