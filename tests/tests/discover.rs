//! `tongjian discover`: from a connection alone to a mapping that `check` accepts and that agrees with the shipped one.

use std::collections::BTreeMap;
use std::path::Path;

use demo::world::World;
use serde_json::Value;
use tests::{Zone, shown};

/// Field → column of each stream, as the shipped configuration has them: `stream/field` → column.
fn mapped(text: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let (mut stream, mut is_in_fields) = (String::new(), false);
    for line in text.lines() {
        if line.starts_with('[') {
            is_in_fields = line.ends_with(".fields]");
        } else if let Some((key, value)) = line.split_once(" = ") {
            let first = value.split('"').nth(1).unwrap_or_default();
            if key == "name" && !is_in_fields {
                stream = first.to_owned();
            } else if key == "kind" && !is_in_fields {
                found.insert(format!("{stream}/"), first.to_owned());
            } else if is_in_fields {
                found.insert(format!("{stream}/{key}"), first.to_owned());
            }
        }
    }
    found
}

/// Takes a department's streams away; gives back what they were.
fn without_streams(file: &Path) -> String {
    let text = std::fs::read_to_string(file).expect("readable");
    let at = text.find("\n[[source.").expect("it has streams");
    std::fs::write(file, &text[..=at]).expect("writable");
    text[at..].to_owned()
}

/// The department's files, to see that nobody wrote to them.
fn contents(zone: &Zone, source: &str) -> Vec<u8> {
    std::fs::read(zone.places.folder.join(format!("{source}.db"))).expect("the department's database")
}

/// At least so many of so many fields and kinds must be guessed as they are shipped.
fn agrees(zone: &Zone, source: &str, at_least: usize, of: usize) {
    let file = zone.config.join(format!("departments/{source}.toml"));
    let shipped = mapped(&without_streams(&file));
    let before = contents(zone, source);
    let output = zone.tongjian(&["discover", source]);
    assert!(output.status.success(), "{}", shown(&output));
    assert!(before == contents(zone, source), "{source} was written to");
    let text = String::from_utf8(output.stdout).expect("text");
    let n_digits = text.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or_default();
    assert!(n_digits < 11, "a number of a person or firm is told:\n{text}");
    assert!(!text.contains("FILL IN"), "{text}");

    let guessed = mapped(&text);
    let n = shipped.iter().filter(|(place, column)| guessed.get(*place) == Some(*column)).count();
    let missed: Vec<_> =
        shipped.iter().filter(|(place, column)| guessed.get(*place) != Some(*column)).collect();
    assert_eq!(shipped.len(), of, "the shipped mapping of {source} changed: measure anew");
    assert!(n >= at_least, "{source}: {n} of {of} as shipped; missed: {missed:?}");

    let whole = std::fs::read_to_string(&file).expect("readable") + &text;
    std::fs::write(&file, whole).expect("writable");
    let output = zone.tongjian(&["check", "--source", source, "--output", "json"]);
    assert!(output.status.success(), "{}\n{text}", shown(&output));
    let check: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let findings = check["sources"][0]["findings"].as_array().expect("findings");
    assert!(findings.iter().all(|finding| finding["severity"] != "error"), "{check}");
}

#[test]
fn a_connection_is_enough_to_begin_with() {
    let zone = Zone::make(&World::new(5, 1_500), 5, None);
    agrees(&zone, "registry", 122, 129);
    agrees(&zone, "culture", 19, 21);
    // What was proposed brings the same records in as the shipped mapping does: subjects first of all.
    zone.pull(&["--source", "registry"]);
    let entities = &zone.status()["entities"];
    assert!(entities.to_string().contains("subject"), "{entities}");

    let output = zone.tongjian(&["discover", "nobody"]);
    assert_eq!(output.status.code(), Some(4), "{}", shown(&output));
}
