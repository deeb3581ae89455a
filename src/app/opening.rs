//! Opening and saving: experiments, tables, what was left by a crash. What is open stays as it is
//! until the new file has proved readable.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::autosave::Autosave;
use super::dialog::{Dialog, Found, PathPurpose, Pending};
use super::job::JobEvent;
use super::netsmith::Netsmith;
use super::notice::Gravity;
use crate::data::DataError;
use crate::experiment::data_spec::file_name;
use crate::experiment::file::{EXTENSION, with_extension};
use crate::experiment::{Edit, ExperimentFile, ExperimentSpec, FileError, History, PrepareError};
use crate::insight::linear::SystemFile;
use crate::train::{SavedRun, Status, TrainCommand, TrainEvent};
use crate::ui::view::Workbench;

impl Netsmith {
    /// Does what was asked for, after a question if unsaved work would be dropped.
    pub(super) fn open_with_question(&mut self, then: Pending) {
        // A table is taken up by an edit that can be undone: nothing is dropped.
        let drops = match &then {
            Pending::OpenPath(path) => is_experiment(path),
            Pending::Open => false,
            Pending::New | Pending::Quit => true,
        };
        if drops && self.history.is_unsaved() {
            self.dialog = Some(Dialog::Unsaved { then });
        } else {
            self.go_on(then);
        }
    }

    /// Does what was asked for, without a question.
    pub(super) fn go_on(&mut self, then: Pending) {
        match then {
            Pending::New => self.take_up(ExperimentSpec::default(), None, None),
            Pending::Open => self.jobs.pick_open(),
            Pending::OpenPath(path) => self.open_path(path),
            Pending::Quit => {
                self.forget_unsaved();
                self.close_requested = true;
            }
        }
    }

    /// Opens an experiment or a table.
    pub(super) fn open_path(&mut self, path: PathBuf) {
        let path = std::path::absolute(&path).unwrap_or(path);
        if is_experiment(&path) {
            match ExperimentFile::<SavedRun>::open(&path) {
                Ok(file) => {
                    self.preferences.remember(&path);
                    self.take_up(file.experiment, file.run, Some(path));
                }
                Err(error) => self.file_failed("The experiment was not opened", &error),
            }
            return;
        }
        let spec = ExperimentSpec::on_file(path);
        self.jobs.prepare(
            &self.link.tables,
            spec.data.clone(),
            spec.seed,
            Some(Box::new(spec.clone())),
        );
    }

    /// Begins with another document.
    fn take_up(&mut self, spec: ExperimentSpec, run: Option<SavedRun>, file: Option<PathBuf>) {
        self.history = History::new(spec);
        self.file = file;
        self.link.begin_anew();
        self.link.saved = run.map(Box::new);
        self.view = crate::ui::View::default();
        self.synchronise();
    }

    /// A table has been read: it becomes the data, with the settings that suit tables. This is an
    /// edit like any other, so Undo brings back what was open.
    pub(super) fn take_up_table(&mut self, spec: ExperimentSpec) {
        if let crate::experiment::DataSource::Table(table) = &spec.data.source
            && let crate::experiment::TableOrigin::File { path } = &table.origin
        {
            self.preferences.remember(&path.clone());
        }
        let name = spec.name.clone();
        self.gesture += 1;
        self.history.edit(Edit::Replace(Box::new(spec), "open table"), self.gesture);
        self.file = None;
        self.link.look_anew();
        self.synchronise();
        self.notices.show(
            Gravity::Information,
            format!("Opened {name} with a network for tables. Undo brings back what was open."),
        );
    }

    pub(super) fn table_failed(&mut self, spec: &ExperimentSpec, error: &PrepareError) {
        let unusable = matches!(
            error,
            PrepareError::Data(
                DataError::NoTarget
                    | DataError::OneClass { .. }
                    | DataError::NoInputs { .. }
                    | DataError::TooFewRows { .. }
                    | DataError::TargetMissing { .. }
            )
        );
        let title = if unusable {
            format!("{} holds nothing to learn from", spec.name)
        } else {
            format!("{} was not opened", spec.name)
        };
        self.dialog = Some(Dialog::Problem {
            title,
            message: format!("{error}\n\nThe experiment that is open stays as it is."),
        });
    }

    fn file_failed(&mut self, title: &str, error: &FileError) {
        self.dialog = Some(Dialog::Problem { title: title.to_owned(), message: error.to_string() });
    }

    /// Takes up work left by a crash.
    pub(super) fn restore(&mut self, found: Found) {
        self.take_up(*found.experiment.clone(), None, found.file.clone());
        self.history.mark_unsaved();
        // Kept anew before the old copy goes: at no time is there none.
        if let Some(autosave) = &mut self.autosave {
            autosave.keep(self.history.spec(), self.file.as_deref());
        }
        Autosave::forget(&[found]);
        self.notices.show(Gravity::Information, "Your unsaved experiment is back.");
    }

    /// Saves to the experiment's file, or asks where.
    pub(super) fn save(&mut self, then: Option<Pending>) {
        match self.file.clone() {
            Some(path) => self.save_to(path, then),
            None => self.save_as(then),
        }
    }

