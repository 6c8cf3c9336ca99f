//! Tables on a SQL Server, or on the test server of its protocol.

use std::fmt::Write as _;

use anyhow::Context as _;

use crate::servers::{TdsClient, TdsUrl};
use crate::table::{Cell, Column, Made, Table};

/// Rows of one statement, at most: the server takes no more.
const ROWS: usize = 1_000;

/// Connects to a department's database on a server (`mssql://user:password@host:port/…`), making it when it is not
/// there.
///
/// # Errors
/// When the server refuses.
pub fn open(url: &str, database: &str) -> Result<TdsClient, anyhow::Error> {
    let url = TdsUrl::parse(url).context("a SQL Server is given as mssql://user:password@host:port")?;
    let mut master = TdsClient::connect(&TdsUrl { database: "master".to_owned(), ..url.clone() })?;
    let (name, text) = (quoted(database), literal(database));
    master.run(&format!("IF DB_ID({text}) IS NULL CREATE DATABASE {name}"))?;
    master.run(&format!("ALTER DATABASE {name} SET ALLOW_SNAPSHOT_ISOLATION ON"))?;
    Ok(TdsClient::connect(&TdsUrl { database: database.to_owned(), ..url })?)
}

/// Makes a table anew and fills it.
///
/// # Errors
/// When the server refuses.
pub fn fill(
    client: &mut TdsClient,
    table: &Table,
    rows: impl Iterator<Item = Made>,
    seen: &mut dyn FnMut(&Made) -> Result<(), std::io::Error>,
) -> Result<u64, anyhow::Error> {
    create(client, table)?;
    let head = format!("INSERT INTO {} VALUES ", quoted(table.name));
    let mut text = String::with_capacity(1 << 20);
    let (mut n_rows, mut n_waiting) = (0, 0);
    for made in rows {
        seen(&made)?;
        n_rows += 1;
        n_waiting += 1;
        text.push_str(if text.is_empty() { &head } else { ", " });
        put_row(&mut text, &made.cells);
        if n_waiting == ROWS || text.len() > 900_000 {
            client.run(&text)?;
            text.clear();
            n_waiting = 0;
        }
    }
    if !text.is_empty() {
        client.run(&text)?;
    }
    Ok(n_rows)
}

fn create(client: &mut TdsClient, table: &Table) -> Result<(), anyhow::Error> {
    let mut lines: Vec<String> = table
        .columns
        .iter()
        .map(|column| {
            let is_key = table.key.contains(&column.name);
            let null = if is_key { " NOT NULL" } else { "" };
            format!("{} {}{null}", quoted(column.name), column_type(column, is_key))
        })
        .collect();
    if !table.key.is_empty() {
        let key: Vec<String> = table.key.iter().map(|name| quoted(name)).collect();
        lines.push(format!("PRIMARY KEY ({})", key.join(", ")));
    }
    let name = quoted(table.name);
    client.run(&format!("DROP TABLE IF EXISTS {name}; CREATE TABLE {name} ({})", lines.join(", ")))?;
    let place = format!("N'SCHEMA', N'dbo', N'TABLE', {}", literal(table.name));
    let say =
        |words: &str| format!("EXEC sp_addextendedproperty N'MS_Description', {}, {place}", literal(words));
    let mut comments = vec![say(table.comment)];
    for column in table.columns {
        comments.push(format!("{}, N'COLUMN', {}", say(column.comment), literal(column.name)));
    }
    client.run(&comments.join("; "))?;
    Ok(())
}

/// The type that says the same as PostgreSQL's. A key of text is compared to the byte, and no longer than an index takes.
fn column_type(column: &Column, is_key: bool) -> String {
    let kind = column.postgres.trim().to_lowercase();
    let (name, size) = match kind.split_once('(') {
        Some((name, rest)) => (name.trim(), format!("({rest}")),
        None => (kind.as_str(), String::new()),
    };
    match name {
        "text" | "varchar" | "character varying" if is_key => {
            "nvarchar(190) COLLATE Latin1_General_BIN2".to_owned()
        }
        "text" | "varchar" | "character varying" => "nvarchar(4000)".to_owned(),
        "char" | "character" => format!("nchar{size}"),
        "bigint" | "int8" => "bigint".to_owned(),
        "integer" | "int" | "int4" => "int".to_owned(),
        "smallint" | "int2" => "smallint".to_owned(),
        "numeric" | "decimal" if !size.is_empty() => format!("decimal{size}"),
        "numeric" | "decimal" => "decimal(38,10)".to_owned(),
        "double precision" | "float8" => "float".to_owned(),
        "real" | "float4" => "real".to_owned(),
        "boolean" | "bool" => "bit".to_owned(),
        "date" => "date".to_owned(),
        "time" => "time(6)".to_owned(),
        "timestamp" => "datetime2(6)".to_owned(),
        "timestamptz" => "datetimeoffset(6)".to_owned(),
        "bytea" => "varbinary(max)".to_owned(),
        "jsonb" | "json" => "nvarchar(max)".to_owned(),
        // A type of SQL Server's own, as it stands.
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
    format!("N'{}'", text.replace('\'', "''"))
}

fn quoted(name: &str) -> String {
    format!("[{}]", name.replace(']', "]]"))
}
