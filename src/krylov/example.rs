//! Systems to try the solvers on: as hard as one likes, and with a known solution.
//!
//! Owns [`Example`]. A matrix is built from the singular values it shall have and a random
//! orthogonal basis, both from a seed, so its condition number is the one asked for.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::matrix::Matrix;
use super::system::{System, SystemError};
use super::vector::{add, dot, norm, scale};

/// How an example matrix looks, and so which solvers it suits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExampleKind {
    /// Symmetric positive definite.
    Spd,
    /// Symmetric, with positive and negative eigenvalues.
    Indefinite,
    /// Not symmetric.
    Nonsymmetric,
    /// Symmetric positive definite, with one eigenvalue that is nearly zero.
    NearSingular,
}

impl ExampleKind {
    /// Every kind, in the order of the lists.
    pub const ALL: &[Self] = &[Self::Spd, Self::Indefinite, Self::Nonsymmetric, Self::NearSingular];

    /// The name in files and on the command line.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Spd => "spd",
            Self::Indefinite => "indefinite",
            Self::Nonsymmetric => "nonsymmetric",
            Self::NearSingular => "near_singular",
        }
    }

    /// The kind with this id, if there is one.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.id() == id)
    }

    /// The name for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Spd => "Symmetric positive definite",
            Self::Indefinite => "Symmetric indefinite",
            Self::Nonsymmetric => "Non-symmetric",
            Self::NearSingular => "Nearly singular",
        }
    }

    /// What is special about it, in one or two sentences.
    pub const fn summary(self) -> &'static str {
        match self {
            Self::Spd => {
                "The quadratic ½xᵀAx − bᵀx is a bowl and the solution is its lowest point. The \
                 condition number is how many times longer than wide the square of its level lines \
                 is."
            }
            Self::Indefinite => {
                "Half of the eigenvalues are negative: the quadratic is a saddle, and its lowest \
                 point does not exist. CG fails here, MINRES does not."
            }
            Self::Nonsymmetric => {
                "Each pair of directions is turned as well as stretched. Methods that rely on \
                 symmetry fail; GMRES, BiCG and BiCGSTAB are made for this."
            }
            Self::NearSingular => {
                "One direction is pressed nearly flat. The residual soon is tiny and x still wrong \
                 in that direction: a small residual is not a small error."
            }
        }
    }

    /// A condition number that shows what is special about the kind.
    pub const fn default_condition(self) -> f64 {
        match self {
            Self::Spd | Self::Indefinite | Self::Nonsymmetric => 100.0,
            Self::NearSingular => 1e12,
        }
    }
}

/// Which example to build.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Example {
    /// How the matrix looks.
    pub kind: ExampleKind,
    /// n, the number of unknowns: 2 to 200.
    pub size: usize,
    /// κ, the largest singular value over the smallest: 1 to 10¹⁵. The largest is 1.
    pub condition: f64,
    /// Same seed, same system.
    pub seed: u64,
}

/// What can be wrong with a wish for an example.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum ExampleError {
    /// Too few or too many unknowns.
    #[error("The size should be from 2 to 200 unknowns, but is {0}.")]
    Size(usize),
    /// No condition number, or one beyond what rounding allows.
    #[error("The condition number should be from 1 to 1e15, but is {0}.")]
    Condition(f64),
    /// The numbers could not be put together.
    #[error(transparent)]
    System(#[from] SystemError),
}

impl Example {
    /// The smallest size.
    pub const MIN_SIZE: usize = 2;
    /// The largest size.
    pub const MAX_SIZE: usize = 200;
    /// The largest condition number.
    pub const MAX_CONDITION: f64 = 1e15;

    /// An example of this kind with 10 unknowns, the condition number that suits it, and seed 1.
    pub const fn new(kind: ExampleKind) -> Self {
        Self { kind, size: 10, condition: kind.default_condition(), seed: 1 }
    }

    /// Builds the system: A, a solution x* with entries from −1 to 1, and b = A·x*.
    ///
    /// # Errors
    /// When size or condition number are outside their limits.
    ///
    /// ```
    /// use netsmith::krylov::{Example, ExampleKind};
    /// let example = Example { size: 4, condition: 50.0, ..Example::new(ExampleKind::Spd) };
    /// let system = example.build()?;
    /// assert!(system.a.is_symmetric());
    /// assert!((system.a.condition() - 50.0).abs() < 1e-9);
    /// # Ok::<(), netsmith::krylov::example::ExampleError>(())
    /// ```
    pub fn build(&self) -> Result<System, ExampleError> {
        if !(Self::MIN_SIZE..=Self::MAX_SIZE).contains(&self.size) {
            return Err(ExampleError::Size(self.size));
        }
        if !(1.0..=Self::MAX_CONDITION).contains(&self.condition) {
            return Err(ExampleError::Condition(self.condition));
        }
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        let mut core = Matrix::diagonal_matrix(&self.stretches());
        if self.kind == ExampleKind::Nonsymmetric {
            turn_pairs(&mut core, &mut rng);
        }
        let reflections: Vec<_> =
            (0..self.size).map(|_| unit_vector(self.size, &mut rng)).collect();
        for u in &reflections {
            reflect(&mut core, u);
        }
        if self.kind != ExampleKind::Nonsymmetric {
            symmetrize(&mut core);
        }
        let x = (0..self.size).map(|_| rng.random_range(-1.0..1.0)).collect();
        Ok(System::with_solution(core, x)?)
    }

