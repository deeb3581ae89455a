//! From a table to something to train on: target, inputs, split, encoding.
//!
//! Everything that is learnt from the data here (means, medians, levels) is learnt from
//! the training part, and everything that is changed or left out becomes a note.

use super::DataError;
use super::encoder::{Encoder, InputColumn, TargetEncoding, TaskKind, mean_and_scale};
use super::note::{Note, count, list};
use super::split::{Parts, Split};
use super::table::{Column, Table, Values};
use super::target::{default_target, encoding, guess_task};
use ndarray::Array2;
use serde::{Deserialize, Serialize};

/// What to learn from a table. Everything left open is chosen and noted.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TableChoice {
    /// The column to predict; by default the last that can be one (see [`default_target`]).
    #[serde(default)]
    pub target: Option<String>,
    /// The columns to predict from; by default all others that can be encoded.
    #[serde(default)]
    pub inputs: Option<Vec<String>>,
    /// Classes or a number; by default see [`guess_task`].
    #[serde(default)]
    pub task: Option<TaskKind>,
}

/// Encoded data, ready for a network. Row i of `inputs`, `targets` and `table` is the same.
#[derive(Debug, Clone)]
pub struct Samples {
    /// `[rows, encoder.width()]`, row-major.
    pub inputs: Array2<f32>,
    /// `[rows, encoder.target.outputs()]`, row-major, no `NaN`.
    pub targets: Array2<f32>,
    /// Rows to train on, in random order.
    pub train: Vec<u32>,
    /// Rows to test on, in random order.
    pub validation: Vec<u32>,
    /// How the inputs and targets were made.
    pub encoder: Encoder,
    /// The rows as the person knows them, without those that miss their target.
    pub table: Table,
    /// What was filled, encoded, guessed and left out.
    pub notes: Vec<Note>,
}

/// Encodes a table of any columns.
///
/// ```
/// use netsmith::data::{Column, Split, Table, TableChoice, Values, prepare_table};
/// let table = Table::new("plants", vec![
///     Column::new("light", Values::Number(vec![1.0, 2.0, f64::NAN, 4.0])),
///     Column::new("alive", Values::category(&["no", "yes", "yes", "no"])),
/// ])?;
/// let samples = prepare_table(table, &TableChoice::default(), &Split::default())?;
/// assert_eq!(samples.inputs.shape(), [4, 1]);
/// assert_eq!(samples.encoder.target.classes(), ["no", "yes"]);
/// assert_eq!(samples.train.len(), 2);
/// # Ok::<(), netsmith::data::DataError>(())
/// ```
///
/// # Errors
/// [`DataError`] when a named column does not exist, when the target cannot be one, when
/// no input is left, or when fewer than two rows have a target.
pub fn prepare_table(
    table: Table,
    choice: &TableChoice,
    split: &Split,
) -> Result<Samples, DataError> {
    let mut notes = Vec::new();
    let mut target = choose_target(&table, choice, &mut notes)?;
    let inputs = choose_inputs(&table, choice, target.name(), &mut notes)?;
    let table = drop_rows_without_target(table, &target, &mut notes)?;
    let values = &table.require(target.name())?.values;
    let classes = class_numbers(values, &target);
    let parts = split.divide(table.rows(), classes.as_deref())?;
    scale_target(&mut target, values, &parts);
    if let Some(classes) = &classes {
        notes.extend(lone_rows(&target, classes, &parts));
    }
    let mut columns = Vec::with_capacity(inputs.len());
    for name in &inputs {
        if let Some((column, fit_notes)) = InputColumn::fit(table.require(name)?, &parts.train) {
            columns.push(column);
            notes.extend(fit_notes);
        }
    }
    let encoder = Encoder { columns, features: Vec::new(), target };
    if encoder.width() == 0 {
        let target = encoder.target.name().to_owned();
        return Err(DataError::NoInputs { target });
    }
    finish(table, encoder, parts, notes)
}

/// Encodes and puts everything together.
pub(super) fn finish(
    table: Table,
    encoder: Encoder,
    parts: Parts,
    mut notes: Vec<Note>,
) -> Result<Samples, DataError> {
    let (inputs, encode_notes) = encoder.encode_table(&table)?;
    notes.extend(encode_notes);
    let targets = encoder.target.encode(&table.require(encoder.target.name())?.values);
    Ok(Samples {
        inputs,
        targets,
        train: parts.train,
        validation: parts.validation,
        encoder,
        table,
        notes,
    })
}

