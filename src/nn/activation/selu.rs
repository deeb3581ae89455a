//! The scaled exponential linear unit (Klambauer et al. 2017).

use super::Function;
use crate::nn::number::Number;

/// The two constants that make mean 0 and variance 1 a fixed point (their equation 14).
const ALPHA: f64 = 1.673_263_242_354_377_2;
const LAMBDA: f64 = 1.050_700_987_355_480_5;

pub(super) struct Selu;

impl Function for Selu {
    const ID: &'static str = "selu";
    const NAME: &'static str = "SELU";
    const FORMULA: &'static str = "f(z) = λ·z if z > 0, else λ·α·(exp(z) − 1), λ ≈ 1.0507, α ≈ 1.6733";
    const SUMMARY: &'static str = "ELU with two constants chosen so that layer after layer keeps mean 0 and variance 1. Meant for deep plain networks with LeCun initialisation.";

    #[inline(always)]
    fn value<N: Number>(z: N) -> N {
        z.constant(LAMBDA) * z.where_positive(z, z.constant(ALPHA) * z.exp_m1())
    }

    #[inline(always)]
    fn slope<N: Number>(z: N, a: N) -> N {
        // Below zero λα·exp(z), which is f + λα.
        z.where_positive(z.constant(LAMBDA), a + z.constant(LAMBDA * ALPHA))
    }

    #[inline(always)]
    fn bend<N: Number>(z: N, a: N) -> N {
        z.where_positive(z.constant(0.0), a + z.constant(LAMBDA * ALPHA))
    }
}
