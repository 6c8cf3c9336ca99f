//! Codes, subject identifiers and salts.

use std::fmt;
use std::sync::Arc;

use super::{Digest, Line};
use crate::{Reason, Result};

/// `[0-9A-Za-z-]{1,32}`: a party, matter, department, stratum, class, officer, reason.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(Arc<str>);

/// `[0-9A-Z]{1,54}`: a subject; with 18 characters it is a credit code.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sid(Arc<str>);

/// Whether the bytes are a code.
pub fn is_code(text: &[u8]) -> bool {
    (1..=32).contains(&text.len()) && text.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-')
}

/// Whether the bytes are a subject identifier.
pub fn is_sid(text: &[u8]) -> bool {
    (1..=54).contains(&text.len()) && text.iter().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
}

/// Whether the bytes are a salt: 32 lower-case hexadecimal characters.
pub fn is_salt(text: &[u8]) -> bool {
    text.len() == 32 && text.iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

impl Code {
    /// Reads a code.
    pub fn parse(text: &[u8]) -> Option<Code> {
        (is_code(text)).then(|| Code(ascii(text)))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text as bytes.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl Sid {
    /// Reads a subject identifier.
    pub fn parse(text: &[u8]) -> Option<Sid> {
        is_sid(text).then(|| Sid(ascii(text)))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text as bytes.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// The bytes were seen to be ASCII; a copy of a code is a count, not a text.
fn ascii(text: &[u8]) -> Arc<str> {
    Arc::from(std::str::from_utf8(text).unwrap_or_default())
}

/// The field of a line as a code, or a refusal at its column.
pub fn require_code(line: &Line<'_>, field: usize) -> Result<Code> {
    Code::parse(line.field(field)).ok_or_else(|| line.refuse(field, Reason::FieldCode))
}

/// The field of a line as a subject identifier, or a refusal at its column.
pub fn require_sid(line: &Line<'_>, field: usize) -> Result<Sid> {
    Sid::parse(line.field(field)).ok_or_else(|| line.refuse(field, Reason::FieldSid))
}

/// The field of a line as a digest, or a refusal at its column.
pub fn require_digest(line: &Line<'_>, field: usize) -> Result<Digest> {
    Digest::parse(line.field(field)).ok_or_else(|| line.refuse(field, Reason::FieldDigest))
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Sid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
