//! A server that speaks SQL Server's protocol (MS-TDS 7.4) and keeps typed tables in memory.
//!
//! It is a double of the *protocol*, not of SQL Server: it understands exactly the statements that this project sends,
//! converts, compares and orders the types as SQL Server documents it, and refuses everything else with an error of
//! syntax. What passes against it says that our bytes and our reading of types are right, not that a SQL Server
//! accepts our statements: that is said only by a run against one.
//!
//! Must never know what is stored in it, nor anything of the connector that reads it.

mod catalogue;
mod cell;
mod changes;
mod client;
mod compare;
mod engine;
mod expression;
mod function;
mod kind;
mod lexer;
mod order;
mod parser;
mod request;
mod rows;
mod session;
mod wire;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

pub use self::client::{ClientError, TdsClient, TdsUrl};
use self::engine::Database;
use self::kind::Collation;
use self::parser::statements;
use self::wire::SqlError;
use super::Ssl;

/// An account of a test server.
#[derive(Clone, Debug)]
pub struct TdsAccount {
    /// Its name.
    pub name: String,
    /// Its password.
    pub password: String,
    /// Whether it may change every table; else it may read those granted to it.
    pub may_write: bool,
}

/// How to run a test server.
#[derive(Clone, Debug)]
pub struct TdsOptions {
    /// Encryption, with this certificate: then nobody is served without.
    pub ssl: Option<Ssl>,
    /// Accounts.
    pub accounts: Vec<TdsAccount>,
    /// Databases.
    pub databases: Vec<String>,
    /// The collation of texts that declare none.
    pub collation: String,
}

impl Default for TdsOptions {
    fn default() -> TdsOptions {
        let owner =
            TdsAccount { name: "tongjian".to_owned(), password: "tongjian-demo".to_owned(), may_write: true };
        TdsOptions {
            ssl: None,
            accounts: vec![owner],
            databases: vec!["master".to_owned()],
            collation: "Chinese_PRC_CI_AS".to_owned(),
        }
    }
}

/// Something that goes wrong with the next rows that are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Injected {
    /// An error of this number behind so many rows.
    Error {
        /// The number.
        number: i32,
        /// The words.
        message: String,
        /// Rows that are sent before.
        after_rows: usize,
    },
    /// No answer, until the client goes.
    Silence,
}

/// A statement that the test server did not take: its words and number.
#[derive(Debug, thiserror::Error)]
#[error("{message} ({number})")]
pub struct TdsError {
    /// SQL Server's number.
    pub number: i32,
    /// SQL Server's words.
    pub message: String,
}

impl From<SqlError> for TdsError {
    fn from(error: SqlError) -> TdsError {
        TdsError { number: error.number, message: error.message }
    }
}

/// A running test server; stopped when dropped.
pub struct TdsServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    options: TdsOptions,
    tls: Option<Arc<rustls::ServerConfig>>,
    collation: Collation,
    databases: Mutex<BTreeMap<String, Arc<Database>>>,
    injected: Mutex<Option<(Injected, usize)>>,
    /// Users of open connections.
    users: Mutex<HashMap<String, usize>>,
    sockets: Mutex<Vec<TcpStream>>,
    is_stopping: AtomicBool,
}

/// A connection that is counted as long as this lives.
struct Counted<'a> {
    shared: &'a Shared,
    user: String,
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        if let Some(n) = lock(&self.shared.users).get_mut(&self.user) {
            *n -= 1;
        }
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    fn count(&self, user: &str) -> Counted<'_> {
        *lock(&self.users).entry(user.to_owned()).or_default() += 1;
        Counted { shared: self, user: user.to_owned() }
    }

    fn create_database(&self, name: &str) {
        lock(&self.databases).entry(name.to_owned()).or_default();
    }

    fn database(&self, name: &str) -> Result<Arc<Database>, SqlError> {
        let absent = || SqlError::new(911, 16, &format!("Database '{name}' does not exist."));
        lock(&self.databases).get(name).cloned().ok_or_else(absent)
    }

    /// Changes a database, wholly or not at all.
    fn change<T>(
        &self,
        name: &str,
        change: impl FnOnce(&mut Database) -> Result<T, SqlError>,
    ) -> Result<T, SqlError> {
        let mut databases = lock(&self.databases);
        let Some(database) = databases.get_mut(name) else {
            return Err(SqlError::new(911, 16, &format!("Database '{name}' does not exist.")));
        };
        let mut changed = Database::clone(database);
        let done = change(&mut changed)?;
        *database = Arc::new(changed);
        Ok(done)
    }

    /// What is to go wrong with this result, if it is its turn.
    fn take_injected(&self) -> Option<Injected> {
        let mut injected = lock(&self.injected);
        match injected.take() {
            Some((what, 0)) => Some(what),
            Some((what, n)) => {
                *injected = Some((what, n - 1));
                None
            }
            None => None,
        }
    }
}

