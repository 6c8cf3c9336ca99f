//! Rows of the wire as canonical bytes: key and digest at once, the cells as the native client prints them.

use std::borrow::Cow;

use bytes::BytesMut;
use contract::cells::put_cell;
use contract::{Digest, ReadError, Row, RowBody, SourceKey, Unkeyed, notes};

use crate::cell::printed;
use crate::decode::hex;
use crate::driver::Field;
use crate::sql::Select;
use crate::table::TableColumn;

/// Tag of a cell that is no NULL.
pub(crate) const TEXT: &str = "v";
/// Tag of NULL.
pub(crate) const NULL: &str = "null";
/// Tag of a cell that the server did not send whole: its size, a digest of it and its head, between colons.
pub(crate) const LARGE: &str = "large";

/// Takes rows out of the driver's.
pub(crate) struct RowReader<'a> {
    n_extra: usize,
    is_guarded: bool,
    n_cells: usize,
    /// The place on the wire of each key column.
    key: Vec<(usize, &'a TableColumn)>,
    buffer: BytesMut,
}

impl<'a> RowReader<'a> {
    pub(crate) fn new(select: &Select<'a>) -> RowReader<'a> {
        let extra = select.extra();
        let n_before = extra.len() + usize::from(select.is_guarded());
        let place = |name: &str| {
            let in_extra = extra.iter().position(|column| column.name == name);
            let in_row = || select.projection.iter().position(|c| c.name == name).map(|at| n_before + at);
            in_extra.or_else(in_row)
        };
        RowReader {
            n_extra: extra.len(),
            is_guarded: select.is_guarded(),
            n_cells: select.projection.len(),
            key: select.key.iter().filter_map(|column| Some((place(&column.name)?, *column))).collect(),
            buffer: BytesMut::new(),
        }
    }

    /// One row and its size.
    pub(crate) fn row(&mut self, fields: &[Field]) -> Result<(Row, usize), ReadError> {
        let key = self.key(fields).map_err(Unkeyed::NoKey);
        let mut rest = fields.get(self.n_extra..).unwrap_or_default();
        let mut large = "";
        if self.is_guarded
            && let [flags, cells @ ..] = rest
        {
            rest = cells;
            if let Field::Text(flags) = flags {
                large = flags;
            }
        }
        let cells =
            rest.get(..self.n_cells).ok_or_else(|| ReadError::malformed("a row with too few cells"))?;
        for (place, cell) in cells.iter().enumerate() {
            match (printed(cell), flag(large, place)) {
                (None, _) => put_cell(&mut self.buffer, NULL, b""),
                (Some(cell), None) => put_cell(&mut self.buffer, TEXT, &cell),
                (Some(head), Some(flag)) => {
                    put_cell(&mut self.buffer, LARGE, &[flag.as_bytes(), b":", &head].concat());
                }
            }
        }
        let raw = self.buffer.split().freeze();
        let n_bytes = raw.len();
        Ok((Row { key, digest: Digest::of(&raw), body: RowBody::Raw(raw) }, n_bytes))
    }

    fn key(&self, fields: &[Field]) -> Result<SourceKey, String> {
        if self.key.is_empty() {
            return Err(notes::key_missing());
        }
        let mut parts: Vec<Cow<'_, str>> = Vec::with_capacity(self.key.len());
        for (place, column) in &self.key {
            let name = &column.name;
            let Some(bytes) = fields.get(*place).and_then(printed) else {
                return Err(notes::key_null(name));
            };
            parts.push(match bytes {
                bytes if column.family.is_bytes() => Cow::Owned(hex(&bytes)),
                Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
                Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
            });
        }
        Ok(SourceKey::of(parts.iter().map(AsRef::as_ref)))
    }
}

/// `size:digest` of the cell at a place, when it was not sent whole.
fn flag(large: &str, place: usize) -> Option<&str> {
    if large.is_empty() {
        return None;
    }
    large
        .split(',')
        .filter_map(|flag| flag.split_once(':'))
        .find_map(|(at, flag)| (at.parse() == Ok(place)).then_some(flag))
}
