//! Golden rows: for each entity the value of the first record, by declared precedence, that has one.
//!
//! Invariant: what is public takes no name of a person from a field in which such names may stand.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::FieldValue;
use crate::feed::Change as Told;
use crate::ontology::EntityNature;
use crate::store::layout::KindTable;
use crate::store::rows::Rows;
use crate::store::session::Param;
use crate::store::values::{self, Values};
use crate::store::{Store, StoreError, StreamNumber};
use crate::{EntityId, RecordId};

use super::facts::GoldenFrom;
use super::run::Run;
use super::work::Work;

/// A record that speaks of an entity.
struct Contribution<'v> {
    kind: usize,
    role: i16,
    record: RecordId,
    /// Source, stream, key: the same in every store.
    name: (&'v str, &'v str, &'v str),
    values: &'v Values,
}

/// A record read back for it.
struct Speaker {
    kind: usize,
    role: i16,
    record: RecordId,
    source: String,
    stream: String,
    key: String,
    values: Values,
}

type Chosen<'v> = Vec<Option<(&'v FieldValue, RecordId)>>;

impl Run<'_> {
    /// Notes which golden rows a record's change may change.
    pub(super) fn note_golden(&mut self, work: &Work) {
        let facts = self.facts().roles(work.stream.kind);
        for role in facts.iter().filter(|role| role.feeds_golden || role.is_person) {
            let was = work.links_before.iter().find(|link| link.role == role.number).map(|link| link.entity);
            let is = work.links.iter().find(|link| link.role == role.number).map(|link| link.entity);
            if was != is || (role.feeds_golden && work.has_new_values()) {
                self.golden.extend(was.into_iter().chain(is).map(|entity| (entity, role.entity)));
            }
        }
    }

    /// The entities that were there before and whose golden row may change.
    pub(super) fn take_old_golden(&mut self) -> impl Iterator<Item = (EntityId, usize)> {
        let golden = std::mem::take(&mut self.golden);
        golden.into_iter().filter(|(entity, _)| !self.new_entities.contains_key(entity))
    }

    /// Computes and writes the golden rows of entities that were there before, told in the feed where they change.
    pub(super) async fn write_golden(&mut self, feed: &mut Rows) -> Result<(), StoreError> {
        let mut old: BTreeMap<usize, BTreeSet<EntityId>> = BTreeMap::new();
        for (entity, kind) in self.take_old_golden() {
            old.entry(kind).or_default().insert(entity);
        }
        for (kind, entities) in old {
            let entities: Vec<EntityId> = entities.into_iter().collect();
            for part in entities.chunks(2_000) {
                self.write_old_golden(kind, part, feed).await?;
            }
        }
        Ok(())
    }

    /// Of entities that were there: everything is read again.
    async fn write_old_golden(
        &mut self,
        kind: usize,
        entities: &[EntityId],
        feed: &mut Rows,
    ) -> Result<(), StoreError> {
        let Some(table) = self.layout().entities.get(kind) else { return Ok(()) };
        let nature = self.store.ontology().entities.get(kind).map(|entity| entity.nature);
        let alive = self.alive(entities, nature).await?;
        let before = self.golden_before(table, entities).await?;
        let speakers = self.speakers(kind, entities).await?;
        let from = self.facts().golden(kind);
        let mut rows = sheet(self.store, table);
        let mut replaced = Vec::new();
        for entity in entities {
            let old = before.get(entity);
            if !alive.contains(entity) {
                if old.is_some() {
                    let seq = match nature {
                        Some(EntityNature::Person) => self.tell_golden(table, *entity, Told::Deleted, feed),
                        Some(EntityNature::Subject | EntityNature::Other) | None => self.counters.seq,
                    };
                    replaced.push((entity.0, seq));
                }
                continue;
            }
            let contributions: Vec<Contribution<'_>> =
                speakers.get(entity).into_iter().flatten().map(Speaker::contribution).collect();
            let chosen = choose(from, &contributions);
            let Some((was, provenance)) = old else {
                put_row(&mut rows, table, *entity, self.counters.seq, &chosen);
                continue;
            };
            let value = |field: usize| {
                chosen.get(field).copied().flatten().map_or(&FieldValue::Null, |(value, _)| value)
            };
            let fields: Vec<String> = (0..table.fields.len())
                .filter(|field| was.fields.get(*field) != Some(value(*field)))
                .filter_map(|field| table.fields.get(field).cloned())
                .collect();
            if fields.is_empty() && *provenance == provenance_of(table, &chosen) {
                continue;
            }
            let seq = self.tell_golden(table, *entity, Told::Updated { fields }, feed);
            replaced.push((entity.0, seq));
            put_row(&mut rows, table, *entity, seq, &chosen);
        }
        self.replace(table, replaced).await?;
        rows.write(self.session).await
    }

    fn tell_golden(&mut self, table: &KindTable, entity: EntityId, told: Told, feed: &mut Rows) -> i64 {
        let seq = self.next_seq();
        feed.int(seq).int(told.number().into()).int(table.number.into()).null().int(entity.0);
        feed.opt_text(told.fields().as_deref());
        seq
    }

    /// Which of them anything still speaks of: an anchor, or for a person any record.
    async fn alive(
        &mut self,
        entities: &[EntityId],
        nature: Option<EntityNature>,
    ) -> Result<HashSet<EntityId>, StoreError> {
        let condition = match nature {
            Some(EntityNature::Person) => "",
            Some(EntityNature::Subject | EntityNature::Other) | None => " AND l.evidence = 'anchor'",
        };
        let sql = format!(
            "SELECT DISTINCT l.entity FROM {} CROSS JOIN link l WHERE l.entity = j.value \
             AND l.until_seq IS NULL{condition}",
            self.session.dialect().ints(1)
        );
        let ids = entities.iter().map(|entity| entity.0).collect();
        let rows = self.session.fetch(&sql, &[Param::Ints(ids)]).await?;
        rows.iter().map(|row| row.int(0).map(EntityId)).collect()
    }

    async fn golden_before(
        &mut self,
        table: &KindTable,
        entities: &[EntityId],
    ) -> Result<HashMap<EntityId, (Values, Option<String>)>, StoreError> {
        let comma = if table.columns.is_empty() { "" } else { ", " };
        let sql = format!(
            "SELECT t.entity, t.provenance{comma}{} FROM {} CROSS JOIN {} t WHERE t.entity = j.value",
            table.select_list("t."),
            self.session.dialect().ints(1),
            table.table,
        );
        let ids = entities.iter().map(|entity| entity.0).collect();
        let mut found = HashMap::new();
        for row in self.session.fetch(&sql, &[Param::Ints(ids)]).await? {
            found.insert(EntityId(row.int(0)?), (values::take(&row, table, 2)?, row.opt_text(1)?));
        }
        Ok(found)
    }

    /// All records that golden values of these entities may come from.
    async fn speakers(
        &mut self,
        kind: usize,
        entities: &[EntityId],
    ) -> Result<HashMap<EntityId, Vec<Speaker>>, StoreError> {
        // Of each kind of record only the fields that count.
        let mut sources: BTreeMap<(usize, i16), BTreeSet<usize>> = BTreeMap::new();
        for from in self.facts().golden(kind).iter().flatten() {
            let fields = sources.entry((from.kind, from.role)).or_default();
            fields.extend(from.latest_by.into_iter().chain([from.field]));
        }
        let mut speakers: HashMap<EntityId, Vec<Speaker>> = HashMap::new();
        for ((kind, role), fields) in sources {
            let table = self.kind_table(kind)?;
            let fields: Vec<usize> = fields.into_iter().collect();
            // The role stands beside each entity, not by itself: alone it would be a reason for PostgreSQL, which knows
            // nothing yet of a table just filled, to read all links of that role.
            let sql = format!(
                "SELECT l.entity, r.record, k.stream, k.source_key{} FROM {} CROSS JOIN link l \
                 CROSS JOIN {} r CROSS JOIN record_key k WHERE l.entity = j.a AND l.role = j.b \
                 AND l.until_seq IS NULL AND r.record = l.record AND k.record = l.record",
                table.select_some("r.", &fields),
                self.session.dialect().int_pairs(1),
                table.table,
            );
            let pairs = entities.iter().map(|entity| (entity.0, role.into())).collect();
            for row in self.session.fetch(&sql, &[Param::IntPairs(pairs)]).await? {
                let stream = self.store.stream(StreamNumber(row.small(2)?)).ok();
                let registration = stream.map(|stream| stream.registration.clone());
                let (source, stream) = registration
                    .map(|registration| (registration.source.to_string(), registration.name))
                    .unwrap_or_default();
                speakers.entry(EntityId(row.int(0)?)).or_default().push(Speaker {
                    kind,
                    role,
                    record: RecordId(row.int(1)?),
                    source,
                    stream,
                    key: row.text(3)?,
                    values: values::take_some(&row, table, &fields, 4)?,
                });
            }
        }
        Ok(speakers)
    }
}

