//! The eigenvalues of a symmetric matrix without its eigenvectors, so fast that a system of 200
//! unknowns can be studied while a slider is pulled; [`Matrix::eigen`] takes many times as long.
//!
//! Householder's reflections make the matrix tridiagonal (4/3·n³ products), then rotations with
//! Wilkinson's shift make it diagonal (about 10·n² in all). The error of each value is a few
//! rounding errors of the largest one. Golub & Van Loan, *Matrix Computations*, 4th ed., §8.3.

use super::matrix::Matrix;
use super::vector::{add, dot, norm, scale};

/// Rotations through the whole matrix allowed for one eigenvalue; two are usual.
const SWEEPS: usize = 60;

impl Matrix {
    /// The eigenvalues of a symmetric matrix, from the smallest (most negative) to the largest;
    /// nothing if it is not symmetric.
    ///
    /// ```
    /// use netsmith::krylov::Matrix;
    /// let a = Matrix::from_rows(&[vec![2.0, 1.0], vec![1.0, 2.0]])?;
    /// let values = a.eigenvalues().ok_or("not symmetric")?;
    /// assert!((values[0] - 1.0).abs() < 1e-12 && (values[1] - 3.0).abs() < 1e-12);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn eigenvalues(&self) -> Option<Vec<f64>> {
        if !self.is_symmetric() {
            return None;
        }
        let mut rows: Vec<Vec<f64>> = self.rows().map(<[f64]>::to_vec).collect();
        let (mut diagonal, mut beside) = tridiagonal(&mut rows);
        diagonalize(&mut diagonal, &mut beside);
        diagonal.sort_by(f64::total_cmp);
        Some(diagonal)
    }
}

/// Makes a symmetric matrix tridiagonal by reflections, which keep its eigenvalues. Returns what
/// is on the diagonal, n numbers, and beside it, n of which the last is 0.
fn tridiagonal(a: &mut [Vec<f64>]) -> (Vec<f64>, Vec<f64>) {
    let n = a.len();
    let mut beside = vec![0.0; n];
    let (mut v, mut w) = (vec![0.0; n], vec![0.0; n]);
    for k in 0..n.saturating_sub(2) {
        // x, the part of column k below the diagonal, becomes (±|x|, 0, 0, …).
        let (head, below) = a.split_at_mut(k + 1);
        let (v, w) = (&mut v[k + 1..], &mut w[k + 1..]);
        v.copy_from_slice(&head[k][k + 1..]);
        beside[k] = v[0];
        if v[1..].iter().all(|&x| x == 0.0) {
            continue;
        }
        let length = norm(v);
        // Away from zero, so that no digits cancel.
        let target = -length.copysign(v[0]);
        beside[k] = target;
        v[0] -= target;
        let size = norm(v).recip();
        scale(v, size);
        // H·A·H with H = I − 2·v·vᵀ is A − 2·(v·wᵀ + w·vᵀ), where p = A·v and w = p − (vᵀp)·v.
        for (w, row) in w.iter_mut().zip(&*below) {
            *w = dot(&row[k + 1..], v);
        }
        let overlap = dot(v, w);
        add(w, -overlap, v);
        for (i, row) in below.iter_mut().enumerate() {
            let row = &mut row[k + 1..];
            add(row, -2.0 * v[i], w);
            add(row, -2.0 * w[i], v);
        }
    }
    if let Some(row) = n.checked_sub(2) {
        beside[row] = a[row][row + 1];
    }
    ((0..n).map(|i| a[i][i]).collect(), beside)
}

/// Turns a tridiagonal matrix until nothing is left beside the diagonal (the implicit QL method).
fn diagonalize(d: &mut [f64], e: &mut [f64]) {
    let n = d.len();
    for first in 0..n {
        for _ in 0..SWEEPS {
            let negligible =
                |k: &usize| e[*k].abs() <= f64::EPSILON * (d[*k].abs() + d[*k + 1].abs());
            // Up to here the matrix hangs together.
            let last = (first..n - 1).find(negligible).unwrap_or(n - 1);
            if last == first {
                break;
            }
            sweep(d, e, first, last);
        }
    }
}

