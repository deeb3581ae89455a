//! `AdamW`: Adam with a pull of the parameters towards zero that the adaptive scale cannot distort.
//!
//! θ ← θ − η·λ·θ, then the step of [`adam`](super::adam), as torch's `AdamW`.

use super::adam::{BETA1, BETA2, EPSILON, Moments};
use super::first_order::{Rule, build};
use super::method::{BatchUse, Family, Method, Setting, Settings};

/// The page of this method.
pub static METHOD: Method = Method {
    id: "adamw",
    name: "AdamW",
    family: Family::Adaptive,
    batch: BatchUse::Mini,
    default_learning_rate: 0.01,
    uses_learning_rate: true,
    summary: "Adam that also shrinks every parameter a little in each step. The shrinking is kept \
              apart from the gradient (decoupled weight decay), so it acts on all parameters \
              alike.",
    formula: "θ ← θ − η·λ·θ\nm ← β₁·m + (1 − β₁)·g\nv ← β₂·v + (1 − β₂)·g²\n\
              θ ← θ − η·m̂ / (√v̂ + ε),  m̂ = m / (1 − β₁ᵗ),  v̂ = v / (1 − β₂ᵗ)",
    good_for: "Networks that overfit: it regularizes more evenly than an L2 penalty under Adam. The \
               usual choice for large models.",
    weak_at: "Small networks that underfit, where any decay only holds them back.",
    source: "I. Loshchilov and F. Hutter, Decoupled Weight Decay Regularization, ICLR 2019",
    settings: &[BETA1, BETA2, EPSILON, WEIGHT_DECAY],
    build: build::<AdamW, 2>,
};

const WEIGHT_DECAY: Setting = Setting {
    id: "weight_decay",
    name: "Weight decay λ",
    default: 0.01,
    min: 0.0,
    max: 1.0,
    logarithmic: true,
    choices: &[],
    help: "Each step takes the share η·λ off every parameter. 0 is plain Adam; raise it when the \
           validation loss rises while the training loss still falls.",
};

/// The rule in the opening of this file.
#[derive(Clone, Copy, Default)]
struct AdamW {
    moments: Moments,
    weight_decay: f64,
    /// 1 − η·λ.
    keep: f32,
}

impl Rule<2> for AdamW {
    const MEMORY: [&'static str; 2] = ["first_moment", "second_moment"];

    fn configure(&mut self, settings: &Settings) {
        self.moments.configure(settings);
        self.weight_decay = settings.get(&WEIGHT_DECAY);
    }

    fn prepare(&mut self, step: u64, learning_rate: f32) {
        self.moments.prepare(step, learning_rate);
        self.keep = (1.0 - f64::from(learning_rate) * self.weight_decay) as f32;
    }

    #[inline]
    fn update(&self, g: f32, memory: [f32; 2], p: f32) -> ([f32; 2], f32) {
        let [m, v] = self.moments.average(g, memory);
        ([m, v], self.keep * p - self.moments.stride(m, v))
    }
}
