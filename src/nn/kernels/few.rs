//! Products with a few samples.
//!
//! Elsewhere a row holds the same feature of all samples, and the vectors run along the samples. Of
//! a batch of one sample, such as in stochastic gradient descent proper, fifteen of a row's sixteen
//! numbers are padding, and so would be most of the arithmetic. Here the samples lie one after the
//! other, [samples, inputs], and the vectors run along the inputs:
//!
//! ```text
//!     z[u][s] = b[u] + Σᵢ w[u][i]·x[s][i]     the terms in the lanes of a vector, added up at the end
//!     ∂L/∂w[u][i] = Σₛ δ[u][s]·x[s][i]        row by row of the gradient
//!     ∂L/∂x[i][s] = Σᵤ w[u][i]·δ[u][s]        a few vectors of i at a time
//! ```
//!
//! Up to four samples are treated at a time, so that a weight that is read serves them all. What is
//! left of a row after its last whole vector is treated by a vector that ends where the row ends, and
//! so begins among numbers that were treated already; hence a row must be at least a vector long.

use super::{Kernels, LANES, sample_stride};
use crate::nn::number::Number;
use crate::nn::real::Real;

/// The most samples that are few.
const FEW: usize = 8;

/// What each sum costs besides its terms, in terms: a vector's numbers are added up, or put into
/// rows of their own. Measured, as [`FEW`] is.
const APART: usize = 128;

/// Samples that are treated at the same time, and the most that a gradient is computed of.
const TOGETHER: usize = 4;

/// Whether sums of so many terms, for a layer of so many inputs, are faster here than for a whole
/// row of samples: the sums of its units, or the errors that it sends back.
#[inline]
pub(in crate::nn) const fn are_few(samples: usize, inputs: usize, terms: usize) -> bool {
    1 <= samples && samples <= FEW && inputs >= LANES && samples * (terms + APART) <= LANES * terms
}

/// The same for its gradient. The usual way has no padding there, so that fewer samples are few.
#[inline]
pub(in crate::nn) const fn are_few_for_gradient(samples: usize, inputs: usize) -> bool {
    1 <= samples && samples <= TOGETHER && inputs >= LANES
}

/// A product with a few samples.
#[derive(Clone, Copy)]
pub struct Few<'a, T> {
    /// What is multiplied with what.
    pub way: Way<'a, T>,
    /// The number of samples.
    pub samples: usize,
    /// The inputs of the layer: the length of a row of its weights.
    pub inputs: usize,
    /// The length of a row that holds one feature of all samples, with its padding.
    pub width: usize,
}

/// The three products of a layer.
#[derive(Clone, Copy)]
pub enum Way<'a, T> {
    /// z = b + W·x, [units, samples]. What a row has besides is set to b.
    Sums {
        /// W, [units, inputs].
        weights: &'a [T],
        /// b, one for each unit.
        biases: &'a [T],
        /// x, one sample after the other.
        x: Samples<'a, T>,
    },
    /// ∂L/∂W = δ·xᵀ, [units, inputs], for so many samples that [`are_few_for_gradient`].
    Gradient {
        /// δ, [units, samples].
        delta: &'a [T],
        /// x, one sample after the other.
        x: Samples<'a, T>,
    },
    /// ∂L/∂x = Wᵀ·δ, [inputs, samples]. What a row has besides is set to 0.
    Back {
        /// W, [units, inputs].
        weights: &'a [T],
        /// δ, [units, samples].
        delta: &'a [T],
    },
}

/// Samples that lie one after the other.
#[derive(Clone, Copy)]
pub struct Samples<'a, T> {
    /// Their numbers.
    pub values: &'a [T],
    /// The distance between two samples.
    pub stride: usize,
}

impl<'a, T: Copy> Samples<'a, T> {
    /// Inputs of a layer: as they are given, or copied into `buffer` from rows that hold a feature
    /// each.
    pub(in crate::nn) fn of(
        given: Option<&'a [T]>,
        features: &[T],
        width: usize,
        [inputs, samples]: [usize; 2],
        buffer: &'a mut [T],
    ) -> Self {
        let stride = sample_stride(inputs);
        if let Some(values) = given {
            return Self { values, stride };
        }
        for (sample, to) in buffer.chunks_exact_mut(stride).take(samples).enumerate() {
            for (to, feature) in to[..inputs].iter_mut().zip(features.chunks_exact(width)) {
                *to = feature[sample];
            }
        }
        Self { values: buffer, stride }
    }
}

