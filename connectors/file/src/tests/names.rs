//! Names of streams, of files and of columns.

use contract::{ReadError, Source as _};
use proptest::prelude::*;

use super::Drop;
use super::fixture::{request, rows};
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

#[tokio::test]
async fn a_header_that_is_no_name_is_told_and_not_taken_for_one() {
    let long = "字".repeat(201);
    let folder =
        Drop::new().with("x.csv", format!("a,{long}\n1,2\n")).with("y.csv", format!("{long};b\n1;2\n"));
    let found = folder.files().discover(None).await.unwrap();
    let names = |at: usize| found[at].columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>();
    assert_eq!(names(0), ["a", "column_2"]);
    let note = found[0].notes.last().unwrap();
    let args: Vec<&str> = note.args.iter().map(|(_, value)| value.as_str()).collect();
    assert_eq!((note.code, args), ("TJ-N013", vec!["2", "column_2", "201"]));
    assert_eq!(names(1), [format!("{long};b")], "one cell alone is a header of another delimiter");
    let folder = Drop::new().with("x.csv", "字".repeat(700_000));
    let found = folder.files().discover(None).await.unwrap();
    assert_eq!(
        (found[0].columns[0].name.as_str(), found[0].notes.last().unwrap().code),
        ("column_1", "TJ-N013")
    );
}

#[cfg(unix)]
#[tokio::test]
async fn a_name_that_is_no_text_is_refused() {
    use std::os::unix::ffi::OsStrExt as _;
    let folder = Drop::new().with("y.csv", "a\n1\n");
    let name = std::ffi::OsStr::from_bytes(b"\xd0\xed\xbf\xc9.csv");
    std::fs::write(folder.path().join(name), "a\n1\n").unwrap();
    std::fs::create_dir(folder.path().join("2024")).unwrap();
    let found = folder.files().discover(None).await.unwrap();
    assert_eq!(found.len(), 2);
    assert_eq!((found[1].columns.len(), found[1].notes[0].code), (0, "TJ-S014"));
    assert!(found[1].notes[0].args[0].1.contains("TJ-S262"), "{:?}", found[1].notes);
    let error = rows(&folder.files(), request("*.csv", &["a"])).await.unwrap_err();
    assert!(matches!(&error, ReadError::Malformed { words } if words.contains("TJ-S262")), "{error}");
    assert_eq!(rows(&folder.files(), request("y.csv", &["a"])).await.unwrap().len(), 1, "others are read");
}
