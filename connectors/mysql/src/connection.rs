//! Connections: few, with time-outs on everything, closed after any doubt.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use contract::{ReadError, Refusal, StreamName};
use futures_util::FutureExt;
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, DriverError, Error, Opts, OptsBuilder, SslOpts};
use secrecy::ExposeSecret;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};

use crate::failure;
use crate::{Options, Tls, tls};

/// An idle connection is used again this long, then closed at the next use of the source.
const IDLE: Duration = Duration::from_secs(60);

/// The connections of one source.
pub(crate) struct Connections {
    options: Options,
    permits: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<Idle>>>,
}

struct Idle {
    connection: Conn,
    server: Server,
    since: Instant,
}

/// What the server says of itself.
#[derive(Clone, Debug)]
pub(crate) struct Server {
    /// As `VERSION()` prints it.
    pub(crate) version: String,
    pub(crate) is_mariadb: bool,
    /// The database connected to.
    pub(crate) database: String,
    /// Whether names of tables are found whatever their case.
    pub(crate) folds_names: bool,
    /// Whether it ends `SELECT`s that run too long.
    limits_statements: bool,
}

/// One read-only, repeatable-read transaction. Dropped before [`Session::finish`], it closes its connection.
pub(crate) struct Session {
    connection: Option<Conn>,
    pub(crate) server: Server,
    idle: Arc<Mutex<Vec<Idle>>>,
    limit: Duration,
    permit: Option<OwnedSemaphorePermit>,
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
        if let Some(Idle { connection, server, .. }) = self.take_idle() {
            let mut session = self.session_of(connection, server, permit);
            let begun = timeout(self.options.connect_timeout, session.begin(length, &self.options)).await;
            if matches!(begun, Ok(Ok(()))) {
                return Ok(session);
            }
            // It was closed over there while it was idle. The permit goes on to a fresh one.
            let permit = session.permit.take();
            drop(session);
            return match permit {
                Some(permit) => self.fresh(length, permit).await,
                None => Err(timed_out(limit, "waiting for a free connection")),
            };
        }
        self.fresh(length, permit).await
    }

    async fn fresh(&self, length: Length, permit: OwnedSemaphorePermit) -> Result<Session, ReadError> {
        let limit = self.options.read_timeout;
        let connection = self.connect().await?;
        let mut session = self.session_of(connection, Server::unknown(), permit);
        within(limit, None, "setting up a session", session.set_up(&self.options)).await?;
        within(limit, None, "opening a transaction", session.begin(length, &self.options)).await?;
        Ok(session)
    }

    fn session_of(&self, connection: Conn, server: Server, permit: OwnedSemaphorePermit) -> Session {
        let (idle, limit) = (Arc::clone(&self.idle), self.options.read_timeout);
        Session { connection: Some(connection), server, idle, limit, permit: Some(permit) }
    }

    fn take_idle(&self) -> Option<Idle> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let (good, old): (Vec<Idle>, Vec<Idle>) = idle.drain(..).partition(|one| one.since.elapsed() < IDLE);
        *idle = good;
        old.into_iter().for_each(|one| abandon(one.connection));
        idle.pop()
    }

    async fn connect(&self) -> Result<Conn, ReadError> {
        let tls = tls::options(&self.options.tls)?;
        match self.connect_with(tls.clone()).await? {
            Ok(connection) => Ok(connection),
            Err(Error::Driver(DriverError::NoClientSslFlagFromServer))
                if self.options.tls == Tls::Preferred =>
            {
                self.connect_with(None).await?.map_err(|error| failure::connecting(&error))
            }
            Err(error) => {
                let name = match (&self.options.tls, tls::presented_name(&error)) {
                    (Tls::VerifiedAuthority { .. }, Some(name)) => name,
                    _ => return Err(failure::connecting(&error)),
                };
                let tls = tls.map(|tls| tls.with_danger_tls_hostname_override(Some(name)));
                self.connect_with(tls).await?.map_err(|error| failure::connecting(&error))
            }
        }
    }

    async fn connect_with(&self, tls: Option<SslOpts>) -> Result<Result<Conn, Error>, ReadError> {
        let limit = self.options.connect_timeout;
        let options = self.driver_options(tls)?;
        timeout(limit, Conn::new(options)).await.map_err(|_| timed_out(limit, "connecting"))
    }

    fn driver_options(&self, tls: Option<SslOpts>) -> Result<Opts, ReadError> {
        let of = &self.options;
        let is_socket = of.host.starts_with('/');
        let password = match &of.password {
            None => None,
            Some(credential) => Some(
                credential
                    .read()
                    .map_err(|words| ReadError::Refused { refusal: Refusal::Credential, words })?,
            ),
        };
        let options = OptsBuilder::default()
            .ip_or_hostname(if is_socket { "localhost" } else { of.host.as_str() })
            .socket(is_socket.then_some(of.host.as_str()))
            .tcp_port(of.port)
            .user(Some(of.user.as_str()))
            .pass(password.as_ref().map(|password| password.expose_secret()))
            .db_name(Some(of.database.as_str()))
            .ssl_opts(if is_socket { None } else { tls })
            .prefer_socket(false)
            .stmt_cache_size(0)
            // Given, so that the driver does not ask for them; large cells are not sent in the first place.
            .max_allowed_packet(Some(1 << 30))
            .wait_timeout(Some(0))
            .tcp_keepalive(Some(Duration::from_secs(60)));
        Ok(options.into())
    }
}

