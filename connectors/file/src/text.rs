//! Files of text: lines of cells between delimiters.

use std::io::{BufRead, Read};

use contract::ReadError;
use csv::{ByteRecord, ErrorKind, ReaderBuilder};
use messages::Message;

use crate::charset::{self, Charset};
use crate::folder::DataFile;
use crate::quotes::{Begin, OpenQuote, Quotes};
use crate::record::Record;
use crate::scan::Reads;
use crate::table::Header;
use crate::work::Job;
use crate::{Options, failure};

/// A record longer than this is no record.
const MAX_RECORD_BYTES: u64 = 64 << 20;

/// Reads a file.
pub(crate) fn read(
    file: &DataFile,
    header_row: u32,
    options: &Options,
    job: &Job,
    reads: &mut impl Reads,
) -> Result<(), ReadError> {
    let io = |error: std::io::Error| failure::io(&file.name, &error);
    let opened = charset::open(file, options.charset.as_deref(), options.delimiter).map_err(io)?;
    let (mut bytes, charset) = opened;
    for _ in 1..header_row {
        bytes.skip_until(b'\n').map_err(io)?;
        job.step()?;
    }
    let mut lines = Lines::new(bytes, file, options.delimiter, u64::from(header_row.max(1)));
    let mut cells = ByteRecord::new();
    if !lines.next(&mut cells)? {
        let code = if file.n_bytes == 0 { "TJ-S258" } else { "TJ-S253" };
        let message = Message::new(code).with("file", &file.name).with("row", header_row);
        return Err(failure::no_header(file, &message));
    }
    if reads.header(header_of(&cells, charset, file, lines.at.line)?)?.is_break() {
        return Ok(());
    }
    while lines.next(&mut cells)? {
        job.step()?;
        let record = Record::Line { cells: &cells, charset, line: lines.at.line, torn: lines.at.torn };
        if reads.record(&record)?.is_break() {
            return Ok(());
        }
    }
    Ok(())
}

/// A file whose charset nobody declared, and that is not the usual one.
pub(crate) fn not_declared(file: &str, line: u64) -> ReadError {
    ReadError::no_table(&Message::new("TJ-S231").with("file", file).with("line", line))
}

fn header_of(cells: &ByteRecord, charset: Charset, file: &DataFile, line: u64) -> Result<Header, ReadError> {
    let mut names = Vec::with_capacity(cells.len());
    for bytes in cells {
        match charset.text(bytes) {
            Some(text) => names.push(text.into_owned()),
            None if charset.is_known => {
                let message = Message::new("TJ-S232").with("file", &file.name).with("charset", charset.name);
                return Err(ReadError::no_table(&message));
            }
            None => return Err(not_declared(&file.name, line)),
        }
    }
    let mut header = Header::of(names, &file.name)?;
    header.charset = Some(charset.name);
    Ok(header)
}

struct Lines<'a> {
    reader: csv::Reader<Watched>,
    file: &'a DataFile,
    /// The last record: where it begins, from 1, and whether it is whole.
    at: Begin,
}

impl<'a> Lines<'a> {
    fn new(
        bytes: Box<dyn BufRead + Send>,
        file: &'a DataFile,
        delimiter: char,
        first_line: u64,
    ) -> Lines<'a> {
        let delimiter = u8::try_from(delimiter).unwrap_or(b',');
        let quotes = Quotes::new(delimiter, first_line);
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .buffer_capacity(256 << 10)
            .from_reader(Watched { inner: bytes, n_left: MAX_RECORD_BYTES, quotes });
        Lines { reader, file, at: Begin { line: first_line, torn: None } }
    }

    /// The next record; false at the end of the file.
    fn next(&mut self, cells: &mut ByteRecord) -> Result<bool, ReadError> {
        self.reader.get_mut().n_left = MAX_RECORD_BYTES;
        let found = self.reader.read_byte_record(cells).map_err(|error| self.failure(&error))?;
        // The reader's own count is off by the line ends before a record.
        self.at = self.reader.get_mut().quotes.next_begin().unwrap_or(self.at);
        Ok(found)
    }

    fn failure(&self, error: &csv::Error) -> ReadError {
        let ErrorKind::Io(error) = error.kind() else {
            let message = Message::new("TJ-S233").with("file", &self.file.name).with("line", self.at.line);
            return ReadError::no_table(&message.with("words", error));
        };
        match error.get_ref().and_then(|cause| cause.downcast_ref::<OpenQuote>()) {
            Some(OpenQuote { line }) => ReadError::OpenQuote { file: self.file.name.clone(), line: *line },
            None => failure::io(&self.file.name, error),
        }
    }
}

/// Gives up when one record asks for too much, or a quotation mark is not closed.
struct Watched {
    inner: Box<dyn BufRead + Send>,
    n_left: u64,
    quotes: Quotes,
}

impl Read for Watched {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        let invalid = |why: OpenQuote| std::io::Error::new(std::io::ErrorKind::InvalidData, why);
        if self.n_left == 0 {
            self.quotes.end().map_err(invalid)?;
            let words = "a record of more than 64 MiB";
            return Err(std::io::Error::new(std::io::ErrorKind::InvalidData, words));
        }
        let room = usize::try_from(self.n_left).unwrap_or(usize::MAX).min(to.len());
        let n = self.inner.read(to.get_mut(..room).unwrap_or_default())?;
        self.n_left = self.n_left.saturating_sub(n as u64);
        self.quotes.take(to.get(..n).unwrap_or_default()).map_err(invalid)?;
        if n == 0 && room > 0 {
            self.quotes.end().map_err(invalid)?;
        }
        Ok(n)
    }
}
