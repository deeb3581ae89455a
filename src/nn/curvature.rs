//! Curvature: how the gradient changes along a direction, without ever forming a matrix.
//!
//! The Hessian H of a network with P parameters has P² numbers, but its product with a vector v
//! costs only about two passes. Let every letter of the forward and backward pass have a rate of
//! change R{·} when the parameters move along v; R obeys the ordinary rules of differentiation,
//! and R{gradient} is H·v (Pearlmutter 1994). With V and c the parts of v that belong to W and b:
//!
//! ```text
//!     forward     R{z} = V·x + W·R{x} + c                 R{a} = f′(z) ∘ R{z}
//!     output      R{δ} = (∂δ/∂z)·R{z}                     see `head`
//!     backward    R{∂L/∂x} = Vᵀ·δ + Wᵀ·R{δ}
//!                 R{δ} = R{∂L/∂a} ∘ f′(z) + ∂L/∂a ∘ f″(z) ∘ R{z}
//!     gradient    R{∂L/∂W} = R{δ}·xᵀ + δ·R{x}ᵀ            R{∂L/∂b} = R{δ} summed
//! ```
//!
//! The Gauss–Newton matrix G = Jᵀ·C·J (J: logits by parameters, C: the loss's own curvature)
//! leaves out the curvature of the network itself, so it is never negative. Its product needs the
//! same forward rates and then only half of the backward ones: those that contain R{δ}
//! (Schraudolph 2002).

use super::backward::{outer_product, times_transpose};
use super::head;
use super::kernels::{
    Bent, Kernels, Left, Pass, Product, Start, multiply, row_sums, times_slope,
    times_slope_and_bend,
};
use super::layout::Layout;
use super::loss::Loss;
use super::network::{Dense, DenseActivation, Layer, Network};
use super::real::Real;
use super::workspace::{LayerRates, Workspace};

impl Network {
    /// Writes H·v into `product`, with H the Hessian of the mean loss over the loaded batch.
    ///
    /// Needs the last [`forward`](Network::forward) pass to be with the same parameters and batch;
    /// not [`backward`](Network::backward), whose deltas it overwrites. The first call allocates.
    ///
    /// # Panics
    /// If a vector is shorter than [`parameter_count`](Network::parameter_count).
    pub fn hessian_vector<T: Real>(
        &self,
        parameters: &[T],
        vector: &[T],
        loss: Loss,
        workspace: &mut Workspace<T>,
        product: &mut [T],
    ) {
        workspace.make_rates(self);
        T::run(
            workspace.threads,
            Curvature { network: self, parameters, vector, loss, workspace, product, full: true },
        );
    }

    /// Writes G·v into `product`, with G the (generalised) Gauss–Newton matrix of the mean loss
    /// over the loaded batch. G is symmetric and has no negative eigenvalue.
    ///
    /// Needs the last [`forward`](Network::forward) pass to be with the same parameters and batch.
    /// The first call allocates.
    ///
    /// # Panics
    /// If a vector is shorter than [`parameter_count`](Network::parameter_count).
    pub fn gauss_newton_vector<T: Real>(
        &self,
        parameters: &[T],
        vector: &[T],
        loss: Loss,
        workspace: &mut Workspace<T>,
        product: &mut [T],
    ) {
        workspace.make_rates(self);
        T::run(
            workspace.threads,
            Curvature { network: self, parameters, vector, loss, workspace, product, full: false },
        );
    }
}

struct Curvature<'a, T: Real> {
    network: &'a Network,
    parameters: &'a [T],
    vector: &'a [T],
    loss: Loss,
    workspace: &'a mut Workspace<T>,
    product: &'a mut [T],
    /// The Hessian, or else only its Gauss–Newton part.
    full: bool,
}

impl<T: Real> Pass<T> for Curvature<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<K: Kernels<T>>(mut self, kernels: K) {
        self.forward_rates(kernels);
        head::delta_rate(kernels, self.network, self.loss, self.full, self.workspace);
        for (index, layer) in self.network.layers().iter().enumerate().rev() {
            match layer {
                Layer::Dense(dense) => {
                    self.gradient_rate(kernels, index, dense);
                    if index > 0 {
                        self.send_back(kernels, index, dense);
                    }
                }
                Layer::Dropout { units, .. } if index > 0 => {
                    self.send_back_through_mask(kernels, index, *units);
                }
                Layer::Dropout { .. } => {}
            }
            if let Some(previous) = index.checked_sub(1) {
                self.through_activation(kernels, previous);
            }
        }
    }
}

