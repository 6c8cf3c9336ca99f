//! One reading of the files of a table: headers first, then every record, as rows.

use std::ops::ControlFlow;

use contract::{ReadError, SourceKey, Unkeyed};
use messages::Message;

use crate::Options;
use crate::folder::DataFile;
use crate::name::{Format, Pattern};
use crate::record::Record;
use crate::row::RowMaker;
use crate::table::{Header, Table, Wanted};
use crate::work::Job;
use crate::{text, workbook};

/// Bytes of the cells of one row, at most.
const MAX_ROW_BYTES: u64 = 64 << 20;

/// What wants to see a file.
pub(crate) trait Reads {
    /// Its header, once, before any record.
    fn header(&mut self, header: Header) -> Result<ControlFlow<()>, ReadError>;
    /// Each record, in the file's order.
    fn record(&mut self, record: &Record<'_, '_>) -> Result<ControlFlow<()>, ReadError>;
}

/// One file, to its end or until `reads` has enough. A file that changed meanwhile is said to have changed, whatever
/// else is wrong with it.
pub(crate) fn file(
    file: &DataFile,
    pattern: &Pattern,
    header_row: u32,
    options: &Options,
    job: &Job,
    reads: &mut impl Reads,
) -> Result<(), ReadError> {
    let read = match &pattern.format {
        Format::Text => text::read(file, header_row, options, job, reads),
        Format::Workbook { sheet } => workbook::read(file, sheet.as_deref(), header_row, job, reads),
    };
    file.is_unchanged()?;
    read
}

/// Every row of a table in the order of its files, with its key (or why there is none) and its canonical bytes; gives
/// how many rows each file has. After it, the files are as they were when they were listed.
pub(crate) fn rows(
    table: &Table,
    wanted: &Wanted,
    options: &Options,
    job: &Job,
    each: impl FnMut(Result<SourceKey, Unkeyed>, &[u8]) -> Result<(), ReadError>,
) -> Result<Vec<u64>, ReadError> {
    let mut each = each;
    let mut n_rows = Vec::with_capacity(table.files.len());
    for (data, header) in &table.files {
        let maker = RowMaker::new(data, header, wanted, options)?;
        let mut rows = Rows { header, data, maker, each: &mut each, n_rows: 0 };
        file(data, &table.pattern, options.header_row(&table.stream), options, job, &mut rows)?;
        n_rows.push(rows.n_rows);
    }
    // The first may have been changed while the last was read.
    table.files.iter().try_for_each(|(data, _)| data.is_unchanged())?;
    Ok(n_rows)
}

struct Rows<'a, F> {
    header: &'a Header,
    data: &'a DataFile,
    maker: RowMaker<'a>,
    each: F,
    n_rows: u64,
}

impl<F: FnMut(Result<SourceKey, Unkeyed>, &[u8]) -> Result<(), ReadError>> Reads for Rows<'_, F> {
    fn header(&mut self, header: Header) -> Result<ControlFlow<()>, ReadError> {
        if header.names != self.header.names {
            let message = Message::new("TJ-S252").with("file", &self.data.name);
            return Err(crate::failure::unfinished(message.to_string()));
        }
        Ok(ControlFlow::Continue(()))
    }

    fn record(&mut self, record: &Record<'_, '_>) -> Result<ControlFlow<()>, ReadError> {
        if record.is_refused() {
            return Err(text::not_declared(&self.data.name, record.line()));
        }
        if record.n_bytes() > MAX_ROW_BYTES {
            let message = Message::new("TJ-S239").with("file", &self.data.name).with("line", record.line());
            return Err(ReadError::no_table(&message.with("size", MAX_ROW_BYTES >> 20)));
        }
        self.n_rows += 1;
        let key = self.maker.make(record);
        (self.each)(key, self.maker.row())?;
        Ok(ControlFlow::Continue(()))
    }
}
