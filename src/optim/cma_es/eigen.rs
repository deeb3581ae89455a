//! Eigenvalues and eigenvectors of a symmetric matrix, in f64.
//!
//! Householder reflections make the matrix tridiagonal, then rotations with Wilkinson's shift make
//! it diagonal (Golub and Van Loan, *Matrix Computations*, sections 8.3.1 to 8.3.3). About 10·n³
//! operations, and never endless: the number of sweeps is bounded. Knows nothing of searching.

/// A symmetric matrix A = Σ λᵢ·vᵢ·vᵢᵀ taken apart.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Eigen {
    /// λᵢ, in no particular order.
    pub values: Vec<f64>,
    /// vᵢ, one after the other: row i of a matrix `[n, n]`.
    pub vectors: Vec<f64>,
}

/// Sweeps allowed for each eigenvalue; two are usual.
const SWEEPS: usize = 50;

/// Takes the symmetric matrix `a`, rows of `n` numbers, apart. `None` if it holds a number that is
/// not finite.
pub(super) fn eigen(mut a: Vec<f64>, n: usize) -> Option<Eigen> {
    if a.len() != n * n || !a.iter().all(|x| x.is_finite()) {
        return None;
    }
    let mut vectors = vec![0.0; n * n];
    let (mut diagonal, mut beside) = tridiagonal(&mut a, n, &mut vectors);
    let mut hi = n.saturating_sub(1);
    let mut sweeps = SWEEPS * n;
    while hi > 0 {
        // What is negligible next to its neighbours splits the matrix in two.
        let negligible = |k: usize, beside: &[f64], diagonal: &[f64]| {
            beside[k].abs() <= f64::EPSILON * (diagonal[k].abs() + diagonal[k + 1].abs())
        };
        if negligible(hi - 1, &beside, &diagonal) {
            beside[hi - 1] = 0.0;
            hi -= 1;
            continue;
        }
        let mut lo = hi - 1;
        while lo > 0 && !negligible(lo - 1, &beside, &diagonal) {
            lo -= 1;
        }
        sweep(lo, hi, &mut diagonal, &mut beside, &mut vectors, n);
        sweeps = sweeps.checked_sub(1)?;
    }
    let all_finite = diagonal.iter().chain(&vectors).all(|x| x.is_finite());
    all_finite.then_some(Eigen { values: diagonal, vectors })
}

/// Reduces `a` to a tridiagonal matrix T with A = Q·T·Qᵀ. Returns T's diagonal and what stands
/// beside it, and writes Qᵀ into `vectors`.
fn tridiagonal(a: &mut [f64], n: usize, vectors: &mut [f64]) -> (Vec<f64>, Vec<f64>) {
    let mut beside = vec![0.0; n.saturating_sub(1)];
    // The unit vectors v of the reflections I − 2·v·vᵀ; `None` where none is needed.
    let mut reflections: Vec<Option<Vec<f64>>> = Vec::with_capacity(n);
    let mut w = vec![0.0; n];
    for k in 0..n.saturating_sub(2) {
        // x is column k below the diagonal, which is row k by symmetry.
        let mut v = a[k * n + k + 1..(k + 1) * n].to_vec();
        let length = dot(&v, &v).sqrt();
        let below = dot(&v[1..], &v[1..]);
        if below == 0.0 || length == 0.0 {
            beside[k] = v[0];
            reflections.push(None);
            continue;
        }
        // The sign that adds rather than cancels.
        beside[k] = -length.copysign(v[0]);
        v[0] -= beside[k];
        let size = dot(&v, &v).sqrt();
        for x in &mut v {
            *x /= size;
        }
        reflect_both_sides(a, n, k + 1, &v, &mut w);
        reflections.push(Some(v));
    }
    if n >= 2 {
        beside[n - 2] = a[(n - 1) * n + n - 2];
    }
    // Qᵀ = …H₂·H₁·H₀ by rows; built from the last, so that only the corner changed so far is full.
    for i in 0..n {
        vectors[i * n + i] = 1.0;
    }
    for (k, reflection) in reflections.iter().enumerate().rev() {
        let Some(v) = reflection else { continue };
        for row in vectors.chunks_exact_mut(n).skip(k + 1) {
            let part = &mut row[k + 1..];
            let twice = 2.0 * dot(part, v);
            part.iter_mut().zip(v).for_each(|(x, v)| *x -= twice * v);
        }
    }
    ((0..n).map(|i| a[i * n + i]).collect(), beside)
}

/// A ← H·A·H on the corner from `from` on, with H = I − 2·v·vᵀ: A − v·wᵀ − w·vᵀ with p = 2·A·v
/// and w = p − (vᵀp)·v.
fn reflect_both_sides(a: &mut [f64], n: usize, from: usize, v: &[f64], w: &mut [f64]) {
    let w = &mut w[..n - from];
    for (w, row) in w.iter_mut().zip(a.chunks_exact(n).skip(from)) {
        *w = 2.0 * dot(&row[from..], v);
    }
    let along = dot(v, w);
    w.iter_mut().zip(v).for_each(|(w, v)| *w -= along * v);
    for (i, row) in a.chunks_exact_mut(n).skip(from).enumerate() {
        let (vi, wi) = (v[i], w[i]);
        for (x, (v, w)) in row[from..].iter_mut().zip(v.iter().zip(w.iter())) {
            *x -= vi * w + wi * v;
        }
    }
}

