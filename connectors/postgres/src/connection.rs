//! Connections: few, with time-outs on everything, closed after any doubt.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use contract::{ReadError, Refusal, StreamName};
use secrecy::ExposeSecret;
use sqlx::ConnectOptions;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgSslMode};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};

use crate::failure;
use crate::{Options, Tls};

/// An idle connection is used again this long, then closed at the next use of the source.
const IDLE: Duration = Duration::from_secs(60);

/// The connections of one source.
pub(crate) struct Connections {
    options: Options,
    permits: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<Idle>>>,
}

struct Idle {
    connection: PgConnection,
    since: Instant,
}

/// One read-only, repeatable-read transaction. Dropped before [`Session::finish`], it closes its connection.
pub(crate) struct Session {
    pub(crate) connection: PgConnection,
    idle: Arc<Mutex<Vec<Idle>>>,
    limit: Duration,
    _permit: OwnedSemaphorePermit,
}

/// How long the server lets one statement of a session run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Length {
    /// The limit of reading.
    Short,
    /// The limit of a snapshot.
    Snapshot,
}

impl Connections {
    pub(crate) fn new(options: Options) -> Connections {
        let permits = usize::try_from(options.max_connections.max(1)).unwrap_or(1);
        Connections {
            options,
            permits: Arc::new(Semaphore::new(permits)),
            idle: Arc::new(Mutex::new(Vec::new())),
        }
    }

    pub(crate) fn options(&self) -> &Options {
        &self.options
    }

    /// Opens a transaction, on an idle connection if one is still good.
    pub(crate) async fn session(&self, length: Length) -> Result<Session, ReadError> {
        let limit = self.options.connect_timeout + self.options.read_timeout;
        let waiting = timeout(limit, Arc::clone(&self.permits).acquire_owned());
        let Ok(Ok(permit)) = waiting.await else {
            return Err(timed_out(limit, "waiting for a free connection"));
        };
        let begin = self.begin(length);
        if let Some(mut connection) = self.take_idle()
            && let Ok(Ok(_)) = timeout(self.options.connect_timeout, run(&mut connection, &begin)).await
        {
            return Ok(self.session_of(connection, permit));
        }
        let mut connection = self.connect().await?;
        let began = timeout(self.options.read_timeout, run(&mut connection, &begin)).await;
        match began {
            Err(_) => Err(timed_out(self.options.read_timeout, "opening a transaction")),
            Ok(Err(error)) => Err(failure::reading(error, None, self.options.read_timeout)),
            Ok(Ok(_)) => Ok(self.session_of(connection, permit)),
        }
    }

    fn session_of(&self, connection: PgConnection, permit: OwnedSemaphorePermit) -> Session {
        Session {
            connection,
            idle: Arc::clone(&self.idle),
            limit: self.options.read_timeout,
            _permit: permit,
        }
    }

    fn take_idle(&self) -> Option<PgConnection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|one| one.since.elapsed() < IDLE);
        idle.pop().map(|one| one.connection)
    }

    async fn connect(&self) -> Result<PgConnection, ReadError> {
        let options = self.connect_options()?;
        let limit = self.options.connect_timeout;
        match timeout(limit, options.connect()).await {
            Err(_) => Err(timed_out(limit, "connecting")),
            Ok(Err(error)) => Err(failure::connecting(error)),
            Ok(Ok(connection)) => Ok(connection),
        }
    }

    fn connect_options(&self) -> Result<PgConnectOptions, ReadError> {
        let of = &self.options;
        let mut options = PgConnectOptions::new_without_pgpass()
            .host(&of.host)
            .port(of.port)
            .username(&of.user)
            .database(&of.database)
            .application_name("tongjian")
            .statement_cache_capacity(0);
        if let Some(credential) = &of.password {
            let password = credential
                .read()
                .map_err(|words| ReadError::Refused { refusal: Refusal::Credential, words })?;
            options = options.password(password.expose_secret());
        }
        let (mode, ca) = match &of.tls {
            Tls::Disabled => (PgSslMode::Disable, None),
            Tls::Preferred => (PgSslMode::Prefer, None),
            Tls::Unverified => (PgSslMode::Require, None),
            Tls::VerifiedAuthority { ca } => (PgSslMode::VerifyCa, ca.as_ref()),
            Tls::Required { ca } => (PgSslMode::VerifyFull, ca.as_ref()),
        };
        options = options.ssl_mode(mode);
        if let Some(path) = ca {
            let pem = std::fs::read(path).map_err(|error| ReadError::Refused {
                refusal: Refusal::Tls,
                words: format!("cannot read `{}`: {error}", path.display()),
            })?;
            options = options.ssl_root_cert_from_pem(pem);
        }
        Ok(options.disable_statement_logging())
    }

    /// One round trip. `LOCAL`, so that it holds through poolers that change servers between transactions.
    ///
    /// Types print by these settings. The search path stays the account's own: comparing a type of an extension
    /// needs that type's operators. The last setting exists in newer servers only; with it a server that is sorting
    /// notices that we went away.
    fn begin(&self, length: Length) -> String {
        let statement = match length {
            Length::Short => self.options.read_timeout,
            Length::Snapshot => self.options.snapshot_timeout,
        };
        let read = self.options.read_timeout.as_millis();
        format!(
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; \
             SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL IntervalStyle = postgres; \
             SET LOCAL TimeZone = 'UTC'; SET LOCAL bytea_output = hex; SET LOCAL extra_float_digits = 3; \
             SET LOCAL standard_conforming_strings = on; SET LOCAL xmloption = content; \
             SET LOCAL quote_all_identifiers = off; SET LOCAL client_encoding = 'UTF8'; \
             SET LOCAL statement_timeout = {statement}; SET LOCAL lock_timeout = {lock}; \
             SET LOCAL idle_in_transaction_session_timeout = {read}; \
             SELECT pg_catalog.set_config(name, '1000', true) FROM pg_catalog.pg_settings \
             WHERE name = 'client_connection_check_interval'",
            statement = statement.as_millis(),
            lock = read.min(10_000),
        )
    }
}

impl Session {
    /// The limit of silence.
    pub(crate) fn limit(&self) -> Duration {
        self.limit
    }

    /// Ends the transaction and keeps the connection for the next.
    pub(crate) async fn finish(mut self) {
        let ended = timeout(self.limit, run(&mut self.connection, "COMMIT")).await;
        if let Ok(Ok(_)) = ended {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            idle.push(Idle { connection: self.connection, since: Instant::now() });
        }
    }

    /// Awaits an answer of the server, no longer than the limit.
    pub(crate) async fn within<T>(
        limit: Duration,
        stream: Option<&StreamName>,
        doing: &str,
        answer: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, ReadError> {
        match timeout(limit, answer).await {
            Err(_) => Err(timed_out(limit, doing)),
            Ok(answer) => answer.map_err(|error| failure::reading(error, stream, limit)),
        }
    }
}

/// Runs statements of our own without parameters, in one round trip.
async fn run(connection: &mut PgConnection, statements: &str) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(sqlx::AssertSqlSafe(statements)).execute(connection).await.map(drop)
}

pub(crate) fn timed_out(limit: Duration, doing: &str) -> ReadError {
    ReadError::TimedOut { seconds: limit.as_secs(), doing: doing.to_owned() }
}
