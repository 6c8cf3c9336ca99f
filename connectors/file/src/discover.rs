//! What a folder holds.

use contract::{Note, ReadError, StreamName, StreamSchema, notes};

use crate::folder::{self, DataFile};
use crate::name::{Format, Pattern};
use crate::table::Table;
use crate::work::{Job, Work};
use crate::{Options, size, workbook};

/// The streams that are there of those named; or every file, and every sheet of a workbook, as a stream.
pub(crate) async fn discover(
    work: &Work,
    streams: Option<&[StreamName]>,
) -> Result<Vec<StreamSchema>, ReadError> {
    let streams = streams.map(<[StreamName]>::to_vec);
    work.once("looking at files", move |options, job| match streams {
        Some(streams) => {
            // Also when nothing is asked, a folder that is not there is told.
            folder::all(&options.folder)?;
            let found = streams.iter().map(|stream| Table::find(options, job, stream));
            let tables: Result<Vec<Option<Table>>, ReadError> = found.collect();
            Ok(tables?.into_iter().flatten().map(|table| table.schema()).collect())
        }
        None => all(options, job),
    })
    .await
}

fn all(options: &Options, job: &Job) -> Result<Vec<StreamSchema>, ReadError> {
    let mut schemas = Vec::new();
    for file in folder::all(&options.folder)? {
        let pattern = Pattern::of_text(&file.name).filter(|pattern| pattern.matches(&file.name));
        let Some(pattern) = pattern else { continue };
        for name in names_of(&file, &pattern, options, job) {
            job.step()?;
            schemas.push(match Table::of(options, job, &name) {
                Ok(table) => table.schema(),
                Err(error) => unreadable(name, &error),
            });
        }
    }
    for (name, why) in folder::refused(&options.folder)? {
        let is_stream = Pattern::of_text(&name).is_some_and(|pattern| pattern.matches(&name));
        let name = name.parse().or_else(|_| StreamName::of(vec![name]));
        schemas
            .extend(name.ok().filter(|_| is_stream).map(|name| unreadable(name, &ReadError::malformed(why))));
    }
    Ok(schemas)
}

/// The first sheet is named by its file alone. Sheets of a file that cannot be opened are not known: the file itself
/// stands for them.
fn names_of(file: &DataFile, pattern: &Pattern, options: &Options, job: &Job) -> Vec<StreamName> {
    let mut names = vec![file.name.clone()];
    if matches!(pattern.format, Format::Workbook { .. })
        && size::is_bounded(file, options.max_sheet_bytes, job).is_ok()
        && let Ok(sheets) = workbook::sheets(file, job)
    {
        names.extend(sheets.iter().skip(1).map(|sheet| format!("{}.{sheet}", file.name)));
    }
    names.into_iter().filter_map(|name| name.parse().or_else(|_| StreamName::of(vec![name])).ok()).collect()
}

/// A file that is there and cannot be read: no columns, and why.
fn unreadable(name: StreamName, error: &ReadError) -> StreamSchema {
    let why: Note = notes::failure(error).note;
    StreamSchema {
        name,
        comment: None,
        columns: Vec::new(),
        key: Vec::new(),
        estimated_rows: None,
        notes: vec![why],
        parts: Vec::new(),
    }
}
