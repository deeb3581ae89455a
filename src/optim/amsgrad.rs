//! `AMSGrad`: Adam that never forgets how large the gradients of a parameter once were.
//!
//! As [`adam`](super::adam), but divides by the largest v so far: w ← max(w, v);
//! θ ← θ − η·m̂ / (√(w/(1−β₂ᵗ)) + ε), as torch's `Adam(amsgrad=True)`.

use super::adam::{BETA1, BETA2, EPSILON, Moments};
use super::first_order::{Rule, build};
use super::method::{BatchUse, Family, Method, Settings};

/// The page of this method.
pub static METHOD: Method = Method {
    id: "amsgrad",
    name: "AMSGrad",
    family: Family::Adaptive,
    batch: BatchUse::Mini,
    default_learning_rate: 0.01,
    uses_learning_rate: true,
    summary: "Adam with a ratchet: it divides by the largest average of squared gradients seen so \
              far, so the step size of a parameter can only fall. This repairs cases in which Adam \
              does not converge.",
    formula: "m ← β₁·m + (1 − β₁)·g\nv ← β₂·v + (1 − β₂)·g²\nw ← max(w, v)\n\
              θ ← θ − η·m̂ / (√(w / (1 − β₂ᵗ)) + ε),  m̂ = m / (1 − β₁ᵗ)",
    good_for: "Training in which rare large gradients matter, or where Adam's loss rises again \
               late in a run.",
    weak_at: "One huge gradient early on slows a parameter for good; in practice often no better \
              than Adam.",
    source: "S. J. Reddi, S. Kale and S. Kumar, On the Convergence of Adam and Beyond, ICLR 2018",
    settings: &[BETA1, BETA2, EPSILON],
    build: build::<AmsGrad, 3>,
};

/// The rule in the opening of this file.
#[derive(Clone, Copy, Default)]
struct AmsGrad {
    moments: Moments,
}

impl Rule<3> for AmsGrad {
    const MEMORY: [&'static str; 3] = ["first_moment", "second_moment", "largest_second_moment"];

    fn configure(&mut self, settings: &Settings) {
        self.moments.configure(settings);
    }

    fn prepare(&mut self, step: u64, learning_rate: f32) {
        self.moments.prepare(step, learning_rate);
    }

    #[inline]
    fn update(&self, g: f32, [m, v, w]: [f32; 3], p: f32) -> ([f32; 3], f32) {
        let [m, v] = self.moments.average(g, [m, v]);
        // Written so that a NaN in v reaches the parameters instead of being dropped by `max`.
        let w = if w >= v { w } else { v };
        ([m, v, w], p - self.moments.stride(m, w))
    }
}
