//! A small platform for tests of one thing at a time: one kind, a good source, and whatever a test adds.
//!
//! Must never depend on the shipped configuration.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use demo::servers::{Mariadb, Postgres};
use serde_json::Value;

use crate::process::Running;
use crate::{shown, start_in, tongjian_in};

/// Rows of the good source.
pub const GOOD_ROWS: u64 = 120;

const ROOT: &str = r#"[hub]
store = "sqlite:tongjian.db"
audit = "audit.db"
person_key = { file = "person.key" }
zone = "Asia/Shanghai"

[server]
listen = "127.0.0.1:0"

[ingest]
interval_seconds = 1
"#;

const ONTOLOGY: &str = r#"[entity.subject]
plural = "subjects"
label_zh = "市场主体"
label_en = "Market subject"
origin = "anchor"
market_subject = true
share = "unconditional"

[entity.subject.field.name]
type = "text"
label_zh = "名称"
label_en = "Name"
index = true
from = ["fact.name"]

[kind.fact]
plural = "facts"
label_zh = "事实"
label_en = "Fact"
share = "unconditional"

[kind.fact.role.party]
entity = "subject"
party = true
label_zh = "主体"
label_en = "Party"
identifiers = [{ scheme = "uscc", field = "uscc" }]
name = "name"

[kind.fact.field.name]
type = "text"
label_zh = "名称"
label_en = "Name"
required = true

[kind.fact.field.uscc]
type = "identifier"
scheme = "uscc"
label_zh = "代码"
label_en = "Code"

[kind.fact.field.fine]
type = "money"
currency = "CNY"
label_zh = "金额"
label_en = "Amount"
index = true

[kind.fact.field.day]
type = "date"
label_zh = "日期"
label_en = "Day"
index = true

[kind.fact.field.ratio]
type = "decimal"
scale = 2
label_zh = "比例"
label_en = "Ratio"

[kind.fact.field.note]
type = "text"
label_zh = "备注"
label_en = "Note"
"#;

/// The mapping of every stream here.
pub const FIELDS: &str = "fields = { name = \"name\", fine = { column = \"fine\", unit = \"元\" }, day = \"day\", ratio = \"ratio\", note = \"note\" }\n";

/// A configuration in a temporary folder; gone when dropped.
pub struct Bench {
    /// Everything.
    pub folder: tempfile::TempDir,
    /// The configuration.
    pub config: PathBuf,
}

impl Default for Bench {
    fn default() -> Bench {
        Bench::new()
    }
}

impl Bench {
    /// A platform with one source, `good`, of [`GOOD_ROWS`] rows.
    pub fn new() -> Bench {
        let folder = tempfile::Builder::new().prefix("tj-bench-").tempdir().expect("a temporary folder");
        let config = folder.path().join("config");
        let bench = Bench { folder, config };
        bench.write("tongjian.toml", ROOT);
        bench.write("person.key", "a key of tests only, never for real people\n");
        bench.write("ontology/bench.toml", ONTOLOGY);
        bench.sqlite("good.db", &format!("{}{}", table("facts"), rows("facts", 1, GOOD_ROWS)));
        bench.sqlite_source("good", "good.db");
        bench
    }

    /// Writes a file of the configuration.
    pub fn write(&self, file: &str, text: &str) {
        let path = self.config.join(file);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(&path, text).expect("a file");
    }

    /// Replaces a text in a file of the configuration; it must be there.
    pub fn edit(&self, file: &str, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.config.join(file)).expect("readable");
        assert!(text.contains(from), "{file} has no `{from}`");
        self.write(file, &text.replacen(from, to, 1));
    }

    /// Runs statements on a SQLite file of this folder by the engine's own program.
    pub fn sqlite(&self, file: &str, sql: &str) -> String {
        sqlite(&self.folder.path().join(file), sql)
    }

    /// A source, `departments/<id>.toml`: the lines of its engine, and the stream `facts` (key `id`).
    pub fn source(&self, id: &str, engine: &str) {
        let text = format!(
            "[department]\nid = \"{id}\"\nname_zh = \"部门\"\nname_en = \"Department\"\n\n[source.{id}]\n{engine}\n\n\
             [[source.{id}.stream]]\nname = \"facts\"\nkind = \"fact\"\nkey = [\"id\"]\n{FIELDS}"
        );
        self.write(&format!("departments/{id}.toml"), &text);
    }

    /// A source that is a SQLite file of this folder.
    pub fn sqlite_source(&self, id: &str, file: &str) {
        let path = self.folder.path().join(file);
        self.source(id, &format!("engine = \"sqlite\"\npath = {:?}", path.display().to_string()));
    }

    /// A source that is a database of a server.
    pub fn postgres_source(&self, id: &str, server: &Postgres, database: &str) {
        self.source(id, &self.postgres_engine(server, database, server.user(), server.password()));
    }

    /// The lines that say where a PostgreSQL database is.
    pub fn postgres_engine(&self, server: &Postgres, database: &str, user: &str, password: &str) -> String {
        self.server_engine("postgres", server.port(), database, user, password)
    }

    fn server_engine(&self, engine: &str, port: u16, database: &str, user: &str, password: &str) -> String {
        let file = format!("{database}.{user}.password");
        self.write(&file, password);
        format!(
            "engine = \"{engine}\"\nhost = \"127.0.0.1\"\nport = {port}\ndatabase = \"{database}\"\nuser = \"{user}\"\n\
             password = {{ file = \"{file}\" }}\ntls = {{ mode = \"disable\" }}\nconnect_seconds = 2\nread_seconds = 2"
        )
    }

    /// The lines that say where a MariaDB database is.
    pub fn mysql_engine(&self, server: &Mariadb, database: &str, user: &str, password: &str) -> String {
        self.server_engine("mysql", server.port(), database, user, password)
    }

    /// The program on this configuration.
    pub fn tongjian(&self, words: &[&str]) -> Output {
        tongjian_in(&self.config, words)
    }

    /// The program, started and left running.
    pub fn start(&self, words: &[&str]) -> Running {
        start_in(&self.config, words, &[])
    }

    /// `tongjian pull`: how it ended, and how each stream is.
    pub fn pull(&self, words: &[&str]) -> Pulled {
        let mut all = vec!["pull", "--quiet", "--output", "json"];
        all.extend(words);
        let output = self.tongjian(&all);
        let report = serde_json::from_slice(&output.stdout);
        let report: Value = report.unwrap_or_else(|error| panic!("{error}: {}", shown(&output)));
        let Some(code) = output.status.code() else { panic!("{}", shown(&output)) };
        Pulled { code, report, words: String::from_utf8_lossy(&output.stderr).into_owned() }
    }

    /// One stream of `tongjian status`.
    pub fn status(&self, source: &str) -> Value {
        let output = self.tongjian(&["status", "--output", "json"]);
        assert!(output.status.success(), "{}", shown(&output));
        let status: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let streams = status["streams"].as_array().expect("streams").clone();
        streams.into_iter().find(|stream| stream["source"] == source).unwrap_or_default()
    }

    /// `tongjian dump`.
    pub fn dump(&self) -> String {
        let output = self.tongjian(&["dump"]);
        assert!(output.status.success(), "{}", shown(&output));
        String::from_utf8(output.stdout).expect("a dump is text")
    }
}

