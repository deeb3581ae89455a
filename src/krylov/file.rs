//! Reading a linear system from a file.
//!
//! Owns [`System::open`] and [`ReadError`]. What the text means is in [`system`](super::system).

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::matrix::MAX_DIMENSION;
use super::system::{System, SystemError};

/// A larger file holds more numbers than a matrix may have. In bytes.
const LARGEST: u64 = 200_000_000;

/// Why a file is no linear system. Each text ends with the path.
#[derive(Debug, Error)]
pub enum ReadError {
    /// There is no such file.
    #[error("There is no such file. Check its name and folder: {}", .0.display())]
    Missing(PathBuf),
    /// It is a folder.
    #[error("A CSV file was expected, but this is a folder. Choose a file inside it: {}", .0.display())]
    Folder(PathBuf),
    /// It is larger than any matrix that can be read.
    #[error(
        "A matrix of at most {MAX_DIMENSION} rows was expected, but the file is larger than any: {}",
        .0.display()
    )]
    TooLarge(PathBuf),
    /// The system does not let it be read.
    #[error("The file cannot be read ({reason}): {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: io::Error,
    },
    /// It holds a byte that is no text.
    #[error(
        "Numbers were expected, but line {line} holds a byte that is no text. Save the file as CSV \
         (UTF-8): {}",
        path.display()
    )]
    NotText {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// The text is no system.
    #[error("{error} The file: {}", path.display())]
    System {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        error: SystemError,
    },
}

impl System {
    /// Reads a system from a CSV file, as [`System::parse`] says.
    ///
    /// # Errors
    /// When the file cannot be read or is no system; the sentence names the place and the file.
    pub fn open(path: &Path) -> Result<Self, ReadError> {
        let text = read(path)?;
        Self::parse(&text).map_err(|error| ReadError::System { path: path.to_owned(), error })
    }
}

fn read(path: &Path) -> Result<String, ReadError> {
    let place = path.to_owned();
    let refused = |error: io::Error| match error.kind() {
        ErrorKind::NotFound => ReadError::Missing(place.clone()),
        _ => ReadError::Unreadable { path: place.clone(), reason: error },
    };
    let facts = fs::metadata(path).map_err(refused)?;
    if facts.is_dir() {
        return Err(ReadError::Folder(place));
    }
    if facts.len() > LARGEST {
        return Err(ReadError::TooLarge(place));
    }
    String::from_utf8(fs::read(path).map_err(refused)?).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = valid.split(|byte| *byte == b'\n').count();
        ReadError::NotText { path: place, line }
    })
}
