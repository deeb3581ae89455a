//! How much of a Newton step to take: all of it if the loss falls, else a part.
//!
//! Only losses are measured here, no gradients: the whole step is nearly always right, and the
//! damping sees to it that the next one is.

use super::super::ending::rounding;
use super::super::line_search::SUFFICIENT;
use super::super::objective::Objective;
use super::super::vector::is_finite;
use super::inner::Inner;

/// Parts of a step that are tried before it is rejected, and doublings of one that knows no length.
const MOST_TRIES: usize = 6;

/// A length that lowered the loss.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Taken {
    /// α.
    pub length: f64,
    /// L(θ + α·d).
    pub loss: f64,
}

/// The working memory of a search.
#[derive(Debug, Default)]
pub(super) struct Search {
    /// θ + α·d of what was taken.
    pub point: Vec<f32>,
    trial: Vec<f32>,
    /// L(θ + d), the whole step.
    pub whole: Option<f64>,
    /// Lengths tried.
    pub tried: usize,
}

impl Search {
    /// Finds a length at which the loss falls by a fair share of what the slope promises.
    pub fn run(
        &mut self,
        objective: &mut dyn Objective,
        from: &[f32],
        loss: f64,
        inner: &Inner,
    ) -> Option<Taken> {
        (self.tried, self.whole) = (0, None);
        let mut length = 1.0;
        for _ in 0..MOST_TRIES {
            let found = self.try_length(objective, from, inner, length);
            if length == 1.0 {
                self.whole = found;
            }
            let Some(found) = found else {
                length *= 0.1;
                continue;
            };
            let enough = loss + SUFFICIENT * length * inner.slope;
            // Where the bowl promises less than rounding, not to rise is all one can ask.
            let level =
                inner.predicted(length).abs() <= rounding(loss) && found <= loss + rounding(loss);
            if found <= enough || level {
                std::mem::swap(&mut self.point, &mut self.trial);
                let taken = Taken { length, loss: found };
                let open = !inner.knows_length() && length == 1.0;
                return Some(if open { self.go_on(objective, from, inner, taken) } else { taken });
            }
            // The lowest point of the parabola through both losses and the slope.
            let bend = found - loss - length * inner.slope;
            let lowest = -0.5 * inner.slope * length * length / bend;
            let lowest = if lowest.is_finite() { lowest } else { 0.0 };
            length = lowest.clamp(0.1 * length, 0.5 * length);
        }
        None
    }

    /// Doubles a length while the loss falls.
    fn go_on(
        &mut self,
        objective: &mut dyn Objective,
        from: &[f32],
        inner: &Inner,
        mut taken: Taken,
    ) -> Taken {
        for _ in 0..MOST_TRIES {
            let length = 2.0 * taken.length;
            match self.try_length(objective, from, inner, length) {
                Some(loss) if loss < taken.loss => {
                    taken = Taken { length, loss };
                    std::mem::swap(&mut self.point, &mut self.trial);
                }
                _ => break,
            }
        }
        taken
    }

    /// The loss at θ + α·d, if it is a number.
    fn try_length(
        &mut self,
        objective: &mut dyn Objective,
        from: &[f32],
        inner: &Inner,
        length: f64,
    ) -> Option<f64> {
        self.tried += 1;
        self.trial.clear();
        let line = from.iter().zip(&inner.direction);
        self.trial.extend(line.map(|(&p, d)| (f64::from(p) + length * d) as f32));
        if !is_finite(&self.trial) {
            return None;
        }
        Some(f64::from(objective.loss(&self.trial))).filter(|loss| loss.is_finite())
    }
}
