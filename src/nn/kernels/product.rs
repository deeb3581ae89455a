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

use super::tile::{BY_ROWS, BY_TERMS, Factors, Multiply, Range};
use super::{Left, Product, Start};

/// The rows of a tall tile. With four vectors of 32 registers, or two of 16, so many sums fit next
/// to the vectors and a factor.
pub(super) const TALL: usize = 6;

/// Rows of the left matrix that are packed at a time: whole tiles, and whole lines of the cache.
const PACKED_ROWS: usize = 8 * TALL;

/// Terms that are packed at a time: with so many, the factors stay in a core's first cache, and a
/// tile's part of the right matrix in its second.
const PACKED_TERMS: usize = 128;

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

/// How many terms are added in one turn of a tile's loop. The loop's own instructions are then few
/// beside the arithmetic, which counts most where two threads of a core share what it reads.
///
/// Not in the widest tiles with vectors of 4 (NEON): its arithmetic takes factors from registers
/// only, and those of four terms do not fit beside 24 sums.
const TURN: usize = 4;

/// Fewer terms are added one by one: setting up a second loop would take longer than it saves.
const LONG_FROM: usize = 16;

/// Ways to compute a product: one of one or two rows or terms, one of few terms, one of many.
const THIN: u8 = 0;
const SHORT: u8 = 1;
const LONG: u8 = 2;

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
///
/// A function of its own: everything else that multiplies would get copies of the tiles, and what
/// the compiler makes of a copy differs. A bad one has lost a sixth of the speed.
#[inline(never)]
pub(super) fn product<S: Simd>(simd: S, product: &Product<'_, f32>, out: &mut [f32]) {
    // Each way as a function with the machine's instructions.
    let Product { columns, out_stride, .. } = *product;
    let multiply = &mut Multiply { simd, product, out, columns, out_stride };
    if is_thin(product) {
        simd.vectorize(Call::<_, THIN>(multiply));
    } else if is_large(simd, product) {
        simd.vectorize(CallLarge(multiply));
    } else if product.terms < LONG_FROM {
        simd.vectorize(Call::<_, SHORT>(multiply));
    } else {
        simd.vectorize(Call::<_, LONG>(multiply));
    }
}

/// Whether a product has so few rows or terms. Not with more terms than any product adds up at
/// once: their order must not depend on how rows are shared out.
fn is_thin(product: &Product<'_, f32>) -> bool {
    let at_once = match product.left {
        Left::Rows { .. } => TERMS_AT_ONCE_IF_WIDE,
        Left::Columns { .. } => PACKED_TERMS,
    };
    product.terms <= 2 || (product.rows <= 2 && product.terms <= at_once)
}

/// Whether a product is computed block by block.
#[inline(always)]
fn is_large<S: Simd>(_: S, product: &Product<'_, f32>) -> bool {
    match product.left {
        Left::Rows { .. } => product.rows > ROWS_AT_ONCE || product.terms > at_once::<S>(product),
        Left::Columns { .. } => is_packed(product.left, product.terms),
    }
}

/// How many terms are added up before the next columns.
#[inline(always)]
fn at_once<S: Simd>(product: &Product<'_, f32>) -> usize {
    let wide = product.right_stride > 4 * S::F32_LANES;
    if wide { TERMS_AT_ONCE_IF_WIDE } else { TERMS_AT_ONCE }
}

/// A reference, because moving the whole description into the call costs more than a small product.
/// Each way is a function of its own: in one, the others' tiles would become slower.
struct Call<'a, 'b, S, const WAY: u8>(&'b mut Multiply<'a, S>);

impl<S: Simd, const WAY: u8> WithSimd for Call<'_, '_, S, WAY> {
    type Output = ();

