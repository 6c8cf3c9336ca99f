//! What can go wrong with files, as the contract tells it.

use std::fmt::Display;
use std::io::{Error, ErrorKind};

use contract::{ReadError, Refusal};

/// A file or folder that could not be opened or read.
pub(crate) fn io(what: impl Display, error: &Error) -> ReadError {
    let words = format!("`{what}`: {error}");
    if error.kind() == ErrorKind::PermissionDenied {
        return ReadError::Refused { refusal: Refusal::Right, words };
    }
    if error.kind() == ErrorKind::InvalidData {
        return ReadError::Malformed { words };
    }
    // Gone since it was listed, a share that is away, a disk that is full: all may pass.
    ReadError::Source { words, is_passing: true }
}

/// The folder itself.
pub(crate) fn folder(what: impl Display, error: &Error) -> ReadError {
    let words = format!("folder `{what}`: {error}");
    if error.kind() == ErrorKind::PermissionDenied {
        return ReadError::Refused { refusal: Refusal::Right, words };
    }
    ReadError::Connect { words }
}

/// A file that is being written.
pub(crate) fn unfinished(words: String) -> ReadError {
    ReadError::Source { words, is_passing: true }
}
