//! What panels see: the document, the run and what is known about both. Read-only; panels change
//! things by sending commands.

use std::path::Path;
use std::sync::Arc;

use crate::app::Race;
use crate::app::background::Background;
use crate::app::compare::RateSearch;
use crate::app::growth::Growth;
use crate::app::preferences::ThemeChoice;
use crate::data::{Cell, Samples, TargetEncoding};
use crate::experiment::{ExperimentSpec, History, Place, Problem};
use crate::insight::linear::SystemFile;
use crate::insight::{Ascent, InsightFrame, LinearStudy};
use crate::nn::OutputActivation;
use crate::train::{Snapshot, Status};

/// Everything a panel may look at.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// The document.
    pub spec: &'a ExperimentSpec,
    /// Its past and future.
    pub history: &'a History,
    /// The rows, once they are prepared. They may belong to the document a moment ago, while new
    /// ones are being prepared.
    pub samples: Option<&'a Arc<Samples>>,
    /// What keeps the document from being trained.
    pub problems: &'a [Problem],
    /// Why there are no rows: a file that cannot be read, a target that does not exist.
    pub data_error: Option<&'a str>,
    /// The run; `None` while the document cannot be trained.
    pub snapshot: Option<&'a Snapshot>,
    /// The weights that are shown: the latest, or those of the epoch looked back at.
    pub parameters: Option<&'a [f32]>,
    /// The epoch looked back at.
    pub look_back: Option<u64>,
    /// The latest look into the network. It may be a moment older than the snapshot.
    pub insight: Option<&'a InsightFrame>,
    /// A file being read: its name and the share that is done.
    pub loading: Option<(&'a str, f32)>,
    /// Where the experiment was saved.
    pub file: Option<&'a Path>,
    /// Files opened lately.
    pub recent: &'a [std::path::PathBuf],
    /// The watching speed, 0 to 1.
    pub speed: f32,
    /// Whether everything is drawn large.
    pub presentation: bool,
    /// Which colours were chosen.
    pub theme: ThemeChoice,
    /// Whether a change of the architecture keeps the weights that still fit.
    pub keep_weights: bool,
    /// The race between methods, if there is one.
    pub race: Option<&'a Race>,
    /// The last climb to the input that excites a neuron most.
    pub ascent: Option<&'a Ascent>,
    /// The learning-rate range test.
    pub range_test: &'a Background<RateSearch>,
    /// Methods tried on networks of other widths.
    pub growth: &'a Background<Growth>,
    /// The linear system under study, on the page of Krylov methods.
    pub study: &'a Background<LinearStudy>,
    /// The linear system that was opened last, for the same page.
    pub system: Option<&'a Arc<SystemFile>>,
}

impl Scene<'_> {
    /// Whether the network is being trained.
    pub fn is_running(&self) -> bool {
        self.snapshot.is_some_and(|snapshot| snapshot.status == Status::Running)
    }

    /// Whether Train can be pressed.
    pub fn can_train(&self) -> bool {
        self.snapshot.is_some()
    }

    /// The first reason why Train cannot be pressed.
    pub fn obstacle(&self) -> Option<&str> {
        if self.can_train() {
            return None;
        }
        self.problems
            .first()
            .map(|problem| problem.message.as_str())
            .or(self.data_error)
            .or(self.loading.map(|_| "The file is still being read."))
    }

    /// Problems to be shown at one place.
    pub fn problems_at(&self, place: Place) -> impl Iterator<Item = &Problem> {
        self.problems.iter().filter(move |problem| problem.place == place)
    }

    /// The output layer's activation, as the task asks.
    pub fn output(&self) -> Option<OutputActivation> {
        self.samples.map(|samples| crate::experiment::prepare::output_for(&samples.encoder.target))
    }

    /// The classes, where the task is a classification.
    pub fn classes(&self) -> Option<&[String]> {
        match &self.samples?.encoder.target {
            TargetEncoding::Classes { classes, .. } => Some(classes),
            TargetEncoding::Number { .. } => None,
        }
    }

    /// Whether the rows are points on a plane (or a line) rather than a table's rows.
    pub fn is_points(&self) -> bool {
        self.spec.data.source.features().is_some()
    }

    /// The values of the columns that are not on an axis: of the chosen row, or typical ones.
    pub fn held_cells(&self, row: Option<u32>) -> Vec<Cell> {
        let Some(samples) = self.samples else { return Vec::new() };
        row.filter(|&row| (row as usize) < samples.inputs.nrows()).map_or_else(
            || samples.encoder.typical_row(),
            |row| samples.encoder.row_of(&samples.table, row as usize),
        )
    }
}
