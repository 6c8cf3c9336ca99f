//! The first reading of a stream: every row is mapped and written; it goes on after the last durable key.

use std::sync::Arc;

use contract::{Part, RowBatch, SourceKey};

use crate::sources::Permit;
use crate::store::{Entry, Progress};

use super::batches::Batches;
use super::broken::{Broken, Ending};
use super::prepare::{entry, keyed};
use super::turn::{Turn, aside};

/// A batch mapped, and the progress that holds once it is durable.
struct Ready {
    entries: Vec<Entry>,
    n_rows: usize,
    progress: Progress,
    is_last: bool,
    /// What the source is made of.
    parts: Vec<Part>,
}

impl Turn<'_> {
    pub(super) async fn snapshot(
        &mut self,
        permit: Permit,
        generation: i64,
        after: Option<String>,
    ) -> Result<Ending, Broken> {
        let mut batches = self.batches(permit, after.clone().map(SourceKey));
        let mut after = after;
        let mut waiting: Option<Ready> = None;
        loop {
            // One batch is written while the next is mapped and the one after it is received.
            let is_over = waiting.as_ref().is_some_and(|ready| ready.is_last);
            let written = self.write_waiting(waiting.take());
            let (written, next) = tokio::join!(written, async {
                if is_over { Ok(None) } else { self.ready(&mut batches, generation, &mut after).await }
            });
            self.has_advanced |= written?;
            match next? {
                Some(ready) => {
                    if let Err(held) = self.set_aside(&ready.entries) {
                        self.write_waiting(Some(ready)).await?;
                        return Err(held);
                    }
                    waiting = Some(ready);
                }
                None if is_over => return Ok(Ending::Complete),
                None => return Ok(Ending::Interrupted),
            }
        }
    }

    async fn write_waiting(&self, ready: Option<Ready>) -> Result<bool, Broken> {
        let Some(Ready { entries, n_rows, progress, is_last, parts }) = ready else { return Ok(false) };
        if is_last {
            self.remember(&parts).await?;
        }
        self.write(entries, Some(progress), true).await?;
        self.received(n_rows, 0);
        Ok(true)
    }

    async fn ready(
        &self,
        batches: &mut Batches,
        generation: i64,
        after: &mut Option<String>,
    ) -> Result<Option<Ready>, Broken> {
        let Some(batch) = batches.next().await? else { return Ok(None) };
        let last = batch.rows.iter().rev().find_map(|row| row.key.as_ref().ok());
        if let Some(SourceKey(key)) = last {
            *after = Some(key.clone());
        }
        let (n_rows, is_last) = (batch.rows.len(), batch.is_last);
        let parts = if is_last { batch.schema.parts.clone() } else { Vec::new() };
        let mapping = Arc::clone(&self.planned.mapping);
        let entries = aside(move || every_entry(&mapping, &batch)).await?;
        let progress = match is_last {
            true => Progress::Diff { generation, after: None },
            false => Progress::Snapshot { generation, after: after.clone() },
        };
        Ok(Some(Ready { entries, n_rows, progress, is_last, parts }))
    }
}

fn every_entry(mapping: &super::Mapping, batch: &RowBatch) -> Vec<Entry> {
    keyed(batch).into_iter().map(|keyed| entry(mapping, batch, keyed)).collect()
}
