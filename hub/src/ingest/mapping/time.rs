//! Moments: local times read with the stream's zone, and what has a zone of its own.

use jiff::civil::{DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use messages::Message;

use super::cell::{Said, fold, is_blank, short};
use super::date;
use super::number::found;

/// A moment and what was odd about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    /// µs UTC.
    pub(super) us: i64,
    /// The code of a flag.
    pub(super) flag: Option<&'static str>,
}

/// | local time | moment | flag |
/// |---|---|---|
/// | exists once | it | |
/// | was skipped (clocks went forward) | shifted forward by what was skipped | `TJ-D032` |
/// | exists twice (clocks went back) | the earlier | `TJ-D033` |
fn moment(local: DateTime, zone: &TimeZone) -> Option<Moment> {
    let ambiguous = zone.to_ambiguous_timestamp(local);
    let flag = match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { .. } => None,
        AmbiguousOffset::Gap { .. } => Some("TJ-D032"),
        AmbiguousOffset::Fold { .. } => Some("TJ-D033"),
    };
    let at = ambiguous.compatible().ok()?;
    Some(Moment { us: at.as_microsecond(), flag })
}

/// The moment a cell tells.
pub(super) fn timestamp(said: &Said<'_>, format: Option<&str>, zone: &TimeZone) -> Result<Moment, Message> {
    let text = found(said);
    let bad = || Message::new("TJ-D012").with("found", short(&text));
    match said {
        Said::Timestamp(us) => {
            return jiff::Timestamp::from_microsecond(*us)
                .map(|_| Moment { us: *us, flag: None })
                .map_err(|_| bad());
        }
        Said::Date(_) | Said::DateTime(_) => {
            return date::typed(said, zone).and_then(|local| moment(local, zone)).ok_or_else(bad);
        }
        Said::Bool(_) | Said::Time(_) | Said::Infinity => return Err(bad()),
        Said::Text(_) | Said::Number { .. } => {}
    }
    match format {
        Some("epoch_seconds") => return epoch(&text, 1_000_000).ok_or_else(bad),
        Some("epoch_milliseconds") => return epoch(&text, 1_000).ok_or_else(bad),
        Some(format) => {
            if let Ok(at) = jiff::Timestamp::strptime(format, text.as_str()) {
                return Ok(Moment { us: at.as_microsecond(), flag: None });
            }
            if let Ok(local) = DateTime::strptime(format, text.as_str()) {
                return moment(local, zone).ok_or_else(bad);
            }
        }
        None => {}
    }
    if let Some(local) = date::excel_serial(said) {
        return moment(local, zone).ok_or_else(bad);
    }
    if let Ok(at) = text.parse::<jiff::Timestamp>() {
        return Ok(Moment { us: at.as_microsecond(), flag: None });
    }
    let day = date::date(said, None, zone).map_err(|_| bad())?;
    let time = time_of_day(&text).ok_or_else(bad)?;
    moment(day.to_datetime(time), zone).ok_or_else(bad)
}

fn epoch(text: &str, us_per_unit: i64) -> Option<Moment> {
    let us = text.parse::<i64>().ok()?.checked_mul(us_per_unit)?;
    jiff::Timestamp::from_microsecond(us).ok().map(|_| Moment { us, flag: None })
}

/// The time of day after a day; midnight when nothing stands there; `None` when it is no time.
fn time_of_day(text: &str) -> Option<Time> {
    let folded = fold(text);
    if folded.len() == 14 && folded.bytes().all(|b| b.is_ascii_digit()) {
        let number = |at: std::ops::Range<usize>| folded.get(at)?.parse::<i8>().ok();
        return Time::new(number(8..10)?, number(10..12)?, number(12..14)?, 0).ok();
    }
    let Some(mark) = folded.find([':', '时', '点']) else { return Some(Time::midnight()) };
    let before = folded.get(..mark)?;
    let start = before
        .rfind(|c: char| !c.is_ascii_digit())
        .map_or(0, |at| at + before.get(at..).and_then(|r| r.chars().next()).map_or(1, char::len_utf8));
    let written = folded.get(start..)?.trim_end_matches(is_blank);
    let mut numbers = [0_i32; 3];
    let mut rest = written;
    for (place, ends) in [[':', '时', '点'], [':', '分', '分'], ['秒', '.', '.']].iter().enumerate() {
        if rest.is_empty() {
            break;
        }
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (number, after) = rest.split_at(end);
        if number.is_empty() || number.len() > 2 {
            return None;
        }
        numbers[place] = number.parse().ok()?;
        let mut chars = after.chars();
        match chars.next() {
            None => rest = "",
            Some('.') if place == 2 => {
                let nanoseconds = fraction(chars.as_str())?;
                return Time::new(
                    i8::try_from(numbers[0]).ok()?,
                    i8::try_from(numbers[1]).ok()?,
                    i8::try_from(numbers[2]).ok()?,
                    nanoseconds,
                )
                .ok();
            }
            Some(c) if ends.contains(&c) => rest = chars.as_str(),
            Some(_) => return None,
        }
    }
    if !rest.is_empty() {
        return None;
    }
    Time::new(
        i8::try_from(numbers[0]).ok()?,
        i8::try_from(numbers[1]).ok()?,
        i8::try_from(numbers[2]).ok()?,
        0,
    )
    .ok()
}

/// Nanoseconds of digits after the point.
fn fraction(digits: &str) -> Option<i32> {
    if digits.is_empty() || digits.len() > 9 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i32 = digits.parse().ok()?;
    Some(number * 10_i32.pow(9 - u32::try_from(digits.len()).ok()?))
}
