//! The audit trail, first cut: who asked what about whom, and why. A database file of its own, so that reads do not
//! queue behind the writer of the graph.
//!
//! Invariant: an entry is durable before [`Audit::write`] returns, and an answer leaves only after that. Entries are
//! appended; the file itself refuses to change or delete one. A file that was deleted, moved or replaced while it is
//! open keeps nothing for anybody: writing to it is refused.

mod place;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use messages::Message;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Row, SqliteConnection};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use crate::EntityId;
use crate::catalogue::Caller;
use crate::clock::Timestamp;

use place::OpenFile;

/// Entities named in one entry; further ones are counted.
pub const MAX_SUBJECTS: usize = 1_000;
const MAX_GROUP: usize = 256;
const QUEUE: usize = 1_024;
/// As much as an entry with [`MAX_SUBJECTS`] comes to.
const PROBE_BYTES: i64 = 32 << 10;

/// One read, as it is written down.
#[derive(Clone, Debug)]
pub struct AuditEntry {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub caller: Caller,
    /// What was called, as `penalties`.
    pub operation: String,
    /// The plan in words: kinds, fields, filters.
    pub plan: String,
    /// The entities that the answer speaks of, each once.
    pub subjects: Vec<EntityId>,
    /// How many records or entities left.
    pub n_rows: u64,
    /// `answered`, or the code of the refusal.
    pub outcome: String,
    /// The request it belongs to.
    pub request_id: String,
}

/// An entry as it stands in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Its number, from 1, without gaps.
    pub number: i64,
    /// When.
    pub at: Timestamp,
    /// Id of the key.
    pub who: String,
    /// Department of the key.
    pub department: String,
    /// Role of the key.
    pub role: String,
    /// What was called.
    pub operation: String,
    /// The plan in words.
    pub plan: String,
    /// BLAKE3 of the plan, 32 hex digits: equal questions have equal ones.
    pub plan_hash: String,
    /// Texts of the entities' ids, at most [`MAX_SUBJECTS`].
    pub subjects: Vec<String>,
    /// How many entities there were.
    pub n_subjects: i64,
    /// How many records or entities left.
    pub n_rows: i64,
    /// As the caller said.
    pub purpose: Option<String>,
    /// Outcome.
    pub outcome: String,
    /// Request.
    pub request_id: String,
}

/// The trail could not be written or read. No answer leaves then.
#[derive(Clone, Debug, thiserror::Error)]
pub enum AuditError {
    /// Not to be opened.
    #[error("cannot open the audit trail `{path}`")]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Arc<sqlx::Error>,
    },
    /// An entry could not be made durable.
    #[error("cannot write the audit trail")]
    Write {
        /// Why.
        source: Arc<sqlx::Error>,
    },
    /// Entries could not be read.
    #[error("cannot read the audit trail")]
    Read {
        /// Why.
        source: Arc<sqlx::Error>,
    },
    /// The file is no longer the one that was opened.
    #[error(
        "the audit trail `{path}` was deleted, moved or replaced while it was open; put it back, or restart with a new one"
    )]
    Gone {
        /// What is not what it was.
        path: PathBuf,
    },
    /// The trail was closed.
    #[error("the audit trail is closed")]
    Closed,
}

impl AuditError {
    /// The text for people.
    #[must_use]
    pub fn message(&self) -> Message {
        let words = match self {
            AuditError::Open { source, .. } | AuditError::Write { source } | AuditError::Read { source } => {
                source.to_string()
            }
            AuditError::Gone { .. } | AuditError::Closed => self.to_string(),
        };
        Message::new("TJ-Q053").with("words", words)
    }
}

type Request = (AuditEntry, oneshot::Sender<Result<(), AuditError>>);

/// The trail. Owns the task that writes it.
#[derive(Debug)]
pub struct Audit {
    queue: mpsc::Sender<Request>,
    pool: SqlitePool,
    file: Arc<OpenFile>,
    writer: tokio::sync::Mutex<JoinSet<()>>,
}

