//! The fast kernels: vectors of `f32`, in whatever width this machine offers.

use pulp::{Arch, Simd, WithSimd};

use super::lanes::Lanes;
use super::{Kernels, Pass, Product, product};

/// Kernels that use the instructions `S`.
#[derive(Clone, Copy)]
pub struct Vector<S: Simd>(S);

/// Runs a pass compiled for the best instructions of this machine: AVX-512, AVX2, NEON, or none.
///
/// The results on one machine are always the same bits; two machines with vectors of different
/// widths add up in different orders and may differ in the last digit.
#[inline]
pub(in crate::nn) fn run_vectorised<P: Pass<f32>>(pass: P) -> P::Output {
    Arch::new().dispatch(Run(pass))
}

struct Run<P>(P);

impl<P: Pass<f32>> WithSimd for Run<P> {
    type Output = P::Output;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> P::Output {
        self.0.run(Vector(simd))
    }
}

impl<S: Simd> Kernels<f32> for Vector<S> {
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
        Lanes::new(self.0, vector)
    }

    #[inline(always)]
    fn vector(lane: Lanes<S>) -> S::f32s {
        lane.vector
    }

    #[inline(always)]
    fn splat(self, value: f32) -> Lanes<S> {
        Lanes::new(self.0, self.0.splat_f32s(value))
    }

    #[inline(always)]
    fn sum(self, lane: Lanes<S>) -> f32 {
        self.0.reduce_sum_f32s(lane.vector)
    }

    #[inline(always)]
    fn product(self, product: Product<'_, f32>, out: &mut [f32], columns: usize) {
        product::product(self.0, product, out, columns);
    }
}
