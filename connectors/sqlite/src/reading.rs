//! The rows of a key range in their order, block by block where that is possible, else row by row.
//!
//! A block is some hundred rows put together by the engine into one value: handing a row from the engine's thread to
//! ours costs more than reading it. Blocks need a unique key without NULL, to go on after, and rows that are known to
//! be small, so that a block is bounded.

use bytes::Bytes;
use contract::{KeyRange, ReadError, Row};
use sqlx::Row as _;

use crate::connection::{Session, within};
use crate::decode::Charset;
use crate::lookup::query;
use crate::row::RowReader;
use crate::sql::{Bind, Select, compared, identifier};
use crate::table::{Affinity, Encoding, Table, TableColumn};

/// Bytes of a block, about.
const BLOCK: u64 = 256 << 10;
/// A row longer than this is not put into a block.
const ROW: u64 = 32 << 10;

/// What the catalogue does not say and a look at the pages does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    /// The longest row, in bytes as stored; `None`: not known.
    max_row_bytes: Option<u64>,
}

impl Shape {
    /// Of a table. The engine walks its pages without unpacking rows: a few milliseconds for each 10 MB.
    pub(crate) async fn of(session: &mut Session, table: &Table) -> Result<Shape, ReadError> {
        if table.is_view {
            return Ok(Shape { max_row_bytes: None });
        }
        let limit = session.limit();
        let asked = "SELECT mx_payload FROM dbstat('main', 1) WHERE name = ?1";
        let asked =
            sqlx::query_scalar::<_, i64>(asked).bind(&table.name).fetch_optional(&mut session.connection);
        let found = within(limit, "measuring rows", asked).await?;
        Ok(Shape { max_row_bytes: found.and_then(|n| u64::try_from(n).ok()) })
    }

    /// Whether a cell may be larger than this.
    pub(crate) fn may_exceed(self, max_cell_bytes: usize) -> bool {
        self.max_row_bytes.is_none_or(|longest| longest > max_cell_bytes as u64)
    }

    /// Rows of a block; `None` where blocks are not possible.
    fn n_rows(self) -> Option<u64> {
        let longest = self.max_row_bytes.filter(|longest| *longest <= ROW)?;
        Some((BLOCK / longest.max(1)).clamp(8, 1000))
    }
}

/// Reads blocks of one statement.
pub(crate) struct Blocks<'a> {
    select: &'a Select<'a>,
    reader: RowReader,
    upto: KeyRange,
    after: Vec<Bind>,
    n_rows: u64,
    is_done: bool,
}

impl<'a> Blocks<'a> {
    /// `None` where blocks are not possible.
    pub(crate) async fn new(
        session: &mut Session,
        select: &'a Select<'a>,
        shape: Shape,
        range: &KeyRange,
        charset: Charset,
    ) -> Result<Option<Blocks<'a>>, ReadError> {
        let Some(n_rows) = shape.n_rows() else { return Ok(None) };
        let is_plain = |column: &&TableColumn| column.affinity != Affinity::None;
        let is_possible = select.table.encoding == Encoding::Utf8
            && !select.key.is_empty()
            && select.table.is_own_key(&select.key)
            && select.key.iter().all(is_plain)
            && !holds_null(session, select).await?;
        let mut blocks = Blocks {
            select,
            reader: RowReader::new(select, charset),
            upto: KeyRange { after: None, upto: range.upto.clone() },
            after: Vec::new(),
            n_rows,
            is_done: false,
        };
        if let Some(after) = &range.after {
            // Judges the key's form, and gives its meanings.
            compared(select, &select.ordered_key(), ">", after, &mut blocks.after)?;
        }
        Ok(is_possible.then_some(blocks))
    }

    /// The rows of the next block, each with its length; `None` after the last.
    pub(crate) async fn next(
        &mut self,
        session: &mut Session,
    ) -> Result<Option<Vec<(Row, usize)>>, ReadError> {
        if self.is_done {
            return Ok(None);
        }
        let limit = session.limit();
        let (statement, binds) = self.statement()?;
        let rows = query(&statement, binds).persistent(true).fetch_one(&mut session.connection);
        let row = within(limit, "reading rows", rows).await?;
        let error = |error| crate::failure::reading(error, limit);
        let block: Option<&[u8]> = row.try_get_unchecked(0).map_err(error)?;
        let mut block = Bytes::copy_from_slice(block.unwrap_or_default());
        let mut rows = Vec::with_capacity(usize::try_from(self.n_rows).unwrap_or_default());
        let mut last = Bytes::new();
        while !block.is_empty() {
            last = block.clone();
            let row = self.reader.first_row(&mut block)?;
            let n_bytes = last.len() - block.len();
            rows.push((row, n_bytes));
        }
        self.is_done = (rows.len() as u64) < self.n_rows;
        if !self.is_done {
            self.after = self.reader.key_binds(&last)?;
        }
        Ok(if rows.is_empty() { None } else { Some(rows) })
    }

    fn statement(&self) -> Result<(String, Vec<Bind>), ReadError> {
        let key = self.select.ordered_key();
        let mut binds = self.after.clone();
        let mut conditions = Vec::new();
        if !binds.is_empty() {
            // Bytes that are no valid text are bound as they are.
            let place = |(at, bind): (usize, &Bind)| match bind {
                Bind::TextBytes(_) => format!("CAST(?{} AS TEXT)", at + 1),
                Bind::Null | Bind::Integer(_) | Bind::Real(_) | Bind::Text(_) | Bind::Blob(_) => {
                    format!("?{}", at + 1)
                }
            };
            let places: Vec<String> = binds.iter().enumerate().map(place).collect();
            conditions.push(format!("({}) > ({})", key.join(", "), places.join(", ")));
        }
        if let Some(upto) = &self.upto.upto {
            conditions.push(compared(self.select, &key, "<=", upto, &mut binds)?);
        }
        let condition = if conditions.is_empty() {
            String::new()
        } else {
            format!(" WHERE {}", conditions.join(" AND "))
        };
        Ok((
            format!(
                "SELECT group_concat(x, '') FROM (SELECT {} AS x FROM {}{condition} ORDER BY {} LIMIT {})",
                self.select.canonical(),
                identifier(&self.select.table.name),
                key.join(", "),
                self.n_rows,
            ),
            binds,
        ))
    }
}

/// Whether NULL stands in a key column that may hold it.
async fn holds_null(session: &mut Session, select: &Select<'_>) -> Result<bool, ReadError> {
    let table = identifier(&select.table.name);
    let limit = session.limit();
    for column in select.key.iter().filter(|column| column.is_nullable) {
        let name = identifier(&column.name);
        let statement = format!("SELECT EXISTS (SELECT 1 FROM {table} WHERE {name} IS NULL)");
        let asked = sqlx::query_scalar::<_, bool>(sqlx::AssertSqlSafe(statement));
        let asked = asked.fetch_one(&mut session.connection);
        if within(limit, "looking for NULL in the key", asked).await? {
            return Ok(true);
        }
    }
    Ok(false)
}
