//! What the integration tests share: a zone made in a temporary folder, the built program, a private server.

pub mod bench;
pub mod conformance;
pub mod http;
pub mod process;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use demo::make::{self, Places};
use demo::servers::{Mariadb, MariadbOptions, Options, Postgres, TdsOptions, TdsServer};
use demo::truth::Truth;
use demo::world::World;
use serde_json::Value;

use crate::process::Running;

/// A zone's databases and the configuration that points at them; gone when dropped.
pub struct Zone {
    /// Everything.
    pub folder: tempfile::TempDir,
    /// Where the departments are.
    pub places: Places,
    /// What the hub must find.
    pub truth: Truth,
    /// The configuration's folder.
    pub config: PathBuf,
}

impl Zone {
    /// A zone from a world. With a server, departments on PostgreSQL live there, and those on MySQL on MariaDB.
    pub fn make(world: &World, seed: u64, server: Option<&Postgres>) -> Zone {
        let folder = tempfile::Builder::new().prefix("tj-zone-").tempdir().expect("a temporary folder");
        let places = Places {
            folder: folder.path().join("sources"),
            postgres: server.map(|server| server.url("postgres")),
            mysql: server.map(|_| mariadb().url("")),
            mssql: server.map(|_| mssql().url("")),
        };
        let truth =
            runtime().block_on(make::make(world, seed, &places, &mut |_, _| {})).expect("the zone is made");
        let config = demo::platform::write(&places, folder.path(), "127.0.0.1:0").expect("configuration");
        Zone { folder, places, truth, config }
    }

    /// The program on this zone's configuration.
    pub fn tongjian(&self, words: &[&str]) -> Output {
        tongjian_in(&self.config, words)
    }

    /// The same, started and left running.
    pub fn start(&self, words: &[&str], variables: &[(&str, &str)]) -> Running {
        start_in(&self.config, words, variables)
    }

    /// `tongjian pull`, which must come through.
    pub fn pull(&self, words: &[&str]) {
        let mut all = vec!["pull", "--quiet"];
        all.extend(words);
        let output = self.tongjian(&all);
        assert!(matches!(output.status.code(), Some(0 | 3)), "pull failed: {}", shown(&output));
    }

    /// `tongjian status --output json`.
    pub fn status(&self) -> Value {
        let output = self.tongjian(&["status", "--output", "json"]);
        assert!(output.status.success(), "{}", shown(&output));
        serde_json::from_slice(&output.stdout).expect("status is JSON")
    }

    /// `tongjian dump`.
    pub fn dump(&self) -> String {
        let output = self.tongjian(&["dump"]);
        assert!(output.status.success(), "{}", shown(&output));
        String::from_utf8(output.stdout).expect("a dump is text")
    }

    /// The store's file.
    pub fn store(&self) -> PathBuf {
        self.config.join("tongjian.db")
    }

    /// Forgets the graph, keeps the sources.
    pub fn forget(&self) {
        for name in ["tongjian.db", "tongjian.db-wal", "tongjian.db-shm", "tongjian.db.lock"] {
            let _ = std::fs::remove_file(self.config.join(name));
        }
    }

    /// Replaces a text in a file of the configuration; it must be there.
    pub fn edit(&self, file: &str, from: &str, to: &str) {
        let path = self.config.join(file);
        let text = std::fs::read_to_string(&path).expect("readable");
        assert!(text.contains(from), "{file} has no `{from}`");
        std::fs::write(&path, text.replacen(from, to, 1)).expect("writable");
    }
}

/// The program on a configuration.
pub fn tongjian_in(config: &Path, words: &[&str]) -> Output {
    Command::new(binary("tongjian"))
        .arg("--config")
        .arg(config)
        .args(["--lang", "en"])
        .args(words)
        .stdin(Stdio::null())
        .output()
        .expect("the program runs")
}

/// The program on a configuration, started and left running.
pub fn start_in(config: &Path, words: &[&str], variables: &[(&str, &str)]) -> Running {
    let mut command = Command::new(binary("tongjian"));
    command.arg("--config").arg(config).args(["--lang", "en"]).args(words).envs(variables.iter().copied());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    Running::new(command.spawn().expect("the program starts"))
}

/// A built program: where `cargo x test` put it, else beside this test's own binary.
pub fn binary(name: &str) -> PathBuf {
    if let Some(folder) = std::env::var_os("TONGJIAN_BINARIES") {
        return Path::new(&folder).join(name);
    }
    let own = std::env::current_exe().expect("the test has a path");
    let target = own.parent().and_then(Path::parent).expect("target/debug/deps");
    let path = target.join(name);
    assert!(
        path.exists(),
        "{} is not built: run `cargo x test`, or `cargo build -p tongjian-server`",
        path.display()
    );
    path
}

/// One private PostgreSQL server for all tests of this run.
pub fn postgres() -> &'static Postgres {
    static SERVER: OnceLock<Postgres> = OnceLock::new();
    SERVER.get_or_init(|| {
        Postgres::start(Options::default()).expect("PostgreSQL starts; `cargo x test` installs it")
    })
}

/// One private MariaDB server for all tests of this run.
pub fn mariadb() -> &'static Mariadb {
    static SERVER: OnceLock<Mariadb> = OnceLock::new();
    SERVER.get_or_init(|| {
        Mariadb::start(MariadbOptions::default()).expect("MariaDB starts; `cargo x test` installs it")
    })
}

/// One test server of SQL Server's protocol for all tests of this run.
pub fn mssql() -> &'static TdsServer {
    static SERVER: OnceLock<TdsServer> = OnceLock::new();
    SERVER.get_or_init(|| TdsServer::start(TdsOptions::default()).expect("a test server starts"))
}

/// What a program said.
pub fn shown(output: &Output) -> String {
    format!(
        "{}\n{}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// A runtime for a test's own asynchronous work.
pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}

/// What the truth says, in the form of `tongjian status --output json`: by source and stream.
pub fn expected(truth: &Truth) -> Value {
    let mut streams: Vec<Value> = truth
        .streams
        .iter()
        .map(|stream| {
            serde_json::json!({
                "source": stream.source, "stream": stream.stream, "kind": stream.kind, "received": stream.received,
                "linked": stream.linked, "waiting": stream.waiting, "nobody": stream.nobody,
                "dead_letters": stream.dead_letters, "reasons": stream.reasons,
            })
        })
        .collect();
    streams.sort_by_key(name);
    serde_json::json!({ "subjects": truth.entities, "people": truth.people, "streams": streams })
}

/// The same of a status.
pub fn found(status: &Value) -> Value {
    const KEYS: [&str; 9] =
        ["source", "stream", "kind", "received", "linked", "waiting", "nobody", "dead_letters", "reasons"];
    let mut streams: Vec<Value> = status["streams"]
        .as_array()
        .expect("streams")
        .iter()
        .map(|stream| KEYS.iter().map(|key| ((*key).to_owned(), stream[*key].clone())).collect())
        .collect();
    streams.sort_by_key(name);
    let entities = &status["entities"];
    serde_json::json!({ "subjects": entities["subject"], "people": entities["person"], "streams": streams })
}

fn name(stream: &Value) -> String {
    format!("{}/{}", stream["source"].as_str().unwrap_or(""), stream["stream"].as_str().unwrap_or(""))
}
