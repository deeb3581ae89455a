//! A tilted plane.

use super::points::values_over_plane;
use super::{SetKind, SyntheticSet, SyntheticSettings};
use crate::data::{DataError, Table};
use rand_chacha::ChaCha8Rng;

/// The Playground's "plane".
pub(super) static SET: SyntheticSet = SyntheticSet {
    id: "plane",
    name: "Plane",
    summary: "A value that rises evenly from bottom left to top right. A network without hidden layers is enough.",
    kind: SetKind::Regression,
    default_samples: 1200,
    default_noise: 0.0,
    generate,
};

/// y = (x₁ + x₂)/10, x₁, x₂ ~ U(−6, 6), read at a point displaced by U(−6, 6)·ν per axis.
fn generate(settings: &SyntheticSettings, rng: &mut ChaCha8Rng) -> Result<Table, DataError> {
    values_over_plane(SET.id, settings, rng, |x1, x2| (x1 + x2) / 10.0)
}
