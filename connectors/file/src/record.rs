//! One line of text or row of a sheet, whichever it was.

use std::borrow::Cow;

use csv::ByteRecord;

use crate::charset::Charset;

/// A cell as the file gives it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell<'a> {
    /// Nothing.
    Empty,
    /// Text.
    Text(Cow<'a, str>),
    /// Bytes that are no text in the file's charset.
    Bad(&'a [u8]),
    /// Something the file types itself: a tag of canonical bytes, and its text.
    Typed(&'static str, Cow<'a, str>),
}

/// A record of a file.
pub(crate) enum Record<'r, 'a> {
    /// A line of text.
    Line {
        /// Its cells.
        cells: &'r ByteRecord,
        /// What they are in.
        charset: Charset,
        /// Where it begins, from 1.
        line: u64,
        /// The first cell, from 0, in which text stands after the closing quotation mark.
        torn: Option<usize>,
    },
    /// A row of a sheet; cells beyond the last that is not empty are left out.
    Row {
        /// Its cells.
        cells: &'r [Cell<'a>],
        /// How wide the header is: a row that ends earlier has empty cells there.
        width: usize,
        /// Where it is, from 1.
        line: u64,
    },
}

impl Record<'_, '_> {
    /// How many cells it has, those at its end that are empty beyond `width` not counted.
    pub(crate) fn n_cells(&self, header: usize) -> usize {
        match self {
            Record::Line { cells, .. } => {
                let n_cells = cells.len();
                let beyond =
                    (header..n_cells).rev().find(|at| cells.get(*at).is_some_and(|cell| !cell.is_empty()));
                beyond.map_or(n_cells.min(header), |last| last + 1)
            }
            Record::Row { cells, width, .. } => cells.len().max(*width),
        }
    }

    /// A cell; empty where the record has none.
    pub(crate) fn cell(&self, at: usize) -> Cell<'_> {
        match self {
            Record::Line { cells, charset, .. } => match cells.get(at) {
                None | Some([]) => Cell::Empty,
                Some(bytes) => charset.text(bytes).map_or(Cell::Bad(bytes), Cell::Text),
            },
            Record::Row { cells, .. } => match cells.get(at) {
                None | Some(Cell::Empty) => Cell::Empty,
                Some(Cell::Text(text)) => Cell::Text(Cow::Borrowed(text)),
                Some(Cell::Bad(bytes)) => Cell::Bad(bytes),
                Some(Cell::Typed(tag, text)) => Cell::Typed(tag, Cow::Borrowed(text)),
            },
        }
    }

    /// Bytes of all its cells. Many cells of a sheet may share one text.
    pub(crate) fn n_bytes(&self) -> u64 {
        match self {
            Record::Line { cells, .. } => cells.as_slice().len() as u64,
            Record::Row { cells, .. } => {
                let length = |cell: &Cell<'_>| match cell {
                    Cell::Empty => 0,
                    Cell::Text(text) | Cell::Typed(_, text) => text.len() as u64,
                    Cell::Bad(bytes) => bytes.len() as u64,
                };
                cells.iter().map(length).sum()
            }
        }
    }

    /// Where it is in its file, from 1.
    pub(crate) fn line(&self) -> u64 {
        match self {
            Record::Line { line, .. } | Record::Row { line, .. } => *line,
        }
    }

    /// The first cell, from 0, that has text after its closing quotation mark: where it should have ended nobody knows.
    pub(crate) fn torn(&self) -> Option<usize> {
        match self {
            Record::Line { torn, .. } => *torn,
            Record::Row { .. } => None,
        }
    }

    /// The first cell of these that cannot be read in a charset that nobody declared.
    pub(crate) fn is_refused(&self) -> bool {
        match self {
            Record::Line { cells, charset, .. } => {
                !charset.is_known && cells.iter().any(|bytes| charset.text(bytes).is_none())
            }
            Record::Row { .. } => false,
        }
    }
}
