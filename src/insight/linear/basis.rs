//! The Krylov space of a system, vector by vector.
//!
//! Owns [`KrylovBasis`]: the vectors r₀, A·r₀, A²·r₀, … as they come out of the products, and the
//! perpendicular ones that span the same space. Arnoldi 1951, by modified Gram–Schmidt, twice.

use super::{dot, norm};
use crate::krylov::{Matrix, System};

/// The largest system of which the Ritz values are computed: they cost about n⁴.
const LARGEST_RITZ: usize = 40;
/// A new vector whose part outside the space so far is this small is a rounding error.
const EXHAUSTED: f64 = 1e-11;

/// The Krylov space of A and r₀ = b − A·x₀.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct KrylovBasis {
    /// v₁, v₂, …: each of length 1 and perpendicular to those before; the first k span the space
    /// that the k-th iterates of CG, MINRES and GMRES are taken from (moved by x₀). As many as the
    /// space has dimensions, at most n.
    pub orthonormal: Vec<Vec<f64>>,
    /// r₀, A·r₀, A²·r₀, …, each made one long; as many as the orthonormal ones.
    pub powers: Vec<Vec<f64>>,
    /// What the space of the first k vectors knows of the eigenvalues: those of `VᵀAV`, V being
    /// v₁ … vₖ (the Ritz values), from the smallest. For k = 1, 2, …; only for symmetric matrices
    /// of at most 40 rows.
    pub ritz: Vec<Vec<f64>>,
}

impl KrylovBasis {
    /// Builds the space until it stops growing.
    pub fn new(system: &System, start: &[f64]) -> Self {
        let n = system.a.size();
        let mut product = vec![0.0; n];
        system.a.multiply(start, &mut product);
        let residual: Vec<f64> = system.b.iter().zip(&product).map(|(b, ax)| b - ax).collect();
        let mut basis = Self::default();
        let Some(first) = unit(residual) else { return basis };
        basis.powers.push(first.clone());
        basis.orthonormal.push(first);
        while basis.orthonormal.len() < n {
            let (Some(last), Some(power)) = (basis.orthonormal.last(), basis.powers.last()) else {
                break;
            };
            let mut next = vec![0.0; n];
            system.a.multiply(last, &mut next);
            let size = norm(&next);
            // Once more for what rounding has left of the first time.
            for _ in 0..2 {
                for v in &basis.orthonormal {
                    let overlap = dot(&next, v);
                    for (next, v) in next.iter_mut().zip(v) {
                        *next -= overlap * v;
                    }
                }
            }
            if norm(&next) <= EXHAUSTED * size {
                break;
            }
            system.a.multiply(power, &mut product);
            let (Some(next), Some(power)) = (unit(next), unit(product.clone())) else { break };
            basis.orthonormal.push(next);
            basis.powers.push(power);
        }
        basis.ritz = ritz_values(&system.a, &basis.orthonormal);
        basis
    }

    /// The number of dimensions of the whole space: no method that minimizes over it needs more
    /// iterations, but for rounding.
    pub fn dimension(&self) -> usize {
        self.orthonormal.len()
    }
}

/// The eigenvalues of `VᵀAV` for the first k vectors, k = 1, 2, …
fn ritz_values(a: &Matrix, vectors: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let n = a.size();
    if n > LARGEST_RITZ || !a.is_symmetric() {
        return Vec::new();
    }
    let mut product = vec![0.0; n];
    let projected: Vec<Vec<f64>> = vectors
        .iter()
        .map(|v| {
            a.multiply(v, &mut product);
            vectors.iter().map(|u| dot(u, &product)).collect()
        })
        .collect();
    let corner = |k: usize| {
        // Both halves the same to the last bit.
        let entry = |i: usize, j: usize| f64::midpoint(projected[i][j], projected[j][i]);
        let rows: Vec<Vec<f64>> = (0..k).map(|i| (0..k).map(|j| entry(i, j)).collect()).collect();
        let eigen = Matrix::from_rows(&rows).ok().and_then(|corner| corner.eigen());
        eigen.map_or_else(Vec::new, |eigen| eigen.values)
    };
    (1..=vectors.len()).map(corner).collect()
}

/// v made one long; nothing for zero and for what is no vector of numbers.
fn unit(mut v: Vec<f64>) -> Option<Vec<f64>> {
    let length = norm(&v);
    if !(length > 0.0 && length.is_finite()) {
        return None;
    }
    for value in &mut v {
        *value /= length;
    }
    Some(v)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::krylov::{Example, ExampleKind};

    #[test]
    fn the_vectors_are_perpendicular_and_span_the_powers() {
        let example = Example { size: 12, ..Example::new(ExampleKind::Nonsymmetric) };
        let system = example.build().unwrap();
        let basis = KrylovBasis::new(&system, &[0.0; 12]);
        assert_eq!(basis.dimension(), 12);
        for (i, u) in basis.orthonormal.iter().enumerate() {
            for (j, v) in basis.orthonormal.iter().enumerate() {
                let expected = if i == j { 1.0 } else { 0.0 };
                assert!((dot(u, v) - expected).abs() < 1e-12, "{i} {j}");
            }
        }
        // A²·r₀ lies in the space of the first three.
        let inside: f64 =
            basis.orthonormal[..3].iter().map(|v| dot(v, &basis.powers[2]).powi(2)).sum();
        assert!((inside - 1.0).abs() < 1e-12);
    }

    #[test]
    fn the_whole_space_knows_all_eigenvalues() {
        let system = Example { size: 8, ..Example::new(ExampleKind::Indefinite) }.build().unwrap();
        let basis = KrylovBasis::new(&system, &[0.0; 8]);
        let values = system.a.eigen().unwrap().values;
        assert_eq!(basis.ritz.len(), 8);
        for (ritz, value) in basis.ritz[7].iter().zip(&values) {
            assert!((ritz - value).abs() < 1e-10, "{ritz} {value}");
        }
        let outer = basis.ritz[3].iter().all(|r| (values[0]..=values[7]).contains(r));
        assert!(outer, "they lie between the smallest and the largest");
        let other = Example { size: 8, ..Example::new(ExampleKind::Nonsymmetric) }.build().unwrap();
        assert!(KrylovBasis::new(&other, &[0.0; 8]).ritz.is_empty());
    }

    #[test]
    fn the_space_stops_growing_with_the_number_of_different_eigenvalues() {
        let system = System::parse("2 0 0 1\n0 2 0 1\n0 0 5 1").unwrap();
        assert_eq!(KrylovBasis::new(&system, &[0.0; 3]).dimension(), 2);
        let solved = KrylovBasis::new(&system, &[0.5, 0.5, 0.2]);
        assert_eq!(solved, KrylovBasis::default(), "at the solution there is nothing to search");
    }
}
