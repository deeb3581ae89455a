//! CSV files: read without questions, and without guessing in silence.
//!
//! Delimiter (`,` `;` tab `|`), quotes, encoding, header, decimal comma and the type of
//! each column are found out; what was guessed or changed is returned as notes.
//!
//! The file is never held in memory: its bytes stream through in pieces of 64 KiB and
//! only the columns grow. Two discoveries need the file once more from its start: bytes
//! that are not UTF-8 (then the encoding is guessed from all of them), and a column
//! that begins with numbers and goes on with words.

mod column;
mod dialect;
mod feed;
mod file;
mod header;
mod write;

use super::note::Note;
use super::{DataError, Table};
use file::CsvFile;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::ops::ControlFlow;
use std::path::Path;
pub use write::write_csv;

/// The most values of one table: 2 GB as numbers.
pub const MOST_CELLS: usize = 250_000_000;

/// A table and what there is to say about how it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// The table.
    pub table: Table,
    /// Guesses and repairs, in the order of the columns.
    pub notes: Vec<Note>,
}

/// Reads a CSV file. The table is named after the file.
///
/// `progress` is called with 0…1 about every 64 KiB; [`ControlFlow::Break`] cancels.
///
/// # Errors
/// [`DataError`] with the line and what to do, whenever the file cannot be opened or is
/// not a table of at least two columns and one row.
pub fn read_csv_file(
    path: &Path,
    progress: &dyn Fn(f32) -> ControlFlow<()>,
) -> Result<Loaded, DataError> {
    read_csv(open(path)?, &shown_name(path), progress)
}

/// Reads rows to predict from. As [`read_csv_file`], but one column is enough: a network may have
/// one input, and the answer need not be there.
///
/// # Errors
/// As [`read_csv_file`].
pub fn read_rows_file(
    path: &Path,
    progress: &dyn Fn(f32) -> ControlFlow<()>,
) -> Result<Loaded, DataError> {
    CsvFile::open(open(path)?, &shown_name(path), progress)?.allow_one_column().load()
}

fn open(path: &Path) -> Result<File, DataError> {
    let shown = path.display().to_string();
    let file = File::open(path).map_err(|error| open_error(&error, shown.clone()))?;
    if file.metadata().is_ok_and(|data| data.is_dir()) {
        return Err(DataError::IsDirectory { path: shown });
    }
    Ok(file)
}

fn shown_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

fn open_error(error: &io::Error, path: String) -> DataError {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => DataError::NotFound { path },
        io::ErrorKind::PermissionDenied => DataError::PermissionDenied { path },
        io::ErrorKind::IsADirectory => DataError::IsDirectory { path },
        _ => DataError::Read { name: path, reason: error.to_string() },
    }
}

/// Reads CSV from anything that can be read twice; wrap bytes in [`std::io::Cursor`].
///
/// ```
/// use netsmith::data::{Values, read_csv};
/// use std::{io::Cursor, ops::ControlFlow};
/// let text = "height;eye\n1,75;blue\n1,80;brown\n";
/// let loaded = read_csv(Cursor::new(text), "people", &|_| ControlFlow::Continue(()))?;
/// assert_eq!(loaded.table.columns[0].values, Values::Number(vec![1.75, 1.8]));
/// # Ok::<(), netsmith::data::DataError>(())
/// ```
///
/// # Errors
/// As [`read_csv_file`].
pub fn read_csv<R: Read + Seek>(
    source: R,
    name: &str,
    progress: &dyn Fn(f32) -> ControlFlow<()>,
) -> Result<Loaded, DataError> {
    CsvFile::open(source, name, progress)?.load()
}
