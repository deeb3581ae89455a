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
/// Keeps at most [`Curve::CAPACITY`] points. When it is full, points of the older half are left
/// out: recent epochs stay in full, old ones are covered evenly, and coarser the longer the run is.
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
            self.thin();
        }
        self.points.push(point);
    }

    /// Leaves out points of the older half, so that those that stay are at least as far apart as
    /// half of them would be if they were spread evenly.
    fn thin(&mut self) {
        let half = self.points.len() / 2;
        let (Some(first), Some(middle)) = (self.points.first(), self.points.get(half)) else {
            return;
        };
        let distance = middle.epoch.saturating_sub(first.epoch).div_ceil((half as u64 / 2).max(1));
        let (end, mut wanted) = (middle.epoch, first.epoch);
        self.points.retain(|point| {
            let keeps = point.epoch >= end || point.epoch >= wanted;
            if keeps {
                wanted = point.epoch.saturating_add(distance);
            }
            keeps
        });
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
        // The beginning, where the most happens, is not lost to a straight line.
        let widest = points.windows(2).map(|pair| pair[1].epoch - pair[0].epoch).max();
        assert!(widest < Some(5000), "{widest:?}");
    }

    #[test]
    fn an_epoch_measured_again_is_replaced() {
        let mut curve = Curve::default();
        curve.push(point(3));
        curve.push(point(3));
        assert_eq!(curve.points().len(), 1);
    }
}
