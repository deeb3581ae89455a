//! The backward pass: from the loss to its gradient (Rumelhart, Hinton & Williams 1986).
//!
//! How much does the loss L change when one weight changes a little? The chain rule answers it for
//! all weights at once, from the last layer to the first. Let δ = ∂L/∂z be the change of the loss
//! with a layer's sums z. For the last layer, `head.rs` knows it (for cross-entropy it
//! is simply output minus answer). A dense layer computed z = W·x + b, so
//!
//! ```text
//!     ∂L/∂W = δ·xᵀ         ∂L/∂Wᵤᵢ = Σ δᵤ·xᵢ over the samples: error times input
//!     ∂L/∂b = δ summed over the samples
//!     ∂L/∂x = Wᵀ·δ         the error, sent back along the same weights
//! ```
//!
//! and as x was the activation a = f(z) of the layer before, the δ of that layer is
//!
//! ```text
//!     δ = (Wᵀ·δ of the layer after) ∘ f′(z)
//! ```
//!
//! with ∘ the product number by number. A dropout layer sends back through the same mask.

use super::head;
use super::kernels::{
    Kernels, Left, Pass, Product, Start, inner_products, is_thin, multiply, row_sums,
    sample_stride, times_slope,
};
use super::layout::Layout;
use super::loss::Loss;
use super::network::{Dense, DenseActivation, Layer, Network};
use super::real::Real;
use super::small::SmallPass;
use super::workspace::{LayerInputs, Workspace};

impl Network {
    /// The loss of the last forward pass, averaged over the batch.
    ///
    /// The loss must [fit](Loss::fits) the output activation.
    pub fn loss<T: Real>(&self, loss: Loss, workspace: &Workspace<T>) -> T {
        T::run(workspace.threads, LossOf { network: self, loss, workspace })
    }

    /// Writes the gradient of the loss into `gradient`, given the last forward pass with the same
    /// parameters.
    ///
    /// The loss must [fit](Loss::fits) the output activation.
    ///
    /// # Panics
    /// If `parameters` or `gradient` is shorter than
    /// [`parameter_count`](Network::parameter_count).
    pub fn backward<T: Real>(
        &self,
        parameters: &[T],
        loss: Loss,
        workspace: &mut Workspace<T>,
        gradient: &mut [T],
    ) {
        T::run(
            workspace.threads,
            Backward { network: self, parameters, loss, workspace, gradient },
        );
    }

    /// [`forward`](Network::forward), [`loss`](Network::loss) and
    /// [`backward`](Network::backward) in one: the loss, and its gradient in `gradient`. A network
    /// of a few units has a faster way here, in which the gradient's sums over the samples are made
    /// in another order.
    ///
    /// # Panics
    /// If `parameters` or `gradient` is shorter than
    /// [`parameter_count`](Network::parameter_count).
    pub fn loss_and_gradient<T: Real>(
        &self,
        parameters: &[T],
        loss: Loss,
        workspace: &mut Workspace<T>,
        gradient: &mut [T],
    ) -> T {
        if self.is_small() {
            let small = SmallPass { network: self, parameters, loss, workspace, gradient };
            if let Some(loss) = T::run(small.workspace.threads, small) {
                return loss;
            }
        }
        T::run(
            workspace.threads,
            LossAndGradient(Backward { network: self, parameters, loss, workspace, gradient }),
        )
    }
}

struct LossOf<'a, T: Real> {
    network: &'a Network,
    loss: Loss,
    workspace: &'a Workspace<T>,
}

impl<T: Real> Pass<T> for LossOf<'_, T> {
    type Output = T;

    #[inline(always)]
    fn run<K: Kernels<T>>(self, kernels: K) -> T {
        head::loss(kernels, self.network, self.loss, self.workspace)
    }
}

struct Backward<'a, T: Real> {
    network: &'a Network,
    parameters: &'a [T],
    loss: Loss,
    workspace: &'a mut Workspace<T>,
    gradient: &'a mut [T],
}

impl<T: Real> Pass<T> for Backward<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<K: Kernels<T>>(self, kernels: K) {
        let Self { network, parameters, loss, workspace, gradient } = self;
        backward(kernels, network, parameters, loss, workspace, gradient);
    }
}

struct LossAndGradient<'a, T: Real>(Backward<'a, T>);

impl<T: Real> Pass<T> for LossAndGradient<'_, T> {
    type Output = T;

    #[inline(always)]
    fn run<K: Kernels<T>>(self, kernels: K) -> T {
        let Backward { network, parameters, loss, workspace, gradient } = self.0;
        super::forward::forward(kernels, network, parameters, workspace);
        let value = head::loss(kernels, network, loss, workspace);
        backward(kernels, network, parameters, loss, workspace, gradient);
        value
    }
}