impl<T: Real> Curvature<'_, T> {
    /// R{z} = V·x + W·R{x} + c and R{a} = f′(z) ∘ R{z}, layer by layer.
    #[inline(always)]
    fn forward_rates<K: Kernels<T>>(&mut self, kernels: K) {
        let Workspace { layout, inputs, layers, rates, dropout, .. } = &mut *self.workspace;
        let layout = *layout;
        for (index, layer) in self.network.layers().iter().enumerate() {
            let x: &[T] = match index.checked_sub(1) {
                None => inputs,
                Some(previous) => &layers[previous].a,
            };
            let (before, after) = rates.split_at_mut(index);
            let x_rate = before.last().map(|previous| &*previous.a);
            let LayerRates { z: z_rate, a: a_rate, .. } = &mut after[0];
            let values = &layers[index];
            let size = layer.units() * layout.width;
            let a_rate = &mut a_rate[..size];
            match (layer, x_rate) {
                (Layer::Dense(dense), _) => {
                    let z_rate = &mut z_rate[..size];
                    super::forward::weighted_sums(kernels, dense, self.vector, x, z_rate, layout);
                    if let Some(x_rate) = x_rate {
                        add_weighted(kernels, dense, self.parameters, x_rate, z_rate, layout);
                    }
                    a_rate.copy_from_slice(z_rate);
                    if let DenseActivation::Hidden(f) = dense.activation {
                        times_slope(kernels, f, &values.z[..size], &values.a[..size], a_rate);
                    }
                }
                // The inputs themselves do not change.
                (Layer::Dropout { .. }, None) => a_rate.fill(T::zero()),
                (Layer::Dropout { .. }, Some(x_rate)) if *dropout => {
                    multiply(kernels, &x_rate[..size], &values.mask[..size], a_rate);
                }
                (Layer::Dropout { .. }, Some(x_rate)) => a_rate.copy_from_slice(&x_rate[..size]),
            }
        }
    }

    /// R{∂L/∂W} = R{δ}·xᵀ + δ·R{x}ᵀ and R{∂L/∂b} = Σ R{δ}.
    #[inline(always)]
    fn gradient_rate<K: Kernels<T>>(&mut self, kernels: K, index: usize, dense: &Dense) {
        let width = self.workspace.layout.width;
        let size = dense.units * width;
        let product = &mut *self.product;
        let (mut inputs, layers, rates) = self.workspace.inputs_of(index, dense.inputs);
        let rate = &rates[index].delta[..size];
        outer_product(kernels, dense, rate, &mut inputs, Start::Zero, product);
        // The network's own inputs do not change.
        if self.full
            && let Some(previous) = index.checked_sub(1)
        {
            inputs.features = &rates[previous].a;
            let delta = &layers[index].delta[..size];
            outer_product(kernels, dense, delta, &mut inputs, Start::Keep, product);
        }
        row_sums(kernels, rate, width, &mut product[dense.biases.clone()]);
    }

    /// R{∂L/∂x} = Vᵀ·δ + Wᵀ·R{δ} and ∂L/∂x = Wᵀ·δ, into the layer before.
    #[inline(always)]
    fn send_back<K: Kernels<T>>(&mut self, kernels: K, index: usize, dense: &Dense) {
        let Workspace { layout, layers, rates, .. } = &mut *self.workspace;
        let layout = *layout;
        let (size, back_size) = (dense.units * layout.width, dense.inputs * layout.width);
        let (before, after) = rates.split_at_mut(index);
        let rate = &after[0].delta[..size];
        let back_rate = &mut before[index - 1].delta[..back_size];
        let start = Start::Zero;
        times_transpose(kernels, dense, self.parameters, rate, layout, start, back_rate);
        if self.full {
            let (before, after) = layers.split_at_mut(index);
            let delta = &after[0].delta[..size];
            let back = &mut before[index - 1].delta[..back_size];
            times_transpose(kernels, dense, self.vector, delta, layout, Start::Keep, back_rate);
            times_transpose(kernels, dense, self.parameters, delta, layout, Start::Zero, back);
        }
    }

    /// The same through a dropout layer's mask, which does not depend on the parameters.
    #[inline(always)]
    fn send_back_through_mask<K: Kernels<T>>(&mut self, kernels: K, index: usize, units: usize) {
        let Workspace { layout, layers, rates, dropout, .. } = &mut *self.workspace;
        let size = units * layout.width;
        let (before, after) = layers.split_at_mut(index);
        let (rates_before, rates_after) = rates.split_at_mut(index);
        let mask = &after[0].mask;
        for (from, to) in [
            (&after[0].delta[..size], &mut before[index - 1].delta[..size]),
            (&rates_after[0].delta[..size], &mut rates_before[index - 1].delta[..size]),
        ] {
            if *dropout {
                multiply(kernels, from, &mask[..size], to);
            } else {
                to.copy_from_slice(from);
            }
        }
    }

    /// R{δ} = R{∂L/∂a} ∘ f′(z) + ∂L/∂a ∘ f″(z) ∘ R{z}, the second term only for the Hessian.
    #[inline(always)]
    fn through_activation<K: Kernels<T>>(&mut self, kernels: K, index: usize) {
        let Layer::Dense(Dense { units, activation: DenseActivation::Hidden(f), .. }) =
            &self.network.layers()[index]
        else {
            return;
        };
        let size = units * self.workspace.layout.width;
        let values = &mut self.workspace.layers[index];
        let rates = &mut self.workspace.rates[index];
        let (z, a) = (&values.z[..size], &values.a[..size]);
        if self.full {
            let bent = Bent {
                z,
                a,
                z_rate: &rates.z[..size],
                delta: &mut values.delta[..size],
                delta_rate: &mut rates.delta[..size],
            };
            times_slope_and_bend(kernels, *f, bent);
        } else {
            times_slope(kernels, *f, z, a, &mut rates.delta[..size]);
        }
    }
}

/// z ← z + W·x.
#[inline(always)]
fn add_weighted<T: Real, K: Kernels<T>>(
    kernels: K,
    dense: &Dense,
    parameters: &[T],
    x: &[T],
    z: &mut [T],
    layout: Layout,
) {
    let product = Product {
        start: Start::Keep,
        left: Left::Rows { values: &parameters[dense.weights.clone()], stride: dense.inputs },
        right: x,
        right_stride: layout.width,
        rows: dense.units,
        terms: dense.inputs,
        columns: layout.columns,
        out_stride: layout.width,
    };
    kernels.product(&product, z);
}
