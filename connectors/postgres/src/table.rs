//! A table as its catalogue describes it, with what is needed to read it.

use std::sync::Arc;

use contract::{Column, ColumnType, Projection, ReadError, StreamName, StreamSchema, notes};

use crate::sql::identifier;

/// A table, view, materialised view, foreign or partitioned table.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) name: StreamName,
    pub(crate) schema: String,
    pub(crate) relation: String,
    pub(crate) kind: Kind,
    pub(crate) comment: Option<String>,
    pub(crate) estimated_rows: Option<u64>,
    pub(crate) has_row_security: bool,
    /// Whether a cell may be larger than a page: then the server is asked not to send what is too large.
    pub(crate) may_hold_large_cells: bool,
    pub(crate) charset: String,
    pub(crate) columns: Vec<TableColumn>,
    pub(crate) key: Vec<String>,
    /// The unique index that serves as key where there is no primary key.
    pub(crate) key_index: Option<String>,
}

/// `pg_class.relkind`.
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
    /// As declared, with length and precision.
    pub(crate) native_type: String,
    /// The type to cast to, without length, so that nothing is cut.
    pub(crate) cast_type: String,
    /// `pg_type.typname` below all domains.
    pub(crate) base: String,
    /// Whether it is an array, a range, a composite or another type of the database's own.
    pub(crate) column_type: ColumnType,
    pub(crate) is_nullable: bool,
    pub(crate) is_readable: bool,
    pub(crate) is_generated: bool,
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
        if self.has_row_security {
            said.push(notes::row_security());
        }
        if self.key.is_empty() {
            said.push(notes::no_key());
        }
        said.extend(self.key_index.as_deref().map(notes::unique_index_as_key));
        if self.charset == "SQL_ASCII" {
            said.push(notes::undeclared_charset(&self.charset));
        }
        for column in &self.columns {
            if !column.is_readable {
                said.push(notes::left_out(&column.name, &column.native_type));
            } else if column.is_generated {
                said.push(notes::generated(&column.name));
            }
        }
        let columns = self.columns.iter().filter(|c| c.is_readable).map(|c| self.column_of(c)).collect();
        StreamSchema {
            name: self.name.clone(),
            comment: self.comment.clone(),
            columns,
            key: self.key.clone(),
            estimated_rows: self.estimated_rows,
            notes: said,
            parts: Vec::new(),
        }
    }

    fn column_of(&self, column: &TableColumn) -> Column {
        let is_text = column.column_type == ColumnType::Text;
        Column {
            name: column.name.clone(),
            column_type: column.column_type,
            native_type: column.native_type.clone(),
            is_nullable: column.is_nullable,
            charset: is_text.then(|| self.charset.clone()),
            comment: column.comment.clone(),
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
            Projection::All => Ok(self.columns.iter().filter(|column| column.is_readable).collect()),
            Projection::Columns(names) => names.iter().map(|name| self.column(name)).collect(),
        }
    }

    /// The key columns: those asked for, else the table's own.
    pub(crate) fn key_columns(&self, asked: &[String]) -> Result<Vec<&TableColumn>, ReadError> {
        let names = if asked.is_empty() { &self.key } else { asked };
        names.iter().map(|name| self.column(name)).collect()
    }

    /// A readable column by exact name.
    pub(crate) fn column(&self, name: &str) -> Result<&TableColumn, ReadError> {
        self.columns
            .iter()
            .find(|column| column.name == name && column.is_readable)
            .ok_or_else(|| ReadError::NoColumn { stream: self.name.clone(), column: name.to_owned() })
    }

    /// `"schema"."table"`.
    pub(crate) fn quoted(&self) -> String {
        format!("{}.{}", identifier(&self.schema), identifier(&self.relation))
    }
}

impl TableColumn {
    /// `"column"`.
    pub(crate) fn quoted(&self) -> String {
        identifier(&self.name)
    }
}

/// What kind of cell a type gives, by the name of its base type and `pg_type.typtype`.
pub(crate) fn column_type(base: &str, is_base_type: bool) -> ColumnType {
    if !is_base_type {
        return ColumnType::Text;
    }
    match base {
        "bool" => ColumnType::Bool,
        "int2" | "int4" | "int8" | "oid" => ColumnType::Int,
        "numeric" => ColumnType::Decimal,
        "float4" | "float8" => ColumnType::Float,
        "bytea" => ColumnType::Bytes,
        "date" => ColumnType::Date,
        "time" => ColumnType::Time,
        "timestamp" => ColumnType::DateTime,
        "timestamptz" => ColumnType::Timestamp,
        _ => ColumnType::Text,
    }
}
