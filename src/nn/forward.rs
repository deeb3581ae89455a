//! The forward pass: from inputs to outputs.
//!
//! A dense layer with weights W, biases b and activation f turns its inputs x into
//!
//! ```text
//!     z = W·x + b          zᵤ = bᵤ + Σᵢ Wᵤᵢ·xᵢ      the sum of each unit u
//!     a = f(z)                                      its activation
//! ```
//!
//! and a is the x of the next layer. The last layer's z are the logits, and its a the outputs.
//! Every letter stands for a whole batch: x, z and a are matrices with one column for each sample.
//!
//! A dropout layer multiplies by its mask while training, a = m ∘ x, and is not there otherwise.

use super::head;
use super::kernels::{Kernels, Left, Pass, Product, Start, activate, multiply};
use super::layout::Layout;
use super::load::turn_inputs;
use super::network::{Dense, DenseActivation, Layer, Network};
use super::real::Real;
use super::workspace::Workspace;

impl Network {
    /// Computes every layer's values for the loaded batch.
    ///
    /// # Panics
    /// If there are fewer parameters than [`parameter_count`](Network::parameter_count), or the
    /// workspace belongs to another network.
    pub fn forward<T: Real>(&self, parameters: &[T], workspace: &mut Workspace<T>) {
        T::run(workspace.threads, Forward { network: self, parameters, workspace });
    }
}

struct Forward<'a, T: Real> {
    network: &'a Network,
    parameters: &'a [T],
    workspace: &'a mut Workspace<T>,
}

impl<T: Real> Pass<T> for Forward<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<K: Kernels<T>>(self, kernels: K) {
        forward(kernels, self.network, self.parameters, self.workspace);
    }
}

/// The forward pass, layer by layer.
#[inline(always)]
pub(super) fn forward<T: Real, K: Kernels<T>>(
    kernels: K,
    network: &Network,
    parameters: &[T],
    workspace: &mut Workspace<T>,
) {
    turn_inputs(kernels, network.inputs(), workspace);
    let Workspace { layout, inputs, layers, log_sums, dropout, .. } = workspace;
    let (layout, width) = (*layout, layout.width);
    for (index, layer) in network.layers().iter().enumerate() {
        // x: what the layer before hands on.
        let (before, after) = layers.split_at_mut(index);
        let x: &[T] = before.last().map_or(&**inputs, |previous| &*previous.a);
        let values = &mut after[0];
        match layer {
            Layer::Dense(dense) => {
                let z = &mut values.z[..dense.units * width];
                let a = &mut values.a[..dense.units * width];
                weighted_sums(kernels, dense, parameters, x, z, layout);
                match dense.activation {
                    DenseActivation::Hidden(f) => activate(kernels, f, z, a),
                    DenseActivation::Output(f) => {
                        head::outputs(kernels, f, z, a, &mut log_sums[..width]);
                    }
                }
            }
            Layer::Dropout { units, .. } => {
                let size = units * width;
                let (x, a) = (&x[..size], &mut values.a[..size]);
                if *dropout {
                    multiply(kernels, x, &values.mask[..size], a);
                } else {
                    a.copy_from_slice(x);
                }
            }
        }
    }
}

/// z = W·x + b.
#[inline(always)]
pub(super) fn weighted_sums<T: Real, K: Kernels<T>>(
    kernels: K,
    dense: &Dense,
    parameters: &[T],
    x: &[T],
    z: &mut [T],
    layout: Layout,
) {
    let w = &parameters[dense.weights.clone()];
    let b = &parameters[dense.biases.clone()];
    let product = Product {
        start: Start::Rows(b),
        left: Left::Rows { values: w, stride: dense.inputs },
        right: x,
        right_stride: layout.width,
        rows: dense.units,
        terms: dense.inputs,
        columns: layout.columns,
        out_stride: layout.width,
    };
    kernels.product(&product, z);
}
