//! Drafts of `departments/*.toml`: a department, its sources, their streams, and how columns become fields.

use std::path::PathBuf;

use super::{Freshness, SecretDraft, words};

/// `[department]`, or one of `[[departments]]` (those without a source).
#[derive(Clone, Debug)]
pub struct DepartmentDraft {
    /// `id`; path `department.<id>`.
    pub id: String,
    /// `name_zh`.
    pub name_zh: String,
    /// `name_en`.
    pub name_en: String,
    /// `short_zh`: the short name in Chinese.
    pub short_zh: Option<String>,
    /// `[source.<id>]` of the same file, in the order they are written.
    pub sources: Vec<SourceDraft>,
}

/// `[source.<id>]`: one database of a department.
#[derive(Clone, Debug)]
pub struct SourceDraft {
    /// The id; path `source.<id>`.
    pub id: String,
    /// `label_zh`; empty if not given.
    pub label_zh: String,
    /// `label_en`; empty if not given.
    pub label_en: String,
    /// `enabled`. Default true.
    pub is_enabled: bool,
    /// `engine`, with the keys that go with it.
    pub engine: EngineDraft,
    /// `max_connections` opened at a time. Default 2.
    pub max_connections: u32,
    /// `rows_per_second`; unlimited if absent.
    pub rows_per_second: Option<u32>,
    /// `hours` in which it may be read; always if empty.
    pub hours: Vec<HoursDraft>,
    /// `connect_seconds`. Default 10.
    pub connect_seconds: u32,
    /// `read_seconds`: until a statement or a row that does not come is given up. Default 60.
    pub read_seconds: u32,
    /// `interval_seconds` between two readings; `[ingest]`'s if absent.
    pub interval_seconds: Option<u64>,
    /// `zone` of its times without one; `[hub]`'s if absent.
    pub zone: Option<String>,
    /// `[[source.<id>.stream]]`, in the order they are written.
    pub streams: Vec<StreamDraft>,
}

/// `engine` and what goes with it.
#[derive(Clone, Debug)]
pub enum EngineDraft {
    /// `postgres`.
    Postgres(DatabaseDraft),
    /// `mysql` (and MariaDB).
    Mysql(DatabaseDraft),
    /// `mssql`.
    Mssql(DatabaseDraft),
    /// `sqlite`.
    Sqlite(SqliteDraft),
    /// `file`: a folder of CSV and XLSX files.
    File(FolderDraft),
}

impl EngineDraft {
    /// The word after `engine =`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            EngineDraft::Postgres(_) => "postgres",
            EngineDraft::Mysql(_) => "mysql",
            EngineDraft::Mssql(_) => "mssql",
            EngineDraft::Sqlite(_) => "sqlite",
            EngineDraft::File(_) => "file",
        }
    }
}

/// Where a database server is, and as whom to connect.
#[derive(Clone, Debug)]
pub struct DatabaseDraft {
    /// `host`: a name, an address, or the absolute path of a socket (PostgreSQL: of its directory).
    pub host: String,
    /// `port`; the engine's own if absent.
    pub port: Option<u16>,
    /// `database`.
    pub database: String,
    /// `user`.
    pub user: String,
    /// `password`.
    pub password: Option<SecretDraft>,
    /// `tls`.
    pub tls: TlsDraft,
    /// `charset` (PostgreSQL, MySQL): what text is in truth where the database declares none, or `latin1` in error.
    pub charset: Option<String>,
}

/// `tls = { mode = "verify_full", ca = "…" }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsDraft {
    /// `mode`. Default prefer; with `ca`: verify_full.
    pub mode: TlsMode,
    /// `ca`: certificate of a private authority, PEM. Absolute.
    pub ca: Option<PathBuf>,
}

words! {
    /// How a connection is encrypted.
    TlsMode {
        /// Not at all.
        Disable = "disable",
        /// If the server can; whoever it is.
        Prefer = "prefer",
        /// Always; whoever it is.
        Require = "require",
        /// Always, with a certificate of a known authority.
        VerifyCa = "verify_ca",
        /// Always, with a certificate of a known authority for this host.
        VerifyFull = "verify_full",
    }
}

/// A SQLite file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqliteDraft {
    /// `path`. Absolute.
    pub path: PathBuf,
}

/// A drop folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderDraft {
    /// `folder`. Absolute.
    pub folder: PathBuf,
    /// `charset` of text files that begin with no mark (`utf-8`, `gbk`); recognised if absent.
    pub charset: Option<String>,
    /// `delimiter` of text files, one character. Default `,`.
    pub delimiter: char,
    /// `nulls`: texts that stand for NULL. Default none.
    pub nulls: Vec<String>,
    /// `take`: which of the files that match a stream's name are read. Default all.
    pub take: TakeMode,
    /// `settle_seconds`: a file changed within this time is held to be unfinished. Default 0.
    pub settle_seconds: u32,
    /// `max_sheet_bytes`: a sheet of a workbook larger than this, unpacked, is refused. Default 512 MiB.
    pub max_sheet_bytes: u64,
}

