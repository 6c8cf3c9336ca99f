//! Writes what was decided: records, the versions they replace, keys, links, claims, mentions, and the feed.

use std::collections::BTreeMap;

use crate::feed::Change as Told;
use crate::store::dialect::Dialect;
use crate::store::layout::KindTable;
use crate::store::rows::Rows;
use crate::store::session::Param;
use crate::store::values;
use crate::store::{Store, StoreError};
use crate::{EntityId, RecordId};

use super::golden;
use super::run::{EntityEvent, Rekeyed, Run};
use super::work::{Change, StoredLink, WantedLink, Work};

/// The rows of a batch that are the same for all kinds.
pub(super) struct Sheets {
    pub(super) feed: Rows,
    links: Rows,
    keys: Rows,
    mentions: Rows,
    /// Records whose links in force are written anew.
    relinked: Vec<i64>,
    /// Records whose key row is written anew.
    rekeyed: Vec<i64>,
    /// Records whose mentions are written anew.
    remembered: Vec<i64>,
}

/// Rows of the feed.
pub(super) fn feed(dialect: Dialect) -> Rows {
    Rows::of(dialect, "feed", &["seq", "change", "kind", "record", "entity", "fields"])
}

impl Run<'_> {
    /// Numbers everything and writes it.
    pub(super) async fn write(&mut self) -> Result<Sheets, StoreError> {
        let dialect = self.session.dialect();
        let mut sheets = Sheets {
            feed: feed(dialect),
            links: Rows::of(
                dialect,
                "link",
                &["record", "role", "since_seq", "entity", "evidence", "judged_by", "until_seq"],
            ),
            keys: Rows::of(
                dialect,
                "record_key",
                &[
                    "record",
                    "kind",
                    "stream",
                    "source_key",
                    "digest",
                    "mapping_version",
                    "state",
                    "deleted_seq",
                ],
            ),
            mentions: Rows::of(dialect, "mention", &["scheme", "value", "record", "role"]),
            relinked: Vec::new(),
            rekeyed: Vec::new(),
            remembered: Vec::new(),
        };
        let mut works = std::mem::take(&mut self.works);
        for work in &mut works {
            self.tell(work, &mut sheets)?;
        }
        self.works = works;
        for touched in std::mem::take(&mut self.touched) {
            sheets.rekeyed.push(touched.record.0);
            self.put_key(&mut sheets.keys, &touched, None)?;
        }
        self.write_events(&mut sheets).await?;
        self.write_claims().await?;
        self.clear("link", " AND until_seq IS NULL", std::mem::take(&mut sheets.relinked)).await?;
        self.clear("record_key", "", std::mem::take(&mut sheets.rekeyed)).await?;
        self.clear("mention", "", std::mem::take(&mut sheets.remembered)).await?;
        Ok(sheets)
    }

    /// Writes the sheets and the records, and the golden rows of new entities; the feed is left, for golden rows still add
    /// to it.
    pub(super) async fn write_sheets(&mut self, sheets: Sheets) -> Result<Rows, StoreError> {
        let Sheets { feed, links, keys, mentions, .. } = sheets;
        keys.write(self.session).await?;
        links.write(self.session).await?;
        mentions.write(self.session).await?;
        for Versions { kind, replaced, rows } in lay_out(self.store, &self.works)? {
            self.replace(self.kind_table(kind)?, replaced).await?;
            rows.write(self.session).await?;
        }
        for rows in golden::of_new(self.store, &self.works, &self.new_entities, self.counters.seq) {
            rows.write(self.session).await?;
        }
        Ok(feed)
    }

    pub(super) async fn clear(
        &mut self,
        table: &str,
        condition: &str,
        records: Vec<i64>,
    ) -> Result<(), StoreError> {
        if records.is_empty() {
            return Ok(());
        }
        let list = self.session.dialect().ints(1);
        let sql = format!("DELETE FROM {table} WHERE record IN (SELECT j.value FROM {list}){condition}");
        self.session.run(&sql, &[Param::Ints(records)]).await
    }

    /// Numbers what happened to a record and to its links.
    fn tell(&mut self, work: &mut Work, sheets: &mut Sheets) -> Result<(), StoreError> {
        let table = self.kind_table(work.stream.kind)?;
        let facts = self.facts();
        let party = facts.roles(work.stream.kind).iter().find(|role| role.is_party).map(|role| role.number);
        let speaks_of =
            |links: &[WantedLink]| links.iter().find(|link| Some(link.role) == party).map(|link| link.entity);
        let spoke_of =
            |links: &[StoredLink]| links.iter().find(|link| Some(link.role) == party).map(|link| link.entity);
        let (told, entity) = match work.change {
            Change::New | Change::Returned => {
                self.applied.inserted += 1;
                (Some(Told::Inserted), speaks_of(&work.links))
            }
            Change::Updated => {
                self.applied.updated += 1;
                (Some(Told::Updated { fields: changed_fields(work, table) }), speaks_of(&work.links))
            }
            Change::Deleted => {
                self.applied.deleted += 1;
                (Some(Told::Deleted), spoke_of(&work.links_before))
            }
            Change::Reconsidered => (None, None),
        };
        if let Some(told) = told {
            work.seq = self.next_seq();
            let number = told.number().into();
            sheets.feed.int(work.seq).int(number).int(table.number.into()).int(work.record.0);
            sheets.feed.opt_int(entity.map(|entity| entity.0)).opt_text(told.fields().as_deref());
        }
        self.tell_links(work, table, party, sheets);
        self.note_golden(work);
        let is_rekeyed = work.has_new_values() || work.state != work.state_before;
        if is_rekeyed {
            let key = Rekeyed {
                record: work.record,
                kind: work.stream.kind,
                stream: work.stream.number,
                key: std::mem::take(&mut work.key),
                digest: work.digest,
                mapping_version: work.mapping_version,
                state: work.state,
            };
            if work.change != Change::New {
                sheets.rekeyed.push(work.record.0);
            }
            let deleted = (work.change == Change::Deleted).then_some(work.seq);
            self.put_key(&mut sheets.keys, &key, deleted)?;
            work.key = key.key;
        }
        if work.was_alive() {
            sheets.remembered.push(work.record.0);
        }
        for (role, identifier) in &work.mentions {
            sheets.mentions.int(identifier.scheme.number().into()).text(&identifier.value);
            sheets.mentions.int(work.record.0).int((*role).into());
        }
        Ok(())
    }

    fn put_key(&self, rows: &mut Rows, key: &Rekeyed, deleted: Option<i64>) -> Result<(), StoreError> {
        let kind = self.kind_table(key.kind)?.number;
        rows.int(key.record.0).int(kind.into()).int(key.stream.0.into()).text(&key.key).bytes(&key.digest.0);
        rows.int(key.mapping_version.into()).int(key.state.into()).opt_int(deleted);
        Ok(())
    }

    /// Ends the links that no longer hold, begins new ones, keeps the others.
    fn tell_links(&mut self, work: &Work, table: &KindTable, party: Option<i16>, sheets: &mut Sheets) {
        let is_same = |was: &StoredLink, is: &WantedLink| {
            was.role == is.role
                && was.entity == is.entity
                && was.evidence == is.evidence
                && was.judged_by == is.judged_by
        };
        let is_unchanged = work.links_before.len() == work.links.len()
            && work.links_before.iter().all(|was| work.links.iter().any(|is| is_same(was, is)));
        if is_unchanged {
            return;
        }
        if !work.links_before.is_empty() {
            sheets.relinked.push(work.record.0);
        }
        for was in &work.links_before {
            if let Some(is) = work.links.iter().find(|is| is_same(was, is)) {
                put_link(&mut sheets.links, work.record, is, was.since_seq, None);
                continue;
            }
            self.applied.relinked += 1;
            let still = work.links.iter().any(|is| is.role == was.role && is.entity == was.entity);
            // A deletion says it all; a link that only changes its evidence is told once, as linked.
            let until = if work.change == Change::Deleted || still {
                if still { self.counters.seq + 1 } else { work.seq }
            } else {
                self.tell_link(work, table, was.role, was.entity, false, sheets)
            };
            sheets.links.int(work.record.0).int(was.role.into()).int(was.since_seq).int(was.entity.0);
            sheets.links.text(&was.evidence).opt_int(was.judged_by).int(until);
            if still && let Some(is) = work.links.iter().find(|is| is.role == was.role) {
                let since = self.tell_link(work, table, is.role, is.entity, true, sheets);
                put_link(&mut sheets.links, work.record, is, since, None);
            }
        }
        for is in &work.links {
            if work.links_before.iter().any(|was| was.role == is.role && was.entity == is.entity) {
                continue;
            }
            let comes = matches!(work.change, Change::New | Change::Returned);
            let since = if comes && Some(is.role) == party {
                work.seq
            } else {
                self.tell_link(work, table, is.role, is.entity, true, sheets)
            };
            if !comes {
                self.applied.relinked += 1;
            }
            put_link(&mut sheets.links, work.record, is, since, None);
        }
    }

    fn tell_link(
        &mut self,
        work: &Work,
        table: &KindTable,
        role: i16,
        entity: EntityId,
        begins: bool,
        sheets: &mut Sheets,
    ) -> i64 {
        let role = self.facts().role(work.stream.kind, role).map(|role| role.id.clone()).unwrap_or_default();
        let told = if begins { Told::Linked { role } } else { Told::Unlinked { role } };
        let seq = self.next_seq();
        sheets
            .feed
            .int(seq)
            .int(told.number().into())
            .int(table.number.into())
            .int(work.record.0)
            .int(entity.0);
        sheets.feed.opt_text(told.fields().as_deref());
        seq
    }

    /// Moves rows to the history, each valid until the place given with it.
    pub(super) async fn replace(
        &mut self,
        table: &KindTable,
        rows: Vec<(i64, i64)>,
    ) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        let dialect = self.session.dialect();
        let (id, list) = (table.id_column, dialect.int_pairs(1));
        let kept: Vec<String> =
            table.stored.iter().filter(|name| *name != id && *name != "since_seq").cloned().collect();
        let quote = |prefix: &str| -> String {
            kept.iter().map(|name| format!(", {prefix}{}", crate::store::dialect::quoted(name))).collect()
        };
        let sql = format!(
            "INSERT INTO {} ({id}, since_seq, until_seq{}) SELECT t.{id}, t.since_seq, j.b{} FROM {list} \
             CROSS JOIN {} t WHERE t.{id} = j.a",
            table.history,
            quote(""),
            quote("t."),
            table.table,
        );
        let ids = rows.iter().map(|(id, _)| *id).collect();
        self.session.run(&sql, &[Param::IntPairs(rows)]).await?;
        let sql =
            format!("DELETE FROM {} WHERE {id} IN (SELECT j.value FROM {})", table.table, dialect.ints(1));
        self.session.run(&sql, &[Param::Ints(ids)]).await
    }

    async fn write_events(&mut self, sheets: &mut Sheets) -> Result<(), StoreError> {
        let mut redirects = Rows::of(
            self.session.dialect(),
            "redirect",
            &["entity", "since_seq", "into_entity", "until_seq"],
        );
        for event in std::mem::take(&mut self.events) {
            let seq = self.next_seq();
            let (told, entity, kind) = match event {
                EntityEvent::Merged { entity, kind, into } => {
                    redirects.int(entity.0).int(seq).int(into.0).null();
                    (Told::Merged { into }, entity, kind)
                }
                EntityEvent::Split { entity, kind, from } => (Told::Split { from }, entity, kind),
                EntityEvent::Gone { entity, kind } => (Told::Deleted, entity, kind),
            };
            sheets.feed.int(seq).int(told.number().into()).int(kind.into()).null().int(entity.0);
            sheets.feed.opt_text(told.fields().as_deref());
        }
        redirects.write(self.session).await
    }

    async fn write_claims(&mut self) -> Result<(), StoreError> {
        let (gone, mut come) = self.claims.changes();
        come.sort_unstable();
        let mut rows =
            Rows::of(self.session.dialect(), "identifier", &["scheme", "value", "kind", "entity", "record"]);
        if let Some(memory) = self.memory.get_mut() {
            come.iter().for_each(|(identifier, _)| memory.remember(identifier));
        }
        for (identifier, claim) in &come {
            rows.int(identifier.scheme.number().into()).text(&identifier.value).int(claim.kind.into());
            rows.int(claim.entity.0).int(claim.record.0);
        }
        let sql = "DELETE FROM identifier WHERE scheme = $1 AND value = $2 AND kind = $3 AND entity = $4 AND record = $5";
        for (identifier, claim) in gone {
            let params = [
                Param::Int(identifier.scheme.number().into()),
                Param::Text(identifier.value.to_string()),
                Param::Int(claim.kind.into()),
                Param::Int(claim.entity.0),
                Param::Int(claim.record.0),
            ];
            self.session.run_ahead(sql, &params).await?;
        }
        rows.write_ahead(self.session).await
    }
}

