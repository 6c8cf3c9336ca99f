//! A comparison: the whole stream is read, keys and digests are compared with the store's, and only what differs is
//! decoded, mapped and written. What the source no longer has is deleted at the end, if that can be believed.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use contract::{Digest, Part, RowBatch, SourceKey};
use messages::Message;

use crate::sources::Permit;
use crate::store::{Entry, KnownKey, Outcome, Progress};

use super::batches::Batches;
use super::broken::{Broken, Ending};
use super::guard::{Found, Guard};
use super::known::{BYTES_PER_KEY, KeyHash, KnownTable, Seen, Standing};
use super::prepare::{Keyed, Numbers, entry, keyed};
use super::turn::{Turn, aside};
use super::{Mapping, parts, points};

/// What the source is compared with.
enum Known {
    /// All of it in memory.
    Table(KnownTable),
    /// Looked up chunk by chunk; only what was seen is in memory.
    Chunks { seen: Seen, n_known: u64 },
}

/// New keys of one reading that are remembered, so that a second row with such a key is told apart.
const MAX_NEW: usize = 500_000;

/// A comparison under way.
struct Comparison {
    known: Known,
    new: HashSet<KeyHash>,
    numbers: Numbers,
    mapping: Arc<Mapping>,
    /// What the source is made of, once all of it was read.
    parts: Vec<Part>,
}

/// What one batch came to.
struct Compared {
    changed: Vec<Entry>,
    n_rows: usize,
    n_unchanged: u64,
    is_last: bool,
}

impl Turn<'_> {
    pub(super) async fn diff(&mut self, permit: Permit, generation: i64) -> Result<Ending, Broken> {
        self.begin_again();
        // The source begins while the store's keys are read.
        let mut batches = self.batches(permit, None);
        let known = self.known(generation).await?;
        let mapping = Arc::clone(&self.planned.mapping);
        let (new, numbers) = (HashSet::new(), Numbers::default());
        let mut comparison = Comparison { known, new, numbers, mapping, parts: Vec::new() };
        let mut changed: Vec<Entry> = Vec::new();
        let mut n_received = 0;
        loop {
            // Few changes of many batches are written together; many are written while the next batch is compared.
            let is_full = changed.len() >= self.inner.options.batch_rows;
            let full = if is_full { std::mem::take(&mut changed) } else { Vec::new() };
            let (written, next) =
                tokio::join!(self.write_changed(full), self.compare_next(&mut batches, comparison));
            written?;
            let (returned, compared) = next?;
            comparison = returned;
            let Some(compared) = compared else {
                self.write_changed(changed).await?;
                return Ok(Ending::Interrupted);
            };
            n_received += compared.n_rows as u64;
            self.received(compared.n_rows, compared.n_unchanged);
            let full = self.set_aside(&compared.changed);
            changed.extend(compared.changed);
            if let Err(held) = full {
                self.write_changed(changed).await?;
                return Err(held);
            }
            if compared.is_last {
                break;
            }
        }
        drop(batches);
        self.finish(comparison, changed, n_received, generation).await
    }

    /// Loads keys and digests of the store, as far as they fit.
    async fn known(&self, generation: i64) -> Result<Known, Broken> {
        let max_keys = self.inner.options.diff_bytes / BYTES_PER_KEY;
        let mut pages = self.pages();
        let mut table = KnownTable::default();
        let mut n_known = 0;
        let mut fits = true;
        let mut next = pages.next_page().await?;
        while let Some(page) = next {
            n_known += page.len() as u64;
            fits &= n_known <= max_keys as u64;
            if !fits {
                table = KnownTable::default();
                next = pages.next_page().await?;
                continue;
            }
            // One page is hashed while the store reads the next.
            let pushed = aside(move || {
                page.iter().for_each(|known| table.push(&known.key, known.digest));
                table
            });
            let (read, pushed) = tokio::join!(pages.next_page(), pushed);
            (next, table) = (read?, pushed?);
        }
        if !fits {
            return Ok(Known::Chunks { seen: Seen::new(generation.unsigned_abs()), n_known });
        }
        Ok(Known::Table(
            aside(move || {
                table.finish();
                table
            })
            .await?,
        ))
    }

    fn pages(&self) -> crate::store::KnownKeys {
        self.inner.store.known_keys(self.planned.stream.number, self.planned.mapping.version())
    }

    /// Receives, compares, decodes and maps one batch.
    async fn compare_next(
        &self,
        batches: &mut Batches,
        mut comparison: Comparison,
    ) -> Result<(Comparison, Option<Compared>), Broken> {
        let Some(batch) = batches.next().await? else { return Ok((comparison, None)) };
        self.inner.reach(points::INSIDE_DIFF);
        let rows = keyed(&batch, &mut comparison.numbers);
        let known_of_chunk = match &comparison.known {
            Known::Table(_) => HashMap::new(),
            Known::Chunks { .. } => self.look_up(&rows).await?,
        };
        aside(move || {
            let compared = comparison.compare(&batch, rows, &known_of_chunk);
            (comparison, Some(compared))
        })
        .await
    }

    async fn look_up(&self, rows: &[Keyed]) -> Result<HashMap<SourceKey, Option<Digest>>, Broken> {
        let keys: Vec<SourceKey> = rows.iter().map(|row| row.key.clone()).collect();
        let (stream, version) = (self.planned.stream.number, self.planned.mapping.version());
        let known = self.inner.store.known_of(stream, version, &keys).await?;
        Ok(known.into_iter().map(|KnownKey { key, digest }| (key, digest)).collect())
    }

    /// Writes changes; the progress stays where it was, for only a whole comparison knows what vanished.
    async fn write_changed(&self, changed: Vec<Entry>) -> Result<(), Broken> {
        if changed.is_empty() {
            return Ok(());
        }
        self.inner.reach(points::INSIDE_DIFF);
        self.write(changed, None).await
    }

    /// What vanished is deleted if it can be believed; then the comparison is durable as a whole.
    async fn finish(
        &mut self,
        comparison: Comparison,
        changed: Vec<Entry>,
        n_received: u64,
        generation: i64,
    ) -> Result<Ending, Broken> {
        let Comparison { known, parts, .. } = comparison;
        let (n_known, n_vanished) = match &known {
            Known::Table(table) => (table.len() as u64, table.n_unseen()),
            Known::Chunks { n_known, .. } => (*n_known, self.count_vanished(&known).await?),
        };
        let guard = self.guard();
        let judged = match self.lost(&parts, n_vanished).await? {
            Some(message) => Err(message),
            None => guard.judge(Found { n_received, n_known, n_vanished }),
        };
        if let Err(message) = judged {
            self.write_changed(changed).await?;
            return Err(Broken::Held(message));
        }
        let mut entries = changed;
        if n_vanished > 0 {
            let mut pages = self.pages();
            while let Some(page) = pages.next_page().await? {
                entries.extend(page.into_iter().filter(|one| known.has_vanished(&one.key)).map(gone));
                if entries.len() >= self.inner.options.batch_rows {
                    self.write_changed(std::mem::take(&mut entries)).await?;
                }
            }
        }
        self.inner.reach(points::INSIDE_DIFF);
        self.write(entries, Some(Progress::Diff { generation: generation + 1, after: None })).await?;
        self.remember(&parts).await?;
        self.leave_out_written();
        Ok(Ending::Complete)
    }

    /// What is lost of the files it was made of, where rows vanished and nobody said that it is so.
    async fn lost(&self, now: &[Part], n_vanished: u64) -> Result<Option<Message>, Broken> {
        if self.accepted.is_some() || n_vanished == 0 {
            return Ok(None);
        }
        let stream = &self.planned.stream;
        let known = parts::remembered(&self.inner.store, stream).await?;
        Ok(parts::lost(stream, &known, now, self.planned.options.may_be_empty))
    }

    async fn count_vanished(&self, known: &Known) -> Result<u64, Broken> {
        let mut n_vanished = 0;
        let mut pages = self.pages();
        while let Some(page) = pages.next_page().await? {
            n_vanished += page.iter().filter(|one| known.has_vanished(&one.key)).count() as u64;
        }
        Ok(n_vanished)
    }

    fn guard(&self) -> Guard {
        let options = &self.planned.options;
        Guard {
            may_be_empty: options.may_be_empty,
            max_delete_fraction: options.max_delete_fraction,
            min_rows: options.min_rows,
            accepted: self.accepted,
        }
    }
}

