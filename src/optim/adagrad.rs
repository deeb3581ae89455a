//! `AdaGrad`: a learning rate per parameter that shrinks with all the gradients it has seen.
//!
//! G ← G + g²;  θ ← θ − η·g / (√G + ε), as torch's `Adagrad`.

use super::first_order::{Rule, build};
use super::method::{BatchUse, Family, Method, Setting, Settings};

/// The page of this method.
pub static METHOD: Method = Method {
    id: "adagrad",
    name: "AdaGrad",
    family: Family::Adaptive,
    batch: BatchUse::Mini,
    default_learning_rate: 0.1,
    uses_learning_rate: true,
    summary: "Adds up the squares of all gradients of each parameter and divides by their root. \
              Parameters that rarely get a gradient keep large steps; the others slow down.",
    formula: "G ← G + g²\nθ ← θ − η·g / (√G + ε)",
    good_for: "Sparse inputs, such as words in a text, where some weights are seldom used.",
    weak_at: "Long training: the sum never shrinks, so the steps die out, sometimes too early. \
              On a sine with 16 neurons R² is below 0.97 after 1000 epochs at a rate of 0.1, and \
              above it at 0.3.",
    source: "J. Duchi, E. Hazan and Y. Singer, Adaptive Subgradient Methods for Online Learning \
             and Stochastic Optimization, JMLR 2011",
    settings: &[EPSILON],
    build: build::<AdaGrad, 1>,
};

/// ε, small enough not to matter once a parameter has had a gradient.
const EPSILON: Setting = Setting {
    id: "epsilon",
    name: "Epsilon ε",
    default: 1e-10,
    min: 1e-12,
    max: 1.0,
    logarithmic: true,
    choices: &[],
    help: "Keeps the division away from zero. A large value makes the method behave like plain \
           SGD; there is rarely a reason to change it.",
};

/// G ← G + g²;  θ ← θ − η·g / (√G + ε).
#[derive(Clone, Copy, Default)]
struct AdaGrad {
    epsilon: f32,
    learning_rate: f32,
}

impl Rule<1> for AdaGrad {
    const MEMORY: [&'static str; 1] = ["squared_sum"];

    fn configure(&mut self, settings: &Settings) {
        self.epsilon = settings.get(&EPSILON) as f32;
    }

    fn prepare(&mut self, _step: u64, learning_rate: f32) {
        self.learning_rate = learning_rate;
    }

    #[inline]
    fn update(&self, g: f32, [sum]: [f32; 1], p: f32) -> ([f32; 1], f32) {
        let sum = sum + g * g;
        ([sum], p - self.learning_rate * g / (sum.sqrt() + self.epsilon))
    }
}
