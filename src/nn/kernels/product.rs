//! The matrix product of the fast kernels.
//!
//! The result is computed in tiles of a few rows by a few vectors that stay in registers while
//! the terms are added up: each vector of the right matrix that is read serves all rows of the
//! tile, and each number of the left matrix all its columns. Every number of the result is one sum
//! in the order of its terms (or a few such sums, one for each block of terms), whatever the tile
//! it falls into, so the result does not depend on how the rows are shared out.
//!
//! ```text
//!     out[r][c] = start[r] + Σₜ left[r][t]·right[t][c]          6 rows × 4 vectors of c at a time
//! ```
//!
//! A large left matrix that lies column by column (Wᵀ) is packed first: copied, a block at a time,
//! to where its columns lie close together. A tile reads six numbers of each column, and those of
//! a wide network's weights, a power of two apart, would push each other out of the cache.
//!
//! Thin products, of one or two rows or terms (the first and the last layer of a small network),
//! have no tall tiles: four vectors wide, two rows keep as many sums at work; and with one or two
//! terms, the right matrix itself stays in registers while the rows pass by.

use pulp::{Simd, WithSimd};

use super::{Left, Product, Start};

/// The rows of a tall tile. With four vectors of 32 registers, or two of 16, so many sums fit next
/// to the vectors and a factor.
pub(super) const TALL: usize = 6;

/// Rows of the left matrix that are packed at a time: whole tiles, and whole lines of the cache.
const PACKED_ROWS: usize = 8 * TALL;

/// Terms that are packed at a time: with so many, the factors and a tile's part of the right matrix
/// stay in a core's second cache.
const PACKED_TERMS: usize = 256;

/// Terms that are added up before the next columns: their part of the right matrix, four vectors
/// wide, stays in a core's second cache.
const TERMS_AT_ONCE: usize = 1024;

/// The same where the right matrix is wider than four vectors: its rows often lie a power of two
/// apart, and such a part of them fills only some of that cache's sets.
const TERMS_AT_ONCE_IF_WIDE: usize = 512;

/// Rows of a left matrix that lies row by row that meet all columns before the next rows: their
/// factors stay in a core's second cache.
const ROWS_AT_ONCE: usize = 16 * TALL;

/// A left matrix of fewer numbers stays in the cache as it is.
const PACKED_FROM: usize = 1 << 13;

/// A thread that takes many rows of the result should take a multiple of so many.
pub(super) fn rows_together(left: Left<'_, f32>, terms: usize) -> usize {
    if is_packed(left, terms) { PACKED_ROWS } else { TALL }
}

/// Whether the left matrix is copied. By the size of the whole matrix: the choice must not depend
/// on how rows are shared out.
fn is_packed(left: Left<'_, f32>, terms: usize) -> bool {
    matches!(left, Left::Columns { stride, .. } if stride * terms >= PACKED_FROM)
}

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
    let multiply = &mut Multiply { simd, product, out, columns };
    if is_thin(product) {
        simd.vectorize(CallThin(multiply));
    } else {
        simd.vectorize(Call(multiply));
    }
}

/// Whether a product has so few rows or terms. Not with more terms than are packed at a time: the
/// order in which they are added up must not depend on how rows are shared out.
fn is_thin(product: &Product<'_, f32>) -> bool {
    product.terms <= 2 || (product.rows <= 2 && product.terms <= PACKED_TERMS)
}

/// A reference, because moving the whole description into the call costs more than a small product.
struct Call<'a, 'b, S>(&'b mut Multiply<'a, S>);

impl<S: Simd> WithSimd for Call<'_, '_, S> {
    type Output = ();

    #[inline(always)]
    fn with_simd<T: Simd>(self, _same: T) {
        self.0.all();
    }
}

/// The same for a thin product: in one function, the tiles of the others would become slower.
struct CallThin<'a, 'b, S>(&'b mut Multiply<'a, S>);

impl<S: Simd> WithSimd for CallThin<'_, '_, S> {
    type Output = ();

