//! Why a solver ended, as data and in words.
//!
//! Owns [`Outcome`] and [`Breakdown`]: their ids for files and scripts, a sentence for people, and
//! what to try next. Knows the names of the solvers, not how they work.

use thiserror::Error;

use super::Solver;

/// Why a solver ended. Its text says what happened and what that says about the matrix.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum Outcome {
    /// |b − A·x| ≤ tolerance·|b|.
    #[error("Solved: the residual is within the tolerance.")]
    Converged,
    /// All iterations allowed were used.
    #[error("The iterations allowed were used up before the residual was within the tolerance.")]
    IterationLimit,
    /// The watcher asked for it.
    #[error("Stopped on request.")]
    Stopped,
    /// A number that the method must divide by has vanished.
    #[error("The method broke down: {0}.")]
    Breakdown(Breakdown),
    /// pᵀ·A·p ≤ 0 along a search direction p, so A is not positive definite.
    #[error(
        "Along the search direction p the curvature pᵀAp/pᵀp is {curvature:.3e}, not positive: A is \
         not positive definite, and the quadratic ½xᵀAx − bᵀx has no lowest point that way."
    )]
    NegativeCurvature {
        /// p, which is a direction of descent (pᵀ·r > 0) along which the quadratic falls for ever.
        direction: Vec<f64>,
        /// pᵀ·A·p / pᵀ·p, at least the smallest eigenvalue of A; zero or negative.
        curvature: f64,
    },
    /// No x of reasonable size makes the residual smaller, since A·r is practically 0 (MINRES).
    #[error(
        "A is singular or nearly so, and b out of its reach: this x makes the residual |b − A·x| as \
         small as it can be without x growing beyond measure (least squares)."
    )]
    LeastSquares,
    /// A cycle of GMRES ended where it began.
    #[error(
        "No progress any more: a whole cycle of GMRES left the residual as it was, and the next \
         would do the same. The cycle is too short for this matrix, A is singular, or the residual \
         is as small as rounding permits."
    )]
    Stagnated,
    /// The residual has grown beyond anything that rounding errors would let come back.
    #[error(
        "The residual has grown to {growth:.0e} times its first value: the method does not \
         converge on this matrix."
    )]
    Diverged {
        /// |rₖ| / |r₀|.
        growth: f64,
    },
    /// The residual carried along reached the tolerance, b − A·x did not.
    #[error(
        "The residual carried along by the method reached the tolerance, but |b − A·x| itself is \
         {residual:.3e}: rounding errors have piled up, as they do when A is nearly singular or the \
         residual had high peaks."
    )]
    AccuracyLost {
        /// |b − A·x|.
        residual: f64,
    },
    /// NaN or infinity turned up. The solution is the last iterate before, or the start.
    #[error("Only finite numbers can be computed with, but {place}.")]
    NotFinite {
        /// Where, as a clause.
        place: &'static str,
    },
    /// A vector does not have one number for each unknown.
    #[error("{what} should have {expected} numbers, one for each unknown, but has {found}.")]
    WrongLength {
        /// Which vector.
        what: &'static str,
        /// n.
        expected: usize,
        /// The length found.
        found: usize,
    },
    /// An element of the preconditioner cannot be divided by, or has the wrong sign.
    #[error(
        "The preconditioner needs {needed} on its diagonal, but element {} is {value}.",
        position + 1
    )]
    Preconditioner {
        /// Which element, from 0.
        position: usize,
        /// What it is.
        value: f64,
        /// What it may be.
        needed: &'static str,
    },
}

/// Which number vanished that a method must divide by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Breakdown {
    /// ρ = r̃ᵀ·r: the residual and its shadow have become perpendicular (BiCG, BiCGSTAB).
    #[error(
        "ρ = r̃ᵀr is zero, the residual and its shadow have become perpendicular, so there is no \
         next direction"
    )]
    Rho,
    /// p̃ᵀ·A·p: the step along p would be infinite (BiCG, BiCGSTAB).
    #[error("p̃ᵀAp is zero, so the step along the search direction would be infinite")]
    Curvature,
    /// ω = tᵀ·s / tᵀ·t with t = A·s: the smoothing step of BiCGSTAB goes nowhere.
    #[error(
        "ω is zero, since A·s is perpendicular to s and the smoothing step goes nowhere; this \
         happens when A turns vectors by right angles or has eigenvalues of both signs"
    )]
    Omega,
    /// The Krylov space has stopped growing and holds no solution (GMRES): A is singular.
    #[error(
        "the Krylov space has stopped growing but holds no solution, so A is singular (or nearly \
         so) and b is out of its reach"
    )]
    SpaceExhausted,
}

