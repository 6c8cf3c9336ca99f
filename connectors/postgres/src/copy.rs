//! The bytes of a running `COPY`, chunk by chunk, never waiting longer than the limit.

use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use contract::{ReadError, StreamName};
use futures_util::{Stream, StreamExt, poll};
use tokio::time::timeout;

use crate::connection::timed_out;
use crate::failure;

/// The next chunk. A timer is made only when there is something to wait for.
pub(crate) async fn next_chunk(
    chunks: &mut (impl Stream<Item = Result<Bytes, sqlx::Error>> + Unpin),
    stream: &StreamName,
    limit: Duration,
) -> Result<Option<Bytes>, ReadError> {
    let next = match poll!(chunks.next()) {
        Poll::Ready(next) => next,
        Poll::Pending => timeout(limit, chunks.next()).await.map_err(|_| timed_out(limit, "reading rows"))?,
    };
    next.transpose().map_err(|error| failure::reading(error, Some(stream), limit))
}
