//! Every statement there is. Names are quoted; values are bound, so that no character of a value is ever read as SQL.

pub(crate) mod catalogue;
pub(crate) mod condition;
pub(crate) mod keys;

use contract::{KeyRange, ReadError};

use crate::driver::Bind;
use crate::family::Family;
use crate::sql::keys::{Term, above, terms, upto};
use crate::table::{Table, TableColumn};

/// `[name]`.
pub(crate) fn identifier(name: &str) -> String {
    format!("[{}]", name.replace(']', "]]"))
}

/// Settings that the server, the account or a default may have otherwise.
///
/// Locks are waited for no longer than so many milliseconds; of a deadlock, it is we who give way.
pub(crate) fn settings(lock_milliseconds: u128) -> String {
    format!(
        "SET NOCOUNT ON; SET TEXTSIZE 2147483647; SET ROWCOUNT 0; SET LOCK_TIMEOUT {lock_milliseconds}; \
         SET DEADLOCK_PRIORITY LOW; SET XACT_ABORT ON; SET IMPLICIT_TRANSACTIONS OFF; SET ANSI_NULLS ON; \
         SET ANSI_WARNINGS ON; SET ANSI_PADDING ON; SET ARITHABORT ON; SET CONCAT_NULL_YIELDS_NULL ON; \
         SET QUOTED_IDENTIFIER ON; SET NUMERIC_ROUNDABORT OFF; SET LANGUAGE us_english; SET DATEFORMAT ymd"
    )
}

/// What begins a reading: versions where the database keeps them for us, else rows as they were committed.
pub(crate) fn begin(has_snapshots: bool) -> &'static str {
    if has_snapshots {
        "SET TRANSACTION ISOLATION LEVEL SNAPSHOT; BEGIN TRANSACTION"
    } else {
        "SET TRANSACTION ISOLATION LEVEL READ COMMITTED"
    }
}

/// What ends it.
pub(crate) const COMMIT: &str = "COMMIT TRANSACTION";

/// Bound values in the order of their places.
#[derive(Default)]
pub(crate) struct Binds(pub(crate) Vec<Bind>);

impl Binds {
    /// `@P3`, after binding its value.
    pub(crate) fn place(&mut self, value: Bind) -> String {
        self.0.push(value);
        format!("@P{}", self.0.len())
    }

    pub(crate) fn text(&mut self, text: impl Into<String>) -> String {
        self.place(Bind::Text(text.into()))
    }
}

/// What a statement reads: the key columns the projection lacks, the flag of large cells, the projection.
pub(crate) struct Select<'a> {
    pub(crate) table: &'a Table,
    pub(crate) key: Vec<&'a TableColumn>,
    pub(crate) projection: Vec<&'a TableColumn>,
    pub(crate) max_cell_bytes: usize,
}

