//! Rprop: every parameter has a step size of its own, steered only by the signs of its gradients.
//!
//! Same sign twice: the step grows by η⁺. Sign changed: it shrinks by η⁻ and the parameter waits
//! for one step. θ ← θ − sign(g)·Δ. As torch's `Rprop`, which is iRprop− of Igel and Hüsken.

use super::first_order::{Rule, build, sign};
use super::method::{BatchUse, Family, Method, Setting, Settings};

/// The page of this method.
pub static METHOD: Method = Method {
    id: "rprop",
    name: "Rprop",
    family: Family::SignBased,
    batch: BatchUse::Full,
    default_learning_rate: 0.01,
    uses_learning_rate: true,
    summary: "Resilient backpropagation: looks only at the sign of each gradient. A parameter that \
              keeps going the same way speeds up; one that overshot slows down. The learning rate \
              is only the size of the very first step.",
    formula: "Δ ← η⁺·Δ  if g keeps its sign (at most Δmax)\n\
              Δ ← η⁻·Δ  if g changes sign (at least Δmin), and g ← 0\nθ ← θ − sign(g)·Δ",
    good_for: "Small data sets trained as one batch: fast, and nothing to tune.",
    weak_at: "Mini-batches: the noise flips signs and the step sizes collapse, so it always uses \
              the full batch. It can learn by heart: the spiral with 32 and 32 neurons has every \
              training row right, but mostly fewer than 95 % of those held back; from a first step \
              of 0.1 it has more.",
    source: "M. Riedmiller and H. Braun, A Direct Adaptive Method for Faster Backpropagation \
             Learning: The RPROP Algorithm, 1993; C. Igel and M. Hüsken, 2000 (iRprop−)",
    settings: &[SHRINK, GROW, SMALLEST, LARGEST],
    build: build::<Rprop, 2>,
};

const SHRINK: Setting = Setting {
    id: "eta_minus",
    name: "Shrink factor η⁻",
    default: 0.5,
    min: 0.01,
    max: 0.99,
    logarithmic: false,
    choices: &[],
    help: "The step of a parameter is multiplied by this after it has jumped over a minimum.",
};

const GROW: Setting = Setting {
    id: "eta_plus",
    name: "Growth factor η⁺",
    default: 1.2,
    min: 1.01,
    max: 3.0,
    logarithmic: false,
    choices: &[],
    help: "The step of a parameter is multiplied by this while its gradient keeps its sign. \
           Larger values accelerate harder and overshoot more.",
};

const SMALLEST: Setting = Setting {
    id: "step_min",
    name: "Smallest step Δmin",
    default: 1e-6,
    min: 1e-12,
    max: 0.1,
    logarithmic: true,
    choices: &[],
    help: "No step gets smaller than this, so that no parameter stops for good.",
};

const LARGEST: Setting = Setting {
    id: "step_max",
    name: "Largest step Δmax",
    default: 50.0,
    min: 0.1,
    max: 1000.0,
    logarithmic: true,
    choices: &[],
    help: "No step gets larger than this. Lower it, to 1 for example, when the loss jumps.",
};

/// The rule in the opening of this file.
#[derive(Clone, Copy, Default)]
struct Rprop {
    shrink: f32,
    grow: f32,
    smallest: f32,
    largest: f32,
    /// The size that all steps start from.
    initial: f32,
}

impl Rule<2> for Rprop {
    const MEMORY: [&'static str; 2] = ["previous_direction", "step_size"];

    fn configure(&mut self, settings: &Settings) {
        self.shrink = settings.get(&SHRINK) as f32;
        self.grow = settings.get(&GROW) as f32;
        self.smallest = settings.get(&SMALLEST) as f32;
        self.largest = settings.get(&LARGEST) as f32;
    }

    fn prepare(&mut self, _step: u64, learning_rate: f32) {
        self.initial = learning_rate;
    }

    #[inline]
    fn update(&self, g: f32, [before, size]: [f32; 2], p: f32) -> ([f32; 2], f32) {
        // A size of zero has not been set yet.
        let size = if size == 0.0 { self.initial } else { size };
        // The product of the signs, not of the gradients: that could round to zero.
        let agreement = sign(g) * before;
        let grown = if agreement > 0.0 { self.grow } else { 1.0 };
        let factor = if agreement < 0.0 { self.shrink } else { grown };
        let size = (size * factor).max(self.smallest).min(self.largest);
        let direction = if agreement < 0.0 { 0.0 } else { sign(g) };
        ([direction, size], p - direction * size)
    }
}
