//! Connections to one file: few, read-only, stopped when nobody waits for them any more.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use contract::ReadError;
use futures_util::{Stream, StreamExt, poll};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::Options;
use crate::failure::{reading, timed_out};

/// Rows that the engine's thread may be ahead of the reader.
const N_ROWS_AHEAD: usize = 64;
/// Steps of the engine between two looks at whether anybody still waits.
const N_STEPS: i32 = 20_000;

/// The connections of one source.
pub(crate) struct Connections {
    options: Options,
    permits: Arc<Semaphore>,
}

/// One read transaction. Dropped, it stops the engine's thread and closes the file.
///
/// Each session opens the file anew: who replaced it is read next time.
pub(crate) struct Session {
    pub(crate) connection: SqliteConnection,
    limit: Duration,
    _stop: StopOnDrop,
    _permit: OwnedSemaphorePermit,
}

struct StopOnDrop(Arc<AtomicBool>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Connections {
    pub(crate) fn new(options: Options) -> Connections {
        let permits = usize::try_from(options.max_connections.max(1)).unwrap_or(1);
        Connections { options, permits: Arc::new(Semaphore::new(permits)) }
    }

    pub(crate) fn options(&self) -> &Options {
        &self.options
    }

    /// Opens the file and begins a read transaction; what is read is one view from the first statement on.
    pub(crate) async fn session(&self) -> Result<Session, ReadError> {
        let limit = self.options.read_timeout;
        let Ok(Ok(permit)) = timeout(limit, Arc::clone(&self.permits).acquire_owned()).await else {
            return Err(timed_out(limit, "waiting for a free connection"));
        };
        let path = &self.options.path;
        if let Err(error) = std::fs::metadata(path) {
            return Err(ReadError::Connect { words: format!("`{}`: {error}", path.display()) });
        }
        let options = SqliteConnectOptions::new()
            .filename(path)
            .read_only(true)
            .create_if_missing(false)
            .busy_timeout(self.options.busy_timeout)
            .statement_cache_capacity(4)
            .row_buffer_size(N_ROWS_AHEAD)
            .disable_statement_logging();
        let mut connection = within(limit, "opening the file", options.connect()).await?;
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        within(limit, "opening the file", async {
            connection
                .lock_handle()
                .await?
                .set_progress_handler(N_STEPS, move || !stopped.load(Ordering::Relaxed));
            Ok(())
        })
        .await?;
        let mut session = Session { connection, limit, _stop: StopOnDrop(stop), _permit: permit };
        let begin = sqlx::query("BEGIN").execute(&mut session.connection);
        within(limit, "opening a transaction", begin).await?;
        Ok(session)
    }
}

impl Session {
    /// Closes the file before another reading may open it.
    pub(crate) async fn finish(self) {
        let Session { connection, limit, _stop: stop, _permit: permit } = self;
        // Nothing was written: there is nothing to lose when closing fails.
        let closed = timeout(limit, connection.close()).await;
        drop((closed, stop, permit));
    }

    /// The limit of silence.
    pub(crate) fn limit(&self) -> Duration {
        self.limit
    }
}

/// Awaits an answer of the engine, no longer than the limit.
pub(crate) async fn within<T>(
    limit: Duration,
    doing: &str,
    answer: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, ReadError> {
    match timeout(limit, answer).await {
        Err(_) => Err(timed_out(limit, doing)),
        Ok(answer) => answer.map_err(|error| reading(error, limit)),
    }
}

/// The next row of a running statement. A timer is made only when there is something to wait for.
pub(crate) async fn next_row<R>(
    rows: &mut (impl Stream<Item = Result<R, sqlx::Error>> + Unpin),
    limit: Duration,
) -> Result<Option<R>, ReadError> {
    let next = match poll!(rows.next()) {
        Poll::Ready(next) => next,
        Poll::Pending => timeout(limit, rows.next()).await.map_err(|_| timed_out(limit, "reading rows"))?,
    };
    next.transpose().map_err(|error| reading(error, limit))
}
