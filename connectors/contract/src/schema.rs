//! What a source holds: streams, columns, keys, and what reading them can and cannot see.

use crate::StreamName;

/// One table, view, file or sheet.
#[derive(Clone, Debug, PartialEq)]
pub struct StreamSchema {
    /// Its name.
    pub name: StreamName,
    /// The owner's comment, if the engine keeps one.
    pub comment: Option<String>,
    /// Its columns, in the source's order.
    pub columns: Vec<Column>,
    /// The key columns in key order; empty when the source declares none.
    pub key: Vec<String>,
    /// The engine's own estimate of rows.
    pub estimated_rows: Option<u64>,
    /// What the reader should know: row security, no key, columns left out.
    pub notes: Vec<Note>,
    /// What it is made of, where that comes and goes piece by piece: the files of a folder. Else empty.
    pub parts: Vec<Part>,
}

/// A piece of a stream that comes and goes as a whole. One that was there at the last reading and is not there now is
/// more likely lost than meant to be deleted; the reader of the stream remembers them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its name: a file's; or the pattern of names, where each file replaces the one before.
    pub name: String,
    /// Rows, with and without a key, once they were read.
    pub n_rows: Option<u64>,
    /// Where each replaces the one before: grows from one to the next (a file: when it was changed, in µs UTC).
    pub order: Option<i64>,
}

impl StreamSchema {
    /// The place of a column, by exact name.
    #[must_use]
    pub fn position(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|c| c.name == column)
    }
}

/// One column.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its name, as the source writes it.
    pub name: String,
    /// What kind of cell to expect.
    pub column_type: ColumnType,
    /// The engine's own word for its type.
    pub native_type: String,
    /// Whether NULL may occur.
    pub is_nullable: bool,
    /// The charset of its text, where it is declared per column or file.
    pub charset: Option<String>,
    /// The owner's comment.
    pub comment: Option<String>,
}

/// What kind of cell a column gives. `Any` for engines and files whose cells are typed one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnType {
    /// See [`crate::Value::Bool`].
    Bool,
    /// See [`crate::Value::Int`].
    Int,
    /// See [`crate::Value::Decimal`].
    Decimal,
    /// See [`crate::Value::Float`].
    Float,
    /// See [`crate::Value::Text`].
    Text,
    /// See [`crate::Value::Bytes`].
    Bytes,
    /// See [`crate::Value::Date`].
    Date,
    /// See [`crate::Value::Time`].
    Time,
    /// See [`crate::Value::DateTime`].
    DateTime,
    /// See [`crate::Value::Timestamp`].
    Timestamp,
    /// Typed cell by cell.
    Any,
    /// A type we do not read: the column is left out, with a note.
    Unread,
}

/// Something a reader of a stream should know; `code` names a text of `messages`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Code of a text, as `TJ-N003`.
    pub code: &'static str,
    /// Its arguments.
    pub args: Vec<(&'static str, String)>,
}

/// How changes of a stream are found, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeMode {
    /// The source's log.
    Log,
    /// A version column kept by the engine.
    RowVersion,
    /// A stamp or counter column.
    Cursor,
    /// Read all, compare by key and digest. Sees every change between two readings but not what lay between them.
    Diff,
}

/// What a connector can do. Declared, not guessed; the conformance kit exercises each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Change modes the connector implements.
    pub change_modes: Vec<ChangeMode>,
    /// A snapshot can go on after a key.
    pub resumable: bool,
    /// Look-ups by key and pushed-down selects run at the source, with bound parameters.
    pub pushdown: bool,
    /// Counts and digests of key ranges are computed from one consistent view.
    pub range_digest: bool,
    /// The whole snapshot is one consistent view of the source.
    pub consistent_snapshot: bool,
}
