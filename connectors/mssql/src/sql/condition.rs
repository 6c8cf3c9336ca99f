//! Conditions that run at the source, with bound parameters.
//!
//! The source compares text by the collation of the column, which may find more than was meant (case, width, blanks
//! at the end, characters it does not know). Equality and prefixes are therefore asked twice: as the index has them,
//! and by their bytes.

use contract::{Comparison, Order, OrderKey, Predicate, ReadError, Value};

use crate::cell::{read_date_time, read_day, read_offset, read_time};
use crate::decode::{is_decimal, is_integer};
use crate::driver::Bind;
use crate::family::Family;
use crate::sql::Binds;
use crate::sql::keys::{bytes_bound, bytes_in, bytes_of, compared};
use crate::table::{Table, TableColumn};

/// Neither true nor false: nothing compares with NULL, and its opposite neither.
const NOTHING: &str = "NULL = NULL";

/// A condition; its parameters are added to `binds` in their order.
pub(crate) fn condition(
    table: &Table,
    predicate: &Predicate,
    binds: &mut Binds,
) -> Result<String, ReadError> {
    Ok(match predicate {
        Predicate::True => "1 = 1".to_owned(),
        Predicate::IsNull(column) => format!("{} IS NULL", table.column(column)?.quoted()),
        Predicate::Not(inner) => format!("NOT ({})", condition(table, inner, binds)?),
        Predicate::All(inner) => joined(table, inner, " AND ", "1 = 1", binds)?,
        Predicate::Any(inner) => joined(table, inner, " OR ", "1 = 0", binds)?,
        Predicate::In { column, values } => {
            let column = table.column(column)?;
            let equal: Vec<String> =
                values.iter().map(|value| format!("({})", equal(column, value, binds))).collect();
            if equal.is_empty() { "1 = 0".to_owned() } else { equal.join(" OR ") }
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
    binds: &mut Binds,
) -> Result<String, ReadError> {
    let conditions = inner
        .iter()
        .map(|predicate| condition(table, predicate, binds).map(|text| format!("({text})")))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(if conditions.is_empty() { none.to_owned() } else { conditions.join(word) })
}

fn compare(column: &TableColumn, comparison: Comparison, value: &Value, binds: &mut Binds) -> String {
    let sign = match comparison {
        Comparison::Equal => return equal(column, value, binds),
        Comparison::NotEqual => return format!("NOT ({})", equal(column, value, binds)),
        Comparison::StartsWith => return starts_with(column, value, binds),
        Comparison::Less => "<",
        Comparison::LessOrEqual => "<=",
        Comparison::Greater => ">",
        Comparison::GreaterOrEqual => ">=",
    };
    match operand(column, value, binds) {
        Some(operand) => format!("{} {sign} {operand}", compared(column)),
        None => NOTHING.to_owned(),
    }
}

/// Equal to the byte.
pub(crate) fn equal(column: &TableColumn, value: &Value, binds: &mut Binds) -> String {
    let Some(operand) = operand(column, value, binds) else { return NOTHING.to_owned() };
    let first = format!("{} = {operand}", compared(column));
    if !column.family.is_collated() && !column.family.is_bytes() {
        return first;
    }
    match bytes_in(column, value) {
        Some(bytes) => format!("{first} AND {} = {}", bytes_of(column), binds.place(Bind::Bytes(bytes))),
        None => first,
    }
}

fn starts_with(column: &TableColumn, value: &Value, binds: &mut Binds) -> String {
    let Some(text) = value.to_text() else { return NOTHING.to_owned() };
    let pattern = binds.text(like_prefix(&text));
    let name = compared(column);
    if !column.family.is_collated() {
        return format!("CAST({name} AS nvarchar(4000)) LIKE {pattern} ESCAPE N'|'");
    }
    let Some(mut bytes) = bytes_in(column, value) else { return NOTHING.to_owned() };
    // Without the byte that marks the end.
    bytes.pop();
    let n_bytes = bytes.len();
    let prefix = binds.place(Bind::Bytes(bytes));
    format!("{name} LIKE {pattern} ESCAPE N'|' AND SUBSTRING({}, 1, {n_bytes}) = {prefix}", bytes_of(column))
}

fn like_prefix(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 1);
    for c in text.chars() {
        if matches!(c, '|' | '%' | '_' | '[' | ']' | '^') {
            pattern.push('|');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// How a value is bound to compare with a column; `None` when it is no value of the column's kind.
pub(crate) fn operand(column: &TableColumn, value: &Value, binds: &mut Binds) -> Option<String> {
    let text = match value {
        Value::Timestamp(us) => {
            let at = jiff::Timestamp::from_microsecond(*us).ok()?;
            let at = jiff::tz::TimeZone::UTC.to_datetime(at).to_string().replace('T', " ");
            if column.family == Family::Offset { format!("{at} +00:00") } else { at }
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
    Some(match column.family {
        Family::Integer | Family::Bit if is_integer(&text) && text.parse::<i64>().is_ok() => {
            binds.place(Bind::Int(text.parse().ok()?))
        }
        Family::Integer | Family::Bit | Family::Decimal | Family::Money => decimal(&text, binds)?,
        Family::Real => {
            // The column's own four bytes, as wide as it becomes in the comparison.
            let number: f32 = text.parse().ok().filter(|number: &f32| number.is_finite())?;
            binds.place(Bind::Float(number.into()))
        }
        Family::Float => {
            binds.place(Bind::Float(text.parse().ok().filter(|number: &f64| number.is_finite())?))
        }
        Family::Date => {
            read_day(&text)?;
            format!("CAST({} AS date)", binds.text(text))
        }
        Family::Time => {
            read_time(&text)?;
            format!("CAST({} AS time(7))", binds.text(fraction(&text, 7)))
        }
        // As datetime2 the three-hundredths would be written out, and equal nothing.
        Family::DateTime => {
            read_date_time(&text).filter(|at| at.year() >= 1753)?;
            format!("CAST({} AS datetime)", binds.text(fraction(&text, 3).replace(' ', "T")))
        }
        Family::DateTime2 => {
            read_date_time(&text)?;
            format!("CAST({} AS datetime2(7))", binds.text(fraction(&text, 7)))
        }
        Family::Offset => {
            read_offset(&text)?;
            let (at, zone) = text.rsplit_once(' ')?;
            format!("CAST({} AS datetimeoffset(7))", binds.text(format!("{} {zone}", fraction(at, 7))))
        }
        Family::Text | Family::Long => binds.text(text),
        Family::CodePage => code_page(column, text, binds),
        Family::Bytes | Family::Image | Family::Version => binds.place(Bind::Bytes(bytes_bound(value)?)),
        Family::Uuid if is_uuid(&text) => format!("CAST({} AS uniqueidentifier)", binds.text(text)),
        Family::Uuid | Family::Unread => return None,
    })
}

/// As exact as it is written.
fn decimal(text: &str, binds: &mut Binds) -> Option<String> {
    if !is_decimal(text) {
        return None;
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let n_whole = whole.trim_start_matches(['-', '0']).len();
    let precision = (n_whole + fraction.len()).max(1);
    (precision <= 38)
        .then(|| format!("CAST({} AS decimal({precision},{}))", binds.text(text), fraction.len()))
}

/// A text in the code page of the column, so that its index can be used.
fn code_page(column: &TableColumn, text: String, binds: &mut Binds) -> String {
    let size = if column.max_length < 0 { "max" } else { "8000" };
    let is_name = |name: &&str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    match column.collation.as_deref().filter(is_name) {
        Some(collation) => format!("CAST({} COLLATE {collation} AS varchar({size}))", binds.text(text)),
        None => binds.text(text),
    }
}

/// A time with so many digits behind the point, at most.
fn fraction(text: &str, n_digits: usize) -> String {
    match text.split_once('.') {
        Some((whole, fraction)) => {
            format!("{whole}.{}", fraction.get(..n_digits).unwrap_or(fraction))
        }
        None => text.to_owned(),
    }
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| {
            if matches!(at, 8 | 13 | 18 | 23) { byte == b'-' } else { byte.is_ascii_hexdigit() }
        })
}

/// `[t].[column], [t].[column] DESC`.
pub(crate) fn order_by(table: &Table, order: &[OrderKey]) -> Result<String, ReadError> {
    let keys = order
        .iter()
        .map(|key| {
            let name = compared(table.column(&key.column)?);
            Ok(match key.order {
                Order::Ascending => name,
                Order::Descending => format!("{name} DESC"),
            })
        })
        .collect::<Result<Vec<_>, ReadError>>()?;
    Ok(keys.join(", "))
}
