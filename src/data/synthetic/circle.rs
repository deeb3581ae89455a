//! A disc inside a ring.

use super::points::{BLUE, ORANGE, Points, add, square, uniform};
use super::{SetKind, SyntheticSet, SyntheticSettings};
use crate::data::{DataError, Table};
use rand_chacha::ChaCha8Rng;
use std::f64::consts::TAU;

/// The Playground's "circle".
pub(super) static SET: SyntheticSet = SyntheticSet {
    id: "circle",
    name: "Circle",
    summary: "A disc of one class inside a ring of the other. No straight line separates them: a network \
              needs at least three neurons in a hidden layer, or the inputs x₁² and x₂².",
    kind: SetKind::Classification,
    default_samples: 500,
    default_noise: 0.0,
    generate,
};

const RADIUS: f64 = 5.0;

/// Half the points at r ~ U(0, R/2), half at r ~ U(0.7 R, R), R = 5. The class is that of a
/// point displaced by U(−R, R)·ν per axis: noise changes labels, the points stay.
fn generate(settings: &SyntheticSettings, rng: &mut ChaCha8Rng) -> Result<Table, DataError> {
    let mut points = Points::begin(settings)?;
    let inside = settings.samples.div_ceil(2);
    for index in 0..settings.samples {
        let r = if index < inside {
            uniform(rng, 0.0, 0.5 * RADIUS)
        } else {
            uniform(rng, 0.7 * RADIUS, RADIUS)
        };
        let angle = uniform(rng, 0.0, TAU);
        let point = (r * angle.sin(), r * angle.cos());
        let seen = add(point, square(rng, RADIUS * settings.noise));
        let blue = seen.0.hypot(seen.1) < 0.5 * RADIUS;
        points.push(point, if blue { BLUE } else { ORANGE });
    }
    points.two_classes(SET.id)
}
