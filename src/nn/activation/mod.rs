//! Activation functions: the bend in each neuron that makes a network more than one big matrix.
//!
//! Each activation is one file here plus one line in the list at the end of this file; names, ids,
//! formulas, the fast kernels and the tests follow from the list. An activation knows its own
//! mathematics and nothing of layers or training.

use serde::{Deserialize, Serialize};

use super::kernels::Single;
use super::number::Number;
use super::real::Real;

/// What one activation file provides.
pub(super) trait Function {
    /// The name in files and commands, such as `leaky_relu`.
    const ID: &'static str;
    /// The name on screen, such as `Leaky ReLU`.
    const NAME: &'static str;
    /// The formula f(z), in Unicode mathematics.
    const FORMULA: &'static str;
    /// One or two sentences on what it does and when to use it.
    const SUMMARY: &'static str;

    /// f(z).
    fn value<N: Number>(z: N) -> N;

    /// f′(z). The value `a` = f(z) is already known and often the shortest way.
    fn slope<N: Number>(z: N, a: N) -> N;

    /// f″(z), given `a` = f(z).
    fn bend<N: Number>(z: N, a: N) -> N;
}

/// Work to be done with an activation that is known only at run time: [`Activation::visit`]
/// calls it with the right [`Function`], so that the choice is made once, outside the loops.
pub(super) trait Visitor {
    type Output;
    fn visit<F: Function>(self) -> Self::Output;
}

/// Writes the enum and everything that follows from the list of activations.
macro_rules! activations {
    ($($module:ident :: $variant:ident = $id:literal, $doc:literal;)+) => {
        $(mod $module;)+

        /// The activation function of a hidden layer.
        ///
        /// Saved under its [`id`](Activation::id).
        ///
        /// ```
        /// use netsmith::nn::Activation;
        ///
        /// let tanh = Activation::from_id("tanh").ok_or("unknown activation")?;
        /// assert_eq!(tanh.name(), "Tanh");
        /// assert!((tanh.value(0.5_f64) - 0.5_f64.tanh()).abs() < 1e-12);
        /// # Ok::<(), &str>(())
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Activation {
            $(#[doc = $doc] #[serde(rename = $id)] $variant,)+
        }

        impl Activation {
            /// Every activation, in the order in which they are offered.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// Calls `visitor` with the type that holds this activation's mathematics.
            #[inline(always)]
            pub(super) fn visit<V: Visitor>(self, visitor: V) -> V::Output {
                match self {
                    $(Self::$variant => visitor.visit::<$module::$variant>(),)+
                }
            }

            /// The name in files and commands, such as `leaky_relu`.
            pub fn id(self) -> &'static str {
                match self { $(Self::$variant => $module::$variant::ID,)+ }
            }

            /// The name on screen, such as `Leaky ReLU`.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $module::$variant::NAME,)+ }
            }

            /// The formula f(z).
            pub fn formula(self) -> &'static str {
                match self { $(Self::$variant => $module::$variant::FORMULA,)+ }
            }

            /// One or two sentences on what it does and when to use it.
            pub fn summary(self) -> &'static str {
                match self { $(Self::$variant => $module::$variant::SUMMARY,)+ }
            }
        }
    };
}

impl Activation {
    /// The activation of this id, if there is one.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|each| each.id() == id)
    }

    /// f(z).
    pub fn value<T: Real>(self, z: T) -> T {
        self.visit(ValueAt(z))
    }

    /// f′(z). At a kink, the slope of the left side (so 0 for ReLU at 0, as in PyTorch).
    pub fn derivative<T: Real>(self, z: T) -> T {
        self.visit(SlopeAt(z))
    }

    /// f″(z). At a kink, that of the left side.
    pub fn second_derivative<T: Real>(self, z: T) -> T {
        self.visit(BendAt(z))
    }
}

struct ValueAt<T>(T);

impl<T: Real> Visitor for ValueAt<T> {
    type Output = T;
    #[inline(always)]
    fn visit<F: Function>(self) -> T {
        F::value(Single(self.0)).0
    }
}

