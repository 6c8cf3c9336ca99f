//! What hangs on rows beside their values: where they come from, their versions, where records differ.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::clock::Timestamp;
use crate::ontology::{EntityKind, Kind};
use crate::query::answer::{DifferingValue, Disagreement, GoldenOrigin, Origin, Provenance, Version};
use crate::query::plan::{Target, Via};
use crate::store::StoreError;
use crate::{FieldValue, RecordId, Seq};

use super::list::{Draft, Reading};
use super::sql::Sql;
use super::tables::{Scope, Tables};
use super::{Level, ReadError, Reader};

/// Records of one kind and role that are compared for one entity.
const MAX_COMPARED: i64 = 200;

/// By id.
#[derive(Default)]
pub(super) struct Details {
    pub(super) provenance: BTreeMap<i64, Provenance>,
    pub(super) history: BTreeMap<i64, Vec<Version>>,
    pub(super) disagreements: BTreeMap<i64, Vec<Disagreement>>,
}

impl Reader {
    /// All that the level's selection asks for beside values and relations.
    pub(super) async fn details(
        &mut self,
        level: &Level<'_>,
        lists: &BTreeMap<i64, Vec<Draft>>,
        ids: &[i64],
        reading: &Reading,
    ) -> Result<Details, ReadError> {
        let mut details = Details::default();
        if ids.is_empty() {
            return Ok(details);
        }
        let select = &level.list.select;
        if let Some(n_versions) = select.history {
            details.history = self.history(level, ids, n_versions).await?;
        }
        let store = self.store.clone();
        match level.target {
            Target::Records(kind) => {
                if let (true, Some(kind)) = (select.provenance, store.ontology().kind(kind)) {
                    let origins = self.origins(level.tables, &[kind], ids).await?;
                    details.provenance = origins
                        .into_iter()
                        .map(|(id, origin)| (id, Provenance::Record(Box::new(origin))))
                        .collect();
                }
            }
            Target::Entities(kind) => {
                if let Some(entity) = store.ontology().entity(kind) {
                    if select.provenance {
                        details.provenance = self.golden_origins(level, entity, lists, reading).await?;
                    }
                    if select.disagreements {
                        details.disagreements =
                            self.disagreements(level, entity, lists, ids, reading).await?;
                    }
                }
            }
        }
        Ok(details)
    }

    /// Where records come from, in the version that stood at the moment.
    async fn origins(
        &mut self,
        tables: &Tables<'_>,
        kinds: &[&Kind],
        records: &[i64],
    ) -> Result<BTreeMap<i64, Origin>, ReadError> {
        if records.is_empty() || kinds.is_empty() {
            return Ok(BTreeMap::new());
        }
        let mut sql = Sql::new(self.dialect());
        let ids = sql.ids(records.to_vec());
        let mut versions = Vec::with_capacity(kinds.len());
        for kind in kinds {
            let table = tables.table(&Target::Records(kind.id.clone()))?;
            let source = tables.source(&Scope { table, alias: "r" }, &mut sql);
            versions.push(format!(
                "SELECT r.record AS record, r.since_seq AS since_seq, {number} AS kind FROM {source} \
                 WHERE r.record IN {ids}",
                number = table.number,
            ));
        }
        let text = format!(
            "SELECT v.record, v.kind, s.source, s.name, s.department, k.source_key, v.since_seq, {at}, \
             k.mapping_version FROM ({versions}) AS v JOIN record_key AS k ON k.record = v.record \
             JOIN stream AS s ON s.stream = k.stream",
            at = time_of("v.since_seq"),
            versions = versions.join(" UNION ALL "),
        );
        let mut origins = BTreeMap::new();
        for cells in self.fetch(&text, sql).await? {
            let number = cells.small(1)?;
            let kind = tables.layout.kind_by_number(number).and_then(|at| tables.ontology.kinds.get(at));
            let record = cells.int(0)?;
            let origin = Origin {
                record: RecordId(record),
                kind: kind.map(|kind| kind.id.clone()).unwrap_or_default(),
                source: cells.text(2)?,
                stream: cells.text(3)?,
                department: cells.text(4)?,
                source_key: cells.text(5)?,
                seq: Seq(cells.int(6)?),
                at: cells.opt_int(7)?.map(Timestamp),
                mapping_version: cells.int(8)?,
            };
            origins.insert(record, origin);
        }
        Ok(origins)
    }