impl Audit {
    /// Opens the file, or makes it.
    pub async fn open(path: &Path) -> Result<Audit, AuditError> {
        let open = |source| AuditError::Open { path: path.to_owned(), source: Arc::new(source) };
        crate::private::keep(path);
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(2));
        // The last connection to close takes the log beside the file with it: the first stays open for as long as we
        // do. And a pool without these two times starts no task that looks after them: that of sqlx 0.9 counts idle
        // connections beside their queue, and now and then counts below nothing and spins for ever.
        let pool = SqlitePoolOptions::new()
            .max_connections(2)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options)
            .await
            .map_err(open)?;
        for statement in SCHEMA {
            sqlx::query(statement).execute(&pool).await.map_err(open)?;
        }
        let file = Arc::new(OpenFile::at(path)?);
        let (queue, requests) = mpsc::channel(QUEUE);
        let mut writer = JoinSet::new();
        writer.spawn(write_groups(pool.clone(), file.clone(), requests));
        Ok(Audit { queue, pool, file, writer: tokio::sync::Mutex::new(writer) })
    }

    /// Writes an entry; returns when it is durable. Entries that arrive together are committed together.
    pub async fn write(&self, entry: AuditEntry) -> Result<(), AuditError> {
        let (done, written) = oneshot::channel();
        self.queue.send((entry, done)).await.map_err(|_| AuditError::Closed)?;
        written.await.map_err(|_| AuditError::Closed)?
    }

    /// Whether the trail can be written now: as much as a large entry is written beside the entries, in the place of what
    /// the last probe wrote.
    pub async fn probe(&self) -> Result<(), AuditError> {
        let write = |source| AuditError::Write { source: Arc::new(source) };
        let mut connection = self.pool.acquire().await.map_err(write)?;
        let trial = sqlx::query("INSERT OR REPLACE INTO probe (one, filler) VALUES (1, randomblob(?))")
            .bind(PROBE_BYTES);
        // A statement by itself is a transaction; a full disk undoes it.
        trial.execute(&mut *connection).await.map_err(write)?;
        self.file.is_in_place()
    }

    /// The entries after a number, oldest first.
    pub async fn entries(&self, after: i64, n_max: u32) -> Result<Vec<Written>, AuditError> {
        let read = |source| AuditError::Read { source: Arc::new(source) };
        let rows = sqlx::query(
            "SELECT number, at, who, department, role, operation, plan, plan_hash, subjects, n_subjects, n_rows, \
             purpose, outcome, request_id FROM entry WHERE number > ? ORDER BY number LIMIT ?",
        )
        .bind(after)
        .bind(i64::from(n_max))
        .fetch_all(&self.pool)
        .await
        .map_err(read)?;
        rows.iter().map(|row| written(row).map_err(read)).collect()
    }

    /// Waits until what was handed in is durable, and lets the file go.
    pub async fn close(self) {
        drop(self.queue);
        let mut writer = self.writer.into_inner();
        while writer.join_next().await.is_some() {}
        self.pool.close().await;
    }
}

const SCHEMA: [&str; 4] = [
    "CREATE TABLE IF NOT EXISTS probe (one INTEGER PRIMARY KEY CHECK (one = 1), filler BLOB NOT NULL) STRICT",
    "CREATE TABLE IF NOT EXISTS entry (number INTEGER PRIMARY KEY, at INTEGER NOT NULL, who TEXT NOT NULL, \
     department TEXT NOT NULL, role TEXT NOT NULL, operation TEXT NOT NULL, plan TEXT NOT NULL, \
     plan_hash TEXT NOT NULL, subjects TEXT NOT NULL, n_subjects INTEGER NOT NULL, n_rows INTEGER NOT NULL, \
     purpose TEXT, outcome TEXT NOT NULL, request_id TEXT NOT NULL) STRICT",
    "CREATE TRIGGER IF NOT EXISTS entry_keeps BEFORE UPDATE ON entry BEGIN \
     SELECT RAISE(ABORT, 'the audit trail is append only'); END",
    "CREATE TRIGGER IF NOT EXISTS entry_stays BEFORE DELETE ON entry BEGIN \
     SELECT RAISE(ABORT, 'the audit trail is append only'); END",
];

