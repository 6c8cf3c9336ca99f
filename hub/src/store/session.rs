//! A connection of either engine, with parameters and rows that are the same for both.

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{
    Arguments, AssertSqlSafe, PgConnection, Postgres, Row, Sqlite, SqliteConnection, Transaction, ValueRef,
};

use super::StoreError;
use super::behind::{Behind, Queue};
use super::dialect::Dialect;

/// A bound value.
#[derive(Clone, Debug)]
pub(crate) enum Param {
    /// An integer.
    Int(i64),
    /// An integer or NULL.
    OptInt(Option<i64>),
    /// A text.
    Text(String),
    /// A text or NULL.
    OptText(Option<String>),
    /// A list for [`Dialect::ints`].
    Ints(Vec<i64>),
    /// A list for [`Dialect::texts`].
    Texts(Vec<String>),
    /// A list for [`Dialect::pairs`]; always the last.
    Pairs(Vec<(i64, String)>),
    /// A list for [`Dialect::int_pairs`]; always the last.
    IntPairs(Vec<(i64, i64)>),
}

/// Text without the one character PostgreSQL cannot keep: NUL becomes its picture, in both engines.
pub(crate) fn storable(text: &str) -> std::borrow::Cow<'_, str> {
    if text.as_bytes().contains(&0) {
        std::borrow::Cow::Owned(text.replace('\0', "\u{2400}"))
    } else {
        std::borrow::Cow::Borrowed(text)
    }
}

/// A row.
#[derive(Debug)]
pub(crate) enum Cells {
    /// Of SQLite.
    Sqlite(SqliteRow),
    /// Of PostgreSQL.
    Postgres(PgRow),
}

fn unreadable(error: &sqlx::Error) -> StoreError {
    StoreError::Unreadable { words: error.to_string() }
}

macro_rules! cell {
    ($self:ident, $place:ident, $of:ty) => {
        match $self {
            Cells::Sqlite(row) => row.try_get_unchecked::<$of, _>($place),
            Cells::Postgres(row) => row.try_get_unchecked::<$of, _>($place),
        }
        .map_err(|error| unreadable(&error))
    };
}

impl Cells {
    /// An integer of any width.
    pub(crate) fn int(&self, place: usize) -> Result<i64, StoreError> {
        cell!(self, place, i64)
    }

    /// An integer or NULL.
    pub(crate) fn opt_int(&self, place: usize) -> Result<Option<i64>, StoreError> {
        cell!(self, place, Option<i64>)
    }

    /// A small number.
    pub(crate) fn small(&self, place: usize) -> Result<i16, StoreError> {
        let wide = self.int(place)?;
        i16::try_from(wide)
            .map_err(|_| StoreError::Unreadable { words: format!("`{wide}` is no small number") })
    }

    /// A text.
    pub(crate) fn text(&self, place: usize) -> Result<String, StoreError> {
        cell!(self, place, String)
    }

    /// A text or NULL.
    pub(crate) fn opt_text(&self, place: usize) -> Result<Option<String>, StoreError> {
        cell!(self, place, Option<String>)
    }

    /// A truth value or NULL.
    pub(crate) fn opt_bool(&self, place: usize) -> Result<Option<bool>, StoreError> {
        cell!(self, place, Option<bool>)
    }

    /// Bytes.
    pub(crate) fn bytes(&self, place: usize) -> Result<Vec<u8>, StoreError> {
        cell!(self, place, Vec<u8>)
    }

    /// A day or NULL.
    pub(crate) fn opt_date(&self, place: usize) -> Result<Option<jiff::civil::Date>, StoreError> {
        match self {
            Cells::Sqlite(_) => match self.opt_text(place)? {
                None => Ok(None),
                Some(text) => text
                    .parse()
                    .map(Some)
                    .map_err(|_| StoreError::Unreadable { words: format!("`{text}` is no day") }),
            },
            Cells::Postgres(row) => {
                let value = row.try_get_raw(place).map_err(|error| unreadable(&error))?;
                if value.is_null() {
                    return Ok(None);
                }
                let bytes = value.as_bytes().map_err(|e| StoreError::Unreadable { words: e.to_string() })?;
                let days = <[u8; 4]>::try_from(bytes)
                    .map(i32::from_be_bytes)
                    .map_err(|_| StoreError::Unreadable { words: "a day is not of four bytes".to_owned() })?;
                jiff::civil::date(2000, 1, 1)
                    .checked_add(jiff::Span::new().days(i64::from(days)))
                    .map(Some)
                    .map_err(|e| StoreError::Unreadable { words: e.to_string() })
            }
        }
    }
}