    #[inline(always)]
    fn with_simd<T: Simd>(self, _same: T) {
        self.0.thin();
    }
}

/// The same for a large product, which is computed block by block: a function with a large buffer.
struct CallLarge<'a, 'b, S>(&'b mut Multiply<'a, S>);

impl<S: Simd> WithSimd for CallLarge<'_, '_, S> {
    type Output = ();

    #[inline(always)]
    fn with_simd<T: Simd>(self, _same: T) {
        self.0.in_blocks();
    }
}

struct Multiply<'a, S> {
    simd: S,
    product: &'a Product<'a, f32>,
    out: &'a mut [f32],
    columns: usize,
}

/// Some rows of the result, and some of the terms that they are sums of.
struct Range<'a> {
    /// The first row.
    row: usize,
    rows: usize,
    /// The first term.
    term: usize,
    terms: usize,
    start: Start<'a, f32>,
}

/// The left matrix lies row by row.
const BY_ROWS: bool = true;
/// It lies term by term: it is a transpose, or packed.
const BY_TERMS: bool = false;

impl<'a, S: Simd> Multiply<'a, S> {
    /// The whole product.
    #[inline(always)]
    fn all(&mut self) {
        let Product { left, rows, terms, .. } = *self.product;
        let range = self.range(0, rows, 0, terms);
        match left {
            Left::Rows { values, stride } if rows <= ROWS_AT_ONCE && terms <= self.at_once() => {
                self.all_columns::<BY_ROWS>(&range, values, stride);
            }
            Left::Columns { values, stride } if !is_packed(left, terms) => {
                self.all_columns::<BY_TERMS>(&range, values, stride);
            }
            _ => self.simd.vectorize(CallLarge(self)),
        }
    }

    /// The whole product, if it has one or two rows or terms.
    #[inline(always)]
    fn thin(&mut self) {
        let Product { left, rows, terms, .. } = *self.product;
        let range = self.range(0, rows, 0, terms);
        match left {
            Left::Rows { values, stride } => {
                self.all_thin_columns::<BY_ROWS>(&range, values, stride);
            }
            Left::Columns { values, stride } => {
                self.all_thin_columns::<BY_TERMS>(&range, values, stride);
            }
        }
    }

    /// How many terms are added up before the next columns.
    #[inline(always)]
    fn at_once(&self) -> usize {
        let wide = self.product.right_stride > 4 * S::F32_LANES;
        if wide { TERMS_AT_ONCE_IF_WIDE } else { TERMS_AT_ONCE }
    }

    /// The whole product, some rows and some terms at a time. Of a left matrix that lies column by
    /// column, each block is packed: its columns then lie [`PACKED_ROWS`] apart.
    #[inline(always)]
    #[expect(clippy::large_stack_arrays, reason = "48 kB; a step of training allocates nothing")]
    fn in_blocks(&mut self) {
        let Product { left, rows, terms, .. } = *self.product;
        // A sum of no terms is what it starts from.
        let terms = terms.max(1);
        match left {
            Left::Rows { values, stride } => {
                let at_once = self.at_once();
                for row in (0..rows).step_by(ROWS_AT_ONCE) {
                    for term in (0..terms).step_by(at_once) {
                        let range = self.range(row, ROWS_AT_ONCE, term, at_once);
                        self.all_columns::<BY_ROWS>(&range, &values[row * stride + term..], stride);
                    }
                }
            }
            Left::Columns { values, stride } => {
                let mut buffer = [0.0; PACKED_ROWS * PACKED_TERMS];
                for row in (0..rows).step_by(PACKED_ROWS) {
                    for term in (0..terms).step_by(PACKED_TERMS) {
                        let range = self.range(row, PACKED_ROWS, term, PACKED_TERMS);
                        pack(&values[term * stride + row..], stride, &range, &mut buffer);
                        self.all_columns::<BY_TERMS>(&range, &buffer, PACKED_ROWS);
                    }
                }
            }
        }
    }

