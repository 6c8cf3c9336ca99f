//! Rows of a running statement, one by one, never waiting longer than the limit.

use std::task::Poll;
use std::time::Duration;

use contract::{ReadError, StreamName};
use futures_util::{Stream, StreamExt, poll};
use mysql_async::{Error, Row};
use tokio::time::timeout;

use crate::connection::timed_out;
use crate::failure;

/// The next row. A timer is made only when there is something to wait for.
pub(crate) async fn next_row(
    rows: &mut (impl Stream<Item = Result<Row, Error>> + Unpin),
    stream: &StreamName,
    limit: Duration,
) -> Result<Option<Row>, ReadError> {
    let next = match poll!(rows.next()) {
        Poll::Ready(next) => next,
        Poll::Pending => timeout(limit, rows.next()).await.map_err(|_| timed_out(limit, "reading rows"))?,
    };
    next.transpose().map_err(|error| failure::reading(&error, Some(stream), limit))
}
