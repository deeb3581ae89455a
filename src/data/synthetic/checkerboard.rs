//! A board of four by four fields.

use super::points::{BLUE, ORANGE, Points, add, square};
use super::{SetKind, SyntheticSet, SyntheticSettings};
use crate::data::{DataError, Table};
use rand_chacha::ChaCha8Rng;

/// A checkerboard.
pub(super) static SET: SyntheticSet = SyntheticSet {
    id: "checkerboard",
    name: "Checkerboard",
    summary: "Sixteen fields in two colours: many corners, so it asks for many neurons and many points. \
              The inputs sin x₁ and sin x₂ help a great deal.",
    kind: SetKind::Classification,
    default_samples: 1000,
    default_noise: 0.0,
    generate,
};

/// Points uniform in [−6, 6]², fields of 3 × 3, blue where the field numbers add up to an even
/// number, read at a point displaced by U(−3, 3)·ν per axis.
fn generate(settings: &SyntheticSettings, rng: &mut ChaCha8Rng) -> Result<Table, DataError> {
    const FIELD: f64 = 3.0;
    let mut points = Points::begin(settings)?;
    for _ in 0..settings.samples {
        let point = square(rng, 2.0 * FIELD);
        let seen = add(point, square(rng, FIELD * settings.noise));
        let sum = (seen.0 / FIELD).floor() + (seen.1 / FIELD).floor();
        let blue = sum.rem_euclid(2.0) == 0.0;
        points.push(point, if blue { BLUE } else { ORANGE });
    }
    points.two_classes(SET.id)
}