    /// At most so many rows and terms, from the given ones on. Later terms of a row are added to
    /// the sum of the earlier ones.
    #[inline(always)]
    fn range(&self, row: usize, rows: usize, term: usize, terms: usize) -> Range<'a> {
        let all = self.product;
        Range {
            row,
            rows: rows.min(all.rows - row),
            term,
            terms: terms.min(all.terms - term),
            start: if term == 0 { all.start } else { Start::Keep },
        }
    }

    /// Works through the columns from left to right, in tiles as wide as still fit.
    #[inline(always)]
    fn all_columns<const ORDER: bool>(&mut self, range: &Range<'_>, left: &[f32], stride: usize) {
        let mut column = 0;
        if S::REGISTER_COUNT >= 32 {
            while column + 4 * S::F32_LANES <= self.columns {
                self.all_rows::<4, ORDER>(range, column, left, stride);
                column += 4 * S::F32_LANES;
            }
        }
        while column + 2 * S::F32_LANES <= self.columns {
            self.all_rows::<2, ORDER>(range, column, left, stride);
            column += 2 * S::F32_LANES;
        }
        while column < self.columns {
            self.all_rows::<1, ORDER>(range, column, left, stride);
            column += S::F32_LANES;
        }
    }

    /// The same in a thin product, which leaves registers for four vectors on every machine.
    #[inline(always)]
    fn all_thin_columns<const ORDER: bool>(
        &mut self,
        range: &Range<'_>,
        left: &[f32],
        stride: usize,
    ) {
        let mut column = 0;
        while column + 4 * S::F32_LANES <= self.columns {
            self.few_rows::<4, ORDER>(range, column, left, stride);
            column += 4 * S::F32_LANES;
        }
        while column + 2 * S::F32_LANES <= self.columns {
            self.few_rows::<2, ORDER>(range, column, left, stride);
            column += 2 * S::F32_LANES;
        }
        while column < self.columns {
            self.few_rows::<1, ORDER>(range, column, left, stride);
            column += S::F32_LANES;
        }
    }

    /// Works down the rows of `C` vectors of columns of a thin product.
    #[inline(always)]
    fn few_rows<const C: usize, const ORDER: bool>(
        &mut self,
        range: &Range<'_>,
        column: usize,
        left: &[f32],
        stride: usize,
    ) {
        match (range.terms, range.rows) {
            (1, _) => self.few_terms::<1, C, ORDER>(range, column, left, stride),
            (2, _) => self.few_terms::<2, C, ORDER>(range, column, left, stride),
            (_, 2) => self.tile::<2, C, ORDER>(range, 0, column, left, stride),
            (_, rows) => {
                for row in 0..rows {
                    self.tile::<1, C, ORDER>(range, row, column, left, stride);
                }
            }
        }
    }

    /// Computes `C` vectors of all rows, each a sum of `T` terms.
    #[inline(always)]
    fn few_terms<const T: usize, const C: usize, const ORDER: bool>(
        &mut self,
        range: &Range<'_>,
        column: usize,
        left: &[f32],
        stride: usize,
    ) {
        let Product { right, right_stride, .. } = *self.product;
        let simd = self.simd;
        let mut held = [[simd.splat_f32s(0.0); C]; T];
        for (term, held) in held.iter_mut().enumerate() {
            *held = vectors::<S, C>(right, term * right_stride + column);
        }
        for row in 0..range.rows {
            let mut sums = [[simd.splat_f32s(0.0); C]];
            for (term, &vectors) in held.iter().enumerate() {
                let place =
                    if ORDER == BY_ROWS { row * stride + term } else { term * stride + row };
                add_multiple(simd, &mut sums[0], left[place], vectors);
            }
            self.store(range, row, column, &sums);
        }
    }

    /// Works down the rows of `C` vectors of columns, in tiles as high as still fit.
    #[inline(always)]
    fn all_rows<const C: usize, const ORDER: bool>(
        &mut self,
        range: &Range<'_>,
        column: usize,
        left: &[f32],
        stride: usize,
    ) {
        let rows = range.rows;
        let mut row = 0;
        // The last 8 rows as 4 and 4: tiles of 2 rows have too few sums at work at the same time.
        while row + TALL <= rows && row + 8 != rows {
            self.tile::<TALL, C, ORDER>(range, row, column, left, stride);
            row += TALL;
        }
        while row + 4 <= rows {
            self.tile::<4, C, ORDER>(range, row, column, left, stride);
            row += 4;
        }
        if row + 2 <= rows {
            self.tile::<2, C, ORDER>(range, row, column, left, stride);
            row += 2;
        }
        if row < rows {
            self.tile::<1, C, ORDER>(range, row, column, left, stride);
        }
    }

    /// Computes `R` rows by `C` vectors of the result.
    #[inline(always)]
    fn tile<const R: usize, const C: usize, const ORDER: bool>(
        &mut self,
        range: &Range<'_>,
        row: usize,
        column: usize,
        left: &[f32],
        stride: usize,
    ) {
        let Product { right, right_stride, .. } = *self.product;
        let simd = self.simd;
        let mut sums = [[simd.splat_f32s(0.0); C]; R];
        let first = range.term * right_stride + column;
        let terms = range.terms;
        if ORDER == BY_ROWS {
            // Cut to the same length beforehand, so that the bounds are not checked in the loop.
            let mut factors: [&[f32]; R] = [&[]; R];
            for (r, factors) in factors.iter_mut().enumerate() {
                *factors = &left[(row + r) * stride..][..terms];
            }
            for term in 0..terms {
                let vectors = vectors::<S, C>(right, first + term * right_stride);
                for (sums, factors) in sums.iter_mut().zip(&factors) {
                    add_multiple(simd, sums, factors[term], vectors);
                }
            }
        } else {
            for term in 0..terms {
                let vectors = vectors::<S, C>(right, first + term * right_stride);
                let factors = &left[term * stride + row..][..R];
                for (sums, &factor) in sums.iter_mut().zip(factors) {
                    add_multiple(simd, sums, factor, vectors);
                }
            }
        }
        self.store(range, row, column, &sums);
    }

    /// Adds a tile's sums to what they start from; of the last vector in a row only as much as the
    /// row is long.
    #[inline(always)]
    fn store<const R: usize, const C: usize>(
        &mut self,
        range: &Range<'_>,
        row: usize,
        column: usize,
        sums: &[[S::f32s; C]; R],
    ) {
        let simd = self.simd;
        let width = (C * S::F32_LANES).min(self.columns - column);
        let row = range.row + row;
        for (r, sums) in sums.iter().enumerate() {
            let target = &mut self.out[(row + r) * self.columns + column..][..width];
            let start = match range.start {
                Start::Rows(starts) => simd.splat_f32s(starts[row + r]),
                Start::Zero | Start::Keep => simd.splat_f32s(0.0),
            };
            let keeps = matches!(range.start, Start::Keep);
            let (vectors, rest) = S::as_mut_simd_f32s(target);
            // An array of known length: sums that are counted off one by one would have to lie in
            // memory instead of registers.
            if let Some(vectors) = vectors.first_chunk_mut::<C>() {
                for (vector, &sum) in vectors.iter_mut().zip(sums) {
                    *vector = simd.add_f32s(if keeps { *vector } else { start }, sum);
                }
            } else {
                let start = if keeps { simd.partial_load_f32s(rest) } else { start };
                simd.partial_store_f32s(rest, simd.add_f32s(start, sums[0]));
            }
        }
    }
}

/// Copies a block of a left matrix that lies column by column.
#[inline(always)]
fn pack(from: &[f32], stride: usize, range: &Range<'_>, buffer: &mut [f32]) {
    let columns = from.chunks(stride).zip(buffer.chunks_exact_mut(PACKED_ROWS));
    for (from, to) in columns.take(range.terms) {
        to[..range.rows].copy_from_slice(&from[..range.rows]);
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
