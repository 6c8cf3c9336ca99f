//! Several mistakes at once: each is told, none that only follows from another.

use std::path::Path;

use config::Overrides;

use super::judge;

const FILES: [(&str, &str); 4] = [
    ("tongjian.toml", "[hub]\nperson_key = { file = \"person.key\" }\n"),
    (
        "ontology/kinds.toml",
        r#"[entity.subject]
plural = "subjects"
label_zh = "主体"
label_en = "Subject"
market_subject = true
[entity.subject.field.name]
type = "text"
label_zh = "名称"
label_en = "Name"
from = ["penalty.name"]
[kind.penalty]
plural = "penalties"
label_zh = "处罚"
label_en = "Penalty"
share = "conditional"
[kind.penalty.role.party]
entity = "subject"
party = true
label_zh = "当事人"
label_en = "Party"
identifiers = [{ scheme = "uscc", field = "uscc" }]
[kind.penalty.field.uscc]
type = "identifier"
scheme = "uscc"
label_zh = "代码"
label_en = "Code"
[kind.penalty.field.name]
type = "text"
label_zh = "名称"
label_en = "Name"
[kind.penalty.field.category]
type = "code"
code_list = "category"
label_zh = "类别"
label_en = "Category"
required = true
[kind.penalty.field.fine]
type = "money"
label_zh = "罚款"
label_en = "Fine"
"#,
    ),
    (
        "codes/lists.toml",
        r#"[list.category]
label_zh = "类别"
label_en = "Category"
edition = "2021"
from = "2021-07-15"
entries = [
    { code = "1", zh = "警告" },
    { code = "2", zh = "罚款" },
]
[translation.theirs]
list = "category"
map = { A = "1", B = "2" }
"#,
    ),
    (
        "departments/a.toml",
        r#"[department]
id = "a"
name_zh = "甲"
name_en = "A"
[source.drop]
engine = "file"
folder = "drop"
[[source.drop.stream]]
name = "x.csv"
kind = "penalty"
key = ["n"]
[source.drop.stream.fields]
uscc = "U"
name = "N"
category = { column = "C", code_translation = "theirs" }
fine = { column = "F", unit = "万元" }
"#,
    ),
];

/// Problems as `file:line code`, after these replacements.
fn told(mistakes: &[(&str, &str)]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("person.key"), "0123456789abcdef").unwrap();
    let mut used = vec![false; mistakes.len()];
    for (name, text) in FILES {
        let mut text = text.to_owned();
        for ((from, to), used) in mistakes.iter().zip(&mut used) {
            *used |= text.contains(from);
            text = text.replacen(from, to, 1);
        }
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    assert!(used.iter().all(|used| *used), "a mistake was not made: {mistakes:?}");
    all(folder.path())
}

fn all(folder: &Path) -> Vec<String> {
    let problems = judge(folder, &Overrides::default()).err().unwrap_or_default();
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    problems
        .iter()
        .map(|one| format!("{}:{} {}", name(&one.location.file), one.location.line, one.problem.message.code))
        .collect()
}

const UNKNOWN_LIST: (&str, &str) = ("code_list = \"category\"", "code_list = \"categories\"");
const UNKNOWN_FIELD: (&str, &str) = ("name = \"N\"", "nmae = \"N\"");
const NO_UNIT: (&str, &str) = ("万元", "斤");
const UNKNOWN_KIND: (&str, &str) = ("kind = \"penalty\"", "kind = \"penaltie\"");

#[test]
fn a_good_one_has_no_problem() {
    assert_eq!(told(&[]), [""; 0]);
}

#[test]
fn problems_of_kinds_do_not_hide_those_of_mappings() {
    let expected = ["a.toml:14 TJ-D102", "a.toml:16 TJ-D106", "kinds.toml:33 TJ-O022"];
    assert_eq!(told(&[UNKNOWN_LIST, UNKNOWN_FIELD, NO_UNIT]), expected);
    let circle = ("zh = \"警告\" }", "zh = \"警告\", parent = \"1\" }");
    assert_eq!(told(&[circle, UNKNOWN_KIND]), ["lists.toml:7 TJ-O068", "a.toml:10 TJ-D101"]);
    // A kind without a label is still that kind.
    let no_label = ("label_zh = \"处罚\"\n", "");
    assert_eq!(told(&[no_label, UNKNOWN_FIELD]), ["a.toml:14 TJ-D102", "kinds.toml:11 TJ-C005"]);
    // So is a stream with a key too many, and a source with one.
    let keys = ("key = [\"n\"]", "keys = [\"n\"]");
    let charset = ("folder = \"drop\"", "folder = \"drop\"\ncharset = \"gbq\"\ndelimitr = \",\"");
    assert_eq!(
        told(&[keys, charset, NO_UNIT]),
        ["a.toml:8 TJ-S103", "a.toml:9 TJ-C001", "a.toml:13 TJ-C001", "a.toml:18 TJ-D106"]
    );
}

