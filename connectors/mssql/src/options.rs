//! How to reach one database, judged before anything connects.

use std::path::PathBuf;
use std::time::Duration;

use contract::Credential;
use messages::{Message, Problem};

/// Where a SQL Server database is, as whom it is read, and the limits of reading it.
#[derive(Clone, Debug)]
pub struct Options {
    /// Name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Database.
    pub database: String,
    /// Account.
    pub user: String,
    /// Its password, read at every connect; `None` where the server asks for none.
    pub password: Option<Credential>,
    /// Encryption of the way.
    pub tls: Tls,
    /// Connections at most, at any time. At least 1.
    pub max_connections: u32,
    /// Until a connection that does not come is given up.
    pub connect_timeout: Duration,
    /// Until a statement, or the next bytes of a running one, is given up.
    pub read_timeout: Duration,
    /// A cell of a look-up longer than this becomes `too-large`. A snapshot says so itself.
    pub max_cell_bytes: usize,
}

/// Encryption of the way to the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tls {
    /// None.
    Disabled,
    /// If the server can; whoever it is.
    Preferred,
    /// Always; whoever it is.
    Unverified,
    /// Always, with a certificate of a known authority, whatever host it names.
    VerifiedAuthority {
        /// Certificate of a private authority, PEM; `None`: those the machine trusts.
        ca: Option<PathBuf>,
    },
    /// Always, with a certificate of a known authority for this host.
    Required {
        /// Certificate of a private authority, PEM; `None`: those the machine trusts.
        ca: Option<PathBuf>,
    },
}

impl Options {
    /// Options with the usual limits: TLS required, two connections, 5 s to connect, 60 s of silence.
    #[must_use]
    pub fn new(host: impl Into<String>, database: impl Into<String>, user: impl Into<String>) -> Options {
        Options {
            host: host.into(),
            port: 1433,
            database: database.into(),
            user: user.into(),
            password: None,
            tls: Tls::Required { ca: None },
            max_connections: 2,
            connect_timeout: Duration::from_secs(5),
            read_timeout: Duration::from_secs(60),
            max_cell_bytes: 1 << 20,
        }
    }

    /// Everything wrong with the options, each problem's path below `at`.
    #[must_use]
    pub fn problems(&self, at: &str) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut add = |key: &str, message: Message, cure: Option<Message>| {
            problems.push(Problem { path: format!("{at}.{key}"), message, cure });
        };
        for (key, text) in [("host", &self.host), ("database", &self.database), ("user", &self.user)] {
            if text.is_empty() || text.contains('\0') {
                add(key, Message::new("TJ-S101").with("key", key), None);
            }
        }
        let ranges = [
            ("port", u64::from(self.port), 1, 65_535),
            ("max_connections", u64::from(self.max_connections), 1, 16),
            ("connect_seconds", self.connect_timeout.as_secs(), 1, 600),
            ("read_seconds", self.read_timeout.as_secs(), 1, 86_400),
            ("max_cell_bytes", self.max_cell_bytes as u64, 64, 1 << 29),
        ];
        for (key, value, low, high) in ranges {
            if value < low || value > high {
                let message = Message::new("TJ-S102").with("key", key).with("low", low).with("high", high);
                add(key, message, None);
            }
        }
        if let Tls::Required { ca: Some(path) } | Tls::VerifiedAuthority { ca: Some(path) } = &self.tls
            && let Err(error) = std::fs::read(path)
        {
            let message = Message::new("TJ-S104").with("path", path.display()).with("words", error);
            add("tls.ca", message, None);
        }
        problems
    }
}
