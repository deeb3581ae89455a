//! The logistic sigmoid: f(z) = 1/(1 + exp(−z)), f′ = f·(1 − f).

use super::Function;
use crate::nn::number::Number;

pub(super) struct Sigmoid;

impl Function for Sigmoid {
    const ID: &'static str = "sigmoid";
    const NAME: &'static str = "Sigmoid";
    const FORMULA: &'static str = "f(z) = 1 / (1 + exp(−z))";
    const SUMMARY: &'static str = "Squeezes any number into 0 to 1, like a soft switch. Its slope is at most ¼ and fades at both ends, so deep networks of sigmoids learn slowly.";

    #[inline(always)]
    fn value<N: Number>(z: N) -> N {
        z.logistic()
    }

    #[inline(always)]
    fn slope<N: Number>(z: N, a: N) -> N {
        a * (z.constant(1.0) - a)
    }

    #[inline(always)]
    fn bend<N: Number>(z: N, a: N) -> N {
        // f″ = f′·(1 − 2f), by the product rule on f·(1 − f).
        let one = z.constant(1.0);
        a * (one - a) * (one - (a + a))
    }
}
