//! Why a question is not answered. Each has a stable code for programs and a text for people.

use messages::Message;

use crate::audit::AuditError;
use crate::store::StoreError;
use crate::store::read::ReadError;

/// A question was refused, or could not be answered.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// There is no such kind, field, role or row, or the asker may not know of it: one answer for both.
    #[error("there is no {what} `{name}`")]
    NotFound {
        /// `kind`, `field`, `relation`, `subject`, …
        what: &'static str,
        /// As asked.
        name: String,
    },
    /// A personal field in a filter or order.
    #[error("field `{field}` is personal information: it can neither be filtered nor ordered by")]
    Personal {
        /// The field.
        field: String,
    },
    /// An order, or a filter of another kind than by whole names, on a field in which names of people may stand.
    #[error("field `{field}` may name people: it is filtered by whole names of organisations alone")]
    NamesOnly {
        /// The field.
        field: String,
    },
    /// A filter by a name that may be a person's.
    #[error("field `{field}` is filtered by names of organisations alone, and this has not the form of one")]
    NotAnOrganisation {
        /// The field.
        field: String,
    },
    /// A filter by what is no code and may be a person's name or number.
    #[error("field `{field}` holds codes, and this may be the name or number of a person")]
    NotACode {
        /// The field.
        field: String,
    },
    /// An order, or a filter by a part, on a field of identifiers in which numbers of people may stand by mistake.
    #[error("field `{field}` is asked by whole numbers alone")]
    WholeNumbersOnly {
        /// The field.
        field: String,
    },
    /// A filter by how a code begins, where none of the list begins so.
    #[error("no code of the list of field `{field}` begins so")]
    NoCodeBegins {
        /// The field.
        field: String,
    },
    /// A filter or order on a field that is not indexed.
    #[error("field `{field}` is not a key field: it can neither be filtered nor ordered by")]
    NotKey {
        /// The field.
        field: String,
    },
    /// A comparison that the field's type does not know.
    #[error("field `{field}` does not compare so")]
    BadComparison {
        /// The field.
        field: String,
    },
    /// A value that cannot be what it should be.
    #[error("a value is refused")]
    BadValue {
        /// Why, for people.
        reason: Message,
    },
    /// A page that cannot be.
    #[error("the page is not valid: {words}")]
    BadPage {
        /// Why.
        words: &'static str,
    },
    /// A plan deeper or wider than plans may be.
    #[error("the question is too large: {words}")]
    TooLarge {
        /// Why.
        words: String,
    },
    /// More rows than one question may read.
    #[error("the answer would hold more than {limit} rows")]
    TooManyRows {
        /// The limit.
        limit: u32,
    },
    /// A moment that has not come.
    #[error("sequence {asked} has not come, the newest is {newest}")]
    Ahead {
        /// As asked.
        asked: i64,
        /// The newest.
        newest: i64,
    },
    /// The role does not suffice.
    #[error("this needs the role `{needed}`")]
    Forbidden {
        /// The role that would do.
        needed: crate::catalogue::Role,
    },
    /// An identifier that several entities have.
    #[error("`{value}` names {n} entities")]
    Ambiguous {
        /// As asked.
        value: String,
        /// How many.
        n: usize,
    },
    /// The asker's other questions hold all it may hold at a time.
    #[error("{limit} readings of this caller are under way")]
    Crowded {
        /// How many at a time.
        limit: usize,
    },
    /// It took too long.
    #[error("the question was given up at its deadline")]
    Deadline,
    /// The store failed.
    #[error("the store could not answer")]
    Store(#[source] StoreError),
    /// The audit trail could not be written, so nothing leaves.
    #[error("the audit trail could not be written")]
    Audit(#[from] AuditError),
}

impl QueryError {
    /// A name that does not change with the language.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            QueryError::NotFound { .. } => "NOT_FOUND",
            QueryError::Personal { .. } => "PERSONAL_FIELD",
            QueryError::NamesOnly { .. } => "NAMES_ONLY_WHOLE",
            QueryError::NotAnOrganisation { .. } => "NOT_AN_ORGANISATION",
            QueryError::NotACode { .. } => "NOT_A_CODE",
            QueryError::WholeNumbersOnly { .. } => "WHOLE_NUMBERS_ONLY",
            QueryError::NoCodeBegins { .. } => "NO_CODE_BEGINS_SO",
            QueryError::NotKey { .. } => "NOT_KEY_FIELD",
            QueryError::BadComparison { .. } | QueryError::BadValue { .. } => "BAD_VALUE",
            QueryError::BadPage { .. } => "BAD_PAGINATION",
            QueryError::TooLarge { .. } => "QUERY_TOO_LARGE",
            QueryError::TooManyRows { .. } => "TOO_MANY_ROWS",
            QueryError::Ahead { .. } => "AS_OF_AHEAD",
            QueryError::Forbidden { .. } => "FORBIDDEN",
            QueryError::Ambiguous { .. } => "AMBIGUOUS",
            QueryError::Crowded { .. } => "CALLER_BUSY",
            QueryError::Deadline => "DEADLINE",
            QueryError::Store(_) => "STORE_UNAVAILABLE",
            QueryError::Audit(_) => "AUDIT_UNAVAILABLE",
        }
    }

    /// Whether the same question may be answered later.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            QueryError::Crowded { .. }
            | QueryError::Deadline
            | QueryError::Store(_)
            | QueryError::Audit(_) => true,
            QueryError::NotFound { .. }
            | QueryError::Personal { .. }
            | QueryError::NamesOnly { .. }
            | QueryError::NotAnOrganisation { .. }
            | QueryError::NotACode { .. }
            | QueryError::WholeNumbersOnly { .. }
            | QueryError::NoCodeBegins { .. }
            | QueryError::NotKey { .. }
            | QueryError::BadComparison { .. }
            | QueryError::BadValue { .. }
            | QueryError::BadPage { .. }
            | QueryError::TooLarge { .. }
            | QueryError::TooManyRows { .. }
            | QueryError::Ahead { .. }
            | QueryError::Forbidden { .. }
            | QueryError::Ambiguous { .. } => false,
        }
    }

    /// The text for people.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            QueryError::NotFound { what, name } => {
                Message::new("TJ-Q001").with("what", messages::noun(what)).with("name", name)
            }
            QueryError::Personal { field } => Message::new("TJ-Q002").with("field", field),
            QueryError::NamesOnly { field } => Message::new("TJ-Q051").with("field", field),
            QueryError::NotAnOrganisation { field } => Message::new("TJ-Q052").with("field", field),
            QueryError::NotACode { field } => Message::new("TJ-Q056").with("field", field),
            QueryError::WholeNumbersOnly { field } => Message::new("TJ-Q057").with("field", field),
            QueryError::NoCodeBegins { field } => Message::new("TJ-Q058").with("field", field),
            QueryError::NotKey { field } => Message::new("TJ-Q003").with("field", field),
            QueryError::BadComparison { field } => Message::new("TJ-Q004").with("field", field),
            QueryError::BadValue { reason } => reason.clone(),
            QueryError::BadPage { words } => Message::new("TJ-Q005").with("words", words),
            QueryError::TooLarge { words } => Message::new("TJ-Q006").with("words", words),
            QueryError::TooManyRows { limit } => Message::new("TJ-Q007").with("limit", limit),
            QueryError::Ahead { asked, newest } => {
                Message::new("TJ-Q008").with("asked", asked).with("newest", newest)
            }
            QueryError::Forbidden { needed } => Message::new("TJ-Q009").with("needed", needed),
            QueryError::Ambiguous { value, n } => Message::new("TJ-Q010").with("value", value).with("n", n),
            QueryError::Crowded { limit } => Message::new("TJ-Q049").with("limit", limit),
            QueryError::Deadline => Message::new("TJ-Q011"),
            QueryError::Store(_) => Message::new("TJ-Q012"),
            QueryError::Audit(_) => Message::new("TJ-Q013"),
        }
    }
}

impl From<StoreError> for QueryError {
    fn from(error: StoreError) -> QueryError {
        QueryError::Store(error)
    }
}

impl From<ReadError> for QueryError {
    fn from(error: ReadError) -> QueryError {
        match error {
            ReadError::Store(error) => QueryError::Store(error),
            ReadError::Deadline => QueryError::Deadline,
            ReadError::TooMany { limit } => QueryError::TooManyRows { limit },
            ReadError::Ahead { asked, newest } => QueryError::Ahead { asked, newest },
            ReadError::ForeignPlace => QueryError::BadPage { words: "the cursor belongs to another list" },
        }
    }
}
