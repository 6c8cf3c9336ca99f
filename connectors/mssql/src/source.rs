//! SQL Server as a source of the contract.

use contract::{
    BoxFuture, BoxStream, Capabilities, ChangeMode, Check, KeyRange, OrderKey, Predicate, Projection,
    RangeDigest, ReadError, RowBatch, SnapshotRequest, Source, SourceKey, StreamName, StreamSchema,
};

use crate::connection::Connections;
use crate::{Options, check, digest, discover, lookup, snapshot};

/// One SQL Server database.
pub struct Mssql {
    connections: Connections,
}

impl Mssql {
    /// A source of these options. Connects when it is first read.
    #[must_use]
    pub fn new(options: Options) -> Mssql {
        Mssql { connections: Connections::new(options) }
    }
}

impl Source for Mssql {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            change_modes: vec![ChangeMode::Diff],
            resumable: true,
            pushdown: true,
            range_digest: true,
            consistent_snapshot: true,
        }
    }

    fn check<'a>(&'a self, streams: &'a [StreamName]) -> BoxFuture<'a, Check> {
        Box::pin(check::check(&self.connections, streams))
    }

    fn discover<'a>(
        &'a self,
        streams: Option<&'a [StreamName]>,
    ) -> BoxFuture<'a, Result<Vec<StreamSchema>, ReadError>> {
        Box::pin(async move {
            let mut session = self.connections.session().await?;
            let tables = discover::tables(&mut session, streams).await?;
            // What the account may not see looks absent: of one stream alone it can be told which it is.
            if let (Some([stream]), true) = (streams, tables.is_empty())
                && let error @ ReadError::Refused { .. } =
                    discover::hidden_or_absent(&mut session, stream).await
            {
                return Err(error);
            }
            session.finish().await;
            Ok(tables.iter().map(crate::table::Table::schema).collect())
        })
    }

    fn snapshot(&self, request: SnapshotRequest) -> BoxStream<'_, Result<RowBatch, ReadError>> {
        snapshot::snapshot(&self.connections, request)
    }

    fn lookup<'a>(
        &'a self,
        stream: &'a StreamName,
        key: &'a [String],
        keys: &'a [SourceKey],
        projection: &'a Projection,
    ) -> BoxFuture<'a, Result<RowBatch, ReadError>> {
        Box::pin(lookup::lookup(&self.connections, stream, key, keys, projection))
    }

    fn select<'a>(
        &'a self,
        stream: &'a StreamName,
        predicate: &'a Predicate,
        order: &'a [OrderKey],
        limit: u32,
        projection: &'a Projection,
    ) -> BoxFuture<'a, Result<RowBatch, ReadError>> {
        Box::pin(lookup::select(&self.connections, stream, predicate, order, limit, projection))
    }

    fn digest<'a>(
        &'a self,
        stream: &'a StreamName,
        key: &'a [String],
        projection: &'a Projection,
        ranges: &'a [KeyRange],
    ) -> BoxFuture<'a, Result<Vec<RangeDigest>, ReadError>> {
        Box::pin(digest::digest(&self.connections, stream, key, projection, ranges))
    }
}