impl<T> Few<'_, T> {
    /// The length of a row of the result.
    pub(super) fn out_stride(&self) -> usize {
        match self.way {
            Way::Gradient { .. } => self.inputs,
            Way::Sums { .. } | Way::Back { .. } => self.width,
        }
    }

    /// The number of weights.
    pub(super) fn weights(&self) -> usize {
        match self.way {
            Way::Sums { weights, .. } | Way::Back { weights, .. } => weights.len(),
            Way::Gradient { delta, .. } => delta.len() / self.width * self.inputs,
        }
    }
}

/// Computes some rows of the result, from `first` on.
#[inline(always)]
pub(super) fn compute<T: Real, K: Kernels<T>>(
    kernels: K,
    few: &Few<'_, T>,
    first: usize,
    out: &mut [T],
) {
    // So many sums at the same time that none waits for another, and the registers hold them.
    for from in (0..few.samples).step_by(TOGETHER) {
        match few.samples - from {
            1 => Group::<1, T> { few, from }.compute::<8, K>(kernels, first, out),
            2 => Group::<2, T> { few, from }.compute::<4, K>(kernels, first, out),
            3 => Group::<3, T> { few, from }.compute::<2, K>(kernels, first, out),
            _ => Group::<TOGETHER, T> { few, from }.compute::<2, K>(kernels, first, out),
        }
    }
}

/// What `S` of the samples, `from` on, have to do with a product.
struct Group<'a, const S: usize, T> {
    few: &'a Few<'a, T>,
    from: usize,
}

impl<'a, const S: usize, T: Real> Group<'a, S, T> {
    /// Computes some rows of the result, with `R` rows of W or vectors of a row at a time.
    #[inline(always)]
    fn compute<const R: usize, K: Kernels<T>>(&self, kernels: K, first: usize, out: &mut [T]) {
        let width = self.few.width;
        match self.few.way {
            Way::Sums { weights, biases, x } => {
                let x = Whole::<S, T, K>::new(self, x);
                let whole = out.len() / (R * width) * R;
                let (rows, rest) = out.split_at_mut(whole * width);
                for (z, unit) in rows.chunks_exact_mut(R * width).zip((first..).step_by(R)) {
                    self.sums::<R, K>(kernels, [weights, biases], unit, &x, z);
                }
                for (z, unit) in rest.chunks_exact_mut(width).zip(first + whole..) {
                    self.sums::<1, K>(kernels, [weights, biases], unit, &x, z);
                }
            }
            Way::Gradient { delta, x } => {
                let x = std::array::from_fn(|s| self.sample(x, s));
                let deltas = delta[first * width..].chunks_exact(width);
                for (delta, row) in deltas.zip(out.chunks_exact_mut(self.few.inputs)) {
                    self.gradient::<K>(kernels, delta, x, row);
                }
            }
            Way::Back { weights, delta } => {
                let whole = out.len() / (R * K::LANES * width) * R * K::LANES;
                let (rows, mut rest) = out.split_at_mut(whole * width);
                let blocks = rows.chunks_exact_mut(R * K::LANES * width);
                for (out, input) in blocks.zip((first..).step_by(R * K::LANES)) {
                    self.back::<R, K>(kernels, [weights, delta], input, 0, out);
                }
                let mut input = first + whole;
                while !rest.is_empty() {
                    // A vector that ends with the row of W at the latest.
                    let begin = input.min(self.few.inputs - K::LANES);
                    let done = input - begin;
                    let count = (K::LANES - done).min(rest.len() / width);
                    let (out, after) = rest.split_at_mut(count * width);
                    self.back::<1, K>(kernels, [weights, delta], begin, done, out);
                    (rest, input) = (after, input + count);
                }
            }
        }
    }

