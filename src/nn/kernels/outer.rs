//! The gradient of a layer's weights for a few samples, part by part.
//!
//! ```text
//!     ∂L/∂w[u][i] = Σₛ δ[s][u]·x[s][i]
//! ```
//!
//! Each number is a sum of as many terms as there are samples, so that any part of the gradient can
//! be computed by itself, when it is needed. The vectors run along the inputs; what is left of a row
//! is treated as in `few.rs`.

use super::few::{FEW, SampleRows};
use super::{Kernels, LANES};
use crate::nn::number::Number;
use crate::nn::real::Real;

/// What the gradient of a layer's weights is made of.
#[derive(Clone, Copy)]
pub(in crate::nn) struct OuterProduct<'a, T> {
    /// δ, as many numbers a sample as the layer has units.
    pub(in crate::nn) delta: SampleRows<'a, T>,
    /// The inputs of the layer.
    pub(in crate::nn) x: SampleRows<'a, T>,
    /// How many they are, and the units.
    pub(in crate::nn) inputs: usize,
    pub(in crate::nn) units: usize,
    /// The number of samples, at most [`FEW`].
    pub(in crate::nn) samples: usize,
}

impl<T: Real> OuterProduct<'_, T> {
    /// Writes a part of ∂L/∂W = Σₛ δ[s]·x[s]ᵀ, [units, inputs]: the numbers from `first` on.
    #[inline(always)]
    pub(in crate::nn) fn part<K: Kernels<T>>(self, kernels: K, first: usize, out: &mut [T]) {
        match self.samples {
            0 => out.fill(T::zero()),
            1 => self.part_of::<1, K>(kernels, first, out),
            2 => self.part_of::<2, K>(kernels, first, out),
            3 => self.part_of::<3, K>(kernels, first, out),
            4 => self.part_of::<4, K>(kernels, first, out),
            5 => self.part_of::<5, K>(kernels, first, out),
            6 => self.part_of::<6, K>(kernels, first, out),
            7 => self.part_of::<7, K>(kernels, first, out),
            _ => self.part_of::<FEW, K>(kernels, first, out),
        }
    }

    #[inline(always)]
    fn part_of<const S: usize, K: Kernels<T>>(self, kernels: K, first: usize, out: &mut [T]) {
        let inputs = self.inputs;
        let x = self.x.rows::<S>(0, inputs);
        let delta = self.delta.rows::<S>(0, self.units);
        // The end of a row, whole rows, and the beginning of one.
        let (mut unit, from) = (first / inputs, first % inputs);
        let begun = if from > 0 { out.len().min(inputs - from) } else { 0 };
        let (end, out) = out.split_at_mut(begun);
        if !end.is_empty() {
            piece_of_row(kernels, factors_of(delta, unit), x, from, end);
            unit += 1;
        }
        let mut rows = out.chunks_exact_mut(inputs);
        if inputs < LANES {
            for row in &mut rows {
                short_row(factors_of(delta, unit), x, row);
                unit += 1;
            }
        } else {
            let count = inputs / K::LANES;
            let rest = inputs - K::LANES;
            let mut whole: [&[K::Vector]; S] = [&[]; S];
            let mut last: [&[K::Vector]; S] = [&[]; S];
            for s in 0..S {
                whole[s] = &K::vectors(x[s])[..count];
                last[s] = &K::vectors(&x[s][rest..])[..1];
            }
            for row in &mut rows {
                let factors = factors_of(delta, unit);
                weighted(kernels, factors, whole, &mut K::vectors_mut(row)[..count]);
                if !inputs.is_multiple_of(K::LANES) {
                    weighted(kernels, factors, last, &mut K::vectors_mut(&mut row[rest..])[..1]);
                }
                unit += 1;
            }
        }
        let begin = rows.into_remainder();
        if !begin.is_empty() {
            piece_of_row(kernels, factors_of(delta, unit), x, 0, begin);
        }
    }
}

/// δ of a unit for each sample.
#[inline(always)]
fn factors_of<const S: usize, T: Copy>(delta: [&[T]; S], unit: usize) -> [T; S] {
    let mut factors = [delta[0][unit]; S];
    for (factor, delta) in factors.iter_mut().zip(delta) {
        *factor = delta[unit];
    }
    factors
}

