//! Linear solvers: find x with A·x = b when all one can do with A is multiply it by a vector.
//!
//! Owns the [`LinearOperator`] a solver works on, one file per solver with its page ([`Page`]), the
//! list of all of them ([`SOLVERS`]), [`solve`], which runs one while a watcher looks on, and small
//! systems to try them on ([`matrix`], [`example`], or a [`mod@file`]).
//! [`preconditioner`] makes a hard system easier for all of them. Must not know networks, data, training or the
//! window. Everything is computed in `f64`.
//!
//! After k iterations all of them but BiCGSTAB have used the vectors r₀, A·r₀, A²·r₀, …, Aᵏ⁻¹·r₀;
//! what these span is the **Krylov space**. The solvers differ in which of its points they take:
//!
//! | solver | made for | takes the point where |
//! |---|---|---|
//! | [`steepest_descent`] | symmetric positive definite | φ(x) = ½xᵀAx − bᵀx is lowest along r |
//! | [`cg`] | symmetric positive definite | φ is lowest in the whole space |
//! | [`minres`] | symmetric | the residual is smallest in the whole space |
//! | [`gmres`] | any non-singular | the same, at the price of keeping the space in memory |
//! | [`bicg`] | any, with Aᵀ | the residual is perpendicular to the space of Aᵀ |
//! | [`bicgstab`] | any | the same, smoothed, without Aᵀ |
//!
//! A new solver is one new file here, its `mod` line, a variant of [`Solver`] and a line in
//! [`SOLVERS`].
//!
//! ```
//! use netsmith::krylov::{Matrix, Next, Options, Solver, solve};
//!
//! let mut a = Matrix::from_rows(&[vec![4.0, 1.0], vec![1.0, 3.0]])?;
//! let mut residuals = Vec::new();
//! let solution = solve(Solver::Cg, &mut a, &[1.0, 2.0], None, &Options::default(), &mut |k| {
//!     residuals.push(k.residual);
//!     Next::Continue
//! });
//! assert!(solution.converged());
//! assert_eq!(residuals.len(), 2, "CG ends after n steps");
//! assert!((solution.x[0] - 1.0 / 11.0).abs() < 1e-12);
//! # Ok::<(), netsmith::krylov::SystemError>(())
//! ```

mod eigenvalues;
mod run;
mod vector;

pub mod example;
pub mod file;
pub mod iteration;
pub mod matrix;
pub mod operator;
pub mod outcome;
pub mod page;
pub mod preconditioner;
pub mod spectrum;
pub mod system;

pub mod bicg;
pub mod bicgstab;
pub mod cg;
pub mod gmres;
pub mod minres;
pub mod steepest_descent;

use serde::{Deserialize, Serialize};

pub use example::{Example, ExampleKind};
pub use file::ReadError;
pub use iteration::{Iteration, Next, Options, Solution};
pub use matrix::Matrix;
pub use operator::{FromProduct, LinearOperator};
pub use outcome::{Breakdown, Outcome};
pub use page::Page;
pub use preconditioner::Preconditioner;
pub use run::solve;
pub use system::{System, SystemError};

/// The pages of all solvers, in the order of the lists.
pub static SOLVERS: &[&Page] = &[
    &steepest_descent::PAGE,
    &cg::PAGE,
    &minres::PAGE,
    &gmres::PAGE,
    &bicg::PAGE,
    &bicgstab::PAGE,
];

/// A linear solver. What there is to know about it is on its [`page`](Self::page).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Solver {
    /// Steepest descent, for comparison: the same problem without memory.
    SteepestDescent,
    /// Conjugate gradient.
    Cg,
    /// Minimum residual.
    Minres,
    /// Generalized minimum residual, restarted.
    Gmres,
    /// Biconjugate gradient.
    Bicg,
    /// Stabilized biconjugate gradient.
    Bicgstab,
}

impl Solver {
    /// Every solver, in the order of the lists.
    pub const ALL: &[Self] =
        &[Self::SteepestDescent, Self::Cg, Self::Minres, Self::Gmres, Self::Bicg, Self::Bicgstab];

    /// What there is to know about it.
    pub const fn page(self) -> &'static Page {
        match self {
            Self::SteepestDescent => &steepest_descent::PAGE,
            Self::Cg => &cg::PAGE,
            Self::Minres => &minres::PAGE,
            Self::Gmres => &gmres::PAGE,
            Self::Bicg => &bicg::PAGE,
            Self::Bicgstab => &bicgstab::PAGE,
        }
    }

    /// The name in files and on the command line.
    pub const fn id(self) -> &'static str {
        self.page().id
    }

    /// The name for people.
    pub const fn name(self) -> &'static str {
        self.page().name
    }

    /// The solver with this id, if there is one.
    ///
    /// ```
    /// use netsmith::krylov::Solver;
    /// assert_eq!(Solver::from_id("minres"), Some(Solver::Minres));
    /// assert_eq!(Solver::from_id("gauss"), None);
    /// ```
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|solver| solver.id() == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_solver_has_a_page_in_the_list() {
        let listed: Vec<_> = SOLVERS.iter().map(|page| page.id).collect();
        let all: Vec<_> = Solver::ALL.iter().map(|solver| solver.id()).collect();
        assert_eq!(listed, all);
        for &solver in Solver::ALL {
            let id = serde_json::to_value(solver).unwrap();
            assert_eq!(id, solver.id(), "the name in files is the id");
            assert_eq!(Solver::from_id(solver.id()), Some(solver));
        }
    }
}
