//! Rows set aside, fetched from their source and mapped anew.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use contract::{Digest, SourceKey};

use crate::store::{Entry, Outcome, PreparedBatch, StoredDeadLetter, StreamNumber};

use super::prepare::{Numbers, entry, key_at_source, keyed};
use super::{Ingest, IngestError, Planned};

/// What became of dead letters that were replayed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Replayed {
    /// They are records now.
    pub n_mended: u64,
    /// They were set aside again.
    pub n_still_dead: u64,
    /// Their source has them no more; they are dropped.
    pub n_gone: u64,
    /// They cannot be fetched: the row has no key, or its stream is not planned any more.
    pub n_impossible: u64,
}

/// Keys asked for at a time.
const CHUNK: usize = 500;

impl Ingest {
    /// Fetches the rows of dead letters from their sources and maps them anew.
    ///
    /// # Errors
    /// When a source or the store fails; what was replayed before stays replayed.
    pub async fn replay(&self, letters: &[StoredDeadLetter]) -> Result<Replayed, IngestError> {
        let mut replayed = Replayed::default();
        let mut by_stream: BTreeMap<StreamNumber, BTreeMap<SourceKey, BTreeSet<SourceKey>>> = BTreeMap::new();
        for letter in letters {
            match key_at_source(&letter.key) {
                Some(key) => {
                    by_stream
                        .entry(letter.stream)
                        .or_default()
                        .entry(key)
                        .or_default()
                        .insert(letter.key.clone());
                }
                None => replayed.n_impossible += 1,
            }
        }
        for (number, keys) in by_stream {
            let Some(planned) = self.inner.planned.iter().find(|planned| planned.stream.number == number)
            else {
                replayed.n_impossible += keys.values().map(|letters| letters.len() as u64).sum::<u64>();
                continue;
            };
            let _turn = planned.turn.lock().await;
            let keys: Vec<_> = keys.into_iter().collect();
            for chunk in keys.chunks(CHUNK) {
                self.replay_chunk(planned, chunk, &mut replayed).await?;
            }
        }
        Ok(replayed)
    }

    async fn replay_chunk(
        &self,
        planned: &Planned,
        chunk: &[(SourceKey, BTreeSet<SourceKey>)],
        replayed: &mut Replayed,
    ) -> Result<(), IngestError> {
        let mapping = Arc::clone(&planned.mapping);
        let permit = planned
            .connected
            .enter()
            .await
            .map_err(|why| IngestError::NotNow { source_id: planned.connected.id().clone(), why })?;
        let keys: Vec<SourceKey> = chunk.iter().map(|(key, _)| key.clone()).collect();
        let batch = permit
            .source()
            .lookup(mapping.stream(), mapping.key(), &keys, &mapping.projection())
            .await
            .inspect_err(|error| planned.connected.failed(error))?;
        planned.connected.succeeded();
        permit.pay(batch.rows.len()).await;

        let mut asked: BTreeSet<SourceKey> =
            chunk.iter().flat_map(|(_, letters)| letters.iter().cloned()).collect();
        let found = tokio::task::spawn_blocking(move || {
            let rows = keyed(&batch, &mut Numbers::default());
            rows.into_iter().map(|keyed| entry(&mapping, &batch, keyed)).collect::<Vec<Entry>>()
        })
        .await
        .map_err(|_| IngestError::Panicked)?;
        let mut entries = Vec::with_capacity(found.len());
        for one in found {
            let was_asked = asked.remove(&one.key);
            match &one.outcome {
                Outcome::Record(_) => replayed.n_mended += u64::from(was_asked),
                Outcome::DeadLetter(_) => replayed.n_still_dead += u64::from(was_asked),
                Outcome::Delete => {}
            }
            entries.push(one);
        }
        replayed.n_gone += asked.len() as u64;
        entries.extend(asked.into_iter().map(|key| Entry {
            key,
            digest: Digest([0; 16]),
            outcome: Outcome::Delete,
        }));
        let batch = PreparedBatch {
            stream: planned.stream.number,
            mapping_version: planned.mapping.version(),
            is_fresh: false,
            entries,
            progress: None,
        };
        self.inner.store.apply(batch).await?;
        Ok(())
    }
}
