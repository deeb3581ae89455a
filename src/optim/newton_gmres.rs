//! Newton–GMRES: Newton steps whose linear system is solved by restarted GMRES.

use super::method::{BatchUse, Family, Method, Setting};
use super::newton::{NewtonKrylov, settings};
use crate::krylov::Solver;

/// The page of this method.
pub static METHOD: Method = Method {
    id: "newton_gmres",
    name: "Newton–GMRES",
    family: Family::NewtonKrylov,
    batch: BatchUse::Large,
    default_learning_rate: 1.0,
    uses_learning_rate: false,
    summary: "Newton steps whose system is solved by GMRES, which needs no symmetry and makes the \
              residual as small as it can be in every iteration, at the price of keeping all its \
              vectors until it restarts.",
    formula: "solve (B + λI)·d = −g by GMRES(m), B = G (Gauss–Newton) or H (Hessian)\n\
              θ ← θ + α·d, α = 1 or less until L falls\n\
              ρ = (L(θ + d) − L(θ))/(gᵀd + ½dᵀBd);  λ ← ⅔λ if ρ > ¾, 3/2·λ if ρ < ¼",
    good_for: "Seeing what the most general Krylov solver does, and rounding: it keeps its \
              vectors perpendicular explicitly, which shorter recurrences cannot.",
    weak_at: "Memory: m vectors as long as the network. The curvature of a loss is always \
              symmetric, so MINRES finds the same iterates with a few vectors; where one m is \
              enough, only rounding tells the two apart.",
    source: "Y. Saad and M. H. Schultz, GMRES: a generalized minimal residual algorithm, 1986; O. \
              Vinyals and D. Povey, Krylov Subspace Descent for Deep Learning, 2012; J. Martens, \
              2010 (damping, stopping)",
    settings: &[
        CURVATURE,
        settings::DAMPING,
        settings::TOLERANCE,
        settings::PROGRESS,
        settings::ITERATIONS,
        settings::RESTART,
        settings::PRECONDITIONER,
        settings::WARM_START,
    ],
    build: |chosen, dimension| {
        Box::new(NewtonKrylov::new(Solver::Gmres, &CURVATURE, chosen, dimension))
    },
};

const CURVATURE: Setting = settings::curvature(0.0);
