//! Rows on their way: keys, digests, batches, positions.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

use crate::{ReadError, StreamSchema, Value};

/// The key of a row, in one canonical text: the key columns' native texts in the order of the stream's key,
/// `\` written `\\` and `|` written `\|`, joined by `|`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceKey(pub String);

impl SourceKey {
    /// The key of these native texts.
    pub fn of<'a>(parts: impl IntoIterator<Item = &'a str>) -> SourceKey {
        let mut text = String::new();
        for (index, part) in parts.into_iter().enumerate() {
            if index > 0 {
                text.push('|');
            }
            for c in part.chars() {
                if c == '\\' || c == '|' {
                    text.push('\\');
                }
                text.push(c);
            }
        }
        SourceKey(text)
    }

    /// The native texts of the key columns.
    #[must_use]
    pub fn parts(&self) -> Vec<String> {
        let mut parts = vec![String::new()];
        let mut escaped = false;
        for c in self.0.chars() {
            match (escaped, c) {
                (false, '\\') => escaped = true,
                (false, '|') => parts.push(String::new()),
                (_, c) => {
                    escaped = false;
                    if let Some(last) = parts.last_mut() {
                        last.push(c);
                    }
                }
            }
        }
        parts
    }
}

impl fmt::Display for SourceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A 128-bit digest of the canonical bytes of a projected row (BLAKE3, first 16 bytes), before any mapping.
///
/// Two rows of one stream and projection have equal digests when their cells are equal. What the canonical bytes are
/// is the connector's choice, fixed for a version of the connector (PostgreSQL: the line of `COPY … TO STDOUT`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Digest(pub [u8; 16]);

impl Digest {
    /// The digest of canonical bytes.
    #[must_use]
    pub fn of(canonical: &[u8]) -> Digest {
        let mut first = [0; 16];
        first.copy_from_slice(&blake3::hash(canonical).as_bytes()[..16]);
        Digest(first)
    }
}

/// Why a row has no usable key. Never a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unkeyed {
    /// A key column says nothing that can be a key: which and why, a message as an argument is written.
    NoKey(String),
    /// A line of a file has not as many cells as the header, so which cell belongs to which column is not known.
    Width {
        /// The file.
        file: String,
        /// The line in it, from 1.
        line: u64,
        /// Cells of the line.
        n_found: u64,
        /// Columns of the header.
        n_expected: u64,
    },
    /// In a cell of a line of a file text stands after the closing quotation mark, so where the cell ends is not known.
    Torn {
        /// The file.
        file: String,
        /// The line in it, from 1.
        line: u64,
        /// The column of the cell.
        column: String,
    },
}

/// A row: its key, its digest, and its cells, decoded only when somebody asks.
#[derive(Clone, Debug)]
pub struct Row {
    /// `Err` says why there is no usable key; such a row can only be set aside.
    pub key: Result<SourceKey, Unkeyed>,
    /// Digest of the projected row.
    pub digest: Digest,
    /// The cells.
    pub body: RowBody,
}

/// The cells of a row: already typed, or still in the bytes of the wire.
#[derive(Clone, Debug)]
pub enum RowBody {
    /// Typed cells, in the order of the projection.
    Cells(Vec<Value>),
    /// Bytes of the wire; the batch's decoder types them.
    Raw(Bytes),
}

/// Types the raw bytes of a row. One per connector and stream.
pub trait Decode: Send + Sync {
    /// The cells, in the order of the projection. A cell that cannot be typed is [`Value::Odd`], never an error;
    /// an error means the whole row is malformed.
    ///
    /// # Errors
    /// When the bytes are not a row of this stream.
    fn decode(&self, raw: &Bytes) -> Result<Vec<Value>, ReadError>;
}

/// Rows of one stream in the order of its key, as the source orders it.
#[derive(Clone)]
pub struct RowBatch {
    /// The projected columns.
    pub schema: Arc<StreamSchema>,
    /// The rows.
    pub rows: Vec<Row>,
    /// Types raw rows. `None` when all are typed.
    pub decoder: Option<Arc<dyn Decode>>,
    /// Whether the stream ends with this batch.
    pub is_last: bool,
}

impl RowBatch {
    /// The typed cells of one of its rows.
    ///
    /// # Errors
    /// When the bytes are not a row of this stream.
    pub fn cells(&self, row: &Row) -> Result<Vec<Value>, ReadError> {
        match (&row.body, &self.decoder) {
            (RowBody::Cells(cells), _) => Ok(cells.clone()),
            (RowBody::Raw(raw), Some(decoder)) => decoder.decode(raw),
            (RowBody::Raw(_), None) => Err(ReadError::malformed("raw row without decoder")),
        }
    }
}

impl fmt::Debug for RowBatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowBatch").field("n_rows", &self.rows.len()).field("is_last", &self.is_last).finish()
    }
}

/// A place in a source's log, opaque outside its connector. (No connector reads a log yet; the store keeps them.)
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position(pub Vec<u8>);

/// The half-open interval `(after, upto]` of positions that a batch covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// Not covered.
    pub after: Position,
    /// Covered.
    pub upto: Position,
}

/// One change as a source's log tells it.
#[derive(Clone, Debug)]
pub enum ChangeEvent {
    /// A row came.
    Insert(Row),
    /// A row changed; its key may have changed too.
    Update {
        /// Key before, where the log gives it and it differs.
        before: Option<SourceKey>,
        /// The row now.
        after: Row,
    },
    /// A row went.
    Delete(SourceKey),
    /// All rows went.
    Truncate,
}

/// Changes of several streams of one log, with the interval they cover.
#[derive(Clone, Debug)]
pub struct ChangeBatch {
    /// The interval.
    pub span: Span,
    /// Each with its stream, in the order of the log.
    pub events: Vec<(crate::StreamName, ChangeEvent)>,
}
