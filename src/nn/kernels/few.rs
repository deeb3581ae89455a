//! Products with a few samples.
//!
//! Elsewhere a row holds the same feature of all samples, and the vectors run along the samples. Of
//! a batch of one sample, such as in stochastic gradient descent proper, fifteen of a row's sixteen
//! numbers are padding, and so would be most of the arithmetic. Here the samples lie one after the
//! other, and the vectors run along the inputs of a layer:
//!
//! ```text
//!     z[s][u] = b[u] + Σᵢ w[u][i]·x[s][i]     the terms in the lanes of a vector, added up at the end
//!     ∂L/∂x[s][i] = Σᵤ w[u][i]·δ[s][u]        a few vectors of i at a time
//! ```
//!
//! The third product of a layer, its gradient, is the matter of `outer.rs`.
//!
//! What is left of a row after its last whole vector is treated by a vector that ends where the row ends, and
//! so begins among numbers that were treated already. Rows shorter than a vector are gone through
//! number by number.

use super::columns::Columns;
use super::{Kernels, LANES};
use crate::nn::number::Number;
use crate::nn::real::Real;

/// The most samples that are few.
pub(in crate::nn) const FEW: usize = 8;

/// Samples that are treated at the same time, so that a weight that is read serves them all.
const TOGETHER: usize = 4;

/// Numbers of a few samples, one sample after the other.
#[derive(Clone, Copy)]
pub(in crate::nn) struct SampleRows<'a, T> {
    /// The numbers.
    pub(in crate::nn) values: &'a [T],
    /// The distance between two samples.
    pub(in crate::nn) stride: usize,
}

impl<'a, T: Copy> SampleRows<'a, T> {
    /// The first `count` numbers of `S` samples, from `first` on.
    #[inline(always)]
    pub(in crate::nn) fn rows<const S: usize>(self, first: usize, count: usize) -> [&'a [T]; S] {
        std::array::from_fn(|s| self.row(first + s, count))
    }

    /// The first `count` numbers of a sample.
    #[inline(always)]
    pub(in crate::nn) fn row(self, sample: usize, count: usize) -> &'a [T] {
        &self.values[sample * self.stride..][..count]
    }
}

/// A product of a layer's weights with a few samples.
#[derive(Clone, Copy)]
pub(in crate::nn) struct Few<'a, T> {
    /// Which of the two.
    pub(in crate::nn) way: Way<'a, T>,
    /// W, [units, inputs].
    pub(in crate::nn) weights: &'a [T],
    /// The inputs of the layer: the length of a row of W.
    pub(in crate::nn) inputs: usize,
    /// The number of samples.
    pub(in crate::nn) samples: usize,
}

/// The direction of a product.
#[derive(Clone, Copy)]
pub(in crate::nn) enum Way<'a, T> {
    /// z = W·x + b, [samples, units].
    Sums {
        /// x.
        x: SampleRows<'a, T>,
        /// b, one for each unit.
        biases: &'a [T],
    },
    /// ∂L/∂x = Wᵀ·δ, [samples, inputs].
    Back {
        /// δ.
        delta: SampleRows<'a, T>,
    },
}

/// Computes a product into `out`, a row for each sample, `stride` apart.
#[inline(always)]
pub(in crate::nn) fn multiply_few<T: Real, K: Kernels<T>>(
    kernels: K,
    few: &Few<'_, T>,
    out: &mut [T],
    stride: usize,
) {
    for (from, out) in (0..few.samples).step_by(TOGETHER).zip(out.chunks_mut(TOGETHER * stride)) {
        match few.samples - from {
            1 => Group::<1, T> { few, from }.multiply(kernels, out, stride),
            2 => Group::<2, T> { few, from }.multiply(kernels, out, stride),
            3 => Group::<3, T> { few, from }.multiply(kernels, out, stride),
            _ => Group::<TOGETHER, T> { few, from }.multiply(kernels, out, stride),
        }
    }
}

/// A product with `S` of the samples, `from` on.
struct Group<'a, const S: usize, T> {
    few: &'a Few<'a, T>,
    from: usize,
}

