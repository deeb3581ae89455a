//! BiCG: short recurrences for any matrix, bought with products with Aᵀ.
//!
//! CG with a second, *shadow* system Aᵀ·x̃ = b̃ run beside it: the residual r is kept perpendicular to
//! the Krylov space of Aᵀ, the shadow residual r̃ to that of A. Nothing is minimized, so the
//! residual may jump, and the two numbers divided by may vanish. On a symmetric A it is CG, at
//! twice the price and without its guard against negative curvature.
//! Fletcher 1976; Barrett et al., *Templates*, 1994, §2.3.5.

use super::outcome::{Breakdown, Outcome};
use super::page::Page;
use super::run::{Flow, Run, advance, finite, vanishes};
use super::vector::{add, dot, norm, scale_and_add};

/// The page of this solver.
pub static PAGE: Page = Page {
    id: "bicg",
    name: "BiCG",
    long_name: "Biconjugate gradient",
    summary: "Runs CG on A and on its transpose side by side and keeps each residual perpendicular \
              to the other's space. This needs little memory for any matrix, but nothing is \
              minimized and the residual may jump up and down.",
    formula: "z = M⁻¹·r,  z̃ = M⁻ᵀ·r̃,  ρ = r̃ᵀz\np ← z + (ρ / ρ_old)·p,  p̃ ← z̃ + (ρ / ρ_old)·p̃\n\
              α = ρ / p̃ᵀAp\nx ← x + α·p\nr ← r − α·Ap,  r̃ ← r̃ − α·Aᵀp̃",
    needs: "Any matrix whose transpose can be multiplied with, too.",
    fails_on: "It breaks down when r̃ᵀr or p̃ᵀAp becomes zero, and loses digits when they come near \
               it: the residual then has high peaks. On a matrix that turns every vector by a right \
               angle it breaks down in the first step.",
    source: "R. Fletcher, Conjugate Gradient Methods for Indefinite Systems, 1976",
    products: 2,
    memory: "9",
};

pub(super) fn run(run: &mut Run<'_>) -> Flow {
    let n = run.dimension();
    // What belongs to the shadow system has a tilde in the formulas and “shadow” here.
    let mut shadow_r = run.r.clone();
    let (mut z, mut shadow_z) = (vec![0.0; n], vec![0.0; n]);
    let (mut p, mut shadow_p) = (vec![0.0; n], vec![0.0; n]);
    // q = A·p and q̃ = Aᵀ·p̃
    let (mut q, mut shadow_q) = (vec![0.0; n], vec![0.0; n]);
    // With p = 0 any ρ_old gives the first direction, p = z.
    let mut rho_old = 1.0;
    while run.may_iterate() {
        run.precondition(&run.r, &mut z);
        run.precondition(&shadow_r, &mut shadow_z);
        let rho = dot(&shadow_r, &z);
        finite(rho)?;
        if vanishes(rho, &shadow_r, &z) {
            return Flow::Break(Outcome::Breakdown(Breakdown::Rho));
        }
        let beta = rho / rho_old;
        scale_and_add(&mut p, beta, &z);
        scale_and_add(&mut shadow_p, beta, &shadow_z);
        rho_old = rho;

        run.product(&p, &mut q)?;
        run.transpose_product(&shadow_p, &mut shadow_q)?;
        let curvature = dot(&shadow_p, &q);
        finite(curvature)?;
        if vanishes(curvature, &shadow_p, &q) {
            return Flow::Break(Outcome::Breakdown(Breakdown::Curvature));
        }
        let alpha = rho / curvature;
        finite(alpha)?;
        advance(run, alpha, &p, &q);
        add(&mut shadow_r, -alpha, &shadow_q);
        run.report(norm(&run.r), &p)?;
    }
    Flow::Continue(())
}
