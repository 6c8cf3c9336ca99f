//! Many rows of one table, written at once: multi-row statements of a fixed size (SQLite), `COPY` (PostgreSQL).

use std::collections::VecDeque;
use std::io::Write as _;
use std::sync::Arc;

use jiff::civil::Date;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments, AssertSqlSafe};

use super::StoreError;
use super::behind::Queue;
use super::dialect::Dialect;
use super::session::{Session, Wire, storable};

/// Bound values of one SQLite statement, about: enough that the cost of a statement is spread, few enough that its
/// program stays in the processor's cache.
const VALUES_PER_STATEMENT: usize = 2_000;

/// A remainder up to this many rows keeps its statement prepared.
const KEPT_REMAINDER: usize = 16;

/// Rows of one table, column by column, row by row.
pub(crate) struct Rows {
    table: String,
    columns: Vec<String>,
    n_rows: usize,
    place: usize,
    /// Of SQLite, for as many rows as one takes; made once.
    statement: Option<Arc<str>>,
    body: Body,
}

enum Body {
    Sqlite { full: VecDeque<SqliteArguments>, open: SqliteArguments, rows_per_statement: usize },
    Postgres(Vec<u8>),
}

impl Rows {
    /// No rows yet. `table` is quoted; `columns` are names, not quoted.
    pub(crate) fn of(dialect: Dialect, table: &str, columns: &[&str]) -> Rows {
        let body = match dialect {
            Dialect::Sqlite => Body::Sqlite {
                full: VecDeque::new(),
                open: SqliteArguments::default(),
                rows_per_statement: (VALUES_PER_STATEMENT / columns.len().max(1)).clamp(8, 400),
            },
            Dialect::Postgres => Body::Postgres(Vec::new()),
        };
        Rows {
            table: table.to_owned(),
            columns: columns.iter().map(|name| super::dialect::quoted(name)).collect(),
            n_rows: 0,
            place: 0,
            statement: None,
            body,
        }
    }

    /// The next column: an integer.
    pub(crate) fn int(&mut self, value: i64) -> &mut Rows {
        match &mut self.body {
            Body::Sqlite { open, .. } => add(open, value),
            Body::Postgres(bytes) => {
                separate(bytes, self.place);
                number(bytes, value);
            }
        }
        self.next()
    }

    /// The next column: an integer or NULL.
    pub(crate) fn opt_int(&mut self, value: Option<i64>) -> &mut Rows {
        match value {
            Some(value) => self.int(value),
            None => self.null(),
        }
    }

    /// The next column: a text.
    pub(crate) fn text(&mut self, value: &str) -> &mut Rows {
        match &mut self.body {
            Body::Sqlite { open, .. } => add(open, Arc::<str>::from(storable(value))),
            Body::Postgres(bytes) => {
                separate(bytes, self.place);
                escape(bytes, value.as_bytes());
            }
        }
        self.next()
    }

    /// The next column: a text or NULL.
    pub(crate) fn opt_text(&mut self, value: Option<&str>) -> &mut Rows {
        match value {
            Some(value) => self.text(value),
            None => self.null(),
        }
    }

    /// The next column: bytes.
    pub(crate) fn bytes(&mut self, value: &[u8]) -> &mut Rows {
        match &mut self.body {
            Body::Sqlite { open, .. } => add(open, value.to_vec()),
            Body::Postgres(bytes) => {
                separate(bytes, self.place);
                bytes.extend_from_slice(b"\\\\x");
                const HEX: &[u8; 16] = b"0123456789abcdef";
                for byte in value {
                    bytes.push(HEX[usize::from(byte >> 4)]);
                    bytes.push(HEX[usize::from(byte & 15)]);
                }
            }
        }
        self.next()
    }

    /// The next column: a truth value.
    pub(crate) fn bool(&mut self, value: bool) -> &mut Rows {
        match &mut self.body {
            Body::Sqlite { open, .. } => add(open, i64::from(value)),
            Body::Postgres(bytes) => {
                separate(bytes, self.place);
                bytes.push(if value { b't' } else { b'f' });
            }
        }
        self.next()
    }

    /// The next column: a day.
    pub(crate) fn date(&mut self, value: Date) -> &mut Rows {
        match &mut self.body {
            Body::Sqlite { open, .. } => add(open, day(value)),
            Body::Postgres(bytes) => {
                separate(bytes, self.place);
                // The year before year 1 is 0 for jiff and `0001 BC` for PostgreSQL.
                if value.year() > 0 {
                    bytes.extend_from_slice(day(value).as_bytes());
                } else {
                    let year = 1 - i32::from(value.year());
                    let _ = write!(bytes, "{year:04}-{:02}-{:02} BC", value.month(), value.day());
                }
            }
        }
        self.next()
    }

    /// The next column: NULL.
    pub(crate) fn null(&mut self) -> &mut Rows {
        match &mut self.body {
            Body::Sqlite { open, .. } => add(open, None::<i64>),
            Body::Postgres(bytes) => {
                separate(bytes, self.place);
                bytes.extend_from_slice(b"\\N");
            }
        }
        self.next()
    }

    fn next(&mut self) -> &mut Rows {
        self.place += 1;
        if self.place == self.columns.len() {
            self.place = 0;
            self.n_rows += 1;
            self.end_row();
        }
        self
    }

    fn end_row(&mut self) {
        match &mut self.body {
            Body::Sqlite { full, open, rows_per_statement } => {
                if self.n_rows.is_multiple_of(*rows_per_statement) {
                    let mut next = SqliteArguments::default();
                    next.reserve(*rows_per_statement * self.columns.len(), 0);
                    full.push_back(std::mem::replace(open, next));
                }
            }
            Body::Postgres(bytes) => bytes.push(b'\n'),
        }
    }

