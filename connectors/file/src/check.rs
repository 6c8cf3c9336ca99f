//! Whether the folder can be read, and how the files of its streams will be.
//!
//! The right to write is not asked about: asking would be writing.

use contract::{ChangeMode, Check, Finding, ReadError, Severity, StreamName, notes};
use messages::Message;

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
                    // Where it is read, the reading says so; where it is not, it may be meant to be.
                    let doubled = header
                        .renamed
                        .iter()
                        .filter(|(place, _)| header.doubled.iter().any(|(_, _, second)| second == place));
                    check.findings.extend(doubled.map(|(place, name)| Finding {
                        severity: Severity::Warning,
                        note: notes::header_renamed(*place, name),
                    }));
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
        return Err(ReadError::no_table(&Message::new("TJ-S242").with("stream", stream)));
    }
    let table = Table::of(options, job, stream)?;
    // A column that only some of the files have would stop a reading that asks for it.
    table.wanted(&[], &contract::Projection::All, options.max_cell_bytes)?;
    Ok(table)
}