impl<const S: usize, T: Real> Group<'_, S, T> {
    #[inline(always)]
    fn multiply<K: Kernels<T>>(&self, kernels: K, out: &mut [T], stride: usize) {
        let Few { weights, inputs, .. } = *self.few;
        let count = match self.few.way {
            Way::Sums { biases, .. } => biases.len(),
            Way::Back { .. } => inputs,
        };
        let mut rows = out.chunks_mut(stride);
        let rows = std::array::from_fn(|_| {
            rows.next().and_then(|row| row.get_mut(..count)).unwrap_or_default()
        });
        if kernels.is_shared(weights.len()) {
            kernels.share(
                Columns::<S, T> { rows, first: 0 },
                #[inline(always)]
                |(first, rows)| self.compute(kernels, first, rows),
            );
        } else {
            self.compute(kernels, 0, rows);
        }
    }

    /// Computes some columns of the result, from `first` on.
    #[inline(always)]
    fn compute<K: Kernels<T>>(&self, kernels: K, first: usize, out: [&mut [T]; S]) {
        let Few { way, weights, inputs, .. } = *self.few;
        match way {
            Way::Sums { x, biases } => {
                let x = x.rows::<S>(self.from, inputs);
                if inputs < LANES {
                    return short_sums(weights, biases, x, first, out);
                }
                let x = Vectors::<S, T, K>::new(x);
                // So many sums at the same time that none waits for another, and the registers
                // hold them.
                match S {
                    1 => sums::<S, 8, T, K>(kernels, weights, biases, &x, first, out),
                    2 => sums::<S, 4, T, K>(kernels, weights, biases, &x, first, out),
                    _ => sums::<S, 2, T, K>(kernels, weights, biases, &x, first, out),
                }
            }
            Way::Back { delta } => {
                let delta = delta.rows::<S>(self.from, weights.len() / inputs);
                if inputs < LANES {
                    return short_back(weights, inputs, delta, out);
                }
                Back { weights, inputs, delta }.compute(kernels, first, out);
            }
        }
    }
}

/// z of the units from `first` on, `R` at a time.
#[inline(always)]
fn sums<const S: usize, const R: usize, T: Real, K: Kernels<T>>(
    kernels: K,
    weights: &[T],
    biases: &[T],
    x: &Vectors<'_, S, T, K>,
    first: usize,
    mut out: [&mut [T]; S],
) {
    let count = out.first().map_or(0, |row| row.len());
    // Of each sum a vector, for as many units as their numbers are added up at once.
    let mut terms = [[K::vector(kernels.splat(T::zero())); LANES]; S];
    for begin in (0..count).step_by(LANES) {
        let units = (count - begin).min(LANES);
        let whole = units / R * R;
        for unit in (0..whole).step_by(R) {
            let vectors = terms_of::<S, R, T, K>(kernels, weights, x, first + begin + unit);
            for (terms, vectors) in terms.iter_mut().zip(&vectors) {
                let places = &mut terms[unit..][..R];
                for r in 0..R {
                    places[r] = K::vector(vectors[r]);
                }
            }
        }
        for unit in whole..units {
            let vectors = terms_of::<S, 1, T, K>(kernels, weights, x, first + begin + unit);
            for (terms, [vector]) in terms.iter_mut().zip(vectors) {
                terms[unit] = K::vector(vector);
            }
        }
        for (terms, out) in terms.iter().zip(&mut out) {
            let out = &mut out[begin..][..units];
            kernels.sums(terms, out);
            for (z, &b) in out.iter_mut().zip(&biases[first + begin..]) {
                *z = b + *z;
            }
        }
    }
}

/// The vectors whose numbers add up to the sums of `R` units, from `unit` on.
#[inline(always)]
fn terms_of<const S: usize, const R: usize, T: Real, K: Kernels<T>>(
    kernels: K,
    weights: &[T],
    x: &Vectors<'_, S, T, K>,
    unit: usize,
) -> [[K::Lane; R]; S] {
    let inputs = x.inputs;
    let mut sums = [[kernels.splat(T::zero()); R]; S];
    // Cut to the same length beforehand, so that the bounds are not checked in the loop.
    let count = inputs / K::LANES;
    let mut whole: [&[K::Vector]; S] = [&[]; S];
    let mut rows: [&[T]; R] = [&[]; R];
    let mut vectors: [&[K::Vector]; R] = [&[]; R];
    for (whole, x) in whole.iter_mut().zip(x.whole) {
        *whole = &x[..count];
    }
    for r in 0..R {
        rows[r] = &weights[(unit + r) * inputs..][..inputs];
        vectors[r] = &K::vectors(rows[r])[..count];
    }
    for place in 0..count {
        for r in 0..R {
            let w = kernels.lane(vectors[r][place]);
            for s in 0..S {
                sums[s][r] = w.multiply_add(kernels.lane(whole[s][place]), sums[s][r]);
            }
        }
    }
    if let Some(rest) = &x.rest {
        for r in 0..R {
            let w = kernels.lane(K::vectors(&rows[r][inputs - K::LANES..])[0]);
            for s in 0..S {
                let x = kernels.lane(K::vectors(&rest[s])[0]);
                sums[s][r] = w.multiply_add(x, sums[s][r]);
            }
        }
    }
    sums
}

