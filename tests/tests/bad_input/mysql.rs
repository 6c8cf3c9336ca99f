//! Departments on MariaDB: not reached, refusing, hanging, and cells that only they hold.

use std::net::TcpListener;

use demo::servers::{Mariadb, MariadbOptions};
use tests::bench::{Bench, for_mysql, mysql_database, rows, table};
use tests::mariadb;

/// A bench with a second source, `bad`, on a database of its own with 120 rows.
fn with_database(name: &str, server: &Mariadb) -> Bench {
    let bench = Bench::new();
    mysql_database(server, name);
    let filled = format!("{}{}", table("facts"), rows("facts", 1, 120));
    server.sql(name, &for_mysql(&filled)).expect("rows");
    bench.source("bad", &bench.mysql_engine(server, name, server.user(), server.password()));
    bench
}

#[test]
fn mariadb_that_refuses_or_is_down_stops_nobody_else() {
    let (server, name) = (mariadb(), "bad_reaching");
    let bench = with_database(name, server);
    let password = format!("{name}.{}.password", server.user());
    bench.write(&password, "not the password");
    let pulled = bench.pull(&[]);
    assert_eq!(pulled.code, 3);
    pulled.good().is("bad", "stopped", "refuses the account");
    assert!(!format!("{pulled:?}").contains("not the password"), "{pulled:?}");
    let check = bench.tongjian(&["check"]);
    assert!(String::from_utf8_lossy(&check.stdout).contains("TJ-S003"), "{}", tests::shown(&check));
    bench.write(&password, server.password());

    // A port that was free a moment ago: nobody listens there.
    let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").port();
    let right = format!("port = {}", server.port());
    bench.edit("departments/bad.toml", &right, &format!("port = {port}"));
    bench.pull(&[]).good().is("bad", "resting", "cannot be reached");
    bench.edit("departments/bad.toml", &format!("port = {port}"), &right);

    bench.edit("departments/bad.toml", "mode = \"disable\"", "mode = \"require\"");
    bench.pull(&[]).good().is("bad", "stopped", "no encrypted connection");
    bench.edit("departments/bad.toml", "mode = \"require\"", "mode = \"disable\"");

    let pulled = bench.pull(&[]);
    assert_eq!((pulled.code, &pulled.is("bad", "idle", "")["inserted"]), (0, &120.into()), "{pulled:#?}");
}

#[test]
fn a_right_missing_on_one_mariadb_table_stops_that_table() {
    let (server, name) = (mariadb(), "bad_rights");
    let bench = with_database(name, server);
    let secrets = for_mysql(&format!("{}{}", table("secrets"), rows("secrets", 1, 10)));
    server
        .sql(
            name,
            &format!(
                "{secrets}CREATE OR REPLACE USER clerk IDENTIFIED BY 'clerk'; GRANT SELECT ON facts TO clerk;"
            ),
        )
        .expect("an account");
    bench.source("bad", &bench.mysql_engine(server, name, "clerk", "clerk"));
    let text = std::fs::read_to_string(bench.config.join("departments/bad.toml")).expect("readable");
    let second = text[text.find("[[source").expect("a stream")..].replace("\"facts\"", "\"secrets\"");
    bench.write("departments/bad.toml", &format!("{text}\n{second}"));
    let pulled = bench.pull(&[]);
    assert_eq!(pulled.code, 3);
    pulled.good().is("bad", "idle", "");
    let streams = pulled.report["streams"].as_array().expect("streams");
    let secrets = streams.iter().find(|stream| stream["stream"] == "secrets").expect("the stream");
    assert_eq!(secrets["state"], "stopped", "{pulled:#?}");
    assert!(secrets["message"].as_str().is_some_and(|text| text.contains("right")), "{pulled:#?}");
    server.sql(name, "GRANT SELECT ON secrets TO clerk").expect("granted");
    assert_eq!(bench.pull(&[]).code, 0);
}

#[test]
fn a_mariadb_that_hangs_rests_and_goes_on() {
    let server = Mariadb::start(MariadbOptions::default()).expect("MariaDB starts");
    let bench = with_database("bad_hung", &server);
    server.pause().expect("paused");
    let pulled = bench.pull(&[]);
    assert_eq!(pulled.code, 3);
    pulled.good().is("bad", "resting", "");
    server.resume().expect("resumed");
    let pulled = bench.pull(&[]);
    assert_eq!((pulled.code, &pulled.is("bad", "idle", "")["inserted"]), (0, &120.into()), "{pulled:#?}");
}

#[test]
fn zero_days_and_foreign_bytes_of_mariadb_are_set_aside_with_reasons() {
    let (server, name) = (mariadb(), "bad_cells");
    let bench = Bench::new();
    mysql_database(server, name);
    server
        .sql(
            name,
            "SET sql_mode = 'ALLOW_INVALID_DATES';
             CREATE TABLE facts (id int unsigned PRIMARY KEY, name varchar(40) CHARACTER SET latin1, fine decimal(40,4), day date,
               ratio double, note text);
             INSERT INTO facts VALUES (1, _latin1 X'B5C2D1F4', 922337203685477.58, '2024-01-01', 1, ''),
               (2, _latin1 X'FFFF', 1, '2024-01-01', 1, ''), (3, 'c', 1, '0000-00-00', 1, ''), (4, 'd', 1, '2024-02-31', 1, ''),
               (4000000000, _latin1 X'B9ABCBBE', 12.5, '2024-02-29', 1.25, 'good');",
        )
        .expect("rows");
    let engine = bench.mysql_engine(server, name, server.user(), server.password());
    bench.source("bad", &format!("{engine}\ncharset = \"gbk\""));
    let pulled = bench.pull(&[]);
    assert_eq!(pulled.code, 3, "{pulled:#?}");
    let stream = pulled.good().is("bad", "idle", "");
    assert_eq!((&stream["received"], &stream["inserted"]), (&5.into(), &2.into()), "{pulled:#?}");
    let dump = bench.dump();
    assert!(dump.contains("\u{5fb7}\u{9633}") && dump.contains("9223372036854775800 CNY"), "{dump}");
    let letters = bench.tongjian(&["dead-letters", "list", "--source", "bad"]);
    let text = String::from_utf8_lossy(&letters.stdout);
    for code in ["TJ-D002", "TJ-D004", "TJ-D006"] {
        assert!(text.contains(code), "{code} is not told: {}", tests::shown(&letters));
    }
    // Mended at the source, read again.
    server
        .sql(name, "UPDATE facts SET name = 'b' WHERE id = 2; UPDATE facts SET day = '2024-02-28'")
        .expect("mended");
    let pulled = bench.pull(&[]);
    assert_eq!(pulled.code, 0, "{pulled:#?}");
    assert_eq!(bench.status("bad")["dead_letters"], 0);
}
