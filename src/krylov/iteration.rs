//! What goes into a solver and what comes out of it: options, each iteration, the solution.
//!
//! Owns [`Options`], [`Iteration`], [`Next`] and [`Solution`]. Why a solver ended is in
//! [`outcome`](super::outcome).

use super::outcome::Outcome;
use super::vector::dot;

/// How to solve. `Options::default()` is a good beginning.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options<'a> {
    /// The solver ends when |r| ≤ `tolerance`·|b|, where r = b − A·x. Default 1e-8.
    pub tolerance: f64,
    /// The most iterations allowed; for GMRES those of all cycles together. Default 1000.
    pub max_iterations: usize,
    /// m of GMRES(m): after so many iterations it forgets its basis and begins anew from where it
    /// is, to save memory (m + 1 vectors) and work. Values above n act as n, 0 acts as 1.
    /// Default 30. The other solvers do not use it.
    pub restart: usize,
    /// The diagonal of the preconditioner M, an easy stand-in for A; its inverse is applied once an
    /// iteration. n numbers, none of them 0; for steepest descent, CG and MINRES all positive.
    /// Default none, M = I.
    pub preconditioner: Option<&'a [f64]>,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self { tolerance: 1e-8, max_iterations: 1000, restart: 30, preconditioner: None }
    }
}

/// One iteration, as the watcher sees it.
#[derive(Debug, Clone, Copy)]
pub struct Iteration<'a> {
    /// k, counted from 1. The start x₀ is not reported.
    pub number: usize,
    /// |rₖ|, as the solver carries it along. In exact arithmetic it is |b − A·xₖ|; rounding lets
    /// the two drift apart a little, so `solve` checks the last one with a product of its own.
    pub residual: f64,
    /// The iterate xₖ.
    pub x: &'a [f64],
    /// The residual vector rₖ, carried along like its norm.
    pub r: &'a [f64],
    /// The newest vector of the search: the direction p of steepest descent, CG, BiCG and BiCGSTAB,
    /// the basis vector vₖ of MINRES and GMRES. Together they span the Krylov space.
    pub direction: &'a [f64],
    /// Products with A (and Aᵀ) so far.
    pub products: usize,
}

impl Iteration<'_> {
    /// φ(xₖ) = ½·xᵀ·A·x − bᵀ·x, the quadratic whose slope is A·x − b, without a product:
    /// since A·x = b − r, it is −½·xᵀ·(r + b). For symmetric A.
    pub fn quadratic(&self, b: &[f64]) -> f64 {
        -0.5 * (dot(self.x, self.r) + dot(self.x, b))
    }
}

/// What the watcher wants after an iteration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Go on.
    Continue,
    /// End here, with this iterate as the solution.
    Stop,
}

/// What a solver found.
#[derive(Debug, Clone, PartialEq)]
pub struct Solution {
    /// The last iterate; n finite numbers.
    pub x: Vec<f64>,
    /// |r₀|, |r₁|, …: one more than there were iterations.
    pub residuals: Vec<f64>,
    /// Products with A and Aᵀ, with those for the start and for the check of the end.
    pub products: usize,
    /// Why it ended.
    pub outcome: Outcome,
}

impl Solution {
    /// The number of iterations.
    pub fn iterations(&self) -> usize {
        self.residuals.len().saturating_sub(1)
    }

    /// The last |r|; infinite if not even the first is known.
    pub fn residual(&self) -> f64 {
        self.residuals.last().copied().unwrap_or(f64::INFINITY)
    }

    /// Whether |b − A·x| is within the tolerance.
    pub fn converged(&self) -> bool {
        self.outcome == Outcome::Converged
    }
}
