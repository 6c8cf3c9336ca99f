//! What people read at the command line: in their language, short unless more is asked for, and to be typed as it stands.

use std::process::Command;

use tests::bench::{Bench, rows, table};
use tests::{binary, shown};

#[test]
fn wrong_words_are_told_in_the_language_of_the_program() {
    for (program, words, told) in [
        ("tongjian", &["pull", "--sauce", "x"][..], ["TJ-V210", "不认识的选项"]),
        ("tongjian", &["fetch"], ["TJ-V211", "没有这个命令"]),
        ("tongjian", &["pull", "--source"], ["TJ-V214", "缺少取值"]),
        ("tongjian", &["status", "-o", "xml"], ["TJ-V215", "table, json"]),
        ("tongjian-draw", &["hold", "draw", "--party", "A"], ["TJ-V213", "--holder"]),
        ("demo", &["--subjects", "many"], ["TJ-V216", "--subjects"]),
    ] {
        let output = Command::new(binary(program))
            .args(words)
            .env_remove("TONGJIAN_LANG")
            .output()
            .expect("the program runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{program} {words:?}: {said}");
        assert!(told.iter().all(|told| said.contains(told)), "{program} {words:?}: {said}");
        assert!(said.contains("--help") && !said.contains("error:") && !said.contains("Usage"), "{said}");
    }
}

#[test]
fn what_goes_well_takes_a_line_a_source() {
    let bench = Bench::new();
    bench.sqlite_source("other", "good.db");
    let said = shown(&bench.tongjian(&["check"]));
    assert!(said.contains("✓ good: 1 streams") && said.contains("✓ other: 1 streams"), "{said}");
    assert!(!said.contains(" · ") && said.contains("--verbose"), "{said}");
    let said = shown(&bench.tongjian(&["check", "--verbose"]));
    assert!(said.contains(" · ") && !said.contains("--verbose"), "{said}");
    let n_told = said.matches("read whole and compared").count();
    assert!(n_told == 2 && !said.contains("TJ-S012"), "how a stream is read is said once: {said}");

    let pulled = bench.tongjian(&["pull"]);
    let (said, progress) = (String::from_utf8_lossy(&pulled.stdout), String::from_utf8_lossy(&pulled.stderr));
    assert!(said.contains("good: 1 streams, 120 rows received") && !said.contains("good/facts"), "{said}");
    assert_eq!(progress, "", "progress where nobody looks on");
    let pulled = bench.tongjian(&["pull", "--verbose", "--source", "good"]);
    assert!(String::from_utf8_lossy(&pulled.stdout).contains("good/facts: idle, 120 rows"), "{pulled:?}");

    let said = shown(&bench.tongjian(&["status", "--source", "good"]));
    assert!(said.contains("good/facts") && !said.contains("other/facts"), "{said}");
    let said = shown(&bench.tongjian(&["status", "--department", "other"]));
    assert!(!said.contains("good/facts") && said.contains("other/facts"), "{said}");
    assert_eq!(bench.tongjian(&["status", "--department", "nobody"]).status.code(), Some(4));

    // A screen of 100 columns holds every line; what it has no room for is asked for.
    let mut narrow = Command::new(binary("tongjian"));
    narrow.arg("--config").arg(&bench.config).args(["--lang", "zh", "status"]).env("COLUMNS", "100");
    let narrow = shown(&narrow.output().expect("it runs"));
    assert!(
        narrow.contains("good/facts") && narrow.contains("正常") && narrow.contains("--verbose"),
        "{narrow}"
    );
    // A Chinese character takes two columns, and three bytes.
    let is_narrow = |c: char| c.is_ascii() || "│┌┐└┘─┆╌╞╡═╪┼├┤┬┴".contains(c);
    let width = |line: &str| line.chars().map(|c| if is_narrow(c) { 1 } else { 2 }).sum::<usize>();
    let table = narrow.lines().filter(|line| line.starts_with(['|', '+', '│', '┌', '└', '╞', '├']));
    let widest = table.map(width).max().expect("a table");
    assert!((40..=100).contains(&widest), "{widest}: {narrow}");
    assert!(!narrow.contains("idle") && !narrow.contains("TJ-V264"), "{narrow}");
}

#[test]
fn what_is_said_to_be_run_runs_as_it_stands() {
    let bench = Bench::new();
    bench.sqlite("bad.db", &format!("{}{}", table("facts"), rows("facts", 1, 120)));
    bench.sqlite_source("bad", "bad.db");
    assert_eq!(bench.pull(&[]).code, 0);
    bench.sqlite("bad.db", "DELETE FROM facts;");
    let pulled = shown(&bench.tongjian(&["pull"]));
    for said in [pulled, shown(&bench.tongjian(&["status"]))] {
        let told = said.lines().find_map(|line| line.split_once("run: ")).expect(&said).1;
        assert!(told.ends_with(" resume --source bad --stream facts --accept"), "{told}");
        let programs = binary("tongjian").parent().expect("a folder").display().to_string();
        let run = Command::new("bash")
            .args(["-c", &format!("PATH='{programs}':$PATH; {told}")])
            .output()
            .expect("bash runs");
        assert!(run.status.success(), "{told}: {}", shown(&run));
    }
    assert_eq!(bench.pull(&[]).code, 0);
}

#[test]
fn moments_are_told_in_the_hub_s_own_time() {
    let bench = Bench::new();
    assert!(bench.tongjian(&["keys", "create", "--department", "good"]).status.success());
    let table = shown(&bench.tongjian(&["keys", "list"]));
    assert!(table.contains("+08:00"), "{table}");
    let json = shown(&bench.tongjian(&["keys", "list", "--output", "json"]));
    assert!(json.contains("Z\"") && !json.contains("+08:00"), "{json}");
}

#[test]
fn a_few_rows_with_large_numbers_are_a_few_rows() {
    let bench = Bench::new();
    bench.sqlite(
        "far.db",
        "CREATE TABLE facts (id integer PRIMARY KEY, name text, fine text, day text, ratio text, note text); \
         INSERT INTO facts (id) VALUES (1000047), (1000048), (1000049);",
    );
    bench.sqlite_source("far", "far.db");
    let output = bench.tongjian(&["discover", "far", "--all", "--output", "json"]);
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(found["streams"][0]["estimated_rows"], 3, "{found}");
}
