//! `RMSProp`: each gradient divided by the recent size of the gradients of its parameter.
//!
//! v ← α·v + (1−α)·g²;  θ ← θ − η·g / (√v + ε), as torch's `RMSprop` (not centred, no momentum).

use super::adam::EPSILON;
use super::first_order::{Rule, build};
use super::method::{BatchUse, Family, Method, Setting, Settings};

/// The page of this method.
pub static METHOD: Method = Method {
    id: "rmsprop",
    name: "RMSProp",
    family: Family::Adaptive,
    batch: BatchUse::Mini,
    default_learning_rate: 0.01,
    uses_learning_rate: true,
    summary: "Divides each gradient by the root of a fading average of its squares, so every \
              parameter takes steps of about the size of the learning rate. Unlike AdaGrad it \
              forgets, and keeps moving.",
    formula: "v ← α·v + (1 − α)·g²\nθ ← θ − η·g / (√v + ε)",
    good_for: "Gradients whose size changes during training, and parameters of different scales.",
    weak_at: "Its steps do not shrink near the minimum, so the loss keeps jittering unless the \
              learning rate falls: on a sine with 16 neurons R² still drops below 0.9 now and then \
              after 3000 epochs. The first steps are too large, as the average starts at zero.",
    source: "T. Tieleman and G. Hinton, Lecture 6.5 of Neural Networks for Machine Learning, 2012",
    settings: &[ALPHA, EPSILON],
    build: build::<RmsProp, 1>,
};

const ALPHA: Setting = Setting {
    id: "alpha",
    name: "Memory α",
    default: 0.99,
    min: 0.0,
    max: 0.9999,
    logarithmic: false,
    choices: &[],
    help: "How slowly the average of squared gradients forgets: about 1/(1−α) steps are \
           remembered, a hundred at 0.99. Lower it to react faster.",
};

/// v ← α·v + (1−α)·g²;  θ ← θ − η·g / (√v + ε).
#[derive(Clone, Copy, Default)]
struct RmsProp {
    alpha: f32,
    /// 1 − α.
    fresh: f32,
    epsilon: f32,
    learning_rate: f32,
}

impl Rule<1> for RmsProp {
    const MEMORY: [&'static str; 1] = ["squared_gradient"];

    fn configure(&mut self, settings: &Settings) {
        let alpha = settings.get(&ALPHA);
        self.alpha = alpha as f32;
        self.fresh = (1.0 - alpha) as f32;
        self.epsilon = settings.get(&EPSILON) as f32;
    }

    fn prepare(&mut self, _step: u64, learning_rate: f32) {
        self.learning_rate = learning_rate;
    }

    #[inline]
    fn update(&self, g: f32, [v]: [f32; 1], p: f32) -> ([f32; 1], f32) {
        let v = self.alpha * v + self.fresh * g * g;
        ([v], p - self.learning_rate * g / (v.sqrt() + self.epsilon))
    }
}
