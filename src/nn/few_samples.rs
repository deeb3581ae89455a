//! Both passes over a batch of a few samples, whose gradient need not be written down.
//!
//! Stochastic gradient descent proper looks at one sample at a time. Then the gradient of a layer's
//! weights, ∂L/∂W = δ·xᵀ, is the product of one column and one row: as many numbers as the layer
//! has weights, made of as few as it has units and inputs. To write it to memory, from which the
//! training method reads it again, would take as long as everything else. So here the errors δ of
//! all layers are computed first, and after that [any part of the gradient](Network::gradient_part)
//! can be had for itself, in any order and by several threads.
//!
//! The formulas are those of `forward.rs` and `backward.rs`, and so are the activations and the end
//! of the network; but the samples lie one after the other ([samples, units]), so that vectors run
//! along units and no padding is computed with.

use std::ops::Range;

use super::head;
use super::kernels::{
    Aligned, FEW, Few, Kernels, LANES, OuterProduct, Pass, SampleRows, Way, activate, is_narrow,
    multiply_few, padded, sample_stride, times_slope,
};
use super::loss::Loss;
use super::network::{Dense, DenseActivation, Layer, Network};
use super::real::Real;
use super::workspace::Workspace;
use crate::threads::Threads;

/// The values of one layer for a few samples, one row for each sample.
#[derive(Clone, Debug)]
pub(super) struct FewValues<T: Real> {
    /// The distance between two rows.
    stride: usize,
    /// As in [`LayerValues`](super::workspace::LayerValues).
    z: Aligned<T>,
    a: Aligned<T>,
    delta: Aligned<T>,
}

/// The most samples that are few for a network. Each of its sums ends with adding up a vector, so
/// where sums are short, padded rows are the faster way for fewer samples; and none are few if the
/// network is so small that its own pass is faster. Measured.
pub(super) fn most_that_are_few(network: &Network) -> usize {
    let weights: usize = network.dense_layers().map(|dense| dense.weights.len()).sum();
    let units: usize = network.dense_layers().map(|dense| dense.units).sum();
    if network.is_small() {
        0
    } else if weights >= 128 * units {
        FEW
    } else if network.dense_layers().all(|dense| dense.inputs >= LANES) {
        4
    } else {
        3
    }
}

impl<T: Real> FewValues<T> {
    /// Of a layer of so many units.
    pub(super) fn new(units: usize) -> Self {
        let stride = padded(units);
        let rows = || Aligned::zeros(FEW * stride);
        Self { stride, z: rows(), a: rows(), delta: rows() }
    }

    fn delta(&self) -> SampleRows<'_, T> {
        SampleRows { values: &self.delta, stride: self.stride }
    }
}

impl Network {
    /// The loss of the loaded batch if it has so few samples that afterwards the gradient is best
    /// asked for [part by part](Network::gradient_part); `None` if not.
    ///
    /// Its sums are made in another order than those of [`forward`](Network::forward).
    ///
    /// # Panics
    /// If there are fewer parameters than [`parameter_count`](Network::parameter_count).
    pub fn loss_and_errors<T: Real>(
        &self,
        parameters: &[T],
        loss: Loss,
        workspace: &mut Workspace<T>,
    ) -> Option<T> {
        workspace.has_few_samples().then(|| {
            T::run(workspace.threads, LossAndErrors { network: self, parameters, loss, workspace })
        })
    }

    /// Writes a part of the gradient of the loss, its numbers from `first` on, given the last
    /// [`loss_and_errors`](Network::loss_and_errors). The same bits in whatever parts it is asked
    /// for.
    ///
    /// # Panics
    /// If the workspace belongs to a network that never has few samples.
    pub fn gradient_part<T: Real>(&self, workspace: &Workspace<T>, first: usize, part: &mut [T]) {
        T::run(Threads::ONE, GradientPart { network: self, workspace, first, part });
    }

    /// The weights' gradient from number `first` on as rows, given the last
    /// [`loss_and_errors`](Network::loss_and_errors) of one sample, if the rows are long enough to
    /// be worth it.
    pub fn gradient_rows<'a, T: Real>(
        &self,
        workspace: &'a Workspace<T>,
        first: usize,
    ) -> Option<GradientRows<'a, T>> {
        if workspace.batch != 1 || !workspace.has_few_samples() {
            return None;
        }
        let mut layers = self.layers().iter().enumerate();
        layers.find_map(|(index, layer)| {
            let dense = layer.as_dense()?;
            let long = dense.inputs >= LONG && dense.inputs.is_multiple_of(LANES);
            if !long || !dense.weights.contains(&first) {
                return None;
            }
            let place = first - dense.weights.start;
            let (before, after) = workspace.few.split_at(index);
            let x = inputs_of(self, workspace, before);
            Some(GradientRows {
                factors: &after[0].delta().row(0, dense.units)[place / dense.inputs..],
                vector: x.row(0, dense.inputs),
                skipped: place % dense.inputs,
            })
        })
    }
}

