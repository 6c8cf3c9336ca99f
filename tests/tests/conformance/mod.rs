//! One test body for every engine. See `tests::conformance` for the table.

mod changes;
mod faults;
mod file;
mod live;
mod mssql;
mod mssql_traps;
mod mysql;
mod mysql_traps;
mod postgres;
mod reading;
mod sqlite;

use std::sync::Arc;

use contract::{Projection, ReadError, Row, RowBatch, SnapshotRequest, Source, SourceKey, StreamName, Value};
use futures_util::TryStreamExt;
use tests::conformance::{Capability, Change, Engine, Fixture, Standing, standing, table_text};

/// Runs every capability that the engine must show; all failures are told, not the first.
fn conform(fixture: &dyn Fixture) {
    conform_but(fixture, &[]);
}

/// As [`conform`], without capabilities for which the surroundings lack something.
fn conform_but(fixture: &dyn Fixture, left_out: &[Capability]) {
    let mut failures = Vec::new();
    for capability in Capability::ALL.into_iter().filter(|capability| !left_out.contains(capability)) {
        let Standing::Required = standing(fixture.engine(), capability) else { continue };
        let begun = std::time::Instant::now();
        fixture.change(Change::Reset);
        let run = std::panic::AssertUnwindSafe(|| show(fixture, capability));
        if let Err(panic) = std::panic::catch_unwind(run) {
            let words = panic.downcast_ref::<String>().cloned();
            let words = words.or_else(|| panic.downcast_ref::<&str>().map(|words| (*words).to_owned()));
            failures.push(format!("{capability:?}: {}", words.unwrap_or_default()));
        }
        eprintln!("{:?} {capability:?}: {:.1?}", fixture.engine(), begun.elapsed());
    }
    let engine = fixture.engine();
    assert!(
        failures.is_empty(),
        "{} capabilities of {engine:?} fail:\n{}",
        failures.len(),
        failures.join("\n")
    );
}

fn show(fixture: &dyn Fixture, capability: Capability) {
    let runtime = tests::runtime();
    runtime.block_on(async {
        match capability {
            Capability::CheckOk => faults::check_ok(fixture).await,
            Capability::WrongPassword => faults::wrong_password(fixture).await,
            Capability::WrongHost => faults::wrong_host(fixture).await,
            Capability::WrongDatabase => faults::wrong_database(fixture).await,
            Capability::NoTls => faults::no_tls(fixture).await,
            Capability::PrivateAuthority => faults::private_authority(fixture).await,
            Capability::MayWrite => faults::may_write(fixture).await,
            Capability::MissingRight => faults::missing_right(fixture).await,
            Capability::Discover => reading::discover(fixture).await,
            Capability::ReadTwice => reading::read_twice(fixture).await,
            Capability::NativeValues => reading::native_values(fixture).await,
            Capability::Hazards => reading::hazards(fixture),
            Capability::Resume => reading::resume(fixture).await,
            Capability::Projection => reading::projection(fixture).await,
            Capability::KeyOrder => reading::key_order(fixture).await,
            Capability::OddKeys => changes::odd_keys(fixture).await,
            Capability::DeleteAndUpdate => changes::delete_and_update(fixture).await,
            Capability::Drift => changes::drift(fixture).await,
            Capability::Lookup => live::lookup(fixture).await,
            Capability::Select => live::select(fixture).await,
            Capability::HostileText => live::hostile_text(fixture).await,
            Capability::RangeDigest => live::range_digest(fixture).await,
            Capability::ConsistentView | Capability::LateCommit => changes::consistent_view(fixture).await,
            Capability::Cancel => faults::cancel(fixture).await,
            Capability::BoundedConnections => faults::bounded_connections(fixture).await,
            Capability::Hung => faults::hung(fixture).await,
            Capability::CutOff => faults::cut_off(fixture).await,
            Capability::LargeCells => changes::large_cells(fixture),
            Capability::NoWrites => reading::no_writes(fixture).await,
        }
    });
}

#[test]
fn postgres_conforms() {
    if !demo::servers::Postgres::is_installed() {
        eprintln!("skipped: {}", demo::servers::StartError::NotInstalled);
        return;
    }
    conform(&postgres::PostgresFixture::start());
}

