//! Rows out of records: the key and the canonical bytes of the cells.

use bytes::BytesMut;
use contract::cells::put_cell;
use contract::{Digest, ReadError, SourceKey, Unkeyed, notes};
use messages::Message;

use crate::Options;
use crate::folder::DataFile;
use crate::record::{Cell, Record};
use crate::table::{Header, Wanted};

/// Bytes of a cell that is too large which are kept.
const HEAD: usize = 64;

/// Makes the rows of one file.
pub(crate) struct RowMaker<'a> {
    file: &'a str,
    names: &'a [String],
    places: Vec<usize>,
    key: Vec<(usize, &'a str)>,
    nulls: &'a [String],
    max_cell_bytes: usize,
    row: BytesMut,
}

impl<'a> RowMaker<'a> {
    /// Of a file with this header. Complains of a column that is in other files of the stream, but not in this.
    pub(crate) fn new(
        data: &'a DataFile,
        header: &'a Header,
        wanted: &'a Wanted,
        options: &'a Options,
    ) -> Result<RowMaker<'a>, ReadError> {
        let place = |name: &String| {
            header.names.iter().position(|other| other == name).ok_or_else(|| {
                ReadError::no_table(&Message::new("TJ-S240").with("file", &data.name).with("column", name))
            })
        };
        Ok(RowMaker {
            file: &data.name,
            names: &header.names,
            places: wanted.columns.iter().map(place).collect::<Result<_, _>>()?,
            key: wanted.key.iter().map(|name| Ok((place(name)?, name.as_str()))).collect::<Result<_, _>>()?,
            nulls: &options.nulls,
            max_cell_bytes: wanted.max_cell_bytes,
            row: BytesMut::with_capacity(1 << 10),
        })
    }

    /// Makes the row of a record; gives its key, or why it has none.
    pub(crate) fn make(&mut self, record: &Record<'_, '_>) -> Result<SourceKey, Unkeyed> {
        self.row.clear();
        for place in &self.places {
            let cell = self.judged(record.cell(*place));
            put(&mut self.row, &cell, self.max_cell_bytes);
        }
        let n_columns = self.names.len();
        let n_cells = record.n_cells(n_columns);
        if n_cells != n_columns {
            return Err(Unkeyed::Width {
                file: self.file.to_owned(),
                line: record.line(),
                n_found: n_cells as u64,
                n_expected: n_columns as u64,
            });
        }
        if let Some(at) = record.torn() {
            let column = self.names.get(at).cloned().unwrap_or_default();
            return Err(Unkeyed::Torn { file: self.file.to_owned(), line: record.line(), column });
        }
        if self.key.is_empty() {
            return Err(Unkeyed::NoKey(notes::key_missing()));
        }
        self.key(record).map_err(|why| Unkeyed::NoKey(notes::at_line(self.file, record.line(), why)))
    }

    /// The canonical bytes of the row made last.
    pub(crate) fn row(&self) -> &[u8] {
        &self.row
    }

    fn judged<'c>(&self, cell: Cell<'c>) -> Cell<'c> {
        match &cell {
            Cell::Text(text) if self.nulls.iter().any(|null| null == text.as_ref()) => Cell::Empty,
            Cell::Empty | Cell::Text(_) | Cell::Bad(_) | Cell::Typed(..) => cell,
        }
    }

    fn key(&self, record: &Record<'_, '_>) -> Result<SourceKey, String> {
        let cells: Vec<Cell<'_>> =
            self.key.iter().map(|(place, _)| self.judged(record.cell(*place))).collect();
        let mut parts: Vec<&str> = Vec::with_capacity(cells.len());
        for (cell, (_, name)) in cells.iter().zip(&self.key) {
            let part = match cell {
                Cell::Empty => Err(notes::key_null(name)),
                Cell::Bad(_) => Err(notes::key_no_text(name)),
                Cell::Typed("error" | "range" | "formula", _) => Err(notes::key_no_value(name)),
                Cell::Text(text) | Cell::Typed(_, text) if text.len() > self.max_cell_bytes => {
                    Err(notes::key_too_large(name))
                }
                Cell::Text(text) | Cell::Typed(_, text) => Ok(text.as_ref()),
            };
            parts.push(part?);
        }
        Ok(SourceKey::of(parts))
    }
}

fn put(row: &mut BytesMut, cell: &Cell<'_>, max_cell_bytes: usize) {
    match cell {
        Cell::Empty => put_cell(row, "null", &[]),
        Cell::Text(text) if text.len() > max_cell_bytes => {
            put_large(row, text.as_bytes(), &text[..text.floor_char_boundary(HEAD)]);
        }
        Cell::Text(text) => put_cell(row, "text", text.as_bytes()),
        Cell::Bad(bytes) if bytes.len() > max_cell_bytes => {
            put_large(row, bytes, &hex_of(bytes.get(..HEAD).unwrap_or(bytes)));
        }
        Cell::Bad(bytes) => put_cell(row, "bad", bytes),
        Cell::Typed(tag, text) => put_cell(row, tag, text.as_bytes()),
    }
}

/// `digest,head`: the digest, so that a change beyond the head is seen.
fn put_large(row: &mut BytesMut, whole: &[u8], head: &str) {
    let content = format!("{},{head}", &hex_of(&Digest::of(whole).0)[2..]);
    put_cell(row, "large", content.as_bytes());
}

/// `\x` and two digits a byte.
pub(crate) fn hex_of(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 + bytes.len() * 2);
    text.push_str("\\x");
    for byte in bytes {
        for nibble in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
        }
    }
    text
}
