//! Fields of the wire as the texts that the native client prints, and back into values.

use std::borrow::Cow;
use std::fmt::Write as _;

use jiff::Span;
use jiff::civil::{Date, DateTime, Time};

use crate::driver::Field;

/// The bytes of a cell's text, or its bytes where it is bytes; `None` for NULL.
pub(crate) fn printed(field: &Field) -> Option<Cow<'_, [u8]>> {
    let text = match field {
        Field::Null => return None,
        Field::Text(text) => return Some(Cow::Borrowed(text.as_bytes())),
        Field::Bytes(bytes) => return Some(Cow::Borrowed(bytes)),
        Field::Int(number) => number.to_string(),
        Field::Bit(bit) => (if *bit { "1" } else { "0" }).to_owned(),
        // The shortest digits that are this number and no other.
        Field::Real(number) => format!("{number:?}"),
        Field::Float(number) => format!("{number:?}"),
        Field::Decimal(digits, scale) => decimal(*digits, *scale),
        Field::Uuid(bytes) => uuid(bytes),
        Field::Date(days) => day(*days),
        Field::Time(units, scale) => time(*units, *scale),
        Field::DateTime(days, units) => date_time(*days, u64::from(*units)),
        Field::SmallDateTime(days, minutes) => date_time(i32::from(*days), u64::from(*minutes) * 60 * 300),
        Field::DateTime2(days, units, scale) => format!("{} {}", day(*days), time(*units, *scale)),
        Field::Offset(days, units, scale, minutes) => offset(*days, *units, *scale, *minutes),
    };
    Some(Cow::Owned(text.into_bytes()))
}

/// As many digits behind the point as the scale says.
fn decimal(digits: i128, scale: u8) -> String {
    let sign = if digits < 0 { "-" } else { "" };
    let text = digits.unsigned_abs().to_string();
    let scale = usize::from(scale);
    if scale == 0 {
        return format!("{sign}{text}");
    }
    let text = format!("{text:0>width$}", width = scale + 1);
    let (whole, fraction) = text.split_at(text.len() - scale);
    format!("{sign}{whole}.{fraction}")
}

fn uuid(bytes: &[u8; 16]) -> String {
    let mut text = String::with_capacity(36);
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02X}");
    }
    text
}

/// A day so many days after the first of the year 1; what the calendar does not have is told as it came.
fn day(days: u32) -> String {
    day_after(Date::constant(1, 1, 1), i64::from(days)).unwrap_or_else(|| format!("day {days}"))
}

fn day_after(first: Date, days: i64) -> Option<String> {
    let span = Span::new().try_days(days).ok()?;
    first.checked_add(span).ok().map(|date| date.to_string())
}

fn time(units: u64, scale: u8) -> String {
    let one = 10_u64.pow(u32::from(scale.min(9)));
    let (seconds, fraction) = (units / one, units % one);
    let text = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if scale == 0 { text } else { format!("{text}.{fraction:0width$}", width = usize::from(scale)) }
}

/// Three-hundredths of a second print as thousandths ending in 0, 3 or 7.
fn date_time(days: i32, units: u64) -> String {
    let text =
        day_after(Date::constant(1900, 1, 1), i64::from(days)).unwrap_or_else(|| format!("day {days}"));
    format!("{text} {}", time((units * 10 + 1) / 3, 3))
}

/// The wire has the moment in UTC; its owner wrote it by their own clock.
fn offset(days: u32, units: u64, scale: u8, minutes: i16) -> String {
    let one = 10_u64.pow(u32::from(scale.min(9)));
    let per_day = 86_400 * i128::from(one);
    let utc = i128::from(days) * per_day + i128::from(units);
    let local = utc + i128::from(minutes) * 60 * i128::from(one);
    let (sign, ahead) = (if minutes < 0 { '-' } else { '+' }, minutes.unsigned_abs());
    let zone = format!("{sign}{:02}:{:02}", ahead / 60, ahead % 60);
    match (u32::try_from(local.div_euclid(per_day)), u64::try_from(local.rem_euclid(per_day))) {
        (Ok(days), Ok(units)) => format!("{} {} {zone}", day(days), time(units, scale)),
        _ => format!("{} {} {zone}", day(days), time(units, scale)),
    }
}

/// `YYYY-MM-DD`.
pub(crate) fn read_day(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || (year.len(), month.len(), day.len()) != (4, 2, 2) || year == "0000" {
        return None;
    }
    Date::new(digits(year)?.try_into().ok()?, small(month)?, small(day)?).ok()
}

/// `HH:MM:SS`, with up to nine digits after a point.
pub(crate) fn read_time(text: &str) -> Option<Time> {
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

/// A day and a time, between them a blank or a `T`. A day alone begins at midnight.
pub(crate) fn read_date_time(text: &str) -> Option<DateTime> {
    match text.split_once([' ', 'T']) {
        Some((day, time)) => Some(DateTime::from_parts(read_day(day)?, read_time(time)?)),
        None => Some(DateTime::from_parts(read_day(text)?, Time::midnight())),
    }
}

/// `YYYY-MM-DD HH:MM:SS +08:00`: the clock's time and minutes east.
pub(crate) fn read_offset(text: &str) -> Option<(DateTime, i64)> {
    let (at, zone) = text.rsplit_once(' ')?;
    let (sign, zone) = match zone.strip_prefix('-') {
        Some(zone) => (-1, zone),
        None => (1, zone.strip_prefix('+')?),
    };
    let (hours, minutes) =
        zone.split_once(':').filter(|(hours, minutes)| (hours.len(), minutes.len()) == (2, 2))?;
    Some((read_date_time(at)?, sign * i64::from(digits(hours)? * 60 + digits(minutes)?)))
}

/// Microseconds UTC; what is smaller is not kept.
pub(crate) fn read_moment(text: &str) -> Option<i64> {
    let (at, minutes) = read_offset(text)?;
    let utc = at.checked_sub(Span::new().try_minutes(minutes).ok()?).ok()?;
    Some(jiff::tz::TimeZone::UTC.to_timestamp(utc).ok()?.as_microsecond())
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
