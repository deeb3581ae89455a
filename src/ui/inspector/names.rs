//! What layers, neurons and weights are called.

use super::Subject;
use crate::experiment::{LayerKind, NetworkSpec, Prepared};
use crate::nn::Layer;

/// "Input layer", "Dense layer 2": layers of a kind that may occur often are counted from 1.
pub fn layer(network: &NetworkSpec, id: u32) -> String {
    let Some(spec) = network.layer(id) else { return "Layer".to_owned() };
    let kind = spec.kind.name();
    match spec.kind {
        LayerKind::Input | LayerKind::Output => format!("{kind} layer"),
        LayerKind::Dense { .. } | LayerKind::Dropout { .. } => {
            let same = network.layers.iter().filter(|layer| layer.kind.name() == kind);
            let number = same.take_while(|layer| layer.id != id).count() + 1;
            format!("{kind} layer {number}")
        }
    }
}

/// A neuron of the subject: "neuron 2", "output Gentoo".
pub fn unit(subject: &Subject<'_>, unit: usize) -> String {
    if subject.spec.kind == LayerKind::Output
        && let Some((prepared, _)) = subject.run
        && prepared.network.outputs() > 1
        && let Some(name) = prepared.samples.encoder.target.output_names().get(unit)
    {
        return format!("output {name}");
    }
    format!("neuron {}", unit + 1)
}

/// The names of what enters layer `index` of the network: input columns, or neurons of the layer
/// before.
pub fn sources(prepared: &Prepared, index: usize) -> Vec<String> {
    let before = prepared.network.layers().get(..index).unwrap_or_default();
    let dense = before.iter().rev().find_map(|layer| match layer {
        Layer::Dense(dense) => Some(dense.units),
        Layer::Dropout { .. } => None,
    });
    match dense {
        Some(units) => (1..=units).map(|number| format!("neuron {number}")).collect(),
        None => prepared.samples.encoder.input_names(),
    }
}

/// A weight or bias by its place in the flat vector: "Dense 1, 2 ← x₁" is the weight from x₁ to
/// the second neuron of the first dense layer.
pub fn parameter(spec: &NetworkSpec, prepared: &Prepared, index: usize) -> String {
    let layers = prepared.network.layers().iter().zip(prepared.layer_ids.iter()).enumerate();
    for (number, (layer, &id)) in layers {
        let Some(dense) = layer.as_dense() else { continue };
        if dense.weights.contains(&index) {
            let place = index - dense.weights.start;
            let (unit, input) = (place / dense.inputs, place % dense.inputs);
            let source = sources(prepared, number).into_iter().nth(input).unwrap_or_default();
            return format!("{}, {} ← {source}", short(spec, id), unit + 1);
        }
        if dense.biases.contains(&index) {
            let unit = index - dense.biases.start + 1;
            return format!("{}, {unit} bias", short(spec, id));
        }
    }
    format!("parameter {index}")
}

/// "Dense 2", "Output": a layer's name where there is little room.
fn short(network: &NetworkSpec, id: u32) -> String {
    layer(network, id).replace(" layer", "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::ExperimentSpec;

    #[test]
    fn dense_layers_are_counted() {
        let network = ExperimentSpec::default().network;
        let names: Vec<_> = network.layers.iter().map(|spec| layer(&network, spec.id)).collect();
        assert_eq!(names, ["Input layer", "Dense layer 1", "Dense layer 2", "Output layer"]);
    }
}
