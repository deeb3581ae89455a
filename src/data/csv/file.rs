//! One CSV file on its way into columns: the passes over it, and its errors.

use super::column::{Builder, NotUtf8};
use super::dialect::{self, Dialect, NoDialect};
use super::feed::{self, Feed, PIECE, TextStart, Watch};
use super::header::{self, Names};
use super::{Loaded, MOST_CELLS};
use crate::data::note::{Note, shorten};
use crate::data::{Column, DataError, Table};
use csv::{ByteRecord, ReaderBuilder};
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::ControlFlow;

/// Files that people take for CSV, by their first bytes.
fn known_binary(first_bytes: &[u8]) -> Option<String> {
    let kinds: [(&[u8], &str); 6] = [
        (b"PK\x03\x04", "this is an Excel workbook or another zip file"),
        (b"\xd0\xcf\x11\xe0", "this is an old Excel or Word file"),
        (b"%PDF", "this is a PDF file"),
        (b"\x89PNG", "this is a PNG picture"),
        (b"\x1f\x8b", "this is a gzip-compressed file"),
        (b"PAR1", "this is a Parquet file"),
    ];
    let kind = kinds.iter().find(|(mark, _)| first_bytes.starts_with(mark));
    kind.map(|(_, found)| (*found).to_owned())
}

fn encoding_note(encoding: &str, certain: bool) -> Note {
    Note::general(if certain {
        format!("Read as {encoding}.")
    } else {
        format!(
            "The text is not UTF-8; read as {encoding}, the likeliest encoding. If letters look wrong, save the file as UTF-8."
        )
    })
}

/// Why a pass over the file did not succeed.
enum Trouble {
    /// Start again in another encoding.
    NotUtf8,
    /// Tell the person.
    Data(DataError),
}

impl From<DataError> for Trouble {
    fn from(error: DataError) -> Self {
        Self::Data(error)
    }
}

impl From<NotUtf8> for Trouble {
    fn from(_: NotUtf8) -> Self {
        Self::NotUtf8
    }
}

/// A file being read.
pub(super) struct CsvFile<'a, R> {
    source: R,
    name: &'a str,
    size: u64,
    start: TextStart,
    watch: Watch<'a>,
    least_columns: usize,
}

/// The rows of a file, without the header.
struct Content {
    header: Option<Vec<String>>,
    columns: Vec<Builder>,
    rows: usize,
}

impl<'a, R: Read + Seek> CsvFile<'a, R> {
    /// Looks at the first bytes: another kind of file, or a byte order mark.
    pub(super) fn open(
        mut source: R,
        name: &'a str,
        progress: &'a dyn Fn(f32) -> ControlFlow<()>,
    ) -> Result<Self, DataError> {
        let failed =
            |error: io::Error| DataError::Read { name: name.to_owned(), reason: error.to_string() };
        let size = source.seek(SeekFrom::End(0)).map_err(failed)?;
        source.seek(SeekFrom::Start(0)).map_err(failed)?;
        let mut first_bytes = Vec::with_capacity(8);
        let taken = source.by_ref().take(8).read_to_end(&mut first_bytes);
        taken.map_err(failed)?;
        if let Some(found) = known_binary(&first_bytes) {
            let name = name.to_owned();
            return Err(DataError::Binary { name, found });
        }
        Ok(Self {
            source,
            name,
            size,
            start: TextStart::from_mark(&first_bytes),
            watch: Watch::new(progress, size),
            least_columns: 2,
        })
    }

    /// A single column is a table too.
    pub(super) fn allow_one_column(mut self) -> Self {
        self.least_columns = 1;
        self
    }

    /// Reads the file, a second time in a guessed encoding if it must be.
    pub(super) fn load(mut self) -> Result<Loaded, DataError> {
        match self.read() {
            Ok(mut loaded) => {
                if !self.start.is_utf8() {
                    let note = encoding_note(self.start.encoding.name(), true);
                    loaded.notes.insert(0, note);
                }
                Ok(loaded)
            }
            Err(Trouble::Data(error)) => Err(error),
            Err(Trouble::NotUtf8) => self.read_guessed(),
        }
    }

    /// Reads a file that turned out not to be UTF-8.
    fn read_guessed(&mut self) -> Result<Loaded, DataError> {
        self.watch.expect_more(2 * self.size);
        self.start.encoding = feed::guess_encoding(&mut self.source, &self.watch)
            .map_err(|error| self.watch.error(&error, self.name))?;
        let encoding = self.start.encoding.name();
        match self.read() {
            Ok(mut loaded) => {
                loaded.notes.insert(0, encoding_note(encoding, false));
                if self.watch.unreadable.get() {
                    let message = "Some characters could not be read and are shown as �.";
                    loaded.notes.insert(1, Note::general(message));
                }
                Ok(loaded)
            }
            Err(Trouble::Data(error)) => Err(error),
            // A decoder writes nothing but UTF-8; the caller sees an error all the same.
            Err(Trouble::NotUtf8) => Err(DataError::Binary {
                name: self.name.to_owned(),
                found: "some bytes are in no known encoding".to_owned(),
            }),
        }
    }

