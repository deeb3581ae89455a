//! Large matrix products, by the `gemm` crate.
//!
//! Once a matrix no longer fits the cache next to the core, it pays to copy it piece by piece into
//! the order in which it is read; the crate does that well. This file is the one place of Netsmith
//! with `unsafe` code: the crate takes pointers, and here they are checked first.

use super::{Left, Product, Start};

/// A right matrix of fewer numbers than this (256 KB) stays in the cache without being copied.
/// Measured on a core with 1 MB of second-level cache: own tiles are as fast up to about here.
const LARGE: usize = 1 << 16;

/// With fewer rows than this, copying the right matrix costs more than it saves.
const TALL: usize = 32;

/// Whether a product is faster here than in tiles of our own.
#[inline(always)]
pub(super) fn is_worthwhile(product: &Product<'_, f32>, columns: usize) -> bool {
    product.rows >= TALL && product.terms * columns >= LARGE
}

/// How many rows of a product are computed in one call: a quarter, within limits. The right matrix
/// is copied again for each block. Measured on a network of 784-1024-1024-10: blocks of 256 rows
/// are as fast as a single one, blocks of 128 rows about 3 % slower.
pub(super) fn rows_in_block(product: &Product<'_, f32>) -> usize {
    product.rows.div_ceil(4).next_multiple_of(8).clamp(64, 256)
}

/// See [`Kernels::product`](super::Kernels::product).
///
/// # Panics
/// If a matrix is larger than the slice that holds it.
pub(super) fn product(product: &Product<'_, f32>, out: &mut [f32], columns: usize) {
    let Product { start, left, right, right_stride, rows, terms } = *product;
    let (left, row_step, term_step) = match left {
        Left::Rows { values, stride } => (values, stride, 1),
        Left::Columns { values, stride } => (values, 1, stride),
    };
    let left = Matrix { values: left, rows, columns: terms, row_step, column_step: term_step };
    let right =
        Matrix { values: right, rows: terms, columns, row_step: right_stride, column_step: 1 };
    match start {
        Start::Zero => multiply(left, right, out, false),
        Start::Rows(starts) => {
            for (row, &start) in out.chunks_mut(columns.max(1)).zip(&starts[..rows]) {
                row.fill(start);
            }
            multiply(left, right, out, true);
        }
        Start::Keep => multiply(left, right, out, true),
    }
}

/// A matrix somewhere in a slice.
#[derive(Clone, Copy)]
struct Matrix<'a> {
    values: &'a [f32],
    rows: usize,
    columns: usize,
    /// The distance from one row to the next.
    row_step: usize,
    /// The distance from one column to the next.
    column_step: usize,
}

impl Matrix<'_> {
    /// Whether every element lies in the slice. A matrix without elements does not count.
    fn is_inside(&self) -> bool {
        let down = self.rows.checked_sub(1).and_then(|row| row.checked_mul(self.row_step));
        let along = self.columns.checked_sub(1).and_then(|c| c.checked_mul(self.column_step));
        let last = down.zip(along).and_then(|(down, along)| down.checked_add(along));
        last.is_some_and(|last| last < self.values.len())
    }
}

/// out = left · right, or out + left · right with `add`; `out` lies row by row without gaps.
fn multiply(left: Matrix<'_>, right: Matrix<'_>, out: &mut [f32], add: bool) {
    assert!(left.is_inside() && right.is_inside(), "a matrix is larger than its slice");
    assert_eq!(left.columns, right.rows, "one column on the left for each row on the right");
    let size = left.rows.checked_mul(right.columns);
    assert!(size.is_some_and(|size| size <= out.len()), "the result is larger than its slice");
    let step = |step: usize| step.cast_signed();
    #[expect(unsafe_code, reason = "the crate takes pointers; the slices are checked above")]
    // SAFETY: Both matrices were just checked to lie inside their slices, and the result, which
    // has no gaps, inside `out`. `out` is borrowed mutably, so it overlaps neither. No matrix is
    // empty. A slice is at most `isize::MAX` bytes long, so no step that is taken overflows.
    unsafe {
        gemm::gemm(
            left.rows,
            right.columns,
            left.columns,
            out.as_mut_ptr(),
            1,
            step(right.columns),
            add,
            left.values.as_ptr(),
            step(left.column_step),
            step(left.row_step),
            right.values.as_ptr(),
            step(right.column_step),
            step(right.row_step),
            1.0,
            1.0,
            false,
            false,
            false,
            gemm::Parallelism::None,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "larger than its slice")]
    fn a_matrix_outside_its_slice_is_refused() {
        let (left, right) = ([1.0; 12], [1.0; 20]);
        let left = Left::Rows { values: &left, stride: 4 };
        let start = Start::Zero;
        let one_row_too_many =
            Product { start, left, right: &right, right_stride: 5, rows: 4, terms: 4 };
        product(&one_row_too_many, &mut [0.0; 20], 5);
    }

    #[test]
    #[should_panic(expected = "larger than its slice")]
    fn sizes_that_overflow_are_refused() {
        let left = Left::Rows { values: &[1.0], stride: usize::MAX / 2 };
        let start = Start::Keep;
        let right = &[1.0; 2];
        let huge = Product { start, left, right, right_stride: 1, rows: 3, terms: 1 };
        product(&huge, &mut [0.0; 3], 1);
    }
}
