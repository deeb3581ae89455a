//! What the person is told about their data: one sentence a note.
//!
//! Reading and encoding never change data silently. Whatever was filled, renamed,
//! left out or guessed becomes a [`Note`]; what cannot be done at all is a
//! [`DataError`](super::DataError).

use std::fmt;

/// One sentence about what was done with the data, and to which column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The column it is about; `None` when it is about the whole table.
    pub column: Option<String>,
    /// A whole sentence that does not repeat the column's name.
    pub message: String,
}

impl Note {
    /// A note about one column.
    pub fn on(column: &str, message: impl Into<String>) -> Self {
        Self { column: Some(column.to_owned()), message: message.into() }
    }

    /// A note about the whole table.
    pub fn general(message: impl Into<String>) -> Self {
        Self { column: None, message: message.into() }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.column {
            Some(column) => write!(f, "{column}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

/// "1 row", "3 rows": a count with its noun.
pub(super) fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// `a, b, c and 4 more`: names for a message, never more than twelve of them.
pub(super) fn list<S: AsRef<str>>(names: &[S]) -> String {
    const SHOWN: usize = 12;
    let shown: Vec<&str> = names.iter().take(SHOWN).map(AsRef::as_ref).collect();
    let text = shown.join(", ");
    if names.len() > SHOWN {
        return format!("{text} and {} more", names.len() - SHOWN);
    }
    text
}

/// The start of a text that may be long: at most forty characters.
pub(super) fn shorten(text: &str) -> String {
    const LONGEST: usize = 40;
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    let start: String = text.chars().take(LONGEST - 1).collect();
    format!("{start}…")
}

/// A number for a sentence: up to five significant digits, no trailing zeros.
pub(super) fn short_number(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return format!("{value}");
    }
    let magnitude = value.abs().log10().floor();
    if !(-4.0..9.0).contains(&magnitude) {
        return format!("{value:.3e}");
    }
    let decimals = (4.0 - magnitude).clamp(0.0, 8.0) as usize;
    let text = format!("{value:.decimals$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "these values are exact")]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_sentences_are_short() {
        assert_eq!(short_number(44.449_999), "44.45");
        assert_eq!(short_number(-3.0), "-3");
        assert_eq!(short_number(123_456.7), "123457");
        assert_eq!(short_number(0.000_123_456), "0.00012346");
        assert_eq!(short_number(1.0e-9), "1.000e-9");
        assert_eq!(short_number(0.0), "0");
    }

    #[test]
    fn lists_and_long_texts_are_cut() {
        let names: Vec<String> = (0..15).map(|i| format!("c{i}")).collect();
        assert!(list(&names).ends_with("c11 and 3 more"));
        assert_eq!(shorten("short"), "short");
        assert_eq!(shorten(&"ä".repeat(50)).chars().count(), 40);
    }

    #[test]
    fn a_note_reads_with_its_column() {
        assert_eq!(Note::on("age", "Constant.").to_string(), "age: Constant.");
        assert_eq!(Note::general("Read as UTF-8.").to_string(), "Read as UTF-8.");
    }
}
