//! Conjugate gradient: steepest descent that never undoes what an earlier step has achieved.
//!
//! Each direction p is the residual made *conjugate* to the directions before (pᵢᵀ·A·pⱼ = 0), so
//! that x is the lowest point of φ(x) = ½xᵀAx − bᵀx in the whole Krylov space, and the last one
//! after n steps is the solution; in practice long before. β needs only the last direction, which
//! is the wonder of the method.
//! Hestenes & Stiefel 1952, with the preconditioner as in Barrett et al., *Templates*, 1994, §2.3.1.

use super::page::Page;
use super::run::{Curvatures, Flow, Run, advance, finite};
use super::vector::{dot, norm, scale_and_add};

/// The page of this solver.
pub static PAGE: Page = Page {
    id: "cg",
    name: "CG",
    long_name: "Conjugate gradient",
    summary: "Like steepest descent, but each direction is chosen so that it spoils nothing the \
              earlier ones have achieved. Without rounding it ends after at most n steps; usually \
              about √κ are enough, κ being the condition number.",
    formula: "z = M⁻¹·r,  ρ = rᵀz\np ← z + (ρ / ρ_old)·p\nα = ρ / pᵀAp\nx ← x + α·p\nr ← r − α·Ap",
    needs: "Symmetric positive definite matrices.",
    fails_on: "On an indefinite matrix it sooner or later meets a direction p with pᵀAp ≤ 0 \
               (negative curvature), along which the quadratic has no lowest point, and stops \
               there. On a non-symmetric matrix the directions are not conjugate and the residual \
               wanders or grows.",
    source: "M. R. Hestenes and E. Stiefel, Methods of Conjugate Gradients for Solving Linear \
             Systems, 1952",
    products: 1,
    memory: "5",
};

pub(super) fn run(run: &mut Run<'_>) -> Flow {
    let n = run.dimension();
    let mut z = vec![0.0; n];
    run.precondition(&run.r, &mut z);
    let mut p = z.clone();
    // q = A·p
    let mut q = vec![0.0; n];
    let mut rho = dot(&run.r, &z);
    let mut curvatures = Curvatures::default();
    while run.may_iterate() {
        run.product(&p, &mut q)?;
        let curvature = dot(&p, &q);
        curvatures.check(curvature, &p)?;
        let alpha = rho / curvature;
        finite(alpha)?;
        advance(run, alpha, &p, &q);
        run.report(norm(&run.r), &p)?;

        run.precondition(&run.r, &mut z);
        let rho_old = rho;
        rho = dot(&run.r, &z);
        let beta = rho / rho_old;
        finite(beta)?;
        scale_and_add(&mut p, beta, &z);
    }
    Flow::Continue(())
}
