//! Files of text: lines of cells between delimiters.

use std::io::{BufRead, Chain, Read};

use contract::ReadError;
use csv::{ByteRecord, ErrorKind, ReaderBuilder};

use crate::charset::{self, Charset};
use crate::folder::DataFile;
use crate::record::Record;
use crate::scan::Reads;
use crate::table::Header;
use crate::work::Job;
use crate::{Options, failure};

/// A record longer than this is no record: a quotation mark was not closed.
const MAX_RECORD_BYTES: u64 = 64 << 20;

/// Read after the end of a file. When it does not come back as a record of its own, the file ends inside quotation
/// marks, and how many rows were swallowed nobody knows.
const END: &[u8] = b"\n\x01end of file\x01\n";

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
    let above = u64::from(header_row.saturating_sub(1));
    let mut lines = Lines::new(bytes, file, options.delimiter, above);
    let mut cells = ByteRecord::new();
    if !lines.next(&mut cells)? {
        let empty = if file.n_bytes == 0 { " (it is empty: put the whole file back)" } else { "" };
        let words = format!("file `{}` has no header in line {header_row}{empty}", file.name);
        return Err(failure::unfinished(words));
    }
    if reads.header(header_of(&cells, charset, file, lines.line)?)?.is_break() {
        return Ok(());
    }
    while lines.next(&mut cells)? {
        job.step()?;
        let record = Record::Line { cells: &cells, charset, line: lines.line };
        if reads.record(&record)?.is_break() {
            return Ok(());
        }
    }
    Ok(())
}

/// A file whose charset nobody declared, and that is not the usual one.
pub(crate) fn not_declared(file: &str, line: u64) -> ReadError {
    ReadError::malformed(format!(
        "file `{file}` line {line} is not UTF-8: name the charset of the source, as `charset = \"gbk\"` \
         (or \"utf-8\", when only such cells are to be set aside)"
    ))
}

fn header_of(cells: &ByteRecord, charset: Charset, file: &DataFile, line: u64) -> Result<Header, ReadError> {
    let mut names = Vec::with_capacity(cells.len());
    for bytes in cells {
        match charset.text(bytes) {
            Some(text) => names.push(text.into_owned()),
            None if charset.is_known => {
                let words = format!("the header of file `{}` is not {}", file.name, charset.name);
                return Err(ReadError::malformed(words));
            }
            None => return Err(not_declared(&file.name, line)),
        }
    }
    let mut header = Header::of(names, &file.name)?;
    header.charset = Some(charset.name);
    Ok(header)
}

/// A file, and what is read after it.
type Bytes = Chain<Box<dyn BufRead + Send>, &'static [u8]>;

struct Lines<'a> {
    reader: csv::Reader<Bounded<Bytes>>,
    file: &'a DataFile,
    /// Lines above those that are read.
    above: u64,
    /// Where the last record begins, from 1.
    line: u64,
}

impl<'a> Lines<'a> {
    fn new(bytes: Box<dyn BufRead + Send>, file: &'a DataFile, delimiter: char, above: u64) -> Lines<'a> {
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(u8::try_from(delimiter).unwrap_or(b','))
            .buffer_capacity(256 << 10)
            .from_reader(Bounded { inner: bytes.chain(END), n_left: MAX_RECORD_BYTES });
        Lines { reader, file, above, line: above }
    }

    /// The next record; false at the end of the file.
    fn next(&mut self, cells: &mut ByteRecord) -> Result<bool, ReadError> {
        self.reader.get_mut().n_left = MAX_RECORD_BYTES;
        let found = self.reader.read_byte_record(cells).map_err(|error| self.failure(&error))?;
        self.line = self.above + cells.position().map_or(0, csv::Position::line);
        if !found {
            let words = format!("file `{}`: a quotation mark is not closed", self.file.name);
            return Err(ReadError::malformed(words));
        }
        let end = END.trim_ascii();
        if cells.len() == 1 && cells.get(0) == Some(end) {
            return Ok(false);
        }
        if cells.as_slice().ends_with(b"\x01end of file\x01\n") {
            let words =
                format!("file `{}` line {}: a quotation mark is not closed", self.file.name, self.line);
            return Err(ReadError::malformed(words));
        }
        Ok(true)
    }

    fn failure(&self, error: &csv::Error) -> ReadError {
        if let ErrorKind::Io(error) = error.kind()
            && error.kind() != std::io::ErrorKind::InvalidData
        {
            return failure::io(&self.file.name, error);
        }
        ReadError::malformed(format!("file `{}` after line {}: {error}", self.file.name, self.line))
    }
}

/// Gives up when one record asks for too much.
struct Bounded<R> {
    inner: R,
    n_left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        if self.n_left == 0 {
            let words = "a record of more than 64 MiB, a quotation mark may not be closed";
            return Err(std::io::Error::new(std::io::ErrorKind::InvalidData, words));
        }
        let room = usize::try_from(self.n_left).unwrap_or(usize::MAX).min(to.len());
        let n = self.inner.read(to.get_mut(..room).unwrap_or_default())?;
        self.n_left = self.n_left.saturating_sub(n as u64);
        Ok(n)
    }
}
