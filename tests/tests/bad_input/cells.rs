//! Keys and cells that cannot be: their rows are set aside with the reason, the rows around them come through, and what
//! is mended at the source comes through too.

use serde_json::Value;
use tests::bench::{Bench, FIELDS, database, rows, table};
use tests::postgres;

/// Key → codes of its faults, of the source `bad`.
fn dead(bench: &Bench) -> Vec<(String, Vec<String>)> {
    let output = bench.tongjian(&["dead-letters", "list", "--source", "bad", "--output", "json"]);
    assert!(output.status.success(), "{}", tests::shown(&output));
    let letters: Vec<Value> = serde_json::from_slice(&output.stdout).expect("JSON");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut dead: Vec<(String, Vec<String>)> = letters
        .iter()
        .map(|letter| {
            let faults = letter["faults"].as_array().expect("faults");
            assert!(
                !faults.is_empty() && faults.iter().all(|fault| !text(&fault["text"]).is_empty()),
                "{letter}"
            );
            (text(&letter["key"]), faults.iter().map(|fault| text(&fault["code"])).collect())
        })
        .collect();
    dead.sort();
    dead
}

fn letters(wanted: &[(&str, &[&str])]) -> Vec<(String, Vec<String>)> {
    let owned = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect();
    wanted.iter().map(|(key, codes)| ((*key).to_owned(), owned(codes))).collect()
}

#[test]
fn impossible_cells_set_their_rows_aside_and_mended_rows_come_through() {
    let bench = Bench::new();
    bench.sqlite("bad.db", &format!("{}{}", table("facts"), rows("facts", 1, 12)));
    bench.sqlite(
        "bad.db",
        "UPDATE facts SET day = '2023-02-30' WHERE id = 'K000001';
         UPDATE facts SET fine = '99999999999999999999' WHERE id = 'K000002';
         UPDATE facts SET fine = 'NaN' WHERE id = 'K000003';
         UPDATE facts SET ratio = 'Infinity' WHERE id = 'K000004';
         UPDATE facts SET note = 'a' || char(0) || 'b' WHERE id = 'K000005';
         UPDATE facts SET note = printf('%.*c', 10485760, 'x') WHERE id = 'K000006';
         UPDATE facts SET name = NULL WHERE id = 'K000007';
         UPDATE facts SET day = '31/31/2023', fine = 'viel' WHERE id = 'K000008';
         UPDATE facts SET note = CAST(x'C3280A' AS TEXT) WHERE id = 'K000009';",
    );
    bench.sqlite_source("bad", "bad.db");
    let pulled = bench.pull(&[]);
    assert_eq!(pulled.code, 3, "{pulled:#?}");
    let stream = pulled.good().is("bad", "idle", "");
    assert_eq!((&stream["received"], &stream["inserted"]), (&12.into(), &3.into()), "{pulled:#?}");
    let found = dead(&bench);
    let wanted = letters(&[
        ("K000001", &["TJ-D004"]),
        ("K000002", &["TJ-D006"]),
        ("K000003", &["TJ-D005"]),
        ("K000004", &["TJ-D005"]),
        ("K000005", &["TJ-D008"]),
        ("K000006", &["TJ-D007"]),
        ("K000007", &["TJ-D001"]),
        ("K000008", &["TJ-D005", "TJ-D004"]),
        ("K000009", &["TJ-D002"]),
    ]);
    let sorted = |letters: Vec<(String, Vec<String>)>| -> Vec<(String, Vec<String>)> {
        letters
            .into_iter()
            .map(|(key, mut codes)| {
                codes.sort();
                (key, codes)
            })
            .collect()
    };
    assert_eq!(sorted(found), sorted(wanted));
    // A second reading does not try again what has not changed.
    let pulled = bench.pull(&[]);
    assert_eq!(pulled.is("bad", "idle", "")["unchanged"], 12, "{pulled:#?}");
    bench.sqlite("bad.db", &format!("DROP TABLE facts; {}{}", table("facts"), rows("facts", 1, 12)));
    let pulled = bench.pull(&[]);
    assert_eq!((pulled.code, &pulled.is("bad", "idle", "")["dead_letters"]), (0, &0.into()), "{pulled:#?}");
    assert_eq!(dead(&bench), letters(&[]));
    assert_eq!(bench.status("bad")["received"], 12);
}

