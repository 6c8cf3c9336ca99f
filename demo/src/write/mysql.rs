//! Tables on a MySQL or MariaDB server.

use std::fmt::Write as _;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Opts};

use crate::table::{Cell, Column, Made, Table};

/// Connects to a department's database on a server (`mysql://user:password@host:port/…`), making it when it is not
/// there.
///
/// # Errors
/// When the server refuses.
pub async fn open(url: &str, database: &str) -> Result<Conn, anyhow::Error> {
    let opts = Opts::from_url(url)?;
    let opts = mysql_async::OptsBuilder::from_opts(opts).db_name(None::<String>).prefer_socket(false);
    let mut connection = Conn::new(opts).await?;
    connection.query_drop("SET SESSION sql_mode = 'ALLOW_INVALID_DATES', unique_checks = 0").await?;
    connection
        .query_drop(format!("CREATE DATABASE IF NOT EXISTS {} CHARACTER SET utf8mb4", quoted(database)))
        .await?;
    connection.query_drop(format!("USE {}", quoted(database))).await?;
    Ok(connection)
}

/// Makes a table anew and fills it.
///
/// # Errors
/// When the server refuses.
pub async fn fill(
    connection: &mut Conn,
    table: &Table,
    rows: impl Iterator<Item = Made>,
    seen: &mut dyn FnMut(&Made) -> Result<(), std::io::Error>,
) -> Result<u64, anyhow::Error> {
    create(connection, table).await?;
    connection.query_drop("START TRANSACTION").await?;
    let head = format!("INSERT INTO {} VALUES ", quoted(table.name));
    let mut text = String::with_capacity(1 << 20);
    let mut n_rows = 0;
    for made in rows {
        seen(&made)?;
        n_rows += 1;
        text.push_str(if text.is_empty() { &head } else { ", " });
        put_row(&mut text, &made.cells);
        if text.len() > 900_000 {
            connection.query_drop(&text).await?;
            text.clear();
        }
    }
    if !text.is_empty() {
        connection.query_drop(&text).await?;
    }
    connection.query_drop("COMMIT").await?;
    connection.query_drop(format!("ANALYZE TABLE {}", quoted(table.name))).await?;
    Ok(n_rows)
}

/// Runs one statement made of the table's own names; how many rows it changed.
///
/// # Errors
/// When the server refuses.
pub async fn run(connection: &mut Conn, sql: String) -> Result<u64, mysql_async::Error> {
    connection.query_drop(sql).await?;
    Ok(connection.affected_rows())
}

async fn create(connection: &mut Conn, table: &Table) -> Result<(), mysql_async::Error> {
    let mut lines: Vec<String> = table
        .columns
        .iter()
        .map(|column| {
            let is_key = table.key.contains(&column.name);
            let (name, kind) = (quoted(column.name), column_type(column, is_key));
            format!("{name} {kind} COMMENT {}", literal(column.comment))
        })
        .collect();
    if !table.key.is_empty() {
        let key: Vec<String> = table.key.iter().map(|name| quoted(name)).collect();
        lines.push(format!("PRIMARY KEY ({})", key.join(", ")));
    }
    let name = quoted(table.name);
    connection.query_drop(format!("DROP TABLE IF EXISTS {name}")).await?;
    connection
        .query_drop(format!("CREATE TABLE {name} ({}) COMMENT {}", lines.join(", "), literal(table.comment)))
        .await
}

/// The type that says the same as PostgreSQL's. A key of text needs a length, and is compared to the byte.
fn column_type(column: &Column, is_key: bool) -> String {
    let kind = column.postgres.trim().to_lowercase();
    let (name, size) = match kind.split_once('(') {
        Some((name, rest)) => (name.trim(), format!("({rest}")),
        None => (kind.as_str(), String::new()),
    };
    match name {
        "text" | "varchar" | "character varying" if is_key => "varchar(190) COLLATE utf8mb4_bin".to_owned(),
        "varchar" | "character varying" if !size.is_empty() => format!("varchar{size}"),
        "char" | "character" => format!("char{size}"),
        "text" | "varchar" | "character varying" => "text".to_owned(),
        "bigint" | "int8" => "bigint".to_owned(),
        "integer" | "int" | "int4" => "int".to_owned(),
        "smallint" | "int2" => "smallint".to_owned(),
        "numeric" | "decimal" if !size.is_empty() => format!("decimal{size}"),
        "numeric" | "decimal" => "decimal(65,10)".to_owned(),
        "double precision" | "float8" => "double".to_owned(),
        "real" | "float4" => "float".to_owned(),
        "boolean" | "bool" => "tinyint(1)".to_owned(),
        "date" => "date".to_owned(),
        "time" => "time(6)".to_owned(),
        "timestamp" => "datetime(6)".to_owned(),
        "timestamptz" => "timestamp(6) NULL".to_owned(),
        "bytea" => "longblob".to_owned(),
        "jsonb" | "json" => "json".to_owned(),
        // A type of MySQL's own, as it stands.
        _ => column.postgres.to_owned(),
    }
}

fn put_row(text: &mut String, cells: &[Cell]) {
    text.push('(');
    for (index, cell) in cells.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        // Writing to a string cannot fail.
        let _ = match cell {
            Cell::Null => write!(text, "NULL"),
            Cell::Int(number) => write!(text, "{number}"),
            Cell::Text(cell) => write!(text, "{}", literal(cell)),
            Cell::Raw(bytes) => write!(text, "{}", literal(&String::from_utf8_lossy(bytes))),
        };
    }
    text.push(')');
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}