    /// The record behind each golden field, for every entity of the level.
    async fn golden_origins(
        &mut self,
        level: &Level<'_>,
        entity: &EntityKind,
        lists: &BTreeMap<i64, Vec<Draft>>,
        reading: &Reading,
    ) -> Result<BTreeMap<i64, Provenance>, ReadError> {
        let store = self.store.clone();
        let mut behind = BTreeMap::new();
        for draft in lists.values().flatten() {
            behind.insert(draft.id, golden_records(draft.note.as_deref(), entity, draft, reading)?);
        }
        let records: BTreeSet<i64> = behind.values().flatten().map(|(_, record)| *record).collect();
        let kinds: BTreeSet<&str> =
            entity.fields.iter().flat_map(|golden| &golden.from).map(|from| from.kind.as_str()).collect();
        let kinds: Vec<&Kind> = kinds.iter().filter_map(|kind| store.ontology().kind(kind)).collect();
        let records: Vec<i64> = records.into_iter().collect();
        let origins = self.origins(level.tables, &kinds, &records).await?;
        Ok(behind
            .into_iter()
            .map(|(id, fields)| {
                let golden = fields
                    .into_iter()
                    .filter_map(|(field, record)| {
                        Some(GoldenOrigin { field, origin: origins.get(&record)?.clone() })
                    })
                    .collect();
                (id, Provenance::Entity(golden))
            })
            .collect())
    }

    /// The newest versions of each row, newest first.
    async fn history(
        &mut self,
        level: &Level<'_>,
        ids: &[i64],
        n_versions: u32,
    ) -> Result<BTreeMap<i64, Vec<Version>>, ReadError> {
        let table = level.table;
        let reading = Reading::new(table, table.fields.iter().map(String::as_str))?;
        let mut sql = Sql::new(self.dialect());
        let wanted = sql.ids(ids.to_vec());
        let upto = match level.tables.past {
            None => String::new(),
            Some(Seq(seq)) => format!(" AND since_seq <= {}", sql.int(seq)),
        };
        let limit = sql.int(i64::from(n_versions) + 1);
        let (id, fields) = (table.id_column, reading.select("v"));
        let columns = format!("{id}, since_seq, {{until}} AS until_seq, {}", table.select_list(""));
        let columns = columns.trim_end_matches(", ");
        let text = format!(
            "SELECT w.* FROM (SELECT v.{id} AS id__, v.since_seq AS since__, {since_at} AS since_at__, \
             v.until_seq AS until__, {until_at} AS until_at__{fields}, \
             row_number() OVER (PARTITION BY v.{id} ORDER BY v.since_seq DESC) AS place__ \
             FROM (SELECT {old} FROM {history} WHERE {id} IN {wanted}{upto} \
             UNION ALL SELECT {current} FROM {now} WHERE {id} IN {wanted}{upto}) AS v) AS w \
             WHERE place__ <= {limit} ORDER BY id__, since__ DESC",
            since_at = time_of("v.since_seq"),
            until_at = time_of("v.until_seq"),
            old = columns.replace("{until}", "until_seq"),
            current = columns.replace("{until}", "NULL"),
            history = table.history,
            now = table.table,
        );
        let mut versions: BTreeMap<i64, Vec<Version>> = BTreeMap::new();
        let names: Arc<[String]> = reading.fields.clone().into();
        for cells in self.fetch(&text, sql).await? {
            let mut until = cells.opt_int(3)?;
            let mut until_at = cells.opt_int(4)?;
            if let (Some(Seq(seq)), Some(ended)) = (level.tables.past, until)
                && ended > seq
            {
                (until, until_at) = (None, None);
            }
            versions.entry(cells.int(0)?).or_default().push(Version {
                since: Seq(cells.int(1)?),
                since_at: cells.opt_int(2)?.map(Timestamp),
                until: until.map(Seq),
                until_at: until_at.map(Timestamp),
                changed: Vec::new(),
                fields: names.clone(),
                values: reading.values_at(&cells, 5)?,
            });
        }
        for list in versions.values_mut() {
            note_changes(list);
            list.truncate(usize::try_from(n_versions).unwrap_or(usize::MAX));
        }
        Ok(versions)
    }

