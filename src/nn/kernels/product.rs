//! The matrix product of the fast kernels.
//!
//! The result is computed in tiles of a few rows by a few vectors that stay in registers while
//! the terms are added up: each vector of the right matrix that is read serves all rows of the
//! tile, and each number of the left matrix all its columns. Every number of the result is one sum
//! in the order of its terms, whatever the tile it falls into, so the result does not depend on
//! how the rows are shared out.

use pulp::{Simd, WithSimd};

use super::{Left, Product, Start};

/// See [`Kernels::product`](super::Kernels::product).
#[inline(always)]
pub(super) fn product<S: Simd>(
    simd: S,
    product: &Product<'_, f32>,
    out: &mut [f32],
    columns: usize,
) {
    // A function of its own (with the same instructions), so that its many tiles are compiled
    // once and not in each place that multiplies.
    simd.vectorize(Call(&mut Multiply { simd, product, out, columns }));
}

/// A reference, because moving the whole description into the call costs more than a small product.
struct Call<'a, 'b, S>(&'b mut Multiply<'a, S>);

impl<S: Simd> WithSimd for Call<'_, '_, S> {
    type Output = ();

    #[inline(always)]
    fn with_simd<T: Simd>(self, _same: T) {
        match self.0.product.left {
            Left::Rows { .. } => self.0.all_columns::<false>(),
            Left::Columns { .. } => self.0.all_columns::<true>(),
        }
    }
}

struct Multiply<'a, S> {
    simd: S,
    product: &'a Product<'a, f32>,
    out: &'a mut [f32],
    columns: usize,
}

impl<S: Simd> Multiply<'_, S> {
    /// Works through the columns from left to right, in tiles as wide as still fit.
    #[inline(always)]
    fn all_columns<const TRANSPOSED: bool>(&mut self) {
        let mut column = 0;
        if S::REGISTER_COUNT >= 32 {
            while column + 4 * S::F32_LANES <= self.columns {
                self.all_rows::<6, 4, TRANSPOSED>(column);
                column += 4 * S::F32_LANES;
            }
        }
        while column + 2 * S::F32_LANES <= self.columns {
            self.all_rows::<4, 2, TRANSPOSED>(column);
            column += 2 * S::F32_LANES;
        }
        while column < self.columns {
            self.all_rows::<8, 1, TRANSPOSED>(column);
            column += S::F32_LANES;
        }
    }

    /// Works down the rows of `C` vectors of columns, in tiles as high as still fit.
    #[inline(always)]
    fn all_rows<const R: usize, const C: usize, const TRANSPOSED: bool>(&mut self, column: usize) {
        let rows = self.product.rows;
        let mut row = 0;
        while row + R <= rows {
            self.tile::<R, C, TRANSPOSED>(row, column);
            row += R;
        }
        if row + 4 <= rows {
            self.tile::<4, C, TRANSPOSED>(row, column);
            row += 4;
        }
        if row + 2 <= rows {
            self.tile::<2, C, TRANSPOSED>(row, column);
            row += 2;
        }
        if row < rows {
            self.tile::<1, C, TRANSPOSED>(row, column);
        }
    }

    /// Computes `R` rows by `C` vectors of the result.
    #[inline(always)]
    fn tile<const R: usize, const C: usize, const TRANSPOSED: bool>(
        &mut self,
        row: usize,
        column: usize,
    ) {
        let Product { left, right, right_stride, terms, .. } = *self.product;
        let (Left::Rows { values: left, stride } | Left::Columns { values: left, stride }) = left;
        let simd = self.simd;
        let mut sums = self.start::<R, C>(row, column);
        if TRANSPOSED {
            for term in 0..terms {
                let vectors = vectors::<S, C>(right, term * right_stride + column);
                let factors = &left[term * stride + row..][..R];
                for (sums, &factor) in sums.iter_mut().zip(factors) {
                    add_multiple(simd, sums, factor, vectors);
                }
            }
        } else {
            // Cut to the same length beforehand, so that the bounds are not checked in the loop.
            let mut factors: [&[f32]; R] = [&[]; R];
            for (r, factors) in factors.iter_mut().enumerate() {
                *factors = &left[(row + r) * stride..][..terms];
            }
            for term in 0..terms {
                let vectors = vectors::<S, C>(right, term * right_stride + column);
                for (sums, factors) in sums.iter_mut().zip(&factors) {
                    add_multiple(simd, sums, factors[term], vectors);
                }
            }
        }
        self.store(row, column, &sums);
    }

    /// What the sums of a tile start from.
    #[inline(always)]
    fn start<const R: usize, const C: usize>(
        &self,
        row: usize,
        column: usize,
    ) -> [[S::f32s; C]; R] {
        let simd = self.simd;
        let mut sums = [[simd.splat_f32s(0.0); C]; R];
        match self.product.start {
            Start::Zero => {}
            Start::Rows(starts) => {
                for (sums, &start) in sums.iter_mut().zip(&starts[row..row + R]) {
                    *sums = [simd.splat_f32s(start); C];
                }
            }
            Start::Keep => {
                for (r, sums) in sums.iter_mut().enumerate() {
                    let place = (row + r) * self.columns + column;
                    let width = (C * S::F32_LANES).min(self.columns - column);
                    for (sum, part) in
                        sums.iter_mut().zip(self.out[place..place + width].chunks(S::F32_LANES))
                    {
                        *sum = simd.partial_load_f32s(part);
                    }
                }
            }
        }
        sums
    }

    /// Writes a tile; of the last vector in a row only as much as the row is long.
    #[inline(always)]
    fn store<const R: usize, const C: usize>(
        &mut self,
        row: usize,
        column: usize,
        sums: &[[S::f32s; C]; R],
    ) {
        let width = (C * S::F32_LANES).min(self.columns - column);
        for (r, sums) in sums.iter().enumerate() {
            let place = (row + r) * self.columns + column;
            let target = &mut self.out[place..place + width];
            let (vectors, rest) = S::as_mut_simd_f32s(target);
            if rest.is_empty() {
                for (vector, &sum) in vectors.iter_mut().zip(sums) {
                    *vector = sum;
                }
            } else if let [sum] = sums[..] {
                self.simd.partial_store_f32s(rest, sum);
            }
        }
    }
}

/// `C` vectors of `values` from `place` on.
#[inline(always)]
fn vectors<S: Simd, const C: usize>(values: &[f32], place: usize) -> &[S::f32s] {
    S::as_simd_f32s(&values[place..][..C * S::F32_LANES]).0
}

/// sums ← sums + factor · vectors.
#[inline(always)]
fn add_multiple<S: Simd, const C: usize>(
    simd: S,
    sums: &mut [S::f32s; C],
    factor: f32,
    vectors: &[S::f32s],
) {
    let factor = simd.splat_f32s(factor);
    for (sum, &vector) in sums.iter_mut().zip(vectors) {
        *sum = simd.mul_add_e_f32s(factor, vector, *sum);
    }
}
