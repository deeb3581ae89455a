//! From table rows to network inputs and back: everything becomes numbers here.
//!
//! An [`Encoder`] is made from the training part (see [`prepare_table`](super::prepare_table)
//! and [`prepare_points`](super::prepare_points)) and saved with the trained network, so
//! that new rows are encoded exactly as the old ones were. It knows tables and numbers,
//! no networks.

mod input;
mod target;

use super::note::{Note, count, short_number, shorten};
use super::table::{Cell, Column, Table, Values};
use super::{DataError, Feature};
pub(super) use input::mean_and_scale;
pub use input::{InputColumn, InputKind};
use ndarray::Array2;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::ops::Range;
pub use target::{Prediction, TargetEncoding, TaskKind};

/// How the rows of a table become the inputs of a network, and its outputs answers.
///
/// ```
/// use netsmith::data::{Cell, Split, library_set};
/// let samples = library_set("penguins").ok_or("not there")?.prepare(&Split::default())?;
/// let encoder = &samples.encoder;
/// let mut inputs = vec![0.0; encoder.width()];
/// encoder.encode_row(&encoder.typical_row(), &mut inputs);
/// assert_eq!(encoder.input_names()[0], "island = Biscoe");
/// assert_eq!(inputs[0], 1.0, "most penguins of the set live there");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Encoder {
    /// The columns that a person fills in, in order.
    pub columns: Vec<InputColumn>,
    /// For point sets: what the network sees instead of the columns themselves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub features: Vec<Feature>,
    /// The column to predict.
    pub target: TargetEncoding,
}

impl Encoder {
    /// Number of network inputs.
    pub fn width(&self) -> usize {
        if self.features.is_empty() {
            self.columns.iter().map(InputColumn::width).sum()
        } else {
            self.features.len()
        }
    }

    /// A name for each network input.
    pub fn input_names(&self) -> Vec<String> {
        if self.features.is_empty() {
            self.columns.iter().flat_map(InputColumn::input_names).collect()
        } else if let [column] = self.columns.as_slice() {
            // A curve has one coordinate; it is called x, not x₁.
            let named = |feature: &Feature| feature.name().replace("x₁", &column.name);
            self.features.iter().map(named).collect()
        } else {
            self.features.iter().map(|f| f.name().to_owned()).collect()
        }
    }

    /// The network inputs that one column fills. For point sets every column feeds all of them.
    pub fn inputs_of(&self, column: usize) -> Range<usize> {
        if !self.features.is_empty() {
            return 0..self.features.len();
        }
        let start = self.columns.iter().take(column).map(InputColumn::width).sum();
        let width = self.columns.get(column).map_or(0, InputColumn::width);
        start..start + width
    }

    /// Writes the inputs of one row: `cells` one a column, `out` [`width`](Self::width)
    /// numbers. Cells that are not there count as missing. Allocates nothing, so a map can
    /// call it for every pixel.
    pub fn encode_row(&self, cells: &[Cell], out: &mut [f32]) {
        let cell = |index: usize| cells.get(index).unwrap_or(&Cell::Missing);
        if self.features.is_empty() {
            let mut rest = out;
            for (index, column) in self.columns.iter().enumerate() {
                let width = column.width().min(rest.len());
                let (here, after) = rest.split_at_mut(width);
                column.encode(cell(index), here);
                rest = after;
            }
        } else {
            let x1 = cell(0).as_number().unwrap_or(0.0) as f32;
            let x2 = cell(1).as_number().unwrap_or(0.0) as f32;
            for (feature, slot) in self.features.iter().zip(out) {
                *slot = feature.value(x1, x2);
            }
        }
    }

