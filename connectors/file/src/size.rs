//! Whether a workbook is small enough to be unpacked.

use std::fs::File;
use std::io::{BufReader, Read};

use contract::ReadError;
use zip::ZipArchive;

use crate::failure;
use crate::folder::DataFile;
use crate::work::Job;

/// What is held in memory while a workbook is read: shared texts, formats, names of sheets. In bytes.
const MAX_SHARED: u64 = 128 << 20;
/// Parts of a workbook at most.
const MAX_PARTS: usize = 10_000;

/// Unpacks every part that may be read, to nowhere, and counts: what a file says of its sizes may be wrong.
pub(crate) fn is_bounded(file: &DataFile, max_sheet_bytes: u64, job: &Job) -> Result<(), ReadError> {
    let opened = File::open(&file.path).map_err(|error| failure::io(&file.name, &error))?;
    let mut archive = ZipArchive::new(BufReader::new(opened)).map_err(|error| no_workbook(file, &error))?;
    if archive.len() > MAX_PARTS {
        let words = format!("file `{}` has {} parts, more than {MAX_PARTS}", file.name, archive.len());
        return Err(ReadError::malformed(words));
    }
    let mut left = MAX_SHARED;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|error| no_workbook(file, &error))?;
        let name = part.name().map_err(|error| no_workbook(file, &error))?.to_ascii_lowercase();
        if name.contains("worksheets/") {
            count(part, &name, max_sheet_bytes, file, job)?;
        } else if name.ends_with(".xml") || name.ends_with(".rels") {
            left -= count(part, &name, left, file, job)?;
        }
    }
    Ok(())
}

fn count(part: impl Read, name: &str, max: u64, file: &DataFile, job: &Job) -> Result<u64, ReadError> {
    let mut part = part;
    let mut n_bytes = 0;
    let mut to = vec![0; 64 << 10];
    loop {
        job.step()?;
        let n = part.read(&mut to).map_err(|error| no_workbook(file, &error))?;
        if n == 0 {
            return Ok(n_bytes);
        }
        n_bytes += n as u64;
        if n_bytes > max {
            let mib = max >> 20;
            let words = format!("file `{}`: part `{name}` is larger than {mib} MiB when unpacked", file.name);
            return Err(ReadError::malformed(words));
        }
    }
}

fn no_workbook(file: &DataFile, error: &dyn std::fmt::Display) -> ReadError {
    ReadError::malformed(format!("file `{}` is no workbook: {error}", file.name))
}
