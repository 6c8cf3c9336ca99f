//! Rows into the order of their keys, in bounded memory.
//!
//! Rows are gathered until memory is full, sorted, and written as a run to an unnamed temporary file, which is gone
//! with the program however it ends; runs are merged while they are read. Rows with a key come first, by the bytes of
//! the key, rows of one key in the order of the files; then those without, in the order of the files.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;

use contract::{ReadError, SourceKey, Unkeyed};

use crate::work::Job;
use crate::{Options, failure};

/// Runs that are open at a time; more are merged into one first.
const MAX_RUNS: usize = 64;
const BUFFER: usize = 64 << 10;

/// A row: its key or why it has none, and its canonical bytes.
pub(crate) type Sorted = (Result<SourceKey, Unkeyed>, Vec<u8>);

/// Takes rows in any order.
pub(crate) struct Sorter<'a> {
    job: &'a Job,
    max_bytes: usize,
    folder: PathBuf,
    /// Keys and rows, one after the other.
    texts: Vec<u8>,
    entries: Vec<Entry>,
    runs: Vec<File>,
}

/// Where a row is among the texts.
pub(crate) struct Entry {
    is_keyless: bool,
    /// The first bytes of the key, as a number that orders like them.
    prefix: u64,
    start: usize,
    n_key: usize,
    n_row: usize,
}

impl Entry {
    fn key<'t>(&self, texts: &'t [u8]) -> &'t [u8] {
        texts.get(self.start..self.start + self.n_key).unwrap_or_default()
    }

    fn row<'t>(&self, texts: &'t [u8]) -> &'t [u8] {
        let start = self.start + self.n_key;
        texts.get(start..start + self.n_row).unwrap_or_default()
    }

    fn order(&self, other: &Entry, texts: &[u8]) -> Ordering {
        let by_kind = self.is_keyless.cmp(&other.is_keyless);
        let by_key = || {
            if self.is_keyless {
                return Ordering::Equal;
            }
            self.prefix.cmp(&other.prefix).then_with(|| self.key(texts).cmp(other.key(texts)))
        };
        by_kind.then_with(by_key).then(self.start.cmp(&other.start))
    }
}

impl<'a> Sorter<'a> {
    pub(crate) fn new(options: &Options, job: &'a Job) -> Sorter<'a> {
        Sorter {
            job,
            max_bytes: options.sort_bytes,
            folder: options.temporary.clone().unwrap_or_else(std::env::temp_dir),
            texts: Vec::new(),
            entries: Vec::new(),
            runs: Vec::new(),
        }
    }

    /// Adds a row.
    pub(crate) fn push(&mut self, key: &Result<SourceKey, Unkeyed>, row: &[u8]) -> Result<(), ReadError> {
        let why;
        let (is_keyless, key) = match key {
            Ok(key) => (false, key.0.as_bytes()),
            Err(unkeyed) => {
                why = text_of(unkeyed);
                (true, why.as_bytes())
            }
        };
        let mut first = [0; 8];
        first.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
        let start = self.texts.len();
        self.texts.extend_from_slice(key);
        self.texts.extend_from_slice(row);
        let prefix = u64::from_be_bytes(first);
        self.entries.push(Entry { is_keyless, prefix, start, n_key: key.len(), n_row: row.len() });
        if self.texts.len() + self.entries.len() * size_of::<Entry>() >= self.max_bytes {
            self.spill()?;
        }
        Ok(())
    }

    /// The rows in order.
    pub(crate) fn finish(mut self) -> Result<Order, ReadError> {
        if self.runs.is_empty() {
            self.sort();
            return Ok(Order::Memory { texts: self.texts, entries: self.entries.into_iter() });
        }
        self.spill()?;
        Ok(Order::Runs(Merge::of(self.runs)?))
    }

    fn sort(&mut self) {
        let texts = &self.texts;
        self.entries.sort_unstable_by(|a, b| a.order(b, texts));
    }

    fn spill(&mut self) -> Result<(), ReadError> {
        if self.entries.is_empty() {
            return Ok(());
        }
        self.sort();
        let mut run = self.run()?;
        for entry in &self.entries {
            self.job.step()?;
            write(&mut run, entry.is_keyless, entry.key(&self.texts), entry.row(&self.texts))?;
        }
        self.runs.push(closed(run)?);
        self.entries.clear();
        self.texts.clear();
        if self.runs.len() >= MAX_RUNS {
            let mut merge = Merge::of(std::mem::take(&mut self.runs))?;
            let mut run = self.run()?;
            while let Some(item) = merge.next()? {
                self.job.step()?;
                write(&mut run, item.is_keyless, &item.key, &item.row)?;
            }
            self.runs.push(closed(run)?);
        }
        Ok(())
    }

    fn run(&self) -> Result<BufWriter<File>, ReadError> {
        let file = tempfile::tempfile_in(&self.folder)
            .map_err(|error| failure::io(self.folder.display(), &error))?;
        Ok(BufWriter::with_capacity(BUFFER, file))
    }
}

/// Rows in order.
pub(crate) enum Order {
    /// All were in memory.
    Memory { texts: Vec<u8>, entries: std::vec::IntoIter<Entry> },
    /// They come from temporary files.
    Runs(Merge),
}

impl Order {
    /// The next row.
    pub(crate) fn next(&mut self) -> Result<Option<Sorted>, ReadError> {
        match self {
            Order::Memory { texts, entries } => Ok(entries.next().map(|entry| {
                let key = String::from_utf8_lossy(entry.key(texts)).into_owned();
                (key_of(entry.is_keyless, key), entry.row(texts).to_vec())
            })),
            Order::Runs(merge) => Ok(merge.next()?.map(|item| {
                let key = String::from_utf8(item.key);
                let key = key.unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
                (key_of(item.is_keyless, key), item.row)
            })),
        }
    }
}

fn key_of(is_keyless: bool, text: String) -> Result<SourceKey, Unkeyed> {
    if is_keyless { Err(unkeyed_of(text)) } else { Ok(SourceKey(text)) }
}

/// Begin the texts of a width and of a torn cell; the reason of a missing key is its own text.
const WIDTH: char = '\u{1}';
const TORN: char = '\u{2}';

/// Why a row has no key, as the runs hold it.
fn text_of(unkeyed: &Unkeyed) -> Cow<'_, str> {
    match unkeyed {
        Unkeyed::NoKey(why) => Cow::Borrowed(why),
        Unkeyed::Width { file, line, n_found, n_expected } => {
            Cow::Owned(format!("{WIDTH}{line} {n_found} {n_expected} {file}"))
        }
        Unkeyed::Torn { file, line, column } => {
            Cow::Owned(format!("{TORN}{line} {} {file}{column}", file.len()))
        }
    }
}

