//! Two clouds.

use super::points::{BLUE, ORANGE, Points, add, normal};
use super::{SetKind, SyntheticSet, SyntheticSettings};
use crate::data::{DataError, Table};
use rand_chacha::ChaCha8Rng;

/// The Playground's "Gaussian".
pub(super) static SET: SyntheticSet = SyntheticSet {
    id: "gauss",
    name: "Two clouds",
    summary: "Two round clouds. The easiest set: one neuron draws the line between them. With noise they \
              overlap, and no network can be right everywhere.",
    kind: SetKind::Classification,
    default_samples: 500,
    default_noise: 0.0,
    generate,
};

/// Normal around (2, 2) → blue and (−2, −2) → orange; the variance rises linearly from 0.5
/// at ν = 0 to 4 at ν = 0.5.
fn generate(settings: &SyntheticSettings, rng: &mut ChaCha8Rng) -> Result<Table, DataError> {
    let mut points = Points::begin(settings)?;
    let deviation = (0.5 + 7.0 * settings.noise).sqrt();
    let blue = settings.samples.div_ceil(2);
    for index in 0..settings.samples {
        let (center, class) =
            if index < blue { ((2.0, 2.0), BLUE) } else { ((-2.0, -2.0), ORANGE) };
        points.push(add(center, normal(rng, deviation)), class);
    }
    points.two_classes(SET.id)
}
