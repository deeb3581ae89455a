//! Small tables for the tests of `data`.

use netsmith::data::{Column, Table, Values};

/// A column of numbers.
pub(crate) fn number(name: &str, numbers: &[f64]) -> Column {
    Column::new(name, Values::Number(numbers.to_vec()))
}

/// A column of words; an empty one is missing.
pub(crate) fn words(name: &str, words: &[&str]) -> Column {
    let mut values = Values::category(words);
    if let Values::Category { levels, codes } = &mut values
        && let Some(empty) = levels.iter().position(String::is_empty)
    {
        "never".clone_into(&mut levels[empty]);
        for code in codes.iter_mut().filter(|code| **code as usize == empty) {
            *code = netsmith::data::MISSING;
        }
    }
    Column::new(name, values)
}

/// A table of these columns.
pub(crate) fn table(columns: Vec<Column>) -> Table {
    Table::new("test", columns).unwrap()
}
