//! What happens to each number on its own, or to each column of numbers: activations, losses,
//! softmax, sums of rows. Written once; each set of kernels brings its own arithmetic.

use super::{Kernels, PIECE};
use crate::nn::activation::{Activation, Function, Visitor};
use crate::nn::loss::Term;
use crate::nn::number::Number;
use crate::nn::real::Real;

/// a = f(z).
#[inline(always)]
pub(in crate::nn) fn activate<T: Real, K: Kernels<T>>(
    kernels: K,
    activation: Activation,
    z: &[T],
    a: &mut [T],
) {
    if kernels.is_shared(a.len()) {
        let pieces = z.chunks(PIECE).zip(a.chunks_mut(PIECE));
        kernels.share(
            pieces,
            #[inline(always)]
            |(z, a): (&[T], &mut [T])| activate_piece(kernels, activation, z, a),
        );
    } else {
        activate_piece(kernels, activation, z, a);
    }
}

#[inline(always)]
fn activate_piece<T: Real, K: Kernels<T>>(
    kernels: K,
    activation: Activation,
    z: &[T],
    a: &mut [T],
) {
    let (z, a) = (K::vectors(z), K::vectors_mut(a));
    activation.visit(Activate { kernels, z, a, number: std::marker::PhantomData });
}

struct Activate<'a, T: Real, K: Kernels<T>> {
    kernels: K,
    z: &'a [K::Vector],
    a: &'a mut [K::Vector],
    number: std::marker::PhantomData<T>,
}

impl<T: Real, K: Kernels<T>> Visitor for Activate<'_, T, K> {
    type Output = ();

    #[inline(always)]
    fn visit<F: Function>(self) {
        for (&z, a) in self.z.iter().zip(self.a) {
            *a = K::vector(F::value(self.kernels.lane(z)));
        }
    }
}

/// δ ← δ ∘ f′(z), where a = f(z).
#[inline(always)]
pub(in crate::nn) fn times_slope<T: Real, K: Kernels<T>>(
    kernels: K,
    activation: Activation,
    z: &[T],
    a: &[T],
    delta: &mut [T],
) {
    if kernels.is_shared(delta.len()) {
        let known = z.chunks(PIECE).zip(a.chunks(PIECE));
        kernels.share(
            known.zip(delta.chunks_mut(PIECE)),
            #[inline(always)]
            |((z, a), delta): ((&[T], &[T]), &mut [T])| {
                times_slope_piece(kernels, activation, z, a, delta);
            },
        );
    } else {
        times_slope_piece(kernels, activation, z, a, delta);
    }
}

#[inline(always)]
fn times_slope_piece<T: Real, K: Kernels<T>>(
    kernels: K,
    activation: Activation,
    z: &[T],
    a: &[T],
    delta: &mut [T],
) {
    let (z, a, delta) = (K::vectors(z), K::vectors(a), K::vectors_mut(delta));
    activation.visit(TimesSlope { kernels, z, a, delta, number: std::marker::PhantomData });
}

struct TimesSlope<'a, T: Real, K: Kernels<T>> {
    kernels: K,
    z: &'a [K::Vector],
    a: &'a [K::Vector],
    delta: &'a mut [K::Vector],
    number: std::marker::PhantomData<T>,
}

impl<T: Real, K: Kernels<T>> Visitor for TimesSlope<'_, T, K> {
    type Output = ();

    #[inline(always)]
    fn visit<F: Function>(self) {
        let kernels = self.kernels;
        for ((&z, &a), delta) in self.z.iter().zip(self.a).zip(self.delta) {
            let slope = F::slope(kernels.lane(z), kernels.lane(a));
            *delta = K::vector(kernels.lane(*delta) * slope);
        }
    }
}

/// The values around one layer's activation in a curvature pass.
pub(in crate::nn) struct Bent<'a, T> {
    pub(in crate::nn) z: &'a [T],
    pub(in crate::nn) a: &'a [T],
    /// The rate of change of z along the direction.
    pub(in crate::nn) z_rate: &'a [T],
    /// On entry ∂L/∂a, on return ∂L/∂z.
    pub(in crate::nn) delta: &'a mut [T],
    /// On entry the rate of change of ∂L/∂a, on return that of ∂L/∂z.
    pub(in crate::nn) delta_rate: &'a mut [T],
}

