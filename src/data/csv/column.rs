//! One column while it is being read: from cells to numbers, categories or text.
//!
//! A column keeps the most compact form that fits what it has seen. Numbers are kept
//! as numbers, words are kept once each. A column that begins with numbers and turns
//! out to hold words has thrown its spelling away ("007", "1.50"); it is *deferred* and
//! filled again in a second pass. That is rare, and it keeps memory small for the rest.

use crate::data::note::{Note, count, short_number, shorten};
use crate::data::number::{self, Parsed};
use crate::data::table::{MISSING, Texts, Values};
use std::collections::HashMap;

/// A category column never has more levels than this.
const MOST_LEVELS: usize = 1000;

/// A word that is not UTF-8: the file is in another encoding.
#[derive(Debug)]
pub(super) struct NotUtf8;

/// A column under construction.
#[derive(Debug)]
pub(super) struct Builder {
    form: Form,
    /// How many rows to expect.
    rows: usize,
    decimal_comma: bool,
    /// Numbers, wherever they ended up.
    numbers: usize,
    /// Cells too large to be numbers, taken as missing.
    infinite: usize,
    /// Some number was written with a comma.
    comma_seen: bool,
    /// The first cell that is no number: data row from 1, and its text.
    first_word: Option<(usize, String)>,
}

#[derive(Debug)]
enum Form {
    /// Only missing values so far.
    Nothing(usize),
    Numbers(Vec<f64>),
    Words(Words),
    Texts(Texts),
    Deferred,
}

/// Words kept once each.
#[derive(Debug, Default)]
struct Words {
    codes: Vec<u32>,
    levels: Vec<String>,
    index: HashMap<Box<[u8]>, u32>,
    /// The word of the row above, which is often the next one, too.
    latest: u32,
}

impl Builder {
    /// An empty column for about so many rows.
    pub(super) fn new(rows: usize, decimal_comma: bool) -> Self {
        Self {
            form: Form::Nothing(0),
            rows,
            decimal_comma,
            numbers: 0,
            infinite: 0,
            comma_seen: false,
            first_word: None,
        }
    }

    /// Whether this column has to be filled again, as words.
    pub(super) fn is_deferred(&self) -> bool {
        matches!(self.form, Form::Deferred)
    }

    /// Makes a deferred column ready for the second pass.
    pub(super) fn restart(&mut self) {
        self.form = Form::Words(Words::default());
        self.numbers = 0;
        self.infinite = 0;
    }

    /// Adds the cell of data row `row` (from 1).
    pub(super) fn push(&mut self, cell: &[u8], row: usize) -> Result<(), NotUtf8> {
        let cell = cell.trim_ascii();
        match number::parse(cell, self.decimal_comma) {
            Parsed::Number(value) => {
                self.numbers += 1;
                self.push_number(value, cell)
            }
            Parsed::Missing => {
                self.push_missing();
                Ok(())
            }
            Parsed::Infinite => {
                self.infinite += 1;
                self.push_missing();
                Ok(())
            }
            Parsed::Word => self.push_word(cell, row),
        }
    }

    fn push_number(&mut self, value: f64, cell: &[u8]) -> Result<(), NotUtf8> {
        self.comma_seen |= self.decimal_comma && cell.contains(&b',');
        match &mut self.form {
            Form::Numbers(numbers) => numbers.push(value),
            Form::Nothing(missing) => {
                let mut numbers = Vec::new();
                // Best effort: without the reserve the vector grows as it goes.
                let _ = numbers.try_reserve_exact(self.rows.max(*missing + 1));
                numbers.resize(*missing, f64::NAN);
                numbers.push(value);
                self.form = Form::Numbers(numbers);
            }
            Form::Words(_) | Form::Texts(_) => self.keep_word(cell)?,
            Form::Deferred => {}
        }
        Ok(())
    }

    fn push_missing(&mut self) {
        match &mut self.form {
            Form::Nothing(missing) => *missing += 1,
            Form::Numbers(numbers) => numbers.push(f64::NAN),
            Form::Words(words) => words.codes.push(MISSING),
            Form::Texts(texts) => texts.push(""),
            Form::Deferred => {}
        }
    }

    fn push_word(&mut self, cell: &[u8], row: usize) -> Result<(), NotUtf8> {
        if self.first_word.is_none() {
            let text = std::str::from_utf8(cell).map_err(|_| NotUtf8)?;
            self.first_word = Some((row, shorten(text)));
        }
        match &mut self.form {
            Form::Nothing(missing) => {
                let mut words = Words::default();
                let _ = words.codes.try_reserve_exact(self.rows.max(*missing + 1));
                words.codes.resize(*missing, MISSING);
                self.form = Form::Words(words);
                self.keep_word(cell)
            }
            Form::Numbers(_) => {
                self.form = Form::Deferred;
                Ok(())
            }
            Form::Words(_) | Form::Texts(_) => self.keep_word(cell),
            Form::Deferred => Ok(()),
        }
    }

    fn keep_word(&mut self, cell: &[u8]) -> Result<(), NotUtf8> {
        match &mut self.form {
            Form::Words(words) => {
                words.push(cell)?;
                if words.levels.len() > MOST_LEVELS {
                    self.form = Form::Texts(words.to_texts());
                }
            }
            Form::Texts(texts) => texts.push(std::str::from_utf8(cell).map_err(|_| NotUtf8)?),
            Form::Nothing(_) | Form::Numbers(_) | Form::Deferred => {}
        }
        Ok(())
    }

