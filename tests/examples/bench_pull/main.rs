//! `cargo x bench pull`: departments' tables into the graph, beside their floors.
//!
//! | `--part` | what |
//! |---|---|
//! | `registry` | the registry of 150,000 rows (`--rows`) from PostgreSQL into both stores, from MariaDB into SQLite |
//! | `zone`, `servers` | all twenty-two departments at scale 1, embedded and on servers |
//! | `hung` | the same, embedded, beside one source more that takes connections and never answers |
//! | `large` | five million rows (`--large`) about 143,000 subjects: memory |
//!
//! Floors, measured in the same run: the source's (`COPY … TO STDOUT`, `mariadb --quick`), and the store's: the same final
//! tables and indexes filled by the engine alone. Prints medians of `--rounds` and the machine; asserts nothing.

mod cost;
mod floors;
mod zone;

use std::process::{Command, Stdio};

use demo::make::Places;
use demo::servers::{Mariadb, MariadbOptions, Options, Postgres};
use demo::world::World;
use tests::Zone;

use cost::{Cost, cost, in_turn, line, machine, median};
use floors::{postgres_floor, sqlite_floor, store_database};

fn main() {
    let n: u64 = argument("--rows").unwrap_or(150_000);
    let rounds: usize = argument("--rounds").unwrap_or(3) as usize;
    let part: Option<String> = argument("--part");
    let is_asked = |name: &str| part.as_deref().is_none_or(|part| part == name);
    machine();
    if is_asked("registry") {
        registry(n, rounds);
    }
    if is_asked("zone") {
        zone::whole(rounds.min(3), false);
    }
    if is_asked("servers") {
        zone::whole(rounds.min(3), true);
    }
    if is_asked("hung") {
        zone::hung();
    }
    if is_asked("large") {
        zone::large(argument("--large").unwrap_or(5_000_000));
    }
}

/// The registry's table from each engine into each store, beside the floors.
fn registry(n: u64, rounds: usize) {
    let server =
        Postgres::start(Options { fsync: true, ..Options::default() }).expect("PostgreSQL is installed");
    eprintln!("making {n} registrations …");
    let zone = Zone::make(&World::new(1, n), 1, Some(&server));
    let rows = n as f64;
    let pull = ["pull", "--quiet", "--source", "registry", "--stream", "t_ztjbxx"];

    let source = median(rounds, || {
        let copy = "COPY (SELECT * FROM t_ztjbxx ORDER BY nbxh) TO STDOUT";
        cost(psql(&server, "department_registry", copy).stdout(Stdio::null()))
    });
    line("source floor: COPY … TO STDOUT", source, rows, None);

    let pulled = || {
        zone.forget();
        cost(&mut tongjian(&zone, &pull))
    };
    let (ours, floor) = in_turn(rounds, pulled, || sqlite_floor(&zone, " WHERE true"));
    let copied = median(rounds, || sqlite_floor(&zone, ""));
    line("SQLite, its pages copied, nothing inserted", copied, rows, None);
    line("SQLite, store floor", floor, rows, None);
    line("SQLite, tongjian pull", ours, rows, Some(floor));
    mysql(&zone, n, rounds, floor);
    let again = median(rounds, || cost(&mut tongjian(&zone, &pull)));
    line("SQLite, compared again, nothing changed", again, rows, Some(source));
    change(&server);
    let diff = median(1, || cost(&mut tongjian(&zone, &pull)));
    line("SQLite, one row gone and one changed", diff, rows, Some(source));

    let pulled = || {
        store_database(&server, "hub_store");
        // By the socket, as docs/operate.md advises for one machine.
        let socket = server.socket_folder().display();
        let store = format!("hub.store={}?host={socket}", server.url("hub_store"));
        let words = ["--set", &store, "--set", "ingest.allow_inline_secrets=true"];
        cost(&mut tongjian(&zone, &[&words[..], &pull[..]].concat()))
    };
    let (ours, floor) = in_turn(rounds, pulled, || postgres_floor(&server));
    line("PostgreSQL, store floor (fsync on)", floor, rows, None);
    line("PostgreSQL, tongjian pull", ours, rows, Some(floor));
}

/// The same table on MariaDB, where its programs are installed. The account and its password are PostgreSQL's.
fn mysql(zone: &Zone, n: u64, rounds: usize, floor: Cost) {
    if !Mariadb::is_installed() {
        eprintln!("MariaDB is not installed: left out");
        return;
    }
    let server =
        Mariadb::start(MariadbOptions { fsync: true, ..MariadbOptions::default() }).expect("MariaDB starts");
    let database = Places::database("registry");
    tests::runtime().block_on(async {
        let world = World::new(1, n);
        let mut connection = demo::write::mysql::open(&server.url(""), &database).await.expect("a database");
        let sheets = demo::departments::sheets();
        let sheet = sheets.iter().find(|sheet| sheet.table.name == "t_ztjbxx").expect("the registry");
        demo::write::mysql::fill(&mut connection, sheet.table, (sheet.rows)(&world), &mut |_| Ok(()))
            .await
            .expect("rows");
        connection.disconnect().await.expect("closed");
    });
    let rows = n as f64;
    let source = median(rounds, || {
        let sql = "SELECT * FROM t_ztjbxx ORDER BY nbxh";
        cost(server.client(&database).args(["--quick", "--batch", "-e", sql]).stdout(Stdio::null()))
    });
    line("source floor: mariadb --quick", source, rows, None);
    let port = format!("source.registry.port={}", server.port());
    let set = ["--set", "source.registry.engine=mysql", "--set", &port];
    let words: Vec<&str> =
        set.into_iter().chain(["pull", "--quiet", "--source", "registry", "--stream", "t_ztjbxx"]).collect();
    let ours = median(rounds, || {
        zone.forget();
        cost(&mut tongjian(zone, &words))
    });
    line("SQLite from MariaDB, tongjian pull", ours, rows, Some(floor));
    let again = median(rounds, || cost(&mut tongjian(zone, &words)));
    line("SQLite from MariaDB, compared again", again, rows, Some(source));
    // What follows goes on with PostgreSQL's rows.
    zone.forget();
    cost(&mut tongjian(zone, &words[4..]));
}

fn argument<T: std::str::FromStr>(name: &str) -> Option<T> {
    let mut words = std::env::args();
    words.find(|word| word == name)?;
    words.next()?.parse().ok()
}

pub(crate) fn tongjian(zone: &Zone, words: &[&str]) -> Command {
    let mut command = Command::new(tests::binary("tongjian"));
    command.arg("--config").arg(&zone.config).args(words).stdout(Stdio::null());
    command
}

fn psql(server: &Postgres, database: &str, sql: &str) -> Command {
    let mut command = Command::new("psql");
    command.args(["-X", "-q", "-d", &server.url(database), "-c", sql]);
    command
}

/// One row goes, one changes without a trace.
fn change(server: &Postgres) {
    let sql = "DELETE FROM t_ztjbxx WHERE nbxh = (SELECT max(nbxh) FROM t_ztjbxx); \
               UPDATE t_ztjbxx SET zs = zs || '（变）' WHERE nbxh = (SELECT min(nbxh) FROM t_ztjbxx)";
    server.psql("department_registry", sql).expect("changed");
}
