//! What a database holds, from the information schema: only what the account may see.

use std::collections::HashMap;

use contract::{ReadError, StreamName};
use encoding_rs::Encoding;
use mysql_async::prelude::Queryable;
use mysql_async::{Error, Row};

use crate::connection::{Session, within};
use crate::family::Family;
use crate::sql::{identifier, text_literal};
use crate::table::{Kind, Table, TableColumn};

/// Sequences and the server's own views are no tables of a department's.
const TABLES: &str = "SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE, ENGINE, TABLE_ROWS, CREATE_OPTIONS, TABLE_COMMENT \
                      FROM information_schema.TABLES \
                      WHERE TABLE_TYPE IN ('BASE TABLE', 'VIEW', 'SYSTEM VERSIONED')";
const COLUMNS: &str = "SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, DATA_TYPE, IS_NULLABLE, \
                       CHARACTER_OCTET_LENGTH, CHARACTER_SET_NAME, COLLATION_NAME, PRIVILEGES, EXTRA, COLUMN_COMMENT \
                       FROM information_schema.COLUMNS WHERE TRUE";
/// An index on a part of a column, or on an expression, makes no key.
const KEYS: &str = "SELECT TABLE_SCHEMA, TABLE_NAME, INDEX_NAME, COLUMN_NAME, SUB_PART, NULLABLE \
                    FROM information_schema.STATISTICS WHERE NON_UNIQUE = 0";

type Place = (String, String);

/// One table, or that it is not there, or that the account may not know.
pub(crate) async fn table(
    session: &mut Session,
    stream: &StreamName,
    charset: Option<&str>,
) -> Result<Table, ReadError> {
    let found = tables(session, Some(std::slice::from_ref(stream)), charset).await?;
    match found.into_iter().next() {
        Some(table) => Ok(table),
        None => Err(hidden_or_absent(session, stream).await),
    }
}

/// The information schema shows only what the account has a right on: the server itself says which it is.
pub(crate) async fn hidden_or_absent(session: &mut Session, stream: &StreamName) -> ReadError {
    let absent = ReadError::NoStream { stream: stream.clone() };
    let Some((database, relation)) = place(session, stream) else { return absent };
    let limit = session.limit();
    let probe = format!("SELECT 1 FROM {}.{} LIMIT 0", identifier(&database), identifier(&relation));
    let asked = async { session.connection()?.query_drop(probe).await };
    match within(limit, Some(stream), "asking for a table", asked).await {
        Ok(()) => absent,
        Err(error) => error,
    }
}

/// The tables of these streams (those that are there), or all of the database.
pub(crate) async fn tables(
    session: &mut Session,
    streams: Option<&[StreamName]>,
    charset: Option<&str>,
) -> Result<Vec<Table>, ReadError> {
    let limit = session.limit();
    let Some(streams) = streams else {
        let condition = format!("TABLE_SCHEMA = {}", text_literal(&session.server.database));
        let found = read(session, &condition, charset);
        return within(limit, None, "reading the catalogue", found).await;
    };
    let mut tables = Vec::new();
    for stream in streams {
        let Some((database, relation)) = place(session, stream) else { continue };
        // One at a time and by equality: else the server opens every table of the database.
        let (schema, name) = (text_literal(&database), text_literal(&relation));
        let condition = format!("TABLE_SCHEMA = {schema} AND TABLE_NAME = {name}");
        let found =
            within(limit, Some(stream), "reading the catalogue", read(session, &condition, charset)).await?;
        let folds = session.server.folds_names;
        let is_meant = |table: &&Table| {
            table.relation == relation || (folds && table.relation.to_lowercase() == relation.to_lowercase())
        };
        tables
            .extend(found.iter().find(is_meant).map(|table| Table { name: stream.clone(), ..table.clone() }));
    }
    Ok(tables)
}

/// Database and table; a name of one part is of the database connected to. The first of three says nothing here.
fn place(session: &Session, stream: &StreamName) -> Option<Place> {
    match stream.parts() {
        [relation] => Some((session.server.database.clone(), relation.clone())),
        [database, relation] => Some((database.clone(), relation.clone())),
        _ => None,
    }
}