/// Samples as whole vectors, and as one that ends with the sample, in which what the others hold is
/// 0.
struct Vectors<'a, const S: usize, T: Real, K: Kernels<T>> {
    inputs: usize,
    whole: [&'a [K::Vector]; S],
    rest: Option<[[T; LANES]; S]>,
}

impl<'a, const S: usize, T: Real, K: Kernels<T>> Vectors<'a, S, T, K> {
    #[inline(always)]
    fn new(x: [&'a [T]; S]) -> Self {
        let inputs = x.first().map_or(0, |x| x.len());
        let whole = inputs - inputs % K::LANES;
        let rest = |x: &[T]| {
            let mut numbers = [T::zero(); LANES];
            numbers[K::LANES - (inputs - whole)..K::LANES].copy_from_slice(&x[whole..]);
            numbers
        };
        Self {
            inputs,
            whole: std::array::from_fn(|s| K::vectors(&x[s][..whole])),
            rest: (whole < inputs).then(|| std::array::from_fn(|s| rest(x[s]))),
        }
    }
}

/// ∂L/∂x of a layer.
struct Back<'a, const S: usize, T> {
    weights: &'a [T],
    inputs: usize,
    delta: [&'a [T]; S],
}

impl<const S: usize, T: Real> Back<'_, S, T> {
    /// Of the inputs from `first` on.
    #[inline(always)]
    fn compute<K: Kernels<T>>(&self, kernels: K, first: usize, mut out: [&mut [T]; S]) {
        let mut done = 0;
        if S == 1 {
            self.vectors::<8, K>(kernels, first, &mut done, &mut out);
        }
        if S <= 2 {
            self.vectors::<4, K>(kernels, first, &mut done, &mut out);
        }
        self.vectors::<2, K>(kernels, first, &mut done, &mut out);
        self.vectors::<1, K>(kernels, first, &mut done, &mut out);
        let count = out.first().map_or(0, |row| row.len());
        if done < count {
            // A vector that ends with the row of W at the latest.
            let begin = (first + done).min(self.inputs - K::LANES);
            let sums = self.sums::<1, K>(kernels, begin);
            for (out, [sum]) in out.iter_mut().zip(sums) {
                let mut numbers = [T::zero(); LANES];
                K::vectors_mut(&mut numbers)[0] = K::vector(sum);
                let from = first + done - begin;
                out[done..].copy_from_slice(&numbers[from..][..count - done]);
            }
        }
    }

    /// `C` vectors at a time, as often as they are left.
    #[inline(always)]
    fn vectors<const C: usize, K: Kernels<T>>(
        &self,
        kernels: K,
        first: usize,
        done: &mut usize,
        out: &mut [&mut [T]; S],
    ) {
        let count = out.first().map_or(0, |row| row.len());
        while *done + C * K::LANES <= count {
            let sums = self.sums::<C, K>(kernels, first + *done);
            for (out, sums) in out.iter_mut().zip(sums) {
                for (out, sum) in K::vectors_mut(&mut out[*done..]).iter_mut().zip(sums) {
                    *out = K::vector(sum);
                }
            }
            *done += C * K::LANES;
        }
    }

    /// Of `C` vectors of inputs, `from` on.
    #[inline(always)]
    fn sums<const C: usize, K: Kernels<T>>(&self, kernels: K, from: usize) -> [[K::Lane; C]; S] {
        let mut sums = [[kernels.splat(T::zero()); C]; S];
        for (unit, row) in self.weights.chunks_exact(self.inputs).enumerate() {
            let vectors = &K::vectors(&row[from..])[..C];
            for (sums, delta) in sums.iter_mut().zip(self.delta) {
                let delta = kernels.splat(delta[unit]);
                for (sum, &w) in sums.iter_mut().zip(vectors) {
                    *sum = delta.multiply_add(kernels.lane(w), *sum);
                }
            }
        }
        sums
    }
}

/// z of a layer with fewer inputs than a vector has places.
#[inline(always)]
fn short_sums<const S: usize, T: Real>(
    weights: &[T],
    biases: &[T],
    x: [&[T]; S],
    first: usize,
    out: [&mut [T]; S],
) {
    for (x, out) in x.into_iter().zip(out) {
        let rows = weights.chunks_exact(x.len()).zip(biases).skip(first);
        for (z, (row, &b)) in out.iter_mut().zip(rows) {
            *z = row.iter().zip(x).fold(b, |sum, (&w, &x)| sum + w * x);
        }
    }
}

