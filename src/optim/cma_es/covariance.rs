//! The shape of the cloud of candidates: a covariance matrix C that learns, whole or diagonal only.
//!
//! Candidates are θ + σ·y with y = C^½·z, z ~ N(0, I). C is kept as f32, so that a saved state holds
//! all of it, and calculated with in f64.

use super::eigen::{Eigen, eigen};
use super::strategy::Strategy;

/// Eigenvalues below this share of the largest are raised to it: f32 cannot tell them from zero.
const SMALLEST_SHARE: f64 = 1e-7;

/// C in one of its two forms.
#[derive(Debug)]
pub(super) enum Covariance {
    /// All of it: n(n+1)/2 numbers.
    Full(Full),
    /// The variance of each parameter, no correlations (Ros and Hansen, 2008).
    Diagonal(Vec<f32>),
}

/// A whole covariance matrix and its eigendecomposition, which may be some steps old.
#[derive(Debug)]
pub(super) struct Full {
    n: usize,
    /// The lower triangle of C, row after row.
    lower: Vec<f32>,
    /// The lower triangle when it was last taken apart; the axes follow from it.
    decomposed: Vec<f32>,
    /// Roots of the eigenvalues: how long the cloud is along each axis.
    lengths: Vec<f64>,
    /// The axes: row i is eigenvector i.
    axes: Vec<f64>,
}

/// What C learns from one step.
pub(super) struct Lesson<'a> {
    /// The evolution path `p_c`.
    pub path: &'a [f32],
    /// Whether the path was held still (`h_σ` = 0) because the step size is about to grow.
    pub stalled: bool,
    /// The steps y of all candidates, one after the other.
    pub steps: &'a [f32],
    /// |z|² of each candidate.
    pub squares: &'a [f64],
    /// The weight of each candidate, in the same order.
    pub weights: &'a [f64],
}

impl Lesson<'_> {
    /// The steps y with their weights w°: a negative weight counts n/|z|² times, so that C stays
    /// positive.
    fn weighted_steps(&self) -> impl Iterator<Item = (&[f32], f64)> {
        let n = self.path.len();
        let weights = self.weights.iter().zip(self.squares).map(move |(&w, &square)| {
            if w >= 0.0 { w } else { w * n as f64 / square.max(f64::MIN_POSITIVE) }
        });
        self.steps.chunks_exact(n.max(1)).zip(weights)
    }
}

impl Covariance {
    /// The identity, for `n` parameters.
    pub(super) fn identity(n: usize, diagonal: bool) -> Self {
        if diagonal { Self::Diagonal(vec![1.0; n]) } else { Self::Full(Full::identity(n)) }
    }

    pub(super) fn is_diagonal(&self) -> bool {
        matches!(self, Self::Diagonal(_))
    }

    /// y = C^½·z.
    pub(super) fn shape(&self, z: &[f64], y: &mut [f64]) {
        match self {
            Self::Full(full) => {
                y.fill(0.0);
                for ((axis, length), z) in full.axes().zip(&full.lengths).zip(z) {
                    add(y, length * z, axis);
                }
            }
            Self::Diagonal(variances) => {
                for ((y, z), v) in y.iter_mut().zip(z).zip(variances) {
                    *y = f64::from(*v).sqrt() * z;
                }
            }
        }
    }

    /// z = C^(−½)·y: the step as it would be if the cloud were round.
    pub(super) fn unshape(&self, y: &[f64], z: &mut [f64]) {
        match self {
            Self::Full(full) => {
                z.fill(0.0);
                for (axis, length) in full.axes().zip(&full.lengths) {
                    let along: f64 = axis.iter().zip(y).map(|(a, y)| a * y).sum();
                    add(z, along / length, axis);
                }
            }
            Self::Diagonal(variances) => {
                for ((z, y), v) in z.iter_mut().zip(y).zip(variances) {
                    *z = y / f64::from(*v).sqrt();
                }
            }
        }
    }

    /// `C ← (1 + c₁·δ − c₁ − c_μ·Σw)·C + c₁·p_c·p_cᵀ + c_μ·Σ w°·y·yᵀ`. Overwrites `sums`, which
    /// has one element for each parameter.
    pub(super) fn learn(&mut self, strategy: &Strategy, lesson: &Lesson<'_>, sums: &mut [f64]) {
        let (c1, cmu) = (strategy.rank_one, strategy.rank_mu);
        let rate = strategy.covariance_path_rate;
        let delta = if lesson.stalled { rate * (2.0 - rate) } else { 0.0 };
        let keep = 1.0 + c1 * delta - c1 - cmu * lesson.weights.iter().sum::<f64>();
        match self {
            Self::Full(full) => full.learn(keep, c1, cmu, lesson, sums),
            Self::Diagonal(variances) => {
                let square = |x: f32| f64::from(x) * f64::from(x);
                for (sum, (&v, &p)) in sums.iter_mut().zip(variances.iter().zip(lesson.path)) {
                    *sum = keep * f64::from(v) + c1 * square(p);
                }
                for (y, weight) in lesson.weighted_steps() {
                    let weight = cmu * weight;
                    sums.iter_mut().zip(y).for_each(|(sum, &y)| *sum += weight * square(y));
                }
                // Rounding must not let a variance reach zero or the end of the numbers.
                for (v, sum) in variances.iter_mut().zip(sums) {
                    *v = sum.clamp(1e-20, 1e20) as f32;
                }
            }
        }
    }

