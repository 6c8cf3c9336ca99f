//! One connection: greeting, login, statements.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "few statements change the session; the others change tables"
)]

use std::io;
use std::net::TcpStream;
use std::sync::{Arc, PoisonError};

use super::catalogue::{self, Asker};
use super::engine::{Answer, Database};
use super::parser::{Statement, statements};
use super::request::{Request, batch, call};
use super::rows;
use super::wire::{self, Login, Message, SqlError, Stream};
use super::{Injected, Shared};

/// Marks of the end of a statement: more follow, an error was told, rows were counted.
const MORE: u16 = 0x1;
const ERROR: u16 = 0x2;
const COUNTED: u16 = 0x10;

/// Serves a client until it goes.
pub(super) fn serve(socket: TcpStream, shared: &Arc<Shared>) -> io::Result<()> {
    socket.set_nodelay(true)?;
    let mut socket = socket;
    let (kind, greeting) = wire::read_message(&mut socket)?;
    if kind != wire::PRELOGIN {
        return Ok(());
    }
    let asked = wire::asked_encryption(&greeting).unwrap_or(2);
    // 0: of the login alone, 1: of everything, 2: cannot, 3: must.
    let said = match (&shared.tls, asked) {
        (None, _) => 2,
        (Some(_), 2) => 3,
        (Some(_), _) => 1,
    };
    let mut message = Message::new(&mut socket, wire::REPLY, 4096);
    message.put(&wire::prelogin(said))?;
    message.finish()?;
    match &shared.tls {
        Some(_) if said == 3 => Ok(()),
        Some(config) => {
            let encrypted = encrypt(socket, Arc::clone(config))?;
            Session::login(Box::new(encrypted), shared)
        }
        None => Session::login(Box::new(socket), shared),
    }
}

/// The handshake travels inside packets of the greeting; after it, TLS lies under everything.
fn encrypt(
    mut socket: TcpStream,
    config: Arc<rustls::ServerConfig>,
) -> io::Result<rustls::StreamOwned<rustls::ServerConnection, TcpStream>> {
    let mut connection = rustls::ServerConnection::new(config).map_err(io::Error::other)?;
    while connection.is_handshaking() {
        if connection.wants_write() {
            let mut bytes = Vec::new();
            while connection.wants_write() {
                connection.write_tls(&mut bytes)?;
            }
            let mut message = Message::new(&mut socket, wire::PRELOGIN, 4096);
            message.put(&bytes)?;
            message.finish()?;
            continue;
        }
        let (_, content) = wire::read_message(&mut socket)?;
        let mut rest = content.as_slice();
        while !rest.is_empty() {
            connection.read_tls(&mut rest)?;
            connection.process_new_packets().map_err(io::Error::other)?;
        }
    }
    if connection.wants_write() {
        let mut bytes = Vec::new();
        while connection.wants_write() {
            connection.write_tls(&mut bytes)?;
        }
        let mut message = Message::new(&mut socket, wire::PRELOGIN, 4096);
        message.put(&bytes)?;
        message.finish()?;
    }
    Ok(rustls::StreamOwned::new(connection, socket))
}

/// What is said before the answer to a statement, and the answer.
type Told = (Vec<u8>, Option<Answer>);

struct Session<'a> {
    stream: Box<dyn Stream>,
    shared: &'a Arc<Shared>,
    packet_size: usize,
    user: String,
    database: String,
    is_writer: bool,
    is_snapshot: bool,
    in_transaction: bool,
    /// What a transaction of snapshot isolation sees, from its first statement on.
    seen: Option<Arc<Database>>,
}

