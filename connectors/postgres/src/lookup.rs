//! Live reads: rows of given keys, and rows by condition, with bound parameters.

use std::sync::Arc;

use bytes::{BufMut, BytesMut};
use contract::{OrderKey, Predicate, Projection, ReadError, Row, RowBatch, SourceKey, StreamName};
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::{Row as _, ValueRef};

use crate::connection::{Connections, Length, Session};
use crate::decode::LineDecoder;
use crate::line::{LineReader, put_escaped};
use crate::sql::{Bind, Select, condition, order_by, printed};
use crate::table::Table;
use crate::{discover, failure};

/// The rows of these keys, in no order.
///
/// A key that is no value of its column's type (a word for a number) has no row: it is absent, not an error.
pub(crate) async fn lookup(
    connections: &Connections,
    stream: &StreamName,
    key: &[String],
    keys: &[SourceKey],
    projection: &Projection,
) -> Result<RowBatch, ReadError> {
    let mut session = connections.session(Length::Short).await?;
    let table = discover::table(&mut session, stream).await?;
    let select = select_of(&table, key, projection, connections)?;
    if select.key.is_empty() {
        return Err(ReadError::Unsupported { what: "a look-up in a stream without a key" });
    }
    let mut asked: Vec<&SourceKey> = keys.iter().collect();
    asked.sort_unstable();
    asked.dedup();
    let statement = lookup_statement(&select);
    let rows = match of_keys(&mut session, &select, &statement, &asked).await {
        Ok(rows) => {
            session.finish().await;
            rows
        }
        Err(error) if failure::is_bad_value(&error) => {
            drop(session);
            one_by_one(connections, &select, &statement, &asked).await?
        }
        Err(error) => return Err(failure::reading(error, Some(stream), session.limit())),
    };
    batch(&select, rows, connections)
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
    let table = discover::table(&mut session, stream).await?;
    let select = select_of(&table, &[], projection, connections)?;
    let mut binds = Vec::new();
    let condition = condition(&table, predicate, &mut binds)?;
    let mut statement = format!("SELECT {} FROM {} AS t WHERE {condition}", fields(&select), table.quoted());
    if !order.is_empty() {
        statement.push_str(" ORDER BY ");
        statement.push_str(&order_by(&table, order)?);
    }
    statement.push_str(&format!(" LIMIT {limit}"));
    let mut query = sqlx::query(sqlx::AssertSqlSafe(statement)).persistent(false);
    for bind in binds {
        query = match bind {
            Bind::One(text) => query.bind(text),
            Bind::Many(texts) => query.bind(texts),
        };
    }
    let rows =
        Session::within(session.limit(), Some(stream), "selecting rows", all(&mut session, query)).await?;
    session.finish().await;
    batch(&select, rows, connections)
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

fn fields(select: &Select<'_>) -> String {
    let fields: Vec<String> = select.fields().iter().map(|field| printed(field)).collect();
    if fields.is_empty() { "NULL::text".to_owned() } else { fields.join(", ") }
}

fn lookup_statement(select: &Select<'_>) -> String {
    let names: Vec<String> = select.key.iter().map(|column| column.quoted()).collect();
    let places = 0..select.key.len();
    let typed: Vec<String> =
        select.key.iter().enumerate().map(|(at, column)| format!("w.k{at}::{}", column.cast_type)).collect();
    let arrays: Vec<String> =
        places.clone().map(|at| format!("pg_catalog.unnest(${}::text[])", at + 1)).collect();
    let aliases: Vec<String> = places.map(|at| format!("k{at}")).collect();
    format!(
        "SELECT {} FROM {} AS t WHERE ({}) IN (SELECT {} FROM ROWS FROM ({}) AS w({}))",
        fields(select),
        select.table.quoted(),
        names.join(", "),
        typed.join(", "),
        arrays.join(", "),
        aliases.join(", "),
    )
}

async fn of_keys(
    session: &mut Session,
    select: &Select<'_>,
    statement: &str,
    keys: &[&SourceKey],
) -> Result<Vec<PgRow>, sqlx::Error> {
    let mut columns: Vec<Vec<String>> = vec![Vec::with_capacity(keys.len()); select.key.len()];
    for key in keys {
        let parts = key.parts();
        if parts.len() == columns.len() {
            for (column, part) in columns.iter_mut().zip(parts) {
                column.push(part);
            }
        }
    }
    let mut query = sqlx::query(sqlx::AssertSqlSafe(statement)).persistent(false);
    for column in columns {
        query = query.bind(column);
    }
    let limit = session.limit();
    match tokio::time::timeout(limit, all(session, query)).await {
        Ok(rows) => rows,
        Err(_) => Err(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())),
    }
}

/// Each key in a transaction of its own, because a value that is not accepted ends the transaction.
async fn one_by_one(
    connections: &Connections,
    select: &Select<'_>,
    statement: &str,
    keys: &[&SourceKey],
) -> Result<Vec<PgRow>, ReadError> {
    let mut rows = Vec::new();
    for key in keys {
        let mut session = connections.session(Length::Short).await?;
        match of_keys(&mut session, select, statement, &[key]).await {
            Ok(found) => {
                rows.extend(found);
                session.finish().await;
            }
            // The transaction is over and nothing was read from the wire: the connection is in order.
            Err(error) if failure::is_bad_value(&error) => session.finish().await,
            Err(error) => return Err(failure::reading(error, Some(&select.table.name), session.limit())),
        }
    }
    Ok(rows)
}

async fn all(
    session: &mut Session,
    query: Query<'_, sqlx::Postgres, PgArguments>,
) -> Result<Vec<PgRow>, sqlx::Error> {
    query.fetch_all(&mut session.connection).await
}

/// The rows as lines of `COPY`, so that one decoder and one digest serve both ways of reading.
fn batch(select: &Select<'_>, rows: Vec<PgRow>, connections: &Connections) -> Result<RowBatch, ReadError> {
    let mut lines = LineReader::new(select);
    let decoder = LineDecoder::new(select, connections.options().charset.as_deref());
    let rows = rows
        .iter()
        .map(|row| line(row).map(|line| lines.row(line.freeze())))
        .collect::<Result<Vec<Row>, sqlx::Error>>()
        .map_err(|error| {
            failure::reading(error, Some(&select.table.name), connections.options().read_timeout)
        })?;
    Ok(RowBatch {
        schema: select.table.projected(&select.projection),
        rows,
        decoder: Some(Arc::new(decoder)),
        is_last: true,
    })
}

fn line(row: &PgRow) -> Result<BytesMut, sqlx::Error> {
    let mut line = BytesMut::new();
    for at in 0..row.len() {
        if at > 0 {
            line.put_u8(b'\t');
        }
        let field = row.try_get_raw(at)?;
        if field.is_null() {
            put_escaped(&mut line, None);
        } else {
            put_escaped(&mut line, Some(field.as_bytes().map_err(sqlx::Error::Decode)?));
        }
    }
    Ok(line)
}
