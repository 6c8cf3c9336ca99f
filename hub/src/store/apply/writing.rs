//! A transaction of the writer that takes several batches, durable together.
//!
//! Every batch changes pages all over the indexes; written once for many batches they cost a fraction of what they cost
//! written with each.

use std::collections::HashSet;

use tokio::sync::MutexGuard;

use crate::EntityId;

use crate::store::batch::{Applied, PreparedBatch};
use crate::store::behind::Behind;
use crate::store::session::Session;
use crate::store::writer::{Counters, Writer};
use crate::store::{Store, StoreError};

use super::run::Run;
use super::write::feed;

/// A transaction under way. Nobody else writes meanwhile, so it must be short. Dropped, or after an error, it never was.
pub struct Writing<'a> {
    store: &'a Store,
    writer: MutexGuard<'a, Writer>,
    session: Session,
    counters: Counters,
    /// Entities whose golden row may change, with the index of their kind: looked at once, before all is committed.
    golden: HashSet<(EntityId, usize)>,
    /// The stream of the last batch.
    cause: String,
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
        let (golden, cause) = (HashSet::new(), String::new());
        Ok(Writing { store: self, writer, session, counters, golden, cause })
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
        self.golden.extend(run.take_old_golden());
        self.cause = stream.log();
        let progress = progress.map(|progress| (self.cause.clone(), progress));
        self.counters = run.close(self.counters, feed, &self.cause, progress).await?;
        Ok(run.applied)
    }

    async fn write_golden(&mut self) -> Result<(), StoreError> {
        if self.golden.is_empty() {
            return Ok(());
        }
        let at = self.writer.now(&self.counters);
        let mut run = Run::new(self.store, &mut self.session, &mut self.writer.memory, self.counters, at);
        run.golden = std::mem::take(&mut self.golden);
        let mut feed = feed(self.store.dialect());
        run.write_golden(&mut feed).await?;
        self.counters = run.close(self.counters, feed, &self.cause, None).await?;
        Ok(())
    }

    /// Makes it durable.
    ///
    /// # Errors
    /// When the store fails: nothing of it is then in it.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        let written = self.write_golden().await;
        let Writing { store, mut writer, session, counters, .. } = self;
        store.settle(&mut writer, session, written.map(|()| ((), counters))).await
    }
}
