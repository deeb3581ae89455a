//! Input features of point sets: what a network may see of a point (x₁, x₂).
//!
//! The seven of the TensorFlow Playground, by the same names, and like there they are
//! not normalised. A curve y = f(x) uses those that need only x₁ = x.

use serde::{Deserialize, Serialize};

/// A number derived from the coordinates of a point.
///
/// ```
/// use netsmith::data::Feature;
/// assert_eq!(Feature::from_id("x1_x2"), Some(Feature::X1X2));
/// assert_eq!(Feature::X1X2.value(3.0, -2.0), -6.0);
/// assert_eq!(Feature::X1Squared.name(), "x₁²");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Feature {
    /// x₁.
    X1,
    /// x₂.
    X2,
    /// x₁².
    X1Squared,
    /// x₂².
    X2Squared,
    /// x₁·x₂.
    X1X2,
    /// sin x₁.
    SinX1,
    /// sin x₂.
    SinX2,
}

impl Feature {
    /// Every feature, in the order in which they are offered.
    pub const ALL: &[Self] = &[
        Self::X1,
        Self::X2,
        Self::X1Squared,
        Self::X2Squared,
        Self::X1X2,
        Self::SinX1,
        Self::SinX2,
    ];

    /// The name in files and on the command line.
    pub fn id(self) -> &'static str {
        match self {
            Self::X1 => "x1",
            Self::X2 => "x2",
            Self::X1Squared => "x1_squared",
            Self::X2Squared => "x2_squared",
            Self::X1X2 => "x1_x2",
            Self::SinX1 => "sin_x1",
            Self::SinX2 => "sin_x2",
        }
    }

    /// The feature of that id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|feature| feature.id() == id)
    }

    /// The name on screen.
    pub fn name(self) -> &'static str {
        match self {
            Self::X1 => "x₁",
            Self::X2 => "x₂",
            Self::X1Squared => "x₁²",
            Self::X2Squared => "x₂²",
            Self::X1X2 => "x₁x₂",
            Self::SinX1 => "sin x₁",
            Self::SinX2 => "sin x₂",
        }
    }

    /// What it lets a network do, in one sentence.
    pub fn summary(self) -> &'static str {
        match self {
            Self::X1 => "The horizontal position.",
            Self::X2 => "The vertical position.",
            Self::X1Squared => {
                "Large far to the left and far to the right: with x₂² it makes circles easy."
            }
            Self::X2Squared => {
                "Large at the top and at the bottom: with x₁² it makes circles easy."
            }
            Self::X1X2 => "Positive where both signs agree: it solves the XOR set on its own.",
            Self::SinX1 => "Waves from left to right.",
            Self::SinX2 => "Waves from bottom to top.",
        }
    }

    /// Whether it reads x₂, which a curve does not have.
    pub fn needs_plane(self) -> bool {
        matches!(self, Self::X2 | Self::X2Squared | Self::X1X2 | Self::SinX2)
    }

    /// The feature of a point.
    pub fn value(self, x1: f32, x2: f32) -> f32 {
        match self {
            Self::X1 => x1,
            Self::X2 => x2,
            Self::X1Squared => x1 * x1,
            Self::X2Squared => x2 * x2,
            Self::X1X2 => x1 * x2,
            Self::SinX1 => x1.sin(),
            Self::SinX2 => x2.sin(),
        }
    }
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "these values are exact")]
mod tests {
    use super::*;

    #[test]
    fn ids_are_the_ones_in_files() {
        for &feature in Feature::ALL {
            assert_eq!(Feature::from_id(feature.id()), Some(feature));
            let json = serde_json::to_string(&feature).unwrap();
            assert_eq!(json, format!("\"{}\"", feature.id()));
        }
    }
}
