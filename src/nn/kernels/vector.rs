//! The fast kernels: vectors of `f32`, in whatever width this machine offers.

use pulp::{Arch, Simd, WithSimd};

use super::lanes::Lanes;
use super::product::TALL;
use super::transpose::transpose_squares;
use super::{Kernels, LANES, LARGE, MANY, Pass, Product, fold, product};
use crate::threads::Threads;

/// Kernels that use the instructions `S`.
#[derive(Clone, Copy)]
pub struct Vector<S: Simd> {
    simd: S,
    threads: Threads,
}

/// Runs a pass compiled for the best instructions of this machine: AVX-512, AVX2, NEON, or none.
///
/// The results on one machine are always the same bits; two machines with vectors of different
/// widths add up in different orders and may differ in the last digit.
#[inline]
pub(in crate::nn) fn run_vectorised<P: Pass<f32>>(threads: Threads, pass: P) -> P::Output {
    Arch::new().dispatch(Run { threads, pass })
}

#[derive(Clone, Copy)]
struct Run<P> {
    threads: Threads,
    pass: P,
}

impl<P: Pass<f32>> WithSimd for Run<P> {
    type Output = P::Output;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> P::Output {
        let threads = self.threads;
        self.pass.run(Vector { simd, threads })
    }
}

/// Runs a pass with vectors of every width, in plain code (no machine has them all) and with this
/// machine's own instructions.
#[cfg(test)]
pub(in crate::nn) fn run_in_every_width<P: Pass<f32> + Copy>(pass: P) -> Vec<P::Output> {
    let run = Run { threads: Threads::ONE, pass };
    vec![
        Simd::vectorize(pulp::Scalar128b, run),
        Simd::vectorize(pulp::Scalar256b, run),
        Simd::vectorize(pulp::Scalar512b, run),
        Arch::new().dispatch(run),
    ]
}

/// One piece of shared work, to be compiled for the same instructions as the rest of the pass: a
/// thread starts in a function that is compiled for any machine.
struct OnPiece<'a, Work, Piece> {
    work: &'a Work,
    piece: Piece,
}

impl<Piece, Work: Fn(Piece)> WithSimd for OnPiece<'_, Work, Piece> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _same: S) {
        (self.work)(self.piece);
    }
}

impl<S: Simd> Vector<S> {
    /// Computes a product in blocks of rows, several threads taking turns. Each number of the result
    /// is one sum in one order, which is the same in any block.
    fn product_in_blocks(self, product: &Product<'_, f32>, out: &mut [f32]) {
        let stride = product.out_stride;
        let out = &mut out[..product.rows * stride];
        let together = product::rows_together(product.left, product.terms);
        let blocks = Blocks { out, stride, first: 0, together, parts: 2 * self.threads.count() };
        self.threads.for_each(blocks, |(first, out)| {
            let block = product.rows(first, out.len() / stride);
            product::product(self.simd, &block, out);
        });
    }
}

/// Hands out rows of a result from both ends, with the number of the first: large blocks first,
/// which make the most of what they load into the cache, and small ones at the end, so that no
/// thread waits long for another's last.
struct Blocks<'a> {
    out: &'a mut [f32],
    /// The distance between two rows.
    stride: usize,
    /// The first row that is left.
    first: usize,
    /// A large block is a multiple of so many rows.
    together: usize,
    /// A block is one of so many equal parts of what is left.
    parts: usize,
}

impl Blocks<'_> {
    /// How many numbers the next block has.
    fn size(&self) -> Option<usize> {
        let rows = self.out.len() / self.stride.max(1);
        let block = rows.div_ceil(self.parts);
        let together = if block < 4 {
            2
        } else if block < self.together {
            TALL
        } else {
            self.together
        };
        let block = block.next_multiple_of(together);
        (rows > 0).then(|| block.min(rows) * self.stride)
    }
}

