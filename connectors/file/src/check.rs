//! Whether the folder can be read, and how the files of its streams will be.
//!
//! The right to write is not asked about: asking would be writing.

use contract::{ChangeMode, Check, ReadError, StreamName, notes};

use crate::Options;
use crate::folder;
use crate::name::Pattern;
use crate::table::Table;
use crate::work::{Job, Work};

/// Never fails: what fails is a finding.
pub(crate) async fn check(work: &Work, streams: &[StreamName]) -> Check {
    let streams = streams.to_vec();
    let done = work.once("checking files", move |options, job| {
        let mut check = Check::default();
        if let Err(error) = fill(options, job, &streams, &mut check) {
            check.findings.push(notes::failure(&error));
        }
        Ok(check)
    });
    done.await.unwrap_or_else(|error| Check { findings: vec![notes::failure(&error)], ..Check::default() })
}

fn fill(options: &Options, job: &Job, streams: &[StreamName], check: &mut Check) -> Result<(), ReadError> {
    let n_files = folder::all(&options.folder)?.len();
    let server = format!("`{}` ({n_files})", options.folder.display());
    check.findings.push(notes::connected(&server));
    check.server = Some(server);
    for stream in streams {
        match one(options, job, stream) {
            Ok(table) => {
                for (file, header) in &table.files {
                    let charset = header.charset.map(|charset| notes::charset_found(&file.name, charset));
                    check.findings.extend(charset);
                }
                check.findings.push(notes::read_by_diff(&stream.to_string()));
                check.modes.push((stream.clone(), ChangeMode::Diff));
            }
            Err(error) => check.findings.push(notes::failure(&error)),
        }
    }
    Ok(())
}

fn one(options: &Options, job: &Job, stream: &StreamName) -> Result<Table, ReadError> {
    if Pattern::of(stream).is_none() {
        let words = format!("`{stream}` names no files: write pattern.csv or pattern.xlsx[.sheet]");
        return Err(ReadError::malformed(words));
    }
    let table = Table::of(options, job, stream)?;
    // A column that only some of the files have would stop a reading that asks for it.
    table.wanted(&[], &contract::Projection::All, options.max_cell_bytes)?;
    Ok(table)
}
