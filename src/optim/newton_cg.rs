//! Newton–CG: Newton steps whose linear system is solved by conjugate gradients, also known as the
//! Hessian-free or truncated Newton method.

use super::method::{BatchUse, Family, Method, Setting};
use super::newton::{NewtonKrylov, settings};
use crate::krylov::Solver;

/// The page of this method.
pub static METHOD: Method = Method {
    id: "newton_cg",
    name: "Newton–CG",
    family: Family::NewtonKrylov,
    batch: BatchUse::Large,
    default_learning_rate: 1.0,
    uses_learning_rate: false,
    summary: "Fits a bowl to the loss and steps to its bottom, which conjugate gradients find from \
              products of the curvature with vectors. Also known as Hessian-free optimization.",
    formula: "solve (B + λI)·d = −g by CG, B = G (Gauss–Newton) or H (Hessian)\n\
              θ ← θ + α·d, α = 1 or less until L falls\n\
              ρ = (L(θ + d) − L(θ))/(gᵀd + ½dᵀBd);  λ ← ⅔λ if ρ > ¾, 3/2·λ if ρ < ¼",
    good_for: "Full batches and smooth networks through whose loss gradient descent crawls: deep \
               ones, autoencoders, low losses. Few steps, each worth many gradients.",
    weak_at: "ReLU: its curvature is that of flat pieces and knows nothing of their kinks, so most \
              steps fall short (spiral with 32 and 32 neurons: tanh is solved, ReLU is not). Small \
              mini-batches, on which the bowl is fitted to noise. Easy problems, where Adam or \
              L-BFGS need less work.",
    source: "M. R. Hestenes and E. Stiefel, 1952 (CG); B. A. Pearlmutter, 1994 and N. N. \
             Schraudolph, 2002 (products); J. Martens, Deep learning via Hessian-free \
             optimization, 2010",
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
        Box::new(NewtonKrylov::new(Solver::Cg, &CURVATURE, chosen, dimension))
    },
};

const CURVATURE: Setting = settings::curvature(0.0);
