//! What a solver may ask of the matrix A: its products with vectors, and nothing else.
//!
//! Owns [`LinearOperator`] and [`FromProduct`], which makes one of a closure. Knows no solver.

/// A square matrix A that is known only by its products with vectors.
///
/// The matrix need not exist anywhere: the curvature of a network with a million parameters would
/// have 10¹² entries, but its product with a vector costs about two gradients.
pub trait LinearOperator {
    /// n, the number of unknowns.
    fn dimension(&self) -> usize;

    /// out = A·v. Both have [`dimension`](Self::dimension) elements; `out` holds old values.
    fn apply(&mut self, v: &[f64], out: &mut [f64]);

    /// out = Aᵀ·v. Only BiCG asks for it. A symmetric A need not provide it: Aᵀ·v is A·v.
    fn apply_transpose(&mut self, v: &[f64], out: &mut [f64]) {
        self.apply(v, out);
    }
}

/// A symmetric operator made of a closure `|v, out|` that writes A·v into `out`.
///
/// ```
/// use netsmith::krylov::{FromProduct, LinearOperator};
///
/// // A = 3·I
/// let mut a = FromProduct::new(2, |v: &[f64], out: &mut [f64]| {
///     for (out, v) in out.iter_mut().zip(v) { *out = 3.0 * v; }
/// });
/// let mut out = [0.0; 2];
/// a.apply(&[1.0, -2.0], &mut out);
/// assert_eq!(out, [3.0, -6.0]);
/// ```
#[derive(Debug)]
pub struct FromProduct<F> {
    dimension: usize,
    product: F,
}

impl<F: FnMut(&[f64], &mut [f64])> FromProduct<F> {
    /// The operator for `dimension` unknowns with this product.
    pub const fn new(dimension: usize, product: F) -> Self {
        Self { dimension, product }
    }
}

impl<F: FnMut(&[f64], &mut [f64])> LinearOperator for FromProduct<F> {
    fn dimension(&self) -> usize {
        self.dimension
    }

    fn apply(&mut self, v: &[f64], out: &mut [f64]) {
        (self.product)(v, out);
    }
}
