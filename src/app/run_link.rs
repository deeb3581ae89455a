//! Keeps the run in line with the document.
//!
//! The document changes by edits, undo and opening files; the trainer must follow with the
//! smallest step that will do: other settings go on with the same weights, other layers keep the
//! weights that fit, other data begin anew.

use std::sync::Arc;

use super::job::JobEvent;
use super::netsmith::Netsmith;
use super::notice::Gravity;
use crate::data::{Encoder, InputKind, Samples, TargetEncoding};
use crate::experiment::check::check;
use crate::experiment::prepare::{output_for, prepare_samples};
use crate::experiment::{
    DataSource, DataSpec, ExperimentSpec, PrepareError, Prepared, Problem, TableOrigin, TableStore,
};
use crate::insight::worker::InsightJob;
use crate::insight::{Axis, InsightRequest, picture};
use crate::train::{SavedRun, Snapshot, TrainCommand};
use crate::ui::view::ResultTab;

/// Points along each axis of the map.
const FINEST_MAP: usize = 128;
/// At least so many points along each axis.
const COARSEST_MAP: usize = 32;
/// Multiplications that a map may take while the network trains: a few milliseconds.
const MAP_WORK: usize = 100_000_000;

/// What the run was last told, and what stands in its way.
#[derive(Debug, Default)]
pub struct RunLink {
    /// The tables read so far.
    pub(super) tables: Arc<TableStore>,
    /// The document that was last looked at.
    seen: Option<Arc<ExperimentSpec>>,
    /// The rows and what they were made from.
    samples: Option<(DataSpec, u64, Arc<Samples>)>,
    data_error: Option<String>,
    problems: Vec<Problem>,
    /// What the trainer has.
    prepared: Option<Prepared>,
    trainable: bool,
    /// A run to begin the next load with.
    pub(super) saved: Option<Box<SavedRun>>,
    /// The next change begins with fresh weights.
    pub(super) fresh: bool,
    look_back: Option<u64>,
    asked: Option<(u64, Option<u64>, InsightRequest)>,
}

impl RunLink {
    /// Whether the document can be trained as it is.
    pub const fn is_trainable(&self) -> bool {
        self.trainable
    }

    /// The rows.
    pub fn samples(&self) -> Option<&Arc<Samples>> {
        self.samples.as_ref().map(|(_, _, samples)| samples)
    }

    /// What keeps the document from being trained.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Why there are no rows.
    pub fn data_error(&self) -> Option<&str> {
        self.data_error.as_deref()
    }

    /// The epoch looked back at.
    pub const fn look_back(&self) -> Option<u64> {
        self.look_back
    }

    /// Looks back at an epoch.
    pub fn set_look_back(&mut self, epoch: Option<u64>) {
        self.look_back = epoch;
    }

    /// The weights that are shown.
    pub fn shown_parameters(&self, snapshot: Option<&Snapshot>) -> Option<Arc<[f32]>> {
        let snapshot = snapshot?;
        let checkpoint = self.look_back.and_then(|epoch| {
            snapshot.checkpoints.iter().min_by_key(|point| point.epoch.abs_diff(epoch))
        });
        Some(checkpoint.map_or_else(
            || Arc::clone(&snapshot.parameters),
            |checkpoint| Arc::clone(&checkpoint.parameters),
        ))
    }

    /// Forgets what the trainer has: the next document begins a new run.
    pub(super) fn begin_anew(&mut self) {
        self.prepared = None;
        self.look_back = None;
    }

    /// Other rows have come in under the same name: the run begins with fresh weights.
    pub(super) fn look_anew(&mut self) {
        self.seen = None;
        self.fresh = true;
    }

    fn has_samples_for(&self, spec: &ExperimentSpec) -> bool {
        self.samples
            .as_ref()
            .is_some_and(|(data, seed, _)| *data == spec.data && *seed == spec.seed)
    }
}

impl Netsmith {
    /// Looks at the document, if it has changed, and tells the trainer what to do.
    pub(super) fn synchronise(&mut self) {
        let spec = Arc::clone(self.history.spec());
        if self.link.seen.as_ref().is_some_and(|seen| Arc::ptr_eq(seen, &spec)) {
            return;
        }
        self.link.seen = Some(Arc::clone(&spec));
        if !self.link.has_samples_for(&spec) {
            self.prepare_data(&spec);
        }
        self.link_run(&spec);
    }

    /// Prepares the rows: points at once, files in the background.
    fn prepare_data(&mut self, spec: &ExperimentSpec) {
        self.link.data_error = None;
        let in_background = match &spec.data.source {
            DataSource::Table(table) => matches!(table.origin, TableOrigin::File { .. }),
            DataSource::Synthetic(_) | DataSource::Points(_) => false,
        };
        if in_background {
            self.jobs.prepare(&self.link.tables, spec.data.clone(), spec.seed, None);
            return;
        }
        self.jobs.cancel_preparing();
        let result = prepare_samples(&spec.data, spec.seed, &self.link.tables).map(Arc::new);
        self.take_samples(spec.data.clone(), spec.seed, result);
    }

