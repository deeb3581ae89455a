//! Work that would hold up the window: file dialogs, reading tables, writing experiments.
//!
//! Each job runs on a thread of its own and sends one [`JobEvent`] when it is done.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use super::dialog::{PathPurpose, Pending};
use crate::data::{DataError, Samples};
use crate::experiment::prepare::prepare_samples;
use crate::experiment::{
    DataSpec, ExperimentFile, ExperimentSpec, FileError, PrepareError, TableStore,
};
use crate::insight::linear::SystemFile;
use crate::train::SavedRun;
use crate::train::worker::Waker;

/// What a job has to say.
#[derive(Debug)]
pub enum JobEvent {
    /// The file dialog was closed.
    Picked {
        /// What it was for.
        purpose: PathPurpose,
        /// What was chosen, if anything.
        path: Option<PathBuf>,
        /// Whether it closed faster than a person could have: there is no dialog service.
        at_once: bool,
        /// What was to be done after saving.
        then: Option<Pending>,
    },
    /// Rows are prepared.
    Samples {
        /// For this data part …
        data: DataSpec,
        /// … and this seed.
        seed: u64,
        /// The rows, or why there are none.
        result: Result<Arc<Samples>, PrepareError>,
        /// The document to take up with them: a file that was opened.
        opened: Option<Box<ExperimentSpec>>,
    },
    /// An experiment was written.
    Written {
        /// Where.
        path: PathBuf,
        /// The document that was written.
        spec: Arc<ExperimentSpec>,
        /// Whether it went well.
        result: Result<(), FileError>,
        /// What was to be done afterwards.
        then: Option<Pending>,
    },
    /// A linear system was read.
    System(Result<SystemFile, String>),
    /// A job died.
    Failed(String),
}

/// The jobs under way.
#[derive(Debug)]
pub struct Jobs {
    outbox: Sender<JobEvent>,
    inbox: Receiver<JobEvent>,
    waker: WakerBox,
    /// The document's own table.
    reading: Option<Reading>,
    /// A file that becomes the document's table once it has been read.
    opening: Option<Reading>,
}

/// A closure has no debug text of its own.
struct WakerBox(Waker);

impl std::fmt::Debug for WakerBox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Waker")
    }
}

/// A table being read and prepared.
#[derive(Debug)]
pub struct Reading {
    /// Its name.
    pub name: String,
    data: DataSpec,
    seed: u64,
    progress: Arc<AtomicU32>,
    cancelled: Arc<AtomicBool>,
}

impl Reading {
    /// The share that is done.
    pub fn progress(&self) -> f32 {
        f32::from_bits(self.progress.load(Ordering::Relaxed))
    }

    fn is_for(&self, data: &DataSpec, seed: u64) -> bool {
        self.data == *data && self.seed == seed
    }

    fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }
}

/// A dialog closed faster than this was never there.
const AT_ONCE: Duration = Duration::from_millis(700);

impl Jobs {
    /// No jobs yet.
    pub fn new(waker: Waker) -> Self {
        let (outbox, inbox) = channel();
        Self { outbox, inbox, waker: WakerBox(waker), reading: None, opening: None }
    }

    /// What jobs have said since the last call. A file that was given up is not heard of again.
    pub fn events(&mut self) -> Vec<JobEvent> {
        let mut events = Vec::new();
        for event in self.inbox.try_iter() {
            if let JobEvent::Samples { data, seed, opened, .. } = &event {
                let opens = opened.is_some();
                let slot = if opens { &mut self.opening } else { &mut self.reading };
                if slot.as_ref().is_some_and(|reading| reading.is_for(data, *seed)) {
                    *slot = None;
                } else if opens {
                    continue;
                }
            }
            events.push(event);
        }
        events
    }

    /// The table being read.
    pub const fn reading(&self) -> Option<&Reading> {
        match &self.opening {
            Some(opening) => Some(opening),
            None => self.reading.as_ref(),
        }
    }

    /// Gives up reading, as the person asked.
    pub fn cancel_reading(&mut self) {
        self.cancel_preparing();
        if let Some(opening) = self.opening.take() {
            opening.cancel();
        }
    }

    /// Gives up the document's own table: the document has another. A file that is being opened
    /// is read on.
    pub fn cancel_preparing(&mut self) {
        if let Some(reading) = self.reading.take() {
            reading.cancel();
        }
    }

