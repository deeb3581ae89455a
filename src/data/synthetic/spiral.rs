//! Two arms around each other.

use super::points::{BLUE, ORANGE, Points, add, square};
use super::{SetKind, SyntheticSet, SyntheticSettings};
use crate::data::{DataError, Table};
use rand_chacha::ChaCha8Rng;
use std::f64::consts::{PI, TAU};

/// The Playground's "spiral".
pub(super) static SET: SyntheticSet = SyntheticSet {
    id: "spiral",
    name: "Spiral",
    summary: "Two arms wound around each other: the hardest of the flat sets. It takes several layers, \
              or more inputs, and patience.",
    kind: SetKind::Classification,
    default_samples: 500,
    default_noise: 0.0,
    generate,
};

/// Arm of n points: r = 5 i/n, t = 1.75 · 2π · i/n + Δ with Δ = 0 (blue) or π (orange); the point is
/// (r sin t, r cos t) + U(−1, 1)·ν per axis.
fn generate(settings: &SyntheticSettings, rng: &mut ChaCha8Rng) -> Result<Table, DataError> {
    let mut points = Points::begin(settings)?;
    let blue = settings.samples.div_ceil(2);
    let arms = [(blue, 0.0, BLUE), (settings.samples - blue, PI, ORANGE)];
    for (n, start, class) in arms {
        for index in 0..n {
            let along = index as f64 / n as f64;
            let (r, t) = (5.0 * along, 1.75 * TAU * along + start);
            let point = (r * t.sin(), r * t.cos());
            points.push(add(point, square(rng, settings.noise)), class);
        }
    }
    points.two_classes(SET.id)
}
