//! The stream of UTF-8 bytes that the CSV parser drinks from.
//!
//! A [`Feed`] reads a source in pieces of 64 KiB, decodes them when the source is not
//! UTF-8, and after each piece tells a [`Watch`], which reports progress, asks whether
//! to go on, and stops at a NUL byte. It knows nothing about rows and columns.

use crate::data::DataError;
use encoding_rs::{Decoder, Encoding, UTF_8};
use std::cell::Cell;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::ControlFlow;

/// Bytes read at a time, and so between two looks at the cancel switch.
pub(super) const PIECE: usize = 1 << 16;

/// Why a feed ended before its source did.
#[derive(Debug, Clone, Copy)]
enum Stop {
    Cancelled,
    NulByte(u64),
}

/// Progress, cancellation and what was noticed on the way, over all passes of one file.
pub(super) struct Watch<'a> {
    progress: &'a dyn Fn(f32) -> ControlFlow<()>,
    done: Cell<u64>,
    total: Cell<u64>,
    shown: Cell<f32>,
    stop: Cell<Option<Stop>>,
    /// Quotation marks since the last [`Watch::new_pass`]; an odd number means one is not closed.
    quotes: Cell<u64>,
    /// Some characters could not be decoded.
    pub(super) unreadable: Cell<bool>,
}

impl<'a> Watch<'a> {
    /// Watches over a source of `size` bytes.
    pub(super) fn new(progress: &'a dyn Fn(f32) -> ControlFlow<()>, size: u64) -> Self {
        Self {
            progress,
            done: Cell::new(0),
            total: Cell::new(size.max(1)),
            shown: Cell::new(0.0),
            stop: Cell::new(None),
            quotes: Cell::new(0),
            unreadable: Cell::new(false),
        }
    }

    /// One more pass over `size` bytes turned out to be needed.
    pub(super) fn expect_more(&self, size: u64) {
        self.total.set(self.total.get() + size);
    }

    /// A pass begins at the start of the source.
    pub(super) fn new_pass(&self) {
        self.quotes.set(0);
    }

    /// Whether the quotation marks of this pass do not pair up.
    pub(super) fn quotes_are_odd(&self) -> bool {
        self.quotes.get() % 2 == 1
    }

    /// What a failed read means for the person.
    pub(super) fn error(&self, error: &dyn std::error::Error, name: &str) -> DataError {
        let name = name.to_owned();
        match self.stop.get() {
            Some(Stop::Cancelled) => DataError::Cancelled,
            Some(Stop::NulByte(position)) => {
                DataError::Binary { name, found: format!("byte {position} is zero") }
            }
            None => DataError::Read { name, reason: error.to_string() },
        }
    }

    /// Counts raw bytes and asks whether to go on. Progress never runs backwards, even
    /// when a second pass makes the work longer than it seemed.
    fn advance(&self, bytes: usize) -> io::Result<()> {
        self.done.set(self.done.get() + bytes as u64);
        let share = self.done.get() as f64 / self.total.get() as f64;
        self.shown.set(self.shown.get().max(share.min(1.0) as f32));
        if (self.progress)(self.shown.get()).is_break() {
            self.stop.set(Some(Stop::Cancelled));
            return Err(io::Error::other("cancelled"));
        }
        Ok(())
    }

    /// Looks at decoded bytes that start at `position`.
    fn inspect(&self, bytes: &[u8], position: u64) -> io::Result<()> {
        if bytes.contains(&0) {
            let offset = bytes.iter().take_while(|&&byte| byte != 0).count();
            self.stop.set(Some(Stop::NulByte(position + offset as u64 + 1)));
            return Err(io::Error::other("not text"));
        }
        self.quotes.set(self.quotes.get() + count_quotes(bytes));
        Ok(())
    }
}

/// Quotation marks among the bytes. Pieces of 255 are counted in a byte each, which the
/// compiler turns into SIMD.
fn count_quotes(bytes: &[u8]) -> u64 {
    let in_piece = |piece: &[u8]| piece.iter().map(|&byte| u8::from(byte == b'"')).sum::<u8>();
    bytes.chunks(255).map(|piece| u64::from(in_piece(piece))).sum()
}

/// Where the text begins and how it is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct TextStart {
    /// The encoding.
    pub(super) encoding: &'static Encoding,
    /// Bytes of the byte order mark.
    pub(super) offset: u64,
}

