//! What a method with a line search has of its own: where to go, and what to learn from having gone.
//!
//! Owns the [`Direction`] trait and the [`Step`] that it learns from. Knows neither the search along
//! the direction nor the step as a whole: that is [`LineMethod`](super::line_method::LineMethod).

use super::detail::Quantity;
use super::method::Settings;
use super::optimizer::{OptimizerError, OptimizerState};

/// The part that differs between methods with a line search.
pub(super) trait Direction: Send {
    /// The names of the vectors in a saved state.
    const MEMORY: &'static [&'static str];

    /// c₂ of the line search: the share of the slope that it may leave.
    const CURVATURE: f64;

    /// Takes over the settings.
    fn configure(&mut self, settings: &Settings);

    /// Writes the direction d for the gradient g. It need not lead downhill: that is checked.
    fn direction(&mut self, gradient: &[f32], direction: &mut [f32]);

    /// The length α to try first; `slope` is gᵀd.
    fn first_length(&self, gradient_norm: f64, slope: f64) -> f64;

    /// The change of the loss that is expected of the length α.
    fn predicted(&self, length: f64, slope: f64) -> f64 {
        length * slope
    }

    /// Learns from a step that was taken.
    fn learn(&mut self, step: &Step<'_>);

    /// Drops all that was learnt, so that the next direction is −g.
    fn forget(&mut self);

    /// Whether nothing is remembered.
    fn is_empty(&self) -> bool;

    /// Where the direction of this step came from, in a sentence.
    fn story(&self) -> String;

    /// What the method knows, in numbers.
    fn quantities(&self) -> Vec<Quantity>;

    /// The memory as named vectors, in the order of [`MEMORY`](Self::MEMORY).
    fn vectors(&self) -> Vec<Vec<f32>>;

    /// Replaces the memory by a saved one, after checking all of it.
    fn restore(&mut self, state: &OptimizerState, dimension: usize) -> Result<(), OptimizerError>;
}

/// A step that was taken, from θ to θ + s.
pub(super) struct Step<'a> {
    /// θ.
    pub from: &'a [f32],
    /// θ + s, as rounded.
    pub to: &'a [f32],
    /// d: s = α·d but for rounding.
    pub direction: &'a [f32],
    /// The gradient at θ.
    pub gradient_from: &'a [f32],
    /// The gradient at θ + s, on the same data.
    pub gradient_to: &'a [f32],
    /// α.
    pub length: f64,
    /// gᵀd at θ.
    pub slope: f64,
}
