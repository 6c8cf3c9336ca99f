//! What a cell says: odd ones told, blanks cut, placeholders seen through, full-width characters folded.

use std::borrow::Cow;

use contract::Value;
use jiff::civil::{Date, DateTime};
use messages::Message;

/// Cells that say nothing, in every department.
const PLACEHOLDERS: &[&str] = &[
    "",
    "-",
    "--",
    "---",
    "－",
    "—",
    "——",
    "/",
    "\\",
    "\\N",
    ".",
    "无",
    "空",
    "暂无",
    "不详",
    "未知",
    "未填写",
    "未填",
    "NULL",
    "null",
    "Null",
    "(null)",
    "(NULL)",
    "N/A",
    "n/a",
    "#N/A",
    "None",
    "none",
    "无数据",
];

/// A cell that says something.
#[derive(Clone, Debug)]
pub(super) enum Said<'c> {
    /// Trimmed text, never empty.
    Text(Cow<'c, str>),
    /// A number of any kind, as text without exponent.
    Number {
        text: Cow<'c, str>,
        /// Binary floating point: digits beyond the field's scale are rounding noise.
        is_float: bool,
    },
    Bool(bool),
    Date(Date),
    DateTime(DateTime),
    Time(jiff::civil::Time),
    /// µs UTC.
    Timestamp(i64),
    /// PostgreSQL's `infinity`.
    Infinity,
}

/// How a cell is looked at before its type matters.
#[derive(Clone, Debug, Default)]
pub(super) struct Look {
    /// Further cells that say nothing.
    pub(super) placeholders: Vec<String>,
    /// 无 means something here (no, of a truth value).
    pub(super) none_means_no: bool,
    /// Text is taken as it is.
    pub(super) is_verbatim: bool,
}

/// What a cell says; `None` when it says nothing.
pub(super) fn said<'c>(cell: &'c Value, look: &Look) -> Result<Option<Said<'c>>, Message> {
    let said = match cell {
        Value::Null => return Ok(None),
        Value::Text(text) => return text_said(text, look),
        Value::Int(number) => Said::Number { text: Cow::Owned(number.to_string()), is_float: false },
        Value::Decimal(text) if trim(text).is_empty() => return Ok(None),
        Value::Decimal(text) => Said::Number { text: Cow::Borrowed(text), is_float: false },
        Value::Float(number) if !number.is_finite() => {
            return Err(Message::new("TJ-D005").with("found", number));
        }
        Value::Float(number) => Said::Number { text: Cow::Owned(number.to_string()), is_float: true },
        Value::Bool(truth) => Said::Bool(*truth),
        Value::Bytes(bytes) => {
            let text = std::str::from_utf8(bytes).map_err(|_| Message::new("TJ-D002"))?;
            return text_said(text, look);
        }
        Value::Date(date) => Said::Date(*date),
        Value::Time(time) => Said::Time(*time),
        Value::DateTime(at) => Said::DateTime(*at),
        Value::Timestamp(us) => Said::Timestamp(*us),
        Value::Odd { text, why } => return odd(text, why),
    };
    if !look.placeholders.is_empty()
        && cell.to_text().is_some_and(|text| look.placeholders.iter().any(|placeholder| placeholder == &text))
    {
        return Ok(None);
    }
    Ok(Some(said))
}

fn odd<'c>(text: &str, why: &str) -> Result<Option<Said<'c>>, Message> {
    match why {
        "bad-encoding" => Err(Message::new("TJ-D002")),
        "too-large" => Err(Message::new("TJ-D007")),
        "infinity" if text == "infinity" => Ok(Some(Said::Infinity)),
        "zero-date" => Err(Message::new("TJ-D004").with("found", short(text))),
        "nan" => Err(Message::new("TJ-D005").with("found", short(text))),
        "no-result" => Err(Message::new("TJ-D025")),
        "range" => Err(Message::new("TJ-D006").with("found", short(text))),
        _ => Err(Message::new("TJ-D003").with("found", short(text)).with("why", why)),
    }
}

fn text_said<'c>(text: &'c str, look: &Look) -> Result<Option<Said<'c>>, Message> {
    if text.as_bytes().contains(&0) {
        return Err(Message::new("TJ-D008"));
    }
    let trimmed = trim(text);
    let says_nothing = PLACEHOLDERS.contains(&trimmed) && !(look.none_means_no && trimmed == "无");
    if says_nothing || look.placeholders.iter().any(|placeholder| placeholder == trimmed) {
        return Ok(None);
    }
    Ok(Some(Said::Text(Cow::Borrowed(if look.is_verbatim { text } else { trimmed }))))
}

/// Without blanks at both ends; full-width, zero-width and no-break ones too.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(is_blank)
}

pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{feff}' | '\u{2060}')
}

/// Every full-width ASCII character as its half-width one, the full-width blank as a blank.
pub(super) fn fold(text: &str) -> Cow<'_, str> {
    fold_where(text, |_| true)
}

/// Full-width letters and digits only: punctuation of Chinese text stays as it was written.
pub(super) fn fold_alphanumeric(text: &str) -> Cow<'_, str> {
    fold_where(text, |c| c.is_ascii_alphanumeric())
}

fn fold_where(text: &str, wanted: impl Fn(char) -> bool) -> Cow<'_, str> {
    // Full-width forms are written EF BC xx or EF BD xx, the full-width blank E3 80 80.
    let bytes = text.as_bytes();
    let may_fold = (bytes.contains(&0xEF) || bytes.contains(&0xE3))
        && bytes.windows(2).any(|pair| matches!(pair, [0xEF, 0xBC | 0xBD] | [0xE3, 0x80]));
    if !may_fold {
        return Cow::Borrowed(text);
    }
    Cow::Owned(
        text.chars()
            .map(|c| match half_width(c) {
                Some(half) if wanted(half) => half,
                Some(_) | None => c,
            })
            .collect(),
    )
}

fn half_width(c: char) -> Option<char> {
    match c {
        '\u{3000}' => Some(' '),
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xff01 + 0x21),
        _ => None,
    }
}

/// As much of a text as a message for people should show; no ID number is cut, which would then not be known for one.
pub(super) fn short(text: &str) -> String {
    if text.chars().count() <= 60 {
        return text.to_owned();
    }
    super::mask::id_numbers_within(text).chars().take(60).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_id_number_is_cut_and_shown() {
        let long = format!("{}11010519491231002X，其余", "备注".repeat(25));
        let shown = super::short(&long);
        assert!(shown.ends_with('…') && !shown.contains("1101"), "{shown}");
        assert_eq!(super::short("一格"), "一格");
    }
}
