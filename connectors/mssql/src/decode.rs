//! Cells of canonical bytes, typed by the kinds of their columns.

use bytes::Bytes;
use contract::cells::{Cell, Cells};
use contract::{Decode, ReadError, Value};

use crate::cell::{read_date_time, read_day, read_moment, read_time};
use crate::family::Family;
use crate::row::{LARGE, NULL};
use crate::sql::Select;

/// How much of a large cell is kept.
const HEAD: usize = 64;

/// Types the cells of one statement's rows.
pub(crate) struct Decoder {
    columns: Vec<Family>,
    max_cell_bytes: usize,
}

impl Decoder {
    pub(crate) fn new(select: &Select<'_>) -> Decoder {
        let columns = select.projection.iter().map(|column| column.family).collect();
        Decoder { columns, max_cell_bytes: select.max_cell_bytes }
    }
}

impl Decode for Decoder {
    fn decode(&self, raw: &Bytes) -> Result<Vec<Value>, ReadError> {
        let mut cells = Cells::of(raw);
        let mut values = Vec::with_capacity(self.columns.len());
        for family in &self.columns {
            let cell = cells.next().ok_or_else(|| ReadError::malformed("a row with too few cells"))??;
            values.push(self.value(*family, cell));
        }
        if cells.next().is_some() {
            return Err(ReadError::malformed("a row with too many cells"));
        }
        Ok(values)
    }
}

impl Decoder {
    fn value(&self, family: Family, cell: Cell<'_>) -> Value {
        if cell.tag == NULL {
            return Value::Null;
        }
        if cell.tag == LARGE {
            // size:digest:head
            let head = cell.bytes.splitn(3, |byte| *byte == b':').nth(2).unwrap_or_default();
            return large(family, head);
        }
        if cell.bytes.len() > self.max_cell_bytes {
            return large(family, cell.bytes);
        }
        if family.is_bytes() {
            return Value::Bytes(cell.bytes.to_vec());
        }
        match std::str::from_utf8(cell.bytes) {
            Ok(text) => typed(family, text),
            Err(_) => Value::Odd { text: hex(cell.bytes), why: "bad-encoding" },
        }
    }
}

fn large(family: Family, bytes: &[u8]) -> Value {
    let head = bytes.get(..HEAD).unwrap_or(bytes);
    let text = if family.is_bytes() {
        hex(head)
    } else {
        let n_whole = std::str::from_utf8(head).map_or_else(|error| error.valid_up_to(), str::len);
        String::from_utf8_lossy(head.get(..n_whole).unwrap_or_default()).into_owned()
    };
    Value::Odd { text, why: "too-large" }
}

fn typed(family: Family, text: &str) -> Value {
    let value = match family {
        Family::Text | Family::CodePage | Family::Long | Family::Uuid => {
            return Value::Text(text.to_owned());
        }
        Family::Integer => text.parse().ok().map(Value::Int),
        Family::Bit => match text {
            "0" => Some(Value::Bool(false)),
            "1" => Some(Value::Bool(true)),
            _ => None,
        },
        Family::Decimal | Family::Money => is_decimal(text).then(|| Value::Decimal(text.to_owned())),
        Family::Real | Family::Float => text.parse().ok().map(Value::Float),
        Family::Date => read_day(text).map(Value::Date),
        Family::Time => read_time(text).map(Value::Time),
        Family::DateTime | Family::DateTime2 => read_date_time(text).map(Value::DateTime),
        Family::Offset => read_moment(text).map(Value::Timestamp),
        Family::Bytes | Family::Image | Family::Version | Family::Unread => None,
    };
    value.unwrap_or_else(|| Value::Odd { text: text.to_owned(), why: "range" })
}

/// An optional sign and digits.
pub(crate) fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// An optional sign, digits, an optional point and digits.
pub(crate) fn is_decimal(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    all_digits(whole) && all_digits(fraction)
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    Value::Bytes(bytes.to_vec()).to_text().unwrap_or_default()
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
