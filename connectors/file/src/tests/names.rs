//! Names of streams.

use proptest::prelude::*;

use crate::name::{Format, Pattern};

#[test]
fn names_say_how_files_are_read() {
    let sheet = |sheet: &str| Format::Workbook { sheet: Some(sheet.to_owned()) };
    let cases = [
        ("x-*.csv", Some(("x-*.csv", Format::Text))),
        ("X.CSV", Some(("X.CSV", Format::Text))),
        ("t.xlsx", Some(("t.xlsx", Format::Workbook { sheet: None }))),
        ("台账.xlsx.Sheet1", Some(("台账.xlsx", sheet("Sheet1")))),
        ("a.b.xlsx.一.二", Some(("a.b.xlsx", sheet("一.二")))),
        ("old.xls", None),
        (".csv", None),
        ("table", None),
        (".xlsx.Sheet1", None),
    ];
    for (name, expected) in cases {
        let found = Pattern::of_text(name).map(|pattern| (pattern.files, pattern.format));
        assert_eq!(found, expected.map(|(files, format)| (files.to_owned(), format)), "{name}");
    }
}

#[test]
fn patterns_match_names() {
    let cases = [
        ("x-*.csv", "x-2024.csv", true),
        ("x-*.csv", "x-.CSV", true),
        ("x-*.csv", "y-2024.csv", false),
        ("x-*.csv", "x-2024.csv.part", false),
        ("x-*.csv", "x-2024.csv.tmp", false),
        ("*.xlsx", "~$t.xlsx", false),
        ("*.csv", ".x.csv", false),
        ("*a*b.csv", "aab.csv", true),
        ("*a*b.csv", "ba.csv", false),
        ("台?.csv", "台账.csv", true),
        ("台?.csv", "台.csv", false),
        ("x.csv", "x.csv", true),
        ("x.csv", "xx.csv", false),
    ];
    for (pattern, file, expected) in cases {
        assert_eq!(Pattern::of_text(pattern).unwrap().matches(file), expected, "{pattern} {file}");
    }
}

proptest! {
    #[test]
    fn a_name_matches_itself_with_a_star_anywhere(name in "[a-z甲乙]{1,8}", at in 0_usize..8, n in 0_usize..4) {
        let characters: Vec<char> = name.chars().collect();
        let at = at.min(characters.len());
        let end = (at + n).min(characters.len());
        let pattern: String = characters[..at].iter().chain(['*'].iter()).chain(&characters[end..]).collect();
        let pattern = Pattern::of_text(&format!("{pattern}.csv")).unwrap();
        let file = format!("{name}.csv");
        prop_assert!(pattern.matches(&file));
    }
}
