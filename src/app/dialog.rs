//! The questions and pages that lie over the window.

use std::path::PathBuf;

use crate::experiment::ExperimentSpec;

/// What lies over the window.
#[derive(Clone, Debug)]
pub enum Dialog {
    /// Unsaved work is about to be dropped.
    Unsaved {
        /// What was asked for.
        then: Pending,
    },
    /// A path is typed because no file dialog opened.
    Path {
        /// What the path is for.
        purpose: PathPurpose,
        /// What has been typed.
        text: String,
        /// Why it is typed: no dialog opened, or the last path was wrong.
        reason: Option<String>,
        /// What is done once the experiment is saved.
        then: Option<Pending>,
    },
    /// A file could not be opened or saved.
    Problem {
        /// What failed.
        title: String,
        /// Why, and what to do.
        message: String,
    },
    /// Work of a session that ended without being saved.
    Restore {
        /// The experiments found.
        found: Vec<Found>,
    },
    /// How to use the window.
    Help,
    /// What the keys do.
    Shortcuts,
    /// What the training methods do.
    Methods,
    /// What this program is.
    About,
}

/// An experiment found after a crash.
#[derive(Clone, Debug)]
pub struct Found {
    /// Where it was kept.
    pub path: PathBuf,
    /// The experiment.
    pub experiment: Box<ExperimentSpec>,
    /// Where it had been saved before, if it had.
    pub file: Option<PathBuf>,
}

/// What a typed path is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathPurpose {
    /// To open the file.
    Open,
    /// To open the linear system in it.
    System,
    /// To save the experiment there.
    Save,
}

/// What waits for the answer about unsaved work.
#[derive(Clone, Debug, PartialEq)]
pub enum Pending {
    /// A new experiment.
    New,
    /// The file dialog.
    Open,
    /// Opening this file.
    OpenPath(PathBuf),
    /// The end of the program.
    Quit,
}

/// What was answered.
#[derive(Clone, Debug)]
pub enum Answer {
    /// Nothing is done.
    Cancel,
    /// Save, then go on.
    Save(Pending),
    /// Go on without saving.
    Drop(Pending),
    /// Open this file.
    Open(PathBuf),
    /// Open the linear system in this file.
    OpenSystem(PathBuf),
    /// Save to this file, then go on.
    SaveTo(PathBuf, Option<Pending>),
    /// Take this experiment back up.
    Restore(Found),
    /// Forget what was found.
    Forget(Vec<Found>),
}
