//! By when a record should be here: numbers of law, as data with effective dates.

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
}

/// Which days count. The day that is counted from does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayCount {
    /// Every day.
    Calendar,
    /// Monday to Friday. Holidays and the Saturdays worked for them are not known.
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
