//! What the stores can do alone: the same final tables and indexes, filled by the engine itself.

use std::process::{Command, Stdio};

use demo::servers::Postgres;
use tests::Zone;

use crate::cost::{Cost, cost};

/// The tables of the pulled store, made anew and filled by SQLite alone from the old file. With a condition, every
/// row is inserted and every index kept; without one, SQLite copies whole tables and indexes as they stand.
pub(crate) fn sqlite_floor(zone: &Zone, condition: &str) -> Cost {
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
pub(crate) fn postgres_floor(server: &Postgres) -> Cost {
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

pub(crate) fn store_database(server: &Postgres, name: &str) {
    server.psql("postgres", &format!("DROP DATABASE IF EXISTS {name}")).expect("dropped");
    server
        .psql("postgres", &format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"))
        .expect("made");
}
