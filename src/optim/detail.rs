//! What went on inside a step, told so that it can be shown: words, numbers, a picture.
//!
//! Owns [`StepDetail`] with its [`Quantity`]s and its [`Picture`], and [`Halt`], the reason for which
//! a method gives up. Every family fills in the same form, so the window needs to know none of
//! them.

use serde::{Deserialize, Serialize};

/// An account of one step.
#[derive(Debug, Clone, PartialEq)]
pub struct StepDetail {
    /// What happened, in one to three sentences with the numbers that mattered.
    pub story: String,
    /// What the method measured, the most telling first.
    pub quantities: Vec<Quantity>,
    /// Something to draw.
    pub picture: Picture,
}

/// A number with its meaning.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quantity {
    /// Its name with its symbol, for example “Damping λ”.
    pub name: &'static str,
    /// The number.
    pub value: f64,
    /// What it is and what it tells, in a sentence or two.
    pub help: &'static str,
}

/// What can be drawn of a step.
#[derive(Debug, Clone, PartialEq)]
pub enum Picture {
    /// Nothing but words and numbers.
    None,
    /// A search along a line: the loss at each step length tried.
    Line {
        /// Step length and loss, in the order they were tried.
        trials: Vec<(f64, f64)>,
        /// Loss at length 0.
        start: f64,
        /// Slope of the loss at length 0.
        slope: f64,
        /// The length taken; `None` if none was good enough.
        taken: Option<f64>,
    },
    /// The inner iterations of a linear solver: relative residual after each, from 1.
    Residuals {
        /// The solver's name.
        solver: &'static str,
        /// |r₀|/|b|, |r₁|/|b|, …
        relative: Vec<f64>,
        /// What ended it, in words.
        outcome: String,
    },
    /// Candidates around a centre, seen along the two parameters that are watched.
    Cloud {
        /// The two parameters, as places in the flat vector.
        watched: [usize; 2],
        /// Where the search stood before the step.
        centre: [f32; 2],
        /// What was tried.
        candidates: Vec<Candidate>,
        /// Where it stands after the step.
        moved_to: [f32; 2],
        /// Covariance of the candidates, as xx, xy, yy, for methods that have one.
        covariance: Option<[f64; 3]>,
    },
}

/// One try of a random search.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// Its values of the two watched parameters.
    pub at: [f32; 2],
    /// Its loss; infinite where there was none.
    pub loss: f32,
    /// Whether it was accepted, or is among those that the next step builds on.
    pub kept: bool,
}

/// Why a method cannot go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Halt {
    /// The kind of reason.
    pub kind: HaltKind,
    /// The reason with its numbers, and what to try, in words.
    pub why: String,
}

/// Kinds of reasons for which a method gives up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HaltKind {
    /// The gradient is as good as zero, or no candidate changes the loss.
    FlatLoss,
    /// No step along the direction makes the loss smaller, or steps have shrunk to nothing.
    NoProgress,
    /// The linear system of the step has no usable solution.
    Singular,
    /// The network is too large for the method.
    TooLarge,
}

impl HaltKind {
    /// Whether the method never got anywhere, rather than having come to an end.
    pub const fn is_failure(self) -> bool {
        matches!(self, Self::Singular | Self::TooLarge)
    }

    /// A few words for a person.
    pub const fn name(self) -> &'static str {
        match self {
            Self::FlatLoss => "the loss is flat here",
            Self::NoProgress => "no step helps",
            Self::Singular => "no usable step",
            Self::TooLarge => "network too large",
        }
    }

    /// The identifier in machine-readable output.
    pub const fn id(self) -> &'static str {
        match self {
            Self::FlatLoss => "flat_loss",
            Self::NoProgress => "no_progress",
            Self::Singular => "singular",
            Self::TooLarge => "too_large",
        }
    }
}
