//! Momentum: gradient descent that keeps rolling in the direction it has been moving.
//!
//! b ← μ·b + g;  θ ← θ − η·b. This is torch's `SGD(momentum=μ)`: the velocity b adds up whole
//! gradients, so steps in a steady direction grow to 1/(1−μ) times those of plain SGD.

use super::first_order::{Rule, build};
use super::method::{BatchUse, Family, Method, Setting, Settings};

/// The page of this method.
pub static METHOD: Method = Method {
    id: "momentum",
    name: "Momentum",
    family: Family::GradientDescent,
    batch: BatchUse::Mini,
    default_learning_rate: 0.01,
    uses_learning_rate: true,
    summary: "A heavy ball on the slope of the loss: each step adds the new gradient to a \
              velocity that fades slowly. Back-and-forth cancels out, steady directions speed up.",
    formula: "b ← μ·b + g\nθ ← θ − η·b",
    good_for: "Narrow valleys, where plain SGD zigzags, and noisy gradients, which it averages.",
    weak_at: "It overshoots: with a large learning rate or a large μ it swings past the minimum \
              and back.",
    source: "B. T. Polyak, Some methods of speeding up the convergence of iteration methods, 1964",
    settings: &[MOMENTUM],
    build: build::<Momentum, 1>,
};

/// μ, shared with [`nesterov`](super::nesterov).
pub(super) const MOMENTUM: Setting = Setting {
    id: "momentum",
    name: "Momentum μ",
    default: 0.9,
    min: 0.0,
    max: 0.999,
    logarithmic: false,
    choices: &[],
    help: "The share of the velocity that survives a step. 0 is plain SGD; at 0.9 a steady \
           gradient moves the parameters ten times as far. Lower the learning rate when you \
           raise it.",
};

/// b ← μ·b + g;  θ ← θ − η·b.
#[derive(Clone, Copy, Default)]
struct Momentum {
    momentum: f32,
    learning_rate: f32,
}

impl Rule<1> for Momentum {
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
        ([b], p - self.learning_rate * b)
    }
}
