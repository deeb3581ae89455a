//! The end of the network: output activation, loss, and where the backward pass starts.
//!
//! With logits z, outputs o and answers t, each sample counting 1/n, this file computes o, the mean
//! loss L, and δ = ∂L/∂z:
//!
//! ```text
//!     cross-entropies     δ = (o − t)/n              the derivatives of logarithm and
//!                                                    exponential cancel
//!     other losses        s = ∂L/∂o,  then
//!       identity output   δ = s
//!       sigmoid output    δ = s ∘ o ∘ (1 − o)
//!       softmax output    δⱼ = oⱼ·(sⱼ − Σₖ sₖ·oₖ)
//! ```

use super::activation::Activation;
use super::kernels::{
    Answers, Bent, Kernels, activate, loss_bend, loss_slope, softmax, softmax_cross_entropy,
    sum_loss, times_slope, times_slope_and_bend,
};
use super::loss::{Absolute, HuberTerm, Logistic, Loss, Squared};
use super::network::Network;
use super::output::OutputActivation;
use super::real::Real;
use super::workspace::{LayerValues, Workspace};

/// o from z; with softmax also ln Σₖ e^zₖ of each sample.
#[inline(always)]
pub(super) fn outputs<T: Real, K: Kernels<T>>(
    kernels: K,
    activation: OutputActivation,
    z: &[T],
    o: &mut [T],
    log_sums: &mut [T],
) {
    match activation {
        OutputActivation::Identity => o.copy_from_slice(z),
        OutputActivation::Sigmoid => activate(kernels, Activation::Sigmoid, z, o),
        OutputActivation::Softmax => softmax(kernels, z, o, log_sums),
    }
}

/// o of the last layer from its z.
#[inline(always)]
pub(super) fn output<T: Real, K: Kernels<T>>(
    kernels: K,
    network: &Network,
    workspace: &mut Workspace<T>,
) {
    let Workspace { layout, layers, log_sums, .. } = workspace;
    let (width, size) = (layout.width, network.outputs() * layout.width);
    if let Some(LayerValues { z, a, .. }) = layers.last_mut() {
        let (z, o) = (&z[..size], &mut a[..size]);
        outputs(kernels, network.output_activation(), z, o, &mut log_sums[..width]);
    }
}

/// The outputs or logits of a batch, with the answers.
#[inline(always)]
pub(super) fn answers<'a, T: Real>(
    outputs: &'a [T],
    targets: &'a [T],
    weights: &'a [T],
    count: usize,
) -> Answers<'a, T> {
    let width = weights.len();
    Answers { outputs: &outputs[..count * width], targets: &targets[..count * width], weights }
}

/// The share of one output in the mean: these losses also average over the outputs.
#[inline(always)]
pub(super) fn output_share<T: Real>(network: &Network) -> T {
    T::one() / T::of(network.outputs() as f64)
}

/// The mean loss of the last forward pass; 0 for an empty batch.
#[inline(always)]
pub(super) fn loss<T: Real, K: Kernels<T>>(
    kernels: K,
    network: &Network,
    loss: Loss,
    workspace: &Workspace<T>,
) -> T {
    debug_assert!(loss.fits(network.output_activation()), "{loss:?} does not fit the output");
    let Workspace { layout, targets, weights, log_sums, layers, .. } = workspace;
    let width = layout.width;
    let Some(last) = layers.last() else {
        return T::zero();
    };
    let (weights, count) = (&weights[..width], network.outputs());
    let outputs = || answers(&last.a, targets, weights, count);
    let logits = || answers(&last.z, targets, weights, count);
    match loss {
        Loss::Mse => sum_loss::<Squared, T, K>(kernels, outputs()) * output_share(network),
        Loss::Mae => sum_loss::<Absolute, T, K>(kernels, outputs()) * output_share(network),
        Loss::Huber => sum_loss::<HuberTerm, T, K>(kernels, outputs()) * output_share(network),
        Loss::BinaryCrossEntropy => sum_loss::<Logistic, T, K>(kernels, logits()),
        Loss::SoftmaxCrossEntropy => softmax_cross_entropy(kernels, logits(), &log_sums[..width]),
    }
}

