//! What the methods of random search remember from step to step: how far they reach, the best point
//! they have met, and how long they have found nothing at all.
//!
//! Knows no method in particular.

use super::detail::{Halt, HaltKind};
use super::memory::{find, number};
use super::optimizer::{OptimizerError, OptimizerState};
use super::search::short;

/// Trials in a row that teach nothing, after which a search gives up.
const PATIENCE: u32 = 50;

/// Candidates that lie nearer than this, relative to the largest parameter, are no longer other
/// points in f32.
const NEAREST: f64 = 1e-8;

/// Whether candidates this far away are no longer other points than the parameters.
pub(super) fn too_near(reach: f64, parameters: &[f32]) -> bool {
    let largest = parameters.iter().fold(1.0_f32, |most, p| most.max(p.abs()));
    reach < NEAREST * f64::from(largest)
}

/// How far candidates lie, in each parameter: adapts itself, and begins anew when the setting for
/// the first steps is changed.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Reach {
    /// What the setting says.
    pub first: f64,
    /// What has become of it.
    pub now: f32,
}

impl Reach {
    /// Takes over the setting; one that has not changed leaves the reach as it is.
    pub(super) fn configure(&mut self, first: f64) {
        if self.first != first {
            *self = Self { first, now: first as f32 };
        }
    }
}

/// The best point met so far.
#[derive(Debug)]
pub(super) struct Best {
    /// Where it is.
    pub point: Vec<f32>,
    /// Its loss; the largest number there is while no point has been met.
    pub loss: f32,
}

impl Best {
    /// Its names in a saved state.
    pub(super) const NAMES: [&'static str; 2] = ["best", "best_loss"];

    /// No point yet, in so many dimensions.
    pub(super) fn none(dimension: usize) -> Self {
        Self { point: vec![0.0; dimension], loss: f32::MAX }
    }

    /// Keeps a point if it is better than the best so far.
    pub(super) fn note(&mut self, point: &[f32], loss: f32) {
        if loss < self.loss {
            self.loss = loss;
            self.point.copy_from_slice(point);
        }
    }

    /// As it is saved, under [`NAMES`](Self::NAMES).
    pub(super) fn saved(&self) -> [(&'static str, Vec<f32>); 2] {
        let [point, loss] = Self::NAMES;
        [(point, self.point.clone()), (loss, vec![self.loss])]
    }

    /// Reads what was saved.
    pub(super) fn restored(
        state: &OptimizerState,
        dimension: usize,
    ) -> Result<Self, OptimizerError> {
        let [point, loss] = Self::NAMES;
        Ok(Self { point: find(state, point, dimension)?.to_vec(), loss: number(state, loss)? })
    }
}

/// How many of the latest trials in a row taught nothing. Remembered from step to step.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Fruitless {
    /// Trials in a row whose loss was, to the bit, that of the point they started from.
    same: u32,
    /// Trials in a row without a loss that is a number.
    without_loss: u32,
}

impl Fruitless {
    /// Its name in a saved state.
    pub(super) const NAME: &'static str = "fruitless_trials";

    /// Takes note of a trial from a point where the loss is `current`.
    pub(super) fn note(&mut self, loss: f32, current: f32) {
        self.same = if loss == current { self.same.saturating_add(1) } else { 0 };
        self.without_loss = if loss.is_finite() { 0 } else { self.without_loss.saturating_add(1) };
    }

    /// Why the search should stop, if it has been fruitless for too long. `reach` is the name of
    /// the setting that says how far candidates lie.
    pub(super) fn halt(self, current: f32, reach: &str) -> Option<Halt> {
        if self.without_loss >= PATIENCE {
            return Some(Halt {
                kind: HaltKind::NoProgress,
                why: format!(
                    "None of the last {} candidates had a loss that is a finite number, so there \
                     is nothing to choose between. Reset and try a smaller {reach}, or scale the \
                     inputs.",
                    self.without_loss
                ),
            });
        }
        (self.same >= PATIENCE).then(|| Halt {
            kind: HaltKind::FlatLoss,
            why: format!(
                "The last {} candidates all had a loss of {}, exactly that of the parameters they \
                 started from: the search has settled, or the loss is flat here. If that is not \
                 low enough, try a larger {reach} or new starting weights.",
                self.same,
                short(current)
            ),
        })
    }

    /// As it is saved: whole numbers far below the 2²⁴ up to which f32 holds them all.
    pub(super) fn saved(self) -> (&'static str, Vec<f32>) {
        let counts = [self.same, self.without_loss];
        (Self::NAME, counts.map(|count| count.min(PATIENCE) as f32).to_vec())
    }

    /// Reads what was saved.
    pub(super) fn restored(state: &OptimizerState) -> Result<Self, OptimizerError> {
        match find(state, Self::NAME, 2)? {
            &[same, without_loss] => {
                Ok(Self { same: same as u32, without_loss: without_loss as u32 })
            }
            _ => Ok(Self::default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fifty_fruitless_trials_in_a_row_are_enough() {
        let mut fruitless = Fruitless::default();
        for _ in 0..49 {
            fruitless.note(1.5, 1.5);
        }
        assert_eq!(fruitless.halt(1.5, "step"), None);
        fruitless.note(1.6, 1.5);
        assert_eq!(fruitless, Fruitless::default(), "one different loss starts the count anew");
        for _ in 0..50 {
            fruitless.note(1.5, 1.5);
        }
        assert_eq!(fruitless.halt(1.5, "step").map(|h| h.kind), Some(HaltKind::FlatLoss));
        for _ in 0..50 {
            fruitless.note(f32::INFINITY, 1.5);
        }
        assert_eq!(fruitless.halt(1.5, "step").map(|h| h.kind), Some(HaltKind::NoProgress));
    }
}
