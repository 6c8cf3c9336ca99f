//! The engine's errors, as the contract tells them.

use std::time::Duration;

use contract::{ReadError, Refusal};

/// Why a reading failed.
pub(crate) fn reading(error: sqlx::Error, limit: Duration) -> ReadError {
    let Some(told) = error.as_database_error() else {
        return ReadError::Source {
            words: error.to_string(),
            is_passing: matches!(error, sqlx::Error::Io(_)),
        };
    };
    let words = told.message().to_owned();
    // The low byte of an extended code is the code itself.
    let code = told.code().and_then(|code| code.parse::<u32>().ok()).map_or(1, |code| code & 0xff);
    match code {
        9 => timed_out(limit, "reading rows"),
        14 => ReadError::Connect { words },
        3 | 23 => ReadError::Refused { refusal: Refusal::Right, words },
        // Busy, locked, out of memory, input or output.
        5 | 6 | 7 | 10 => ReadError::Source { words, is_passing: true },
        26 => ReadError::Malformed { words },
        _ => ReadError::Source { words, is_passing: false },
    }
}

pub(crate) fn timed_out(limit: Duration, doing: &str) -> ReadError {
    ReadError::TimedOut { seconds: limit.as_secs(), doing: doing.to_owned() }
}
