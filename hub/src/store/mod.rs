//! The graph's truth: records, entities, links, history, feed and progress, in SQLite or PostgreSQL.
//!
//! One schema, two engines; only `dialect.rs` knows which. SQL on these tables stands in this module alone.
//!
//! # Layout
//! Names of kinds and fields come from the ontology and are always quoted. All `*_seq` are places in the feed; a row is
//! valid in `[since_seq, until_seq)`.
//!
//! | table | columns | keys and indexes |
//! |---|---|---|
//! | `meta` | name, value | name |
//! | `migration` | owner, version, name, applied_at | owner, version |
//! | `counter` | name (`seq`, `record`, `entity`, …), value = last one given | name |
//! | `kind` | kind (small number), name, is_entity | kind; is_entity + name |
//! | `kind_field` | kind, name, type: a changed type is refused | kind + name |
//! | `role` | role (small number), kind, name | role; kind, name |
//! | `stream` | stream (small number), source, name, kind, department, anchor (entity kind or NULL) | stream; source, name |
//! | `stream_status` | stream, state, since, message, started_at, finished_at, n_read, n_rows | stream |
//! | `progress` | log (text: `source` or `source/stream`), state (JSON), seq | log |
//! | `commits` | first_seq, last_seq, at (µs), cause | first_seq; at + last_seq |
//! | `consumer` | name, seq | name |
//! | `feed` | seq, change (small number), kind, record, entity, fields | seq |
//! | `record_key` | record, kind, stream, source_key, digest (16 bytes), mapping_version, state, deleted_seq | record; stream + source_key |
//! | `record_<kind>` | record, since_seq, flags, one or two columns a field | record; one per `key` field, ending in record |
//! | `record_<kind>_history` | record, since_seq, until_seq, flags, the same columns | record + since_seq |
//! | `link` | record, role, since_seq, entity, evidence (text), judged_by, until_seq (NULL = now) | record + role + since_seq; entity + role + record |
//! | `entity_<kind>` | entity, since_seq, provenance, golden columns | entity; one per `key` field, ending in entity |
//! | `entity_<kind>_history` | entity, since_seq, until_seq, provenance, golden columns | entity + since_seq |
//! | `redirect` | entity, since_seq, into_entity, until_seq | entity + since_seq; into_entity |
//! | `identifier` | scheme, value, kind (of entity), entity, record (the anchor that says so; 0 for a person's hash) | all of them |
//! | `mention` | record, role, scheme, value: identifiers of records that wait, or that would outrank the link they have | all of them; scheme + value |
//! | `candidate` | key, record: under which keys an anchor is found where fields are weighed | key + record; record |
//! | `wanted` | key, record, role: under which keys a record looks that no identifier decides | key + record + role; record |
//! | `score` | record, role, state (1 linked, 2 a person is asked, 3 a judgement that an identifier contradicts), version (of the weights), detail (JSON) | record + role; state + record |
//! | `judgement` | judgement, record, role, decision (1 same, 2 not same, 3 nobody), entity or NULL, anchor (a record that stands for the entity), by_whom, reason, since_seq, until_seq | judgement; record + role |
//! | `dead_letter` | dead_letter, stream, source_key, digest, mapping_version, attempts, first_at, last_at, reasons (JSON), cells (JSON), state | dead_letter; stream + source_key |
//!
//! Columns of a field `f`: `f`, and for money `f__currency`, for codes `f__edition`, for partial dates `f__precision`
//! (1 year, 2 month, 3 day), for ID numbers of records `f__hash` (keyed; never leaves the hub). Types (SQLite, PostgreSQL): text (TEXT, text COLLATE "C"), money, decimal, integer and
//! timestamp (INTEGER, bigint), bool (INTEGER 0/1, boolean), dates (TEXT ISO, date).
//!
//! `record_key.state`: 0 the kind has no party role, 1 记名成功, 2 处理中, 3 不成功.
//! `feed.change`: 1 inserted, 2 updated, 3 deleted, 4 linked, 5 unlinked, 6 merged, 7 split. An insert that is linked in
//! its party role in the same transaction carries the entity and needs no `linked` of its own; every other link does.

mod apply;
mod base;
mod batch;
mod behind;
mod dead_letters;
pub(crate) mod dialect;
mod dump;
mod error;
mod flags;
mod judgement;
mod known;
pub(crate) mod layout;
mod lock;
mod meta;
mod migrate;
mod options;
mod packed;
mod reach;
pub mod read;
mod report;
mod rows;
mod scored;
pub(crate) mod session;
mod status;
mod streams;
pub(crate) mod values;
mod writer;

#[cfg(test)]
mod tests;

pub use apply::Writing;
pub use batch::{Applied, DeadLetter, Entry, Fault, Mapped, Outcome, PreparedBatch, Progress, StreamNumber};
pub use dead_letters::{DeadLetterFilter, StoredDeadLetter};
pub use error::StoreError;
pub use flags::FlagCounts;
pub use judgement::{Judgement, JudgementDecision};
pub use known::{KnownKey, KnownKeys};
pub use migrate::Migration;
pub use options::{Access, MigrationFault, StoreOptions, StorePlace};
pub use scored::{Contradiction, ReviewCandidate, ReviewItem};
pub use status::{Counts, MatchState, StreamCounts};
pub use streams::{Stream, StreamRegistration, StreamStatus};

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::{Arc, RwLock};

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, PgPool, SqlitePool};
use tokio::sync::watch;

