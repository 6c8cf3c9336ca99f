//! What a steward is asked, and what a steward answers: the record and whom it may mean side by side, every weight
//! told, each answer written down.
//!
//! Invariant: what waits is shown to stewards and to operators, a judgement is a steward's alone; masked as every other
//! answer; a judgement is in the audit trail before it is told of.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::catalogue::Role;
use crate::ontology::{Field, Share};
use crate::store::{JudgementDecision, ReviewCandidate, ReviewItem, StoreError};
use crate::{EntityId, RecordId};

use super::answer::Row;
use super::plan::{ListPlan, Plan, Select, Target};
use super::{Asker, Query, QueryError};

/// The longest reason that is kept, in characters.
const LONGEST_REASON: usize = 500;
/// The most items of one page.
const MOST: u32 = 200;

/// One question to a steward.
#[derive(Clone, Debug, PartialEq)]
pub struct ReviewView {
    /// What was weighed.
    pub item: ReviewItem,
    /// The record; absent where it went meanwhile.
    pub record: Option<Arc<Row>>,
    /// Whom it may mean, the likeliest first.
    pub candidates: Vec<ReviewSide>,
    /// Whom an identifier names, against the judgement in force.
    pub contradiction: Option<Arc<Row>>,
}

/// One of those it may mean.
#[derive(Clone, Debug, PartialEq)]
pub struct ReviewSide {
    /// Sum and reasons.
    pub weighed: ReviewCandidate,
    /// The subject; absent where it went meanwhile.
    pub subject: Option<Arc<Row>>,
}

/// A steward's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judging {
    /// About this record.
    pub record: RecordId,
    /// In this role.
    pub role: String,
    /// What.
    pub decision: JudgementDecision,
    /// Why; for those who come later.
    pub reason: String,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JudgeOutcome {
    /// It holds, under this number.
    Judged(i64),
    /// The record, role or entity is not there.
    Absent(String),
    /// It cannot be judged so.
    Refused(String),
}

/// What became of taking it back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UndoOutcome {
    /// It holds no more.
    Undone,
    /// None in force has this number.
    Absent,
}

impl Query {
    /// What waits for a steward, by record, after a record.
    ///
    /// # Errors
    /// `Forbidden` for readers; when the store fails, or the question could not be written down.
    pub async fn review_queue(
        &self,
        asker: &Asker,
        after: Option<RecordId>,
        first: u32,
    ) -> Result<Vec<ReviewView>, QueryError> {
        let after = after.unwrap_or(RecordId(0));
        let first = first.clamp(1, MOST);
        let done = match may_look(asker) {
            Ok(()) => self.seated(asker, Box::pin(self.review_views(after, first))).await,
            Err(error) => Err(error),
        };
        let done = done.map(|views| {
            let subjects: BTreeSet<EntityId> =
                views.iter().flat_map(|view| &view.candidates).map(|side| side.weighed.entity).collect();
            let n_rows = views.len() as u64;
            (views, subjects, n_rows)
        });
        self.written_down(asker, "reviewQueue", format!("reviewQueue after {} first {first}", after.0), done)
            .await
    }

    /// Decides for a record. Written down first as asked, then as done.
    ///
    /// # Errors
    /// `Forbidden` for all but stewards; when the store fails, or it could not be written down.
    pub async fn judge(&self, asker: &Asker, judging: &Judging) -> Result<JudgeOutcome, QueryError> {
        let reason: String = judging.reason.chars().take(LONGEST_REASON).collect();
        let text = format!("judge record {} {} {:?}", judging.record.0, judging.role, judging.decision);
        self.announced(asker, "judge", &text).await?;
        let by = asker.caller.key.as_str();
        let done = match self.is_told(judging.record).await {
            Ok(true) => self.store.judge(judging.record, &judging.role, judging.decision, by, &reason).await,
            // The same answer as for a record that is not there.
            Ok(false) => Err(StoreError::Unknown { what: "record", name: judging.record.0.to_string() }),
            Err(error) => Err(error),
        };
        let done = match done {
            Ok(number) => Ok(JudgeOutcome::Judged(number)),
            Err(StoreError::Unknown { what, name }) => Ok(JudgeOutcome::Absent(format!("{what} {name}"))),
            Err(StoreError::Judgement { words }) => Ok(JudgeOutcome::Refused(words)),
            Err(error) => Err(QueryError::from(error)),
        };
        let subjects = match judging.decision {
            JudgementDecision::Same(entity) | JudgementDecision::NotSame(entity) => BTreeSet::from([entity]),
            JudgementDecision::Nobody => BTreeSet::new(),
        };
        self.written_down(asker, "judge", text, done.map(|outcome| (outcome, subjects, 1))).await
    }