/// Golden rows of entities made by a batch: all records that speak of them are in memory. `seq` is the last number given.
pub(super) fn of_new(
    store: &Store,
    works: &[Work],
    new_entities: &HashMap<EntityId, usize>,
    seq: i64,
) -> Vec<Rows> {
    let mut speakers: HashMap<EntityId, Vec<(&Work, i16)>> = HashMap::with_capacity(new_entities.len());
    for work in works {
        for link in work.links.iter().filter(|link| new_entities.contains_key(&link.entity)) {
            speakers.entry(link.entity).or_default().push((work, link.role));
        }
    }
    let mut entities: Vec<(usize, EntityId)> =
        new_entities.iter().map(|(entity, kind)| (*kind, *entity)).collect();
    entities.sort_unstable();
    let mut sheets: BTreeMap<usize, Rows> = BTreeMap::new();
    for (kind, entity) in entities {
        let Some(table) = store.layout().entities.get(kind) else { continue };
        // None: a person whose only record was judged away in the same batch.
        let Some(speakers) = speakers.get(&entity) else { continue };
        let since = speakers.iter().map(|(work, _)| work.seq).max().filter(|since| *since > 0).unwrap_or(seq);
        let contributions: Vec<Contribution<'_>> =
            speakers.iter().map(|(work, role)| contribution(work, *role)).collect();
        let chosen = choose(store.facts().golden(kind), &contributions);
        put_row(sheets.entry(kind).or_insert_with(|| sheet(store, table)), table, entity, since, &chosen);
    }
    sheets.into_values().collect()
}

