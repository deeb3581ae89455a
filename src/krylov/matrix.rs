//! A small dense matrix: the A that one can look at.
//!
//! Owns [`Matrix`], n rows of n numbers, with its products. Where it comes from is in
//! [`system`](super::system) and [`example`](super::example), its eigenvalues are in
//! [`spectrum`](super::spectrum).

use super::operator::LinearOperator;
use super::system::SystemError;
use super::vector::{dot, is_finite};

/// The largest number of rows; everything here is dense.
pub const MAX_DIMENSION: usize = 2000;

/// A square matrix of finite numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix {
    dimension: usize,
    /// Row by row.
    entries: Vec<f64>,
}

impl Matrix {
    /// The matrix with these rows.
    ///
    /// # Errors
    /// When there is no row, more than [`MAX_DIMENSION`], one with more or fewer numbers than there
    /// are rows, or a number that is not finite.
    pub fn from_rows(rows: &[Vec<f64>]) -> Result<Self, SystemError> {
        let dimension = rows.len();
        if dimension == 0 {
            return Err(SystemError::Empty);
        }
        if dimension > MAX_DIMENSION {
            return Err(SystemError::TooLarge { rows: dimension });
        }
        for (row, numbers) in rows.iter().enumerate() {
            if numbers.len() != dimension {
                let found = numbers.len();
                return Err(SystemError::NotSquare { line: row + 1, rows: dimension, found });
            }
            if let Some(column) = numbers.iter().position(|number| !number.is_finite()) {
                let text = numbers[column].to_string();
                return Err(SystemError::Number { line: row + 1, column: column + 1, text });
            }
        }
        Ok(Self { dimension, entries: rows.concat() })
    }

    /// The matrix with these numbers on its diagonal and zeros elsewhere.
    pub(super) fn diagonal_matrix(diagonal: &[f64]) -> Self {
        let dimension = diagonal.len();
        let mut entries = vec![0.0; dimension * dimension];
        for (entry, value) in entries.iter_mut().step_by(dimension + 1).zip(diagonal) {
            *entry = *value;
        }
        Self { dimension, entries }
    }

    /// n, the number of rows and of columns.
    pub const fn size(&self) -> usize {
        self.dimension
    }

    /// The rows, from the top.
    pub fn rows(&self) -> std::slice::ChunksExact<'_, f64> {
        self.entries.chunks_exact(self.dimension)
    }

    pub(super) fn rows_mut(&mut self) -> std::slice::ChunksExactMut<'_, f64> {
        self.entries.chunks_exact_mut(self.dimension)
    }

    /// The entry in `row` and `column`, both from 0; nothing outside.
    pub fn get(&self, row: usize, column: usize) -> Option<f64> {
        let inside = row < self.dimension && column < self.dimension;
        inside.then(|| self.entries[row * self.dimension + column])
    }

    /// The entries from the top left to the bottom right: Jacobi's preconditioner.
    pub fn diagonal(&self) -> Vec<f64> {
        self.entries.iter().step_by(self.dimension + 1).copied().collect()
    }

    /// The matrix with entries lᵢ·aᵢⱼ·rⱼ: L·A·R with the diagonals `left` and `right`, n numbers
    /// each. Nothing if an entry would be no finite number.
    pub fn scaled(&self, left: &[f64], right: &[f64]) -> Option<Self> {
        let mut scaled = self.clone();
        for (row, l) in scaled.rows_mut().zip(left) {
            for (entry, r) in row.iter_mut().zip(right) {
                *entry *= l * r;
            }
        }
        is_finite(&scaled.entries).then_some(scaled)
    }

    /// out = A·v.
    pub fn multiply(&self, v: &[f64], out: &mut [f64]) {
        for (out, row) in out.iter_mut().zip(self.rows()) {
            *out = dot(row, v);
        }
    }

    /// out = Aᵀ·v.
    pub fn multiply_transpose(&self, v: &[f64], out: &mut [f64]) {
        out.fill(0.0);
        for (v, row) in v.iter().zip(self.rows()) {
            super::vector::add(out, *v, row);
        }
    }

    /// Row and column of the pair of entries that differ most, if A ≠ Aᵀ. Differences in the last
    /// digits (10⁻¹² of the largest entry) do not count.
    pub fn asymmetry(&self) -> Option<(usize, usize)> {
        let n = self.dimension;
        let largest = self.entries.iter().fold(0.0_f64, |largest, entry| largest.max(entry.abs()));
        let mut worst = (1e-12 * largest, None);
        for row in 0..n {
            for column in row + 1..n {
                let difference =
                    (self.entries[row * n + column] - self.entries[column * n + row]).abs();
                if difference > worst.0 {
                    worst = (difference, Some((row, column)));
                }
            }
        }
        worst.1
    }

    /// Whether A = Aᵀ, but for rounding.
    pub fn is_symmetric(&self) -> bool {
        self.asymmetry().is_none()
    }
}

