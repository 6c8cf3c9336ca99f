//! Bytes against the published examples of the protocol, statements that are none of ours, and a second client.

use super::cell::{Cell, convert};
use super::compare::compare;
use super::kind::{Collation, Kind};
use super::parser::statements;
use super::request::{batch, call};
use super::rows;
use super::wire::{self, Login};
use super::{ClientError, Injected, TdsClient, TdsOptions, TdsServer, TdsUrl};

fn hex(text: &str) -> Vec<u8> {
    text.split_whitespace().map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect()
}

fn collation(name: &str) -> Collation {
    Collation::of(name).unwrap()
}

/// MS-TDS 4.1, Pre-Login Request.
#[test]
fn the_published_greeting_is_understood() {
    let packet = hex(
        "12 01 00 2F 00 00 01 00 00 00 1A 00 06 01 00 20 00 01 02 00 21 00 01 03 00 22 00 04 04 00 26 00 \
                      01 FF 09 00 00 00 00 00 01 00 B8 0D 00 00 01",
    );
    let (kind, content) = wire::read_message(&mut packet.as_slice()).unwrap();
    assert_eq!((kind, wire::asked_encryption(&content)), (wire::PRELOGIN, Some(1)));
    for says in 0..4 {
        assert_eq!(
            wire::asked_encryption(&wire::prelogin(says)),
            Some(says),
            "what we say is read the same way"
        );
    }
}

/// MS-TDS 4.7, SQL Batch Server Response: `foo` in a column `bar`, and the end of the statement.
#[test]
fn the_published_answer_is_ours() {
    let published = hex(
        "04 01 00 33 00 00 01 00 81 01 00 00 00 00 00 20 00 A7 03 00 09 04 D0 00 34 03 62 00 61 00 72 00 \
                         D1 03 00 66 6F 6F FD 10 00 C1 00 01 00 00 00 00 00 00 00",
    );
    let columns = [("bar".to_owned(), Kind::Varchar(Some(3)), collation("SQL_Latin1_General_CP1_CI_AS"))];
    let mut out = Vec::new();
    rows::columns(&mut out, &columns);
    rows::row(&mut out, &columns, &[Cell::Text("foo".to_owned())]);
    wire::done(&mut out, 0xfd, 0x10, 1);
    // A column of a table may be NULL and be written; the published one is of no table.
    assert_eq!(out[7..9], [0x09, 0x00]);
    out[7..9].copy_from_slice(&[0x20, 0x00]);
    let mut sent = std::io::Cursor::new(Vec::new());
    let mut message = wire::Message::new(&mut sent, wire::REPLY, 4096);
    message.put(&out).unwrap();
    message.finish().unwrap();
    assert_eq!(sent.into_inner(), published);
}

#[test]
fn a_message_of_many_packets_is_one_message() {
    let content: Vec<u8> = (0..10_000_u32).map(|n| n as u8).collect();
    let mut sent = std::io::Cursor::new(Vec::new());
    let mut message = wire::Message::new(&mut sent, wire::REPLY, 512);
    for some in content.chunks(333) {
        message.put(some).unwrap();
    }
    message.finish().unwrap();
    let sent = sent.into_inner();
    assert_eq!(wire::read_message(&mut sent.as_slice()).unwrap(), (wire::REPLY, content));
}

#[test]
fn what_is_no_request_is_refused() {
    for n in 0..80 {
        let bytes: Vec<u8> = (0..n).map(|at: u32| (at * 37) as u8).collect();
        let _ = (Login::read(&bytes), batch(&bytes), call(&bytes), wire::asked_encryption(&bytes));
    }
    let own = collation("Chinese_PRC_CI_AS");
    for text in [
        "SELECT 1",
        "SELECT a FROM t WITH (NOLOCK)",
        "SELECT a FROM t JOIN u ON t.a = u.a",
        "SELECT GETDATE() FROM t",
        "TRUNCATE TABLE t",
        "SELECT a FROM t WHERE",
        "SELECT 'a FROM t",
    ] {
        assert!(statements(text, &own).is_err(), "{text}");
    }
    assert_eq!(statements("SELECT [a]]b] FROM [dbo].[t] AS [t]; COMMIT TRANSACTION", &own).unwrap().len(), 2);
}

