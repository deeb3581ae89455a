//! The inner loops of the matrix product: a tile of the result that stays in registers while the
//! terms are added up.
//!
//! ```text
//!     out[r][c] = start[r] + Σₜ left[r][t]·right[t][c]          R rows × C vectors of c
//! ```
//!
//! How a product is divided into tiles is the matter of `product.rs`. A loop over the terms of a
//! small tile takes as long as the machine needs to read its instructions, so nothing may be in it
//! that need not be: whole rows of the right matrix are handed on one by one, and where in a row
//! the tile begins is checked once.

use pulp::Simd;

use super::{Product, Start};

/// A product at work.
pub(super) struct Multiply<'a, S> {
    pub(super) simd: S,
    pub(super) product: &'a Product<'a, f32>,
    pub(super) out: &'a mut [f32],
    /// As in `product`; every tile asks for these two.
    pub(super) columns: usize,
    pub(super) out_stride: usize,
}

/// Some rows of the result, and some of the terms that they are sums of.
pub(super) struct Range<'a> {
    /// The first row.
    pub(super) row: usize,
    pub(super) rows: usize,
    /// The first term.
    pub(super) term: usize,
    pub(super) terms: usize,
    pub(super) start: Start<'a, f32>,
}

/// The part of the left matrix that belongs to a [`Range`].
#[derive(Clone, Copy)]
pub(super) struct Factors<'a> {
    pub(super) values: &'a [f32],
    /// The distance between two rows, or between two terms.
    pub(super) stride: usize,
    /// If it lies term by term: the place of the first row among the numbers of a term.
    pub(super) first: usize,
}

/// The left matrix lies row by row.
pub(super) const BY_ROWS: bool = true;
/// It lies term by term: it is a transpose, or packed.
pub(super) const BY_TERMS: bool = false;

impl<S: Simd> Multiply<'_, S> {
    /// Computes `R` rows by `C` vectors of the result.
    #[inline(always)]
    pub(super) fn tile<const R: usize, const C: usize, const ORDER: bool>(
        &mut self,
        range: &Range<'_>,
        row: usize,
        column: usize,
        left: Factors<'_>,
    ) {
        let Factors { values, stride, first } = left;
        let simd = self.simd;
        let mut sums = [[simd.splat_f32s(0.0); C]; R];
        let terms = range.terms;
        let right_rows = self.right_rows(range);
        if ORDER == BY_ROWS {
            // Cut to the same length beforehand, so that the bounds are not checked in the loop.
            let mut factors: [&[f32]; R] = [&[]; R];
            for (r, factors) in factors.iter_mut().enumerate() {
                *factors = &values[(row + r) * stride..][..terms];
            }
            for (term, right) in (0..terms).zip(right_rows) {
                let vectors = vectors::<S, C>(right, column);
                for (sums, factors) in sums.iter_mut().zip(&factors) {
                    add_multiple(simd, sums, factors[term], vectors);
                }
            }
        } else {
            let place = first + row;
            let columns = values[..terms * stride].chunks_exact(stride);
            for (factors, right) in columns.zip(right_rows) {
                let vectors = vectors::<S, C>(right, column);
                for (sums, &factor) in sums.iter_mut().zip(&factors[place..][..R]) {
                    add_multiple(simd, sums, factor, vectors);
                }
            }
        }
        self.store(range, row, column, &sums);
    }

    /// Computes `C` vectors of all rows, each a sum of `T` terms: the right matrix stays in
    /// registers.
    #[inline(always)]
    pub(super) fn few_terms<const T: usize, const C: usize, const ORDER: bool>(
        &mut self,
        range: &Range<'_>,
        column: usize,
        left: Factors<'_>,
    ) {
        let Factors { values, stride, first } = left;
        let simd = self.simd;
        let mut held = [[simd.splat_f32s(0.0); C]; T];
        for (held, right) in held.iter_mut().zip(self.right_rows(range)) {
            *held = vectors::<S, C>(right, column);
        }
        for row in 0..range.rows {
            let mut sums = [[simd.splat_f32s(0.0); C]];
            for (term, &vectors) in held.iter().enumerate() {
                let place = if ORDER == BY_ROWS {
                    row * stride + term
                } else {
                    term * stride + first + row
                };
                add_multiple(simd, &mut sums[0], values[place], vectors);
            }
            self.store(range, row, column, &sums);
        }
    }

    /// The rows of the right matrix that the terms of a range need.
    #[inline(always)]
    fn right_rows(&self, range: &Range<'_>) -> std::slice::ChunksExact<'_, f32> {
        let Product { right, right_stride, .. } = *self.product;
        right[range.term * right_stride..][..range.terms * right_stride].chunks_exact(right_stride)
    }

    /// Adds a tile's sums to what they start from.
    #[inline(always)]
    fn store<const R: usize, const C: usize>(
        &mut self,
        range: &Range<'_>,
        row: usize,
        column: usize,
        sums: &[[S::f32s; C]; R],
    ) {
        let simd = self.simd;
        let (columns, out_stride) = (self.columns, self.out_stride);
        let row = range.row + row;
        let out = &mut self.out[row * out_stride + column..];
        if column + C * S::F32_LANES > columns {
            return store_rest(simd, range.start, row, out, out_stride, columns - column, sums);
        }
        match range.start {
            Start::Zero => {
                for (r, sums) in sums.iter().enumerate() {
                    if let Some(vectors) = vectors_mut::<S, C>(out, r * out_stride) {
                        *vectors = *sums;
                    }
                }
            }
            Start::Rows(starts) => {
                for ((r, sums), &start) in sums.iter().enumerate().zip(&starts[row..][..R]) {
                    if let Some(vectors) = vectors_mut::<S, C>(out, r * out_stride) {
                        let start = simd.splat_f32s(start);
                        for (vector, &sum) in vectors.iter_mut().zip(sums) {
                            *vector = simd.add_f32s(start, sum);
                        }
                    }
                }
            }
            Start::Keep => {
                for (r, sums) in sums.iter().enumerate() {
                    if let Some(vectors) = vectors_mut::<S, C>(out, r * out_stride) {
                        for (vector, &sum) in vectors.iter_mut().zip(sums) {
                            *vector = simd.add_f32s(*vector, sum);
                        }
                    }
                }
            }
        }
    }
}

