//! What is told of quality: numbers, with the shares they make.

use std::collections::BTreeMap;

use crate::clock::Timestamp;
use crate::ontology::{Label, Timely};
use crate::store::Counts;
use crate::store::read::quality::{ClaimSums, TimelySums};

use super::plan::Dimensions;

/// Whose quality is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QualityQuestion {
    /// Of this department.
    pub department: Option<String>,
    /// Of this source.
    pub source: Option<String>,
    /// Of this stream.
    pub stream: Option<String>,
    /// What of it.
    pub wanted: Dimensions,
}

/// A part of a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ratio {
    /// The part.
    pub part: u64,
    /// The whole.
    pub whole: u64,
}

impl Ratio {
    /// As a decimal of four digits, cut off, so that `1.0000` is the whole and nothing less; `None` where there is
    /// nothing to judge.
    #[must_use]
    pub fn text(self) -> Option<String> {
        let scaled = (u128::from(self.part) * 10_000).checked_div(u128::from(self.whole))?;
        Some(format!("{}.{:04}", scaled / 10_000, scaled % 10_000))
    }

    pub(super) fn add(&mut self, other: Ratio) {
        self.part += other.part;
        self.whole += other.whole;
    }
}

/// Of rows: how they could be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Validity {
    /// Rows the source holds, as far as they were read.
    pub received: u64,
    /// Read without a mark, or with a harmless one.
    pub clean: u64,
    /// Read, with a value that was kept though it is wrong.
    pub flagged: u64,
    /// Set aside.
    pub set_aside: u64,
    /// Rows set aside by code of the reason; a row with two counts for both.
    pub reasons: BTreeMap<String, u64>,
    /// Flagged values by code.
    pub flags: BTreeMap<String, u64>,
}

impl Validity {
    /// Clean rows of all.
    #[must_use]
    pub fn ratio(&self) -> Ratio {
        Ratio { part: self.clean, whole: self.received }
    }
}

/// Of records: whether they came in time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timeliness {
    /// In time, of those that can be judged.
    pub in_time: Ratio,
    /// Not judged: came with the first reading.
    pub first_reading: u64,
    /// Not judged: a day is missing.
    pub no_day: u64,
    /// Not judged: here before the day that is counted from.
    pub before_its_day: u64,
    /// Not judged: the rule does not hold for the day.
    pub other_time: u64,
}

/// A rule of time, and what it says of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleQuality {
    /// The field counted from.
    pub from: String,
    /// The field counted to; absent: the arrival.
    pub to: Option<String>,
    /// The rule.
    pub rule: Timely,
    /// The counts.
    pub counts: Timeliness,
    /// Lower median of the days it took, counted as the rule counts.
    pub median: Option<i64>,
    /// The greatest.
    pub greatest: Option<i64>,
}

/// Of linked records that state a golden field: whether they say the same as others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Agreement {
    /// Linked records that state a value, the golden one being known.
    pub stated: u64,
    /// Of these: the golden value is their own, so there is nobody to agree with.
    pub own: u64,
    /// Of the others: the same value.
    pub same: u64,
}

impl Agreement {
    /// The same, of those compared with somebody else.
    #[must_use]
    pub fn ratio(&self) -> Ratio {
        Ratio { part: self.same, whole: self.stated - self.own }
    }

    pub(super) fn add(&mut self, other: Agreement) {
        self.stated += other.stated;
        self.own += other.own;
        self.same += other.same;
    }
}

/// The four, and 记名. Of what was not asked for nothing is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QualityParts {
    /// Values there are, of values there could be.
    pub completeness: Ratio,
    /// How rows could be read.
    pub validity: Validity,
    /// Whether records came in time.
    pub timeliness: Timeliness,
    /// Whether others say the same.
    pub agreement: Agreement,
    /// 记名.
    pub matching: Counts,
}

/// Quality of a field of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldQuality {
    /// Its id.
    pub field: String,
    /// What people call it.
    pub label: Label,
    /// The columns that fill it.
    pub columns: Vec<String>,
    /// A row without it is set aside.
    pub is_required: bool,
    /// Records that hold a value, of records and of rows set aside for want of it.
    pub filled: Ratio,
    /// Flagged values by code.
    pub flags: BTreeMap<String, u64>,
    /// Rows set aside because of it, by code.
    pub set_aside: BTreeMap<String, u64>,
    /// Whether others say the same; absent where it is part of no golden field.
    pub agreement: Option<Agreement>,
}

/// Quality of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamQuality {
    /// Source.
    pub source: String,
    /// Name in the source.
    pub stream: String,
    /// Record kind.
    pub kind: String,
    /// What people call the kind.
    pub kind_label: Label,
    /// The numbers.
    pub parts: QualityParts,
    /// Its fields, in the kind's order.
    pub fields: Vec<FieldQuality>,
    /// Its rules of time.
    pub rules: Vec<RuleQuality>,
    /// End of the last whole reading.
    pub read_whole_at: Option<Timestamp>,
    /// How long ago that is.
    pub age_seconds: Option<i64>,
    /// When the newest version of a record came.
    pub newest_at: Option<Timestamp>,
    /// How long ago that is.
    pub lag_seconds: Option<i64>,
}

/// Quality of a department.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DepartmentQuality {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: Label,
    /// The sums over its streams.
    pub parts: QualityParts,
    /// Its streams, by source and name.
    pub streams: Vec<StreamQuality>,
}

impl QualityParts {
    pub(super) fn add(&mut self, other: &QualityParts) {
        self.completeness.add(other.completeness);
        let (to, from) = (&mut self.validity, &other.validity);
        to.received += from.received;
        to.clean += from.clean;
        to.flagged += from.flagged;
        to.set_aside += from.set_aside;
        for (code, n) in &from.reasons {
            *to.reasons.entry(code.clone()).or_default() += n;
        }
        for (code, n) in &from.flags {
            *to.flags.entry(code.clone()).or_default() += n;
        }
        self.timeliness.add(&other.timeliness);
        self.agreement.add(other.agreement);
        self.matching.add(&other.matching);
    }
}

impl Timeliness {
    pub(super) fn of(sums: &TimelySums) -> Timeliness {
        Timeliness {
            in_time: Ratio { part: sums.in_time, whole: sums.judged },
            first_reading: sums.first_reading,
            no_day: sums.no_day,
            before_its_day: sums.before_its_day,
            other_time: sums.other_time,
        }
    }

    pub(super) fn add(&mut self, other: &Timeliness) {
        self.in_time.add(other.in_time);
        self.first_reading += other.first_reading;
        self.no_day += other.no_day;
        self.before_its_day += other.before_its_day;
        self.other_time += other.other_time;
    }
}

impl From<ClaimSums> for Agreement {
    fn from(sums: ClaimSums) -> Agreement {
        Agreement { stated: sums.stated, own: sums.own, same: sums.same }
    }
}
