//! What each neuron responds to: its activation over a small plane, or its weights as a picture.

use super::map::Plane;
use super::pass::Pass;
use super::picture;
use crate::experiment::Prepared;

/// Neurons drawn in a layer; the rest of a wide layer is summarised.
pub const SHOWN_UNITS: usize = 32;

/// Small maps of the neurons of all dense layers, the output layer included.
#[derive(Clone, Debug, PartialEq)]
pub struct NeuronMaps {
    /// For each dense layer in order.
    pub layers: Vec<LayerMaps>,
    /// Whether the maps are weight pictures (rows from the top) rather than activations over the
    /// plane (rows from the bottom).
    pub pictures: bool,
}

/// The maps of one layer.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerMaps {
    /// Identifier of the layer on the canvas.
    pub layer: u32,
    /// Width and height of each map.
    pub size: (usize, usize),
    /// For each shown neuron, `width × height` values scaled to −1…1.
    pub units: Vec<Vec<f32>>,
}

/// The activations of all neurons over the points of `plane`.
pub fn activations(
    prepared: &Prepared,
    parameters: &[f32],
    plane: &Plane,
    pass: &mut Pass,
) -> NeuronMaps {
    let network = &prepared.network;
    let height = if plane.y.is_some() { plane.resolution } else { 1 };
    let mut layers: Vec<(usize, LayerMaps)> = network
        .layers()
        .iter()
        .zip(prepared.layer_ids.iter())
        .enumerate()
        .filter_map(|(index, (layer, &id))| {
            let units = layer.as_dense()?.units.min(SHOWN_UNITS);
            let points = plane.resolution * height;
            let maps = LayerMaps {
                layer: id,
                size: (plane.resolution, height),
                units: vec![Vec::with_capacity(points); units],
            };
            Some((index, maps))
        })
        .collect();
    pass.run(network, parameters, plane.inputs(), |_, workspace| {
        for (index, maps) in &mut layers {
            for (unit, map) in maps.units.iter_mut().enumerate() {
                map.extend_from_slice(workspace.activation(*index, unit));
            }
        }
    });
    let mut layers: Vec<_> = layers.into_iter().map(|(_, maps)| maps).collect();
    if let Some(output) = layers.last_mut() {
        centre_output(prepared, output);
    }
    layers.iter_mut().flat_map(|layer| &mut layer.units).for_each(|map| scale(map));
    NeuronMaps { layers, pictures: false }
}

/// Probabilities are shown around one half, numbers around their mean: the colour in the middle
/// means "undecided".
fn centre_output(prepared: &Prepared, maps: &mut LayerMaps) {
    if prepared.network.outputs() == 1
        && let crate::data::TargetEncoding::Classes { .. } = prepared.samples.encoder.target
    {
        maps.units.iter_mut().flatten().for_each(|value| *value -= 0.5);
    }
}

/// Scales to −1…1 by the largest magnitude; keeps the sign.
fn scale(map: &mut [f32]) {
    let most = map.iter().fold(0.0_f32, |most, value| most.max(value.abs()));
    if most > 1e-6 && most.is_finite() {
        for value in map {
            *value /= most;
        }
    } else {
        for value in map {
            *value = if value.is_finite() { 0.0 } else { f32::NAN };
        }
    }
}

/// For picture inputs: the weights of each neuron as a picture. Neurons of later layers show the
/// weights of the layers before, added up with their own (as if there were no activations).
pub fn pictures(prepared: &Prepared, parameters: &[f32]) -> Option<NeuronMaps> {
    let size = picture::shape(&prepared.samples.encoder)?;
    let inputs = prepared.network.inputs();
    let mut before: Option<Vec<Vec<f32>>> = None;
    let mut layers = Vec::new();
    for (layer, &id) in prepared.network.layers().iter().zip(prepared.layer_ids.iter()) {
        let Some(dense) = layer.as_dense() else { continue };
        let rows = parameters.get(dense.weights.clone())?.chunks_exact(dense.inputs.max(1));
        let pictures: Vec<Vec<f32>> = match &before {
            None => rows.take(SHOWN_UNITS).map(<[f32]>::to_vec).collect(),
            Some(before) => {
                rows.take(SHOWN_UNITS).map(|row| combine(row, before, inputs)).collect()
            }
        };
        let mut units = pictures.clone();
        for map in &mut units {
            scale(map);
        }
        layers.push(LayerMaps { layer: id, size, units });
        before = Some(pictures);
    }
    Some(NeuronMaps { layers, pictures: true })
}

fn combine(weights: &[f32], before: &[Vec<f32>], inputs: usize) -> Vec<f32> {
    let mut sum = vec![0.0; inputs];
    for (&weight, picture) in weights.iter().zip(before) {
        sum.iter_mut().zip(picture).for_each(|(sum, &value)| *sum += weight * value);
    }
    sum
}
