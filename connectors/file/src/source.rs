//! A folder as a source of the contract.

use contract::{
    BoxFuture, BoxStream, Capabilities, ChangeMode, Check, KeyRange, OrderKey, Predicate, Projection,
    RangeDigest, ReadError, RowBatch, SnapshotRequest, Source, SourceKey, StreamName, StreamSchema,
};

use crate::work::Work;
use crate::{Options, check, digest, discover, lookup, snapshot};

/// One drop folder.
pub struct Files {
    work: Work,
}

impl Files {
    /// A source of these options. Opens its files when they are read.
    #[must_use]
    pub fn new(options: Options) -> Files {
        Files { work: Work::new(options) }
    }
}

impl Source for Files {
    /// Look-ups and selects work, but read everything: they are not declared.
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            change_modes: vec![ChangeMode::Diff],
            resumable: true,
            pushdown: false,
            range_digest: true,
            consistent_snapshot: true,
        }
    }

    fn check<'a>(&'a self, streams: &'a [StreamName]) -> BoxFuture<'a, Check> {
        Box::pin(check::check(&self.work, streams))
    }

    fn discover<'a>(
        &'a self,
        streams: Option<&'a [StreamName]>,
    ) -> BoxFuture<'a, Result<Vec<StreamSchema>, ReadError>> {
        Box::pin(discover::discover(&self.work, streams))
    }

    fn snapshot(&self, request: SnapshotRequest) -> BoxStream<'_, Result<RowBatch, ReadError>> {
        snapshot::snapshot(&self.work, request)
    }

    fn lookup<'a>(
        &'a self,
        stream: &'a StreamName,
        key: &'a [String],
        keys: &'a [SourceKey],
        projection: &'a Projection,
    ) -> BoxFuture<'a, Result<RowBatch, ReadError>> {
        Box::pin(lookup::lookup(&self.work, stream, key, keys, projection))
    }

    fn select<'a>(
        &'a self,
        stream: &'a StreamName,
        predicate: &'a Predicate,
        order: &'a [OrderKey],
        limit: u32,
        projection: &'a Projection,
    ) -> BoxFuture<'a, Result<RowBatch, ReadError>> {
        Box::pin(lookup::select(&self.work, stream, predicate, order, limit, projection))
    }

    fn digest<'a>(
        &'a self,
        stream: &'a StreamName,
        key: &'a [String],
        projection: &'a Projection,
        ranges: &'a [KeyRange],
    ) -> BoxFuture<'a, Result<Vec<RangeDigest>, ReadError>> {
        Box::pin(digest::digest(&self.work, stream, key, projection, ranges))
    }
}
