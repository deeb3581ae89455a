//! The file format `.netsmith.json`: the document and, if wanted, its trained run.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::data_spec::{DataSource, TableOrigin};
use super::spec::{ExperimentSpec, VERSION};

/// How experiment files end.
pub const EXTENSION: &str = "netsmith.json";

/// What stands in a file: the document, and a run `R` where one was saved with it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExperimentFile<R> {
    /// Says that this is one of our files.
    pub format: String,
    /// The document.
    pub experiment: ExperimentSpec,
    /// Weights, curves and what else belongs to the run.
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    pub run: Option<R>,
}

/// The word in [`ExperimentFile::format`].
const FORMAT: &str = "netsmith";

/// Why a file cannot be opened or saved.
#[derive(Debug, Error)]
pub enum FileError {
    /// The system refused to read it.
    #[error("The experiment cannot be read: {source}. ({})", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The system refused to write it.
    #[error("The experiment cannot be saved: {source}. Choose another folder. ({})", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It is not one of our files, or is damaged.
    #[error(
        "This is not a Netsmith experiment: line {line}, column {column}: {message}. \
         Expected a file saved by Netsmith (.netsmith.json). ({})", path.display()
    )]
    Format {
        /// The file.
        path: PathBuf,
        /// Line of the fault, from 1.
        line: usize,
        /// Column of the fault, from 1.
        column: usize,
        /// What is wrong there.
        message: String,
    },
    /// It was written by a later version.
    #[error(
        "This experiment was saved by a newer Netsmith (format {found}, this program knows up to \
         {VERSION}). Open it with the newer program. ({})", path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// The format's version in it.
        found: u64,
    },
}

impl<R: Serialize + DeserializeOwned> ExperimentFile<R> {
    /// A file's contents.
    pub fn new(experiment: ExperimentSpec, run: Option<R>) -> Self {
        Self { format: FORMAT.to_owned(), experiment, run }
    }

    /// Opens a file. A CSV file that is no longer where the document says is looked for beside the
    /// experiment.
    ///
    /// # Errors
    /// [`FileError`]: cannot be read, is no experiment, is of a later version.
    pub fn open(path: &Path) -> Result<Self, FileError> {
        let text = fs::read_to_string(path)
            .map_err(|source| FileError::Read { path: path.to_owned(), source })?;
        let mut file = Self::parse(&text, path)?;
        find_table_beside(&mut file.experiment, path);
        Ok(file)
    }

    fn parse(text: &str, path: &Path) -> Result<Self, FileError> {
        let format_error = |error: &serde_json::Error| FileError::Format {
            path: path.to_owned(),
            line: error.line(),
            column: error.column(),
            message: without_position(&error.to_string()),
        };
        // A newer file may have fields this program does not know: its version is read first.
        let header: Header = serde_json::from_str(text).map_err(|error| format_error(&error))?;
        if header.format != FORMAT {
            return Err(FileError::Format {
                path: path.to_owned(),
                line: 1,
                column: 1,
                message: format!("the format is \"{}\", not \"{FORMAT}\"", header.format),
            });
        }
        if header.experiment.version > u64::from(VERSION) {
            return Err(FileError::Newer {
                path: path.to_owned(),
                found: header.experiment.version,
            });
        }
        serde_json::from_str(text).map_err(|error| format_error(&error))
    }

    /// Saves to a file. An earlier file stays whole until the new one is complete.
    ///
    /// # Errors
    /// [`FileError::Write`].
    pub fn save(&self, path: &Path) -> Result<(), FileError> {
        let write_error = |source| FileError::Write { path: path.to_owned(), source };
        let text = serde_json::to_string_pretty(self)
            .map_err(|error| write_error(std::io::Error::other(error)))?;
        let mut temporary = path.as_os_str().to_owned();
        temporary.push(".part");
        let temporary = PathBuf::from(temporary);
        let written = fs::File::create(&temporary)
            .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
            .and_then(|()| fs::rename(&temporary, path));
        written.map_err(|source| {
            // What was begun is of no use; that it cannot be removed changes nothing.
            fs::remove_file(&temporary).ok();
            write_error(source)
        })
    }
}

#[derive(Deserialize)]
struct Header {
    format: String,
    experiment: HeaderVersion,
}

#[derive(Deserialize)]
struct HeaderVersion {
    version: u64,
}

/// The position stands in the error already.
fn without_position(message: &str) -> String {
    message.split(" at line ").next().unwrap_or(message).to_owned()
}

fn find_table_beside(spec: &mut ExperimentSpec, experiment: &Path) {
    if let DataSource::Table(table) = &mut spec.data.source
        && let TableOrigin::File { path } = &mut table.origin
        && !path.exists()
        && let (Some(folder), Some(name)) = (experiment.parent(), path.file_name())
    {
        let beside = folder.join(name);
        if beside.exists() {
            *path = beside;
        }
    }
}

/// `name` with the ending of experiment files, once.
pub fn with_extension(path: PathBuf) -> PathBuf {
    let name = path.to_string_lossy();
    if name.ends_with(EXTENSION) {
        return path;
    }
    let stem = name.strip_suffix(".json").unwrap_or(&name);
    PathBuf::from(format!("{stem}.{EXTENSION}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    type File = ExperimentFile<Vec<f32>>;

    #[test]
    fn what_is_saved_is_opened_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mine.netsmith.json");
        let file = File::new(ExperimentSpec::default(), Some(vec![0.1, -2.5e-9, f32::MAX]));
        file.save(&path).unwrap();
        assert_eq!(File::open(&path).unwrap(), file);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    }

    #[test]
    fn a_newer_file_says_so() {
        let text = r#"{"format": "netsmith", "experiment": {"version": 99, "moon": 1}}"#;
        let error = File::parse(text, Path::new("x")).unwrap_err();
        assert!(matches!(error, FileError::Newer { found: 99, .. }), "{error}");
    }

    #[test]
    fn another_file_says_where_it_is_wrong() {
        let error = File::parse("{\n  \"format\": 3}", Path::new("x")).unwrap_err();
        assert!(error.to_string().contains("line 2"), "{error}");
        let error = File::parse("a,b\n1,2\n", Path::new("x")).unwrap_err();
        assert!(error.to_string().contains("not a Netsmith experiment"), "{error}");
    }

    #[test]
    fn the_ending_is_added_once() {
        let named = |name: &str| with_extension(PathBuf::from(name)).display().to_string();
        assert_eq!(named("a"), "a.netsmith.json");
        assert_eq!(named("a.json"), "a.netsmith.json");
        assert_eq!(named("a.netsmith.json"), "a.netsmith.json");
    }
}