/// One chain of rotations from `last` up to `first`, with Wilkinson's shift at `first`.
fn sweep(d: &mut [f64], e: &mut [f64], first: usize, last: usize) {
    let ratio = (d[first + 1] - d[first]) / (2.0 * e[first]);
    let shift = d[first] - e[first] / (ratio + ratio.hypot(1.0).copysign(ratio));
    let mut g = d[last] - shift;
    let (mut s, mut c, mut p) = (1.0, 1.0, 0.0);
    for i in (first..last).rev() {
        let (f, b) = (s * e[i], c * e[i]);
        let r = f.hypot(g);
        e[i + 1] = r;
        if r == 0.0 {
            // The matrix has fallen apart here; the next sweep sees it.
            d[i + 1] -= p;
            e[last] = 0.0;
            return;
        }
        (s, c) = (f / r, g / r);
        g = d[i + 1] - p;
        let t = (d[i] - g) * s + 2.0 * c * b;
        p = s * t;
        d[i + 1] = g + p;
        g = c * t - b;
    }
    d[first] -= p;
    e[first] = g;
    e[last] = 0.0;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::krylov::{Example, ExampleKind};

    #[test]
    fn they_are_those_of_jacobis_method() {
        for &kind in ExampleKind::ALL {
            for size in [2, 3, 4, 17, 60] {
                let a = Example { size, ..Example::new(kind) }.build().unwrap().a;
                let slow = a.eigen().map(|eigen| eigen.values);
                assert_eq!(a.eigenvalues().is_some(), slow.is_some(), "{kind:?}");
                for (value, expected) in
                    a.eigenvalues().unwrap_or_default().iter().zip(slow.unwrap_or_default())
                {
                    assert!(
                        (value - expected).abs() < 1e-13,
                        "{kind:?} {size}: {value} {expected}"
                    );
                }
            }
        }
    }

    #[test]
    fn diagonal_and_zero_matrices_keep_their_numbers() {
        let mut diagonal: Vec<f64> = (0..16).map(|i| 2.5_f64.powi(i)).collect();
        diagonal.reverse();
        let values = Matrix::diagonal_matrix(&diagonal).eigenvalues().unwrap();
        diagonal.reverse();
        assert_eq!(values, diagonal);
        assert_eq!(Matrix::diagonal_matrix(&[0.0; 5]).eigenvalues(), Some(vec![0.0; 5]));
        assert_eq!(Matrix::diagonal_matrix(&[-7.0]).eigenvalues(), Some(vec![-7.0]));
    }

    #[test]
    fn equal_eigenvalues_and_a_singular_matrix_are_no_trouble() {
        let ones = Matrix::from_rows(&vec![vec![1.0; 30]; 30]).unwrap();
        let values = ones.eigenvalues().unwrap();
        assert!((values[29] - 30.0).abs() < 1e-12);
        assert!(values[..29].iter().all(|value| value.abs() < 1e-13), "{values:?}");
    }

    #[test]
    fn the_second_difference_has_the_values_of_the_book() {
        // Tridiagonal (−1, 2, −1): λₖ = 2 − 2·cos(k·π / (n + 1)).
        const N: usize = 50;
        let entry = |i: usize, j: usize| match i.abs_diff(j) {
            0 => 2.0,
            1 => -1.0,
            _ => 0.0,
        };
        let rows: Vec<Vec<f64>> = (0..N).map(|i| (0..N).map(|j| entry(i, j)).collect()).collect();
        let values = Matrix::from_rows(&rows).unwrap().eigenvalues().unwrap();
        for (k, value) in (1..).zip(values) {
            let expected = 2.0 - 2.0 * (f64::from(k) * std::f64::consts::PI / (N + 1) as f64).cos();
            assert!((value - expected).abs() < 1e-13, "{k}: {value} {expected}");
        }
    }
}
