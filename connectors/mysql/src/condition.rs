//! Conditions that run at the source, with bound parameters.
//!
//! The source compares text by the collation of the column, which may find more than was meant (case, accents, blanks
//! at the end). Equality and prefixes are therefore asked twice: as the index has them, and by their bytes.

use contract::{Comparison, Order, OrderKey, Predicate, ReadError, Value};
use mysql_async::Value as Bind;

use crate::family::Family;
use crate::keys::{bytes_in, bytes_of, bytes_of_hex, is_decimal, is_integer};
use crate::table::{Table, TableColumn};

/// No row, whatever stands around it: nothing compares with NULL.
const NOTHING: &str = "NULL";

/// A condition; its parameters are added to `binds` in their order.
pub(crate) fn condition(
    table: &Table,
    predicate: &Predicate,
    binds: &mut Vec<Bind>,
) -> Result<String, ReadError> {
    Ok(match predicate {
        Predicate::True => "TRUE".to_owned(),
        // `IS NULL` holds for the day 0000-00-00 too.
        Predicate::IsNull(column) => format!("{} <=> NULL", table.column(column)?.quoted()),
        Predicate::Not(inner) => format!("NOT ({})", condition(table, inner, binds)?),
        Predicate::All(inner) => joined(table, inner, " AND ", "TRUE", binds)?,
        Predicate::Any(inner) => joined(table, inner, " OR ", "FALSE", binds)?,
        Predicate::In { column, values } => {
            let column = table.column(column)?;
            let equal: Vec<String> =
                values.iter().map(|value| format!("({})", equal(column, value, binds))).collect();
            if equal.is_empty() { "FALSE".to_owned() } else { equal.join(" OR ") }
        }
        Predicate::Compare { column, comparison, value } => {
            compare(table.column(column)?, *comparison, value, binds)
        }
    })
}

fn joined(
    table: &Table,
    inner: &[Predicate],
    word: &str,
    none: &str,
    binds: &mut Vec<Bind>,
) -> Result<String, ReadError> {
    let conditions = inner
        .iter()
        .map(|predicate| condition(table, predicate, binds).map(|text| format!("({text})")))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(if conditions.is_empty() { none.to_owned() } else { conditions.join(word) })
}

fn compare(column: &TableColumn, comparison: Comparison, value: &Value, binds: &mut Vec<Bind>) -> String {
    let sign = match comparison {
        Comparison::Equal => return equal(column, value, binds),
        Comparison::NotEqual => return format!("NOT ({})", equal(column, value, binds)),
        Comparison::StartsWith => return starts_with(column, value, binds),
        Comparison::Less => "<",
        Comparison::LessOrEqual => "<=",
        Comparison::Greater => ">",
        Comparison::GreaterOrEqual => ">=",
    };
    match operand(column, value) {
        Some((operand, bind)) => {
            binds.push(bind);
            format!("{} {sign} {operand}", compared(column))
        }
        None => NOTHING.to_owned(),
    }
}

/// Equal to the byte.
pub(crate) fn equal(column: &TableColumn, value: &Value, binds: &mut Vec<Bind>) -> String {
    let Some((operand, bind)) = operand(column, value) else { return NOTHING.to_owned() };
    binds.push(bind);
    let first = format!("{} = {operand}", compared(column));
    match (is_collated(column.family), value.to_text().and_then(|text| bytes_in(column, &text))) {
        (true, Some(bytes)) => {
            binds.push(hex(&bytes));
            format!("{first} AND {} = UNHEX(?)", bytes_of(column))
        }
        _ => first,
    }
}

fn starts_with(column: &TableColumn, value: &Value, binds: &mut Vec<Bind>) -> String {
    let Some(text) = value.to_text() else { return NOTHING.to_owned() };
    let is_collated = is_collated(column.family);
    let Some(bytes) = bytes_in(column, &text).filter(|_| is_collated) else {
        binds.push(Bind::Bytes(like_prefix(&text).into_bytes()));
        return format!("CONCAT({}) LIKE ? ESCAPE '|'", column.quoted());
    };
    let like = if column.true_charset.is_some() {
        // A byte of a character may look like a sign of the pattern: bytes only.
        String::new()
    } else {
        binds.push(Bind::Bytes(like_prefix(&text).into_bytes()));
        format!("{} LIKE {} ESCAPE '|' AND ", column.quoted(), text_operand(column))
    };
    binds.push(hex(&bytes));
    format!("{like}LEFT({}, {}) = UNHEX(?)", bytes_of(column), bytes.len())
}

/// Bytes for `UNHEX(?)`: as they are, the server would judge them as text of the connection's charset.
fn hex(bytes: &[u8]) -> Bind {
    Bind::Bytes(bytes.iter().flat_map(|byte| format!("{byte:02X}").into_bytes()).collect())
}

