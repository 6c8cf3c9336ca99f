//! Cells, statements, conditions, greetings and options, without a server.

use std::sync::Arc;

use bytes::Bytes;
use contract::{
    Comparison, Decode, KeyRange, Predicate, ReadError, Refusal, Retry, RowBody, SourceKey, StreamName,
    Unkeyed, Value,
};
use proptest::prelude::*;

use crate::cell::printed;
use crate::decode::Decoder;
use crate::driver::{Bind, DriverError, Field};
use crate::family::{Family, native_type};
use crate::row::RowReader;
use crate::sql::condition::condition;
use crate::sql::{Binds, Select, ordered};
use crate::table::{Kind, Table, TableColumn};
use crate::{Options, Tls, failure, way};

fn column(name: &str, base: &str, max_length: i64) -> TableColumn {
    let family = Family::of(base);
    TableColumn {
        name: name.to_owned(),
        native_type: native_type(base, max_length, 18, 2),
        family,
        is_nullable: false,
        is_readable: true,
        is_generated: false,
        max_length,
        collation: family.is_collated().then(|| "Chinese_PRC_CI_AS".to_owned()),
        comment: None,
    }
}

fn table(columns: Vec<TableColumn>) -> Table {
    Table {
        name: "t".parse::<StreamName>().unwrap(),
        schema: "dbo".to_owned(),
        relation: "t".to_owned(),
        kind: Kind::Table,
        comment: None,
        estimated_rows: None,
        columns,
        key: vec!["k".to_owned()],
        key_index: None,
        unique_keys: vec![vec!["k".to_owned()]],
        digests_whole: true,
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

fn text(text: &str) -> Field {
    Field::Text(text.to_owned())
}

fn read(select: &Select<'_>, fields: &[Field]) -> (Result<SourceKey, Unkeyed>, Vec<Value>) {
    let (row, _) = RowReader::new(select).row(fields).unwrap();
    let RowBody::Raw(raw) = &row.body else { panic!("rows are raw") };
    (row.key, Decoder::new(select).decode(raw).unwrap())
}

fn print(field: &Field) -> String {
    String::from_utf8(printed(field).unwrap().into_owned()).unwrap()
}

/// A field of the wire and the column it comes from, as text and as a value.
fn typed(base: &str, field: Field) -> (String, Value) {
    let table = table(vec![column("k", base, 8)]);
    let select = select(&table, &["k"], &["k"]);
    (print(&field), read(&select, &[field]).1.remove(0))
}

#[test]
fn numbers_keep_every_digit() {
    let decimal = |text: &str| Value::Decimal(text.to_owned());
    let cases = [
        ("decimal", Field::Decimal(i128::from(i64::MAX), 4), "922337203685477.5807"),
        ("money", Field::Decimal(-1, 4), "-0.0001"),
        ("decimal", Field::Decimal(10_i128.pow(38) - 1, 38), "0.99999999999999999999999999999999999999"),
        ("decimal", Field::Decimal(1 - 10_i128.pow(38), 0), "-99999999999999999999999999999999999999"),
        ("decimal", Field::Decimal(0, 2), "0.00"),
        ("decimal", Field::Decimal(i128::MIN, 2), "-1701411834604692317316873037158841057.28"),
    ];
    for (base, field, expected) in cases {
        assert_eq!(typed(base, field), (expected.to_owned(), decimal(expected)));
    }
    assert_eq!(typed("tinyint", Field::Int(255)).1, Value::Int(255));
    assert_eq!(typed("bigint", Field::Int(i64::MIN)).1, Value::Int(i64::MIN));
    assert_eq!(typed("bit", Field::Bit(true)), ("1".to_owned(), Value::Bool(true)));
    assert_eq!(typed("real", Field::Real(0.1)), ("0.1".to_owned(), Value::Float(0.1)));
    for number in [0.1 + 0.2, 1e300, -5e-324, f64::MAX] {
        assert_eq!(typed("float", Field::Float(number)).1, Value::Float(number));
    }
}

#[test]
fn times_print_as_their_owners_see_them() {
    let cases = [
        ("date", Field::Date(0), "0001-01-01"),
        ("date", Field::Date(3_652_058), "9999-12-31"),
        ("time", Field::Time(863_999_999_999, 7), "23:59:59.9999999"),
        ("time", Field::Time(1, 0), "00:00:01"),
        ("datetime", Field::DateTime(-53_690, 1), "1753-01-01 00:00:00.003"),
        ("datetime", Field::DateTime(0, 2), "1900-01-01 00:00:00.007"),
        ("datetime", Field::DateTime(45_350, 25_919_999), "2024-03-01 23:59:59.997"),
        ("smalldatetime", Field::SmallDateTime(65_535, 1439), "2079-06-06 23:59:00.000"),
        ("datetime2", Field::DateTime2(738_944, 432_001_234_567, 7), "2024-02-29 12:00:00.1234567"),
        (
            "datetimeoffset",
            Field::Offset(738_944, 576_000_000_000, 7, 480),
            "2024-03-01 00:00:00.0000000 +08:00",
        ),
        ("datetimeoffset", Field::Offset(738_944, 1, 3, -330), "2024-02-28 18:30:00.001 -05:30"),
    ];
    for (base, field, expected) in cases {
        let (printed, value) = typed(base, field);
        assert_eq!(printed, expected);
        assert!(!matches!(value, Value::Odd { .. }), "{value:?}");
    }
    let (_, moment) = typed("datetimeoffset", Field::Offset(719_162, 10_000_001, 7, 480));
    assert_eq!(
        moment,
        Value::Timestamp(1_000_000),
        "seconds since 1970, less than a microsecond is not kept"
    );
    assert!(matches!(typed("date", Field::Date(u32::MAX)).1, Value::Odd { why: "range", .. }));
}

#[test]
fn identifiers_print_in_the_order_of_their_owner() {
    let bytes =
        [0xa0, 0xee, 0xbc, 0x99, 0x9c, 0x0b, 0x4e, 0xf8, 0xbb, 0x6d, 0x6b, 0xb9, 0xbd, 0x38, 0x0a, 0x11];
    assert_eq!(
        typed("uniqueidentifier", Field::Uuid(bytes)).1,
        Value::Text("A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11".to_owned())
    );
    assert_eq!(
        typed_bytes("timestamp", &[0, 0, 0, 0, 0, 0, 7, 0xd1]),
        Value::Bytes(vec![0, 0, 0, 0, 0, 0, 7, 0xd1])
    );
    assert_eq!(typed_bytes("varbinary", &[]), Value::Bytes(Vec::new()));
    let table = table(vec![column("k", "binary", 2)]);
    let select = select(&table, &["k"], &["k"]);
    assert_eq!(read(&select, &[Field::Bytes(vec![0, 255])]).0.unwrap().0, "\\\\x00ff");
}

fn typed_bytes(base: &str, bytes: &[u8]) -> Value {
    let table = table(vec![column("k", base, 8)]);
    let select = select(&table, &["k"], &["k"]);
    read(&select, &[Field::Bytes(bytes.to_vec())]).1.remove(0)
}

#[test]
fn types_without_a_value_of_ours_are_left_out() {
    for base in ["sql_variant", "geography", "geometry", "vector", "an assembly's"] {
        assert_eq!(Family::of(base), Family::Unread, "{base}");
    }
    assert_eq!(native_type("nvarchar", 80, 0, 0), "nvarchar(40)");
    assert_eq!(native_type("varbinary", -1, 0, 0), "varbinary(max)");
    assert_eq!(native_type("decimal", 17, 38, 10), "decimal(38,10)");
    assert_eq!(native_type("timestamp", 8, 0, 0), "rowversion");
}

#[test]
fn cells_are_fetched_so_that_nothing_is_lost() {
    let table = table(vec![
        column("k", "int", 4),
        column("m", "money", 8),
        column("v", "varchar", 40),
        column("w", "varchar", 8000),
        column("n", "nvarchar", 80),
        column("x", "xml", -1),
        column("i", "image", -1),
    ]);
    let fetched = |name: &str| select(&table, &["k"], &[name]).fields();
    assert_eq!(fetched("k"), "[t].[k]");
    assert_eq!(fetched("m"), "[t].[k], CAST([t].[m] AS decimal(19,4))");
    assert_eq!(fetched("v"), "[t].[k], CAST([t].[v] AS nvarchar(40))");
    assert_eq!(fetched("n"), "[t].[k], [t].[n]");
    for (name, whole) in [
        ("w", "CAST([t].[w] AS nvarchar(max))"),
        ("x", "CAST([t].[x] AS nvarchar(max))"),
        ("i", "CAST([t].[i] AS varbinary(max))"),
    ] {
        let fetched = fetched(name);
        let tail = format!(
            "THEN CAST(SUBSTRING({whole}, 1, 64) AS {} ELSE {whole} END",
            whole.split(" AS ").nth(1).unwrap()
        );
        assert!(fetched.contains(&format!("CASE WHEN DATALENGTH([t].[{name}]) > 100 ")), "{fetched}");
        assert!(fetched.ends_with(&tail), "{fetched}");
        assert!(
            fetched.contains(&format!("HASHBYTES('SHA2_256', CAST({whole} AS varbinary(max)))")),
            "{fetched}"
        );
    }
    let mut old = table.clone();
    old.digests_whole = false;
    assert!(select(&old, &["k"], &["x"]).fields().contains("HASHBYTES('SHA1', SUBSTRING("));
}

#[test]
fn names_are_quoted_and_values_bound() {
    let odd = "a] FROM x; --";
    let table = table(vec![column(odd, "varchar", 9), column("k", "int", 4)]);
    let select = select(&table, &[odd, "k"], &["k"]);
    let range = KeyRange { after: Some(SourceKey::of(["'; --", "1"])), upto: None };
    let (statement, binds) = ordered(&select, &range).unwrap();
    let operand = "CAST(@P1 COLLATE Chinese_PRC_CI_AS AS varchar(8000))";
    assert_eq!(
        statement,
        format!(
            "SELECT CAST([t].[a]] FROM x; --] AS nvarchar(9)), [t].[k] FROM [dbo].[t] AS [t] WHERE \
             ([t].[a]] FROM x; --] >= {operand} AND ([t].[a]] FROM x; --] > {operand} OR \
             ([t].[a]] FROM x; --] = {operand} AND [t].[k] > @P2))) ORDER BY [t].[a]] FROM x; --], [t].[k]"
        )
    );
    assert_eq!(binds, [Bind::Text("'; --".to_owned()), Bind::Int(1)]);
    for key in [SourceKey::of(["one"]), SourceKey::of(["x", "1 OR 1=1"]), SourceKey::of(["x", ""])] {
        let range = KeyRange { after: Some(key.clone()), upto: None };
        assert!(ordered(&select, &range).is_err(), "{key}");
    }
}

#[test]
fn keys_that_may_be_equal_are_ordered_by_their_bytes_too() {
    let table = table(vec![column("name", "nvarchar", 40), column("k", "int", 4)]);
    let order = |key: &[&str]| {
        let (statement, _) = ordered(&select(&table, key, &["k"]), &KeyRange::default()).unwrap();
        statement.split(" ORDER BY ").nth(1).unwrap().to_owned()
    };
    assert_eq!(order(&["name"]), "[t].[name], CAST([t].[name] AS varbinary(8000)) + 0x01");
    assert_eq!(order(&["name", "k"]), "[t].[name], [t].[k]");
}

#[test]
fn values_are_bound_as_their_columns_compare() {
    let table = table(vec![
        column("k", "bigint", 8),
        column("d", "date", 3),
        column("at", "datetime", 8),
        column("m", "money", 8),
        column("r", "real", 4),
        column("v", "varchar", 9),
        column("g", "uniqueidentifier", 16),
    ]);
    let told = |column: &str, comparison, value| {
        let mut binds = Binds::default();
        let predicate = Predicate::Compare { column: column.to_owned(), comparison, value };
        (condition(&table, &predicate, &mut binds).unwrap(), binds.0)
    };
    let text = |text: &str| Value::Text(text.to_owned());
    let bound = |text: &str| Bind::Text(text.to_owned());
    let nothing = ("NULL = NULL".to_owned(), vec![]);
    assert_eq!(
        told("k", Comparison::Equal, Value::Decimal("18446744073709551615".to_owned())),
        ("[t].[k] = CAST(@P1 AS decimal(20,0))".to_owned(), vec![bound("18446744073709551615")])
    );
    assert_eq!(
        told("m", Comparison::Less, text("-0.10")),
        ("[t].[m] < CAST(@P1 AS decimal(2,2))".to_owned(), vec![bound("-0.10")])
    );
    assert_eq!(told("m", Comparison::Equal, text(&"9".repeat(39))), nothing);
    assert_eq!(told("k", Comparison::Equal, text("no number")), nothing);
    assert_eq!(told("d", Comparison::Equal, text("2024-02-31")), nothing);
    assert_eq!(told("g", Comparison::Equal, text("no uuid")), nothing);
    assert_eq!(told("v", Comparison::Equal, Value::Null), nothing);
    assert_eq!(
        told("at", Comparison::Equal, text("2024-02-29 12:00:00.0071")),
        ("[t].[at] = CAST(@P1 AS datetime)".to_owned(), vec![bound("2024-02-29T12:00:00.007")])
    );
    assert_eq!(told("r", Comparison::Equal, Value::Float(0.1)).1, [Bind::Float(f64::from(0.1_f32))]);
    let (statement, binds) = told("v", Comparison::StartsWith, text("50%_|["));
    assert!(statement.contains("LIKE @P1 ESCAPE N'|' AND SUBSTRING("), "{statement}");
    assert_eq!(binds[0], bound("50|%|_|||[%"));
    let (statement, binds) = told("v", Comparison::Equal, text("a"));
    assert!(
        statement.ends_with(" AND CAST(CAST([t].[v] AS nvarchar(9)) AS varbinary(8000)) + 0x01 = @P2"),
        "{statement}"
    );
    assert_eq!(binds, [bound("a"), Bind::Bytes(vec![b'a', 0, 1])]);
}

proptest! {
    /// No character of a value is in the statement.
    #[test]
    fn no_text_becomes_sql(value in "[^\\p{ASCII}]{1,9}|[';\\-\\]\\[]{3,9}") {
        let table = table(vec![column("k", "nvarchar", 40), column("v", "varchar", 40)]);
        for column in ["k", "v"] {
            for comparison in [Comparison::Equal, Comparison::StartsWith, Comparison::Less] {
                let mut binds = Binds::default();
                let predicate = Predicate::Compare { column: column.to_owned(), comparison, value: Value::Text(value.clone()) };
                let statement = condition(&table, &predicate, &mut binds).unwrap();
                prop_assert!(!statement.contains(&value), "{}", statement);
            }
        }
    }

    #[test]
    fn arbitrary_fields_never_panic(
        (number, small, scale) in (any::<u64>(), any::<i32>(), 0_u8..=38),
        bytes in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let names = ["int", "decimal", "float", "date", "time", "datetime", "datetime2", "datetimeoffset", "varbinary", "xml"];
        let table = table(names.iter().map(|name| column(name, name, 8)).collect());
        let select = select(&table, &[], &names);
        let days = number as u32;
        for field in [
            Field::Decimal(i128::from(number) * i128::from(small), scale),
            Field::Date(days),
            Field::Time(number, scale),
            Field::DateTime(small, days),
            Field::DateTime2(days, number, scale),
            Field::Offset(days, number, scale, small as i16),
            Field::Bytes(bytes.clone()),
        ] {
            let _ = read(&select, &vec![field; names.len()]);
        }
        let _ = Decoder::new(&select).decode(&Bytes::from(bytes.clone()));
        let _ = way::encryption(&bytes);
    }
}

#[test]
fn null_in_the_key_is_no_key() {
    let table = table(vec![column("k", "nvarchar", 40), column("v", "nvarchar", 40)]);
    let select = select(&table, &["v", "k"], &["k", "v"]);
    assert!(
        read(&select, &[text("x"), Field::Null]).0 == Err(Unkeyed::NoKey(contract::notes::key_null("v")))
    );
    assert_eq!(read(&select, &[text("\\N"), text("a|")]).0.unwrap().parts(), ["a|", "\\N"]);
}

#[test]
fn large_cells_are_cut() {
    let table = table(vec![column("k", "int", 4), column("v", "nvarchar", -1), column("w", "nvarchar", 100)]);
    let select = select(&table, &["k"], &["k", "v", "w"]);
    let long = "\u{5fb7}".repeat(60);
    let fields = |flag: &str, head: &str| [text(flag), Field::Int(1), text(head), text(&long)];
    let (_, cells) = read(&select, &fields("1:10485760:9E10,", &"x".repeat(64)));
    assert_eq!(cells[1], Value::Odd { text: "x".repeat(64), why: "too-large" });
    assert_eq!(cells[2], Value::Odd { text: "\u{5fb7}".repeat(21), why: "too-large" });
    let digest = |flag: &str| RowReader::new(&select).row(&fields(flag, "x")).unwrap().0.digest;
    assert_ne!(digest("1:10485760:9E10,"), digest("1:10485760:9E11,"), "a change behind the head is seen");
}

#[test]
fn errors_say_whether_to_try_again() {
    let stream: StreamName = "t".parse().unwrap();
    let told = |code, message: &str| {
        failure::reading(DriverError::Server { code, message: message.to_owned() }, Some(&stream))
    };
    for code in [1205, 1222, 40_613] {
        let error = told(code, "Transaction was deadlocked");
        assert!(matches!(error.retry(), Retry::After(_)), "{error}");
        assert!(error.to_string().contains(&format!("({code})")), "{error}");
    }
    assert!(matches!(told(18_456, "Login failed"), ReadError::Refused { refusal: Refusal::Credential, .. }));
    assert!(matches!(told(229, "denied"), ReadError::Refused { refusal: Refusal::Right, .. }));
    assert!(matches!(told(208, "Invalid object name 't'."), ReadError::NoStream { .. }));
    assert!(
        matches!(told(207, "Invalid column name 'x'."), ReadError::NoColumn { column, .. } if column == "x")
    );
    let quoting = told(245, "Conversion failed when converting the varchar value 'canary' to data type int.");
    assert!(!quoting.to_string().contains("canary"), "{quoting}");
    assert!(matches!(quoting.retry(), Retry::Never));
}

#[test]
fn every_problem_is_told() {
    let options = Options {
        port: 0,
        max_connections: 0,
        tls: Tls::Required { ca: Some("/absent/ca.pem".into()) },
        ..Options::new("", "zone", "reader")
    };
    let problems = options.problems("source.s");
    let paths: Vec<&str> = problems.iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(paths, ["source.s.host", "source.s.port", "source.s.max_connections", "source.s.tls.ca"]);
    assert!(Options::new("db", "zone", "reader").problems("s").is_empty());
    assert!(!format!("{:?}", Arc::new(options)).contains("canary"));
}
