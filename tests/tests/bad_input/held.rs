//! Sources that are emptied or halved: held until an operator looked.

use tests::bench::{Bench, rows, table};

/// A bench whose second source had 120 rows and was read.
fn known() -> Bench {
    let bench = Bench::new();
    bench.sqlite("bad.db", &format!("{}{}", table("facts"), rows("facts", 1, 120)));
    bench.sqlite_source("bad", "bad.db");
    assert_eq!(bench.pull(&[]).code, 0);
    bench
}

/// The rows of the graph that the source gave.
fn n_rows(bench: &Bench) -> u64 {
    bench.status("bad")["received"].as_u64().unwrap_or(0)
}

fn held_then_accepted(sql: &str, words: &str, n_after: u64) {
    let bench = known();
    let before = bench.dump();
    bench.sqlite("bad.db", sql);
    for _ in 0..2 {
        // However often it is asked, nothing is deleted.
        let pulled = bench.pull(&[]);
        assert_eq!(pulled.code, 3);
        pulled.good().is("bad", "held", words);
        assert_eq!(bench.dump(), before);
    }
    // Looked at again without accepting: held again.
    assert!(bench.tongjian(&["resume", "--source", "bad", "--stream", "facts"]).status.success());
    bench.pull(&[]).is("bad", "held", words);
    assert_eq!((n_rows(&bench), bench.dump()), (120, before));
    assert!(bench.tongjian(&["resume", "--source", "bad", "--stream", "facts", "--accept"]).status.success());
    let pulled = bench.pull(&[]);
    assert_eq!(
        (pulled.code, &pulled.is("bad", "idle", "")["deleted"]),
        (0, &(120 - n_after).into()),
        "{pulled:#?}"
    );
    assert_eq!(n_rows(&bench), n_after);
    // The acceptance was for once.
    bench.sqlite("bad.db", &rows("facts", 200, 319));
    assert_eq!(bench.pull(&[]).code, 0);
    bench.sqlite("bad.db", "DELETE FROM facts;");
    bench.pull(&[]).is("bad", "held", "no rows");
}

#[test]
fn an_emptied_source_is_held_until_accepted() {
    held_then_accepted("DELETE FROM facts;", "no rows", 0);
}

#[test]
fn a_halved_source_is_held_until_accepted() {
    held_then_accepted("DELETE FROM facts WHERE id > 'K000060';", "50%", 60);
}

#[test]
fn a_source_that_comes_back_goes_on_after_a_look() {
    let bench = known();
    let before = bench.dump();
    bench.sqlite(
        "bad.db",
        "ALTER TABLE facts RENAME TO away; CREATE TABLE facts AS SELECT * FROM away WHERE 0;",
    );
    bench.pull(&[]).is("bad", "held", "no rows");
    bench.sqlite("bad.db", "DROP TABLE facts; ALTER TABLE away RENAME TO facts;");
    assert!(bench.tongjian(&["resume", "--source", "bad"]).status.success());
    let pulled = bench.pull(&[]);
    assert_eq!((pulled.code, &pulled.is("bad", "idle", "")["unchanged"]), (0, &120.into()), "{pulled:#?}");
    assert_eq!(bench.dump(), before);
}
