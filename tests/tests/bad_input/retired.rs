//! A stream that was taken out of the configuration: told once, retired when asked, and back when it is put back.

use demo::servers::Postgres;
use tests::bench::{Bench, store_on};
use tests::{postgres, shown};

const DATABASE: &str = "store_retired";

const CODES: [&str; 5] = [
    "91350100M000100Y43",
    "914403001922038216",
    "9144030071526726XG",
    "91110000802100433B",
    "91610131MA6TE5T09D",
];

/// Facts that make subjects, and a row that is set aside.
fn old_facts() -> String {
    let mut sql =
        "CREATE TABLE facts (id text PRIMARY KEY, name text, fine text, day text, ratio text, note text, \
                   code text);\n"
            .to_owned();
    for (n, code) in CODES.iter().enumerate() {
        sql.push_str(&format!(
            "INSERT INTO facts VALUES ('O{n}', '单位{n}', '1.00', '2024-01-01', '1', '', '{code}');\n"
        ));
    }
    sql + "INSERT INTO facts VALUES ('O9', '单位九', '见合同', '2024-01-01', '1', '', NULL);\n"
}

/// One value of the store, asked of the engine itself.
fn asked(bench: &Bench, server: Option<&Postgres>, sql: &str) -> String {
    match server {
        Some(server) => server.psql(DATABASE, sql).expect("an answer").trim().to_owned(),
        None => bench.sqlite("config/tongjian.db", sql),
    }
}

fn is_told_and_retired(server: Option<&Postgres>) {
    let bench = Bench::new();
    if let Some(server) = server {
        store_on(&bench.config, server, DATABASE);
    }
    bench.sqlite("old.db", &old_facts());
    bench.sqlite_source("old", "old.db");
    bench.edit("departments/old.toml", "fields = {", "anchor = \"subject\"\nfields = { uscc = \"code\",");
    assert_eq!(bench.pull(&[]).code, 3, "a row is set aside");
    let whole = bench.dump();
    assert_eq!(whole.matches("entity subject old/facts/").count(), CODES.len(), "{whole}");
    let run = |words: &[&str], code: i32| {
        let output = bench.tongjian(words);
        assert_eq!(output.status.code(), Some(code), "{words:?}: {}", shown(&output));
        shown(&output)
    };

    assert!(run(&["retire", "--source", "old", "--yes"], 2).contains("TJ-V240"), "it is configured");
    let path = bench.config.join("departments/old.toml");
    let mapping = std::fs::read_to_string(&path).expect("readable");
    std::fs::remove_file(&path).expect("removed");
    let status = run(&["status"], 0);
    assert!(status.contains("no longer configured: old/facts; 6 records"), "{status}");
    assert!(status.contains("tongjian retire --source old --stream facts --yes"), "{status}");
    assert!(!status.contains("| old"), "{status}");
    assert!(bench.status("old").is_null() && bench.status("good")["received"] == 120);
    let quality = run(&["quality"], 0);
    assert!(quality.contains("no longer configured: old/facts; 6 records"), "{quality}");

    // Nothing goes before somebody is certain.
    assert!(run(&["retire", "--source", "old"], 2).contains("old/facts"));
    run(&["retire", "--source", "nobody", "--yes"], 4);
    assert!(run(&["retire", "--source", "good", "--yes"], 2).contains("TJ-V240"));
    assert_eq!(bench.dump(), whole);

    let told = "SELECT count(*) FROM feed WHERE record IS NOT NULL";
    let before: u64 = asked(&bench, server, told).parse().expect("a number");
    assert!(run(&["retire", "--source", "old", "--stream", "facts", "--yes"], 0).contains('6'));
    // Once more, there is nothing left to do.
    for words in [&["retire", "--source", "old", "--yes"][..], &["retire", "--source", "old"]] {
        assert!(run(words, 0).contains("old/facts left nothing any more"));
    }
    let dump = bench.dump();
    assert!(!dump.contains("old/facts") && !dump.contains("entity subject"), "{dump}");
    let after: u64 = asked(&bench, server, told).parse().expect("a number");
    assert_eq!(after - before, CODES.len() as u64, "the feed tells of every record that goes");
    let kept = asked(&bench, server, "SELECT count(*) FROM record_key WHERE deleted_seq IS NOT NULL");
    assert_eq!(kept, CODES.len().to_string(), "history keeps them");
    let status = run(&["status"], 0);
    assert!(!status.contains("old"), "{status}");

    // Put back, it is read whole.
    std::fs::write(&path, mapping).expect("written");
    assert_eq!(bench.pull(&[]).code, 3);
    assert_eq!(bench.dump(), whole);
}

#[test]
fn a_stream_taken_out_is_told_and_retired() {
    is_told_and_retired(None);
}

#[test]
fn the_same_on_postgres() {
    is_told_and_retired(Some(postgres()));
}
