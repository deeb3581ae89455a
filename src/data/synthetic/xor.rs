//! Four quadrants, opposite ones alike.

use super::points::{BLUE, ORANGE, Points, add, square};
use super::{SetKind, SyntheticSet, SyntheticSettings};
use crate::data::{DataError, Table};
use rand_chacha::ChaCha8Rng;

/// The Playground's "exclusive or".
pub(super) static SET: SyntheticSet = SyntheticSet {
    id: "xor",
    name: "Exclusive or",
    summary: "Opposite quadrants are alike: blue where both signs agree. The set on which networks without \
              a hidden layer fail; the input x₁x₂ solves it alone.",
    kind: SetKind::Classification,
    default_samples: 500,
    default_noise: 0.0,
    generate,
};

/// x₁, x₂ ~ U(−5, 5), pushed 0.3 away from the axes. The class is the sign of the product at a
/// point displaced by U(−5, 5)·ν per axis.
fn generate(settings: &SyntheticSettings, rng: &mut ChaCha8Rng) -> Result<Table, DataError> {
    const RADIUS: f64 = 5.0;
    const PADDING: f64 = 0.3;
    let push = |x: f64| if x > 0.0 { x + PADDING } else { x - PADDING };
    let mut points = Points::begin(settings)?;
    for _ in 0..settings.samples {
        let (x1, x2) = square(rng, RADIUS);
        let point = (push(x1), push(x2));
        let seen = add(point, square(rng, RADIUS * settings.noise));
        points.push(point, if seen.0 * seen.1 >= 0.0 { BLUE } else { ORANGE });
    }
    points.two_classes(SET.id)
}