    /// The numbers on the diagonal before it is hidden in a random basis: in equal steps from 1 down
    /// to 1/κ, with the sign or the gap that the kind asks for.
    ///
    /// Equal steps rather than equal ratios: a few eigenvalues far above the others are found by the
    /// solvers early, are then lost to rounding and found again, so that CG needs more than n steps.
    fn stretches(&self) -> Vec<f64> {
        let last = self.size - 1;
        let smallest = self.condition.recip();
        // From 1 at i = 0 to `end` at i = `last`.
        let step = |i: usize, end: f64| 1.0 - (1.0 - end) * (i as f64 / last as f64);
        (0..self.size)
            .map(|i| {
                let size = match self.kind {
                    _ if i == last => smallest,
                    // All but the last within a factor of ten (or of κ, if that is less).
                    ExampleKind::NearSingular => step(i, smallest.max(0.1)),
                    _ => step(i, smallest),
                };
                let negative = self.kind == ExampleKind::Indefinite && i % 2 == 1;
                if negative { -size } else { size }
            })
            .collect()
    }
}

/// D ← D·R, where R turns each pair of directions by 20° to 70°. The singular values stay, the
/// eigenvalues become complex pairs with positive real parts.
fn turn_pairs(diagonal: &mut Matrix, rng: &mut ChaCha8Rng) {
    let n = diagonal.size();
    let mut rows = diagonal.rows_mut();
    for p in (0..n - 1).step_by(2) {
        // tan of half the angle; c and s follow without a library's sine.
        let half = rng.random_range(0.18..0.7_f64);
        let scale = (1.0 + half * half).recip();
        let (c, s) = ((1.0 - half * half) * scale, 2.0 * half * scale);
        if let (Some(first), Some(second)) = (rows.next(), rows.next()) {
            (first[p], first[p + 1]) = (first[p] * c, first[p] * s);
            (second[p], second[p + 1]) = (-second[p + 1] * s, second[p + 1] * c);
        }
    }
}

/// A random direction.
fn unit_vector(n: usize, rng: &mut ChaCha8Rng) -> Vec<f64> {
    let mut u: Vec<f64> = (0..n).map(|_| rng.random_range(-1.0..1.0)).collect();
    let length = norm(&u);
    if length > 0.0 {
        scale(&mut u, length.recip());
    }
    u
}

/// A ← H·A·H with the reflection H = I − 2·u·uᵀ, which keeps all lengths and angles.
fn reflect(a: &mut Matrix, u: &[f64]) {
    let n = a.size();
    let mut product = vec![0.0; n];
    // From the right: each row is reflected.
    for row in a.rows_mut() {
        let overlap = dot(row, u);
        add(row, -2.0 * overlap, u);
    }
    // From the left: A − 2·u·(Aᵀ·u)ᵀ.
    a.multiply_transpose(u, &mut product);
    for (row, u) in a.rows_mut().zip(u) {
        add(row, -2.0 * u, &product);
    }
}

/// Makes both halves the same to the last bit.
fn symmetrize(a: &mut Matrix) {
    let original = a.clone();
    for (i, row) in a.rows_mut().enumerate() {
        for (j, entry) in row.iter_mut().enumerate() {
            *entry = entry.midpoint(original.get(j, i).unwrap_or(*entry));
        }
    }
}

#[cfg(test)]
mod tests {
    use approx::assert_relative_eq;

    use super::*;

    fn build(kind: ExampleKind, size: usize, condition: f64, seed: u64) -> System {
        Example { kind, size, condition, seed }.build().unwrap()
    }

    #[test]
    fn the_condition_number_is_the_one_asked_for() {
        for &kind in ExampleKind::ALL {
            for (size, condition) in [(2, 1.0), (3, 7.0), (20, 1000.0), (61, 1e4)] {
                let system = build(kind, size, condition, 5);
                assert_relative_eq!(system.a.condition(), condition, max_relative = 1e-8);
                assert_eq!(system.a.size(), size);
            }
        }
    }

    #[test]
    fn the_kinds_are_what_they_say() {
        let values = |kind| build(kind, 9, 50.0, 3).a.eigen().unwrap().values;
        assert!(values(ExampleKind::Spd)[0] > 0.0);
        assert!(values(ExampleKind::NearSingular)[0] > 0.0);
        let indefinite = values(ExampleKind::Indefinite);
        assert_eq!(indefinite.iter().filter(|value| **value < 0.0).count(), 4);
        let near = build(ExampleKind::NearSingular, 9, 1e12, 3).a.eigen().unwrap().values;
        assert!(near[0] < 1e-11 && near[1] > 0.1, "{near:?}");
        assert!(build(ExampleKind::Nonsymmetric, 2, 5.0, 3).a.asymmetry().is_some());
    }

    #[test]
    fn the_same_seed_gives_the_same_system() {
        let one = build(ExampleKind::Spd, 6, 10.0, 1);
        assert_eq!(one, build(ExampleKind::Spd, 6, 10.0, 1));
        assert_ne!(one.a, build(ExampleKind::Spd, 6, 10.0, 2).a);
    }

    #[test]
    fn impossible_wishes_are_refused() {
        let wish = Example::new(ExampleKind::Spd);
        assert_eq!(Example { size: 1, ..wish }.build(), Err(ExampleError::Size(1)));
        assert!(Example { size: 201, ..wish }.build().is_err());
        assert!(Example { condition: 0.5, ..wish }.build().is_err());
        assert!(Example { condition: f64::NAN, ..wish }.build().is_err());
    }
}
