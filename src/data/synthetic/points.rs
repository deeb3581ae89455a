//! What the sets share: collecting points into a table, and a few random numbers.

use super::SyntheticSettings;
use crate::data::DataError;
use crate::data::table::{Column, Table, Values};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

/// Points of classes under construction.
pub(super) struct Points {
    x1: Vec<f64>,
    x2: Vec<f64>,
    codes: Vec<u32>,
}

/// Class of a point labelled −1.
pub(super) const ORANGE: u32 = 0;
/// Class of a point labelled +1.
pub(super) const BLUE: u32 = 1;

impl Points {
    /// No points yet; fails when the settings are out of range.
    pub(super) fn begin(settings: &SyntheticSettings) -> Result<Self, DataError> {
        settings.check()?;
        Ok(Self {
            x1: Vec::with_capacity(settings.samples),
            x2: Vec::with_capacity(settings.samples),
            codes: Vec::with_capacity(settings.samples),
        })
    }

    /// Adds a point of a class.
    pub(super) fn push(&mut self, (x1, x2): (f64, f64), class: u32) {
        self.x1.push(x1);
        self.x2.push(x2);
        self.codes.push(class);
    }

    /// The table of two classes, `orange` and `blue`.
    pub(super) fn two_classes(self, name: &str) -> Result<Table, DataError> {
        self.classes(name, vec!["orange".to_owned(), "blue".to_owned()])
    }

    /// The table of these classes.
    pub(super) fn classes(self, name: &str, levels: Vec<String>) -> Result<Table, DataError> {
        let codes = self.codes;
        let columns = vec![
            Column::new("x₁", Values::Number(self.x1)),
            Column::new("x₂", Values::Number(self.x2)),
            Column::new("class", Values::Category { levels, codes }),
        ];
        Table::new(name, columns)
    }
}

/// A table of values over the plane: points uniform in [−6, 6]², the value taken at a point
/// displaced by U(−6, 6)·ν per axis.
pub(super) fn values_over_plane(
    name: &str,
    settings: &SyntheticSettings,
    rng: &mut ChaCha8Rng,
    value: impl Fn(f64, f64) -> f64,
) -> Result<Table, DataError> {
    const RADIUS: f64 = 6.0;
    settings.check()?;
    let mut columns = [const { Vec::<f64>::new() }; 3];
    for _ in 0..settings.samples {
        let point = square(rng, RADIUS);
        let shift = square(rng, RADIUS * settings.noise);
        let y = value(point.0 + shift.0, point.1 + shift.1);
        for (column, number) in columns.iter_mut().zip([point.0, point.1, y]) {
            column.push(number);
        }
    }
    let names = ["x₁", "x₂", "y"];
    let columns = names.iter().zip(columns);
    let columns = columns.map(|(name, numbers)| Column::new(*name, Values::Number(numbers)));
    Table::new(name, columns.collect())
}

/// U(low, high).
pub(super) fn uniform(rng: &mut ChaCha8Rng, low: f64, high: f64) -> f64 {
    low + (high - low) * rng.random::<f64>()
}

/// Both coordinates U(−radius, radius).
pub(super) fn square(rng: &mut ChaCha8Rng, radius: f64) -> (f64, f64) {
    (uniform(rng, -radius, radius), uniform(rng, -radius, radius))
}

/// Both coordinates normal with mean 0.
pub(super) fn normal(rng: &mut ChaCha8Rng, deviation: f64) -> (f64, f64) {
    let (a, b): (f64, f64) = (rng.sample(StandardNormal), rng.sample(StandardNormal));
    (deviation * a, deviation * b)
}

/// The sum of two vectors.
pub(super) fn add(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    (a.0 + b.0, a.1 + b.1)
}
