//! The rectified linear unit (Nair & Hinton 2010): f(z) = max(0, z).

use super::Function;
use crate::nn::number::Number;

pub(super) struct Relu;

impl Function for Relu {
    const ID: &'static str = "relu";
    const NAME: &'static str = "ReLU";
    const FORMULA: &'static str = "f(z) = max(0, z)";
    const SUMMARY: &'static str = "Passes what is positive and blocks the rest. Cheap and it does not fade, so deep networks learn fast; but a neuron that is negative for every sample gets no gradient and stays dead.";

    #[inline(always)]
    fn value<N: Number>(z: N) -> N {
        z.positive_part()
    }

    #[inline(always)]
    fn slope<N: Number>(z: N, _a: N) -> N {
        z.where_positive(z.constant(1.0), z.constant(0.0))
    }

    #[inline(always)]
    fn bend<N: Number>(z: N, _a: N) -> N {
        z.constant(0.0)
    }
}
