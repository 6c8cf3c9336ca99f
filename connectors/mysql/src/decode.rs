//! Cells of canonical bytes, typed by the kinds of their columns.

use bytes::Bytes;
use contract::cells::{Cell, Cells};
use contract::{ColumnType, Decode, ReadError, Value};
use encoding_rs::Encoding;
use jiff::civil::{Date, DateTime, Time};

use crate::family::Family;
use crate::keys::is_decimal;
use crate::row::{LARGE, NULL};
use crate::sql::Select;

/// How much of a large cell is kept.
const HEAD: usize = 64;

/// Types the cells of one statement's rows.
pub(crate) struct Decoder {
    columns: Vec<(Family, ColumnType, Option<&'static Encoding>)>,
    max_cell_bytes: usize,
}

impl Decoder {
    pub(crate) fn new(select: &Select<'_>) -> Decoder {
        let columns = select.projection.iter().map(|c| (c.family, c.column_type, c.true_charset)).collect();
        Decoder { columns, max_cell_bytes: select.max_cell_bytes }
    }
}

impl Decode for Decoder {
    fn decode(&self, raw: &Bytes) -> Result<Vec<Value>, ReadError> {
        let mut cells = Cells::of(raw);
        let mut values = Vec::with_capacity(self.columns.len());
        for (family, column_type, charset) in &self.columns {
            let cell = cells.next().ok_or_else(|| ReadError::malformed("a row with too few cells"))??;
            values.push(self.value(*family, *column_type, *charset, cell));
        }
        if cells.next().is_some() {
            return Err(ReadError::malformed("a row with too many cells"));
        }
        Ok(values)
    }
}

impl Decoder {
    fn value(
        &self,
        family: Family,
        column_type: ColumnType,
        charset: Option<&'static Encoding>,
        cell: Cell<'_>,
    ) -> Value {
        if cell.tag == NULL {
            return Value::Null;
        }
        if cell.tag == LARGE {
            // size:md5:head
            let head = cell.bytes.splitn(3, |byte| *byte == b':').nth(2).unwrap_or_default();
            return large(family, charset, head);
        }
        if cell.bytes.len() > self.max_cell_bytes {
            return large(family, charset, cell.bytes);
        }
        if family == Family::Bytes {
            return Value::Bytes(cell.bytes.to_vec());
        }
        let text = match charset {
            Some(charset) => charset
                .decode_without_bom_handling_and_without_replacement(cell.bytes)
                .map(std::borrow::Cow::into_owned),
            None => std::str::from_utf8(cell.bytes).ok().map(str::to_owned),
        };
        match text {
            Some(text) => typed(family, column_type, text),
            None => Value::Odd { text: hex(cell.bytes), why: "bad-encoding" },
        }
    }
}

fn large(family: Family, charset: Option<&'static Encoding>, bytes: &[u8]) -> Value {
    let head = bytes.get(..HEAD).unwrap_or(bytes);
    let text = match (family, charset) {
        (Family::Bytes, _) => hex(head),
        (_, Some(charset)) => charset.decode_without_bom_handling(head).0.into_owned(),
        (_, None) => {
            let n_whole = std::str::from_utf8(head).map_or_else(|error| error.valid_up_to(), str::len);
            String::from_utf8_lossy(head.get(..n_whole).unwrap_or_default()).into_owned()
        }
    };
    Value::Odd { text, why: "too-large" }
}

fn typed(family: Family, column_type: ColumnType, text: String) -> Value {
    let value = match family {
        Family::Text | Family::ZeroFilled | Family::Word | Family::Json | Family::Unread | Family::Bytes => {
            return Value::Text(text);
        }
        Family::Bit if column_type == ColumnType::Bool => match text.as_str() {
            "0" => Some(Value::Bool(false)),
            "1" => Some(Value::Bool(true)),
            _ => None,
        },
        Family::Year if text == "0000" => None,
        Family::Integer | Family::Bit | Family::Year => integer(&text),
        Family::Decimal => is_decimal(&text).then(|| Value::Decimal(text.clone())),
        Family::Float => four_bytes(&text),
        Family::Double => text.parse().ok().map(Value::Float),
        Family::Date => date(&text).map(Value::Date),
        Family::Time => time(&text).map(Value::Time),
        Family::DateTime => date_time(&text).map(Value::DateTime),
        Family::Timestamp => timestamp(&text).map(Value::Timestamp),
    };
    value.unwrap_or_else(|| {
        let why = if is_zero_date(family, &text) { "zero-date" } else { "range" };
        Value::Odd { text, why }
    })
}

/// `0000-00-00`, and days without year, month or day.
fn is_zero_date(family: Family, text: &str) -> bool {
    match family {
        Family::Year => text == "0000",
        Family::Date | Family::DateTime | Family::Timestamp => {
            let day = text.split(' ').next().unwrap_or_default();
            day.split('-').any(|part| !part.is_empty() && part.bytes().all(|byte| byte == b'0'))
        }
        Family::Integer
        | Family::ZeroFilled
        | Family::Decimal
        | Family::Float
        | Family::Double
        | Family::Bit
        | Family::Time
        | Family::Text
        | Family::Word
        | Family::Json
        | Family::Bytes
        | Family::Unread => false,
    }
}

/// Unsigned integers beyond `i64` are decimals of the contract.
fn integer(text: &str) -> Option<Value> {
    if let Ok(number) = text.parse() {
        return Some(Value::Int(number));
    }
    text.parse::<u64>().ok().map(|number| Value::Decimal(number.to_string()))
}

/// The shortest decimal that is this number of four bytes: what its owner wrote.
fn four_bytes(text: &str) -> Option<Value> {
    let wide: f64 = text.parse().ok()?;
    #[expect(clippy::cast_possible_truncation, reason = "the column holds four bytes")]
    let number = wide as f32;
    number.to_string().parse().ok().map(Value::Float)
}

fn date(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let is_date = parts.next().is_none() && (year.len(), month.len(), day.len()) == (4, 2, 2);
    let date = || Date::new(digits(year)?.try_into().ok()?, small(month)?, small(day)?).ok();
    if is_date && year != "0000" { date() } else { None }
}

/// `HH:MM:SS`, with up to six digits after a point. Longer than a day or negative, it is no time of ours.
fn time(text: &str) -> Option<Time> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut parts = whole.split(':');
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || fraction.len() > 9 {
        return None;
    }
    let mut nanoseconds = if fraction.is_empty() { 0 } else { digits(fraction)? };
    for _ in fraction.len()..9 {
        nanoseconds = nanoseconds.checked_mul(10)?;
    }
    Time::new(small(hour)?, small(minute)?, small(second)?, nanoseconds).ok()
}

fn date_time(text: &str) -> Option<DateTime> {
    let (day, of_day) = text.split_once(' ')?;
    Some(DateTime::from_parts(date(day)?, time(of_day)?))
}

/// Microseconds UTC: the session's zone is UTC.
fn timestamp(text: &str) -> Option<i64> {
    Some(jiff::tz::TimeZone::UTC.to_timestamp(date_time(text)?).ok()?.as_microsecond())
}

fn digits(text: &str) -> Option<i32> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

fn small(text: &str) -> Option<i8> {
    digits(text)?.try_into().ok()
}

fn hex(bytes: &[u8]) -> String {
    Value::Bytes(bytes.to_vec()).to_text().unwrap_or_default()
}
