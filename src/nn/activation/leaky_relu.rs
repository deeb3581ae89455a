//! The leaky rectified linear unit (Maas et al. 2013).

use super::Function;
use crate::nn::number::Number;

/// The slope below zero: PyTorch's default.
const LEAK: f64 = 0.01;

pub(super) struct LeakyRelu;

impl Function for LeakyRelu {
    const ID: &'static str = "leaky_relu";
    const NAME: &'static str = "Leaky ReLU";
    const FORMULA: &'static str = "f(z) = z if z > 0, else 0.01·z";
    const SUMMARY: &'static str = "ReLU that lets a little through below zero, so that no neuron can die.";

    #[inline(always)]
    fn value<N: Number>(z: N) -> N {
        z.where_positive(z, z * z.constant(LEAK))
    }

    #[inline(always)]
    fn slope<N: Number>(z: N, _a: N) -> N {
        z.where_positive(z.constant(1.0), z.constant(LEAK))
    }

    #[inline(always)]
    fn bend<N: Number>(z: N, _a: N) -> N {
        z.constant(0.0)
    }
}
