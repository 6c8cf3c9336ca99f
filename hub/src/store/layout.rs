//! Which tables and columns the ontology's kinds have, and their small numbers in this store.

use std::collections::HashMap;
use std::sync::Arc;

use crate::ontology::{Field, FieldType, Freshness, Ontology, Scheme};

use super::dialect::{Dialect, quoted};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ColumnType {
    /// Text in binary order.
    Text,
    /// 64 bits.
    Integer,
    /// 16 bits.
    Small,
    /// True or false.
    Bool,
    /// A day.
    Date,
    /// Bytes.
    Bytes,
}

/// One column.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    /// Its name, not quoted.
    pub(crate) name: String,
    /// What it holds.
    pub(crate) column_type: ColumnType,
}

/// The tables of a record kind, or of an entity kind (then `record` below reads `entity`).
#[derive(Clone, Debug)]
pub(crate) struct KindTable {
    /// The kind's small number.
    pub(crate) number: i16,
    /// The kind's id.
    pub(crate) id: String,
    /// Its table, quoted.
    pub(crate) table: String,
    /// Its history, quoted.
    pub(crate) history: String,
    /// `record` or `entity`.
    pub(crate) id_column: &'static str,
    /// `flags` or `provenance`.
    pub(crate) note_column: &'static str,
    /// The columns of its fields, in the fields' order.
    pub(crate) columns: Vec<Column>,
    /// For each field the place of its first column in `columns`.
    pub(crate) first_column: Vec<usize>,
    /// The fields' types, in order.
    pub(crate) types: Vec<FieldType>,
    /// For each field whether it is indexed.
    pub(crate) is_key: Vec<bool>,
    /// The fields' ids.
    pub(crate) fields: Vec<String>,
    /// Every column the table has, with those of fields that were removed; for moving rows to the history.
    pub(crate) stored: Vec<String>,
}

impl KindTable {
    /// The columns of the fields, quoted, each with a prefix (`r.`), joined by commas.
    pub(crate) fn select_list(&self, prefix: &str) -> String {
        let names: Vec<String> =
            self.columns.iter().map(|column| format!("{prefix}{}", quoted(&column.name))).collect();
        names.join(", ")
    }

    /// The same for some fields only, by their index, in this order; read back by [`super::values::take_some`].
    pub(crate) fn select_some(&self, prefix: &str, fields: &[usize]) -> String {
        let columns =
            fields.iter().flat_map(|field| self.columns.get(self.places(*field)).unwrap_or_default());
        columns.map(|column| format!(", {prefix}{}", quoted(&column.name))).collect()
    }

    /// Where the columns of a field stand among all columns.
    pub(crate) fn places(&self, field: usize) -> std::ops::Range<usize> {
        let first = self.first_column.get(field).copied().unwrap_or(self.columns.len());
        first..self.first_column.get(field + 1).copied().unwrap_or(self.columns.len())
    }
}

/// All of it.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    /// The engine.
    pub(crate) dialect: Dialect,
    /// Record kinds, in the ontology's order.
    pub(crate) kinds: Vec<KindTable>,
    /// Entity kinds, in the ontology's order.
    pub(crate) entities: Vec<KindTable>,
    /// For each record kind the numbers of its roles, in the ontology's order.
    pub(crate) roles: Vec<Vec<i16>>,
    kind_index: HashMap<i16, usize>,
    entity_index: HashMap<i16, usize>,
    role_index: HashMap<i16, (usize, usize)>,
}

impl Layout {
    pub(super) fn new(
        dialect: Dialect,
        kinds: Vec<KindTable>,
        entities: Vec<KindTable>,
        roles: Vec<Vec<i16>>,
    ) -> Layout {
        let index = |tables: &[KindTable]| tables.iter().enumerate().map(|(i, t)| (t.number, i)).collect();
        let kind_index = index(&kinds);
        let entity_index = index(&entities);
        let mut role_index = HashMap::new();
        for (kind, numbers) in roles.iter().enumerate() {
            for (role, number) in numbers.iter().enumerate() {
                role_index.insert(*number, (kind, role));
            }
        }
        Layout { dialect, kinds, entities, roles, kind_index, entity_index, role_index }
    }

    /// Index of a record kind in the ontology by its number here.
    pub(crate) fn kind_by_number(&self, number: i16) -> Option<usize> {
        self.kind_index.get(&number).copied()
    }

    /// Index of an entity kind in the ontology by its number here.
    pub(crate) fn entity_by_number(&self, number: i16) -> Option<usize> {
        self.entity_index.get(&number).copied()
    }

