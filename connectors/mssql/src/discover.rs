//! What a database holds, from the catalogue: only what the account may see.

use std::collections::HashMap;

use contract::{ReadError, StreamName};

use crate::connection::{Session, within};
use crate::driver::{Bind, Driver, DriverError, Field};
use crate::family::{Family, native_type};
use crate::sql::catalogue::{COLUMNS, COLUMNS_ORDER, KEYS, KEYS_ORDER, ONE, TABLES, TABLES_ORDER};
use crate::sql::identifier;
use crate::table::{Kind, Table, TableColumn};

type Place = (String, String);
type Fields = Vec<Field>;

/// The first version that digests cells of any length: 2016.
const DIGESTS_WHOLE: u32 = 13;

/// One table, or that it is not there, or that the account may not know.
pub(crate) async fn table(session: &mut Session, stream: &StreamName) -> Result<Table, ReadError> {
    let found = tables(session, Some(std::slice::from_ref(stream))).await?;
    match found.into_iter().next() {
        Some(table) => Ok(table),
        None => Err(hidden_or_absent(session, stream).await),
    }
}

/// The catalogue shows only what the account has a right on: the server itself says which it is.
pub(crate) async fn hidden_or_absent(session: &mut Session, stream: &StreamName) -> ReadError {
    let absent = ReadError::NoStream { stream: stream.clone() };
    let Some((schema, relation)) = place(session, stream) else { return absent };
    let limit = session.limit();
    let probe = format!("SELECT TOP (0) 1 FROM {}.{} AS [t]", identifier(&schema), identifier(&relation));
    let asked = async { session.driver()?.all(probe, Vec::new()).await };
    match within(limit, Some(stream), "asking for a table", asked).await {
        Ok(_) => absent,
        Err(error) => error,
    }
}

/// The tables of these streams (those that are there), or all of the database.
pub(crate) async fn tables(
    session: &mut Session,
    streams: Option<&[StreamName]>,
) -> Result<Vec<Table>, ReadError> {
    let limit = session.limit();
    let (schema, whole) = (session.server.schema.clone(), session.server.major >= DIGESTS_WHOLE);
    let Some(streams) = streams else {
        let found = async { read(session.driver()?, None).await };
        let found = within(limit, None, "reading the catalogue", found).await?;
        let named = |table: Table| {
            let parts = if table.schema == schema {
                vec![table.relation.clone()]
            } else {
                vec![table.schema.clone(), table.relation.clone()]
            };
            Some(Table { name: StreamName::of(parts).ok()?, digests_whole: whole, ..table })
        };
        return Ok(found.into_iter().filter_map(named).collect());
    };
    let mut tables = Vec::new();
    for stream in streams {
        let Some(one) = place(session, stream) else { continue };
        let found = async { read(session.driver()?, Some(&one)).await };
        let found = within(limit, Some(stream), "reading the catalogue", found).await?;
        tables.extend(found.into_iter().next().map(|table| Table {
            name: stream.clone(),
            digests_whole: whole,
            ..table
        }));
    }
    Ok(tables)
}

/// Schema and table; a name of one part is of the account's own schema. The first of three says nothing here.
fn place(session: &Session, stream: &StreamName) -> Option<Place> {
    match stream.parts() {
        [relation] => Some((session.server.schema.clone(), relation.clone())),
        [schema, relation] => Some((schema.clone(), relation.clone())),
        _ => None,
    }
}

