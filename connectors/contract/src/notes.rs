//! What connectors say of a source to people: codes of `messages`, one function each.

use std::fmt::Display;

use messages::Message;

use crate::{Finding, Note, ReadError, Refusal, Severity};

fn note(code: &'static str, args: &[(&'static str, &str)]) -> Note {
    Note { code, args: args.iter().map(|(name, value)| (*name, (*value).to_owned())).collect() }
}

/// No key is declared: the mapping must name one.
#[must_use]
pub fn no_key() -> Note {
    note("TJ-N001", &[])
}

/// Row security is on: rows may be hidden from the account.
#[must_use]
pub fn row_security() -> Note {
    note("TJ-N002", &[])
}

/// A column is left out because it may not or cannot be read.
#[must_use]
pub fn left_out(column: &str, native_type: &str) -> Note {
    note("TJ-N003", &[("column", column), ("type", native_type)])
}

/// There is no primary key; this unique index without NULL serves.
#[must_use]
pub fn unique_index_as_key(index: &str) -> Note {
    note("TJ-N004", &[("index", index)])
}

/// A view: no key and no number of rows is known, and the owner decides what is in it.
#[must_use]
pub fn view() -> Note {
    note("TJ-N005", &[])
}

/// A column is computed by the source.
#[must_use]
pub fn generated(column: &str) -> Note {
    note("TJ-N006", &[("column", column)])
}

/// A partitioned table, read as one.
#[must_use]
pub fn partitioned() -> Note {
    note("TJ-N007", &[])
}

/// The rows have no order of their own: they are sorted by key while reading.
#[must_use]
pub fn sorted_here() -> Note {
    note("TJ-N008", &[])
}

/// The database does not declare the charset of its text.
#[must_use]
pub fn undeclared_charset(charset: &str) -> Note {
    note("TJ-N009", &[("charset", charset)])
}

/// While a snapshot is read, writers of this database wait (it does not use a write-ahead log).
#[must_use]
pub fn readers_hold_up_writers() -> Note {
    note("TJ-N010", &[])
}

/// A header that is empty or stands twice was given another name.
#[must_use]
pub fn header_renamed(position: usize, column: &str) -> Note {
    note("TJ-N011", &[("position", &position.to_string()), ("column", column)])
}

/// A header is too long for a name, and was given another.
#[must_use]
pub fn header_too_long(position: usize, column: &str, length: usize) -> Note {
    let (position, length) = (position.to_string(), length.to_string());
    note("TJ-N013", &[("position", &position), ("column", column), ("length", &length)])
}

/// A table that the source itself fetches from elsewhere.
#[must_use]
pub fn foreign_table() -> Note {
    note("TJ-N012", &[])
}

/// The storage engine keeps no versions: a snapshot is put aside by the server first, and holds up writers meanwhile.
#[must_use]
pub fn no_versions(engine: &str) -> Note {
    note("TJ-N021", &[("engine", engine)])
}

/// Connected, and to what.
#[must_use]
pub fn connected(server: &str) -> Finding {
    finding(Severity::Info, note("TJ-S001", &[("server", server)]))
}

/// A table may be read by its account only in part.
#[must_use]
pub fn no_right(stream: &str) -> Finding {
    finding(Severity::Error, note("TJ-S008", &[("stream", stream)]))
}

/// The account may write to a stream.
#[must_use]
pub fn may_write(stream: &str, rights: &str) -> Finding {
    finding(Severity::Warning, note("TJ-S009", &[("stream", stream), ("rights", rights)]))
}

/// The account is a superuser, or may do as much.
#[must_use]
pub fn superuser(user: &str) -> Finding {
    finding(Severity::Warning, note("TJ-S010", &[("user", user)]))
}

/// Columns of a stream that the account may not read.
#[must_use]
pub fn columns_not_readable(stream: &str, columns: &str) -> Finding {
    finding(Severity::Warning, note("TJ-S011", &[("stream", stream), ("columns", columns)]))
}

/// A stream is read by full compare; what that cannot see.
#[must_use]
pub fn read_by_diff(stream: &str) -> Finding {
    finding(Severity::Info, note("TJ-S012", &[("stream", stream)]))
}