#[test]
fn a_wrong_name_of_a_stream_does_not_hide_its_kind() {
    let name = ("name = \"x.csv\"", "name = \"../passwd\"");
    assert_eq!(told(&[name]), ["a.toml:9 TJ-C020"]);
    assert_eq!(told(&[name, UNKNOWN_KIND]), ["a.toml:9 TJ-C020", "a.toml:10 TJ-D101"]);
    assert_eq!(told(&[name, UNKNOWN_FIELD]), ["a.toml:9 TJ-C020", "a.toml:14 TJ-D102"]);
}

#[test]
fn a_file_that_is_no_toml_does_not_hide_the_others() {
    let broken = ("plural = \"subjects\"", "plural = ");
    // The kind may stand in the broken file; what it names otherwise may not.
    assert_eq!(told(&[broken]), ["kinds.toml:2 TJ-C009"]);
    assert_eq!(told(&[broken, UNKNOWN_KIND]), ["a.toml:10 TJ-D101", "kinds.toml:2 TJ-C009"]);
    let codes = ("edition = \"2021\"", "edition = ");
    assert_eq!(told(&[codes]), ["lists.toml:4 TJ-C009"]);
    assert_eq!(
        told(&[codes, UNKNOWN_FIELD, NO_UNIT]),
        ["lists.toml:4 TJ-C009", "a.toml:14 TJ-D102", "a.toml:16 TJ-D106"]
    );
    // Without the main file, the rest.
    let main = ("[hub]", "[hub");
    assert_eq!(told(&[main, NO_UNIT]), ["a.toml:16 TJ-D106", "tongjian.toml:1 TJ-C009"]);
}

#[test]
fn nothing_follows_from_what_is_told() {
    for (mistake, expected) in [
        (("type = \"money\"", "type = \"munny\""), "kinds.toml:38 TJ-O020"),
        (("code_list = \"category\"\n", ""), "kinds.toml:31 TJ-O021"),
        (("list = \"category\"\nmap", "list = \"categry\"\nmap"), "lists.toml:11 TJ-O022"),
        (("edition = \"2021\"\n", ""), "lists.toml:1 TJ-C005"),
        (("{ column = \"C\", code", "{ colum = \"C\", code"), "a.toml:15 TJ-C001"),
        (("engine = \"file\"", "engine = \"files\""), "a.toml:6 TJ-C011"),
        (("kind = \"penalty\"\n", ""), "a.toml:8 TJ-C005"),
    ] {
        let told = told(&[mistake]);
        assert!(told.iter().any(|one| one == expected), "{mistake:?}: {told:?}");
        let places: std::collections::BTreeSet<&str> =
            told.iter().filter_map(|one| one.split(' ').next()).collect();
        assert_eq!(places.len(), 1, "{mistake:?}: {told:?}");
    }
}

#[test]
fn relations_are_told_where_they_stand() {
    let with = |kind: &str, from: &str, to: &str| {
        let lines = format!(
            "[relation.tie]\nlabel_zh = \"联\"\nlabel_en = \"Tie\"\nshare = \"conditional\"\nkind = \"{kind}\"\n\
             from = {{ {from}, label_zh = \"甲\", label_en = \"A\" }}\nto = {{ {to}, label_zh = \"乙\", label_en = \"B\" }}\n\
             [kind.penalty.role.party]\n"
        );
        told(&[("[kind.penalty.role.party]\n", &lines)])
    };
    let (from, to) = ("role = \"party\", field = \"ones\"", "role = \"other\", field = \"others\"");
    assert_eq!(with("penalties", from, to), ["kinds.toml:20 TJ-O063"]);
    assert_eq!(with("penalty", from, to), ["kinds.toml:22 TJ-O070"]);
    assert_eq!(with("penalty", from, "role = \"party\", field = \"others\""), ["kinds.toml:22 TJ-O071"]);
    // What is missing is told once; nothing follows from it.
    assert_eq!(with("penalty", from, "field = \"others\""), ["kinds.toml:22 TJ-C005"]);
    assert_eq!(
        with("penalty", "role = \"nobody\"", to),
        ["kinds.toml:21 TJ-C005", "kinds.toml:21 TJ-O070", "kinds.toml:22 TJ-O070"]
    );
}

#[test]
fn the_page_of_the_format_lists_what_is_reserved() {
    use hub::ontology as names;
    let page = include_str!("../../../config/FORMAT.md");
    let (_, listed) = page.split_once("## Reserved names").unwrap();
    let listed = listed.split("\n## ").next().unwrap();
    for group in [
        names::RESERVED_RECORD_FIELDS,
        names::RESERVED_ENTITY_FIELDS,
        names::RESERVED_LISTS,
        names::RESERVED_QUERY_FIELDS,
        names::RESERVED_TYPES,
        names::TYPE_ENDINGS,
    ] {
        for name in group {
            assert!(listed.contains(&format!("`{name}`")), "{name}");
        }
    }
}
