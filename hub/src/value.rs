//! The value of a field: exact, typed by the ontology.

use jiff::civil::Date;

/// How much of a partial date is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Precision {
    /// The year only.
    Year,
    /// Year and month.
    Month,
    /// The whole day.
    Day,
}

/// The end of a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// The last day.
    On(Date),
    /// 长期: without end. Stored and ordered as 9999-12-31.
    OpenEnded,
}

impl Until {
    /// The day it is stored and ordered as.
    #[must_use]
    pub fn as_date(self) -> Date {
        match self {
            Until::On(date) => date,
            Until::OpenEnded => jiff::civil::date(9999, 12, 31),
        }
    }
}

/// A value of a field. Which variant stands follows from the field's type; `Null` may stand for each.
#[derive(Clone, Debug, PartialEq)]
pub enum FieldValue {
    /// Nothing known.
    Null,
    /// Of text, identifier, phone and address fields (identifiers normalised: upper case, half width).
    Text(String),
    /// A code and the edition of its list.
    Code {
        /// The code; as received when the list does not know it.
        code: String,
        /// The edition.
        edition: String,
    },
    /// Money in 1/10,000 of the currency.
    Money {
        /// Amount × 10,000.
        units: i64,
        /// ISO 4217, as `CNY`.
        currency: String,
    },
    /// A decimal scaled by the field's own scale.
    Decimal(i64),
    /// An integer.
    Integer(i64),
    /// A truth value.
    Bool(bool),
    /// A day.
    Date(Date),
    /// A day of which only a part may be known.
    PartialDate {
        /// First day of what is known.
        first: Date,
        /// How much is known.
        precision: Precision,
    },
    /// End of a term.
    Until(Until),
    /// A moment in microseconds UTC.
    Timestamp(i64),
}

impl FieldValue {
    /// Whether nothing is known.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, FieldValue::Null)
    }
}
