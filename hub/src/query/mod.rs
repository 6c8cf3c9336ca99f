//! Every read of the graph from outside the hub: judged, run, masked, written down, and only then answered.
//!
//! Invariant: no answer leaves unmasked or before its entry stands in the audit trail; knows no transport.

pub mod answer;
mod error;
mod guarded;
mod judge;
mod masking;
mod operations;
pub mod plan;
pub mod quality;
mod review;
mod seats;

#[cfg(test)]
pub(crate) mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use messages::Message;

use crate::audit::{Audit, AuditEntry};
use crate::catalogue::{Caller, Catalogue};
use crate::clock::Clock;
use crate::ontology::Scheme;
use crate::store::Store;
use crate::store::read::{Deadline, Read, ReadError};
use crate::{EntityId, Seq};

pub use error::QueryError;
pub use judge::PlanLimits;
pub use operations::{DeadLetterQuestion, DeadLetterView, FaultView, KindCounts, SourceView, StreamView};
pub use review::{JudgeOutcome, Judging, ReviewSide, ReviewView, UndoOutcome};

use answer::{Answer, Row};
use plan::{AsOf, Authorised, ListPlan, Plan, Select, Target};
use seats::Seats;

/// What one question may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueryLimits {
    /// The plan.
    pub plan: PlanLimits,
    /// Rows that one plan may read.
    pub rows: u32,
    /// How long one plan may run; half of it may be spent waiting for a seat.
    pub time: Duration,
    /// Readings of one caller side by side; well below the readers of the store.
    pub per_caller: usize,
}

impl Default for QueryLimits {
    fn default() -> QueryLimits {
        let time = Duration::from_secs(5);
        QueryLimits { plan: PlanLimits::default(), rows: 50_000, time, per_caller: 2 }
    }
}

/// Who asks, in which request.
#[derive(Clone, Debug)]
pub struct Asker {
    /// Who.
    pub caller: Caller,
    /// The request, as the log and the audit trail know it.
    pub request_id: String,
}

/// How one entity is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    /// By its id, or by one that was merged into it.
    Id(EntityId),
    /// By an identifier; read as people write it.
    Identifier {
        /// Which.
        scheme: Scheme,
        /// The value.
        value: String,
    },
}

/// Whether questions can be answered; where not, why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readiness {
    /// Why the store cannot be read.
    pub store: Option<Message>,
    /// Why the audit trail cannot be written.
    pub audit: Option<Message>,
}

/// An entity that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The moment it was read at.
    pub seq: Seq,
    /// The entity.
    pub row: Arc<Row>,
    /// The id that was asked for, if it is not the entity's own any more.
    pub redirected_from: Option<EntityId>,
    /// Statements run for it.
    pub n_statements: u32,
}

/// The only way in.
pub struct Query {
    store: Store,
    catalogue: Arc<Catalogue>,
    audit: Arc<Audit>,
    clock: Arc<dyn Clock>,
    limits: QueryLimits,
    seats: Seats,
}

impl std::fmt::Debug for Query {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Query")
            .field("store", &self.store)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

impl Query {
    /// Over a store, inside a catalogue, written down in a trail.
    #[must_use]
    pub fn new(
        store: Store,
        catalogue: Arc<Catalogue>,
        audit: Arc<Audit>,
        clock: Arc<dyn Clock>,
        limits: QueryLimits,
    ) -> Query {
        let seats = Seats::new(limits.per_caller, limits.time / 2);
        Query { store, catalogue, audit, clock, limits, seats }
    }

    /// What may be read at all.
    #[must_use]
    pub fn catalogue(&self) -> &Arc<Catalogue> {
        &self.catalogue
    }

    /// The limits it keeps.
    #[must_use]
    pub fn limits(&self) -> QueryLimits {
        self.limits
    }

    /// The clock it was given.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// Tries whether questions can be answered, without asking one.
    pub async fn readiness(&self) -> Readiness {
        let store = async {
            let mut reader = self.store.at_one_moment(Deadline::after(self.limits.time), 1).await?;
            reader.moment(None).await?;
            reader.end().await
        };
        let store = store.await.err().map(|error: ReadError| match &error {
            ReadError::Store(why) => why.message(),
            ReadError::Deadline
            | ReadError::TooMany { .. }
            | ReadError::Ahead { .. }
            | ReadError::ForeignPlace => QueryError::from(error).message(),
        });
        let audit = self.audit.probe().await.err().map(|error| error.message());
        Readiness { store, audit }
    }

    /// Answers a plan.
    ///
    /// # Errors
    /// When the plan is refused, cannot be answered, or could not be written down.
    pub async fn run(&self, asker: &Asker, operation: &str, plan: Plan) -> Result<Answer, QueryError> {
        let text = masking::masked_plan(&self.catalogue, &plan).text();
        let outcome = self.seated(asker, Box::pin(self.read(plan))).await;
        let done = outcome.map(|read| {
            let n_rows = n_rows(&read.answer.rows);
            (read.answer, read.subjects, n_rows)
        });
        self.written_down(asker, operation, text, done).await
    }