impl Server {
    fn unknown() -> Server {
        Server {
            version: String::new(),
            is_mariadb: false,
            database: String::new(),
            folds_names: false,
            limits_statements: false,
        }
    }
}

impl Session {
    /// The limit of silence.
    pub(crate) fn limit(&self) -> Duration {
        self.limit
    }

    /// The driver's connection.
    pub(crate) fn connection(&mut self) -> Result<&mut Conn, Error> {
        self.connection.as_mut().ok_or(Error::Driver(DriverError::ConnectionClosed))
    }

    /// Settings that the server, the account or a hook may have otherwise: charset, zone, modes, limits of rows.
    async fn set_up(&mut self, options: &Options) -> Result<(), Error> {
        let idle = (options.read_timeout.as_secs() * 2).clamp(120, 86_400);
        let lock = options.read_timeout.as_secs().clamp(1, 10);
        let connection = self.connection()?;
        connection.query_drop("SET NAMES utf8mb4").await?;
        // Rows may be taken slowly, under an agreed rate: the server waits for us half an hour.
        let settings = format!(
            "SET SESSION time_zone = '+00:00', sql_mode = 'ALLOW_INVALID_DATES', \
             sql_select_limit = 18446744073709551615, sql_big_selects = 1, sql_auto_is_null = 0, autocommit = 1, \
             net_write_timeout = 1800, net_read_timeout = 60, wait_timeout = {idle}, lock_wait_timeout = {lock}"
        );
        connection.query_drop(settings).await?;
        connection.query_drop("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ").await?;
        let version = connection.server_version();
        let asked = "SELECT VERSION(), DATABASE(), @@lower_case_table_names";
        let row: Option<(String, Option<String>, u8)> = connection.query_first(asked).await?;
        let (text, database, folds) = row.unwrap_or_default();
        let is_mariadb = text.to_lowercase().contains("mariadb");
        self.server = Server {
            limits_statements: version >= if is_mariadb { (10, 1, 1) } else { (5, 7, 8) },
            version: if is_mariadb { text } else { format!("MySQL {text}") },
            is_mariadb,
            database: database.unwrap_or_default(),
            folds_names: folds > 0,
        };
        Ok(())
    }

    async fn begin(&mut self, length: Length, options: &Options) -> Result<(), Error> {
        let limit = match length {
            Length::Short => options.read_timeout,
            Length::Snapshot => options.snapshot_timeout,
        };
        let statement = match (self.server.limits_statements, self.server.is_mariadb) {
            (false, _) => None,
            (true, true) => Some(format!("SET SESSION max_statement_time = {}", limit.as_secs())),
            (true, false) => Some(format!("SET SESSION max_execution_time = {}", limit.as_millis())),
        };
        let connection = self.connection()?;
        if let Some(statement) = statement {
            connection.query_drop(statement).await?;
        }
        connection.query_drop("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY").await
    }

    /// Ends the transaction and keeps the connection for the next.
    pub(crate) async fn finish(mut self) {
        let Some(connection) = self.connection.as_mut() else { return };
        let ended = timeout(self.limit, connection.query_drop("COMMIT")).await;
        if let (Ok(Ok(())), Some(connection)) = (ended, self.connection.take()) {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            idle.push(Idle { connection, server: self.server.clone(), since: Instant::now() });
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            abandon(connection);
        }
    }
}

/// Closes a connection now. The driver's own way out would first read a running answer to its end, in a task that
/// nobody waits for; begun and dropped, its leave-taking only marks the connection as gone and closes the socket.
fn abandon(connection: Conn) {
    let _ = connection.disconnect().now_or_never();
}

/// Awaits an answer of the server, no longer than the limit.
pub(crate) async fn within<T>(
    limit: Duration,
    stream: Option<&StreamName>,
    doing: &str,
    answer: impl Future<Output = Result<T, Error>>,
) -> Result<T, ReadError> {
    match timeout(limit, answer).await {
        Err(_) => Err(timed_out(limit, doing)),
        Ok(answer) => answer.map_err(|error| failure::reading(&error, stream, limit)),
    }
}

pub(crate) fn timed_out(limit: Duration, doing: &str) -> ReadError {
    ReadError::TimedOut { seconds: limit.as_secs(), doing: doing.to_owned() }
}
