//! A transaction of the writer that takes several batches, durable together.
//!
//! Every batch changes pages all over the indexes; written once for many batches they cost a fraction of what they cost
//! written with each.

use tokio::sync::MutexGuard;

use crate::store::batch::{Applied, PreparedBatch};
use crate::store::behind::Behind;
use crate::store::session::Session;
use crate::store::writer::{Counters, Writer};
use crate::store::{Store, StoreError};

use super::run::Run;

/// A transaction under way. Nobody else writes meanwhile, so it must be short. Dropped, or after an error, it never was.
pub struct Writing<'a> {
    store: &'a Store,
    writer: MutexGuard<'a, Writer>,
    session: Session,
    counters: Counters,
}

impl Store {
    /// Begins a transaction for batches.
    ///
    /// # Errors
    /// When the store fails, is read-only or is in use by another instance.
    pub async fn begin_writing(&self) -> Result<Writing<'_>, StoreError> {
        self.may_write()?;
        let mut writer = self.inner.writer.lock().await;
        let mut session = writer.begin(&self.inner.pools).await?;
        let counters = writer.counters(&mut session).await?;
        // Known again once it is committed.
        writer.counters = None;
        let session = Session::Behind(Behind::start(session));
        Ok(Writing { store: self, writer, session, counters })
    }
}

impl<'a> Writing<'a> {
    /// Applies a batch; it is durable once all of it is committed.
    ///
    /// # Errors
    /// When the store fails: nothing of this and of the batches before is then in it.
    pub async fn apply(mut self, batch: PreparedBatch) -> Result<(Writing<'a>, Applied), StoreError> {
        match self.apply_in(batch).await {
            Ok(applied) => Ok((self, applied)),
            Err(error) => {
                // The connection undoes it even if saying so fails.
                let _ = self.session.roll_back().await;
                Err(error)
            }
        }
    }

    async fn apply_in(&mut self, batch: PreparedBatch) -> Result<Applied, StoreError> {
        let stream = self.store.stream(batch.stream)?;
        self.writer.memory.ready(&mut self.session, batch.entries.len()).await?;
        let at = self.writer.now(&self.counters);
        let mut run = Run::new(self.store, &mut self.session, &mut self.writer.memory, self.counters, at);
        let (mapping_version, progress) = (batch.mapping_version, batch.progress.clone());
        let aside = run.classify(&stream, batch).await?;
        let feed = run.decide_and_write().await?;
        run.write_dead(stream.number, mapping_version, aside).await?;
        let log = stream.log();
        let progress = progress.map(|progress| (log.clone(), progress));
        self.counters = run.close(self.counters, feed, &log, progress).await?;
        Ok(run.applied)
    }

    /// Makes it durable.
    ///
    /// # Errors
    /// When the store fails: nothing of it is then in it.
    pub async fn commit(self) -> Result<(), StoreError> {
        let Writing { store, mut writer, session, counters } = self;
        store.settle(&mut writer, session, Ok(((), counters))).await
    }
}
