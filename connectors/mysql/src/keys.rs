//! Keys: how the source orders them, and how a range of them is written.

use contract::{ReadError, SourceKey};

use crate::family::Family;
use crate::sql::{bytes_literal, text_literal};
use crate::table::TableColumn;

/// One expression of the order, and how a key's part is written to compare with it.
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
    for (place, column) in key.iter().enumerate() {
        let name = column.quoted();
        let (expression, needs_bytes) = match column.family {
            Family::Float => (Some(format!("({name} + 0e0)")), false),
            // Ordered by number and compared by name: the order of their texts is one for both.
            Family::Word | Family::Json => (None, true),
            Family::Text => (Some(name.clone()), !is_unique),
            Family::Integer
            | Family::ZeroFilled
            | Family::Decimal
            | Family::Double
            | Family::Bit
            | Family::Year
            | Family::Date
            | Family::Time
            | Family::DateTime
            | Family::Timestamp
            | Family::Bytes
            | Family::Unread => (Some(name.clone()), false),
        };
        terms.extend(expression.map(|expression| Term { expression, column, place, is_bytes: false }));
        if needs_bytes {
            terms.push(Term { expression: bytes_of(column), column, place, is_bytes: true });
        }
    }
    terms
}

/// A text column as the bytes that are compared exactly.
pub(crate) fn bytes_of(column: &TableColumn) -> String {
    let name = column.quoted();
    if column.true_charset.is_some() {
        format!("CAST({name} AS BINARY)")
    } else {
        format!("CAST(CONVERT({name} USING utf8mb4) AS BINARY)")
    }
}

/// The bytes of a text as [`bytes_of`] gives them; `None` when the column's true charset lacks a character.
pub(crate) fn bytes_in(column: &TableColumn, text: &str) -> Option<Vec<u8>> {
    match column.true_charset {
        None => Some(text.as_bytes().to_vec()),
        Some(charset) => {
            let (bytes, _, has_lost) = charset.encode(text);
            (!has_lost).then(|| bytes.into_owned())
        }
    }
}

/// Rows whose key comes after this one. Rows with NULL in their key stand before all others of their group: whoever
/// goes on after a key has had them.
pub(crate) fn above(
    terms: &[Term<'_>],
    key: &[&TableColumn],
    after: &SourceKey,
) -> Result<String, ReadError> {
    let literals = literals(terms, key, after)?;
    Ok(compared(terms, &literals, ">", ">"))
}

/// Rows whose key does not come after this one.
pub(crate) fn upto(terms: &[Term<'_>], key: &[&TableColumn], upto: &SourceKey) -> Result<String, ReadError> {
    let literals = literals(terms, key, upto)?;
    Ok(compared(terms, &literals, "<", "<="))
}

/// Nested, because a comparison of whole rows uses no index here.
fn compared(terms: &[Term<'_>], literals: &[String], strict: &str, last: &str) -> String {
    match (terms, literals) {
        ([term], [literal]) => format!("{} {last} {literal}", term.expression),
        ([term, rest @ ..], [literal, literals @ ..]) => {
            let rest = compared(rest, literals, strict, last);
            let name = &term.expression;
            format!(
                "({name} {strict}= {literal} AND ({name} {strict} {literal} OR ({name} = {literal} AND {rest})))"
            )
        }
        _ => "TRUE".to_owned(),
    }
}

fn literals(terms: &[Term<'_>], key: &[&TableColumn], of: &SourceKey) -> Result<Vec<String>, ReadError> {
    let parts = of.parts();
    if parts.len() != key.len() {
        let (n, columns) = (parts.len(), key.len());
        return Err(ReadError::malformed(format!(
            "a key of {n} parts for a stream with {columns} key columns"
        )));
    }
    let literal = |term: &Term<'_>| {
        let part = parts.get(term.place).map_or("", String::as_str);
        let written = if term.is_bytes {
            bytes_in(term.column, part).map(|bytes| bytes_literal("_binary", &bytes))
        } else {
            literal(term.column, part)
        };
        written.ok_or_else(|| {
            let (name, native) = (&term.column.name, &term.column.native_type);
            ReadError::malformed(format!("a key that is no value of column `{name}` ({native})"))
        })
    };
    terms.iter().map(literal).collect()
}

/// A key's part as a literal of the column's kind; `None` when it is no value of it.
fn literal(column: &TableColumn, part: &str) -> Option<String> {
    match column.family {
        Family::Integer | Family::Bit | Family::Year => is_integer(part).then(|| part.to_owned()),
        Family::Decimal | Family::ZeroFilled => is_decimal(part).then(|| part.to_owned()),
        Family::Float | Family::Double => {
            let number: f64 = part.parse().ok().filter(|number: &f64| number.is_finite())?;
            Some(format!("{number:e}"))
        }
        Family::Date => Some(format!("CAST({} AS DATE)", text_literal(part))),
        Family::Time => Some(format!("CAST({} AS TIME(6))", text_literal(part))),
        Family::DateTime | Family::Timestamp => Some(format!("CAST({} AS DATETIME(6))", text_literal(part))),
        Family::Bytes => Some(bytes_literal("_binary", &bytes_of_hex(part)?)),
        Family::Text if column.true_charset.is_some() => {
            Some(bytes_literal("_latin1", &bytes_in(column, part)?))
        }
        Family::Text | Family::Word | Family::Json => Some(text_literal(part)),
        Family::Unread => None,
    }
}

/// An optional sign and digits.
pub(crate) fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.len() <= 30 && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// An optional sign, digits, an optional point and digits.
pub(crate) fn is_decimal(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    !(whole.is_empty() && fraction.is_empty())
        && unsigned.len() <= 90
        && all_digits(whole)
        && all_digits(fraction)
}

/// The bytes of `\x…`.
pub(crate) fn bytes_of_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("\\x")?.as_bytes();
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    let nibble = |digit: u8| char::from(digit).to_digit(16).and_then(|n| u8::try_from(n).ok());
    digits
        .chunks_exact(2)
        .map(|pair| match pair {
            [high, low] => Some(nibble(*high)? << 4 | nibble(*low)?),
            _ => None,
        })
        .collect()
}
