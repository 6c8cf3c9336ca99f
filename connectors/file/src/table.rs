//! The files of a stream as one table: their headers, joined.

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::sync::Arc;

use contract::{Column, ColumnType, Part, Projection, ReadError, StreamName, StreamSchema, notes};
use messages::Message;

use crate::folder::{self, DataFile};
use crate::name::{Format, Pattern};
use crate::record::Record;
use crate::scan::{self, Reads};
use crate::work::Job;
use crate::{Options, Take, size, text};

/// Columns that a sheet may have; text has no more either.
pub(crate) const MAX_COLUMNS: usize = 16_384;
/// Characters that the name of a column may have. What is longer is a text, or a file that has no header.
const MAX_NAME: usize = 200;
/// The same of a header of one cell: it may be a whole header whose delimiter is another.
const MAX_ONLY_NAME: usize = 2_000;
/// Records looked at to estimate how many there are.
const SAMPLE: u64 = 500;

/// What stands above the columns of one file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Header {
    /// Names of the columns, all different, none empty.
    pub(crate) names: Vec<String>,
    /// Places (from 1) and given names of those whose header was empty or stood before already.
    pub(crate) renamed: Vec<(usize, String)>,
    /// Places (from 1) of texts too long for names, with the names given instead and how long the texts are.
    pub(crate) too_long: Vec<(usize, String, usize)>,
    /// Names that stand twice, and at which places (from 1).
    pub(crate) doubled: Vec<(String, usize, usize)>,
    /// What a text file is in.
    pub(crate) charset: Option<&'static str>,
    /// Rows, as the file itself says or a look at its beginning suggests.
    pub(crate) n_rows: Option<u64>,
}

impl Header {
    /// Of the texts of its cells.
    pub(crate) fn of(texts: Vec<String>, file: &str) -> Result<Header, ReadError> {
        if texts.len() > MAX_COLUMNS {
            let message = Message::new("TJ-S238").with("file", file).with("found", texts.len());
            return Err(ReadError::no_table(&message.with("n", MAX_COLUMNS)));
        }
        let max = if texts.len() == 1 { MAX_ONLY_NAME } else { MAX_NAME };
        let lengths: Vec<usize> = texts.iter().map(|text| text.chars().count()).collect();
        let texts: Vec<String> = std::iter::zip(texts, &lengths)
            .map(|(text, length)| if *length > max { String::new() } else { text })
            .collect();
        let mut taken: HashSet<String> = texts.iter().cloned().collect();
        let mut seen = HashSet::new();
        let mut header = Header::default();
        for (index, text) in texts.into_iter().enumerate() {
            if let Some(first) = header.names.iter().position(|name| *name == text)
                && seen.contains(&text)
            {
                header.doubled.push((text.clone(), first + 1, index + 1));
            }
            if !text.is_empty() && seen.insert(text.clone()) {
                header.names.push(text);
                continue;
            }
            let stem = if text.is_empty() { "column" } else { text.as_str() };
            let mut name = format!("{stem}_{}", index + 1);
            while !taken.insert(name.clone()) {
                name.push('_');
            }
            match lengths.get(index).filter(|length| **length > max) {
                Some(length) => header.too_long.push((index + 1, name.clone(), *length)),
                None => header.renamed.push((index + 1, name.clone())),
            }
            header.names.push(name);
        }
        Ok(header)
    }
}

/// A stream's files and their headers.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) stream: StreamName,
    pub(crate) pattern: Pattern,
    pub(crate) files: Vec<(DataFile, Header)>,
    /// Which of the files that match are these.
    take: Take,
}

/// Which columns are asked for.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) key: Vec<String>,
    pub(crate) columns: Vec<String>,
    pub(crate) max_cell_bytes: usize,
}

impl Table {
    /// A stream, if there are files of it.
    pub(crate) fn find(
        options: &Options,
        job: &Job,
        stream: &StreamName,
    ) -> Result<Option<Table>, ReadError> {
        let Some(pattern) = Pattern::of(stream) else { return Ok(None) };
        let found = folder::of_stream(options, &pattern)?;
        if found.is_empty() {
            return Ok(None);
        }
        let mut files = Vec::with_capacity(found.len());
        for data in found {
            job.step()?;
            let header = look(&data, &pattern, options.header_row(stream), options, job)?;
            files.push((data, header));
        }
        Ok(Some(Table { stream: stream.clone(), pattern, files, take: options.take }))
    }

    /// A stream, or that it is not there.
    pub(crate) fn of(options: &Options, job: &Job, stream: &StreamName) -> Result<Table, ReadError> {
        Table::find(options, job, stream)?.ok_or_else(|| ReadError::NoStream { stream: stream.clone() })
    }

    /// The columns of all files, in the order in which they first appear.
    fn columns(&self) -> Vec<&str> {
        let mut seen = HashSet::new();
        let names = self.files.iter().flat_map(|(_, header)| &header.names).map(String::as_str);
        names.filter(|name| seen.insert(*name)).collect()
    }

