//! Sources that cannot be reached, or refuse.

use std::net::TcpListener;

use demo::servers::{Options, Postgres};
use tests::bench::{Bench, GOOD_ROWS, database, rows, table};
use tests::{postgres, shown};

/// A bench with a second source, `bad`, on a database of its own with 120 rows.
fn with_database(name: &str, server: &Postgres) -> Bench {
    let bench = Bench::new();
    database(server, name);
    server.psql(name, &format!("{}{}", table("facts"), rows("facts", 1, 120))).expect("rows");
    bench.postgres_source("bad", server, name);
    bench
}

#[test]
fn a_wrong_password_stops_its_source_only() {
    let bench = with_database("bad_password", postgres());
    let password = format!("bad_password.{}.password", postgres().user());
    bench.write(&password, "not the password");
    let pulled = bench.pull(&[]);
    assert_eq!(pulled.code, 3);
    pulled.good().is("bad", "stopped", "refuses the account");
    assert!(!format!("{pulled:?}").contains("not the password"), "{pulled:?}");
    let check = bench.tongjian(&["check"]);
    assert_eq!(check.status.code(), Some(69));
    assert!(String::from_utf8_lossy(&check.stdout).contains("TJ-S003"), "{}", tests::shown(&check));
    // Mended: it goes on by itself.
    bench.write(&password, postgres().password());
    let pulled = bench.pull(&[]);
    assert_eq!(pulled.code, 0, "{pulled:#?}");
    assert_eq!(pulled.is("bad", "idle", "")["inserted"], 120);
}

#[test]
fn a_host_that_is_down_is_told_and_tried_again() {
    let bench = with_database("bad_host", postgres());
    // A port that was free a moment ago: nobody listens there.
    let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").port();
    let right = format!("port = {}", postgres().port());
    bench.edit("departments/bad.toml", &right, &format!("port = {port}"));
    let pulled = bench.pull(&[]);
    assert_eq!(pulled.code, 3);
    pulled.good().is("bad", "resting", "cannot be reached");
    // Asked for alone, nothing is done at all.
    assert_eq!(bench.tongjian(&["pull", "--source", "bad"]).status.code(), Some(69));
    tries_again(&bench);
    bench.edit("departments/bad.toml", &format!("port = {port}"), &right);
    assert_eq!(bench.pull(&[]).is("bad", "idle", "")["inserted"], 120);
}

/// What is true is said: that the connection was refused, and where; not that a pool of ours ran out of time.
#[test]
fn a_store_that_is_not_there_is_told_with_the_reason() {
    let bench = Bench::new();
    let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").port();
    for (place, words) in [
        (format!("127.0.0.1:{port}"), "refused"),
        ("no-such-host.invalid:5432".to_owned(), "no-such-host.invalid:5432"),
    ] {
        let store = format!("hub.store=postgres://x@{place}/x");
        // It tries for a minute; what is said first is enough.
        let output = std::process::Command::new("timeout")
            .args(["14"])
            .arg(tests::binary("tongjian"))
            .arg("-c")
            .arg(&bench.config)
            .args(["status", "--set", &store])
            .output()
            .expect("timeout runs");
        let said = shown(&output);
        assert!(said.contains(words) && said.contains(&place) && !said.contains("pool"), "{said}");
    }
}

/// While the hub runs, another process sees that the source rests, why, and when it is tried next.
fn tries_again(bench: &Bench) {
    let mut serve = bench.start(&["serve", "--quiet"]);
    let is_tried =
        |status: &serde_json::Value| status["state"] == "resting" && status["message_code"] == "TJ-S224";
    while !is_tried(&bench.status("bad")) {
        assert!(serve.is_running(), "the hub ended");
    }
    // It rests 2, 4, … seconds between attempts; from now on it is never said to be reading.
    for _ in 0..30 {
        let status = bench.status("bad");
        assert!(is_tried(&status), "{status}");
        assert!(status["message"].as_str().is_some_and(|text| text.contains("tried again at 2")), "{status}");
    }
    serve.signal("INT");
    serve.ended();
}

#[test]
fn a_server_without_tls_is_refused_where_tls_is_required() {
    let bench = with_database("bad_tls", postgres());
    bench.edit("departments/bad.toml", "mode = \"disable\"", "mode = \"require\"");
    let pulled = bench.pull(&[]);
    assert_eq!(pulled.code, 3);
    pulled.good().is("bad", "stopped", "no encrypted connection");
}

#[test]
fn a_right_missing_on_one_table_stops_that_table() {
    let server = postgres();
    let bench = with_database("bad_right", server);
    server
        .psql(
            "bad_right",
            &format!(
                "{}{}CREATE ROLE clerk LOGIN PASSWORD 'clerk'; GRANT SELECT ON facts TO clerk;",
                table("secrets"),
                rows("secrets", 1, 10)
            ),
        )
        .expect("a role");
    bench.source("bad", &bench.postgres_engine(server, "bad_right", "clerk", "clerk"));
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
    server.psql("bad_right", "GRANT SELECT ON secrets TO clerk").expect("granted");
    assert_eq!(bench.pull(&[]).code, 0);
}

#[test]
fn a_hung_source_slows_nobody() {
    let server = Postgres::start(Options::default()).expect("PostgreSQL starts");
    let bench = with_database("bad_hung", &server);
    server.pause().expect("paused");
    let mut pull = bench.start(&["pull"]);
    // The others come through while it hangs.
    loop {
        let good = bench.tongjian(&["status", "--output", "json"]);
        if good.status.success()
            && bench.status("good")["received"] == GOOD_ROWS
            && bench.status("good")["state"] == "idle"
        {
            break;
        }
        assert!(pull.is_running(), "the pull ended before the good source was through");
    }
    assert!(pull.is_running(), "nothing hung");
    pull.signal("INT");
    let (status, said) = pull.ended();
    assert_eq!(status.code(), Some(130), "{said}");
    server.resume().expect("resumed");
    let pulled = bench.pull(&[]);
    assert_eq!(pulled.code, 0, "{pulled:#?}");
    assert_eq!(pulled.is("bad", "idle", "")["inserted"], 120);
}
