//! What persons decide about whom a record speaks of. Append-only: an undone or replaced judgement stays, ended.

use std::collections::HashSet;

use crate::ontology::EntityNature;
use crate::{EntityId, RecordId};

use super::apply::RoleFacts;
use super::session::{Param, Session};
use super::writer::{Counters, Writer};
use super::{Store, StoreError, StreamNumber};

/// A decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JudgementDecision {
    /// The record speaks of this entity.
    Same(EntityId),
    /// The record does not speak of this entity.
    NotSame(EntityId),
    /// The record speaks of nobody we know.
    Nobody,
}

/// A judgement as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// Its number.
    pub number: i64,
    /// About this record.
    pub record: RecordId,
    /// In this role.
    pub role: String,
    /// What was decided; the entity as it was named then.
    pub decision: JudgementDecision,
    /// By whom.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Whether it holds.
    pub is_in_force: bool,
}

impl Store {
    /// Records a decision and what follows from it. An earlier decision about the same that it contradicts ends.
    /// Gives its number.
    ///
    /// # Errors
    /// When the record, role or entity is not there, or an anchor is judged to be nobody or itself.
    pub async fn judge(
        &self,
        record: RecordId,
        role: &str,
        decision: JudgementDecision,
        by: &str,
        reason: &str,
    ) -> Result<i64, StoreError> {
        self.may_write()?;
        let mut writer = self.inner.writer.lock().await;
        let mut session = writer.begin(&self.inner.pools).await?;
        writer.is_judging = true;
        let done = self.judge_in(&mut writer, &mut session, record, role, decision, (by, reason)).await;
        self.settle_judgement(&mut writer, session, done).await
    }

    /// Ends a judgement; what it decided is decided again without it.
    ///
    /// # Errors
    /// When there is none in force with this number.
    pub async fn undo(&self, judgement: i64) -> Result<(), StoreError> {
        self.may_write()?;
        let mut writer = self.inner.writer.lock().await;
        let mut session = writer.begin(&self.inner.pools).await?;
        writer.is_judging = true;
        let done = self.undo_in(&mut writer, &mut session, judgement).await;
        self.settle_judgement(&mut writer, session, done).await
    }