/// δ = ∂L/∂z of the output layer.
#[inline(always)]
pub(super) fn delta<T: Real, K: Kernels<T>>(
    kernels: K,
    network: &Network,
    loss: Loss,
    workspace: &mut Workspace<T>,
) {
    debug_assert!(loss.fits(network.output_activation()), "{loss:?} does not fit the output");
    let Workspace { layout, targets, weights, layers, .. } = workspace;
    let width = layout.width;
    let Some(last) = layers.last_mut() else {
        return;
    };
    let (weights, count) = (&weights[..width], network.outputs());
    let outputs = answers(&last.a, targets, weights, count);
    let delta = &mut last.delta[..count * width];
    output_slope(kernels, loss, outputs, output_share(network), delta);
    if matches!(loss, Loss::BinaryCrossEntropy | Loss::SoftmaxCrossEntropy) {
        return;
    }
    match network.output_activation() {
        OutputActivation::Identity => {}
        OutputActivation::Sigmoid => {
            let z = &last.z[..count * width];
            times_slope(kernels, Activation::Sigmoid, z, outputs.outputs, delta);
        }
        OutputActivation::Softmax => softmax_back(outputs.outputs, delta, width),
    }
}

/// s = ∂L/∂o; for the cross-entropies at once ∂L/∂z = (o − t)/n.
#[inline(always)]
pub(super) fn output_slope<T: Real, K: Kernels<T>>(
    kernels: K,
    loss: Loss,
    outputs: Answers<'_, T>,
    share: T,
    slope: &mut [T],
) {
    match loss {
        Loss::Mse => loss_slope::<Squared, T, K>(kernels, outputs, share, slope),
        Loss::Mae => loss_slope::<Absolute, T, K>(kernels, outputs, share, slope),
        Loss::Huber => loss_slope::<HuberTerm, T, K>(kernels, outputs, share, slope),
        Loss::BinaryCrossEntropy | Loss::SoftmaxCrossEntropy => {
            // (o − t) is half the slope of (o − t)².
            loss_slope::<Squared, T, K>(kernels, outputs, T::of(0.5), slope);
        }
    }
}

/// Takes the rows of `slope`, ∂L/∂o, back through the softmax: sⱼ ← oⱼ·(sⱼ − Σₖ sₖ·oₖ).
#[inline(always)]
pub(super) fn softmax_back<T: Real>(o: &[T], slope: &mut [T], width: usize) {
    for column in 0..width {
        let pairs = o.iter().skip(column).step_by(width);
        let mean: T =
            pairs.clone().zip(slope.iter().skip(column).step_by(width)).map(|(&o, &s)| o * s).sum();
        for (&o, s) in pairs.zip(slope.iter_mut().skip(column).step_by(width)) {
            *s = o * (*s - mean);
        }
    }
}

/// R{δ} = (∂δ/∂z)·R{z} of the output layer, for a curvature product; with `full`, also δ.
///
/// The Gauss–Newton part goes R{z} → R{o} → R{s} → R{δ}: through the output activation, the
/// loss's own curvature, and back through the output activation. The Hessian adds the curvature
/// of the output activation, which the cross-entropies do not have.
#[inline(always)]
pub(super) fn delta_rate<T: Real, K: Kernels<T>>(
    kernels: K,
    network: &Network,
    loss: Loss,
    full: bool,
    workspace: &mut Workspace<T>,
) {
    if full {
        delta(kernels, network, loss, workspace);
    }
    let Workspace { layout, targets, weights, layers, rates, .. } = workspace;
    let (Some(last), Some(rates)) = (layers.last_mut(), rates.last_mut()) else {
        return;
    };
    let (width, count) = (layout.width, network.outputs());
    let size = count * width;
    let weights = &weights[..width];
    let z = &last.z[..size];
    let outputs = answers(&last.a, targets, weights, count);
    let rate = &mut rates.delta[..size];
    rate.copy_from_slice(&rates.z[..size]);
    if loss == Loss::BinaryCrossEntropy {
        let logits = answers(z, targets, weights, count);
        loss_bend::<Logistic, T, K>(kernels, logits, T::one(), rate);
        return;
    }
    if loss == Loss::SoftmaxCrossEntropy {
        softmax_back(outputs.outputs, rate, width);
        for row in rate.chunks_exact_mut(width) {
            row.iter_mut().zip(weights).for_each(|(rate, &weight)| *rate = *rate * weight);
        }
        return;
    }
    let share = output_share(network);
    let slope = full.then_some(&mut last.delta[..size]);
    match network.output_activation() {
        OutputActivation::Identity => output_bend(kernels, loss, outputs, share, rate),
        OutputActivation::Sigmoid => {
            let logits = (z, &rates.z[..size]);
            sigmoid_rate(kernels, loss, outputs, share, logits, rate, slope);
        }
        OutputActivation::Softmax => {
            // The last layer's R{a} is not read by anyone else.
            let o_rate = &mut rates.a[..size];
            softmax_rate(kernels, loss, outputs, share, o_rate, rate, slope);
        }
    }
}