async fn read(session: &mut Session, condition: &str, charset: Option<&str>) -> Result<Vec<Table>, Error> {
    let connection = session.connection()?;
    let tables: Vec<Row> = connection.query(format!("{TABLES} AND {condition} ORDER BY TABLE_NAME")).await?;
    if tables.is_empty() {
        return Ok(Vec::new());
    }
    let order = "ORDER BY TABLE_NAME, ORDINAL_POSITION";
    let columns: Vec<Row> = connection.query(format!("{COLUMNS} AND {condition} {order}")).await?;
    let order = "ORDER BY TABLE_NAME, INDEX_NAME <> 'PRIMARY', INDEX_NAME, SEQ_IN_INDEX";
    let keys: Vec<Row> = connection.query(format!("{KEYS} AND {condition} {order}")).await?;

    let truth = charset.and_then(|label| Encoding::for_label(label.as_bytes()));
    let mut columns_of: HashMap<Place, Vec<TableColumn>> = HashMap::new();
    for row in &columns {
        columns_of.entry(place_of(row)).or_default().push(column_of(row, truth));
    }
    let mut keys_of: HashMap<Place, Vec<Key>> = HashMap::new();
    for row in &keys {
        add_key(keys_of.entry(place_of(row)).or_default(), row);
    }
    Ok(tables
        .iter()
        .filter_map(|row| {
            let columns = columns_of.remove(&place_of(row)).unwrap_or_default();
            table_of(row, columns, keys_of.remove(&place_of(row)).unwrap_or_default())
        })
        .collect())
}

/// A text of a row; empty for NULL. The information schema's own texts are UTF-8.
fn text(row: &Row, at: usize) -> String {
    optional(row, at).unwrap_or_default()
}

fn optional(row: &Row, at: usize) -> Option<String> {
    let mysql_async::Value::Bytes(bytes) = row.as_ref(at)? else { return None };
    Some(String::from_utf8_lossy(bytes).into_owned())
}

fn place_of(row: &Row) -> Place {
    (text(row, 0), text(row, 1))
}

fn table_of(row: &Row, columns: Vec<TableColumn>, keys: Vec<Key>) -> Option<Table> {
    let (database, relation) = place_of(row);
    let engine = text(row, 3);
    let kind = match text(row, 2).as_str() {
        "VIEW" => Kind::View,
        _ if ["federated", "connect", "spider"].contains(&engine.to_lowercase().as_str()) => Kind::Foreign,
        _ if text(row, 5).contains("partitioned") => Kind::Partitioned,
        _ => Kind::Table,
    };
    let is_view = kind == Kind::View;
    let mut whole: Vec<Key> = keys.into_iter().filter(|key| key.is_whole).collect();
    whole.sort_by_key(|key| (!key.is_primary(), key.columns.len()));
    let first = whole.first();
    Some(Table {
        name: StreamName::of(vec![relation.clone()]).ok()?,
        database,
        relation,
        kind,
        engine,
        // The server writes `VIEW` there.
        comment: Some(text(row, 6)).filter(|comment| !comment.is_empty() && !is_view),
        estimated_rows: optional(row, 4).and_then(|rows| rows.parse().ok()),
        columns,
        key: first.map(|key| key.columns.clone()).unwrap_or_default(),
        key_index: first.filter(|key| !key.is_primary()).map(|key| key.index.clone()),
        unique_keys: whole.into_iter().map(|key| key.columns).collect(),
    })
}

fn column_of(row: &Row, truth: Option<&'static Encoding>) -> TableColumn {
    let native_type = text(row, 3);
    let family = Family::of(&text(row, 4), &native_type);
    let charset = optional(row, 7);
    let is_latin = charset.as_deref() == Some("latin1") && family == Family::Text;
    TableColumn {
        name: text(row, 2),
        column_type: family.column_type(&native_type),
        native_type,
        family,
        is_nullable: text(row, 5) == "YES",
        is_readable: family != Family::Unread && text(row, 9).contains("select"),
        is_generated: text(row, 10).contains("GENERATED") && !text(row, 10).contains("DEFAULT_GENERATED"),
        max_octets: optional(row, 6).and_then(|octets| octets.parse().ok()),
        charset,
        collation: optional(row, 8),
        true_charset: truth.filter(|_| is_latin),
        comment: Some(text(row, 11)).filter(|comment| !comment.is_empty()),
    }
}

/// A unique index.
struct Key {
    index: String,
    columns: Vec<String>,
    is_whole: bool,
}

impl Key {
    fn is_primary(&self) -> bool {
        self.index == "PRIMARY"
    }
}

fn add_key(keys: &mut Vec<Key>, row: &Row) {
    let index = text(row, 2);
    if keys.last().is_none_or(|key| key.index != index) {
        keys.push(Key { index, columns: Vec::new(), is_whole: true });
    }
    let Some(key) = keys.last_mut() else { return };
    let is_part = optional(row, 4).is_some() || text(row, 5) == "YES";
    match optional(row, 3) {
        Some(column) if !is_part => key.columns.push(column),
        _ => key.is_whole = false,
    }
}