    /// The judgements about a record, in force or not, in order.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn judgements(&self, record: RecordId) -> Result<Vec<Judgement>, StoreError> {
        let sql = "SELECT judgement, record, role, decision, entity, by_whom, reason, until_seq FROM judgement \
                   WHERE record = $1 ORDER BY judgement";
        let rows = self.reader().await?.fetch(sql, &[Param::Int(record.0)]).await?;
        rows.iter()
            .map(|row| {
                let role = self.layout().role_by_number(row.small(2)?);
                let role = role.and_then(|(kind, role)| self.ontology().kinds.get(kind)?.roles.get(role));
                let entity = EntityId(row.opt_int(4)?.unwrap_or_default());
                Ok(Judgement {
                    number: row.int(0)?,
                    record: RecordId(row.int(1)?),
                    role: role.map(|role| role.id.clone()).unwrap_or_default(),
                    decision: match row.int(3)? {
                        1 => JudgementDecision::Same(entity),
                        2 => JudgementDecision::NotSame(entity),
                        _ => JudgementDecision::Nobody,
                    },
                    by: row.text(5)?,
                    reason: row.text(6)?,
                    is_in_force: row.opt_int(7)?.is_none(),
                })
            })
            .collect()
    }

    /// The entity that an entity is now: itself, or what it was merged into.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn redirected(&self, entity: EntityId) -> Result<EntityId, StoreError> {
        redirected(&mut self.reader().await?, entity).await
    }

    /// The memory of judgements is read again after a failure: what it holds may not have become durable.
    async fn settle_judgement<T>(
        &self,
        writer: &mut Writer,
        session: Session,
        done: Result<(T, Counters), StoreError>,
    ) -> Result<T, StoreError> {
        let settled = self.settle(writer, session, done).await;
        writer.is_judging = false;
        if settled.is_err() {
            writer.memory.forget();
        }
        settled
    }

    async fn judge_in(
        &self,
        writer: &mut Writer,
        session: &mut Session,
        record: RecordId,
        role: &str,
        decision: JudgementDecision,
        (by, reason): (&str, &str),
    ) -> Result<(i64, Counters), StoreError> {
        let mut counters = writer.counters(session).await?;
        let (facts, is_anchor) = self.role_of(session, record, role).await?;
        let (number, entity) = match decision {
            JudgementDecision::Same(entity) => (1, Some(entity)),
            JudgementDecision::NotSame(entity) => (2, Some(entity)),
            JudgementDecision::Nobody => (3, None),
        };
        if is_anchor && entity.is_none() {
            return Err(StoreError::Judgement { words: "an anchor is somebody by itself".to_owned() });
        }
        let anchor = match entity {
            Some(entity) => self.stands_for(session, &facts, entity, record, is_anchor).await?,
            None => None,
        };
        let since = counters.seq + 1;
        // Decisions for somebody or nobody leave no room for others; refusals of several entities stand together.
        let others = if number == 2 { " AND decision <> 2" } else { "" };
        let end = format!(
            "UPDATE judgement SET until_seq = $1 WHERE record = $2 AND role = $3 AND until_seq IS NULL{others}"
        );
        let role_number = Param::Int(facts.number.into());
        session.execute(&end, &[Param::Int(since), Param::Int(record.0), role_number.clone()]).await?;
        counters.judgement += 1;
        session
            .execute(
                "INSERT INTO judgement (judgement, record, role, decision, entity, anchor, by_whom, reason, since_seq) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                &[
                    Param::Int(counters.judgement),
                    Param::Int(record.0),
                    role_number,
                    Param::Int(number),
                    Param::OptInt(entity.map(|entity| entity.0)),
                    Param::OptInt(anchor.map(|anchor| anchor.0)),
                    Param::Text(by.to_owned()),
                    Param::Text(reason.to_owned()),
                    Param::Int(since),
                ],
            )
            .await?;
        let params = [Param::Int(counters.judgement)];
        session.execute("UPDATE counter SET value = $1 WHERE name = 'judgement'", &params).await?;
        let judgement = counters.judgement;
        let counters = self.judged_anew(writer, session, counters, record, judgement).await?;
        Ok((judgement, counters))
    }

    async fn undo_in(
        &self,
        writer: &mut Writer,
        session: &mut Session,
        judgement: i64,
    ) -> Result<((), Counters), StoreError> {
        let counters = writer.counters(session).await?;
        let unknown = || StoreError::Unknown { what: "judgement in force", name: judgement.to_string() };
        let sql = "SELECT record FROM judgement WHERE judgement = $1 AND until_seq IS NULL";
        let row = session.fetch_first(sql, &[Param::Int(judgement)]).await?.ok_or_else(unknown)?;
        let sql = "UPDATE judgement SET until_seq = $1 WHERE judgement = $2";
        session.execute(sql, &[Param::Int(counters.seq + 1), Param::Int(judgement)]).await?;
        let counters = self.judged_anew(writer, session, counters, RecordId(row.int(0)?), judgement).await?;
        Ok(((), counters))
    }

    async fn judged_anew(
        &self,
        writer: &mut Writer,
        session: &mut Session,
        counters: Counters,
        record: RecordId,
        judgement: i64,
    ) -> Result<Counters, StoreError> {
        writer.memory.reload_judgements(session).await?;
        let cause = format!("judgement {judgement}");
        self.reconsider_in(writer, session, counters, HashSet::from([record]), &cause).await
    }

    /// The role of a record, and whether the record is an anchor in it.
    async fn role_of(
        &self,
        session: &mut Session,
        record: RecordId,
        role: &str,
    ) -> Result<(RoleFacts, bool), StoreError> {
        let unknown = || StoreError::Unknown { what: "record", name: record.0.to_string() };
        let sql = "SELECT stream FROM record_key WHERE record = $1 AND deleted_seq IS NULL";
        let row = session.fetch_first(sql, &[Param::Int(record.0)]).await?.ok_or_else(unknown)?;
        let stream = self.stream(StreamNumber(row.small(0)?))?;
        let roles = self.facts().roles(stream.kind);
        let index = roles.iter().position(|facts| facts.id == role);
        let facts = index.and_then(|index| roles.get(index)).cloned();
        let facts = facts.ok_or_else(|| StoreError::Unknown { what: "role", name: role.to_owned() })?;
        Ok((facts, stream.anchor_role == index))
    }

    /// The record that stands for an entity in a judgement; `None` for a person, whose id never changes.
    async fn stands_for(
        &self,
        session: &mut Session,
        role: &RoleFacts,
        entity: EntityId,
        record: RecordId,
        is_anchor: bool,
    ) -> Result<Option<RecordId>, StoreError> {
        let unknown = || StoreError::Unknown { what: "entity", name: entity.to_string() };
        let now = redirected(session, entity).await?;
        let table = self.layout().entities.get(role.entity).ok_or_else(unknown)?;
        let sql = format!("SELECT entity FROM {} WHERE entity = $1", table.table);
        session.fetch_first(&sql, &[Param::Int(now.0)]).await?.ok_or_else(unknown)?;
        let nature = self.ontology().entities.get(role.entity).map(|kind| kind.nature);
        if nature == Some(EntityNature::Person) {
            return Ok(None);
        }
        let sql = "SELECT l.record FROM link l WHERE l.entity = $1 AND l.evidence = 'anchor' AND l.until_seq IS NULL \
                   ORDER BY CASE WHEN l.record = $2 THEN 1 ELSE 0 END, l.record";
        let anchors = session.fetch(sql, &[Param::Int(now.0), Param::Int(record.0)]).await?;
        let anchor = anchors.first().map(|row| row.int(0)).transpose()?.map(RecordId).ok_or_else(unknown)?;
        if is_anchor && anchor == record {
            let words = "the record is the only anchor of that entity".to_owned();
            return Err(StoreError::Judgement { words });
        }
        Ok(Some(anchor))
    }
}

async fn redirected(session: &mut Session, entity: EntityId) -> Result<EntityId, StoreError> {
    let mut now = entity;
    // A chain is as long as the merges that followed each other; a ring cannot be, but would not hang us.
    for _ in 0..1_000 {
        let sql = "SELECT into_entity FROM redirect WHERE entity = $1 AND until_seq IS NULL";
        match session.fetch_first(sql, &[Param::Int(now.0)]).await? {
            Some(row) => now = EntityId(row.int(0)?),
            None => break,
        }
    }
    Ok(now)
}
