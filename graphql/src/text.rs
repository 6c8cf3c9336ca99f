//! Values as text and back: dates, moments, decimals, money. Exact both ways; no floating point anywhere.

use hub::clock::Timestamp;
use hub::{FieldValue, Precision, Until};
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};

/// Characters of a client's text that are repeated to it.
const REPEATED: usize = 300;

/// The beginning of a text, without control characters: nothing of a client's text floods or forges an answer.
pub(crate) fn shortened(text: &str) -> String {
    text.chars().take(REPEATED).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// RFC 3339 at the legal zone's offset, as `2026-03-01T08:00:00+08:00`.
pub(crate) fn moment(at: Timestamp) -> String {
    let zone = TimeZone::fixed(Offset::constant(8));
    match jiff::Timestamp::from_microsecond(at.0) {
        Ok(moment) => {
            let local = zone.to_datetime(moment);
            format!("{local}+08:00")
        }
        Err(_) => String::new(),
    }
}

/// A number without a fraction; `-0`, which parsers take for a fraction, is nought.
pub(crate) fn whole_of(number: &serde_json::Number) -> Option<i64> {
    let is_nought = || number.as_f64().is_some_and(|value| value.to_bits() << 1 == 0);
    number.as_i64().or_else(|| is_nought().then_some(0))
}

/// A moment from RFC 3339; the offset must be told.
pub(crate) fn moment_of(text: &str) -> Option<Timestamp> {
    // The 60th second is no moment that the hub keeps; the parser would take it for the 59th.
    let is_leap = text.contains(":60");
    let is_plain =
        text.is_ascii() && text.len() <= 40 && text.contains('T') && !text.contains('[') && !is_leap;
    let moment: jiff::Timestamp = text.parse().ok().filter(|_| is_plain)?;
    Some(Timestamp(moment.as_microsecond()))
}

/// A day, `YYYY-MM-DD` and nothing else.
pub(crate) fn day_of(text: &str) -> Option<Date> {
    let bytes = text.as_bytes();
    let is_form = bytes.len() == 10
        && bytes.iter().enumerate().all(|(at, byte)| match at {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    let day: Date = text.parse().ok().filter(|_| is_form)?;
    (day.year() > 0).then_some(day)
}

/// A scaled integer as a decimal with exactly `scale` digits after the point.
pub(crate) fn decimal(units: i64, scale: u8) -> String {
    let digits = units.unsigned_abs().to_string();
    let scale = usize::from(scale);
    let digits = format!("{digits:0>width$}", width = scale + 1);
    let (whole, part) = digits.split_at(digits.len() - scale);
    let sign = if units < 0 { "-" } else { "" };
    match part {
        "" => format!("{sign}{whole}"),
        part => format!("{sign}{whole}.{part}"),
    }
}

/// A decimal as a scaled integer; `None` for what is no plain decimal, or does not fit.
pub(crate) fn decimal_of(text: &str, scale: u8) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || digits.ends_with('.') || digits.len() > 40 || !is_plain(whole) || !is_plain(part) {
        return None;
    }
    let scale = usize::from(scale);
    let beyond = part.get(scale..).unwrap_or_default();
    if beyond.bytes().any(|byte| byte != b'0') {
        return None;
    }
    let part = part.get(..scale.min(part.len())).unwrap_or_default();
    let text = format!("{whole}{part:0<scale$}");
    let magnitude: i128 = text.parse().ok()?;
    i64::try_from(magnitude * sign).ok()
}

/// Money in the currency's unit: two digits at least, four at most.
pub(crate) fn amount(units: i64) -> String {
    let text = decimal(units, 4);
    let text = text.strip_suffix('0').unwrap_or(&text);
    text.strip_suffix('0').unwrap_or(text).to_owned()
}

/// As much of a partial date as is known: `2019`, `2019-05`, `2019-05-06`.
pub(crate) fn partial(first: Date, precision: Precision) -> String {
    let text = first.to_string();
    let length = match precision {
        Precision::Year => 4,
        Precision::Month => 7,
        Precision::Day => 10,
    };
    text.get(..length).unwrap_or(&text).to_owned()
}

/// Any value in one text, for lists of values of several types; a decimal with `scale` digits after the point.
#[must_use]
pub fn plain(value: &FieldValue, scale: u8) -> Option<String> {
    Some(match value {
        FieldValue::Null => return None,
        FieldValue::Text(text) => text.clone(),
        FieldValue::Code { code, .. } => code.clone(),
        FieldValue::Money { units, currency } => format!("{} {currency}", amount(*units)),
        FieldValue::Decimal(units) => decimal(*units, scale),
        FieldValue::Integer(number) => number.to_string(),
        FieldValue::Bool(truth) => truth.to_string(),
        FieldValue::Date(day) => day.to_string(),
        FieldValue::PartialDate { first, precision } => partial(*first, *precision),
        FieldValue::Until(Until::OpenEnded) => "长期".to_owned(),
        FieldValue::Until(Until::On(day)) => day.to_string(),
        FieldValue::Timestamp(at) => moment(Timestamp(*at)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_return_exactly() {
        for (text, scale, units) in [
            ("0", 0, 0),
            ("12.5", 4, 125_000),
            ("-0.0001", 4, -1),
            ("9007199254740993", 0, 9_007_199_254_740_993),
            ("1.10", 1, 11),
            ("-922337203685477.5808", 4, i64::MIN),
        ] {
            assert_eq!(decimal_of(text, scale), Some(units), "{text}");
            assert_eq!(decimal_of(&decimal(units, scale), scale), Some(units), "{text}");
        }
        for bad in [
            "",
            "-",
            ".5",
            "1.",
            "1e5",
            "NaN",
            "Infinity",
            "1.23456",
            "922337203685477.5808",
            "+1",
            "１",
            " 1",
            "0x1",
        ] {
            assert_eq!(decimal_of(bad, 4), None, "{bad}");
        }
        assert_eq!(decimal_of(&"9".repeat(100), 0), None);
        assert_eq!(decimal(-5, 2), "-0.05");
        assert_eq!(amount(2_000_000_000), "200000.00");
        assert_eq!(amount(12_345), "1.2345");
        assert_eq!(amount(12_340), "1.234");
    }

    #[test]
    fn only_iso_days_and_moments_are_read() {
        assert_eq!(day_of("2024-02-29").map(|day| day.to_string()).as_deref(), Some("2024-02-29"));
        for bad in [
            "0000-00-00",
            "2024-02-30",
            "2026/1/2",
            "2026-1-2",
            "民国113年1月1日",
            "20240101",
            "2024-01-01T00:00:00Z",
            "-002024-01-01",
        ] {
            assert_eq!(day_of(bad), None, "{bad}");
        }
        let at = moment_of("2026-03-01T08:00:00+08:00").unwrap();
        assert_eq!(moment(at), "2026-03-01T08:00:00+08:00");
        assert_eq!(moment_of("2026-03-01T00:00:00Z"), Some(at));
        for bad in [
            "2026-03-01",
            "2026-03-01T08:00:00",
            "2026-03-01T08:00:00+99:00",
            "now",
            "2026-03-01T08:00:00+08:00[Asia/Shanghai]",
        ] {
            assert_eq!(moment_of(bad), None, "{bad}");
        }
    }
}
