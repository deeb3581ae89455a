//! Preconditioners: an easy stand-in M for A, whose inverse is applied once an iteration.
//!
//! Owns [`Preconditioner`], the choice between them, and what each makes of a [`Matrix`]. How the
//! solvers use it is in their files; [`Options::preconditioner`](super::Options::preconditioner)
//! takes the diagonal itself.

use super::matrix::Matrix;

/// Which stand-in M for A is used. With it a solver works as if on M⁻¹·A, whose condition number
/// decides how fast it is, and still ends at the solution of A·x = b.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Preconditioner {
    /// M = I: A as it is.
    #[default]
    None,
    /// M = the diagonal of A (Jacobi 1845).
    Diagonal,
}

impl Preconditioner {
    /// All of them, in the order of the lists.
    pub const ALL: &[Self] = &[Self::None, Self::Diagonal];

    /// The name on the command line.
    pub const fn id(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Diagonal => "diagonal",
        }
    }

    /// The preconditioner with this id, if there is one.
    ///
    /// ```
    /// use netsmith::krylov::Preconditioner;
    /// assert_eq!(Preconditioner::from_id("diagonal"), Some(Preconditioner::Diagonal));
    /// assert_eq!(Preconditioner::from_id("magic"), None);
    /// ```
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|preconditioner| preconditioner.id() == id)
    }

    /// The name for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Diagonal => "Diagonal of A",
        }
    }

    /// What it does, in one to four sentences.
    pub const fn summary(self) -> &'static str {
        match self {
            Self::None => "The solvers work with A as it is (M = I).",
            Self::Diagonal => {
                "Each residual is divided by the diagonal of A (Jacobi's preconditioner): rᵢ / aᵢᵢ. \
                 It costs n divisions an iteration and evens out equations and unknowns of very \
                 different size, so that far fewer iterations are needed. Where all aᵢᵢ are about \
                 the same it changes nothing. Steepest descent, CG and MINRES need aᵢᵢ > 0, the \
                 others aᵢᵢ ≠ 0."
            }
        }
    }

    /// The diagonal of M for this matrix, n numbers; nothing for M = I. Whether a solver can use it
    /// is looked at when it begins.
    pub fn diagonal_for(self, a: &Matrix) -> Option<Vec<f64>> {
        match self {
            Self::None => None,
            Self::Diagonal => Some(a.diagonal()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::krylov::{Next, Options, Solution, Solver, System, solve};

    /// A symmetric positive definite system of 40 unknowns whose scales run from 1 to 10⁶:
    /// aᵢᵢ = 10^(6·i/39), aᵢ,ᵢ₊₁ = 0.4·√(aᵢᵢ·aᵢ₊₁,ᵢ₊₁), and b such that every unknown is 1.
    fn badly_scaled() -> System {
        const N: usize = 40;
        let size = |i: usize| 10_f64.powf(6.0 * i as f64 / (N - 1) as f64);
        let entry = |i: usize, j: usize| match i.abs_diff(j) {
            0 => size(i),
            1 => 0.4 * (size(i) * size(j)).sqrt(),
            _ => 0.0,
        };
        let rows: Vec<Vec<f64>> = (0..N).map(|i| (0..N).map(|j| entry(i, j)).collect()).collect();
        System::with_solution(Matrix::from_rows(&rows).unwrap(), vec![1.0; N]).unwrap()
    }

    fn run(solver: Solver, system: &System, choice: Preconditioner) -> Solution {
        let diagonal = choice.diagonal_for(&system.a);
        let options = Options {
            max_iterations: 5000,
            restart: 40,
            preconditioner: diagonal.as_deref(),
            ..Options::default()
        };
        solve(solver, &mut &system.a, &system.b, None, &options, &mut |_| Next::Continue)
    }

    #[test]
    fn the_diagonal_evens_out_scales() {
        let system = badly_scaled();
        for solver in [Solver::SteepestDescent, Solver::Cg, Solver::Minres, Solver::Bicg] {
            let plain = run(solver, &system, Preconditioner::None);
            let scaled = run(solver, &system, Preconditioner::Diagonal);
            assert!(scaled.converged(), "{solver:?}: {}", scaled.outcome);
            assert!(
                4 * scaled.iterations() < plain.iterations(),
                "{solver:?}: {} and {}",
                scaled.iterations(),
                plain.iterations()
            );
            assert!(scaled.x.iter().all(|x| (x - 1.0).abs() < 0.01), "{solver:?}: {:?}", scaled.x);
        }
        for solver in [Solver::Gmres, Solver::Bicgstab] {
            let scaled = run(solver, &system, Preconditioner::Diagonal);
            assert!(scaled.converged() && scaled.iterations() < 30, "{solver:?}");
        }
    }

    /// `scipy.sparse.linalg.cg(a, b, rtol=1e-8, M=diag(1 / a_ii))`, SciPy 1.17.1: |b − A·x| / |b|
    /// after each of its 19 iterations. Without M it needs 159.
    const SCIPY: [f64; 19] = [
        9.67572e-2, 2.25627e-2, 7.38814e-3, 2.79272e-3, 1.12340e-3, 4.63591e-4, 1.93181e-4,
        8.0778e-5, 3.38158e-5, 1.41612e-5, 5.93099e-6, 2.48408e-6, 1.04041e-6, 4.35753e-7,
        1.82504e-7, 7.64351e-8, 3.20109e-8, 1.34052e-8, 5.61294e-9,
    ];

    #[test]
    fn preconditioned_cg_agrees_with_scipy() {
        let system = badly_scaled();
        let solution = run(Solver::Cg, &system, Preconditioner::Diagonal);
        let first = solution.residuals[0];
        let shares: Vec<f64> = solution.residuals[1..].iter().map(|r| r / first).collect();
        assert_eq!(shares.len(), SCIPY.len());
        for (share, expected) in shares.iter().zip(SCIPY) {
            assert!((share / expected - 1.0).abs() < 1e-4, "{share} {expected}");
        }
        let plain = run(Solver::Cg, &system, Preconditioner::None).iterations();
        assert!((150..170).contains(&plain), "{plain}");
    }

    #[test]
    fn a_diagonal_that_will_not_do_is_told_in_words() {
        let system = System::parse("2 1 3\n1 -4 5").unwrap();
        let refused = run(Solver::Cg, &system, Preconditioner::Diagonal).outcome;
        assert!(refused.to_string().contains("positive numbers"), "{refused}");
        assert!(refused.to_string().contains("element 2 is -4"), "{refused}");
        assert!(refused.advice(Solver::Cg).unwrap().contains("GMRES"));
        assert!(run(Solver::Gmres, &system, Preconditioner::Diagonal).converged());
        let zero = System::parse("0 1 3\n1 4 5").unwrap();
        let refused = run(Solver::Gmres, &zero, Preconditioner::Diagonal).outcome;
        assert!(refused.to_string().contains("other than 0"), "{refused}");
    }
}
