//! Order and place: NULLs last in both directions, the id last of all, pages by place and never by counting.

use crate::FieldValue;
use crate::ontology::FieldType;
use crate::query::plan::{Direction, ListPlan, Place};
use crate::store::StoreError;
use crate::store::dialect::quoted;
use crate::{Precision, store::layout::KindTable};

use super::filter::bound;
use super::sql::Sql;
use super::tables::{Scope, unknown};

/// A column of an order.
#[derive(Clone, Debug)]
pub(super) struct Key {
    /// With its alias.
    pub(super) column: String,
    /// Which way.
    pub(super) direction: Direction,
    /// Whether it may be NULL; the id is not.
    pub(super) is_nullable: bool,
}

/// The columns of a list's order; the id's comes last.
pub(super) fn keys(scope: &Scope<'_>, list: &ListPlan) -> Result<Vec<Key>, StoreError> {
    let mut keys = Vec::with_capacity(list.order.len() + 1);
    for key in &list.order {
        let column = scope.column(&key.field)?;
        keys.push(Key { column, direction: key.direction, is_nullable: true });
        if *field_type(scope.table, &key.field)? == FieldType::PartialDate {
            let column = format!("{}.{}", scope.alias, quoted(&format!("{}__precision", key.field)));
            keys.push(Key { column, direction: key.direction, is_nullable: true });
        }
    }
    keys.push(Key { column: scope.id(), direction: id_direction(list), is_nullable: false });
    Ok(keys)
}

pub(super) fn field_type<'t>(table: &'t KindTable, field: &str) -> Result<&'t FieldType, StoreError> {
    let at = table.fields.iter().position(|id| id == field);
    at.and_then(|at| table.types.get(at)).ok_or_else(|| unknown("field", field))
}

/// That of the first key, so that one index answers both.
fn id_direction(list: &ListPlan) -> Direction {
    let alone = if list.descends { Direction::Descending } else { Direction::Ascending };
    list.order.first().map_or(alone, |key| key.direction)
}

/// What stands after ORDER BY. `first_is_known`: the first key is not NULL in these rows, and saying nothing about
/// NULLs lets the index answer.
pub(super) fn order_by(keys: &[Key], first_is_known: bool) -> String {
    let parts: Vec<String> = keys
        .iter()
        .enumerate()
        .map(|(at, key)| {
            let way = match key.direction {
                Direction::Ascending => "",
                Direction::Descending => " DESC",
            };
            let nulls = if key.is_nullable && !(at == 0 && first_is_known) { " NULLS LAST" } else { "" };
            format!("{}{way}{nulls}", key.column)
        })
        .collect();
    parts.join(", ")
}

/// The values of a place, one for each key column, as parameters; `None` for NULL.
pub(super) fn place_values(
    keys: &[Key],
    place: &Place,
    sql: &mut Sql,
) -> Result<Vec<Option<String>>, StoreError> {
    let mut values = Vec::with_capacity(keys.len());
    for value in &place.keys {
        values.push(bound(value, sql));
        match value {
            FieldValue::PartialDate { precision, .. } => values.push(Some(sql.int(match precision {
                Precision::Year => 1,
                Precision::Month => 2,
                Precision::Day => 3,
            }))),
            FieldValue::Null if values.len() + 1 < keys.len() && is_precision(keys, values.len()) => {
                values.push(None);
            }
            FieldValue::Null
            | FieldValue::Text(_)
            | FieldValue::Code { .. }
            | FieldValue::Money { .. }
            | FieldValue::Decimal(_)
            | FieldValue::Integer(_)
            | FieldValue::Bool(_)
            | FieldValue::Date(_)
            | FieldValue::Until(_)
            | FieldValue::Timestamp(_) => {}
        }
    }
    values.push(Some(sql.int(place.id)));
    if values.len() == keys.len() { Ok(values) } else { Err(unknown("place", &place.id.to_string())) }
}

fn is_precision(keys: &[Key], at: usize) -> bool {
    keys.get(at).is_some_and(|key| key.column.ends_with("__precision\""))
}

/// The condition that a row comes after a place. `first_is_known` as above: then the first key's index bounds it.
pub(super) fn after(keys: &[Key], values: &[Option<String>], first_is_known: bool) -> String {
    let nullable = |at: usize, key: &Key| key.is_nullable && !(at == 0 && first_is_known);
    if let (true, [first, id], [Some(value), Some(id_value)]) = (first_is_known, keys, values) {
        let operator = beyond(first.direction);
        return format!("({}, {}) {operator} ({value}, {id_value})", first.column, id.column);
    }
    let mut ties = String::new();
    let mut cases = Vec::new();
    for (at, (key, value)) in keys.iter().zip(values).enumerate() {
        if let Some(value) = value {
            let operator = beyond(key.direction);
            let column = &key.column;
            let or_null = if nullable(at, key) { format!(" OR {column} IS NULL") } else { String::new() };
            cases.push(format!("({ties}({column} {operator} {value}{or_null}))"));
            ties.push_str(&format!("{column} = {value} AND "));
        } else {
            ties.push_str(&format!("{} IS NULL AND ", key.column));
        }
    }
    let cases = format!("({})", cases.join(" OR "));
    match (first_is_known, keys.first(), values.first()) {
        (true, Some(first), Some(Some(value))) => {
            format!("{} {}= {value} AND {cases}", first.column, beyond(first.direction))
        }
        _ => cases,
    }
}

fn beyond(direction: Direction) -> &'static str {
    match direction {
        Direction::Ascending => ">",
        Direction::Descending => "<",
    }
}