impl<'a> Iterator for Blocks<'a> {
    type Item = (usize, &'a mut [f32]);

    fn next(&mut self) -> Option<Self::Item> {
        let block = self.out.split_off_mut(..self.size()?)?;
        let first = self.first;
        self.first += block.len() / self.stride;
        Some((first, block))
    }
}

impl DoubleEndedIterator for Blocks<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        let left = self.out.len() - self.size()?;
        let block = self.out.split_off_mut(left..)?;
        Some((self.first + left / self.stride, block))
    }
}

impl<S: Simd> Kernels<f32> for Vector<S> {
    const LANES: usize = S::F32_LANES;
    type Vector = S::f32s;
    type Lane = Lanes<S>;

    #[inline(always)]
    fn vectors(values: &[f32]) -> &[S::f32s] {
        S::as_simd_f32s(values).0
    }

    #[inline(always)]
    fn vectors_mut(values: &mut [f32]) -> &mut [S::f32s] {
        S::as_mut_simd_f32s(values).0
    }

    #[inline(always)]
    fn lane(self, vector: S::f32s) -> Lanes<S> {
        Lanes::new(self.simd, vector)
    }

    #[inline(always)]
    fn vector(lane: Lanes<S>) -> S::f32s {
        lane.vector
    }

    #[inline(always)]
    fn splat(self, value: f32) -> Lanes<S> {
        Lanes::new(self.simd, self.simd.splat_f32s(value))
    }

    #[inline(always)]
    fn sum(self, lane: Lanes<S>) -> f32 {
        self.simd.reduce_sum_f32s(lane.vector)
    }

    #[inline(always)]
    fn sums(self, vectors: &[S::f32s], out: &mut [f32]) {
        fold::sums(self.simd, vectors, out);
    }

    #[inline(always)]
    fn is_shared(self, numbers: usize) -> bool {
        numbers >= MANY && self.threads != Threads::ONE
    }

    fn share<Pieces, Work>(self, pieces: Pieces, work: Work)
    where
        Pieces: DoubleEndedIterator<Item: Send> + Send,
        Work: Fn(Pieces::Item) + Sync,
    {
        let work = &work;
        self.threads.for_each(pieces, |piece| {
            self.simd.vectorize(OnPiece { work, piece });
        });
    }

    #[inline(always)]
    fn transpose(
        self,
        from: &[f32],
        from_stride: usize,
        [rows, columns]: [usize; 2],
        to: &mut [f32],
        to_stride: usize,
    ) {
        if !self.is_shared(rows * columns) {
            return transpose_squares(self.simd, from, from_stride, [rows, columns], to, to_stride);
        }
        // Each piece is some rows of `to`.
        let count = columns.div_ceil(4 * self.threads.count()).next_multiple_of(LANES);
        let pieces = to[..columns * to_stride].chunks_mut(count * to_stride).enumerate();
        self.threads.for_each(pieces, |(index, to)| {
            let size = [rows, to.len() / to_stride];
            transpose_squares(self.simd, &from[index * count..], from_stride, size, to, to_stride);
        });
    }

