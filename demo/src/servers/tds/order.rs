//! Rows in an order, and keys that stand once.

#![expect(clippy::wildcard_enum_match_arm, reason = "cells of one column are of one type")]

use std::cmp::Ordering;
use std::sync::Arc;

use super::cell::Cell;
use super::compare::compare;
use super::engine::Table;
use super::expression::Scope;
use super::kind::Collation;
use super::parser::Expr;
use super::wire::SqlError;

/// What a cell is ordered by: texts by what their collation sees.
enum Sorted {
    Null,
    Text((Vec<u32>, Vec<u32>)),
    Other(Cell),
}

/// Rows by these columns and directions.
pub(super) fn ordered(
    scope: &Scope<'_>,
    rows: Vec<Arc<Vec<Cell>>>,
    order: &[(Expr, bool)],
) -> Result<Vec<Arc<Vec<Cell>>>, SqlError> {
    let mut keyed = Vec::with_capacity(rows.len());
    let mut collations = Vec::new();
    for (expr, _) in order {
        collations.push(scope.kind(expr)?.1);
    }
    for row in rows {
        let mut keys = Vec::with_capacity(order.len());
        for ((expr, _), collation) in order.iter().zip(&collations) {
            keys.push(match scope.value(expr, &row)? {
                Cell::Null => Sorted::Null,
                Cell::Text(text) => Sorted::Text(collation.key(&text)),
                cell => Sorted::Other(cell),
            });
        }
        keyed.push((keys, row));
    }
    let mut failure = None;
    keyed.sort_by(|(a, _), (b, _)| {
        for ((a, b), (_, is_descending)) in a.iter().zip(b).zip(order) {
            let sorted = match (a, b) {
                (Sorted::Null, Sorted::Null) => Ordering::Equal,
                (Sorted::Null, _) => Ordering::Less,
                (_, Sorted::Null) => Ordering::Greater,
                (Sorted::Text(a), Sorted::Text(b)) => a.cmp(b),
                (Sorted::Other(a), Sorted::Other(b)) => match compare(a, b, scope.default) {
                    Ok(sorted) => sorted.unwrap_or(Ordering::Equal),
                    Err(error) => {
                        failure = Some(error);
                        Ordering::Equal
                    }
                },
                _ => Ordering::Equal,
            };
            let sorted = if *is_descending { sorted.reverse() } else { sorted };
            if sorted.is_ne() {
                return sorted;
            }
        }
        Ordering::Equal
    });
    match failure {
        Some(error) => Err(error),
        None => Ok(keyed.into_iter().map(|(_, row)| row).collect()),
    }
}

/// No two rows may be equal, as the server compares, in the key. Keys stand in their order afterwards.
pub(super) fn unique(table: &mut Table, default: &Collation) -> Result<(), SqlError> {
    if table.key.is_empty() {
        return Ok(());
    }
    let (places, kinds) = (table.places(), table.kinds(default));
    let scope = Scope { places: &places, kinds: &kinds, values: &[], default };
    let order: Vec<(Expr, bool)> = table.key.iter().map(|name| (Expr::Column(name.clone()), false)).collect();
    let rows = ordered(&scope, std::mem::take(&mut table.rows), &order)?;
    for pair in rows.windows(2) {
        let mut is_same = true;
        for name in &table.key {
            let at = places.get(name).copied().unwrap_or(0);
            let collation = kinds.get(at).map_or(default, |(_, collation)| collation);
            is_same &= compare(&pair[0][at], &pair[1][at], collation)?.is_none_or(Ordering::is_eq);
        }
        if is_same {
            table.rows = rows;
            return Err(SqlError::new(
                2627,
                14,
                "Violation of PRIMARY KEY constraint. Cannot insert duplicate key.",
            ));
        }
    }
    table.rows = rows;
    Ok(())
}