#[test]
fn types_convert_as_documented() {
    let own = collation("Chinese_PRC_CI_AS");
    let text = |text: &str| Cell::Text(text.to_owned());
    let to = |cell: Cell, kind: Kind| convert(cell, &kind, &own).unwrap();
    assert_eq!(to(text("922337203685477.5807"), Kind::Money), Cell::Decimal(i128::from(i64::MAX), 4));
    assert_eq!(to(text("1.005"), Kind::Decimal(9, 2)), Cell::Decimal(101, 2));
    assert_eq!(to(text("-1.005"), Kind::Decimal(9, 2)), Cell::Decimal(-101, 2));
    assert!(convert(text("1000"), &Kind::Decimal(3, 0), &own).is_err());
    assert!(convert(text("256"), &Kind::TinyInt, &own).is_err());
    // Three-hundredths of a second: 0.998 is nearer to 0.997.
    let at = to(text("2024-02-29T23:59:59.998"), Kind::DateTime);
    assert_eq!(at, to(text("2024-02-29T23:59:59.997"), Kind::DateTime));
    assert_eq!(
        to(text("2024-02-29T23:59:59.999"), Kind::DateTime),
        to(text("2024-03-01T00:00:00"), Kind::DateTime)
    );
    assert_eq!(to(text("\u{5fb7}x"), Kind::Char(4)), text("\u{5fb7}x "), "a character of two bytes");
    assert_eq!(to(text("\u{20bb7}"), Kind::Varchar(Some(9))), text("?"));
    assert_eq!(to(Cell::Bytes(vec![1]), Kind::Binary(3)), Cell::Bytes(vec![1, 0, 0]));
}

#[test]
fn values_compare_as_documented() {
    use std::cmp::Ordering::{Equal, Greater, Less};
    let text = |text: &str| Cell::Text(text.to_owned());
    let order = |a: &Cell, b: &Cell, name: &str| compare(a, b, &collation(name)).unwrap().unwrap();
    let (ci, cs, bin) = ("Chinese_PRC_CI_AS", "Chinese_PRC_CS_AS_WS", "Latin1_General_BIN2");
    assert_eq!(order(&text("a"), &text("A  "), ci), Equal);
    assert_eq!(order(&text("a"), &text("A"), cs), Less);
    assert_eq!(order(&text("a"), &text("A"), bin), Greater);
    assert_eq!(
        order(&text("\u{20bb7}"), &text(""), ci),
        Equal,
        "characters beyond the first plane are not seen"
    );
    assert_eq!(order(&text("\u{20bb7}"), &text(""), "Latin1_General_100_CI_AS_SC_UTF8"), Greater);
    assert_eq!(
        order(&Cell::Bytes(vec![1]), &Cell::Bytes(vec![1, 0]), ci),
        Equal,
        "zeros at the end are not seen"
    );
    let uuid = |last: u8, first: u8| Cell::Uuid([first, 0, 0, 0, 0, 0, 0, 0, 0, 0, last, 0, 0, 0, 0, 0]);
    assert_eq!(order(&uuid(1, 0), &uuid(0, 9), ci), Greater, "the last six bytes weigh most");
    assert_eq!(order(&Cell::Decimal(10, 1), &Cell::Int(1), ci), Equal);
    assert!(compare(&text("1"), &Cell::Int(1), &collation(ci)).is_err());
    assert_eq!(compare(&Cell::Null, &Cell::Null, &collation(ci)).unwrap(), None);
}

fn served() -> (TdsServer, TdsUrl) {
    let server = TdsServer::start(TdsOptions::default()).unwrap();
    server.create_database("zone");
    let url = TdsUrl::parse(&server.url("zone")).unwrap();
    (server, url)
}

