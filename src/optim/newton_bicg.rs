//! Newton–BiCG: Newton steps whose linear system is solved by biconjugate gradients.

use super::method::{BatchUse, Family, Method, Setting};
use super::newton::{NewtonKrylov, settings};
use crate::krylov::Solver;

/// The page of this method.
pub static METHOD: Method = Method {
    id: "newton_bicg",
    name: "Newton–BiCG",
    family: Family::NewtonKrylov,
    batch: BatchUse::Large,
    default_learning_rate: 1.0,
    uses_learning_rate: false,
    summary: "Newton steps whose system is solved by biconjugate gradients, which run a second, \
              shadow recurrence with the transposed matrix. The curvature is symmetric, so the \
              shadow only repeats what is known.",
    formula: "solve (B + λI)·d = −g by BiCG, B = G (Gauss–Newton) or H (Hessian)\n\
              θ ← θ + α·d, α = 1 or less until L falls\n\
              ρ = (L(θ + d) − L(θ))/(gᵀd + ½dᵀBd);  λ ← ⅔λ if ρ > ¾, 3/2·λ if ρ < ¼",
    good_for: "Comparison: with the same settings it takes the very steps of Newton–CG and shows \
              on the count of products what symmetry is worth.",
    weak_at: "Every iteration costs two products, twice as much as CG, for the same result. \
              Prefer Newton–CG for training.",
    source: "R. Fletcher, Conjugate gradient methods for indefinite systems, 1976 (BiCG); J. \
              Martens, Deep learning via Hessian-free optimization, 2010 (damping, stopping)",
    settings: &[
        CURVATURE,
        settings::DAMPING,
        settings::TOLERANCE,
        settings::PROGRESS,
        settings::ITERATIONS,
        settings::PRECONDITIONER,
        settings::WARM_START,
    ],
    build: |chosen, dimension| {
        Box::new(NewtonKrylov::new(Solver::Bicg, &CURVATURE, chosen, dimension))
    },
};

const CURVATURE: Setting = settings::curvature(0.0);
