//! What a training method may ask of the thing it minimises.
//!
//! Owns the [`Objective`] trait and the [`Evaluations`] it counts. Knows nothing of networks, data
//! or batches: an objective may be a network on the current mini-batch, a formula drawn as a
//! landscape, or a test function.

use std::ops::Add;

use serde::{Deserialize, Serialize};

/// A function of [`dimension`](Objective::dimension) numbers that a training method makes smaller.
///
/// All vectors passed in have exactly `dimension` elements, and every result is about the same
/// data (the same mini-batch, the same dropout masks) until the owner of the objective moves on,
/// so a method may evaluate it at several points within one step and compare the losses.
pub trait Objective {
    /// The number of parameters.
    fn dimension(&self) -> usize;

    /// The loss at `p`.
    fn loss(&mut self, p: &[f32]) -> f32;

    /// The loss at `p`; its gradient ∂L/∂p replaces what was in `g`.
    fn loss_and_gradient(&mut self, p: &[f32], g: &mut [f32]) -> f32;

    /// The loss at `p`, and its gradient there as something that any part can be asked of, if that
    /// is cheaper than to write the whole gradient down; `None`, and nothing computed, if not.
    /// Counts as a gradient.
    fn loss_and_gradient_in_parts(&mut self, _p: &[f32]) -> Option<(f32, &dyn GradientParts)> {
        None
    }

    /// `out` = H·`v`, where H is the matrix of second derivatives of the loss at `p`.
    fn hessian_vector(&mut self, p: &[f32], v: &[f32], out: &mut [f32]);

    /// `out` = G·`v`, where G is the Gauss–Newton matrix at `p`: the part of the Hessian that is
    /// never negative along any direction.
    fn gauss_newton_vector(&mut self, p: &[f32], v: &[f32], out: &mut [f32]);

    /// Writes the whole Gauss–Newton matrix at `p` into `matrix`, row by row: `dimension` rows of
    /// `dimension` numbers. Unless the objective knows a shorter way, it takes a product for each
    /// column.
    fn gauss_newton_matrix(&mut self, p: &[f32], matrix: &mut [f32]) {
        let size = self.dimension();
        let mut unit = vec![0.0; size];
        for (column, row) in matrix.chunks_exact_mut(size.max(1)).enumerate() {
            unit.fill(0.0);
            if let Some(one) = unit.get_mut(column) {
                *one = 1.0;
            }
            // The matrix is symmetric: its columns are its rows.
            self.gauss_newton_vector(p, &unit, row);
        }
    }

    /// How often each of the above has been asked for so far.
    fn evaluations(&self) -> Evaluations;
}

/// A gradient that is nowhere written down, but can be asked for part by part, also by several
/// threads.
pub trait GradientParts: Sync {
    /// Writes a part of the gradient: ∂L/∂p of the parameters from number `first` on, whose values
    /// are `p`, as many as `g` has places.
    fn write(&self, first: usize, p: &[f32], g: &mut [f32]);

    /// The gradient of the parameters from number `first` on as rows, if it has them there. Their
    /// numbers are the same bits as [written](GradientParts::write) ones.
    fn rows(&self, _first: usize) -> Option<Rows<'_>> {
        None
    }
}

/// Rows of a gradient, one after the other, each a multiple of the same vector.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    /// What the vector is multiplied by, a number for each row.
    pub factors: &'a [f32],
    /// The vector.
    pub vector: &'a [f32],
    /// How many numbers are left out at the beginning of the first row.
    pub skipped: usize,
}

impl Rows<'_> {
    /// How many numbers they are; at least one, for the gradient begins with them.
    pub(super) fn len(&self) -> usize {
        (self.factors.len() * self.vector.len()).saturating_sub(self.skipped).max(1)
    }
}

/// Counts of the work an objective has done; the common measure on which methods are compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evaluations {
    /// Losses without a gradient (one forward pass each).
    pub losses: u64,
    /// Losses with their gradient (a forward and a backward pass each).
    pub gradients: u64,
    /// Products of a curvature matrix (Hessian or Gauss–Newton) with a vector. A whole
    /// Gauss–Newton matrix of a network counts as one for each output: so many backward passes.
    pub curvature_products: u64,
}

impl Evaluations {
    /// The work in units of one gradient, by the rule: a loss is a forward pass and counts ½, a
    /// gradient is a forward and a backward pass and counts 1, a curvature product carries a
    /// second number along with each of both and counts 2.
    ///
    /// ```
    /// use netsmith::optim::Evaluations;
    /// let work = Evaluations { losses: 4, gradients: 3, curvature_products: 5 };
    /// assert_eq!(work.gradient_equivalents(), 15.0);
    /// ```
    pub fn gradient_equivalents(self) -> f64 {
        0.5 * self.losses as f64 + self.gradients as f64 + 2.0 * self.curvature_products as f64
    }
}

impl Add for Evaluations {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            losses: self.losses + other.losses,
            gradients: self.gradients + other.gradients,
            curvature_products: self.curvature_products + other.curvature_products,
        }
    }
}