impl LinearOperator for Matrix {
    fn dimension(&self) -> usize {
        self.dimension
    }

    fn apply(&mut self, v: &[f64], out: &mut [f64]) {
        self.multiply(v, out);
    }

    fn apply_transpose(&mut self, v: &[f64], out: &mut [f64]) {
        self.multiply_transpose(v, out);
    }
}

/// So that several solvers can share one matrix: `solve(solver, &mut &matrix, …)`.
impl LinearOperator for &Matrix {
    fn dimension(&self) -> usize {
        self.dimension
    }

    fn apply(&mut self, v: &[f64], out: &mut [f64]) {
        self.multiply(v, out);
    }

    fn apply_transpose(&mut self, v: &[f64], out: &mut [f64]) {
        self.multiply_transpose(v, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Matrix {
        Matrix::from_rows(&[vec![1.0, 2.0], vec![3.0, 4.0]]).unwrap()
    }

    #[test]
    fn products_with_the_matrix_and_its_transpose() {
        let mut out = [9.0; 2];
        example().multiply(&[1.0, 10.0], &mut out);
        assert_eq!(out, [21.0, 43.0]);
        example().multiply_transpose(&[1.0, 10.0], &mut out);
        assert_eq!(out, [31.0, 42.0]);
        assert_eq!(example().diagonal(), [1.0, 4.0]);
        assert_eq!((example().get(1, 0), example().get(0, 2)), (Some(3.0), None));
    }

    #[test]
    fn rows_and_columns_are_scaled() {
        let scaled = example().scaled(&[1.0, 10.0], &[2.0, 0.5]).unwrap();
        assert_eq!(scaled, Matrix::from_rows(&[vec![2.0, 1.0], vec![60.0, 20.0]]).unwrap());
        assert_eq!(example().scaled(&[f64::INFINITY, 1.0], &[1.0, 1.0]), None);
    }

    #[test]
    fn symmetry_is_seen_and_the_worst_pair_is_named() {
        assert_eq!(example().asymmetry(), Some((0, 1)));
        let symmetric = Matrix::from_rows(&[vec![1.0, 0.1 + 0.2], vec![0.3, 4.0]]).unwrap();
        assert!(symmetric.is_symmetric(), "the last digit does not count");
    }

    #[test]
    fn what_is_not_a_square_of_numbers_is_refused() {
        let number = Matrix::from_rows(&[vec![1.0, f64::NAN], vec![3.0, 4.0]]).unwrap_err();
        assert!(number.to_string().contains("line 1, column 2"), "{number}");
        let shape = Matrix::from_rows(&[vec![1.0, 2.0], vec![3.0]]).unwrap_err();
        assert!(shape.to_string().contains("ine 2"), "{shape}");
        assert_eq!(Matrix::from_rows(&[]), Err(SystemError::Empty));
    }
}
