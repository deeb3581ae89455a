//! Solving a dense symmetric positive definite system A·x = b: A = L·Lᵀ with L lower triangular.
//!
//! For systems small enough to be written down; the others are what [`crate::krylov`] is for.

/// A symmetric matrix of which the lower triangle is stored, row by row: row i has i + 1 numbers.
#[derive(Debug, Default)]
pub(super) struct Lower {
    size: usize,
    numbers: Vec<f64>,
}

impl Lower {
    /// The zero matrix of this size; the memory of an old one is used again.
    pub fn reset(&mut self, size: usize) {
        self.size = size;
        self.numbers.clear();
        self.numbers.resize(size * (size + 1) / 2, 0.0);
    }

    /// Row i up to the diagonal.
    fn row(&self, i: usize) -> &[f64] {
        let start = i * (i + 1) / 2;
        self.numbers.get(start..=start + i).unwrap_or_default()
    }

    /// Adds to the element in row i and column j ≤ i, or to its mirror image.
    pub fn add(&mut self, i: usize, j: usize, value: f64) {
        let (i, j) = (i.max(j), i.min(j));
        if let Some(number) = self.numbers.get_mut(i * (i + 1) / 2 + j) {
            *number += value;
        }
    }

    /// Makes this the L of A + λI. False: A + λI is not positive definite.
    pub fn factorize(&mut self, a: &Self, damping: f64) -> bool {
        self.size = a.size;
        self.numbers.clone_from(&a.numbers);
        for i in 0..self.size {
            let start = i * (i + 1) / 2;
            let (above, row) = self.numbers.split_at_mut(start);
            let row = row.get_mut(..=i).unwrap_or_default();
            for j in 0..i {
                let other_start = j * (j + 1) / 2;
                let other = above.get(other_start..=other_start + j).unwrap_or_default();
                let (known, rest) = row.split_at_mut(j);
                let (other_known, other_diagonal) = other.split_at(j);
                if let (Some(value), Some(diagonal)) = (rest.first_mut(), other_diagonal.first()) {
                    *value = (*value - product(known, other_known)) / diagonal;
                }
            }
            let (known, rest) = row.split_at_mut(i);
            let Some(diagonal) = rest.first_mut() else { return false };
            let squared = *diagonal + damping - product(known, known);
            // Also false for NaN.
            if !(squared > 1e-14 * (*diagonal + damping).abs() && squared.is_finite()) {
                return false;
            }
            *diagonal = squared.sqrt();
        }
        true
    }

    /// Solves L·Lᵀ·x = b for the L of [`factorize`](Self::factorize); `x` comes in as b.
    pub fn solve(&self, x: &mut [f64]) {
        for i in 0..self.size {
            let row = self.row(i);
            let (known, rest) = x.split_at_mut(i);
            if let (Some(value), Some(diagonal)) = (rest.first_mut(), row.last()) {
                *value = (*value - product(row, known)) / diagonal;
            }
        }
        for i in (0..self.size).rev() {
            let row = self.row(i);
            let (before, rest) = x.split_at_mut(i);
            let (Some(value), Some(diagonal)) = (rest.first_mut(), row.last()) else { continue };
            *value /= diagonal;
            for (earlier, l) in before.iter_mut().zip(row) {
                *earlier -= l * *value;
            }
        }
    }
}

/// xᵀy over the shorter of the two, in eight sums side by side.
fn product(x: &[f64], y: &[f64]) -> f64 {
    let n = x.len().min(y.len());
    let (x, y) = (&x[..n], &y[..n]);
    let mut sums = [0.0_f64; 8];
    let (x_eights, x_rest) = x.as_chunks::<8>();
    let (y_eights, y_rest) = y.as_chunks::<8>();
    for (x, y) in x_eights.iter().zip(y_eights) {
        for (sum, (x, y)) in sums.iter_mut().zip(x.iter().zip(y)) {
            *sum += x * y;
        }
    }
    sums.iter().sum::<f64>() + x_rest.iter().zip(y_rest).map(|(x, y)| x * y).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sum of matrices wwᵀ with wᵢ = sin(k·(1.3 + i)), positive definite for enough k.
    fn example(size: usize) -> Lower {
        let mut a = Lower::default();
        a.reset(size);
        for k in 0..2 * size {
            let w = |i: usize| ((1 + k) as f64 * (1.3 + i as f64)).sin();
            for i in 0..size {
                (0..=i).for_each(|j| a.add(i, j, w(i) * w(j)));
            }
        }
        a
    }

    #[test]
    fn systems_are_solved() {
        for size in [0, 1, 2, 7, 30] {
            let a = example(size);
            let expected: Vec<f64> = (0..size).map(|i| i as f64 - 3.5).collect();
            let mut b = vec![0.0; size];
            for (i, b) in b.iter_mut().enumerate() {
                for (j, x) in expected.iter().enumerate() {
                    let damping = if i == j { 0.25 } else { 0.0 };
                    *b += (a.row(i.max(j))[i.min(j)] + damping) * x;
                }
            }
            let mut factor = Lower::default();
            assert!(factor.factorize(&a, 0.25));
            factor.solve(&mut b);
            for (found, expected) in b.iter().zip(&expected) {
                assert!((found - expected).abs() < 1e-9, "{found} {expected}");
            }
        }
    }

    #[test]
    fn what_is_not_definite_is_refused() {
        let mut a = Lower::default();
        a.reset(2);
        a.add(0, 0, 1.0);
        a.add(1, 0, 2.0);
        a.add(1, 1, 1.0);
        let mut factor = Lower::default();
        assert!(!factor.factorize(&a, 0.0), "eigenvalues 3 and −1");
        assert!(factor.factorize(&a, 1.5));
        a.add(0, 0, f64::NAN);
        assert!(!factor.factorize(&a, 10.0));
    }
}
