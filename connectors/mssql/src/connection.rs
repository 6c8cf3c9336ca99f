//! Connections: few, with time-outs on everything, closed after any doubt.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use contract::{ReadError, Refusal, StreamName};
use secrecy::ExposeSecret;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};

use crate::driver::{Driver, DriverError, Field, Login};
use crate::sql::{self, catalogue};
use crate::{Options, failure, way};

/// An idle connection is used again this long, then closed at the next use of the source.
const IDLE: Duration = Duration::from_secs(60);

/// The connections of one source.
pub(crate) struct Connections {
    options: Options,
    permits: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<Idle>>>,
}

struct Idle {
    driver: Driver,
    server: Server,
    since: Instant,
}

/// What the server says of itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct Server {
    /// `SQL Server 16.0.1000.6 (Developer Edition)`.
    pub(crate) version: String,
    /// The first number of its version.
    pub(crate) major: u32,
    /// The schema of names without one.
    pub(crate) schema: String,
    /// Whether a transaction may read one state of the database throughout.
    pub(crate) has_snapshots: bool,
    /// Whether a statement reads one state of the database.
    pub(crate) has_versions: bool,
}

/// One reading. Dropped before [`Session::finish`], it closes its connection, which ends the statement.
pub(crate) struct Session {
    driver: Option<Driver>,
    pub(crate) server: Server,
    idle: Arc<Mutex<Vec<Idle>>>,
    limit: Duration,
    permit: Option<OwnedSemaphorePermit>,
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

    /// Begins a reading, on an idle connection if one is still good.
    pub(crate) async fn session(&self) -> Result<Session, ReadError> {
        let limit = self.options.connect_timeout + self.options.read_timeout;
        let waiting = timeout(limit, Arc::clone(&self.permits).acquire_owned());
        let Ok(Ok(permit)) = waiting.await else {
            return Err(timed_out(limit, "waiting for a free connection"));
        };
        if let Some(Idle { driver, server, .. }) = self.take_idle() {
            let mut session = self.session_of(driver, server, permit);
            let begun = timeout(self.options.connect_timeout, session.begin()).await;
            if matches!(begun, Ok(Ok(()))) {
                return Ok(session);
            }
            // It was closed over there while it was idle. The permit goes on to a fresh one.
            let permit = session.permit.take();
            drop(session);
            return match permit {
                Some(permit) => self.fresh(permit).await,
                None => Err(timed_out(limit, "waiting for a free connection")),
            };
        }
        self.fresh(permit).await
    }

    async fn fresh(&self, permit: OwnedSemaphorePermit) -> Result<Session, ReadError> {
        let limit = self.options.read_timeout;
        let driver = self.connect().await?;
        let mut session = self.session_of(driver, Server::default(), permit);
        within(limit, None, "setting up a session", session.set_up()).await?;
        within(limit, None, "beginning a reading", session.begin()).await?;
        Ok(session)
    }

    fn session_of(&self, driver: Driver, server: Server, permit: OwnedSemaphorePermit) -> Session {
        let (idle, limit) = (Arc::clone(&self.idle), self.options.read_timeout);
        Session { driver: Some(driver), server, idle, limit, permit: Some(permit) }
    }

    fn take_idle(&self) -> Option<Idle> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|one| one.since.elapsed() < IDLE);
        idle.pop()
    }

    async fn connect(&self) -> Result<Driver, ReadError> {
        let of = &self.options;
        let password = match &of.password {
            None => None,
            Some(credential) => Some(
                credential
                    .read()
                    .map_err(|words| ReadError::Refused { refusal: Refusal::Credential, words })?,
            ),
        };
        let connecting = async {
            let way = way::open(of).await.map_err(failure::reaching)?;
            let login = Login {
                host: &of.host,
                port: of.port,
                database: &of.database,
                user: &of.user,
                password: password.as_ref().map_or("", |password| password.expose_secret()),
            };
            Driver::connect(way, login).await.map_err(failure::connecting)
        };
        let limit = of.connect_timeout;
        timeout(limit, connecting).await.map_err(|_| timed_out(limit, "connecting"))?
    }
}

impl Session {
    /// The limit of silence.
    pub(crate) fn limit(&self) -> Duration {
        self.limit
    }

    /// The driver's connection.
    pub(crate) fn driver(&mut self) -> Result<&mut Driver, DriverError> {
        self.driver.as_mut().ok_or_else(|| DriverError::Network("the connection is closed".to_owned()))
    }

    /// Settings, then what the server says of itself.
    async fn set_up(&mut self) -> Result<(), DriverError> {
        let lock = self.limit.as_millis().clamp(100, 10_000);
        let driver = self.driver()?;
        driver.run(&sql::settings(lock)).await?;
        let rows = driver.all(catalogue::SERVER.to_owned(), Vec::new()).await?;
        let row = rows.into_iter().next().unwrap_or_default();
        let text = |at: usize| match row.get(at) {
            Some(Field::Text(text)) => text.clone(),
            _ => String::new(),
        };
        let version = text(0);
        self.server = Server {
            major: version.split('.').next().and_then(|major| major.parse().ok()).unwrap_or(0),
            version: format!("SQL Server {version} ({})", text(1)),
            schema: text(5),
            has_snapshots: row.get(3) == Some(&Field::Int(1)),
            has_versions: row.get(4) == Some(&Field::Bit(true)),
        };
        Ok(())
    }

    async fn begin(&mut self) -> Result<(), DriverError> {
        let begin = sql::begin(self.server.has_snapshots);
        self.driver()?.run(begin).await
    }

    /// Ends the reading and keeps the connection for the next.
    pub(crate) async fn finish(mut self) {
        let is_open = self.server.has_snapshots;
        let Some(driver) = self.driver.as_mut() else { return };
        let ended = async { if is_open { driver.run(sql::COMMIT).await } else { Ok(()) } };
        let ended = timeout(self.limit, ended).await;
        if let (Ok(Ok(())), Some(driver)) = (ended, self.driver.take()) {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            idle.push(Idle { driver, server: self.server.clone(), since: Instant::now() });
        }
    }
}

/// Awaits an answer of the server, no longer than the limit.
pub(crate) async fn within<T>(
    limit: Duration,
    stream: Option<&StreamName>,
    doing: &str,
    answer: impl Future<Output = Result<T, DriverError>>,
) -> Result<T, ReadError> {
    match timeout(limit, answer).await {
        Err(_) => Err(timed_out(limit, doing)),
        Ok(answer) => answer.map_err(|error| failure::reading(error, stream)),
    }
}

pub(crate) fn timed_out(limit: Duration, doing: &str) -> ReadError {
    ReadError::TimedOut { seconds: limit.as_secs(), doing: doing.to_owned() }
}
