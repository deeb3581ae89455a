//! The identity: f(z) = z, f′(z) = 1.

use super::Function;
use crate::nn::number::Number;

pub(super) struct Identity;

impl Function for Identity {
    const ID: &'static str = "identity";
    const NAME: &'static str = "Identity";
    const FORMULA: &'static str = "f(z) = z";
    const SUMMARY: &'static str = "Passes its input on unchanged. A network of identity layers can only draw straight lines, however deep it is: use it to see why the bend matters.";

    #[inline(always)]
    fn value<N: Number>(z: N) -> N {
        z
    }

    #[inline(always)]
    fn slope<N: Number>(z: N, _a: N) -> N {
        z.constant(1.0)
    }

    #[inline(always)]
    fn bend<N: Number>(z: N, _a: N) -> N {
        z.constant(0.0)
    }
}
