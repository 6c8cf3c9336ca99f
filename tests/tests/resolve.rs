//! Scored matching over the built program: switched on by configuration alone, every link checked against who was meant.

use std::collections::HashMap;

use demo::world::World;
use tests::{Zone, expected, found};

/// Records without a valid code are weighed from now on.
pub(crate) fn switch_on(zone: &Zone) {
    zone.edit("tongjian.toml", "\nscored = false\n", "\nscored = true\n");
}

/// Source, stream and key of each linked record, the key of the registry's record that anchors its subject, and the
/// name that the record gives.
fn links(zone: &Zone) -> Vec<[String; 5]> {
    let columns = sqlite(
        zone,
        "SELECT t.name, c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c \
         WHERE t.name LIKE 'record~_%' ESCAPE '~' AND t.name NOT LIKE '%~_history' ESCAPE '~' \
         AND c.name IN ('party_name', 'holder_name')",
    );
    let names: Vec<String> = columns
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(table, column)| format!("SELECT record, {column} AS name FROM {table}"))
        .collect();
    let sql = format!(
        "SELECT s.source, s.name, k.source_key, a.source_key, n.name FROM link l \
         JOIN record_key k ON k.record = l.record JOIN stream s ON s.stream = k.stream \
         JOIN link o ON o.entity = l.entity AND o.evidence = 'anchor' AND o.until_seq IS NULL \
         JOIN record_key a ON a.record = o.record \
         LEFT JOIN ({}) n ON n.record = l.record \
         WHERE l.evidence = 'scored' AND l.until_seq IS NULL ORDER BY 1, 2, 3",
        names.join(" UNION ALL ")
    );
    let cells = |line: &str| {
        let cells: Vec<String> = line.split('\t').map(str::to_owned).collect();
        cells.try_into().unwrap_or_else(|cells| panic!("{cells:?}"))
    };
    sqlite(zone, &sql).lines().map(cells).collect()
}

fn sqlite(zone: &Zone, sql: &str) -> String {
    let mut program = std::process::Command::new("sqlite3");
    let output =
        program.args(["-separator", "\t"]).arg(zone.store()).arg(sql).output().expect("sqlite3 runs");
    assert!(output.status.success(), "{}", tests::shown(&output));
    String::from_utf8_lossy(&output.stdout).into_owned()
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

/// The same name but for how departments write it, and for a character that a file could not hold.
fn is_near(left: &str, right: &str) -> bool {
    let plain = |name: &str| -> Vec<char> {
        let name = name.replace("（个体工商户）", "");
        name.chars().filter(|c| !matches!(c, '（' | '）' | '(' | ')' | ' ' | '　' | 'Ａ' | 'Ｂ')).collect()
    };
    let (left, right) = (plain(left), plain(right));
    left.len() == right.len() && left.iter().zip(&right).filter(|(a, b)| a != b).count() <= 1
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
    for source in ["food_drug", "urban", "licensing", "health", "tax", "police"] {
        zone.pull(&["--source", source]);
    }
    zone.pull(&[]);
    assert_eq!(zone.dump(), switched, "another order, another graph");
}
