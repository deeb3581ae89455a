//! The curves of a run: one point an evaluated epoch, thinned so that a run of any length fits.

use serde::{Deserialize, Serialize};

use super::metrics::Metrics;

/// What was measured at the end of one epoch.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// Epochs finished; 0 is before training.
    pub epoch: u64,
    /// What was measured.
    pub metrics: Metrics,
    /// Work so far: so many gradients over all training rows would have cost as much, see
    /// [`Evaluations::gradient_equivalents`](crate::optim::Evaluations::gradient_equivalents).
    #[serde(default)]
    pub work: f64,
    /// Seconds of training so far.
    #[serde(default)]
    pub seconds: f64,
}

/// A curve over the epochs.
///
/// Keeps at most [`Curve::CAPACITY`] points. When it is full, every second point of the older half
/// is left out: recent epochs stay in full, old ones grow coarser.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Curve {
    points: Vec<CurvePoint>,
}

impl Curve {
    /// Most points kept.
    pub const CAPACITY: usize = 4096;

    /// The points, in order.
    pub fn points(&self) -> &[CurvePoint] {
        &self.points
    }

    /// The latest point.
    pub fn last(&self) -> Option<&CurvePoint> {
        self.points.last()
    }

    /// Adds the next point. One for an epoch that is there already replaces it.
    pub fn push(&mut self, point: CurvePoint) {
        if self.points.last().is_some_and(|last| last.epoch == point.epoch) {
            self.points.pop();
        }
        if self.points.len() >= Self::CAPACITY {
            let half = self.points.len() / 2;
            let mut index = 0;
            self.points.retain(|_| {
                index += 1;
                index > half || index % 2 == 1
            });
        }
        self.points.push(point);
    }

    /// Forgets what came after `epoch`.
    pub fn truncate(&mut self, epoch: u64) {
        self.points.retain(|point| point.epoch <= epoch);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(epoch: u64) -> CurvePoint {
        CurvePoint { epoch, metrics: Metrics::default(), work: 0.0, seconds: 0.0 }
    }

    #[test]
    fn a_long_run_keeps_its_first_and_its_recent_points() {
        let mut curve = Curve::default();
        for epoch in 0..1_000_000 {
            curve.push(point(epoch));
        }
        let points = curve.points();
        assert!(points.len() <= Curve::CAPACITY);
        assert_eq!(points[0].epoch, 0);
        let recent: Vec<_> = points.iter().rev().take(1000).map(|p| p.epoch).collect();
        let expected: Vec<_> = (999_000..1_000_000).rev().collect();
        assert_eq!(recent, expected);
        assert!(points.windows(2).all(|pair| pair[0].epoch < pair[1].epoch));
    }

    #[test]
    fn an_epoch_measured_again_is_replaced() {
        let mut curve = Curve::default();
        curve.push(point(3));
        curve.push(point(3));
        assert_eq!(curve.points().len(), 1);
    }
}
