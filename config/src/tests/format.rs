//! `FORMAT.md` is true: its examples load, and every key is in it.

use expect_test::expect;

use super::{examples, load, write};
use crate::{Overrides, draft::EngineDraft};

#[test]
fn the_examples_load() {
    let config = load(&examples(), &Overrides::default()).unwrap();
    assert_eq!(config.kinds.len(), 2);
    assert_eq!(config.entities.len(), 2);
    assert_eq!(config.lists[0].editions.len(), 2);
    assert_eq!(config.translations.len(), 1);
    assert_eq!((config.calendars[0].year, config.calendars[0].off.len()), (2025, 2));
    assert_eq!(config.departments.len(), 2);
    let market = &config.departments[0];
    assert_eq!(
        market.sources.iter().map(|source| source.engine.name()).collect::<Vec<_>>(),
        ["postgres", "file", "sqlite"]
    );
    let stream = &market.sources[0].streams[0];
    let fields: Vec<&str> = stream.fields.iter().map(|field| field.field.as_str()).collect();
    assert_eq!(fields, ["name", "uscc", "capital", "fine", "until", "industry", "country"]);
    let EngineDraft::Sqlite(sqlite) = &market.sources[2].engine else { panic!("not sqlite") };
    assert_eq!(sqlite.path, config.dir.join("demo/court.db"));
}

#[test]
fn every_key_is_in_the_page() {
    let page = include_str!("../../FORMAT.md");
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &examples());
    let mut files = crate::location::Files::default();
    let is_set = |_: &str| true;
    let mut roots = Vec::new();
    for name in ["tongjian.toml", "ontology/example.toml", "codes/example.toml", "departments/example.toml"] {
        let path = dir.path().join(name);
        let at = files.add(&path, Some(std::fs::read_to_string(&path).unwrap()));
        let Ok(entries) = crate::tree::parse(&files, at.file) else { panic!("{name} is not TOML") };
        roots.push(crate::form::Root { at, entries });
    }
    let judge = crate::judge::Judge::new(&files, dir.path(), &is_set);
    let mut content = crate::form::Content::default();
    crate::form::main(&judge, &roots[0], &mut content);
    for root in &roots[1..] {
        crate::form::content(&judge, root, &mut content);
    }
    let keys = judge.found().keys;
    assert!(keys.len() > 90, "only {} keys were asked for", keys.len());
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let words: std::collections::BTreeSet<&str> = page.split(|c: char| !is_word(c)).collect();
    let missing: Vec<&&str> = keys.iter().filter(|key| !words.contains(**key)).collect();
    assert!(missing.is_empty(), "not in FORMAT.md: {missing:?}");
}

#[test]
fn defaults_are_those_of_the_page() {
    // The page shows every default in its first example: an empty file must come to the same.
    let text = |config: &crate::Config| {
        let lines = config.effective();
        let values = lines.lines().map(|line| line.split("  # ").next().unwrap().to_owned());
        let mut values: Vec<String> =
            values.filter(|line| !line.contains("admin_listen") && !line.contains("include")).collect();
        values.sort();
        values.join("\n")
    };
    let page = load(examples().split("--- ontology").next().unwrap(), &Overrides::default()).unwrap();
    let empty = load("--- tongjian.toml\n", &Overrides::default()).unwrap();
    assert_eq!(text(&page).replace("hub.languages = [\"zh\", \"en\"]\n", ""), {
        text(&empty)
            .replace("hub.person_key = { file = \"person.key\" }", "hub.person_key.file = \"person.key\"")
    });
    expect![[r#"
        hub.audit = "audit.db"
        hub.person_key = { file = "person.key" }
        hub.scored = true
        hub.store = "sqlite:tongjian.db"
        hub.zone = "Asia/Shanghai""#]]
    .assert_eq(&text(&empty).lines().take(5).collect::<Vec<_>>().join("\n"));
}

#[test]
fn the_configuration_that_ships_is_of_good_form() {
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("platform");
    match crate::load_with(&dir, &Overrides::default()) {
        Ok(config) => assert!(!config.kinds.is_empty() && !config.departments.is_empty()),
        Err(problems) => panic!("{}", super::shown(&problems, &dir)),
    }
}
