//! The page of each learning-rate schedule: its names, texts and settings.
//!
//! Owns what lists, tooltips, sliders and command-line options show of a
//! [`Schedule`]; what it computes is in [`schedule`](super::schedule).

use super::method::{Setting, SettingError, Settings};
use super::schedule::Schedule;

impl Schedule {
    /// The name in files and on the command line.
    pub fn id(&self) -> &'static str {
        match self {
            Self::Constant => "constant",
            Self::Step { .. } => "step",
            Self::Exponential { .. } => "exponential",
            Self::Cosine { .. } => "cosine",
            Self::WarmUp { .. } => "warm_up",
            Self::OneCycle { .. } => "one_cycle",
        }
    }

    /// The name for people.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Constant => "Constant",
            Self::Step { .. } => "Step decay",
            Self::Exponential { .. } => "Exponential decay",
            Self::Cosine { .. } => "Cosine annealing",
            Self::WarmUp { .. } => "Warm-up",
            Self::OneCycle { .. } => "One cycle",
        }
    }

    /// The learning rate ηₑ at epoch e, made from the chosen one, η. E is the number of epochs
    /// planned.
    pub fn formula(&self) -> &'static str {
        match self {
            Self::Constant => "ηₑ = η",
            Self::Step { .. } => "ηₑ = η · factor^⌊e / every⌋",
            Self::Exponential { .. } => "ηₑ = η · decayᵉ",
            Self::Cosine { .. } => "ηₑ = η · [min + (1 − min) · ½(1 + cos(π·e/E))]",
            Self::WarmUp { .. } => "ηₑ = η · min(1, e / warm-up epochs)",
            Self::OneCycle { .. } => {
                "rise: η·peak/25 → η·peak,  then fall: η·peak → η·peak/250 000,  \
                 each along ½(1 − cos)"
            }
        }
    }

    /// What it does and what it is for.
    pub fn summary(&self) -> &'static str {
        match self {
            Self::Constant => "The same learning rate from the first step to the last.",
            Self::Step { .. } => {
                "Cuts the learning rate at regular intervals: large steps to get near a minimum, \
                 small ones to settle in it. The loss curve often drops visibly at each cut."
            }
            Self::Exponential { .. } => {
                "Lowers the learning rate by the same share in every epoch. Simple and smooth, but \
                 with a strong decay training stops before it has arrived."
            }
            Self::Cosine { .. } => {
                "Stays near the full rate for a while, falls fastest halfway and ends gently. A \
                 good default when the number of epochs is known."
            }
            Self::WarmUp { .. } => {
                "Starts with tiny steps and rises to the full rate. Protects the first steps, when \
                 gradients are large and an optimizer's averages still rest on few samples."
            }
            Self::OneCycle { .. } => {
                "One rise and one long fall. The high rate in the middle crosses flat regions and \
                 rough spots, the end settles. Often reaches a good loss in fewer epochs."
            }
        }
    }

    /// What can be set.
    pub fn settings(&self) -> &'static [Setting] {
        match self {
            Self::Constant => &[],
            Self::Step { .. } => &[EVERY_EPOCHS, FACTOR],
            Self::Exponential { .. } => &[DECAY],
            Self::Cosine { .. } => &[MINIMUM],
            Self::WarmUp { .. } => &[WARM_UP_EPOCHS],
            Self::OneCycle { .. } => &[PEAK, WARM_UP_SHARE],
        }
    }

    /// The values of its settings, by id.
    pub fn values(&self) -> Settings {
        match *self {
            Self::Constant => Settings::new(),
            Self::Step { every_epochs, factor } => {
                [(EVERY_EPOCHS.id, f64::from(every_epochs)), (FACTOR.id, factor)]
                    .into_iter()
                    .collect()
            }
            Self::Exponential { decay } => [(DECAY.id, decay)].into_iter().collect(),
            Self::Cosine { minimum } => [(MINIMUM.id, minimum)].into_iter().collect(),
            Self::WarmUp { epochs } => [(WARM_UP_EPOCHS.id, epochs)].into_iter().collect(),
            Self::OneCycle { peak, warm_up } => {
                [(PEAK.id, peak), (WARM_UP_SHARE.id, warm_up)].into_iter().collect()
            }
        }
    }

    /// The same schedule with these values; what is absent takes its default.
    ///
    /// ```
    /// use netsmith::optim::{Schedule, Settings};
    /// let values = Settings::from_iter([("factor", 0.1)]);
    /// let schedule = Schedule::from_id("step").ok_or("no such schedule")?.with(&values);
    /// assert_eq!(schedule, Schedule::Step { every_epochs: 30, factor: 0.1 });
    /// # Ok::<(), &str>(())
    /// ```
    #[must_use]
    pub fn with(&self, values: &Settings) -> Self {
        match self {
            Self::Constant => Self::Constant,
            Self::Step { .. } => Self::Step {
                // `as` saturates and turns NaN into 0, which the limits then lift to 1.
                every_epochs: EVERY_EPOCHS.clamp(values.get(&EVERY_EPOCHS)).round() as u32,
                factor: values.get(&FACTOR),
            },
            Self::Exponential { .. } => Self::Exponential { decay: values.get(&DECAY) },
            Self::Cosine { .. } => Self::Cosine { minimum: values.get(&MINIMUM) },
            Self::WarmUp { .. } => Self::WarmUp { epochs: values.get(&WARM_UP_EPOCHS) },
            Self::OneCycle { .. } => {
                Self::OneCycle { peak: values.get(&PEAK), warm_up: values.get(&WARM_UP_SHARE) }
            }
        }
    }

    /// Everything that is wrong with its numbers; empty when all is well.
    pub fn check(&self) -> Vec<SettingError> {
        self.values().check(self.settings())
    }
}

