//! The driver's and the server's errors, as the contract tells them.
//!
//! A server's words are kept, but not where they may quote a cell.

use contract::{ReadError, Refusal, StreamName};

use crate::driver::DriverError;
use crate::way::WayError;

/// Why there is no way to the server.
pub(crate) fn reaching(error: WayError) -> ReadError {
    match error {
        WayError::Network(words) | WayError::Protocol(words) => ReadError::Connect { words },
        WayError::Tls(words) => ReadError::Refused { refusal: Refusal::Tls, words },
    }
}

/// Why nobody could log in.
pub(crate) fn connecting(error: DriverError) -> ReadError {
    match error {
        DriverError::Server { .. } => reading(error, None),
        DriverError::Network(words) | DriverError::Protocol(words) => ReadError::Connect { words },
    }
}

/// Why a statement failed.
pub(crate) fn reading(error: DriverError, stream: Option<&StreamName>) -> ReadError {
    match error {
        DriverError::Server { code, message } => answered(code, &message, stream),
        DriverError::Network(words) => ReadError::Source { words, is_passing: true },
        DriverError::Protocol(words) => ReadError::Source { words, is_passing: false },
    }
}

fn answered(code: u32, message: &str, stream: Option<&StreamName>) -> ReadError {
    let words = words(code, message);
    match (code, stream) {
        // Wrong name or password; disabled, locked, expired, to be changed.
        (18_452 | 18_456 | 18_470 | 18_486 | 18_487 | 18_488, _) => {
            ReadError::Refused { refusal: Refusal::Credential, words }
        }
        // Denied on an object, a column, a statement, the server's state; not a user of this database.
        (229 | 230 | 262 | 297 | 300 | 371 | 916 | 15_247, _) => {
            ReadError::Refused { refusal: Refusal::Right, words }
        }
        (208, Some(stream)) => ReadError::NoStream { stream: stream.clone() },
        (207, Some(stream)) => match quoted(message) {
            Some(column) => ReadError::NoColumn { stream: stream.clone(), column },
            None => ReadError::Source { words, is_passing: false },
        },
        (code, _) => ReadError::Source { is_passing: is_passing(code), words },
    }
}

/// Locks and deadlocks, memory, a snapshot that a change of the table ended, restarts and failovers, a busy cloud.
fn is_passing(code: u32) -> bool {
    matches!(
        code,
        64 | 121
            | 233
            | 596
            | 701
            | 802
            | 845
            | 922
            | 927
            | 983
            | 1204
            | 1205
            | 1222
            | 3957
            | 3958
            | 3960
            | 3961
            | 3966
            | 6005
            | 8628
            | 8645
            | 8651
            | 10_053
            | 10_054
            | 10_060
            | 10_928
            | 10_929
            | 17_142
            | 17_809
            | 17_830
            | 18_401
            | 40_197
            | 40_501
            | 40_613
            | 49_918
            | 49_919
            | 49_920
    )
}

/// The server's words and number. Those of conversions quote a value: cut.
fn words(code: u32, message: &str) -> String {
    let quotes_a_value =
        matches!(code, 220 | 241..=248 | 293..=296 | 2601 | 2627 | 8114 | 8115 | 8152 | 9410..=9500);
    let kept = if quotes_a_value {
        message.split([':', '\'', '"', '(']).next().unwrap_or_default().trim_end()
    } else {
        message
    };
    format!("{kept} ({code})")
}

fn quoted(message: &str) -> Option<String> {
    let (_, rest) = message.split_once('\'')?;
    let (name, _) = rest.split_once('\'')?;
    Some(name.to_owned())
}
