//! Six hills and hollows.

use super::points::values_over_plane;
use super::{SetKind, SyntheticSet, SyntheticSettings};
use crate::data::{DataError, Table};
use rand_chacha::ChaCha8Rng;

/// The Playground's "multi Gaussian".
pub(super) static SET: SyntheticSet = SyntheticSet {
    id: "multi_gauss",
    name: "Hills and hollows",
    summary: "Three hills and three hollows on flat ground. The network has to place a bump for each of them, \
              so it needs more than a few neurons.",
    kind: SetKind::Regression,
    default_samples: 1200,
    default_noise: 0.0,
    generate,
};

/// Centre and sign of every cone.
const CONES: [(f64, f64, f64); 6] = [
    (-4.0, 2.5, 1.0),
    (0.0, 2.5, -1.0),
    (4.0, 2.5, 1.0),
    (-4.0, -2.5, -1.0),
    (0.0, -2.5, 1.0),
    (4.0, -2.5, -1.0),
];

/// y = ± max(0, 1 − d/2) with d the distance from a centre; the cone of the largest magnitude wins.
fn height(x1: f64, x2: f64) -> f64 {
    let mut height = 0.0_f64;
    for (c1, c2, sign) in CONES {
        let cone = sign * (1.0 - (x1 - c1).hypot(x2 - c2) / 2.0).max(0.0);
        if cone.abs() > height.abs() {
            height = cone;
        }
    }
    height
}

fn generate(settings: &SyntheticSettings, rng: &mut ChaCha8Rng) -> Result<Table, DataError> {
    values_over_plane(SET.id, settings, rng, height)
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "these values are exact")]
mod tests {
    use super::height;

    #[test]
    fn cones_stand_where_they_should() {
        assert_eq!(height(-4.0, 2.5), 1.0);
        assert_eq!(height(0.0, 2.5), -1.0);
        assert_eq!(height(4.0, -1.5), -0.5);
        assert_eq!(height(0.0, 0.0), 0.0);
    }
}