const EVERY_EPOCHS: Setting = Setting {
    id: "every_epochs",
    name: "Every (epochs)",
    default: 30.0,
    min: 1.0,
    max: 100_000.0,
    logarithmic: true,
    choices: &[],
    help: "Epochs from one cut to the next. About a third of the run is a good start.",
};

const FACTOR: Setting = Setting {
    id: "factor",
    name: "Factor",
    default: 0.5,
    min: 0.001,
    max: 1.0,
    logarithmic: true,
    choices: &[],
    help: "What each cut multiplies the learning rate by: 0.5 halves it, 0.1 divides it by ten.",
};

const DECAY: Setting = Setting {
    id: "decay",
    name: "Decay per epoch",
    default: 0.99,
    min: 0.1,
    max: 1.0,
    logarithmic: false,
    choices: &[],
    help: "What is left of the learning rate after an epoch: 0.99 halves it in about 69 epochs, \
           0.9 in about 7.",
};

const MINIMUM: Setting = Setting {
    id: "minimum",
    name: "Final factor",
    default: 0.0,
    min: 0.0,
    max: 1.0,
    logarithmic: false,
    choices: &[],
    help: "The share of the learning rate that is left at the end of the run.",
};

const WARM_UP_EPOCHS: Setting = Setting {
    id: "epochs",
    name: "Warm-up epochs",
    default: 5.0,
    min: 0.0,
    max: 10_000.0,
    logarithmic: false,
    choices: &[],
    help: "How long the learning rate rises before it stays. A few epochs are enough.",
};

const PEAK: Setting = Setting {
    id: "peak",
    name: "Peak factor",
    default: 3.0,
    min: 0.01,
    max: 100.0,
    logarithmic: true,
    choices: &[],
    help: "The highest learning rate, as a multiple of the chosen one. Raise it until training \
           becomes unstable, then take a third.",
};

const WARM_UP_SHARE: Setting = Setting {
    id: "warm_up",
    name: "Rising part",
    default: 0.3,
    min: 0.0,
    max: 1.0,
    logarithmic: false,
    choices: &[],
    help: "The part of the run in which the learning rate rises: 0.3 is the first 30 %.",
};