/// A connection, in or outside a transaction.
pub(crate) enum Session {
    /// Reading from SQLite.
    Sqlite(PoolConnection<Sqlite>),
    /// Writing to SQLite.
    SqliteTx(Transaction<'static, Sqlite>),
    /// Reading from PostgreSQL.
    Postgres(PoolConnection<Postgres>),
    /// Writing to PostgreSQL.
    PostgresTx(Transaction<'static, Postgres>),
    /// Writing to either, behind.
    Behind(Behind),
}

/// The connection itself.
pub(crate) enum Wire<'a> {
    /// Of SQLite.
    Sqlite(&'a mut SqliteConnection),
    /// Of PostgreSQL.
    Postgres(&'a mut PgConnection),
    /// Of either, on a task of its own.
    Behind(&'a mut Behind),
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Session({:?})", self.dialect())
    }
}

impl Session {
    /// Which engine.
    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            Session::Sqlite(_) | Session::SqliteTx(_) => Dialect::Sqlite,
            Session::Postgres(_) | Session::PostgresTx(_) => Dialect::Postgres,
            Session::Behind(behind) => behind.dialect(),
        }
    }

    /// The connection itself.
    pub(crate) fn wire(&mut self) -> Wire<'_> {
        match self {
            Session::Sqlite(connection) => Wire::Sqlite(&mut *connection),
            Session::SqliteTx(connection) => Wire::Sqlite(&mut *connection),
            Session::Postgres(connection) => Wire::Postgres(&mut *connection),
            Session::PostgresTx(connection) => Wire::Postgres(&mut *connection),
            Session::Behind(behind) => Wire::Behind(behind),
        }
    }

    /// Runs a statement; gives the number of rows it touched.
    pub(crate) async fn execute(&mut self, sql: &str, params: &[Param]) -> Result<u64, StoreError> {
        match self.wire() {
            Wire::Behind(behind) => behind.execute(sql, params).await,
            Wire::Sqlite(connection) => {
                let sql = AssertSqlSafe(sql);
                let done = sqlx::query_with(sql, sqlite_arguments(params)?).execute(connection).await?;
                Ok(done.rows_affected())
            }
            Wire::Postgres(connection) => {
                let sql = AssertSqlSafe(sql);
                let done = sqlx::query_with(sql, postgres_arguments(params)?).execute(connection).await?;
                Ok(done.rows_affected())
            }
        }
    }

    /// Runs a statement whose outcome nobody asks for; behind, it is not waited for.
    pub(crate) async fn run(&mut self, sql: &str, params: &[Param]) -> Result<(), StoreError> {
        if let Session::Behind(behind) = self {
            return behind.run(Queue::Usual, sql, params).await;
        }
        self.execute(sql, params).await.map(drop)
    }

    /// Runs a statement once, without keeping it prepared.
    pub(crate) async fn execute_once(&mut self, sql: &str) -> Result<(), StoreError> {
        match self.wire() {
            Wire::Behind(behind) => behind.run(Queue::Usual, sql, &[]).await?,
            Wire::Sqlite(connection) => {
                sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await.map(drop)?
            }
            Wire::Postgres(connection) => {
                sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await.map(drop)?
            }
        }
        Ok(())
    }

    /// The rows of a query.
    pub(crate) async fn fetch(&mut self, sql: &str, params: &[Param]) -> Result<Vec<Cells>, StoreError> {
        Ok(match self.wire() {
            Wire::Behind(behind) => behind.fetch(Queue::Usual, sql, params).await?,
            Wire::Sqlite(connection) => sqlx::query_with(AssertSqlSafe(sql), sqlite_arguments(params)?)
                .fetch_all(connection)
                .await?
                .into_iter()
                .map(Cells::Sqlite)
                .collect(),
            Wire::Postgres(connection) => sqlx::query_with(AssertSqlSafe(sql), postgres_arguments(params)?)
                .fetch_all(connection)
                .await?
                .into_iter()
                .map(Cells::Postgres)
                .collect(),
        })
    }

    /// Runs a statement on `identifier`; behind, it passes those on other tables.
    pub(crate) async fn run_ahead(&mut self, sql: &str, params: &[Param]) -> Result<(), StoreError> {
        if let Session::Behind(behind) = self {
            return behind.run(Queue::Ahead, sql, params).await;
        }
        self.execute(sql, params).await.map(drop)
    }

    /// The rows of a query; behind, it stands in this queue.
    pub(crate) async fn fetch_in(
        &mut self,
        queue: Queue,
        sql: &str,
        params: &[Param],
    ) -> Result<Vec<Cells>, StoreError> {
        if let Session::Behind(behind) = self {
            return behind.fetch(queue, sql, params).await;
        }
        self.fetch(sql, params).await
    }

