//! How a CSV file is written: delimiter, decimal sign, header or not.
//!
//! Guessed from the first 64 KiB. A delimiter is believed when it splits the rows into
//! equally many fields; between two that do, the one whose fields read as numbers wins,
//! which tells `1,5;2,5` (decimal commas) from `a;b,c;d`.

use crate::data::number::{Parsed, parse};
use csv::{ByteRecord, ReaderBuilder};

/// Rows that are looked at.
const SAMPLE_ROWS: usize = 200;

/// The delimiters, the most usual first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Dialect {
    /// The byte between two fields.
    pub(super) delimiter: u8,
    /// Numbers may be written `1,5`: only where the comma does not delimit.
    pub(super) decimal_comma: bool,
    /// The first row holds names.
    pub(super) header: bool,
    /// The first row is a spreadsheet's `sep=;` line.
    pub(super) separator_line: bool,
    /// Average length of a row, to reserve memory.
    pub(super) bytes_per_row: usize,
}

/// Why no dialect fits.
#[derive(Debug, PartialEq)]
pub(super) enum NoDialect {
    /// Blank.
    Empty,
    /// One field a row, whatever the delimiter.
    OneColumn {
        /// The first line.
        first_line: String,
    },
    /// The first row opens a quotation mark that is not closed.
    UnclosedQuote,
}

/// Guesses from the head of a file; `whole` when the head is all of it. Fewer columns than
/// `least_columns`, 1 or 2, are no table.
pub(super) fn detect(head: &[u8], whole: bool, least_columns: usize) -> Result<Dialect, NoDialect> {
    let separator = separator_line(head);
    let candidates: &[u8] = separator.as_ref().map_or(&DELIMITERS, std::slice::from_ref);
    let mut best: Option<(Score, Sample)> = None;
    for &delimiter in candidates {
        let sample = Sample::take(head, whole, delimiter, separator.is_some());
        if sample.rows.is_empty() {
            continue;
        }
        let score = sample.score();
        if best.as_ref().is_none_or(|(other, _)| score.beats(other)) {
            best = Some((score, sample));
        }
    }
    let Some((score, sample)) = best else {
        return Err(NoDialect::Empty);
    };
    if score.fields < 2 {
        let fault = one_column(head, &sample);
        if least_columns > 1 || fault == NoDialect::UnclosedQuote {
            return Err(fault);
        }
    }
    Ok(Dialect {
        delimiter: sample.delimiter,
        decimal_comma: sample.delimiter == b';',
        header: sample.has_header(),
        separator_line: separator.is_some(),
        bytes_per_row: (sample.bytes / sample.rows.len()).max(1),
    })
}

/// The delimiter named by a first line `sep=;`, as some spreadsheets write it.
fn separator_line(head: &[u8]) -> Option<u8> {
    let line = head.split(|&byte| byte == b'\n').next()?;
    match line.strip_prefix(b"sep=")?.trim_ascii_end() {
        [delimiter] => Some(*delimiter),
        // A tab is white space itself.
        [] => line.contains(&b'\t').then_some(b'\t'),
        _ => None,
    }
}

fn one_column(head: &[u8], sample: &Sample) -> NoDialect {
    let quotes: usize = head.iter().map(|&byte| usize::from(byte == b'"')).sum();
    let first_runs_on =
        sample.rows.first().is_some_and(|row| row.iter().any(|cell| cell.contains(&b'\n')));
    if quotes % 2 == 1 && first_runs_on {
        return NoDialect::UnclosedQuote;
    }
    let text = String::from_utf8_lossy(head);
    let first_line = text.lines().find(|line| !line.trim().is_empty());
    NoDialect::OneColumn { first_line: first_line.unwrap_or_default().trim().to_owned() }
}

/// How well a delimiter fits.
#[derive(Debug)]
struct Score {
    /// Fields of most rows.
    fields: usize,
    /// Share of the rows with that many fields.
    consistent: f64,
    /// Share of the fields, below the first row, that are numbers or missing.
    numeric: f64,
}

impl Score {
    fn beats(&self, other: &Self) -> bool {
        if (self.fields < 2) != (other.fields < 2) {
            return other.fields < 2;
        }
        // At a tie the more usual delimiter stays.
        (self.consistent, self.numeric) > (other.consistent, other.numeric)
    }
}

/// The first rows, split by one delimiter.
struct Sample {
    delimiter: u8,
    rows: Vec<ByteRecord>,
    /// Bytes that these rows take.
    bytes: usize,
}

