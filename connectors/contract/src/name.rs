//! Names of sources and streams.

use std::fmt;
use std::str::FromStr;

/// Name of a configured source: `[a-z][a-z0-9_-]*`, as in the configuration's file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(String);

impl SourceId {
    /// The id as configured. The configuration has judged its form.
    #[must_use]
    pub fn new(id: impl Into<String>) -> SourceId {
        SourceId(id.into())
    }

    /// The text of the id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Name of a stream inside its source: one to three parts, none empty; written with dots.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamName {
    parts: Vec<String>,
}

/// A text that is no stream name.
#[derive(Debug, thiserror::Error)]
#[error("stream name `{text}` is not of one to three parts, as in `schema.table`")]
pub struct BadStreamName {
    text: String,
}

impl StreamName {
    /// A name of given parts, for names whose parts hold dots (files).
    ///
    /// # Errors
    /// When there are no parts, more than three, or an empty one.
    pub fn of(parts: Vec<String>) -> Result<StreamName, BadStreamName> {
        if parts.is_empty() || parts.len() > 3 || parts.iter().any(String::is_empty) {
            return Err(BadStreamName { text: parts.join(".") });
        }
        Ok(StreamName { parts })
    }

    /// One to three parts, outermost first.
    #[must_use]
    pub fn parts(&self) -> &[String] {
        &self.parts
    }
}

impl FromStr for StreamName {
    type Err = BadStreamName;

    fn from_str(text: &str) -> Result<StreamName, BadStreamName> {
        StreamName::of(text.split('.').map(str::to_owned).collect())
    }
}

impl fmt::Display for StreamName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.parts.join("."))
    }
}
