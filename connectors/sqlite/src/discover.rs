//! What a file holds, from its own catalogue.

use contract::{ReadError, StreamName};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::connection::{Session, within};
use crate::failure;
use crate::table::{Affinity, Encoding, Table, TableColumn};

/// Tables and views; not the engine's own, not what a module computes.
const TABLES: &str = "
SELECT name, type = 'view' AS is_view, wr AS without_rowid FROM pragma_table_list
WHERE schema = 'main' AND type IN ('table', 'view') AND substr(name, 1, 7) <> 'sqlite_' ORDER BY name";

const COLUMNS: &str = "
SELECT name, type, \"notnull\" AS is_set, pk, hidden IN (2, 3) AS is_generated
FROM pragma_table_xinfo(?1) WHERE hidden <> 1 ORDER BY cid";

/// Whole unique indexes of named columns that are all NOT NULL; the shortest first.
const UNIQUE: &str = "
SELECT l.name AS name, json_group_array(x.name ORDER BY x.seqno) AS columns
FROM pragma_index_list(?1) AS l JOIN pragma_index_xinfo(l.name) AS x
WHERE l.\"unique\" AND NOT l.partial AND x.key
GROUP BY l.name
HAVING min(x.name IS NOT NULL
       AND coalesce((SELECT c.\"notnull\" FROM pragma_table_xinfo(?1) AS c WHERE c.name = x.name), 0))
ORDER BY count(*), l.name LIMIT 1";

/// One table, or that it is not there.
pub(crate) async fn table(session: &mut Session, stream: &StreamName) -> Result<Table, ReadError> {
    let found = tables(session, Some(std::slice::from_ref(stream))).await?;
    found.into_iter().next().ok_or_else(|| ReadError::NoStream { stream: stream.clone() })
}

/// The tables of these streams (those that are there), or all. A name may begin with the part `main`.
pub(crate) async fn tables(
    session: &mut Session,
    streams: Option<&[StreamName]>,
) -> Result<Vec<Table>, ReadError> {
    let limit = session.limit();
    let (encoding, has_log) = file(session).await?;
    let rows = sqlx::query(TABLES).fetch_all(&mut session.connection);
    let rows = within(limit, "listing tables", rows).await?;
    let mut tables = Vec::new();
    for row in rows {
        let name: String = get(&row, "name", session)?;
        for stream in names_of(&name, streams)? {
            let mut table = Table {
                stream,
                name: name.clone(),
                is_view: get(&row, "is_view", session)?,
                has_log,
                encoding,
                estimated_rows: None,
                columns: Vec::new(),
                key: Vec::new(),
                key_index: None,
            };
            fill(session, &mut table, get(&row, "without_rowid", session)?).await?;
            tables.push(table);
        }
    }
    Ok(tables)
}

/// The names a table was asked by.
fn names_of(table: &str, streams: Option<&[StreamName]>) -> Result<Vec<StreamName>, ReadError> {
    let Some(streams) = streams else {
        let name = StreamName::of(vec![table.to_owned()]);
        return Ok(vec![name.map_err(|error| ReadError::malformed(error.to_string()))?]);
    };
    let is_meant = |stream: &&StreamName| match stream.parts() {
        [schema, rest @ ..] if schema == "main" && !rest.is_empty() => rest.join(".") == table,
        parts => parts.join(".") == table,
    };
    Ok(streams.iter().filter(is_meant).cloned().collect())
}

async fn file(session: &mut Session) -> Result<(Encoding, bool), ReadError> {
    let limit = session.limit();
    let asked = sqlx::query_scalar::<_, String>("PRAGMA encoding").fetch_one(&mut session.connection);
    let encoding = match within(limit, "asking for the encoding", asked).await?.as_str() {
        "UTF-16le" => Encoding::Utf16Le,
        "UTF-16be" => Encoding::Utf16Be,
        _ => Encoding::Utf8,
    };
    let asked = sqlx::query_scalar::<_, String>("PRAGMA journal_mode").fetch_one(&mut session.connection);
    Ok((encoding, within(limit, "asking for the journal", asked).await? == "wal"))
}

async fn fill(session: &mut Session, table: &mut Table, is_without_rowid: bool) -> Result<(), ReadError> {
    let limit = session.limit();
    let rows = sqlx::query(COLUMNS).bind(&table.name).fetch_all(&mut session.connection);
    let rows = within(limit, "listing columns", rows).await?;
    let mut key: Vec<(i64, String)> = Vec::new();
    for row in &rows {
        let (name, native_type): (String, String) = (get(row, "name", session)?, get(row, "type", session)?);
        let place: i64 = get(row, "pk", session)?;
        let is_row_id = place == 1 && native_type.eq_ignore_ascii_case("INTEGER");
        let is_set: bool = get(row, "is_set", session)?;
        table.columns.push(TableColumn {
            affinity: Affinity::of(&native_type),
            // A primary key of a table with row ids may hold NULL, unless it is the row id itself.
            is_nullable: !(is_set || is_row_id || (place > 0 && is_without_rowid)),
            is_generated: get(row, "is_generated", session)?,
            name: name.clone(),
            native_type,
        });
        if place > 0 {
            key.push((place, name));
        }
    }
    key.sort_unstable();
    table.key = key.into_iter().map(|(_, name)| name).collect();
    if table.is_view {
        return Ok(());
    }
    if table.key.is_empty() {
        let row = sqlx::query(UNIQUE).bind(&table.name).fetch_optional(&mut session.connection);
        if let Some(row) = within(limit, "listing keys", row).await? {
            table.key = names_in_json(&get::<String>(&row, "columns", session)?);
            table.key_index = Some(get(&row, "name", session)?);
        }
    }
    table.estimated_rows = estimate(session, table, is_without_rowid).await?;
    Ok(())
}

/// Rows that are counted one by one rather than estimated.
const COUNTED: u64 = 10_000;

/// Counted where they are few; else from the engine's statistics, or the span of the row ids.
async fn estimate(
    session: &mut Session,
    table: &Table,
    is_without_rowid: bool,
) -> Result<Option<u64>, ReadError> {
    let limit = session.limit();
    let name = crate::sql::identifier(&table.name);
    let statement = format!("SELECT count(*) FROM (SELECT 1 FROM {name} LIMIT {})", COUNTED + 1);
    let asked = sqlx::query_scalar::<_, i64>(sqlx::AssertSqlSafe(statement));
    let asked = asked.fetch_one(&mut session.connection);
    let counted = within(limit, "counting rows", asked).await.ok().and_then(|n| u64::try_from(n).ok());
    let Some(counted) = counted else { return Ok(None) };
    if counted <= COUNTED {
        return Ok(Some(counted));
    }
    let has_statistics = sqlx::query("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1'");
    let has_statistics = has_statistics.fetch_optional(&mut session.connection);
    if within(limit, "asking for statistics", has_statistics).await?.is_some() {
        let asked =
            sqlx::query_scalar::<_, Option<String>>("SELECT stat FROM sqlite_stat1 WHERE tbl = ?1 LIMIT 1");
        let asked = asked.bind(&table.name).fetch_optional(&mut session.connection);
        let stat = within(limit, "asking for statistics", asked).await?.flatten();
        let first = stat.as_deref().and_then(|stat| stat.split(' ').next()).and_then(|n| n.parse().ok());
        if first.is_some() {
            return Ok(first);
        }
    }
    if is_without_rowid {
        return Ok(None);
    }
    // Two look-ups in the index of the rows; ids need not begin at one.
    let statement = format!("SELECT (SELECT max(rowid) FROM {name}) - (SELECT min(rowid) FROM {name}) + 1");
    let asked = sqlx::query_scalar::<_, Option<i64>>(sqlx::AssertSqlSafe(statement));
    let asked = asked.fetch_one(&mut session.connection);
    // A column that is called rowid is no row id.
    Ok(within(limit, "asking for statistics", asked).await.ok().flatten().and_then(|n| u64::try_from(n).ok()))
}

/// The texts of a JSON array of texts, as the engine writes it.
fn names_in_json(json: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut characters = json.chars();
    let mut name: Option<String> = None;
    while let Some(c) = characters.next() {
        match (&mut name, c) {
            (None, '"') => name = Some(String::new()),
            (None, _) => {}
            (Some(_), '"') => names.extend(name.take()),
            (Some(name), '\\') => name.extend(characters.next()),
            (Some(name), c) => name.push(c),
        }
    }
    names
}

fn get<'r, T>(row: &'r SqliteRow, column: &str, session: &Session) -> Result<T, ReadError>
where
    T: sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>,
{
    row.try_get(column).map_err(|error| failure::reading(error, session.limit()))
}
