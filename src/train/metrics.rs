//! How good a network is on one part of the data: loss, accuracy, RMSE, R².

use serde::{Deserialize, Deserializer, Serialize};

use crate::data::{Samples, TargetEncoding};
use crate::nn::{Loss, Network, Workspace};

/// What is measured on one part of the data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PartMetrics {
    /// The loss without penalties, mean over the rows. A regression's is that of the standardised
    /// target. Infinite where it is too large for a number.
    #[serde(deserialize_with = "finite_or_infinite")]
    pub loss: f64,
    /// Classification: share of the rows whose likeliest class is the right one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accuracy: Option<f64>,
    /// Regression: root of the mean squared error, in the target's own unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rmse: Option<f64>,
    /// Regression: share of the variance that is explained, `1 − Σ(y−ŷ)² / Σ(y−ȳ)²`. 1 is perfect,
    /// 0 no better than the mean.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub r2: Option<f64>,
}

/// JSON has no infinity: it is written as null.
fn finite_or_infinite<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or(f64::INFINITY))
}

/// What is measured on both parts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Metrics {
    /// On the rows that are trained on.
    pub train: PartMetrics,
    /// On the rows held back; `None` where there are none.
    pub validation: Option<PartMetrics>,
}

/// Rows a pass is made over at a time.
const CHUNK: usize = 512;

/// Measures networks; keeps its buffers.
#[derive(Debug)]
pub struct Meter {
    workspace: Workspace<f32>,
}

impl Meter {
    /// A meter for networks of this shape.
    pub fn new(network: &Network, rows: usize) -> Self {
        Self { workspace: Workspace::new(network, rows.clamp(1, CHUNK)) }
    }

    /// Measures on both parts.
    pub fn measure(
        &mut self,
        network: &Network,
        parameters: &[f32],
        loss: Loss,
        samples: &Samples,
    ) -> Metrics {
        let mut part = |rows: &[u32]| self.measure_rows(network, parameters, loss, samples, rows);
        Metrics {
            train: part(&samples.train).unwrap_or_default(),
            validation: part(&samples.validation),
        }
    }

    /// Measures on the rows given; `None` for no rows.
    pub fn measure_rows(
        &mut self,
        network: &Network,
        parameters: &[f32],
        loss: Loss,
        samples: &Samples,
        rows: &[u32],
    ) -> Option<PartMetrics> {
        let (Some(inputs), Some(targets)) = (samples.inputs.as_slice(), samples.targets.as_slice())
        else {
            return None;
        };
        if rows.is_empty() {
            return None;
        }
        let mut sums = Sums::default();
        for chunk in rows.chunks(self.workspace.capacity()) {
            network.load(&mut self.workspace, inputs, targets, chunk);
            network.clear_dropout(&mut self.workspace);
            network.forward(parameters, &mut self.workspace);
            let chunk_loss = f64::from(network.loss(loss, &self.workspace));
            sums.loss += chunk_loss * chunk.len() as f64;
            match &samples.encoder.target {
                TargetEncoding::Classes { .. } => sums.count_right(&self.workspace),
                TargetEncoding::Number { .. } => sums.add_errors(&self.workspace),
            }
        }
        Some(sums.finish(rows.len(), &samples.encoder.target))
    }
}

#[derive(Default)]
struct Sums {
    loss: f64,
    right: usize,
    squared_error: f64,
    target: f64,
    target_squared: f64,
}

impl Sums {
    fn count_right(&mut self, workspace: &Workspace<f32>) {
        self.right += (0..workspace.batch())
            .filter(|&row| predicted_class(workspace, row) == target_class(workspace, row))
            .count();
    }

    fn add_errors(&mut self, workspace: &Workspace<f32>) {
        for (&output, &target) in workspace.output(0).iter().zip(workspace.target(0)) {
            let (output, target) = (f64::from(output), f64::from(target));
            self.squared_error += (output - target).powi(2);
            self.target += target;
            self.target_squared += target * target;
        }
    }

    fn finish(self, rows: usize, target: &TargetEncoding) -> PartMetrics {
        let rows = rows as f64;
        let mut metrics = PartMetrics { loss: self.loss / rows, ..PartMetrics::default() };
        match target {
            TargetEncoding::Classes { .. } => metrics.accuracy = Some(self.right as f64 / rows),
            TargetEncoding::Number { scale, .. } => {
                metrics.rmse = Some((self.squared_error / rows).sqrt() * scale);
                let total = self.target_squared - self.target * self.target / rows;
                metrics.r2 = (total > 1e-9 * rows).then(|| 1.0 - self.squared_error / total);
            }
        }
        metrics
    }
}

/// The class a network's output stands for: with one output the second class from 0.5 up, with
/// several the largest.
pub fn class_of(outputs: impl Iterator<Item = f32>) -> usize {
    let mut best = (0, f32::NEG_INFINITY);
    let mut count = 0;
    for (class, value) in outputs.enumerate() {
        count = class + 1;
        if value > best.1 {
            best = (class, value);
        }
    }
    if count == 1 { usize::from(best.1 >= 0.5) } else { best.0 }
}

fn predicted_class(workspace: &Workspace<f32>, row: usize) -> usize {
    let value = |unit| workspace.output(unit).get(row).copied().unwrap_or(f32::NAN);
    class_of((0..workspace.outputs()).map(value))
}

fn target_class(workspace: &Workspace<f32>, row: usize) -> usize {
    let value = |unit| workspace.target(unit).get(row).copied().unwrap_or(f32::NAN);
    class_of((0..workspace.outputs()).map(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_output_divides_at_one_half() {
        assert_eq!(class_of([0.49].into_iter()), 0);
        assert_eq!(class_of([0.5].into_iter()), 1);
        assert_eq!(class_of([0.2, 0.5, 0.3].into_iter()), 1);
        assert_eq!(class_of([f32::NAN].into_iter()), 0);
    }
}