fn like_prefix(text: &str) -> String {
    format!("{}%", text.replace('|', "||").replace('%', "|%").replace('_', "|_"))
}

fn is_collated(family: Family) -> bool {
    matches!(family, Family::Text | Family::Word | Family::Json)
}

/// A column as it stands in comparisons.
pub(crate) fn compared(column: &TableColumn) -> String {
    match column.family {
        Family::Float => format!("({} + 0e0)", column.quoted()),
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
        | Family::Text
        | Family::Word
        | Family::Json
        | Family::Bytes
        | Family::Unread => column.quoted(),
    }
}

/// A parameter in the column's own charset and collation, so that its index can be used.
fn text_operand(column: &TableColumn) -> String {
    let is_name = |text: &&str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let (charset, collation) = (column.charset.as_deref(), column.collation.as_deref());
    match (charset.filter(is_name), collation.filter(is_name)) {
        (Some("utf8mb4"), _) | (None, _) | (_, None) => "?".to_owned(),
        (Some(charset), Some(collation)) if column.true_charset.is_some() => {
            format!("CONVERT(UNHEX(?) USING {charset}) COLLATE {collation}")
        }
        (Some(charset), Some(collation)) => format!("CONVERT(? USING {charset}) COLLATE {collation}"),
    }
}

/// How a value is bound to compare with a column; `None` when it is no value of the column's kind.
pub(crate) fn operand(column: &TableColumn, value: &Value) -> Option<(String, Bind)> {
    let text = match value {
        Value::Timestamp(us) => {
            let at = jiff::Timestamp::from_microsecond(*us).ok()?;
            jiff::tz::TimeZone::UTC.to_datetime(at).to_string().replace('T', " ")
        }
        Value::Bool(truth) => (if *truth { "1" } else { "0" }).to_owned(),
        Value::Null => return None,
        Value::Int(_)
        | Value::Decimal(_)
        | Value::Float(_)
        | Value::Text(_)
        | Value::Bytes(_)
        | Value::Date(_)
        | Value::Time(_)
        | Value::DateTime(_)
        | Value::Odd { .. } => value.to_text()?,
    };
    let plain = "?".to_owned();
    let bytes = |text: &str| Bind::Bytes(text.as_bytes().to_vec());
    Some(match column.family {
        Family::Integer | Family::Bit | Family::Year if is_integer(&text) => {
            let bind = text.parse().map(Bind::Int).or_else(|_| text.parse().map(Bind::UInt)).ok();
            bind.map_or_else(|| (decimal(), bytes(&text)), |bind| (plain, bind))
        }
        Family::Integer | Family::Bit | Family::Year | Family::Decimal | Family::ZeroFilled => {
            // A number that is no integer may be compared with integers too.
            is_decimal(&text).then(|| (decimal(), bytes(&text)))?
        }
        Family::Float | Family::Double => {
            (plain, Bind::Double(text.parse().ok().filter(|number: &f64| number.is_finite())?))
        }
        Family::Date => ("CAST(? AS DATE)".to_owned(), bytes(&text)),
        Family::Time => ("CAST(? AS TIME(6))".to_owned(), bytes(&text)),
        Family::DateTime | Family::Timestamp => ("CAST(? AS DATETIME(6))".to_owned(), bytes(&text)),
        Family::Text if column.true_charset.is_some() => {
            (text_operand(column), hex(&bytes_in(column, &text)?))
        }
        Family::Text => (text_operand(column), bytes(&text)),
        Family::Word | Family::Json => (plain, bytes(&text)),
        Family::Bytes => {
            let bound =
                if let Value::Bytes(bytes) = value { Some(bytes.clone()) } else { bytes_of_hex(&text) };
            let bound = bound.unwrap_or_else(|| text.into_bytes());
            ("UNHEX(?)".to_owned(), hex(&bound))
        }
        Family::Unread => return None,
    })
}

/// As exact as the engine can be.
fn decimal() -> String {
    "CAST(? AS DECIMAL(65,30))".to_owned()
}

/// `` t.`column`, t.`column` DESC ``.
pub(crate) fn order_by(table: &Table, order: &[OrderKey]) -> Result<String, ReadError> {
    let keys = order
        .iter()
        .map(|key| {
            let column = table.column(&key.column)?;
            let name = if column.family == Family::Word { bytes_of(column) } else { column.quoted() };
            Ok(match key.order {
                Order::Ascending => name,
                Order::Descending => format!("{name} DESC"),
            })
        })
        .collect::<Result<Vec<_>, ReadError>>()?;
    Ok(keys.join(", "))
}
