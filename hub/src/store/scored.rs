//! Scored matching: its tables, what a person is asked, and bringing it to another configuration or other weights.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::resolve::scored::{Candidate, Weights, reasons};
use crate::{EntityId, RecordId};

use super::dialect::Dialect;
use super::layout::ColumnType::{Integer, Small, Text};
use super::session::{Cells, Param, Session};
use super::{Store, StoreError};

/// States of a row of `score`.
pub(super) const LINKED: i64 = 1;
pub(super) const ASKED: i64 = 2;
pub(super) const CONTRADICTED: i64 = 3;

/// Stands in the place of a fingerprint while records are brought from one to another.
const CHANGING: &str = "changing";
const REMEMBER: &str =
    "INSERT INTO meta (name, value) VALUES ('scored', $1) ON CONFLICT (name) DO UPDATE SET value = $1";

/// Records reconsidered in one transaction.
const PAGE: i64 = 2_000;

const TABLES: &str = "
CREATE TABLE candidate (key {int}, record {int}, PRIMARY KEY (key, record)){norowid};
CREATE INDEX ix_candidate_record ON candidate (record);
CREATE TABLE wanted (key {int}, record {int}, role {small}, PRIMARY KEY (key, record, role)){norowid};
CREATE INDEX ix_wanted_record ON wanted (record);
CREATE TABLE score (record {int}, role {small}, state {small} NOT NULL, version {int} NOT NULL, detail {text} NOT NULL,
  PRIMARY KEY (record, role)){norowid};
CREATE INDEX ix_score_state ON score (state, record);
";

/// The tables.
pub(super) fn tables(dialect: Dialect) -> String {
    TABLES
        .replace("{text}", dialect.column_type(Text))
        .replace("{int}", dialect.column_type(Integer))
        .replace("{small}", dialect.column_type(Small))
        .replace("{norowid}", dialect.without_rowid())
}

/// What a person is asked about one role of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewItem {
    /// The record.
    pub record: RecordId,
    /// Its kind.
    pub kind: String,
    /// The role.
    pub role: String,
    /// Version of the weights.
    pub version: i64,
    /// Who may be meant, the likeliest first.
    pub candidates: Vec<ReviewCandidate>,
    /// A judgement in force that an identifier contradicts.
    pub contradiction: Option<Contradiction>,
}

/// A subject that may be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewCandidate {
    /// Who.
    pub entity: EntityId,
    /// Hundredths of a bit, with the odds before anything was compared.
    pub total: i64,
    /// Feature, level, hundredths of a bit; the strongest first.
    pub reasons: Vec<(String, String, i64)>,
}

/// What an identifier says otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// Whom it names.
    pub entity: EntityId,
    /// Which identifier.
    pub scheme: String,
}

/// Candidates as the store keeps them.
pub(super) fn detail_text(candidates: &[Candidate<EntityId>]) -> String {
    let one = |candidate: &Candidate<EntityId>| {
        let reasons: Vec<Value> = reasons(&candidate.comparison)
            .iter()
            .map(|reason| json!([reason.feature.id(), reason.level.id(), reason.weight]))
            .collect();
        json!({ "entity": candidate.who.0, "total": candidate.comparison.total, "reasons": reasons })
    };
    Value::Array(candidates.iter().map(one).collect()).to_string()
}

/// A contradiction as the store keeps it.
pub(super) fn contradiction_text(entity: EntityId, scheme: &str) -> String {
    json!({ "entity": entity.0, "scheme": scheme }).to_string()
}

