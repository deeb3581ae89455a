//! One input column: what was learnt about it from the training part, and how one
//! value of it becomes numbers.

use crate::data::note::{Note, count, short_number};
use crate::data::table::{Cell, Column, Values};
use serde::{Deserialize, Serialize};

/// More levels than this deserve a word to the person.
const MANY_LEVELS: usize = 100;

/// An input column of the table and its encoding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InputColumn {
    /// The name in the table.
    pub name: String,
    /// How it is encoded.
    pub kind: InputKind,
}

/// How a column is encoded. Every figure comes from the training part alone: what the
/// validation part knows must not leak into the inputs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum InputKind {
    /// A number x becomes (x − mean) / scale: one input.
    Number {
        /// Mean of the training part.
        mean: f64,
        /// Standard deviation (dividing by n) of the training part; 1 when constant.
        scale: f64,
        /// Stands in for a missing value: the median of the training part.
        fill: f64,
        /// Smallest value of the training part, where a map's axis begins.
        minimum: f64,
        /// Largest value of the training part, where a map's axis ends.
        maximum: f64,
        /// A usual value: the median.
        typical: f64,
    },
    /// A word becomes one input a level, 1 for its own and 0 elsewhere (one-hot). A word
    /// that the training part does not hold becomes zeros.
    Category {
        /// The words of the training part, in the table's order.
        levels: Vec<String>,
        /// Whether "missing" is one more level, because the training part had it.
        missing_level: bool,
        /// The most frequent word; empty when that is "missing".
        typical: String,
    },
}

impl InputColumn {
    /// Learns the encoding from the training rows of a column, and says what is odd about them.
    ///
    /// Text cannot be encoded and gives `None`.
    pub(in crate::data) fn fit(column: &Column, train: &[u32]) -> Option<(Self, Vec<Note>)> {
        let (kind, notes) = match &column.values {
            Values::Number(numbers) => fit_number(&column.name, numbers, train),
            Values::Category { levels, codes } => fit_category(&column.name, levels, codes, train),
            Values::Text(_) => return None,
        };
        let name = column.name.clone();
        Some((Self { name, kind }, notes))
    }

    /// A coordinate of a point set: taken as it is.
    pub(in crate::data) fn coordinate(name: &str, minimum: f64, maximum: f64) -> Self {
        Self {
            name: name.to_owned(),
            kind: InputKind::Number {
                mean: 0.0,
                scale: 1.0,
                fill: 0.0,
                minimum,
                maximum,
                typical: 0.0,
            },
        }
    }

    /// Number of network inputs.
    pub fn width(&self) -> usize {
        match &self.kind {
            InputKind::Number { .. } => 1,
            InputKind::Category { levels, missing_level, .. } => {
                levels.len() + usize::from(*missing_level)
            }
        }
    }

    /// A name for each network input: `age`, `sex = female`, `sex missing`.
    pub fn input_names(&self) -> Vec<String> {
        match &self.kind {
            InputKind::Number { .. } => vec![self.name.clone()],
            InputKind::Category { levels, missing_level, .. } => {
                let named = levels.iter().map(|level| format!("{} = {level}", self.name));
                let missing = missing_level.then(|| format!("{} missing", self.name));
                named.chain(missing).collect()
            }
        }
    }

    /// A usual value, to hold a column still while others are varied.
    pub fn typical(&self) -> Cell {
        match &self.kind {
            InputKind::Number { typical, .. } => Cell::Number(*typical),
            InputKind::Category { typical, .. } if typical.is_empty() => Cell::Missing,
            InputKind::Category { typical, .. } => Cell::Category(typical.clone()),
        }
    }

    /// Writes the encoding of one value; `out` has [`width`](Self::width) places.
    ///
    /// A word where a number belongs counts as missing unless it reads as a number; a
    /// number where a word belongs is compared by its digits.
    pub fn encode(&self, cell: &Cell, out: &mut [f32]) {
        match &self.kind {
            InputKind::Number { mean, scale, fill, .. } => {
                let value = cell.as_number().unwrap_or(*fill);
                if let Some(slot) = out.first_mut() {
                    *slot = ((value - mean) / scale) as f32;
                }
            }
            InputKind::Category { levels, .. } => {
                let position = match cell {
                    Cell::Category(word) => levels.iter().position(|level| level == word),
                    Cell::Number(x) if !x.is_nan() => {
                        levels.iter().position(|level| level.parse() == Ok(*x))
                    }
                    Cell::Number(_) | Cell::Missing => Some(levels.len()),
                };
                out.fill(0.0);
                if let Some(slot) = position.and_then(|index| out.get_mut(index)) {
                    *slot = 1.0;
                }
            }
        }
    }
}

fn fit_number(name: &str, numbers: &[f64], train: &[u32]) -> (InputKind, Vec<Note>) {
    let mut present: Vec<f64> = train
        .iter()
        .filter_map(|&row| numbers.get(row as usize).copied())
        .filter(|x| x.is_finite())
        .collect();
    present.sort_unstable_by(f64::total_cmp);
    let mut notes = Vec::new();
    let (Some(&minimum), Some(&maximum)) = (present.first(), present.last()) else {
        notes.push(Note::on(name, "Holds no number in the training part, so it cannot help."));
        let InputColumn { kind, .. } = InputColumn::coordinate(name, 0.0, 0.0);
        return (kind, notes);
    };
    let (mean, scale) = mean_and_scale(&present);
    let middle = median(&present);
    if maximum <= minimum {
        let value = short_number(minimum);
        notes.push(Note::on(name, format!("Is {value} in every training row, so it cannot help.")));
    }
    let kind = InputKind::Number { mean, scale, fill: middle, minimum, maximum, typical: middle };
    (kind, notes)
}