    #[inline(always)]
    fn product(self, product: &Product<'_, f32>, out: &mut [f32]) {
        let large = product.rows * product.terms * product.columns >= LARGE;
        if large && self.threads != Threads::ONE {
            self.product_in_blocks(product, out);
        } else {
            product::product(self.simd, product, out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Left, Plain, Start, inner_products};
    use super::*;
    use crate::nn::number::Number;

    /// Runs the same checks with every set of instructions that this machine has.
    fn with_every_width<Check: WithSimd + Copy>(check: Check) {
        Simd::vectorize(pulp::Scalar::new(), check);
        #[cfg(target_arch = "x86_64")]
        if let Some(simd) = pulp::x86::V3::try_new() {
            Simd::vectorize(simd, check);
        }
        Arch::new().dispatch(check);
    }

    /// Numbers without a pattern, in [-1, 1).
    fn numbers(count: usize) -> Vec<f32> {
        let next = |state: &u32| Some(state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
        std::iter::successors(Some(1), next)
            .take(count)
            .map(|state| (state >> 8) as f32 / (1 << 23) as f32 - 1.0)
            .collect()
    }

    /// Compares a product with plain loops, which also leave alone what lies between the rows.
    #[inline(always)]
    fn compare_products<S: Simd>(simd: S, product: &Product<'_, f32>, allowed: f32) {
        let Product { rows, terms, columns, out_stride, .. } = *product;
        let mut out = numbers(rows * out_stride);
        let mut expected = out.clone();
        let threads = Threads::ONE;
        Vector { simd, threads }.product(product, &mut out);
        Plain.product(product, &mut expected);
        for (found, expected) in out.chunks(out_stride).zip(expected.chunks(out_stride)) {
            for (found, expected) in found[..columns].iter().zip(&expected[..columns]) {
                let error = (found - expected).abs();
                assert!(error <= allowed, "{rows}×{terms}×{columns}: {error}");
            }
            assert_eq!(found[columns..], expected[columns..], "{rows}×{terms}×{columns}");
        }
    }

    #[derive(Clone, Copy)]
    struct Products;

    impl WithSimd for Products {
        type Output = ();

        #[inline(always)]
        fn with_simd<S: Simd>(self, simd: S) {
            // The last ones are so large that factors are packed and terms added up in blocks.
            for (rows, terms, columns) in [
                (1, 1, 1),
                (2, 3, 5),
                (9, 4, 16),
                (13, 7, 33),
                (6, 10, 64),
                (20, 12, 37),
                // Thin ones.
                (1, 40, 70),
                (2, 30, 150),
                (33, 1, 70),
                (34, 2, 150),
                (2, 300, 70),
                (40, 33, 2_000),
                (101, 600, 50),
                (100, 0, 16),
                (7, 1_300, 19),
            ] {
                let allowed = 1e-5 * (terms as f32).sqrt();
                let right_stride = super::super::sample_stride(columns);
                let (left, right) = (numbers(rows * terms), numbers(terms * right_stride));
                let starts = numbers(rows);
                for start in [Start::Zero, Start::Keep, Start::Rows(&starts)] {
                    for left in [
                        Left::Rows { values: &left, stride: terms },
                        Left::Columns { values: &left, stride: rows, first: 0 },
                    ] {
                        // Rows of the result that lie side by side, and some that lie apart.
                        for out_stride in [columns, right_stride] {
                            let right = &right[..];
                            let product = Product {
                                start,
                                left,
                                right,
                                right_stride,
                                rows,
                                terms,
                                columns,
                                out_stride,
                            };
                            compare_products(simd, &product, allowed);
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn products_agree_with_plain_loops() {
        with_every_width(Products);
    }

    #[derive(Clone, Copy)]
    struct InnerProducts;

    impl WithSimd for InnerProducts {
        type Output = ();

        #[inline(always)]
        fn with_simd<S: Simd>(self, simd: S) {
            let kernels = Vector { simd, threads: Threads::ONE };
            for (left_rows, right_rows, width) in
                [(1, 1, 16), (1, 9, 32), (13, 2, 48), (4, 4, 16), (4, 31, 304)]
            {
                let allowed = 1e-5 * (width as f32).sqrt();
                let (left, right) = (numbers(left_rows * width), numbers(right_rows * width));
                for added in [false, true] {
                    let mut out = numbers(left_rows * right_rows);
                    let before = out.clone();
                    inner_products(kernels, &left, &right, width, added, &mut out);
                    let rows = left.chunks(width).flat_map(|row| vec![row; right_rows]);
                    let others = right.chunks(width).cycle();
                    for (((found, before), x), y) in out.iter().zip(&before).zip(rows).zip(others) {
                        let start = if added { f64::from(*before) } else { 0.0 };
                        let terms = x.iter().zip(y).map(|(&x, &y)| f64::from(x) * f64::from(y));
                        let expected = (start + terms.sum::<f64>()) as f32;
                        let error = (found - expected).abs();
                        assert!(error <= allowed, "{left_rows}×{right_rows}×{width}: {error}");
                    }
                }
            }
        }
    }

    #[test]
    fn inner_products_agree_with_plain_sums() {
        with_every_width(InnerProducts);
    }

    #[derive(Clone, Copy)]
    struct Functions;

    /// Compares f over `from..to` with the same function in double precision. The error may be
    /// `relative` to the result, and at least `absolute` is always allowed.
    macro_rules! compare {
        ($simd:ident, $f:ident, $reference:expr, $from:literal .. $to:literal, $relative:literal, $absolute:literal) => {
            for step in 0..=4_000 {
                let x = ($from + ($to - $from) * f64::from(step) / 4_000.0) as f32;
                let lane = Lanes::new($simd, $simd.splat_f32s(x)).$f();
                let found = f64::from($simd.reduce_max_f32s(lane.vector));
                let reference: fn(f64) -> f64 = $reference;
                let expected = reference(f64::from(x));
                let allowed = f64::max($absolute, $relative * expected.abs());
                assert!(
                    (found - expected).abs() <= allowed,
                    "{}({x}) = {found:e}, expected {expected:e}",
                    stringify!($f)
                );
            }
        };
    }

    impl WithSimd for Functions {
        type Output = ();

        #[inline(always)]
        fn with_simd<S: Simd>(self, simd: S) {
            use super::super::Single;
            compare!(simd, exp, f64::exp, -87.0..88.0, 3e-7, 0.0);
            compare!(simd, exp_m1, f64::exp_m1, -90.0..0.0, 5e-7, 0.0);
            compare!(simd, exp_m1, f64::exp_m1, -0.01..0.01, 5e-7, 0.0);
            compare!(simd, ln_1p_unit, f64::ln_1p, 0.0..1.0, 4e-7, 0.0);
            compare!(simd, ln, f64::ln, 1e-3..1e4, 3e-7, 3e-7);
            compare!(simd, tanh, f64::tanh, -20.0..20.0, 4e-7, 0.0);
            compare!(simd, tanh, f64::tanh, -0.01..0.01, 4e-7, 0.0);
            compare!(simd, sin, f64::sin, -100.0..100.0, 0.0, 3e-7);
            compare!(simd, cos, f64::cos, -100.0..100.0, 0.0, 3e-7);
            compare!(simd, sin, f64::sin, -9000.0..9000.0, 0.0, 3e-7);
            compare!(simd, normal_cdf, |x| Single(x).normal_cdf().0, -9.0..9.0, 0.0, 3e-7);
            compare!(simd, logistic, |x| 1.0 / (1.0 + (-x).exp()), -80.0..80.0, 5e-7, 0.0);
        }
    }

    #[test]
    fn functions_keep_their_stated_errors() {
        with_every_width(Functions);
    }

    #[derive(Clone, Copy)]
    struct Extremes;

    impl WithSimd for Extremes {
        type Output = ();

        #[inline(always)]
        fn with_simd<S: Simd>(self, simd: S) {
            let of = |x: f32| Lanes::new(simd, simd.splat_f32s(x));
            let first = |lane: Lanes<S>| simd.reduce_sum_f32s(lane.vector) / S::F32_LANES as f32;
            let nan = of(f32::NAN);
            for hidden in [
                nan.exp(),
                nan.exp_m1(),
                nan.ln(),
                nan.ln_1p_unit(),
                nan.tanh(),
                nan.sin(),
                nan.cos(),
                nan.normal_cdf(),
                nan.logistic(),
                nan.positive_part(),
            ] {
                assert!(first(hidden).is_nan());
            }
            for huge in [1e10, f32::MAX, f32::INFINITY] {
                assert!((first(of(huge).tanh()) - 1.0).abs() < 1e-6);
                assert!(first(of(-huge).tanh()) < -0.999_999);
                assert!(first(of(-huge).exp()) < 2e-38);
                assert!(first(of(huge).logistic()) > 0.999_999);
                assert!(first(of(-huge).logistic()) < 1e-37);
            }
            assert!(first(of(1e10).sin()).abs() <= 1.0 + 1e-6);
        }
    }

    #[test]
    fn nan_stays_nan_and_extremes_saturate() {
        with_every_width(Extremes);
    }
}
