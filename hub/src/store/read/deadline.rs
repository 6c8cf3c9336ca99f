//! A reading ends at its deadline, and when its asker goes away: the engine is told to stop, not only left alone.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::store::StoreError;
use crate::store::session::{Session, Wire};

use super::ReadError;

/// Instructions of SQLite's machine between two looks at the clock: some tenths of a millisecond.
const LOOK_EVERY: i32 = 20_000;

/// When a reading must be over. Dropping it ends the reading too.
#[derive(Debug)]
pub struct Deadline {
    at: Instant,
    is_over: Arc<AtomicBool>,
}

impl Deadline {
    /// So long from now.
    #[must_use]
    pub fn after(time: Duration) -> Deadline {
        Deadline { at: Instant::now() + time, is_over: Arc::new(AtomicBool::new(false)) }
    }

    /// Tells the engine. SQLite's connection forgets it when it goes back to its pool, PostgreSQL's at the end of the
    /// transaction.
    pub(super) async fn arm(&self, session: &mut Session) -> Result<(), ReadError> {
        let left = self.at.saturating_duration_since(Instant::now());
        match session.wire() {
            Wire::Sqlite(connection) => {
                let (at, is_over) = (self.at, self.is_over.clone());
                let mut handle = connection.lock_handle().await.map_err(StoreError::from)?;
                handle.set_progress_handler(LOOK_EVERY, move || {
                    !is_over.load(Ordering::Relaxed) && Instant::now() < at
                });
            }
            Wire::Postgres(_) => {
                let milliseconds = left.as_millis().max(1);
                session.execute_once(&format!("SET LOCAL statement_timeout = {milliseconds}")).await?;
            }
            // A writer's: no question of a caller runs on it.
            Wire::Behind(_) => {}
        }
        Ok(())
    }

    /// Waits for a statement, but not beyond the deadline.
    pub(super) async fn watch<T>(
        &self,
        statement: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, ReadError> {
        match tokio::time::timeout_at(self.at.into(), statement).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(_)) if Instant::now() >= self.at => Err(ReadError::Deadline),
            Ok(Err(error)) => Err(error.into()),
            Err(_) => Err(ReadError::Deadline),
        }
    }
}

impl Drop for Deadline {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
    }
}
