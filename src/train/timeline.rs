//! Checkpoints of a run, to look back at what the network was.

use std::sync::Arc;

/// Weights at the end of an epoch.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint {
    /// Epochs finished.
    pub epoch: u64,
    /// Parameters, as the network's flat vector.
    pub parameters: Arc<[f32]>,
}

/// Checkpoints at growing distances: few enough to fit in memory, spread over the whole run.
#[derive(Clone, Debug)]
pub struct Timeline {
    checkpoints: Vec<Checkpoint>,
    capacity: usize,
    /// Epochs between checkpoints; doubles when the timeline is full.
    interval: u64,
}

/// Memory the checkpoints of a run may take, in bytes.
const MEMORY: usize = 48 << 20;

impl Timeline {
    /// A timeline for networks of so many parameters.
    pub fn new(parameters: usize) -> Self {
        let bytes = parameters.max(1) * size_of::<f32>();
        Self { checkpoints: Vec::new(), capacity: (MEMORY / bytes).clamp(4, 256), interval: 1 }
    }

    /// The checkpoints, in order.
    pub fn checkpoints(&self) -> &[Checkpoint] {
        &self.checkpoints
    }

    /// Whether [`push`](Self::push) would keep this epoch.
    pub fn wants(&self, epoch: u64) -> bool {
        epoch.is_multiple_of(self.interval)
            && self.checkpoints.last().is_none_or(|last| last.epoch < epoch)
    }

    /// Keeps the parameters of this epoch, if it falls on the interval.
    pub fn push(&mut self, epoch: u64, parameters: &[f32]) {
        while self.checkpoints.len() >= self.capacity {
            self.interval = self.interval.saturating_mul(2);
            let interval = self.interval;
            self.checkpoints.retain(|checkpoint| checkpoint.epoch.is_multiple_of(interval));
        }
        if self.wants(epoch) {
            self.checkpoints.push(Checkpoint { epoch, parameters: parameters.into() });
        }
    }

    /// The checkpoint nearest to this epoch.
    pub fn nearest(&self, epoch: u64) -> Option<&Checkpoint> {
        self.checkpoints.iter().min_by_key(|checkpoint| checkpoint.epoch.abs_diff(epoch))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_run_is_covered_evenly() {
        let mut timeline = Timeline::new(10);
        for epoch in 0..10_000 {
            timeline.push(epoch, &[epoch as f32]);
        }
        let epochs: Vec<_> = timeline.checkpoints().iter().map(|c| c.epoch).collect();
        assert!(epochs.len() <= 256 && epochs.len() >= 100, "{}", epochs.len());
        assert_eq!(epochs[0], 0);
        assert!(epochs.windows(3).all(|w| w[1] - w[0] == w[2] - w[1]));
        assert_eq!(timeline.nearest(5000).map(|c| c.epoch), Some(4992));
    }

    #[test]
    fn large_networks_have_few_checkpoints() {
        let mut timeline = Timeline::new(4 << 20);
        for epoch in 0..100 {
            timeline.push(epoch, &[0.0]);
        }
        assert!(timeline.checkpoints().len() <= 4);
    }
}
