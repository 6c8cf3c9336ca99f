//! The table is whole: each code of the workspace has its texts, in both languages, with the same places.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use crate::{Lang, Message, all_codes, places, render, text, texts};

/// A code without a text, written so that the walk below does not take it for a literal.
const UNKNOWN: &str = concat!("TJ-", "X999");

#[test]
fn every_line_is_code_zh_en() {
    let mut faults = Vec::new();
    let mut seen = BTreeMap::new();
    for (file, area) in texts::AREAS {
        for (number, line) in texts::lines(area) {
            let at = format!("messages/texts/{file}:{number}");
            let Some([code, zh, en]) = texts::columns(line) else {
                faults.push(format!("{at}: not three columns separated by tabs"));
                continue;
            };
            if !is_code(code) {
                faults.push(format!("{at}: `{code}` is not of the form TJ-A000"));
            }
            if zh.is_empty() || en.is_empty() {
                faults.push(format!("{at}: `{code}` lacks a language"));
            }
            if let Some(first) = seen.insert(code, at.clone()) {
                faults.push(format!("{at}: `{code}` stands already at {first}"));
            }
            if places(zh) != places(en) {
                faults.push(format!("{at}: `{code}` has other places in zh than in en"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert_eq!(all_codes().count(), seen.len());
}

#[test]
fn every_code_in_the_workspace_has_a_text() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut literals = BTreeMap::new();
    collect(&root, &mut literals);
    assert!(
        literals.contains_key("TJ-I004"),
        "the walk from {} found {} codes only",
        root.display(),
        literals.len()
    );

    let known: BTreeSet<&str> = all_codes().collect();
    let missing: Vec<String> = literals
        .iter()
        .filter(|(code, _)| !known.contains(code.as_str()))
        .map(|(code, at)| format!("{code} (used in {at}) has no text in messages/texts/"))
        .collect();
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn places_are_filled() {
    let message = Message::new("TJ-I004").with("position", 18).with("found", 'X').with("expected", '3');
    assert_eq!(render(&message, Lang::En), "position 18 is `X`, it should be `3` (check character)");
    assert_eq!(render(&message, Lang::Zh), "第 18 位是“X”，应为“3”（校验码）");
}

#[test]
fn what_is_missing_is_seen() {
    assert_eq!(render(&Message::new(UNKNOWN).with("a", 1), Lang::En), "[TJ-X999 has no text] a=`1`");
    assert_eq!(render(&Message::new(UNKNOWN), Lang::Zh), "〔TJ-X999 没有文本〕");
    assert!(render(&Message::new("TJ-I004"), Lang::En).contains("{position}"));
    assert_eq!(text(UNKNOWN, Lang::En), None);
}

#[test]
fn only_names_in_braces_are_places() {
    assert_eq!(places("{a} `[a-z]{2}` {} {b_1} {A} {"), BTreeSet::from(["2", "a", "b_1"]));
}

#[test]
fn languages_are_read_from_locales() {
    for (name, lang) in [
        ("zh", Lang::Zh),
        ("zh-CN", Lang::Zh),
        ("zh_CN.UTF-8", Lang::Zh),
        ("en", Lang::En),
        ("EN_us", Lang::En),
    ] {
        assert_eq!(name.parse(), Ok(lang), "{name}");
        assert_eq!(lang.to_string().parse(), Ok(lang));
    }
    assert_eq!("fr".parse::<Lang>().unwrap_err().to_string(), "unknown language `fr`, use `zh` or `en`");
}

fn is_code(text: &str) -> bool {
    let bytes = text.as_bytes();
    matches!(bytes, [b'T', b'J', b'-', area, digits @ ..]
        if area.is_ascii_uppercase() && digits.len() == 3 && digits.iter().all(u8::is_ascii_digit))
}

/// Every literal that is a code of the Rust files below `folder`, with the file it was seen in.
fn collect(folder: &Path, literals: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && !name.starts_with('.') && !name.starts_with("target") {
            collect(&path, literals);
        } else if name.ends_with(".rs") {
            let Ok(source) = std::fs::read_to_string(&path) else { continue };
            for piece in source.split('"').filter(|piece| is_code(piece)) {
                literals.entry(piece.to_owned()).or_insert_with(|| path.display().to_string());
            }
        }
    }
}