impl<'a> Session<'a> {
    fn login(mut stream: Box<dyn Stream>, shared: &'a Arc<Shared>) -> io::Result<()> {
        let (kind, content) = wire::read_message(&mut stream)?;
        let login = if kind == wire::LOGIN { Login::read(&content) } else { None };
        let Some(login) = login else { return Ok(()) };
        let refused = |number, words: String| vec![SqlError::new(number, 14, &words)];
        let failed = || format!("Login failed for user '{}'.", login.user);
        let account = shared.options.accounts.iter().find(|account| account.name == login.user);
        let databases = shared.databases.lock().unwrap_or_else(PoisonError::into_inner);
        let name = if login.database.is_empty() { "master" } else { login.database.as_str() };
        let errors = match account {
            Some(account) if account.password == login.password => {
                if databases.contains_key(name) {
                    Vec::new()
                } else {
                    let words =
                        format!("Cannot open database \"{name}\" requested by the login. The login failed.");
                    [refused(4060, words), refused(18_456, failed())].concat()
                }
            }
            _ => refused(18_456, failed()),
        };
        drop(databases);
        let packet_size = usize::try_from(login.packet_size.clamp(512, 32_767)).unwrap_or(4096);
        let mut out = Vec::new();
        for error in &errors {
            wire::error(&mut out, error);
        }
        if errors.is_empty() {
            wire::changed(&mut out, 1, name, "master");
            wire::changed_bytes(&mut out, 7, &shared.collation.wire(), &[]);
            wire::login_ack(&mut out);
            wire::changed(&mut out, 4, &packet_size.to_string(), "4096");
        }
        wire::done(&mut out, 0xfd, if errors.is_empty() { 0 } else { ERROR }, 0);
        let mut message = Message::new(&mut stream, wire::REPLY, 4096);
        message.put(&out)?;
        message.finish()?;
        let (Some(account), true) = (account, errors.is_empty()) else { return Ok(()) };
        let _counted = shared.count(&login.user);
        let mut session = Session {
            stream,
            shared,
            packet_size,
            user: login.user.clone(),
            database: name.to_owned(),
            is_writer: account.may_write,
            is_snapshot: false,
            in_transaction: false,
            seen: None,
        };
        session.run()
    }

