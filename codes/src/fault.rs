//! What is wrong with an identifier, so that a person can mend it.

use messages::Message;

/// The first thing wrong with an identifier. Positions count from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Nothing is there.
    #[error("nothing is filled in")]
    Empty,
    /// Wrong number of characters.
    #[error("it should have {expected} characters, it has {found}")]
    Length {
        /// How many it should have, as `18` or `15 or 18`.
        expected: &'static str,
        /// How many it has.
        found: usize,
    },
    /// A character that may not stand there.
    #[error("position {position} is `{found}`, only {allowed} may stand there")]
    Character {
        /// Where.
        position: usize,
        /// What is there.
        found: char,
        /// What may be there.
        allowed: &'static str,
    },
    /// A wrong check character.
    #[error("position {position} is `{found}`, it should be `{expected}` (check character)")]
    Check {
        /// Where.
        position: usize,
        /// What is there.
        found: char,
        /// What should be there.
        expected: char,
    },
    /// A part that should be a date is none.
    #[error("from position {position}, `{found}` is not a date that exists")]
    Date {
        /// Where it begins.
        position: usize,
        /// The part.
        found: String,
    },
    /// One character repeated: somebody had to fill in something.
    #[error("it consists of nothing but `{found}`: a placeholder, not a number")]
    Placeholder {
        /// The character.
        found: char,
    },
    /// Both check characters of a credit code disagree.
    #[error(
        "both check characters disagree: position 17 is `{found17}`, it should be `{expected17}`; position 18 is `{found18}`, it should be `{expected18}`"
    )]
    BothChecks {
        /// At 17.
        found17: char,
        /// Should be at 17.
        expected17: char,
        /// At 18.
        found18: char,
        /// Should be at 18, given the 17 characters before it.
        expected18: char,
    },
    /// The organisation code inside a credit code does not hold, though the credit code's own check does.
    #[error(
        "position {position} is `{found}`, it should be `{expected}` (check character of the organisation code)"
    )]
    InnerCheck {
        /// Where.
        position: usize,
        /// What is there.
        found: char,
        /// What should be there.
        expected: char,
    },
}

impl Fault {
    /// The explanation for people, in the texts `TJ-I…`.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            Fault::Empty => Message::new("TJ-I001"),
            Fault::Length { expected, found } => {
                Message::new("TJ-I002").with("expected", expected).with("found", found)
            }
            Fault::Character { position, found, allowed } => Message::new("TJ-I003")
                .with("position", position)
                .with("found", found)
                .with("allowed", allowed),
            Fault::Check { position, found, expected } => Message::new("TJ-I004")
                .with("position", position)
                .with("found", found)
                .with("expected", expected),
            Fault::Date { position, found } => {
                Message::new("TJ-I005").with("position", position).with("found", found)
            }
            Fault::Placeholder { found } => Message::new("TJ-I006").with("found", found),
            Fault::BothChecks { found17, expected17, found18, expected18 } => Message::new("TJ-I008")
                .with("found17", found17)
                .with("expected17", expected17)
                .with("found18", found18)
                .with("expected18", expected18),
            Fault::InnerCheck { position, found, expected } => Message::new("TJ-I009")
                .with("position", position)
                .with("found", found)
                .with("expected", expected),
        }
    }
}