/// The versions of records of one kind that a batch brings.
struct Versions {
    kind: usize,
    /// Records that had another version, and the place where it ends.
    replaced: Vec<(i64, i64)>,
    rows: Rows,
}

/// The new versions of the works' records.
fn lay_out(store: &Store, works: &[Work]) -> Result<Vec<Versions>, StoreError> {
    let mut by_kind: BTreeMap<usize, Versions> = BTreeMap::new();
    for work in works.iter().filter(|work| work.has_new_values()) {
        let kind = work.stream.kind;
        let unknown = || StoreError::Unknown { what: "record kind number", name: kind.to_string() };
        let table = store.layout().kinds.get(kind).ok_or_else(unknown)?;
        let versions = by_kind.entry(kind).or_insert_with(|| {
            let mut columns = vec!["record", "since_seq", "flags"];
            columns.extend(table.columns.iter().map(|column| column.name.as_str()));
            let rows = Rows::of(store.layout().dialect, &table.table, &columns);
            Versions { kind, replaced: Vec::new(), rows }
        });
        if work.was_alive() {
            versions.replaced.push((work.record.0, work.seq));
        }
        if work.is_alive() {
            versions.rows.int(work.record.0).int(work.seq).opt_text(work.flags.as_deref());
            values::put(&mut versions.rows, table, &work.values);
        }
    }
    Ok(by_kind.into_values().collect())
}

fn put_link(rows: &mut Rows, record: RecordId, link: &WantedLink, since: i64, until: Option<i64>) {
    rows.int(record.0).int(link.role.into()).int(since).int(link.entity.0).text(link.evidence);
    rows.opt_int(link.judged_by).opt_int(until);
}

/// The ids of the fields that differ from the version before.
fn changed_fields(work: &Work, table: &KindTable) -> Vec<String> {
    let Some(old) = &work.old else { return Vec::new() };
    let differs = |field: &usize| {
        old.fields.get(*field) != work.values.fields.get(*field)
            || old.hash(*field) != work.values.hash(*field)
    };
    (0..table.fields.len()).filter(differs).filter_map(|field| table.fields.get(field).cloned()).collect()
}
