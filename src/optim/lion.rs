//! Lion: steps of equal size for all parameters, in the direction of the sign of a momentum.
//!
//! c = β₁·m + (1−β₁)·g;  θ ← θ − η·(sign(c) + λ·θ);  m ← β₂·m + (1−β₂)·g. From Algorithm 2 of the
//! paper (Chen et al. 2023).

use super::first_order::{Rule, build, sign};
use super::method::{BatchUse, Family, Method, Setting, Settings};

/// The page of this method.
pub static METHOD: Method = Method {
    id: "lion",
    name: "Lion",
    family: Family::SignBased,
    batch: BatchUse::Mini,
    default_learning_rate: 0.003,
    uses_learning_rate: true,
    summary: "Found by a computer search over optimizers: every parameter moves by exactly the \
              learning rate, up or down, following the sign of a blend of the newest gradient and \
              a slow average.",
    formula: "c = β₁·m + (1 − β₁)·g\nθ ← θ − η·(sign(c) + λ·θ)\nm ← β₂·m + (1 − β₂)·g",
    good_for: "Larger networks and batches; it needs half of Adam's memory.",
    weak_at: "Coming to rest: its steps never shrink, so it hovers around the minimum unless a \
              schedule lowers the learning rate. On the spiral with 32 and 32 neurons 0.003 drops \
              below 90 % now and then, and 0.001 does not. Use a rate 3 to 10 times below Adam's.",
    source: "X. Chen et al., Symbolic Discovery of Optimization Algorithms, NeurIPS 2023",
    settings: &[BETA1, BETA2, WEIGHT_DECAY],
    build: build::<Lion, 1>,
};

const BETA1: Setting = Setting {
    id: "beta1",
    name: "Direction blend β₁",
    default: 0.9,
    min: 0.0,
    max: 0.999,
    logarithmic: false,
    choices: &[],
    help: "The share of the slow average in the direction of a step; the rest is the newest \
           gradient. 0 follows the sign of each gradient alone.",
};

const BETA2: Setting = Setting {
    id: "beta2",
    name: "Average memory β₂",
    default: 0.99,
    min: 0.0,
    max: 0.9999,
    logarithmic: false,
    choices: &[],
    help: "How slowly the average of gradients forgets: about 1/(1−β₂) steps are remembered, a \
           hundred at 0.99.",
};

const WEIGHT_DECAY: Setting = Setting {
    id: "weight_decay",
    name: "Weight decay λ",
    default: 0.0,
    min: 0.0,
    max: 10.0,
    logarithmic: true,
    choices: &[],
    help: "Each step takes the share η·λ off every parameter. As the learning rate is small, it \
           takes a larger λ than AdamW to have the same effect.",
};

/// The rule in the opening of this file.
#[derive(Clone, Copy, Default)]
struct Lion {
    /// β₁ and 1 − β₁.
    direction: (f32, f32),
    /// β₂ and 1 − β₂.
    average: (f32, f32),
    weight_decay: f64,
    /// 1 − η·λ.
    keep: f32,
    learning_rate: f32,
}

impl Rule<1> for Lion {
    const MEMORY: [&'static str; 1] = ["momentum"];

    fn configure(&mut self, settings: &Settings) {
        let (beta1, beta2) = (settings.get(&BETA1), settings.get(&BETA2));
        self.direction = (beta1 as f32, (1.0 - beta1) as f32);
        self.average = (beta2 as f32, (1.0 - beta2) as f32);
        self.weight_decay = settings.get(&WEIGHT_DECAY);
    }

    fn prepare(&mut self, _step: u64, learning_rate: f32) {
        self.learning_rate = learning_rate;
        self.keep = (1.0 - f64::from(learning_rate) * self.weight_decay) as f32;
    }

    #[inline]
    fn update(&self, g: f32, [m]: [f32; 1], p: f32) -> ([f32; 1], f32) {
        let direction = sign(self.direction.0 * m + self.direction.1 * g);
        let p = self.keep * p - self.learning_rate * direction;
        ([self.average.0 * m + self.average.1 * g], p)
    }
}
