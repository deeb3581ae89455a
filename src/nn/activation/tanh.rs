//! The hyperbolic tangent: f(z) = tanh z, f′ = 1 − f².

use super::Function;
use crate::nn::number::Number;

pub(super) struct Tanh;

impl Function for Tanh {
    const ID: &'static str = "tanh";
    const NAME: &'static str = "Tanh";
    const FORMULA: &'static str = "f(z) = tanh z = (exp(z) − exp(−z)) / (exp(z) + exp(−z))";
    const SUMMARY: &'static str = "Squeezes any number into −1 to 1, with its middle at 0. Smooth decision borders; a good first choice for small networks.";

    #[inline(always)]
    fn value<N: Number>(z: N) -> N {
        z.tanh()
    }

    #[inline(always)]
    fn slope<N: Number>(z: N, a: N) -> N {
        z.constant(1.0) - a * a
    }

    #[inline(always)]
    fn bend<N: Number>(z: N, a: N) -> N {
        // f″ = (1 − f²)′ = −2f·f′.
        z.constant(-2.0) * a * Self::slope(z, a)
    }
}
