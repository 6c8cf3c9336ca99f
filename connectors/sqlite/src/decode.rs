//! Cells of canonical bytes, typed one by one.

use bytes::Bytes;
use contract::cells::{Cell, Cells};
use contract::{Decode, ReadError, Value};

use crate::row::{bytes_of_hex, hex_of};
use crate::table::Encoding;

/// What text is in when a program wrote it without heed to the file's encoding.
pub(crate) type Charset = Option<&'static encoding_rs::Encoding>;

/// Types the cells of rows of one file.
pub(crate) struct CellDecoder {
    pub(crate) encoding: Encoding,
    pub(crate) charset: Charset,
}

impl Decode for CellDecoder {
    fn decode(&self, raw: &Bytes) -> Result<Vec<Value>, ReadError> {
        Cells::of(raw).map(|cell| cell.and_then(|cell| self.value(&cell))).collect()
    }
}

impl CellDecoder {
    fn value(&self, cell: &Cell<'_>) -> Result<Value, ReadError> {
        let plain = || std::str::from_utf8(cell.bytes).unwrap_or_default();
        let value = match cell.tag {
            "null" => Some(Value::Null),
            "integer" => plain().parse().ok().map(Value::Int),
            "real" => Some(real(plain())),
            "text" | "texthex" => Some(match text_of(cell, self.encoding, self.charset) {
                Some(text) => Value::Text(text),
                None => Value::Odd { text: format!("\\x{}", raw_hex(cell)), why: "bad-encoding" },
            }),
            "blob" => Some(Value::Bytes(cell.bytes.to_vec())),
            "blobhex" => bytes_of_hex(plain()).map(Value::Bytes),
            "largetext" => Some(self.large(plain(), true)),
            "largeblob" => Some(self.large(plain(), false)),
            _ => None,
        };
        value.ok_or_else(|| ReadError::malformed(format!("a cell of unknown type `{}`", cell.tag)))
    }

    /// `size,hexadecimal digits of the first bytes`.
    fn large(&self, content: &str, is_text: bool) -> Value {
        let digits = content.split_once(',').map_or("", |(_, digits)| digits);
        let head = bytes_of_hex(digits).unwrap_or_default();
        let text = if !is_text {
            format!("\\x{}", hex_of(&head))
        } else if let Some(charset) = self.charset {
            charset.decode_without_bom_handling(&head).0.into_owned()
        } else {
            match self.encoding {
                Encoding::Utf8 => match std::str::from_utf8(&head) {
                    Ok(text) => text.to_owned(),
                    Err(error) => {
                        String::from_utf8_lossy(head.get(..error.valid_up_to()).unwrap_or_default())
                            .into_owned()
                    }
                },
                Encoding::Utf16Le => encoding_rs::UTF_16LE.decode_without_bom_handling(&head).0.into_owned(),
                Encoding::Utf16Be => encoding_rs::UTF_16BE.decode_without_bom_handling(&head).0.into_owned(),
            }
        };
        Value::Odd { text, why: "too-large" }
    }
}

/// As the engine was asked to print numbers; it writes infinities as `Inf`.
fn real(text: &str) -> Value {
    number_of(text).map_or_else(|| Value::Odd { text: text.to_owned(), why: "range" }, Value::Float)
}

/// The number of `<digits>` or `<digits>*<n>`, times 2 to the n.
pub(crate) fn number_of(text: &str) -> Option<f64> {
    let Some((digits, power)) = text.split_once('*') else { return text.parse().ok() };
    Some(digits.parse::<f64>().ok()? * 2_f64.powi(power.parse().ok()?))
}

/// The text of a text cell, if it is valid in its charset.
pub(crate) fn text_of(cell: &Cell<'_>, encoding: Encoding, charset: Charset) -> Option<String> {
    let wide = |encoding: &'static encoding_rs::Encoding| {
        let bytes = bytes_of_hex(std::str::from_utf8(cell.bytes).ok()?)?;
        encoding.decode_without_bom_handling_and_without_replacement(&bytes).map(std::borrow::Cow::into_owned)
    };
    match (encoding, charset) {
        (Encoding::Utf8, None) => std::str::from_utf8(cell.bytes).ok().map(str::to_owned),
        (Encoding::Utf8, Some(charset)) => charset
            .decode_without_bom_handling_and_without_replacement(cell.bytes)
            .map(std::borrow::Cow::into_owned),
        (Encoding::Utf16Le, _) => wide(encoding_rs::UTF_16LE),
        (Encoding::Utf16Be, _) => wide(encoding_rs::UTF_16BE),
    }
}

fn raw_hex(cell: &Cell<'_>) -> String {
    if cell.tag.ends_with("hex") {
        return String::from_utf8_lossy(cell.bytes).to_lowercase();
    }
    hex_of(cell.bytes)
}