use crate::Seq;
use crate::clock::Clock;
use crate::ontology::Ontology;

use apply::Facts;
use dialect::Dialect;
use layout::Layout;
use lock::InstanceLock;
use reach::{not_had, opening};
use session::Session;
use writer::Writer;

/// The graph's truth.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    pools: Pools,
    access: Access,
    ontology: Arc<Ontology>,
    layout: Layout,
    facts: Facts,
    writer: tokio::sync::Mutex<Writer>,
    streams: RwLock<HashMap<StreamNumber, Arc<Stream>>>,
    committed: watch::Sender<Seq>,
}

/// One connection that writes, several that read.
enum Pools {
    Sqlite { writer: SqlitePool, readers: SqlitePool },
    Postgres { writer: PgPool, readers: PgPool },
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("dialect", &self.dialect()).field("access", &self.inner.access).finish()
    }
}

impl Store {
    /// Opens a store; for writing also takes the instance's lock and brings the tables to this program's version and
    /// to what the ontology wants.
    ///
    /// # Errors
    /// When it cannot be reached, is in use by another instance, is newer than this program, or holds a field of
    /// another type.
    pub async fn open(
        options: StoreOptions,
        ontology: Arc<Ontology>,
        clock: Arc<dyn Clock>,
    ) -> Result<Store, StoreError> {
        let lock = match (&options.place, options.access) {
            (StorePlace::Sqlite { path }, Access::Write) => {
                let lock = InstanceLock::take(path)?;
                crate::private::keep(path);
                Some(lock)
            }
            (StorePlace::Sqlite { .. }, Access::Read) | (StorePlace::Postgres { .. }, _) => None,
        };
        let pools = Pools::connect(&options)?;
        let mut writer = Writer::new(clock.clone(), lock);
        if options.access == Access::Write {
            writer.migrate(&pools, &ontology, &options.fault).await?;
        }
        let mut session = pools.reader().await?;
        if options.access == Access::Read {
            let found = migrate::version_of(&mut session, migrate::HUB).await?;
            if found != migrate::HUB_VERSION {
                let (owner, known) = (migrate::HUB.to_owned(), migrate::HUB_VERSION);
                return Err(StoreError::SchemaVersion { owner, found, known });
            }
        }
        let layout = migrate::layout(&mut session, &ontology).await?;
        let facts = Facts::of(&ontology, &layout);
        let last = session.fetch_first("SELECT value FROM counter WHERE name = 'seq'", &[]).await?;
        let last = Seq(last.map(|row| row.int(0)).transpose()?.unwrap_or(0));
        let store = Store {
            inner: Arc::new(Inner {
                pools,
                access: options.access,
                ontology,
                layout,
                facts,
                writer: tokio::sync::Mutex::new(writer),
                streams: RwLock::default(),
                committed: watch::Sender::new(last),
            }),
        };
        store.load_streams(&mut session).await?;
        drop(session);
        if options.access == Access::Write {
            store.prepare_scored().await?;
        }
        Ok(store)
    }

    /// Brings the tables of another owner (an application) to its newest version.
    ///
    /// # Errors
    /// When they are newer than `migrations`, or a statement fails.
    pub async fn migrate(&self, owner: &str, migrations: &[Migration]) -> Result<(), StoreError> {
        self.may_write()?;
        let mut writer = self.inner.writer.lock().await;
        writer.migrate_owner(&self.inner.pools, owner, migrations).await
    }

    /// The ontology it was opened with.
    #[must_use]
    pub fn ontology(&self) -> &Arc<Ontology> {
        &self.inner.ontology
    }

    /// Ends all connections; what was committed is durable. Waits for a write under way.
    pub async fn close(&self) {
        let _writer = self.inner.writer.lock().await;
        match &self.inner.pools {
            Pools::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
        }
    }

    /// Which engine.
    pub(crate) fn dialect(&self) -> Dialect {
        self.inner.layout.dialect
    }

    /// Tables and columns of the ontology's kinds.
    pub(crate) fn layout(&self) -> &Layout {
        &self.inner.layout
    }

    /// A connection for reading.
    pub(crate) async fn reader(&self) -> Result<Session, StoreError> {
        self.inner.pools.reader().await
    }

    /// Where the feed stands; see `feed`.
    pub(crate) fn watch_committed(&self) -> watch::Receiver<Seq> {
        self.inner.committed.subscribe()
    }

    /// Moves a consumer's place; never backward.
    pub(crate) async fn set_consumer(&self, name: &str, seq: Seq) -> Result<(), StoreError> {
        self.may_write()?;
        let mut writer = self.inner.writer.lock().await;
        let mut session = writer.begin(&self.inner.pools).await?;
        session
            .execute(
                "INSERT INTO consumer (name, seq) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET seq = \
                 CASE WHEN excluded.seq > consumer.seq THEN excluded.seq ELSE consumer.seq END",
                &[session::Param::Text(name.to_owned()), session::Param::Int(seq.0)],
            )
            .await?;
        session.commit().await
    }