struct SlopeAt<T>(T);

impl<T: Real> Visitor for SlopeAt<T> {
    type Output = T;
    #[inline(always)]
    fn visit<F: Function>(self) -> T {
        let z = Single(self.0);
        F::slope(z, F::value(z)).0
    }
}

struct BendAt<T>(T);

impl<T: Real> Visitor for BendAt<T> {
    type Output = T;
    #[inline(always)]
    fn visit<F: Function>(self) -> T {
        let z = Single(self.0);
        F::bend(z, F::value(z)).0
    }
}

activations! {
    identity::Identity = "identity", "f(z) = z: no bend at all.";
    sigmoid::Sigmoid = "sigmoid", "The logistic function, between 0 and 1.";
    tanh::Tanh = "tanh", "The hyperbolic tangent, between −1 and 1.";
    relu::Relu = "relu", "The rectified linear unit, max(0, z).";
    leaky_relu::LeakyRelu = "leaky_relu", "ReLU with a slope of 0.01 below zero.";
    elu::Elu = "elu", "The exponential linear unit.";
    selu::Selu = "selu", "The self-normalising exponential linear unit.";
    gelu::Gelu = "gelu", "The Gaussian error linear unit.";
    silu::Silu = "silu", "The sigmoid linear unit (swish).";
    softplus::Softplus = "softplus", "A smooth ReLU.";
    sine::Sine = "sine", "The sine, a wave.";
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn ids_are_distinct_and_lead_back() {
        let ids: HashSet<_> = Activation::ALL.iter().map(|each| each.id()).collect();
        assert_eq!(ids.len(), Activation::ALL.len());
        for &activation in Activation::ALL {
            assert_eq!(Activation::from_id(activation.id()), Some(activation));
            assert!(activation.formula().contains('z'));
            assert!(activation.summary().ends_with('.'));
        }
        assert_eq!(Activation::from_id("Tanh"), None);
    }

    #[test]
    fn derivatives_agree_with_central_differences() {
        let h = 1e-5;
        for &activation in Activation::ALL {
            for step in -60..60 {
                let z = f64::from(step) * 0.1 + 0.05; // never on a kink
                let slope = (activation.value(z + h) - activation.value(z - h)) / (2.0 * h);
                let bend =
                    (activation.derivative(z + h) - activation.derivative(z - h)) / (2.0 * h);
                assert!(
                    (slope - activation.derivative(z)).abs() < 1e-8,
                    "{activation:?} at {z}: {slope}"
                );
                assert!(
                    (bend - activation.second_derivative(z)).abs() < 1e-8,
                    "{activation:?} at {z}: {bend}"
                );
            }
        }
    }

    /// Values from the definitions, computed with 30 digits (Python's `decimal`, series for erf).
    #[test]
    fn known_values() {
        let close = |activation: Activation, z: f64, value: f64| {
            assert!(
                (activation.value(z) - value).abs() < 1e-14,
                "{activation:?}({z}) = {}",
                activation.value(z)
            );
        };
        close(Activation::Sigmoid, 1.0, 0.731_058_578_630_004_9);
        close(Activation::Tanh, -0.5, -0.462_117_157_260_009_76);
        close(Activation::LeakyRelu, -2.0, -0.02);
        close(Activation::Elu, -1.0, -0.632_120_558_828_557_7);
        close(Activation::Gelu, 1.0, 0.841_344_746_068_542_9);
        close(Activation::Gelu, -1.0, -0.158_655_253_931_457_05);
        close(Activation::Silu, 1.0, 0.731_058_578_630_004_9);
        close(Activation::Softplus, 0.0, std::f64::consts::LN_2);
        close(Activation::Sine, std::f64::consts::FRAC_PI_2, 1.0);
    }

    #[test]
    fn a_nan_is_not_hidden() {
        for &activation in Activation::ALL {
            assert!(activation.value(f32::NAN).is_nan(), "{activation:?}");
        }
    }
}
