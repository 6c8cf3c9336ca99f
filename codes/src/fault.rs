//! What is wrong with an identifier.

use std::fmt;

use messages::{Lang, Message};

/// Why a text is no valid identifier. Positions count from 1 in the text put right (see [`crate::cleaned`]).
///
/// Holds single characters of the text at most, so that it can be kept beside a person's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing is left.
    Empty,
    /// Too short or too long.
    Length {
        /// How many characters it should have, as `18` or `15 / 18`.
        expected: &'static str,
        /// How many it has.
        found: usize,
    },
    /// A character that may not stand there.
    Character {
        /// Where.
        position: usize,
        /// What stands there.
        found: char,
        /// What may, as `0-9`.
        allowed: &'static str,
    },
    /// A letter that is easily taken for a digit.
    Lookalike {
        /// Where.
        position: usize,
        /// What stands there.
        found: char,
        /// What was probably meant.
        expected: char,
    },
    /// The check character disagrees with the rest.
    Check {
        /// Where.
        position: usize,
        /// What stands there.
        found: char,
        /// What should.
        expected: char,
    },
    /// The check character of the organisation code inside disagrees with it.
    OrganisationCheck {
        /// Where.
        position: usize,
        /// What stands there.
        found: char,
        /// What should.
        expected: char,
    },
    /// Both check characters of a credit code disagree: most likely one of positions 9 to 16 is wrong.
    BothChecks {
        /// What stands at position 17, and what should.
        seventeenth: (char, char),
        /// What stands at position 18, and what should.
        eighteenth: (char, char),
    },
    /// Eight (or six) digits that are no day.
    Date {
        /// Where they begin.
        position: usize,
    },
    /// One character over and over.
    Placeholder {
        /// The character.
        found: char,
    },
}

impl Fault {
    /// What to say to people.
    #[must_use]
    pub fn message(&self) -> Message {
        match *self {
            Fault::Empty => Message::new("TJ-I001"),
            Fault::Length { expected, found } => {
                Message::new("TJ-I002").with("expected", expected).with("found", found)
            }
            Fault::Character { position, found, allowed } => Message::new("TJ-I003")
                .with("position", position)
                .with("found", found)
                .with("allowed", allowed),
            Fault::Check { position, found, expected } => at("TJ-I004", position, found, expected),
            Fault::Date { position } => Message::new("TJ-I005").with("position", position),
            Fault::Placeholder { found } => Message::new("TJ-I006").with("found", found),
            Fault::Lookalike { position, found, expected } => at("TJ-I007", position, found, expected),
            Fault::BothChecks { seventeenth, eighteenth } => Message::new("TJ-I008")
                .with("found17", seventeenth.0)
                .with("expected17", seventeenth.1)
                .with("found18", eighteenth.0)
                .with("expected18", eighteenth.1),
            Fault::OrganisationCheck { position, found, expected } => {
                at("TJ-I009", position, found, expected)
            }
        }
    }

    /// The same fault of a part that begins `offset` characters later in the whole.
    pub(crate) fn moved(self, offset: usize) -> Fault {
        match self {
            Fault::Character { position, found, allowed } => {
                Fault::Character { position: position + offset, found, allowed }
            }
            Fault::Lookalike { position, found, expected } => {
                Fault::Lookalike { position: position + offset, found, expected }
            }
            Fault::Check { position, found, expected } => {
                Fault::Check { position: position + offset, found, expected }
            }
            Fault::OrganisationCheck { position, found, expected } => {
                Fault::OrganisationCheck { position: position + offset, found, expected }
            }
            Fault::Date { position } => Fault::Date { position: position + offset },
            Fault::Empty | Fault::Length { .. } | Fault::BothChecks { .. } | Fault::Placeholder { .. } => {
                self
            }
        }
    }
}

fn at(code: &'static str, position: usize, found: char, expected: char) -> Message {
    Message::new(code).with("position", position).with("found", found).with("expected", expected)
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message().render(Lang::En))
    }
}

impl std::error::Error for Fault {}
