//! A table as its catalogue describes it, with what is needed to read it.

use std::sync::Arc;

use contract::{Column, ColumnType, Note, Projection, ReadError, StreamName, StreamSchema, notes};

/// A table or view.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) stream: StreamName,
    pub(crate) name: String,
    pub(crate) is_view: bool,
    pub(crate) has_log: bool,
    pub(crate) encoding: Encoding,
    pub(crate) estimated_rows: Option<u64>,
    pub(crate) columns: Vec<TableColumn>,
    pub(crate) key: Vec<String>,
    /// The unique index that serves as key where there is no primary key.
    pub(crate) key_index: Option<String>,
}

/// How a file stores text (`PRAGMA encoding`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf8,
    Utf16Le,
    Utf16Be,
}

impl Encoding {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Encoding::Utf8 => "UTF-8",
            Encoding::Utf16Le => "UTF-16le",
            Encoding::Utf16Be => "UTF-16be",
        }
    }
}

/// One column.
#[derive(Clone, Debug)]
pub(crate) struct TableColumn {
    pub(crate) name: String,
    pub(crate) native_type: String,
    pub(crate) affinity: Affinity,
    pub(crate) is_nullable: bool,
    pub(crate) is_generated: bool,
}

/// What a column turns values into when they are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Affinity {
    /// Integer, real or numeric: text that is a number becomes one.
    Number,
    /// Numbers become text.
    Text,
    /// Nothing is turned.
    None,
}

impl Affinity {
    /// Of a declared type, by the engine's five rules.
    pub(crate) fn of(native_type: &str) -> Affinity {
        let upper = native_type.to_ascii_uppercase();
        let has = |word: &str| upper.contains(word);
        if has("INT") {
            Affinity::Number
        } else if has("CHAR") || has("CLOB") || has("TEXT") {
            Affinity::Text
        } else if has("BLOB") || upper.is_empty() {
            Affinity::None
        } else {
            Affinity::Number
        }
    }
}

impl Table {
    /// As the contract tells it.
    pub(crate) fn schema(&self) -> StreamSchema {
        StreamSchema {
            name: self.stream.clone(),
            comment: None,
            columns: self.columns.iter().map(|column| self.column_of(column)).collect(),
            key: self.key.clone(),
            estimated_rows: self.estimated_rows,
            notes: self.notes(),
            parts: Vec::new(),
        }
    }

    fn notes(&self) -> Vec<Note> {
        let mut said = Vec::new();
        if self.is_view {
            said.push(notes::view());
        }
        if self.key.is_empty() {
            said.push(notes::no_key());
        }
        said.extend(self.key_index.as_deref().map(notes::unique_index_as_key));
        if !self.has_log {
            said.push(notes::readers_hold_up_writers());
        }
        said.extend(self.columns.iter().filter(|c| c.is_generated).map(|c| notes::generated(&c.name)));
        said
    }

    fn column_of(&self, column: &TableColumn) -> Column {
        Column {
            name: column.name.clone(),
            column_type: ColumnType::Any,
            native_type: column.native_type.clone(),
            is_nullable: column.is_nullable,
            charset: Some(self.encoding.name().to_owned()),
            comment: None,
        }
    }

    /// The schema of the projected columns only.
    pub(crate) fn projected(&self, columns: &[&TableColumn]) -> Arc<StreamSchema> {
        let mut schema = self.schema();
        schema.columns = columns.iter().map(|column| self.column_of(column)).collect();
        Arc::new(schema)
    }

    /// The columns of a projection, in its order.
    pub(crate) fn select(&self, projection: &Projection) -> Result<Vec<&TableColumn>, ReadError> {
        match projection {
            Projection::All => Ok(self.columns.iter().collect()),
            Projection::Columns(names) => names.iter().map(|name| self.column(name)).collect(),
        }
    }

    /// The key columns: those asked for, else the table's own.
    pub(crate) fn key_columns(&self, asked: &[String]) -> Result<Vec<&TableColumn>, ReadError> {
        let names = if asked.is_empty() { &self.key } else { asked };
        names.iter().map(|name| self.column(name)).collect()
    }

    /// Whether these columns are the table's own key, which is unique under its collation.
    pub(crate) fn is_own_key(&self, key: &[&TableColumn]) -> bool {
        key.iter().map(|column| &column.name).eq(&self.key)
    }

    /// A column by exact name.
    pub(crate) fn column(&self, name: &str) -> Result<&TableColumn, ReadError> {
        self.columns
            .iter()
            .find(|column| column.name == name)
            .ok_or_else(|| ReadError::NoColumn { stream: self.stream.clone(), column: name.to_owned() })
    }
}