impl<'a> Select<'a> {
    /// The key columns that are read before the projection.
    pub(crate) fn extra(&self) -> Vec<&'a TableColumn> {
        let is_missing = |key: &&&TableColumn| !self.projection.iter().any(|c| c.name == key.name);
        self.key.iter().filter(is_missing).copied().collect()
    }

    /// Whether the server looks at the sizes of cells before it sends them.
    pub(crate) fn is_guarded(&self) -> bool {
        self.projection.iter().any(|column| column.may_exceed(self.max_cell_bytes))
    }

    /// The fields on the wire, in order.
    pub(crate) fn fields(&self) -> String {
        let mut fields: Vec<String> = self.extra().iter().map(|column| field(column)).collect();
        if self.is_guarded() {
            fields.push(self.flags());
        }
        for column in &self.projection {
            fields.push(if column.may_exceed(self.max_cell_bytes) {
                format!(
                    "CASE WHEN {} THEN {} ELSE {} END",
                    self.too_large(column),
                    head(column),
                    whole(column)
                )
            } else {
                field(column)
            });
        }
        if fields.is_empty() { "NULL".to_owned() } else { fields.join(", ") }
    }

    /// `SELECT fields FROM table`.
    pub(crate) fn head(&self) -> String {
        format!("SELECT {} FROM {} AS [t]", self.fields(), self.table.quoted())
    }

    /// NULL, or for each large cell its place, its size and a digest of it: `3:10485760:9E10…,`.
    fn flags(&self) -> String {
        let mut conditions = Vec::new();
        let mut parts = Vec::new();
        for (place, column) in self.projection.iter().enumerate() {
            if column.may_exceed(self.max_cell_bytes) {
                let condition = self.too_large(column);
                let size = format!("CAST(DATALENGTH({}) AS nvarchar(20))", column.quoted());
                let digest = self.digest(column);
                parts.push(format!(
                    "CASE WHEN {condition} THEN N'{place}:' + {size} + N':' + {digest} + N',' ELSE N'' END"
                ));
                conditions.push(condition);
            }
        }
        format!("CASE WHEN {} THEN {} ELSE NULL END", conditions.join(" OR "), parts.join(" + "))
    }

    /// Old servers digest 8,000 bytes at most: of a longer cell its first and last 4,000, beside its size.
    fn digest(&self, column: &TableColumn) -> String {
        let bytes = format!("CAST({} AS varbinary(max))", whole(column));
        let hashed = if self.table.digests_whole {
            format!("HASHBYTES('SHA2_256', {bytes})")
        } else {
            let ends =
                format!("SUBSTRING({bytes}, 1, 4000) + SUBSTRING({bytes}, DATALENGTH({bytes}) - 3999, 4000)");
            format!("HASHBYTES('SHA1', {ends})")
        };
        format!("CONVERT(nvarchar(64), {hashed}, 2)")
    }

    fn too_large(&self, column: &TableColumn) -> String {
        format!("DATALENGTH({}) > {}", column.quoted(), self.max_cell_bytes)
    }

    /// The order of the rows. Columns that may compare equal though they differ are ordered by their bytes too,
    /// unless no two rows can be equal: else a reading that goes on after a key would pass rows over.
    pub(crate) fn terms(&self) -> Vec<Term<'a>> {
        terms(&self.key, self.table.is_unique(&self.key))
    }
}

/// How a cell is fetched.
fn field(column: &TableColumn) -> String {
    let name = column.quoted();
    match column.family {
        // The driver makes a floating-point number of money.
        Family::Money => format!("CAST({name} AS decimal(19,4))"),
        Family::CodePage | Family::Long | Family::Image => whole(column),
        Family::Integer
        | Family::Bit
        | Family::Decimal
        | Family::Real
        | Family::Float
        | Family::Date
        | Family::Time
        | Family::DateTime
        | Family::DateTime2
        | Family::Offset
        | Family::Text
        | Family::Bytes
        | Family::Version
        | Family::Uuid
        | Family::Unread => name,
    }
}

/// A cell of text as Unicode, of bytes as bytes, whatever its length.
pub(crate) fn whole(column: &TableColumn) -> String {
    let name = column.quoted();
    let length = column.max_length;
    if column.family.is_bytes() {
        return format!("CAST({name} AS varbinary(max))");
    }
    if column.family == Family::Text && length >= 0 {
        return name;
    }
    // As long in characters as it is in bytes, at most.
    let is_short = column.family == Family::CodePage && (1..=4000).contains(&length);
    let size = if is_short { length.to_string() } else { "max".to_owned() };
    format!("CAST({name} AS nvarchar({size}))")
}

/// The first of a large cell.
fn head(column: &TableColumn) -> String {
    let bytes = if column.family.is_bytes() { "varbinary(max)" } else { "nvarchar(max)" };
    format!("CAST(SUBSTRING({}, 1, 64) AS {bytes})", whole(column))
}

/// `SELECT fields FROM table WHERE range ORDER BY key`, and what is bound.
pub(crate) fn ordered(select: &Select<'_>, range: &KeyRange) -> Result<(String, Vec<Bind>), ReadError> {
    let mut statement = select.head();
    let mut binds = Binds::default();
    let terms = select.terms();
    let mut conditions = Vec::new();
    if let Some(key) = &range.after {
        conditions.push(above(&terms, &select.key, key, &mut binds)?);
    }
    if let Some(key) = &range.upto {
        conditions.push(upto(&terms, &select.key, key, &mut binds)?);
    }
    if !conditions.is_empty() {
        statement.push_str(" WHERE ");
        statement.push_str(&conditions.join(" AND "));
    }
    if !terms.is_empty() {
        let order: Vec<&str> = terms.iter().map(|term| term.expression.as_str()).collect();
        statement.push_str(" ORDER BY ");
        statement.push_str(&order.join(", "));
    }
    Ok((statement, binds.0))
}
