//! The exponential linear unit (Clevert et al. 2016), with α = 1.

use super::Function;
use crate::nn::number::Number;

pub(super) struct Elu;

impl Function for Elu {
    const ID: &'static str = "elu";
    const NAME: &'static str = "ELU";
    const FORMULA: &'static str = "f(z) = z if z > 0, else exp(z) − 1";
    const SUMMARY: &'static str = "Like ReLU, but it bends smoothly down to −1, which keeps the mean of a layer near 0 and its neurons alive.";

    #[inline(always)]
    fn value<N: Number>(z: N) -> N {
        z.where_positive(z, z.exp_m1())
    }

    #[inline(always)]
    fn slope<N: Number>(z: N, a: N) -> N {
        let one = z.constant(1.0);
        z.where_positive(one, a + one)
    }

    #[inline(always)]
    fn bend<N: Number>(z: N, a: N) -> N {
        z.where_positive(z.constant(0.0), a + z.constant(1.0))
    }
}