    /// Golden fields for which linked records say different things.
    async fn disagreements(
        &mut self,
        level: &Level<'_>,
        entity: &EntityKind,
        lists: &BTreeMap<i64, Vec<Draft>>,
        ids: &[i64],
        reading: &Reading,
    ) -> Result<BTreeMap<i64, Vec<Disagreement>>, ReadError> {
        let store = self.store.clone();
        let mut said = Said::default();
        let from: BTreeSet<(&str, &str)> = entity
            .fields
            .iter()
            .flat_map(|golden| &golden.from)
            .map(|from| (from.kind.as_str(), from.role.as_str()))
            .collect();
        for (kind, role) in &from {
            let Some(kind) = store.ontology().kind(kind) else { continue };
            self.compared(level, entity, kind, role, ids, &mut said).await?;
        }
        said.keep_differing();

        let kinds: BTreeSet<&str> = from.iter().map(|(kind, _)| *kind).collect();
        let kinds: Vec<&Kind> = kinds.iter().filter_map(|kind| store.ontology().kind(kind)).collect();
        let records: Vec<i64> = said.records().into_iter().collect();
        let origins = self.origins(level.tables, &kinds, &records).await?;
        let mut out: BTreeMap<i64, Vec<Disagreement>> = ids.iter().map(|id| (*id, Vec::new())).collect();
        let drafts: BTreeMap<i64, &Draft> = lists.values().flatten().map(|draft| (draft.id, draft)).collect();
        for ((id, field_at), values) in said.0 {
            let Some(golden) = entity.fields.get(field_at) else { continue };
            let chosen = reading
                .fields
                .iter()
                .position(|name| *name == golden.field.id)
                .and_then(|at| drafts.get(&id)?.values.get(at));
            let values = values
                .into_iter()
                .map(|(value, records)| DifferingValue {
                    is_golden: chosen.is_some_and(|chosen| same(chosen, &value)),
                    value,
                    origins: records.iter().filter_map(|record| origins.get(record).cloned()).collect(),
                })
                .collect();
            out.entry(id).or_default().push(Disagreement { field: golden.field.id.clone(), values });
        }
        Ok(out)
    }

    /// Collects what records of one kind and role say of the entities.
    async fn compared(
        &mut self,
        level: &Level<'_>,
        entity: &EntityKind,
        kind: &Kind,
        role: &str,
        ids: &[i64],
        said: &mut Said,
    ) -> Result<(), ReadError> {
        let contributions: Vec<(usize, &str)> = entity
            .fields
            .iter()
            .enumerate()
            .flat_map(|(at, golden)| golden.from.iter().map(move |from| (at, from)))
            .filter(|(_, from)| from.kind == kind.id && from.role == role)
            .filter_map(|(at, from)| Some((at, kind.fields.get(from.field)?.id.as_str())))
            .collect();
        let scope = Scope { table: level.table, alias: "e" };
        let via = Via::Inverse { kind: kind.id.clone(), role: role.to_owned() };
        let hop = level.tables.hop(&scope, &via)?;
        let reading = Reading::new(hop.table, contributions.iter().map(|(_, field)| *field))?;
        let mut sql = Sql::new(self.dialect());
        let source = level.tables.source(&Scope { table: hop.table, alias: "r" }, &mut sql);
        let valid = level.tables.valid("l", &mut sql);
        let parents = sql.ids(ids.to_vec());
        let text = format!(
            "SELECT w.* FROM (SELECT l.entity AS parent__, r.record AS id__{fields}, \
             row_number() OVER (PARTITION BY l.entity ORDER BY r.record) AS place__ \
             FROM link AS l JOIN {source} ON r.record = l.record \
             WHERE l.role = {role} AND l.entity IN {parents} AND {valid}) AS w \
             WHERE place__ <= {MAX_COMPARED} ORDER BY parent__, id__",
            fields = reading.select("r"),
            role = hop.role,
        );
        for cells in self.fetch(&text, sql).await? {
            let (parent, record) = (cells.int(0)?, cells.int(1)?);
            let values = reading.values_at(&cells, 2)?;
            for (golden_at, field) in &contributions {
                let at = reading.fields.iter().position(|name| name == field);
                if let Some(value) = at.and_then(|at| values.get(at)).filter(|value| !value.is_null()) {
                    said.add((parent, *golden_at), value, record);
                }
            }
        }
        Ok(())
    }
}