impl TextStart {
    /// What the byte order mark says; UTF-8 without one.
    pub(super) fn from_mark(first_bytes: &[u8]) -> Self {
        match Encoding::for_bom(first_bytes) {
            Some((encoding, length)) => Self { encoding, offset: length as u64 },
            None => Self { encoding: UTF_8, offset: 0 },
        }
    }

    /// Whether the bytes can be used as they are, without a decoder.
    pub(super) fn is_utf8(self) -> bool {
        self.encoding == UTF_8
    }
}

/// A source as UTF-8 bytes from its start.
pub(super) struct Feed<'a, R> {
    source: &'a mut R,
    watch: &'a Watch<'a>,
    /// Bytes handed out so far.
    position: u64,
    decoder: Option<Decoding>,
}

/// What a source in another encoding needs in addition.
struct Decoding {
    decoder: Decoder,
    raw: Vec<u8>,
    text: String,
    taken: usize,
    ended: bool,
}

impl<'a, R: Read + Seek> Feed<'a, R> {
    /// Goes back to the start of the text.
    ///
    /// UTF-8 passes through unchecked here: numbers need no check, and the words are
    /// checked one by one where they are kept.
    pub(super) fn start(
        source: &'a mut R,
        start: TextStart,
        watch: &'a Watch<'a>,
    ) -> io::Result<Self> {
        source.seek(SeekFrom::Start(start.offset))?;
        watch.new_pass();
        let decoder = (!start.is_utf8()).then(|| Decoding {
            decoder: start.encoding.new_decoder_without_bom_handling(),
            raw: vec![0; PIECE],
            text: String::new(),
            taken: 0,
            ended: false,
        });
        Ok(Self { source, watch, position: 0, decoder })
    }
}

impl<R: Read> Read for Feed<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = match &mut self.decoder {
            None => {
                let read = read_piece(self.source, out)?;
                self.watch.advance(read)?;
                read
            }
            Some(decoding) => decoding.read(self.source, self.watch, out)?,
        };
        let fresh = out.get(..read).unwrap_or_default();
        self.watch.inspect(fresh, self.position)?;
        self.position += read as u64;
        Ok(read)
    }
}

impl Decoding {
    fn read(
        &mut self,
        source: &mut dyn Read,
        watch: &Watch<'_>,
        out: &mut [u8],
    ) -> io::Result<usize> {
        while self.taken >= self.text.len() {
            if self.ended {
                return Ok(0);
            }
            self.fill(source, watch)?;
        }
        let rest = self.text.as_bytes().get(self.taken..).unwrap_or_default();
        let read = rest.len().min(out.len());
        for (to, from) in out.iter_mut().zip(rest) {
            *to = *from;
        }
        self.taken += read;
        Ok(read)
    }

    fn fill(&mut self, source: &mut dyn Read, watch: &Watch<'_>) -> io::Result<()> {
        let read = read_piece(source, &mut self.raw)?;
        watch.advance(read)?;
        self.ended = read == 0;
        self.taken = 0;
        self.text.clear();
        let most = self.decoder.max_utf8_buffer_length(read).unwrap_or(4 * PIECE);
        self.text.reserve(most);
        let raw = self.raw.get(..read).unwrap_or_default();
        let (_, _, replaced) = self.decoder.decode_to_string(raw, &mut self.text, self.ended);
        if replaced {
            watch.unreadable.set(true);
        }
        Ok(())
    }
}

/// One read, repeated when a signal interrupts it.
fn read_piece(source: &mut (impl Read + ?Sized), out: &mut [u8]) -> io::Result<usize> {
    loop {
        match source.read(out) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

/// Guesses the encoding of a text that is not UTF-8 from all of its bytes.
pub(super) fn guess_encoding<R: Read + Seek>(
    source: &mut R,
    watch: &Watch<'_>,
) -> io::Result<&'static Encoding> {
    source.seek(SeekFrom::Start(0))?;
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    let mut piece = vec![0; PIECE];
    loop {
        let read = read_piece(source, &mut piece)?;
        watch.advance(read)?;
        detector.feed(piece.get(..read).unwrap_or_default(), read == 0);
        if read == 0 {
            return Ok(detector.guess(None, chardetng::Utf8Detection::Deny));
        }
    }
}