    /// Lets the file grow no further than this many pages; a stand-in for a full medium.
    #[cfg(test)]
    async fn limit_pages_for_tests(&self, pages: i64) {
        if let Pools::Sqlite { writer, .. } = &self.inner.pools {
            let sql = sqlx::AssertSqlSafe(format!("PRAGMA max_page_count = {pages}"));
            let mut connection = writer.acquire().await.unwrap();
            sqlx::raw_sql(sql).execute(&mut *connection).await.unwrap();
        }
    }

    fn may_write(&self) -> Result<(), StoreError> {
        match self.inner.access {
            Access::Write => Ok(()),
            Access::Read => Err(StoreError::ReadOnly),
        }
    }
}

impl Pools {
    fn connect(options: &StoreOptions) -> Result<Pools, StoreError> {
        match &options.place {
            StorePlace::Sqlite { path } => {
                let base = SqliteConnectOptions::new()
                    .filename(path)
                    .busy_timeout(options.patience)
                    .statement_cache_capacity(512)
                    .pragma("temp_store", "memory")
                    .disable_statement_logging();
                let writing = base
                    .clone()
                    .create_if_missing(true)
                    .page_size(8192)
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Normal)
                    .pragma("cache_size", "-98304")
                    .pragma("wal_autocheckpoint", "16000")
                    .pragma("journal_size_limit", "134217728");
                let reading =
                    base.read_only(true).pragma("cache_size", "-8192").pragma("mmap_size", "268435456");
                let one = SqlitePoolOptions::new()
                    .max_connections(1)
                    .acquire_timeout(options.patience)
                    .idle_timeout(None)
                    .max_lifetime(None)
                    .test_before_acquire(false);
                let writer = one.clone().connect_lazy_with(writing);
                // A reading may leave its deadline behind; the next user of the connection has none.
                let readers = one
                    .max_connections(options.readers.max(1))
                    .after_release(|connection, _| {
                        Box::pin(async move {
                            connection.lock_handle().await?.remove_progress_handler();
                            Ok(true)
                        })
                    })
                    .connect_lazy_with(reading);
                Ok(Pools::Sqlite { writer, readers })
            }
            StorePlace::Postgres { url } => {
                let secret = url.read().map_err(|words| StoreError::Open {
                    source: Box::new(sqlx::Error::Configuration(words.clone().into())),
                    words,
                })?;
                let base = PgConnectOptions::from_str(secrecy::ExposeSecret::expose_secret(&secret))
                    .map_err(|source| StoreError::Open {
                        words: "the address of the store is no `postgres://` address".to_owned(),
                        source: Box::new(source),
                    })?
                    .application_name(&format!("tongjian {}", lock::holder()))
                    .statement_cache_capacity(512)
                    .disable_statement_logging();
                // Every look-up of the writer is by key; tables just made have no statistics yet.
                let writing = base.clone().options([
                    ("enable_seqscan", "off"),
                    ("enable_hashjoin", "off"),
                    ("enable_mergejoin", "off"),
                    ("enable_material", "off"),
                    ("jit", "off"),
                ]);
                let pool = PgPoolOptions::new().acquire_timeout(options.patience);
                let writer = pool
                    .clone()
                    .max_connections(1)
                    .idle_timeout(None)
                    .max_lifetime(None)
                    .connect_lazy_with(writing);
                // Without these two times no task of the pool looks after them: see `audit`.
                let readers = pool
                    .max_connections(options.readers.max(1))
                    .idle_timeout(None)
                    .max_lifetime(None)
                    .connect_lazy_with(base);
                Ok(Pools::Postgres { writer, readers })
            }
        }
    }

    async fn reader(&self) -> Result<Session, StoreError> {
        match self {
            Pools::Sqlite { readers, .. } => readers.acquire().await.map(Session::Sqlite).map_err(opening),
            Pools::Postgres { readers, .. } => match readers.acquire().await {
                Ok(connection) => Ok(Session::Postgres(connection)),
                Err(error) => Err(not_had(readers, error).await),
            },
        }
    }

    /// A transaction of the one writer.
    async fn begin(&self) -> Result<Session, StoreError> {
        match self {
            Pools::Sqlite { writer, .. } => {
                let begun = match writer.begin_with(Dialect::Sqlite.begin()).await {
                    // A full medium ends a transaction inside SQLite; the driver still counts it. Such a connection
                    // is given up.
                    Err(sqlx::Error::InvalidSavePointStatement) => {
                        writer.acquire().await.map_err(opening)?.close().await.map_err(opening)?;
                        writer.begin_with(Dialect::Sqlite.begin()).await
                    }
                    begun => begun,
                };
                Ok(Session::SqliteTx(begun.map_err(opening)?))
            }
            Pools::Postgres { writer, .. } => match writer.begin_with(Dialect::Postgres.begin()).await {
                Ok(begun) => Ok(Session::PostgresTx(begun)),
                Err(error) => Err(not_had(writer, error).await),
            },
        }
    }
}
