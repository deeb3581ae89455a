//! The whole Gauss–Newton matrix, for networks small enough that it can be written down.
//!
//! G = Σ Jₛᵀ·Cₛ·Jₛ over the samples s, with Jₛ the derivatives of the sample's logits by the
//! parameters and Cₛ the curvature of its loss by the logits (Schraudolph 2002). A row of J is a
//! backward pass that begins with 1 at one logit. The samples of a batch do not meet on the way,
//! so one pass serves all of them; what training would add up, δ times the layer's input, is kept
//! sample by sample. That makes the matrix far cheaper than its product with P unit vectors.

use super::head;
use super::input_gradient::send_back;
use super::kernels::{Kernels, Left, Pass, Product, Start, sample_stride};
use super::loss::Loss;
use super::network::{Layer, Network};
use super::real::Real;
use super::workspace::Workspace;

/// Most numbers of a Jacobian that are kept at a time; larger batches go in several parts.
const MOST: usize = 1 << 22;

impl Network {
    /// Writes the Gauss–Newton matrix of the mean loss over the loaded batch into `matrix`, P rows
    /// of P numbers for P parameters. It is symmetric up to rounding.
    ///
    /// Needs the last [`forward`](Network::forward) pass to be with the same parameters and batch;
    /// overwrites the deltas of [`backward`](Network::backward). Allocates.
    ///
    /// # Panics
    /// If `parameters` is shorter than P or `matrix` shorter than P².
    pub fn gauss_newton_matrix<T: Real>(
        &self,
        parameters: &[T],
        loss: Loss,
        workspace: &mut Workspace<T>,
        matrix: &mut [T],
    ) {
        workspace.make_rates(self);
        let size = self.parameter_count();
        let matrix = &mut matrix[..size * size];
        matrix.fill(T::zero());
        T::run(workspace.threads, Form { network: self, parameters, loss, workspace, matrix });
    }
}

struct Form<'a, T: Real> {
    network: &'a Network,
    parameters: &'a [T],
    loss: Loss,
    workspace: &'a mut Workspace<T>,
    matrix: &'a mut [T],
}

impl<T: Real> Pass<T> for Form<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<K: Kernels<T>>(mut self, kernels: K) {
        let (size, outputs) = (self.network.parameter_count(), self.network.outputs());
        let stride = sample_stride(size);
        let curvature = self.loss_curvature(kernels);
        let batch = self.workspace.batch;
        let part = (MOST / (stride * outputs).max(1)).clamp(1, batch.max(1));
        let mut jacobians = vec![vec![T::zero(); part * stride]; outputs];
        let mut curved = vec![T::zero(); part * stride];
        for first in (0..batch).step_by(part) {
            let samples = first..(first + part).min(batch);
            for (unit, jacobian) in jacobians.iter_mut().enumerate() {
                self.begin_at(unit);
                let last = self.network.layers().len() - 1;
                send_back(kernels, self.network, self.parameters, last, self.workspace, None);
                for (row, sample) in jacobian.chunks_exact_mut(stride).zip(samples.clone()) {
                    self.write_row(sample, row);
                }
            }
            let width = self.workspace.layout.width;
            for (unit, jacobian) in jacobians.iter().enumerate() {
                curved.fill(T::zero());
                for (other, rows) in jacobians.iter().enumerate() {
                    let bend = &curvature[other][unit * width..];
                    let rows = rows.chunks_exact(stride).zip(samples.clone());
                    for (out, (row, sample)) in curved.chunks_exact_mut(stride).zip(rows) {
                        add_scaled(bend[sample], row, out);
                    }
                }
                let product = Product {
                    start: Start::Keep,
                    left: Left::Columns { values: jacobian, stride, first: 0 },
                    right: &curved,
                    right_stride: stride,
                    rows: size,
                    terms: samples.len(),
                    columns: size,
                    out_stride: size,
                };
                kernels.product(&product, self.matrix);
            }
        }
    }
}

