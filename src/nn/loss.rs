//! Loss functions: one number that says how far the network's outputs are from the given answers.
//!
//! This file owns their names and the mathematics of one output of one sample. How they meet the
//! output activation and the batch is told in [`head`](super::head).

use serde::{Deserialize, Serialize};

use super::number::Number;
use super::output::OutputActivation;

/// A loss function, averaged over the batch.
///
/// The first three look at the outputs o and average over samples *and* outputs (PyTorch's
/// `reduction="mean"`). The cross-entropies look at the logits z, sum over the outputs and average
/// over the samples.
///
/// ```
/// use netsmith::nn::Loss;
///
/// assert_eq!(Loss::from_id("cross_entropy"), Some(Loss::SoftmaxCrossEntropy));
/// assert_eq!(Loss::Mse.formula(), "L = mean of (o − t)²");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Loss {
    /// The mean squared error.
    Mse,
    /// The mean absolute error.
    Mae,
    /// Squared near the answer, absolute beyond an error of δ = 1 (Huber 1964).
    Huber,
    /// The cross-entropy of one probability, with a sigmoid output.
    #[serde(alias = "bce")]
    BinaryCrossEntropy,
    /// The cross-entropy of a distribution over classes, with a softmax output.
    #[serde(alias = "cross_entropy")]
    SoftmaxCrossEntropy,
}

impl Loss {
    /// Every loss, in the order in which they are offered.
    pub const ALL: &[Self] =
        &[Self::Mse, Self::Mae, Self::Huber, Self::BinaryCrossEntropy, Self::SoftmaxCrossEntropy];

    /// The name in files and commands.
    pub fn id(self) -> &'static str {
        match self {
            Self::Mse => "mse",
            Self::Mae => "mae",
            Self::Huber => "huber",
            Self::BinaryCrossEntropy => "binary_cross_entropy",
            Self::SoftmaxCrossEntropy => "softmax_cross_entropy",
        }
    }

    /// The loss of this id, if there is one; `bce` and `cross_entropy` are understood too.
    pub fn from_id(id: &str) -> Option<Self> {
        match id {
            "bce" => Some(Self::BinaryCrossEntropy),
            "cross_entropy" => Some(Self::SoftmaxCrossEntropy),
            _ => Self::ALL.iter().copied().find(|each| each.id() == id),
        }
    }

    /// The name on screen.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mse => "Mean squared error",
            Self::Mae => "Mean absolute error",
            Self::Huber => "Huber",
            Self::BinaryCrossEntropy => "Binary cross-entropy",
            Self::SoftmaxCrossEntropy => "Cross-entropy",
        }
    }

    /// The formula, for outputs o (or probabilities p) and answers t.
    pub fn formula(self) -> &'static str {
        match self {
            Self::Mse => "L = mean of (o − t)²",
            Self::Mae => "L = mean of |o − t|",
            Self::Huber => "L = mean of ½(o − t)² if |o − t| ≤ 1, else |o − t| − ½",
            Self::BinaryCrossEntropy => "L = mean of −t·ln p − (1 − t)·ln(1 − p)",
            Self::SoftmaxCrossEntropy => "L = mean of −Σⱼ tⱼ·ln pⱼ",
        }
    }

    /// One or two sentences on what it rewards and when to use it.
    pub fn summary(self) -> &'static str {
        match self {
            Self::Mse => {
                "Squares each error, so one big miss counts more than many small ones. The usual choice for quantities."
            }
            Self::Mae => {
                "Counts each error as it is, so a few wild values in the data pull less. Its slope does not shrink near the answer, so use a falling learning rate."
            }
            Self::Huber => {
                "Squared for small errors and absolute for large ones: smooth at the answer, calm about outliers."
            }
            Self::BinaryCrossEntropy => {
                "How surprised the network is by the true one of two classes. Being sure and wrong costs most."
            }
            Self::SoftmaxCrossEntropy => {
                "How surprised the network is by the true class among several. Being sure and wrong costs most."
            }
        }
    }

    /// Whether this loss makes sense with this output activation.
    pub fn fits(self, output: OutputActivation) -> bool {
        match self {
            Self::Mse | Self::Mae | Self::Huber => true,
            Self::BinaryCrossEntropy => output == OutputActivation::Sigmoid,
            Self::SoftmaxCrossEntropy => output == OutputActivation::Softmax,
        }
    }
}

