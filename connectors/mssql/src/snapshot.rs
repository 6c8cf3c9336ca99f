//! A whole table, in the order of its key, by one statement.

use std::sync::Arc;

use async_stream::try_stream;
use contract::{Batcher, BoxStream, Decode, KeyRange, ReadError, RowBatch, SnapshotRequest};

use crate::connection::{Connections, within};
use crate::decode::Decoder;
use crate::discover;
use crate::fetch::next_row;
use crate::row::RowReader;
use crate::sql::{Select, ordered};

/// The batches of a snapshot.
///
/// Rows with NULL in their key come first, without a key; a reading that goes on after a key does not get them again.
/// Dropped before its end, the stream closes the connection, and the server ends the statement.
pub(crate) fn snapshot(
    connections: &Connections,
    request: SnapshotRequest,
) -> BoxStream<'_, Result<RowBatch, ReadError>> {
    Box::pin(try_stream! {
        let mut session = connections.session().await?;
        let table = discover::table(&mut session, &request.stream).await?;
        let select = Select {
            table: &table,
            key: table.key_columns(&request.key)?,
            projection: table.select(&request.projection)?,
            max_cell_bytes: request.max_cell_bytes,
        };
        let range = KeyRange { after: request.after.clone(), upto: None };
        let (statement, binds) = ordered(&select, &range)?;
        let decoder: Arc<dyn Decode> = Arc::new(Decoder::new(&select));
        let schema = table.projected(&select.projection);
        let mut batcher = Batcher::new(schema, Some(decoder), request.max_rows, request.max_bytes);
        let mut reader = RowReader::new(&select);
        let limit = session.limit();
        {
            let opening = async { session.driver()?.query(statement, binds).await };
            let mut rows = within(limit, Some(&request.stream), "opening a snapshot", opening).await?;
            while let Some(fields) = next_row(&mut rows, &request.stream, limit).await? {
                let (row, n_bytes) = reader.row(&fields)?;
                if let Some(batch) = batcher.push(row, n_bytes) {
                    yield batch;
                }
            }
        }
        session.finish().await;
        yield batcher.finish();
    })
}
