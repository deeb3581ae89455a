//! What curves show of a run: the loss, the accuracy or R², on a linear or a logarithmic axis.
//!
//! Shared by the experiment's own curves and those of a race.

use egui_plot::{GridInput, GridMark};

use super::{chart, tick};
use crate::train::metrics::PartMetrics;
use crate::ui::format;
use crate::ui::view::CurveMetric;

/// The smallest loss a logarithmic axis shows.
const FLOOR: f64 = 1e-12;

/// What the curves show of one part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// The loss.
    Loss,
    /// Share of the rows whose class is right.
    Accuracy,
    /// Share of the variance that is explained.
    R2,
}

impl Measure {
    /// What is measured for this metric, in a classification or a regression.
    pub const fn of(metric: CurveMetric, classes: bool) -> Self {
        match metric {
            CurveMetric::Loss => Self::Loss,
            CurveMetric::Quality if classes => Self::Accuracy,
            CurveMetric::Quality => Self::R2,
        }
    }

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Loss => "Loss",
            Self::Accuracy => "Accuracy",
            Self::R2 => "R²",
        }
    }

    /// What it is and what to look for.
    pub const fn help(self) -> &'static str {
        match self {
            Self::Loss => {
                "What training makes small: the mean distance between the network's answers and \
                 the right ones, as the chosen loss function measures it. Watch the gap between \
                 the two curves: when the validation loss rises while the training loss falls, \
                 the network learns its rows by heart (overfitting)."
            }
            Self::Accuracy => {
                "Share of the rows whose likeliest class is the right one. It moves in steps, \
                 because a row is either right or wrong."
            }
            Self::R2 => {
                "Share of the target's variance that the network explains: \
                 R² = 1 − Σ(y − ŷ)² / Σ(y − ȳ)². 1 is perfect, 0 is no better than always \
                 answering the mean, below 0 is worse than that."
            }
        }
    }

    /// Its value; NaN where it was not measured.
    pub fn value(self, metrics: &PartMetrics) -> f64 {
        match self {
            Self::Loss => metrics.loss,
            Self::Accuracy => metrics.accuracy.unwrap_or(f64::NAN),
            Self::R2 => metrics.r2.unwrap_or(f64::NAN),
        }
    }

    /// The value as people read it.
    pub fn text(self, value: f64) -> String {
        match self {
            _ if !value.is_finite() => "–".to_owned(),
            Self::Accuracy => format::percent(value),
            Self::Loss | Self::R2 => format::number(value),
        }
    }

    /// The range of the vertical axis around the values that are drawn.
    pub fn range(self, values: impl Iterator<Item = f64>, log: bool) -> (f64, f64) {
        let (low, high) = chart::bounds(values);
        match self {
            Self::Loss if !log => (0.0, high),
            Self::Accuracy => (low.max(-0.01), 1.01),
            Self::Loss | Self::R2 => (low, high),
        }
    }
}

/// The place of a value on an axis that may be logarithmic.
pub fn scaled(value: f64, log: bool) -> f64 {
    if log { value.max(FLOOR).log10() } else { value }
}

/// Grid lines of a logarithmic axis, at powers of ten or between.
pub fn log_marks(input: &GridInput) -> Vec<GridMark> {
    let (low, high) = input.bounds;
    tick::log_ticks(low, high).into_iter().map(|value| GridMark { value, step_size: 1.0 }).collect()
}

/// The number at a place of a logarithmic axis.
pub fn log_label(exponent: f64) -> String {
    format::number(10_f64.powf(exponent))
}