    /// Asks where to save.
    pub(super) fn save_as(&mut self, then: Option<Pending>) {
        let name = self
            .file
            .as_deref()
            .map_or_else(|| format!("{}.{EXTENSION}", safe_name(&self.spec().name)), file_name);
        self.jobs.pick_save(&name, then);
    }

    /// Saves to a file, with the trained weights.
    pub(super) fn save_to(&mut self, path: PathBuf, then: Option<Pending>) {
        self.saving = Some((with_extension(path), then));
        if self.link.is_trainable() {
            self.tell(TrainCommand::Save);
        } else {
            self.write(None);
        }
    }

    fn write(&mut self, run: Option<SavedRun>) {
        if let Some((path, then)) = self.saving.take() {
            self.jobs.write(path, Arc::clone(self.history.spec()), run, then);
        }
    }

    /// Takes what workers and jobs have sent.
    pub(super) fn take_events(&mut self) {
        for event in self.trainer.events() {
            match event {
                TrainEvent::Stopped(reason) => {
                    let gravity = match reason {
                        crate::train::StopReason::Diverged(_) => Gravity::Error,
                        _ => Gravity::Information,
                    };
                    self.notices.show_end(gravity, reason.to_string());
                }
                TrainEvent::Failed(text) => self.notices.show(Gravity::Error, text),
                TrainEvent::Saved(run) => self.write(run.map(|run| *run)),
            }
        }
        for failure in self.insight.failures() {
            self.notices.show(Gravity::Error, failure);
        }
        for event in self.jobs.events() {
            self.take_job_event(event);
        }
    }

    fn take_job_event(&mut self, event: JobEvent) {
        match event {
            JobEvent::Samples { .. } => self.samples_arrived(event),
            JobEvent::Picked { path: Some(path), purpose: PathPurpose::Open, .. } => {
                self.open_with_question(Pending::OpenPath(path));
            }
            JobEvent::Picked { path: Some(path), purpose: PathPurpose::System, .. } => {
                self.open_system(path);
            }
            JobEvent::System(read) => self.system_arrived(read),
            JobEvent::Picked { path: Some(path), purpose: PathPurpose::Save, then, .. } => {
                self.save_to(path, then);
            }
            JobEvent::Picked { path: None, purpose, at_once: true, then } => {
                self.ask_path(
                    purpose,
                    Some("This system offers no file dialog, so type the path.".to_owned()),
                    then,
                );
            }
            JobEvent::Picked { path: None, .. } => {}
            JobEvent::Written { path, spec, result, then } => match result {
                Ok(()) => self.written(path, &spec, then),
                Err(error) => self.file_failed("The experiment was not saved", &error),
            },
            JobEvent::Failed(text) => {
                self.notices.show(Gravity::Error, format!("Something went wrong: {text}"));
            }
        }
    }

    /// Lets the person type a path.
    pub(super) fn ask_path(
        &mut self,
        purpose: PathPurpose,
        reason: Option<String>,
        then: Option<Pending>,
    ) {
        let text = match purpose {
            PathPurpose::Open | PathPurpose::System => String::new(),
            PathPurpose::Save => self.file.as_ref().map_or_else(
                || {
                    let folder = directories::UserDirs::new()
                        .map_or_else(PathBuf::new, |folders| folders.home_dir().to_owned());
                    let name = format!("{}.{EXTENSION}", safe_name(&self.spec().name));
                    folder.join(name).display().to_string()
                },
                |path| path.display().to_string(),
            ),
        };
        self.dialog = Some(Dialog::Path { purpose, text, reason, then });
    }

    /// Reads a linear system for the page of Krylov methods, which is shown.
    pub(super) fn open_system(&mut self, path: PathBuf) {
        self.view.bench = Workbench::Krylov;
        let path = std::path::absolute(&path).unwrap_or(path);
        self.jobs.read_system(path);
    }

    /// A linear system has been read: the page takes it up. One that is none changes nothing.
    fn system_arrived(&mut self, read: Result<SystemFile, String>) {
        match read {
            Ok(file) => self.system = Some(Arc::new(file)),
            Err(error) => {
                self.dialog = Some(Dialog::Problem {
                    title: "The matrix was not opened".to_owned(),
                    message: format!("{error}\n\nThe page keeps the system it shows."),
                });
            }
        }
    }

    fn written(&mut self, path: PathBuf, spec: &Arc<ExperimentSpec>, then: Option<Pending>) {
        // Edits made while the file was being written are not in it.
        if Arc::ptr_eq(spec, self.history.spec()) {
            self.history.mark_saved();
        }
        self.preferences.remember(&path);
        self.notices.show(Gravity::Information, format!("Saved {}", file_name(&path)));
        self.file = Some(path);
        if let Some(then) = then {
            self.go_on(then);
        }
    }

    /// Whether the network is being trained.
    pub(super) fn is_running(&self) -> bool {
        self.snapshot().is_some_and(|snapshot| snapshot.status == Status::Running)
    }
}

/// Whether a file is an experiment rather than a table, by its ending.
pub(super) fn is_experiment(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"))
}

/// A name without what file systems do not take.
fn safe_name(name: &str) -> String {
    let name: String = name
        .trim_end_matches(".csv")
        .chars()
        .map(|c| if c.is_alphanumeric() || " -_.".contains(c) { c } else { '_' })
        .collect();
    let name = name.trim();
    if name.is_empty() { "experiment".to_owned() } else { name.to_owned() }
}
