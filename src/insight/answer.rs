//! What the network says about one row, and what happens inside while it does.

use crate::data::{Cell, TargetEncoding};
use crate::experiment::Prepared;
use crate::nn::Workspace;
use crate::train::metrics::class_of;

/// The network's answer to one row.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The row as numbers, as it enters the network.
    pub inputs: Vec<f32>,
    /// For each layer of the network in order, the values that leave it.
    pub activations: Vec<Vec<f32>>,
    /// What it amounts to.
    pub verdict: Verdict,
}

/// What the outputs amount to.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// A number, in the target's own unit.
    Number {
        /// The target's name.
        name: String,
        /// The number.
        value: f64,
    },
    /// Classes with their probabilities, in the order of the classes.
    Classes {
        /// Name and probability.
        probabilities: Vec<(String, f64)>,
        /// Index of the likeliest.
        best: usize,
    },
}

/// Asks the network about one row: one cell for each of the encoder's columns.
pub fn ask(prepared: &Prepared, parameters: &[f32], cells: &[Cell]) -> Answer {
    let network = &prepared.network;
    let encoder = &prepared.samples.encoder;
    let mut inputs = vec![0.0; encoder.width()];
    encoder.encode_row(cells, &mut inputs);
    let mut workspace = Workspace::new(network, 1);
    network.load_inputs(&mut workspace, &inputs, 0..1);
    network.forward(parameters, &mut workspace);
    let first = |values: &[f32]| values.first().copied().unwrap_or(f32::NAN);
    let activations = network
        .layers()
        .iter()
        .enumerate()
        .map(|(index, layer)| {
            (0..layer.units()).map(|unit| first(workspace.activation(index, unit))).collect()
        })
        .collect();
    let outputs: Vec<f32> =
        (0..network.outputs()).map(|unit| first(workspace.output(unit))).collect();
    Answer { inputs, activations, verdict: verdict(&encoder.target, &outputs) }
}

/// What these outputs amount to.
pub fn verdict(target: &TargetEncoding, outputs: &[f32]) -> Verdict {
    let value = f64::from(outputs.first().copied().unwrap_or(f32::NAN));
    match target {
        TargetEncoding::Number { name, mean, scale } => {
            Verdict::Number { name: name.clone(), value: value * scale + mean }
        }
        TargetEncoding::Classes { classes, .. } => {
            let probabilities: Vec<f64> = if outputs.len() == 1 {
                vec![1.0 - value, value]
            } else {
                outputs.iter().map(|&p| f64::from(p)).collect()
            };
            Verdict::Classes {
                probabilities: classes.iter().cloned().zip(probabilities).collect(),
                best: class_of(outputs.iter().copied()),
            }
        }
    }
}
