//! The statements that read rows. Names are quoted; values stand as hexadecimal literals or checked digits where the
//! text protocol can bind nothing, so that no character of a value is ever read as SQL.

use std::fmt::Write as _;

use contract::{KeyRange, ReadError};

use crate::family::Family;
use crate::keys::{Term, above, terms, upto};
use crate::table::{Table, TableColumn};

/// `` `name` ``, also under `ANSI_QUOTES`.
pub(crate) fn identifier(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// A text as a literal that no mode, charset or escape can end.
pub(crate) fn text_literal(text: &str) -> String {
    bytes_literal("_utf8mb4", text.as_bytes())
}

/// Bytes as a literal of a charset.
pub(crate) fn bytes_literal(introducer: &str, bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return format!("{introducer}''");
    }
    let mut literal = format!("{introducer} 0x");
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(literal, "{byte:02X}");
    }
    literal
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
        self.projection.iter().any(|column| self.may_be_large(column))
    }

    /// The fields on the wire, in order; `is_printed` where the protocol would else send numbers and times as such.
    pub(crate) fn fields(&self, is_printed: bool) -> String {
        let field = |column: &TableColumn| {
            let field = field(column);
            if is_printed && !column.family.is_string() { format!("CONCAT({field})") } else { field }
        };
        let mut fields: Vec<String> = self.extra().iter().map(|column| field(column)).collect();
        if self.is_guarded() {
            fields.push(self.flags());
        }
        for column in &self.projection {
            fields.push(if self.may_be_large(column) {
                format!("IF({}, {}, {})", self.too_large(column), head(column), field(column))
            } else {
                field(column)
            });
        }
        if fields.is_empty() { "NULL".to_owned() } else { fields.join(", ") }
    }

    /// NULL, or for each large cell its place, its size and a digest of it: `3:10485760:9e10…,`.
    fn flags(&self) -> String {
        let mut conditions = Vec::new();
        let mut parts = Vec::new();
        for (place, column) in self.projection.iter().enumerate() {
            if self.may_be_large(column) {
                let (condition, name) = (self.too_large(column), column.quoted());
                parts.push(format!(
                    "IF({condition}, CONCAT('{place}:', OCTET_LENGTH({name}), ':', MD5({name}), ','), '')"
                ));
                conditions.push(condition);
            }
        }
        format!("IF({}, CONCAT({}), NULL)", conditions.join(" OR "), parts.join(", "))
    }

    fn too_large(&self, column: &TableColumn) -> String {
        format!("OCTET_LENGTH({}) > {}", column.quoted(), self.max_cell_bytes)
    }

    fn may_be_large(&self, column: &TableColumn) -> bool {
        match column.family {
            Family::Json => true,
            Family::Text | Family::Bytes => {
                column.max_octets.is_some_and(|octets| octets > self.max_cell_bytes as u64)
            }
            Family::Integer
            | Family::ZeroFilled
            | Family::Decimal
            | Family::Float
            | Family::Double
            | Family::Bit
            | Family::Year
            | Family::Date
            | Family::Time
            | Family::DateTime
            | Family::Timestamp
            | Family::Word
            | Family::Unread => false,
        }
    }

    /// The order of the rows. Columns of text that may compare equal though they differ are ordered by their bytes
    /// too, unless no two rows can be equal: else a reading that goes on after a key would pass rows over.
    pub(crate) fn terms(&self) -> Vec<Term<'a>> {
        terms(&self.key, self.table.is_unique(&self.key))
    }
}

/// How a cell is fetched.
fn field(column: &TableColumn) -> String {
    let name = column.quoted();
    match column.family {
        // Four bytes print with six digits; as eight bytes nothing is lost.
        Family::Float => format!("{name} + 0e0"),
        Family::Bit => format!("{name} + 0"),
        Family::Text if column.true_charset.is_some() => format!("CAST({name} AS BINARY)"),
        Family::Text
        | Family::Integer
        | Family::ZeroFilled
        | Family::Decimal
        | Family::Double
        | Family::Year
        | Family::Date
        | Family::Time
        | Family::DateTime
        | Family::Timestamp
        | Family::Word
        | Family::Json
        | Family::Bytes
        | Family::Unread => name,
    }
}

/// The first 64 of a large cell.
fn head(column: &TableColumn) -> String {
    let name = column.quoted();
    if column.true_charset.is_some() {
        format!("LEFT(CAST({name} AS BINARY), 64)")
    } else {
        format!("LEFT({name}, 64)")
    }
}

/// `SELECT fields FROM table WHERE range ORDER BY key`, over the text protocol.
pub(crate) fn ordered(select: &Select<'_>, range: &KeyRange) -> Result<String, ReadError> {
    // Without versions a running answer locks the table: the server is asked to put it aside first.
    let hint = if select.table.keeps_versions() { "" } else { "SQL_BUFFER_RESULT " };
    let mut statement = format!("SELECT {hint}{} FROM {} AS t", select.fields(false), select.table.quoted());
    let terms = select.terms();
    let mut conditions = Vec::new();
    if let Some(key) = &range.after {
        conditions.push(above(&terms, &select.key, key)?);
    }
    if let Some(key) = &range.upto {
        conditions.push(upto(&terms, &select.key, key)?);
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
    Ok(statement)
}
