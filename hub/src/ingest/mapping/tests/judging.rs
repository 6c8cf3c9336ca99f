//! Drafts judged whole, and mappings against the stream as it is.

use contract::{Column, ColumnType, StreamSchema};

use super::*;

#[track_caller]
fn check(draft: MappingDraft, expected: &[(&str, &str)]) {
    let problems = build(draft).err().unwrap_or_default();
    let found: Vec<(&str, &str)> = problems.iter().map(|p| (p.path.as_str(), p.message.code)).collect();
    assert_eq!(found, expected);
    for problem in &problems {
        for lang in [messages::Lang::Zh, messages::Lang::En] {
            let texts = [Some(&problem.message), problem.cure.as_ref()];
            for text in texts.into_iter().flatten().map(|message| message.render(lang)) {
                assert!(!text.contains("no text") && !text.contains('{'), "{text}");
            }
        }
    }
}

#[test]
fn all_problems_at_once() {
    let mut bad = draft(vec![
        of_field("money"),
        of_field("nothing"),
        of_field("money"),
        of_field("text"),
        of_field("code"),
    ]);
    bad.zone = "Asia/Xian".into();
    bad.anchor = Some("person".into());
    bad.fields[0].unit = Some("斤".into());
    bad.fields[0].currency = Some("yuan".into());
    bad.fields[3].unit = Some("万元".into());
    bad.fields[3].freshness = Some("live".into());
    bad.fields[4].code_translation = Some("lokal".into());
    bad.fields[4].edition = Some("1999".into());
    bad.fields[4].from = FromDraft::Columns(vec![]);
    bad.fields[2] = FieldMappingDraft { format: Some("yyyy-mm-dd".into()), ..of_field("date") };
    bad.fields
        .push(FieldMappingDraft { from: FromDraft::Constant("2024-02-30".into()), ..of_field("until") });
    bad.fields.push(of_field("text"));
    let at = "source.test.stream[0]";
    let path = |rest: &str| format!("{at}{rest}");
    check(
        bad,
        &[
            (&path(".zone"), "TJ-D105"),
            (&path(".anchor"), "TJ-D124"),
            (&path(".fields.nothing"), "TJ-D102"),
            (&path(".fields.text"), "TJ-D103"),
            (&path(".fields.code.code_translation"), "TJ-D109"),
            (&path(".fields.code.edition"), "TJ-D110"),
            (&path(".fields.code"), "TJ-D128"),
            (&path(".fields.money.currency"), "TJ-O037"),
            (&path(".fields.money.unit"), "TJ-D106"),
            (&path(".fields.date.format"), "TJ-D112"),
            (&path(".fields.until"), "TJ-D116"),
        ],
    );
    let mut unknown = draft(vec![of_field("text")]);
    unknown.kind = "sampel".into();
    check(unknown, &[("source.test.stream[0].kind", "TJ-D101")]);
    check(draft(vec![]), &[("source.test.stream[0]", "TJ-D104")]);
    let mut anchor = draft(vec![of_field("text")]);
    anchor.anchor = Some("subjekt".into());
    check(anchor, &[("source.test.stream[0].anchor", "TJ-D118")]);
    let freshness = FieldMappingDraft { freshness: Some("sealed".into()), ..of_field("text") };
    check(draft(vec![freshness]), &[("source.test.stream[0].fields.text.freshness", "TJ-O029")]);
    let extra = FieldMappingDraft { open_ended: vec!["x".into()], ..of_field("text") };
    check(draft(vec![extra]), &[("source.test.stream[0].fields.text.open_ended", "TJ-D107")]);
}

#[test]
fn id_numbers_need_a_key() {
    let problems = Mapping::build(draft(vec![of_field("resident_id")]), &ontology(), None).unwrap_err();
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].message.code, "TJ-D120");
}

#[test]
fn digests_follow_meaning() {
    let one = build(draft(vec![of_field("text")])).unwrap();
    let mut moved = draft(vec![of_field("text")]);
    moved.path = "elsewhere".into();
    moved.fields[0].path = "elsewhere".into();
    assert_eq!(build(moved).unwrap().digest(), one.digest());
    let mut other = draft(vec![of_field("text")]);
    other.placeholders = vec!["?".into()];
    assert_ne!(build(other).unwrap().digest(), one.digest());
    let other_key =
        Mapping::build(draft(vec![of_field("text")]), &ontology(), Some(PersonKey::derive(b"b"))).unwrap();
    assert_ne!(other_key.digest(), one.digest());
    assert_eq!(one.digest().len(), 32);
}

#[test]
fn the_stream_as_it_is() {
    let column = |name: &str, column_type| Column {
        name: name.into(),
        column_type,
        native_type: "geometry".into(),
        is_nullable: true,
        charset: None,
        comment: None,
    };
    let mut schema = StreamSchema {
        name: "samples".parse().unwrap(),
        comment: None,
        columns: vec![
            column("ID", ColumnType::Int),
            column("QYMC", ColumnType::Text),
            column("ZB", ColumnType::Unread),
        ],
        key: vec![],
        estimated_rows: None,
        notes: vec![],
        parts: Vec::new(),
    };
    let name = FieldMappingDraft { from: FromDraft::Columns(vec!["QYMC".into()]), ..of_field("text") };
    let mapping = build(draft(vec![name.clone()])).unwrap();
    assert_eq!(mapping.problems_with(&schema), []);

    schema.columns[1].name = "QYMC1".into();
    let problems = mapping.problems_with(&schema);
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].message.code, "TJ-D114");
    assert_eq!(problems[0].path, "source.test.stream[0].fields.text");
    assert_eq!(problems[0].cure.as_ref().unwrap().render(messages::Lang::En), "did you mean `QYMC1`?");

    // The first row of a file without a header is told to nobody.
    schema.columns[0].name = "11010519491231002X".into();
    let problems = mapping.problems_with(&schema);
    let told: Vec<String> = problems
        .iter()
        .flat_map(|problem| problem.cure.iter().chain([&problem.message]))
        .map(|message| message.render(messages::Lang::En))
        .collect();
    assert!(problems.len() == 2 && told.iter().all(|told| !told.contains("11010519")), "{told:?}");
    assert!(told.iter().any(|told| told.contains("`header_row`")), "{told:?}");
    let was = schema.columns[1].name.clone();
    for (at, name) in ["张三", "李四"].into_iter().enumerate() {
        schema.columns[at].name = name.into();
    }
    let cures = mapping.problems_with(&schema).into_iter().filter_map(|problem| problem.cure);
    let codes: Vec<&str> = cures.map(|cure| cure.code).collect();
    assert!(!codes.is_empty() && codes.iter().all(|code| *code == "TJ-D139"), "{codes:?}");
    schema.columns[1].name = was;
    schema.columns[0].name = "ID".into();

    let mut without_key =
        draft(vec![FieldMappingDraft { from: FromDraft::Columns(vec!["ZB".into()]), ..of_field("text") }]);
    without_key.key.clear();
    let codes: Vec<_> = build(without_key)
        .unwrap()
        .problems_with(&schema)
        .iter()
        .map(|problem| problem.message.code)
        .collect();
    assert_eq!(codes, ["TJ-D123", "TJ-D119"]);
}
