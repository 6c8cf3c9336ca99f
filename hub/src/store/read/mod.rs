//! Plans as SQL: the store's only readers for everyone outside the hub. One statement for each relation of a plan,
//! for all parents at once, never one a parent; all of a plan's statements see one moment.
//!
//! Invariant: takes [`Authorised`] plans only; masks nothing and grants nothing.

mod deadline;
mod details;
mod filter;
mod list;
mod lookup;
mod order;
pub(crate) mod quality;
mod sql;
mod tables;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::query::answer::{Answer, Row, Rows};
use crate::query::plan::{AsOf, Authorised, ListPlan, Plan, Relation, Target};
use crate::{EntityId, Seq};

use super::dialect::Dialect;
use super::layout::KindTable;
use super::session::{Cells, Session};
use super::{Pools, Store, StoreError};

pub use deadline::Deadline;

use list::{Draft, Reading};
use sql::Sql;
use tables::{Hop, Scope, Tables};

/// What a plan was answered with, and whom the answer speaks of.
#[derive(Clone, Debug)]
pub struct Read {
    /// The answer, not masked yet.
    pub answer: Answer,
    /// Every entity in it, and every entity that a record at the root speaks of in its party role.
    pub subjects: BTreeSet<EntityId>,
}

/// The store could not answer a plan.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The store failed.
    #[error("the store could not read")]
    Store(#[from] StoreError),
    /// It took too long, or the asker went away.
    #[error("the reading was given up at its deadline")]
    Deadline,
    /// More rows than one plan may read.
    #[error("the answer holds more than {limit} rows")]
    TooMany {
        /// The limit.
        limit: u32,
    },
    /// The moment asked about has not come.
    #[error("sequence {asked} has not come, the newest is {newest}")]
    Ahead {
        /// As asked.
        asked: i64,
        /// The newest.
        newest: i64,
    },
    /// The place is one of another parent's list.
    #[error("the place belongs to another list")]
    ForeignPlace,
}

/// The store at one moment: a read transaction on one connection. Dropping it stops a statement under way.
pub(crate) struct Reader {
    store: Store,
    session: Session,
    deadline: Deadline,
    rows_left: u32,
    rows_limit: u32,
    n_statements: u32,
    subjects: BTreeSet<EntityId>,
}

impl Store {
    /// The store at this moment, for one asker: at most `rows_limit` rows, until the deadline.
    pub(crate) async fn at_one_moment(
        &self,
        deadline: Deadline,
        rows_limit: u32,
    ) -> Result<Reader, ReadError> {
        let begin = async {
            match &self.inner.pools {
                Pools::Sqlite { readers, .. } => Ok(Session::SqliteTx(readers.begin_with("BEGIN").await?)),
                Pools::Postgres { readers, .. } => Ok(Session::PostgresTx(
                    readers.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?,
                )),
            }
        };
        let mut session = deadline.watch(begin).await?;
        deadline.arm(&mut session).await?;
        Ok(Reader {
            store: self.clone(),
            session,
            deadline,
            rows_left: rows_limit,
            rows_limit,
            n_statements: 0,
            subjects: BTreeSet::new(),
        })
    }
}

impl Reader {
    /// Ends the transaction and gives the connection back.
    pub(crate) async fn end(self) -> Result<(), ReadError> {
        self.session.roll_back().await?;
        Ok(())
    }

    fn dialect(&self) -> Dialect {
        self.store.dialect()
    }

    /// Answers a plan.
    pub(crate) async fn run(&mut self, plan: &Authorised<Plan>) -> Result<Read, ReadError> {
        let plan = plan.get();
        let (seq, past) = self.moment(plan.as_of).await?;
        let before = self.n_statements;
        let rows = self.root(plan, past).await?;
        let answer = Answer { seq, rows, n_statements: self.n_statements - before };
        Ok(Read { answer, subjects: std::mem::take(&mut self.subjects) })
    }

    /// The newest place in the feed, and the one to read at if it is not the newest.
    pub(crate) async fn moment(&mut self, as_of: Option<AsOf>) -> Result<(Seq, Option<Seq>), ReadError> {
        let newest =
            self.numbers("SELECT value FROM counter WHERE name = 'seq'", Sql::new(self.dialect())).await?;
        let newest = newest.first().copied().unwrap_or_default();
        match as_of {
            None => Ok((Seq(newest), None)),
            Some(AsOf::Seq(Seq(asked))) if asked > newest || asked < 0 => {
                Err(ReadError::Ahead { asked, newest })
            }
            Some(AsOf::Seq(seq)) => Ok((seq, Some(seq))),
            Some(AsOf::Time(at)) => {
                let mut sql = Sql::new(self.dialect());
                let at = sql.int(at.0);
                let text = format!(
                    "SELECT last_seq FROM commits WHERE at <= {at} ORDER BY at DESC, last_seq DESC LIMIT 1"
                );
                let found = self.numbers(&text, sql).await?;
                let seq = Seq(found.first().copied().unwrap_or_default());
                Ok((seq, Some(seq)))
            }
        }
    }

