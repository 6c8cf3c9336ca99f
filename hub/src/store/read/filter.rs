//! Filters as conditions on columns.

use crate::FieldValue;
use crate::query::plan::{Compare, Filter, Quantifier, Via};
use crate::store::StoreError;

use super::sql::{Sql, position_of};
use super::tables::{Scope, Tables};

/// The condition for the rows of `scope`, in parentheses where it needs them.
pub(super) fn condition(
    tables: &Tables<'_>,
    scope: &Scope<'_>,
    filter: &Filter,
    sql: &mut Sql,
) -> Result<String, StoreError> {
    match filter {
        Filter::And(all) if all.is_empty() => Ok("1 = 1".to_owned()),
        Filter::Or(any) if any.is_empty() => Ok("1 = 0".to_owned()),
        Filter::And(all) => joined(tables, scope, all, " AND ", sql),
        Filter::Or(any) => joined(tables, scope, any, " OR ", sql),
        Filter::Not(not) => Ok(format!("NOT ({})", condition(tables, scope, not, sql)?)),
        Filter::Field { field, compare } => comparison(scope, field, compare, sql),
        Filter::Related { via, quantifier, filter } => related(tables, scope, via, *quantifier, filter, sql),
    }
}

fn joined(
    tables: &Tables<'_>,
    scope: &Scope<'_>,
    filters: &[Filter],
    with: &str,
    sql: &mut Sql,
) -> Result<String, StoreError> {
    let mut parts = Vec::with_capacity(filters.len());
    for filter in filters {
        parts.push(condition(tables, scope, filter, sql)?);
    }
    Ok(format!("({})", parts.join(with)))
}

fn related(
    tables: &Tables<'_>,
    scope: &Scope<'_>,
    via: &Via,
    quantifier: Quantifier,
    filter: &Filter,
    sql: &mut Sql,
) -> Result<String, StoreError> {
    let hop = tables.hop(scope, via)?;
    // One inside another, behind an edge, must not shadow it.
    let (link, rows, far) = if scope.alias == "x" { ("n", "y", "g") } else { ("m", "x", "f") };
    let inner = Scope { table: hop.table, alias: rows };
    let filter = condition(tables, &inner, filter, sql)?;
    let source = tables.source(&inner, sql);
    let valid = tables.valid(link, sql);
    let not = match quantifier {
        Quantifier::Some => "",
        Quantifier::None => "NOT ",
    };
    let (here, there) = (hop.from_column, hop.table.id_column);
    // Edges, and what is at their other end, hang on the record that speaks of both.
    let (other, by) = match hop.other {
        None => (String::new(), link),
        Some(role) => {
            let valid = tables.valid(far, sql);
            let join = format!(
                "JOIN link AS {far} ON {far}.record = {link}.record AND {far}.role = {role} AND {valid} "
            );
            (join, if there == "record" { link } else { far })
        }
    };
    Ok(format!(
        "{not}EXISTS (SELECT 1 FROM link AS {link} {other}JOIN {source} ON {rows}.{there} = {by}.{there} \
         WHERE {link}.role = {role} AND {link}.{here} = {outer}.{here} AND {valid} AND {filter})",
        role = hop.role,
        outer = scope.alias,
    ))
}

fn comparison(
    scope: &Scope<'_>,
    field: &str,
    compare: &Compare,
    sql: &mut Sql,
) -> Result<String, StoreError> {
    let column = scope.column(field)?;
    Ok(match compare {
        Compare::Eq(value) => ordered(&column, "=", value, sql),
        Compare::Ne(value) => not_equal(&column, value, sql),
        Compare::Lt(value) => ordered(&column, "<", value, sql),
        Compare::Lte(value) => ordered(&column, "<=", value, sql),
        Compare::Gt(value) => ordered(&column, ">", value, sql),
        Compare::Gte(value) => ordered(&column, ">=", value, sql),
        Compare::In(values) => one_of(&column, values, sql),
        Compare::StartsWith(start) => starts_with(&column, start, sql),
        Compare::Contains(part) => {
            let part = sql.text(part);
            format!("{} > 0", position_of(sql.dialect, &column, &part))
        }
        Compare::IsNull(true) => format!("{column} IS NULL"),
        Compare::IsNull(false) => format!("{column} IS NOT NULL"),
    })
}

