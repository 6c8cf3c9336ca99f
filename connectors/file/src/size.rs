//! Whether a workbook is small enough to be unpacked.

use std::fs::File;
use std::io::{BufReader, Read};

use contract::ReadError;
use messages::Message;
use zip::ZipArchive;

use crate::failure;
use crate::folder::DataFile;
use crate::measure::Measure;
use crate::work::Job;

/// What is held in memory while a workbook is read: shared texts, formats, names of sheets. In bytes.
const MAX_SHARED: u64 = 128 << 20;
/// Parts of a workbook at most.
const MAX_PARTS: usize = 10_000;

/// A part that unpacks to more than this many times its size, and is large, is made to fill memory.
const MAX_RATIO: u64 = 150;
/// Below this, the ratio does not matter.
const SMALL: u64 = 32 << 20;

/// Unpacks every part, to nowhere, and measures: what a file says of its sizes may be wrong. Any part may be read as a
/// sheet, whatever its name. Gives the most rows that any part holds: a sheet may say that it has a million empty ones.
pub(crate) fn is_bounded(file: &DataFile, max_sheet_bytes: u64, job: &Job) -> Result<u64, ReadError> {
    let mut opened = File::open(&file.path).map_err(|error| failure::io(&file.name, &error))?;
    let mut start = [0; 2];
    let is_zip = opened.read_exact(&mut start).is_ok() && start == *b"PK";
    if !is_zip {
        return Err(no_workbook(file, &Message::new("TJ-S254")));
    }
    let mut archive = ZipArchive::new(BufReader::new(opened)).map_err(|error| no_workbook(file, &error))?;
    if archive.len() > MAX_PARTS {
        let why = Message::new("TJ-S256").with("found", archive.len()).with("n", MAX_PARTS);
        return Err(no_workbook(file, &why));
    }
    let mut n_rows = 0;
    let mut left_shared = MAX_SHARED;
    let mut left = max_sheet_bytes.saturating_mul(2);
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|error| no_workbook(file, &error))?;
        let name = part.name().map_err(|error| no_workbook(file, &error))?.to_ascii_lowercase();
        let is_shared = !name.contains("worksheets/") && (name.ends_with(".xml") || name.ends_with(".rels"));
        let max = if is_shared { left_shared } else { max_sheet_bytes }.min(left);
        let packed = part.compressed_size();
        let (n_bytes, rows) = count(part, &name, max, packed, file, job)?;
        n_rows = n_rows.max(rows);
        left -= n_bytes;
        if is_shared {
            left_shared -= n_bytes;
        }
    }
    Ok(n_rows)
}

fn count(
    part: impl Read,
    name: &str,
    max: u64,
    packed: u64,
    file: &DataFile,
    job: &Job,
) -> Result<(u64, u64), ReadError> {
    let too_large = || no_workbook(file, &Message::new("TJ-S255").with("part", name));
    let mut part = part;
    let mut n_bytes = 0;
    let mut measure = Measure::new();
    let mut to = vec![0; 64 << 10];
    loop {
        job.step()?;
        let n = part.read(&mut to).map_err(|error| no_workbook(file, &error))?;
        if n == 0 {
            return Ok((n_bytes, measure.n_rows()));
        }
        n_bytes += n as u64;
        if n_bytes > max {
            return Err(too_large());
        }
        if n_bytes > SMALL && n_bytes > packed.saturating_mul(MAX_RATIO) {
            return Err(too_large());
        }
        measure.take(to.get(..n).unwrap_or_default()).map_err(|what| no_workbook(file, &what))?;
    }
}

fn no_workbook(file: &DataFile, error: &dyn std::fmt::Display) -> ReadError {
    ReadError::no_table(&Message::new("TJ-S235").with("file", &file.name).with("words", error))
}