words! {
    /// Which of several matching files are read.
    TakeMode {
        /// All, as one table.
        All = "all",
        /// The one changed last.
        Newest = "newest",
    }
}

/// `"22:00-06:00"`: minutes of the day, the second excluded; it may lie before the first (over midnight).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HoursDraft {
    /// First minute, 0 to 1439.
    pub from_minute: u16,
    /// Minute after the last, 1 to 1440.
    pub until_minute: u16,
}

/// `[[source.<id>.stream]]`: one table, view, file or sheet that feeds one kind.
#[derive(Clone, Debug, PartialEq)]
pub struct StreamDraft {
    /// Its path: `source.<id>.stream[n]`.
    pub path: String,
    /// `name` at the source, as `public.T_QYJBXX`, `登记.csv`, `台账.xlsx.Sheet1`; one to three parts.
    pub name: String,
    /// `kind` of its records.
    pub kind: String,
    /// `anchor`: the kind of entity its records may create.
    pub anchor: Option<String>,
    /// `key`: key columns; the source's own if empty.
    pub key: Vec<String>,
    /// `mode` of finding changes. Default diff.
    pub mode: Mode,
    /// `cursor`: the column of mode cursor or row_version.
    pub cursor: Option<String>,
    /// `look_back_seconds` of mode cursor. Default 300.
    pub look_back_seconds: u64,
    /// `zone` of its times without one; the source's if absent.
    pub zone: Option<String>,
    /// `interval_seconds`; the source's if absent.
    pub interval_seconds: Option<u64>,
    /// `may_be_empty`: an empty reading is believed. Default false.
    pub may_be_empty: bool,
    /// `max_delete_fraction`; the breaker's if absent.
    pub max_delete_fraction: Option<f64>,
    /// `delete_means`: what a vanished row says, a word kept in the feed, as `ended`, `withdrawn`.
    pub delete_means: Option<String>,
    /// `header_row` of a file, from 1. Default 1.
    pub header_row: u32,
    /// `placeholders`: cells that say nothing, in any of its columns.
    pub placeholders: Vec<String>,
    /// `[source.<id>.stream.fields]`, in the order they are written.
    pub fields: Vec<FieldMappingDraft>,
}

words! {
    /// How changes of a stream are found.
    Mode {
        /// The source's log.
        Log = "log",
        /// A version column kept by the engine.
        RowVersion = "row_version",
        /// A column that grows.
        Cursor = "cursor",
        /// Read all and compare.
        Diff = "diff",
    }
}

/// One field of the kind and where it comes from: `name = "QYMC"`, or a table.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldMappingDraft {
    /// Its path: `<stream>.fields.<field>`.
    pub path: String,
    /// The field of the kind.
    pub field: String,
    /// `column`, `columns` or `constant`.
    pub from: ColumnsDraft,
    /// `unit` the numbers are written in, as `万元`.
    pub unit: Option<String>,
    /// `currency` of money: three letters.
    pub currency: Option<String>,
    /// `currency_column`: the column that names the currency of money.
    pub currency_column: Option<String>,
    /// `format` of dates and times written as text, as `%Y年%m月%d日`.
    pub format: Option<String>,
    /// `zone` of this column.
    pub zone: Option<String>,
    /// `trim` blanks, full-width ones too. Default true.
    pub trim: bool,
    /// `placeholders`: cells that say nothing, besides the stream's.
    pub placeholders: Vec<String>,
    /// `open_ended`: cells that mean "without end", besides those always known (长期, 9999-12-31).
    pub open_ended: Vec<String>,
    /// `code_translation`: the translation of their codes into ours.
    pub code_translation: Option<String>,
    /// `edition` of the code list their codes are of.
    pub edition: Option<String>,
    /// `on_invalid`; if absent, dead_letter for what cannot be read, keep for codes that are not in their list.
    pub on_invalid: Option<OnInvalid>,
    /// `freshness`; the field's if absent.
    pub freshness: Option<Freshness>,
}

/// Where a field's value is taken from.
#[derive(Clone, Debug, PartialEq)]
pub enum ColumnsDraft {
    /// `column`.
    One(String),
    /// `columns`: the first that says something.
    FirstOf(Vec<String>),
    /// `constant`.
    Constant(Scalar),
}

/// A single value.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    /// `"…"`; dates too.
    Text(String),
    /// `12`.
    Integer(i64),
    /// `true`.
    Bool(bool),
}

words! {
    /// What becomes of a row one of whose cells cannot be read as its field.
    OnInvalid {
        /// The row is set aside.
        DeadLetter = "dead_letter",
        /// The field is left empty.
        Null = "null",
        /// The text is kept as it is, where the type allows.
        Keep = "keep",
    }
}
