//! What each entry of a batch means against what the store holds.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use contract::Digest;

use crate::RecordId;
use crate::store::batch::{Entry, Mapped, Outcome, PreparedBatch};
use crate::store::layout::KindTable;
use crate::store::session::{Param, storable};
use crate::store::values::Values;
use crate::store::{DeadLetter, StoreError, Stream};

use super::dead::DeadRow;
use super::run::{Rekeyed, Run, digest};
use super::work::{Change, Work};

/// A key as the store knows it.
struct KnownKey {
    record: RecordId,
    digest: Digest,
    mapping_version: i32,
    state: i16,
    is_deleted: bool,
}

/// Rows set aside by the batch, and those that no longer are.
#[derive(Default)]
pub(super) struct SetAside {
    pub(super) letters: Vec<(String, Digest, DeadLetter, Option<DeadRow>)>,
    pub(super) resolved: Vec<i64>,
}

impl Run<'_> {
    /// Sorts the entries: into works, into rows set aside; counts what is unchanged.
    pub(super) async fn classify(
        &mut self,
        stream: &Arc<Stream>,
        mut batch: PreparedBatch,
    ) -> Result<SetAside, StoreError> {
        let table = self.kind_table(stream.kind)?;
        for entry in &mut batch.entries {
            if let Cow::Owned(key) = storable(&entry.key.0) {
                entry.key.0 = key;
            }
        }
        let (mut known, mut dead) = match batch.is_fresh {
            true => (HashMap::new(), HashMap::new()),
            false => {
                let known = self.known_keys(stream, &batch.entries).await?;
                (known, self.dead_rows(stream, &batch.entries).await?)
            }
        };
        let mut aside = SetAside::default();
        let mut changed: Vec<(KnownKey, Entry)> = Vec::new();
        self.works.reserve(batch.entries.len());
        self.places.reserve(batch.entries.len());
        for entry in batch.entries {
            let letter = dead.remove(&entry.key.0);
            if let Outcome::DeadLetter(reasons) = entry.outcome {
                aside.letters.push((entry.key.0, entry.digest, reasons, letter));
                continue;
            }
            aside.resolved.extend(letter.map(|letter| letter.number));
            let known = known.remove(&entry.key.0);
            match (entry.outcome, known) {
                (Outcome::Record(mapped), None) => {
                    self.counters.record += 1;
                    let record = RecordId(self.counters.record);
                    let key = entry.key.0;
                    self.push(work(
                        table,
                        stream,
                        record,
                        key,
                        entry.digest,
                        batch.mapping_version,
                        Change::New,
                        mapped,
                    ));
                }
                (Outcome::Record(_), Some(known))
                    if !known.is_deleted
                        && known.digest == entry.digest
                        && known.mapping_version == batch.mapping_version =>
                {
                    self.applied.unchanged += 1;
                }
                (Outcome::Record(mapped), Some(known)) if known.is_deleted => {
                    let (record, key) = (known.record, entry.key.0);
                    let change = Change::Returned;
                    self.push(work(
                        table,
                        stream,
                        record,
                        key,
                        entry.digest,
                        batch.mapping_version,
                        change,
                        mapped,
                    ));
                }
                (outcome @ Outcome::Record(_), Some(known)) => {
                    changed.push((known, Entry { outcome, key: entry.key, digest: entry.digest }));
                }
                (Outcome::Delete, Some(known)) if !known.is_deleted => {
                    changed.push((
                        known,
                        Entry { outcome: Outcome::Delete, key: entry.key, digest: entry.digest },
                    ));
                }
                // Nothing to delete; dead letters went their own way above.
                (Outcome::Delete | Outcome::DeadLetter(_), _) => {}
            }
        }
        self.take_changed(stream, batch.mapping_version, changed).await?;
        self.load_links(0).await?;
        Ok(aside)
    }

    /// Updates and deletions: against the stored values.
    async fn take_changed(
        &mut self,
        stream: &Arc<Stream>,
        mapping_version: i32,
        changed: Vec<(KnownKey, Entry)>,
    ) -> Result<(), StoreError> {
        if changed.is_empty() {
            return Ok(());
        }
        let table = self.kind_table(stream.kind)?;
        let ids: Vec<RecordId> = changed.iter().map(|(known, _)| known.record).collect();
        let mut stored = self.stored_values(stream.kind, &ids).await?;
        for (known, entry) in changed {
            let absent = || StoreError::Unreadable { words: format!("record {} has no row", known.record.0) };
            let (old, flags) = stored.remove(&known.record).ok_or_else(absent)?;
            let (record, key) = (known.record, entry.key.0);
            let mut work = match entry.outcome {
                Outcome::Record(mapped) => {
                    work(table, stream, record, key, entry.digest, mapping_version, Change::Updated, mapped)
                }
                Outcome::Delete | Outcome::DeadLetter(_) => {
                    let mapped = Mapped { values: Vec::new(), person_hashes: Vec::new(), flags: Vec::new() };
                    work(
                        table,
                        stream,
                        record,
                        key,
                        known.digest,
                        known.mapping_version,
                        Change::Deleted,
                        mapped,
                    )
                }
            };
            work.state_before = known.state;
            if work.change == Change::Deleted {
                work.values = old;
                work.state = known.state;
            } else if work.values == old && work.flags == flags {
                self.applied.unchanged += 1;
                self.touched.push(Rekeyed {
                    record,
                    kind: stream.kind,
                    stream: stream.number,
                    key: work.key,
                    digest: work.digest,
                    mapping_version,
                    state: known.state,
                });
                continue;
            } else {
                work.old = Some(old);
            }
            self.push(work);
        }
        Ok(())
    }

    async fn known_keys(
        &mut self,
        stream: &Stream,
        entries: &[Entry],
    ) -> Result<HashMap<String, KnownKey>, StoreError> {
        let sql = format!(
            "SELECT k.source_key, k.record, k.digest, k.mapping_version, k.state, k.deleted_seq FROM {} \
             CROSS JOIN record_key k WHERE k.stream = $1 AND k.source_key = j.value",
            self.session.dialect().texts(2)
        );
        let keys: Vec<String> = entries.iter().map(|entry| entry.key.0.clone()).collect();
        let rows =
            self.session.fetch(&sql, &[Param::Int(stream.number.0.into()), Param::Texts(keys)]).await?;
        let mut known = HashMap::with_capacity(rows.len());
        for row in rows {
            let key = KnownKey {
                record: RecordId(row.int(1)?),
                digest: digest(row.bytes(2)?)?,
                mapping_version: i32::try_from(row.int(3)?).unwrap_or_default(),
                state: row.small(4)?,
                is_deleted: row.opt_int(5)?.is_some(),
            };
            known.insert(row.text(0)?, key);
        }
        Ok(known)
    }

    /// The dead letters of these keys.
    async fn dead_rows(
        &mut self,
        stream: &Stream,
        entries: &[Entry],
    ) -> Result<HashMap<String, DeadRow>, StoreError> {
        let number = Param::Int(stream.number.0.into());
        let any = "SELECT 1 FROM dead_letter WHERE stream = $1 LIMIT 1";
        if self.session.fetch_first(any, std::slice::from_ref(&number)).await?.is_none() {
            return Ok(HashMap::new());
        }
        let sql = format!(
            "SELECT d.source_key, d.dead_letter, d.digest, d.attempts, d.first_at, d.state FROM {} \
             CROSS JOIN dead_letter d WHERE d.stream = $1 AND d.source_key = j.value",
            self.session.dialect().texts(2)
        );
        let keys: HashSet<String> = entries.iter().map(|entry| entry.key.0.clone()).collect();
        let rows = self.session.fetch(&sql, &[number, Param::Texts(keys.into_iter().collect())]).await?;
        let mut dead = HashMap::with_capacity(rows.len());
        for row in rows {
            let letter = DeadRow {
                number: row.int(1)?,
                digest: digest(row.bytes(2)?)?,
                attempts: row.int(3)?,
                first_at: row.int(4)?,
                state: row.int(5)?,
            };
            dead.insert(row.text(0)?, letter);
        }
        Ok(dead)
    }
}

#[expect(clippy::too_many_arguments, reason = "one place where a record's work begins")]
fn work(
    table: &KindTable,
    stream: &Arc<Stream>,
    record: RecordId,
    key: String,
    digest: Digest,
    mapping_version: i32,
    change: Change,
    mut mapped: Mapped,
) -> Work {
    let name = |field: usize| table.fields.get(field).map_or("", String::as_str);
    let flags: Vec<String> =
        mapped.flags.iter().map(|(field, code)| format!("{}:{code}", name(*field))).collect();
    mapped.person_hashes.sort_unstable();
    Work {
        record,
        stream: stream.clone(),
        key,
        digest,
        mapping_version,
        change,
        values: Values { fields: mapped.values, hashes: mapped.person_hashes },
        flags: (!flags.is_empty()).then(|| flags.join(" ")),
        old: None,
        state_before: 0,
        state: 0,
        links_before: Vec::new(),
        links: Vec::new(),
        anchors: None,
        mentions: Vec::new(),
        seq: 0,
    }
}