    fn run(&mut self) -> io::Result<()> {
        loop {
            let (kind, content) = wire::read_message(&mut self.stream)?;
            match kind {
                wire::BATCH => {
                    let request = batch(&content).unwrap_or_default();
                    self.answer(&request, false)?;
                }
                wire::RPC => match call(&content) {
                    Some(request) => self.answer(&request, true)?,
                    None => self.fail(&SqlError::new(2812, 16, "Could not find stored procedure."))?,
                },
                wire::ATTENTION => {
                    let mut out = Vec::new();
                    wire::done(&mut out, 0xfd, 0x20, 0);
                    self.send(&out)?;
                }
                _ => return Ok(()),
            }
        }
    }

    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut message = Message::new(&mut self.stream, wire::REPLY, self.packet_size);
        message.put(bytes)?;
        message.finish()
    }

    fn fail(&mut self, error: &SqlError) -> io::Result<()> {
        let mut out = Vec::new();
        wire::error(&mut out, error);
        wire::done(&mut out, 0xfd, ERROR, 0);
        self.send(&out)
    }

    /// The database as this session sees it now.
    fn view(&mut self) -> Result<Arc<Database>, SqlError> {
        if let Some(seen) = &self.seen {
            return Ok(Arc::clone(seen));
        }
        let now = self.shared.database(&self.database)?;
        if self.in_transaction && self.is_snapshot {
            self.seen = Some(Arc::clone(&now));
        }
        Ok(now)
    }

    fn answer(&mut self, request: &Request, is_call: bool) -> io::Result<()> {
        match self.answers(request) {
            Err(error) => self.fail(&error),
            Ok(answers) => {
                if answers.iter().any(|(_, answer)| answer.as_ref().is_some_and(|a| !a.columns.is_empty()))
                    && let Some(injected) = self.shared.take_injected()
                {
                    return self.spoiled(&injected, &answers);
                }
                self.tell(&answers, is_call)
            }
        }
    }

    /// What was asked for in a test: an error behind some rows, or silence.
    fn spoiled(&mut self, injected: &Injected, answers: &[Told]) -> io::Result<()> {
        let mut out = Vec::new();
        match injected {
            Injected::Silence => {
                // Until the client goes.
                let mut byte = [0];
                while self.stream.read(&mut byte)? > 0 {}
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            Injected::Error { number, message, after_rows } => {
                if let Some((_, Some(answer))) = answers.iter().find(|(_, answer)| answer.is_some()) {
                    rows::columns(&mut out, &answer.columns);
                    for row in answer.rows.iter().take(*after_rows) {
                        rows::row(&mut out, &answer.columns, row);
                    }
                }
                wire::error(&mut out, &SqlError::new(*number, 13, message));
                wire::done(&mut out, 0xfd, ERROR, 0);
            }
        }
        self.send(&out)
    }

    fn tell(&mut self, answers: &[Told], is_call: bool) -> io::Result<()> {
        let mut message = Message::new(&mut self.stream, wire::REPLY, self.packet_size);
        let mut out = Vec::new();
        for (at, (said, answer)) in answers.iter().enumerate() {
            out.extend_from_slice(said);
            let is_last = at + 1 == answers.len() && !is_call;
            let more = if is_last { 0 } else { MORE };
            let kind = if is_call { 0xff } else { 0xfd };
            match answer {
                Some(answer) if !answer.columns.is_empty() => {
                    rows::columns(&mut out, &answer.columns);
                    for row in &answer.rows {
                        rows::row(&mut out, &answer.columns, row);
                        if out.len() > 1 << 16 {
                            message.put(&out)?;
                            out.clear();
                        }
                    }
                    wire::done(&mut out, kind, more | COUNTED, answer.rows.len() as u64);
                }
                Some(answer) => wire::done(&mut out, kind, more | COUNTED, answer.n_changed),
                None => wire::done(&mut out, kind, more, 0),
            }
        }
        if is_call {
            // What the procedure returned, and its end.
            out.push(0x79);
            out.extend(0_i32.to_le_bytes());
            wire::done(&mut out, 0xfe, 0, 0);
        } else if answers.is_empty() {
            wire::done(&mut out, 0xfd, 0, 0);
        }
        message.put(&out)?;
        message.finish()
    }

    /// The answer to each statement, and what is said before it.
    fn answers(&mut self, request: &Request) -> Result<Vec<Told>, SqlError> {
        let view = self.view()?;
        let shared = Arc::clone(self.shared);
        let asker = Asker {
            user: &self.user,
            database_name: &self.database,
            database: &view,
            is_writer: self.is_writer,
            default: &shared.collation,
        };
        if let Some(answer) = catalogue::answer(&request.text, &request.values, &asker) {
            return Ok(vec![(Vec::new(), Some(answer))]);
        }
        let mut answers = Vec::new();
        for statement in statements(&request.text, &shared.collation)? {
            let said = self.step(&statement)?;
            let answer = match &statement {
                Statement::Select(query) => {
                    let view = self.view()?;
                    let may_read = self.is_writer
                        || view.readers.get(&self.user).is_some_and(|tables| tables.contains(&query.table));
                    if view.tables.contains_key(&query.table) && !may_read {
                        let words = format!(
                            "The SELECT permission was denied on the object '{}', database '{}', schema 'dbo'.",
                            query.table, self.database
                        );
                        return Err(SqlError::new(229, 14, &words));
                    }
                    Some(view.select(query, &request.values, &shared.collation)?)
                }
                Statement::CreateDatabase(_) if !self.is_writer => {
                    return Err(SqlError::new(
                        262,
                        14,
                        "CREATE DATABASE permission denied in database 'master'.",
                    ));
                }
                Statement::CreateDatabase(name) => {
                    shared.create_database(name);
                    None
                }
                Statement::Set
                | Statement::Isolation(_)
                | Statement::Begin
                | Statement::Commit
                | Statement::Use(_) => None,
                _ => {
                    if !self.is_writer {
                        return Err(SqlError::new(229, 14, "The permission to write was denied."));
                    }
                    let n_changed = shared
                        .change(&self.database, |database| database.execute(&statement, &shared.collation))?;
                    Some(Answer { n_changed, ..Answer::default() })
                }
            };
            answers.push((said, answer));
        }
        Ok(answers)
    }

    /// What changes of the session, and what is said of it.
    fn step(&mut self, statement: &Statement) -> Result<Vec<u8>, SqlError> {
        let mut said = Vec::new();
        let transaction = 1_u64.to_le_bytes();
        match statement {
            Statement::Isolation(is_snapshot) => self.is_snapshot = *is_snapshot,
            Statement::Begin => {
                self.in_transaction = true;
                wire::changed_bytes(&mut said, 8, &transaction, &[]);
            }
            Statement::Commit => {
                if !self.in_transaction {
                    let words = "The COMMIT TRANSACTION request has no corresponding BEGIN TRANSACTION.";
                    return Err(SqlError::new(3902, 16, words));
                }
                (self.in_transaction, self.seen) = (false, None);
                wire::changed_bytes(&mut said, 9, &[], &transaction);
            }
            Statement::Use(name) => {
                self.shared.database(name)?;
                wire::changed(&mut said, 1, name, &self.database);
                self.database.clone_from(name);
            }
            _ => {}
        }
        Ok(said)
    }
}
