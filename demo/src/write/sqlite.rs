//! Tables in a SQLite file.

use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};

use crate::table::{Cell, Made, Table};

/// Opens or makes the file of a department.
///
/// # Errors
/// When it cannot be opened.
pub async fn open(path: &Path) -> Result<SqliteConnection, sqlx::Error> {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Off)
        .connect()
        .await
}

/// Makes a table anew and fills it.
///
/// # Errors
/// When SQLite refuses.
pub async fn fill(
    connection: &mut SqliteConnection,
    table: &Table,
    rows: impl Iterator<Item = Made>,
    seen: &mut dyn FnMut(&Made) -> Result<(), std::io::Error>,
) -> Result<u64, anyhow::Error> {
    let columns: Vec<String> =
        table.columns.iter().map(|column| format!("\"{}\" {}", column.name, column.sqlite)).collect();
    let key =
        if table.key.is_empty() { String::new() } else { format!(", PRIMARY KEY ({})", quoted(table.key)) };
    run(connection, format!("DROP TABLE IF EXISTS \"{}\"", table.name)).await?;
    run(connection, format!("CREATE TABLE \"{}\" ({}{key})", table.name, columns.join(", "))).await?;
    let mut transaction = connection.begin().await?;
    let rows_per_statement = 20_000 / table.columns.len().max(1);
    let mut waiting: Vec<Made> = Vec::with_capacity(rows_per_statement);
    let mut n_rows = 0;
    for made in rows {
        seen(&made)?;
        n_rows += 1;
        waiting.push(made);
        if waiting.len() == rows_per_statement {
            insert(&mut transaction, table, &mut waiting).await?;
        }
    }
    insert(&mut transaction, table, &mut waiting).await?;
    transaction.commit().await?;
    Ok(n_rows)
}

/// Runs one statement made of the table's own names.
///
/// # Errors
/// When SQLite refuses.
pub async fn run(connection: &mut SqliteConnection, sql: String) -> Result<u64, sqlx::Error> {
    Ok(sqlx::query(AssertSqlSafe(sql)).execute(connection).await?.rows_affected())
}

async fn insert(
    connection: &mut SqliteConnection,
    table: &Table,
    rows: &mut Vec<Made>,
) -> Result<(), sqlx::Error> {
    if rows.is_empty() {
        return Ok(());
    }
    let places = format!("({})", vec!["?"; table.columns.len()].join(","));
    let sql = format!("INSERT INTO \"{}\" VALUES {}", table.name, vec![places; rows.len()].join(","));
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for made in rows.drain(..) {
        for cell in made.cells {
            query = match cell {
                Cell::Null => query.bind(None::<String>),
                Cell::Int(number) => query.bind(number),
                Cell::Text(text) => query.bind(text),
                Cell::Raw(bytes) => query.bind(bytes),
            };
        }
    }
    query.execute(connection).await?;
    Ok(())
}

fn quoted(names: &[&str]) -> String {
    names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
}
