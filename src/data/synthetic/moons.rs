//! Two half moons, one in the arms of the other.

use super::points::{BLUE, ORANGE, Points, add, normal, uniform};
use super::{SetKind, SyntheticSet, SyntheticSettings};
use crate::data::{DataError, Table};
use rand_chacha::ChaCha8Rng;
use std::f64::consts::PI;

/// Two half moons.
pub(super) static SET: SyntheticSet = SyntheticSet {
    id: "moons",
    name: "Moons",
    summary: "Two half moons that reach into each other. The border is one gentle S: two or three neurons draw it, \
              a straight line gets about 85 % right.",
    kind: SetKind::Classification,
    default_samples: 500,
    default_noise: 0.1,
    generate,
};

/// Half circles of radius 3 around (−1.5, −0.75), open below, and (1.5, 0.75), open above,
/// at angles U(0, π); each point is moved by a normal step of deviation 3 ν.
fn generate(settings: &SyntheticSettings, rng: &mut ChaCha8Rng) -> Result<Table, DataError> {
    const RADIUS: f64 = 3.0;
    let mut points = Points::begin(settings)?;
    let blue = settings.samples.div_ceil(2);
    for index in 0..settings.samples {
        let angle = uniform(rng, 0.0, PI);
        let (x1, x2) = (RADIUS * angle.cos(), RADIUS * angle.sin());
        let (point, class) = if index < blue {
            ((x1 - 1.5, x2 - 0.75), BLUE)
        } else {
            ((1.5 - x1, 0.75 - x2), ORANGE)
        };
        points.push(add(point, normal(rng, RADIUS * settings.noise)), class);
    }
    points.two_classes(SET.id)
}