/// Mean and standard deviation (dividing by n) of finite numbers; scale 1 when they are
/// constant up to rounding.
pub(in crate::data) fn mean_and_scale(numbers: &[f64]) -> (f64, f64) {
    let largest = numbers.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
    if largest == 0.0 || numbers.is_empty() {
        return (0.0, 1.0);
    }
    // In units of the largest value nothing overflows, however large the numbers are.
    let n = numbers.len() as f64;
    let mean = numbers.iter().map(|x| x / largest).sum::<f64>() / n;
    let variance = numbers.iter().map(|x| (x / largest - mean).powi(2)).sum::<f64>() / n;
    let deviation = variance.sqrt();
    let scale = deviation * largest;
    if deviation <= 1e-12 || !scale.is_normal() {
        return (mean * largest, 1.0);
    }
    (mean * largest, scale)
}

/// Median of sorted numbers.
fn median(sorted: &[f64]) -> f64 {
    let upper = sorted.get(sorted.len() / 2).copied().unwrap_or(0.0);
    let lower = sorted.get((sorted.len().max(1) - 1) / 2).copied().unwrap_or(upper);
    f64::midpoint(lower, upper)
}

fn fit_category(
    name: &str,
    levels: &[String],
    codes: &[u32],
    train: &[u32],
) -> (InputKind, Vec<Note>) {
    let mut frequency = vec![0_usize; levels.len()];
    let mut missing = 0_usize;
    for &row in train {
        let code = codes.get(row as usize).copied();
        match code.and_then(|code| frequency.get_mut(code as usize)) {
            Some(seen) => *seen += 1,
            None => missing += 1,
        }
    }
    let most = frequency.iter().copied().max().unwrap_or(0);
    let typical = (most > 0 && most >= missing)
        .then(|| frequency.iter().position(|&seen| seen == most))
        .flatten()
        .and_then(|index| levels.get(index).cloned());
    let seen: Vec<String> = levels
        .iter()
        .zip(&frequency)
        .filter(|(_, seen)| **seen > 0)
        .map(|(level, _)| level.clone())
        .collect();
    let mut notes = Vec::new();
    if seen.len() > MANY_LEVELS {
        let message = format!(
            "Its {} make as many inputs; with few rows each, a network learns them by heart.",
            count(seen.len(), "level")
        );
        notes.push(Note::on(name, message));
    }
    if seen.len() + usize::from(missing > 0) < 2 {
        let value = seen.first().map_or("missing", String::as_str);
        let message = format!("Is {value} in every training row, so it cannot help.");
        notes.push(Note::on(name, message));
    }
    let kind = InputKind::Category {
        levels: seen,
        missing_level: missing > 0,
        typical: typical.unwrap_or_default(),
    };
    (kind, notes)
}

impl Cell {
    /// The number in it: a number that is not `NaN`, or a word that reads as a finite number.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Number(x) if !x.is_nan() => Some(*x),
            Self::Category(word) => word.trim().parse().ok().filter(|x: &f64| x.is_finite()),
            Self::Number(_) | Self::Missing => None,
        }
    }
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "these values are exact")]
mod tests {
    use super::*;

    #[test]
    fn statistics_survive_extremes() {
        assert_eq!(mean_and_scale(&[1.0, 3.0]), (2.0, 1.0));
        assert_eq!(mean_and_scale(&[5.0; 4]), (5.0, 1.0));
        assert_eq!(mean_and_scale(&[0.1 + 0.2, 0.3]).1, 1.0);
        let (mean, scale) = mean_and_scale(&[f64::MAX, -f64::MAX]);
        assert!(mean.abs() < 1e300 && scale.is_finite() && scale > 1.0);
        assert_eq!(mean_and_scale(&[]), (0.0, 1.0));
        assert_eq!(median(&[1.0, 2.0, 10.0]), 2.0);
        assert_eq!(median(&[1.0, 2.0, 4.0, 10.0]), 3.0);
    }

    #[test]
    fn a_category_is_one_hot_with_missing_last() {
        let column = Column::new(
            "sex",
            Values::Category {
                levels: vec!["f".into(), "m".into(), "x".into()],
                codes: vec![1, 1, u32::MAX, 0, 2],
            },
        );
        let (input, notes) = InputColumn::fit(&column, &[0, 1, 2, 3]).unwrap();
        assert!(notes.is_empty());
        assert_eq!(input.input_names(), ["sex = f", "sex = m", "sex missing"]);
        assert_eq!(input.typical(), Cell::Category("m".into()));
        let encode = |cell: &Cell| {
            let mut out = [9.0; 3];
            input.encode(cell, &mut out);
            out
        };
        assert_eq!(encode(&Cell::Category("f".into())), [1.0, 0.0, 0.0]);
        assert_eq!(encode(&Cell::Missing), [0.0, 0.0, 1.0]);
        assert_eq!(encode(&Cell::Category("x".into())), [0.0; 3]);
    }
}
