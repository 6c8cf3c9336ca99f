//! The gate: what a request may be, measured before it is parsed and again before it is executed.
//!
//! The parser recurses with the text it reads; a text of three kilobytes can end the process. So the lexer measures
//! first: bytes, tokens, nesting. What is parsed then is measured with the schema in mind: aliases, root fields,
//! depth, pages, cost.

mod document;
mod introspection;
mod lexer;
mod usable;

#[cfg(test)]
mod tests;

use std::time::Duration;

pub(crate) use document::{DEFAULT_FIRST, Rules};
pub(crate) use lexer::measure;

/// What one request may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a body.
    pub body_bytes: usize,
    /// Tokens of a query.
    pub tokens: u32,
    /// Bytes of one token.
    pub token_bytes: usize,
    /// Levels of selections.
    pub depth: u32,
    /// Levels of lists and objects in a value.
    pub value_depth: u32,
    /// Directives in a query.
    pub directives: u32,
    /// Aliases in a query.
    pub aliases: u32,
    /// Root fields of an operation.
    pub root_fields: u32,
    /// Fields, once fragments are put in their places.
    pub fields: u32,
    /// Items of one list of values.
    pub list_items: usize,
    /// Rows that may be touched, by estimate.
    pub cost: u64,
    /// Rows of a page.
    pub page: u32,
    /// Time for an answer.
    pub time: Duration,
    /// Time to send a body.
    pub body_time: Duration,
    /// Bytes of an answer.
    pub response_bytes: usize,
    /// Requests worked on side by side.
    pub concurrent: usize,
    /// Of these, of one key.
    pub concurrent_per_key: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            body_bytes: 64 * 1024,
            tokens: 4_000,
            token_bytes: 8 * 1024,
            depth: 12,
            value_depth: 32,
            directives: 8,
            aliases: 50,
            root_fields: 20,
            fields: 5_000,
            list_items: 200,
            cost: 20_000,
            page: 200,
            time: Duration::from_secs(5),
            body_time: Duration::from_secs(30),
            response_bytes: 8 * 1024 * 1024,
            concurrent: 64,
            concurrent_per_key: 16,
        }
    }
}
