//! Rows of a running statement, one by one, never waiting longer than the limit.

use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use contract::{ReadError, StreamName};
use futures_util::poll;
use tokio::time::timeout;

use crate::connection::timed_out;
use crate::driver::{Field, Rows};
use crate::failure;

/// The next row. A timer is made only when there is something to wait for.
pub(crate) async fn next_row(
    rows: &mut Rows<'_>,
    stream: &StreamName,
    limit: Duration,
) -> Result<Option<Vec<Field>>, ReadError> {
    let mut next = pin!(rows.next());
    let row = match poll!(&mut next) {
        Poll::Ready(row) => row,
        Poll::Pending => timeout(limit, next).await.map_err(|_| timed_out(limit, "reading rows"))?,
    };
    row.map_err(|error| failure::reading(error, Some(stream)))
}
