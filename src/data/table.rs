//! A table in memory: named columns of numbers, categories or text.
//!
//! Owns the storage and nothing else: it does not know where a table comes from
//! (CSV, a generator, a person's clicks) nor what becomes of it (see the encoder).

use super::DataError;
use std::fmt;

/// The code of a missing value in [`Values::Category`].
pub const MISSING: u32 = u32::MAX;

/// Named columns of equal length.
///
/// ```
/// use netsmith::data::{Column, Table, Values};
/// let table = Table::new("people", vec![
///     Column::new("age", Values::Number(vec![31.0, f64::NAN])),
///     Column::new("city", Values::category(&["Bonn", "Graz"])),
/// ])?;
/// assert_eq!(table.rows(), 2);
/// assert_eq!(table.column("city").map(|c| c.values.display(1)).as_deref(), Some("Graz"));
/// # Ok::<(), netsmith::data::DataError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// What the person knows it by: a file name or the name of a set.
    pub name: String,
    /// The columns in order. All have the same length.
    pub columns: Vec<Column>,
}

/// One named column.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Unique within the table.
    pub name: String,
    /// Its values, one a row.
    pub values: Values,
}

/// The values of one column.
#[derive(Debug, Clone)]
pub enum Values {
    /// Numbers; `NaN` is a missing value.
    Number(Vec<f64>),
    /// Words that repeat.
    Category {
        /// The different words, in the order in which they are shown and encoded.
        levels: Vec<String>,
        /// One index into `levels` a row, or [`MISSING`].
        codes: Vec<u32>,
    },
    /// Words that mostly differ: identifiers, names, free text.
    Text(Texts),
}

/// One value as a person reads or types it.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// A number. `NaN` counts as missing.
    Number(f64),
    /// A word.
    Category(String),
    /// No value.
    Missing,
}

impl Table {
    /// Puts columns together.
    ///
    /// # Errors
    /// [`DataError::UnequalColumns`] when they differ in length.
    pub fn new(name: impl Into<String>, columns: Vec<Column>) -> Result<Self, DataError> {
        let expected = columns.first().map_or(0, |column| column.values.len());
        for column in &columns {
            if column.values.len() != expected {
                return Err(DataError::UnequalColumns {
                    column: column.name.clone(),
                    expected,
                    found: column.values.len(),
                });
            }
        }
        Ok(Self { name: name.into(), columns })
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |column| column.values.len())
    }

    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The names of all columns in order.
    pub fn names(&self) -> Vec<String> {
        self.columns.iter().map(|c| c.name.clone()).collect()
    }

    /// The column of that name, or an error that lists the names there are.
    ///
    /// # Errors
    /// [`DataError::UnknownColumn`].
    pub fn require(&self, name: &str) -> Result<&Column, DataError> {
        self.column(name).ok_or_else(|| DataError::UnknownColumn {
            column: name.to_owned(),
            known: self.names(),
        })
    }

    /// A table of the given rows in the given order. Rows that do not exist are missing values.
    #[must_use]
    pub fn select(&self, rows: &[usize]) -> Self {
        Self {
            name: self.name.clone(),
            columns: self
                .columns
                .iter()
                .map(|column| Column {
                    name: column.name.clone(),
                    values: column.values.select(rows),
                })
                .collect(),
        }
    }
}

impl Column {
    /// A column from its parts.
    pub fn new(name: impl Into<String>, values: Values) -> Self {
        Self { name: name.into(), values }
    }
}

impl Values {
    /// A category column from one word a row; levels in order of appearance.
    pub fn category<S: AsRef<str>>(words: &[S]) -> Self {
        let mut levels: Vec<String> = Vec::new();
        let codes = words
            .iter()
            .map(|word| {
                let word = word.as_ref();
                let code = levels.iter().position(|level| level == word);
                code.unwrap_or_else(|| {
                    levels.push(word.to_owned());
                    levels.len() - 1
                }) as u32
            })
            .collect();
        Self::Category { levels, codes }
    }

    /// Number of values, missing ones included.
    pub fn len(&self) -> usize {
        match self {
            Self::Number(numbers) => numbers.len(),
            Self::Category { codes, .. } => codes.len(),
            Self::Text(texts) => texts.len(),
        }
    }

    /// Whether there is no row at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the value of this row is missing (a row that does not exist is).
    pub fn is_missing(&self, row: usize) -> bool {
        match self {
            Self::Number(numbers) => numbers.get(row).is_none_or(|x| x.is_nan()),
            Self::Category { levels, codes } => {
                codes.get(row).is_none_or(|&c| c as usize >= levels.len())
            }
            Self::Text(texts) => texts.get(row).is_none_or(str::is_empty),
        }
    }

    /// Number of missing values.
    pub fn missing(&self) -> usize {
        (0..self.len()).filter(|&row| self.is_missing(row)).count()
    }

