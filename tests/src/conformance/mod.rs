//! What every connector must do, as one table of engine and capability; the bodies of its tests are the same for all.
//!
//! A capability is required of an engine, or not possible for it and why. Both stand here, are tested, and are
//! printed into the documentation by [`table_text`].

mod fixture;

pub use fixture::{Change, Fixture, Misfit, NULL, company, company_columns, n_company};

/// The engines that have a connector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// `connector_postgres`.
    Postgres,
    /// `connector_mysql`.
    Mysql,
    /// `connector_mssql`.
    Mssql,
    /// `connector_sqlite`.
    Sqlite,
    /// `connector_file`, text files.
    File,
}

impl Engine {
    /// All.
    pub const ALL: [Engine; 5] =
        [Engine::Postgres, Engine::Mysql, Engine::Mssql, Engine::Sqlite, Engine::File];

    /// Its name in the documentation.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Engine::Postgres => "PostgreSQL",
            Engine::Mysql => "MySQL, MariaDB",
            Engine::Mssql => "SQL Server（测试服务器 test server）",
            Engine::Sqlite => "SQLite",
            Engine::File => "CSV, XLSX",
        }
    }
}

/// What a connector is asked to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capability {
    /// A check of a good configuration finds nothing wrong.
    CheckOk,
    /// A wrong password is told as one.
    WrongPassword,
    /// A host or file that is not there is told as one.
    WrongHost,
    /// A database that is not there is told as one.
    WrongDatabase,
    /// A server without TLS is refused where TLS is required.
    NoTls,
    /// A private authority is believed, another is not.
    PrivateAuthority,
    /// An account that may write is warned of.
    MayWrite,
    /// A right that is missing on one table is told, and stops no other.
    MissingRight,
    /// Columns, key and estimate are found.
    Discover,
    /// Two full readings are equal, digests too.
    ReadTwice,
    /// Cells equal what the native client prints.
    NativeValues,
    /// Hazards of the engine's own types.
    Hazards,
    /// Going on after each batch gives the rest.
    Resume,
    /// Only the asked columns come, in the asked order.
    Projection,
    /// Rows come in the source's own key order.
    KeyOrder,
    /// NULL and duplicate keys are given and lost by no resuming.
    OddKeys,
    /// A deleted row is absent, a changed one has another digest.
    DeleteAndUpdate,
    /// Columns added, dropped, renamed and retyped, and a dropped table, are told.
    Drift,
    /// Rows by key.
    Lookup,
    /// Rows by condition.
    Select,
    /// Hostile texts are values, never statements.
    HostileText,
    /// Counts and digests of key ranges.
    RangeDigest,
    /// A snapshot is one view while others write.
    ConsistentView,
    /// A dropped stream frees its connection within two seconds.
    Cancel,
    /// Never more connections than allowed.
    BoundedConnections,
    /// A server that hangs is given up in time.
    Hung,
    /// A connection cut in the middle is a passing error, and reading goes on after the last batch.
    CutOff,
    /// Cells of 10 MB do not fill the memory.
    LargeCells,
    /// Nothing is written at the source.
    NoWrites,
    /// Rows committed late are seen.
    LateCommit,
}

impl Capability {
    /// All, in the order of the documentation.
    pub const ALL: [Capability; 30] = [
        Capability::CheckOk,
        Capability::WrongPassword,
        Capability::WrongHost,
        Capability::WrongDatabase,
        Capability::NoTls,
        Capability::PrivateAuthority,
        Capability::MayWrite,
        Capability::MissingRight,
        Capability::Discover,
        Capability::ReadTwice,
        Capability::NativeValues,
        Capability::Hazards,
        Capability::Resume,
        Capability::Projection,
        Capability::KeyOrder,
        Capability::OddKeys,
        Capability::DeleteAndUpdate,
        Capability::Drift,
        Capability::Lookup,
        Capability::Select,
        Capability::HostileText,
        Capability::RangeDigest,
        Capability::ConsistentView,
        Capability::Cancel,
        Capability::BoundedConnections,
        Capability::Hung,
        Capability::CutOff,
        Capability::LargeCells,
        Capability::NoWrites,
        Capability::LateCommit,
    ];

