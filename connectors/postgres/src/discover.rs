//! What a database holds, from `pg_catalog`: only what the account may see.

use std::collections::HashMap;

use contract::{ReadError, StreamName};
use sqlx::Row;
use sqlx::postgres::PgRow;

use crate::connection::Session;
use crate::table::{Kind, Table, TableColumn, column_type};

/// Tables, by name (`$1` relations, `$2` schemas or '') or all when `$1` is NULL.
const TABLES: &str = "
SELECT c.oid::int8 AS oid, n.nspname::text AS schema, c.relname::text AS relation, c.relkind::text AS kind,
       CASE WHEN c.reltuples >= 0 AND c.relkind IN ('r', 'm', 'p') THEN c.reltuples::int8 END AS estimated_rows,
       pg_catalog.obj_description(c.oid, 'pg_class') AS comment, c.relrowsecurity AS row_security,
       c.relkind NOT IN ('r', 'm')
         OR (c.reltoastrelid <> 0 AND coalesce(pg_catalog.pg_relation_size(c.reltoastrelid), 1) > 0) AS large,
       pg_catalog.current_database()::text AS database,
       (SELECT pg_catalog.pg_encoding_to_char(d.encoding)::text FROM pg_catalog.pg_database d
         WHERE d.datname = pg_catalog.current_database()) AS charset
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'
  AND (($1::text[] IS NULL AND NOT c.relispartition AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
        AND pg_catalog.has_any_column_privilege(c.oid, 'SELECT'))
    OR EXISTS (SELECT 1 FROM ROWS FROM (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[]))
                  AS asked(relation, schema)
                WHERE c.relname::text = asked.relation AND (asked.schema = '' OR n.nspname::text = asked.schema)))
ORDER BY n.nspname <> 'public', n.nspname, c.relname";

/// Their columns. `attgenerated` is asked for by name in JSON, because older servers lack it.
const COLUMNS: &str = "
SELECT a.attrelid::int8 AS oid, a.attname::text AS name,
       pg_catalog.format_type(a.atttypid, a.atttypmod) AS native_type,
       pg_catalog.format_type(a.atttypid, -1) AS cast_type,
       base.typname::text AS base, base.typtype = 'b' AND base.typcategory <> 'A' AS is_base_type,
       NOT a.attnotnull AS is_nullable, coalesce(pg_catalog.to_jsonb(a)->>'attgenerated', '') <> '' AS is_generated,
       pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'SELECT') AS is_readable,
       pg_catalog.col_description(a.attrelid, a.attnum) AS comment
FROM pg_catalog.pg_attribute a
CROSS JOIN LATERAL (
  WITH RECURSIVE t AS (
    SELECT y.* FROM pg_catalog.pg_type y WHERE y.oid = a.atttypid
    UNION ALL SELECT y.* FROM t JOIN pg_catalog.pg_type y ON y.oid = t.typbasetype WHERE t.typtype = 'd')
  SELECT t.* FROM t WHERE t.typtype <> 'd') AS base