async fn read(driver: &mut Driver, one: Option<&Place>) -> Result<Vec<Table>, DriverError> {
    let binds = || match one {
        Some((schema, relation)) => vec![Bind::Text(schema.clone()), Bind::Text(relation.clone())],
        None => Vec::new(),
    };
    let one = if one.is_some() { ONE } else { "" };
    let tables = driver.all(format!("{TABLES}{one}{TABLES_ORDER}"), binds()).await?;
    if tables.is_empty() {
        return Ok(Vec::new());
    }
    let columns = driver.all(format!("{COLUMNS}{one}{COLUMNS_ORDER}"), binds()).await?;
    let keys = driver.all(format!("{KEYS}{one}{KEYS_ORDER}"), binds()).await?;

    let mut columns_of: HashMap<Place, Vec<TableColumn>> = HashMap::new();
    for row in &columns {
        columns_of.entry(place_of(row)).or_default().push(column_of(row));
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

/// A text of a row; empty for NULL.
fn text(row: &Fields, at: usize) -> String {
    optional(row, at).unwrap_or_default()
}

fn optional(row: &Fields, at: usize) -> Option<String> {
    if let Field::Text(text) = row.get(at)? { Some(text.clone()) } else { None }
}

fn number(row: &Fields, at: usize) -> Option<i64> {
    let field = row.get(at)?;
    if let Field::Bit(bit) = field {
        return Some(i64::from(*bit));
    }
    if let Field::Int(number) = field { Some(*number) } else { None }
}

fn place_of(row: &Fields) -> Place {
    (text(row, 0), text(row, 1))
}

fn table_of(row: &Fields, columns: Vec<TableColumn>, keys: Vec<Key>) -> Option<Table> {
    let (schema, relation) = place_of(row);
    let kind = match (text(row, 2).trim(), number(row, 5)) {
        ("V", _) => Kind::View,
        (_, Some(2..)) => Kind::Partitioned,
        _ => Kind::Table,
    };
    let mut whole: Vec<Key> = keys.into_iter().filter(|key| key.is_whole).collect();
    whole.sort_by_key(|key| (!key.is_primary, key.columns.len()));
    let first = whole.first();
    Some(Table {
        name: StreamName::of(vec![relation.clone()]).ok()?,
        schema,
        relation,
        kind,
        comment: optional(row, 3).filter(|comment| !comment.is_empty()),
        estimated_rows: number(row, 4).and_then(|rows| u64::try_from(rows).ok()),
        columns,
        key: first.map(|key| key.columns.clone()).unwrap_or_default(),
        key_index: first.filter(|key| !key.is_primary).map(|key| key.index.clone()),
        unique_keys: whole.into_iter().map(|key| key.columns).collect(),
        digests_whole: false,
    })
}

fn column_of(row: &Fields) -> TableColumn {
    let base = text(row, 3);
    let family = Family::of(&base);
    let digits = |at: usize| number(row, at).and_then(|digits| u8::try_from(digits).ok()).unwrap_or(0);
    let max_length = number(row, 4).unwrap_or(-1);
    // Those of the old kind say the size of their pointer.
    let is_unbounded = matches!(base.as_str(), "text" | "ntext" | "image" | "xml" | "json");
    TableColumn {
        name: text(row, 2),
        native_type: native_type(&base, max_length, digits(5), digits(6)),
        family,
        is_nullable: number(row, 7) == Some(1),
        is_readable: family != Family::Unread && number(row, 11) == Some(1),
        is_generated: number(row, 8) == Some(1),
        max_length: if is_unbounded { -1 } else { max_length },
        collation: optional(row, 9),
        comment: optional(row, 10).filter(|comment| !comment.is_empty()),
    }
}

/// A unique index.
struct Key {
    index: String,
    is_primary: bool,
    columns: Vec<String>,
    /// No column of it may be NULL.
    is_whole: bool,
}

fn add_key(keys: &mut Vec<Key>, row: &Fields) {
    let index = text(row, 2);
    if keys.last().is_none_or(|key| key.index != index) {
        let is_primary = number(row, 4) == Some(1);
        keys.push(Key { index, is_primary, columns: Vec::new(), is_whole: true });
    }
    let Some(key) = keys.last_mut() else { return };
    if number(row, 5) == Some(1) {
        key.is_whole = false;
    } else {
        key.columns.push(text(row, 3));
    }
}