    /// Finds one entity.
    ///
    /// # Errors
    /// `NotFound` if there is none; else as [`Query::run`].
    pub async fn find(
        &self,
        asker: &Asker,
        operation: &str,
        kind: &str,
        by: By,
        select: Select,
        as_of: Option<AsOf>,
    ) -> Result<Found, QueryError> {
        let target = Target::Entities(kind.to_owned());
        let list = ListPlan::first(1, select);
        let plan = Plan { target, ids: None, list, as_of };
        let text = format!("{} by {by:?}", masking::masked_plan(&self.catalogue, &plan).text());
        let outcome = self.seated(asker, Box::pin(self.found(kind, by, plan))).await;
        let done = outcome.map(|(found, subjects)| {
            let related: u64 = found.row.relations.iter().map(|(_, rows)| n_rows(rows)).sum();
            (found, subjects, 1 + related)
        });
        self.written_down(asker, operation, text, done).await
    }

    /// A reading, in a seat of the asker's.
    async fn seated<T>(
        &self,
        asker: &Asker,
        reading: impl Future<Output = Result<T, QueryError>>,
    ) -> Result<T, QueryError> {
        let _seat = self.seats.take(&asker.caller.key).await?;
        reading.await
    }

    async fn read(&self, plan: Plan) -> Result<Read, QueryError> {
        let plan = judge::judge(plan, &self.catalogue, self.limits.plan)?;
        let mut reader =
            self.store.at_one_moment(Deadline::after(self.limits.time), self.limits.rows).await?;
        let mut read = reader.run(&plan).await?;
        reader.end().await?;
        masking::mask_rows(&self.catalogue, &mut read.answer.rows);
        Ok(read)
    }

    async fn found(&self, kind: &str, by: By, plan: Plan) -> Result<(Found, BTreeSet<EntityId>), QueryError> {
        // The plan is judged before anything is looked up: who may not know of the kind learns nothing of its ids.
        let judged = judge::judge(plan, &self.catalogue, self.limits.plan)?;
        let absent = || judge::absent("subject", &by_text(&by));
        let mut reader =
            self.store.at_one_moment(Deadline::after(self.limits.time), self.limits.rows).await?;
        let past = reader.moment(judged.get().as_of).await?.1;
        let asked = match &by {
            By::Id(id) => *id,
            By::Identifier { scheme, value } => {
                let value = normal(*scheme, value)?;
                let number = self.store.layout().entities.iter().find(|table| table.id == kind);
                let number = number.map(|table| table.number).ok_or_else(absent)?;
                let found = reader.identified(*scheme, &value, number).await?;
                match found.as_slice() {
                    [] => return Err(absent()),
                    [one] => EntityId(*one),
                    many => return Err(QueryError::Ambiguous { value, n: many.len() }),
                }
            }
        };
        let now = EntityId(reader.survivor(asked.0, past).await?);
        let plan = with_ids(judged, vec![now.0]);
        let mut read = reader.run(&plan).await?;
        reader.end().await?;
        masking::mask_rows(&self.catalogue, &mut read.answer.rows);
        let row = read.answer.rows.rows.pop().ok_or_else(absent)?;
        let redirected_from = (asked != now).then_some(asked);
        let found =
            Found { seq: read.answer.seq, row, redirected_from, n_statements: read.answer.n_statements };
        Ok((found, read.subjects))
    }

    /// Writes the question down, whatever became of it; then lets the answer go.
    async fn written_down<T>(
        &self,
        asker: &Asker,
        operation: &str,
        plan: String,
        done: Result<(T, BTreeSet<EntityId>, u64), QueryError>,
    ) -> Result<T, QueryError> {
        let (outcome, subjects, n_rows) = match &done {
            Ok((_, subjects, n_rows)) => ("answered", subjects.iter().copied().collect(), *n_rows),
            Err(error) => (error.code(), Vec::new(), 0),
        };
        let entry = AuditEntry {
            at: self.clock.now(),
            caller: asker.caller.clone(),
            operation: operation.to_owned(),
            plan,
            subjects,
            n_rows,
            outcome: outcome.to_owned(),
            request_id: asker.request_id.clone(),
        };
        self.audit.write(entry).await?;
        done.map(|(answer, _, _)| answer)
    }
}

/// A judged plan narrowed to some ids stays judged.
fn with_ids(judged: Authorised<Plan>, ids: Vec<i64>) -> Authorised<Plan> {
    Authorised::new(Plan { ids: Some(ids), ..judged.get().clone() })
}

fn n_rows(rows: &answer::Rows) -> u64 {
    rows.rows.iter().map(|row| 1 + row.relations.iter().map(|(_, rows)| n_rows(rows)).sum::<u64>()).sum()
}

fn by_text(by: &By) -> String {
    match by {
        By::Id(id) => id.to_string(),
        By::Identifier { value, .. } => value.clone(),
    }
}

/// The identifier as the store keeps it; what people write in full width, lower case or with spaces is read too.
fn normal(scheme: Scheme, value: &str) -> Result<String, QueryError> {
    let bad = |fault: codes::Fault| QueryError::BadValue { reason: fault.message() };
    match scheme {
        Scheme::Uscc => codes::Uscc::parse(value).map(|code| code.as_str().to_owned()).map_err(bad),
        Scheme::RegistrationNumber => {
            codes::RegistrationNumber::parse(value).map(|code| code.as_str().to_owned()).map_err(bad)
        }
        Scheme::OrganisationCode => {
            codes::OrganisationCode::parse(value).map(|code| code.as_str().to_owned()).map_err(bad)
        }
        Scheme::TaxId
        | Scheme::SocialInsuranceNumber
        | Scheme::CustomsCode
        | Scheme::SubjectNumber
        | Scheme::ResidentId => Ok(codes::cleaned(value)),
        Scheme::PriPid | Scheme::Local => Ok(codes::folded_number(value)),
    }
}
