//! Newton–BiCGSTAB: Newton steps whose linear system is solved by stabilized biconjugate gradients.

use super::method::{BatchUse, Family, Method, Setting};
use super::newton::{NewtonKrylov, settings};
use crate::krylov::Solver;

/// The page of this method.
pub static METHOD: Method = Method {
    id: "newton_bicgstab",
    name: "Newton–BiCGSTAB",
    family: Family::NewtonKrylov,
    batch: BatchUse::Large,
    default_learning_rate: 1.0,
    uses_learning_rate: false,
    summary: "Newton steps whose system is solved by stabilized biconjugate gradients: each \
              iteration is one step of BiCG and one that smooths the residual, without the \
              transposed matrix.",
    formula: "solve (B + λI)·d = −g by BiCGSTAB, B = G (Gauss–Newton) or H (Hessian)\n\
              θ ← θ + α·d, α = 1 or less until L falls\n\
              ρ = (L(θ + d) − L(θ))/(gᵀd + ½dᵀBd);  λ ← ⅔λ if ρ > ¾, 3/2·λ if ρ < ¼",
    good_for: "Comparison, and few rough iterations: two products each, but each often does the \
              work of two of CG.",
    weak_at: "Its residual does not fall evenly and the method may break down, in which case the \
              best iterate so far is taken. On a symmetric curvature it has no advantage over CG \
              or MINRES.",
    source: "H. A. van der Vorst, Bi-CGSTAB: a fast and smoothly converging variant of Bi-CG, \
              1992; J. Martens, Deep learning via Hessian-free optimization, 2010 (damping, \
              stopping)",
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
        Box::new(NewtonKrylov::new(Solver::Bicgstab, &CURVATURE, chosen, dimension))
    },
};

const CURVATURE: Setting = settings::curvature(0.0);
