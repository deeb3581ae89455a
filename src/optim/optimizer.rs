//! The one trait that every training method implements, and what goes into and comes out of a step.
//!
//! Owns [`Optimizer`], [`StepContext`], [`StepReport`] and the [`OptimizerState`] that is saved with
//! a run. Knows no method in particular, no network and no schedule: the learning rate arrives
//! ready to use.

use std::collections::BTreeMap;

use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::method::Settings;
use super::objective::Objective;

/// A training method with its settings and its memory.
///
/// Built by [`Method::build`](super::method::Method::build) for a fixed number of parameters. A
/// caller repeats: point the objective at the next batch, call [`step`](Optimizer::step).
pub trait Optimizer: Send {
    /// Moves `parameters` once, in place, to make the objective smaller.
    ///
    /// `parameters` must have as many elements as the optimizer was built for.
    fn step(
        &mut self,
        objective: &mut dyn Objective,
        parameters: &mut [f32],
        context: &mut StepContext<'_>,
    ) -> StepReport;

    /// Takes new settings between two steps; the memory (momentum, averages, step count) stays.
    fn configure(&mut self, settings: &Settings);

    /// A copy of the memory, from which [`restore`](Optimizer::restore) continues bit for bit.
    fn state(&self) -> OptimizerState;

    /// Replaces the memory by a saved one. Settings are not part of the state.
    ///
    /// # Errors
    /// When the state belongs to another method or to another number of parameters; the memory is
    /// then left as it was.
    fn restore(&mut self, state: &OptimizerState) -> Result<(), OptimizerError>;
}

/// What the training loop gives to a step besides the objective and the parameters.
#[derive(Debug)]
pub struct StepContext<'a> {
    /// The learning rate of this step, the schedule already multiplied in.
    pub learning_rate: f32,
    /// Random numbers for methods that search at random; the others leave them untouched.
    pub rng: &'a mut ChaCha8Rng,
    /// Whether to report norms, which costs an extra pass over the vectors.
    pub observe: bool,
}

/// What a step did.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StepReport {
    /// The loss at the parameters *before* the step.
    pub loss: f32,
    /// Lengths of the gradient and of the step, when [`StepContext::observe`] asked for them.
    pub observed: Option<Observed>,
}

/// How long the vectors of one step were.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Observed {
    /// Euclidean length of the gradient before the step.
    pub gradient_norm: f32,
    /// Euclidean distance that the parameters moved.
    pub step_norm: f32,
}

/// The memory of a training method, in a form that can be saved.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct OptimizerState {
    /// Steps taken so far.
    pub step: u64,
    /// Named vectors, for example `velocity`; most have one element per parameter.
    pub vectors: BTreeMap<String, Vec<f32>>,
}

/// Why a saved state cannot be restored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OptimizerError {
    /// A vector that the method remembers is not in the state.
    #[error(
        "the saved optimizer state has no vector “{name}” (it holds: {found}); it was probably \
         saved by another optimizer, so choose that one or start with an empty memory"
    )]
    MissingVector {
        /// The vector looked for.
        name: String,
        /// The names present, separated by commas.
        found: String,
    },
    /// The state holds a vector that the method does not remember.
    #[error(
        "the saved optimizer state holds the vector “{name}”, which this optimizer does not use \
         (it uses: {expected}); choose the optimizer that saved it or start with an empty memory"
    )]
    UnknownVector {
        /// The vector found.
        name: String,
        /// The names this method uses, separated by commas.
        expected: String,
    },
    /// A vector has another length than the parameters ask for.
    #[error(
        "the vector “{name}” of the saved optimizer state has {found} elements where {expected} \
         are needed; it belongs to a network of another size, so start with an empty memory"
    )]
    WrongLength {
        /// The vector.
        name: String,
        /// The elements this optimizer needs.
        expected: usize,
        /// The elements in the state.
        found: usize,
    },
}
