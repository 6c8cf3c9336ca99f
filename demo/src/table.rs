//! Tables as departments keep them: columns with their engines' types, rows of cells.

/// One cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// NULL, or an empty cell of a file.
    Null,
    /// An integer.
    Int(i64),
    /// Text.
    Text(String),
    /// Bytes that are no text of the file's charset.
    Raw(Vec<u8>),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Cell {
        Cell::Text(text)
    }
}

impl From<u64> for Cell {
    fn from(number: u64) -> Cell {
        Cell::Int(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(cell: Option<T>) -> Cell {
        cell.map_or(Cell::Null, Into::into)
    }
}

/// A column: its name, and its type in SQL.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Name.
    pub name: &'static str,
    /// Type in PostgreSQL.
    pub postgres: &'static str,
    /// Type in SQLite.
    pub sqlite: &'static str,
    /// The owner's comment.
    pub comment: &'static str,
}

/// A column of text.
#[must_use]
pub const fn text(name: &'static str, comment: &'static str) -> Column {
    Column { name, postgres: "text", sqlite: "TEXT", comment }
}

/// A column of integers.
#[must_use]
pub const fn integer(name: &'static str, comment: &'static str) -> Column {
    Column { name, postgres: "bigint", sqlite: "INTEGER", comment }
}

/// A column of a type of one's own.
#[must_use]
pub const fn typed(
    name: &'static str,
    postgres: &'static str,
    sqlite: &'static str,
    comment: &'static str,
) -> Column {
    Column { name, postgres, sqlite, comment }
}

/// A table, sheet or set of files.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// Its source in the shipped configuration.
    pub source: &'static str,
    /// Its name there.
    pub name: &'static str,
    /// The kind its rows become.
    pub kind: &'static str,
    /// The owner's comment.
    pub comment: &'static str,
    /// Columns.
    pub columns: &'static [Column],
    /// Key columns; empty: the table declares none.
    pub key: &'static [&'static str],
}

/// A row made, with what the hub should make of it.
#[derive(Clone, Debug)]
pub struct Made {
    /// The cells.
    pub cells: Vec<Cell>,
    /// The key, as text.
    pub key: String,
    /// What the hub should make of it.
    pub expected: crate::truth::Expected,
}
