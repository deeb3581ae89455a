//! Newton–MINRES: Newton steps whose linear system is solved by MINRES.

use super::method::{BatchUse, Family, Method, Setting};
use super::newton::{NewtonKrylov, settings};
use crate::krylov::Solver;

/// The page of this method.
pub static METHOD: Method = Method {
    id: "newton_minres",
    name: "Newton–MINRES",
    family: Family::NewtonKrylov,
    batch: BatchUse::Large,
    default_learning_rate: 1.0,
    uses_learning_rate: false,
    summary: "Newton steps on the Hessian itself, which curves downwards in some directions. \
              MINRES, made for symmetric matrices of both signs, solves the system without \
              breaking down; of its iterates the one lowest in the bowl is taken.",
    formula: "solve (B + λI)·d = −g by MINRES, B = H (Hessian) or G (Gauss–Newton)\n\
              θ ← θ + α·d, α = 1 or less until L falls\n\
              ρ = (L(θ + d) − L(θ))/(gᵀd + ½dᵀBd);  λ ← ⅔λ if ρ > ¾, 3/2·λ if ρ < ¼",
    good_for: "Using the exact curvature where it is not positive, near saddles and early in \
              training, on a full batch. It never breaks down.",
    weak_at: "A solution of an indefinite system leads to a saddle rather than a minimum; the \
              lowest iterate and the damping keep it from there, but early steps are slower than \
              those of Newton–CG with the Gauss–Newton matrix. Not for small mini-batches.",
    source: "C. C. Paige and M. A. Saunders, Solution of sparse indefinite systems of linear \
              equations, 1975 (MINRES); B. A. Pearlmutter, 1994 (products); J. Martens, Deep \
              learning via Hessian-free optimization, 2010 (damping, stopping)",
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
        Box::new(NewtonKrylov::new(Solver::Minres, &CURVATURE, chosen, dimension))
    },
};

const CURVATURE: Setting = settings::curvature(1.0);
