//! The zone as it is: its market subjects and people, each a function of the seed and its number.
//!
//! Invariant: knows no department and no table; what a department makes of a subject stands in `departments`.

mod dice;
mod hazards;
mod person;
mod subject;
mod words;

pub use dice::Dice;
pub use hazards::{CATALOGUE, Hazards};
pub use person::Person;
pub use subject::{Category, Subject};

use crate::registrations::Registration;

/// A zone of `n_subjects`, from a seed.
#[derive(Clone, Debug)]
pub struct World {
    /// Rolls.
    pub dice: Dice,
    /// What goes wrong, how often.
    pub hazards: Hazards,
    /// Market subjects.
    pub n_subjects: u64,
    /// Real registrations that the first subjects are made from.
    pub registrations: Vec<Registration>,
}

/// Market subjects of the zone at scale 1.
pub const SCALE_ONE: u64 = 143_000;

impl World {
    /// A zone with the usual hazards and no real registrations.
    #[must_use]
    pub fn new(seed: u64, n_subjects: u64) -> World {
        World {
            dice: Dice::new(seed),
            hazards: Hazards::default(),
            n_subjects: n_subjects.max(1),
            registrations: Vec::new(),
        }
    }

    /// Whether a hazard hits the row of this key.
    #[must_use]
    pub fn hit(&self, hazard: &'static str, key: u64) -> bool {
        self.dice.happens(hazard, key, self.hazards.ppm(hazard))
    }

    /// A number that is `at_scale_one` at 143,000 subjects, in proportion; at least 1.
    #[must_use]
    pub fn scaled(&self, at_scale_one: u64) -> u64 {
        ((u128::from(at_scale_one) * u128::from(self.n_subjects) / u128::from(SCALE_ONE)) as u64).max(1)
    }

    /// A subject chosen for a row.
    #[must_use]
    pub fn some_subject(&self, label: &str, key: u64) -> Subject {
        self.subject(self.dice.below(label, key, self.n_subjects))
    }

    /// A day between two years, inclusive.
    #[must_use]
    pub fn day(&self, label: &str, key: u64, first_year: i16, last_year: i16) -> jiff::civil::Date {
        let start = jiff::civil::date(first_year, 1, 1);
        let days = u64::try_from(i32::from(last_year - first_year + 1) * 365).unwrap_or(1);
        let offset = i64::try_from(self.dice.below(label, key, days)).unwrap_or(0);
        start.checked_add(jiff::Span::new().days(offset)).unwrap_or(start)
    }
}