fn gone(known: KnownKey) -> Entry {
    Entry { key: known.key, digest: known.digest.unwrap_or(Digest([0; 16])), outcome: Outcome::Delete }
}

impl Known {
    fn has_vanished(&self, key: &SourceKey) -> bool {
        let hash = KeyHash::of(key);
        match self {
            Known::Table(table) => table.has_vanished(hash),
            // New keys of this very reading are in the store by now, and were seen.
            Known::Chunks { seen, .. } => seen.has_vanished(hash),
        }
    }
}

impl Comparison {
    fn compare(
        &mut self,
        batch: &RowBatch,
        rows: Vec<Keyed>,
        known_of_chunk: &HashMap<SourceKey, Option<Digest>>,
    ) -> Compared {
        let mut changed = Vec::new();
        let mut n_unchanged = 0;
        for row in rows {
            let row = match self.stand(&row, known_of_chunk) {
                Standing::Unchanged => {
                    n_unchanged += 1;
                    continue;
                }
                Standing::New | Standing::Changed => row,
                Standing::Repeated => {
                    let row = row.repeated(&mut self.numbers);
                    match self.stand(&row, known_of_chunk) {
                        Standing::Unchanged | Standing::Repeated => continue,
                        Standing::New | Standing::Changed => row,
                    }
                }
            };
            changed.push(entry(&self.mapping, batch, row));
        }
        if batch.is_last {
            self.parts.clone_from(&batch.schema.parts);
        }
        Compared { changed, n_rows: batch.rows.len(), n_unchanged, is_last: batch.is_last }
    }

    fn stand(&mut self, row: &Keyed, known_of_chunk: &HashMap<SourceKey, Option<Digest>>) -> Standing {
        let standing = match &mut self.known {
            Known::Table(table) => table.see(row.hash, row.digest),
            Known::Chunks { seen, .. } => {
                seen.see(row.hash);
                match known_of_chunk.get(&row.key) {
                    None => Standing::New,
                    Some(Some(digest)) if *digest == row.digest => Standing::Unchanged,
                    Some(_) => Standing::Changed,
                }
            }
        };
        if standing == Standing::New && self.new.len() < MAX_NEW && !self.new.insert(row.hash) {
            return Standing::Repeated;
        }
        standing
    }
}
