//! The curse of dimension in the window: methods tried on a network of one width, with a map each.
//!
//! Owns what is asked and answered and starts the computation; a [`trial`] itself is in
//! [`crate::train::dimension`].

use std::ops::ControlFlow;
use std::sync::Arc;

use super::netsmith::Netsmith;
use crate::experiment::{ExperimentSpec, Prepared, TrainingSpec};
use crate::insight::worker::{Insight, InsightJob};
use crate::insight::{InsightFrame, InsightRequest};
use crate::train::TrainCommand;
use crate::train::dimension::{Goal, Trial, trial, widened};

/// What is to be tried.
#[derive(Clone, Debug, PartialEq)]
pub struct GrowthRequest {
    /// Neurons in each hidden layer.
    pub width: usize,
    /// The methods with their settings.
    pub trainings: Vec<TrainingSpec>,
    /// What each may spend, in gradients over all training rows.
    pub budget: f64,
}

/// What came of it.
#[derive(Debug)]
pub struct Growth {
    /// What was asked.
    pub request: GrowthRequest,
    /// The experiment it was tried on.
    pub spec: Arc<ExperimentSpec>,
    /// For each method, what it achieved and what its network answers.
    pub trials: Vec<(Trial, InsightFrame)>,
}

impl Netsmith {
    pub(super) fn start_growth(&mut self, request: GrowthRequest) {
        let Some(prepared) = self.trainable() else { return };
        self.tell(TrainCommand::Pause);
        let look =
            InsightRequest { held: prepared.samples.encoder.typical_row(), ..self.racer_request() };
        self.growth.start(move |report| grow(&prepared, request, &look, report));
    }
}

fn grow(
    prepared: &Prepared,
    request: GrowthRequest,
    look: &InsightRequest,
    report: &dyn Fn(f32) -> ControlFlow<()>,
) -> Result<Option<Growth>, String> {
    let wide = widened(prepared, request.width).map_err(|error| error.to_string())?;
    let methods = request.trainings.len().max(1) as f32;
    let mut insight = Insight::default();
    let mut trials = Vec::new();
    for (index, training) in request.trainings.iter().enumerate() {
        let share = |done: f32| report((index as f32 + done) / methods);
        let (width, budget) = (request.width, request.budget);
        let done = trial(&wide, training.clone(), width, budget, Goal::Quality, &share)
            .map_err(|error| error.to_string())?;
        let Some(done) = done else { return Ok(None) };
        let frame = insight.answer(InsightJob {
            snapshot: index as u64,
            prepared: wide.clone(),
            parameters: Arc::clone(&done.weights),
            request: look.clone(),
            training: false,
        });
        trials.push((done, frame));
    }
    Ok(Some(Growth { request, spec: Arc::clone(&prepared.spec), trials }))
}