/// ∂L/∂x of such a layer.
#[inline(always)]
fn short_back<const S: usize, T: Real>(
    weights: &[T],
    inputs: usize,
    delta: [&[T]; S],
    out: [&mut [T]; S],
) {
    for (delta, out) in delta.into_iter().zip(out) {
        out.fill(T::zero());
        for (row, &delta) in weights.chunks_exact(inputs).zip(delta) {
            for (out, &w) in out.iter_mut().zip(row) {
                *out = *out + w * delta;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Pass, padded, run_in_every_width};
    use super::*;

    /// Numbers between −1 and 1 that differ.
    fn numbers(count: usize, seed: usize) -> Vec<f32> {
        (0..count).map(|i| ((i * 7919 + seed * 104_729) % 2003) as f32 / 1001.0 - 1.0).collect()
    }

    /// A layer and samples.
    #[derive(Clone, Copy)]
    struct Case {
        units: usize,
        inputs: usize,
        samples: usize,
    }

    impl Case {
        /// Computes both products, as a whole and in pieces as threads do, and compares with sums in
        /// `f64`.
        fn check<const S: usize, K: Kernels<f32>>(self, kernels: K) {
            let Self { units, inputs, samples } = self;
            let (weights, biases) = (numbers(units * inputs, 1), numbers(units, 2));
            // What lies between the samples is never read.
            let rows = |count: usize, seed| {
                let mut rows = vec![f32::NAN; samples * padded(count)];
                for (s, row) in rows.chunks_exact_mut(padded(count)).enumerate() {
                    row[..count].copy_from_slice(&numbers(count, seed + s));
                }
                rows
            };
            let (x, delta) = (rows(inputs, 10), rows(units, 30));
            let sum = |s: usize, u: usize| {
                let terms =
                    (0..inputs).map(|i| (weights[u * inputs + i], x[s * padded(inputs) + i]));
                terms.fold(f64::from(biases[u]), |sum, (w, x)| sum + f64::from(w) * f64::from(x))
            };
            let back = |s: usize, i: usize| {
                let terms =
                    (0..units).map(|u| (weights[u * inputs + i], delta[s * padded(units) + u]));
                terms.fold(0.0, |sum, (w, d)| sum + f64::from(w) * f64::from(d))
            };
            let of = |values, count| SampleRows { values, stride: padded(count) };
            let sums = Way::Sums { x: of(&x, inputs), biases: &biases };
            let expected: [&dyn Fn(usize, usize) -> f64; 2] = [&sum, &back];
            let ways = [(sums, units), (Way::Back { delta: of(&delta, units) }, inputs)];
            for ((way, count), expected) in ways.into_iter().zip(expected) {
                let few = Few { way, weights: &weights, inputs, samples };
                let stride = padded(count);
                let mut out = vec![f32::NAN; samples * stride];
                multiply_few(kernels, &few, &mut out, stride);
                for (s, row) in out.chunks_exact(stride).enumerate() {
                    for (place, &found) in row[..count].iter().enumerate() {
                        let expected = expected(s, place);
                        let error = (f64::from(found) - expected).abs();
                        assert!(
                            error <= 1e-5 * (1.0 + expected.abs()),
                            "{units}×{inputs}, sample {s} of {samples}, {place}: {found}, {expected}"
                        );
                    }
                    assert!(row[count..].iter().all(|x| x.is_nan()), "writes what it must not");
                }
                // In pieces, taken from both ends.
                let mut again = vec![f32::NAN; samples * stride];
                let mut rows = again.chunks_exact_mut(stride);
                let rows: [&mut [f32]; S] =
                    std::array::from_fn(|_| &mut rows.next().unwrap()[..count]);
                let mut columns = Columns { rows, first: 0 };
                while let Some((first, rows)) = columns.next_back() {
                    Group { few: &few, from: 0 }.compute(kernels, first, rows);
                    if let Some((first, rows)) = columns.next() {
                        Group { few: &few, from: 0 }.compute(kernels, first, rows);
                    }
                }
                let bits = |values: &[f32]| values.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
                let size = S * stride;
                assert_eq!(bits(&out[..size]), bits(&again[..size]), "{units}×{inputs}, {samples}");
            }
        }
    }

    impl Pass<f32> for Case {
        type Output = ();

        #[inline(always)]
        fn run<K: Kernels<f32>>(self, kernels: K) {
            match self.samples {
                1 => self.check::<1, K>(kernels),
                2 => self.check::<2, K>(kernels),
                3 => self.check::<3, K>(kernels),
                _ => self.check::<4, K>(kernels),
            }
        }
    }

    #[test]
    fn products_with_a_few_samples_agree_with_plain_loops() {
        for inputs in [1, 2, 15, 16, 17, 31, 33, 48, 100, 200] {
            for units in [1, 2, 7, 8, 16, 21, 150] {
                for samples in 1..=FEW {
                    run_in_every_width(Case { units, inputs, samples });
                }
            }
        }
    }
}
