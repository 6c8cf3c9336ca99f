//! Cells: values of every type, converted and printed as the server does.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "of all pairs of a cell and a type few fit; the others are refused together"
)]

use std::fmt::Write as _;

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::kind::{Collation, Kind};
use super::wire::SqlError;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    Null,
    Int(i64),
    Bit(bool),
    /// Digits, and how many of them stand behind the point. Money has four.
    Decimal(i128, u8),
    Real(f32),
    Float(f64),
    Text(String),
    Bytes(Vec<u8>),
    /// In printed order.
    Uuid([u8; 16]),
    /// Days since the year 1.
    Date(i64),
    /// Units of 100 ns since midnight.
    Time(i64),
    /// Days since 1900, three-hundredths of a second.
    DateTime(i64, i64),
    /// Days since the year 1, units of 100 ns.
    DateTime2(i64, i64),
    /// As `DateTime2` in UTC, minutes east.
    Offset(i64, i64, i16),
}

/// Units of 100 ns of a day.
const DAY: i64 = 864_000_000_000;
/// Days from the year 1 to 1900.
const TO_1900: i64 = 693_595;

fn failed(kind: &Kind) -> SqlError {
    SqlError::new(8114, 16, &format!("Error converting data type to {}.", kind.base()))
}

/// Converts as `CAST` does.
pub(super) fn convert(cell: Cell, kind: &Kind, collation: &Collation) -> Result<Cell, SqlError> {
    let cell = match cell {
        Cell::Null => return Ok(Cell::Null),
        cell => cell,
    };
    let fail = || failed(kind);
    Ok(match kind {
        Kind::TinyInt | Kind::SmallInt | Kind::Int | Kind::BigInt => {
            let number = whole(&cell).ok_or_else(fail)?;
            let (low, high) = match kind {
                Kind::TinyInt => (0, 255),
                Kind::SmallInt => (i64::from(i16::MIN), i64::from(i16::MAX)),
                Kind::Int => (i64::from(i32::MIN), i64::from(i32::MAX)),
                _ => (i64::MIN, i64::MAX),
            };
            if number < low || number > high {
                return Err(SqlError::new(8115, 16, "Arithmetic overflow error converting expression."));
            }
            Cell::Int(number)
        }
        Kind::Bit => Cell::Bit(whole(&cell).ok_or_else(fail)? != 0),
        Kind::Decimal(precision, scale) => decimal(&cell, *precision, *scale).ok_or_else(fail)?,
        Kind::Money => decimal(&cell, 19, 4).ok_or_else(fail)?,
        Kind::SmallMoney => decimal(&cell, 10, 4).ok_or_else(fail)?,
        #[expect(clippy::cast_possible_truncation, reason = "four bytes were declared")]
        Kind::Real => Cell::Real(float(&cell).ok_or_else(fail)? as f32),
        Kind::Float => Cell::Float(float(&cell).ok_or_else(fail)?),
        Kind::Date
        | Kind::Time(_)
        | Kind::DateTime
        | Kind::SmallDateTime
        | Kind::DateTime2(_)
        | Kind::Offset(_) => moment(&cell, kind).ok_or_else(fail)?,
        Kind::NText | Kind::Xml | Kind::NVarchar(None) => Cell::Text(text(&cell).ok_or_else(fail)?),
        Kind::NVarchar(Some(n)) => Cell::Text(cut(&text(&cell).ok_or_else(fail)?, *n)),
        Kind::NChar(n) => Cell::Text(filled(cut(&text(&cell).ok_or_else(fail)?, *n), *n)),
        Kind::Varchar(_) | Kind::Char(_) | Kind::Text => {
            let text = text(&cell).ok_or_else(fail)?;
            let n = match kind {
                Kind::Char(n) | Kind::Varchar(Some(n)) => usize::from(*n),
                _ => usize::MAX,
            };
            let text = in_code_page(&text, collation, n);
            let missing = n.saturating_sub(collation.charset().encode(&text).0.len());
            Cell::Text(if matches!(kind, Kind::Char(_)) { text + &" ".repeat(missing) } else { text })
        }
        Kind::Binary(n) => {
            let mut bytes = bytes(&cell).ok_or_else(fail)?;
            bytes.resize(usize::from(*n), 0);
            Cell::Bytes(bytes)
        }
        Kind::Varbinary(n) => {
            let mut bytes = bytes(&cell).ok_or_else(fail)?;
            bytes.truncate(n.map_or(usize::MAX, usize::from));
            Cell::Bytes(bytes)
        }
        Kind::Image => Cell::Bytes(bytes(&cell).ok_or_else(fail)?),
        Kind::RowVersion => {
            let mut bytes = bytes(&cell).ok_or_else(fail)?;
            bytes.resize(8, 0);
            Cell::Bytes(bytes)
        }
        Kind::Uuid => Cell::Uuid(uuid(&cell).ok_or_else(fail)?),
        Kind::Variant => cell,
    })
}

