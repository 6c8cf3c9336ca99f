//! Keys: how the source orders them, and how a range of them is written.

use contract::{ReadError, SourceKey, Value};

use crate::driver::Bind;
use crate::family::Family;
use crate::sql::condition::operand;
use crate::sql::{Binds, whole};
use crate::table::TableColumn;

/// One expression of the order, and how a key's part is bound to compare with it.
pub(crate) struct Term<'a> {
    pub(crate) expression: String,
    column: &'a TableColumn,
    /// The place of the column in the key.
    place: usize,
    is_bytes: bool,
}

/// The order of a key. `is_unique`: no two rows compare equal in it.
pub(crate) fn terms<'a>(key: &[&'a TableColumn], is_unique: bool) -> Vec<Term<'a>> {
    let mut terms = Vec::new();
    for (place, column) in key.iter().copied().enumerate() {
        terms.push(Term { expression: compared(column), column, place, is_bytes: false });
        if (column.family.is_collated() || column.family.is_bytes()) && !is_unique {
            terms.push(Term { expression: bytes_of(column), column, place, is_bytes: true });
        }
    }
    terms
}

/// A column as it stands in comparisons.
pub(crate) fn compared(column: &TableColumn) -> String {
    match column.family {
        Family::Long | Family::Image => whole(column),
        Family::Integer
        | Family::Bit
        | Family::Decimal
        | Family::Money
        | Family::Real
        | Family::Float
        | Family::Date
        | Family::Time
        | Family::DateTime
        | Family::DateTime2
        | Family::Offset
        | Family::Text
        | Family::CodePage
        | Family::Bytes
        | Family::Version
        | Family::Uuid
        | Family::Unread => column.quoted(),
    }
}

/// A column as the bytes that are compared exactly. The server takes bytes for equal that differ by zeros at the end
/// (and texts by blanks): a last byte that is no zero makes them differ.
pub(crate) fn bytes_of(column: &TableColumn) -> String {
    let is_short = (0..=3500).contains(&column.max_length);
    let size = if is_short { "8000" } else { "max" };
    format!("CAST({} AS varbinary({size})) + 0x01", whole(column))
}

/// The bytes of a text or of bytes as [`bytes_of`] gives them.
pub(crate) fn bytes_in(column: &TableColumn, value: &Value) -> Option<Vec<u8>> {
    let mut bytes = if column.family.is_bytes() {
        bytes_bound(value)?
    } else {
        value.to_text()?.encode_utf16().flat_map(u16::to_le_bytes).collect()
    };
    bytes.push(1);
    Some(bytes)
}

/// The bytes that a value means where bytes are compared.
pub(crate) fn bytes_bound(value: &Value) -> Option<Vec<u8>> {
    if let Value::Bytes(bytes) = value {
        return Some(bytes.clone());
    }
    let text = value.to_text()?;
    Some(crate::decode::bytes_of_hex(&text).unwrap_or_else(|| text.into_bytes()))
}

/// Rows whose key comes after this one. Rows with NULL in their key stand before all others of their group: whoever
/// goes on after a key has had them.
pub(crate) fn above(
    terms: &[Term<'_>],
    key: &[&TableColumn],
    after: &SourceKey,
    binds: &mut Binds,
) -> Result<String, ReadError> {
    let operands = operands(terms, key, after, binds)?;
    Ok(ranged(terms, &operands, ">", ">"))
}

/// Rows whose key does not come after this one.
pub(crate) fn upto(
    terms: &[Term<'_>],
    key: &[&TableColumn],
    upto: &SourceKey,
    binds: &mut Binds,
) -> Result<String, ReadError> {
    let operands = operands(terms, key, upto, binds)?;
    Ok(ranged(terms, &operands, "<", "<="))
}

/// Nested: there is no comparison of whole rows.
fn ranged(terms: &[Term<'_>], operands: &[String], strict: &str, last: &str) -> String {
    match (terms, operands) {
        ([term], [operand]) => format!("{} {last} {operand}", term.expression),
        ([term, rest @ ..], [operand, operands @ ..]) => {
            let rest = ranged(rest, operands, strict, last);
            let name = &term.expression;
            format!(
                "({name} {strict}= {operand} AND ({name} {strict} {operand} OR ({name} = {operand} AND {rest})))"
            )
        }
        _ => "1 = 1".to_owned(),
    }
}

fn operands(
    terms: &[Term<'_>],
    key: &[&TableColumn],
    of: &SourceKey,
    binds: &mut Binds,
) -> Result<Vec<String>, ReadError> {
    let parts = of.parts();
    if parts.len() != key.len() {
        let (n, columns) = (parts.len(), key.len());
        return Err(ReadError::malformed(format!(
            "a key of {n} parts for a stream with {columns} key columns"
        )));
    }
    let mut written = Vec::with_capacity(terms.len());
    for term in terms {
        let part = Value::Text(parts.get(term.place).cloned().unwrap_or_default());
        let operand = if term.is_bytes {
            bytes_in(term.column, &part).map(|bytes| binds.place(Bind::Bytes(bytes)))
        } else {
            operand(term.column, &part, binds)
        };
        written.push(operand.ok_or_else(|| {
            let (name, native) = (&term.column.name, &term.column.native_type);
            ReadError::malformed(format!("a key that is no value of column `{name}` ({native})"))
        })?);
    }
    Ok(written)
}