/// R{z} → R{δ} through a sigmoid output; `logits` is z and R{z}. Given a place for δ, adds the
/// Hessian's part and writes δ there.
#[inline(always)]
fn sigmoid_rate<T: Real, K: Kernels<T>>(
    kernels: K,
    loss: Loss,
    outputs: Answers<'_, T>,
    share: T,
    logits: (&[T], &[T]),
    rate: &mut [T],
    delta: Option<&mut [T]>,
) {
    let (z, z_rate) = logits;
    let o = outputs.outputs;
    times_slope(kernels, Activation::Sigmoid, z, o, rate);
    output_bend(kernels, loss, outputs, share, rate);
    if let Some(delta) = delta {
        output_slope(kernels, loss, outputs, share, delta);
        let bent = Bent { z, a: o, z_rate, delta, delta_rate: rate };
        times_slope_and_bend(kernels, Activation::Sigmoid, bent);
    } else {
        times_slope(kernels, Activation::Sigmoid, z, o, rate);
    }
}

/// R{z} → R{δ} through a softmax output; R{o} is kept in `o_rate`. Given a place for δ, adds the
/// Hessian's part and writes δ there.
#[inline(always)]
fn softmax_rate<T: Real, K: Kernels<T>>(
    kernels: K,
    loss: Loss,
    outputs: Answers<'_, T>,
    share: T,
    o_rate: &mut [T],
    rate: &mut [T],
    delta: Option<&mut [T]>,
) {
    let (o, width) = (outputs.outputs, outputs.weights.len());
    // The softmax's matrix of derivatives is symmetric: forward and back are the same product.
    softmax_back(o, rate, width);
    o_rate.copy_from_slice(rate);
    output_bend(kernels, loss, outputs, share, rate);
    softmax_back(o, rate, width);
    if let Some(slope) = delta {
        output_slope(kernels, loss, outputs, share, slope);
        add_softmax_bend(o, o_rate, slope, rate, width);
        softmax_back(o, slope, width);
    }
}

/// ρ ← (∂²L/∂o²)·ρ for the losses that look at the outputs.
#[inline(always)]
fn output_bend<T: Real, K: Kernels<T>>(
    kernels: K,
    loss: Loss,
    outputs: Answers<'_, T>,
    share: T,
    rate: &mut [T],
) {
    match loss {
        Loss::Mae => loss_bend::<Absolute, T, K>(kernels, outputs, share, rate),
        Loss::Huber => loss_bend::<HuberTerm, T, K>(kernels, outputs, share, rate),
        _ => loss_bend::<Squared, T, K>(kernels, outputs, share, rate),
    }
}

/// Adds what R{·} makes of the softmax in δⱼ = oⱼ·(sⱼ − Σₖ sₖ·oₖ) with s held fixed:
/// R{oⱼ}·(sⱼ − Σₖ sₖ·oₖ) − oⱼ·Σₖ sₖ·R{oₖ}.
#[inline(always)]
fn add_softmax_bend<T: Real>(o: &[T], o_rate: &[T], slope: &[T], rate: &mut [T], width: usize) {
    for column in 0..width {
        let known = || {
            let o = o.iter().skip(column).step_by(width);
            let o_rate = o_rate.iter().skip(column).step_by(width);
            let slope = slope.iter().skip(column).step_by(width);
            o.zip(o_rate).zip(slope).map(|((&o, &o_rate), &s)| (o, o_rate, s))
        };
        let mean: T = known().map(|(o, _, s)| s * o).sum();
        let mean_rate: T = known().map(|(_, o_rate, s)| s * o_rate).sum();
        for ((o, o_rate, s), rate) in known().zip(rate.iter_mut().skip(column).step_by(width)) {
            *rate = *rate + o_rate * (s - mean) - o * mean_rate;
        }
    }
}
