//! Inner products of rows: the gradient of a layer's weights where the layer has few units, or few
//! inputs.
//!
//! ```text
//!     out[l][r] = Σₛ left[l][s]·right[r][s]          over the samples s
//! ```
//!
//! is the product of the left matrix and the transpose of the right one. [`Kernels::product`] needs
//! that transpose in memory and works on whole vectors of r and on several l at a time. Where there
//! are few of one of them, it computes mostly what nobody asked for, and turning the matrix takes
//! longer than multiplying. Here both lie as they are; each sum is gathered in the lanes of a
//! vector, which are added up at the end.

use super::Kernels;
use crate::nn::number::Number;
use crate::nn::real::Real;

/// With at most so many rows on one side, inner products are faster than turning one side and
/// multiplying. Measured.
const FEW: usize = 4;

/// Rows that are multiplied by the same one at a time: so many sums hide each other's waiting.
const TOGETHER: usize = 4;

/// Whether a layer has so few inputs that its gradient never needs them sample by sample.
#[inline]
pub(in crate::nn) const fn is_narrow(inputs: usize) -> bool {
    inputs <= FEW
}

/// Whether the outer product of so many rows with so many others is made by [`inner_products`].
#[inline]
pub(in crate::nn) const fn is_thin(left: usize, right: usize) -> bool {
    left <= FEW || right <= FEW
}

/// out = left · rightᵀ, or that added to `out`: the inner products of the rows of `left` with those
/// of `right`, `width` numbers each. `out` has one row for each row of `left`.
#[inline(always)]
pub(in crate::nn) fn inner_products<T: Real, K: Kernels<T>>(
    kernels: K,
    left: &[T],
    right: &[T],
    width: usize,
    added: bool,
    out: &mut [T],
) {
    let columns = right.len() / width;
    if left.len() <= right.len() {
        for (row, out) in left.chunks_exact(width).zip(out.chunks_exact_mut(columns)) {
            with_each(kernels, row, right, added, out.iter_mut());
        }
    } else {
        for (column, row) in right.chunks_exact(width).enumerate() {
            with_each(kernels, row, left, added, out.iter_mut().skip(column).step_by(columns));
        }
    }
}

/// The inner products of `row` with each of `rows`.
#[inline(always)]
fn with_each<'a, T: Real, K: Kernels<T>>(
    kernels: K,
    row: &[T],
    rows: &[T],
    added: bool,
    mut out: impl Iterator<Item = &'a mut T>,
) {
    let mut groups = rows.chunks_exact(TOGETHER * row.len());
    for group in &mut groups {
        let sums = with_group::<TOGETHER, T, K>(kernels, row, group);
        for (sum, out) in sums.into_iter().zip(&mut out) {
            *out = if added { *out + sum } else { sum };
        }
    }
    for (other, out) in groups.remainder().chunks_exact(row.len()).zip(out) {
        let [sum] = with_group::<1, T, K>(kernels, row, other);
        *out = if added { *out + sum } else { sum };
    }
}

/// The inner products of `row` with each of `N` rows.
#[inline(always)]
fn with_group<const N: usize, T: Real, K: Kernels<T>>(
    kernels: K,
    row: &[T],
    group: &[T],
) -> [T; N] {
    let vectors = K::vectors(row);
    // Cut to the same length beforehand, so that the bounds are not checked in the loop.
    let mut others: [&[K::Vector]; N] = [&[]; N];
    for (other, values) in others.iter_mut().zip(group.chunks_exact(row.len())) {
        *other = &K::vectors(values)[..vectors.len()];
    }
    let mut sums = [kernels.splat(T::zero()); N];
    for (place, &x) in vectors.iter().enumerate() {
        let x = kernels.lane(x);
        for (sum, other) in sums.iter_mut().zip(&others) {
            *sum = x.multiply_add(kernels.lane(other[place]), *sum);
        }
    }
    let mut products = [T::zero(); N];
    for (product, sum) in products.iter_mut().zip(sums) {
        *product = kernels.sum(sum);
    }
    products
}
