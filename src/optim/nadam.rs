//! `NAdam`: Adam whose momentum looks ahead, as Nesterov's does.
//!
//! μₜ = β₁·(1 − ½·0.96^(ψ·t));  the averages m and v of [`adam`](super::adam);
//! θ ← θ − η·[ (1−μₜ)/(1−∏₁..ₜμ)·g + μₜ₊₁/(1−∏₁..ₜ₊₁μ)·m ] / (√v̂ + ε), as torch's `NAdam`.

use super::adam::{BETA1, BETA2, EPSILON, Moments};
use super::first_order::{Rule, build};
use super::method::{BatchUse, Family, Method, Setting, Settings};

/// The page of this method.
pub static METHOD: Method = Method {
    id: "nadam",
    name: "NAdam",
    family: Family::Adaptive,
    batch: BatchUse::Mini,
    default_learning_rate: 0.01,
    uses_learning_rate: true,
    summary: "Adam with Nesterov's look-ahead: the newest gradient counts more than in the plain \
              average, and momentum is let in slowly during the first steps.",
    formula: "m ← β₁·m + (1 − β₁)·g\nv ← β₂·v + (1 − β₂)·g²,  v̂ = v / (1 − β₂ᵗ)\n\
              μₜ = β₁·(1 − ½·0.96^(ψ·t)),  Mₜ = μ₁·μ₂·…·μₜ\n\
              θ ← θ − η·[(1 − μₜ)/(1 − Mₜ)·g + μₜ₊₁/(1 − Mₜ₊₁)·m] / (√v̂ + ε)",
    good_for: "Wherever Adam works; often a little faster at the start.",
    weak_at: "Very noisy gradients, as the newest one weighs more.",
    source: "T. Dozat, Incorporating Nesterov Momentum into Adam, ICLR workshop 2016",
    settings: &[BETA1, BETA2, EPSILON, MOMENTUM_DECAY],
    build: build::<NAdam, 2>,
};

const MOMENTUM_DECAY: Setting = Setting {
    id: "momentum_decay",
    name: "Momentum warm-up ψ",
    default: 0.004,
    min: 0.0,
    max: 1.0,
    logarithmic: true,
    choices: &[],
    help: "How fast the momentum grows from half of β₁ to β₁. At 0.004 that takes some ten \
           thousand steps; at 0 it stays at half.",
};

/// The rule in the opening of this file.
#[derive(Clone, Copy)]
struct NAdam {
    moments: Moments,
    beta1: f64,
    momentum_decay: f64,
    /// M: the product of all μ so far. Kept in f32, as it is saved, so that a restored run
    /// continues with the same bits.
    momentum_product: f32,
    /// η·(1−μₜ)/(1−Mₜ), the weight of the gradient.
    gradient_share: f32,
    /// η·μₜ₊₁/(1−Mₜ₊₁), the weight of the average.
    average_share: f32,
}

impl Default for NAdam {
    fn default() -> Self {
        Self {
            moments: Moments::default(),
            beta1: 0.0,
            momentum_decay: 0.0,
            momentum_product: 1.0,
            gradient_share: 0.0,
            average_share: 0.0,
        }
    }
}

impl NAdam {
    /// μ of step t.
    fn momentum(&self, step: f64) -> f64 {
        self.beta1 * (1.0 - 0.5 * 0.96_f64.powf(step * self.momentum_decay))
    }
}

impl Rule<2> for NAdam {
    const MEMORY: [&'static str; 2] = ["first_moment", "second_moment"];
    const SCALAR: Option<&'static str> = Some("momentum_product");

    fn configure(&mut self, settings: &Settings) {
        self.moments.configure(settings);
        self.beta1 = settings.get(&BETA1);
        self.momentum_decay = settings.get(&MOMENTUM_DECAY);
    }

    fn prepare(&mut self, step: u64, learning_rate: f32) {
        self.moments.prepare(step, learning_rate);
        let rate = f64::from(learning_rate);
        let (now, next) = (self.momentum(step as f64), self.momentum((step + 1) as f64));
        self.momentum_product *= now as f32;
        let product = f64::from(self.momentum_product);
        self.gradient_share = (rate * (1.0 - now) / (1.0 - product)) as f32;
        self.average_share = (rate * next / (1.0 - product * next)) as f32;
    }

    #[inline]
    fn update(&self, g: f32, memory: [f32; 2], p: f32) -> ([f32; 2], f32) {
        let [m, v] = self.moments.average(g, memory);
        let ahead = self.gradient_share * g + self.average_share * m;
        let scale = v.sqrt() * self.moments.root_scale + self.moments.epsilon;
        ([m, v], p - ahead / scale)
    }

    fn scalar(&self) -> f32 {
        self.momentum_product
    }

    fn set_scalar(&mut self, value: f32) {
        self.momentum_product = value;
    }
}