    /// Takes C apart anew. `false` if C had become useless and is the identity again.
    pub(super) fn decompose(&mut self) -> bool {
        match self {
            Self::Full(full) => {
                full.decomposed.copy_from_slice(&full.lower);
                let fine = full.take_apart();
                if !fine {
                    *full = Full::identity(full.n);
                }
                fine
            }
            Self::Diagonal(_) => true,
        }
    }

    /// The variances of two parameters and their covariance, as xx, xy, yy; 0 where there is no
    /// such parameter.
    pub(super) fn between(&self, [a, b]: [usize; 2]) -> [f64; 3] {
        let entry = |i: usize, j: usize| match self {
            Self::Full(full) => {
                let (i, j) = (i.max(j), i.min(j));
                full.lower.get(i * (i + 1) / 2 + j).copied().unwrap_or(0.0)
            }
            Self::Diagonal(variances) if i == j => variances.get(i).copied().unwrap_or(0.0),
            Self::Diagonal(_) => 0.0,
        };
        [entry(a, a), entry(a, b), entry(b, b)].map(f64::from)
    }

    /// Lengths of the shortest and the longest axis of the cloud at σ = 1.
    pub(super) fn extent(&self) -> (f64, f64) {
        let span = |(low, high): (f64, f64), x: f64| (low.min(x), high.max(x));
        let none = (f64::INFINITY, 0.0);
        match self {
            Self::Full(full) => full.lengths.iter().copied().fold(none, span),
            Self::Diagonal(variances) => {
                variances.iter().map(|&v| f64::from(v).sqrt()).fold(none, span)
            }
        }
    }

    /// What has to be saved: C, and C as it was when it was taken apart (empty if diagonal).
    pub(super) fn saved(&self) -> [Vec<f32>; 2] {
        match self {
            Self::Full(full) => [full.lower.clone(), full.decomposed.clone()],
            Self::Diagonal(variances) => [variances.clone(), Vec::new()],
        }
    }

    /// Numbers in each of the vectors of [`saved`](Self::saved).
    pub(super) fn saved_lengths(n: usize, diagonal: bool) -> [usize; 2] {
        if diagonal { [n, 0] } else { [n * (n + 1) / 2; 2] }
    }

    /// From what was saved, with the lengths of [`saved_lengths`](Self::saved_lengths).
    pub(super) fn restored(n: usize, diagonal: bool, [c, decomposed]: [&[f32]; 2]) -> Self {
        if diagonal {
            return Self::Diagonal(c.to_vec());
        }
        let mut full = Full::identity(n);
        full.lower.copy_from_slice(c);
        full.decomposed.copy_from_slice(decomposed);
        if !full.take_apart() {
            full = Full::identity(n);
        }
        Self::Full(full)
    }
}

impl Full {
    fn identity(n: usize) -> Self {
        let mut lower = vec![0.0; n * (n + 1) / 2];
        let mut axes = vec![0.0; n * n];
        for i in 0..n {
            lower[i * (i + 1) / 2 + i] = 1.0;
            axes[i * n + i] = 1.0;
        }
        Self { n, decomposed: lower.clone(), lower, lengths: vec![1.0; n], axes }
    }

    /// See [`Covariance::learn`]; row by row of the lower triangle.
    fn learn(&mut self, keep: f64, c1: f64, cmu: f64, lesson: &Lesson<'_>, sums: &mut [f64]) {
        let mut rest = self.lower.as_mut_slice();
        for (i, &p) in lesson.path.iter().enumerate() {
            let (row, below) = rest.split_at_mut(i + 1);
            let sums = &mut sums[..=i];
            sums.iter_mut().zip(row.iter()).for_each(|(sum, &c)| *sum = keep * f64::from(c));
            add_f32(sums, c1 * f64::from(p), lesson.path);
            for (y, weight) in lesson.weighted_steps() {
                add_f32(sums, cmu * weight * f64::from(y[i]), y);
            }
            row.iter_mut().zip(sums).for_each(|(c, sum)| *c = *sum as f32);
            rest = below;
        }
    }

    fn axes(&self) -> std::slice::ChunksExact<'_, f64> {
        self.axes.chunks_exact(self.n.max(1))
    }

    /// Finds axes and lengths from `decomposed`. `false`, and nothing changed, if that fails.
    fn take_apart(&mut self) -> bool {
        let n = self.n;
        let mut whole = vec![0.0; n * n];
        let mut lower = self.decomposed.iter();
        for i in 0..n {
            for j in 0..=i {
                let c = lower.next().copied().map_or(0.0, f64::from);
                (whole[i * n + j], whole[j * n + i]) = (c, c);
            }
        }
        let Some(Eigen { values, vectors }) = eigen(whole, n) else { return false };
        let largest = values.iter().copied().fold(0.0, f64::max);
        if largest <= 0.0 {
            return n == 0;
        }
        self.lengths = values.iter().map(|v| v.max(SMALLEST_SHARE * largest).sqrt()).collect();
        self.axes = vectors;
        true
    }
}

/// `sum` += `factor`·`x`.
fn add(sum: &mut [f64], factor: f64, x: &[f64]) {
    sum.iter_mut().zip(x).for_each(|(s, x)| *s += factor * x);
}

/// The same for an f32 vector, as far as `sum` goes.
fn add_f32(sum: &mut [f64], factor: f64, x: &[f32]) {
    sum.iter_mut().zip(x).for_each(|(s, &x)| *s += factor * f64::from(x));
}