/// What `tongjian pull` said.
#[derive(Debug)]
pub struct Pulled {
    /// Exit code.
    pub code: i32,
    /// The report.
    pub report: Value,
    /// Standard error.
    pub words: String,
}

impl Pulled {
    /// The first stream of a source.
    pub fn stream(&self, source: &str) -> &Value {
        let streams = self.report["streams"].as_array().expect("streams");
        streams.iter().find(|stream| stream["source"] == source).unwrap_or(&Value::Null)
    }

    /// The state of a source's first stream must be this, and what is said of it hold these words.
    pub fn is(&self, source: &str, state: &str, words: &str) -> &Value {
        let stream = self.stream(source);
        let said = stream["message"].as_str().unwrap_or("");
        assert!(
            stream["state"] == state && said.contains(words),
            "{source} is not {state} (`{words}`): {self:#?}"
        );
        stream
    }

    /// The good source came through.
    pub fn good(&self) -> &Pulled {
        assert_eq!(self.is("good", "idle", "")["received"], GOOD_ROWS, "{self:#?}");
        self
    }
}

/// A table of facts, for SQLite and PostgreSQL.
pub fn table(name: &str) -> String {
    format!(
        "CREATE TABLE {name} (id text PRIMARY KEY, name text, fine text, day text, ratio text, note text);\n"
    )
}

/// Rows `from..=to` of such a table.
pub fn rows(name: &str, from: u64, to: u64) -> String {
    let mut sql = String::from("BEGIN;\n");
    for n in from..=to {
        sql.push_str(&format!(
            "INSERT INTO {name} VALUES ('K{n:06}', '单位{n}', '{}.50', '2024-01-{:02}', '{}.25', '第{n}行');\n",
            n * 10,
            n % 28 + 1,
            n % 100
        ));
    }
    sql + "COMMIT;\n"
}

/// Runs statements by SQLite's own program; what it prints.
pub fn sqlite(path: &Path, sql: &str) -> String {
    use std::io::Write as _;
    let mut child = Command::new("sqlite3")
        .arg(path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("sqlite3 runs");
    child.stdin.take().expect("a pipe").write_all(sql.as_bytes()).expect("statements");
    let output = child.wait_with_output().expect("sqlite3 ends");
    assert!(output.status.success() && output.stderr.is_empty(), "{}", shown(&output));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// A database of the server, made anew.
pub fn database(server: &Postgres, name: &str) {
    server
        .psql("postgres", &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        .expect("no such database");
    server
        .psql("postgres", &format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"))
        .expect("a database");
}

/// A database of a MariaDB server, made anew.
pub fn mysql_database(server: &Mariadb, name: &str) {
    server
        .sql("", &format!("DROP DATABASE IF EXISTS {name}; CREATE DATABASE {name} CHARACTER SET utf8mb4"))
        .expect("a database");
}

/// Statements of [`table`] and [`rows`] as MySQL takes them: a key of text needs a length.
pub fn for_mysql(sql: &str) -> String {
    sql.replace("id text PRIMARY KEY", "id varchar(40) PRIMARY KEY")
}

/// Points a configuration whose store is a file at a database of a server, which is made.
pub fn store_on(config: &Path, server: &Postgres, name: &str) {
    database(server, name);
    let root = config.join("tongjian.toml");
    let text = std::fs::read_to_string(&root).expect("readable");
    let store = format!(
        "store = \"postgres://{}@127.0.0.1:{}/{name}\"\nstore_password = {{ file = \"store.password\" }}",
        server.user(),
        server.port()
    );
    let edited = text.replacen("store = \"sqlite:tongjian.db\"", &store, 1);
    assert_ne!(edited, text, "the store is no file");
    std::fs::write(&root, edited).expect("writable");
    std::fs::write(config.join("store.password"), server.password()).expect("writable");
}
