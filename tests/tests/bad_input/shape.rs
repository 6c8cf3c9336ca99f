//! Tables and columns that come, go and change.

use demo::servers::{Mariadb, Postgres};
use tests::bench::{Bench, database, for_mysql, mysql_database, rows, table};
use tests::{mariadb, postgres};

/// A bench with a source `bad` of 120 rows on one engine, and what runs statements there.
struct Shaped {
    bench: Bench,
    place: Place,
}

/// Where its rows are.
enum Place {
    File,
    Postgres(&'static Postgres, String),
    Mysql(&'static Mariadb, String),
}

impl Shaped {
    fn run(&self, sql: &str) {
        match &self.place {
            Place::Postgres(server, name) => drop(server.psql(name, sql).expect("psql")),
            Place::Mysql(server, name) => drop(server.sql(name, &for_mysql(sql)).expect("mariadb")),
            Place::File => drop(self.bench.sqlite("bad.db", sql)),
        }
    }
}

/// The same on each engine, after a first pull that came through.
fn on_each_engine(name: &str, test: impl Fn(&Shaped)) {
    let filled = format!("{}{}", table("facts"), rows("facts", 1, 120));
    let bench = Bench::new();
    bench.sqlite_source("bad", "bad.db");
    let embedded = Shaped { bench, place: Place::File };
    let bench = Bench::new();
    database(postgres(), name);
    bench.postgres_source("bad", postgres(), name);
    let on_server = Shaped { bench, place: Place::Postgres(postgres(), name.to_owned()) };
    let bench = Bench::new();
    mysql_database(mariadb(), name);
    bench.source("bad", &bench.mysql_engine(mariadb(), name, mariadb().user(), mariadb().password()));
    let on_mysql = Shaped { bench, place: Place::Mysql(mariadb(), name.to_owned()) };
    for shaped in [embedded, on_server, on_mysql] {
        shaped.run(&filled);
        let pulled = shaped.bench.pull(&[]);
        assert_eq!(pulled.code, 0, "{pulled:#?}");
        test(&shaped);
    }
}

/// What the graph holds of the source is as before.
fn kept(bench: &Bench) {
    assert_eq!(bench.status("bad")["received"], 120);
    assert_eq!(bench.status("bad")["dead_letters"], 0);
}

#[test]
fn a_dropped_table_stops_and_keeps_its_data() {
    on_each_engine("shape_dropped", |shaped| {
        let before = shaped.bench.dump();
        shaped.run("DROP TABLE facts;");
        let pulled = shaped.bench.pull(&[]);
        assert_eq!(pulled.code, 3);
        pulled.good().is("bad", "stopped", "`facts` is not in the source");
        kept(&shaped.bench);
        assert_eq!(shaped.bench.dump(), before);
        shaped.run(&format!("{}{}", table("facts"), rows("facts", 1, 120)));
        let pulled = shaped.bench.pull(&[]);
        assert_eq!(
            (pulled.code, &pulled.is("bad", "idle", "")["unchanged"]),
            (0, &120.into()),
            "{pulled:#?}"
        );
    });
}

#[test]
fn a_renamed_table_stops_and_keeps_its_data() {
    on_each_engine("shape_renamed", |shaped| {
        shaped.run("ALTER TABLE facts RENAME TO facts_2024;");
        let pulled = shaped.bench.pull(&[]);
        assert_eq!(pulled.code, 3);
        pulled.good().is("bad", "stopped", "`facts` is not in the source");
        kept(&shaped.bench);
    });
}

#[test]
fn an_added_column_changes_nothing() {
    on_each_engine("shape_added", |shaped| {
        let before = shaped.bench.dump();
        shaped.run("ALTER TABLE facts ADD COLUMN extra text;");
        let pulled = shaped.bench.pull(&[]);
        assert_eq!((pulled.code, &pulled.is("bad", "idle", "")["updated"]), (0, &0.into()), "{pulled:#?}");
        assert_eq!(shaped.bench.dump(), before);
    });
}

#[test]
fn a_dropped_column_stops_names_itself_and_keeps_the_data() {
    on_each_engine("shape_column", |shaped| {
        let before = shaped.bench.dump();
        shaped.run("ALTER TABLE facts DROP COLUMN note;");
        let pulled = shaped.bench.pull(&[]);
        assert_eq!(pulled.code, 3);
        pulled.good().is("bad", "stopped", "note");
        kept(&shaped.bench);
        assert_eq!(shaped.bench.dump(), before);
    });
}

#[test]
fn a_renamed_column_stops_and_the_mapping_mends_it() {
    on_each_engine("shape_rename", |shaped| {
        let before = shaped.bench.dump();
        shaped.run("ALTER TABLE facts RENAME COLUMN fine TO fine_amount;");
        let pulled = shaped.bench.pull(&[]);
        assert_eq!(pulled.code, 3);
        pulled.good().is("bad", "stopped", "fine");
        assert_eq!(shaped.bench.dump(), before);
        shaped.bench.edit("departments/bad.toml", "column = \"fine\"", "column = \"fine_amount\"");
        let pulled = shaped.bench.pull(&[]);
        assert_eq!(pulled.code, 0, "{pulled:#?}");
        assert_eq!(shaped.bench.dump(), before);
    });
}

#[test]
fn a_retyped_column_is_read_as_it_is_now() {
    let name = "shape_retyped";
    let server = postgres();
    let bench = Bench::new();
    database(server, name);
    bench.postgres_source("bad", server, name);
    server.psql(name, &format!("{}{}", table("facts"), rows("facts", 1, 120))).expect("rows");
    assert_eq!(bench.pull(&[]).code, 0);
    let before = bench.dump();
    server
        .psql(name, "ALTER TABLE facts ALTER COLUMN fine TYPE numeric(20,2) USING fine::numeric, ALTER COLUMN day TYPE date USING day::date")
        .expect("retyped");
    let pulled = bench.pull(&[]);
    assert_eq!(pulled.code, 0, "{pulled:#?}");
    assert_eq!(bench.dump(), before, "the same values of other types are the same facts");
    // A type that no field of money can be read from.
    server
        .psql(name, "ALTER TABLE facts ALTER COLUMN fine TYPE bytea USING '\\x00'::bytea")
        .expect("retyped");
    let pulled = bench.pull(&[]);
    assert_eq!(pulled.code, 3, "{pulled:#?}");
    pulled.good();
    // Either it stops and says why, or every row is a dead letter that says why: never a wrong amount.
    let dump = bench.dump();
    let is_kept = pulled.stream("bad")["state"] == "stopped" && dump == before;
    let is_dead = bench.status("bad")["dead_letters"] == 120;
    assert!(is_kept || is_dead, "{pulled:#?}");
}
