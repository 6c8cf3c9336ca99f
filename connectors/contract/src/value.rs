//! One cell, typed once by the connector.

use jiff::civil::{Date, DateTime, Time};

/// One cell as the source holds it. Text keeps every character of the source; nothing is trimmed or folded here.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// No value.
    Null,
    /// A truth value, where the engine has that type.
    Bool(bool),
    /// An integer that fits `i64`.
    Int(i64),
    /// An exact decimal as the source prints it: optional sign, digits, optional point and digits; or an unsigned
    /// integer beyond `i64`. Never an exponent, never NaN.
    Decimal(String),
    /// A binary floating-point number; may be NaN or infinite.
    Float(f64),
    /// Text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A calendar day.
    Date(Date),
    /// A time of day.
    Time(Time),
    /// A day and time without zone.
    DateTime(DateTime),
    /// A moment, in microseconds UTC.
    Timestamp(i64),
    /// A cell that the engine holds but no type of ours can carry (PostgreSQL's `infinity`, NaN of a numeric, a zero
    /// date, text that is not of the declared charset): how the native client prints it, and why it is not typed.
    Odd {
        /// As the native client prints it; bytes that are no text as `\x…`.
        text: String,
        /// A short reason in English: `infinity`, `nan`, `zero-date`, `bad-encoding`, `too-large`, `range`,
        /// `no-result` (a formula that was saved without its value).
        why: &'static str,
    },
}

impl Value {
    /// Whether there is no value.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// The text a native client prints, where that is one text; `None` for NULL.
    #[must_use]
    pub fn to_text(&self) -> Option<String> {
        Some(match self {
            Value::Null => return None,
            Value::Bool(b) => (if *b { "t" } else { "f" }).to_owned(),
            Value::Int(i) => i.to_string(),
            Value::Decimal(text) | Value::Text(text) | Value::Odd { text, .. } => text.clone(),
            Value::Float(x) => x.to_string(),
            Value::Bytes(bytes) => {
                let mut text = String::with_capacity(2 + bytes.len() * 2);
                text.push_str("\\x");
                for byte in bytes {
                    text.push_str(&format!("{byte:02x}"));
                }
                text
            }
            Value::Date(date) => date.to_string(),
            Value::Time(time) => time.to_string(),
            Value::DateTime(at) => at.to_string().replace('T', " "),
            Value::Timestamp(us) => match jiff::Timestamp::from_microsecond(*us) {
                Ok(at) => at.to_string(),
                Err(_) => us.to_string(),
            },
        })
    }
}
