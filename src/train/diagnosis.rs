//! Where a run went wrong: the first layer in which a number stopped being finite, and what to try.

use std::fmt::{self, Write};

use serde::{Deserialize, Serialize};

use crate::experiment::{LayerKind, Prepared};
use crate::nn::Workspace;

/// What became infinite or not a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// A weight or bias.
    Weights,
    /// The weighted sum in a unit.
    Sums,
    /// The loss itself, with all layers still finite.
    Loss,
}

/// Where a number first stopped being finite.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Diagnosis {
    /// Epoch during which it happened, from 1.
    pub epoch: u64,
    /// Update after which it was seen, from 1, counted over the whole run.
    pub step: u64,
    /// Identifier of the layer on the canvas; `None` where every layer is still finite.
    pub layer: Option<u32>,
    /// The layer's name, such as "Dense layer 2".
    pub layer_name: String,
    /// What it was.
    pub quantity: Quantity,
    /// What to try, in sentences.
    pub advice: String,
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.quantity {
            Quantity::Weights => format!("a weight of {} became", self.layer_name),
            Quantity::Sums => format!("the sums in {} became", self.layer_name),
            Quantity::Loss => "the loss became".to_owned(),
        };
        write!(
            f,
            "Training stopped in epoch {}, update {}: {what} infinite or not a number (NaN). {}",
            self.epoch, self.step, self.advice
        )
    }
}

/// Looks for the first layer with a number that is not finite.
///
/// `workspace` holds the batch of the failing update, passed through the network once more.
pub fn diagnose(
    prepared: &Prepared,
    parameters: &[f32],
    workspace: &Workspace<f32>,
    epoch: u64,
    step: u64,
) -> Diagnosis {
    let (layer, quantity) = first_fault(prepared, parameters, workspace);
    let layer_name = layer.map_or_else(String::new, |id| layer_name(prepared, id));
    Diagnosis { epoch, step, layer, layer_name, quantity, advice: advice(prepared) }
}

fn first_fault(
    prepared: &Prepared,
    parameters: &[f32],
    workspace: &Workspace<f32>,
) -> (Option<u32>, Quantity) {
    let is_bad = |values: &[f32]| values.iter().any(|value| !value.is_finite());
    for (index, (layer, &id)) in
        prepared.network.layers().iter().zip(prepared.layer_ids.iter()).enumerate()
    {
        let Some(dense) = layer.as_dense() else { continue };
        let range = |range: &std::ops::Range<usize>| parameters.get(range.clone()).unwrap_or(&[]);
        if is_bad(range(&dense.weights)) || is_bad(range(&dense.biases)) {
            return (Some(id), Quantity::Weights);
        }
        if (0..dense.units).any(|unit| is_bad(workspace.pre_activation(index, unit))) {
            return (Some(id), Quantity::Sums);
        }
    }
    (None, Quantity::Loss)
}

/// What a person calls the layer: "the output layer", "dense layer 2".
pub fn layer_name(prepared: &Prepared, id: u32) -> String {
    let mut number = 0;
    for layer in &prepared.spec.network.layers {
        if matches!(layer.kind, LayerKind::Dense { .. }) {
            number += 1;
        }
        if layer.id == id {
            return match layer.kind {
                LayerKind::Dense { .. } => format!("dense layer {number}"),
                kind => format!("the {} layer", kind.name().to_lowercase()),
            };
        }
    }
    "a layer".to_owned()
}

/// What most often helps, given the settings.
fn advice(prepared: &Prepared) -> String {
    let training = &prepared.spec.training;
    if training.ascent {
        return "Gradient ascent climbs the loss without end, so this is what must come of it. \
                Reset, and switch back to descent."
            .to_owned();
    }
    let rate = training.learning_rate;
    let mut advice = format!(
        "Most often the learning rate is too large: press Reset and try {} instead of {}",
        written(two_digits(rate / 10.0)),
        written(rate)
    );
    if training.clip_norm.is_none() {
        advice.push_str(", or clip the gradient");
    }
    advice.push('.');
    let largest = prepared.samples.inputs.iter().fold(0.0_f32, |most, value| most.max(value.abs()));
    if largest > 50.0 {
        // Writing to a String cannot fail.
        write!(
            advice,
            " The inputs reach {}, which is far from 0: inputs between about -3 and 3 train best.",
            written(largest.round())
        )
        .ok();
    }
    advice
}

/// Two significant digits.
fn two_digits(value: f64) -> f64 {
    format!("{value:.1e}").parse().unwrap_or(value)
}

/// The shortest text that is this number, with an exponent if it is very large or small.
fn written(value: impl fmt::Debug) -> String {
    let text = format!("{value:?}");
    text.strip_suffix(".0").unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_written_short() {
        for (rate, text) in
            [(0.3, "0.3"), (3.0, "3"), (1e30, "1e30"), (0.000_01, "1e-5"), (25.0, "25")]
        {
            assert_eq!(written(rate), text);
        }
        assert_eq!(written(250.4_f32.round()) + " " + &written(1e30_f32), "250 1e30");
        assert_eq!(written(two_digits(0.1 / 10.0)), "0.01");
        assert_eq!(written(two_digits(1e30 / 10.0)), "1e29");
        assert_eq!(written(two_digits(0.123 / 10.0)), "0.012");
    }
}