impl Sample {
    fn take(head: &[u8], whole: bool, delimiter: u8, skip_first: bool) -> Self {
        let mut reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .from_reader(head);
        let mut rows = Vec::new();
        let mut bytes = 0;
        let mut record = ByteRecord::new();
        let mut skip = skip_first;
        while rows.len() < SAMPLE_ROWS && matches!(reader.read_byte_record(&mut record), Ok(true)) {
            let end = reader.position().byte() as usize;
            // The last row of a head that is cut off is cut off, too.
            if end >= head.len() && !whole && !rows.is_empty() {
                break;
            }
            bytes = end;
            if !std::mem::take(&mut skip) && !is_blank(&record) {
                rows.push(record.clone());
            }
        }
        Self { delimiter, rows, bytes }
    }

    fn score(&self) -> Score {
        let mut fields = 0;
        let mut most = 0;
        for row in &self.rows {
            let same = self.rows.iter().filter(|r| r.len() == row.len()).count();
            if same > most {
                (fields, most) = (row.len(), same);
            }
        }
        let below = || self.rows.iter().skip(1).flat_map(ByteRecord::iter);
        let numeric = below().filter(|cell| !self.is_word(cell)).count();
        Score {
            fields,
            consistent: most as f64 / self.rows.len().max(1) as f64,
            numeric: numeric as f64 / below().count().max(1) as f64,
        }
    }

    fn is_word(&self, cell: &[u8]) -> bool {
        parse(cell.trim_ascii(), self.delimiter == b';') == Parsed::Word
    }

    fn is_number(&self, cell: &[u8]) -> bool {
        matches!(
            parse(cell.trim_ascii(), self.delimiter == b';'),
            Parsed::Number(_) | Parsed::Infinite
        )
    }

    /// A first row without numbers holds names. So does one with numbers in it (years,
    /// say) when a word of it stands above a column of nothing but numbers.
    fn has_header(&self) -> bool {
        let Some((first, below)) = self.rows.split_first() else {
            return false;
        };
        if !first.iter().any(|cell| self.is_number(cell)) {
            return true;
        }
        first.iter().enumerate().any(|(index, cell)| {
            let mut column = below.iter().filter_map(|row| row.get(index));
            self.is_word(cell)
                && below.iter().any(|row| row.get(index).is_some_and(|c| self.is_number(c)))
                && column.all(|c| !self.is_word(c))
        })
    }
}

/// A line of nothing, or of nothing but blanks.
pub(super) fn is_blank(record: &ByteRecord) -> bool {
    record.len() <= 1 && record.iter().all(|cell| cell.trim_ascii().is_empty())
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "these values are exact")]
mod tests {
    use super::*;

    fn of(text: &str) -> Dialect {
        detect(text.as_bytes(), true, 2).unwrap()
    }

    #[test]
    fn every_delimiter_is_found() {
        for delimiter in [',', ';', '\t', '|'] {
            let text = "name,value\nx,1\ny,2\n".replace(',', &delimiter.to_string());
            assert_eq!(of(&text).delimiter, delimiter as u8);
        }
    }

    #[test]
    fn delimiters_inside_quotes_do_not_count() {
        assert_eq!(of("a,b\n\"1;2;3\",4\n\"5;6;7\",8\n").delimiter, b',');
    }

    #[test]
    fn decimal_commas_beside_semicolons() {
        let dialect = of("1,5;2,5\n3,5;4,5\n1,0;2,0\n");
        assert_eq!(dialect.delimiter, b';');
        assert!(dialect.decimal_comma && !dialect.header);
        assert_eq!(of("a;b,c;d\ne;f,g;h\n").delimiter, b',');
    }

    #[test]
    fn headers_with_years_and_files_without_header() {
        assert!(of("country,2019,2020\nA,1.5,2\nB,2,3\n").delimiter == b',');
        assert!(of("year,2019\n1,2\n3,4\n").header);
        assert!(!of("5.1,setosa\n4.9,setosa\n").header);
        assert!(of("a,b\nc,d\n").header);
    }

    #[test]
    fn a_spreadsheets_separator_line_decides() {
        let dialect = of("sep=;\na;b\n1,5;2\n");
        assert!(dialect.separator_line && dialect.header);
        assert_eq!(dialect.delimiter, b';');
        assert_eq!(of("sep=\t\na\tb\n1\t2\n").delimiter, b'\t');
    }

    #[test]
    fn what_is_no_table() {
        assert_eq!(detect(b" \n\n", true, 2), Err(NoDialect::Empty));
        let one = detect(b"\nabc\ndef\n", true, 2);
        assert_eq!(one, Err(NoDialect::OneColumn { first_line: "abc".into() }));
        assert_eq!(detect(b"\"a,b\n1,2\n", true, 2), Err(NoDialect::UnclosedQuote));
    }
}