#[test]
fn a_row_that_goes_bad_keeps_what_was_known_and_replay_brings_it_back() {
    let bench = Bench::new();
    bench.sqlite("bad.db", &format!("{}{}", table("facts"), rows("facts", 1, 12)));
    bench.sqlite_source("bad", "bad.db");
    assert_eq!(bench.pull(&[]).code, 0);
    bench.sqlite("bad.db", "UPDATE facts SET day = '2023-02-30' WHERE id = 'K000004';");
    let pulled = bench.pull(&[]);
    assert_eq!((pulled.code, &pulled.is("bad", "idle", "")["deleted"]), (3, &0.into()), "{pulled:#?}");
    assert_eq!(dead(&bench), letters(&[("K000004", &["TJ-D004"])]));
    bench.sqlite("bad.db", "UPDATE facts SET day = '2023-02-28' WHERE id = 'K000004';");
    let replayed = bench.tongjian(&["dead-letters", "replay", "--source", "bad"]);
    assert_eq!(replayed.status.code(), Some(0), "{}", tests::shown(&replayed));
    assert_eq!(dead(&bench), letters(&[]));
    assert!(bench.dump().contains("2023-02-28"));
    let pulled = bench.pull(&[]);
    assert_eq!((pulled.code, &pulled.is("bad", "idle", "")["unchanged"]), (0, &12.into()), "{pulled:#?}");
}

#[test]
fn a_server_that_knows_no_limits_is_taken_at_its_word() {
    let server = postgres();
    let bench = Bench::new();
    database(server, "bad_numbers");
    server
        .psql(
            "bad_numbers",
            "CREATE TABLE facts (id integer PRIMARY KEY, name text, fine double precision, day date, ratio numeric, note text);
             INSERT INTO facts VALUES (1, 'a', 'NaN', '2024-01-01', 1, ''), (2, 'b', 'Infinity', '2024-01-01', 1, ''),
               (3, 'c', 1, 'infinity', 1, ''), (4, 'd', 1, '2024-01-01', 'NaN', ''), (5, 'e', 1e30, '2024-01-01', 1, ''),
               (6, 'f', 12.5, '2024-01-01', 1.25, 'good'), (7, 'g', 1, '0044-03-15 BC', 1, ''),
               (8, 'h', 1, '2024-01-01', 123456789012345678901234567890, '');",
        )
        .expect("rows");
    bench.postgres_source("bad", server, "bad_numbers");
    let pulled = bench.pull(&[]);
    assert_eq!(pulled.code, 3, "{pulled:#?}");
    let stream = pulled.good().is("bad", "idle", "");
    assert_eq!(
        (&stream["received"], &stream["inserted"]),
        (&8.into(), &1.into()),
        "{pulled:#?}\n{:#?}",
        dead(&bench)
    );
    assert_eq!(dead(&bench).len(), 7, "{:#?}", dead(&bench));
}