    /// The value of one row.
    pub fn cell(&self, row: usize) -> Cell {
        if self.is_missing(row) {
            return Cell::Missing;
        }
        match self {
            Self::Number(numbers) => numbers.get(row).map_or(Cell::Missing, |&x| Cell::Number(x)),
            Self::Category { .. } | Self::Text(_) => {
                self.word(row).map_or(Cell::Missing, |word| Cell::Category(word.to_owned()))
            }
        }
    }

    /// The value of one row as text; empty when missing.
    pub fn display(&self, row: usize) -> String {
        self.cell(row).to_string()
    }

    /// The word of one row; `None` for numbers and missing values.
    pub fn word(&self, row: usize) -> Option<&str> {
        match self {
            Self::Number(_) => None,
            Self::Category { levels, codes } => {
                levels.get(*codes.get(row)? as usize).map(String::as_str)
            }
            Self::Text(texts) => texts.get(row).filter(|text| !text.is_empty()),
        }
    }

    /// "numbers", "categories" or "text".
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Number(_) => "numbers",
            Self::Category { .. } => "categories",
            Self::Text(_) => "text",
        }
    }

    /// The given rows in the given order.
    #[must_use]
    pub fn select(&self, rows: &[usize]) -> Self {
        match self {
            Self::Number(numbers) => Self::Number(
                rows.iter().map(|&row| numbers.get(row).copied().unwrap_or(f64::NAN)).collect(),
            ),
            Self::Category { levels, codes } => Self::Category {
                levels: levels.clone(),
                codes: rows.iter().map(|&row| codes.get(row).copied().unwrap_or(MISSING)).collect(),
            },
            Self::Text(texts) => {
                Self::Text(rows.iter().map(|&row| texts.get(row).unwrap_or("")).collect())
            }
        }
    }
}

/// Equal bit for bit, so that a missing number equals a missing number.
impl PartialEq for Values {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => {
                a.len() == b.len()
                    && a.iter()
                        .zip(b)
                        .all(|(x, y)| (x.is_nan() && y.is_nan()) || x.to_bits() == y.to_bits())
            }
            (
                Self::Category { levels, codes },
                Self::Category { levels: other_levels, codes: other_codes },
            ) => levels == other_levels && codes == other_codes,
            (Self::Text(a), Self::Text(b)) => a == b,
            _ => false,
        }
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(x) if x.is_nan() => Ok(()),
            Self::Number(x) => write!(f, "{x}"),
            Self::Category(word) => f.write_str(word),
            Self::Missing => Ok(()),
        }
    }
}

/// Many texts in one block of memory: a column of identifiers costs its bytes and
/// eight more a row, not an allocation a cell. An empty text is a missing value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Texts {
    /// All texts, one after the other.
    bytes: String,
    /// Where each text ends in `bytes`.
    ends: Vec<usize>,
}

impl Texts {
    /// No texts yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one text.
    pub fn push(&mut self, text: &str) {
        self.bytes.push_str(text);
        self.ends.push(self.bytes.len());
    }

    /// Number of texts.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The text of one row.
    pub fn get(&self, row: usize) -> Option<&str> {
        let end = *self.ends.get(row)?;
        let start = row.checked_sub(1).and_then(|above| self.ends.get(above));
        self.bytes.get(start.copied().unwrap_or(0)..end)
    }

    /// All texts in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).filter_map(|row| self.get(row))
    }

    /// Gives back memory that was reserved and not used.
    pub(super) fn shrink(&mut self) {
        self.bytes.shrink_to_fit();
        self.ends.shrink_to_fit();
    }
}

impl<S: AsRef<str>> FromIterator<S> for Texts {
    fn from_iter<I: IntoIterator<Item = S>>(texts: I) -> Self {
        let mut all = Self::new();
        for text in texts {
            all.push(text.as_ref());
        }
        all
    }
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "these values are exact")]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_again() {
        let texts: Texts = ["ab", "", "c"].iter().collect();
        assert_eq!(texts.iter().collect::<Vec<_>>(), ["ab", "", "c"]);
        assert_eq!(texts.get(3), None);
    }

    #[test]
    fn columns_must_be_equally_long() {
        let error = Table::new(
            "t",
            vec![
                Column::new("a", Values::Number(vec![1.0])),
                Column::new("b", Values::Number(vec![1.0, 2.0])),
            ],
        );
        assert!(matches!(error, Err(DataError::UnequalColumns { found: 2, .. })));
    }

    #[test]
    fn missing_values_are_seen_in_every_kind() {
        let number = Values::Number(vec![f64::NAN, 1.0]);
        let category = Values::Category { levels: vec!["a".into()], codes: vec![MISSING, 0] };
        let text = Values::Text(["", "x"].iter().collect());
        for values in [number, category, text] {
            assert_eq!(values.missing(), 1);
            assert_eq!(values.cell(0), Cell::Missing);
            assert_ne!(values.cell(1), Cell::Missing);
            assert!(values.is_missing(2));
            assert_eq!(values.select(&[1, 0, 9]).missing(), 2);
        }
    }
}
