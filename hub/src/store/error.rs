//! What can go wrong with the store, and whether to try again.

use std::time::Duration;

use contract::Retry;
use messages::Message;

/// The store's failure. What was under way is not in the store: every write is one transaction.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It could not be opened or reached.
    #[error("cannot open the store: {words}")]
    Open {
        /// What was tried.
        words: String,
        /// The cause.
        source: Box<sqlx::Error>,
    },
    /// The server does not let us in.
    #[error("the store's server refuses the account: {words}")]
    Refused {
        /// The server's words.
        words: String,
    },
    /// Another instance writes this store.
    #[error("the store is in use by {holder}; only one instance may write it")]
    InUse {
        /// Process and host of the other.
        holder: String,
    },
    /// The lock's file or the store's own was deleted, moved or replaced: another instance may be writing.
    #[error(
        "`{path}` was deleted, moved or replaced while the store was open; nothing is written any more, restart"
    )]
    LockLost {
        /// What is not what it was.
        path: String,
    },
    /// The store was opened for reading only, or its medium is read-only.
    #[error("the store is read-only")]
    ReadOnly,
    /// No space is left on the store's medium. Reading goes on.
    #[error("the store's medium is full")]
    StorageFull,
    /// The medium failed.
    #[error("the store's medium failed: {words}")]
    Medium {
        /// The engine's words.
        words: String,
    },
    /// The store's file is damaged.
    #[error("the store is damaged: {words}")]
    Corrupt {
        /// The engine's words.
        words: String,
    },
    /// The store is locked by somebody for longer than we wait, or the server is busy.
    #[error("the store is busy: {words}")]
    Busy {
        /// The engine's words.
        words: String,
    },
    /// The schema is newer than this program, or a migration is missing.
    #[error("the store's schema of `{owner}` is at version {found}, this program knows {known}")]
    SchemaVersion {
        /// Owner of the tables.
        owner: String,
        /// In the store.
        found: i64,
        /// In the program.
        known: i64,
    },
    /// A field changed its type: never done silently.
    #[error(
        "field `{kind}.{field}` is of type `{stored}` in the store and `{wanted}` in the configuration; give the field another name"
    )]
    TypeChanged {
        /// Kind.
        kind: String,
        /// Field.
        field: String,
        /// Type in the store.
        stored: String,
        /// Type in the configuration.
        wanted: String,
    },
    /// A stream was registered as another kind before.
    #[error(
        "stream `{stream}` fed kind `{stored}` before and is to feed `{wanted}` now; give the stream another name, or resync it"
    )]
    KindChanged {
        /// The stream.
        stream: String,
        /// Kind in the store.
        stored: String,
        /// Kind in the configuration.
        wanted: String,
    },
    /// A stream is marked as anchor of an entity kind that none of its kind's roles names.
    #[error("stream `{stream}` is to anchor `{entity}`, but kind `{kind}` has no role of that entity")]
    NoAnchorRole {
        /// The stream.
        stream: String,
        /// Its kind.
        kind: String,
        /// The entity kind.
        entity: String,
    },
    /// Something named is not in the store or the ontology.
    #[error("there is no {what} `{name}`")]
    Unknown {
        /// What.
        what: &'static str,
        /// Which.
        name: String,
    },
    /// The feed no longer holds what was asked for; start from a snapshot at the floor.
    #[error("the feed begins at {}", floor.0)]
    FeedTruncated {
        /// The smallest cursor that can be served.
        floor: crate::Seq,
    },
    /// A unique key was violated: a batch said to be fresh was not. The store applies it again with look-ups.
    #[error("a key is in the store already: {words}")]
    Duplicate {
        /// The engine's words.
        words: String,
    },
    /// A stored value is not what the program wrote.
    #[error("the store holds what this program cannot read: {words}")]
    Unreadable {
        /// What.
        words: String,
    },
    /// A judgement that cannot be.
    #[error("this judgement cannot be: {words}")]
    Judgement {
        /// Why.
        words: String,
    },
    /// A file operation beside the database failed.
    #[error("cannot {doing} `{path}`")]
    File {
        /// What was done.
        doing: &'static str,
        /// The file.
        path: String,
        /// The cause.
        source: std::io::Error,
    },
    /// Any other failure of the engine.
    #[error("the store failed: {words}")]
    Engine {
        /// The engine's words.
        words: String,
        /// The cause.
        source: Box<sqlx::Error>,
    },
}

impl StoreError {
    /// Whether to try again.
    #[must_use]
    pub fn retry(&self) -> Retry {
        match self {
            StoreError::StorageFull | StoreError::ReadOnly | StoreError::Medium { .. } => {
                Retry::After(Duration::from_secs(5))
            }
            StoreError::Busy { .. } | StoreError::Open { .. } => Retry::After(Duration::from_secs(1)),
            StoreError::Engine { source, .. } => {
                let is_passing = matches!(
                    **source,
                    sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::WorkerCrashed
                );
                if is_passing { Retry::After(Duration::from_secs(1)) } else { Retry::Never }
            }
            StoreError::Refused { .. }
            | StoreError::InUse { .. }
            | StoreError::LockLost { .. }
            | StoreError::Corrupt { .. }
            | StoreError::SchemaVersion { .. }
            | StoreError::TypeChanged { .. }
            | StoreError::KindChanged { .. }
            | StoreError::NoAnchorRole { .. }
            | StoreError::Unknown { .. }
            | StoreError::FeedTruncated { .. }
            | StoreError::Duplicate { .. }
            | StoreError::Unreadable { .. }
            | StoreError::Judgement { .. }
            | StoreError::File { .. } => Retry::Never,
        }
    }

