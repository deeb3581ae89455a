//! Synthetic sets: points whose rule is known, to see what a network makes of it.
//!
//! The six of the TensorFlow Playground by the same names and rules (Smilkov et al.
//! 2017), and five more. A set is one file here and one line in the list. The same
//! settings and random numbers give the same points.

mod blobs;
mod checkerboard;
mod circle;
mod curve;
mod formula;
mod gauss;
mod moons;
mod multi_gauss;
mod plane;
mod points;
mod rings;
mod spiral;
mod xor;

use super::{DataError, Table};
pub use curve::{CURVES, CurvePreset};
pub use formula::Formula;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// A rule that makes points.
#[derive(Debug)]
pub struct SyntheticSet {
    /// The name in files and on the command line.
    pub id: &'static str,
    /// The name on screen.
    pub name: &'static str,
    /// What it looks like and what it teaches.
    pub summary: &'static str,
    /// What there is to predict.
    pub kind: SetKind,
    /// How many points to begin with.
    pub default_samples: usize,
    /// How much noise to begin with.
    pub default_noise: f64,
    /// Makes the points: columns x₁, x₂ and class, or x₁, x₂ and y, or x and y.
    ///
    /// Fails with [`DataError::Setting`] when a setting is out of range, and the curve
    /// also with [`DataError::Formula`] and [`DataError::FormulaValue`].
    pub generate: Generate,
}

/// Makes a table from settings and random numbers.
pub type Generate = fn(&SyntheticSettings, &mut ChaCha8Rng) -> Result<Table, DataError>;

/// What there is to predict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SetKind {
    /// The class of a point in the plane.
    Classification,
    /// A value at a point in the plane.
    Regression,
    /// y from x.
    Curve,
}

/// What a person can set. Every set takes what concerns it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SyntheticSettings {
    /// Number of points, 10 … 100,000.
    pub samples: usize,
    /// Noise ν, 0 … 0.5.
    pub noise: f64,
    /// Number of classes, 2 … 6 (blobs).
    pub classes: usize,
    /// A formula in x, or the id of one of [`CURVES`] (curve).
    pub formula: String,
}

impl Default for SyntheticSettings {
    /// 500 points, no noise, 3 classes, a sine.
    fn default() -> Self {
        Self { samples: 500, noise: 0.0, classes: 3, formula: "sine".to_owned() }
    }
}

/// Every set: first the Playground's, then the others.
pub static SYNTHETIC: &[&SyntheticSet] = &[
    &circle::SET,
    &xor::SET,
    &gauss::SET,
    &spiral::SET,
    &plane::SET,
    &multi_gauss::SET,
    &moons::SET,
    &rings::SET,
    &checkerboard::SET,
    &blobs::SET,
    &curve::SET,
];

/// The set of that id.
pub fn synthetic_set(id: &str) -> Option<&'static SyntheticSet> {
    SYNTHETIC.iter().copied().find(|set| set.id == id)
}

impl SyntheticSet {
    /// The settings to begin with.
    pub fn settings(&self) -> SyntheticSettings {
        SyntheticSettings {
            samples: self.default_samples,
            noise: self.default_noise,
            ..SyntheticSettings::default()
        }
    }
}

impl SyntheticSettings {
    /// The smallest and largest number of points.
    pub const SAMPLES: (usize, usize) = (10, 100_000);
    /// The smallest and largest noise.
    pub const NOISE: (f64, f64) = (0.0, 0.5);
    /// The smallest and largest number of classes.
    pub const CLASSES: (usize, usize) = (2, 6);

    /// Whether every setting lies in its range.
    ///
    /// # Errors
    /// [`DataError::Setting`] for the first that does not.
    pub fn check(&self) -> Result<(), DataError> {
        let whole = |(low, high): (usize, usize)| (low as f64, high as f64);
        let ranges = [
            ("samples", self.samples as f64, whole(Self::SAMPLES)),
            ("noise", self.noise, Self::NOISE),
            ("classes", self.classes as f64, whole(Self::CLASSES)),
        ];
        for (setting, found, (minimum, maximum)) in ranges {
            if !(minimum..=maximum).contains(&found) {
                return Err(DataError::Setting { setting, minimum, maximum, found });
            }
        }
        Ok(())
    }
}
