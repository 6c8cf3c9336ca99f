//! Wrong words, wrong configuration: told all at once, with file and line, by the documented exit codes.

use tests::bench::Bench;
use tests::{shown, tongjian_in};

#[test]
fn every_problem_of_a_configuration_is_told_at_once_with_file_line_and_cure() {
    let bench = Bench::new();
    bench.edit("tongjian.toml", "interval_seconds = 1", "intervall_seconds = 1");
    bench.edit("ontology/bench.toml", "scale = 2", "skala = 2");
    bench.edit("departments/good.toml", "engine = \"sqlite\"", "engine = \"orakel\"");
    let output = bench.tongjian(&["pull"]);
    assert_eq!(output.status.code(), Some(78), "{}", shown(&output));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    for (file, word) in
        [("tongjian.toml", "intervall_seconds"), ("bench.toml", "skala"), ("good.toml", "orakel")]
    {
        let text = std::fs::read_to_string(find(&bench, file)).expect("readable");
        let line = text.lines().position(|line| line.contains(word)).expect("it is there") + 1;
        let place = format!("{file}:{line}:");
        assert!(said.contains(&place) && said.contains(word), "no `{place}` with `{word}` in:\n{said}");
    }
    assert!(!bench.config.join("tongjian.db").exists(), "something was started");
}

#[test]
fn every_problem_of_meaning_is_told_at_once_too() {
    let bench = Bench::new();
    bench.sqlite_source("other", "good.db");
    bench.edit("ontology/bench.toml", "type = \"date\"", "type = \"datum\"");
    let output = bench.tongjian(&["check", "--offline"]);
    assert_eq!(output.status.code(), Some(78), "{}", shown(&output));
    assert!(
        shown(&output).contains("bench.toml:50:") && shown(&output).contains("datum"),
        "{}",
        shown(&output)
    );
    bench.edit("ontology/bench.toml", "type = \"datum\"", "type = \"date\"");
    bench.edit("departments/good.toml", "kind = \"fact\"", "kind = \"fakt\"");
    bench.edit("departments/other.toml", "day = \"day\"", "tag = \"day\"");
    // Form and meaning together: one wrong key hides nothing of what is wrong elsewhere.
    bench.edit("tongjian.toml", "interval_seconds = 1", "intervall_seconds = 1");
    let output = bench.tongjian(&["check", "--offline"]);
    assert_eq!(output.status.code(), Some(78), "{}", shown(&output));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    for words in ["tongjian.toml:", "intervall_seconds", "good.toml:", "other.toml:", "fakt", "tag"] {
        assert!(said.contains(words), "no `{words}` in:\n{said}");
    }
}

#[test]
fn secrets_never_stand_in_what_is_said() {
    let bench = Bench::new();
    bench.source("bad", "engine = \"postgres\"\nhost = \"127.0.0.1\"\ndatabase = \"x\"\nuser = \"y\"\npassword = \"tops3cret\"");
    let output = bench.tongjian(&["check"]);
    assert_eq!(output.status.code(), Some(78), "{}", shown(&output));
    assert!(!shown(&output).contains("tops3cret"), "{}", shown(&output));
    assert!(shown(&output).contains("bad.toml:"), "{}", shown(&output));
}

#[test]
fn exit_codes_are_the_documented_ones() {
    let bench = Bench::new();
    let code = |words: &[&str]| {
        let output = bench.tongjian(words);
        (output.status.code(), shown(&output))
    };
    let is = |words: &[&str], wanted: i32| {
        let (code, said) = code(words);
        assert_eq!(code, Some(wanted), "{words:?}: {said}");
        assert!(said.lines().skip(1).any(|line| !line.is_empty()), "{words:?} says nothing");
    };
    is(&["--help"], 0);
    is(&["pull", "--help"], 0);
    is(&["--version"], 0);
    is(&["fetch"], 2);
    is(&["pull", "--sauce", "good"], 2);
    is(&["pull", "--stream", "facts"], 2);
    is(&["status"], 4);
    is(&["pull", "--source", "nobody"], 4);
    is(&["resume", "--source", "nobody"], 4);
    is(&["keys", "create", "--department", "nobody"], 4);
    is(&["pull"], 0);
    is(&["status"], 0);
    is(&["dead-letters", "show", "4711"], 4);
    is(&["dead-letters", "drop", "1"], 2);
    is(&["schema"], 0);
    is(&["check"], 0);
    let nowhere = tongjian_in(&bench.folder.path().join("nowhere"), &["status"]);
    assert_eq!(nowhere.status.code(), Some(78), "{}", shown(&nowhere));
}

/// A file of the configuration by its name.
fn find(bench: &Bench, name: &str) -> std::path::PathBuf {
    ["", "ontology", "departments"]
        .iter()
        .map(|folder| bench.config.join(folder).join(name))
        .find(|path| path.exists())
        .expect("such a file")
}
