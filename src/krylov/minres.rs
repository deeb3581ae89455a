//! MINRES: the smallest residual in the Krylov space, for any symmetric A.
//!
//! The Lanczos process builds an orthonormal basis v₁, v₂, … of the Krylov space in which a
//! symmetric A is tridiagonal, with αₖ on and βₖ beside the diagonal. One rotation (c, s) an
//! iteration makes that triangular, and the x with the smallest |b − A·x| follows from the one
//! before by a short recurrence; nothing of the past need be kept. No curvature is divided by, so
//! negative eigenvalues do no harm.
//!
//! Symbols as in Paige & Saunders, *Solution of sparse indefinite systems of linear equations*,
//! SIAM J. Numer. Anal. 12 (1975), and in the reference program by Saunders. The update of r is
//! that of Choi, Paige & Saunders, *MINRES-QLP* (2011).

use super::outcome::Outcome;
use super::page::Page;
use super::run::{Flow, Run, finite};
use super::vector::{add, dot, norm, set_scaled};

/// The page of this solver.
pub static PAGE: Page = Page {
    id: "minres",
    name: "MINRES",
    long_name: "Minimum residual",
    summary: "Takes the point of the Krylov space with the smallest residual, so the residual never \
              grows. Since it looks at |b − A·x| and not at the quadratic, eigenvalues may be \
              negative.",
    formula: "β·v = M-orthonormal Lanczos vector (three terms)\nα = vᵀAv\n\
              γ = √(ḡ² + β²),  c = ḡ / γ,  s = β / γ\nw = (v − ε·w₋₂ − δ·w₋₁) / γ\n\
              x ← x + c·φ·w,  φ ← s·φ  (|r| = φ)",
    needs: "Symmetric matrices, definite or not; singular ones too, where it finds the x with the \
            smallest residual.",
    fails_on: "On a non-symmetric matrix the short recurrence is not a basis any more: the residual \
               it believes in has nothing to do with b − A·x. With many eigenvalues on both sides \
               of zero it needs about κ iterations, where CG on a definite matrix needs √κ.",
    source: "C. C. Paige and M. A. Saunders, Solution of Sparse Indefinite Systems of Linear \
             Equations, 1975",
    products: 1,
    memory: "9",
};

/// |A·r| / (|A|·|r|) below which r counts as the smallest there is. About √ε: on a singular A rounding
/// keeps it from falling much further, and x would begin to grow along the null vectors.
const LEAST_SQUARES: f64 = 6e-8;

/// γ against the largest γ so far below which dividing by it adds nothing but rounding errors: A is
/// singular as far as `f64` can tell.
const SINGULAR: f64 = 10.0 * f64::EPSILON;

/// The tridiagonal matrix of the Lanczos process and its rotations, as far as they are needed.
struct Tridiagonal {
    /// β of the last iteration and of this one.
    beta_old: f64,
    beta: f64,
    /// d̄ and ε, what the last rotation left for the next column.
    dbar: f64,
    epsilon: f64,
    /// The last rotation.
    c: f64,
    s: f64,
    /// The sum of squares of all entries, an estimate of |A|².
    squares: f64,
    /// The largest γ so far.
    largest: f64,
}

/// The column that a rotation has made triangular: w = (v − ε·w₋₂ − δ·w₋₁) / γ.
struct Column {
    epsilon: f64,
    delta: f64,
    gamma: f64,
    /// Whether the residual before this iteration cannot be made smaller.
    is_least: bool,
}

impl Tridiagonal {
    fn new(beta: f64) -> Self {
        Self {
            beta_old: 0.0,
            beta,
            dbar: 0.0,
            epsilon: 0.0,
            c: -1.0,
            s: 0.0,
            squares: 0.0,
            largest: 0.0,
        }
    }