/// The target as asked for, or the default with a note.
fn choose_target(
    table: &Table,
    choice: &TableChoice,
    notes: &mut Vec<Note>,
) -> Result<TargetEncoding, DataError> {
    let column = if let Some(name) = &choice.target {
        table.require(name)?
    } else {
        let column = default_target(table).ok_or(DataError::NoTarget)?;
        let message = "Taken as the target, because it is the last column that can be one.";
        notes.push(Note::on(&column.name, message));
        column
    };
    let task = choice.task.unwrap_or_else(|| guess_task(&column.values));
    let target = encoding(column, task)?;
    if choice.task.is_none()
        && task == TaskKind::Classification
        && matches!(column.values, Values::Number(_))
    {
        let message = format!(
            "Its {} different whole numbers are taken as classes; choose regression to predict the number.",
            target.classes().len()
        );
        notes.push(Note::on(&column.name, message));
    }
    Ok(target)
}

/// The names of the input columns; text, empty columns and the target itself are left out
/// with a note.
fn choose_inputs(
    table: &Table,
    choice: &TableChoice,
    target: &str,
    notes: &mut Vec<Note>,
) -> Result<Vec<String>, DataError> {
    let wanted = match &choice.inputs {
        Some(names) => {
            let mut columns: Vec<&Column> = Vec::with_capacity(names.len());
            for name in names {
                let column = table.require(name)?;
                if !columns.iter().any(|other| other.name == column.name) {
                    columns.push(column);
                }
            }
            columns
        }
        None => table.columns.iter().filter(|column| column.name != target).collect(),
    };
    let mut inputs = Vec::with_capacity(wanted.len());
    for column in wanted {
        let missing = column.values.missing();
        let reason = if column.name == target {
            "Is the target, so it cannot be an input, too; left out of the inputs."
        } else if missing == column.values.len() {
            "Holds no value; left out of the inputs."
        } else if matches!(column.values, Values::Text(_)) {
            "Holds text that hardly repeats, such as names or numbers of the rows; left out of the inputs."
        } else {
            inputs.push(column.name.clone());
            continue;
        };
        notes.push(Note::on(&column.name, reason));
    }
    if inputs.is_empty() {
        return Err(DataError::NoInputs { target: target.to_owned() });
    }
    Ok(inputs)
}

fn drop_rows_without_target(
    table: Table,
    target: &TargetEncoding,
    notes: &mut Vec<Note>,
) -> Result<Table, DataError> {
    let values = &table.require(target.name())?.values;
    let missing = values.missing();
    if missing == 0 {
        return Ok(table);
    }
    let kept: Vec<usize> = (0..table.rows()).filter(|&row| !values.is_missing(row)).collect();
    let message = format!(
        "{} without a target {} left out.",
        count(missing, "row"),
        if missing == 1 { "was" } else { "were" }
    );
    notes.push(Note::on(target.name(), message));
    Ok(table.select(&kept))
}

/// The class of every row, for a stratified split; `None` for a number.
pub(super) fn class_numbers(values: &Values, target: &TargetEncoding) -> Option<Vec<u32>> {
    if target.task() == TaskKind::Regression {
        return None;
    }
    let class = |row| target.class_of(values, row).map_or(u32::MAX, |class| class as u32);
    Some((0..values.len()).map(class).collect())
}

/// Mean and scale of a numeric target from the training part.
fn scale_target(target: &mut TargetEncoding, values: &Values, parts: &Parts) {
    if let (TargetEncoding::Number { mean, scale, .. }, Values::Number(numbers)) = (target, values)
    {
        let known = |&row: &u32| numbers.get(row as usize).copied().filter(|y| y.is_finite());
        let trained: Vec<f64> = parts.train.iter().filter_map(known).collect();
        (*mean, *scale) = mean_and_scale(&trained);
    }
}

/// Classes that only one part holds, because they have too few rows.
fn lone_rows(target: &TargetEncoding, classes: &[u32], parts: &Parts) -> Option<Note> {
    let held = |rows: &[u32], class: usize| {
        rows.iter().any(|&row| classes.get(row as usize) == Some(&(class as u32)))
    };
    let unchecked: Vec<&String> = target
        .classes()
        .iter()
        .enumerate()
        .filter(|(class, _)| !held(&parts.validation, *class) || !held(&parts.train, *class))
        .map(|(_, name)| name)
        .collect();
    (!unchecked.is_empty()).then(|| {
        let message = format!(
            "Too few rows to be in both the training and the validation part: {}.",
            list(&unchecked)
        );
        Note::on(target.name(), message)
    })
}
