//! What the output layer does to its sums before they are called the network's answer.

use serde::{Deserialize, Serialize};

/// The activation of the output layer.
///
/// The sums z of the output layer are called *logits*; the outputs o are what this function makes
/// of them.
///
/// ```
/// use netsmith::nn::{Loss, OutputActivation};
///
/// assert_eq!(OutputActivation::from_id("softmax"), Some(OutputActivation::Softmax));
/// assert!(Loss::SoftmaxCrossEntropy.fits(OutputActivation::Softmax));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutputActivation {
    /// o = z, any number: for regression.
    Identity,
    /// o = 1/(1 + exp(−z)), a probability: for two classes.
    Sigmoid,
    /// oⱼ = e^zⱼ / Σₖ e^zₖ, probabilities that add up to 1: for several classes.
    Softmax,
}

impl OutputActivation {
    /// Every output activation, in the order in which they are offered.
    pub const ALL: &[Self] = &[Self::Identity, Self::Sigmoid, Self::Softmax];

    /// The name in files and commands.
    pub fn id(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Sigmoid => "sigmoid",
            Self::Softmax => "softmax",
        }
    }

    /// The output activation of this id, if there is one.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|each| each.id() == id)
    }

    /// The name on screen.
    pub fn name(self) -> &'static str {
        match self {
            Self::Identity => "Identity",
            Self::Sigmoid => "Sigmoid",
            Self::Softmax => "Softmax",
        }
    }

    /// The formula of the output o from the logits z.
    pub fn formula(self) -> &'static str {
        match self {
            Self::Identity => "o = z",
            Self::Sigmoid => "o = 1 / (1 + exp(−z))",
            Self::Softmax => "oⱼ = e^zⱼ / Σₖ e^zₖ",
        }
    }

    /// One or two sentences on when to use it.
    pub fn summary(self) -> &'static str {
        match self {
            Self::Identity => "The plain sum, any number: for predicting quantities.",
            Self::Sigmoid => {
                "A probability between 0 and 1: for telling two classes apart with one output."
            }
            Self::Softmax => {
                "One probability for each class, adding up to 1: for telling several classes apart."
            }
        }
    }
}