WHERE a.attrelid = ANY($1::int8[]::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum";

/// Whole unique indexes without expressions whose key columns are all NOT NULL; the primary key first, then the
/// shortest.
const KEYS: &str = "
SELECT i.indrelid::int8 AS oid, i.indisprimary AS is_primary, x.relname::text AS index, k.columns
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
CROSS JOIN LATERAL (
  SELECT pg_catalog.array_agg(a.attname::text ORDER BY p.n) AS columns, pg_catalog.bool_and(a.attnotnull) AS all_set
  FROM pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY AS p(attnum, n)
  JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = p.attnum
  WHERE p.n <= coalesce((pg_catalog.to_jsonb(i)->>'indnkeyatts')::int, i.indnatts::int)) AS k
WHERE i.indrelid = ANY($1::int8[]::oid[]) AND i.indisunique AND i.indisvalid AND i.indpred IS NULL
  AND i.indexprs IS NULL AND k.all_set
ORDER BY i.indrelid, NOT i.indisprimary, pg_catalog.cardinality(k.columns), x.relname";

/// One table, or that it is not there.
pub(crate) async fn table(session: &mut Session, stream: &StreamName) -> Result<Table, ReadError> {
    let found = tables(session, Some(std::slice::from_ref(stream))).await?;
    found.into_iter().next().ok_or_else(|| ReadError::NoStream { stream: stream.clone() })
}

/// The tables of these streams (those that are there), or all.
pub(crate) async fn tables(
    session: &mut Session,
    streams: Option<&[StreamName]>,
) -> Result<Vec<Table>, ReadError> {
    let limit = session.limit();
    let rows = {
        let (relations, schemas) = match streams {
            None => (None, None),
            Some(streams) => {
                let (relations, schemas) = streams.iter().map(relation_and_schema).unzip();
                (Some::<Vec<String>>(relations), Some::<Vec<String>>(schemas))
            }
        };
        let asked = sqlx::query(TABLES).persistent(false).bind(relations).bind(schemas);
        Session::within(limit, None, "listing tables", asked.fetch_all(&mut session.connection)).await?
    };
    let mut tables: Vec<(i64, Table)> = Vec::new();
    for row in &rows {
        tables.extend(named(row, streams).map_err(|error| crate::failure::reading(error, None, limit))?);
    }
    let oids: Vec<i64> = tables.iter().map(|(oid, _)| *oid).collect();
    let columns = sqlx::query(COLUMNS).persistent(false).bind(&oids);
    let columns =
        Session::within(limit, None, "listing columns", columns.fetch_all(&mut session.connection)).await?;
    let keys = sqlx::query(KEYS).persistent(false).bind(&oids);
    let keys = Session::within(limit, None, "listing keys", keys.fetch_all(&mut session.connection)).await?;
    fill(&mut tables, &columns, &keys).map_err(|error| crate::failure::reading(error, None, limit))?;
    Ok(tables.into_iter().map(|(_, table)| table).collect())
}

/// A stream's table and schema; the schema is empty when the name has one part.
fn relation_and_schema(stream: &StreamName) -> (String, String) {
    match stream.parts() {
        [.., schema, relation] => (relation.clone(), schema.clone()),
        [relation] => (relation.clone(), String::new()),
        [] => (String::new(), String::new()),
    }
}

/// The table under each name it was asked by. A name of one part is the first of that name, `public` before others;
/// in a name of three parts the first is the database.
fn named(row: &PgRow, streams: Option<&[StreamName]>) -> Result<Vec<(i64, Table)>, sqlx::Error> {
    let (oid, table) = (row.try_get("oid")?, table_of(row)?);
    let Some(streams) = streams else { return Ok(vec![(oid, table)]) };
    let database: String = row.try_get("database")?;
    let is_meant = |stream: &&StreamName| match stream.parts() {
        [relation] => *relation == table.relation,
        [schema, relation] => *schema == table.schema && *relation == table.relation,
        [base, schema, relation] => {
            *base == database && *schema == table.schema && *relation == table.relation
        }
        _ => false,
    };
    let meant = streams.iter().filter(is_meant);
    Ok(meant.map(|stream| (oid, Table { name: stream.clone(), ..table.clone() })).collect())
}

fn table_of(row: &PgRow) -> Result<Table, sqlx::Error> {
    let (schema, relation): (String, String) = (row.try_get("schema")?, row.try_get("relation")?);
    let name = StreamName::of(vec![schema.clone(), relation.clone()])
        .map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
    let kind = match row.try_get::<String, _>("kind")?.as_str() {
        "p" => Kind::Partitioned,
        "v" => Kind::View,
        "f" => Kind::Foreign,
        _ => Kind::Table,
    };
    Ok(Table {
        name,
        schema,
        relation,
        kind,
        comment: row.try_get("comment")?,
        estimated_rows: row.try_get::<Option<i64>, _>("estimated_rows")?.and_then(|n| u64::try_from(n).ok()),
        has_row_security: row.try_get("row_security")?,
        may_hold_large_cells: row.try_get("large")?,
        charset: row.try_get("charset")?,
        columns: Vec::new(),
        key: Vec::new(),
        key_index: None,
    })
}

fn fill(tables: &mut Vec<(i64, Table)>, columns: &[PgRow], keys: &[PgRow]) -> Result<(), sqlx::Error> {
    let mut columns_of: HashMap<i64, Vec<TableColumn>> = HashMap::new();
    for row in columns {
        columns_of.entry(row.try_get("oid")?).or_default().push(column_of(row)?);
    }
    let mut key_of: HashMap<i64, (Vec<String>, Option<String>)> = HashMap::new();
    for row in keys {
        let index = if row.try_get("is_primary")? { None } else { Some(row.try_get("index")?) };
        key_of.entry(row.try_get("oid")?).or_insert((row.try_get("columns")?, index));
    }
    let mut seen = Vec::new();
    tables.retain(|(_, table)| {
        let is_first = !seen.contains(&table.name);
        seen.push(table.name.clone());
        is_first
    });
    for (oid, table) in tables {
        table.columns = columns_of.get(oid).cloned().unwrap_or_default();
        (table.key, table.key_index) = key_of.get(oid).cloned().unwrap_or_default();
    }
    Ok(())
}

fn column_of(row: &PgRow) -> Result<TableColumn, sqlx::Error> {
    let base: String = row.try_get("base")?;
    Ok(TableColumn {
        name: row.try_get("name")?,
        native_type: row.try_get("native_type")?,
        cast_type: row.try_get("cast_type")?,
        column_type: column_type(&base, row.try_get("is_base_type")?),
        base,
        is_nullable: row.try_get("is_nullable")?,
        is_readable: row.try_get("is_readable")?,
        is_generated: row.try_get("is_generated")?,
        comment: row.try_get("comment")?,
    })
}