    /// The inputs of every row of a table, `[rows, width]`, with what had to be filled or
    /// was never seen in training. Columns are found by name; others are not looked at.
    ///
    /// # Errors
    /// [`DataError::UnknownColumn`] when one is not there, [`DataError::ColumnKind`] when
    /// it holds words instead of numbers.
    pub fn encode_table(&self, table: &Table) -> Result<(Array2<f32>, Vec<Note>), DataError> {
        let width = self.width();
        let mut inputs = Array2::zeros((table.rows(), width));
        let mut notes = Vec::new();
        let Some(flat) = inputs.as_slice_mut() else {
            return Ok((inputs, notes));
        };
        if !self.features.is_empty() {
            self.encode_points(table, flat)?;
            return Ok((inputs, notes));
        }
        let mut start = 0;
        for input in &self.columns {
            let column = table.require(&input.name)?;
            let target = Slots { flat, width, start };
            notes.extend(encode_column(input, column, target)?);
            start += input.width();
        }
        Ok((inputs, notes))
    }

    fn encode_points(&self, table: &Table, flat: &mut [f32]) -> Result<(), DataError> {
        let mut coordinates: Vec<&[f64]> = Vec::with_capacity(2);
        for input in &self.columns {
            // "x₁" cannot be typed on most keyboards; "x1" is the same column.
            let plain = input.name.replace('₁', "1").replace('₂', "2");
            let column = match table.column(&plain) {
                Some(column) => column,
                None => table.require(&input.name)?,
            };
            coordinates.push(numbers(column)?);
        }
        let at = |axis: usize, row: usize| {
            let value = coordinates.get(axis).and_then(|numbers| numbers.get(row));
            value.copied().filter(|x| !x.is_nan()).unwrap_or(0.0) as f32
        };
        for (row, out) in flat.chunks_exact_mut(self.features.len()).enumerate() {
            for (feature, slot) in self.features.iter().zip(out) {
                *slot = feature.value(at(0, row), at(1, row));
            }
        }
        Ok(())
    }

    /// A usual value for every column.
    pub fn typical_row(&self) -> Vec<Cell> {
        self.columns.iter().map(InputColumn::typical).collect()
    }

    /// The cells of one row of a table, in this encoder's order.
    pub fn row_of(&self, table: &Table, row: usize) -> Vec<Cell> {
        let cell = |input: &InputColumn| {
            let column = table.column(&input.name);
            column.map_or(Cell::Missing, |column| column.values.cell(row))
        };
        self.columns.iter().map(cell).collect()
    }

    /// What the outputs of a network mean.
    pub fn decode_output(&self, outputs: &[f32]) -> Prediction<'_> {
        self.target.decode(outputs)
    }
}

/// Where one column goes in a row-major matrix.
struct Slots<'a> {
    flat: &'a mut [f32],
    width: usize,
    start: usize,
}

impl<'a> Slots<'a> {
    /// Every row from the column's first place on.
    fn rows(self) -> impl Iterator<Item = &'a mut [f32]> {
        let rows = self.flat.chunks_exact_mut(self.width.max(1));
        rows.map(move |row| row.get_mut(self.start..).unwrap_or_default())
    }
}

/// Encodes a column for all rows: the same numbers as [`InputColumn::encode`], without a
/// cell for every value.
fn encode_column(
    input: &InputColumn,
    column: &Column,
    slots: Slots<'_>,
) -> Result<Vec<Note>, DataError> {
    match &input.kind {
        InputKind::Number { mean, scale, fill, .. } => {
            let encode = |value: f64| ((value - mean) / scale) as f32;
            let filled = encode_numbers(numbers(column)?, encode(*fill), encode, slots);
            let note = (filled > 0).then(|| {
                let message = format!(
                    "{} filled with {}, the median of the training rows.",
                    were(filled, "missing value"),
                    short_number(*fill)
                );
                Note::on(&input.name, message)
            });
            Ok(note.into_iter().collect())
        }
        InputKind::Category { levels, missing_level, .. } => {
            let positions = positions(levels, &column.values);
            encode_categories(&positions, levels.len(), *missing_level, slots);
            Ok(category_notes(input, *missing_level, column, &positions))
        }
    }
}

