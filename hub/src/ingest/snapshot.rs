//! The first reading of a stream: every row is mapped and written; it goes on after the last durable key.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use contract::{Part, RowBatch, SourceKey};
use tokio::time::Instant;

use crate::sources::Permit;
use crate::store::{Applied, Entry, Progress, Writing};

use super::batches::Batches;
use super::broken::{Broken, Ending};
use super::prepare::{Numbers, entry, keyed};
use super::turn::{Turn, aside};
use super::{Inner, points};

/// A batch mapped, and the progress that holds once it is durable.
struct Ready {
    entries: Vec<Entry>,
    n_rows: usize,
    progress: Progress,
    is_last: bool,
    /// What the source is made of.
    parts: Vec<Part>,
}

/// Batches written into one transaction, and what they come to once it is durable.
struct Open<'a> {
    writing: Writing<'a>,
    begun: Instant,
    applied: Vec<Applied>,
    n_rows: usize,
}

impl<'t> Turn<'t> {
    pub(super) async fn snapshot(
        &mut self,
        permit: Permit,
        generation: i64,
        after: Option<String>,
    ) -> Result<Ending, Broken> {
        let mut batches = self.batches(permit, after.clone().map(SourceKey));
        let mut after = after;
        let mut numbers = Numbers::default();
        let mut open: Option<Open<'t>> = None;
        let mut waiting: Option<Ready> = None;
        loop {
            // One batch is written while the next is mapped and the one after it is received.
            let is_over = waiting.as_ref().is_some_and(|ready| ready.is_last);
            let is_next_there = AtomicBool::new(false);
            let written = self.write_waiting(&mut open, waiting.take(), &is_next_there);
            let (written, next) = tokio::join!(written, async {
                let next = if is_over {
                    Ok(None)
                } else {
                    self.ready(&mut batches, generation, &mut after, &mut numbers).await
                };
                is_next_there.store(matches!(next, Ok(Some(_))), Ordering::Relaxed);
                next
            });
            self.has_advanced |= written?;
            match next {
                Ok(Some(ready)) => {
                    if let Err(held) = self.set_aside(&ready.entries) {
                        self.write_waiting(&mut open, Some(ready), &AtomicBool::new(false)).await?;
                        return Err(held);
                    }
                    waiting = Some(ready);
                }
                other => {
                    self.has_advanced |= self.commit(open.take()).await?;
                    let ending = if is_over { Ending::Complete } else { Ending::Interrupted };
                    return other.map(|_| ending);
                }
            }
        }
    }

    /// Writes a batch into the open transaction. Commits unless the next batch is there already: others write too, and a
    /// slow source must not keep them waiting. Tells whether something became durable.
    async fn write_waiting(
        &self,
        open: &mut Option<Open<'t>>,
        ready: Option<Ready>,
        is_next_there: &AtomicBool,
    ) -> Result<bool, Broken> {
        let Some(Ready { entries, n_rows, progress, is_last, parts }) = ready else { return Ok(false) };
        let mut is_durable = false;
        if is_last && !parts.is_empty() {
            // It is written by itself, so nothing else may be under way.
            is_durable = self.commit(open.take()).await?;
            self.remember(&parts).await?;
        }
        self.inner.reach(points::BETWEEN_READ_AND_COMMIT);
        let Open { writing, begun, mut applied, n_rows: n_before } = match open.take() {
            Some(open) => open,
            None => {
                let inner: &'t Inner = self.inner;
                let writing = inner.store.begin_writing().await?;
                Open { writing, begun: Instant::now(), applied: Vec::new(), n_rows: 0 }
            }
        };
        let batch = self.prepared(entries, Some(progress), self.is_fresh);
        // Boxed: the compiler does not see through the store's statements that this may move between threads.
        let applying: contract::BoxFuture<'_, _> = Box::pin(writing.apply(batch));
        let (writing, one) = applying.await?;
        applied.push(one);
        let now = Open { writing, begun, applied, n_rows: n_before + n_rows };
        let options = &self.inner.options;
        let is_full = now.n_rows >= options.transaction_rows || begun.elapsed() >= options.transaction_time;
        if is_last || is_full || !is_next_there.load(Ordering::Relaxed) {
            return self.commit(Some(now)).await;
        }
        *open = Some(now);
        Ok(is_durable)
    }

    /// Makes durable what was written, and counts it. Tells whether there was something.
    async fn commit(&self, open: Option<Open<'_>>) -> Result<bool, Broken> {
        let Some(Open { writing, applied, n_rows, .. }) = open else { return Ok(false) };
        writing.commit().await?;
        applied.into_iter().for_each(|one| self.count(one));
        self.received(n_rows, 0);
        self.inner.reach(points::BETWEEN_COMMIT_AND_READ);
        Ok(true)
    }

    async fn ready(
        &self,
        batches: &mut Batches,
        generation: i64,
        after: &mut Option<String>,
        numbers: &mut Numbers,
    ) -> Result<Option<Ready>, Broken> {
        let Some(batch) = batches.next().await? else { return Ok(None) };
        let last = batch.rows.iter().rev().find_map(|row| row.key.as_ref().ok());
        if let Some(SourceKey(key)) = last {
            *after = Some(key.clone());
        }
        let (n_rows, is_last) = (batch.rows.len(), batch.is_last);
        let parts = if is_last { batch.schema.parts.clone() } else { Vec::new() };
        let mapping = Arc::clone(&self.planned.mapping);
        let mut counted = std::mem::take(numbers);
        let entries;
        (entries, *numbers) = aside(move || (every_entry(&mapping, &batch, &mut counted), counted)).await?;
        let progress = match is_last {
            true => Progress::Diff { generation, after: None },
            false => Progress::Snapshot { generation, after: after.clone() },
        };
        Ok(Some(Ready { entries, n_rows, progress, is_last, parts }))
    }
}

fn every_entry(mapping: &super::Mapping, batch: &RowBatch, numbers: &mut Numbers) -> Vec<Entry> {
    keyed(batch, numbers).into_iter().map(|keyed| entry(mapping, batch, keyed)).collect()
}