/// The same for the last vector of each row, of which the row has only the first `rest` numbers.
#[inline(always)]
fn store_rest<S: Simd, const R: usize, const C: usize>(
    simd: S,
    start: Start<'_, f32>,
    row: usize,
    out: &mut [f32],
    out_stride: usize,
    rest: usize,
    sums: &[[S::f32s; C]; R],
) {
    for (r, sums) in sums.iter().enumerate() {
        let target = &mut out[r * out_stride..][..rest];
        let start = match start {
            Start::Zero => simd.splat_f32s(0.0),
            Start::Rows(starts) => simd.splat_f32s(starts[row + r]),
            Start::Keep => simd.partial_load_f32s(target),
        };
        simd.partial_store_f32s(target, simd.add_f32s(start, sums[0]));
    }
}

/// `C` vectors of `values` from `place` on.
#[inline(always)]
fn vectors<S: Simd, const C: usize>(values: &[f32], place: usize) -> [S::f32s; C] {
    let vectors = S::as_simd_f32s(&values[place..][..C * S::F32_LANES]).0;
    std::array::from_fn(
        #[inline(always)]
        |c| vectors[c],
    )
}

/// The same to write to, always there. An array of known length: sums that are counted off one by
/// one would have to lie in memory instead of registers.
#[inline(always)]
fn vectors_mut<S: Simd, const C: usize>(
    values: &mut [f32],
    place: usize,
) -> Option<&mut [S::f32s; C]> {
    S::as_mut_simd_f32s(&mut values[place..][..C * S::F32_LANES]).0.first_chunk_mut()
}

/// sums ← sums + factor · vectors.
#[inline(always)]
fn add_multiple<S: Simd, const C: usize>(
    simd: S,
    sums: &mut [S::f32s; C],
    factor: f32,
    vectors: [S::f32s; C],
) {
    let factor = simd.splat_f32s(factor);
    for (sum, vector) in sums.iter_mut().zip(vectors) {
        *sum = simd.mul_add_e_f32s(factor, vector, *sum);
    }
}