/// One implicit QR step with Wilkinson's shift on the rows `lo` to `hi`.
fn sweep(
    lo: usize,
    hi: usize,
    diagonal: &mut [f64],
    beside: &mut [f64],
    vectors: &mut [f64],
    n: usize,
) {
    let e = beside[hi - 1];
    let half = f64::midpoint(diagonal[hi - 1], -diagonal[hi]);
    let shift = diagonal[hi] - e * e / (half + half.hypot(e).copysign(half));
    let (mut x, mut z) = (diagonal[lo] - shift, beside[lo]);
    for k in lo..hi {
        // The rotation that turns (x, z) into (r, 0).
        let r = x.hypot(z);
        let (c, s) = if r == 0.0 { (1.0, 0.0) } else { (x / r, z / r) };
        if k > lo {
            beside[k - 1] = r;
        }
        let (d0, d1, e) = (diagonal[k], diagonal[k + 1], beside[k]);
        diagonal[k] = c * c * d0 + 2.0 * c * s * e + s * s * d1;
        diagonal[k + 1] = s * s * d0 - 2.0 * c * s * e + c * c * d1;
        beside[k] = c * s * (d1 - d0) + (c * c - s * s) * e;
        if k + 1 < hi {
            x = beside[k];
            z = s * beside[k + 1];
            beside[k + 1] *= c;
        }
        let (above, below) = vectors[k * n..(k + 2) * n].split_at_mut(n);
        for (a, b) in above.iter_mut().zip(below) {
            (*a, *b) = (c * *a + s * *b, c * *b - s * *a);
        }
    }
}

/// xᵀy, in four sums side by side, for which the processor need not wait.
fn dot(x: &[f64], y: &[f64]) -> f64 {
    let mut sums = [0.0; 4];
    let (x_fours, x_rest) = x.as_chunks::<4>();
    let (y_fours, y_rest) = y.as_chunks::<4>();
    for (x, y) in x_fours.iter().zip(y_fours) {
        for (sum, (x, y)) in sums.iter_mut().zip(x.iter().zip(y)) {
            *sum += x * y;
        }
    }
    sums.iter().sum::<f64>() + x_rest.iter().zip(y_rest).map(|(x, y)| x * y).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;

    /// Checks A·v = λ·v and vᵢ·vⱼ = δᵢⱼ.
    fn check(a: &[f64], n: usize) -> Eigen {
        let found = eigen(a.to_vec(), n).unwrap();
        let size = a.iter().fold(1e-300_f64, |most, x| most.max(x.abs()));
        for (i, v) in found.vectors.chunks_exact(n).enumerate() {
            for (row, x) in a.chunks_exact(n).zip(v) {
                let error = (dot(row, v) - found.values[i] * x).abs();
                assert!(error <= 1e-13 * size * n as f64, "{error}");
            }
            for (j, other) in found.vectors.chunks_exact(n).enumerate() {
                let expected = if i == j { 1.0 } else { 0.0 };
                assert!((dot(v, other) - expected).abs() < 1e-12);
            }
        }
        found
    }

    #[test]
    fn random_symmetric_matrices_are_taken_apart() {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        for n in [1, 2, 3, 4, 7, 20, 65] {
            let mut a = vec![0.0; n * n];
            for i in 0..n {
                for j in 0..=i {
                    let x = rng.random::<f64>() - 0.5;
                    (a[i * n + j], a[j * n + i]) = (x, x);
                }
            }
            check(&a, n);
        }
    }

    #[test]
    fn known_eigenvalues_are_found() {
        // The second differences of a chain: 2 − 2·cos(kπ/(n+1)).
        let n = 12;
        let mut a = vec![0.0; n * n];
        for i in 0..n {
            a[i * n + i] = 2.0;
            if i + 1 < n {
                (a[i * n + i + 1], a[(i + 1) * n + i]) = (-1.0, -1.0);
            }
        }
        let mut found = check(&a, n).values;
        found.sort_by(f64::total_cmp);
        for (k, value) in found.iter().enumerate() {
            let angle = (k + 1) as f64 * std::f64::consts::PI / 13.0;
            assert!((value - (2.0 - 2.0 * angle.cos())).abs() < 1e-13);
        }
    }

    #[test]
    fn odd_matrices_are_no_trouble() {
        check(&[0.0; 25], 5);
        check(&[1.0; 49], 7);
        let mut spread = vec![0.0; 36];
        for i in 0..6 {
            spread[i * 7] = 10.0_f64.powi(3 * i as i32 - 9);
        }
        check(&spread, 6);
        assert_eq!(eigen(vec![f64::NAN], 1), None);
        assert_eq!(eigen(Vec::new(), 0), Some(Eigen::default()));
    }
}