    /// z of `R` units, from `unit` on.
    #[inline(always)]
    fn sums<const R: usize, K: Kernels<T>>(
        &self,
        kernels: K,
        [weights, biases]: [&[T]; 2],
        unit: usize,
        x: &Whole<'_, S, T, K>,
        z: &mut [T],
    ) {
        let Few { inputs, width, .. } = *self.few;
        let mut sums = [[kernels.splat(T::zero()); S]; R];
        // Cut to the same length beforehand, so that the bounds are not checked in the loop.
        let count = inputs / K::LANES;
        let whole: [&[K::Vector]; S] = std::array::from_fn(|s| &x.whole[s][..count]);
        let rows: [&[T]; R] = std::array::from_fn(|r| &weights[(unit + r) * inputs..][..inputs]);
        let vectors: [&[K::Vector]; R] = std::array::from_fn(|r| &K::vectors(rows[r])[..count]);
        for place in 0..count {
            let x = std::array::from_fn(|s| kernels.lane(whole[s][place]));
            for (sums, row) in sums.iter_mut().zip(&vectors) {
                add_multiples::<S, T, K>(sums, kernels.lane(row[place]), x);
            }
        }
        if let Some(rest) = &x.rest {
            let x = std::array::from_fn(|s| kernels.lane(K::vectors(&rest[s])[0]));
            for (sums, row) in sums.iter_mut().zip(rows) {
                let last = K::vectors(&row[inputs - K::LANES..])[0];
                add_multiples::<S, T, K>(sums, kernels.lane(last), x);
            }
        }
        for ((z, sums), &b) in z.chunks_exact_mut(width).zip(sums).zip(&biases[unit..]) {
            self.begin_row(kernels, b, z);
            for (z, sum) in z[self.from..].iter_mut().zip(sums) {
                *z = b + kernels.sum(sum);
            }
        }
    }

    /// The gradient of one unit's weights.
    #[inline(always)]
    fn gradient<K: Kernels<T>>(&self, kernels: K, delta: &[T], x: [&[T]; S], row: &mut [T]) {
        let factors = self.factors(kernels, delta);
        let count = row.len() / K::LANES;
        let whole: [&[K::Vector]; S] = std::array::from_fn(|s| &K::vectors(x[s])[..count]);
        for (place, out) in K::vectors_mut(row).iter_mut().enumerate() {
            *out = weighted(kernels, factors, std::array::from_fn(|s| whole[s][place]));
        }
        if !row.len().is_multiple_of(K::LANES) {
            let from = row.len() - K::LANES;
            let last = std::array::from_fn(|s| K::vectors(&x[s][from..])[0]);
            K::vectors_mut(&mut row[from..])[0] = weighted(kernels, factors, last);
        }
    }

    /// ∂L/∂x of `C` vectors of inputs, `from` on, of which the first `done` inputs are there already.
    #[inline(always)]
    fn back<const C: usize, K: Kernels<T>>(
        &self,
        kernels: K,
        [weights, delta]: [&[T]; 2],
        from: usize,
        done: usize,
        out: &mut [T],
    ) {
        let Few { inputs, width, .. } = *self.few;
        let mut sums = [[kernels.splat(T::zero()); S]; C];
        for (row, delta) in weights.chunks_exact(inputs).zip(delta.chunks_exact(width)) {
            let factors = self.factors(kernels, delta);
            let vectors = &K::vectors(&row[from..])[..C];
            for (sums, &vector) in sums.iter_mut().zip(vectors) {
                add_multiples::<S, T, K>(sums, kernels.lane(vector), factors);
            }
        }
        let mut rows = out.chunks_exact_mut(width);
        for sums in sums {
            let mut columns = [[T::zero(); LANES]; S];
            for (column, sum) in columns.iter_mut().zip(sums) {
                K::vectors_mut(column)[0] = K::vector(sum);
            }
            for (input, row) in (done..K::LANES).zip(&mut rows) {
                self.begin_row(kernels, T::zero(), row);
                for (to, column) in row[self.from..].iter_mut().zip(&columns) {
                    *to = column[input];
                }
            }
        }
    }

    /// Sets a row of the result to what its padding is to hold, before the first samples.
    #[inline(always)]
    fn begin_row<K: Kernels<T>>(&self, kernels: K, value: T, row: &mut [T]) {
        if self.from == 0 {
            for vector in K::vectors_mut(row) {
                *vector = K::vector(kernels.splat(value));
            }
        }
    }

