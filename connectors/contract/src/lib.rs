//! What a connector promises the hub, whatever the engine behind it.
//!
//! A [`Source`] is one database of a department; it is read, never written. It tells what it holds
//! ([`Source::discover`]), gives whole streams in the order of their keys ([`Source::snapshot`]), answers
//! look-ups and pushed-down selects, and counts and digests ranges of keys for reconciliation.
//!
//! Invariant: knows no entity, no policy, no driver and no store of ours.

mod batch;
mod batcher;
pub mod cells;
mod credential;
mod error;
mod name;
pub mod notes;
mod predicate;
mod schema;
mod source;
mod value;

#[cfg(test)]
mod tests;

pub use batch::{
    ChangeBatch, ChangeEvent, Decode, Digest, Position, Row, RowBatch, RowBody, SourceKey, Span, Unkeyed,
};
pub use batcher::Batcher;
pub use credential::Credential;
pub use error::{ReadError, Refusal, Retry};
pub use name::{BadStreamName, SourceId, StreamName};
pub use predicate::{Comparison, KeyRange, Order, OrderKey, Predicate, Projection};
pub use schema::{Capabilities, ChangeMode, Column, ColumnType, Note, Part, StreamSchema};
pub use source::{BoxFuture, BoxStream, Check, Finding, RangeDigest, Severity, SnapshotRequest, Source};
pub use value::Value;
