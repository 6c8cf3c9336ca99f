//! A table as the information schema describes it, with what is needed to read it.

use std::sync::Arc;

use contract::{Column, ColumnType, Projection, ReadError, StreamName, StreamSchema, notes};
use encoding_rs::Encoding;

use crate::family::Family;
use crate::sql::identifier;

/// A table or view.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) name: StreamName,
    pub(crate) database: String,
    pub(crate) relation: String,
    pub(crate) kind: Kind,
    /// Storage engine; empty for views.
    pub(crate) engine: String,
    pub(crate) comment: Option<String>,
    pub(crate) estimated_rows: Option<u64>,
    pub(crate) columns: Vec<TableColumn>,
    pub(crate) key: Vec<String>,
    /// The unique index that serves as key where there is no primary key.
    pub(crate) key_index: Option<String>,
    /// The columns of every whole unique index without NULL.
    pub(crate) unique_keys: Vec<Vec<String>>,
}

/// What a relation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Table,
    Partitioned,
    View,
    Foreign,
}

/// One column.
#[derive(Clone, Debug)]
pub(crate) struct TableColumn {
    pub(crate) name: String,
    /// As declared, with length, sign and words.
    pub(crate) native_type: String,
    pub(crate) family: Family,
    pub(crate) column_type: ColumnType,
    pub(crate) is_nullable: bool,
    pub(crate) is_readable: bool,
    pub(crate) is_generated: bool,
    /// Bytes a cell may have at most, where the server says so.
    pub(crate) max_octets: Option<u64>,
    pub(crate) charset: Option<String>,
    pub(crate) collation: Option<String>,
    /// What the bytes are in truth, where the owner said so: then they are fetched as they are.
    pub(crate) true_charset: Option<&'static Encoding>,
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
            Kind::Foreign => said.push(notes::foreign_table()),
        }
        if !self.keeps_versions() {
            said.push(notes::no_versions(&self.engine));
        }
        if self.key.is_empty() {
            said.push(notes::no_key());
        }
        said.extend(self.key_index.as_deref().map(notes::unique_index_as_key));
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
            columns: self.columns.iter().filter(|c| c.is_readable).map(TableColumn::told).collect(),
            key: self.key.clone(),
            estimated_rows: self.estimated_rows,
            notes: said,
            parts: Vec::new(),
        }
    }

    /// Whether a long reading is one view and holds up nobody.
    pub(crate) fn keeps_versions(&self) -> bool {
        !["myisam", "aria", "memory", "merge", "mrg_myisam", "csv", "archive"]
            .contains(&self.engine.to_lowercase().as_str())
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

    /// `` `database`.`table` ``.
    pub(crate) fn quoted(&self) -> String {
        format!("{}.{}", identifier(&self.database), identifier(&self.relation))
    }
}

impl TableColumn {
    fn told(&self) -> Column {
        let declared = self.charset.as_deref().filter(|_| self.column_type == ColumnType::Text);
        Column {
            name: self.name.clone(),
            column_type: self.column_type,
            native_type: self.native_type.clone(),
            is_nullable: self.is_nullable,
            charset: match self.true_charset {
                Some(truth) => Some(truth.name().to_lowercase()),
                None => declared.map(str::to_owned),
            },
            comment: self.comment.clone(),
        }
    }

    /// `` t.`column` ``.
    pub(crate) fn quoted(&self) -> String {
        format!("t.{}", identifier(&self.name))
    }
}