/// The loss of one output of one sample, as a function of `x` (the output o, or for
/// [`Logistic`] the logit z) and the answer `t`.
pub(super) trait Term {
    /// ℓ(x, t).
    fn value<N: Number>(x: N, t: N) -> N;
    /// ∂ℓ/∂x.
    fn slope<N: Number>(x: N, t: N) -> N;
    /// ∂²ℓ/∂x².
    fn bend<N: Number>(x: N, t: N) -> N;
}

/// (o − t)².
pub(super) struct Squared;

impl Term for Squared {
    #[inline(always)]
    fn value<N: Number>(o: N, t: N) -> N {
        (o - t) * (o - t)
    }

    #[inline(always)]
    fn slope<N: Number>(o: N, t: N) -> N {
        (o - t) + (o - t)
    }

    #[inline(always)]
    fn bend<N: Number>(o: N, _t: N) -> N {
        o.constant(2.0)
    }
}

/// |o − t|, with slope 0 where o = t.
pub(super) struct Absolute;

impl Term for Absolute {
    #[inline(always)]
    fn value<N: Number>(o: N, t: N) -> N {
        (o - t).abs()
    }

    #[inline(always)]
    fn slope<N: Number>(o: N, t: N) -> N {
        sign(o - t)
    }

    #[inline(always)]
    fn bend<N: Number>(o: N, _t: N) -> N {
        o.constant(0.0)
    }
}

/// ½(o − t)² up to an error of 1, |o − t| − ½ beyond: Huber's loss with δ = 1.
pub(super) struct HuberTerm;

impl Term for HuberTerm {
    #[inline(always)]
    fn value<N: Number>(o: N, t: N) -> N {
        let half = o.constant(0.5);
        let error = (o - t).abs();
        (error - o.constant(1.0)).where_positive(error - half, half * error * error)
    }

    #[inline(always)]
    fn slope<N: Number>(o: N, t: N) -> N {
        let error = o - t;
        (error.abs() - o.constant(1.0)).where_positive(sign(error), error)
    }

    #[inline(always)]
    fn bend<N: Number>(o: N, t: N) -> N {
        let one = o.constant(1.0);
        ((o - t).abs() - one).where_positive(o.constant(0.0), one)
    }
}

/// The cross-entropy of σ(z) against t, from the logit: −t·ln σ(z) − (1 − t)·ln(1 − σ(z)), which
/// is ln(1 + exp(z)) − t·z, and that is max(0, z) − t·z + ln(1 + e^−|z|) without overflow.
pub(super) struct Logistic;

impl Term for Logistic {
    #[inline(always)]
    fn value<N: Number>(z: N, t: N) -> N {
        z.positive_part() - t * z + (-z.abs()).exp().ln_1p_unit()
    }

    #[inline(always)]
    fn slope<N: Number>(z: N, t: N) -> N {
        z.logistic() - t
    }

    #[inline(always)]
    fn bend<N: Number>(z: N, _t: N) -> N {
        let p = z.logistic();
        p * (z.constant(1.0) - p)
    }
}

/// −1, 0 or 1.
#[inline(always)]
fn sign<N: Number>(x: N) -> N {
    let zero = x.constant(0.0);
    let one = x.constant(1.0);
    x.where_positive(one, (-x).where_positive(-one, zero))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_lead_back() {
        for &loss in Loss::ALL {
            assert_eq!(Loss::from_id(loss.id()), Some(loss));
            assert!(OutputActivation::ALL.iter().any(|&output| loss.fits(output)));
        }
        for &output in OutputActivation::ALL {
            assert_eq!(OutputActivation::from_id(output.id()), Some(output));
        }
        assert_eq!(Loss::from_id("bce"), Some(Loss::BinaryCrossEntropy));
        assert_eq!(Loss::from_id("hinge"), None);
    }
}