/// Takes ∂L/∂a and its rate of change back through a = f(z): the product rule on ∂L/∂a ∘ f′(z).
#[inline(always)]
pub(in crate::nn) fn times_slope_and_bend<T: Real, K: Kernels<T>>(
    kernels: K,
    activation: Activation,
    bent: Bent<'_, T>,
) {
    activation.visit(TimesSlopeAndBend { kernels, bent });
}

struct TimesSlopeAndBend<'a, T: Real, K: Kernels<T>> {
    kernels: K,
    bent: Bent<'a, T>,
}

impl<T: Real, K: Kernels<T>> Visitor for TimesSlopeAndBend<'_, T, K> {
    type Output = ();

    #[inline(always)]
    fn visit<F: Function>(self) {
        let kernels = self.kernels;
        let Bent { z, a, z_rate, delta, delta_rate } = self.bent;
        let known = K::vectors(z).iter().zip(K::vectors(a)).zip(K::vectors(z_rate));
        let changed = K::vectors_mut(delta).iter_mut().zip(K::vectors_mut(delta_rate));
        for (((&z, &a), &z_rate), (delta, delta_rate)) in known.zip(changed) {
            let (z, a, z_rate) = (kernels.lane(z), kernels.lane(a), kernels.lane(z_rate));
            let (slope, bend) = (F::slope(z, a), F::bend(z, a));
            let back = kernels.lane(*delta);
            let back_rate = kernels.lane(*delta_rate);
            *delta = K::vector(back * slope);
            *delta_rate = K::vector((back_rate * slope) + (back * bend * z_rate));
        }
    }
}

/// out = x ∘ y.
#[inline(always)]
pub(in crate::nn) fn multiply<T: Real, K: Kernels<T>>(kernels: K, x: &[T], y: &[T], out: &mut [T]) {
    if kernels.is_shared(out.len()) {
        let factors = x.chunks(PIECE).zip(y.chunks(PIECE));
        kernels.share(
            factors.zip(out.chunks_mut(PIECE)),
            #[inline(always)]
            |((x, y), out): ((&[T], &[T]), &mut [T])| multiply_piece(kernels, x, y, out),
        );
    } else {
        multiply_piece(kernels, x, y, out);
    }
}

#[inline(always)]
fn multiply_piece<T: Real, K: Kernels<T>>(kernels: K, x: &[T], y: &[T], out: &mut [T]) {
    let factors = K::vectors(x).iter().zip(K::vectors(y));
    for ((&x, &y), out) in factors.zip(K::vectors_mut(out)) {
        *out = K::vector(kernels.lane(x) * kernels.lane(y));
    }
}

/// The sum of each row of `rows` (`width` columns each), or that added to `sums`.
#[inline(always)]
pub(in crate::nn) fn row_sums<T: Real, K: Kernels<T>>(
    kernels: K,
    rows: &[T],
    width: usize,
    sums: &mut [T],
) {
    for (row, sum) in rows.chunks_exact(width).zip(sums) {
        let mut total = kernels.splat(T::zero());
        for &vector in K::vectors(row) {
            total = total + kernels.lane(vector);
        }
        *sum = kernels.sum(total);
    }
}

/// Outputs (or logits), answers and the weight of each sample, for a loss.
#[derive(Clone, Copy)]
pub(in crate::nn) struct Answers<'a, T> {
    /// The outputs, one row each.
    pub(in crate::nn) outputs: &'a [T],
    /// The right answers, one row each.
    pub(in crate::nn) targets: &'a [T],
    /// How much each sample counts: 1/n, and 0 for padding. One row.
    pub(in crate::nn) weights: &'a [T],
}

impl<'a, T: Real> Answers<'a, T> {
    /// Each output's row of outputs and answers. Cut off one after the other: to count them first
    /// would take a division, which is much beside a small network's work.
    #[inline(always)]
    fn rows(self) -> impl Iterator<Item = (&'a [T], &'a [T])> {
        let Self { mut outputs, mut targets, weights } = self;
        let width = weights.len().max(1);
        std::iter::from_fn(
            #[inline(always)]
            move || Some((outputs.split_off(..width)?, targets.split_off(..width)?)),
        )
    }
}

/// Σ weight·ℓ(o, t) over all outputs and samples.
#[inline(always)]
pub(in crate::nn) fn sum_loss<L: Term, T: Real, K: Kernels<T>>(
    kernels: K,
    answers: Answers<'_, T>,
) -> T {
    let mut total = kernels.splat(T::zero());
    for (outputs, targets) in answers.rows() {
        let pairs = K::vectors(outputs).iter().zip(K::vectors(targets));
        for ((&o, &t), &weight) in pairs.zip(K::vectors(answers.weights)) {
            let term = L::value(kernels.lane(o), kernels.lane(t));
            total = term.multiply_add(kernels.lane(weight), total);
        }
    }
    kernels.sum(total)
}