impl TdsServer {
    /// Starts a server on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// When no port or thread is to be had, or the certificate or collation is none.
    pub fn start(options: TdsOptions) -> io::Result<TdsServer> {
        let collation =
            Collation::of(&options.collation).ok_or_else(|| io::Error::other("no such collation"))?;
        let tls = options.ssl.as_ref().map(server_config).transpose()?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let databases =
            options.databases.iter().map(|name| (name.clone(), Arc::new(Database::default()))).collect();
        let shared = Arc::new(Shared {
            options,
            tls,
            collation,
            databases: Mutex::new(databases),
            injected: Mutex::new(None),
            users: Mutex::new(HashMap::new()),
            sockets: Mutex::new(Vec::new()),
            is_stopping: AtomicBool::new(false),
        });
        let of_thread = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("tds".to_owned())
            .spawn(move || accept(&listener, &of_thread))?;
        Ok(TdsServer { address, shared, thread: Some(thread) })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A URL with the first account's name and password.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        let account = self.shared.options.accounts.first();
        let (name, password) = account.map_or(("", ""), |one| (one.name.as_str(), one.password.as_str()));
        format!("mssql://{name}:{password}@127.0.0.1:{}/{database}", self.address.port())
    }

    /// Runs statements of an owner's, without a connection. How many rows they changed.
    ///
    /// # Errors
    /// What the server says of them.
    pub fn sql(&self, database: &str, text: &str) -> Result<u64, TdsError> {
        let mut n_changed = 0;
        for statement in statements(text, &self.shared.collation)? {
            let execute = |database: &mut Database| database.execute(&statement, &self.shared.collation);
            n_changed += self.shared.change(database, execute)?;
        }
        Ok(n_changed)
    }

    /// Makes a database, if it is not there.
    pub fn create_database(&self, name: &str) {
        self.shared.create_database(name);
    }

    /// Lets an account read a table.
    pub fn grant(&self, database: &str, user: &str, table: &str) {
        // A database that is not there has no tables to read.
        let _ = self.shared.change(database, |database| {
            database.readers.entry(user.to_owned()).or_default().insert(table.to_owned());
            Ok(())
        });
    }

    /// Lets something go wrong with a result, once, after so many results that are well.
    pub fn inject(&self, injected: Injected, after_results: usize) {
        *lock(&self.shared.injected) = Some((injected, after_results));
    }

    /// Open connections of these accounts.
    #[must_use]
    pub fn n_connections(&self, users: &[&str]) -> usize {
        let open = lock(&self.shared.users);
        users.iter().filter_map(|user| open.get(*user)).sum()
    }

    /// Something that differs after anybody changed a table.
    #[must_use]
    pub fn fingerprint(&self, database: &str) -> String {
        let database = lock(&self.shared.databases).get(database).cloned().unwrap_or_default();
        format!("{:?}", blake(&format!("{database:?}")))
    }
}

fn blake(text: &str) -> Vec<u8> {
    use sha2::Digest as _;
    sha2::Sha256::digest(text).to_vec()
}

fn server_config(ssl: &Ssl) -> io::Result<Arc<rustls::ServerConfig>> {
    let chain = CertificateDer::pem_slice_iter(ssl.certificate.as_bytes())
        .collect::<Result<Vec<_>, _>>()
        .map_err(io::Error::other)?;
    let key = PrivateKeyDer::from_pem_slice(ssl.key.as_bytes()).map_err(io::Error::other)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS12])
        .map_err(io::Error::other)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(io::Error::other)?;
    Ok(Arc::new(config))
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    let mut threads: Vec<JoinHandle<()>> = Vec::new();
    while let Ok((socket, _)) = listener.accept() {
        if shared.is_stopping.load(Ordering::Acquire) {
            break;
        }
        if let Ok(copy) = socket.try_clone() {
            lock(&shared.sockets).push(copy);
        }
        let of_thread = Arc::clone(shared);
        // A client that goes, or says what is none of the protocol, ends its own thread only.
        let served = std::thread::Builder::new().spawn(move || {
            let peer = socket.peer_addr().ok();
            drop(session::serve(socket, &of_thread));
            lock(&of_thread.sockets).retain(|one| one.peer_addr().ok().is_some_and(|one| Some(one) != peer));
        });
        threads.retain(|thread| !thread.is_finished());
        threads.extend(served);
    }
    for socket in lock(&shared.sockets).drain(..) {
        drop(socket.shutdown(Shutdown::Both));
    }
    for thread in threads {
        drop(thread.join());
    }
}

impl Drop for TdsServer {
    fn drop(&mut self) {
        self.shared.is_stopping.store(true, Ordering::Release);
        for socket in lock(&self.shared.sockets).drain(..) {
            drop(socket.shutdown(Shutdown::Both));
        }
        // Wakes the thread that waits for the next client.
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}