/// Amounts of different currencies do not compare: the condition holds for the asked one only.
fn ordered(column: &str, operator: &str, value: &FieldValue, sql: &mut Sql) -> String {
    match bound(value, sql) {
        Some(bound) => match currency(column, value, sql) {
            Some(currency) => format!("({column} {operator} {bound} AND {currency})"),
            None => format!("{column} {operator} {bound}"),
        },
        None => "1 = 0".to_owned(),
    }
}

fn not_equal(column: &str, value: &FieldValue, sql: &mut Sql) -> String {
    match bound(value, sql) {
        Some(bound) => match currency(column, value, sql) {
            Some(currency) => format!("({column} <> {bound} OR NOT ({currency}))"),
            None => format!("{column} <> {bound}"),
        },
        None => format!("{column} IS NOT NULL"),
    }
}

fn currency(column: &str, value: &FieldValue, sql: &mut Sql) -> Option<String> {
    match value {
        FieldValue::Money { currency, .. } => {
            let place = sql.text(currency);
            // `column` is `alias."name"`.
            Some(format!("{}__currency\" = {place}", column.trim_end_matches('"')))
        }
        FieldValue::Null
        | FieldValue::Text(_)
        | FieldValue::Code { .. }
        | FieldValue::Decimal(_)
        | FieldValue::Integer(_)
        | FieldValue::Bool(_)
        | FieldValue::Date(_)
        | FieldValue::PartialDate { .. }
        | FieldValue::Until(_)
        | FieldValue::Timestamp(_) => None,
    }
}

fn one_of(column: &str, values: &[FieldValue], sql: &mut Sql) -> String {
    let is_money = values.iter().any(|value| matches!(value, FieldValue::Money { .. }));
    let parts: Vec<String> = if is_money {
        values.iter().map(|value| ordered(column, "=", value, sql)).collect()
    } else {
        values.iter().filter_map(|value| bound(value, sql)).collect()
    };
    match parts.as_slice() {
        [] => "1 = 0".to_owned(),
        parts if is_money => format!("({})", parts.join(" OR ")),
        parts => format!("{column} IN ({})", parts.join(", ")),
    }
}

/// As a range, which the index of the column answers; text orders by code points everywhere.
fn starts_with(column: &str, start: &str, sql: &mut Sql) -> String {
    if start.is_empty() {
        return format!("{column} IS NOT NULL");
    }
    let from = sql.text(start);
    match next_text(start) {
        Some(next) => {
            let upto = sql.text(&next);
            format!("({column} >= {from} AND {column} < {upto})")
        }
        None => format!("{column} >= {from}"),
    }
}

/// The smallest text greater than every text that starts with this one.
fn next_text(start: &str) -> Option<String> {
    let mut chars: Vec<char> = start.chars().collect();
    while let Some(last) = chars.pop() {
        let next = match last {
            '\u{d7ff}' => Some('\u{e000}'),
            last => char::from_u32(u32::from(last) + 1),
        };
        if let Some(next) = next {
            chars.push(next);
            return Some(chars.into_iter().collect());
        }
    }
    None
}

/// The value as a parameter; `None` for NULL, which is never compared.
pub(super) fn bound(value: &FieldValue, sql: &mut Sql) -> Option<String> {
    Some(match value {
        FieldValue::Null => return None,
        FieldValue::Text(text) => sql.text(text),
        FieldValue::Code { code, .. } => sql.text(code),
        FieldValue::Money { units, .. } => sql.int(*units),
        FieldValue::Decimal(number) | FieldValue::Integer(number) | FieldValue::Timestamp(number) => {
            sql.int(*number)
        }
        FieldValue::Bool(true) => "TRUE".to_owned(),
        FieldValue::Bool(false) => "FALSE".to_owned(),
        FieldValue::Date(day) | FieldValue::PartialDate { first: day, .. } => sql.day(*day),
        FieldValue::Until(until) => sql.day(until.as_date()),
    })
}