    /// The text for people. What the engine said stands in it as the engine said it.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            StoreError::Open { words, .. } => Message::new("TJ-T010").with("words", words),
            StoreError::Refused { words } => Message::new("TJ-T029").with("words", words),
            StoreError::InUse { holder } => Message::new("TJ-T011").with("holder", holder),
            StoreError::LockLost { path } => Message::new("TJ-T012").with("path", path),
            StoreError::ReadOnly => Message::new("TJ-T013"),
            StoreError::StorageFull => Message::new("TJ-T014"),
            StoreError::Medium { words } => Message::new("TJ-T015").with("words", words),
            StoreError::Corrupt { words } => Message::new("TJ-T016").with("words", words),
            StoreError::Busy { words } => Message::new("TJ-T017").with("words", words),
            StoreError::SchemaVersion { owner, found, known } => {
                Message::new("TJ-T018").with("owner", owner).with("found", found).with("known", known)
            }
            StoreError::TypeChanged { kind, field, stored, wanted } => Message::new("TJ-T019")
                .with("field", format!("{kind}.{field}"))
                .with("stored", stored)
                .with("wanted", wanted),
            StoreError::KindChanged { stream, stored, wanted } => {
                Message::new("TJ-T020").with("stream", stream).with("stored", stored).with("wanted", wanted)
            }
            StoreError::NoAnchorRole { stream, kind, entity } => {
                Message::new("TJ-T021").with("stream", stream).with("kind", kind).with("entity", entity)
            }
            StoreError::Unknown { what, name } => {
                Message::new("TJ-T022").with("what", messages::noun(what)).with("name", name)
            }
            StoreError::FeedTruncated { floor } => Message::new("TJ-T023").with("floor", floor.0),
            StoreError::Duplicate { words } => Message::new("TJ-T024").with("words", words),
            StoreError::Unreadable { words } => Message::new("TJ-T025").with("words", words),
            StoreError::Judgement { words } => Message::new("TJ-T026").with("words", words),
            StoreError::File { path, source, .. } => {
                Message::new("TJ-T027").with("path", path).with("words", source)
            }
            StoreError::Engine { words, .. } => Message::new("TJ-T028").with("words", words),
        }
    }

    /// A short name that does not change with the language: `STORAGE_FULL`, `IN_USE`, …
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            StoreError::Open { .. } => "STORE_UNREACHABLE",
            StoreError::Refused { .. } => "STORE_REFUSED",
            StoreError::InUse { .. } => "STORE_IN_USE",
            StoreError::LockLost { .. } => "STORE_LOCK_LOST",
            StoreError::ReadOnly => "STORE_READ_ONLY",
            StoreError::StorageFull => "STORAGE_FULL",
            StoreError::Medium { .. } => "STORE_MEDIUM",
            StoreError::Corrupt { .. } => "STORE_CORRUPT",
            StoreError::Busy { .. } => "STORE_BUSY",
            StoreError::SchemaVersion { .. } => "STORE_SCHEMA_VERSION",
            StoreError::TypeChanged { .. } => "FIELD_TYPE_CHANGED",
            StoreError::KindChanged { .. } => "STREAM_KIND_CHANGED",
            StoreError::NoAnchorRole { .. } => "NO_ANCHOR_ROLE",
            StoreError::Unknown { .. } => "UNKNOWN",
            StoreError::FeedTruncated { .. } => "FEED_TRUNCATED",
            StoreError::Duplicate { .. } => "STORE_DUPLICATE",
            StoreError::Unreadable { .. } => "STORE_UNREADABLE",
            StoreError::Judgement { .. } => "JUDGEMENT",
            StoreError::File { .. } => "STORE_FILE",
            StoreError::Engine { .. } => "STORE_FAILED",
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> StoreError {
        let Some(engine) = error.as_database_error() else {
            return StoreError::Engine { words: error.to_string(), source: Box::new(error) };
        };
        let words = engine.message().to_owned();
        let code = engine.code().map(|code| code.into_owned()).unwrap_or_default();
        if engine.is_unique_violation() {
            return StoreError::Duplicate { words };
        }
        match code.parse::<i32>() {
            // SQLite: result codes, the primary one in the low byte.
            Ok(number) if code.len() <= 4 => match number & 0xff {
                5 | 6 => StoreError::Busy { words },
                8 => StoreError::ReadOnly,
                10 => StoreError::Medium { words },
                11 | 26 => StoreError::Corrupt { words },
                13 => StoreError::StorageFull,
                14 => StoreError::Open { words, source: Box::new(error) },
                _ => StoreError::Engine { words, source: Box::new(error) },
            },
            // PostgreSQL: SQLSTATE.
            _ => match code.as_str() {
                "28P01" | "28000" => StoreError::Refused { words },
                "53100" => StoreError::StorageFull,
                "25006" => StoreError::ReadOnly,
                "58030" => StoreError::Medium { words },
                "XX001" | "XX002" => StoreError::Corrupt { words },
                "40001" | "40P01" | "53300" | "55P03" | "57P01" | "57P02" | "57P03" => {
                    StoreError::Busy { words }
                }
                _ => StoreError::Engine { words, source: Box::new(error) },
            },
        }
    }
}
