//! Scored matching over the built program: switched on by configuration alone, every link checked against who was meant.

use std::collections::HashMap;

use demo::world::World;
use tests::{Zone, expected, found};

/// Weighs penalties and licences against the registry.
pub(crate) fn switch_on(zone: &Zone) {
    let named = |name: &str, scored: &str| format!("name = \"{name}\"\nscored = {{ {scored} }}\n");
    for (file, name, scored) in [
        (
            "ontology/registry.toml",
            "name",
            "code = \"uscc\", representative = \"legal_representative\", phone = \"phone\", address = \"address\"",
        ),
        (
            "ontology/enforcement.toml",
            "party_name",
            "code = \"party_uscc\", representative = \"legal_representative\"",
        ),
        (
            "ontology/enforcement.toml",
            "holder_name",
            "code = \"holder_uscc\", representative = \"legal_representative\", phone = \"phone\"",
        ),
    ] {
        zone.edit(file, &format!("name = \"{name}\"\n"), &named(name, scored));
    }
}

/// Source, stream and key of each linked record, the key of the registry's record that anchors its subject, and the
/// name that the record gives.
fn links(zone: &Zone) -> Vec<[String; 5]> {
    let sql = "SELECT s.source, s.name, k.source_key, a.source_key, coalesce(p.party_name, h.holder_name) FROM link l \
               JOIN record_key k ON k.record = l.record JOIN stream s ON s.stream = k.stream \
               JOIN link o ON o.entity = l.entity AND o.evidence = 'anchor' AND o.until_seq IS NULL \
               JOIN record_key a ON a.record = o.record \
               LEFT JOIN record_penalty p ON p.record = l.record LEFT JOIN record_licence h ON h.record = l.record \
               WHERE l.evidence = 'scored' AND l.until_seq IS NULL ORDER BY 1, 2, 3";
    let output = std::process::Command::new("sqlite3")
        .args(["-separator", "\t"])
        .arg(zone.store())
        .arg(sql)
        .output()
        .expect("sqlite3 runs");
    assert!(output.status.success(), "{}", tests::shown(&output));
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(|line| {
            let cells: Vec<String> = line.split('\t').map(str::to_owned).collect();
            cells.try_into().unwrap_or_else(|cells| panic!("{cells:?}"))
        })
        .collect()
}

/// Who is meant by each row, as it was when the rows were made.
fn meant(zone: &Zone) -> HashMap<[String; 3], String> {
    let text = std::fs::read_to_string(zone.places.folder.join("truth-identities.tsv")).expect("identities");
    let line = |line: &str| {
        let cells: Vec<&str> = line.split('\t').collect();
        let [source, stream, key, who] = cells[..] else { panic!("`{line}`") };
        ([source.to_owned(), stream.to_owned(), key.to_owned()], who.to_owned())
    };
    text.lines().map(line).collect()
}

/// The same name but for a character that its file could not hold.
fn is_near(left: &str, right: &str) -> bool {
    let differing = left.chars().zip(right.chars()).filter(|(a, b)| a != b).count();
    left.chars().count() == right.chars().count() && differing <= 1
}

#[test]
fn what_is_weighed_is_who_was_meant_whatever_comes_first() {
    let world = World::new(3, 3_000);
    let zone = Zone::make(&world, 3, None);
    zone.pull(&[]);
    assert_eq!(found(&zone.status()), expected(&zone.truth), "switched off");
    switch_on(&zone);
    zone.pull(&[]);
    let meant = meant(&zone);
    let links = links(&zone);
    assert!(links.len() >= 30, "{} links", links.len());
    for [source, stream, key, anchor, name] in &links {
        let of = |source: &str, stream: &str, key: &str| {
            meant.get(&[source.to_owned(), stream.to_owned(), key.to_owned()])
        };
        let (is, was) = (of("registry", "t_ztjbxx", anchor), of(source, stream, key));
        let (is, was) = (is.expect("a subject").as_str(), was.expect("a row").as_str());
        // Where no identifier says who is meant, the name that the row was made from does.
        let index: u64 = is.trim_start_matches('S').parse().expect("a subject's number");
        let is_right = is == was || (!was.starts_with('S') && is_near(name, &world.subject(index).name));
        assert!(is_right, "{source}/{stream} {key}: {name} is {is} instead of {was}");
    }
    let switched = zone.dump();
    // The same from nothing, with the registry last.
    zone.forget();
    for source in ["food_drug", "urban", "licensing"] {
        zone.pull(&["--source", source]);
    }
    zone.pull(&[]);
    assert_eq!(zone.dump(), switched, "another order, another graph");
}
