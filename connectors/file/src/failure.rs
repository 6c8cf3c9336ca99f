//! What can go wrong with files, as the contract tells it.

use std::fmt::Display;
use std::io::{Error, ErrorKind};

use contract::{ReadError, Refusal};
use messages::Message;

use crate::folder::DataFile;

/// A file or folder that could not be opened or read.
pub(crate) fn io(what: impl Display, error: &Error) -> ReadError {
    let words = said(what, error);
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
    let words = said(what, error);
    if error.kind() == ErrorKind::PermissionDenied {
        return ReadError::Refused { refusal: Refusal::Right, words };
    }
    ReadError::Connect { words }
}

/// What the system says of a file or folder, in the reader's language where it says so often.
fn said(what: impl Display, error: &Error) -> String {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the rest is said in the system's words")]
    let why = match error.kind() {
        ErrorKind::NotFound => Message::new("TJ-S249").to_string(),
        ErrorKind::PermissionDenied => Message::new("TJ-S250").to_string(),
        _ => error.to_string(),
    };
    Message::new("TJ-S251").with("file", what).with("why", why).to_string()
}

/// A file without its header. One that was changed a moment ago may be being written: it is looked at again; any other
/// stays as it is until somebody mends it, and holds nobody up meanwhile.
pub(crate) fn no_header(file: &DataFile, message: &Message) -> ReadError {
    if file.is_fresh() { unfinished(message.to_string()) } else { ReadError::no_table(message) }
}

/// A file that is being written.
pub(crate) fn unfinished(words: String) -> ReadError {
    ReadError::Source { words, is_passing: true }
}