impl<T: Real> Form<'_, T> {
    /// For each logit k: C·eₖ of all samples, as [outputs, width]. The samples' shares in the mean
    /// are multiplied in.
    #[inline(always)]
    fn loss_curvature<K: Kernels<T>>(&mut self, kernels: K) -> Vec<Vec<T>> {
        let (outputs, width) = (self.network.outputs(), self.workspace.layout.width);
        (0..outputs)
            .map(|unit| {
                if let Some(rates) = self.workspace.rates.last_mut() {
                    rates.z[..outputs * width].fill(T::zero());
                    rates.z[unit * width..][..width].fill(T::one());
                }
                head::delta_rate(kernels, self.network, self.loss, false, self.workspace);
                let rates = self.workspace.rates.last();
                rates.map_or_else(Vec::new, |rates| rates.delta[..outputs * width].to_vec())
            })
            .collect()
    }

    /// δ = 1 at one logit of every sample, 0 at the others.
    fn begin_at(&mut self, unit: usize) {
        let (outputs, width) = (self.network.outputs(), self.workspace.layout.width);
        if let Some(values) = self.workspace.layers.last_mut() {
            values.delta[..outputs * width].fill(T::zero());
            values.delta[unit * width..][..width].fill(T::one());
        }
    }

    /// One sample's row of the Jacobian: δ·x for every weight, δ for every bias.
    #[inline(always)]
    fn write_row(&self, sample: usize, row: &mut [T]) {
        let Workspace { layout, inputs, layers, .. } = &*self.workspace;
        let width = layout.width;
        for (index, layer) in self.network.layers().iter().enumerate() {
            let Layer::Dense(dense) = layer else { continue };
            let entering: &[T] = match index.checked_sub(1) {
                None => inputs,
                Some(previous) => &layers[previous].a,
            };
            let delta = &layers[index].delta;
            let weights = row[dense.weights.clone()].chunks_exact_mut(dense.inputs);
            for (unit, weights) in weights.enumerate() {
                let delta = delta[unit * width + sample];
                for (input, weight) in weights.iter_mut().enumerate() {
                    *weight = delta * entering[input * width + sample];
                }
            }
            for (unit, bias) in row[dense.biases.clone()].iter_mut().enumerate() {
                *bias = delta[unit * width + sample];
            }
        }
    }
}

/// out ← out + factor·row.
#[inline(always)]
fn add_scaled<T: Real>(factor: T, row: &[T], out: &mut [T]) {
    if factor != T::zero() {
        for (out, &value) in out.iter_mut().zip(row) {
            *out = *out + factor * value;
        }
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

    use super::*;
    use crate::nn::{Activation, Initialization, LayerShape, NetworkShape, OutputActivation};

    /// Against products with unit vectors, in several parts too.
    fn compare(outputs: usize, output_activation: OutputActivation, loss: Loss, samples: usize) {
        let dense = |units| LayerShape::Dense { units, activation: Activation::Tanh };
        let network = Network::new(NetworkShape {
            inputs: 3,
            hidden: vec![dense(5), LayerShape::Dropout { rate: 0.4 }, dense(4)],
            outputs,
            output_activation,
        })
        .unwrap();
        let size = network.parameter_count();
        let mut rng = ChaCha8Rng::seed_from_u64(8);
        let mut parameters = vec![0.0_f64; size];
        network.initialize(Initialization::XavierNormal, &mut parameters, &mut rng);
        let wave = |i: usize| (1.7 * i as f64 + 0.3).sin();
        let inputs: Vec<f64> = (0..3 * samples).map(wave).collect();
        let targets: Vec<f64> = (0..outputs * samples)
            .map(|i| f64::from(u8::from(i % outputs == i / outputs % outputs.max(2))))
            .collect();
        let rows: Vec<u32> = (0..samples as u32).collect();
        let mut workspace = Workspace::new(&network, samples);
        network.load(&mut workspace, &inputs, &targets, &rows);
        network.draw_dropout(&mut workspace, &mut rng);
        network.forward(&parameters, &mut workspace);
        let mut matrix = vec![f64::NAN; size * size];
        network.gauss_newton_matrix(&parameters, loss, &mut workspace, &mut matrix);
        let scale = matrix.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
        let mut unit = vec![0.0; size];
        let mut column = vec![0.0; size];
        for j in 0..size {
            unit[j] = 1.0;
            network.gauss_newton_vector(&parameters, &unit, loss, &mut workspace, &mut column);
            unit[j] = 0.0;
            for i in 0..size {
                let (found, expected) = (matrix[i * size + j], column[i]);
                assert!(
                    (found - expected).abs() < 1e-12 * scale.max(1.0),
                    "{loss:?}: row {i}, column {j}: {found} for {expected}"
                );
            }
        }
    }

    #[test]
    fn it_is_the_matrix_of_the_products() {
        compare(1, OutputActivation::Identity, Loss::Mse, 19);
        compare(1, OutputActivation::Sigmoid, Loss::BinaryCrossEntropy, 7);
        compare(3, OutputActivation::Softmax, Loss::SoftmaxCrossEntropy, 33);
        compare(2, OutputActivation::Softmax, Loss::Mse, 5);
    }
}
