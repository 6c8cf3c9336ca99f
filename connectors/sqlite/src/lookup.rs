//! Live reads: rows of given keys, and rows by condition, with bound parameters.

use std::sync::Arc;

use contract::{OrderKey, Predicate, Projection, ReadError, Row, RowBatch, SourceKey, StreamName};
use sqlx::Row as _;
use sqlx::query::Query;
use sqlx::sqlite::{Sqlite, SqliteArguments};

use crate::connection::{Connections, Session, next_row};
use crate::decode::{CellDecoder, Charset};
use crate::row::RowReader;
use crate::sql::{Bind, Select, condition, identifier, meanings, order_by, put};
use crate::table::Table;
use crate::{discover, failure};

/// Keys in one statement.
const N_KEYS: usize = 500;

/// The rows of these keys, in no order.
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
    let mut asked: Vec<&SourceKey> = keys.iter().collect();
    asked.sort_unstable();
    asked.dedup();
    let mut rows = Vec::new();
    for part in asked.chunks(N_KEYS) {
        let (statement, binds) = lookup_statement(&select, part);
        rows.extend(read(&mut session, &select, &statement, binds, charset(connections)).await?);
    }
    session.finish().await;
    // In a column that turns nothing, another cell may print like the one that was asked for; its key is the same.
    Ok(batch(&select, rows, charset(connections)))
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
    let mut binds = Vec::new();
    let condition = condition(&table, predicate, &mut binds)?;
    let name = identifier(&table.name);
    let mut statement = format!("SELECT {} FROM {name} WHERE {condition}", select.canonical());
    if !order.is_empty() {
        statement.push_str(" ORDER BY ");
        statement.push_str(&order_by(&table, order)?);
    }
    statement.push_str(&format!(" LIMIT {limit}"));
    let rows = read(&mut session, &select, &statement, binds, charset(connections)).await?;
    session.finish().await;
    Ok(batch(&select, rows, charset(connections)))
}

/// The charset of the options, which have been judged.
pub(crate) fn charset(connections: &Connections) -> Charset {
    let label = connections.options().charset.as_deref()?;
    encoding_rs::Encoding::for_label(label.as_bytes())
}

/// A statement with its parameters.
pub(crate) fn query(statement: &str, binds: Vec<Bind>) -> Query<'_, Sqlite, SqliteArguments> {
    let query = sqlx::query(sqlx::AssertSqlSafe(statement)).persistent(false);
    binds.into_iter().fold(query, |query, bind| match bind {
        Bind::Null => query.bind(None::<String>),
        Bind::Integer(number) => query.bind(number),
        Bind::Real(number) => query.bind(number),
        Bind::Text(text) => query.bind(text),
        Bind::TextBytes(bytes) | Bind::Blob(bytes) => query.bind(bytes),
    })
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
        is_guarded: true,
    })
}

fn lookup_statement(select: &Select<'_>, keys: &[&SourceKey]) -> (String, Vec<Bind>) {
    let mut binds = Vec::new();
    let mut conditions = Vec::new();
    for key in keys {
        let parts = key.parts();
        if parts.len() != select.key.len() {
            continue;
        }
        let mut equal = Vec::new();
        for (column, part) in select.key.iter().zip(&parts) {
            let places: Vec<String> =
                meanings(column, part).into_iter().map(|meaning| put(&mut binds, meaning)).collect();
            equal.push((identifier(&column.name), places));
        }
        conditions.push(equal);
    }
    let name = identifier(&select.table.name);
    let one_column = select.key.len() == 1;
    let condition = if conditions.is_empty() {
        "0".to_owned()
    } else if one_column {
        let places: Vec<&str> =
            conditions.iter().flatten().flat_map(|(_, places)| places).map(String::as_str).collect();
        let column = select.key.first().map(|column| identifier(&column.name)).unwrap_or_default();
        format!("{column} IN ({})", places.join(", "))
    } else {
        let of_key = |equal: &Vec<(String, Vec<String>)>| {
            let parts: Vec<String> =
                equal.iter().map(|(column, places)| format!("{column} IN ({})", places.join(", "))).collect();
            format!("({})", parts.join(" AND "))
        };
        conditions.iter().map(of_key).collect::<Vec<_>>().join(" OR ")
    };
    (format!("SELECT {} FROM {name} WHERE {condition}", select.canonical()), binds)
}

async fn read(
    session: &mut Session,
    select: &Select<'_>,
    statement: &str,
    binds: Vec<Bind>,
    charset: Charset,
) -> Result<Vec<Row>, ReadError> {
    let limit = session.limit();
    let reader = RowReader::new(select, charset);
    let mut found = Vec::new();
    let mut rows = query(statement, binds).fetch(&mut session.connection);
    while let Some(row) = next_row(&mut rows, limit).await? {
        let raw: &[u8] = row.try_get_unchecked(0).map_err(|error| failure::reading(error, limit))?;
        found.push(reader.row(raw)?);
    }
    Ok(found)
}

fn batch(select: &Select<'_>, rows: Vec<Row>, charset: Charset) -> RowBatch {
    RowBatch {
        schema: select.table.projected(&select.projection),
        rows,
        decoder: Some(Arc::new(CellDecoder { encoding: select.table.encoding, charset })),
        is_last: true,
    }
}
