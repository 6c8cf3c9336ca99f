//! Drafts of `tongjian.toml`: the hub itself, its server, its ingest.

use std::path::PathBuf;

use super::SecretDraft;

/// `[hub]`.
#[derive(Clone, Debug)]
pub struct HubDraft {
    /// `store`, with `store_password`, `store_ca`, `store_max_connections`. Default `sqlite:tongjian.db`.
    pub store: StoreDraft,
    /// `audit`: the file of the audit trail. Absolute. Default `audit.db`.
    pub audit: PathBuf,
    /// `person_key`: the key under which ID numbers of persons are hashed. Default `{ file = "person.key" }`.
    pub person_key: SecretDraft,
    /// `languages`: of descriptions and texts, first is the default. Default `["zh", "en"]`.
    pub languages: Vec<String>,
    /// `zone`: of legal days and of source times that name none. Default `Asia/Shanghai`.
    pub zone: String,
    /// `scored`: whether roles that say what is weighed have it weighed. Default true.
    pub is_scored: bool,
}

/// The store's address.
#[derive(Clone, Debug)]
pub enum StoreDraft {
    /// `sqlite:<path>`.
    Sqlite {
        /// Absolute.
        path: PathBuf,
    },
    /// `postgres://user@host:port/database?…`, without a password in it unless inline secrets are allowed.
    Postgres {
        /// As written; may contain a password only where inline secrets are allowed, so never print it.
        url: secrecy::SecretString,
        /// `store_password`.
        password: Option<SecretDraft>,
        /// `store_ca`: certificate of a private authority, PEM. Absolute.
        ca: Option<PathBuf>,
        /// `store_max_connections`. Default 16.
        max_connections: u32,
    },
}

/// `[server]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerDraft {
    /// `listen`: address and port of the API. Default `127.0.0.1:8080`.
    pub listen: String,
    /// `admin_listen`: address and port of probes and metrics; none if absent.
    pub admin_listen: Option<String>,
    /// `[server.limits]`.
    pub limits: LimitsDraft,
}

/// `[server.limits]`: what one request may cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitsDraft {
    /// Bytes of a request's body. Default 65,536.
    pub body_bytes: u64,
    /// Nesting of selections. Default 12.
    pub depth: u32,
    /// Estimated cost (rows that may be touched). Default 20,000.
    pub cost: u64,
    /// Aliases in one document. Default 30.
    pub aliases: u32,
    /// Rows of one page. Default 200.
    pub page_size: u32,
    /// Seconds until an answer is given up. Default 10.
    pub seconds: u32,
    /// Bytes of one answer. Default 16 MiB.
    pub response_bytes: u64,
    /// Requests worked on at a time. Default 64.
    pub concurrent: u32,
    /// Of these, of one key. Default 16.
    pub concurrent_per_key: u32,
    /// Readings of the store at a time for one key; further ones wait. Default 2.
    pub readings_per_key: u32,
    /// Connections at a time; further ones are refused. Default 512.
    pub connections: u32,
    /// Of these, of one address. Default 256.
    pub connections_per_address: u32,
}

/// `[ingest]`.
#[derive(Clone, Debug, PartialEq)]
pub struct IngestDraft {
    /// Rows of one batch. Default 5,000.
    pub batch_rows: u32,
    /// Bytes of one batch. Default 8 MiB.
    pub batch_bytes: u64,
    /// Bytes of the table of keys and digests that a diff keeps in memory. Default 64 MiB.
    pub diff_bytes: u64,
    /// Bytes of one cell; a larger one is a dead letter. Default 1 MiB.
    pub cell_bytes: u64,
    /// Rows set aside in one reading of a stream; with more it is held. Default 100,000.
    pub max_dead_letters: u64,
    /// Seconds between two readings of a stream that names no interval. Default 300.
    pub interval_seconds: u64,
    /// Whether secrets may stand in the configuration. Default false.
    pub allow_inline_secrets: bool,
    /// `[ingest.breaker]`.
    pub breaker: BreakerDraft,
}

/// `[ingest.breaker]`: when a reading that would delete much is held until somebody looks.
#[derive(Clone, Debug, PartialEq)]
pub struct BreakerDraft {
    /// The largest share of a stream's rows that may vanish at once, 0 to 1. Default 0.2.
    pub max_delete_fraction: f64,
    /// Streams with fewer rows than this are not guarded. Default 50.
    pub min_rows: u64,
}
