//! The driver's and the server's errors, as the contract tells them.
//!
//! A server's words are kept, but not where they may quote a cell.

use std::time::Duration;

use contract::{ReadError, Refusal, StreamName};
use mysql_async::{DriverError, Error, IoError, ServerError};

/// Why a connection did not come about.
pub(crate) fn connecting(error: &Error) -> ReadError {
    let words = chain(error);
    match error {
        Error::Server(error) => answered(error, None, Duration::ZERO),
        Error::Io(IoError::Tls(_)) | Error::Driver(DriverError::NoClientSslFlagFromServer) => {
            ReadError::Refused { refusal: Refusal::Tls, words }
        }
        Error::Driver(
            DriverError::UnknownAuthPlugin { .. }
            | DriverError::MysqlOldPasswordDisabled
            | DriverError::CleartextPluginDisabled,
        ) => ReadError::Refused { refusal: Refusal::Credential, words },
        Error::Io(IoError::Io(inner)) if is_tls(inner) => ReadError::Refused { refusal: Refusal::Tls, words },
        Error::Io(_) | Error::Driver(_) | Error::Other(_) | Error::Url(_) => ReadError::Connect { words },
    }
}

/// Why a statement failed.
pub(crate) fn reading(error: &Error, stream: Option<&StreamName>, limit: Duration) -> ReadError {
    if let Error::Server(error) = error {
        return answered(error, stream, limit);
    }
    let is_passing = matches!(error, Error::Io(_) | Error::Driver(DriverError::ConnectionClosed));
    ReadError::Source { words: chain(error), is_passing }
}

/// Whether the server has no such table, or hides that it has one.
fn answered(error: &ServerError, stream: Option<&StreamName>, limit: Duration) -> ReadError {
    let words = words(error);
    match (error.code, stream) {
        (1045 | 1698 | 1820 | 1862 | 3118 | 3955 | 4151, _) => {
            ReadError::Refused { refusal: Refusal::Credential, words }
        }
        (3159, _) => ReadError::Refused { refusal: Refusal::Tls, words },
        (1044 | 1142 | 1143 | 1227 | 1370, _) => ReadError::Refused { refusal: Refusal::Right, words },
        (1146, Some(stream)) => ReadError::NoStream { stream: stream.clone() },
        (1054, Some(stream)) => match quoted(&words) {
            Some(column) => ReadError::NoColumn { stream: stream.clone(), column },
            None => ReadError::Source { words, is_passing: false },
        },
        (1969 | 3024, _) => {
            ReadError::TimedOut { seconds: limit.as_secs(), doing: "running a statement".to_owned() }
        }
        (code, _) => ReadError::Source { is_passing: is_passing(code), words },
    }
}

/// Too many connections, full disks, shutdown, killed or interrupted, broken pipes, locks, a table changed meanwhile.
fn is_passing(code: u16) -> bool {
    matches!(
        code,
        1021 | 1037 | 1038 | 1040 | 1041 | 1053 | 1077 | 1135 | 1152
            ..=1161 | 1184 | 1203 | 1205 | 1206 | 1213 | 1226 | 1317 | 1412 | 1614 | 1637 | 1927 | 3168
    )
}

/// The server's words and number. Those of class 22 (data) quote a value after a colon or in quotes: cut.
fn words(error: &ServerError) -> String {
    let quotes_a_value =
        error.state.starts_with("22") || matches!(error.code, 1062 | 1292 | 1366 | 1367 | 1411 | 1525);
    let message = error.message.as_str();
    let kept = if quotes_a_value {
        message.split([':', '\'', '"', '`']).next().unwrap_or_default().trim_end()
    } else {
        message
    };
    format!("{kept} ({})", error.code)
}

fn quoted(words: &str) -> Option<String> {
    let (_, rest) = words.split_once('\'')?;
    let (name, _) = rest.split_once('\'')?;
    let name = name.rsplit('.').next().unwrap_or(name);
    Some(name.to_owned())
}

fn is_tls(error: &std::io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>())
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !words.contains(&more) {
            words.push_str(": ");
            words.push_str(&more);
        }
        cause = error.source();
    }
    words
}
