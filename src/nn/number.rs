//! The arithmetic in which activations and losses are written once.
//!
//! An activation such as tanh is needed for one number (a tooltip, a plotted curve), for a
//! double-precision reference (the gradient check) and for sixteen numbers at a time (training).
//! [`Number`] is what these have in common: the four operations and a handful of functions. This
//! file knows nothing of networks; what stands behind each function is decided in
//! [`kernels`](super::kernels).

use std::ops::{Add, Div, Mul, Neg, Sub};

/// One number, or one SIMD vector of numbers that are all treated alike.
///
/// NaN goes in, NaN comes out: no function here hides one, so that a diverged run is noticed.
pub trait Number:
    Copy
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
{
    /// The constant `value`, as the same kind of number as `self` (whose own value is not used).
    fn constant(self, value: f64) -> Self;

    /// `self · factor + addend`, in one rounding where the machine can.
    fn multiply_add(self, factor: Self, addend: Self) -> Self;

    /// The absolute value.
    fn abs(self) -> Self;

    /// `positive` where `self > 0` (or `self` is NaN), `otherwise` elsewhere.
    fn where_positive(self, positive: Self, otherwise: Self) -> Self;

    /// The exponential eˣ. May saturate instead of reaching infinity.
    fn exp(self) -> Self;

    /// eˣ − 1 without cancellation near zero, for x ≤ 0 or a little above.
    fn exp_m1(self) -> Self;

    /// ln(1 + x) for 0 ≤ x ≤ 1, the only range that the losses and softplus need.
    fn ln_1p_unit(self) -> Self;

    /// The natural logarithm, for normal positive numbers.
    fn ln(self) -> Self;

    /// The hyperbolic tangent.
    fn tanh(self) -> Self;

    /// The sine (radians).
    fn sin(self) -> Self;

    /// The cosine (radians).
    fn cos(self) -> Self;

    /// The distribution function of the standard normal, Φ(x) = ½·(1 + erf(x/√2)).
    fn normal_cdf(self) -> Self;

    /// The logistic function 1 / (1 + e⁻ˣ).
    #[inline(always)]
    fn logistic(self) -> Self {
        let one = self.constant(1.0);
        one / (one + (-self).exp())
    }

    /// The larger of zero and `self`.
    #[inline(always)]
    fn positive_part(self) -> Self {
        self.where_positive(self, self.constant(0.0))
    }
}