#[test]
fn an_owner_writes_and_is_told_what_is_wrong() {
    let (server, url) = served();
    let mut client = TdsClient::connect(&url).unwrap();
    assert_eq!(client.run("CREATE TABLE t (k int NOT NULL PRIMARY KEY, v nvarchar(9))").unwrap(), 0);
    assert_eq!(
        client.run("INSERT INTO t VALUES (1, N'a'), (2, NULL); UPDATE t SET v = N'b' WHERE k = 2").unwrap(),
        3
    );
    for (sql, number) in [
        ("INSERT INTO t VALUES (2, NULL)", 2627),
        ("INSERT INTO t VALUES (NULL, NULL)", 515),
        ("DELETE FROM absent", 208),
        ("UPDATE t SET x = 1", 207),
        ("GRANT ALL TO somebody", 102),
    ] {
        let error = client.run(sql).unwrap_err();
        assert!(matches!(&error, ClientError::Server(error) if error.number == number), "{sql}: {error:?}");
    }
    // As long as a look-up of many keys.
    let many: Vec<String> = (3..3_000).map(|k| format!("(k = {k})")).collect();
    let many = format!("DELETE FROM t WHERE {}", many.join(" OR "));
    assert_eq!(client.run(&many).unwrap(), 0);
    assert_eq!(server.sql("zone", "DELETE FROM t").unwrap(), 2, "what failed changed nothing");
    assert_eq!(server.n_connections(&["tongjian"]), 1);
    for (user, database, number) in [("tongjian", "absent", 4060), ("nobody", "zone", 18_456)] {
        let url = TdsUrl { user: user.to_owned(), database: database.to_owned(), ..url.clone() };
        let error = TdsClient::connect(&url).map(drop).unwrap_err();
        assert!(matches!(&error, ClientError::Server(error) if error.number == number), "{error:?}");
    }
    server.inject(Injected::Error { number: 1205, message: "deadlocked".to_owned(), after_rows: 0 }, 0);
    let error = client.run("SELECT k FROM t").unwrap_err();
    assert!(!matches!(error, ClientError::Network(_)), "{error:?}");
}

/// FreeTDS knows nothing of this project: it reads the greeting, the login, every type and errors.
#[test]
fn a_second_client_reads_every_type() {
    use std::io::Write as _;
    use std::process::{Command, Stdio};
    if Command::new("tsql").arg("-C").stdout(Stdio::null()).status().is_err() {
        eprintln!(
            "skipped: the client is not installed: run `apt-get install --no-install-recommends freetds-bin`"
        );
        return;
    }
    let (server, url) = served();
    server
        .sql(
            "zone",
            "CREATE TABLE t (a tinyint, b smallint, c int, d bigint, e bit, f decimal(38,10), g money, h smallmoney, \
             i real, j float, k char(4), l varchar(9), m nchar(3), n nvarchar(max), o varbinary(4), \
             p uniqueidentifier, q text, r xml, s varchar(max), t binary(3)); \
             INSERT INTO t VALUES (255, -2, 3, N'-9223372036854775808', 1, N'-1234567890123456789012345678.0123456789', \
             N'922337203685477.5807', N'-0.0001', N'0.5', N'-0.25', N'\u{5fb7}', N'\u{5fb7}\u{9633}', N'\u{5fb7}', \
             N'\u{1f600}', 0x00ff, N'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', N'text', N'<a/>', N'max', 0x01); \
             INSERT INTO t (a) VALUES (1)",
        )
        .unwrap();
    let mut client = Command::new("tsql")
        .args(["-H", "127.0.0.1", "-p", &url.port.to_string(), "-U", &url.user, "-P", &url.password])
        .args(["-D", "zone", "-J", "UTF-8", "-o", "fhq", "-t", "|"])
        .env("TDSVER", "7.4")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    client.stdin.take().unwrap().write_all(b"SELECT * FROM t\ngo\nSELECT * FROM absent\ngo\nexit\n").unwrap();
    let output = client.wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let told = String::from_utf8_lossy(&output.stderr);
    let rows: Vec<&str> = text.lines().filter(|line| line.contains('|')).collect();
    let expected = "255|-2|3|-9223372036854775808|1|-1234567890123456789012345678.0123456789|922337203685477.5807|-0.0001|0.5|\
                    -0.25|\u{5fb7}  |\u{5fb7}\u{9633}|\u{5fb7}  |\u{1f600}|00FF|A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11|text|<a/>|max|010000";
    assert_eq!(
        rows.first().copied().unwrap_or_default().to_uppercase(),
        expected.to_uppercase(),
        "{text}\n{told}"
    );
    assert_eq!(rows.get(1).copied(), Some(format!("1{}", "|NULL".repeat(19)).as_str()), "{text}\n{told}");
    assert!(told.contains("208") && told.contains("absent"), "{told}");
}