    /// Takes a judgement back; what it decided is decided again without it.
    ///
    /// # Errors
    /// As [`Query::judge`].
    pub async fn undo(&self, asker: &Asker, judgement: i64) -> Result<UndoOutcome, QueryError> {
        let text = format!("undo judgement {judgement}");
        self.announced(asker, "undo", &text).await?;
        let is_told = match self.store.judged_record(judgement).await {
            Ok(Some(record)) => self.is_told(record).await,
            Ok(None) => Ok(false),
            Err(error) => Err(error),
        };
        let done = match is_told {
            Ok(true) => self.store.undo(judgement).await,
            Ok(false) => Err(StoreError::Unknown { what: "judgement in force", name: judgement.to_string() }),
            Err(error) => Err(error),
        };
        let done = match done {
            Ok(()) => Ok(UndoOutcome::Undone),
            Err(StoreError::Unknown { .. }) => Ok(UndoOutcome::Absent),
            Err(error) => Err(QueryError::from(error)),
        };
        self.written_down(asker, "undo", text, done.map(|outcome| (outcome, BTreeSet::new(), 1))).await
    }

    /// Whether a record is there and of a kind that is shared.
    async fn is_told(&self, record: RecordId) -> Result<bool, StoreError> {
        Ok(self.store.kind_of(record).await?.is_some_and(|kind| self.catalogue.kind(&kind).is_some()))
    }

    /// What changes the graph stands in the trail before it is done: a refusal under its code, else as begun.
    async fn announced(&self, asker: &Asker, operation: &str, text: &str) -> Result<(), QueryError> {
        let begun = format!("{text}, begun");
        let may = stewards_only(asker).map(|()| ((), BTreeSet::new(), 0));
        self.written_down(asker, operation, begun, may).await
    }

    async fn review_views(&self, after: RecordId, first: u32) -> Result<Vec<ReviewView>, QueryError> {
        // Of a kind that is not shared nothing is told, not even that something waits.
        let is_told = |kind: &str| self.catalogue.kind(kind).is_some();
        let items = self.store.review_queue(after, first.into(), is_told).await?;
        let mut records: BTreeMap<String, Vec<i64>> = BTreeMap::new();
        let mut entities: BTreeMap<String, Vec<i64>> = BTreeMap::new();
        for item in &items {
            let Some(kind) = self.catalogue.kind(&item.kind) else { continue };
            let Some(role) = kind.roles.iter().find(|role| role.id == item.role) else { continue };
            records.entry(item.kind.clone()).or_default().push(item.record.0);
            let named = item.candidates.iter().map(|one| one.entity);
            let named = named.chain(item.contradiction.iter().map(|one| one.entity));
            entities.entry(role.entity.clone()).or_default().extend(named.map(|entity| entity.0));
        }
        let mut of_records = BTreeMap::new();
        for (kind, ids) in records {
            of_records.append(&mut self.rows_of(Target::Records(kind), ids).await?);
        }
        let mut of_entities = BTreeMap::new();
        for (kind, ids) in entities {
            of_entities.append(&mut self.rows_of(Target::Entities(kind), ids).await?);
        }
        Ok(items
            .into_iter()
            .map(|item| ReviewView {
                record: of_records.get(&item.record.0).cloned(),
                candidates: item
                    .candidates
                    .iter()
                    .map(|weighed| ReviewSide {
                        weighed: weighed.clone(),
                        subject: of_entities.get(&weighed.entity.0).cloned(),
                    })
                    .collect(),
                contradiction: item
                    .contradiction
                    .as_ref()
                    .and_then(|one| of_entities.get(&one.entity.0).cloned()),
                item,
            })
            .collect())
    }

    /// Rows by id, with all fields, masked.
    async fn rows_of(
        &self,
        target: Target,
        mut ids: Vec<i64>,
    ) -> Result<BTreeMap<i64, Arc<Row>>, QueryError> {
        ids.sort_unstable();
        ids.dedup();
        let told = |field: &&Field| field.share != Share::NotShared;
        let fields: Option<Vec<String>> = match &target {
            Target::Records(kind) => self
                .catalogue
                .kind(kind)
                .map(|kind| kind.fields.iter().filter(told).map(|field| field.id.clone()).collect()),
            Target::Entities(kind) => self
                .catalogue
                .entity(kind)
                .map(|entity| entity.fields.iter().map(|golden| &golden.field))
                .map(|fields| fields.filter(told).map(|field| field.id.clone()).collect()),
        };
        let Some(fields) = fields else { return Ok(BTreeMap::new()) };
        let mut rows = BTreeMap::new();
        for part in ids.chunks(MOST as usize) {
            let list = ListPlan::first(MOST, Select { fields: fields.clone(), ..Select::default() });
            let plan = Plan { target: target.clone(), ids: Some(part.to_vec()), list, as_of: None };
            let read = self.read(plan).await?;
            rows.extend(read.answer.rows.rows.into_iter().map(|row| (row.id, row)));
        }
        Ok(rows)
    }
}

fn may_look(asker: &Asker) -> Result<(), QueryError> {
    match asker.caller.role {
        Role::Steward | Role::Operator => Ok(()),
        Role::Reader => Err(QueryError::Forbidden { needed: Role::Steward }),
    }
}

/// Whom a record speaks of is a department's judgement, not a matter of running the hub.
fn stewards_only(asker: &Asker) -> Result<(), QueryError> {
    match asker.caller.role {
        Role::Steward => Ok(()),
        Role::Reader | Role::Operator => Err(QueryError::Forbidden { needed: Role::Steward }),
    }
}
