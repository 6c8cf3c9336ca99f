//! Canonical bytes of a row, for engines that have no text of their own for a whole row (files, SQLite).
//!
//! Cell after cell, each `<tag><length>:<bytes>;`, or `<tag>:<bytes>;` where the bytes hold no `;`. The tag is a
//! word in small letters. A row is digested over these bytes, and its cells are typed from them only when asked.
//!
//! Knows no engine; the engines say what their tags mean.

use bytes::{BufMut, BytesMut};

use crate::ReadError;

/// One cell as it stands in canonical bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell<'a> {
    /// What it is: `null`, `integer`, `real`, `text`, `blob`, `large`, …
    pub tag: &'a str,
    /// Its bytes.
    pub bytes: &'a [u8],
}

/// Appends a cell.
pub fn put_cell(row: &mut BytesMut, tag: &str, bytes: &[u8]) {
    row.put_slice(tag.as_bytes());
    put_number(row, bytes.len());
    row.put_u8(b':');
    row.put_slice(bytes);
    row.put_u8(b';');
}

/// The cells of canonical bytes, in order.
#[derive(Clone, Debug)]
pub struct Cells<'a> {
    rest: &'a [u8],
}

impl<'a> Cells<'a> {
    /// Of these canonical bytes.
    #[must_use]
    pub fn of(row: &'a [u8]) -> Cells<'a> {
        Cells { rest: row }
    }

    /// The bytes after the cells taken so far.
    #[must_use]
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }
}

impl<'a> Iterator for Cells<'a> {
    type Item = Result<Cell<'a>, ReadError>;

    fn next(&mut self) -> Option<Result<Cell<'a>, ReadError>> {
        if self.rest.is_empty() {
            return None;
        }
        let Some((cell, rest)) = split(self.rest) else {
            self.rest = &[];
            return Some(Err(ReadError::malformed("canonical bytes of a row are cut off")));
        };
        self.rest = rest;
        Some(Ok(cell))
    }
}

fn split(row: &[u8]) -> Option<(Cell<'_>, &[u8])> {
    let n_tag = row.iter().position(|b| !b.is_ascii_lowercase())?;
    let tag = std::str::from_utf8(row.get(..n_tag)?).ok()?;
    let mut at = n_tag;
    let mut length = None;
    while let Some(digit) = row.get(at).filter(|b| b.is_ascii_digit()) {
        length = Some(length.unwrap_or(0_usize).checked_mul(10)?.checked_add(usize::from(digit - b'0'))?);
        at += 1;
    }
    if row.get(at) != Some(&b':') {
        return None;
    }
    let content = row.get(at + 1..)?;
    let length = match length {
        Some(length) => length,
        None => content.iter().position(|b| *b == b';')?,
    };
    if content.get(length) != Some(&b';') {
        return None;
    }
    Some((Cell { tag, bytes: content.get(..length)? }, content.get(length + 1..)?))
}

fn put_number(row: &mut BytesMut, number: usize) {
    let mut digits = [0_u8; 20];
    let mut at = digits.len();
    let mut rest = number;
    loop {
        at -= 1;
        digits[at] = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    row.put_slice(&digits[at..]);
}
