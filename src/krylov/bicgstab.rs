//! BiCGSTAB: BiCG without the transpose, its jumps smoothed.
//!
//! Each iteration is a step of BiCG along p, which leaves the residual s, followed by a step along
//! s itself, as long (ω) as makes |s − ω·A·s| smallest: one iteration of GMRES(1). The products
//! with Aᵀ have been traded for a second one with A.
//! van der Vorst 1992; Barrett et al., *Templates*, 1994, §2.3.8.

use super::outcome::{Breakdown, Outcome};
use super::page::Page;
use super::run::{Flow, Run, finite, vanishes};
use super::vector::{add, dot, norm, scale_and_add};

/// The page of this solver.
pub static PAGE: Page = Page {
    id: "bicgstab",
    name: "BiCGSTAB",
    long_name: "Stabilized biconjugate gradient",
    summary: "BiCG rearranged so that it needs no transpose, with a small minimizing step after \
              each iteration that smooths the residual. A good first choice for a large \
              non-symmetric system when memory for GMRES is short.",
    formula: "ρ = r̃ᵀr,  p ← r + (ρ / ρ_old)·(α / ω)·(p − ω·v)\nv = A·M⁻¹·p,  α = ρ / r̃ᵀv\n\
              s = r − α·v,  t = A·M⁻¹·s,  ω = tᵀs / tᵀt\nx ← x + M⁻¹·(α·p + ω·s)\nr ← s − ω·t",
    needs: "Any matrix; best when its eigenvalues lie on one side of zero.",
    fails_on: "It breaks down where BiCG does, and when ω becomes zero: on matrices whose \
               eigenvalues are (nearly) imaginary the smoothing step goes nowhere. On indefinite \
               matrices it is often slower than GMRES or does not converge.",
    source: "H. A. van der Vorst, Bi-CGSTAB: A Fast and Smoothly Converging Variant of Bi-CG, 1992",
    products: 2,
    memory: "9",
};

pub(super) fn run(run: &mut Run<'_>) -> Flow {
    let n = run.dimension();
    let shadow = run.r.clone();
    let (mut p, mut p_hat, mut v) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
    let (mut s, mut s_hat, mut t) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
    // With p = v = 0 any values give the first direction, p = r.
    let (mut rho_old, mut alpha, mut omega) = (1.0, 1.0, 1.0);
    while run.may_iterate() {
        let rho = dot(&shadow, &run.r);
        finite(rho)?;
        if vanishes(rho, &shadow, &run.r) {
            return Flow::Break(Outcome::Breakdown(Breakdown::Rho));
        }
        let beta = (rho / rho_old) * (alpha / omega);
        finite(beta)?;
        add(&mut p, -omega, &v);
        scale_and_add(&mut p, beta, &run.r);
        rho_old = rho;

        // The step of BiCG.
        run.precondition(&p, &mut p_hat);
        run.product(&p_hat, &mut v)?;
        let along = dot(&shadow, &v);
        finite(along)?;
        if vanishes(along, &shadow, &v) {
            return Flow::Break(Outcome::Breakdown(Breakdown::Curvature));
        }
        alpha = rho / along;
        finite(alpha)?;
        s.copy_from_slice(&run.r);
        add(&mut s, -alpha, &v);
        let half_way = norm(&s);
        if run.is_solved(half_way) {
            add(&mut run.x, alpha, &p_hat);
            run.r.copy_from_slice(&s);
            run.report(half_way, &p)?;
        }

        // The step that makes the residual smallest along s.
        run.precondition(&s, &mut s_hat);
        run.product(&s_hat, &mut t)?;
        let overlap = dot(&t, &s);
        finite(overlap)?;
        if vanishes(overlap, &t, &s) {
            return Flow::Break(Outcome::Breakdown(Breakdown::Omega));
        }
        omega = overlap / dot(&t, &t);
        finite(omega)?;
        add(&mut run.x, alpha, &p_hat);
        add(&mut run.x, omega, &s_hat);
        run.r.copy_from_slice(&s);
        add(&mut run.r, -omega, &t);
        run.report(norm(&run.r), &p)?;
    }
    Flow::Continue(())
}
