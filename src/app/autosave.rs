//! Unsaved work is kept beside the program, so that a crash loses nothing.
//!
//! Each running window has a file of its own and holds a lock beside it. A file whose lock nobody
//! holds was left by a window that died; the next one offers it back.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::dialog::Found;
use crate::experiment::{ExperimentFile, ExperimentSpec};

/// How long after an edit it is kept.
const DELAY: Duration = Duration::from_millis(800);
/// Highest number of windows that keep their work at the same time.
const SESSIONS: usize = 64;

/// What is kept beside the document: where it was saved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Origin {
    file: Option<PathBuf>,
}

/// Keeps one window's unsaved work.
#[derive(Debug)]
pub struct Autosave {
    folder: PathBuf,
    /// Where this window keeps its work, and the lock that says it lives.
    session: Option<(PathBuf, File)>,
    kept: Option<Arc<ExperimentSpec>>,
    due: Option<Instant>,
}

impl Autosave {
    /// Keeps work in `folder`, which is made if it is not there.
    pub fn new(folder: PathBuf) -> Self {
        let session = open_session(&folder);
        if session.is_none() {
            tracing::warn!("unsaved work cannot be kept in {}", folder.display());
        }
        Self { folder, session, kept: None, due: None }
    }

    /// The folder for this person on this system.
    pub fn standard_folder() -> Option<PathBuf> {
        directories::ProjectDirs::from("", "", "Netsmith")
            .map(|folders| folders.data_local_dir().join("unsaved"))
    }

    /// Work left by windows that died.
    pub fn find(&self) -> Vec<Found> {
        let mine = self.session.as_ref().map(|(path, _)| path.as_path());
        (0..SESSIONS)
            .map(|number| session_path(&self.folder, number))
            .filter(|path| Some(path.as_path()) != mine && path.exists())
            .filter(|path| lock(path).is_some())
            .filter_map(|path| {
                let file = ExperimentFile::<Origin>::open(&path).ok()?;
                let origin = file.run.and_then(|origin| origin.file);
                Some(Found { path, experiment: Box::new(file.experiment), file: origin })
            })
            .collect()
    }

    /// Forgets work that was found.
    pub fn forget(found: &[Found]) {
        for found in found {
            fs::remove_file(&found.path).ok();
        }
    }

    /// Says what the document is now; returns when to be called again.
    pub fn update(
        &mut self,
        spec: &Arc<ExperimentSpec>,
        unsaved: bool,
        file: Option<&Path>,
    ) -> Option<Duration> {
        if !unsaved {
            self.clear();
            self.kept = Some(Arc::clone(spec));
            return None;
        }
        if self.kept.as_ref().is_some_and(|kept| Arc::ptr_eq(kept, spec)) {
            return None;
        }
        let now = Instant::now();
        let due = *self.due.get_or_insert(now + DELAY);
        if now < due {
            return Some(due - now);
        }
        self.keep(spec, file);
        None
    }

    /// Keeps the document as it is now.
    pub fn keep(&mut self, spec: &Arc<ExperimentSpec>, file: Option<&Path>) {
        self.due = None;
        self.kept = Some(Arc::clone(spec));
        if let Some((path, _)) = &self.session {
            let origin = Origin { file: file.map(Path::to_owned) };
            let contents = ExperimentFile::new(spec.as_ref().clone(), Some(origin));
            if let Err(error) = contents.save(path) {
                tracing::warn!("unsaved work was not kept: {error}");
            }
        }
    }

    /// Forgets this window's work: it is saved, or was dropped on purpose.
    pub fn clear(&mut self) {
        self.due = None;
        self.kept = None;
        if let Some((path, _)) = &self.session
            && path.exists()
        {
            fs::remove_file(path).ok();
        }
    }
}

fn session_path(folder: &Path, number: usize) -> PathBuf {
    folder.join(format!("session-{number}.netsmith.json"))
}

/// The first session that no living window holds and no dead one has left work in.
fn open_session(folder: &Path) -> Option<(PathBuf, File)> {
    fs::create_dir_all(folder).ok()?;
    (0..SESSIONS).map(|number| session_path(folder, number)).find_map(|path| {
        if path.exists() {
            return None;
        }
        lock(&path).map(|lock| (path, lock))
    })
}

/// The session's lock, unless a living window holds it.
fn lock(session: &Path) -> Option<File> {
    let file = File::create(session.with_extension("lock")).ok()?;
    match file.try_lock() {
        Ok(()) => Some(file),
        Err(TryLockError::WouldBlock | TryLockError::Error(_)) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keep(autosave: &mut Autosave, spec: &Arc<ExperimentSpec>) {
        let wait = autosave.update(spec, true, None).expect("it waits a moment first");
        std::thread::sleep(wait);
        assert_eq!(autosave.update(spec, true, None), None);
    }

    #[test]
    fn work_of_a_dead_window_is_found_and_of_a_living_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let spec = Arc::new(ExperimentSpec::named("spiral").unwrap());
        let mut first = Autosave::new(folder.path().to_owned());
        keep(&mut first, &spec);
        let second = Autosave::new(folder.path().to_owned());
        assert!(second.find().is_empty(), "the first window lives");
        drop(first);
        let found = second.find();
        assert_eq!(found.len(), 1);
        assert_eq!(*found[0].experiment, *spec);
        Autosave::forget(&found);
        assert!(second.find().is_empty());
    }

    #[test]
    fn saved_work_is_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let spec = Arc::new(ExperimentSpec::default());
        let mut autosave = Autosave::new(folder.path().to_owned());
        keep(&mut autosave, &spec);
        autosave.update(&spec, false, None);
        drop(autosave);
        assert!(Autosave::new(folder.path().to_owned()).find().is_empty());
    }
}
