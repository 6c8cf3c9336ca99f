//! Dates and times as the protocol writes them. There is no clock here.

use std::fmt;

/// `YYYY-MM-DD`, a day of the Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

/// `YYYY-MM-DDThh:mm:ssZ`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time {
    date: Date,
    second: u32,
}

impl Date {
    /// Reads a date that exists.
    pub fn parse(text: &[u8]) -> Option<Date> {
        let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text else { return None };
        let year = u16::try_from(number(&[y1, y2, y3, y4])?).ok()?;
        let month = u8::try_from(number(&[m1, m2])?).ok()?;
        let day = u8::try_from(number(&[d1, d2])?).ok()?;
        let exists = year > 0 && (1..=12).contains(&month) && (1..=days(year, month)).contains(&day);
        exists.then_some(Date { year, month, day })
    }

    /// Days since 0000-01-01.
    fn ordinal(self) -> u64 {
        let years: u64 = (0..self.year).map(|year| if is_leap(year) { 366 } else { 365 }).sum();
        let months: u64 = (1..self.month).map(|month| u64::from(days(self.year, month))).sum();
        years + months + u64::from(self.day) - 1
    }
}

impl Time {
    /// Reads a time that exists; there are no leap seconds.
    pub fn parse(text: &[u8]) -> Option<Time> {
        let (date, rest) = text.split_at_checked(10)?;
        let [b'T', h1, h2, b':', m1, m2, b':', s1, s2, b'Z'] = *rest else { return None };
        let (hour, minute, second) = (number(&[h1, h2])?, number(&[m1, m2])?, number(&[s1, s2])?);
        let exists = hour < 24 && minute < 60 && second < 60;
        let date = Date::parse(date)?;
        exists.then_some(Time { date, second: hour * 3600 + minute * 60 + second })
    }

    /// Seconds since 0000-01-01T00:00:00Z: only differences mean anything.
    pub fn seconds(self) -> u64 {
        self.date.ordinal() * 86_400 + u64::from(self.second)
    }

    /// The day.
    pub fn date(self) -> Date {
        self.date
    }
}

fn number(digits: &[u8]) -> Option<u32> {
    let mut value = 0;
    for digit in digits {
        if !digit.is_ascii_digit() {
            return None;
        }
        value = value * 10 + u32::from(digit - b'0');
    }
    Some(value)
}

fn is_leap(year: u16) -> bool {
    (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400)
}

fn days(year: u16, month: u8) -> u8 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hour, minute, second) = (self.second / 3600, self.second / 60 % 60, self.second % 60);
        write!(f, "{}T{hour:02}:{minute:02}:{second:02}Z", self.date)
    }
}
