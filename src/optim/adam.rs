//! Adam: momentum and `RMSProp` together, with both averages corrected for their start at zero.
//!
//! m ← β₁·m + (1−β₁)·g;  v ← β₂·v + (1−β₂)·g²;  m̂ = m/(1−β₁ᵗ);  v̂ = v/(1−β₂ᵗ);
//! θ ← θ − η·m̂ / (√v̂ + ε), as torch's `Adam`. The averages (`Moments`) and their settings are
//! shared with [`adamw`](super::adamw), [`amsgrad`](super::amsgrad) and [`nadam`](super::nadam).

use super::first_order::{Rule, bias_correction, build};
use super::method::{BatchUse, Family, Method, Setting, Settings};

/// The page of this method.
pub static METHOD: Method = Method {
    id: "adam",
    name: "Adam",
    family: Family::Adaptive,
    batch: BatchUse::Mini,
    default_learning_rate: 0.01,
    uses_learning_rate: true,
    summary: "Follows a fading average of the gradients (the direction) divided by the root of a \
              fading average of their squares (the scale), so each parameter moves by about the \
              learning rate per step.",
    formula: "m ← β₁·m + (1 − β₁)·g\nv ← β₂·v + (1 − β₂)·g²\nm̂ = m / (1 − β₁ᵗ),  v̂ = v / (1 − β₂ᵗ)\n\
              θ ← θ − η·m̂ / (√v̂ + ε)",
    good_for: "Almost everything as a first choice: it works over a wide range of learning rates \
               and scales.",
    weak_at: "The last bit of accuracy, where well-tuned momentum can end lower; it needs two \
              extra numbers per parameter.",
    source: "D. P. Kingma and J. Ba, Adam: A Method for Stochastic Optimization, ICLR 2015",
    settings: &[BETA1, BETA2, EPSILON],
    build: build::<Adam, 2>,
};

/// β₁ of Adam and its relatives.
pub(super) const BETA1: Setting = Setting {
    id: "beta1",
    name: "Direction memory β₁",
    default: 0.9,
    min: 0.0,
    max: 0.999,
    logarithmic: false,
    choices: &[],
    help: "How slowly the average of gradients forgets: about 1/(1−β₁) steps are remembered, ten \
           at 0.9. 0 switches momentum off; larger values smooth more and turn later.",
};

/// β₂ of Adam and its relatives.
pub(super) const BETA2: Setting = Setting {
    id: "beta2",
    name: "Scale memory β₂",
    default: 0.999,
    min: 0.0,
    max: 0.9999,
    logarithmic: false,
    choices: &[],
    help: "How slowly the average of squared gradients forgets: about 1/(1−β₂) steps are \
           remembered, a thousand at 0.999. Lower it when training is unstable.",
};

/// ε of Adam, its relatives and [`rmsprop`](super::rmsprop).
pub(super) const EPSILON: Setting = Setting {
    id: "epsilon",
    name: "Epsilon ε",
    default: 1e-8,
    min: 1e-12,
    max: 1.0,
    logarithmic: true,
    choices: &[],
    help: "Keeps the division away from zero. A larger value, such as 0.001, calms parameters \
           whose gradients are tiny; there is rarely a reason to change it.",
};

/// The two fading averages, and the constants of one step.
#[derive(Clone, Copy, Default)]
pub(super) struct Moments {
    betas: (f64, f64),
    /// β₁ and 1 − β₁.
    first: (f32, f32),
    /// β₂ and 1 − β₂.
    second: (f32, f32),
    pub(super) epsilon: f32,
    /// η / (1 − β₁ᵗ).
    step_size: f32,
    /// 1 / √(1 − β₂ᵗ).
    pub(super) root_scale: f32,
}

impl Moments {
    /// Reads β₁, β₂ and ε.
    pub(super) fn configure(&mut self, settings: &Settings) {
        let (beta1, beta2) = (settings.get(&BETA1), settings.get(&BETA2));
        self.betas = (beta1, beta2);
        self.first = (beta1 as f32, (1.0 - beta1) as f32);
        self.second = (beta2 as f32, (1.0 - beta2) as f32);
        self.epsilon = settings.get(&EPSILON) as f32;
    }

    /// Computes the bias corrections of step t.
    pub(super) fn prepare(&mut self, step: u64, learning_rate: f32) {
        let (beta1, beta2) = self.betas;
        self.step_size = (f64::from(learning_rate) / bias_correction(beta1, step)) as f32;
        self.root_scale = (1.0 / bias_correction(beta2, step).sqrt()) as f32;
    }

    /// m ← β₁·m + (1−β₁)·g;  v ← β₂·v + (1−β₂)·g².
    #[inline]
    pub(super) fn average(&self, g: f32, [m, v]: [f32; 2]) -> [f32; 2] {
        [self.first.0 * m + self.first.1 * g, self.second.0 * v + self.second.1 * (g * g)]
    }

    /// η·m̂ / (√v̂ + ε): how far to move.
    #[inline]
    pub(super) fn stride(&self, m: f32, v: f32) -> f32 {
        self.step_size * m / (v.sqrt() * self.root_scale + self.epsilon)
    }
}

/// The rule in the opening of this file.
#[derive(Clone, Copy, Default)]
struct Adam {
    moments: Moments,
}

impl Rule<2> for Adam {
    const MEMORY: [&'static str; 2] = ["first_moment", "second_moment"];

    fn configure(&mut self, settings: &Settings) {
        self.moments.configure(settings);
    }

    fn prepare(&mut self, step: u64, learning_rate: f32) {
        self.moments.prepare(step, learning_rate);
    }

    #[inline]
    fn update(&self, g: f32, memory: [f32; 2], p: f32) -> ([f32; 2], f32) {
        let [m, v] = self.moments.average(g, memory);
        ([m, v], p - self.moments.stride(m, v))
    }
}
