//! Cells of a line, typed by the types of their columns.

use std::borrow::Cow;

use bytes::Bytes;
use contract::{ColumnType, Decode, ReadError, Value};
use encoding_rs::Encoding;
use jiff::civil::{Date, DateTime, Time};
use memchr::{memchr, memchr_iter};

use crate::line::{NULL, unescaped};
use crate::sql::Select;

/// How much of a large cell is kept.
const HEAD: usize = 64;

/// Types the cells of one statement's rows.
pub(crate) struct LineDecoder {
    types: Vec<ColumnType>,
    is_guarded: bool,
    max_cell_bytes: usize,
    charset: Option<&'static Encoding>,
}

impl LineDecoder {
    /// `charset` is that of a database that declares none.
    pub(crate) fn new(select: &Select<'_>, charset: Option<&str>) -> LineDecoder {
        let is_undeclared = select.table.charset == "SQL_ASCII";
        LineDecoder {
            types: select.projection.iter().map(|column| column.column_type).collect(),
            is_guarded: select.is_guarded(),
            max_cell_bytes: select.max_cell_bytes,
            charset: charset
                .filter(|_| is_undeclared)
                .and_then(|label| Encoding::for_label(label.as_bytes())),
        }
    }

    fn cell(&self, column_type: ColumnType, field: &[u8]) -> Value {
        if field == NULL {
            return Value::Null;
        }
        let bytes = unescaped(field);
        let n_bytes = if column_type == ColumnType::Bytes { bytes.len() / 2 } else { bytes.len() };
        if n_bytes > self.max_cell_bytes {
            return self.large(column_type, &bytes);
        }
        if column_type == ColumnType::Text {
            return self.text(bytes);
        }
        match std::str::from_utf8(&bytes) {
            Ok(text) => typed(column_type, text),
            Err(_) => self.text(bytes),
        }
    }

    fn text(&self, bytes: Cow<'_, [u8]>) -> Value {
        if let Some(charset) = self.charset {
            return match charset.decode_without_bom_handling_and_without_replacement(&bytes) {
                Some(text) => Value::Text(text.into_owned()),
                None => Value::Odd { text: hex(&bytes), why: "bad-encoding" },
            };
        }
        match String::from_utf8(bytes.into_owned()) {
            Ok(text) => Value::Text(text),
            Err(error) => Value::Odd { text: hex(error.as_bytes()), why: "bad-encoding" },
        }
    }

    fn large(&self, column_type: ColumnType, bytes: &[u8]) -> Value {
        let n_kept = if column_type == ColumnType::Bytes { 2 + 2 * HEAD } else { HEAD };
        let head = bytes.get(..n_kept).unwrap_or(bytes);
        let text = match self.charset {
            Some(charset) => charset.decode_without_bom_handling(head).0.into_owned(),
            None => head_of_text(head),
        };
        Value::Odd { text, why: "too-large" }
    }
}

impl Decode for LineDecoder {
    fn decode(&self, raw: &Bytes) -> Result<Vec<Value>, ReadError> {
        let mut rest: &[u8] = raw;
        let mut flags: &[u8] = NULL;
        if self.is_guarded {
            let end = memchr(b'\t', rest).ok_or_else(too_few)?;
            flags = &rest[..end];
            rest = &rest[end + 1..];
        }
        let mut cells = Vec::with_capacity(self.types.len());
        let mut start = 0;
        let ends = memchr_iter(b'\t', rest).chain(std::iter::once(rest.len()));
        let mut types = self.types.iter();
        for end in ends {
            match types.next() {
                Some(column_type) => cells.push(self.cell(*column_type, &rest[start..end])),
                None if self.types.is_empty() => break,
                None => return Err(ReadError::malformed("a line with more fields than columns")),
            }
            start = end + 1;
        }
        if cells.len() < self.types.len() {
            return Err(too_few());
        }
        if flags != NULL {
            self.mark_large(&mut cells, flags);
        }
        Ok(cells)
    }
}

impl LineDecoder {
    /// `flags` is `place:size:digest,` for each cell that the server did not send whole.
    fn mark_large(&self, cells: &mut [Value], flags: &[u8]) {
        for flag in flags.split(|byte| *byte == b',') {
            let place =
                flag.split(|byte| *byte == b':').next().and_then(|text| std::str::from_utf8(text).ok());
            let Some(cell) = place.and_then(|text| text.parse().ok()).and_then(|at: usize| cells.get_mut(at))
            else {
                continue;
            };
            let text = match cell.to_text() {
                Some(text) if matches!(cell, Value::Bytes(_) | Value::Odd { .. }) => text,
                Some(text) => head_of_text(text.as_bytes().get(..HEAD).unwrap_or(text.as_bytes())),
                None => String::new(),
            };
            *cell = Value::Odd { text, why: "too-large" };
        }
    }
}

