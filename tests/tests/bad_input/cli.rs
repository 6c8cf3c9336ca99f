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

#[test]
fn check_tells_what_is_wrong_where_and_what_is_switched_off() {
    let bench = Bench::new();
    bench.sqlite_source("other", "good.db");
    bench.sqlite(
        "keyless.db",
        "CREATE TABLE facts (id text, name text, fine text, day text, ratio text, note text);",
    );
    bench.sqlite_source("keyless", "keyless.db");
    bench.sqlite_source("off", "good.db");
    bench.edit("departments/off.toml", "engine =", "enabled = false\nengine =");
    let check = |words: &[&str], code: i32| {
        let output = bench.tongjian(words);
        assert_eq!(output.status.code(), Some(code), "{words:?}: {}", shown(&output));
        shown(&output)
    };
    let said = check(&["check"], 0);
    assert!(said.contains("off (off): switched off") && said.contains("off.toml:7:"), "{said}");
    assert!(!said.contains("TJ-N001") && !said.contains("TJ-S017"), "the mapping names the key: {said}");
    // A column that is not there is mended in the configuration.
    bench.edit("departments/other.toml", "day = \"day\"", "day = \"tag\"");
    let said = check(&["check"], 78);
    assert!(said.contains("other.toml:") && said.contains("tag"), "{said}");
    let said = check(&["check", "--source", "good"], 0);
    assert!(said.contains("good") && !said.contains("other.toml") && !said.contains("keyless"), "{said}");
    assert!(check(&["check", "--source", "off"], 0).contains("switched off"));
    check(&["check", "--source", "nobody"], 4);
    // A source that cannot be reached is something else.
    bench.source("away", "engine = \"postgres\"\nhost = \"127.0.0.1\"\nport = 1\ndatabase = \"x\"\nuser = \"y\"\nconnect_seconds = 1");
    check(&["check", "--source", "away"], 69);
}

#[test]
fn pull_of_one_source_speaks_of_no_other() {
    let bench = Bench::new();
    bench.sqlite_source("other", "good.db");
    assert_eq!(bench.tongjian(&["pull"]).status.code(), Some(0));
    let output = bench.tongjian(&["pull", "--source", "good"]);
    let said = shown(&output);
    assert!(said.contains("good: 1 streams") && !said.contains("other"), "{said}");
}

#[test]
fn another_key_for_persons_is_refused() {
    let bench = Bench::new();
    bench.edit(
        "ontology/bench.toml",
        "[kind.fact.field.note]",
        "[kind.fact.field.owner]\ntype = \"identifier\"\nscheme = \"resident_id\"\nsensitivity = \"personal\"\nlabel_zh = \"人\"\nlabel_en = \"Owner\"\n\n[kind.fact.field.note]",
    );
    bench.edit(
        "departments/good.toml",
        "note = \"note\"",
        "owner = { column = \"note\", on_invalid = \"null\" }",
    );
    let code = |words: &[&str]| {
        let output = bench.tongjian(words);
        (output.status.code(), shown(&output))
    };
    assert_eq!(code(&["pull"]).0, Some(0));
    bench.write("person.key", "another key, which the store has never seen\n");
    for words in [["pull"].as_slice(), &["check"], &["resume", "--source", "good"]] {
        let (code, said) = code(words);
        assert_eq!(code, Some(78), "{words:?}: {said}");
        assert!(said.contains("TJ-V048") && said.contains("put the first key back"), "{said}");
    }
    bench.write("person.key", "a key of tests only, never for real people\n");
    assert_eq!(code(&["pull"]).0, Some(0));
}

#[test]
fn a_code_that_is_not_in_its_list_is_kept_and_counted() {
    let bench = Bench::new();
    bench.write("codes/a.toml", "[list.grade]\nlabel_zh = \"等级\"\nlabel_en = \"Grade\"\nedition = \"1\"\nentries = [{ code = \"1\", zh = \"第1行\" }]\n");
    bench.edit(
        "ontology/bench.toml",
        "[kind.fact.field.note]\ntype = \"text\"",
        "[kind.fact.field.note]\ntype = \"code\"\ncode_list = \"grade\"",
    );
    let pulled = bench.pull(&[]);
    assert_eq!((pulled.code, &pulled.is("good", "idle", "")["dead_letters"]), (0, &0.into()));
    let flags = bench.status("good")["flags"].clone();
    assert_eq!(flags, serde_json::json!([{ "field": "note", "code": "TJ-D031", "n": 119 }]));
    let shown_status = shown(&bench.tongjian(&["status"]));
    assert!(shown_status.contains("note TJ-D031×119"), "{shown_status}");
    bench.edit(
        "departments/good.toml",
        "note = \"note\"",
        "note = { column = \"note\", on_invalid = \"dead_letter\" }",
    );
    let pulled = bench.pull(&[]);
    assert_eq!((pulled.code, &pulled.is("good", "idle", "")["dead_letters"]), (3, &119.into()));
}
