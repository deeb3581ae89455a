//! A vector of `f32` with [`Number`]'s functions, computed without library calls.
//!
//! The functions below are polynomials and quotients of polynomials of the stated error, after a
//! reduction of the argument; they have no branches, so all lanes go the same way.

use std::f64::consts::{FRAC_1_PI, FRAC_1_SQRT_2, FRAC_PI_2, LN_2, LOG2_E};
use std::ops::{Add, Div, Mul, Neg, Sub};

use pulp::Simd;

use crate::nn::number::Number;

/// One SIMD vector. `simd` is a proof, of size zero, that the machine has the instructions.
#[derive(Clone, Copy)]
pub struct Lanes<S: Simd> {
    simd: S,
    pub(super) vector: S::f32s,
}

/// Adding 1.5·2²³ rounds an `f32` to a whole number, which then stands in its lowest bits.
const ROUNDER: f64 = 12_582_912.0;

impl<S: Simd> Lanes<S> {
    /// A vector with arithmetic.
    #[inline(always)]
    pub(super) fn new(simd: S, vector: S::f32s) -> Self {
        Self { simd, vector }
    }

    #[inline(always)]
    fn with(self, vector: S::f32s) -> Self {
        Self { vector, ..self }
    }

    #[inline(always)]
    fn bits(self) -> S::u32s {
        self.simd.transmute_u32s_f32s(self.vector)
    }

    #[inline(always)]
    fn with_bits(self, bits: S::u32s) -> Self {
        self.with(self.simd.transmute_f32s_u32s(bits))
    }

    #[inline(always)]
    fn shift_left(self, bits: S::u32s, by: u32) -> S::u32s {
        self.simd.wrapping_dyn_shl_u32s(bits, self.simd.splat_u32s(by))
    }

    /// `self` limited to `low..=high`; NaN stays NaN.
    #[inline(always)]
    fn clamp(self, low: f64, high: f64) -> Self {
        let (low, high) = (self.constant(low), self.constant(high));
        let simd = self.simd;
        if S::IS_SCALAR {
            let above = simd.greater_than_f32s(self.vector, high.vector);
            let limited = simd.select_f32s(above, high.vector, self.vector);
            let below = simd.less_than_f32s(limited, low.vector);
            return self.with(simd.select_f32s(below, low.vector, limited));
        }
        // Vector minimum and maximum answer NaN if their second operand is NaN, on every machine.
        self.with(simd.min_f32s(high.vector, simd.max_f32s(low.vector, self.vector)))
    }

    /// The polynomial with these coefficients (of x⁰ first), by Horner's rule.
    #[inline(always)]
    fn polynomial<const N: usize>(self, coefficients: [f64; N]) -> Self {
        let mut sum = self.constant(coefficients[N - 1]);
        for &coefficient in coefficients[..N - 1].iter().rev() {
            sum = sum.multiply_add(self, self.constant(coefficient));
        }
        sum
    }

    /// x = n·π + r with a whole n and |r| ≤ π/2: r, and the sign (−1)ⁿ as a sign bit.
    ///
    /// π is subtracted in three parts (Cody & Waite 1980): the first two have so few bits that
    /// their products with n are exact.
    #[inline(always)]
    fn reduce_by_pi(self) -> (Self, S::u32s) {
        let rounder = self.constant(ROUNDER);
        let rounded = self.multiply_add(self.constant(FRAC_1_PI), rounder);
        let n = rounded - rounder;
        let r = n.multiply_add(self.constant(-3.140_625), self);
        let r = n.multiply_add(self.constant(-9.675_025_939_941_406e-4), r);
        let r = n.multiply_add(self.constant(-1.509_957_990_978_376_4e-7), r);
        // Beyond about 10⁶ there are too few digits left to reduce; stay within a wave at least.
        let r = r.clamp(-FRAC_PI_2, FRAC_PI_2);
        (r, self.shift_left(rounded.bits(), 31))
    }