fn whole(cell: &Cell) -> Option<i64> {
    match cell {
        Cell::Int(number) => Some(*number),
        Cell::Bit(bit) => Some(i64::from(*bit)),
        Cell::Decimal(digits, scale) => i64::try_from(digits / 10_i128.pow(u32::from(*scale))).ok(),
        Cell::Text(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// Digits and their scale, of a number or the text of one.
pub(super) fn parsed_decimal(text: &str) -> Option<(i128, u8)> {
    let text = text.trim();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!("{whole}{fraction}");
    Some((digits.parse().ok()?, u8::try_from(fraction.len()).ok().filter(|scale| *scale <= 38)?))
}

fn decimal(cell: &Cell, precision: u8, scale: u8) -> Option<Cell> {
    let (digits, has) = match cell {
        Cell::Int(number) => (i128::from(*number), 0),
        Cell::Bit(bit) => (i128::from(*bit), 0),
        Cell::Decimal(digits, scale) => (*digits, *scale),
        Cell::Text(text) => parsed_decimal(text)?,
        _ => return None,
    };
    let digits = if has <= scale {
        digits.checked_mul(10_i128.checked_pow(u32::from(scale - has))?)?
    } else {
        let by = 10_i128.pow(u32::from(has - scale));
        let half = if digits < 0 { -by / 2 } else { by / 2 };
        (digits + half) / by
    };
    (digits.unsigned_abs() < 10_u128.pow(u32::from(precision))).then_some(Cell::Decimal(digits, scale))
}

pub(super) fn float(cell: &Cell) -> Option<f64> {
    match cell {
        Cell::Float(number) => Some(*number),
        Cell::Real(number) => Some(f64::from(*number)),
        Cell::Int(_) | Cell::Bit(_) | Cell::Decimal(..) | Cell::Text(_) => {
            text(cell)?.trim().parse().ok().filter(|number: &f64| number.is_finite())
        }
        _ => None,
    }
}

/// The text that a conversion to text gives.
pub(super) fn text(cell: &Cell) -> Option<String> {
    Some(match cell {
        Cell::Null => return None,
        Cell::Text(text) => text.clone(),
        Cell::Int(number) => number.to_string(),
        Cell::Bit(bit) => i32::from(*bit).to_string(),
        Cell::Decimal(digits, scale) => decimal_text(*digits, *scale),
        Cell::Real(number) => number.to_string(),
        Cell::Float(number) => number.to_string(),
        Cell::Uuid(bytes) => {
            let mut text = String::new();
            for (at, byte) in bytes.iter().enumerate() {
                let dash = if matches!(at, 4 | 6 | 8 | 10) { "-" } else { "" };
                // Writing to a string cannot fail.
                let _ = write!(text, "{dash}{byte:02X}");
            }
            text
        }
        Cell::Bytes(bytes) => {
            let units: Vec<u16> = bytes
                .chunks(2)
                .map(|two| u16::from(two[0]) | u16::from(*two.get(1).unwrap_or(&0)) << 8)
                .collect();
            String::from_utf16_lossy(&units)
        }
        Cell::Date(days) => day_text(*days)?,
        Cell::Time(units) => time_text(*units),
        Cell::DateTime(days, ticks) => {
            format!("{} {}", day_text(days + TO_1900)?, time_text(ticks * 100_000 / 3))
        }
        Cell::DateTime2(days, units) => format!("{} {}", day_text(*days)?, time_text(*units)),
        Cell::Offset(..) => return None,
    })
}

pub(super) fn decimal_text(digits: i128, scale: u8) -> String {
    let sign = if digits < 0 { "-" } else { "" };
    let width = usize::from(scale) + 1;
    let text = format!("{:0>width$}", digits.unsigned_abs());
    let (whole, fraction) = text.split_at(text.len() - usize::from(scale));
    if scale == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

fn day_text(days: i64) -> Option<String> {
    Date::constant(1, 1, 1).checked_add(days.days()).ok().map(|date| date.to_string())
}

fn time_text(units: i64) -> String {
    let seconds = units / 10_000_000;
    format!("{:02}:{:02}:{:02}.{:07}", seconds / 3600, seconds / 60 % 60, seconds % 60, units % 10_000_000)
}

fn bytes(cell: &Cell) -> Option<Vec<u8>> {
    match cell {
        Cell::Bytes(bytes) => Some(bytes.clone()),
        Cell::Text(text) => Some(super::wire::to_utf16(text)),
        Cell::Int(number) => Some(number.to_be_bytes().to_vec()),
        _ => None,
    }
}

fn uuid(cell: &Cell) -> Option<[u8; 16]> {
    match cell {
        Cell::Uuid(bytes) => Some(*bytes),
        Cell::Text(text) => {
            let digits: String = text.chars().filter(|c| *c != '-').collect();
            let mut bytes = [0; 16];
            if text.len() != 36 || digits.len() != 32 || !digits.is_ascii() {
                return None;
            }
            for (at, byte) in bytes.iter_mut().enumerate() {
                *byte = u8::from_str_radix(&digits[at * 2..at * 2 + 2], 16).ok()?;
            }
            Some(bytes)
        }
        _ => None,
    }
}

fn cut(text: &str, n: u16) -> String {
    let units: Vec<u16> = text.encode_utf16().take(usize::from(n)).collect();
    String::from_utf16_lossy(&units)
}

fn filled(text: String, n: u16) -> String {
    let missing = usize::from(n).saturating_sub(text.encode_utf16().count());
    text + &" ".repeat(missing)
}

/// What a code page does to a text: characters it lacks become question marks, and its end is cut.
fn in_code_page(text: &str, collation: &Collation, n_bytes: usize) -> String {
    let charset = collation.charset();
    let mut kept = String::with_capacity(text.len());
    let mut n = 0;
    for c in text.chars() {
        let one = c.to_string();
        let (bytes, _, is_lost) = charset.encode(&one);
        let (size, c) = if is_lost { (1, '?') } else { (bytes.len(), c) };
        if n + size > n_bytes {
            break;
        }
        n += size;
        kept.push(c);
    }
    kept
}

fn moment(cell: &Cell, kind: &Kind) -> Option<Cell> {
    // As days, units of 100 ns, and minutes east.
    let (days, units, east) = match cell {
        Cell::Date(days) => (*days, 0, 0),
        Cell::Time(units) => (TO_1900, *units, 0),
        Cell::DateTime(days, ticks) => (days + TO_1900, (ticks * 100_000 + 1) / 3, 0),
        Cell::DateTime2(days, units) => (*days, *units, 0),
        Cell::Offset(days, units, east) => {
            let local = days * DAY + units + i64::from(*east) * 600_000_000;
            (local.div_euclid(DAY), local.rem_euclid(DAY), *east)
        }
        Cell::Text(text) => parsed_moment(text.trim())?,
        _ => return None,
    };
    let rounded = |scale: u8| {
        let one = 10_i64.pow(u32::from(7 - scale));
        (units + one / 2) / one * one
    };
    Some(match kind {
        Kind::Date => Cell::Date(days),
        Kind::Time(scale) => Cell::Time(rounded(*scale) % DAY),
        Kind::DateTime => {
            let ticks = (units * 3 + 50_000) / 100_000;
            let at = (days - TO_1900) * 25_920_000 + ticks;
            let days = at.div_euclid(25_920_000);
            (days >= -53_690).then_some(Cell::DateTime(days, at.rem_euclid(25_920_000)))?
        }
        Kind::SmallDateTime => {
            let minutes = (units + 300_000_000) / 600_000_000;
            let at = (days - TO_1900) * 1440 + minutes;
            let days = at.div_euclid(1440);
            (0..=65_535).contains(&days).then_some(Cell::DateTime(days, at.rem_euclid(1440) * 18_000))?
        }
        Kind::DateTime2(scale) => {
            let at = days * DAY + rounded(*scale);
            Cell::DateTime2(at.div_euclid(DAY), at.rem_euclid(DAY))
        }
        Kind::Offset(scale) => {
            let utc = days * DAY + rounded(*scale) - i64::from(east) * 600_000_000;
            Cell::Offset(utc.div_euclid(DAY), utc.rem_euclid(DAY), east)
        }
        _ => return None,
    })
}

/// `YYYY-MM-DD`, `HH:MM:SS.fffffff`, or both with a blank or a `T` between; `+08:00` behind.
fn parsed_moment(text: &str) -> Option<(i64, i64, i16)> {
    let (text, east) = match text.rsplit_once(' ') {
        Some((rest, zone)) if zone.starts_with(['+', '-']) => {
            let (hours, minutes) = zone[1..].split_once(':')?;
            let east = hours.parse::<i16>().ok()? * 60 + minutes.parse::<i16>().ok()?;
            (rest, if zone.starts_with('-') { -east } else { east })
        }
        _ => (text, 0),
    };
    let (day, time) = match text.split_once(['T', ' ']) {
        Some((day, time)) => (Some(day), Some(time)),
        None if text.contains(':') => (None, Some(text)),
        None => (Some(text), None),
    };
    let days = match day {
        None => TO_1900,
        Some(day) => {
            let date: Date = day.parse().ok()?;
            i64::from((date - Date::constant(1, 1, 1)).get_days())
        }
    };
    let units = match time {
        None => 0,
        Some(time) => {
            let (whole, fraction) = time.split_once('.').unwrap_or((time, "0"));
            let mut parts = whole.split(':').map(|part| part.parse::<i64>().ok());
            let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next().unwrap_or(Some(0))?);
            if fraction.len() > 7 || hour > 23 || minute > 59 || second > 59 {
                return None;
            }
            (hour * 3600 + minute * 60 + second) * 10_000_000
                + format!("{fraction:0<7}").parse::<i64>().ok()?
        }
    };
    Some((days, units, east))
}
