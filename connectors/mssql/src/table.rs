//! A table as the catalogue describes it, with what is needed to read it.

use std::sync::Arc;

use contract::{Column, ColumnType, Projection, ReadError, StreamName, StreamSchema, notes};

use crate::family::Family;
use crate::sql::identifier;

/// A table or view.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) name: StreamName,
    pub(crate) schema: String,
    pub(crate) relation: String,
    pub(crate) kind: Kind,
    pub(crate) comment: Option<String>,
    pub(crate) estimated_rows: Option<u64>,
    pub(crate) columns: Vec<TableColumn>,
    pub(crate) key: Vec<String>,
    /// The unique index that serves as key where there is no primary key.
    pub(crate) key_index: Option<String>,
    /// The columns of every unique index without NULL.
    pub(crate) unique_keys: Vec<Vec<String>>,
    /// Whether the server digests cells of any length (since 2016: before, 8,000 bytes).
    pub(crate) digests_whole: bool,
}

/// What a relation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Table,
    Partitioned,
    View,
}

/// One column.
#[derive(Clone, Debug)]
pub(crate) struct TableColumn {
    pub(crate) name: String,
    /// As declared, with length and digits.
    pub(crate) native_type: String,
    pub(crate) family: Family,
    pub(crate) is_nullable: bool,
    pub(crate) is_readable: bool,
    pub(crate) is_generated: bool,
    /// Bytes a cell may have at most; less than 0: no limit.
    pub(crate) max_length: i64,
    pub(crate) collation: Option<String>,
    pub(crate) comment: Option<String>,
}

impl Table {
    /// As the contract tells it: readable columns only, the others in notes.
    pub(crate) fn schema(&self) -> StreamSchema {
        let mut said = Vec::new();
        match self.kind {
            Kind::Table => {}
            Kind::Partitioned => said.push(notes::partitioned()),
            Kind::View => said.push(notes::view()),
        }
        if let Some(index) = &self.key_index {
            said.push(notes::unique_index_as_key(index));
        }
        if self.key.is_empty() && self.kind != Kind::View {
            said.push(notes::no_key());
        }
        for column in &self.columns {
            if !column.is_readable {
                said.push(notes::left_out(&column.name, &column.native_type));
            } else if column.is_generated {
                said.push(notes::generated(&column.name));
            }
        }
        StreamSchema {
            name: self.name.clone(),
            comment: self.comment.clone(),
            columns: self.columns.iter().filter(|column| column.is_readable).map(TableColumn::told).collect(),
            key: self.key.clone(),
            estimated_rows: self.estimated_rows,
            notes: said,
            parts: Vec::new(),
        }
    }

    /// The schema of the projected columns only.
    pub(crate) fn projected(&self, columns: &[&TableColumn]) -> Arc<StreamSchema> {
        let mut schema = self.schema();
        schema.columns = columns.iter().map(|column| column.told()).collect();
        Arc::new(schema)
    }

    /// The columns of a projection, in its order.
    pub(crate) fn select(&self, projection: &Projection) -> Result<Vec<&TableColumn>, ReadError> {
        match projection {
            Projection::All => Ok(self.columns.iter().filter(|column| column.is_readable).collect()),
            Projection::Columns(names) => names.iter().map(|name| self.column(name)).collect(),
        }
    }

    /// The key columns: those asked for, else the table's own.
    pub(crate) fn key_columns(&self, asked: &[String]) -> Result<Vec<&TableColumn>, ReadError> {
        let names = if asked.is_empty() { &self.key } else { asked };
        names.iter().map(|name| self.column(name)).collect()
    }

    /// Whether no two rows can be equal, as the source compares, in these columns.
    pub(crate) fn is_unique(&self, columns: &[&TableColumn]) -> bool {
        let has = |name: &String| columns.iter().any(|column| column.name == *name);
        self.unique_keys.iter().any(|key| key.iter().all(has))
    }

    /// A readable column by exact name.
    pub(crate) fn column(&self, name: &str) -> Result<&TableColumn, ReadError> {
        self.columns
            .iter()
            .find(|column| column.name == name && column.is_readable)
            .ok_or_else(|| ReadError::NoColumn { stream: self.name.clone(), column: name.to_owned() })
    }

    /// `[schema].[table]`.
    pub(crate) fn quoted(&self) -> String {
        format!("{}.{}", identifier(&self.schema), identifier(&self.relation))
    }
}

impl TableColumn {
    fn told(&self) -> Column {
        let column_type = self.family.column_type();
        let collation = self.collation.clone().filter(|_| column_type == ColumnType::Text);
        Column {
            name: self.name.clone(),
            column_type,
            native_type: self.native_type.clone(),
            is_nullable: self.is_nullable,
            charset: collation,
            comment: self.comment.clone(),
        }
    }

    /// `[t].[column]`.
    pub(crate) fn quoted(&self) -> String {
        format!("[t].{}", identifier(&self.name))
    }

    /// Whether a cell may have more bytes than this.
    pub(crate) fn may_exceed(&self, n_bytes: usize) -> bool {
        let is_long = self.family.is_bytes() || self.family.is_collated();
        is_long && (self.max_length < 0 || self.max_length > i64::try_from(n_bytes).unwrap_or(i64::MAX))
    }
}