    fn take_samples(
        &mut self,
        data: DataSpec,
        seed: u64,
        result: Result<Arc<Samples>, PrepareError>,
    ) {
        match result {
            Ok(samples) => {
                self.fit_view(&samples);
                self.link.samples = Some((data, seed, samples));
                self.link.data_error = None;
            }
            Err(error) => self.link.data_error = Some(error.to_string()),
        }
    }

    /// Rows have been prepared in the background.
    pub(super) fn samples_arrived(&mut self, event: JobEvent) {
        let JobEvent::Samples { data, seed, result, opened } = event else { return };
        if let Err(error) = &result
            && super::job::is_cancelled(error)
        {
            if opened.is_none() && self.spec().data == data {
                self.link.data_error = Some("Reading was cancelled. Undo, or open a file.".into());
            }
            return;
        }
        match (opened, result) {
            (Some(spec), Ok(samples)) => {
                self.take_samples(data, seed, Ok(samples));
                self.take_up_table(*spec);
            }
            (Some(spec), Err(error)) => self.table_failed(&spec, &error),
            (None, result) => {
                if self.spec().data == data && self.spec().seed == seed {
                    let usable = result.is_ok();
                    self.take_samples(data, seed, result);
                    // Data that cannot be used are not read again until the document changes.
                    if usable {
                        self.link.seen = None;
                        self.synchronise();
                    }
                }
            }
        }
    }

    fn link_run(&mut self, spec: &Arc<ExperimentSpec>) {
        let current = self.link.has_samples_for(spec);
        let samples = self.link.samples().filter(|_| current).cloned();
        let output = samples.as_ref().map(|samples| output_for(&samples.encoder.target));
        self.link.problems = check(spec, output);
        let Some(samples) = samples.filter(|_| self.link.problems.is_empty()) else {
            return self.stand_still();
        };
        let prepared = match Prepared::new(Arc::clone(spec), samples) {
            Ok(prepared) => prepared,
            Err(error) => {
                self.link.problems.push(Problem {
                    place: crate::experiment::Place::Canvas,
                    message: error.to_string(),
                    fix: None,
                });
                return self.stand_still();
            }
        };
        let step = self.step_for(&prepared);
        self.link.look_back = None;
        let prepared = self.with_shared_network(prepared);
        self.link.prepared = Some(prepared.clone());
        self.link.trainable = true;
        self.notices.mended();
        self.link.fresh = false;
        let boxed = Box::new(prepared);
        let saved = self.link.saved.take();
        self.tell(match step {
            Step::Load => TrainCommand::Load { prepared: boxed, saved },
            Step::Replace => TrainCommand::Replace(boxed),
            Step::Reconfigure => TrainCommand::Reconfigure(boxed),
        });
    }

    /// The document cannot be trained; the run waits with its weights until it can.
    fn stand_still(&mut self) {
        self.link.trainable = false;
        self.tell(TrainCommand::Pause);
    }

    /// The same layers are the same network: what was encoded for it serves on.
    fn with_shared_network(&self, mut prepared: Prepared) -> Prepared {
        if let Some(before) = &self.link.prepared
            && *before.network == *prepared.network
        {
            prepared.network = Arc::clone(&before.network);
        }
        prepared
    }

    fn step_for(&self, next: &Prepared) -> Step {
        let Some(before) = self.link.prepared.as_ref().filter(|_| !self.link.fresh) else {
            return Step::Load;
        };
        let weights = |prepared: &Prepared| {
            let network = &prepared.spec.network;
            (network.initialization, network.draw, prepared.spec.seed)
        };
        if !same_task(before, next) || weights(before) != weights(next) {
            return Step::Load;
        }
        let same_rows = Arc::ptr_eq(&before.samples, &next.samples);
        let same_layers = *before.network == *next.network && before.layer_ids == next.layer_ids;
        match (same_rows, same_layers) {
            (true, true) => Step::Reconfigure,
            (true, false) if !self.preferences.keep_weights && !same_weights(before, next) => {
                Step::Load
            }
            _ => Step::Replace,
        }
    }

    /// What the trainer has, as far as the document can be trained; otherwise says why not.
    pub(super) fn trainable(&mut self) -> Option<Prepared> {
        let prepared = self.link.prepared.clone().filter(|_| self.link.trainable);
        if prepared.is_none() {
            let reason = self.why_not_trainable();
            self.notices.show(Gravity::Warning, reason);
        }
        prepared
    }

    /// Why the document cannot be trained.
    pub(super) fn why_not_trainable(&self) -> String {
        self.link
            .problems
            .first()
            .map(|problem| problem.message.clone())
            .or_else(|| self.link.data_error.clone())
            .unwrap_or_else(|| "The data are still being read.".to_owned())
    }

    /// Sends a command; a trainer that is gone is said.
    pub(super) fn tell(&mut self, command: TrainCommand) {
        if !self.trainer.send(command) {
            let text = "The training thread has ended. Save your work and start Netsmith again.";
            self.notices.show(Gravity::Error, text);
        }
    }

