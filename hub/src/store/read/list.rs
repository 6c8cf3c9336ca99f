//! One list: the statement that reads a page of it, at the root or for all parents of a relation at once.

use std::collections::BTreeMap;

use crate::query::plan::{Filter, ListPlan};
use crate::store::StoreError;
use crate::store::dialect::quoted;
use crate::store::layout::KindTable;
use crate::store::session::Cells;
use crate::store::values::take_one;
use crate::{FieldValue, ontology::FieldType};

use super::filter::condition;
use super::order::{after, field_type, keys, order_by, place_values};
use super::sql::Sql;
use super::tables::{Hop, Scope, Tables};

/// A row as read, before its relations are.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) parent: i64,
    pub(super) id: i64,
    pub(super) since: i64,
    /// The entity a record at the root speaks of in its party role.
    pub(super) party: Option<i64>,
    /// `provenance` of an entity.
    pub(super) note: Option<String>,
    /// In the order of [`Reading::fields`].
    pub(super) values: Vec<FieldValue>,
}

/// Which fields a statement reads, and where they stand in its rows.
pub(super) struct Reading {
    pub(super) fields: Vec<String>,
    types: Vec<FieldType>,
    columns: Vec<String>,
    places: Vec<usize>,
}

/// Columns that stand before the fields': parent, id, since, party, note.
const BEFORE: usize = 5;

impl Reading {
    /// The fields in the given order, each once.
    pub(super) fn new<'f>(
        table: &KindTable,
        fields: impl IntoIterator<Item = &'f str>,
    ) -> Result<Reading, StoreError> {
        let mut reading =
            Reading { fields: Vec::new(), types: Vec::new(), columns: Vec::new(), places: Vec::new() };
        for field in fields {
            if reading.fields.iter().any(|known| known == field) {
                continue;
            }
            let field_type = field_type(table, field)?;
            reading.places.push(BEFORE + reading.columns.len());
            reading.columns.push(quoted(field));
            match field_type {
                FieldType::Code { .. } => reading.columns.push(quoted(&format!("{field}__edition"))),
                FieldType::Money => reading.columns.push(quoted(&format!("{field}__currency"))),
                FieldType::PartialDate => reading.columns.push(quoted(&format!("{field}__precision"))),
                FieldType::Text
                | FieldType::Decimal { .. }
                | FieldType::Integer
                | FieldType::Bool
                | FieldType::Date
                | FieldType::Until
                | FieldType::Timestamp
                | FieldType::Identifier(_)
                | FieldType::Phone
                | FieldType::Address => {}
            }
            reading.types.push(field_type.clone());
            reading.fields.push(field.to_owned());
        }
        Ok(reading)
    }

    /// `, r."name", r."amount", …`, or nothing.
    pub(super) fn select(&self, alias: &str) -> String {
        self.columns.iter().map(|column| format!(", {alias}.{column}")).collect()
    }

    /// `, r."name" AS v_0, r."amount" AS v_1, …`, so that a statement around this one can name them.
    pub(super) fn aliased(&self, alias: &str, prefix: &str) -> String {
        let columns = self.columns.iter().enumerate();
        columns.map(|(at, column)| format!(", {alias}.{column} AS {prefix}{at}")).collect()
    }

    /// `, v_0, v_1, …`: the same by those names.
    pub(super) fn names(&self, prefix: &str) -> String {
        (0..self.columns.len()).map(|at| format!(", {prefix}{at}")).collect()
    }

    /// The name of a field's first column.
    pub(super) fn first_name(&self, prefix: &str, field: usize) -> Option<String> {
        Some(format!("{prefix}{}", self.places.get(field)?.checked_sub(BEFORE)?))
    }

    /// How many columns its fields have.
    pub(super) fn n_columns(&self) -> usize {
        self.columns.len()
    }

    /// The values of a row whose fields' columns begin `shift` columns later than a list's do.
    pub(super) fn values(&self, cells: &Cells, shift: usize) -> Result<Vec<FieldValue>, StoreError> {
        self.places.iter().zip(&self.types).map(|(place, of)| take_one(cells, of, place + shift)).collect()
    }

    /// The values of a row whose fields' columns begin at `at`.
    pub(super) fn values_at(&self, cells: &Cells, at: usize) -> Result<Vec<FieldValue>, StoreError> {
        self.places
            .iter()
            .zip(&self.types)
            .map(|(place, of)| take_one(cells, of, place - BEFORE + at))
            .collect()
    }

    pub(super) fn draft(&self, cells: &Cells) -> Result<Draft, StoreError> {
        Ok(Draft {
            parent: cells.int(0)?,
            id: cells.int(1)?,
            since: cells.int(2)?,
            party: cells.opt_int(3)?,
            note: cells.opt_text(4)?,
            values: self.values(cells, 0)?,
        })
    }
}