/// Entity and golden field → the values records say, each with the records.
#[derive(Default)]
struct Said(BTreeMap<(i64, usize), Vec<SaidValue>>);

/// A value, and the records that say it.
type SaidValue = (FieldValue, Vec<i64>);

impl Said {
    fn add(&mut self, of: (i64, usize), value: &FieldValue, record: i64) {
        let values = self.0.entry(of).or_default();
        match values.iter_mut().find(|(known, _)| same(known, value)) {
            Some((_, records)) => records.push(record),
            None => values.push((value.clone(), vec![record])),
        }
    }

    fn keep_differing(&mut self) {
        self.0.retain(|_, values| values.len() > 1);
    }

    fn records(&self) -> BTreeSet<i64> {
        self.0.values().flatten().flat_map(|(_, records)| records).copied().collect()
    }
}

/// Whether two values say the same: an edition alone makes no difference.
fn same(a: &FieldValue, b: &FieldValue) -> bool {
    match (a, b) {
        (FieldValue::Code { code: a, .. }, FieldValue::Code { code: b, .. }) => a == b,
        (a, b) => a == b,
    }
}

/// Names the fields in which each version differs from the one before it; the list is newest first.
fn note_changes(versions: &mut [Version]) {
    for at in 0..versions.len() {
        let (newer, older) = versions.split_at_mut(at + 1);
        let Some(version) = newer.last_mut() else { continue };
        version.changed = version
            .fields
            .iter()
            .enumerate()
            .filter(|(place, _)| {
                let before = older.first().and_then(|older| older.values.get(*place));
                let now = version.values.get(*place);
                match before {
                    Some(before) => Some(before) != now,
                    None => now.is_some_and(|now| !now.is_null()),
                }
            })
            .map(|(_, field)| field.clone())
            .collect();
    }
}

/// When the commit that gave a sequence was.
pub(super) fn time_of(column: &str) -> String {
    format!("(SELECT c.at FROM commits AS c WHERE c.first_seq <= {column} ORDER BY c.first_seq DESC LIMIT 1)")
}

/// `provenance` of an entity: one record behind all fields that have a value, or `{field: record}`.
fn golden_records(
    note: Option<&str>,
    entity: &EntityKind,
    draft: &Draft,
    reading: &Reading,
) -> Result<Vec<(String, i64)>, StoreError> {
    let Some(note) = note.filter(|note| !note.is_empty()) else { return Ok(Vec::new()) };
    if let Ok(record) = note.parse::<i64>() {
        let has_value = |field: &str| {
            let at = reading.fields.iter().position(|name| name == field);
            at.and_then(|at| draft.values.get(at)).is_some_and(|value| !value.is_null())
        };
        let fields = entity.fields.iter().map(|golden| golden.field.id.clone());
        return Ok(fields.filter(|field| has_value(field)).map(|field| (field, record)).collect());
    }
    let records: BTreeMap<String, i64> = serde_json::from_str(note)
        .map_err(|_| StoreError::Unreadable { words: "the provenance of an entity".to_owned() })?;
    Ok(records.into_iter().collect())
}