    /// 2·artanh(s) for |s| ≤ 1/3 by its series 2·(s + s³/3 + s⁵/5 + …): error below 10⁻⁸.
    #[inline(always)]
    fn twice_artanh(self) -> Self {
        let s = self;
        let series = (s * s).polynomial([
            2.0,
            2.0 / 3.0,
            2.0 / 5.0,
            2.0 / 7.0,
            2.0 / 9.0,
            2.0 / 11.0,
            2.0 / 13.0,
        ]);
        s * series
    }
}

/// One operator of the vector type.
macro_rules! operators {
    ($($operator:ident :: $method:ident = $instruction:ident),+) => {
        $(impl<S: Simd> $operator for Lanes<S> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                self.with(self.simd.$instruction(self.vector, other.vector))
            }
        })+
    };
}

operators!(Add::add = add_f32s, Sub::sub = sub_f32s, Mul::mul = mul_f32s, Div::div = div_f32s);

impl<S: Simd> Neg for Lanes<S> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        self.with(self.simd.neg_f32s(self.vector))
    }
}

impl<S: Simd> Number for Lanes<S> {
    #[inline(always)]
    fn constant(self, value: f64) -> Self {
        self.with(self.simd.splat_f32s(value as f32))
    }

    #[inline(always)]
    fn multiply_add(self, factor: Self, addend: Self) -> Self {
        self.with(self.simd.mul_add_e_f32s(self.vector, factor.vector, addend.vector))
    }

    #[inline(always)]
    fn abs(self) -> Self {
        self.with(self.simd.abs_f32s(self.vector))
    }

    #[inline(always)]
    fn where_positive(self, positive: Self, otherwise: Self) -> Self {
        let zero = self.simd.splat_f32s(0.0);
        let not_positive = self.simd.less_than_or_equal_f32s(self.vector, zero);
        self.with(self.simd.select_f32s(not_positive, otherwise.vector, positive.vector))
    }

    /// x = n·ln 2 + r with |r| ≤ ½ ln 2; eˣ = 2ⁿ·eʳ, and eʳ by its series up to r⁷/7!. Relative
    /// error below 2·10⁻⁷. Saturates at 2.4·10³⁸ and 10⁻³⁸.
    #[inline(always)]
    fn exp(self) -> Self {
        let x = self.clamp(-87.3, 88.3);
        let rounder = self.constant(ROUNDER);
        let rounded = x.multiply_add(self.constant(LOG2_E), rounder);
        let n = rounded - rounder;
        // ln 2 in two parts, the first exact in few bits, so that n times it is exact.
        let r = n.multiply_add(self.constant(-0.693_359_375), x);
        let r = n.multiply_add(self.constant(0.693_359_375 - LN_2), r);
        let series = r.polynomial([
            1.0,
            1.0,
            1.0 / 2.0,
            1.0 / 6.0,
            1.0 / 24.0,
            1.0 / 120.0,
            1.0 / 720.0,
            1.0 / 5040.0,
        ]);
        // 2ⁿ: n, moved to the exponent field, plus the exponent of one.
        let exponent = self.shift_left(rounded.bits(), 23);
        let one = self.simd.splat_u32s(1.0_f32.to_bits());
        series * self.with_bits(self.simd.add_u32s(exponent, one))
    }

    /// 2t/(1 − t) with t = tanh(x/2): exact arithmetic's eˣ − 1, and accurate near zero because
    /// tanh is. Overflows early, beyond 16: the activations use it for x ≤ 0 only. Relative error
    /// there below 5·10⁻⁷.
    #[inline(always)]
    fn exp_m1(self) -> Self {
        let t = (self * self.constant(0.5)).tanh();
        (t + t) / (self.constant(1.0) - t)
    }

    /// ln(1 + y) = 2·artanh(y/(2 + y)). Relative error below 3·10⁻⁷.
    #[inline(always)]
    fn ln_1p_unit(self) -> Self {
        (self / (self + self.constant(2.0))).twice_artanh()
    }

