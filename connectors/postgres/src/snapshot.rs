//! A whole table, in the order of its key, from one consistent view.

use std::sync::Arc;

use async_stream::try_stream;
use contract::{Batcher, BoxStream, Decode, KeyRange, ReadError, RowBatch, SnapshotRequest};

use crate::connection::{Connections, Length, Session};
use crate::copy::next_chunk;
use crate::decode::LineDecoder;
use crate::discover;
use crate::line::LineReader;
use crate::sql::{Select, ordered};

/// The batches of a snapshot.
///
/// Rows with NULL in their key come last, without a key; a reading that goes on after a key gets all of them again.
/// Dropped before its end, the stream closes the connection, and the server ends the statement.
pub(crate) fn snapshot(
    connections: &Connections,
    request: SnapshotRequest,
) -> BoxStream<'_, Result<RowBatch, ReadError>> {
    Box::pin(try_stream! {
        let mut session = connections.session(Length::Snapshot).await?;
        let table = discover::table(&mut session, &request.stream).await?;
        let select = Select {
            table: &table,
            key: table.key_columns(&request.key)?,
            projection: table.select(&request.projection)?,
            max_cell_bytes: request.max_cell_bytes,
        };
        let range = KeyRange { after: request.after.clone(), upto: None };
        let rows = ordered(&select, &range)?;
        let statement = format!("COPY ({rows}) TO STDOUT");
        let decoder = LineDecoder::new(&select, connections.options().charset.as_deref());
        let decoder: Arc<dyn Decode> = Arc::new(decoder);
        let schema = table.projected(&select.projection);
        let mut batcher = Batcher::new(schema, Some(decoder), request.max_rows, request.max_bytes);
        let mut lines = LineReader::new(&select);
        let limit = session.limit();
        {
            let copy = session.connection.copy_out_raw(&statement);
            let mut chunks = Session::within(limit, Some(&request.stream), "opening a snapshot", copy).await?;
            while let Some(chunk) = next_chunk(&mut chunks, &request.stream, limit).await? {
                let mut full = Vec::new();
                lines.feed(chunk, |row, n_bytes| full.extend(batcher.push(row, n_bytes)));
                for batch in full {
                    yield batch;
                }
            }
        }
        session.finish().await;
        yield batcher.finish();
    })
}
