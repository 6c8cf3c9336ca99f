//! Days as departments write them: `20240131`, `2024年1月31日`, `2024/1/2`, Excel's serial numbers, parts of days.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use messages::Message;

use super::cell::{Said, fold, is_blank, short};
use super::number::found;
use crate::{Precision, Until};

/// What is told of a day: year, and month and day where they are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Parts {
    year: i16,
    month: Option<i8>,
    day: Option<i8>,
}

fn bad(found: &str) -> Message {
    Message::new("TJ-D004").with("found", short(found))
}

/// A whole day.
pub(super) fn date(said: &Said<'_>, format: Option<&str>, zone: &TimeZone) -> Result<Date, Message> {
    if let Some(typed) = typed(said, zone) {
        return Ok(typed.date());
    }
    let text = found(said);
    if let Some(date) = format.and_then(|format| Date::strptime(format, text.as_str()).ok()) {
        return Ok(date);
    }
    if let Some(date) = excel_serial(said) {
        return Ok(date.date());
    }
    match (said, parts(&text)) {
        (Said::Text(_) | Said::Number { .. }, Some(Parts { year, month: Some(month), day: Some(day) })) => {
            Date::new(year, month, day).map_err(|_| bad(&text))
        }
        _ => Err(bad(&text)),
    }
}

/// A day, month or year.
pub(super) fn partial_date(
    said: &Said<'_>,
    format: Option<&str>,
    zone: &TimeZone,
) -> Result<(Date, Precision), Message> {
    let text = found(said);
    let whole = date(said, format, zone);
    if let Ok(date) = whole {
        return Ok((date, Precision::Day));
    }
    let Some(Parts { year, month, day }) = parts(&text) else { return Err(bad(&text)) };
    let (month, precision) = match (month, day) {
        (Some(_), Some(_)) => return Err(bad(&text)),
        (Some(month), None) => (month, Precision::Month),
        (None, _) => (1, Precision::Year),
    };
    Date::new(year, month, 1).map(|first| (first, precision)).map_err(|_| bad(&text))
}

/// Words for a term without end.
const OPEN_ENDED: &[&str] = &[
    "长期",
    "长期有效",
    "永久",
    "永久有效",
    "永续",
    "无固定期限",
    "无期限",
    "无限期",
    "无限",
    "不约定期限",
    "不限",
    "至长期",
    "长久",
    "infinity",
];

/// The end of a term; `words` mean "without end" too.
pub(super) fn until(
    said: &Said<'_>,
    format: Option<&str>,
    zone: &TimeZone,
    words: &[String],
) -> Result<Until, Message> {
    if matches!(said, Said::Infinity) {
        return Ok(Until::OpenEnded);
    }
    if let Said::Text(text) = said
        && (OPEN_ENDED.contains(&text.as_ref()) || words.iter().any(|word| word == text.as_ref()))
    {
        return Ok(Until::OpenEnded);
    }
    let date = date(said, format, zone)?;
    Ok(if date.year() == 9999 { Until::OpenEnded } else { Until::On(date) })
}

/// The local day and time of a cell that has a type of its own.
pub(super) fn typed(said: &Said<'_>, zone: &TimeZone) -> Option<DateTime> {
    match said {
        Said::Date(date) => Some(date.to_datetime(Time::midnight())),
        Said::DateTime(at) => Some(*at),
        Said::Timestamp(us) => Some(zone.to_datetime(jiff::Timestamp::from_microsecond(*us).ok()?)),
        Said::Text(_) | Said::Number { .. } | Said::Bool(_) | Said::Time(_) | Said::Infinity => None,
    }
}

/// Excel's days since 1899-12-30, from 1927 to 2173, so that no other number is taken for one.
pub(super) fn excel_serial(said: &Said<'_>) -> Option<DateTime> {
    let (Said::Number { text, .. } | Said::Text(text)) = said else { return None };
    let (days, fraction) = text.split_once('.').unwrap_or((text.as_ref(), ""));
    if days.len() != 5 || !days.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return None;
    }
    let days: i64 = days.parse().ok().filter(|days| (10_000..100_000).contains(days))?;
    let share: f64 = if fraction.is_empty() { 0.0 } else { format!("0.{fraction}").parse().ok()? };
    // Excel keeps times as shares of a day; to the second is what it shows.
    let seconds = (share * 86_400.0).round() as i64;
    let start = jiff::civil::date(1899, 12, 30).at(0, 0, 0, 0);
    start.checked_add(jiff::SignedDuration::from_secs(days * 86_400 + seconds)).ok()
}

