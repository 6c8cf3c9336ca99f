//! Cells, statements, conditions and options, without a server.

use std::sync::Arc;

use bytes::Bytes;
use contract::{Comparison, Decode, KeyRange, Predicate, RowBody, SourceKey, StreamName, Unkeyed, Value};
use mysql_async::Value as Field;
use proptest::prelude::*;

use crate::condition::condition;
use crate::decode::Decoder;
use crate::family::Family;
use crate::row::RowReader;
use crate::sql::{Select, bytes_literal, ordered, text_literal};
use crate::table::{Kind, Table, TableColumn};
use crate::{Options, Tls};

fn column(name: &str, data_type: &str, native_type: &str) -> TableColumn {
    let family = Family::of(data_type, native_type);
    TableColumn {
        name: name.to_owned(),
        native_type: native_type.to_owned(),
        family,
        column_type: family.column_type(native_type),
        is_nullable: false,
        is_readable: true,
        is_generated: false,
        max_octets: None,
        charset: (family == Family::Text).then(|| "utf8mb4".to_owned()),
        collation: (family == Family::Text).then(|| "utf8mb4_bin".to_owned()),
        true_charset: None,
        comment: None,
    }
}

fn table(columns: Vec<TableColumn>) -> Table {
    Table {
        name: "t".parse::<StreamName>().unwrap(),
        database: "zone".to_owned(),
        relation: "t".to_owned(),
        kind: Kind::Table,
        engine: "InnoDB".to_owned(),
        comment: None,
        estimated_rows: None,
        columns,
        key: vec!["k".to_owned()],
        key_index: None,
        unique_keys: vec![vec!["k".to_owned()]],
    }
}

fn select<'a>(table: &'a Table, key: &[&str], projection: &[&str]) -> Select<'a> {
    Select {
        table,
        key: key.iter().map(|name| table.column(name).unwrap()).collect(),
        projection: projection.iter().map(|name| table.column(name).unwrap()).collect(),
        max_cell_bytes: 100,
    }
}

fn field(text: &str) -> Field {
    Field::Bytes(text.as_bytes().to_vec())
}

fn read(select: &Select<'_>, fields: &[Field]) -> (Result<SourceKey, Unkeyed>, Vec<Value>) {
    let (row, _) = RowReader::new(select).row(fields).unwrap();
    let RowBody::Raw(raw) = &row.body else { panic!("rows are raw") };
    (row.key, Decoder::new(select).decode(raw).unwrap())
}

proptest! {
    #[test]
    fn cells_come_back(bytes in prop::collection::vec(any::<u8>(), 0..90), is_null in any::<bool>()) {
        let table = table(vec![column("k", "int", "int(11)"), column("b", "blob", "blob")]);
        let select = select(&table, &["k"], &["b", "k"]);
        let cell = if is_null { Field::NULL } else { Field::Bytes(bytes.clone()) };
        let (key, cells) = read(&select, &[cell, field("-7")]);
        prop_assert_eq!(key, Ok(SourceKey("-7".to_owned())));
        let expected = if is_null { Value::Null } else { Value::Bytes(bytes) };
        prop_assert_eq!(cells, [expected, Value::Int(-7)]);
    }

    /// A literal is made of letters and digits only, whatever the text.
    #[test]
    fn no_text_ends_its_literal(text in ".{0,40}") {
        let literal = text_literal(&text);
        if text.is_empty() {
            prop_assert_eq!(literal, "_utf8mb4''");
        } else {
            let digits = literal.strip_prefix("_utf8mb4 0x").unwrap();
            prop_assert!(digits.bytes().all(|byte| byte.is_ascii_hexdigit()) && digits.len() == text.len() * 2);
        }
    }

    #[test]
    fn arbitrary_cells_never_panic(text in "[0-9.:e+ -]{0,30}", bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        let types = ["bigint", "decimal", "float", "double", "bit", "year", "date", "time", "datetime", "timestamp"];
        let table = table(types.iter().map(|name| column(name, name, name)).collect());
        let select = select(&table, &[], &types);
        for cell in [Field::Bytes(text.into_bytes()), Field::Bytes(bytes.clone())] {
            let _ = read(&select, &vec![cell; types.len()]);
        }
        let _ = Decoder::new(&select).decode(&Bytes::from(bytes));
    }
}

#[test]
fn names_and_literals_are_quoted() {
    let odd = "a` FROM x; --";
    let table = table(vec![column(odd, "varchar", "varchar(9)"), column("k", "int", "int(11)")]);
    let select = select(&table, &[odd, "k"], &["k"]);
    let range = KeyRange { after: Some(SourceKey::of(["'; --", "1"])), upto: None };
    assert_eq!(
        ordered(&select, &range).unwrap(),
        "SELECT t.`a`` FROM x; --`, t.`k` FROM `zone`.`t` AS t WHERE (t.`a`` FROM x; --` >= _utf8mb4 0x273B202D2D AND \
         (t.`a`` FROM x; --` > _utf8mb4 0x273B202D2D OR (t.`a`` FROM x; --` = _utf8mb4 0x273B202D2D AND t.`k` > 1))) \
         ORDER BY t.`a`` FROM x; --`, t.`k`"
    );
    for key in [SourceKey::of(["one"]), SourceKey::of(["x", "1 OR 1=1"]), SourceKey::of(["x", ""])] {
        let range = KeyRange { after: Some(key.clone()), upto: None };
        assert!(ordered(&select, &range).is_err(), "{key}");
    }
    assert_eq!(bytes_literal("_binary", &[]), "_binary''");
}

