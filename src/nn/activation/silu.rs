//! The sigmoid linear unit (Elfwing et al. 2018): f(z) = z·σ(z).

use super::Function;
use crate::nn::number::Number;

pub(super) struct Silu;

impl Function for Silu {
    const ID: &'static str = "silu";
    const NAME: &'static str = "SiLU";
    const FORMULA: &'static str = "f(z) = z·σ(z) = z / (1 + exp(−z))";
    const SUMMARY: &'static str = "Also called swish: a smooth ReLU with a small dip below zero. Often a little better than ReLU in deep networks.";

    #[inline(always)]
    fn value<N: Number>(z: N) -> N {
        z * z.logistic()
    }

    #[inline(always)]
    fn slope<N: Number>(z: N, a: N) -> N {
        // The product rule on z·σ(z), with σ′ = σ·(1 − σ): σ + f·(1 − σ).
        let sigma = z.logistic();
        a.multiply_add(z.constant(1.0) - sigma, sigma)
    }

    #[inline(always)]
    fn bend<N: Number>(z: N, _a: N) -> N {
        // σ′·(2 + z·(1 − 2σ)).
        let one = z.constant(1.0);
        let sigma = z.logistic();
        sigma * (one - sigma) * (one + one + z * (one - (sigma + sigma)))
    }
}
