//! Everything that can be wrong with data, as data.
//!
//! Each variant carries where it happened and what was found; its text says what
//! was expected, what was found, where, and what to do. Paths come last.

use super::note::{list, shorten};
use thiserror::Error;

/// Why data could not be read, generated, prepared or encoded.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum DataError {
    // ── Reading ──────────────────────────────────────────────────────────────
    /// There is no file at this path.
    #[error("There is no such file. Check its name and folder: {path}")]
    NotFound {
        /// The path that was asked for.
        path: String,
    },
    /// The path is a folder.
    #[error("A CSV file was expected, but this is a folder. Choose a file inside it: {path}")]
    IsDirectory {
        /// The path that was asked for.
        path: String,
    },
    /// The operating system refuses to open the file.
    #[error(
        "This file may not be read. Ask for permission to read it, or copy it somewhere else: {path}"
    )]
    PermissionDenied {
        /// The path that was asked for.
        path: String,
    },
    /// Reading failed half-way, for a reason the operating system gives.
    #[error("Reading stopped: {reason}. Try again, or copy the file to another disk: {name}")]
    Read {
        /// The file or table.
        name: String,
        /// The operating system's words.
        reason: String,
    },
    /// Nothing in it, or blank lines only.
    #[error("A table was expected, but the file is empty: {name}")]
    Empty {
        /// The file or table.
        name: String,
    },
    /// A header line and no data below it.
    #[error(
        "Rows were expected below the header, but line 1 is all there is ({columns} column names). Add at least two rows: {name}"
    )]
    HeaderOnly {
        /// The file or table.
        name: String,
        /// Number of names in the header.
        columns: usize,
    },
    /// The bytes are not text.
    #[error(
        "Text was expected, but {found}. Open it in the program that wrote it and save it as CSV (UTF-8): {name}"
    )]
    Binary {
        /// The file or table.
        name: String,
        /// What gave it away, e.g. "byte 17 is a control character".
        found: String,
    },
    /// No delimiter splits the lines.
    #[error("Columns separated by commas, semicolons, tabs or | were expected, but each line holds one value (line 1: “{}”). A network needs at least one input and one target column: {name}", shorten(.first_line))]
    OneColumn {
        /// The file or table.
        name: String,
        /// The first line as it stands.
        first_line: String,
    },
    /// A line has more or fewer fields than the first.
    #[error("Line {line} has {found} fields, the first line has {expected}. Look there for a missing or superfluous delimiter{}: {name}", if *.spans_lines { ", or for a quotation mark that is never closed (the row runs over several lines)" } else { ", or a value that should stand in quotation marks" })]
    FieldCount {
        /// The file or table.
        name: String,
        /// Line in the file, from 1.
        line: u64,
        /// Fields in the first line.
        expected: usize,
        /// Fields in this line.
        found: usize,
        /// The row runs over several lines, as after a forgotten quotation mark.
        spans_lines: bool,
    },
    /// A quotation mark opens a field that never ends.
    #[error(
        "The row on line {line} opens a quotation mark that is never closed. Close it or remove it: {name}"
    )]
    UnclosedQuote {
        /// The file or table.
        name: String,
        /// Line in the file, from 1.
        line: u64,
    },
    /// More cells than memory is meant to hold.
    #[error(
        "At most {limit} values fit; after {rows} rows of {columns} columns there were still more. Keep fewer rows or columns: {name}"
    )]
    TooLarge {
        /// The file or table.
        name: String,
        /// Rows read so far.
        rows: usize,
        /// Columns of the table.
        columns: usize,
        /// Largest number of cells.
        limit: usize,
    },
    /// The caller asked to stop.
    #[error("Reading was cancelled.")]
    Cancelled,

    // ── Tables ───────────────────────────────────────────────────────────────
    /// Columns of one table differ in length.
    #[error("Every column must have {expected} values, but “{column}” has {found}.")]
    UnequalColumns {
        /// The column that differs from the first.
        column: String,
        /// Length of the first column.
        expected: usize,
        /// Length of this column.
        found: usize,
    },
    /// A named column is not there.
    #[error("There is no column “{column}”. The columns are: {}.", list(.known))]
    UnknownColumn {
        /// The name that was asked for.
        column: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// A column holds another kind of value than the encoder was made for.
    #[error(
        "Column “{column}” should hold {expected}, but it holds {found}. Check that this is the right column, and mark missing values by an empty cell."
    )]
    ColumnKind {
        /// The column.
        column: String,
        /// What the encoder expects.
        expected: &'static str,
        /// What was found, with an example.
        found: String,
    },

    // ── Choosing what to learn ───────────────────────────────────────────────
    /// Too few rows to learn from and to test on.
    #[error("At least two rows with a known target are needed, one to learn from and one to test on; there {}.", if *.found == 1 { "is 1".to_owned() } else { format!("are {}", .found) })]
    TooFewRows {
        /// Usable rows.
        found: usize,
    },
    /// No column can be the target.
    #[error(
        "No column can serve as the target: a target must hold numbers or a few repeating words, and more than one value."
    )]
    NoTarget,
    /// The target is missing in every row.
    #[error("The target “{column}” is missing in every row. Choose another column.")]
    TargetMissing {
        /// The target column.
        column: String,
    },
    /// All rows belong to one class.
    #[error(
        "Every row has the same class, {column} = “{class}”: there is nothing to tell apart. Choose another target, or add rows of another class."
    )]
    OneClass {
        /// The target column.
        column: String,
        /// The only class.
        class: String,
    },
    /// The target is an identifier or free text.
    #[error(
        "The target “{column}” has {distinct} different texts in {rows} rows, so it names or describes the rows. Choose a column of numbers or of a few repeating words."
    )]
    TargetIsText {
        /// The target column.
        column: String,
        /// Different texts.
        distinct: usize,
        /// Rows of the table.
        rows: usize,
    },
    /// Regression needs numbers.
    #[error(
        "To predict a number, the target “{column}” must hold numbers, but it holds words such as “{example}”. Choose classification, or another target."
    )]
    TargetNotNumeric {
        /// The target column.
        column: String,
        /// One of its values.
        example: String,
    },
    /// Classification needs few values.
    #[error(
        "To classify, the target “{column}” may have at most {limit} different values, but it has {found}. Choose regression, or another target."
    )]
    TooManyClasses {
        /// The target column.
        column: String,
        /// Different values.
        found: usize,
        /// Largest number of classes.
        limit: usize,
    },
    /// No input column is left.
    #[error(
        "No column is left as an input beside the target “{target}”. Inputs must hold numbers or repeating words."
    )]
    NoInputs {
        /// The target column.
        target: String,
    },
    /// The columns of a point set are not points.
    #[error("Points need one or two columns of numbers and then the target; found {found}.")]
    NotPoints {
        /// What the table holds instead.
        found: String,
    },
    /// A network of point sets needs at least one feature.
    #[error("At least one input feature must be switched on.")]
    NoFeatures,
    /// A feature needs a second coordinate that a curve does not have.
    #[error("The feature {feature} needs two coordinates; a curve has only x. Switch it off.")]
    FeatureNeedsPlane {
        /// Name of the feature.
        feature: &'static str,
    },

    // ── Generating ───────────────────────────────────────────────────────────
    /// A setting of a synthetic set is out of its range.
    #[error("The setting “{setting}” must lie between {minimum} and {maximum}, but it is {found}.")]
    Setting {
        /// Name of the setting.
        setting: &'static str,
        /// Smallest value.
        minimum: f64,
        /// Largest value.
        maximum: f64,
        /// What was given.
        found: f64,
    },
    /// A typed formula cannot be read.
    #[error("Character {position} of the formula “{formula}”: {message}")]
    Formula {
        /// The formula as typed.
        formula: String,
        /// Where, counted in characters from 1.
        position: usize,
        /// What was expected and found, and what to do.
        message: String,
    },
    /// A formula has no value somewhere in its range.
    #[error(
        "The formula “{formula}” has no finite value at x = {x}. Choose one that is defined from x = {from} to {to}."
    )]
    FormulaValue {
        /// The formula as typed.
        formula: String,
        /// Where it fails.
        x: f64,
        /// Start of the range.
        from: f64,
        /// End of the range.
        to: f64,
    },
}