/// The backward pass, from the last layer to the first.
#[inline(always)]
fn backward<T: Real, K: Kernels<T>>(
    kernels: K,
    network: &Network,
    parameters: &[T],
    loss: Loss,
    workspace: &mut Workspace<T>,
    gradient: &mut [T],
) {
    head::delta(kernels, network, loss, workspace);
    for (index, layer) in network.layers().iter().enumerate().rev() {
        match layer {
            Layer::Dense(dense) => {
                weight_gradient(kernels, index, dense, workspace, gradient);
                // Nobody asks for the gradient of the network's own inputs.
                if index > 0 {
                    send_back(kernels, index, dense, parameters, workspace);
                }
            }
            Layer::Dropout { units, .. } if index > 0 => {
                send_back_through_mask(kernels, index, *units, workspace);
            }
            Layer::Dropout { .. } => {}
        }
        if let Some(previous) = index.checked_sub(1) {
            through_activation(kernels, &network.layers()[previous], previous, workspace);
        }
    }
}

/// ∂L/∂W = δ·xᵀ and ∂L/∂b = Σ δ.
#[inline(always)]
fn weight_gradient<T: Real, K: Kernels<T>>(
    kernels: K,
    index: usize,
    dense: &Dense,
    workspace: &mut Workspace<T>,
    gradient: &mut [T],
) {
    let width = workspace.layout.width;
    let (mut inputs, layers, _) = workspace.inputs_of(index, dense.inputs);
    let delta = &layers[index].delta[..dense.units * width];
    outer_product(kernels, dense, delta, &mut inputs, Start::Zero, gradient);
    row_sums(kernels, delta, width, &mut gradient[dense.biases.clone()]);
}

/// δ·xᵀ, written to (or added to, with [`Start::Keep`]) the weights' part of `gradient`.
#[inline(always)]
pub(super) fn outer_product<T: Real, K: Kernels<T>>(
    kernels: K,
    dense: &Dense,
    delta: &[T],
    inputs: &mut LayerInputs<'_, T>,
    start: Start<'_, T>,
    gradient: &mut [T],
) {
    let LayerInputs { features, samples, buffer, batch, width } = inputs;
    let (batch, width) = (*batch, *width);
    let gradient = &mut gradient[dense.weights.clone()];
    if is_thin(dense.units, dense.inputs) {
        // Whole rows, with their padding: δ is 0 there.
        let features = &features[..dense.inputs * width];
        let added = matches!(start, Start::Keep);
        return inner_products(kernels, delta, features, width, added, gradient);
    }
    let right_stride = sample_stride(dense.inputs);
    let right = samples.unwrap_or_else(|| {
        kernels.transpose(features, width, [dense.inputs, batch], buffer, right_stride);
        buffer
    });
    let left = Left::Rows { values: delta, stride: width };
    let product = Product {
        start,
        left,
        right,
        right_stride,
        rows: dense.units,
        terms: batch,
        columns: dense.inputs,
        out_stride: dense.inputs,
    };
    kernels.product(&product, gradient);
}

/// ∂L/∂x = Wᵀ·δ, into the δ of the layer before (which [`through_activation`] completes).
#[inline(always)]
fn send_back<T: Real, K: Kernels<T>>(
    kernels: K,
    index: usize,
    dense: &Dense,
    parameters: &[T],
    workspace: &mut Workspace<T>,
) {
    let layout = workspace.layout;
    let (before, after) = workspace.layers.split_at_mut(index);
    let delta = &after[0].delta[..dense.units * layout.width];
    let back = &mut before[index - 1].delta[..dense.inputs * layout.width];
    times_transpose(kernels, dense, parameters, delta, layout, Start::Zero, back);
}

/// Wᵀ·δ, written to (or added to) `back`.
#[inline(always)]
pub(super) fn times_transpose<T: Real, K: Kernels<T>>(
    kernels: K,
    dense: &Dense,
    parameters: &[T],
    delta: &[T],
    layout: Layout,
    start: Start<'_, T>,
    back: &mut [T],
) {
    let w = &parameters[dense.weights.clone()];
    let product = Product {
        start,
        left: Left::Columns { values: w, stride: dense.inputs, first: 0 },
        right: delta,
        right_stride: layout.width,
        rows: dense.inputs,
        terms: dense.units,
        columns: layout.columns,
        out_stride: layout.width,
    };
    kernels.product(&product, back);
}

/// ∂L/∂x = m ∘ ∂L/∂a.
#[inline(always)]
fn send_back_through_mask<T: Real, K: Kernels<T>>(
    kernels: K,
    index: usize,
    units: usize,
    workspace: &mut Workspace<T>,
) {
    let size = units * workspace.layout.width;
    let (before, after) = workspace.layers.split_at_mut(index);
    let delta = &after[0].delta[..size];
    let back = &mut before[index - 1].delta[..size];
    if workspace.dropout {
        multiply(kernels, delta, &after[0].mask[..size], back);
    } else {
        back.copy_from_slice(delta);
    }
}

/// δ = ∂L/∂a ∘ f′(z), if the layer has an activation.
#[inline(always)]
fn through_activation<T: Real, K: Kernels<T>>(
    kernels: K,
    layer: &Layer,
    index: usize,
    workspace: &mut Workspace<T>,
) {
    if let Layer::Dense(Dense { units, activation: DenseActivation::Hidden(f), .. }) = layer {
        let size = units * workspace.layout.width;
        let values = &mut workspace.layers[index];
        times_slope(kernels, *f, &values.z[..size], &values.a[..size], &mut values.delta[..size]);
    }
}
