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

/// See [`Kernels::product`](super::Kernels::product).
///
/// # Panics
/// If a matrix is larger than the slice that holds it.
pub(super) fn product(product: &Product<'_, f32>, out: &mut [f32], columns: usize) {
    let Product {
        start,
        left,
        right,
        right_stride,
        rows,
        terms,
    } = *product;
    let (left, row_step, term_step) = match left {
        Left::Rows { values, stride } => (values, stride, 1),
        Left::Columns { values, stride } => (values, 1, stride),
    };
    let out = &mut out[..rows * columns];
    match start {
        // Nothing is read then, unless there are no terms to write.
        Start::Zero if terms > 0 => {}
        Start::Zero => out.fill(0.0),
        Start::Rows(starts) => {
            for (row, &start) in out.chunks_mut(columns.max(1)).zip(&starts[..rows]) {
                row.fill(start);
            }
        }
        Start::Keep => {}
    }
    if rows == 0 || terms == 0 || columns == 0 {
        return;
    }
    let last_left = (rows - 1) * row_step + (terms - 1) * term_step;
    assert!(
        last_left < left.len(),
        "the left matrix is larger than its slice"
    );
    let last_right = (terms - 1) * right_stride + columns - 1;
    assert!(
        last_right < right.len(),
        "the right matrix is larger than its slice"
    );
    #[expect(
        unsafe_code,
        reason = "the crate takes pointers; every matrix is checked to lie inside its slice"
    )]
    // SAFETY: The farthest elements that are read, `last_left` and `last_right`, were just checked
    // to lie in their slices, and `out` was cut to exactly rows · columns elements. `out` is
    // borrowed mutably, so nothing else overlaps it. A slice is at most `isize::MAX` bytes long,
    // so no stride that passed the checks overflows (of a single row or column it is not used).
    unsafe {
        gemm::gemm(
            rows,
            columns,
            terms,
            out.as_mut_ptr(),
            1,
            columns.cast_signed(),
            !matches!(start, Start::Zero),
            left.as_ptr(),
            term_step.cast_signed(),
            row_step.cast_signed(),
            right.as_ptr(),
            1,
            right_stride.cast_signed(),
            1.0,
            1.0,
            false,
            false,
            false,
            gemm::Parallelism::None,
        );
    }
}
