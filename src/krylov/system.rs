//! A linear system A·x = b that one can look at, typed or read from CSV.
//!
//! Owns [`System`] and [`SystemError`]. Opens no file: [`file`](super::file) does and hands over
//! the text.

use thiserror::Error;

use super::matrix::{MAX_DIMENSION, Matrix};
use super::vector::is_finite;

/// A·x = b.
#[derive(Debug, Clone, PartialEq)]
pub struct System {
    /// A.
    pub a: Matrix,
    /// b, n numbers.
    pub b: Vec<f64>,
    /// The x* that b was computed from, b = A·x*; nothing where b was given.
    pub known_solution: Option<Vec<f64>>,
}

/// Why numbers are no linear system. Lines and columns count from 1.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SystemError {
    /// No numbers at all.
    #[error("A matrix was expected, but there are no numbers. Write one row a line, such as 4, 1")]
    Empty,
    /// More rows than a dense matrix is good for.
    #[error("At most {MAX_DIMENSION} rows were expected, but there are {rows} or more.")]
    TooLarge {
        /// The number of rows read.
        rows: usize,
    },
    /// A field is not a finite number.
    #[error(
        "A number was expected in line {line}, column {column}, but {} is there. Write numbers \
         like 1.5 or -2e3, and no header line.",
        if text.is_empty() { "nothing".to_owned() } else { format!("“{text}”") }
    )]
    Number {
        /// The line.
        line: usize,
        /// The column.
        column: usize,
        /// What is there.
        text: String,
    },
    /// A line has another number of columns than the first.
    #[error(
        "Line {line} has {found} columns, the first line has {expected}. Look there for a missing \
         or superfluous separator."
    )]
    Ragged {
        /// The line.
        line: usize,
        /// Columns of the first line.
        expected: usize,
        /// Columns of this one.
        found: usize,
    },
    /// The table is neither n×n nor n×(n + 1).
    #[error(
        "A square matrix was expected: {rows} rows need {rows} columns, or {} with the right side \
         b as the last, but line {line} has {found}.",
        rows + 1
    )]
    NotSquare {
        /// The first line that does not fit.
        line: usize,
        /// The number of rows.
        rows: usize,
        /// Columns of that line.
        found: usize,
    },
    /// b = A·(1, 1, …) is beyond the range of numbers.
    #[error("The numbers of the matrix are too large to be added up. Scale them.")]
    Overflow,
    /// The text is not CSV.
    #[error("Rows of numbers were expected, but the text cannot be read: {reason}.")]
    Text {
        /// What is wrong with it.
        reason: String,
    },
}

/// A row of numbers with the line it stands in.
type Row = (usize, Vec<f64>);

impl System {
    /// Reads a system: n lines of n numbers, or of n + 1, of which the last is b. Without a b it is
    /// A·(1, 1, …), so that every unknown should come out as 1.
    ///
    /// Numbers are separated by semicolons, tabs, commas or spaces: whichever comes first in this
    /// list and occurs at all. With semicolons and tabs 1,5 is read as 1.5. Empty lines are left
    /// out.
    ///
    /// # Errors
    /// When the text is not such a table; the error says in which line and column.
    ///
    /// ```
    /// use netsmith::krylov::System;
    /// let system = System::parse("4, 1, 1\n1, 3, 2\n")?;
    /// assert_eq!(system.b, [1.0, 2.0]);
    /// assert!(system.a.is_symmetric());
    /// # Ok::<(), netsmith::krylov::SystemError>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, SystemError> {
        Self::from_table(read(text)?)
    }

    /// The system with this matrix whose solution is `x`.
    ///
    /// # Errors
    /// When A·x is beyond the range of numbers. What `x` lacks counts as 0.
    pub fn with_solution(a: Matrix, mut x: Vec<f64>) -> Result<Self, SystemError> {
        x.resize(a.size(), 0.0);
        let mut b = vec![0.0; a.size()];
        a.multiply(&x, &mut b);
        if !is_finite(&b) {
            return Err(SystemError::Overflow);
        }
        Ok(Self { a, b, known_solution: Some(x) })
    }

    fn from_table(table: Vec<Row>) -> Result<Self, SystemError> {
        let rows = table.len();
        let width = table.first().map_or(0, |(_, numbers)| numbers.len());
        for (line, numbers) in &table {
            let found = numbers.len();
            if found != width {
                return Err(SystemError::Ragged { line: *line, expected: width, found });
            }
            if found != rows && found != rows + 1 {
                return Err(SystemError::NotSquare { line: *line, rows, found });
            }
        }
        let mut table: Vec<_> = table.into_iter().map(|(_, numbers)| numbers).collect();
        if width == rows {
            let a = Matrix::from_rows(&table)?;
            return Self::with_solution(a, vec![1.0; rows]);
        }
        let b = table.iter_mut().filter_map(Vec::pop).collect();
        Ok(Self { a: Matrix::from_rows(&table)?, b, known_solution: None })
    }
}

