//! One reading of one stream: the parts that snapshot and comparison share.

use std::sync::Arc;

use contract::{SnapshotRequest, SourceKey};

use crate::store::{Entry, PreparedBatch, Progress};

use super::batches::Batches;
use super::broken::Broken;
use super::stop::Stop;
use super::{Inner, Planned, points};
use crate::sources::Permit;

/// One reading of one stream.
pub(super) struct Turn<'a> {
    pub(super) inner: &'a Arc<Inner>,
    /// Index of the stream among the planned.
    pub(super) index: usize,
    pub(super) planned: &'a Planned,
    pub(super) stop: &'a Stop,
    pub(super) begun: tokio::time::Instant,
    /// Something became durable from which the next attempt goes on.
    pub(super) has_advanced: bool,
    /// An operator said that what vanished is gone.
    pub(super) is_accepted: bool,
}

impl Turn<'_> {
    /// Begins to read, after a key or from the start.
    pub(super) fn batches(&self, permit: Permit, after: Option<SourceKey>) -> Batches {
        let options = &self.inner.options;
        let mapping = &self.planned.mapping;
        let request = SnapshotRequest {
            stream: mapping.stream().clone(),
            key: mapping.key().to_vec(),
            projection: mapping.projection(),
            after,
            max_rows: options.batch_rows,
            max_bytes: options.batch_bytes,
            max_cell_bytes: options.cell_bytes,
        };
        Batches::start(permit, request, options.stall, self.stop.clone())
    }

    /// Writes a batch, in one transaction with its progress.
    pub(super) async fn write(
        &self,
        entries: Vec<Entry>,
        progress: Option<Progress>,
        is_fresh: bool,
    ) -> Result<(), Broken> {
        self.inner.reach(points::BETWEEN_READ_AND_COMMIT);
        let batch = PreparedBatch {
            stream: self.planned.stream.number,
            mapping_version: self.planned.mapping.version(),
            is_fresh,
            entries,
            progress,
        };
        // Boxed: the compiler does not see through the store's statements that this may move between threads.
        let applying: contract::BoxFuture<'_, _> = Box::pin(self.inner.store.apply(batch));
        let applied = applying.await?;
        self.inner.update(self.index, |status| {
            status.applied.inserted += applied.inserted;
            status.applied.updated += applied.updated;
            status.applied.deleted += applied.deleted;
            status.applied.unchanged += applied.unchanged;
            status.applied.dead_letters += applied.dead_letters;
            status.applied.relinked += applied.relinked;
        });
        self.inner.reach(points::BETWEEN_COMMIT_AND_READ);
        Ok(())
    }

    /// Counts rows received, for progress bars.
    pub(super) fn received(&self, n_rows: usize, n_unchanged: u64) {
        let seconds = self.begun.elapsed().as_secs_f64();
        self.inner.update(self.index, |status| {
            status.n_received += n_rows as u64;
            status.n_unchanged += n_unchanged;
            status.rows_per_second = status.n_received as f64 / seconds.max(0.001);
        });
    }
}

/// Runs CPU-heavy work off the tasks that read and write.
pub(super) async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Broken> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Broken::Panicked)
}
