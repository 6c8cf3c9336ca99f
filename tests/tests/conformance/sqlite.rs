//! SQLite under test: a file with a write-ahead log that its owner goes on writing to.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use connector_sqlite::{Options, Sqlite};
use contract::{Source, StreamName, Value};
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use tests::conformance::{Change, Engine, Fixture, Misfit, NULL, company};

use crate::conformance::{request, rows};

pub(crate) struct SqliteFixture {
    folder: tempfile::TempDir,
}

const TABLE: &str = "CREATE TABLE company (id TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL, amount TEXT, day TEXT, \
                     n INTEGER, remark TEXT)";

impl SqliteFixture {
    pub(crate) fn make() -> SqliteFixture {
        SqliteFixture { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("zone.db")
    }

    /// On a thread of its own: the caller may be inside a runtime.
    fn run(&self, sql: &str) {
        let path = self.path();
        std::thread::scope(|scope| {
            let ran = scope.spawn(|| {
                tests::runtime().block_on(async {
                    let options = SqliteConnectOptions::new()
                        .filename(&path)
                        .create_if_missing(true)
                        .journal_mode(SqliteJournalMode::Wal)
                        .synchronous(SqliteSynchronous::Off);
                    let mut owner = SqliteConnection::connect_with(&options).await.unwrap();
                    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut owner).await.unwrap();
                    owner.close().await.unwrap();
                });
            });
            ran.join().unwrap();
        });
    }
}

pub(crate) fn of_address(path: &str) -> Arc<dyn Source> {
    Arc::new(Sqlite::new(Options::new(path)))
}

fn quoted(text: &Option<String>) -> String {
    text.as_ref().map_or("NULL".to_owned(), |text| format!("'{}'", text.replace('\'', "''")))
}

impl Fixture for SqliteFixture {
    fn engine(&self) -> Engine {
        Engine::Sqlite
    }

    fn source(&self) -> Arc<dyn Source> {
        Arc::new(Sqlite::new(Options::new(self.path())))
    }

    fn misfit(&self, misfit: Misfit) -> Option<Arc<dyn Source>> {
        (misfit == Misfit::Host).then(|| {
            Arc::new(Sqlite::new(Options::new(self.folder.path().join("absent.db")))) as Arc<dyn Source>
        })
    }

    fn stream(&self, name: &str) -> StreamName {
        name.parse().unwrap()
    }

    fn change(&self, change: Change) {
        let sql = match change {
            Change::Reset => {
                let rows: Vec<String> = company()
                    .iter()
                    .map(|row| format!("({})", row.iter().map(quoted).collect::<Vec<_>>().join(", ")))
                    .collect();
                format!(
                    "DROP TABLE IF EXISTS company; DROP TABLE IF EXISTS odd; DROP TABLE IF EXISTS large; {TABLE}; \
                     INSERT INTO company VALUES {}; ANALYZE;",
                    rows.join(", ")
                )
            }
            Change::Delete(key) => format!("DELETE FROM company WHERE id = '{key}'"),
            Change::Rename(key, name) => format!("UPDATE company SET name = '{name}' WHERE id = '{key}'"),
            Change::Insert(key) => format!("INSERT INTO company (id, name) VALUES ('{key}', 'new')"),
            Change::AddColumn => "ALTER TABLE company ADD COLUMN extra TEXT DEFAULT 'x'".to_owned(),
            Change::DropColumn => "ALTER TABLE company DROP COLUMN remark".to_owned(),
            Change::RenameColumn => "ALTER TABLE company RENAME COLUMN remark TO note".to_owned(),
            Change::Retype => "UPDATE company SET n = 'text ' || n".to_owned(),
            Change::DropTable => "DROP TABLE company".to_owned(),
            Change::OddKeys => {
                "CREATE TABLE odd (k TEXT, v INTEGER); INSERT INTO odd VALUES ('b', 1), (NULL, 2), \
                                ('a', 3), ('b', 4), (NULL, 5), ('b', 6), ('c', 7)"
                    .to_owned()
            }
            Change::Large => "CREATE TABLE large (k INTEGER PRIMARY KEY, v TEXT); \
                              WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12) \
                              INSERT INTO large SELECT i, i || printf('%.*c', 10000000, 'x') FROM n"
                .to_owned(),
        };
        self.run(&sql);
    }

