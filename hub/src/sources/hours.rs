//! Agreed hours: when a source may be read.

use jiff::tz::TimeZone;

use crate::clock::Timestamp;

/// Minutes of the day, in the source's zone, in which it may be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    /// First minute, 0 to 1439.
    pub from_minute: u16,
    /// Minute after the last, 1 to 1440; before `from_minute` for spans over midnight.
    pub until_minute: u16,
}

impl Hours {
    /// Whether a minute of the day lies within.
    #[must_use]
    pub fn contains(self, minute: u16) -> bool {
        if self.from_minute < self.until_minute {
            (self.from_minute..self.until_minute).contains(&minute)
        } else {
            minute >= self.from_minute || minute < self.until_minute
        }
    }
}

/// Minutes until one of the spans opens: 0 when one is open now, or when there are none.
pub(super) fn minutes_until_open(hours: &[Hours], zone: &TimeZone, now: Timestamp) -> u16 {
    if hours.is_empty() {
        return 0;
    }
    let local =
        zone.to_datetime(jiff::Timestamp::from_microsecond(now.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH));
    let minute = u16::try_from(i32::from(local.hour()) * 60 + i32::from(local.minute())).unwrap_or(0);
    (0..1440).find(|wait| hours.iter().any(|span| span.contains((minute + wait) % 1440))).unwrap_or(1440)
}
