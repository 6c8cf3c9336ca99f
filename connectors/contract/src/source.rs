//! The trait every connector implements; dyn-compatible, so that the hub holds `Arc<dyn Source>`.

use std::future::Future;
use std::pin::Pin;

use crate::{
    Capabilities, ChangeMode, Digest, KeyRange, Note, OrderKey, Predicate, Projection, ReadError, Row,
    RowBatch, SourceKey, StreamName, StreamSchema,
};

/// A boxed future.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
/// A boxed stream of results.
pub type BoxStream<'a, T> = Pin<Box<dyn futures_util::Stream<Item = T> + Send + 'a>>;

/// What to read in a snapshot.
#[derive(Clone, Debug)]
pub struct SnapshotRequest {
    /// The stream.
    pub stream: StreamName,
    /// Its key columns; overrides the source's own key when not empty.
    pub key: Vec<String>,
    /// The columns.
    pub projection: Projection,
    /// Go on after this key, in the source's order; `None` starts.
    pub after: Option<SourceKey>,
    /// Rows per batch, at most.
    pub max_rows: usize,
    /// Bytes per batch, about.
    pub max_bytes: usize,
    /// A cell longer than this becomes [`crate::Value::Odd`] with `too-large`, with its first 64 bytes.
    pub max_cell_bytes: usize,
}

/// One thing found by a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Whether the source cannot be read because of it, or somebody should act.
    pub severity: Severity,
    /// What, as a text of `messages`.
    pub note: Note,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// For information.
    Info,
    /// Works, but somebody should act (the account may write).
    Warning,
    /// Does not work.
    Error,
}

/// The outcome of [`Source::check`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Check {
    /// The server's own description: product and version.
    pub server: Option<String>,
    /// What was found.
    pub findings: Vec<Finding>,
    /// For each stream asked about: the best change mode the account's rights allow.
    pub modes: Vec<(StreamName, ChangeMode)>,
}

/// Count and digest of a range of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RangeDigest {
    /// Rows.
    pub n_rows: u64,
    /// XOR over the rows, each with its key mixed in, so that order does not matter and equal rows do not cancel.
    pub digest: Digest,
}

/// One configured database. Reading only; bounded connections, time-outs on everything.
pub trait Source: Send + Sync {
    /// What this connector can do.
    fn capabilities(&self) -> Capabilities;

    /// Whether it can be reached, what the account may read of `streams`, and what it may do that it should not.
    /// Never fails: what fails is a finding.
    fn check<'a>(&'a self, streams: &'a [StreamName]) -> BoxFuture<'a, Check>;

    /// The streams it holds, or only those named.
    fn discover<'a>(
        &'a self,
        streams: Option<&'a [StreamName]>,
    ) -> BoxFuture<'a, Result<Vec<StreamSchema>, ReadError>>;

    /// The rows of a stream in the order of its key, resumable after a key.
    fn snapshot(&self, request: SnapshotRequest) -> BoxStream<'_, Result<RowBatch, ReadError>>;

    /// The rows of these keys, in no order; absent keys are absent.
    fn lookup<'a>(
        &'a self,
        stream: &'a StreamName,
        key: &'a [String],
        keys: &'a [SourceKey],
        projection: &'a Projection,
    ) -> BoxFuture<'a, Result<RowBatch, ReadError>>;

    /// Rows by condition, at the source, with bound parameters.
    fn select<'a>(
        &'a self,
        stream: &'a StreamName,
        predicate: &'a Predicate,
        order: &'a [OrderKey],
        limit: u32,
        projection: &'a Projection,
    ) -> BoxFuture<'a, Result<RowBatch, ReadError>>;

    /// Count and digest of key ranges, in the source's own key order.
    fn digest<'a>(
        &'a self,
        stream: &'a StreamName,
        key: &'a [String],
        projection: &'a Projection,
        ranges: &'a [KeyRange],
    ) -> BoxFuture<'a, Result<Vec<RangeDigest>, ReadError>>;
}

impl RangeDigest {
    /// No rows.
    pub const EMPTY: RangeDigest = RangeDigest { n_rows: 0, digest: Digest([0; 16]) };

    /// Adds a row. A row without a usable key lies in no range and does not count.
    #[must_use]
    pub fn with(self, row: &Row) -> RangeDigest {
        match &row.key {
            Ok(key) => self.with_parts(&key.0, row.digest),
            Err(_) => self,
        }
    }

    /// Adds a row of which only key and digest are known.
    #[must_use]
    pub fn with_parts(mut self, key: &str, digest: Digest) -> RangeDigest {
        let mut keyed = Vec::with_capacity(digest.0.len() + key.len());
        keyed.extend_from_slice(&digest.0);
        keyed.extend_from_slice(key.as_bytes());
        self.n_rows += 1;
        for (sum, byte) in self.digest.0.iter_mut().zip(Digest::of(&keyed).0) {
            *sum ^= byte;
        }
        self
    }
}