    fn native(&self) -> Vec<Vec<String>> {
        let sql = "SELECT * FROM company ORDER BY id";
        let printed = Command::new("sqlite3")
            .args(["-readonly", "-ascii", "-nullvalue", NULL])
            .arg(self.path())
            .arg(sql)
            .stdin(Stdio::null())
            .output();
        let Ok(printed) = printed else {
            eprintln!("sqlite3 is not installed: expected values are those that were written");
            let mut rows: Vec<Vec<String>> = company()
                .iter()
                .map(|row| row.iter().map(|cell| cell.clone().unwrap_or_else(|| NULL.to_owned())).collect())
                .collect();
            rows.sort();
            return rows;
        };
        let printed = String::from_utf8(printed.stdout).unwrap();
        let printed = printed.strip_suffix('\u{1e}').unwrap_or(&printed);
        printed.split('\u{1e}').map(|row| row.split('\u{1f}').map(str::to_owned).collect()).collect()
    }

    fn n_connections(&self) -> Option<usize> {
        let own = std::fs::read_dir("/proc/self/fd").unwrap().flatten();
        let path = self.path();
        Some(own.filter(|entry| std::fs::read_link(entry.path()).is_ok_and(|to| to == path)).count())
    }

    fn fingerprint(&self) -> String {
        let bytes = |path: &Path| std::fs::read(path).map(|bytes| contract::Digest::of(&bytes)).ok();
        let log = self.folder.path().join("zone.db-wal");
        let log = std::fs::metadata(log).map_or(0, |metadata| metadata.len());
        format!("{:?} {log}", bytes(&self.path()))
    }

    fn hazards(&self) -> Vec<(String, Value, Value)> {
        let cases = hazards();
        let rows_sql: Vec<String> =
            cases.iter().enumerate().map(|(at, (expression, _))| format!("({at}, {expression})")).collect();
        self.run(&format!(
            "DROP TABLE IF EXISTS hazard; CREATE TABLE hazard (id INTEGER PRIMARY KEY, v); INSERT INTO hazard VALUES {}",
            rows_sql.join(", ")
        ));
        let (source, request) = (self.source(), request(self.stream("hazard")));
        let read = std::thread::scope(|scope| {
            let read = scope.spawn(|| tests::runtime().block_on(rows(source.as_ref(), request)));
            read.join().unwrap()
        });
        cases
            .into_iter()
            .zip(read)
            .map(|((what, expected), (_, cells))| (what.to_owned(), cells[1].clone(), expected))
            .collect()
    }

    fn address(&self) -> String {
        format!("sqlite {}", self.path().display())
    }
}

/// Expressions, and the values they are read as.
fn hazards() -> Vec<(&'static str, Value)> {
    let text = |text: &str| Value::Text(text.to_owned());
    vec![
        ("NULL", Value::Null),
        ("9223372036854775807", Value::Int(i64::MAX)),
        ("-9223372036854775808", Value::Int(i64::MIN)),
        ("0.1 + 0.2", Value::Float(0.1 + 0.2)),
        ("1e300", Value::Float(1e300)),
        ("5e-324", Value::Float(5e-324)),
        ("9e999", Value::Float(f64::INFINITY)),
        ("2.0", Value::Float(2.0)),
        ("''", text("")),
        ("'5'", text("5")),
        ("'a;b:c' || char(0) || 'd'", text("a;b:c\u{0}d")),
        ("x''", Value::Bytes(Vec::new())),
        ("x'00ff3b'", Value::Bytes(vec![0, 255, 0x3b])),
        ("CAST(x'b5c2d1f4' AS TEXT)", Value::Odd { text: "\\xb5c2d1f4".to_owned(), why: "bad-encoding" }),
        ("'\u{20bb7}\u{1f600}'", text("\u{20bb7}\u{1f600}")),
        ("12345678901234567890", Value::Float(12_345_678_901_234_567_890.0)),
    ]
}