    /// Writes them; behind, some time before the next answer.
    pub(crate) async fn write(self, session: &mut Session) -> Result<(), StoreError> {
        self.write_in(session, Queue::Usual).await
    }

    /// Writes rows of `identifier`; behind, they pass those of other tables.
    pub(crate) async fn write_ahead(self, session: &mut Session) -> Result<(), StoreError> {
        self.write_in(session, Queue::Ahead).await
    }

    async fn write_in(mut self, session: &mut Session, queue: Queue) -> Result<(), StoreError> {
        if self.n_rows == 0 {
            return Ok(());
        }
        debug_assert_eq!(self.place, 0, "a row of `{}` is not complete", self.table);
        if let Wire::Behind(behind) = session.wire() {
            return behind.write(queue, self).await;
        }
        while self.write_some(session).await? {}
        Ok(())
    }

    /// Runs the next statement. Tells whether more are to come.
    pub(crate) async fn write_some(&mut self, session: &mut Session) -> Result<bool, StoreError> {
        match (&mut self.body, session.wire()) {
            (Body::Sqlite { full, open, rows_per_statement }, Wire::Sqlite(connection)) => {
                if let Some(arguments) = full.pop_front() {
                    let sql = self.statement.get_or_insert_with(|| {
                        insert_statement(&self.table, &self.columns, *rows_per_statement).into()
                    });
                    sqlx::query_with(AssertSqlSafe(sql.clone()), arguments).execute(connection).await?;
                } else {
                    let remainder = self.n_rows % *rows_per_statement;
                    let sql = insert_statement(&self.table, &self.columns, remainder);
                    sqlx::query_with(AssertSqlSafe(sql), std::mem::take(open))
                        .persistent(remainder <= KEPT_REMAINDER)
                        .execute(connection)
                        .await?;
                    self.n_rows = 0;
                }
                Ok(!full.is_empty() || !self.n_rows.is_multiple_of(*rows_per_statement))
            }
            (Body::Postgres(bytes), Wire::Postgres(connection)) => {
                let sql = format!("COPY {} ({}) FROM STDIN", self.table, self.columns.join(", "));
                let mut copy = connection.copy_in_raw(&sql).await?;
                if let Err(error) = copy.send(std::mem::take(bytes)).await {
                    let _ = copy.abort("the rows could not be sent").await;
                    return Err(error.into());
                }
                copy.finish().await?;
                Ok(false)
            }
            (Body::Sqlite { .. } | Body::Postgres(_), _) => {
                Err(StoreError::Unreadable { words: "rows of one engine for the other".to_owned() })
            }
        }
    }
}

/// The day in ISO form.
pub(crate) fn day(value: Date) -> String {
    if value.year() < 0 {
        return value.to_string();
    }
    let mut text = String::with_capacity(10);
    for (number, width) in [
        (value.year().unsigned_abs(), 4),
        (value.month().unsigned_abs().into(), 2),
        (value.day().unsigned_abs().into(), 2),
    ] {
        if width == 2 {
            text.push('-');
        }
        for place in (0..width).rev() {
            text.push(char::from(b'0' + (number / 10_u16.pow(place) % 10) as u8));
        }
    }
    text
}

/// Numbers, texts and bytes always encode.
fn add<'a, T>(arguments: &mut SqliteArguments, value: T)
where
    T: sqlx::Encode<'a, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>,
{
    let added = Arguments::add(arguments, value);
    debug_assert!(added.is_ok(), "a plain value encodes");
}

fn separate(bytes: &mut Vec<u8>, place: usize) {
    if place > 0 {
        bytes.push(b'\t');
    }
}

fn number(bytes: &mut Vec<u8>, value: i64) {
    let mut digits = [0_u8; 20];
    let mut start = digits.len();
    let mut rest = value.unsigned_abs();
    loop {
        start -= 1;
        digits[start] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        bytes.push(b'-');
    }
    bytes.extend_from_slice(&digits[start..]);
}

/// A text in the text format of `COPY`.
fn escape(bytes: &mut Vec<u8>, text: &[u8]) {
    if !text.iter().any(|byte| matches!(byte, b'\\' | b'\t' | b'\n' | b'\r' | 0)) {
        bytes.extend_from_slice(text);
        return;
    }
    for byte in text {
        match byte {
            b'\\' => bytes.extend_from_slice(b"\\\\"),
            b'\t' => bytes.extend_from_slice(b"\\t"),
            b'\n' => bytes.extend_from_slice(b"\\n"),
            b'\r' => bytes.extend_from_slice(b"\\r"),
            0 => bytes.extend_from_slice("\u{2400}".as_bytes()),
            other => bytes.push(*other),
        }
    }
}

fn insert_statement(table: &str, columns: &[String], n_rows: usize) -> String {
    let mut one = String::with_capacity(columns.len() * 2 + 2);
    one.push('(');
    for place in 0..columns.len() {
        one.push_str(if place == 0 { "?" } else { ",?" });
    }
    one.push(')');
    // `OR FAIL`: a refused row leaves those before it in the transaction, which is then undone anyway. Otherwise SQLite
    // keeps a copy of every page a statement changes, to undo the statement alone: a fifth of the work.
    let mut sql = format!("INSERT OR FAIL INTO {table} ({}) VALUES ", columns.join(", "));
    sql.reserve((one.len() + 1) * n_rows);
    for row in 0..n_rows {
        if row > 0 {
            sql.push(',');
        }
        sql.push_str(&one);
    }
    sql
}
