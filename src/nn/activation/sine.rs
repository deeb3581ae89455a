//! The sine (Sitzmann et al. 2020, without their frequency factor).

use super::Function;
use crate::nn::number::Number;

pub(super) struct Sine;

impl Function for Sine {
    const ID: &'static str = "sine";
    const NAME: &'static str = "Sine";
    const FORMULA: &'static str = "f(z) = sin z";
    const SUMMARY: &'static str = "A wave instead of a switch. Made for signals and pictures that repeat; it has many flat spots, so start with small weights.";

    #[inline(always)]
    fn value<N: Number>(z: N) -> N {
        z.sin()
    }

    #[inline(always)]
    fn slope<N: Number>(z: N, _a: N) -> N {
        z.cos()
    }

    #[inline(always)]
    fn bend<N: Number>(_z: N, a: N) -> N {
        -a
    }
}