    /// Adds the column (αₖ, βₖ₊₁).
    fn add(&mut self, alpha: f64, beta: f64) -> Column {
        // The first β is the length of the residual and no entry of the matrix: with it, the answer
        // would depend on the units of b.
        let above = if self.squares > 0.0 { self.beta } else { 0.0 };
        self.beta_old = self.beta;
        self.squares += alpha * alpha + above * above + beta * beta;
        // A Lanczos vector of the length of a rounding error is none.
        self.beta = if beta <= f64::EPSILON * self.squares.sqrt() { 0.0 } else { beta };
        // The rotation before: [δ ε′; ḡ d̄′] = [c s; s −c]·[d̄ 0; α β].
        let epsilon = self.epsilon;
        let delta = self.c * self.dbar + self.s * alpha;
        let gbar = self.s * self.dbar - self.c * alpha;
        self.epsilon = self.s * self.beta;
        self.dbar = -self.c * self.beta;
        // |A·r| = |r|·√(ḡ² + d̄′²) for the residual before this iteration.
        let slope = gbar.hypot(self.dbar);
        // This rotation: [γ; 0] = [c s; s −c]·[ḡ; β].
        let gamma = gbar.hypot(self.beta);
        if gamma > 0.0 {
            (self.c, self.s) = (gbar / gamma, self.beta / gamma);
        }
        self.largest = self.largest.max(gamma);
        let is_least =
            slope <= LEAST_SQUARES * self.squares.sqrt() || gamma <= SINGULAR * self.largest;
        Column { epsilon, delta, gamma, is_least }
    }
}

pub(super) fn run(run: &mut Run<'_>) -> Flow {
    let n = run.dimension();
    // β·M·v of this iteration and the one before: “r2” and “r1” of the reference program.
    let (mut lanczos, mut lanczos_old) = (run.r.clone(), vec![0.0; n]);
    // β·v = M⁻¹·(β·M·v)
    let mut y = vec![0.0; n];
    run.precondition(&lanczos, &mut y);
    let (mut v, mut q) = (vec![0.0; n], vec![0.0; n]);
    let (mut w, mut w_old) = (vec![0.0; n], vec![0.0; n]);
    let beta = dot(&lanczos, &y).sqrt();
    finite(beta.recip())?;
    let mut t = Tridiagonal::new(beta);
    let mut phi = beta;
    while run.may_iterate() {
        // Lanczos: q = A·v − (β/β_old)·r1 − (α/β)·r2 is the next one.
        set_scaled(&mut v, t.beta.recip(), &y);
        run.product(&v, &mut q)?;
        if t.beta_old > 0.0 {
            add(&mut q, -t.beta / t.beta_old, &lanczos_old);
        }
        let alpha = dot(&v, &q);
        add(&mut q, -alpha / t.beta, &lanczos);
        std::mem::swap(&mut lanczos_old, &mut lanczos);
        std::mem::swap(&mut lanczos, &mut q);
        run.precondition(&lanczos, &mut y);
        let beta = dot(&lanczos, &y).sqrt();
        finite(alpha)?;
        finite(beta)?;

        let column = t.add(alpha, beta);
        if column.is_least {
            return Flow::Break(Outcome::LeastSquares);
        }
        // w ← (v − ε·w₋₂ − δ·w₋₁) / γ; the oldest makes room for the newest.
        for ((w_old, w), v) in w_old.iter_mut().zip(&w).zip(&v) {
            *w_old = (v - column.epsilon * *w_old - column.delta * w) / column.gamma;
        }
        std::mem::swap(&mut w_old, &mut w);
        add(&mut run.x, t.c * phi, &w);
        phi *= t.s;
        // r ← s²·r − c·φ·M·v₊₁
        let (s, c) = (t.s, t.c);
        let next = if t.beta > 0.0 { -c * phi / t.beta } else { 0.0 };
        for (r, lanczos) in run.r.iter_mut().zip(&lanczos) {
            *r = s * s * *r + next * lanczos;
        }
        run.report(norm(&run.r), &v)?;
        if t.beta == 0.0 {
            // Only reached with a tolerance of 0: the space is complete, and r is zero.
            return Flow::Break(Outcome::Converged);
        }
    }
    Flow::Continue(())
}