/// A piece of a row, from the input `from` on, by the same arithmetic as a whole one.
#[inline(always)]
fn piece_of_row<const S: usize, T: Real, K: Kernels<T>>(
    kernels: K,
    factors: [T; S],
    mut x: [&[T]; S],
    from: usize,
    row: &mut [T],
) {
    let is_short = x[0].len() < LANES;
    for x in &mut x {
        *x = &x[from..][..row.len()];
    }
    if is_short {
        return short_row(factors, x, row);
    }
    let mut vectors: [&[K::Vector]; S] = [&[]; S];
    for (vectors, x) in vectors.iter_mut().zip(x) {
        *vectors = K::vectors(x);
    }
    weighted(kernels, factors, vectors, K::vectors_mut(row));
    let done = row.len() - row.len() % K::LANES;
    if done < row.len() {
        // The same in a vector that is not full.
        let row = &mut row[done..];
        let mut numbers = [[T::zero(); LANES]; S];
        for ((numbers, vectors), x) in numbers.iter_mut().zip(&mut vectors).zip(x) {
            numbers[..row.len()].copy_from_slice(&x[done..]);
            *vectors = K::vectors(numbers);
        }
        let mut sums = [T::zero(); LANES];
        weighted(kernels, factors, vectors, K::vectors_mut(&mut sums));
        row.copy_from_slice(&sums[..row.len()]);
    }
}

/// out = Σₛ factor[s]·x[s], as long as `out` is. Of one sample these are products and nothing else,
/// as a [`GradientRows`](crate::nn::GradientRows) promises.
#[inline(always)]
fn weighted<const S: usize, T: Real, K: Kernels<T>>(
    kernels: K,
    factors: [T; S],
    x: [&[K::Vector]; S],
    out: &mut [K::Vector],
) {
    let count = out.len();
    let mut vectors: [&[K::Vector]; S] = [&[]; S];
    let mut lanes = [kernels.splat(factors[0]); S];
    for ((vectors, lane), (x, factor)) in
        vectors.iter_mut().zip(&mut lanes).zip(x.into_iter().zip(factors))
    {
        *vectors = &x[..count];
        *lane = kernels.splat(factor);
    }
    for place in 0..count {
        let mut sum = lanes[0] * kernels.lane(vectors[0][place]);
        // Not counted by a range, whose steps the compiler would not write out one by one.
        for (lane, vectors) in lanes[1..].iter().zip(&vectors[1..]) {
            sum = lane.multiply_add(kernels.lane(vectors[place]), sum);
        }
        out[place] = K::vector(sum);
    }
}

/// The same, number by number.
#[inline(always)]
fn short_row<const S: usize, T: Real>(factors: [T; S], x: [&[T]; S], row: &mut [T]) {
    for (place, out) in row.iter_mut().enumerate() {
        let mut sum = factors[0] * x[0][place];
        for s in 1..S {
            sum = sum + factors[s] * x[s][place];
        }
        *out = sum;
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Pass, padded, run_in_every_width};
    use super::*;

    #[derive(Clone, Copy)]
    struct Check {
        units: usize,
        inputs: usize,
        samples: usize,
    }

    impl Pass<f32> for Check {
        type Output = ();

        #[inline(always)]
        fn run<K: Kernels<f32>>(self, kernels: K) {
            let Self { units, inputs, samples } = self;
            // Small whole numbers, of which all sums are exact.
            let rows = |count: usize| -> Vec<f32> {
                (0..samples * padded(count)).map(|i| (i * i % 37) as f32 - 18.0).collect()
            };
            let (x, delta) = (rows(inputs), rows(units));
            let expected: Vec<f32> = (0..units * inputs)
                .map(|place| {
                    let (u, i) = (place / inputs, place % inputs);
                    let of = |s| delta[s * padded(units) + u] * x[s * padded(inputs) + i];
                    (0..samples).map(of).sum()
                })
                .collect();
            let delta = SampleRows { values: &delta, stride: padded(units) };
            let x = SampleRows { values: &x, stride: padded(inputs) };
            let product = OuterProduct { delta, x, inputs, units, samples };
            for size in [1, 3, 16, 23, 100, units * inputs] {
                let mut out = vec![f32::NAN; units * inputs];
                for (part, out) in out.chunks_mut(size).enumerate() {
                    product.part(kernels, part * size, out);
                }
                assert_eq!(out, expected, "{units}×{inputs}, {samples} samples, parts of {size}");
            }
        }
    }

    #[test]
    fn parts_of_an_outer_product_agree_with_plain_loops() {
        for inputs in [1, 2, 15, 16, 17, 31, 32, 50] {
            for units in [1, 2, 9] {
                for samples in 0..=FEW {
                    run_in_every_width(Check { units, inputs, samples });
                }
            }
        }
    }
}
