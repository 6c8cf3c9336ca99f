//! Lines of `COPY … TO STDOUT` in text form: fields between tabs, `\N` for NULL, a few characters written `\x`.

use std::borrow::Cow;

use bytes::{BufMut, Bytes, BytesMut};
use contract::{Digest, Row, RowBody, SourceKey, Unkeyed, notes};
use memchr::{memchr, memchr_iter, memchr2};

use crate::sql::Select;

/// NULL on the wire.
pub(crate) const NULL: &[u8] = b"\\N";

/// Takes rows out of the bytes of the wire: key and digest at once, the cells as they stand.
pub(crate) struct LineReader {
    /// Fields before the row itself: key columns that the projection lacks.
    n_extra: usize,
    is_guarded: bool,
    key_fields: Vec<usize>,
    key_names: Vec<String>,
    /// Tabs that must be known: up to the last key field and to the start of the row.
    n_tabs: usize,
    tabs: Vec<usize>,
    /// A line whose end has not come yet.
    begun: BytesMut,
}

impl LineReader {
    pub(crate) fn new(select: &Select<'_>) -> LineReader {
        let extra = select.extra();
        let n_before = extra.len() + usize::from(select.is_guarded());
        let place = |name: &str| {
            let in_extra = extra.iter().position(|column| column.name == name);
            let in_row = || select.projection.iter().position(|c| c.name == name).map(|at| n_before + at);
            in_extra.or_else(in_row)
        };
        let key_fields: Vec<usize> = select.key.iter().filter_map(|column| place(&column.name)).collect();
        let n_tabs = key_fields.iter().map(|field| field + 1).max().unwrap_or(0).max(n_before);
        LineReader {
            n_extra: extra.len(),
            is_guarded: select.is_guarded(),
            key_names: select.key.iter().map(|column| column.name.clone()).collect(),
            key_fields,
            n_tabs,
            tabs: Vec::with_capacity(n_tabs),
            begun: BytesMut::new(),
        }
    }

    /// Takes the rows that end in this chunk. A server sends one line a message, but need not.
    pub(crate) fn feed(&mut self, chunk: Bytes, mut take: impl FnMut(Row, usize)) {
        let mut rest = chunk;
        while let Some(end) = memchr(b'\n', &rest) {
            let mut line = rest.split_to(end + 1);
            line.truncate(end);
            if !self.begun.is_empty() {
                self.begun.extend_from_slice(&line);
                line = self.begun.split().freeze();
            }
            let n_bytes = line.len();
            take(self.row(line), n_bytes);
        }
        self.begun.extend_from_slice(&rest);
    }

    /// One row of one line without its end.
    pub(crate) fn row(&mut self, line: Bytes) -> Row {
        self.tabs.clear();
        self.tabs.extend(memchr_iter(b'\t', &line).take(self.n_tabs));
        let key = self.key(&line).map_err(Unkeyed::NoKey);
        let body = match self.start_of(self.n_extra) {
            Some(start) => line.slice(start.min(line.len())..),
            None => line.clone(),
        };
        let digest = match body.strip_prefix(b"\\N\t") {
            Some(cells) if self.is_guarded => Digest::of(cells),
            _ => Digest::of(&body),
        };
        Row { key, digest, body: RowBody::Raw(body) }
    }

    fn key(&self, line: &[u8]) -> Result<SourceKey, String> {
        if self.key_fields.is_empty() {
            return Err(notes::key_missing());
        }
        let mut parts: Vec<Cow<'_, str>> = Vec::with_capacity(self.key_fields.len());
        for (field, name) in self.key_fields.iter().zip(&self.key_names) {
            let bytes = self.field(line, *field).ok_or_else(|| "the row has too few fields".to_owned())?;
            if bytes == NULL {
                return Err(notes::key_null(name));
            }
            let text = match unescaped(bytes) {
                Cow::Borrowed(bytes) => std::str::from_utf8(bytes).map(Cow::Borrowed).ok(),
                Cow::Owned(bytes) => String::from_utf8(bytes).map(Cow::Owned).ok(),
            };
            parts.push(text.ok_or_else(|| notes::key_no_text(name))?);
        }
        match parts.as_slice() {
            [one] if memchr2(b'|', b'\\', one.as_bytes()).is_none() => Ok(SourceKey(one.as_ref().to_owned())),
            _ => Ok(SourceKey::of(parts.iter().map(AsRef::as_ref))),
        }
    }

    fn start_of(&self, field: usize) -> Option<usize> {
        match field.checked_sub(1) {
            None => Some(0),
            Some(tab) => self.tabs.get(tab).map(|at| at + 1),
        }
    }

    fn field<'a>(&self, line: &'a [u8], field: usize) -> Option<&'a [u8]> {
        let start = self.start_of(field)?;
        let end = self.tabs.get(field).copied().unwrap_or(line.len());
        line.get(start..end)
    }
}

/// The bytes of a field that is not NULL.
pub(crate) fn unescaped(field: &[u8]) -> Cow<'_, [u8]> {
    let Some(first) = memchr(b'\\', field) else { return Cow::Borrowed(field) };
    let mut bytes = Vec::with_capacity(field.len());
    let (before, rest) = field.split_at(first);
    bytes.extend_from_slice(before);
    let mut rest = rest.iter().copied();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        match rest.next() {
            Some(b'b') => bytes.push(0x08),
            Some(b'f') => bytes.push(0x0c),
            Some(b'n') => bytes.push(b'\n'),
            Some(b'r') => bytes.push(b'\r'),
            Some(b't') => bytes.push(b'\t'),
            Some(b'v') => bytes.push(0x0b),
            Some(other) => bytes.push(other),
            None => bytes.push(b'\\'),
        }
    }
    Cow::Owned(bytes)
}

/// Appends a field as `COPY` writes it.
pub(crate) fn put_escaped(line: &mut BytesMut, field: Option<&[u8]>) {
    let Some(field) = field else { return line.put_slice(NULL) };
    for byte in field {
        let letter = match byte {
            0x08 => b'b',
            0x0c => b'f',
            b'\n' => b'n',
            b'\r' => b'r',
            b'\t' => b't',
            0x0b => b'v',
            b'\\' => b'\\',
            other => {
                line.put_u8(*other);
                continue;
            }
        };
        line.put_slice(&[b'\\', letter]);
    }
}