    /// New columns: axes, held row and asked row start over where they no longer fit.
    fn fit_view(&mut self, samples: &Arc<Samples>) {
        let encoder = &samples.encoder;
        let same = self.link.samples().is_some_and(|before| {
            let names = |samples: &Samples| {
                samples.encoder.columns.iter().map(|c| c.name.clone()).collect::<Vec<_>>()
            };
            names(before) == names(samples) && before.encoder.target.task() == encoder.target.task()
        });
        if same {
            return;
        }
        if matches!(self.view.tab, ResultTab::Confusion | ResultTab::Fit | ResultTab::Residuals) {
            self.view.tab = ResultTab::Map;
        }
        let (x, y) = first_axes(encoder);
        self.view.x = x;
        self.view.y = y;
        if picture::shape(encoder).is_some() {
            // A map over two pixels says little; which digit is taken for which says much.
            self.view.tab = ResultTab::Confusion;
        }
        self.view.held_row = None;
        self.view.asked = None;
        self.view.brush = crate::ui::view::Brush::Ask;
    }

    /// Asks the insight thread about the latest weights, if they or the view have changed.
    pub(super) fn ask_insight(&mut self) {
        let Some(snapshot) = self.snapshot() else { return };
        let Some(parameters) = self.link.shown_parameters(Some(&snapshot)) else { return };
        let encoder = &snapshot.prepared.samples.encoder;
        let held = self
            .view
            .held_row
            .filter(|&row| (row as usize) < snapshot.prepared.samples.inputs.nrows())
            .map_or_else(
                || encoder.typical_row(),
                |row| encoder.row_of(&snapshot.prepared.samples.table, row as usize),
            );
        let y = self.view.y.filter(|&y| Axis::of(encoder, y).is_some());
        let request = InsightRequest {
            x: self.view.x.min(encoder.columns.len().saturating_sub(1)),
            y,
            held,
            resolution: if y.is_some() { self.resolution(&snapshot.prepared) } else { 256 },
            neuron_resolution: if y.is_some() { 24 } else { 48 },
            rows: true,
        };
        let key = (snapshot.number, self.link.look_back, request);
        if self.link.asked.as_ref() == Some(&key) {
            return;
        }
        self.insight.ask(InsightJob {
            snapshot: snapshot.number,
            prepared: snapshot.prepared.clone(),
            parameters,
            request: key.2.clone(),
            training: self.is_running(),
        });
        self.link.asked = Some(key);
    }

    /// Points along each axis of the map. While a large network trains, a coarser map leaves it the
    /// processor; once it pauses, the map is drawn in full.
    fn resolution(&self, prepared: &Prepared) -> usize {
        let work = |side: usize| side * side * prepared.network.parameter_count();
        let mut side = FINEST_MAP;
        while self.is_running() && side > COARSEST_MAP && work(side) > MAP_WORK {
            side /= 2;
        }
        side
    }

    /// Whether the latest look into the network is the one that was asked for last.
    pub fn has_latest_look(&self) -> bool {
        match (&self.link.asked, self.insight.latest()) {
            (Some((snapshot, _, request)), Some(frame)) => {
                frame.snapshot == *snapshot && frame.request == *request
            }
            _ => false,
        }
    }
}

/// The columns a map starts with: the first two numbers, or else the first two columns.
fn first_axes(encoder: &Encoder) -> (usize, Option<usize>) {
    let is_number = |column: &usize| {
        encoder.columns.get(*column).is_some_and(|c| matches!(c.kind, InputKind::Number { .. }))
    };
    let mut numbers = (0..encoder.columns.len()).filter(is_number);
    match (numbers.next(), numbers.next()) {
        (Some(x), Some(y)) => (x, Some(y)),
        _ => (0, (encoder.columns.len() > 1).then_some(1)),
    }
}

/// How the run follows the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// A new run.
    Load,
    /// The run goes on with other layers or rows.
    Replace,
    /// The run goes on with other settings.
    Reconfigure,
}

/// Whether the layers differ only in what has no weights: activations and dropout rates.
fn same_weights(before: &Prepared, next: &Prepared) -> bool {
    let sizes = |prepared: &Prepared| {
        let dense = prepared.network.dense_layers().map(|dense| (dense.inputs, dense.units));
        dense.collect::<Vec<_>>()
    };
    before.layer_ids == next.layer_ids && sizes(before) == sizes(next)
}

/// Whether what was learned is of use for the next rows: the same source and the same target.
fn same_task(before: &Prepared, next: &Prepared) -> bool {
    let source = match (&before.spec.data.source, &next.spec.data.source) {
        (DataSource::Synthetic(a), DataSource::Synthetic(b)) => {
            a.set == b.set && a.formula == b.formula
        }
        (DataSource::Table(a), DataSource::Table(b)) => a.origin == b.origin,
        // Painting on a set begins with all of its points.
        (DataSource::Points(_) | DataSource::Synthetic(_), DataSource::Points(_)) => true,
        _ => false,
    };
    // Mean and scale follow the rows; the target is the same by its name.
    let target = match (&before.samples.encoder.target, &next.samples.encoder.target) {
        (TargetEncoding::Number { name: a, .. }, TargetEncoding::Number { name: b, .. }) => a == b,
        (a, b) => a == b,
    };
    source && target
}