    /// Reads and prepares a table: the document's own, or one that is `opened`. What was being
    /// read for the same purpose is given up.
    pub fn prepare(
        &mut self,
        tables: &Arc<TableStore>,
        data: DataSpec,
        seed: u64,
        opened: Option<Box<ExperimentSpec>>,
    ) {
        let slot = if opened.is_some() { &mut self.opening } else { &mut self.reading };
        if slot.as_ref().is_some_and(|reading| reading.is_for(&data, seed)) {
            return;
        }
        if let Some(before) = slot.take() {
            before.cancel();
        }
        let progress = Arc::new(AtomicU32::new(0));
        let cancelled = Arc::new(AtomicBool::new(false));
        *slot = Some(Reading {
            name: data.source.title(),
            data: data.clone(),
            seed,
            progress: Arc::clone(&progress),
            cancelled: Arc::clone(&cancelled),
        });
        let tables = Arc::clone(tables);
        let waker = Arc::clone(&self.waker.0);
        self.spawn("netsmith-table", move || {
            let report = |share: f32| {
                progress.store(share.to_bits(), Ordering::Relaxed);
                waker();
                if cancelled.load(Ordering::Relaxed) {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            };
            // A file that is opened once more may have changed.
            let read = match opened {
                Some(_) => tables.read_file_of(&data, &report),
                None => tables.load_file_of(&data, &report),
            };
            let result = read
                .map_err(PrepareError::from)
                .and_then(|()| prepare_samples(&data, seed, &tables))
                .map(Arc::new);
            JobEvent::Samples { data, seed, result, opened }
        });
    }

    /// Lets the person choose a file to open.
    pub fn pick_open(&self) {
        let dialog = rfd::AsyncFileDialog::new()
            .set_title("Open an experiment or a table")
            .add_filter("Experiments and tables", &["json", "csv", "tsv", "txt"])
            .add_filter("All files", &["*"])
            .pick_file();
        self.pick(PathPurpose::Open, None, dialog);
    }

    /// Lets the person choose the file of a linear system.
    pub fn pick_system(&self) {
        let dialog = rfd::AsyncFileDialog::new()
            .set_title("Open a matrix")
            .add_filter("Tables of numbers", &["csv", "tsv", "txt"])
            .add_filter("All files", &["*"])
            .pick_file();
        self.pick(PathPurpose::System, None, dialog);
    }

    /// Reads a linear system.
    pub fn read_system(&self, path: PathBuf) {
        self.spawn("netsmith-system", move || JobEvent::System(SystemFile::open(&path)));
    }

    /// Lets the person choose where to save.
    pub fn pick_save(&self, name: &str, then: Option<Pending>) {
        let dialog = rfd::AsyncFileDialog::new()
            .set_title("Save the experiment")
            .set_file_name(name)
            .add_filter("Netsmith experiment", &["json"])
            .save_file();
        self.pick(PathPurpose::Save, then, dialog);
    }

    fn pick(
        &self,
        purpose: PathPurpose,
        then: Option<Pending>,
        dialog: impl Future<Output = Option<rfd::FileHandle>> + Send + 'static,
    ) {
        let begin = Instant::now();
        self.spawn("netsmith-dialog", move || {
            let path = pollster::block_on(dialog).map(|file| file.path().to_owned());
            let at_once = begin.elapsed() < AT_ONCE;
            JobEvent::Picked { purpose, path, at_once, then }
        });
    }

    /// Writes an experiment.
    pub fn write(
        &self,
        path: PathBuf,
        spec: Arc<ExperimentSpec>,
        run: Option<SavedRun>,
        then: Option<Pending>,
    ) {
        self.spawn("netsmith-save", move || {
            let result = ExperimentFile::new(spec.as_ref().clone(), run).save(&path);
            JobEvent::Written { path, spec, result, then }
        });
    }

    fn spawn(&self, name: &str, job: impl FnOnce() -> JobEvent + Send + 'static) {
        let outbox = self.outbox.clone();
        let waker = Arc::clone(&self.waker.0);
        let started = std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            let event = std::panic::catch_unwind(std::panic::AssertUnwindSafe(job)).unwrap_or_else(
                |panic| JobEvent::Failed(crate::train::worker::panic_message(&*panic)),
            );
            // Nobody listens any more while the program ends.
            outbox.send(event).ok();
            waker();
        });
        if let Err(error) = started {
            self.outbox.send(JobEvent::Failed(error.to_string())).ok();
        }
    }
}

/// Whether a failure only means that the person gave up.
pub const fn is_cancelled(error: &PrepareError) -> bool {
    matches!(error, PrepareError::Data(DataError::Cancelled))
}
