//! Live reads: rows of given keys, and rows by condition, with bound parameters.

use std::collections::HashSet;
use std::sync::Arc;

use contract::{OrderKey, Predicate, Projection, ReadError, Row, RowBatch, SourceKey, StreamName, Value};

use crate::connection::{Connections, Session, within};
use crate::decode::Decoder;
use crate::discover;
use crate::driver::{Bind, Field};
use crate::row::RowReader;
use crate::sql::condition::{condition, operand, order_by};
use crate::sql::keys::compared;
use crate::sql::{Binds, Select};
use crate::table::Table;

/// Parameters of one statement, at most: the server takes 2,100, two of them for the statement itself.
const PARAMETERS: usize = 1_000;

/// The rows of these keys, in no order.
///
/// A key that is no value of its column's type (a word for a number) has no row: it is absent, not an error. So is
/// one that only the collation takes for another (`a` for `A`).
pub(crate) async fn lookup(
    connections: &Connections,
    stream: &StreamName,
    key: &[String],
    keys: &[SourceKey],
    projection: &Projection,
) -> Result<RowBatch, ReadError> {
    let mut session = connections.session().await?;
    let table = discover::table(&mut session, stream).await?;
    let select = select_of(&table, key, projection, connections)?;
    if select.key.is_empty() {
        return Err(ReadError::Unsupported { what: "a look-up in a stream without a key" });
    }
    let asked: HashSet<&SourceKey> = keys.iter().collect();
    let mut ordered: Vec<&SourceKey> = asked.iter().copied().collect();
    ordered.sort_unstable();
    let n_together = (PARAMETERS / select.key.len()).max(1);
    let mut rows = Vec::with_capacity(ordered.len());
    for some in ordered.chunks(n_together) {
        let mut binds = Binds::default();
        let places: Vec<String> = some.iter().filter_map(|key| of_key(&select, key, &mut binds)).collect();
        if places.is_empty() {
            continue;
        }
        let statement = format!("{} WHERE {}", select.head(), places.join(" OR "));
        let found = all(&mut session, stream, statement, binds.0).await?;
        // Of this statement's keys only: the collation may take another's for one of them.
        let mut found = read(&select, &found)?;
        found.retain(|row| row.key.as_ref().is_ok_and(|key| some.binary_search(&key).is_ok()));
        rows.extend(found);
    }
    session.finish().await;
    Ok(batch(&select, rows))
}

/// Rows by condition.
pub(crate) async fn select(
    connections: &Connections,
    stream: &StreamName,
    predicate: &Predicate,
    order: &[OrderKey],
    limit: u32,
    projection: &Projection,
) -> Result<RowBatch, ReadError> {
    let mut session = connections.session().await?;
    let table = discover::table(&mut session, stream).await?;
    let select = select_of(&table, &[], projection, connections)?;
    let mut binds = Binds::default();
    let condition = condition(&table, predicate, &mut binds)?;
    let mut statement =
        format!("SELECT TOP ({limit}) {} FROM {} AS [t] WHERE {condition}", select.fields(), table.quoted());
    if !order.is_empty() {
        statement.push_str(" ORDER BY ");
        statement.push_str(&order_by(&table, order)?);
    }
    let found = all(&mut session, stream, statement, binds.0).await?;
    session.finish().await;
    Ok(batch(&select, read(&select, &found)?))
}

fn select_of<'a>(
    table: &'a Table,
    key: &[String],
    projection: &Projection,
    connections: &Connections,
) -> Result<Select<'a>, ReadError> {
    Ok(Select {
        table,
        key: table.key_columns(key)?,
        projection: table.select(projection)?,
        max_cell_bytes: connections.options().max_cell_bytes,
    })
}

/// `([t].[k] = @P1 AND [t].[l] = @P2)`; `None` when the key cannot be one of this stream.
fn of_key(select: &Select<'_>, key: &SourceKey, binds: &mut Binds) -> Option<String> {
    let parts = key.parts();
    if parts.len() != select.key.len() {
        return None;
    }
    let n_bound = binds.0.len();
    let mut equal = Vec::with_capacity(parts.len());
    for (column, part) in select.key.iter().zip(parts) {
        match operand(column, &Value::Text(part), binds) {
            Some(operand) => equal.push(format!("{} = {operand}", compared(column))),
            None => {
                binds.0.truncate(n_bound);
                return None;
            }
        }
    }
    Some(format!("({})", equal.join(" AND ")))
}

/// Every row of a statement of ours with bound values.
async fn all(
    session: &mut Session,
    stream: &StreamName,
    statement: String,
    binds: Vec<Bind>,
) -> Result<Vec<Vec<Field>>, ReadError> {
    let limit = session.limit();
    let run = async { session.driver()?.all(statement, binds).await };
    within(limit, Some(stream), "selecting rows", run).await
}

fn read(select: &Select<'_>, found: &[Vec<Field>]) -> Result<Vec<Row>, ReadError> {
    let mut reader = RowReader::new(select);
    found.iter().map(|fields| reader.row(fields).map(|(row, _)| row)).collect()
}

fn batch(select: &Select<'_>, rows: Vec<Row>) -> RowBatch {
    RowBatch {
        schema: select.table.projected(&select.projection),
        rows,
        decoder: Some(Arc::new(Decoder::new(select))),
        is_last: true,
    }
}