impl Outcome {
    /// The name in files and on the command line.
    pub const fn id(&self) -> &'static str {
        match self {
            Self::Converged => "converged",
            Self::IterationLimit => "iteration_limit",
            Self::Stopped => "stopped",
            Self::Breakdown(_) => "breakdown",
            Self::NegativeCurvature { .. } => "negative_curvature",
            Self::LeastSquares => "least_squares",
            Self::Stagnated => "stagnated",
            Self::Diverged { .. } => "diverged",
            Self::AccuracyLost { .. } => "accuracy_lost",
            Self::NotFinite { .. } => "not_finite",
            Self::WrongLength { .. } => "wrong_length",
            Self::Preconditioner { .. } => "preconditioner",
        }
    }

    /// What to try next when `solver` ended so, in a sentence; nothing where nothing is wrong.
    pub const fn advice(&self, solver: Solver) -> Option<&'static str> {
        Some(match self {
            Self::Converged | Self::Stopped => return None,
            Self::WrongLength { .. } => "Correct it and try again.",
            Self::Preconditioner { .. } => match solver {
                Solver::SteepestDescent | Solver::Cg | Solver::Minres => {
                    "Solve without a preconditioner, or with GMRES, BiCG or BiCGSTAB, for which any \
                     numbers but 0 will do."
                }
                Solver::Gmres | Solver::Bicg | Solver::Bicgstab => {
                    "Solve without a preconditioner, or exchange equations so that there is no 0."
                }
            },
            Self::NotFinite { .. } => "Check A and b, and scale them if their numbers are extreme.",
            Self::NegativeCurvature { .. } => "Use MINRES if A is symmetric, GMRES if it is not.",
            Self::LeastSquares => "Check whether two equations contradict each other.",
            Self::AccuracyLost { .. } => {
                "Begin again from this x, loosen the tolerance, or use GMRES, whose residual has no \
                 peaks."
            }
            Self::Breakdown(Breakdown::SpaceExhausted) => {
                "Check A: some row is a combination of others. If A is symmetric, MINRES finds the \
                 x with the least residual."
            }
            Self::Breakdown(_) => "Begin from another x, or use GMRES, which cannot break down so.",
            Self::Stagnated => "Try a longer restart; if it is already n, no x does better here.",
            Self::Diverged { .. } | Self::IterationLimit => match solver {
                Solver::SteepestDescent => {
                    "Use CG, which needs about the square root of the iterations; if A is not \
                     symmetric positive definite, MINRES or GMRES."
                }
                Solver::Cg | Solver::Minres => {
                    "Allow more iterations or use a preconditioner if A is symmetric; if it is not, \
                     this method is the wrong one: use GMRES or BiCGSTAB."
                }
                Solver::Gmres => "Try a longer restart, more iterations or a preconditioner.",
                Solver::Bicg | Solver::Bicgstab => {
                    "Use GMRES, whose residual never grows, or a preconditioner."
                }
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_went_wrong_comes_with_advice() {
        let limit = Outcome::IterationLimit;
        assert_ne!(limit.advice(Solver::Cg), limit.advice(Solver::Gmres));
        for &solver in Solver::ALL {
            assert_eq!(Outcome::Converged.advice(solver), None);
            assert!(Outcome::Stagnated.advice(solver).is_some());
        }
    }

    #[test]
    fn sentences_carry_their_numbers() {
        let outcome = Outcome::NegativeCurvature { direction: vec![1.0], curvature: -0.25 };
        assert!(outcome.to_string().contains("-2.500e-1"), "{outcome}");
        let outcome =
            Outcome::Preconditioner { position: 2, value: -1.0, needed: "positive numbers" };
        assert!(outcome.to_string().contains("element 3 is -1"), "{outcome}");
    }
}
