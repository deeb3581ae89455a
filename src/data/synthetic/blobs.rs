//! Two to six clouds, a class each.

use super::points::{Points, add, normal};
use super::{SetKind, SyntheticSet, SyntheticSettings};
use crate::data::{DataError, Table};
use rand_chacha::ChaCha8Rng;
use std::f64::consts::TAU;

/// Clouds on a circle.
pub(super) static SET: SyntheticSet = SyntheticSet {
    id: "blobs",
    name: "Blobs",
    summary: "Two to six clouds on a circle, each a class of its own: the set for more than two classes, \
              one output a class.",
    kind: SetKind::Classification,
    default_samples: 500,
    default_noise: 0.1,
    generate,
};

/// Class c of k is normal around 4 (sin a, cos a), a = 2π c/k, with deviation 0.5 + 3 ν.
fn generate(settings: &SyntheticSettings, rng: &mut ChaCha8Rng) -> Result<Table, DataError> {
    const RADIUS: f64 = 4.0;
    let mut points = Points::begin(settings)?;
    let deviation = 0.5 + 3.0 * settings.noise;
    for index in 0..settings.samples {
        let class = index % settings.classes;
        let angle = TAU * class as f64 / settings.classes as f64;
        let center = (RADIUS * angle.sin(), RADIUS * angle.cos());
        points.push(add(center, normal(rng, deviation)), class as u32);
    }
    if settings.classes == 2 {
        return points.two_classes(SET.id);
    }
    let names = (1..=settings.classes).map(|class| format!("class {class}"));
    points.classes(SET.id, names.collect())
}
