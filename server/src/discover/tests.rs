//! Names, forms, and a whole proposal from rows made here; nothing of a cell may be told.

use contract::{Column, ColumnType, SourceId, StreamSchema, Value};
use hub::ontology::Ontology;
use messages::Lang;

use super::names::{How, Name, Word, common_prefix};
use super::profile::{Form, Profile};
use super::sample::Sample;
use super::{Guesser, toml};

fn like(name: &str, word: &str) -> Option<(f64, How)> {
    let found = Name::new(name, None, "").likeness(&[(Word::new(word), 1.0)])?;
    Some((found.score, found.how))
}

#[test]
fn names_are_read_as_initials_words_and_chinese() {
    let cases = [
        ("tyshxydm", "统一社会信用代码", How::Initials),
        ("QYMC", "企业名称", How::Initials),
        ("hydm", "行业代码", How::Initials),
        ("qiye_mc", "企业名称", How::Initials),
        ("shxydm", "统一社会信用代码", How::SomeInitials),
        ("CreditCode", "Credit code", How::English),
        ("许可证号", "许可证号", How::Chinese),
    ];
    for (name, word, how) in cases {
        let found = like(name, word);
        assert!(found.is_some_and(|(score, found)| score >= 0.6 && found == how), "{name} {word}: {found:?}");
    }
    for (name, word) in [("qymc", "法定代表人"), ("xgsj", "注册资本"), ("LicenceNo", "Address")] {
        let found = like(name, word);
        assert!(found.as_ref().is_none_or(|(score, _)| *score < 0.4), "{name} {word}: {found:?}");
    }
}

#[test]
fn a_prefix_of_all_columns_is_passed_over() {
    assert_eq!(common_prefix(["cf_wsh", "cf_xdr", "CF_JE", "bh"].into_iter()), "cf_");
    assert_eq!(common_prefix(["nbxh", "qymc", "zch"].into_iter()), "");
}

fn texts(cells: &[&str]) -> Vec<Value> {
    cells.iter().map(|cell| Value::Text((*cell).to_owned())).collect()
}

#[test]
fn forms_are_counted_with_their_check_digits() {
    // The second code has a wrong check digit; 无 says nothing.
    let cells = texts(&["91610131MA6TE5T09D", "91610131MA6TE5T09E", "无", "N/A"]);
    let profile = Profile::of(cells.iter());
    assert_eq!((profile.n_rows, profile.n_filled, profile.count(Form::Uscc)), (4, 2, 1));
    assert_eq!(profile.placeholders, [("N/A", 1)]);
    let cells = texts(&["2019-05-06", "2019年5月6日", "20190506", "2019/5/6 10:20", "2019-02-30", "长期"]);
    let profile = Profile::of(cells.iter());
    assert_eq!((profile.count(Form::Day), profile.count(Form::Moment), profile.count(Form::Open)), (4, 1, 1));
    let cells = texts(&["13812345678", "029-88881234", "20190506", "2019-05-06"]);
    assert_eq!(Profile::of(cells.iter()).count(Form::Phone), 2);
    let cells = texts(&["500.000000", "30", "1,000.5"]);
    let profile = Profile::of(cells.iter());
    assert_eq!((profile.count(Form::Number), profile.decimals), (3, 6));
}

fn shipped() -> Ontology {
    let folder = tempfile::tempdir().unwrap();
    crate::shipped::write(folder.path()).unwrap();
    std::fs::write(folder.path().join("person.key"), "0123456789abcdef0123456789abcdef").unwrap();
    let config = config::judge(folder.path(), &config::Overrides::default()).config.expect("it is read");
    let draft = crate::wiring::ontology(&config);
    Ontology::judge(&draft).0
}

fn column(name: &str, comment: Option<&str>) -> Column {
    Column {
        name: name.to_owned(),
        column_type: ColumnType::Text,
        native_type: "varchar".to_owned(),
        is_nullable: true,
        charset: None,
        comment: comment.map(str::to_owned),
    }
}

fn stream(name: &str, comment: &str, key: &[&str]) -> StreamSchema {
    StreamSchema {
        name: name.parse().unwrap(),
        comment: Some(comment.to_owned()),
        columns: Vec::new(),
        key: key.iter().map(|key| (*key).to_owned()).collect(),
        estimated_rows: Some(9),
        notes: Vec::new(),
        parts: Vec::new(),
    }
}

/// A list of penalties by a department that names its columns in its own way.
fn penalties() -> Sample {
    let row = |n: usize| {
        texts(&[
            &n.to_string(),
            &format!("高处罚〔2024〕{n}号"),
            "西安示例科技有限公司",
            "91610131MA6TE5T09D",
            "张三",
            "500.00",
            "2024-03-05",
            "内部备注",
        ])
    };
    Sample {
        columns: vec![
            column("id", None),
            column("wsh", None),
            column("dsr", None),
            column("code", Some("统一社会信用代码")),
            column("fddbr", None),
            column("fkje", Some("罚款金额（万元）\n[evil]")),
            column("cfjdrq", None),
            column("bz2", None),
        ],
        rows: (1..=9).map(row).collect(),
        n_torn: 0,
        is_whole: true,
    }
}