/// The way to the server is not encrypted.
#[must_use]
pub fn not_encrypted(host: &str) -> Finding {
    finding(Severity::Warning, note("TJ-S015", &[("host", host)]))
}

/// A text file's charset, as found or declared.
#[must_use]
pub fn charset_found(file: &str, charset: &str) -> Finding {
    finding(Severity::Info, note("TJ-S016", &[("file", file), ("charset", charset)]))
}

/// A stream has no key, and none was given.
#[must_use]
pub fn stream_without_key(stream: &str) -> Finding {
    finding(Severity::Warning, note("TJ-S017", &[("stream", stream)]))
}

/// The server's certificate is not examined.
#[must_use]
pub fn certificate_not_examined(host: &str) -> Finding {
    finding(Severity::Warning, note("TJ-S018", &[("host", host)]))
}

/// A column declares one charset and holds bytes of another.
#[must_use]
pub fn charset_doubtful(stream: &str, column: &str, declared: &str, likely: &str) -> Finding {
    let args = [("stream", stream), ("column", column), ("declared", declared), ("likely", likely)];
    finding(Severity::Warning, note("TJ-S021", &args))
}

/// The connector was not yet run against a real server of this engine.
#[must_use]
pub fn untried(engine: &str) -> Finding {
    finding(Severity::Info, note("TJ-S031", &[("engine", engine)]))
}

/// The database keeps no versions for readers: a snapshot is no single view, and may wait for writers.
#[must_use]
pub fn no_view() -> Finding {
    finding(Severity::Warning, note("TJ-S032", &[]))
}

/// Why a source or stream cannot be read.
#[must_use]
pub fn failure(error: &ReadError) -> Finding {
    let note = match error {
        ReadError::Connect { words } => note("TJ-S002", &[("words", words)]),
        ReadError::Refused { refusal: Refusal::Credential, words } => note("TJ-S003", &[("words", words)]),
        ReadError::Refused { refusal: Refusal::Right, words } => note("TJ-S004", &[("words", words)]),
        ReadError::Refused { refusal: Refusal::Tls, words } => note("TJ-S005", &[("words", words)]),
        ReadError::TimedOut { seconds, doing } => {
            note("TJ-S006", &[("seconds", &seconds.to_string()), ("doing", doing)])
        }
        ReadError::NoStream { stream } => note("TJ-S007", &[("stream", &stream.to_string())]),
        ReadError::NoColumn { stream, column } => {
            note("TJ-S013", &[("stream", &stream.to_string()), ("column", column)])
        }
        ReadError::Source { words, .. } | ReadError::Malformed { words } => {
            note("TJ-S014", &[("words", words)])
        }
        ReadError::OpenQuote { file, line } => {
            note("TJ-S223", &[("file", file), ("line", &line.to_string())])
        }
        ReadError::Unsupported { what } => note("TJ-S014", &[("words", what)]),
    };
    finding(Severity::Error, note)
}

/// The stream has no key: why a row has none.
#[must_use]
pub fn key_missing() -> String {
    Message::new("TJ-S248").to_string()
}

/// A key column of the row is NULL.
#[must_use]
pub fn key_null(column: &str) -> String {
    Message::new("TJ-S244").with("column", column).to_string()
}

/// A key column of the row is no text.
#[must_use]
pub fn key_no_text(column: &str) -> String {
    Message::new("TJ-S245").with("column", column).to_string()
}

/// A key column of the row is too large.
#[must_use]
pub fn key_too_large(column: &str) -> String {
    Message::new("TJ-S246").with("column", column).to_string()
}

/// A key column of the row holds no value.
#[must_use]
pub fn key_no_value(column: &str) -> String {
    Message::new("TJ-S247").with("column", column).to_string()
}

/// Where in a file something is.
#[must_use]
pub fn at_line(file: &str, line: u64, why: impl Display) -> String {
    Message::new("TJ-S243").with("file", file).with("line", line).with("why", why).to_string()
}

fn finding(severity: Severity, note: Note) -> Finding {
    Finding { severity, note }
}