fn too_few() -> ReadError {
    ReadError::malformed("a line with fewer fields than columns")
}

fn typed(column_type: ColumnType, text: &str) -> Value {
    let value = match column_type {
        ColumnType::Bool => match text {
            "t" => Some(Value::Bool(true)),
            "f" => Some(Value::Bool(false)),
            _ => None,
        },
        ColumnType::Int => text.parse().ok().map(Value::Int),
        ColumnType::Decimal => decimal(text),
        ColumnType::Float => text.parse().ok().map(Value::Float),
        ColumnType::Bytes => bytes_of_hex(text).map(Value::Bytes),
        ColumnType::Date => date(text).map(Value::Date),
        ColumnType::Time => time(text).map(Value::Time),
        ColumnType::DateTime => date_time(text).map(Value::DateTime),
        ColumnType::Timestamp => timestamp(text).map(Value::Timestamp),
        ColumnType::Text | ColumnType::Any | ColumnType::Unread => Some(Value::Text(text.to_owned())),
    };
    value.unwrap_or_else(|| odd(text))
}

fn odd(text: &str) -> Value {
    let why = match text {
        "NaN" => "nan",
        "infinity" | "-infinity" | "Infinity" | "-Infinity" => "infinity",
        _ => "range",
    };
    Value::Odd { text: text.to_owned(), why }
}

fn decimal(text: &str) -> Option<Value> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b'-');
    is_number.then(|| Value::Decimal(text.to_owned()))
}

fn date(text: &str) -> Option<Date> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let year = i16::try_from(digits(&bytes[..4])?).ok()?;
    let (month, day) = (digits(&bytes[5..7])?, digits(&bytes[8..])?);
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// `HH:MM:SS`, with up to six digits after a point. `24:00:00` is no time of ours.
fn time(text: &str) -> Option<Time> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let bytes = whole.as_bytes();
    if bytes.len() != 8 || bytes[2] != b':' || bytes[5] != b':' || fraction.len() > 9 {
        return None;
    }
    let part = |range: std::ops::Range<usize>| digits(&bytes[range]).and_then(|n| i8::try_from(n).ok());
    let mut nanoseconds = if fraction.is_empty() { 0 } else { digits(fraction.as_bytes())? };
    for _ in fraction.len()..9 {
        nanoseconds *= 10;
    }
    Time::new(part(0..2)?, part(3..5)?, part(6..8)?, nanoseconds).ok()
}

fn date_time(text: &str) -> Option<DateTime> {
    let (day, of_day) = text.split_once(' ')?;
    Some(DateTime::from_parts(date(day)?, time(of_day)?))
}

/// Microseconds UTC; the session's zone is UTC, so the offset is always `+00`.
fn timestamp(text: &str) -> Option<i64> {
    let at = date_time(text.strip_suffix("+00")?)?;
    Some(jiff::tz::TimeZone::UTC.to_timestamp(at).ok()?.as_microsecond())
}

fn digits(bytes: &[u8]) -> Option<i32> {
    bytes.iter().try_fold(0_i32, |number, byte| {
        let digit = byte.is_ascii_digit().then(|| i32::from(byte - b'0'))?;
        number.checked_mul(10)?.checked_add(digit)
    })
}

fn bytes_of_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("\\x")?.as_bytes();
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    let nibble = |digit: u8| char::from(digit).to_digit(16).and_then(|n| u8::try_from(n).ok());
    digits.chunks_exact(2).map(|pair| Some(nibble(pair[0])? << 4 | nibble(pair[1])?)).collect()
}

fn hex(bytes: &[u8]) -> String {
    Value::Bytes(bytes.to_vec()).to_text().unwrap_or_default()
}

/// The text at the head of bytes, without a character that was cut.
fn head_of_text(head: &[u8]) -> String {
    match std::str::from_utf8(head) {
        Ok(text) => text.to_owned(),
        Err(error) => {
            String::from_utf8_lossy(head.get(..error.valid_up_to()).unwrap_or_default()).into_owned()
        }
    }
}