/// Inputs from which on a layer's gradient is given as rows, if they fill whole vectors: what is left
/// of a row would be treated number by number. Of shorter rows the beginnings and ends count too
/// much. Measured.
const LONG: usize = 128;

/// Rows of a gradient, one after the other, each a multiple of the same vector: ∂L/∂W = δ·xᵀ of one
/// sample. The [written](Network::gradient_part) gradient is the same to the bit.
#[derive(Clone, Copy, Debug)]
pub struct GradientRows<'a, T> {
    /// δ of the row's unit: what the vector is multiplied by.
    pub factors: &'a [T],
    /// x.
    pub vector: &'a [T],
    /// How many numbers are left out at the beginning of the first row.
    pub skipped: usize,
}

struct LossAndErrors<'a, T: Real> {
    network: &'a Network,
    parameters: &'a [T],
    loss: Loss,
    workspace: &'a mut Workspace<T>,
}

impl<T: Real> Pass<T> for LossAndErrors<'_, T> {
    type Output = T;

    #[inline(always)]
    fn run<K: Kernels<T>>(self, kernels: K) -> T {
        let Self { network, parameters, loss, workspace } = self;
        forward(kernels, network, parameters, workspace);
        let value = head(kernels, network, loss, workspace);
        backward(kernels, network, parameters, workspace);
        value
    }
}

/// z and a of every layer; of the last one only z.
#[inline(always)]
fn forward<T: Real, K: Kernels<T>>(
    kernels: K,
    network: &Network,
    parameters: &[T],
    workspace: &mut Workspace<T>,
) {
    gather_narrow_inputs(network, workspace);
    let (mut values, workspace) = (std::mem::take(&mut workspace.few), workspace);
    for (index, layer) in network.layers().iter().enumerate() {
        let (before, after) = values.split_at_mut(index);
        let x = inputs_of(network, workspace, before);
        let FewValues { stride, z, a, .. } = &mut after[0];
        let size = workspace.batch * *stride;
        match layer {
            Layer::Dense(dense) => {
                let way = Way::Sums { x, biases: &parameters[dense.biases.clone()] };
                let few = few_of(dense, parameters, workspace.batch, way);
                multiply_few(kernels, &few, &mut z[..size], *stride);
                if let DenseActivation::Hidden(f) = dense.activation {
                    activate(kernels, f, &z[..size], &mut a[..size]);
                }
            }
            Layer::Dropout { units, .. } => {
                through_mask(workspace, index, x, &mut a[..size], [*stride, *units]);
            }
        }
    }
    workspace.few = values;
}

/// From the last layer's z to its δ by way of `head.rs`, for which samples lie side by side.
#[inline(always)]
fn head<T: Real, K: Kernels<T>>(
    kernels: K,
    network: &Network,
    loss: Loss,
    workspace: &mut Workspace<T>,
) -> T {
    let (batch, width, outputs) = (workspace.batch, workspace.layout.width, network.outputs());
    if let (Some(few), Some(last)) = (workspace.few.last(), workspace.layers.last_mut()) {
        let rows = last.z.chunks_exact_mut(width).take(outputs);
        for (output, row) in rows.enumerate() {
            // The padding must hold numbers, which then count nothing.
            row.fill(few.z[output]);
            let samples = few.z.chunks_exact(few.stride).take(batch);
            row.iter_mut().zip(samples).for_each(|(to, sample)| *to = sample[output]);
        }
    }
    head::output(kernels, network, workspace);
    let value = head::loss(kernels, network, loss, workspace);
    head::delta(kernels, network, loss, workspace);
    if let (Some(few), Some(last)) = (workspace.few.last_mut(), workspace.layers.last()) {
        let samples = few.delta.chunks_exact_mut(few.stride).take(batch);
        for (slot, sample) in samples.enumerate() {
            let rows = last.delta.chunks_exact(width);
            sample.iter_mut().zip(rows).take(outputs).for_each(|(to, row)| *to = row[slot]);
        }
    }
    value
}

