//! Three rings, the colours taking turns.

use super::points::{BLUE, ORANGE, Points, add, normal, uniform};
use super::{SetKind, SyntheticSet, SyntheticSettings};
use crate::data::{DataError, Table};
use rand_chacha::ChaCha8Rng;
use std::f64::consts::TAU;

/// Three concentric rings.
pub(super) static SET: SyntheticSet = SyntheticSet {
    id: "rings",
    name: "Rings",
    summary: "Three rings around one another, orange, blue, orange. Like the circle with one turn more: \
              even the inputs x₁² and x₂² need a hidden layer now.",
    kind: SetKind::Classification,
    default_samples: 500,
    default_noise: 0.0,
    generate,
};

/// Rings at r = 1, 3 and 5, 0.6 wide; the middle one is blue and gets half the points. Each
/// point is moved by a normal step of deviation ν.
fn generate(settings: &SyntheticSettings, rng: &mut ChaCha8Rng) -> Result<Table, DataError> {
    let mut points = Points::begin(settings)?;
    for index in 0..settings.samples {
        // Per six points one inside, three in the middle and two outside: every ring is
        // about equally dense.
        let (radius, class) = match index % 6 {
            0 => (1.0, ORANGE),
            1 | 3 | 5 => (3.0, BLUE),
            _ => (5.0, ORANGE),
        };
        let r = radius + uniform(rng, -0.3, 0.3);
        let angle = uniform(rng, 0.0, TAU);
        let point = (r * angle.sin(), r * angle.cos());
        points.push(add(point, normal(rng, settings.noise)), class);
    }
    points.two_classes(SET.id)
}