    /// The numbers of a kind's roles, by the kind's index.
    pub(crate) fn roles_of(&self, kind: usize) -> impl Iterator<Item = i16> {
        self.role_index.iter().filter(move |(_, (of, _))| *of == kind).map(|(number, _)| *number)
    }

    /// Kind and role, by their indexes in the ontology, of a role's number here.
    pub(crate) fn role_by_number(&self, number: i16) -> Option<(usize, usize)> {
        self.role_index.get(&number).copied()
    }
}

/// A kind as migrations see it: its fields with their columns, before it has a number.
pub(super) struct WantedTable<'a> {
    pub(super) id: &'a str,
    pub(super) is_entity: bool,
    pub(super) fields: Vec<&'a Field>,
    pub(super) roles: Vec<&'a str>,
}

/// What the ontology wants, record kinds first.
pub(super) fn wanted(ontology: &Arc<Ontology>) -> Vec<WantedTable<'_>> {
    let kinds = ontology.kinds.iter().map(|kind| WantedTable {
        id: &kind.id,
        is_entity: false,
        fields: kind.fields.iter().collect(),
        roles: kind.roles.iter().map(|role| role.id.as_str()).collect(),
    });
    let entities = ontology.entities.iter().map(|entity| WantedTable {
        id: &entity.id,
        is_entity: true,
        fields: entity.fields.iter().map(|golden| &golden.field).collect(),
        roles: Vec::new(),
    });
    kinds.chain(entities).collect()
}

impl WantedTable<'_> {
    /// The tables under their number.
    pub(super) fn table(&self, number: i16) -> KindTable {
        let base = if self.is_entity { "entity_" } else { "record_" };
        let mut columns = Vec::new();
        let mut first_column = Vec::new();
        for field in &self.fields {
            first_column.push(columns.len());
            columns.extend(columns_of(field, self.is_entity));
        }
        KindTable {
            number,
            id: self.id.to_owned(),
            table: quoted(&format!("{base}{}", self.id)),
            history: quoted(&format!("{base}{}_history", self.id)),
            id_column: if self.is_entity { "entity" } else { "record" },
            note_column: if self.is_entity { "provenance" } else { "flags" },
            columns,
            first_column,
            types: self.fields.iter().map(|field| field.field_type.clone()).collect(),
            is_key: self.fields.iter().map(|field| field.freshness == Freshness::Key).collect(),
            fields: self.fields.iter().map(|field| field.id.clone()).collect(),
            stored: Vec::new(),
        }
    }
}

/// The columns of a field. The keyed hash of an ID number is kept with the record, never with the golden row.
pub(super) fn columns_of(field: &Field, is_golden: bool) -> Vec<Column> {
    let column = |suffix: &str, column_type| Column { name: format!("{}{suffix}", field.id), column_type };
    match &field.field_type {
        FieldType::Text | FieldType::Phone | FieldType::Address => vec![column("", ColumnType::Text)],
        FieldType::Identifier(Scheme::ResidentId) if !is_golden => {
            vec![column("", ColumnType::Text), column("__hash", ColumnType::Text)]
        }
        FieldType::Identifier(_) => vec![column("", ColumnType::Text)],
        FieldType::Code { .. } => vec![column("", ColumnType::Text), column("__edition", ColumnType::Text)],
        FieldType::Money => vec![column("", ColumnType::Integer), column("__currency", ColumnType::Text)],
        FieldType::Decimal { .. } | FieldType::Integer | FieldType::Timestamp => {
            vec![column("", ColumnType::Integer)]
        }
        FieldType::Bool => vec![column("", ColumnType::Bool)],
        FieldType::Date | FieldType::Until => vec![column("", ColumnType::Date)],
        FieldType::PartialDate => {
            vec![column("", ColumnType::Date), column("__precision", ColumnType::Small)]
        }
    }
}

/// The stored name of a field's type; a change of it is refused.
pub(super) fn type_name(field_type: &FieldType) -> String {
    match field_type {
        FieldType::Text => "text".to_owned(),
        FieldType::Code { .. } => "code".to_owned(),
        FieldType::Money => "money".to_owned(),
        FieldType::Decimal { scale } => format!("decimal({scale})"),
        FieldType::Integer => "integer".to_owned(),
        FieldType::Bool => "bool".to_owned(),
        FieldType::Date => "date".to_owned(),
        FieldType::PartialDate => "partial_date".to_owned(),
        FieldType::Until => "until".to_owned(),
        FieldType::Timestamp => "timestamp".to_owned(),
        FieldType::Identifier(scheme) => format!("identifier({})", scheme.id()),
        FieldType::Phone => "phone".to_owned(),
        FieldType::Address => "address".to_owned(),
    }
}