/// Takes what waits, writes it in one transaction, tells everybody.
async fn write_groups(pool: SqlitePool, file: Arc<OpenFile>, mut requests: mpsc::Receiver<Request>) {
    let mut group = Vec::with_capacity(MAX_GROUP);
    while requests.recv_many(&mut group, MAX_GROUP).await > 0 {
        let outcome = write_group(&pool, &file, &group).await;
        if let Err(error) = &outcome {
            tracing::error!(
                error = error as &dyn std::error::Error,
                n = group.len(),
                "audit trail not written"
            );
        }
        for (_, done) in group.drain(..) {
            // A caller that has gone needs no word; its entry stands.
            let _ = done.send(outcome.clone());
        }
    }
}

/// What was written is in the file that stands under its name, or the group is refused: looked at after the commit, so
/// that an entry lost with its file is no entry.
///
/// The transaction is said in plain statements: a full disk makes SQLite undo it by itself, and sqlx, which counts
/// transactions by its own statements, would refuse every later one on that connection.
async fn write_group(pool: &SqlitePool, file: &OpenFile, group: &[Request]) -> Result<(), AuditError> {
    let write = |source| AuditError::Write { source: Arc::new(source) };
    let mut connection = pool.acquire().await.map_err(write)?;
    let written = async {
        sqlx::query("BEGIN IMMEDIATE").execute(&mut *connection).await?;
        for (entry, _) in group {
            insert(&mut connection, entry).await?;
        }
        sqlx::query("COMMIT").execute(&mut *connection).await
    };
    if let Err(error) = written.await {
        // It fails where SQLite has undone it already.
        let _ = sqlx::query("ROLLBACK").execute(&mut *connection).await;
        return Err(write(error));
    }
    file.is_in_place()
}

async fn insert(connection: &mut SqliteConnection, entry: &AuditEntry) -> Result<(), sqlx::Error> {
    let subjects: Vec<String> = entry.subjects.iter().take(MAX_SUBJECTS).map(EntityId::to_string).collect();
    let plan_hash: String = blake3::hash(entry.plan.as_bytes()).to_hex().chars().take(32).collect();
    sqlx::query(
        "INSERT INTO entry (at, who, department, role, operation, plan, plan_hash, subjects, n_subjects, n_rows, \
         purpose, outcome, request_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(entry.at.0)
    .bind(&entry.caller.key)
    .bind(&entry.caller.department)
    .bind(entry.caller.role.id())
    .bind(&entry.operation)
    .bind(&entry.plan)
    .bind(plan_hash)
    .bind(subjects.join(","))
    .bind(i64::try_from(entry.subjects.len()).unwrap_or(i64::MAX))
    .bind(i64::try_from(entry.n_rows).unwrap_or(i64::MAX))
    .bind(&entry.caller.purpose)
    .bind(&entry.outcome)
    .bind(&entry.request_id)
    .execute(connection)
    .await?;
    Ok(())
}

fn written(row: &sqlx::sqlite::SqliteRow) -> Result<Written, sqlx::Error> {
    let subjects: String = row.try_get("subjects")?;
    Ok(Written {
        number: row.try_get("number")?,
        at: Timestamp(row.try_get("at")?),
        who: row.try_get("who")?,
        department: row.try_get("department")?,
        role: row.try_get("role")?,
        operation: row.try_get("operation")?,
        plan: row.try_get("plan")?,
        plan_hash: row.try_get("plan_hash")?,
        subjects: subjects.split(',').filter(|id| !id.is_empty()).map(str::to_owned).collect(),
        n_subjects: row.try_get("n_subjects")?,
        n_rows: row.try_get("n_rows")?,
        purpose: row.try_get("purpose")?,
        outcome: row.try_get("outcome")?,
        request_id: row.try_get("request_id")?,
    })
}