    /// What the documentation calls it in Chinese.
    #[must_use]
    pub fn words_zh(self) -> &'static str {
        match self {
            Capability::CheckOk => "配置无误时，检查不报错",
            Capability::WrongPassword => "口令错，说口令错",
            Capability::WrongHost => "主机或文件不存在，如实说",
            Capability::WrongDatabase => "数据库不存在，如实说",
            Capability::NoTls => "要求加密而服务器没有 TLS，拒绝",
            Capability::PrivateAuthority => "只信指定的私有证书颁发机构",
            Capability::MayWrite => "账号能写，给出警告",
            Capability::MissingRight => "一张表没有权限，不影响其他表",
            Capability::Discover => "找出列、主键和行数估计",
            Capability::ReadTwice => "两次读取相同，摘要也相同",
            Capability::NativeValues => "各格与该数据库自己的客户端所印相同",
            Capability::Hazards => "该数据库特有类型的疑难",
            Capability::Resume => "从任何一批之后接着读，得到其余的行",
            Capability::Projection => "只给要的列，按要的次序",
            Capability::KeyOrder => "按来源自己的主键次序",
            Capability::OddKeys => "空的、重复的主键照给，续读也不丢",
            Capability::DeleteAndUpdate => "删除和不留痕迹的修改，下次读取可见",
            Capability::Drift => "列和表变了，说出来",
            Capability::Lookup => "按主键取行",
            Capability::Select => "按条件取行",
            Capability::HostileText => "恶意的文本只是值，不成为语句",
            Capability::RangeDigest => "一段主键的行数和摘要",
            Capability::ConsistentView => "别人在写时，快照仍是同一时刻",
            Capability::Cancel => "放弃读取，2 秒内释放连接",
            Capability::BoundedConnections => "连接数从不超过所定",
            Capability::Hung => "服务器没有反应，按时放弃",
            Capability::CutOff => "中途断开算暂时故障，接着读",
            Capability::LargeCells => "10 MB 的格不撑满内存",
            Capability::NoWrites => "不向来源写任何东西",
            Capability::LateCommit => "晚提交的行看得到",
        }
    }

    /// What the documentation calls it in English.
    #[must_use]
    pub fn words_en(self) -> &'static str {
        match self {
            Capability::CheckOk => "a check of a good configuration finds nothing wrong",
            Capability::WrongPassword => "a wrong password is told as one",
            Capability::WrongHost => "a host or file that is not there is told as one",
            Capability::WrongDatabase => "a database that is not there is told as one",
            Capability::NoTls => "no TLS at the server is refused where TLS is required",
            Capability::PrivateAuthority => "a private authority is believed, another is not",
            Capability::MayWrite => "an account that may write is warned of",
            Capability::MissingRight => "a missing right on one table stops no other",
            Capability::Discover => "columns, key and estimate are found",
            Capability::ReadTwice => "two readings are equal, digests too",
            Capability::NativeValues => "cells equal what the native client prints",
            Capability::Hazards => "hazards of the engine's own types",
            Capability::Resume => "going on after each batch gives the rest",
            Capability::Projection => "only the asked columns, in the asked order",
            Capability::KeyOrder => "the source's own key order",
            Capability::OddKeys => "NULL and duplicate keys are given, and lost by no resuming",
            Capability::DeleteAndUpdate => "deletes and silent updates show in the next reading",
            Capability::Drift => "columns and tables that change are told",
            Capability::Lookup => "rows by key",
            Capability::Select => "rows by condition",
            Capability::HostileText => "hostile texts are values, never statements",
            Capability::RangeDigest => "counts and digests of key ranges",
            Capability::ConsistentView => "a snapshot is one view while others write",
            Capability::Cancel => "a dropped stream frees its connection within 2 s",
            Capability::BoundedConnections => "never more connections than allowed",
            Capability::Hung => "a server that hangs is given up in time",
            Capability::CutOff => "cut off in the middle: a passing error, reading goes on",
            Capability::LargeCells => "cells of 10 MB do not fill the memory",
            Capability::NoWrites => "nothing is written at the source",
            Capability::LateCommit => "rows committed late are seen",
        }
    }
}

/// How a capability stands for an engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It must be shown.
    Required,
    /// It cannot be shown, and why; where it can be asked for, it is refused cleanly.
    NotPossible(&'static str),
}

const NO_SERVER: Standing =
    Standing::NotPossible("没有服务器，直接打开文件 · there is no server: the file is opened");
const NO_ACCOUNT: Standing =
    Standing::NotPossible("没有账号，由文件系统管权限 · there is no account: the file system decides");

/// The table.
#[must_use]
pub fn standing(engine: Engine, capability: Capability) -> Standing {
    use Capability as C;
    match (engine, capability) {
        (Engine::Postgres | Engine::Mysql | Engine::Mssql, _) => Standing::Required,
        (
            Engine::Sqlite | Engine::File,
            C::WrongDatabase | C::NoTls | C::PrivateAuthority | C::Hung | C::CutOff,
        ) => NO_SERVER,
        (Engine::Sqlite | Engine::File, C::WrongPassword | C::MayWrite | C::MissingRight) => NO_ACCOUNT,
        (Engine::File, C::BoundedConnections) => NO_SERVER,
        (Engine::File, C::LateCommit | C::ConsistentView) => Standing::NotPossible(
            "读取中变动的文件，一行也不给 · a file that changes while it is read gives no rows",
        ),
        (Engine::Sqlite | Engine::File, _) => Standing::Required,
    }
}

/// The table as Markdown, for the documentation.
#[must_use]
pub fn table_text() -> String {
    let names = Engine::ALL.map(Engine::name).join(" | ");
    let mut text = format!("| | {names} |\n|---|{}\n", "---|".repeat(Engine::ALL.len()));
    let mut reasons: Vec<&'static str> = Vec::new();
    for capability in Capability::ALL {
        text.push_str(&format!("| {} · {} |", capability.words_zh(), capability.words_en()));
        for engine in Engine::ALL {
            match standing(engine, capability) {
                Standing::Required => text.push_str(" 是 yes |"),
                Standing::NotPossible(why) => {
                    let at = reasons.iter().position(|reason| *reason == why).unwrap_or_else(|| {
                        reasons.push(why);
                        reasons.len() - 1
                    });
                    text.push_str(&format!(" 否 no ({}) |", at + 1));
                }
            }
        }
        text.push('\n');
    }
    text.push('\n');
    for (at, why) in reasons.iter().enumerate() {
        text.push_str(&format!("({}) {why}\n", at + 1));
    }
    text
}