    /// One of the samples.
    #[inline(always)]
    fn sample(&self, x: Samples<'a, T>, sample: usize) -> &'a [T] {
        &x.values[(self.from + sample) * x.stride..][..self.few.inputs]
    }

    /// A unit's δ of each sample.
    #[inline(always)]
    fn factors<K: Kernels<T>>(&self, kernels: K, delta: &[T]) -> [K::Lane; S] {
        let delta = &delta[self.from..][..S];
        std::array::from_fn(|s| kernels.splat(delta[s]))
    }
}

/// Samples as whole vectors, and as one that ends with the sample, in which what the others hold is
/// 0.
struct Whole<'a, const S: usize, T: Real, K: Kernels<T>> {
    whole: [&'a [K::Vector]; S],
    rest: Option<[[T; LANES]; S]>,
}

impl<'a, const S: usize, T: Real, K: Kernels<T>> Whole<'a, S, T, K> {
    #[inline(always)]
    fn new(group: &Group<'a, S, T>, x: Samples<'a, T>) -> Self {
        let whole = group.few.inputs - group.few.inputs % K::LANES;
        let rest = |s| {
            let mut numbers = [T::zero(); LANES];
            let rest = &group.sample(x, s)[whole..];
            numbers[K::LANES - rest.len()..K::LANES].copy_from_slice(rest);
            numbers
        };
        Self {
            whole: std::array::from_fn(|s| K::vectors(&group.sample(x, s)[..whole])),
            rest: (whole < group.few.inputs).then(|| std::array::from_fn(rest)),
        }
    }
}

/// sums ← sums + w ∘ x.
#[inline(always)]
fn add_multiples<const S: usize, T: Real, K: Kernels<T>>(
    sums: &mut [K::Lane; S],
    w: K::Lane,
    x: [K::Lane; S],
) {
    for (sum, x) in sums.iter_mut().zip(x) {
        *sum = w.multiply_add(x, *sum);
    }
}

/// The sum of the vectors, each times its factor.
#[inline(always)]
fn weighted<const S: usize, T: Real, K: Kernels<T>>(
    kernels: K,
    factors: [K::Lane; S],
    vectors: [K::Vector; S],
) -> K::Vector {
    let mut sum = kernels.splat(T::zero());
    for (factor, vector) in factors.into_iter().zip(vectors) {
        sum = factor.multiply_add(kernels.lane(vector), sum);
    }
    K::vector(sum)
}

#[cfg(test)]
mod tests {
    use super::super::{Pass, run_in_every_width};
    use super::*;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    /// A layer with a batch of a few samples.
    struct Case {
        units: usize,
        inputs: usize,
        samples: usize,
        weights: Vec<f32>,
        biases: Vec<f32>,
        x: Vec<f32>,
        delta: Vec<f32>,
    }

    /// A row of features has room for so many samples.
    const WIDTH: usize = LANES;

    impl Case {
        fn new([units, inputs, samples]: [usize; 3]) -> Self {
            let mut rng = ChaCha8Rng::seed_from_u64(7);
            let mut numbers =
                |count| -> Vec<f32> { (0..count).map(|_| rng.random_range(-1.0..1.0)).collect() };
            let weights = numbers(units * inputs);
            let biases = numbers(units);
            // What lies between the samples, and after them in a row of δ, is never read.
            let mut x = vec![f32::NAN; samples * sample_stride(inputs)];
            for sample in x.chunks_exact_mut(sample_stride(inputs)) {
                sample[..inputs].copy_from_slice(&numbers(inputs));
            }
            let mut delta = vec![f32::NAN; units * WIDTH];
            for row in delta.chunks_exact_mut(WIDTH) {
                row[..samples].copy_from_slice(&numbers(samples));
            }
            Self { units, inputs, samples, weights, biases, x, delta }
        }