/// The columns of a row: parent, id, since, party, note, fields.
fn columns(tables: &Tables<'_>, scope: &Scope<'_>, parent: &str, reading: &Reading, sql: &mut Sql) -> String {
    let alias = scope.alias;
    let is_record = scope.table.id_column == "record";
    let party = match tables.party(&scope.table.id).filter(|_| is_record && parent == "0") {
        Some(role) => {
            let valid = tables.valid("p", sql);
            format!(
                "(SELECT p.entity FROM link AS p WHERE p.record = {alias}.record AND p.role = {role} AND {valid})"
            )
        }
        None => "NULL".to_owned(),
    };
    let note = if is_record { "NULL".to_owned() } else { format!("{alias}.provenance") };
    format!(
        "{parent} AS parent__, {id} AS id__, {alias}.since_seq AS since__, {party} AS party__, {note} AS note__{fields}",
        id = scope.id(),
        fields = reading.select(alias),
    )
}

/// The condition of a list without its page: its filter, and the ids if only these are asked for.
fn rows_condition(
    tables: &Tables<'_>,
    scope: &Scope<'_>,
    filter: &Filter,
    ids: Option<&[i64]>,
    sql: &mut Sql,
) -> Result<String, StoreError> {
    let filter = condition(tables, scope, filter, sql)?;
    Ok(match ids {
        None => filter,
        Some(ids) => format!("{} IN {} AND {filter}", scope.id(), sql.ids(ids.to_vec())),
    })
}

/// A page of a root list, and one row more to tell whether there is a next page.
pub(super) fn root(
    tables: &Tables<'_>,
    table: &KindTable,
    list: &ListPlan,
    ids: Option<&[i64]>,
    reading: &Reading,
    sql: &mut Sql,
) -> Result<String, StoreError> {
    let scope = Scope { table, alias: "r" };
    let columns = columns(tables, &scope, "0", reading, sql);
    let source = tables.source(&scope, sql);
    let filter = rows_condition(tables, &scope, &list.filter, ids, sql)?;
    let keys = keys(&scope, list)?;
    let limit = sql.int(i64::from(list.page.first) + 1);
    let place = match &list.page.after {
        Some(place) => Some(place_values(&keys, place, sql)?),
        None => None,
    };
    let select = |condition: &str, order: &str| {
        format!("SELECT {columns} FROM {source} WHERE {filter}{condition} ORDER BY {order} LIMIT {limit}")
    };
    let Some(first) = keys.first().filter(|first| first.is_nullable) else {
        let beyond = place.map_or(String::new(), |values| format!(" AND {}", after(&keys, &values, false)));
        return Ok(select(&beyond, &order_by(&keys, false)));
    };

    // Known values by the index, then the NULLs: no engine's index gives NULLs last in both directions.
    let first_column = &first.column;
    let first_value = place.as_ref().and_then(|values| values.first().cloned().flatten());
    let known = match (&place, &first_value) {
        (None, _) => Some(select(&format!(" AND {first_column} IS NOT NULL"), &order_by(&keys, true))),
        (Some(values), Some(_)) => {
            let beyond = after(&keys, values, true);
            Some(select(&format!(" AND {first_column} IS NOT NULL AND {beyond}"), &order_by(&keys, true)))
        }
        (Some(_), None) => None,
    };
    let beyond = match (&place, &first_value) {
        (Some(values), None) => format!(" AND {}", after(&keys, values, false)),
        (None, _) | (Some(_), Some(_)) => String::new(),
    };
    // The first key is NULL in all of these: it orders nothing.
    let rest = keys.get(1..).unwrap_or_default();
    let unknown = select(&format!(" AND {first_column} IS NULL{beyond}"), &order_by(rest, false));
    Ok(match known {
        None => unknown,
        Some(known) => format!(
            "SELECT * FROM (SELECT * FROM ({known}) AS known UNION ALL SELECT * FROM ({unknown}) AS unknown) AS r \
             ORDER BY {order} LIMIT {limit}",
            order = outer_order(&order_by(&keys, false), scope.table.id_column),
        ),
    })
}