#[test]
fn mysql_conforms() {
    if !demo::servers::Mariadb::is_installed() {
        eprintln!("skipped: {}", demo::servers::StartError::MariadbNotInstalled);
        return;
    }
    conform(&mysql::MysqlFixture::start());
}

#[test]
fn mssql_conforms() {
    if !mssql::has_client() {
        eprintln!(
            "skipped: the client is not installed: run `apt-get install --no-install-recommends freetds-bin`"
        );
        return;
    }
    conform(&mssql::MssqlFixture::start());
}

/// Against a real SQL Server, where one is named: see docs/connectors.md.
#[test]
fn mssql_conforms_on_a_real_server() {
    let Ok(url) = std::env::var("TONGJIAN_TEST_MSSQL_URL") else {
        eprintln!("skipped: TONGJIAN_TEST_MSSQL_URL names no server");
        return;
    };
    // Whose certificate it has is not known here.
    conform_but(&mssql::MssqlFixture::real(&url), &[Capability::NoTls, Capability::PrivateAuthority]);
}

#[test]
fn sqlite_conforms() {
    conform(&sqlite::SqliteFixture::make());
}

#[test]
fn files_conform() {
    conform(&file::FileFixture::make());
}

#[test]
fn every_engine_stands_in_the_table() {
    let text = table_text();
    for engine in Engine::ALL {
        assert!(text.contains(engine.name()), "{text}");
    }
    assert_eq!(text.lines().filter(|line| line.starts_with("| ")).count(), 1 + Capability::ALL.len());
}

#[test]
fn the_documentation_holds_the_table() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/connectors.md");
    let text = std::fs::read_to_string(page).unwrap();
    assert!(text.contains(&table_text()), "{page} should hold:\n{}", table_text());
}

/// Run by [`changes::large_cells`] in a process of its own, so that its peak of memory is nobody else's.
#[test]
#[ignore = "a child of another test"]
fn large_cells_probe() {
    let Some(address) = std::env::var_os("TONGJIAN_PROBE") else { return };
    let address = address.into_string().unwrap();
    let (source, stream): (Arc<dyn Source>, StreamName) = match address.split_once(' ') {
        Some(("postgres", rest)) => (postgres::of_address(rest), "public.large".parse().unwrap()),
        Some(("mysql", rest)) => (mysql::of_address(rest), "large".parse().unwrap()),
        Some(("mssql", rest)) => (mssql::of_address(rest), "large".parse().unwrap()),
        Some(("sqlite", rest)) => (sqlite::of_address(rest), "large".parse().unwrap()),
        Some(("file", rest)) => (file::of_address(rest), "large.csv".parse().unwrap()),
        _ => panic!("{address}"),
    };
    tests::runtime().block_on(changes::probe(source.as_ref(), stream));
}

fn request(stream: StreamName) -> SnapshotRequest {
    SnapshotRequest {
        stream,
        key: Vec::new(),
        projection: Projection::All,
        after: None,
        max_rows: 137,
        max_bytes: 1 << 20,
        max_cell_bytes: 1 << 20,
    }
}

async fn batches(source: &dyn Source, request: SnapshotRequest) -> Result<Vec<RowBatch>, ReadError> {
    source.snapshot(request).try_collect().await
}

async fn rows(source: &dyn Source, request: SnapshotRequest) -> Vec<(Row, Vec<Value>)> {
    let batches = batches(source, request).await.expect("a snapshot");
    assert_eq!(batches.iter().filter(|batch| batch.is_last).count(), 1, "one batch is the last");
    batches.iter().flat_map(typed).collect()
}

fn typed(batch: &RowBatch) -> Vec<(Row, Vec<Value>)> {
    batch.rows.iter().map(|row| (row.clone(), batch.cells(row).expect("cells"))).collect()
}

fn keys(rows: &[(Row, Vec<Value>)]) -> Vec<String> {
    rows.iter().map(|(row, _)| row.key.clone().map_or_else(|why| format!("!{why:?}"), |key| key.0)).collect()
}

fn key(text: &str) -> SourceKey {
    SourceKey::of([text])
}

/// Texts that try to be more than a value.
const HOSTILE: [&str; 10] = [
    "' OR 1=1 --",
    "'; DROP TABLE company; --",
    "\\'; DELETE FROM company; --",
    "$1",
    "?1",
    "x' UNION SELECT 1 --",
    "{a}",
    "a\u{0}b",
    "%",
    "\u{ff07} OR \u{ff11}=1",
];