    async fn root(&mut self, plan: &Plan, past: Option<Seq>) -> Result<Rows, ReadError> {
        let store = self.store.clone();
        let tables = Tables { ontology: store.ontology(), layout: store.layout(), past };
        let table = tables.table(&plan.target)?;
        if plan.list.page.after.as_ref().is_some_and(|place| place.parent.is_some()) {
            return Err(ReadError::ForeignPlace);
        }
        let reading = self.reading(table, &plan.target, &plan.list)?;
        let ids = plan.ids.as_deref();
        let mut sql = Sql::new(self.dialect());
        let text = list::root(&tables, table, &plan.list, ids, &reading, &mut sql)?;
        let drafts = self.drafts(&text, sql, &reading).await?;
        self.subjects.extend(drafts.iter().filter_map(|draft| draft.party).map(EntityId));
        let total = match plan.list.is_counted {
            false => None,
            true => {
                let mut sql = Sql::new(self.dialect());
                let text = list::root_count(&tables, table, &plan.list, ids, &mut sql)?;
                Some(self.numbers(&text, sql).await?.first().copied().unwrap_or_default())
            }
        };
        let mut totals = BTreeMap::from([(0, total.unwrap_or_default())]);
        if !plan.list.is_counted {
            totals.clear();
        }
        let level = Level { tables: &tables, table, target: &plan.target, list: &plan.list, is_root: true };
        let mut lists = self.complete(&level, drafts, &reading, &totals).await?;
        Ok(lists.remove(&0).unwrap_or_else(|| Rows {
            total: total.and_then(|total| u64::try_from(total).ok()),
            ..Rows::default()
        }))
    }

    /// What one level must read: what was asked for, what orders, and what golden values are told about.
    fn reading(&self, table: &KindTable, target: &Target, list: &ListPlan) -> Result<Reading, ReadError> {
        let mut fields: Vec<&str> = list.select.fields.iter().map(String::as_str).collect();
        fields.extend(list.order.iter().map(|key| key.field.as_str()));
        let wants_golden = list.select.disagreements || list.select.provenance;
        if let (true, Target::Entities(kind)) = (wants_golden, target) {
            let golden =
                self.store.ontology().entity(kind).map_or(&[][..], |entity| entity.fields.as_slice());
            fields.extend(golden.iter().map(|golden| golden.field.id.as_str()));
        }
        Ok(Reading::new(table, fields)?)
    }

    /// The lists of a relation, for all parents.
    async fn relation(
        &mut self,
        tables: &Tables<'_>,
        scope: &Scope<'_>,
        relation: &Relation,
        parents: &[i64],
    ) -> Result<BTreeMap<i64, Rows>, ReadError> {
        let hop = tables.hop(scope, &relation.via)?;
        let list = &relation.list;
        let reading = self.reading(hop.table, &hop.target, list)?;
        let mut sql = Sql::new(self.dialect());
        let (text, totals) = match hop.from_column {
            "record" => (list::party(tables, &hop, parents, &reading, &mut sql), BTreeMap::new()),
            _ => {
                if let Some(place) = &list.page.after
                    && parents != place.parent.as_slice()
                {
                    return Err(ReadError::ForeignPlace);
                }
                let totals = self.totals(tables, &hop, list, parents).await?;
                (list::related(tables, &hop, list, parents, &reading, &mut sql)?, totals)
            }
        };
        let drafts = self.drafts(&text, sql, &reading).await?;
        let level = Level { tables, table: hop.table, target: &hop.target, list, is_root: false };
        Box::pin(self.complete(&level, drafts, &reading, &totals)).await
    }

    async fn totals(
        &mut self,
        tables: &Tables<'_>,
        hop: &Hop<'_>,
        list: &ListPlan,
        parents: &[i64],
    ) -> Result<BTreeMap<i64, i64>, ReadError> {
        if !list.is_counted {
            return Ok(BTreeMap::new());
        }
        let mut sql = Sql::new(self.dialect());
        let text = list::related_count(tables, hop, list, parents, &mut sql)?;
        let mut totals: BTreeMap<i64, i64> = parents.iter().map(|parent| (*parent, 0)).collect();
        for cells in self.fetch(&text, sql).await? {
            totals.insert(cells.int(0)?, cells.int(1)?);
        }
        Ok(totals)
    }

