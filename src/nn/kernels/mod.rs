//! The arithmetic behind a pass: how sums over many numbers are computed quickly.
//!
//! The explanation of what a network computes is in [`forward`](super::forward) and
//! [`backward`](super::backward). They are written against the [`Kernels`] trait, of which there
//! are two sets: [`Plain`], one number at a time, for `f64`; and `Vector`, sixteen, eight or four
//! numbers at a time, whatever this machine has, for `f32`. The choice is made once for a whole
//! pass ([`run_vectorised`]), because asking the machine in each loop would cost more than a small
//! network's step. Everything below a pass is `#[inline(always)]`: only code that is inlined into
//! the function compiled for AVX-512 is itself compiled for AVX-512.
//!
//! Nothing here knows of layers. A block of numbers is a list of rows, one feature (unit, input,
//! output) a row, one sample a column, and rows are padded to a multiple of [`LANES`] columns.

mod aligned;
mod columns;
mod elementwise;
mod few;
mod fold;
mod inner;
mod lanes;
mod outer;
mod plain;
mod product;
mod tile;
mod transpose;
mod vector;

pub(super) use aligned::Aligned;
pub(super) use elementwise::{
    Answers, Bent, activate, loss_bend, loss_slope, multiply, row_sums, softmax,
    softmax_cross_entropy, sum_loss, times_slope, times_slope_and_bend,
};
pub(super) use few::{FEW, Few, SampleRows, Way, multiply_few};
pub(super) use inner::{inner_products, is_narrow, is_thin};
pub(super) use outer::OuterProduct;
pub use plain::Plain;
pub(super) use plain::Single;
pub(super) use transpose::sample_stride;
#[cfg(test)]
pub(super) use vector::run_in_every_width;
pub(super) use vector::run_vectorised;

use super::number::Number;
use super::real::Real;

/// Rows are padded to a multiple of this many columns: the `f32` lanes of the widest vectors.
pub(super) const LANES: usize = 16;

/// A product of at least this many multiplications is shared between threads. Measured: so many
/// take about 10 µs on one core, and sharing costs about one.
pub(super) const LARGE: usize = 1 << 19;

/// From so many numbers on, work on each of them is shared between threads: simple work on fewer
/// takes hardly longer than sharing does.
pub(super) const MANY: usize = 1 << 15;

/// How many numbers a thread treats at once when work is shared.
const PIECE: usize = 1 << 12;

/// `count` rounded up to whole vectors.
#[inline]
pub(super) const fn padded(count: usize) -> usize {
    count.next_multiple_of(LANES)
}

/// Work over a network that wants kernels.
pub trait Pass<T: Real> {
    /// What the pass answers.
    type Output;

    /// Does the work.
    fn run<K: Kernels<T>>(self, kernels: K) -> Self::Output;
}

/// A set of kernels for numbers of type `T`.
pub trait Kernels<T: Real>: Copy + Send + Sync {
    /// How many numbers are treated at once.
    const LANES: usize;
    /// As many numbers as are treated at once, as they lie in memory.
    type Vector: Copy;
    /// The same numbers, with arithmetic.
    type Lane: Number;

    /// `values` as vectors. Its length is a multiple of [`LANES`].
    fn vectors(values: &[T]) -> &[Self::Vector];

    /// `values` as vectors that can be written.
    fn vectors_mut(values: &mut [T]) -> &mut [Self::Vector];

    /// A vector from memory, ready for arithmetic.
    fn lane(self, vector: Self::Vector) -> Self::Lane;

    /// The result of arithmetic, ready for memory.
    fn vector(lane: Self::Lane) -> Self::Vector;

    /// The same number in every place.
    fn splat(self, value: T) -> Self::Lane;

    /// The sum of the numbers in one vector.
    fn sum(self, lane: Self::Lane) -> T;

    /// The sum of the numbers in each of the first vectors, as many as `out` asks for. There must be
    /// as many vectors, rounded up to [`LANES`].
    fn sums(self, vectors: &[Self::Vector], out: &mut [T]);

    /// Whether work on so many numbers is worth [sharing](Kernels::share).
    fn is_shared(self, numbers: usize) -> bool;

    /// Hands the `pieces` to `work`, several threads taking turns.
    fn share<Pieces, Work>(self, pieces: Pieces, work: Work)
    where
        Pieces: DoubleEndedIterator<Item: Send> + Send,
        Work: Fn(Pieces::Item) + Sync;

    /// Writes `from` ([rows, columns], rows `from_stride` apart) transposed into `to` ([columns,
    /// rows], rows `to_stride` apart).
    fn transpose(
        self,
        from: &[T],
        from_stride: usize,
        size: [usize; 2],
        to: &mut [T],
        to_stride: usize,
    );

    /// Computes a matrix product into `out`, which holds `product.rows` rows of
    /// `product.out_stride` numbers, of which the first `product.columns` are written.
    fn product(self, product: &Product<'_, T>, out: &mut [T]);
}

/// out = start + left · right, the one product that a dense layer needs three times: forward with
/// W, backward with Wᵀ, and for the gradient with δ.
#[derive(Clone, Copy)]
pub struct Product<'a, T> {
    /// What the sum starts from.
    pub start: Start<'a, T>,
    /// The left matrix, [rows, terms].
    pub left: Left<'a, T>,
    /// The right matrix, [terms, columns]: rows of `right_stride` numbers, which is a whole number
    /// of vectors.
    pub right: &'a [T],
    /// The length of a row of `right`, with its padding.
    pub right_stride: usize,
    /// The rows of the left matrix and of the result.
    pub rows: usize,
    /// The columns of the left matrix and rows of the right one.
    pub terms: usize,
    /// The columns of the right matrix and of the result.
    pub columns: usize,
    /// The distance between two rows of the result.
    pub out_stride: usize,
}

impl<T: Copy> Product<'_, T> {
    /// The part of the product that computes `count` rows of the result, from `first` on.
    fn rows(&self, first: usize, count: usize) -> Self {
        let start = match self.start {
            Start::Rows(starts) => Start::Rows(&starts[first..][..count]),
            other => other,
        };
        let left = match self.left {
            Left::Rows { values, stride } => {
                Left::Rows { values: &values[first * stride..], stride }
            }
            Left::Columns { values, stride, first: before } => {
                Left::Columns { values, stride, first: before + first }
            }
        };
        Self { start, left, rows: count, ..*self }
    }
}

/// What a product is added to.
#[derive(Clone, Copy)]
pub enum Start<'a, T> {
    /// Zero.
    Zero,
    /// One number for each row, such as the biases of a layer.
    Rows(&'a [T]),
    /// What the result already holds.
    Keep,
}

/// The left matrix of a product.
#[derive(Clone, Copy)]
pub enum Left<'a, T> {
    /// Row by row, rows lying `stride` numbers apart.
    Rows {
        /// The numbers.
        values: &'a [T],
        /// The distance between two rows.
        stride: usize,
    },
    /// The transpose of a matrix that lies in memory row by row: column by column.
    Columns {
        /// The numbers.
        values: &'a [T],
        /// The distance between two columns.
        stride: usize,
        /// The place of the first row in each column.
        first: usize,
    },
}
