//! People: a name and an ID number.

use super::World;
use super::words::{BIRTHPLACE, GIVEN, SURNAME};

/// A natural person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Number of the person.
    pub index: u64,
    /// Name.
    pub name: String,
    /// ID number of 18 characters, valid.
    pub id: String,
}

impl Person {
    /// The ID number as it was written before 1999: 15 digits. Only for those born in the twentieth century.
    #[must_use]
    pub fn short_id(&self) -> Option<String> {
        (self.id.get(6..8) == Some("19")).then(|| format!("{}{}", &self.id[..6], &self.id[8..17]))
    }
}

impl World {
    /// A person by number.
    #[must_use]
    pub fn person(&self, index: u64) -> Person {
        let dice = &self.dice;
        let mut name = (dice.pick("person.surname", index, SURNAME)).to_owned();
        name.push_str(dice.pick("person.given", index, GIVEN));
        if dice.happens("person.two", index, 700_000) {
            name.push_str(dice.pick("person.given2", index, GIVEN));
        }
        // A thousand people a birthday, and birthdays that do not repeat: two people never share an ID number.
        let offset = i64::try_from((index / 1000 * 7919 + 4242) % 18_980).unwrap_or(0);
        let first = jiff::civil::date(1950, 1, 1);
        let born = first.checked_add(jiff::Span::new().days(offset)).unwrap_or(first);
        let place = dice.pick("person.place", index, BIRTHPLACE);
        let body =
            format!("{place}{:04}{:02}{:02}{:03}", born.year(), born.month(), born.day(), index % 1000);
        let id = with_check(&body);
        Person { index, name, id }
    }

    /// How many people there are: fewer than seats, since some sit on several.
    #[must_use]
    pub fn n_persons(&self) -> u64 {
        self.scaled(176_000)
    }
}

/// Appends the check character of GB 11643.
fn with_check(body: &str) -> String {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.bytes().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    let check = b"10X98765432"[(sum % 11) as usize] as char;
    format!("{body}{check}")
}