    /// Drafts with all that hangs on them, by parent.
    async fn complete(
        &mut self,
        level: &Level<'_>,
        drafts: Vec<Draft>,
        reading: &Reading,
        totals: &BTreeMap<i64, i64>,
    ) -> Result<BTreeMap<i64, Rows>, ReadError> {
        let mut lists = list::by_parent(drafts);
        let n_first = usize::try_from(level.list.page.first).unwrap_or(usize::MAX);
        let mut has_next = BTreeSet::new();
        for (parent, drafts) in &mut lists {
            if drafts.len() > n_first {
                drafts.truncate(n_first);
                has_next.insert(*parent);
            }
        }
        let ids: BTreeSet<i64> = lists.values().flatten().map(|draft| draft.id).collect();
        let ids: Vec<i64> = ids.into_iter().collect();
        if matches!(level.target, Target::Entities(_)) {
            self.subjects.extend(ids.iter().copied().map(EntityId));
        }
        let details = self.details(level, &lists, &ids, reading).await?;
        let mut relations = Vec::with_capacity(level.list.select.relations.len());
        let scope = Scope { table: level.table, alias: "r" };
        for relation in &level.list.select.relations {
            let rows = match ids.is_empty() {
                true => BTreeMap::new(),
                false => self.relation(level.tables, &scope, relation, &ids).await?,
            };
            relations.push((relation, rows));
        }

        let fields: Arc<[String]> = reading.fields.clone().into();
        let target = Arc::new(level.target.clone());
        let mut out: BTreeMap<i64, Rows> = totals
            .iter()
            .map(|(parent, total)| (*parent, Rows { total: u64::try_from(*total).ok(), ..Rows::default() }))
            .collect();
        for (parent, drafts) in lists {
            let rows = out.entry(parent).or_default();
            rows.has_next = has_next.contains(&parent);
            for draft in drafts {
                let related = relations
                    .iter()
                    .map(|(relation, lists)| {
                        let rows = lists.get(&draft.id).cloned().unwrap_or_else(|| Rows {
                            total: relation.list.is_counted.then_some(0),
                            ..Rows::default()
                        });
                        (relation.name.clone(), rows)
                    })
                    .collect();
                let keys = level
                    .list
                    .order
                    .iter()
                    .map(|key| value_of(reading, &draft, &key.field).unwrap_or(crate::FieldValue::Null))
                    .collect();
                rows.rows.push(Arc::new(Row {
                    target: target.clone(),
                    id: draft.id,
                    since: Seq(draft.since),
                    fields: fields.clone(),
                    keys,
                    parent: (!level.is_root).then_some(draft.parent),
                    relations: related,
                    provenance: details.provenance.get(&draft.id).cloned(),
                    history: details.history.get(&draft.id).cloned(),
                    disagreements: details.disagreements.get(&draft.id).cloned(),
                    values: draft.values,
                }));
            }
        }
        Ok(out)
    }

    async fn drafts(&mut self, text: &str, sql: Sql, reading: &Reading) -> Result<Vec<Draft>, ReadError> {
        let cells = self.fetch(text, sql).await?;
        cells.iter().map(|cells| reading.draft(cells).map_err(ReadError::from)).collect()
    }

    async fn numbers(&mut self, text: &str, sql: Sql) -> Result<Vec<i64>, ReadError> {
        let cells = self.fetch(text, sql).await?;
        cells.iter().map(|cells| cells.int(0).map_err(ReadError::from)).collect()
    }

    /// Runs one statement: counted, within the deadline and the limit of rows.
    async fn fetch(&mut self, text: &str, sql: Sql) -> Result<Vec<Cells>, ReadError> {
        self.n_statements += 1;
        tracing::trace!(sql = text, "read");
        let fetched = self.deadline.watch(self.session.fetch(text, &sql.params)).await?;
        let n_rows = u32::try_from(fetched.len()).unwrap_or(u32::MAX);
        self.rows_left =
            self.rows_left.checked_sub(n_rows).ok_or(ReadError::TooMany { limit: self.rows_limit })?;
        Ok(fetched)
    }
}

/// A list that is being read.
struct Level<'a> {
    tables: &'a Tables<'a>,
    table: &'a KindTable,
    target: &'a Target,
    list: &'a ListPlan,
    is_root: bool,
}

fn value_of(reading: &Reading, draft: &Draft, field: &str) -> Option<crate::FieldValue> {
    let at = reading.fields.iter().position(|name| name == field)?;
    draft.values.get(at).cloned()
}
