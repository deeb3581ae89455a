//! Eigenvalues and singular values of small matrices: what decides how hard a system is.
//!
//! Owns [`Eigen`] and the two Jacobi methods. Both turn two columns at a time until all are
//! perpendicular; they are slow (n³ a sweep) but simple and accurate, also for tiny values. Where
//! no eigenvectors are needed, [`Matrix::eigenvalues`] is faster.
//! Golub & Van Loan, *Matrix Computations*, 4th ed., §8.5 and §8.6.3.

use super::matrix::Matrix;
use super::vector::{dot, norm};

/// Sweeps over all pairs; ten are usually enough.
const SWEEPS: usize = 60;

/// Eigenvalues and eigenvectors of a symmetric matrix: A·v = λ·v.
#[derive(Debug, Clone, PartialEq)]
pub struct Eigen {
    /// λ, from the smallest (most negative) to the largest.
    pub values: Vec<f64>,
    /// The eigenvector of each value, of length 1, perpendicular to the others.
    pub vectors: Vec<Vec<f64>>,
}

impl Matrix {
    /// Eigenvalues and eigenvectors, if the matrix is symmetric (Jacobi's method, 1846).
    ///
    /// ```
    /// use netsmith::krylov::Matrix;
    /// let a = Matrix::from_rows(&[vec![2.0, 1.0], vec![1.0, 2.0]])?;
    /// let eigen = a.eigen().ok_or("not symmetric")?;
    /// assert!((eigen.values[0] - 1.0).abs() < 1e-12 && (eigen.values[1] - 3.0).abs() < 1e-12);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn eigen(&self) -> Option<Eigen> {
        if !self.is_symmetric() {
            return None;
        }
        let mut a: Vec<Vec<f64>> = self.rows().map(<[f64]>::to_vec).collect();
        let n = a.len();
        let mut vectors = identity(n);
        for _ in 0..SWEEPS {
            let mut turned = false;
            for p in 0..n {
                for q in p + 1..n {
                    let tiny = f64::EPSILON * 0.01 * (a[p][p].abs() * a[q][q].abs()).sqrt();
                    if a[p][q].abs() <= tiny {
                        continue;
                    }
                    let (c, s) = rotation(a[p][p], a[p][q], a[q][q]);
                    // A ← Jᵀ·A·J: rows p and q, then columns p and q; V ← V·J.
                    rotate(&mut a, p, q, c, s);
                    for row in &mut a {
                        (row[p], row[q]) = (c * row[p] - s * row[q], s * row[p] + c * row[q]);
                    }
                    rotate(&mut vectors, p, q, c, s);
                    turned |= s.abs() > f64::EPSILON;
                }
            }
            if !turned {
                break;
            }
        }
        let mut pairs: Vec<_> = (0..n).map(|i| a[i][i]).zip(vectors).collect();
        pairs.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        let (values, vectors) = pairs.into_iter().unzip();
        Some(Eigen { values, vectors })
    }

    /// The singular values σ, from the largest to the smallest: how far A stretches the vectors of
    /// length 1, in the n directions that it keeps perpendicular (one-sided Jacobi, Hestenes 1958).
    pub fn singular_values(&self) -> Vec<f64> {
        // The rows of A have the singular values of A.
        let mut rows: Vec<Vec<f64>> = self.rows().map(<[f64]>::to_vec).collect();
        let n = rows.len();
        for _ in 0..SWEEPS {
            let mut turned = false;
            for p in 0..n {
                for q in p + 1..n {
                    let overlap = dot(&rows[p], &rows[q]);
                    let (size_p, size_q) = (norm(&rows[p]), norm(&rows[q]));
                    if overlap.abs() <= 4.0 * f64::EPSILON * size_p * size_q {
                        continue;
                    }
                    let (c, s) = rotation(size_p * size_p, overlap, size_q * size_q);
                    rotate(&mut rows, p, q, c, s);
                    turned = true;
                }
            }
            if !turned {
                break;
            }
        }
        let mut values: Vec<f64> = rows.iter().map(|row| norm(row)).collect();
        values.sort_by(|a, b| b.total_cmp(a));
        values
    }

    /// The condition number κ = σ₁ / σₙ: how much larger the relative error of x can be than
    /// that of b. 1 is best; infinite for a singular matrix.
    pub fn condition(&self) -> f64 {
        let values = self.singular_values();
        match (values.first(), values.last()) {
            (Some(&largest), Some(&smallest)) if smallest > 0.0 => largest / smallest,
            _ => f64::INFINITY,
        }
    }
}

/// c and s of the rotation that makes [app apq; apq aqq] diagonal, by the smaller angle.
fn rotation(app: f64, apq: f64, aqq: f64) -> (f64, f64) {
    let tau = (aqq - app) / (2.0 * apq);
    let t = if tau.is_finite() { tau.signum() / (tau.abs() + tau.hypot(1.0)) } else { 0.0 };
    let c = t.hypot(1.0).recip();
    (c, t * c)
}

/// Turns rows p < q: (p, q) ← (c·p − s·q, s·p + c·q).
fn rotate(rows: &mut [Vec<f64>], p: usize, q: usize, c: f64, s: f64) {
    let (head, tail) = rows.split_at_mut(q);
    for (a, b) in head[p].iter_mut().zip(&mut tail[0]) {
        (*a, *b) = (c * *a - s * *b, s * *a + c * *b);
    }
}

fn identity(n: usize) -> Vec<Vec<f64>> {
    (0..n).map(|i| (0..n).map(|j| if i == j { 1.0 } else { 0.0 }).collect()).collect()
}

#[cfg(test)]
mod tests {
    use approx::assert_relative_eq;

    use super::*;

    fn matrix(rows: &[&[f64]]) -> Matrix {
        Matrix::from_rows(&rows.iter().map(|row| row.to_vec()).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn eigenvectors_are_only_stretched() {
        let a = matrix(&[&[4.0, 1.0, -2.0], &[1.0, -3.0, 0.5], &[-2.0, 0.5, 1e-3]]);
        let eigen = a.eigen().unwrap();
        assert!(eigen.values.is_sorted());
        let mut out = [0.0; 3];
        for (value, vector) in eigen.values.iter().zip(&eigen.vectors) {
            a.multiply(vector, &mut out);
            assert_relative_eq!(norm(vector), 1.0, epsilon = 1e-12);
            for (out, v) in out.iter().zip(vector) {
                assert_relative_eq!(*out, value * v, epsilon = 1e-12);
            }
        }
        assert_relative_eq!(eigen.values.iter().sum::<f64>(), 1.001, epsilon = 1e-12);
    }

    #[test]
    fn singular_values_of_a_matrix_that_turns_and_stretches() {
        let a = matrix(&[&[0.0, 3.0], &[-0.5, 0.0]]);
        assert!(a.eigen().is_none());
        assert_eq!(a.singular_values(), [3.0, 0.5]);
        assert_eq!(a.condition(), 6.0);
    }

    #[test]
    fn a_singular_matrix_has_an_infinite_condition() {
        assert!(matrix(&[&[1.0, 2.0], &[2.0, 4.0]]).condition() > 1e15);
        assert_eq!(matrix(&[&[0.0, 0.0], &[0.0, 0.0]]).condition(), f64::INFINITY);
    }
}