/// The rows of a CSV text as numbers, each with its line.
fn read(text: &str) -> Result<Vec<Row>, SystemError> {
    let text = text.trim_start_matches('\u{feff}');
    let delimiter = [b';', b'\t', b','].into_iter().find(|byte| text.as_bytes().contains(byte));
    let mut rows = Vec::new();
    // Line by line, because a reader of the whole text would not count the empty lines it skips.
    for (line, text) in (1..).zip(text.lines()).filter(|(_, text)| !text.trim().is_empty()) {
        rows.push((line, numbers(line, text, delimiter)?));
        if rows.len() > MAX_DIMENSION {
            return Err(SystemError::TooLarge { rows: rows.len() });
        }
    }
    if rows.is_empty() { Err(SystemError::Empty) } else { Ok(rows) }
}

/// The numbers in a line of CSV.
fn numbers(line: usize, text: &str, delimiter: Option<u8>) -> Result<Vec<f64>, SystemError> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .trim(csv::Trim::All)
        .delimiter(delimiter.unwrap_or(b' '))
        .from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    reader
        .read_record(&mut record)
        .map_err(|error| SystemError::Text { reason: error.to_string() })?;
    let decimal_comma = matches!(delimiter, Some(b';' | b'\t'));
    record
        .iter()
        // Between spaces there may be more spaces.
        .filter(|field| delimiter.is_some() || !field.is_empty())
        .zip(1..)
        .map(|(field, column)| {
            number(field, decimal_comma).ok_or_else(|| {
                let text = field.chars().take(40).collect();
                SystemError::Number { line, column, text }
            })
        })
        .collect()
}

/// A finite number; a typeset minus sign counts as one.
fn number(field: &str, decimal_comma: bool) -> Option<f64> {
    let mut field = field.replace('\u{2212}', "-");
    if decimal_comma {
        field = field.replace(',', ".");
    }
    field.parse().ok().filter(|number: &f64| number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        System::parse(text).unwrap_err().to_string()
    }

    #[test]
    fn every_usual_separator_is_understood() {
        let expected = System::parse("1.5,-2,3\n4,5e1,6\n").unwrap();
        assert_eq!(expected.b, [3.0, 6.0]);
        assert_eq!(expected.a.get(1, 1), Some(50.0));
        for text in [
            "1.5;-2;3\n4;5e1;6",
            "1,5;-2;3\r\n4;50,0;6\r\n",
            "1.5\t-2\t3\n\n4\t50\t6\n",
            "  1.5   -2 3\n4 50 6\n\n",
            "\u{feff}\"1.5\", \u{2212}2, 3\n 4 , 50 , 6",
        ] {
            assert_eq!(System::parse(text), Ok(expected.clone()), "{text:?}");
        }
    }

    #[test]
    fn without_a_right_side_every_unknown_is_one() {
        let system = System::parse("1,2\n3,4\n").unwrap();
        assert_eq!(system.b, [3.0, 7.0]);
        assert_eq!(system.known_solution, Some(vec![1.0, 1.0]));
        assert_eq!(System::parse("7").unwrap().b, [7.0]);
    }

    #[test]
    fn mistakes_are_told_with_their_place() {
        assert!(error("1,2\n3,x\n").contains("line 2, column 2, but “x”"), "{}", error("1,2\n3,x"));
        assert!(error("\n\n1,2\n\n3,\n").contains("line 5, column 2, but nothing"));
        assert!(error("1,inf\n3,4").contains("line 1, column 2"));
        assert!(error("1,2\n3,4,5").contains("Line 2 has 3 columns, the first line has 2"));
        assert!(error("1,2,3,4\n5,6,7,8").contains("2 rows need 2 columns, or 3"));
        assert!(error("1,2\n3,4\n5,6").contains("3 rows need 3 columns"));
        assert_eq!(System::parse(" \n\n"), Err(SystemError::Empty));
        assert_eq!(System::parse(""), Err(SystemError::Empty));
        assert_eq!(System::parse("1e308,1e308\n1,1"), Err(SystemError::Overflow));
    }

    #[test]
    fn too_many_rows_are_refused() {
        let text = "1\n".repeat(MAX_DIMENSION + 1);
        assert!(matches!(System::parse(&text), Err(SystemError::TooLarge { .. })));
    }
}