    /// Reads the whole file in the encoding of `self.start`.
    fn read(&mut self) -> Result<Loaded, Trouble> {
        let mut head = Vec::with_capacity(PIECE);
        let taken = {
            let feed = Feed::start(&mut self.source, self.start, &self.watch);
            feed.and_then(|feed| feed.take(PIECE as u64).read_to_end(&mut head))
        };
        taken.map_err(|error| self.watch.error(&error, self.name))?;
        self.check_text(&head)?;
        let whole = head.len() < PIECE;
        let dialect = dialect::detect(&head, whole, self.least_columns)
            .map_err(|none| self.no_dialect(none))?;
        // The head is read again with the rest; it costs one piece of progress.
        self.watch.expect_more(head.len() as u64);
        drop(head);
        let mut content = self.first_pass(dialect)?;
        if content.rows == 0 {
            return Err(Trouble::Data(DataError::HeaderOnly {
                name: self.name.to_owned(),
                columns: content.header.map_or(0, |header| header.len()),
            }));
        }
        if content.columns.iter().any(Builder::is_deferred) {
            self.watch.expect_more(self.size);
            self.second_pass(dialect, &mut content.columns)?;
        }
        Ok(self.assemble(content)?)
    }

    /// Control characters in the first piece: this is no text.
    fn check_text(&self, head: &[u8]) -> Result<(), DataError> {
        let control =
            |&byte: &u8| byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1a);
        match head.iter().position(control) {
            None => Ok(()),
            Some(offset) => Err(DataError::Binary {
                name: self.name.to_owned(),
                found: format!("byte {} is a control character", offset + 1),
            }),
        }
    }

    fn no_dialect(&self, none: NoDialect) -> DataError {
        let name = self.name.to_owned();
        match none {
            NoDialect::Empty => DataError::Empty { name },
            NoDialect::OneColumn { first_line } => DataError::OneColumn { name, first_line },
            NoDialect::UnclosedQuote => DataError::UnclosedQuote { name, line: 1 },
        }
    }

    /// Fills every column.
    fn first_pass(&mut self, dialect: Dialect) -> Result<Content, Trouble> {
        let watch = &self.watch;
        let feed = Feed::start(&mut self.source, self.start, watch)
            .map_err(|error| watch.error(&error, self.name))?;
        let mut reader = csv_reader(feed, dialect);
        let expected_rows = self.size as usize / dialect.bytes_per_row + 16;
        let expected_rows = expected_rows + expected_rows / 32;
        let mut content = Content { header: None, columns: Vec::new(), rows: 0 };
        let mut skip = dialect.separator_line;
        let mut record = ByteRecord::new();
        let mut last_byte = 0;
        while reader
            .read_byte_record(&mut record)
            .map_err(|error| watch.error(&error, self.name))?
        {
            if std::mem::take(&mut skip) || dialect::is_blank(&record) {
                continue;
            }
            last_byte = record.position().map_or(0, csv::Position::byte);
            if content.columns.is_empty() {
                let fresh = || Builder::new(expected_rows, dialect.decimal_comma);
                content.columns = record.iter().map(|_| fresh()).collect();
                if dialect.header {
                    content.header = Some(header_text(&record)?);
                    continue;
                }
            }
            if record.len() != content.columns.len() {
                let mut next = ByteRecord::new();
                let last = matches!(reader.read_byte_record(&mut next), Ok(false));
                let quote_open = last && watch.quotes_are_odd();
                let expected = content.columns.len();
                return Err(self.field_count_error(&record, expected, quote_open, last_byte));
            }
            content.rows += 1;
            for (column, cell) in content.columns.iter_mut().zip(&record) {
                column.push(cell, content.rows)?;
            }
            if content.rows * content.columns.len() > MOST_CELLS {
                return Err(Trouble::Data(DataError::TooLarge {
                    name: self.name.to_owned(),
                    rows: content.rows,
                    columns: content.columns.len(),
                    limit: MOST_CELLS,
                }));
            }
        }
        if watch.quotes_are_odd() {
            self.check_last_row(last_byte)?;
        }
        Ok(content)
    }

    /// Fills the deferred columns as words.
    fn second_pass(&mut self, dialect: Dialect, columns: &mut [Builder]) -> Result<(), Trouble> {
        let watch = &self.watch;
        let feed = Feed::start(&mut self.source, self.start, watch)
            .map_err(|error| watch.error(&error, self.name))?;
        let mut reader = csv_reader(feed, dialect);
        let mut deferred: Vec<(usize, &mut Builder)> =
            columns.iter_mut().enumerate().filter(|(_, column)| column.is_deferred()).collect();
        for (_, column) in &mut deferred {
            column.restart();
        }
        let mut skip = usize::from(dialect.separator_line) + usize::from(dialect.header);
        let mut record = ByteRecord::new();
        let mut row = 0;
        while reader
            .read_byte_record(&mut record)
            .map_err(|error| watch.error(&error, self.name))?
        {
            if dialect::is_blank(&record) {
                continue;
            }
            if skip > 0 {
                skip -= 1;
                continue;
            }
            row += 1;
            for (index, column) in &mut deferred {
                column.push(record.get(*index).unwrap_or_default(), row)?;
            }
        }
        Ok(())
    }

    fn field_count_error(
        &mut self,
        record: &ByteRecord,
        expected: usize,
        quote_open: bool,
        byte: u64,
    ) -> Trouble {
        let spans_lines = record.iter().any(|cell| cell.contains(&b'\n'));
        let line = self.line_of(byte);
        let name = self.name.to_owned();
        Trouble::Data(if spans_lines && quote_open {
            DataError::UnclosedQuote { name, line }
        } else {
            DataError::FieldCount { name, line, expected, found: record.len(), spans_lines }
        })
    }

    /// With an odd number of quotation marks, a last row over several lines has eaten them.
    fn check_last_row(&mut self, byte: u64) -> Result<(), DataError> {
        let row = self.text_from(byte);
        if String::from_utf8_lossy(&row).trim().contains('\n') {
            return Err(DataError::UnclosedQuote {
                name: self.name.to_owned(),
                line: self.line_of(byte),
            });
        }
        Ok(())
    }

    /// The text from a byte to the end, for an error message; empty when it cannot be read.
    fn text_from(&mut self, byte: u64) -> Vec<u8> {
        let quiet = Watch::new(&|_| ControlFlow::Continue(()), self.size);
        let mut text = Vec::new();
        if let Ok(mut feed) = Feed::start(&mut self.source, self.start, &quiet) {
            let _ = io::copy(&mut feed.by_ref().take(byte), &mut io::sink());
            let _ = feed.read_to_end(&mut text);
        }
        text
    }

    /// The line (from 1) of the row that starts at or, after blank lines, behind a byte.
    fn line_of(&mut self, byte: u64) -> u64 {
        let quiet = Watch::new(&|_| ControlFlow::Continue(()), self.size);
        let Ok(feed) = Feed::start(&mut self.source, self.start, &quiet) else {
            return 1;
        };
        let mut lines = 1;
        for (offset, next) in io::BufReader::new(feed).bytes().enumerate() {
            let Ok(next) = next else { break };
            if offset as u64 >= byte && !matches!(next, b'\r' | b'\n') {
                break;
            }
            lines += u64::from(next == b'\n');
        }
        lines
    }

    /// Names the columns and puts the table together.
    fn assemble(&self, content: Content) -> Result<Loaded, DataError> {
        let Names { unique: names, unnamed, mut notes } = match &content.header {
            Some(header) => header::unique(header),
            None => header::numbered(content.columns.len()),
        };
        let mut columns = Vec::with_capacity(names.len());
        let described = names.into_iter().zip(unnamed).zip(content.columns);
        for ((name, unnamed), builder) in described {
            let (values, column_notes) = builder.finish(&name);
            if unnamed && values.missing() == values.len() {
                // The trace of a delimiter at the end of every line.
                notes.retain(|note| note.column.as_ref() != Some(&name));
                notes.push(Note::general(format!(
                    "An empty column without a name ({name}) was left out."
                )));
                continue;
            }
            notes.extend(column_notes);
            columns.push(Column::new(name, values));
        }
        if columns.len() < self.least_columns {
            let first_line = columns.first().map(|column| shorten(&column.name));
            return Err(DataError::OneColumn {
                name: self.name.to_owned(),
                first_line: first_line.unwrap_or_default(),
            });
        }
        let table = Table::new(self.name, columns)?;
        Ok(Loaded { table, notes })
    }
}

fn csv_reader<R: Read>(feed: R, dialect: Dialect) -> csv::Reader<R> {
    ReaderBuilder::new()
        .delimiter(dialect.delimiter)
        .has_headers(false)
        // Rows of the wrong length are reported here, with a line that counts blank ones.
        .flexible(true)
        .buffer_capacity(PIECE)
        .from_reader(feed)
}

fn header_text(record: &ByteRecord) -> Result<Vec<String>, NotUtf8> {
    let text = |cell: &[u8]| std::str::from_utf8(cell).map(str::to_owned);
    let cells: Result<Vec<String>, _> = record.iter().map(text).collect();
    cells.map_err(|_| NotUtf8)
}
