//! Carrying weights over when the architecture changes: what still fits is kept.

use std::collections::HashMap;

use super::prepare::Prepared;
use crate::nn::Dense;

/// The new network's parameters: `fresh` ones, with those of `old` written over them wherever the
/// same unit of the same layer gets the same input.
///
/// Layers are recognised by their identifier, inputs of the first layer by their name. A layer
/// that now stands behind another layer keeps only its biases: what comes in has changed its
/// meaning.
pub fn transplant(
    old: &Prepared,
    parameters: &[f32],
    new: &Prepared,
    mut fresh: Vec<f32>,
) -> Vec<f32> {
    let old_layers: HashMap<u32, Placed<'_>> =
        placed(old).into_iter().map(|layer| (layer.id, layer)).collect();
    for layer in placed(new) {
        let Some(before) = old_layers.get(&layer.id) else { continue };
        let columns = matching_inputs(old, before, new, &layer);
        for unit in 0..layer.dense.units.min(before.dense.units) {
            copy(before.dense, layer.dense, unit, None, None, parameters, &mut fresh);
            for &(from, to) in &columns {
                copy(before.dense, layer.dense, unit, Some(from), Some(to), parameters, &mut fresh);
            }
        }
    }
    fresh
}

/// A dense layer and what stands before it.
struct Placed<'a> {
    id: u32,
    /// The dense layer before, `None` for the first.
    before: Option<u32>,
    dense: &'a Dense,
}

fn placed(prepared: &Prepared) -> Vec<Placed<'_>> {
    let mut before = None;
    let mut layers = Vec::new();
    for (layer, &id) in prepared.network.layers().iter().zip(prepared.layer_ids.iter()) {
        if let Some(dense) = layer.as_dense() {
            layers.push(Placed { id, before, dense });
            before = Some(id);
        }
    }
    layers
}

/// Pairs (input of the old layer, input of the new layer) that mean the same.
fn matching_inputs(
    old: &Prepared,
    old_layer: &Placed<'_>,
    new: &Prepared,
    new_layer: &Placed<'_>,
) -> Vec<(usize, usize)> {
    if old_layer.before != new_layer.before {
        return Vec::new();
    }
    if new_layer.before.is_some() {
        let shared = old_layer.dense.inputs.min(new_layer.dense.inputs);
        return (0..shared).map(|input| (input, input)).collect();
    }
    let old_names: HashMap<String, usize> =
        old.samples.encoder.input_names().into_iter().zip(0..).collect();
    let new_names = new.samples.encoder.input_names();
    (0..)
        .zip(new_names)
        .filter_map(|(to, name)| old_names.get(&name).map(|&from| (from, to)))
        .collect()
}

fn copy(
    old: &Dense,
    new: &Dense,
    unit: usize,
    from: Option<usize>,
    to: Option<usize>,
    parameters: &[f32],
    fresh: &mut [f32],
) {
    if let (Some(source), Some(target)) = (old.parameter(unit, from), new.parameter(unit, to))
        && let (Some(&value), Some(place)) = (parameters.get(source), fresh.get_mut(target))
    {
        *place = value;
    }
}
