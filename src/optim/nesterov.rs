//! Nesterov momentum: momentum that looks ahead to where the velocity is about to carry it.
//!
//! b ← μ·b + g;  θ ← θ − η·(g + μ·b), the form of Sutskever et al. (2013) with the look-ahead
//! already in θ, as in torch's `SGD(momentum=μ, nesterov=True)`.

use super::first_order::{Rule, build};
use super::method::{BatchUse, Family, Method, Settings};
use super::momentum::MOMENTUM;

/// The page of this method.
pub static METHOD: Method = Method {
    id: "nesterov",
    name: "Nesterov momentum",
    family: Family::GradientDescent,
    batch: BatchUse::Mini,
    default_learning_rate: 0.01,
    uses_learning_rate: true,
    summary: "Momentum with foresight: the gradient counts once more on top of the faded velocity, \
              as if it had been measured where the ball is about to be. It brakes earlier before \
              an uphill slope.",
    formula: "b ← μ·b + g\nθ ← θ − η·(g + μ·b)",
    good_for: "Wherever momentum helps but swings past the minimum.",
    weak_at: "Very noisy gradients, where looking ahead gains nothing over plain momentum.",
    source: "Yu. Nesterov, 1983; I. Sutskever et al., On the importance of initialization and \
             momentum in deep learning, ICML 2013",
    settings: &[MOMENTUM],
    build: build::<Nesterov, 1>,
};

/// b ← μ·b + g;  θ ← θ − η·(g + μ·b).
#[derive(Clone, Copy, Default)]
struct Nesterov {
    momentum: f32,
    learning_rate: f32,
}

impl Rule<1> for Nesterov {
    const MEMORY: [&'static str; 1] = ["velocity"];

    fn configure(&mut self, settings: &Settings) {
        self.momentum = settings.get(&MOMENTUM) as f32;
    }

    fn prepare(&mut self, _step: u64, learning_rate: f32) {
        self.learning_rate = learning_rate;
    }

    #[inline]
    fn update(&self, g: f32, [b]: [f32; 1], p: f32) -> ([f32; 1], f32) {
        let b = self.momentum * b + g;
        ([b], p - self.learning_rate * (g + self.momentum * b))
    }
}
