//! `cargo x bench pull`: the registry of 150,000 rows from PostgreSQL into both stores and from MariaDB into SQLite,
//! beside their floors.
//!
//! Floors, measured in the same run: the source's (`COPY … TO STDOUT`, `mariadb --quick`), and the store's: the same final tables and
//! indexes filled by the engine alone. Prints medians and the machine; asserts nothing.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use demo::make::Places;
use demo::servers::{Mariadb, MariadbOptions, Options, Postgres};
use demo::world::World;
use tests::Zone;

/// Wall time and CPU of one thing done once.
#[derive(Clone, Copy)]
struct Cost {
    wall: Duration,
    cpu: Duration,
}

fn main() {
    let n: u64 = argument("--rows").unwrap_or(150_000);
    let rounds: usize = argument("--rounds").unwrap_or(3) as usize;
    machine();
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

    let ours = median(rounds, || {
        zone.forget();
        cost(&mut tongjian(&zone, &pull))
    });
    let copied = median(rounds, || sqlite_floor(&zone, ""));
    line("SQLite, its pages copied, nothing inserted", copied, rows, None);
    let floor = median(rounds, || sqlite_floor(&zone, " WHERE true"));
    line("SQLite, store floor", floor, rows, None);
    line("SQLite, tongjian pull", ours, rows, Some(floor));
    mysql(&zone, n, rounds, floor);
    let again = median(rounds, || cost(&mut tongjian(&zone, &pull)));
    line("SQLite, compared again, nothing changed", again, rows, Some(source));
    change(&server);
    let diff = median(1, || cost(&mut tongjian(&zone, &pull)));
    line("SQLite, one row gone and one changed", diff, rows, Some(source));

    let ours = median(rounds, || {
        store_database(&server, "hub_store");
        let store = format!("hub.store={}", server.url("hub_store"));
        let words = ["--set", &store, "--set", "ingest.allow_inline_secrets=true"];
        cost(&mut tongjian(&zone, &[&words[..], &pull[..]].concat()))
    });
    let floor = median(rounds, || postgres_floor(&server));
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

fn argument(name: &str) -> Option<u64> {
    let mut words = std::env::args();
    words.find(|word| word == name)?;
    words.next()?.parse().ok()
}

fn tongjian(zone: &Zone, words: &[&str]) -> Command {
    let mut command = Command::new(tests::binary("tongjian"));
    command.arg("--config").arg(&zone.config).args(words).stdout(Stdio::null());
    command
}

fn psql(server: &Postgres, database: &str, sql: &str) -> Command {
    let mut command = Command::new("psql");
    command.args(["-X", "-q", "-d", &server.url(database), "-c", sql]);
    command
}

/// The tables of the pulled store, made anew and filled by SQLite alone from the old file. With a condition, every
/// row is inserted and every index kept; without one, SQLite copies whole tables and indexes as they stand.
fn sqlite_floor(zone: &Zone, condition: &str) -> Cost {
    let file = zone.folder.path().join("floor.db");
    for end in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{end}", file.display()));
    }
    let store = zone.store().display().to_string();
    let schema = sqlite(&store, ".schema --nosys");
    let names =
        sqlite(&store, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
    let file = file.display().to_string();
    sqlite(&file, &format!("PRAGMA journal_mode = WAL;\n{schema}"));
    let mut script =
        format!("PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536; ATTACH '{store}' AS old; BEGIN;\n");
    for name in names.lines() {
        script.push_str(&format!(
            "DELETE FROM main.\"{name}\"; INSERT INTO main.\"{name}\" SELECT * FROM old.\"{name}\"{condition};\n"
        ));
    }
    script.push_str("COMMIT;");
    cost(Command::new("sqlite3").arg(&file).arg(&script).stdout(Stdio::null()))
}

fn sqlite(file: &str, script: &str) -> String {
    let output = Command::new("sqlite3").arg(file).arg(script).output().expect("sqlite3 runs");
    assert!(output.status.success(), "{}", tests::shown(&output));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The tables of the pulled store, made anew and filled by COPY from files.
fn postgres_floor(server: &Postgres) -> Cost {
    store_database(server, "hub_floor");
    let pipe = |command: String| {
        let status =
            Command::new("sh").args(["-c", &command]).stdout(Stdio::null()).status().expect("sh runs");
        assert!(status.success(), "{command}");
    };
    let file = std::env::temp_dir().join(format!("tj-floor-{}.sql", std::process::id()));
    let (old, new, file) = (server.url("hub_store"), server.url("hub_floor"), file.display());
    pipe(format!("pg_dump --schema-only '{old}' | psql -X -q '{new}'"));
    pipe(format!("pg_dump --data-only '{old}' > {file}"));
    let loaded = cost(
        Command::new("psql")
            .args(["-X", "-q", "-1", "-d", &new, "-f", &file.to_string()])
            .stdout(Stdio::null()),
    );
    let _ = std::fs::remove_file(file.to_string());
    loaded
}

fn store_database(server: &Postgres, name: &str) {
    server.psql("postgres", &format!("DROP DATABASE IF EXISTS {name}")).expect("dropped");
    server
        .psql("postgres", &format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"))
        .expect("made");
}

/// One row goes, one changes without a trace.
fn change(server: &Postgres) {
    let sql = "DELETE FROM t_ztjbxx WHERE nbxh = (SELECT max(nbxh) FROM t_ztjbxx); \
               UPDATE t_ztjbxx SET zs = zs || '（变）' WHERE nbxh = (SELECT min(nbxh) FROM t_ztjbxx)";
    server.psql("department_registry", sql).expect("changed");
}

/// Runs a program: its wall time, and the CPU it and its own children took.
fn cost(command: &mut Command) -> Cost {
    let before = children();
    let started = Instant::now();
    let status = command.stderr(Stdio::null()).status().expect("the program runs");
    let wall = started.elapsed();
    assert!(matches!(status.code(), Some(0 | 3)), "{command:?} ended with {status}");
    Cost { wall, cpu: children() - before }
}

/// CPU of children waited for, in ticks of 10 ms.
fn children() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    let after = stat.rsplit(')').next().unwrap_or("");
    let fields: Vec<u64> = after.split_whitespace().map(|field| field.parse().unwrap_or(0)).collect();
    Duration::from_millis((fields.get(13).unwrap_or(&0) + fields.get(14).unwrap_or(&0)) * 10)
}

fn median(rounds: usize, mut once: impl FnMut() -> Cost) -> Cost {
    let mut costs: Vec<Cost> = (0..rounds.max(1)).map(|_| once()).collect();
    costs.sort_by_key(|cost| cost.wall);
    costs[costs.len() / 2]
}

#[expect(clippy::print_stdout, reason = "the report")]
fn line(what: &str, cost: Cost, rows: f64, floor: Option<Cost>) {
    let wall = cost.wall.as_secs_f64();
    let ratio = floor
        .map(|floor| format!("  {:.2} × its floor", floor.wall.as_secs_f64() / wall))
        .unwrap_or_default();
    println!(
        "{what:42} {wall:7.2} s  {:>9.0} rows/s  {:6.2} CPU-s  {:5.1} µs CPU/row{ratio}",
        rows / wall,
        cost.cpu.as_secs_f64(),
        cost.cpu.as_secs_f64() * 1e6 / rows,
    );
}

#[expect(clippy::print_stdout, reason = "the report")]
fn machine() {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model =
        cpu.lines().find(|line| line.starts_with("model name")).and_then(|line| line.split(": ").nth(1));
    let n = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    println!("{} × {}", n, model.unwrap_or("unknown"));
}