    /// The columns asked for; each must be in some file, and no name of one may stand twice in a header. One that is not in every file is found while reading.
    pub(crate) fn wanted(
        &self,
        key: &[String],
        projection: &Projection,
        max_cell_bytes: usize,
    ) -> Result<Wanted, ReadError> {
        let columns = self.columns();
        let asked: Vec<String> = match projection {
            Projection::All => columns.iter().map(|name| (*name).to_owned()).collect(),
            Projection::Columns(names) => names.clone(),
        };
        let known: HashSet<&str> = columns.into_iter().collect();
        if let Some(column) = asked.iter().chain(key).find(|name| !known.contains(name.as_str())) {
            return Err(ReadError::NoColumn { stream: self.stream.clone(), column: column.clone() });
        }
        let named = match projection {
            Projection::All => &[],
            Projection::Columns(names) => names.as_slice(),
        };
        for name in named.iter().chain(key) {
            self.is_clear(name)?;
        }
        Ok(Wanted { key: key.to_vec(), columns: asked, max_cell_bytes })
    }

    /// Refuses a column whose name stands twice above a file: which of the two is meant is not known.
    fn is_clear(&self, column: &str) -> Result<(), ReadError> {
        for (file, header) in &self.files {
            if let Some((name, first, second)) = header.doubled.iter().find(|(name, ..)| name == column) {
                let message = Message::new("TJ-S241").with("file", &file.name).with("column", name);
                return Err(ReadError::no_table(&message.with("first", first).with("second", second)));
            }
        }
        Ok(())
    }

    /// As the contract tells it.
    pub(crate) fn schema(&self) -> StreamSchema {
        let mut said = vec![notes::no_key(), notes::sorted_here()];
        let mut renamed = HashSet::new();
        for (place, name) in self.files.iter().flat_map(|(_, header)| &header.renamed) {
            if renamed.insert((*place, name.as_str())) {
                said.push(notes::header_renamed(*place, name));
            }
        }
        for (place, name, length) in self.files.iter().flat_map(|(_, header)| &header.too_long) {
            if renamed.insert((*place, name.as_str())) {
                said.push(notes::header_too_long(*place, name, *length));
            }
        }
        let rows: Option<u64> = self.files.iter().map(|(_, header)| header.n_rows).sum();
        StreamSchema {
            name: self.stream.clone(),
            comment: None,
            columns: self.columns().into_iter().map(|name| self.column(name)).collect(),
            key: Vec::new(),
            estimated_rows: rows,
            notes: said,
            parts: self.parts(&[]),
        }
    }

    /// The schema of the columns asked for only; with the rows of each file, once they were read.
    pub(crate) fn projected(&self, wanted: &Wanted, n_rows: &[u64]) -> Arc<StreamSchema> {
        let mut schema = self.schema();
        schema.columns = wanted.columns.iter().map(|name| self.column(name)).collect();
        schema.parts = self.parts(n_rows);
        Arc::new(schema)
    }

    fn parts(&self, n_rows: &[u64]) -> Vec<Part> {
        let part = |(at, (file, _)): (usize, &(DataFile, Header))| {
            let n_rows = n_rows.get(at).copied();
            match self.take {
                Take::All => Part { name: file.name.clone(), n_rows, order: None },
                Take::Newest => Part { name: self.pattern.files.clone(), n_rows, order: file.changed_at() },
            }
        };
        self.files.iter().enumerate().map(part).collect()
    }

    fn column(&self, name: &str) -> Column {
        let native_type = match self.pattern.format {
            Format::Text => "text",
            Format::Workbook { .. } => "cell",
        };
        let charsets: HashSet<Option<&str>> = self.files.iter().map(|(_, header)| header.charset).collect();
        let charset = if charsets.len() == 1 { charsets.into_iter().next().flatten() } else { None };
        Column {
            name: name.to_owned(),
            column_type: ColumnType::Any,
            native_type: native_type.to_owned(),
            is_nullable: true,
            charset: charset.map(str::to_owned),
            comment: None,
        }
    }
}

/// The header of a file, from its first records; those must be in its charset.
fn look(
    data: &DataFile,
    pattern: &Pattern,
    header_row: u32,
    options: &Options,
    job: &Job,
) -> Result<Header, ReadError> {
    let max_rows = match pattern.format {
        Format::Text => u64::MAX,
        // The header is one of them.
        Format::Workbook { .. } => size::is_bounded(data, options.max_sheet_bytes, job)?.saturating_sub(1),
    };
    let mut look = Look { data, header: Header::default(), n_records: 0, n_bytes: 0 };
    scan::file(data, pattern, header_row, options, job, &mut look)?;
    let mut header = look.header;
    header.n_rows = header.n_rows.map(|n| n.min(max_rows));
    if matches!(pattern.format, Format::Text) {
        let rest = data.n_bytes.saturating_mul(look.n_records).checked_div(look.n_bytes);
        header.n_rows = Some(if look.n_records < SAMPLE { look.n_records } else { rest.unwrap_or(0) });
    }
    Ok(header)
}

struct Look<'a> {
    data: &'a DataFile,
    header: Header,
    n_records: u64,
    n_bytes: u64,
}

impl Reads for Look<'_> {
    fn header(&mut self, header: Header) -> Result<ControlFlow<()>, ReadError> {
        let is_told = header.n_rows.is_some();
        self.header = header;
        Ok(if is_told { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    }

    fn record(&mut self, record: &Record<'_, '_>) -> Result<ControlFlow<()>, ReadError> {
        let Record::Line { cells, .. } = record else { return Ok(ControlFlow::Break(())) };
        if record.is_refused() {
            return Err(text::not_declared(&self.data.name, record.line()));
        }
        self.n_records += 1;
        self.n_bytes += (cells.as_slice().len() + cells.len() + 1) as u64;
        Ok(if self.n_records == SAMPLE { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    }
}
