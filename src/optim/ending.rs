//! The ends that methods with a gradient share: a flat place, a bottom, a gradient that is not a
//! number, losses too close to tell apart.
//!
//! Knows no method; each decides itself when to ask.

use super::detail::{Halt, HaltKind};
use super::memory;
use super::optimizer::{OptimizerError, OptimizerState, StepReport};
use super::words::short;

/// The gradient is as good as zero when it is shorter than this, in units of 1 + |loss|. It is a
/// sum of f32, whose relative precision is 1.2e-7: what is shorter is mostly rounding.
const FLAT: f64 = 3e-8;

/// A gradient this short, in the same units, may well be all that is left at a bottom: the steps it
/// asks for change the loss by less than its rounding.
const SHORT: f64 = 1e-3;

/// So many steps in a row without a decrease beyond rounding are enough.
const MOST_STALLED: f32 = 10.0;

/// Counts steps that lead nowhere, in numbers that can be saved.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Stall {
    /// Steps in a row without a decrease beyond rounding.
    steps: f32,
    /// The loss before the first of them.
    since: f32,
}

impl Stall {
    /// Its name in a saved state.
    pub const NAME: &'static str = "stalled";

    /// Takes note of a step. Progress is what one step or all of them together gained.
    pub fn note(&mut self, before: f64, after: f64) {
        if self.steps == 0.0 {
            self.since = before as f32;
        }
        let since = f64::from(self.since);
        let progress = before - after > rounding(before) || since - after > rounding(since);
        self.steps = if progress { 0.0 } else { self.steps + 1.0 };
    }

    /// Whether going on is of no use.
    pub fn is_over(self) -> bool {
        self.steps >= MOST_STALLED
    }

    /// As it is saved.
    pub fn saved(self) -> (&'static str, Vec<f32>) {
        (Self::NAME, vec![self.steps, self.since])
    }

    /// Reads what was saved.
    pub fn restored(state: &OptimizerState) -> Result<Self, OptimizerError> {
        let vector = memory::find(state, Self::NAME, 2)?;
        let number = |i: usize| vector.get(i).copied().unwrap_or_default();
        Ok(Self { steps: number(0), since: number(1) })
    }
}

/// By how much two losses of this size may differ although they should be equal.
///
/// The outputs of a network are f32, with an error near ε = 1.2e-7. A squared error r² inherits
/// 2rε of it, that is √loss·2ε, and for small losses this is far more than the rounding of the loss
/// itself.
pub(super) fn rounding(loss: f64) -> f64 {
    4.0 * f64::from(f32::EPSILON) * loss.abs().max(loss.abs().sqrt())
}

/// A loss below this has no bottom: losses of networks are not negative, and one that is climbed
/// may have no top.
const BOTTOMLESS: f64 = -1e6;

/// The report of a step that ends where it begins, if it does: the loss is not a number, which is
/// for the caller to explain (the reason is in the parameters), or there is nowhere to go.
pub(super) fn at_once(loss: f32, gradient_norm: f64) -> Option<StepReport> {
    if !loss.is_finite() {
        return Some(StepReport::plain(loss));
    }
    nowhere_to_go(f64::from(loss), gradient_norm).map(|halt| StepReport::halted(loss, halt))
}

/// Why no step can be taken from here, if so.
fn nowhere_to_go(loss: f64, gradient_norm: f64) -> Option<Halt> {
    if !gradient_norm.is_finite() {
        let why = format!(
            "The loss is {}, but its gradient is not a number, so there is no direction to go. \
             Look for extreme inputs or weights, or begin with new weights.",
            short(loss)
        );
        return Some(Halt { kind: HaltKind::NoProgress, why });
    }
    if loss < BOTTOMLESS {
        let why = format!(
            "The loss has fallen to {} and there is no bottom in sight. When climbing a loss, this \
             is the end: it grows without limit. Descend instead, or climb with gradient descent \
             and a small learning rate to watch it happen.",
            short(loss)
        );
        return Some(Halt { kind: HaltKind::NoProgress, why });
    }
    (gradient_norm <= FLAT * (1.0 + loss.abs())).then(|| {
        let why = format!(
            "The loss is flat here: the gradient has length {}. This is the bottom of a valley, \
             or a level place that no slope leads out of. Loss reached: {}. To go on, change the \
             network or begin with new weights.",
            short(gradient_norm),
            short(loss)
        );
        Halt { kind: HaltKind::FlatLoss, why }
    })
}

/// Where no step helps: at the bottom if the gradient is short; otherwise for another reason, which
/// `story` begins to tell.
pub(super) fn stuck(loss: f64, gradient_norm: f64, story: &str) -> Halt {
    if gradient_norm <= SHORT * (1.0 + loss.abs()) {
        return bottom(loss, gradient_norm);
    }
    let why = format!(
        "{story}, although the gradient has length {}. The loss is probably not smooth here (a kink \
         of ReLU, a wall of values that are not numbers). Try a smooth activation such as tanh, a \
         larger batch, or another method, for example Adam.",
        short(gradient_norm)
    );
    Halt { kind: HaltKind::NoProgress, why }
}

/// The bottom, as far as the losses can tell.
pub(super) fn bottom(loss: f64, gradient_norm: f64) -> Halt {
    let why = format!(
        "The bottom is reached: around a loss of {}, what is left to gain is smaller than the \
         rounding of the loss itself (the gradient has length {}). To get lower, begin with new \
         weights or change the network; if weights have grown very large, a small L2 penalty \
         (1e-4) keeps slopes alive.",
        short(loss),
        short(gradient_norm)
    );
    Halt { kind: HaltKind::FlatLoss, why }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slow_progress_is_progress() {
        let mut stall = Stall::default();
        // Each step gains a third of the rounding, four of them more than it.
        let mut loss = 1.0;
        for _ in 0..100 {
            let next = loss - rounding(1.0) / 3.0;
            stall.note(loss, next);
            loss = next;
            assert!(!stall.is_over());
        }
        for _ in 0..10 {
            stall.note(loss, loss);
        }
        assert!(stall.is_over());
    }
}
