//! Lines with columns: splitting, order, places.

use crate::{Reason, Refused, Result};

/// One line of a file, without its LF.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// Name of the file.
    pub file: &'a str,
    /// Number of the line, from 1.
    pub number: usize,
    /// The bytes.
    pub bytes: &'a [u8],
}

/// What "sorted" asks of a file's key columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sorted {
    /// Only whole lines differ.
    Lines,
    /// The first so many columns differ too.
    Keys(usize),
}

/// The lines of a checked text.
pub fn lines<'a>(file: &'a str, text: &'a [u8]) -> impl Iterator<Item = Line<'a>> {
    let body = text.strip_suffix(b"\n").unwrap_or(text);
    let n_lines = if text.is_empty() { 0 } else { usize::MAX };
    body.split(|&byte| byte == b'\n').take(n_lines).enumerate().map(move |(index, bytes)| Line {
        file,
        number: index + 1,
        bytes,
    })
}

/// Refuses lines that are not ascending as bytes, equal lines, and equal keys.
pub fn require_sorted(file: &str, text: &[u8], sorted: Sorted) -> Result<()> {
    let mut before: Option<Line<'_>> = None;
    for line in lines(file, text) {
        if let Some(before) = before {
            line.require_after(&before, sorted)?;
        }
        before = Some(line);
    }
    Ok(())
}

impl<'a> Line<'a> {
    /// The columns.
    pub fn fields(&self) -> impl Iterator<Item = &'a [u8]> {
        self.bytes.split(|&byte| byte == b'\t')
    }

    /// One column, from 0; empty if the line has fewer.
    pub fn field(&self, index: usize) -> &'a [u8] {
        self.fields().nth(index).unwrap_or_default()
    }

    /// Byte column of a field, from 1.
    pub fn column(&self, index: usize) -> usize {
        1 + self.fields().take(index).map(|field| field.len() + 1).sum::<usize>()
    }

    /// A refusal at a field, with the field's text.
    pub fn refuse(&self, field: usize, reason: Reason) -> Refused {
        let text = String::from_utf8_lossy(self.field(field)).into_owned();
        Refused::at(self.file, self.number, self.column(field), reason).with(text)
    }

    /// Exactly so many columns, none empty.
    pub fn require_fields(&self, n_fields: usize) -> Result<()> {
        let found = self.fields().count();
        if found != n_fields {
            let column = if found < n_fields { self.bytes.len() + 1 } else { self.column(n_fields) };
            return Err(Refused::at(self.file, self.number, column, Reason::FieldCount)
                .with(found)
                .with(n_fields));
        }
        match self.fields().position(<[u8]>::is_empty) {
            Some(index) => Err(self.refuse(index, Reason::FieldEmpty)),
            None => Ok(()),
        }
    }

    /// This line comes after another one, by bytes and by key.
    pub fn require_after(&self, before: &Line<'_>, sorted: Sorted) -> Result<()> {
        let refuse = |reason| Err(Refused::at(self.file, self.number, 1, reason).with(self.key(1)));
        match self.bytes.cmp(before.bytes) {
            std::cmp::Ordering::Less => return refuse(Reason::LinesUnsorted),
            std::cmp::Ordering::Equal => return refuse(Reason::LinesEqual),
            std::cmp::Ordering::Greater => {}
        }
        match sorted {
            Sorted::Keys(n) if self.fields().take(n).eq(before.fields().take(n)) => refuse(Reason::KeyTwice),
            Sorted::Keys(_) | Sorted::Lines => Ok(()),
        }
    }

    fn key(&self, n_fields: usize) -> String {
        let fields: Vec<_> = self.fields().take(n_fields).map(String::from_utf8_lossy).collect();
        fields.join("\t")
    }
}
