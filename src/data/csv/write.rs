//! A table as CSV: UTF-8, commas, one header line, an empty cell where a value is missing.

use crate::data::Table;
use std::io::{self, Write};

/// Writes a table so that [`read_csv`](super::read_csv) reads it back.
///
/// Numbers are written with as many digits as it takes to read the same number again.
/// What CSV cannot say is lost: the order of category levels, and whether "7" was a word.
///
/// # Errors
/// What the writer reports.
pub fn write_csv(table: &Table, out: impl Write) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(table.columns.iter().map(|column| &column.name))?;
    let mut record = csv::StringRecord::new();
    for row in 0..table.rows() {
        record.clear();
        for column in &table.columns {
            record.push_field(&column.values.display(row));
        }
        writer.write_record(&record)?;
    }
    writer.flush()
}
