//! One batch on its way through the writer's transaction.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use contract::Digest;

use crate::clock::Timestamp;
use crate::store::batch::Applied;
use crate::store::layout::{KindTable, Layout};
use crate::store::session::{Param, Session};
use crate::store::values::{self, Values};
use crate::store::writer::Counters;
use crate::store::{Store, StoreError, Stream, StreamNumber};
use crate::{EntityId, RecordId};

use super::claims::Claims;
use super::facts::Facts;
use super::memory::Memory;
use super::scored::Scoring;
use super::work::{Change, StoredLink, Work};

/// An entity event besides those of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EntityEvent {
    /// It is another now.
    Merged { entity: EntityId, kind: i16, into: EntityId },
    /// It was split off another.
    Split { entity: EntityId, kind: i16, from: EntityId },
    /// Nothing speaks of it any more.
    Gone { entity: EntityId, kind: i16 },
}

/// A row of `record_key` to be written anew.
#[derive(Clone, Debug)]
pub(super) struct Rekeyed {
    pub(super) record: RecordId,
    pub(super) kind: usize,
    pub(super) stream: StreamNumber,
    pub(super) key: String,
    pub(super) digest: Digest,
    pub(super) mapping_version: i32,
    pub(super) state: i16,
}

/// The state of one batch.
pub(super) struct Run<'a> {
    pub(super) store: &'a Store,
    pub(super) session: &'a mut Session,
    pub(super) memory: &'a mut Memory,
    pub(super) counters: Counters,
    pub(super) at: Timestamp,
    pub(super) applied: Applied,
    pub(super) works: Vec<Work>,
    /// Records among `works`, by place.
    pub(super) places: HashMap<RecordId, usize>,
    pub(super) claims: Claims,
    pub(super) events: Vec<EntityEvent>,
    /// Entities made by this batch: entity → index of its kind.
    pub(super) new_entities: HashMap<EntityId, usize>,
    /// Entities whose golden row may change, with the index of their kind.
    pub(super) golden: HashSet<(EntityId, usize)>,
    /// Records whose row is the same under another digest or mapping.
    pub(super) touched: Vec<Rekeyed>,
    /// What is weighed where no identifier decides.
    pub(super) scoring: Scoring,
}

