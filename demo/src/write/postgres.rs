//! Tables on a PostgreSQL server.

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection};

use crate::table::{Cell, Made, Table};

/// Makes a table anew and fills it by COPY.
///
/// # Errors
/// When the server refuses.
pub async fn fill(
    connection: &mut PgConnection,
    table: &Table,
    rows: impl Iterator<Item = Made>,
    seen: &mut dyn FnMut(&Made) -> Result<(), std::io::Error>,
) -> Result<u64, anyhow::Error> {
    create(connection, table).await?;
    let mut transaction = connection.begin().await?;
    let mut copy = transaction.copy_in_raw(&format!("COPY \"{}\" FROM STDIN", table.name)).await?;
    let mut text = String::with_capacity(1 << 20);
    let mut n_rows = 0;
    for made in rows {
        seen(&made)?;
        n_rows += 1;
        line(&mut text, &made.cells);
        if text.len() > 900_000 {
            copy.send(text.as_bytes()).await?;
            text.clear();
        }
    }
    copy.send(text.as_bytes()).await?;
    copy.finish().await?;
    transaction.commit().await?;
    run(connection, format!("ANALYZE \"{}\"", table.name)).await?;
    Ok(n_rows)
}

/// Runs one statement made of the table's own names.
///
/// # Errors
/// When the server refuses.
pub async fn run(connection: &mut PgConnection, sql: String) -> Result<u64, sqlx::Error> {
    Ok(sqlx::query(AssertSqlSafe(sql)).execute(connection).await?.rows_affected())
}

async fn create(connection: &mut PgConnection, table: &Table) -> Result<(), sqlx::Error> {
    let columns: Vec<String> =
        table.columns.iter().map(|column| format!("\"{}\" {}", column.name, column.postgres)).collect();
    let key: Vec<String> = table.key.iter().map(|name| format!("\"{name}\"")).collect();
    let key = if key.is_empty() { String::new() } else { format!(", PRIMARY KEY ({})", key.join(", ")) };
    run(connection, format!("DROP TABLE IF EXISTS \"{}\"", table.name)).await?;
    run(connection, format!("CREATE TABLE \"{}\" ({}{key})", table.name, columns.join(", "))).await?;
    run(connection, format!("COMMENT ON TABLE \"{}\" IS '{}'", table.name, table.comment)).await?;
    for column in table.columns.iter().filter(|column| !column.comment.is_empty()) {
        let comment =
            format!("COMMENT ON COLUMN \"{}\".\"{}\" IS '{}'", table.name, column.name, column.comment);
        run(connection, comment).await?;
    }
    Ok(())
}

fn line(text: &mut String, cells: &[Cell]) {
    for (index, cell) in cells.iter().enumerate() {
        if index > 0 {
            text.push('\t');
        }
        match cell {
            Cell::Null => text.push_str("\\N"),
            Cell::Int(number) => text.push_str(&number.to_string()),
            Cell::Text(cell) => escape(text, cell),
            // A server in UTF-8 takes no other bytes: what a department would have there is the replacement.
            Cell::Raw(bytes) => escape(text, &String::from_utf8_lossy(bytes)),
        }
    }
    text.push('\n');
}

fn escape(text: &mut String, cell: &str) {
    for c in cell.chars() {
        match c {
            '\\' => text.push_str("\\\\"),
            '\t' => text.push_str("\\t"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            c => text.push(c),
        }
    }
}