#[test]
fn keys_that_are_missing_repeated_or_changed() {
    let bench = Bench::new();
    let loose = table("facts").replace(" PRIMARY KEY", "");
    bench.sqlite("bad.db", &format!("{loose}{}", rows("facts", 1, 12)));
    bench.sqlite(
        "bad.db",
        "INSERT INTO facts SELECT NULL, name, fine, day, ratio, note FROM facts WHERE id = 'K000001';
         INSERT INTO facts SELECT * FROM facts WHERE id = 'K000002';",
    );
    bench.sqlite_source("bad", "bad.db");
    let pulled = bench.pull(&[]);
    assert_eq!(pulled.code, 3, "{pulled:#?}");
    pulled.good().is("bad", "idle", "");
    let codes: Vec<String> = dead(&bench).into_iter().flat_map(|(_, codes)| codes).collect();
    assert!(codes.contains(&"TJ-D020".to_owned()) && codes.contains(&"TJ-D021".to_owned()), "{codes:?}");
    let status = bench.status("bad");
    let n_dead = status["dead_letters"].as_u64().expect("a number");
    assert_eq!(status["received"], 14, "no row is lost: {status}");
    assert!((2..=3).contains(&n_dead), "{status}");
    // Mended, and one key changed: what was K12 is gone, what is K99 came.
    bench.sqlite(
        "bad.db",
        "DELETE FROM facts WHERE id IS NULL;
         DELETE FROM facts WHERE rowid = (SELECT max(rowid) FROM facts WHERE id = 'K000002');
         UPDATE facts SET id = 'K000099' WHERE id = 'K000012';",
    );
    let pulled = bench.pull(&[]);
    assert_eq!(pulled.code, 0, "{pulled:#?}");
    assert_eq!(pulled.is("bad", "idle", "")["deleted"], 1, "{pulled:#?}");
    assert_eq!(dead(&bench), letters(&[]));
    assert_eq!(bench.status("bad")["received"], 12);
    let dump = bench.dump();
    assert!(dump.contains("K000099") && !dump.contains("K000012\t") && dump.contains("K000002"), "{dump}");
}

#[test]
fn bytes_that_are_no_text_of_their_charset() {
    let bench = Bench::new();
    let folder = bench.folder.path().join("drop");
    std::fs::create_dir_all(&folder).expect("a folder");
    let text = "id,name,fine,day,ratio,note\nK1,单位甲,1.50,2024-01-01,1,好\nK2,单位乙,2.50,2024-01-02,1,坏\nK3,单位丙,3.50,2024-01-03,1,好\n";
    let (mut bytes, is_lossy) = gbk(text);
    assert!(!is_lossy);
    // The lead byte of 乙 with a byte after it that no GBK text has there.
    let place = find(&bytes, b"K2,") + 3;
    bytes[place] = 0xFF;
    std::fs::write(folder.join("facts.csv"), &bytes).expect("a file");
    let source = format!(
        "[department]\nid = \"bad\"\nname_zh = \"部门\"\nname_en = \"Department\"\n\n[source.bad]\nengine = \"file\"\nfolder = {:?}\n\
         charset = \"gbk\"\n\n[[source.bad.stream]]\nname = \"facts.csv\"\nkind = \"fact\"\nkey = [\"id\"]\n{FIELDS}",
        folder.display().to_string()
    );
    bench.write("departments/bad.toml", &source);
    let pulled = bench.pull(&[]);
    assert_eq!(pulled.code, 3, "{pulled:#?}");
    assert_eq!(pulled.good().is("bad", "idle", "")["inserted"], 2, "{pulled:#?}");
    assert_eq!(dead(&bench), letters(&[("K2", &["TJ-D002"])]));
    let (bytes, _) = gbk(text);
    std::fs::write(folder.join("facts.csv"), &bytes).expect("a file");
    assert_eq!(bench.pull(&[]).code, 0);
    assert!(bench.dump().contains("单位乙"));
}

fn find(bytes: &[u8], part: &[u8]) -> usize {
    bytes.windows(part.len()).position(|window| window == part).expect("it is there")
}

/// The text in GBK, by `iconv`, which is not ours; whether something was lost.
fn gbk(text: &str) -> (Vec<u8>, bool) {
    use std::io::Write as _;
    use std::process::{Command, Stdio};
    let mut child = Command::new("iconv")
        .args(["-f", "UTF-8", "-t", "GBK"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("iconv runs");
    child.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("text");
    let output = child.wait_with_output().expect("iconv ends");
    (output.stdout, !output.status.success())
}
