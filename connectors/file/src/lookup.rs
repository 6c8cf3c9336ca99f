//! Live reads, by reading everything: rows of given keys, and rows by condition.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::sync::Arc;

use bytes::Bytes;
use contract::cells::Cells;
use contract::{
    Decode, Digest, Order, OrderKey, Predicate, Projection, ReadError, Row, RowBatch, RowBody, SourceKey,
    StreamName, Unkeyed, Value,
};

use crate::condition::{Condition, compare};
use crate::decode::CellDecoder;
use crate::scan;
use crate::table::{Table, Wanted};
use crate::work::Work;

/// The rows of these keys, in no order.
pub(crate) async fn lookup(
    work: &Work,
    stream: &StreamName,
    key: &[String],
    keys: &[SourceKey],
    projection: &Projection,
) -> Result<RowBatch, ReadError> {
    if key.is_empty() {
        return Err(ReadError::Unsupported { what: "a look-up in a stream without a key" });
    }
    let (stream, key, projection) = (stream.clone(), key.to_vec(), projection.clone());
    let keys: HashSet<SourceKey> = keys.iter().cloned().collect();
    work.once("looking up rows", move |options, job| {
        let table = Table::of(options, job, &stream)?;
        let wanted = table.wanted(&key, &projection, options.max_cell_bytes)?;
        let mut rows = Vec::new();
        scan::rows(&table, &wanted, options, job, |key, row| {
            if key.as_ref().is_ok_and(|key| keys.contains(key)) {
                rows.push(row_of(key, row));
            }
            Ok(())
        })?;
        Ok(batch(&table, &wanted, rows))
    })
    .await
}

/// Rows by condition. They have no key, as a stream of files has none of its own.
pub(crate) async fn select(
    work: &Work,
    stream: &StreamName,
    predicate: &Predicate,
    order: &[OrderKey],
    limit: u32,
    projection: &Projection,
) -> Result<RowBatch, ReadError> {
    let (stream, predicate, order) = (stream.clone(), predicate.clone(), order.to_vec());
    let (projection, limit) = (projection.clone(), usize::try_from(limit).unwrap_or(usize::MAX));
    work.once("selecting rows", move |options, job| {
        let table = Table::of(options, job, &stream)?;
        let wanted = table.wanted(&[], &projection, options.max_cell_bytes)?;
        // The columns of the answer, then those of condition and order.
        let mut columns = wanted.columns.clone();
        let condition = Condition::of(&predicate, &mut columns);
        let keys: Vec<(usize, Order)> =
            order.iter().map(|key| (place(&mut columns, &key.column), key.order)).collect();
        let all = table.wanted(&[], &Projection::Columns(columns), options.max_cell_bytes)?;
        let n_columns = wanted.columns.len();
        let mut found: Vec<(Row, Vec<Value>)> = Vec::new();
        let sort = |found: &mut Vec<(Row, Vec<Value>)>| {
            found.sort_by(|(_, one), (_, two)| ordered(&keys, one, two));
            found.truncate(limit);
        };
        scan::rows(&table, &all, options, job, |key, row| {
            if keys.is_empty() && found.len() >= limit {
                return Ok(());
            }
            let cells = CellDecoder.decode(&Bytes::copy_from_slice(row))?;
            if condition.holds(&cells) != Some(true) {
                return Ok(());
            }
            let sorted_by =
                keys.iter().map(|(at, _)| cells.get(*at).cloned().unwrap_or(Value::Null)).collect();
            found.push((row_of(key, first_cells(row, n_columns)), sorted_by));
            // What is kept stays bounded by the limit.
            if found.len() >= limit.saturating_mul(2).max(1 << 10) {
                sort(&mut found);
            }
            Ok(())
        })?;
        sort(&mut found);
        Ok(batch(&table, &wanted, found.into_iter().map(|(row, _)| row).collect()))
    })
    .await
}

/// The place of a column; added when it is new.
pub(crate) fn place(columns: &mut Vec<String>, column: &str) -> usize {
    if let Some(at) = columns.iter().position(|other| other == column) {
        return at;
    }
    columns.push(column.to_owned());
    columns.len() - 1
}

/// NULL comes last when ascending, first when descending.
fn ordered(keys: &[(usize, Order)], one: &[Value], two: &[Value]) -> Ordering {
    for ((a, b), (_, order)) in one.iter().zip(two).zip(keys) {
        let ascending = match (a.is_null(), b.is_null()) {
            (false, false) => compare(a, b).unwrap_or(Ordering::Equal),
            (a, b) => a.cmp(&b),
        };
        let found = match order {
            Order::Ascending => ascending,
            Order::Descending => ascending.reverse(),
        };
        if found != Ordering::Equal {
            return found;
        }
    }
    Ordering::Equal
}

/// The canonical bytes of the first cells of a row.
fn first_cells(row: &[u8], n_cells: usize) -> &[u8] {
    let mut cells = Cells::of(row);
    let n_taken = cells.by_ref().take(n_cells).count();
    let length = if n_taken == n_cells { row.len() - cells.rest().len() } else { row.len() };
    row.get(..length).unwrap_or(row)
}

fn batch(table: &Table, wanted: &Wanted, rows: Vec<Row>) -> RowBatch {
    RowBatch {
        schema: table.projected(wanted, &[]),
        rows,
        decoder: Some(Arc::new(CellDecoder)),
        is_last: true,
    }
}

fn row_of(key: Result<SourceKey, Unkeyed>, row: &[u8]) -> Row {
    Row { key, digest: Digest::of(row), body: RowBody::Raw(Bytes::copy_from_slice(row)) }
}
