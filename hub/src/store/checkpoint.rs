//! Moves what SQLite's write-ahead log holds into the file, beside the writer. Left to itself the engine does it inside
//! a commit, and whoever writes waits for the medium.
//!
//! Must never be needed for durability: what is in the log is committed.

use std::time::Duration;

use sqlx::SqlitePool;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// Pages of the log, 8 KiB each, beyond which the engine does it inside a commit all the same.
pub(super) const MOST_PAGES: &str = "32768";

/// Once in this time at most: each ends with the medium's own confirmation.
const EVERY: Duration = Duration::from_secs(2);

/// At most one is under way. Dropped, it is left where it is; it is safe to do so.
pub(super) struct Checkpoints {
    pool: SqlitePool,
    running: JoinSet<()>,
    begun: Option<Instant>,
}

impl Checkpoints {
    /// On a connection of its own.
    pub(super) fn on(pool: SqlitePool) -> Checkpoints {
        Checkpoints { pool, running: JoinSet::new(), begun: None }
    }

    /// Something was committed: begins, unless one is under way or was a moment ago.
    pub(super) fn committed(&mut self) {
        while self.running.try_join_next().is_some() {}
        let is_early = self.begun.is_some_and(|begun| begun.elapsed() < EVERY);
        if is_early || !self.running.is_empty() {
            return;
        }
        self.begun = Some(Instant::now());
        let pool = self.pool.clone();
        self.running.spawn(async move {
            // A full medium, or another checkpoint: the next one does it.
            if let Err(error) = sqlx::raw_sql("PRAGMA wal_checkpoint(PASSIVE)").execute(&pool).await {
                tracing::debug!(%error, "the log of the store was not moved into its file");
            }
        });
    }

    /// Waits for the one under way.
    pub(super) async fn end(&mut self) {
        while self.running.join_next().await.is_some() {}
        self.pool.close().await;
    }
}
