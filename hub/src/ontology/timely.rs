//! By when a record should be here: numbers of law, as data with effective dates.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

/// By when a record of a kind should be here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timely {
    /// Index of the field the days are counted from.
    pub from: usize,
    /// Index of the field they are counted to; absent: the arrival in the hub.
    pub to: Option<usize>,
    /// So many at most.
    pub days: u32,
    /// Which days count.
    pub count: DayCount,
    /// The first day of `from` it holds for.
    pub since: Option<Date>,
    /// The first day of `from` it holds for no more.
    pub until: Option<Date>,
    /// Where the number comes from; may be empty.
    pub basis: String,
    /// Days that count otherwise than their weekday says, where working days count.
    pub calendar: Arc<Calendar>,
}

/// Working days as they were arranged: Monday to Friday, but for these. Years that are not in it are Monday to Friday.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    /// Worked Saturdays and Sundays, and other days that are not worked.
    pub shifts: BTreeMap<Date, Shift>,
}

/// How a day counts other than its weekday says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shift {
    /// A Monday to Friday that is not worked.
    Off,
    /// A Saturday or Sunday that is worked.
    Worked,
}

/// Which days count. The day that is counted from does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayCount {
    /// Every day.
    Calendar,
    /// Monday to Friday, but for what the calendar says.
    Working,
}

impl DayCount {
    /// Its word in the configuration.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            DayCount::Calendar => "calendar",
            DayCount::Working => "working",
        }
    }
}
