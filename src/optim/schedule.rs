//! Learning-rate schedules: how the learning rate changes while training goes on.
//!
//! Owns [`Schedule`], a factor that multiplies the learning rate, as a function of the
//! [`Progress`] of the run. It remembers nothing, so a run that is resumed or scrubbed back needs
//! only its step count. Names, texts and settings are in [`schedule_page`](super::schedule_page).
//! Knows no training method.

use std::f64::consts::PI;

use serde::{Deserialize, Serialize};

/// How far a run has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Steps taken before this one; the first step has 0.
    pub step: u64,
    /// Steps in an epoch (1 for full-batch methods).
    pub steps_per_epoch: u64,
    /// The epochs the run is planned for. A run may go on beyond; the factor then stays where it
    /// ended, except for schedules that know no end.
    pub epochs_total: u64,
}

impl Progress {
    /// Epochs done, with the fraction of the current one.
    pub fn epoch(self) -> f64 {
        self.step as f64 / self.steps_per_epoch.max(1) as f64
    }

    /// Epochs completed.
    pub fn whole_epochs(self) -> u64 {
        self.step / self.steps_per_epoch.max(1)
    }

    /// The steps the run is planned for.
    pub fn steps_total(self) -> u64 {
        self.steps_per_epoch.max(1).saturating_mul(self.epochs_total)
    }
}

/// A rule for the learning rate over the course of a run.
///
/// In a file it is an object with its id and its numbers:
/// ```
/// use netsmith::optim::Schedule;
/// let schedule: Schedule = serde_json::from_str(r#"{"id":"step","every_epochs":30,"factor":0.1}"#)?;
/// assert_eq!(schedule, Schedule::Step { every_epochs: 30, factor: 0.1 });
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "id", rename_all = "snake_case", deny_unknown_fields)]
pub enum Schedule {
    /// The same learning rate throughout.
    #[default]
    Constant,
    /// Multiplied by `factor` after every `every_epochs` epochs. As torch's `StepLR`.
    Step {
        /// Epochs between two reductions.
        every_epochs: u32,
        /// What each reduction multiplies by.
        factor: f64,
    },
    /// Multiplied by `decay` over each epoch, a little at every step. As torch's `ExponentialLR` at
    /// the epochs' ends.
    Exponential {
        /// What remains after an epoch.
        decay: f64,
    },
    /// Falls from 1 to `minimum` along half a cosine over the planned epochs. As torch's
    /// `CosineAnnealingLR` at the epochs' ends. Loshchilov & Hutter (2017).
    Cosine {
        /// The factor at the end.
        minimum: f64,
    },
    /// Rises in a straight line over the first `epochs` epochs, then stays. Goyal et al. (2017).
    WarmUp {
        /// The length of the rise.
        epochs: f64,
    },
    /// Rises from `peak`/25 to `peak`, then falls to `peak`/250 000, both along half a cosine.
    /// As torch's `OneCycleLR`. Smith & Topin (2018).
    OneCycle {
        /// The factor at the highest point.
        peak: f64,
        /// The part of the run in which it rises, between 0 and 1.
        warm_up: f64,
    },
}

impl Schedule {
    /// Every schedule with its usual numbers, in the order of the lists.
    pub const ALL: &[Self] = &[
        Self::Constant,
        Self::Step { every_epochs: 30, factor: 0.5 },
        Self::Exponential { decay: 0.99 },
        Self::Cosine { minimum: 0.0 },
        Self::WarmUp { epochs: 5.0 },
        Self::OneCycle { peak: 3.0, warm_up: 0.3 },
    ];

    /// The schedule with this id and its usual numbers, if there is one.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|schedule| schedule.id() == id)
    }

    /// The factor that multiplies the learning rate in the step that comes next.
    ///
    /// ```
    /// use netsmith::optim::{Progress, Schedule};
    /// let halfway = Progress { step: 500, steps_per_epoch: 10, epochs_total: 100 };
    /// let factor = Schedule::Cosine { minimum: 0.0 }.factor(halfway);
    /// assert!((factor - 0.5).abs() < 1e-12);
    /// ```
    pub fn factor(&self, progress: Progress) -> f64 {
        match *self {
            Self::Constant => 1.0,
            Self::Step { every_epochs, factor } => {
                let reductions = progress.whole_epochs() / u64::from(every_epochs.max(1));
                factor.powf(reductions as f64)
            }
            Self::Exponential { decay } => decay.powf(progress.epoch()),
            Self::Cosine { minimum } => {
                let share = progress.epoch() / progress.epochs_total.max(1) as f64;
                half_cosine(1.0, minimum, share)
            }
            Self::WarmUp { epochs } => {
                let steps = epochs * progress.steps_per_epoch.max(1) as f64;
                // The first step already counts one, so that no step is lost at a rate of zero.
                ((progress.step + 1) as f64 / steps.max(1.0)).min(1.0)
            }
            Self::OneCycle { peak, warm_up } => {
                let step = progress.step as f64;
                let last = progress.steps_total() as f64 - 1.0;
                let top = warm_up * progress.steps_total() as f64 - 1.0;
                if step <= top {
                    half_cosine(peak / 25.0, peak, share(step, top))
                } else {
                    half_cosine(peak, peak / 250_000.0, share(step - top, last - top))
                }
            }
        }
    }
}

/// From `start` to `end` along half a cosine: flat at both ends, steepest in the middle.
fn half_cosine(start: f64, end: f64, share: f64) -> f64 {
    end + (start - end) * (1.0 + (PI * share.clamp(0.0, 1.0)).cos()) / 2.0
}

/// `part` of `whole`; all of it when the whole is empty.
fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 1.0 }
}