/// Writes one number a row and returns how many were missing.
fn encode_numbers(
    values: &[f64],
    fill: f32,
    encode: impl Fn(f64) -> f32,
    slots: Slots<'_>,
) -> usize {
    let mut filled = 0;
    for (row, &value) in slots.rows().zip(values) {
        let missing = value.is_nan();
        filled += usize::from(missing);
        if let Some(slot) = row.first_mut() {
            *slot = if missing { fill } else { encode(value) };
        }
    }
    filled
}

/// Writes a 1 at the level of each row. The matrix is zero before.
fn encode_categories(positions: &[Position], levels: usize, missing_level: bool, slots: Slots<'_>) {
    for (row, position) in slots.rows().zip(positions) {
        let level = match position {
            Position::Level(index) => *index,
            Position::Missing if missing_level => levels,
            Position::Missing | Position::Unseen => continue,
        };
        if let Some(slot) = row.get_mut(level) {
            *slot = 1.0;
        }
    }
}

/// What there is to say about missing and unseen words.
fn category_notes(
    input: &InputColumn,
    missing_level: bool,
    column: &Column,
    positions: &[Position],
) -> Vec<Note> {
    let mut notes = Vec::new();
    let number = |kind: fn(&Position) -> bool| positions.iter().filter(|p| kind(p)).count();
    let missing = number(|position| matches!(position, Position::Missing));
    if missing > 0 {
        let treated = if missing_level {
            "encoded as a level of their own"
        } else {
            "encoded as none of its levels, because the training rows miss none"
        };
        let message = format!("{} {treated}.", were(missing, "missing value"));
        notes.push(Note::on(&input.name, message));
    }
    let unseen = number(|position| matches!(position, Position::Unseen));
    if unseen > 0 {
        let example = positions.iter().position(|p| matches!(p, Position::Unseen));
        let example = example.map(|row| column.values.display(row));
        let message = format!(
            "{} not in the training rows (such as “{}”) and encoded as none of its levels.",
            were(unseen, "value"),
            shorten(&example.unwrap_or_default())
        );
        notes.push(Note::on(&input.name, message));
    }
    notes
}

/// "1 value was", "3 values were".
fn were(number: usize, noun: &str) -> String {
    let verb = if number == 1 { "was" } else { "were" };
    format!("{} {verb}", count(number, noun))
}

/// Where a word stands among the levels of an encoder.
#[derive(Debug, Clone, Copy)]
enum Position {
    Level(usize),
    Missing,
    Unseen,
}

/// The place of every row's word among the levels.
fn positions(levels: &[String], values: &Values) -> Vec<Position> {
    let index: HashMap<&str, usize> = levels.iter().map(String::as_str).zip(0..).collect();
    let find = |word: &str| index.get(word).map_or(Position::Unseen, |&i| Position::Level(i));
    match values {
        Values::Category { levels: own, codes } => {
            let known: Vec<Position> = own.iter().map(|word| find(word)).collect();
            let place = |&code: &u32| known.get(code as usize).copied();
            let places = codes.iter().map(place);
            places.map(|p| p.unwrap_or(Position::Missing)).collect()
        }
        Values::Number(_) | Values::Text(_) => (0..values.len())
            .map(|row| {
                if values.is_missing(row) { Position::Missing } else { find(&values.display(row)) }
            })
            .collect(),
    }
}

/// The numbers of a column, or an error that shows what is there instead.
fn numbers(column: &Column) -> Result<&[f64], DataError> {
    if let Values::Number(numbers) = &column.values {
        return Ok(numbers);
    }
    let example = (0..column.values.len()).find_map(|row| {
        let word = column.values.word(row)?;
        word.parse::<f64>().is_err().then_some(word)
    });
    Err(DataError::ColumnKind {
        column: column.name.clone(),
        expected: "numbers",
        found: format!("words such as “{}”", example.unwrap_or_default()),
    })
}