    /// The first row of a query, if any.
    pub(crate) async fn fetch_first(
        &mut self,
        sql: &str,
        params: &[Param],
    ) -> Result<Option<Cells>, StoreError> {
        Ok(self.fetch(sql, params).await?.into_iter().next())
    }

    /// The connection that runs its statements itself, once all that waits was run.
    async fn direct(self) -> Result<Session, StoreError> {
        if let Session::Behind(behind) = self {
            return behind.finish().await;
        }
        Ok(self)
    }

    /// Ends a transaction durably.
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        match self.direct().await? {
            Session::SqliteTx(tx) => tx.commit().await?,
            Session::PostgresTx(tx) => tx.commit().await?,
            Session::Sqlite(_) | Session::Postgres(_) | Session::Behind(_) => {}
        }
        Ok(())
    }

    /// Ends a transaction without trace.
    pub(crate) async fn roll_back(self) -> Result<(), StoreError> {
        match self.direct().await? {
            Session::SqliteTx(tx) => tx.rollback().await?,
            Session::PostgresTx(tx) => tx.rollback().await?,
            Session::Sqlite(_) | Session::Postgres(_) | Session::Behind(_) => {}
        }
        Ok(())
    }
}

fn encoding(error: impl std::fmt::Display) -> StoreError {
    StoreError::Unreadable { words: format!("a value cannot be bound: {error}") }
}

/// JSON of a list, as SQLite's `json_each` reads it.
fn json_list<T>(items: &[T], mut one: impl FnMut(&T, &mut String)) -> String {
    let mut text = String::with_capacity(items.len() * 16 + 2);
    text.push('[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        one(item, &mut text);
    }
    text.push(']');
    text
}

/// A JSON string.
fn json_text(value: &str, text: &mut String) {
    text.push('"');
    for c in value.chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            c if c < ' ' => text.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => text.push(c),
        }
    }
    text.push('"');
}

fn sqlite_arguments(params: &[Param]) -> Result<SqliteArguments, StoreError> {
    let mut arguments = SqliteArguments::default();
    for param in params {
        match param {
            Param::Int(value) => Arguments::add(&mut arguments, *value),
            Param::OptInt(value) => Arguments::add(&mut arguments, *value),
            Param::Text(value) => Arguments::add(&mut arguments, storable(value).into_owned()),
            Param::OptText(value) => {
                Arguments::add(&mut arguments, value.as_deref().map(|value| storable(value).into_owned()))
            }
            Param::Ints(values) => Arguments::add(
                &mut arguments,
                json_list(values, |value, text| text.push_str(&value.to_string())),
            ),
            Param::Texts(values) => Arguments::add(
                &mut arguments,
                json_list(values, |value, text| json_text(&storable(value), text)),
            ),
            Param::IntPairs(values) => Arguments::add(
                &mut arguments,
                json_list(values, |(a, b), text| text.push_str(&format!("[{a},{b}]"))),
            ),
            Param::Pairs(values) => Arguments::add(
                &mut arguments,
                json_list(values, |(a, b), text| {
                    text.push_str(&format!("[{a},"));
                    json_text(&storable(b), text);
                    text.push(']');
                }),
            ),
        }
        .map_err(encoding)?;
    }
    Ok(arguments)
}

fn postgres_arguments(params: &[Param]) -> Result<PgArguments, StoreError> {
    let mut arguments = PgArguments::default();
    for param in params {
        match param {
            Param::Int(value) => Arguments::add(&mut arguments, *value),
            Param::OptInt(value) => Arguments::add(&mut arguments, *value),
            Param::Text(value) => Arguments::add(&mut arguments, storable(value).into_owned()),
            Param::OptText(value) => {
                Arguments::add(&mut arguments, value.as_deref().map(|value| storable(value).into_owned()))
            }
            Param::Ints(values) => Arguments::add(&mut arguments, values.clone()),
            Param::Texts(values) => Arguments::add(
                &mut arguments,
                values.iter().map(|value| storable(value).into_owned()).collect::<Vec<String>>(),
            ),
            Param::IntPairs(values) => {
                let (a, b): (Vec<i64>, Vec<i64>) = values.iter().copied().unzip();
                Arguments::add(&mut arguments, a).and_then(|()| Arguments::add(&mut arguments, b))
            }
            Param::Pairs(values) => {
                let numbers: Vec<i64> = values.iter().map(|(a, _)| *a).collect();
                let texts: Vec<String> = values.iter().map(|(_, b)| storable(b).into_owned()).collect();
                Arguments::add(&mut arguments, numbers).and_then(|()| Arguments::add(&mut arguments, texts))
            }
        }
        .map_err(encoding)?;
    }
    Ok(arguments)
}