impl<'a> Run<'a> {
    pub(super) fn new(
        store: &'a Store,
        session: &'a mut Session,
        memory: &'a mut Memory,
        counters: Counters,
        at: Timestamp,
    ) -> Run<'a> {
        Run {
            store,
            session,
            memory,
            counters,
            at,
            applied: Applied::default(),
            works: Vec::new(),
            places: HashMap::new(),
            claims: Claims::default(),
            events: Vec::new(),
            new_entities: HashMap::new(),
            golden: HashSet::new(),
            touched: Vec::new(),
            scoring: Scoring::default(),
        }
    }

    pub(super) fn layout(&self) -> &'a Layout {
        self.store.layout()
    }

    pub(super) fn facts(&self) -> &'a Facts {
        self.store.facts()
    }

    pub(super) fn kind_table(&self, kind: usize) -> Result<&'a KindTable, StoreError> {
        let unknown = || StoreError::Unknown { what: "record kind number", name: kind.to_string() };
        self.store.layout().kinds.get(kind).ok_or_else(unknown)
    }

    pub(super) fn mint_entity(&mut self, kind: usize) -> EntityId {
        self.counters.entity += 1;
        let entity = EntityId(self.counters.entity);
        self.new_entities.insert(entity, kind);
        self.golden.insert((entity, kind));
        entity
    }

    pub(super) fn next_seq(&mut self) -> i64 {
        self.counters.seq += 1;
        self.counters.seq
    }

    /// Adds a record's work; links of records that were there are loaded later, all at once.
    pub(super) fn push(&mut self, work: Work) {
        self.places.insert(work.record, self.works.len());
        self.works.push(work);
    }

    /// The stored values of records of one kind, with what is noted about them.
    pub(super) async fn stored_values(
        &mut self,
        kind: usize,
        records: &[RecordId],
    ) -> Result<HashMap<RecordId, (Values, Option<String>)>, StoreError> {
        let table = self.kind_table(kind)?;
        let sql = format!(
            "SELECT t.record, t.flags, {} FROM {} CROSS JOIN {} t WHERE t.record = j.value",
            table.select_list("t."),
            self.session.dialect().ints(1),
            table.table,
        );
        let mut found = HashMap::with_capacity(records.len());
        for part in records.chunks(4_000) {
            let ids = part.iter().map(|record| record.0).collect();
            for row in self.session.fetch(&sql, &[Param::Ints(ids)]).await? {
                found.insert(RecordId(row.int(0)?), (values::take(&row, table, 2)?, row.opt_text(1)?));
            }
        }
        Ok(found)
    }

    /// The links in force of the works from `from` on.
    pub(super) async fn load_links(&mut self, from: usize) -> Result<(), StoreError> {
        let was_alive = |work: &&Work| work.was_alive();
        let ids: Vec<i64> =
            self.works.iter().skip(from).filter(was_alive).map(|work| work.record.0).collect();
        if ids.is_empty() {
            return Ok(());
        }
        let sql = format!(
            "SELECT l.record, l.role, l.entity, l.evidence, l.judged_by, l.since_seq FROM {} CROSS JOIN link l \
             WHERE l.record = j.value AND l.until_seq IS NULL",
            self.session.dialect().ints(1)
        );
        for row in self.session.fetch(&sql, &[Param::Ints(ids)]).await? {
            let record = RecordId(row.int(0)?);
            let link = StoredLink {
                role: row.small(1)?,
                entity: EntityId(row.int(2)?),
                evidence: row.text(3)?,
                judged_by: row.opt_int(4)?,
                since_seq: row.int(5)?,
            };
            if let Some(work) = self.places.get(&record).and_then(|place| self.works.get_mut(*place)) {
                work.links_before.push(link);
            }
        }
        Ok(())
    }

    /// Takes records that stay as they are into the batch, to decide anew whom they speak of.
    pub(super) async fn reconsider(&mut self, records: HashSet<RecordId>) -> Result<(), StoreError> {
        let mut ids: Vec<i64> = records
            .into_iter()
            .filter(|record| !self.places.contains_key(record))
            .map(|record| record.0)
            .collect();
        ids.sort_unstable();
        if ids.is_empty() {
            return Ok(());
        }
        let sql = format!(
            "SELECT k.record, k.stream, k.source_key, k.digest, k.mapping_version, k.state FROM {} \
             CROSS JOIN record_key k WHERE k.record = j.value AND k.deleted_seq IS NULL",
            self.session.dialect().ints(1)
        );
        let mut by_kind: HashMap<usize, Vec<(RecordId, Arc<Stream>, Rekeyed)>> = HashMap::new();
        for row in self.session.fetch(&sql, &[Param::Ints(ids)]).await? {
            let record = RecordId(row.int(0)?);
            // A record of a stream or kind that the configuration no longer has stays as it is.
            let Ok(stream) = self.store.stream(StreamNumber(row.small(1)?)) else { continue };
            let key = Rekeyed {
                record,
                kind: stream.kind,
                stream: stream.number,
                key: row.text(2)?,
                digest: digest(row.bytes(3)?)?,
                mapping_version: i32::try_from(row.int(4)?).unwrap_or_default(),
                state: row.small(5)?,
            };
            by_kind.entry(stream.kind).or_default().push((record, stream, key));
        }
        let from = self.works.len();
        let mut kinds: Vec<_> = by_kind.into_iter().collect();
        kinds.sort_unstable_by_key(|(kind, _)| *kind);
        for (kind, rows) in kinds {
            let records: Vec<RecordId> = rows.iter().map(|(record, _, _)| *record).collect();
            let mut values = self.stored_values(kind, &records).await?;
            for (record, stream, key) in rows {
                let Some((values, flags)) = values.remove(&record) else { continue };
                self.push(Work {
                    record,
                    stream,
                    key: key.key,
                    digest: key.digest,
                    mapping_version: key.mapping_version,
                    change: Change::Reconsidered,
                    values,
                    flags,
                    old: None,
                    state_before: key.state,
                    state: key.state,
                    links_before: Vec::new(),
                    links: Vec::new(),
                    anchors: None,
                    mentions: Vec::new(),
                    seq: 0,
                });
            }
        }
        self.load_links(from).await?;
        for work in self.works.iter_mut().skip(from).filter(|work| work.stream.anchor_role.is_some()) {
            work.anchors = work.anchored_before();
        }
        Ok(())
    }
}

/// A digest as the store keeps it.
pub(super) fn digest(bytes: Vec<u8>) -> Result<Digest, StoreError> {
    let bytes = bytes.try_into();
    bytes.map(Digest).map_err(|_| StoreError::Unreadable { words: "a digest is not of 16 bytes".to_owned() })
}