#[test]
fn keys_that_may_be_equal_are_ordered_by_their_bytes_too() {
    let table = table(vec![column("name", "varchar", "varchar(9)"), column("k", "int", "int(11)")]);
    let order = |key: &[&str]| {
        let statement = ordered(&select(&table, key, &["k"]), &KeyRange::default()).unwrap();
        statement.split(" ORDER BY ").nth(1).unwrap().to_owned()
    };
    assert_eq!(order(&["name"]), "t.`name`, CAST(CONVERT(t.`name` USING utf8mb4) AS BINARY)");
    assert_eq!(order(&["name", "k"]), "t.`name`, t.`k`");
}

#[test]
fn tables_without_versions_are_put_aside_first() {
    let mut table = table(vec![column("k", "int", "int(11)")]);
    table.engine = "MyISAM".to_owned();
    let statement = ordered(&select(&table, &["k"], &["k"]), &KeyRange::default()).unwrap();
    assert!(statement.starts_with("SELECT SQL_BUFFER_RESULT "), "{statement}");
}

#[test]
fn values_are_bound_as_their_columns_compare() {
    let table = table(vec![
        column("k", "bigint", "bigint(20) unsigned"),
        column("d", "date", "date"),
        column("v", "varchar", "varchar(9)"),
    ]);
    let told = |column: &str, comparison, value| {
        let mut binds = Vec::new();
        let predicate = Predicate::Compare { column: column.to_owned(), comparison, value };
        (condition(&table, &predicate, &mut binds).unwrap(), binds)
    };
    let text = |text: &str| Value::Text(text.to_owned());
    assert_eq!(
        told("k", Comparison::Equal, Value::Decimal("18446744073709551615".to_owned())),
        ("t.`k` = ?".to_owned(), vec![Field::UInt(u64::MAX)])
    );
    assert_eq!(told("k", Comparison::Equal, text("no number")), ("NULL".to_owned(), vec![]));
    assert_eq!(
        told("d", Comparison::Less, text("2024-02-29")),
        ("t.`d` < CAST(? AS DATE)".to_owned(), vec![field("2024-02-29")])
    );
    let (statement, binds) = told("v", Comparison::StartsWith, text("50%_|"));
    assert!(statement.contains("LIKE ? ESCAPE '|'"), "{statement}");
    assert_eq!(binds, [field("50|%|_||%"), field("3530255F7C")]);
    assert_eq!(told("v", Comparison::Equal, Value::Null), ("NULL".to_owned(), vec![]));
}

#[test]
fn null_in_the_key_is_no_key() {
    let table = table(vec![column("k", "varchar", "varchar(9)"), column("v", "text", "text")]);
    let select = select(&table, &["v", "k"], &["k", "v"]);
    assert!(
        read(&select, &[field("x"), Field::NULL]).0 == Err(Unkeyed::NoKey(contract::notes::key_null("v")))
    );
    let key = read(&select, &[Field::Bytes(vec![0xff]), field("x")]).0;
    assert!(matches!(key, Err(Unkeyed::NoKey(why)) if why.contains("TJ-S245")));
    assert_eq!(read(&select, &[field("\\N"), field("a|")]).0.unwrap().parts(), ["a|", "\\N"]);
}

#[test]
fn large_cells_are_cut() {
    let mut large = column("v", "longtext", "longtext");
    large.max_octets = Some(u64::from(u32::MAX));
    let table = table(vec![column("k", "int", "int(11)"), large, column("w", "varchar", "varchar(99)")]);
    let select = select(&table, &["k"], &["k", "v", "w"]);
    let flags = field("1:10485760:9e10,");
    let long = "\u{5fb7}".repeat(60);
    let (_, cells) = read(&select, &[flags, field("1"), field(&"x".repeat(64)), field(&long)]);
    assert_eq!(cells[1], Value::Odd { text: "x".repeat(64), why: "too-large" });
    assert_eq!(cells[2], Value::Odd { text: "\u{5fb7}".repeat(21), why: "too-large" });
    let digest = |flag: &str| {
        let fields = [field(flag), field("1"), field("x"), field("y")];
        RowReader::new(&select).row(&fields).unwrap().0.digest
    };
    assert_ne!(digest("1:10485760:9e10,"), digest("1:10485760:9e11,"), "a change behind the head is seen");
    assert!(select.fields(true).contains("CONCAT(t.`k`)"), "{}", select.fields(true));
}

#[test]
fn every_problem_is_told() {
    let options = Options {
        port: 0,
        max_connections: 0,
        charset: Some("martian".to_owned()),
        tls: Tls::Required { ca: Some("/absent/ca.pem".into()) },
        ..Options::new("", "zone", "reader")
    };
    let problems = options.problems("source.s");
    let paths: Vec<&str> = problems.iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(
        paths,
        ["source.s.host", "source.s.port", "source.s.max_connections", "source.s.charset", "source.s.tls.ca"]
    );
    assert!(Options::new("db", "zone", "reader").problems("s").is_empty());
    assert!(!format!("{:?}", Arc::new(options)).contains("canary"));
}
