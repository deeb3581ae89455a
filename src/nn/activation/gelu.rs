//! The Gaussian error linear unit (Hendrycks & Gimpel 2016): f(z) = z·Φ(z).

use super::Function;
use crate::nn::number::Number;

/// φ(z) = e^(−z²/2) / √(2π), the density of the standard normal.
#[inline(always)]
fn density<N: Number>(z: N) -> N {
    z.constant(0.398_942_280_401_432_7) * (z.constant(-0.5) * z * z).exp()
}

pub(super) struct Gelu;

impl Function for Gelu {
    const ID: &'static str = "gelu";
    const NAME: &'static str = "GELU";
    const FORMULA: &'static str = "f(z) = z·Φ(z), Φ the normal distribution function";
    const SUMMARY: &'static str = "A ReLU with a rounded corner that dips a little below zero. The usual choice in large language models.";

    #[inline(always)]
    fn value<N: Number>(z: N) -> N {
        z * z.normal_cdf()
    }

    #[inline(always)]
    fn slope<N: Number>(z: N, _a: N) -> N {
        // The product rule on z·Φ(z), with Φ′ = φ.
        z.multiply_add(density(z), z.normal_cdf())
    }

    #[inline(always)]
    fn bend<N: Number>(z: N, _a: N) -> N {
        // (Φ + zφ)′ = 2φ + zφ′, and φ′ = −zφ.
        density(z) * (z.constant(2.0) - z * z)
    }
}
