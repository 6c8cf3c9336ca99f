//! One reading of one stream: the parts that snapshot and comparison share.

use std::sync::Arc;

use contract::{Part, SnapshotRequest, SourceKey};
use messages::Message;

use crate::store::{Applied, Entry, Outcome, PreparedBatch, Progress};

use super::batches::Batches;
use super::broken::Broken;
use super::stop::Stop;
use super::{Inner, Planned, parts, points};
use crate::sources::Permit;

/// Bytes of cells that one turn may set aside.
const MAX_BYTES_ASIDE: u64 = 256 << 20;

/// One reading of one stream.
pub(super) struct Turn<'a> {
    pub(super) inner: &'a Arc<Inner>,
    /// Index of the stream among the planned.
    pub(super) index: usize,
    pub(super) planned: &'a Planned,
    pub(super) stop: &'a Stop,
    pub(super) begun: tokio::time::Instant,
    /// No row of the stream can be in the store: it is read for the first time.
    pub(super) is_fresh: bool,
    /// Something became durable from which the next attempt goes on.
    pub(super) has_advanced: bool,
    /// An operator said that what vanished is gone.
    pub(super) accepted: Option<u64>,
    /// Rows that attempts before this one wrote in this turn.
    pub(super) n_written_before: u64,
    /// Rows set aside in this turn.
    pub(super) n_set_aside: u64,
    /// Bytes of their cells.
    pub(super) n_bytes_aside: u64,
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
    pub(super) async fn write(&self, entries: Vec<Entry>, progress: Option<Progress>) -> Result<(), Broken> {
        self.inner.reach(points::BETWEEN_READ_AND_COMMIT);
        let batch = self.prepared(entries, progress, false);
        // Boxed: the compiler does not see through the store's statements that this may move between threads.
        let applying: contract::BoxFuture<'_, _> = Box::pin(self.inner.store.apply(batch));
        let applied = applying.await?;
        self.count(applied);
        self.inner.reach(points::BETWEEN_COMMIT_AND_READ);
        Ok(())
    }

    pub(super) fn prepared(
        &self,
        entries: Vec<Entry>,
        progress: Option<Progress>,
        is_fresh: bool,
    ) -> PreparedBatch {
        PreparedBatch {
            stream: self.planned.stream.number,
            mapping_version: self.planned.mapping.version(),
            is_fresh,
            entries,
            progress,
        }
    }

    /// Counts what a durable batch did.
    pub(super) fn count(&self, applied: Applied) {
        self.inner.update(self.index, |status| {
            status.applied.inserted += applied.inserted;
            status.applied.updated += applied.updated;
            status.applied.deleted += applied.deleted;
            status.applied.unchanged += applied.unchanged;
            // Read as if for the first time, and known all the same.
            status.n_unchanged += applied.unchanged;
            status.applied.dead_letters += applied.dead_letters;
            status.applied.relinked += applied.relinked;
        });
    }

    /// Counts the rows of a batch that are set aside; too many of them are no faults of rows, but of the file or the
    /// mapping, and would only fill the store.
    pub(super) fn set_aside(&mut self, entries: &[Entry]) -> Result<(), Broken> {
        for entry in entries {
            if let Outcome::DeadLetter(letter) = &entry.outcome {
                self.n_set_aside += 1;
                self.n_bytes_aside += letter.n_bytes();
            }
        }
        let max = self.inner.options.max_dead_letters;
        if self.accepted.is_some() || (self.n_set_aside <= max && self.n_bytes_aside <= MAX_BYTES_ASIDE) {
            return Ok(());
        }
        let registration = &self.planned.stream.registration;
        let message = Message::new("TJ-S222").with("n", self.n_set_aside).with("max", max);
        Err(Broken::Held(message.with("source", &registration.source).with("stream", &registration.name)))
    }

    /// Remembers what the stream is made of.
    pub(super) async fn remember(&self, now: &[Part]) -> Result<(), Broken> {
        if !now.is_empty() {
            parts::remember(&self.inner.store, &self.planned.stream, now).await?;
        }
        Ok(())
    }

    /// A comparison reads from the first row, also when an attempt before it broke off: what that one received is not
    /// counted, and what it wrote is found unchanged now.
    pub(super) fn begin_again(&mut self) {
        let mut n_written = 0;
        self.inner.update(self.index, |status| {
            (status.n_received, status.n_unchanged) = (0, 0);
            n_written = status.applied.inserted + status.applied.updated + status.applied.dead_letters;
        });
        self.n_written_before = n_written;
    }

    /// What an attempt before wrote is no row that did not change.
    pub(super) fn leave_out_written(&self) {
        let n_written = self.n_written_before;
        self.inner.update(self.index, |status| {
            status.n_unchanged = status.n_unchanged.saturating_sub(n_written);
        });
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
