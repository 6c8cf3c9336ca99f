//! What can go wrong with a source, and whether to try again.

use std::time::Duration;

use messages::Message;

use crate::StreamName;

/// Whether and when to try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Try again after some time, growing with each attempt.
    After(Duration),
    /// Not before the configuration, the credential or the source's schema changes, or an operator resumes.
    Never,
}

/// Why a source refused us. Three in a row stop the stream, so that no account gets locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Wrong user or password, locked or expired account.
    Credential,
    /// A right is missing.
    Right,
    /// The server's certificate or protocol was not accepted by us, or ours not by it.
    Tls,
}

/// A reading that failed. Messages carry the source's own words, never its cells, never a secret.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The source could not be reached.
    #[error("cannot connect: {words}")]
    Connect {
        /// The driver's words.
        words: String,
    },
    /// The source refused us.
    #[error("refused ({refusal:?}): {words}")]
    Refused {
        /// Why.
        refusal: Refusal,
        /// The source's words.
        words: String,
    },
    /// A time limit passed; the connection was closed.
    #[error("no answer within {seconds} s while {doing}")]
    TimedOut {
        /// The limit.
        seconds: u64,
        /// What we did.
        doing: String,
    },
    /// A stream that the mapping names is not there.
    #[error("stream `{stream}` is not in the source")]
    NoStream {
        /// The stream.
        stream: StreamName,
    },
    /// A column that was asked for is not there.
    #[error("column `{column}` is not in stream `{stream}`")]
    NoColumn {
        /// The stream.
        stream: StreamName,
        /// The column.
        column: String,
    },
    /// The source failed while answering.
    #[error("the source failed: {words}")]
    Source {
        /// The source's words.
        words: String,
        /// Whether the same may succeed later.
        is_passing: bool,
    },
    /// Bytes that are no row, a file that is no table.
    #[error("malformed: {words}")]
    Malformed {
        /// What and where (file, line); a message as an argument is written, where there is a text for it.
        words: String,
    },
    /// A quotation mark of a file is not closed: which rows it swallowed nobody knows.
    #[error("file `{file}` line {line}: a quotation mark is not closed")]
    OpenQuote {
        /// The file.
        file: String,
        /// The line in which it was opened, from 1.
        line: u64,
    },
    /// The connector does not do this; see its capabilities.
    #[error("not possible for this source: {what}")]
    Unsupported {
        /// What.
        what: &'static str,
    },
}

impl ReadError {
    /// A malformed row or file.
    pub fn malformed(words: impl Into<String>) -> ReadError {
        ReadError::Malformed { words: words.into() }
    }

    /// A file that is no table, said by a text of `messages`.
    #[must_use]
    pub fn no_table(message: &Message) -> ReadError {
        ReadError::Malformed { words: message.to_string() }
    }

    /// Whether to try again.
    #[must_use]
    pub fn retry(&self) -> Retry {
        match self {
            ReadError::Connect { .. } | ReadError::TimedOut { .. } => Retry::After(Duration::from_secs(2)),
            ReadError::Source { is_passing: true, .. } => Retry::After(Duration::from_secs(1)),
            ReadError::Refused { .. } => Retry::After(Duration::from_secs(5)),
            ReadError::Source { is_passing: false, .. }
            | ReadError::NoStream { .. }
            | ReadError::NoColumn { .. }
            | ReadError::Malformed { .. }
            | ReadError::OpenQuote { .. }
            | ReadError::Unsupported { .. } => Retry::Never,
        }
    }
}
