//! The one writer: its transaction, its counters, its locks.

use std::sync::Arc;

use messages::Message;

use crate::clock::{Clock, Timestamp};
use crate::ontology::Ontology;

use super::Pools;
use super::StoreError;
use super::apply::Memory;
use super::lock::{self, InstanceLock};
use super::migrate::{self, Migration};
use super::options::MigrationFault;
use super::session::{Param, Session};

/// Namespace of our advisory locks in PostgreSQL (`tj`).
const LOCKS: i64 = 0x746A;

/// The last numbers given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counters {
    pub(super) seq: i64,
    pub(super) record: i64,
    pub(super) entity: i64,
    pub(super) dead_letter: i64,
    pub(super) judgement: i64,
    /// When the last commit was; time never goes back in the feed.
    pub(super) at: i64,
}

/// What the writer keeps between transactions. All of it can be read again from the store.
pub(super) struct Writer {
    clock: Arc<dyn Clock>,
    /// What keeps other instances out of the embedded store.
    instance: Option<InstanceLock>,
    /// The server process that holds the writer's lock for us.
    locked_by: Option<i64>,
    /// As of the last commit; `None` after a failure.
    pub(super) counters: Option<Counters>,
    /// What saves questions.
    pub(super) memory: Memory,
    /// A judgement is under way. If its caller goes away before it is settled, what is remembered of it is not so.
    pub(super) is_judging: bool,
}

impl Writer {
    pub(super) fn new(clock: Arc<dyn Clock>, instance: Option<InstanceLock>) -> Writer {
        let memory = Memory::default();
        Writer { clock, instance, locked_by: None, counters: None, memory, is_judging: false }
    }

    /// Begins a transaction. On PostgreSQL the writer's session lock is held, and the transaction's lock is taken
    /// before any number is given, so that the order of numbers is the order of commits.
    pub(super) async fn begin(&mut self, pools: &Pools) -> Result<Session, StoreError> {
        if std::mem::take(&mut self.is_judging) {
            self.memory.forget();
            self.counters = None;
        }
        let mut session = pools.begin().await?;
        // Looked at inside the transaction: whoever took the store over since the last one is seen here, and whoever
        // takes it over from now on reads what this one commits.
        if let Some(Err(error)) = self.instance.as_ref().map(InstanceLock::is_held) {
            self.counters = None;
            // The connection undoes it even if saying so fails.
            let _ = session.roll_back().await;
            return Err(error);
        }
        if let Pools::Postgres { .. } = pools {
            self.lock(&mut session).await?;
        }
        Ok(session)
    }

    async fn lock(&mut self, session: &mut Session) -> Result<(), StoreError> {
        let row = session.fetch_first("SELECT pg_backend_pid()::bigint", &[]).await?;
        let backend = row.map(|row| row.int(0)).transpose()?;
        if self.locked_by.is_none() || self.locked_by != backend {
            let row = session
                .fetch_first(
                    "SELECT pg_try_advisory_lock($1::int, hashtext(current_schema()))",
                    &[Param::Int(LOCKS)],
                )
                .await?;
            if row.map(|row| row.opt_bool(0)).transpose()?.flatten() != Some(true) {
                let holder = holder(session).await?;
                if let Some(lost) = self.locked_by.filter(|lost| Some(*lost) == holder.backend) {
                    // Our own connection, which broke while the server did not notice: it goes, and we try again.
                    session.execute("SELECT pg_terminate_backend($1::int)", &[Param::Int(lost)]).await?;
                    return Err(StoreError::Busy { words: Message::new("TJ-T030").to_string() });
                }
                return Err(StoreError::InUse { holder: holder.name });
            }
            self.locked_by = backend;
            self.counters = None;
        }
        session
            .execute(
                "SELECT pg_advisory_xact_lock($1::int, hashtext(current_schema()))",
                &[Param::Int(LOCKS + 1)],
            )
            .await
            .map(drop)
    }

    /// The counters, read again when they are not known.
    pub(super) async fn counters(&mut self, session: &mut Session) -> Result<Counters, StoreError> {
        if let Some(counters) = self.counters {
            return Ok(counters);
        }
        let mut counters = Counters::default();
        for row in session.fetch("SELECT name, value FROM counter", &[]).await? {
            let value = row.int(1)?;
            match row.text(0)?.as_str() {
                "seq" => counters.seq = value,
                "record" => counters.record = value,
                "entity" => counters.entity = value,
                "dead_letter" => counters.dead_letter = value,
                "judgement" => counters.judgement = value,
                _ => {}
            }
        }
        let last = session.fetch_first("SELECT at FROM commits ORDER BY first_seq DESC LIMIT 1", &[]).await?;
        counters.at = last.map(|row| row.int(0)).transpose()?.unwrap_or(0);
        self.counters = Some(counters);
        Ok(counters)
    }

    /// Now, but never before the last commit.
    pub(super) fn now(&self, counters: &Counters) -> Timestamp {
        Timestamp(self.clock.now().0.max(counters.at))
    }

    /// Brings all tables to this program's version and to the ontology.
    pub(super) async fn migrate(
        &mut self,
        pools: &Pools,
        ontology: &Arc<Ontology>,
        fault: &MigrationFault,
    ) -> Result<(), StoreError> {
        loop {
            let mut session = self.begin(pools).await?;
            let stepped = migrate::step_base(&mut session, self.clock.now()).await?;
            if stepped {
                fault.reach();
            }
            session.commit().await?;
            if !stepped {
                break;
            }
        }
        fault.reach();
        let mut session = self.begin(pools).await?;
        migrate::step_ontology(&mut session, ontology, fault).await?;
        fault.reach();
        session.commit().await
    }

    /// Brings the tables of another owner to its newest version, one transaction a step.
    pub(super) async fn migrate_owner(
        &mut self,
        pools: &Pools,
        owner: &str,
        migrations: &[Migration],
    ) -> Result<(), StoreError> {
        loop {
            let mut session = self.begin(pools).await?;
            let stepped = migrate::step_of(&mut session, owner, migrations, self.clock.now()).await?;
            session.commit().await?;
            if !stepped {
                return Ok(());
            }
        }
    }
}

/// Who holds the writer's lock, as the server knows it.
async fn holder(session: &mut Session) -> Result<Holder, StoreError> {
    let row = session
        .fetch_first(
            "SELECT a.application_name, host(a.client_addr), l.pid::bigint FROM pg_locks l \
             JOIN pg_stat_activity a ON a.pid = l.pid \
             WHERE l.locktype = 'advisory' AND l.granted AND l.classid = $1::bigint::oid \
             AND l.objid = (hashtext(current_schema())::bigint & 4294967295)::oid \
             AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            &[Param::Int(LOCKS)],
        )
        .await?;
    let Some(row) = row else {
        return Ok(Holder { name: Message::new("TJ-T032").to_string(), backend: None });
    };
    let name = row.opt_text(0)?.unwrap_or_default();
    let name = lock::said(name.strip_prefix("tongjian ").unwrap_or(&name));
    let name = match row.opt_text(1)? {
        Some(from) => Message::new("TJ-T033").with("holder", name).with("from", from).to_string(),
        None => name,
    };
    Ok(Holder { name, backend: Some(row.int(2)?) })
}

/// Who holds the writer's lock.
struct Holder {
    /// For people.
    name: String,
    backend: Option<i64>,
}
