//! Lines, cells, statements and options, without a server.

use std::sync::Arc;

use bytes::{BufMut, Bytes, BytesMut};
use contract::{ColumnType, Decode, KeyRange, Row, RowBody, SourceKey, StreamName, Unkeyed, Value};
use proptest::prelude::*;

use crate::decode::LineDecoder;
use crate::line::{LineReader, put_escaped, unescaped};
use crate::sql::{Select, ordered};
use crate::table::{Kind, Table, TableColumn, column_type};
use crate::{Options, Tls};

fn column(name: &str, base: &str) -> TableColumn {
    TableColumn {
        name: name.to_owned(),
        native_type: base.to_owned(),
        cast_type: base.to_owned(),
        base: base.to_owned(),
        column_type: column_type(base, true),
        is_nullable: false,
        is_readable: true,
        is_generated: false,
        comment: None,
    }
}

fn table(columns: Vec<TableColumn>) -> Table {
    Table {
        name: "public.t".parse::<StreamName>().unwrap(),
        schema: "public".to_owned(),
        relation: "t".to_owned(),
        kind: Kind::Table,
        comment: None,
        estimated_rows: None,
        has_row_security: false,
        may_hold_large_cells: false,
        charset: "UTF8".to_owned(),
        columns,
        key: vec!["k".to_owned()],
        key_index: None,
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

fn line(fields: &[Option<&[u8]>]) -> Bytes {
    let mut line = BytesMut::new();
    for (at, field) in fields.iter().enumerate() {
        if at > 0 {
            line.put_u8(b'\t');
        }
        put_escaped(&mut line, *field);
    }
    line.freeze()
}

fn body(row: &Row) -> Bytes {
    match &row.body {
        RowBody::Raw(raw) => raw.clone(),
        RowBody::Cells(_) => panic!("rows of a line are raw"),
    }
}

proptest! {
    #[test]
    fn fields_come_back(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut line = BytesMut::new();
        put_escaped(&mut line, Some(&bytes));
        prop_assert!(!line.contains(&b'\t') && !line.contains(&b'\n'));
        prop_assert_eq!(unescaped(&line).into_owned(), bytes);
    }

    /// However the wire cuts the lines, the rows are the same.
    #[test]
    fn chunks_do_not_matter(
        texts in prop::collection::vec((".{0,8}", ".{0,8}"), 1..20),
        cuts in prop::collection::vec(0_usize..40, 0..30),
    ) {
        let table = table(vec![column("k", "text"), column("v", "text")]);
        let select = select(&table, &["k"], &["k", "v"]);
        let mut wire = BytesMut::new();
        for (k, v) in &texts {
            wire.extend_from_slice(&line(&[Some(k.as_bytes()), Some(v.as_bytes())]));
            wire.put_u8(b'\n');
        }
        let mut reader = LineReader::new(&select);
        let mut rows = Vec::new();
        let mut rest = wire.freeze();
        for cut in cuts {
            let chunk = rest.split_to(cut.min(rest.len()));
            reader.feed(chunk, |row, _| rows.push(row));
        }
        reader.feed(rest, |row, _| rows.push(row));
        prop_assert_eq!(rows.len(), texts.len());
        let decoder = LineDecoder::new(&select, None);
        for (row, (k, v)) in rows.iter().zip(&texts) {
            prop_assert_eq!(row.key.clone().unwrap().parts(), std::slice::from_ref(k));
            let cells = decoder.decode(&body(row)).unwrap();
            prop_assert_eq!(cells, [Value::Text(k.clone()), Value::Text(v.clone())]);
        }
    }

    #[test]
    fn arbitrary_lines_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
        let table = table(vec![column("k", "int8"), column("d", "date"), column("t", "timestamptz")]);
        let select = select(&table, &["k"], &["d", "t", "k"]);
        let row = LineReader::new(&select).row(Bytes::from(bytes));
        let _ = LineDecoder::new(&select, None).decode(&body(&row));
    }
}

#[test]
fn a_key_outside_the_projection_is_read_and_not_digested() {
    let table = table(vec![column("k", "int8"), column("v", "text")]);
    let select = select(&table, &["k"], &["v"]);
    let mut reader = LineReader::new(&select);
    let one = reader.row(line(&[Some(b"1"), Some(b"same")]));
    let two = reader.row(line(&[Some(b"2"), Some(b"same")]));
    assert_eq!((one.key, two.key), (Ok(SourceKey("1".into())), Ok(SourceKey("2".into()))));
    assert_eq!(one.digest, two.digest);
}

#[test]
fn null_in_the_key_is_no_key() {
    let table = table(vec![column("k", "text"), column("v", "text")]);
    let select = select(&table, &["v", "k"], &["k", "v"]);
    let mut reader = LineReader::new(&select);
    assert!(reader.row(line(&[None, Some(b"x")])).key == Err(Unkeyed::NoKey(contract::notes::key_null("k"))));
    assert!(
        reader.row(line(&[Some(b"\xff"), Some(b"x")])).key
            == Err(Unkeyed::NoKey(contract::notes::key_no_text("k")))
    );
    let key = reader.row(line(&[Some(b"a|"), Some(b"\\N")])).key.unwrap();
    assert_eq!(key.parts(), ["\\N", "a|"]);
}

#[test]
fn text_that_is_no_text_is_odd() {
    let mut table = table(vec![column("k", "text")]);
    table.charset = "SQL_ASCII".to_owned();
    let select = select(&table, &["k"], &["k"]);
    let gbk = line(&[Some(b"\xb5\xc2\xd1\xf4")]);
    let plain = LineDecoder::new(&select, None).decode(&gbk).unwrap();
    assert_eq!(plain, [Value::Odd { text: "\\xb5c2d1f4".to_owned(), why: "bad-encoding" }]);
    let declared = LineDecoder::new(&select, Some("gbk")).decode(&gbk).unwrap();
    assert_eq!(declared, [Value::Text("德阳".to_owned())]);
    let broken = LineDecoder::new(&select, Some("gbk")).decode(&line(&[Some(b"\xff\xff")])).unwrap();
    assert_eq!(broken, [Value::Odd { text: "\\xffff".to_owned(), why: "bad-encoding" }]);
}

#[test]
fn large_cells_are_cut() {
    let table = table(vec![column("k", "text"), column("b", "bytea")]);
    let select = select(&table, &["k"], &["k", "b"]);
    let text = "德".repeat(60);
    let bytes = format!("\\x{}", "ab".repeat(200));
    let cells =
        LineDecoder::new(&select, None).decode(&line(&[Some(text.as_bytes()), Some(bytes.as_bytes())]));
    let cells = cells.unwrap();
    assert_eq!(cells[0], Value::Odd { text: "德".repeat(21), why: "too-large" });
    assert_eq!(cells[1], Value::Odd { text: format!("\\x{}", "ab".repeat(64)), why: "too-large" });
}

#[test]
fn too_few_and_too_many_fields_are_malformed() {
    let table = table(vec![column("k", "text"), column("v", "text")]);
    let select = select(&table, &["k"], &["k", "v"]);
    let decoder = LineDecoder::new(&select, None);
    for fields in [&[Some(&b"a"[..])][..], &[Some(b"a"), Some(b"b"), Some(b"c")]] {
        assert!(decoder.decode(&line(fields)).is_err(), "{} fields", fields.len());
    }
}

#[test]
fn names_and_literals_are_quoted() {
    let mut odd = column("a\"; DROP TABLE t; --", "text");
    odd.is_nullable = true;
    let table = table(vec![odd, column("k", "int4")]);
    let names = ["a\"; DROP TABLE t; --", "k"];
    let select = select(&table, &names, &["k"]);
    let range = KeyRange { after: Some(SourceKey::of(["'; --", "1"])), upto: None };
    assert_eq!(
        ordered(&select, &range).unwrap(),
        "SELECT \"a\"\"; DROP TABLE t; --\", \"k\" FROM \"public\".\"t\" WHERE ((\"a\"\"; DROP TABLE t; --\", \"k\") > \
         ('''; --'::text, '1'::int4) OR \"a\"\"; DROP TABLE t; --\" IS NULL) ORDER BY \"a\"\"; DROP TABLE t; --\", \"k\""
    );
    let range = KeyRange { after: Some(SourceKey::of(["one"])), upto: None };
    assert!(ordered(&select, &range).is_err(), "a key of one part for two columns");
}

#[test]
fn types_of_the_database_are_text() {
    assert_eq!(column_type("mood", false), ColumnType::Text);
    assert_eq!(column_type("numeric", true), ColumnType::Decimal);
    assert_eq!(column_type("jsonb", true), ColumnType::Text);
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
