//! Steepest descent for linear systems: always straight along the residual, to the lowest point.
//!
//! For a symmetric positive definite A the solution of A·x = b is the lowest point of
//! φ(x) = ½xᵀAx − bᵀx, and r = b − A·x is minus its slope. The step length α makes φ lowest along
//! the line; each new direction is perpendicular to the last, which is the zigzag one sees.
//! Here for comparison with [`cg`](super::cg), which does the same work and remembers.
//! Cauchy 1847; Barrett et al., *Templates*, 1994.

use super::page::Page;
use super::run::{Curvatures, Flow, Run, advance, finite};
use super::vector::{dot, norm};

/// The page of this solver.
pub static PAGE: Page = Page {
    id: "steepest_descent",
    name: "Steepest descent",
    long_name: "Steepest descent with exact line search",
    summary: "Walks along the residual, the direction in which the quadratic ½xᵀAx − bᵀx falls \
              fastest, to the lowest point on that line, and looks again. It forgets where it came \
              from, so in a narrow valley it zigzags.",
    formula: "z = M⁻¹·r\nα = rᵀz / zᵀAz\nx ← x + α·z\nr ← r − α·Az",
    needs: "Symmetric positive definite matrices.",
    fails_on: "It is slow: the number of iterations grows with the condition number κ. On an \
               indefinite matrix it meets a direction in which the quadratic has no lowest point \
               and stops; on a non-symmetric one it may go anywhere.",
    source: "A. Cauchy, Méthode générale pour la résolution des systèmes d’équations simultanées, 1847",
    products: 1,
    memory: "4",
};

pub(super) fn run(run: &mut Run<'_>) -> Flow {
    let n = run.dimension();
    let (mut z, mut q) = (vec![0.0; n], vec![0.0; n]);
    let mut curvatures = Curvatures::default();
    while run.may_iterate() {
        run.precondition(&run.r, &mut z);
        run.product(&z, &mut q)?;
        let curvature = dot(&z, &q);
        curvatures.check(curvature, &z)?;
        let alpha = dot(&run.r, &z) / curvature;
        finite(alpha)?;
        advance(run, alpha, &z, &q);
        run.report(norm(&run.r), &z)?;
    }
    Flow::Continue(())
}
