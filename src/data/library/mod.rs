//! The library: real data sets that come with the program.
//!
//! A set is a folder under `datasets/` (the CSV and its SOURCE.txt), a file here that
//! describes it, and one line in the list.

mod auto_mpg;
mod concrete;
mod digits_8x8;
mod iris;
mod penguins;

use super::csv::{Loaded, read_csv};
use super::prepare::{Samples, TableChoice, prepare_table};
use super::{DataError, Split, Table, TaskKind};
use std::io::Cursor;
use std::ops::ControlFlow;

/// A real data set inside the program.
#[derive(Debug)]
pub struct LibrarySet {
    /// The name in files and on the command line.
    pub id: &'static str,
    /// The name on screen.
    pub name: &'static str,
    /// What it is, what it teaches, and its trap.
    pub summary: &'static str,
    /// The column to predict.
    pub target: &'static str,
    /// Columns that are no inputs: names of the rows, or answers in disguise.
    pub ignored: &'static [&'static str],
    /// Classes or a number.
    pub task: TaskKind,
    /// Under which licence it may be passed on.
    pub licence: &'static str,
    /// Who collected it, and where it was published.
    pub source: &'static str,
    /// The data: UTF-8, commas, one header line, empty cells are missing.
    pub csv: &'static str,
}

/// Every set, the easiest first.
pub static LIBRARY: &[&LibrarySet] =
    &[&penguins::SET, &iris::SET, &auto_mpg::SET, &concrete::SET, &digits_8x8::SET];

/// The set of that id.
pub fn library_set(id: &str) -> Option<&'static LibrarySet> {
    LIBRARY.iter().copied().find(|set| set.id == id)
}

impl LibrarySet {
    /// Reads the table, as any CSV file is read.
    ///
    /// # Errors
    /// None for the sets in [`LIBRARY`]; a test reads them all.
    pub fn load(&self) -> Result<Loaded, DataError> {
        read_csv(Cursor::new(self.csv), self.id, &|_| ControlFlow::Continue(()))
    }

    /// The choice that suits the set: its target, its task, all columns but the ignored ones.
    pub fn choice(&self, table: &Table) -> TableChoice {
        let input = |name: &String| name != self.target && !self.ignored.contains(&name.as_str());
        TableChoice {
            target: Some(self.target.to_owned()),
            inputs: Some(table.names().into_iter().filter(input).collect()),
            task: Some(self.task),
        }
    }

    /// Loads and encodes in one go.
    ///
    /// # Errors
    /// None for the sets in [`LIBRARY`].
    pub fn prepare(&self, split: &Split) -> Result<Samples, DataError> {
        let Loaded { table, mut notes } = self.load()?;
        let choice = self.choice(&table);
        let mut samples = prepare_table(table, &choice, split)?;
        notes.append(&mut samples.notes);
        samples.notes = notes;
        Ok(samples)
    }
}
