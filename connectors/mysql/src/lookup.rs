//! Live reads: rows of given keys, and rows by condition, with bound parameters.

use std::collections::HashSet;
use std::sync::Arc;

use contract::{OrderKey, Predicate, Projection, ReadError, Row, RowBatch, SourceKey, StreamName, Value};
use mysql_async::prelude::Queryable;
use mysql_async::{Error, Params, Row as Fields, Value as Bind};

use crate::condition::{compared, condition, operand, order_by};
use crate::connection::{Connections, Length, Session, within};
use crate::decode::Decoder;
use crate::discover;
use crate::row::RowReader;
use crate::sql::Select;
use crate::table::Table;

/// Parameters of one statement, at most: the protocol counts them in 16 bits.
const PARAMETERS: usize = 8_000;

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
    let mut session = connections.session(Length::Short).await?;
    let table = discover::table(&mut session, stream, connections.options().charset.as_deref()).await?;
    let select = select_of(&table, key, projection, connections)?;
    if select.key.is_empty() {
        return Err(ReadError::Unsupported { what: "a look-up in a stream without a key" });
    }
    let asked: HashSet<&SourceKey> = keys.iter().collect();
    let mut of_keys: Vec<(String, Vec<Bind>)> = asked.iter().filter_map(|key| of_key(&select, key)).collect();
    of_keys.sort_unstable_by(|one, other| one.0.cmp(&other.0));
    let n_together = (PARAMETERS / select.key.len()).max(1);
    let mut rows = Vec::with_capacity(of_keys.len());
    for some in of_keys.chunks(n_together) {
        let (places, binds): (Vec<&str>, Vec<Vec<Bind>>) =
            some.iter().map(|(place, binds)| (place.as_str(), binds.clone())).unzip();
        let names: Vec<String> = select.key.iter().map(|column| compared(column)).collect();
        let statement = format!(
            "SELECT {} FROM {} AS t WHERE ({}) IN ({})",
            select.fields(true),
            table.quoted(),
            names.join(", "),
            places.join(", ")
        );
        let found = all(&mut session, stream, statement, binds.concat()).await?;
        rows.extend(read(&select, &found)?);
    }
    session.finish().await;
    rows.retain(|row| row.key.as_ref().is_ok_and(|key| asked.contains(key)));
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
    let mut session = connections.session(Length::Short).await?;
    let table = discover::table(&mut session, stream, connections.options().charset.as_deref()).await?;
    let select = select_of(&table, &[], projection, connections)?;
    let mut binds = Vec::new();
    let condition = condition(&table, predicate, &mut binds)?;
    let mut statement =
        format!("SELECT {} FROM {} AS t WHERE {condition}", select.fields(true), table.quoted());
    if !order.is_empty() {
        statement.push_str(" ORDER BY ");
        statement.push_str(&order_by(&table, order)?);
    }
    statement.push_str(&format!(" LIMIT {limit}"));
    let found = all(&mut session, stream, statement, binds).await?;
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

/// `(?, ?)` and what is bound to it; `None` when the key cannot be one of this stream.
fn of_key(select: &Select<'_>, key: &SourceKey) -> Option<(String, Vec<Bind>)> {
    let parts = key.parts();
    if parts.len() != select.key.len() {
        return None;
    }
    let mut places = Vec::with_capacity(parts.len());
    let mut binds = Vec::with_capacity(parts.len());
    for (column, part) in select.key.iter().zip(parts) {
        let (place, bind) = operand(column, &Value::Text(part))?;
        places.push(place);
        binds.push(bind);
    }
    Some((format!("({})", places.join(", ")), binds))
}

/// Every row of a statement of ours with bound values.
async fn all(
    session: &mut Session,
    stream: &StreamName,
    statement: String,
    binds: Vec<Bind>,
) -> Result<Vec<Vec<Bind>>, ReadError> {
    let limit = session.limit();
    let run = async {
        let connection = session.connection()?;
        let prepared = connection.prep(statement).await?;
        let params = if binds.is_empty() { Params::Empty } else { Params::Positional(binds) };
        let rows: Vec<Fields> = connection.exec(&prepared, params).await?;
        connection.close(prepared).await?;
        Ok::<_, Error>(rows.into_iter().map(Fields::unwrap).collect())
    };
    within(limit, Some(stream), "selecting rows", run).await
}

fn read(select: &Select<'_>, found: &[Vec<Bind>]) -> Result<Vec<Row>, ReadError> {
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
