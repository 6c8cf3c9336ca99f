//! The driver's and the server's errors, as the contract tells them.
//!
//! A server's words are kept, but not where they may quote a cell.

use std::time::Duration;

use contract::{ReadError, Refusal, StreamName};
use sqlx::error::DatabaseError;

/// Why a connection did not come about.
pub(crate) fn connecting(error: sqlx::Error) -> ReadError {
    if let sqlx::Error::Tls(error) = &error {
        return ReadError::Refused { refusal: Refusal::Tls, words: chain(error.as_ref()) };
    }
    if let sqlx::Error::Io(error) = &error
        && let Some(words) = rustls_words(error)
    {
        return ReadError::Refused { refusal: Refusal::Tls, words };
    }
    if let sqlx::Error::Database(error) = &error {
        return refused_or_failed(error.as_ref(), None, Duration::ZERO);
    }
    ReadError::Connect { words: chain(&error) }
}

/// Why a statement failed.
pub(crate) fn reading(error: sqlx::Error, stream: Option<&StreamName>, limit: Duration) -> ReadError {
    if let sqlx::Error::Database(error) = &error {
        return refused_or_failed(error.as_ref(), stream, limit);
    }
    let is_passing = matches!(error, sqlx::Error::Io(_));
    ReadError::Source { words: chain(&error), is_passing }
}

/// Whether the server did not accept a value that we sent (class 22, data exception).
pub(crate) fn is_bad_value(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(DatabaseError::code).is_some_and(|code| code.starts_with("22"))
}

fn refused_or_failed(error: &dyn DatabaseError, stream: Option<&StreamName>, limit: Duration) -> ReadError {
    let code = error.code().unwrap_or_default().into_owned();
    let words = words(error.message(), &code);
    match (code.as_str(), stream) {
        ("28000", _) if words.contains("no encryption") || words.contains("SSL") => {
            ReadError::Refused { refusal: Refusal::Tls, words }
        }
        ("28P01" | "28000", _) => ReadError::Refused { refusal: Refusal::Credential, words },
        ("42501", _) => ReadError::Refused { refusal: Refusal::Right, words },
        ("42P01" | "3F000", Some(stream)) => ReadError::NoStream { stream: stream.clone() },
        ("42703", Some(stream)) => match quoted(&words) {
            Some(column) => ReadError::NoColumn { stream: stream.clone(), column },
            None => ReadError::Source { words, is_passing: false },
        },
        ("57014", _) if words.contains("statement timeout") => {
            ReadError::TimedOut { seconds: limit.as_secs(), doing: "running a statement".to_owned() }
        }
        (code, _) => ReadError::Source { is_passing: is_passing(code), words },
    }
}

/// Classes 08 (connection), 40 (rolled back), 53 (resources), 55 (not in state: locks), 57 (operator), 58 (system).
fn is_passing(code: &str) -> bool {
    ["08", "40", "53", "55", "57", "58"].iter().any(|class| code.starts_with(class))
}

/// The server's words and its SQLSTATE. Data exceptions quote the value after a colon: cut.
fn words(message: &str, code: &str) -> String {
    let kept = match message.split_once(':') {
        Some((before, _)) if code.starts_with("22") => before,
        _ => message,
    };
    format!("{kept} (SQLSTATE {code})")
}

fn quoted(words: &str) -> Option<String> {
    let (_, rest) = words.split_once('"')?;
    let (name, _) = rest.rsplit_once('"')?;
    Some(name.to_owned())
}

fn rustls_words(error: &std::io::Error) -> Option<String> {
    let inner = error.get_ref()?.to_string();
    let is_tls = inner.contains("certificate") || inner.contains("tls") || inner.contains("TLS");
    is_tls.then_some(inner)
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
