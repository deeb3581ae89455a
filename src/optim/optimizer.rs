//! The one trait that every training method implements, and what goes into and comes out of a step.
//!
//! Owns [`Optimizer`], [`StepContext`], [`StepReport`] and the [`OptimizerState`] that is saved with
//! a run. Knows no method in particular, no network and no schedule: the learning rate arrives
//! ready to use.

use std::collections::BTreeMap;

use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::detail::{Halt, StepDetail};
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

    /// How many numbers a step goes through for each parameter besides its value: what is remembered
    /// of it, and its gradient if it is written down. An estimate of the memory at work, no more.
    fn numbers(&self) -> usize {
        1
    }

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
    /// Whether the objective is the same function, to the last bit, as in the step before: the same
    /// rows in the same order, no dropout, the same penalties. What was measured where that step
    /// ended then still holds there, and a method need not measure it again. When in doubt
    /// `false`, which costs no more than that.
    pub same_objective: bool,
    /// Whether to report what went on inside, which costs an extra pass over the vectors.
    pub observe: bool,
    /// The two parameters over which an observed step draws its picture.
    pub watch: [usize; 2],
}

/// What a step did.
#[derive(Debug, Clone, PartialEq)]
pub struct StepReport {
    /// The loss at the parameters *before* the step.
    pub loss: f32,
    /// What was measured of the step, when [`StepContext::observe`] asked for it.
    pub observed: Option<Observed>,
    /// What went on inside the step, from methods that do more than follow the gradient; when
    /// [`StepContext::observe`] asked for it.
    pub detail: Option<Box<StepDetail>>,
    /// Why the method cannot go on. The parameters are then the best it has found.
    pub halt: Option<Box<Halt>>,
    /// The parameters that moved most, the farthest first. Filled in by the training loop, when the
    /// step is observed.
    pub moved: Vec<Moved>,
}

/// A parameter that a step has moved.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moved {
    /// Its place in the flat vector.
    pub parameter: usize,
    /// Its value before the step.
    pub from: f32,
    /// Its value after the step.
    pub to: f32,
}

impl StepReport {
    /// A step of which nothing is known but the loss before it.
    pub const fn plain(loss: f32) -> Self {
        Self { loss, observed: None, detail: None, halt: None, moved: Vec::new() }
    }

    /// A step that went nowhere, and why the method cannot go on.
    pub fn halted(loss: f32, halt: Halt) -> Self {
        Self { halt: Some(Box::new(halt)), ..Self::plain(loss) }
    }
}

/// How long the vectors of one step were, and what they promised.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Observed {
    /// Euclidean length of the gradient before the step; `None` for methods that use none.
    pub gradient_norm: Option<f32>,
    /// Euclidean distance that the parameters moved.
    pub step_norm: f32,
    /// The change of the loss that the method expected: g·Δ for first-order methods, with the
    /// curvature's part for methods that know it. `None` for methods that expect nothing.
    pub predicted_change: Option<f32>,
    /// The change of the loss that came, on the same batch. `None` until it was measured.
    pub actual_change: Option<f32>,
}

impl Observed {
    /// Of a method that looks whether a step pays before it takes it: `pays` has the change of the
    /// loss that it expected and the one that came, if it took one.
    pub(super) fn checked(gradient_norm: f64, step_norm: f64, pays: Option<[f64; 2]>) -> Self {
        Self {
            gradient_norm: Some(gradient_norm as f32),
            step_norm: step_norm as f32,
            predicted_change: pays.map(|[expected, _]| expected as f32),
            actual_change: pays.map(|[_, came]| came as f32),
        }
    }
}

/// The memory of a training method, in a form that can be saved.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct OptimizerState {
    /// Steps taken so far.
    pub step: u64,
    /// Named vectors, for example `velocity`; most have one element per parameter.
    pub vectors: BTreeMap<String, Vec<f32>>,
}

impl OptimizerState {
    /// Whether every number is one that a file can hold.
    pub fn is_finite(&self) -> bool {
        self.vectors.values().flatten().all(|value| value.is_finite())
    }
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
