//! Cells of canonical bytes, typed one by one.

use bytes::Bytes;
use contract::cells::{Cell, Cells};
use contract::{Decode, ReadError, Value};

use crate::row::hex_of;

/// Types the cells of rows of files.
pub(crate) struct CellDecoder;

impl Decode for CellDecoder {
    fn decode(&self, raw: &Bytes) -> Result<Vec<Value>, ReadError> {
        Cells::of(raw).map(|cell| value(&cell?)).collect()
    }
}

fn value(cell: &Cell<'_>) -> Result<Value, ReadError> {
    let text = || std::str::from_utf8(cell.bytes).ok();
    let value = match cell.tag {
        "null" => Some(Value::Null),
        "text" => text().map(|text| Value::Text(text.to_owned())),
        "bad" => Some(Value::Odd { text: hex_of(cell.bytes), why: "bad-encoding" }),
        "large" => text().and_then(|text| text.split_once(',')).map(|(_, head)| odd(head, "too-large")),
        "integer" => text().and_then(|text| text.parse().ok()).map(Value::Int),
        "decimal" => text().map(|text| Value::Decimal(text.to_owned())),
        "truth" => Some(Value::Bool(cell.bytes == b"t")),
        "date" => text().and_then(|text| text.parse().ok()).map(Value::Date),
        "time" => text().and_then(|text| text.parse().ok()).map(Value::Time),
        "datetime" => text().and_then(|text| text.parse().ok()).map(Value::DateTime),
        "error" => text().map(|text| odd(text, "error")),
        "formula" => Some(odd("", "no-result")),
        "range" => text().map(|text| odd(text, "range")),
        _ => None,
    };
    value.ok_or_else(|| ReadError::malformed(format!("a cell of unknown type `{}`", cell.tag)))
}

fn odd(text: &str, why: &'static str) -> Value {
    Value::Odd { text: text.to_owned(), why }
}