    #[inline(always)]
    fn with_simd<T: Simd>(self, _same: T) {
        self.0.all::<WAY>();
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

impl<'a, S: Simd> Multiply<'a, S> {
    /// The whole product, if it is not large.
    #[inline(always)]
    fn all<const WAY: u8>(&mut self) {
        let Product { left, rows, terms, .. } = *self.product;
        let range = self.range(0, rows, 0, terms);
        match left {
            Left::Rows { values, stride } => {
                self.all_columns::<BY_ROWS, WAY>(&range, Factors { values, stride, first: 0 });
            }
            Left::Columns { values, stride, first } => {
                self.all_columns::<BY_TERMS, WAY>(&range, Factors { values, stride, first });
            }
        }
    }

    /// The whole product, some rows and some terms at a time. Of a left matrix that lies column by
    /// column, each block is packed: its columns then lie [`PACKED_ROWS`] apart.
    #[inline(always)]
    #[expect(clippy::large_stack_arrays, reason = "24 kB; a step of training allocates nothing")]
    fn in_blocks(&mut self) {
        let Product { left, rows, terms, .. } = *self.product;
        // A sum of no terms is what it starts from.
        let terms = terms.max(1);
        match left {
            Left::Rows { values, stride } => {
                let at_once = at_once::<S>(self.product);
                for row in (0..rows).step_by(ROWS_AT_ONCE) {
                    for term in (0..terms).step_by(at_once) {
                        let range = self.range(row, ROWS_AT_ONCE, term, at_once);
                        let values = &values[row * stride + term..];
                        self.all_columns::<BY_ROWS, LONG>(
                            &range,
                            Factors { values, stride, first: 0 },
                        );
                    }
                }
            }
            Left::Columns { values, stride, first } => {
                let mut buffer = [0.0; PACKED_ROWS * PACKED_TERMS];
                for row in (0..rows).step_by(PACKED_ROWS) {
                    for term in (0..terms).step_by(PACKED_TERMS) {
                        let range = self.range(row, PACKED_ROWS, term, PACKED_TERMS);
                        let block = &values[term * stride + first + row..];
                        pack(block, stride, &range, &mut buffer);
                        let packed = Factors { values: &buffer, stride: PACKED_ROWS, first: 0 };
                        self.all_columns::<BY_TERMS, LONG>(&range, packed);
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

    /// Works through the columns from left to right, in tiles as wide as still fit. A thin product
    /// leaves registers for four vectors on every machine.
    #[inline(always)]
    fn all_columns<const ORDER: bool, const WAY: u8>(
        &mut self,
        range: &Range<'_>,
        left: Factors<'_>,
    ) {
        let mut column = 0;
        if WAY == THIN || S::REGISTER_COUNT >= 32 {
            while column + 4 * S::F32_LANES <= self.columns {
                self.rows::<4, ORDER, WAY>(range, column, left);
                column += 4 * S::F32_LANES;
            }
        }
        while column + 2 * S::F32_LANES <= self.columns {
            self.rows::<2, ORDER, WAY>(range, column, left);
            column += 2 * S::F32_LANES;
        }
        while column < self.columns {
            self.rows::<1, ORDER, WAY>(range, column, left);
            column += S::F32_LANES;
        }
    }

    /// Works down the rows of `C` vectors of columns.
    #[inline(always)]
    fn rows<const C: usize, const ORDER: bool, const WAY: u8>(
        &mut self,
        range: &Range<'_>,
        column: usize,
        left: Factors<'_>,
    ) {
        match WAY {
            THIN => self.few_rows::<C, ORDER>(range, column, left),
            SHORT => self.all_rows::<C, 1, ORDER>(range, column, left),
            _ if S::F32_LANES == 4 && C == 4 => self.all_rows::<C, 1, ORDER>(range, column, left),
            _ => self.all_rows::<C, TURN, ORDER>(range, column, left),
        }
    }

    /// Works down the rows of `C` vectors of columns of a thin product.
    #[inline(always)]
    fn few_rows<const C: usize, const ORDER: bool>(
        &mut self,
        range: &Range<'_>,
        column: usize,
        left: Factors<'_>,
    ) {
        match (range.terms, range.rows) {
            (1, _) => self.few_terms::<1, C, ORDER>(range, column, left),
            (2, _) => self.few_terms::<2, C, ORDER>(range, column, left),
            (_, 2) => self.tile::<2, C, 1, ORDER>(range, 0, column, left),
            (_, rows) => {
                for row in 0..rows {
                    self.tile::<1, C, 1, ORDER>(range, row, column, left);
                }
            }
        }
    }

    /// Works down the rows of `C` vectors of columns, in tiles as high as still fit.
    #[inline(always)]
    fn all_rows<const C: usize, const T: usize, const ORDER: bool>(
        &mut self,
        range: &Range<'_>,
        column: usize,
        left: Factors<'_>,
    ) {
        let rows = range.rows;
        let mut row = 0;
        // The last 8 rows as 4 and 4: tiles of 2 rows have too few sums at work at the same time.
        while row + TALL <= rows && row + 8 != rows {
            self.tile::<TALL, C, T, ORDER>(range, row, column, left);
            row += TALL;
        }
        while row + 4 <= rows {
            self.tile::<4, C, T, ORDER>(range, row, column, left);
            row += 4;
        }
        if row + 2 <= rows {
            self.tile::<2, C, T, ORDER>(range, row, column, left);
            row += 2;
        }
        if row < rows {
            self.tile::<1, C, T, ORDER>(range, row, column, left);
        }
    }
}

/// Copies a block of a left matrix that lies column by column.
#[inline(always)]
fn pack(from: &[f32], stride: usize, range: &Range<'_>, buffer: &mut [f32]) {
    let columns = from.chunks(stride).zip(buffer.chunks_exact_mut(PACKED_ROWS));
    for (from, to) in columns.take(range.terms) {
        match (from.first_chunk::<PACKED_ROWS>(), to.first_chunk_mut()) {
            // Of a known length: as many vectors, without a call that asks how many.
            (Some(from), Some(to)) if range.rows == PACKED_ROWS => *to = *from,
            _ => to[..range.rows].copy_from_slice(&from[..range.rows]),
        }
    }
}
