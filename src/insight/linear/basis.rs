//! The Krylov space of a system, vector by vector.
//!
//! Owns [`KrylovBasis`]: the vectors r₀, A·r₀, A²·r₀, … as they come out of the products, and the
//! perpendicular ones that span the same space. Arnoldi 1951, by modified Gram–Schmidt, twice.
//! With a preconditioner M it is the space of M⁻¹·A and M⁻¹·r₀, which all solvers search then.

use super::{dot, inverse_roots, norm};
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
    /// Builds the space until it stops growing; `preconditioner` is the diagonal of M.
    pub fn new(system: &System, start: &[f64], preconditioner: Option<&[f64]>) -> Self {
        let a = &system.a;
        let mut product = vec![0.0; a.size()];
        a.multiply(start, &mut product);
        let residual: Vec<f64> = system.b.iter().zip(&product).map(|(b, ax)| b - ax).collect();
        let Some(m) = preconditioner else {
            let mut basis = Self::span(a, residual, None);
            basis.ritz = ritz_values(a, &basis.orthonormal);
            return basis;
        };
        let mut first = residual.clone();
        divide(&mut first, Some(m));
        let mut basis = Self::span(a, first, Some(m));
        // The Ritz values belong to the symmetric form, M^(−½)·A·M^(−½).
        if let Some(roots) = inverse_roots(m).filter(|_| a.is_symmetric())
            && let Some(scaled) = a.scaled(&roots, &roots)
        {
            let residual = residual.iter().zip(&roots).map(|(r, root)| r * root).collect();
            let space = Self::span(&scaled, residual, None);
            basis.ritz = ritz_values(&scaled, &space.orthonormal);
        }
        basis
    }

    /// The space of M⁻¹·A and a first vector, without Ritz values.
    fn span(a: &Matrix, first: Vec<f64>, m: Option<&[f64]>) -> Self {
        let n = a.size();
        let mut product = vec![0.0; n];
        let mut basis = Self::default();
        let Some(first) = unit(first) else { return basis };
        basis.powers.push(first.clone());
        basis.orthonormal.push(first);
        while basis.orthonormal.len() < n {
            let (Some(last), Some(power)) = (basis.orthonormal.last(), basis.powers.last()) else {
                break;
            };
            let mut next = vec![0.0; n];
            a.multiply(last, &mut next);
            divide(&mut next, m);
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
            a.multiply(power, &mut product);
            divide(&mut product, m);
            let (Some(next), Some(power)) = (unit(next), unit(product.clone())) else { break };
            basis.orthonormal.push(next);
            basis.powers.push(power);
        }
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
        let values = Matrix::from_rows(&rows).ok().and_then(|corner| corner.eigenvalues());
        values.unwrap_or_default()
    };
    (1..=vectors.len()).map(corner).collect()
}

/// v ← M⁻¹·v.
fn divide(v: &mut [f64], m: Option<&[f64]>) {
    for (v, m) in v.iter_mut().zip(m.unwrap_or_default()) {
        *v /= m;
    }
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
        let basis = KrylovBasis::new(&system, &[0.0; 12], None);
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
        let basis = KrylovBasis::new(&system, &[0.0; 8], None);
        let values = system.a.eigen().unwrap().values;
        assert_eq!(basis.ritz.len(), 8);
        for (ritz, value) in basis.ritz[7].iter().zip(&values) {
            assert!((ritz - value).abs() < 1e-10, "{ritz} {value}");
        }
        let outer = basis.ritz[3].iter().all(|r| (values[0]..=values[7]).contains(r));
        assert!(outer, "they lie between the smallest and the largest");
        let other = Example { size: 8, ..Example::new(ExampleKind::Nonsymmetric) }.build().unwrap();
        assert!(KrylovBasis::new(&other, &[0.0; 8], None).ritz.is_empty());
    }

    #[test]
    fn with_the_diagonal_the_space_knows_the_eigenvalues_of_the_scaled_matrix() {
        let system = System::parse("4 10 0 1\n10 100 20 1\n0 20 900 1").unwrap();
        let m = system.a.diagonal();
        let basis = KrylovBasis::new(&system, &[0.0; 3], Some(&m));
        // M⁻¹·r₀ = (1/4, 1/100, 1/900), made one long.
        let first = unit(vec![0.25, 0.01, 1.0 / 900.0]).unwrap();
        assert!(basis.orthonormal[0].iter().zip(&first).all(|(v, w)| (v - w).abs() < 1e-15));
        let ritz = &basis.ritz[2];
        // M⁻¹·A has a diagonal of ones, so its eigenvalues add up to 3.
        assert!((ritz.iter().sum::<f64>() - 3.0).abs() < 1e-12, "{ritz:?}");
        let wide = system.a.condition();
        assert!(ritz[2] / ritz[0] < 0.1 * wide, "{ritz:?} {wide}");
    }

    #[test]
    fn the_space_stops_growing_with_the_number_of_different_eigenvalues() {
        let system = System::parse("2 0 0 1\n0 2 0 1\n0 0 5 1").unwrap();
        assert_eq!(KrylovBasis::new(&system, &[0.0; 3], None).dimension(), 2);
        let solved = KrylovBasis::new(&system, &[0.5, 0.5, 0.2], None);
        assert_eq!(solved, KrylovBasis::default(), "at the solution there is nothing to search");
    }
}