impl Store {
    /// What waits for a person, by record, after a record: of the kinds that are told, `limit` records with all their
    /// roles.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) async fn review_queue(
        &self,
        after: RecordId,
        limit: i64,
        is_told: impl Fn(&str) -> bool,
    ) -> Result<Vec<ReviewItem>, StoreError> {
        let mut session = self.reader().await?;
        let kinds = self.ontology().kinds.iter().enumerate();
        let roles: Vec<i64> = kinds
            .filter(|(_, kind)| is_told(&kind.id))
            .flat_map(|(index, _)| self.layout().roles_of(index).map(i64::from))
            .collect();
        let which = format!(
            "state IN (2, 3) AND record > $1 AND role IN (SELECT value FROM {})",
            session.dialect().ints(2)
        );
        let sql = format!(
            "SELECT record, role, state, version, detail FROM score WHERE {which} AND record IN \
             (SELECT DISTINCT record FROM score WHERE {which} ORDER BY record LIMIT $3) ORDER BY record, role"
        );
        let params = [Param::Int(after.0), Param::Ints(roles), Param::Int(limit)];
        let rows = session.fetch(&sql, &params).await?;
        self.review_items(&rows)
    }

    /// The kind of a record that is or was there.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) async fn kind_of(&self, record: RecordId) -> Result<Option<String>, StoreError> {
        let mut session = self.reader().await?;
        let sql = "SELECT kind FROM record_key WHERE record = $1";
        let Some(row) = session.fetch_first(sql, &[Param::Int(record.0)]).await? else { return Ok(None) };
        let kind = self.layout().kind_by_number(row.small(0)?);
        Ok(kind.and_then(|kind| self.ontology().kinds.get(kind)).map(|kind| kind.id.clone()))
    }

    /// The record that a judgement is about.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) async fn judged_record(&self, judgement: i64) -> Result<Option<RecordId>, StoreError> {
        let sql = "SELECT record FROM judgement WHERE judgement = $1";
        let row = self.reader().await?.fetch_first(sql, &[Param::Int(judgement)]).await?;
        row.map(|row| Ok(RecordId(row.int(0)?))).transpose()
    }

    fn review_items(&self, rows: &[Cells]) -> Result<Vec<ReviewItem>, StoreError> {
        let mut items = Vec::with_capacity(rows.len());
        for row in rows {
            let number = row.small(1)?;
            let Some((kind, role)) = self.layout().role_by_number(number) else { continue };
            let Some(kind) = self.ontology().kinds.get(kind) else { continue };
            let Some(role) = kind.roles.get(role) else { continue };
            let detail: Value = serde_json::from_str(&row.text(4)?)
                .map_err(|error| StoreError::Unreadable { words: format!("a score: {error}") })?;
            let is_contradicted = row.int(2)? == CONTRADICTED;
            items.push(ReviewItem {
                record: RecordId(row.int(0)?),
                kind: kind.id.clone(),
                role: role.id.clone(),
                version: row.int(3)?,
                candidates: detail.as_array().into_iter().flatten().map(candidate).collect(),
                contradiction: is_contradicted.then(|| Contradiction {
                    entity: EntityId(detail["entity"].as_i64().unwrap_or_default()),
                    scheme: detail["scheme"].as_str().unwrap_or_default().to_owned(),
                }),
            });
        }
        Ok(items)
    }

    /// Brings links by weights to the configuration and the weights of this program, where these are others than the
    /// store was last written with.
    pub(super) async fn prepare_scored(&self) -> Result<(), StoreError> {
        let wanted = self.scored_fingerprint();
        let mut session = self.reader().await?;
        let sql = "SELECT value FROM meta WHERE name = 'scored'";
        let stored = session.fetch_first(sql, &[]).await?.map(|row| row.text(0)).transpose()?;
        let stored = stored.unwrap_or_default();
        if stored == wanted {
            return Ok(());
        }
        let records = self.weighed_records(&mut session, stored == CHANGING).await?;
        drop(session);
        let mut writer = self.inner.writer.lock().await;
        let mut session = writer.begin(&self.inner.pools).await?;
        for table in ["candidate", "wanted", "score"] {
            session.execute(&format!("DELETE FROM {table}"), &[]).await?;
        }
        session.execute(REMEMBER, &[Param::Text(CHANGING.to_owned())]).await?;
        session.commit().await?;
        for page in records.chunks(PAGE.unsigned_abs() as usize) {
            let mut session = writer.begin(&self.inner.pools).await?;
            let counters = writer.counters(&mut session).await?;
            let records: HashSet<RecordId> = page.iter().copied().collect();
            let done = self
                .reconsider_with(&mut writer, &mut session, counters, records, "scored matching", true)
                .await
                .map(|counters| ((), counters));
            self.settle(&mut writer, session, done).await?;
        }
        let mut session = writer.begin(&self.inner.pools).await?;
        session.execute(REMEMBER, &[Param::Text(wanted)]).await?;
        session.commit().await
    }

    /// Weights and weighed fields, as a text that changes with them; empty where nothing is weighed.
    fn scored_fingerprint(&self) -> String {
        let mut words = Vec::new();
        for kind in &self.ontology().kinds {
            for role in kind.roles.iter().filter(|role| role.scored.is_some()) {
                words.push(format!("{}.{} {:?} {:?}", kind.id, role.id, role.name, role.scored));
            }
        }
        if words.is_empty() {
            return String::new();
        }
        format!("keys 1, weights {}: {}", Weights::frozen().version(), words.join("; "))
    }

    /// Every record of a kind that is weighed, and every record linked by weights; anchors first. Of a store that was left
    /// in the middle of a change nobody knows what it was: every record.
    async fn weighed_records(
        &self,
        session: &mut Session,
        was_left: bool,
    ) -> Result<Vec<RecordId>, StoreError> {
        let mut records = Vec::new();
        let mut seen = HashSet::new();
        let weighed =
            |kind: &crate::ontology::Kind| was_left || kind.roles.iter().any(|role| role.scored.is_some());
        let anchors: HashSet<i16> = self
            .streams()
            .iter()
            .filter(|stream| stream.anchor_role.is_some())
            .map(|stream| stream.number.0)
            .collect();
        let mut others = Vec::new();
        for (kind, table) in self.ontology().kinds.iter().zip(&self.layout().kinds) {
            if !weighed(kind) {
                continue;
            }
            let sql = "SELECT record, stream FROM record_key WHERE kind = $1 AND deleted_seq IS NULL ORDER BY record";
            for row in session.fetch(sql, &[Param::Int(table.number.into())]).await? {
                let record = RecordId(row.int(0)?);
                if seen.insert(record) {
                    if anchors.contains(&row.small(1)?) { &mut records } else { &mut others }.push(record);
                }
            }
        }
        let sql = "SELECT record FROM link WHERE evidence = 'scored' AND until_seq IS NULL UNION \
                   SELECT record FROM score";
        for row in session.fetch(sql, &[]).await? {
            let record = RecordId(row.int(0)?);
            if seen.insert(record) {
                others.push(record);
            }
        }
        records.append(&mut others);
        Ok(records)
    }
}

fn candidate(value: &Value) -> ReviewCandidate {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let reasons = value["reasons"].as_array().into_iter().flatten();
    ReviewCandidate {
        entity: EntityId(value["entity"].as_i64().unwrap_or_default()),
        total: value["total"].as_i64().unwrap_or_default(),
        reasons: reasons
            .map(|reason| (text(&reason[0]), text(&reason[1]), reason[2].as_i64().unwrap_or_default()))
            .collect(),
    }
}