        /// The three products with the rows of their results, and what each number should be.
        fn products(&self) -> Vec<(Few<'_, f32>, Vec<f64>)> {
            let Self { units, inputs, samples, weights, biases, x, delta } = self;
            let (units, inputs, samples) = (*units, *inputs, *samples);
            let stride = sample_stride(inputs);
            let w = |u: usize, i: usize| f64::from(weights[u * inputs + i]);
            let x_of = |s: usize, i: usize| f64::from(x[s * stride + i]);
            let d = |u: usize, s: usize| f64::from(delta[u * WIDTH + s]);
            let few = |way| Few { way, samples, inputs, width: WIDTH };
            let x = Samples { values: x, stride };
            let in_rows =
                |rows: usize, rest: &dyn Fn(usize) -> f64, of: &dyn Fn(usize, usize) -> f64| {
                    let number = |row, s| if s < samples { of(row, s) } else { rest(row) };
                    (0..rows * WIDTH).map(|place| number(place / WIDTH, place % WIDTH)).collect()
                };
            let sum = |u: usize, s: usize| {
                f64::from(biases[u]) + (0..inputs).map(|i| w(u, i) * x_of(s, i)).sum::<f64>()
            };
            let slope = |place: usize| {
                let (u, i) = (place / inputs, place % inputs);
                (0..samples).map(|s| d(u, s) * x_of(s, i)).sum()
            };
            let back = |i: usize, s: usize| (0..units).map(|u| w(u, i) * d(u, s)).sum();
            let mut products = vec![
                (
                    few(Way::Sums { weights, biases, x }),
                    in_rows(units, &|u| f64::from(biases[u]), &sum),
                ),
                (few(Way::Back { weights, delta }), in_rows(inputs, &|_| 0.0, &back)),
            ];
            if are_few_for_gradient(samples, inputs) {
                let gradient = (0..units * inputs).map(slope).collect();
                products.push((few(Way::Gradient { delta, x }), gradient));
            }
            products
        }
    }

    impl Pass<f32> for &Case {
        type Output = ();

        #[inline(always)]
        fn run<K: Kernels<f32>>(self, kernels: K) {
            let Case { units, inputs, samples, .. } = self;
            for (few, expected) in self.products() {
                // What is not written is found.
                let mut out = vec![f32::NAN; expected.len()];
                kernels.few(&few, &mut out);
                for (place, (&found, &expected)) in out.iter().zip(&expected).enumerate() {
                    let error = (f64::from(found) - expected).abs();
                    let allowed = 1e-5 * (1.0 + expected.abs());
                    assert!(
                        error <= allowed,
                        "{units}×{inputs}, {samples} samples, {place}: {found}, expected {expected}"
                    );
                }
                // In pieces, as threads take them: the same bits.
                let stride = few.out_stride();
                let mut again = vec![f32::NAN; out.len()];
                for (piece, again) in again.chunks_mut(5 * stride).enumerate() {
                    compute(kernels, &few, 5 * piece, again);
                }
                assert!(
                    out.iter().zip(&again).all(|(a, b)| a.to_bits() == b.to_bits()),
                    "{units}×{inputs}, {samples} samples, in pieces"
                );
            }
        }
    }

    #[test]
    fn products_with_a_few_samples_agree_with_plain_loops() {
        for inputs in [16, 17, 31, 32, 33, 100, 784] {
            for units in [1, 2, 7, 8, 13, 40] {
                for samples in 1..=FEW {
                    run_in_every_width(&Case::new([units, inputs, samples]));
                }
            }
        }
    }

    #[test]
    fn samples_are_gathered_from_rows_of_features() {
        let features: Vec<usize> = (0..3 * 16).collect();
        let mut buffer = vec![0; 2 * sample_stride(3)];
        let Samples { values, stride } = Samples::of(None, &features, 16, [3, 2], &mut buffer);
        assert_eq!(values[..3], [0, 16, 32]);
        assert_eq!(values[stride..][..3], [1, 17, 33]);
        let given = Samples::of(Some(&features), &[], 16, [3, 2], &mut []);
        assert_eq!(given.values, features);
    }

    #[test]
    fn few_is_relative() {
        assert!(are_few(1, 16, 16) && are_few(FEW, 784, 784));
        assert!(!are_few(0, 784, 784) && !are_few(FEW + 1, 784, 784));
        assert!(!are_few(1, 15, 15) && !are_few(1, 784, 1) && !are_few(FEW, 32, 32));
    }
}