/// δ of every layer but the last, whose is there.
#[inline(always)]
fn backward<T: Real, K: Kernels<T>>(
    kernels: K,
    network: &Network,
    parameters: &[T],
    workspace: &mut Workspace<T>,
) {
    let mut values = std::mem::take(&mut workspace.few);
    for (index, layer) in network.layers().iter().enumerate().skip(1).rev() {
        let (before, after) = values.split_at_mut(index);
        let delta = after[0].delta();
        let FewValues { stride, z, a, delta: back } = &mut before[index - 1];
        let size = workspace.batch * *stride;
        let back = &mut back[..size];
        match layer {
            Layer::Dense(dense) => {
                let few = few_of(dense, parameters, workspace.batch, Way::Back { delta });
                multiply_few(kernels, &few, back, *stride);
            }
            Layer::Dropout { units, .. } => {
                through_mask(workspace, index, delta, back, [*stride, *units]);
            }
        }
        let previous = network.layers()[index - 1].as_dense();
        if let Some(Dense { activation: DenseActivation::Hidden(f), .. }) = previous {
            times_slope(kernels, *f, &z[..size], &a[..size], back);
        }
    }
    workspace.few = values;
}

/// A product of a layer's weights with the batch.
fn few_of<'a, T>(
    dense: &Dense,
    parameters: &'a [T],
    samples: usize,
    way: Way<'a, T>,
) -> Few<'a, T> {
    Few { way, weights: &parameters[dense.weights.clone()], inputs: dense.inputs, samples }
}

/// Narrow inputs are loaded feature-major only; this puts them one sample after the other.
#[inline(always)]
fn gather_narrow_inputs<T: Real>(network: &Network, workspace: &mut Workspace<T>) {
    if is_narrow(network.inputs()) {
        let Workspace { inputs, samples, batch, layout, .. } = workspace;
        let rows = samples.chunks_exact_mut(sample_stride(network.inputs())).take(*batch);
        for (slot, sample) in rows.enumerate() {
            let features = inputs.chunks_exact(layout.width);
            let places = sample.iter_mut().zip(features).take(network.inputs());
            places.for_each(|(to, feature)| *to = feature[slot]);
        }
    }
}

/// What the layer after `before` is given.
#[inline(always)]
fn inputs_of<'a, T: Real>(
    network: &Network,
    workspace: &'a Workspace<T>,
    before: &'a [FewValues<T>],
) -> SampleRows<'a, T> {
    if let Some(FewValues { stride, a, .. }) = before.last() {
        return SampleRows { values: a, stride: *stride };
    }
    let stride = sample_stride(network.inputs());
    if is_narrow(network.inputs()) {
        SampleRows { values: &workspace.samples, stride }
    } else {
        SampleRows { values: &workspace.input_samples, stride }
    }
}

/// out = m ∘ from of a dropout layer; the masks lie side by side.
#[inline(always)]
fn through_mask<T: Real>(
    workspace: &Workspace<T>,
    index: usize,
    from: SampleRows<'_, T>,
    out: &mut [T],
    [stride, units]: [usize; 2],
) {
    let width = workspace.layout.width;
    for (slot, out) in out.chunks_exact_mut(stride).enumerate() {
        out[..units].copy_from_slice(from.row(slot, units));
        if workspace.dropout {
            let masks = workspace.layers[index].mask.chunks_exact(width);
            out.iter_mut().zip(masks).take(units).for_each(|(out, m)| *out = *out * m[slot]);
        }
    }
}

struct GradientPart<'a, T: Real> {
    network: &'a Network,
    workspace: &'a Workspace<T>,
    first: usize,
    part: &'a mut [T],
}

impl<T: Real> Pass<T> for GradientPart<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<K: Kernels<T>>(self, kernels: K) {
        let Self { network, workspace, first, part } = self;
        let samples = workspace.batch;
        let end = first + part.len();
        // What of the part is in a range, and the place in the range where it begins.
        let within = |range: &Range<usize>| {
            let (begin, end) = (range.start.max(first), range.end.min(end));
            (begin < end).then(|| (begin - range.start, begin - first..end - first))
        };
        for (index, layer) in network.layers().iter().enumerate() {
            let Layer::Dense(dense) = layer else { continue };
            let (before, after) = workspace.few.split_at(index);
            let delta = after[0].delta();
            if let Some((place, range)) = within(&dense.weights) {
                let x = inputs_of(network, workspace, before);
                let Dense { inputs, units, .. } = *dense;
                let product = OuterProduct { delta, x, inputs, units, samples };
                product.part(kernels, place, &mut part[range]);
            }
            if let Some((place, range)) = within(&dense.biases) {
                let part = &mut part[range];
                part.fill(T::zero());
                for sample in delta.values.chunks_exact(delta.stride).take(samples) {
                    let errors = &sample[place..];
                    part.iter_mut().zip(errors).for_each(|(sum, &error)| *sum = *sum + error);
                }
            }
        }
    }
}
