//! The inner loops of the matrix product: a tile of the result that stays in registers while the
//! terms are added up.
//!
//! ```text
//!     out[r][c] = start[r] + Σₜ left[r][t]·right[t][c]          R rows × C vectors of c
//! ```
//!
//! How a product is divided into tiles is the matter of `product.rs`. A loop over the terms of a
//! tile takes at least as long as the machine needs to read its instructions, so nothing may be in
//! it that need not be: four terms are added in a turn, and where in a row the tile begins is checked
//! once.

use std::ops;
use std::slice::ChunksExact;

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

/// Rows of numbers, `stride` apart.
#[derive(Clone, Copy)]
pub(super) struct Rows<'a> {
    pub(super) values: &'a [f32],
    pub(super) stride: usize,
}

impl<'a> Rows<'a> {
    /// Some of the rows, `T` at a time.
    #[inline(always)]
    fn turns<const T: usize>(self, rows: ops::Range<usize>) -> ChunksExact<'a, f32> {
        let Self { values, stride } = self;
        values[rows.start * stride..][..rows.len() * stride].chunks_exact(T * stride)
    }

    /// Of each of the `T` rows of a turn, `count` numbers from `place` on. All at once, so that the
    /// bounds are checked before the loop instead of in it.
    #[inline(always)]
    fn parts<const T: usize>(self, turn: &[f32], place: usize, count: usize) -> [&[f32]; T] {
        let mut parts: [&[f32]; T] = [&[]; T];
        for (t, part) in parts.iter_mut().enumerate() {
            *part = &turn[t * self.stride + place..][..count];
        }
        parts
    }
}

/// The left matrix lies row by row.
pub(super) const BY_ROWS: bool = true;
/// It lies term by term: it is a transpose, or packed.
pub(super) const BY_TERMS: bool = false;

impl<S: Simd> Multiply<'_, S> {
    /// Computes `R` rows by `C` vectors of the result, `T` terms in a turn of the loop.
    #[inline(always)]
    pub(super) fn tile<const R: usize, const C: usize, const T: usize, const ORDER: bool>(
        &mut self,
        range: &Range<'_>,
        row: usize,
        column: usize,
        left: Factors<'_>,
    ) {
        let simd = self.simd;
        let mut sums = [[simd.splat_f32s(0.0); C]; R];
        let right = self.right_rows(range);
        // The terms of whole turns, and the last ones one by one.
        let whole = if T > 1 { range.terms - range.terms % T } else { 0 };
        if T > 1 {
            let terms = 0..whole;
            add::<S, R, C, T, ORDER>(simd, &mut sums, left, row, terms, right, column);
        }
        if T == 1 || whole < range.terms {
            let terms = whole..range.terms;
            add::<S, R, C, 1, ORDER>(simd, &mut sums, left, row, terms, right, column);
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
        let right = self.right_rows(range);
        for (held, right) in held.iter_mut().zip(right.turns::<1>(0..range.terms)) {
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
    fn right_rows(&self, range: &Range<'_>) -> Rows<'_> {
        let Product { right, right_stride: stride, .. } = *self.product;
        Rows { values: &right[range.term * stride..][..range.terms * stride], stride }
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

/// Adds some terms to a tile's sums, `T` in a turn of the loop.
#[inline(always)]
fn add<S: Simd, const R: usize, const C: usize, const T: usize, const ORDER: bool>(
    simd: S,
    sums: &mut [[S::f32s; C]; R],
    left: Factors<'_>,
    row: usize,
    terms: ops::Range<usize>,
    right: Rows<'_>,
    column: usize,
) {
    let Factors { values, stride, first } = left;
    let right_turns = right.turns::<T>(terms.clone());
    let width = C * S::F32_LANES;
    if ORDER == BY_ROWS {
        // Cut to the same length beforehand, so that the bounds are not checked in the loop.
        let mut rows: [&[[f32; T]]; R] = [&[]; R];
        for (r, turns) in rows.iter_mut().enumerate() {
            *turns = values[(row + r) * stride + terms.start..][..terms.len()].as_chunks().0;
        }
        for (turn, right_turn) in (0..terms.len() / T).zip(right_turns) {
            let parts: [&[f32]; T] = right.parts(right_turn, column, width);
            for (t, part) in parts.into_iter().enumerate() {
                let vectors = vectors::<S, C>(part, 0);
                for (sums, turns) in sums.iter_mut().zip(&rows) {
                    add_multiple(simd, sums, turns[turn][t], vectors);
                }
            }
        }
    } else {
        let left = Rows { values, stride };
        for (left_turn, right_turn) in left.turns::<T>(terms).zip(right_turns) {
            let parts: [&[f32]; T] = right.parts(right_turn, column, width);
            let factors: [&[f32]; T] = left.parts(left_turn, first + row, R);
            for (part, factors) in parts.into_iter().zip(factors) {
                let vectors = vectors::<S, C>(part, 0);
                for (sums, &factor) in sums.iter_mut().zip(factors) {
                    add_multiple(simd, sums, factor, vectors);
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