/// Outside the two halves the id's column is called `id__`.
fn outer_order(order: &str, id_column: &str) -> String {
    order.replace(&format!("r.{id_column}"), "r.id__")
}

/// How many rows a root list has.
pub(super) fn root_count(
    tables: &Tables<'_>,
    table: &KindTable,
    list: &ListPlan,
    ids: Option<&[i64]>,
    sql: &mut Sql,
) -> Result<String, StoreError> {
    let scope = Scope { table, alias: "r" };
    let source = tables.source(&scope, sql);
    let filter = rows_condition(tables, &scope, &list.filter, ids, sql)?;
    Ok(format!("SELECT count(*) FROM {source} WHERE {filter}"))
}

/// From entities to their records: for each parent the first rows of its list and one more.
pub(super) fn related(
    tables: &Tables<'_>,
    hop: &Hop<'_>,
    list: &ListPlan,
    parents: &[i64],
    reading: &Reading,
    sql: &mut Sql,
) -> Result<String, StoreError> {
    let scope = Scope { table: hop.table, alias: "r" };
    let columns = columns(tables, &scope, "l.entity", reading, sql);
    let from = related_from(tables, hop, &scope, list, parents, sql)?;
    let keys = keys(&scope, list)?;
    let beyond = match &list.page.after {
        None => String::new(),
        Some(place) => {
            let values = place_values(&keys, place, sql)?;
            format!(" AND {}", after(&keys, &values, false))
        }
    };
    let limit = sql.int(i64::from(list.page.first) + 1);
    let order = order_by(&keys, false);
    Ok(format!(
        "SELECT * FROM (SELECT {columns}, row_number() OVER (PARTITION BY l.entity ORDER BY {order}) AS place__ \
         FROM {from}{beyond}) AS w WHERE place__ <= {limit} ORDER BY parent__, place__"
    ))
}

/// For each parent how many rows its list has; parents without any are not named.
pub(super) fn related_count(
    tables: &Tables<'_>,
    hop: &Hop<'_>,
    list: &ListPlan,
    parents: &[i64],
    sql: &mut Sql,
) -> Result<String, StoreError> {
    let scope = Scope { table: hop.table, alias: "r" };
    let from = related_from(tables, hop, &scope, list, parents, sql)?;
    Ok(format!("SELECT l.entity, count(*) FROM {from} GROUP BY l.entity"))
}

fn related_from(
    tables: &Tables<'_>,
    hop: &Hop<'_>,
    scope: &Scope<'_>,
    list: &ListPlan,
    parents: &[i64],
    sql: &mut Sql,
) -> Result<String, StoreError> {
    let source = tables.source(scope, sql);
    let valid = tables.valid("l", sql);
    let parents = sql.ids(parents.to_vec());
    // At most one: a record never speaks of two in one role.
    let other = match hop.other {
        None => String::new(),
        Some(role) => {
            let valid = tables.valid("o", sql);
            format!("JOIN link AS o ON o.record = l.record AND o.role = {role} AND {valid} ")
        }
    };
    let filter = condition(tables, scope, &list.filter, sql)?;
    Ok(format!(
        "link AS l {other}JOIN {source} ON r.record = l.record \
         WHERE l.role = {role} AND l.entity IN {parents} AND {valid} AND {filter}",
        role = hop.role,
    ))
}

/// From records to the entity each speaks of in a role.
pub(super) fn party(
    tables: &Tables<'_>,
    hop: &Hop<'_>,
    parents: &[i64],
    reading: &Reading,
    sql: &mut Sql,
) -> String {
    let scope = Scope { table: hop.table, alias: "r" };
    let columns = columns(tables, &scope, "l.record", reading, sql);
    let source = tables.source(&scope, sql);
    let valid = tables.valid("l", sql);
    let parents = sql.ids(parents.to_vec());
    format!(
        "SELECT {columns} FROM link AS l JOIN {source} ON r.entity = l.entity \
         WHERE l.role = {role} AND l.record IN {parents} AND {valid}",
        role = hop.role,
    )
}

/// Rows by the parent they belong to, in the statement's order.
pub(super) fn by_parent(drafts: Vec<Draft>) -> BTreeMap<i64, Vec<Draft>> {
    let mut lists: BTreeMap<i64, Vec<Draft>> = BTreeMap::new();
    for draft in drafts {
        lists.entry(draft.parent).or_default().push(draft);
    }
    lists
}