    /// The finished column and what there is to say about it.
    pub(super) fn finish(self, name: &str) -> (Values, Vec<Note>) {
        let mut notes = Vec::new();
        if self.infinite > 0 {
            let message = format!(
                "{} infinite or too large to be a number; taken as missing.",
                count(self.infinite, "value") + if self.infinite == 1 { " is" } else { " are" }
            );
            notes.push(Note::on(name, message));
        }
        let values = match self.form {
            Form::Nothing(missing) => {
                notes.push(Note::on(name, "Holds nothing but missing values."));
                Values::Number(vec![f64::NAN; missing])
            }
            Form::Deferred => Values::Number(Vec::new()),
            Form::Numbers(mut numbers) => {
                numbers.shrink_to_fit();
                if self.comma_seen {
                    notes.push(Note::on(name, "Numbers with a decimal comma were read as such."));
                }
                Values::Number(numbers)
            }
            Form::Words(words) => words.finish(),
            Form::Texts(mut texts) => {
                texts.shrink();
                Values::Text(texts)
            }
        };
        if let Some((row, word)) = &self.first_word {
            let present = values.len() - values.missing();
            if self.numbers * 2 > present {
                notes.push(Note::on(
                    name,
                    format!(
                        "Read as words, because “{word}” in data row {row} is no number, although \
                         {} % of the values are. If it means a missing value, leave the cell empty.",
                        short_number((100.0 * self.numbers as f64 / present as f64).floor())
                    ),
                ));
            }
        }
        (values, notes)
    }
}

impl Words {
    fn push(&mut self, cell: &[u8]) -> Result<(), NotUtf8> {
        let repeated = self.levels.get(self.latest as usize);
        if repeated.is_some_and(|level| level.as_bytes() == cell) {
            self.codes.push(self.latest);
            return Ok(());
        }
        let code = if let Some(&code) = self.index.get(cell) {
            code
        } else {
            let level = std::str::from_utf8(cell).map_err(|_| NotUtf8)?;
            let code = self.levels.len() as u32;
            self.levels.push(level.to_owned());
            self.index.insert(cell.into(), code);
            code
        };
        self.codes.push(code);
        self.latest = code;
        Ok(())
    }

    fn to_texts(&self) -> Texts {
        self.codes
            .iter()
            .map(|&code| self.levels.get(code as usize).map_or("", String::as_str))
            .collect()
    }

    /// Categories in alphabetical order, or text when the words hardly repeat.
    fn finish(mut self) -> Values {
        let present = self.codes.iter().filter(|&&code| code != MISSING).count();
        if !is_category(self.levels.len(), present) {
            return Values::Text(self.to_texts());
        }
        let mut order: Vec<usize> = (0..self.levels.len()).collect();
        order.sort_by(|&a, &b| self.levels.get(a).cmp(&self.levels.get(b)));
        let mut new_code = vec![MISSING; order.len()];
        for (code, &old) in order.iter().enumerate() {
            if let Some(slot) = new_code.get_mut(old) {
                *slot = code as u32;
            }
        }
        for code in &mut self.codes {
            *code = new_code.get(*code as usize).copied().unwrap_or(MISSING);
        }
        self.levels.sort();
        self.codes.shrink_to_fit();
        Values::Category { levels: self.levels, codes: self.codes }
    }
}

/// Whether words that repeat this much are categories rather than names or free text:
/// at most 10 different ones; or at most 50, each met twice on average; or at most
/// 1,000, each met ten times on average.
fn is_category(distinct: usize, present: usize) -> bool {
    distinct <= 10
        || (distinct <= 50 && distinct * 2 <= present)
        || (distinct <= MOST_LEVELS && distinct * 10 <= present)
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "these values are exact")]
mod tests {
    use super::*;

    fn read(cells: &[&str]) -> (Values, Vec<Note>) {
        let mut builder = Builder::new(cells.len(), false);
        for (row, cell) in cells.iter().enumerate() {
            builder.push(cell.as_bytes(), row + 1).unwrap();
        }
        if builder.is_deferred() {
            builder.restart();
            for (row, cell) in cells.iter().enumerate() {
                builder.push(cell.as_bytes(), row + 1).unwrap();
            }
        }
        builder.finish("c")
    }

    #[test]
    fn levels_are_sorted_and_missing_values_kept() {
        let (values, notes) = read(&["b", "", " a ", "b"]);
        assert_eq!(
            values,
            Values::Category {
                levels: vec!["a".into(), "b".into()],
                codes: vec![1, MISSING, 0, 1]
            }
        );
        assert!(notes.is_empty());
    }

    #[test]
    fn a_word_among_numbers_keeps_the_spelling_and_is_told() {
        let (values, notes) = read(&["007", "1.50", "unknown", "2"]);
        assert_eq!(values.display(0), "007");
        assert_eq!(values.display(1), "1.50");
        assert!(notes[0].message.contains("“unknown” in data row 3"));
        assert!(notes[0].message.contains("75 %"));
    }

    #[test]
    fn identifiers_are_text() {
        let many: Vec<String> = (0..2000).map(|i| format!("id{i}")).collect();
        let cells: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(read(&cells).0.kind(), "text");
        assert_eq!(read(&cells[..30]).0.kind(), "text");
        assert_eq!(read(&cells[..10]).0.kind(), "categories");
        assert_eq!(read(&cells).0.display(1999), "id1999");
    }

    #[test]
    fn only_missing_and_infinite_values() {
        let (values, notes) = read(&["", "NA"]);
        assert_eq!(values, Values::Number(vec![f64::NAN; 2]));
        assert_eq!(notes.len(), 1);
        let (values, notes) = read(&["1", "inf"]);
        assert_eq!(values, Values::Number(vec![1.0, f64::NAN]));
        assert!(notes[0].message.starts_with("1 value is infinite"));
    }
}