impl Speaker {
    fn contribution(&self) -> Contribution<'_> {
        Contribution {
            kind: self.kind,
            role: self.role,
            record: self.record,
            name: (&self.source, &self.stream, &self.key),
            values: &self.values,
        }
    }
}

fn contribution(work: &Work, role: i16) -> Contribution<'_> {
    let registration = &work.stream.registration;
    Contribution {
        kind: work.stream.kind,
        role,
        record: work.record,
        name: (registration.source.as_str(), &registration.name, &work.key),
        values: &work.values,
    }
}

fn sheet(store: &Store, table: &KindTable) -> Rows {
    let mut columns = vec!["entity", "since_seq", "provenance"];
    columns.extend(table.columns.iter().map(|column| column.name.as_str()));
    Rows::of(store.layout().dialect, &table.table, &columns)
}

/// For each golden field the value and the record it comes from.
fn choose<'v>(fields: &[Vec<GoldenFrom>], contributions: &[Contribution<'v>]) -> Chosen<'v> {
    fields.iter().map(|from| from.iter().find_map(|from| best(*from, contributions))).collect()
}

fn best<'v>(from: GoldenFrom, contributions: &[Contribution<'v>]) -> Option<(&'v FieldValue, RecordId)> {
    let is_organisation =
        |value: &FieldValue| matches!(value, FieldValue::Text(name) if codes::is_organisation_name(name));
    let is_taken =
        |value: &FieldValue| !value.is_null() && (!from.takes_organisations_only || is_organisation(value));
    let value = |one: &Contribution<'v>| one.values.fields.get(from.field).filter(|value| is_taken(value));
    let speaks =
        |one: &&Contribution<'v>| one.kind == from.kind && one.role == from.role && value(one).is_some();
    let latest = |one: &Contribution<'v>| from.latest_by.and_then(|field| one.values.fields.get(field));
    let newest = contributions.iter().filter(speaks).min_by(|a, b| {
        let newer = match (latest(a), latest(b)) {
            (Some(a), Some(b)) => compare(b, a),
            (None, _) | (_, None) => Ordering::Equal,
        };
        newer.then_with(|| a.name.cmp(&b.name))
    })?;
    value(newest).map(|value| (value, newest.record))
}

/// Order of values of one field; nothing known comes first.
fn compare(a: &FieldValue, b: &FieldValue) -> Ordering {
    match (a, b) {
        (FieldValue::Text(a), FieldValue::Text(b)) => a.cmp(b),
        (FieldValue::Code { code: a, .. }, FieldValue::Code { code: b, .. }) => a.cmp(b),
        (FieldValue::Money { units: a, .. }, FieldValue::Money { units: b, .. })
        | (FieldValue::Decimal(a), FieldValue::Decimal(b))
        | (FieldValue::Integer(a), FieldValue::Integer(b))
        | (FieldValue::Timestamp(a), FieldValue::Timestamp(b)) => a.cmp(b),
        (FieldValue::Bool(a), FieldValue::Bool(b)) => a.cmp(b),
        (FieldValue::Date(a), FieldValue::Date(b)) => a.cmp(b),
        (
            FieldValue::PartialDate { first: a, precision: p },
            FieldValue::PartialDate { first: b, precision: q },
        ) => a.cmp(b).then(p.cmp(q)),
        (FieldValue::Until(a), FieldValue::Until(b)) => a.as_date().cmp(&b.as_date()),
        (a, b) => b.is_null().cmp(&a.is_null()),
    }
}

fn put_row(rows: &mut Rows, table: &KindTable, entity: EntityId, since: i64, chosen: &Chosen<'_>) {
    rows.int(entity.0).int(since).opt_text(provenance_of(table, chosen).as_deref());
    values::put_golden(
        rows,
        table,
        chosen.iter().map(|one| one.map_or(&FieldValue::Null, |(value, _)| value)),
    );
}

/// The record behind all fields, or `{field: record}` where there are several.
fn provenance_of(table: &KindTable, chosen: &Chosen<'_>) -> Option<String> {
    let records: BTreeSet<RecordId> = chosen.iter().flatten().map(|(_, record)| *record).collect();
    if records.len() < 2 {
        return records.first().map(|record| record.0.to_string());
    }
    let each = table.fields.iter().zip(chosen).filter_map(|(field, one)| Some((field.as_str(), (*one)?.1.0)));
    let each: BTreeMap<&str, i64> = each.collect();
    serde_json::to_string(&each).ok()
}