#[test]
fn a_stream_becomes_a_mapping_with_its_reasons() {
    let ontology = shipped();
    let mut guesser = Guesser::new(&ontology, Lang::En, "Asia/Shanghai", Vec::new());
    let proposed =
        guesser.propose(&SourceId::new("s"), &stream("xzcf", "行政处罚\n[x]", &["id"]), &penalties());
    assert_eq!(proposed.kind.as_deref(), Some("penalty"), "{}", proposed.text);
    let wanted = [
        ("document", "wsh"),
        ("party_name", "dsr"),
        ("party_uscc", "code"),
        ("legal_representative", "fddbr"),
        ("fine", "fkje"),
        ("decided_on", "cfjdrq"),
    ];
    for (field, column) in wanted {
        let found =
            proposed.fields.iter().find(|(known, _)| known == field).map(|(_, column)| column.as_deref());
        assert_eq!(found, Some(Some(column)), "{field}:\n{}", proposed.text);
    }
    let text = &proposed.text;
    assert!(text.contains("9 of 9 non-empty values are credit codes"), "{text}");
    assert!(text.contains("fine = { column = \"fkje\", unit = \"万元\""), "{text}");
    assert!(text.contains("#     bz2 (varchar)"), "{text}");
    // Nothing of a cell, and nothing of the source's words that would be configuration.
    for cell in ["91610131", "西安示例", "张三", "高处罚", "内部备注", "500.00"] {
        assert!(!text.contains(cell), "{cell} is told:\n{text}");
    }
    assert!(text.lines().all(|line| !line.starts_with("[evil") && !line.starts_with("[x")), "{text}");
}

#[test]
fn a_company_is_no_shareholder_of_itself_and_people_stand_among_shareholders() {
    let ontology = shipped();
    let columns = ["序号", "企业名称", "统一社会信用代码", "股东名称", "股东证件号码", "认缴出资额(万元)"];
    let row = |n: &str, shareholder: &str, number: &str| {
        texts(&[n, "西安示例科技有限公司", "91610131MA6TE5T09D", shareholder, number, "100"])
    };
    let sample = Sample {
        columns: columns.iter().map(|name| column(name, None)).collect(),
        rows: vec![
            row("1", "西安另一贸易有限公司", "91610131MB275KGA6D"),
            row("2", "张三", "11010519491231002X"),
            row("3", "李四", "440524188001010014"),
        ],
        n_torn: 0,
        is_whole: true,
    };
    let mut guesser = Guesser::new(&ontology, Lang::Zh, "Asia/Shanghai", Vec::new());
    let proposed = guesser.propose(&SourceId::new("s"), &stream("gd.csv", "", &[]), &sample);
    assert_eq!(proposed.kind.as_deref(), Some("shareholding"), "{}", proposed.text);
    let of_running_number = proposed.fields.iter().find(|(_, column)| column.as_deref() == Some("序号"));
    assert_eq!(of_running_number, None, "which row it is says nothing of whom the row speaks");
    let wanted = [
        ("party_name", "企业名称"),
        ("party_uscc", "统一社会信用代码"),
        ("shareholder_name", "股东名称"),
        ("shareholder_number", "股东证件号码"),
        ("person_id", "股东证件号码"),
    ];
    for (field, column) in wanted {
        let found =
            proposed.fields.iter().find(|(known, _)| known == field).map(|(_, column)| column.as_deref());
        assert_eq!(found, Some(Some(column)), "{field}:\n{}", proposed.text);
    }
}

#[test]
fn a_register_is_an_anchor_once() {
    let ontology = shipped();
    let columns = ["nbxh", "qymc", "tyshxydm", "zch", "fddbr", "zczb", "clrq", "djzt", "djjg", "jyfw"];
    let cells = texts(&[
        "610131000001",
        "西安示例科技有限公司",
        "91610131MA6TE5T09D",
        "440301103097413",
        "张三",
        "500.000000",
        "2017-03-08",
        "1",
        "西安市市场监督管理局",
        "软件开发",
    ]);
    let sample = Sample {
        columns: columns.iter().map(|name| column(name, None)).collect(),
        rows: vec![cells],
        n_torn: 0,
        is_whole: true,
    };
    let mut guesser = Guesser::new(&ontology, Lang::Zh, "Asia/Shanghai", Vec::new());
    let first = guesser.propose(&SourceId::new("s"), &stream("t_a", "", &["nbxh"]), &sample);
    let second = guesser.propose(&SourceId::new("s"), &stream("t_b", "", &[]), &sample);
    assert_eq!(first.kind.as_deref(), Some("registration"), "{}", first.text);
    assert!(first.text.contains("\nanchor = \"subject\""), "{}", first.text);
    assert!(second.text.contains("\n# anchor = \"subject\""), "{}", second.text);
    assert!(first.text.contains("unit = \"万元\""), "{}", first.text);
    // One row does not make a key.
    assert!(second.text.contains("key = [\"请填写列名\"]"), "{}", second.text);
}

#[test]
fn an_empty_or_foreign_stream_proposes_nothing() {
    let ontology = shipped();
    let mut guesser = Guesser::new(&ontology, Lang::En, "Asia/Shanghai", Vec::new());
    let sample = Sample {
        columns: vec![column("w", None), column("h", None)],
        rows: vec![texts(&["12", "7"]); 3],
        n_torn: 0,
        is_whole: true,
    };
    let proposed = guesser.propose(&SourceId::new("s"), &stream("sys_log", "", &[]), &sample);
    assert_eq!(proposed.kind, None, "{}", proposed.text);
    assert!(proposed.text.lines().all(|line| line.is_empty() || line.starts_with('#')), "{}", proposed.text);
}

#[test]
fn texts_stay_within_their_quotes() {
    assert_eq!(toml::quoted("a\"b\\c\n\u{7f}"), "\"a\\\"b\\\\c\\n\\u007F\"");
    assert_eq!(toml::comment("a\nb\u{7f}"), "# a b ");
}