/// Year, month, day of a written day; a time of day after it is not looked at. Days and months 0 are unknown ones.
fn parts(text: &str) -> Option<Parts> {
    let bytes = text.as_bytes();
    // The form nearly all databases give.
    if let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, rest @ ..] = bytes
        && (rest.is_empty() || matches!(rest, [b' ' | b'T', ..]))
    {
        return of_numbers(digits(&[*y1, *y2, *y3, *y4])?, digits(&[*m1, *m2]), digits(&[*d1, *d2]));
    }
    if bytes.iter().all(u8::is_ascii_digit) {
        return of_digits(bytes);
    }
    let folded = fold(text);
    let date = date_part(&folded);
    if date.bytes().all(|b| b.is_ascii_digit()) {
        return of_digits(date.as_bytes());
    }
    let mut numbers = [None, None, None];
    let mut rest = date;
    for (place, ends) in
        [['年', '-', '/', '.'], ['月', '-', '/', '.'], ['日', '号', ' ', ' ']].iter().enumerate()
    {
        if rest.is_empty() {
            break;
        }
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (number, after) = rest.split_at(end);
        let lengths = if place == 0 { 4..=4 } else { 1..=2 };
        if !lengths.contains(&number.len()) {
            return None;
        }
        numbers[place] = digits(number.as_bytes());
        let mut after_chars = after.chars();
        match after_chars.next() {
            Some(c) if ends.contains(&c) => rest = after_chars.as_str(),
            Some(_) => return None,
            None => rest = "",
        }
    }
    if !rest.is_empty() {
        return None;
    }
    let [year, month, day] = numbers;
    of_numbers(year?, month, day)
}

/// What stands before the time of day.
fn date_part(text: &str) -> &str {
    if let Some(end) = text.find(['日', '号']).map(|at| at + '日'.len_utf8())
        && text.get(end..).is_some_and(starts_a_time)
    {
        return text.get(..end).unwrap_or(text);
    }
    let end = text
        .char_indices()
        .find(|(at, c)| (*c == 'T' || is_blank(*c)) && text.get(*at..).is_some_and(starts_a_time))
        .map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or(text)
}

/// Whether a blank or `T` is followed by a time of day: digits and `:`, `时`, `点`.
fn starts_a_time(text: &str) -> bool {
    let rest = text.trim_start_matches(|c: char| c == 'T' || is_blank(c));
    let n_digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    (1..=2).contains(&n_digits)
        && rest.get(n_digits..).is_some_and(|rest| rest.starts_with([':', '时', '点']))
}

fn of_digits(bytes: &[u8]) -> Option<Parts> {
    match bytes {
        [year @ .., m1, m2, d1, d2] if year.len() == 4 => {
            of_numbers(digits(year)?, digits(&[*m1, *m2]), digits(&[*d1, *d2]))
        }
        [year @ .., m1, m2] if year.len() == 4 => of_numbers(digits(year)?, digits(&[*m1, *m2]), None),
        year if year.len() == 4 => of_numbers(digits(year)?, None, None),
        // yyyymmddhhmmss
        [y1, y2, y3, y4, m1, m2, d1, d2, rest @ ..] if rest.len() == 6 => {
            of_numbers(digits(&[*y1, *y2, *y3, *y4])?, digits(&[*m1, *m2]), digits(&[*d1, *d2]))
        }
        _ => None,
    }
}

fn of_numbers(year: i16, month: Option<i16>, day: Option<i16>) -> Option<Parts> {
    if !(1000..=9999).contains(&year) {
        return None;
    }
    let month = month.filter(|month| *month != 0).map(i8::try_from).transpose().ok()?;
    let day = day.filter(|day| *day != 0).map(i8::try_from).transpose().ok()?;
    if day.is_some() && month.is_none() {
        return None;
    }
    Some(Parts { year, month, day })
}

fn digits(bytes: &[u8]) -> Option<i16> {
    let mut number: i16 = 0;
    for byte in bytes {
        if !byte.is_ascii_digit() {
            return None;
        }
        number = number.checked_mul(10)?.checked_add(i16::from(byte - b'0'))?;
    }
    Some(number)
}