/// δ = scale·weight·∂ℓ/∂o.
#[inline(always)]
pub(in crate::nn) fn loss_slope<L: Term, T: Real, K: Kernels<T>>(
    kernels: K,
    answers: Answers<'_, T>,
    scale: T,
    delta: &mut [T],
) {
    let scale = kernels.splat(scale);
    let mut rest = delta;
    for (outputs, targets) in answers.rows() {
        let Some(delta) = rest.split_off_mut(..outputs.len()) else {
            return;
        };
        let pairs = K::vectors(outputs).iter().zip(K::vectors(targets));
        let written = K::vectors(answers.weights).iter().zip(K::vectors_mut(delta));
        for ((&o, &t), (&weight, delta)) in pairs.zip(written) {
            let slope = L::slope(kernels.lane(o), kernels.lane(t));
            *delta = K::vector(slope * (kernels.lane(weight) * scale));
        }
    }
}

/// ρ ← scale·weight·∂²ℓ/∂o²·ρ.
#[inline(always)]
pub(in crate::nn) fn loss_bend<L: Term, T: Real, K: Kernels<T>>(
    kernels: K,
    answers: Answers<'_, T>,
    scale: T,
    rate: &mut [T],
) {
    let scale = kernels.splat(scale);
    let mut rest = rate;
    for (outputs, targets) in answers.rows() {
        let Some(rate) = rest.split_off_mut(..outputs.len()) else {
            return;
        };
        let pairs = K::vectors(outputs).iter().zip(K::vectors(targets));
        let written = K::vectors(answers.weights).iter().zip(K::vectors_mut(rate));
        for ((&o, &t), (&weight, rate)) in pairs.zip(written) {
            let bend = L::bend(kernels.lane(o), kernels.lane(t));
            *rate = K::vector(bend * (kernels.lane(weight) * scale) * kernels.lane(*rate));
        }
    }
}

/// oⱼ = e^zⱼ / Σₖ e^zₖ in each column, and ln Σₖ e^zₖ for the loss.
///
/// The largest logit m of the column is taken out first, e^(zⱼ−m) / Σₖ e^(zₖ−m): the same, and
/// nothing overflows.
#[inline(always)]
pub(in crate::nn) fn softmax<T: Real, K: Kernels<T>>(
    kernels: K,
    z: &[T],
    o: &mut [T],
    log_sum: &mut [T],
) {
    let (z, o, log_sum) = (K::vectors(z), K::vectors_mut(o), K::vectors_mut(log_sum));
    let width = log_sum.len();
    for (column, log_sum) in log_sum.iter_mut().enumerate() {
        let logits = || z.iter().skip(column).step_by(width);
        let mut largest = kernels.lane(z[column]);
        for &z in logits() {
            let z = kernels.lane(z);
            largest = (z - largest).where_positive(z, largest);
        }
        let mut sum = largest.constant(0.0);
        for (&z, o) in logits().zip(o.iter_mut().skip(column).step_by(width)) {
            let power = (kernels.lane(z) - largest).exp();
            sum = sum + power;
            *o = K::vector(power);
        }
        let share = largest.constant(1.0) / sum;
        for o in o.iter_mut().skip(column).step_by(width) {
            *o = K::vector(kernels.lane(*o) * share);
        }
        *log_sum = K::vector(largest + sum.ln());
    }
}

/// Σ weight·t·(ln Σₖ e^zₖ − z), the cross-entropy from the logits: −t·ln o without forming o.
#[inline(always)]
pub(in crate::nn) fn softmax_cross_entropy<T: Real, K: Kernels<T>>(
    kernels: K,
    logits: Answers<'_, T>,
    log_sum: &[T],
) -> T {
    let mut total = kernels.splat(T::zero());
    for (z, t) in logits.rows() {
        let pairs = K::vectors(z).iter().zip(K::vectors(t));
        let columns = K::vectors(log_sum).iter().zip(K::vectors(logits.weights));
        for ((&z, &t), (&log_sum, &weight)) in pairs.zip(columns) {
            let surprise = kernels.lane(log_sum) - kernels.lane(z);
            let term = surprise * kernels.lane(t);
            total = term.multiply_add(kernels.lane(weight), total);
        }
    }
    kernels.sum(total)
}
