//! The reference kernels: one number at a time, in the order in which one would write the sums.

use std::ops::{Add, Div, Mul, Neg, Sub};

use super::transpose::transpose;
use super::{Kernels, Left, Product, Start};
use crate::nn::number::Number;
use crate::nn::real::Real;

/// Plain loops, for any precision.
#[derive(Clone, Copy)]
pub struct Plain;

impl<T: Real> Kernels<T> for Plain {
    const LANES: usize = 1;
    type Vector = T;
    type Lane = Single<T>;

    fn vectors(values: &[T]) -> &[T] {
        values
    }

    fn vectors_mut(values: &mut [T]) -> &mut [T] {
        values
    }

    fn lane(self, vector: T) -> Single<T> {
        Single(vector)
    }

    fn vector(lane: Single<T>) -> T {
        lane.0
    }

    fn splat(self, value: T) -> Single<T> {
        Single(value)
    }

    fn sum(self, lane: Single<T>) -> T {
        lane.0
    }

    fn sums(self, vectors: &[T], out: &mut [T]) {
        out.copy_from_slice(&vectors[..out.len()]);
    }

    fn is_shared(self, _numbers: usize) -> bool {
        false
    }

    fn share<Pieces, Work>(self, pieces: Pieces, work: Work)
    where
        Pieces: DoubleEndedIterator<Item: Send> + Send,
        Work: Fn(Pieces::Item) + Sync,
    {
        pieces.for_each(work);
    }

    fn transpose(
        self,
        from: &[T],
        from_stride: usize,
        size: [usize; 2],
        to: &mut [T],
        to_stride: usize,
    ) {
        transpose(from, from_stride, size, to, to_stride);
    }

    fn product(self, product: &Product<'_, T>, out: &mut [T]) {
        for (row, out_row) in out.chunks_mut(product.out_stride).take(product.rows).enumerate() {
            let out_row = &mut out_row[..product.columns];
            match product.start {
                Start::Zero => out_row.fill(T::zero()),
                Start::Rows(starts) => out_row.fill(starts[row]),
                Start::Keep => {}
            }
            let right_rows = product.right.chunks(product.right_stride).take(product.terms);
            for (term, right_row) in right_rows.enumerate() {
                let factor = match product.left {
                    Left::Rows { values, stride } => values[row * stride + term],
                    Left::Columns { values, stride, first } => values[term * stride + first + row],
                };
                for (sum, &value) in out_row.iter_mut().zip(right_row) {
                    *sum = *sum + factor * value;
                }
            }
        }
    }
}

/// One number with [`Number`]'s functions, from the standard library.
#[derive(Clone, Copy, Debug)]
pub struct Single<T>(pub T);

/// Passes the operators through to the number inside.
macro_rules! operators {
    ($($operator:ident :: $method:ident),+) => {
        $(impl<T: Real> $operator for Single<T> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                Self(self.0.$method(other.0))
            }
        })+
    };
}

operators!(Add::add, Sub::sub, Mul::mul, Div::div);

impl<T: Real> Neg for Single<T> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl<T: Real> Number for Single<T> {
    fn constant(self, value: f64) -> Self {
        Self(T::of(value))
    }

    /// In two roundings: without a fused instruction, one rounding is a slow library call.
    fn multiply_add(self, factor: Self, addend: Self) -> Self {
        self * factor + addend
    }

    fn abs(self) -> Self {
        Self(self.0.abs())
    }

    fn where_positive(self, positive: Self, otherwise: Self) -> Self {
        if self.0 <= T::zero() { otherwise } else { positive }
    }

    fn exp(self) -> Self {
        Self(self.0.exp())
    }

    fn exp_m1(self) -> Self {
        Self(self.0.exp_m1())
    }

    fn ln_1p_unit(self) -> Self {
        Self(self.0.ln_1p())
    }

    fn ln(self) -> Self {
        Self(self.0.ln())
    }

    fn tanh(self) -> Self {
        Self(self.0.tanh())
    }

    fn sin(self) -> Self {
        Self(self.0.sin())
    }

    fn cos(self) -> Self {
        Self(self.0.cos())
    }

    fn normal_cdf(self) -> Self {
        Self(T::of(normal_cdf(self.0.wide())))
    }
}

/// Φ(x) to about 15 digits: a series near the middle, a continued fraction in the tails
/// (Abramowitz & Stegun 1964, 26.2.11 and 26.2.14).
fn normal_cdf(x: f64) -> f64 {
    let density = (-0.5 * x * x).exp() / std::f64::consts::TAU.sqrt();
    let distance = x.abs();
    if distance < 4.0 {
        // ½ + φ(x)·(x + x³/3 + x⁵/(3·5) + …): the terms have one sign, so nothing cancels.
        let mut term = x;
        let mut sum = x;
        let mut odd = 1.0;
        while term.abs() > 1e-17 * sum.abs() {
            odd += 2.0;
            term *= x * x / odd;
            sum += term;
        }
        return 0.5 + density * sum;
    }
    // φ(x) / (x + 1/(x + 2/(x + 3/(x + …)))) is the tail beyond x.
    let fraction = (1..=60).rev().fold(distance, |tail, k| distance + f64::from(k) / tail);
    let tail = density / fraction;
    if x <= 0.0 { tail } else { 1.0 - tail }
}
