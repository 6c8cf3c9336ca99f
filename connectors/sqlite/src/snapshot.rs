//! A whole table, in the order of its key, from one read transaction.

use std::sync::Arc;

use async_stream::try_stream;
use contract::{Batcher, BoxStream, Decode, KeyRange, ReadError, RowBatch, SnapshotRequest};
use sqlx::Row as _;

use crate::connection::{Connections, next_row};
use crate::decode::CellDecoder;
use crate::discover;
use crate::failure;
use crate::lookup::{charset, query};
use crate::reading::{Blocks, Shape};
use crate::row::RowReader;
use crate::sql::{Select, ordered};

/// The batches of a snapshot. Rows with NULL in their key come without a key, at their place in the order.
///
/// Dropped before its end, the stream stops the engine's thread within some thousand steps.
pub(crate) fn snapshot(
    connections: &Connections,
    request: SnapshotRequest,
) -> BoxStream<'_, Result<RowBatch, ReadError>> {
    Box::pin(try_stream! {
        let mut session = connections.session().await?;
        let table = discover::table(&mut session, &request.stream).await?;
        let shape = Shape::of(&mut session, &table).await?;
        let select = Select {
            table: &table,
            key: table.key_columns(&request.key)?,
            projection: table.select(&request.projection)?,
            max_cell_bytes: request.max_cell_bytes,
            is_guarded: shape.may_exceed(request.max_cell_bytes),
        };
        let range = KeyRange { after: request.after.clone(), upto: None };
        let charset = charset(connections);
        let decoder: Arc<dyn Decode> = Arc::new(CellDecoder { encoding: table.encoding, charset });
        let schema = table.projected(&select.projection);
        let mut batcher = Batcher::new(schema, Some(decoder), request.max_rows, request.max_bytes);
        let limit = session.limit();
        if let Some(mut blocks) = Blocks::new(&mut session, &select, shape, &range, charset).await? {
            while let Some(rows) = blocks.next(&mut session).await? {
                for (row, n_bytes) in rows {
                    if let Some(batch) = batcher.push(row, n_bytes) {
                        yield batch;
                    }
                }
            }
        } else {
            let reader = RowReader::new(&select, charset);
            let (statement, binds) = ordered(&select, &range)?;
            let mut rows = query(&statement, binds).fetch(&mut session.connection);
            while let Some(row) = next_row(&mut rows, limit).await? {
                let raw: &[u8] = row.try_get_unchecked(0).map_err(|error| failure::reading(error, limit))?;
                if let Some(batch) = batcher.push(reader.row(raw)?, raw.len()) {
                    yield batch;
                }
            }
        }
        session.finish().await;
        yield batcher.finish();
    })
}