fn unkeyed_of(text: String) -> Unkeyed {
    let width = || {
        let mut parts = text.strip_prefix(WIDTH)?.splitn(4, ' ');
        let mut number = || parts.next()?.parse().ok();
        let (line, n_found, n_expected) = (number()?, number()?, number()?);
        Some(Unkeyed::Width { file: parts.next()?.to_owned(), line, n_found, n_expected })
    };
    let torn = || {
        let mut parts = text.strip_prefix(TORN)?.splitn(3, ' ');
        let (line, length) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        let (file, column) = parts.next()?.split_at_checked(length)?;
        Some(Unkeyed::Torn { file: file.to_owned(), line, column: column.to_owned() })
    };
    width().or_else(torn).unwrap_or(Unkeyed::NoKey(text))
}

/// Runs, merged while they are read.
pub(crate) struct Merge {
    runs: Vec<BufReader<File>>,
    first: BinaryHeap<Item>,
}

/// The first row of a run. The greatest of a heap is the first in order.
#[derive(PartialEq, Eq)]
struct Item {
    is_keyless: bool,
    key: Vec<u8>,
    run: usize,
    row: Vec<u8>,
}

impl Ord for Item {
    fn cmp(&self, other: &Item) -> Ordering {
        let by_key = if self.is_keyless { Ordering::Equal } else { self.key.cmp(&other.key) };
        let order = self.is_keyless.cmp(&other.is_keyless).then(by_key).then(self.run.cmp(&other.run));
        order.reverse()
    }
}

impl PartialOrd for Item {
    fn partial_cmp(&self, other: &Item) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Merge {
    fn of(files: Vec<File>) -> Result<Merge, ReadError> {
        let mut merge = Merge { runs: Vec::new(), first: BinaryHeap::new() };
        for (run, mut file) in files.into_iter().enumerate() {
            file.seek(SeekFrom::Start(0)).map_err(io)?;
            merge.runs.push(BufReader::with_capacity(BUFFER, file));
            merge.read(run)?;
        }
        Ok(merge)
    }

    fn next(&mut self) -> Result<Option<Item>, ReadError> {
        let Some(item) = self.first.pop() else { return Ok(None) };
        self.read(item.run)?;
        Ok(Some(item))
    }

    /// Takes the next row of a run.
    fn read(&mut self, run: usize) -> Result<(), ReadError> {
        let Some(reader) = self.runs.get_mut(run) else { return Ok(()) };
        let mut kind = [0; 1];
        if reader.read(&mut kind).map_err(io)? == 0 {
            return Ok(());
        }
        let (key, row) = (part(reader)?, part(reader)?);
        self.first.push(Item { is_keyless: kind == [1], key, run, row });
        Ok(())
    }
}

fn part(reader: &mut impl Read) -> Result<Vec<u8>, ReadError> {
    let mut length = [0; 8];
    reader.read_exact(&mut length).map_err(io)?;
    let mut bytes = vec![0; usize::try_from(u64::from_le_bytes(length)).unwrap_or(0)];
    reader.read_exact(&mut bytes).map_err(io)?;
    Ok(bytes)
}

fn write(run: &mut impl Write, is_keyless: bool, key: &[u8], row: &[u8]) -> Result<(), ReadError> {
    let mut all = || {
        run.write_all(&[u8::from(is_keyless)])?;
        for part in [key, row] {
            run.write_all(&(part.len() as u64).to_le_bytes())?;
            run.write_all(part)?;
        }
        Ok(())
    };
    all().map_err(io)
}

fn closed(run: BufWriter<File>) -> Result<File, ReadError> {
    run.into_inner().map_err(|error| io(error.into_error()))
}

fn io(error: std::io::Error) -> ReadError {
    failure::io("temporary file", &error)
}
