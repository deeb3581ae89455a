//! GMRES(m): the smallest residual in the Krylov space, for any A.
//!
//! Without symmetry no short recurrence gives an orthonormal basis, so all of v₁ … vₖ is kept and
//! each new vector is made perpendicular to all of them (Arnoldi, modified Gram–Schmidt). In that
//! basis A is the Hessenberg matrix H; Givens rotations make it the triangle R, and
//! |b − A·x| is smallest where R·y = g. After m iterations the basis is thrown away and the next
//! cycle begins from the iterate reached.
//!
//! Symbols as in Saad & Schultz, *GMRES*, SIAM J. Sci. Stat. Comput. 7 (1986). The preconditioner
//! stands on the right, A·M⁻¹·(M·x) = b, so that it is the residual of A·x = b itself that is made
//! small (Saad, *Iterative Methods for Sparse Linear Systems*, 2003, §9.3.2).

use super::outcome::{Breakdown, Outcome};
use super::page::Page;
use super::run::{Flow, Run, finite};
use super::vector::{add, dot, norm, scale, set_scaled};

/// The page of this solver.
pub static PAGE: Page = Page {
    id: "gmres",
    name: "GMRES",
    long_name: "Generalized minimum residual, restarted",
    summary: "Takes the point of the Krylov space with the smallest residual, for any matrix. To do \
              so it keeps the whole basis, so each iteration costs more than the last; GMRES(m) \
              therefore starts afresh after m iterations.",
    formula: "w = A·M⁻¹·vₖ\nhᵢₖ = wᵀvᵢ,  w ← w − hᵢₖ·vᵢ  (i = 1 … k)\nvₖ₊₁ = w / |w|\n\
              y minimizes |  |r₀|·e₁ − H·y |  (Givens rotations)\nx = x₀ + M⁻¹·(v₁ … vₖ)·y",
    needs: "Any non-singular matrix.",
    fails_on: "A restart m that is too short: the residual can then stand still for ever (on a \
               matrix that only permutes the unknowns, until m = n). On a singular matrix the \
               space can stop growing before it holds a solution.",
    source: "Y. Saad and M. H. Schultz, GMRES: A Generalized Minimal Residual Algorithm for Solving \
             Nonsymmetric Linear Systems, 1986",
    products: 1,
    memory: "m + 5",
};

/// A new basis vector this short against A·v is a rounding error: the space has stopped growing.
const EXHAUSTED: f64 = 4.0 * f64::EPSILON;

/// A diagonal entry of R this small against the largest is a rounding error: A has taken all that is
/// new from the last basis vector.
const SINGULAR: f64 = 1e-14;

/// A cycle that leaves more of the residual than this has got nowhere.
const NO_PROGRESS: f64 = 1.0 - 1e-10;

/// H as the triangle R (by columns), the rotations that made it so, and g.
struct Triangle {
    columns: Vec<Vec<f64>>,
    /// (c, s) of each column.
    rotations: Vec<(f64, f64)>,
    /// The right side; its last element is |r| with a sign.
    g: Vec<f64>,
    /// The largest entry on the diagonal of R so far.
    largest: f64,
}

impl Triangle {
    fn new(residual: f64) -> Self {
        Self { columns: Vec::new(), rotations: Vec::new(), g: vec![residual], largest: 0.0 }
    }

    /// Adds the column h₁ₖ … hₖ₊₁,ₖ of H, and returns the rotation (c, s) that made it fit and the
    /// new last element of g. Where nothing is left of the column, nothing.
    fn add(&mut self, mut h: Vec<f64>) -> Option<(f64, f64, f64)> {
        let k = self.columns.len();
        for (i, &(c, s)) in self.rotations.iter().enumerate() {
            (h[i], h[i + 1]) = (c * h[i] + s * h[i + 1], c * h[i + 1] - s * h[i]);
        }
        let diagonal = h[k].hypot(h[k + 1]);
        self.largest = self.largest.max(diagonal);
        if diagonal <= SINGULAR * self.largest {
            return None;
        }
        let (c, s) = (h[k] / diagonal, h[k + 1] / diagonal);
        h[k] = diagonal;
        h.truncate(k + 1);
        let last = -s * self.g[k];
        self.g[k] *= c;
        self.g.push(last);
        self.rotations.push((c, s));
        self.columns.push(h);
        Some((c, s, last))
    }

    /// The y with R·y = g, from the last element to the first.
    fn solve(&self) -> Vec<f64> {
        let mut y = self.g[..self.columns.len()].to_vec();
        for (k, column) in self.columns.iter().enumerate().rev() {
            y[k] /= column[k];
            let known = y[k];
            add(&mut y[..k], -known, column);
        }
        y
    }
}

pub(super) fn run(run: &mut Run<'_>) -> Flow {
    let n = run.dimension();
    let m = run.restart.clamp(1, n);
    // Grows to m + 1 vectors and is used again in each cycle.
    let mut basis = vec![vec![0.0; n]];
    let (mut start, mut z) = (vec![0.0; n], vec![0.0; n]);
    while run.may_iterate() {
        let before = norm(&run.r);
        start.copy_from_slice(&run.x);
        cycle(run, m, &start, &mut basis, &mut z)?;
        if !run.may_iterate() {
            break;
        }
        // Each cycle begins from the true residual.
        run.compute_residual()?;
        let residual = norm(&run.r);
        if run.is_solved(residual) {
            return Flow::Break(Outcome::Converged);
        }
        if residual > NO_PROGRESS * before {
            return Flow::Break(Outcome::Stagnated);
        }
    }
    Flow::Continue(())
}

/// At most m iterations from x = `start` and its residual r; `z` is room for one vector.
fn cycle(
    run: &mut Run<'_>,
    m: usize,
    start: &[f64],
    basis: &mut Vec<Vec<f64>>,
    z: &mut [f64],
) -> Flow {
    let residual = norm(&run.r);
    finite(residual.recip())?;
    set_scaled(&mut basis[0], residual.recip(), &run.r);
    let mut triangle = Triangle::new(residual);
    for k in 0..m {
        if !run.may_iterate() {
            break;
        }
        if basis.len() == k + 1 {
            basis.push(vec![0.0; start.len()]);
        }
        let (known, rest) = basis.split_at_mut(k + 1);
        let w = &mut rest[0];

        // Arnoldi: w = A·M⁻¹·vₖ, made perpendicular to all that is known.
        run.precondition(&known[k], z);
        run.product(z, w)?;
        let size = norm(w);
        let mut h = Vec::with_capacity(k + 2);
        for v in &*known {
            let projection = dot(w, v);
            add(w, -projection, v);
            h.push(projection);
        }
        let length = norm(w);
        let exhausted = length <= EXHAUSTED * size;
        h.push(if exhausted { 0.0 } else { length });
        let Some((c, s, g)) = triangle.add(h) else {
            return Flow::Break(Outcome::Breakdown(Breakdown::SpaceExhausted));
        };
        finite(c + s + g)?;

        // x = start + M⁻¹·(v₁ … vₖ)·y
        z.fill(0.0);
        for (y, v) in triangle.solve().into_iter().zip(&*known) {
            add(z, y, v);
        }
        run.move_to(start, z);
        // r ← s²·r + c·g·vₖ₊₁, whose norm is |g|.
        scale(w, if exhausted { 0.0 } else { length.recip() });
        for (r, w) in run.r.iter_mut().zip(w) {
            *r = s * s * *r + c * g * *w;
        }
        run.report(g.abs(), &known[k])?;
        if exhausted {
            break;
        }
    }
    Flow::Continue(())
}
