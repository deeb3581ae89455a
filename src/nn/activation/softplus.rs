//! Softplus (Dugas et al. 2001): f(z) = ln(1 + exp(z)), f′ = σ.

use super::Function;
use crate::nn::number::Number;

pub(super) struct Softplus;

impl Function for Softplus {
    const ID: &'static str = "softplus";
    const NAME: &'static str = "Softplus";
    const FORMULA: &'static str = "f(z) = ln(1 + exp(z))";
    const SUMMARY: &'static str = "A ReLU with its corner rounded off: always positive, smooth everywhere. Its slope is the sigmoid.";

    #[inline(always)]
    fn value<N: Number>(z: N) -> N {
        // max(0, z) + ln(1 + e^−|z|): the same, and nothing overflows.
        z.positive_part() + (-z.abs()).exp().ln_1p_unit()
    }

    #[inline(always)]
    fn slope<N: Number>(z: N, _a: N) -> N {
        z.logistic()
    }

    #[inline(always)]
    fn bend<N: Number>(z: N, _a: N) -> N {
        let sigma = z.logistic();
        sigma * (z.constant(1.0) - sigma)
    }
}