    /// x = 2ᵉ·m with √½ ≤ m < √2; ln x = e·ln 2 + 2·artanh((m − 1)/(m + 1)). Error below
    /// 2·10⁻⁷, relative or absolute, whichever is larger.
    #[inline(always)]
    fn ln(self) -> Self {
        let simd = self.simd;
        let root_half = simd.splat_u32s(std::f32::consts::FRAC_1_SQRT_2.to_bits());
        let offset = simd.splat_u32s(1.0_f32.to_bits() - std::f32::consts::FRAC_1_SQRT_2.to_bits());
        let shifted = simd.add_u32s(self.bits(), offset);
        let mantissa = simd.and_u32s(shifted, simd.splat_u32s(0x007f_ffff));
        let m = self.with_bits(simd.add_u32s(mantissa, root_half));
        // The exponent, put into the lowest bits of 2²³, becomes a number by subtracting 2²³.
        let exponent = simd.wrapping_dyn_shr_u32s(shifted, simd.splat_u32s(23));
        let large = simd.splat_u32s(8_388_608.0_f32.to_bits());
        let e = self.with_bits(simd.add_u32s(exponent, large)) - self.constant(8_388_608.0 + 127.0);
        let one = self.constant(1.0);
        let ln_m = ((m - one) / (m + one)).twice_artanh();
        // Adding 0·x keeps a NaN, which the bits above have lost.
        let ln = e.multiply_add(self.constant(LN_2), ln_m);
        self.multiply_add(self.constant(0.0), ln)
    }

    /// x·P(x²)/Q(x²) on |x| ≤ 9, beyond which tanh is 1 in `f32`. The coefficients minimise the
    /// largest relative error (fitted by reweighted least squares), 2·10⁻⁸ before rounding.
    #[inline(always)]
    fn tanh(self) -> Self {
        let x = self.clamp(-9.0, 9.0);
        let square = x * x;
        let p = square.polynomial(TANH_P);
        let q = square.polynomial(TANH_Q);
        x * p / q
    }

    /// (−1)ⁿ·sin r by its series up to r¹¹/11!. Error below 2·10⁻⁷ for |x| up to about 10⁴.
    #[inline(always)]
    fn sin(self) -> Self {
        let (r, sign) = self.reduce_by_pi();
        let series = (r * r).polynomial([
            1.0,
            -1.0 / 6.0,
            1.0 / 120.0,
            -1.0 / 5_040.0,
            1.0 / 362_880.0,
            -1.0 / 39_916_800.0,
        ]);
        let sine = r * series;
        self.with_bits(self.simd.xor_u32s(sine.bits(), sign))
    }

    /// (−1)ⁿ·cos r by its series up to r¹²/12!. Error below 2·10⁻⁷ for |x| up to about 10⁴.
    #[inline(always)]
    fn cos(self) -> Self {
        let (r, sign) = self.reduce_by_pi();
        let cosine = (r * r).polynomial([
            1.0,
            -1.0 / 2.0,
            1.0 / 24.0,
            -1.0 / 720.0,
            1.0 / 40_320.0,
            -1.0 / 3_628_800.0,
            1.0 / 479_001_600.0,
        ]);
        self.with_bits(self.simd.xor_u32s(cosine.bits(), sign))
    }

    /// Abramowitz & Stegun 1964, 7.1.26, for the tail on the far side of zero; error below 3·10⁻⁷.
    #[inline(always)]
    fn normal_cdf(self) -> Self {
        let one = self.constant(1.0);
        let x = self.abs();
        let t = one / x.multiply_add(self.constant(0.327_591_1 * FRAC_1_SQRT_2), one);
        let series = t.polynomial([
            0.254_829_592,
            -0.284_496_736,
            1.421_413_741,
            -1.453_152_027,
            1.061_405_429,
        ]);
        let half = self.constant(0.5);
        let tail = half * t * series * (-(half * x * x)).exp();
        self.where_positive(one - tail, tail)
    }
}

const TANH_P: [f64; 5] =
    [9.999_999_797e-1, 1.338_102_569e-1, 3.495_587_495e-3, 2.060_905_172e-5, 1.335_458_944e-8];
const TANH_Q: [f64; 5] =
    [1.0, 4.671_434_136e-1, 2.587_698_145e-2, 3.285_632_844e-4, 7.776_534_731e-7];
