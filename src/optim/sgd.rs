//! Stochastic gradient descent: the step of gradient descent on a few samples at a time.
//!
//! θ ← θ − η·g. `Descent` also serves [`gd`](super::gd), which takes the same step on all samples.

use super::first_order::{Rule, build};
use super::method::{BatchUse, Family, Method, Settings};

/// The page of this method.
pub static METHOD: Method = Method {
    id: "sgd",
    name: "SGD",
    family: Family::GradientDescent,
    batch: BatchUse::Mini,
    default_learning_rate: 0.03,
    uses_learning_rate: true,
    summary: "Stochastic gradient descent: estimates the gradient from a mini-batch and steps \
              against it. Many rough steps get further than one exact step, and their noise helps \
              to leave poor regions.",
    formula: "g = ∂L/∂θ  over the mini-batch\nθ ← θ − η·g",
    good_for: "A first look at training: one idea, one number to set. A baseline for every other \
               method.",
    weak_at: "Parameters of very different scales, long narrow valleys and plateaus; the learning \
              rate must be found by trying: on a sine with 16 neurons 0.03 is slow (R² below 0.97 \
              after 3000 epochs), 0.1 gets there in 8000, and 0.15 diverges.",
    source: "H. Robbins and S. Monro, A Stochastic Approximation Method, Annals of Mathematical \
             Statistics, 1951",
    settings: &[],
    build: build::<Descent, 0>,
};

/// θ ← θ − η·g.
#[derive(Clone, Copy, Default)]
pub(super) struct Descent {
    learning_rate: f32,
}

impl Rule<0> for Descent {
    const MEMORY: [&'static str; 0] = [];

    fn configure(&mut self, _settings: &Settings) {}

    fn prepare(&mut self, _step: u64, learning_rate: f32) {
        self.learning_rate = learning_rate;
    }

    #[inline]
    fn update(&self, g: f32, []: [f32; 0], p: f32) -> ([f32; 0], f32) {
        ([], p - self.learning_rate * g)
    }
}
