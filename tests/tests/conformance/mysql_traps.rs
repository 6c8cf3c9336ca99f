//! What only MySQL and MariaDB do: collations that take texts for equal, keys of every type, charsets that lie, modes
//! and limits that owners have set, tables without versions, certificates of other names.

use std::sync::Arc;
use std::time::{Duration, Instant};

use connector_mysql::{Mysql, Options, Tls};
use contract::{
    Comparison, KeyRange, Predicate, Projection, RangeDigest, ReadError, Source, SourceKey, Value,
};
use demo::servers::Mariadb;
use tests::conformance::{Change, Fixture, n_company};

use crate::conformance::mysql::MysqlFixture;
use crate::conformance::{batches, key, keys, request, rows, typed};

/// A table of one key column, filled.
fn keyed(fixture: &MysqlFixture, column: &str, values: &str) {
    let table = "CREATE OR REPLACE TABLE keyed";
    let filled = values.split("; ").map(|value| format!("({value})")).collect::<Vec<_>>().join(", ");
    fixture.sql(&format!(
        "SET sql_mode = 'ALLOW_INVALID_DATES'; {table} ({column}, v int AUTO_INCREMENT UNIQUE); INSERT INTO keyed (k) VALUES {filled}"
    ));
}

/// Every row comes once, goes on after every row, is found by its key and counted in ranges.
pub(crate) async fn reads_by_key(source: &dyn Source, column: &str, n_expected: usize) {
    let mut asked = request("keyed".parse().unwrap());
    asked.key = vec!["k".to_owned()];
    let all = rows(source, asked.clone()).await;
    assert_eq!(all.len(), n_expected, "{column}: {:?}", keys(&all));
    let stream = asked.stream.clone();
    for max_rows in [1, 2] {
        asked.max_rows = max_rows;
        asked.after = None;
        let mut read = Vec::new();
        // A fresh reading after each batch, as after a kill.
        while let Some(batch) = batches(source, asked.clone()).await.unwrap().into_iter().next() {
            if batch.rows.is_empty() {
                break;
            }
            asked.after = batch.rows.last().map(|row| row.key.clone().unwrap());
            read.extend(batch.rows.into_iter().map(|row| row.key.unwrap().0));
        }
        assert_eq!(read, keys(&all), "{column} at {max_rows} rows a batch");
    }
    let wanted: Vec<SourceKey> = all.iter().map(|(row, _)| row.key.clone().unwrap()).collect();
    let found = source.lookup(&stream, &asked.key, &wanted, &Projection::All).await.unwrap();
    let sum = |rows: &[contract::Row]| rows.iter().fold(RangeDigest::EMPTY, RangeDigest::with);
    let snapshot: Vec<contract::Row> = all.iter().map(|(row, _)| row.clone()).collect();
    assert_eq!(sum(&found.rows), sum(&snapshot), "{column}: a look-up of all keys");
    let middle = all.len() / 2;
    let at = Some(wanted[middle].clone());
    let n_upto = wanted.iter().rposition(|key| *key == wanted[middle]).unwrap() + 1;
    let ranges = [KeyRange { after: None, upto: at.clone() }, KeyRange { after: at, upto: None }];
    let sums = source.digest(&stream, &asked.key, &Projection::All, &ranges).await.unwrap();
    assert_eq!(sums, [sum(&snapshot[..n_upto]), sum(&snapshot[n_upto..])], "{column}");
}

async fn keys_of_every_type(fixture: &MysqlFixture) {
    let cases = [
        ("k bigint unsigned PRIMARY KEY", "0; 9007199254740993; 9007199254740992; 18446744073709551615", 4),
        (
            "k decimal(30,10) PRIMARY KEY",
            "-1.5; 12345678901234567890.0123456789; 12345678901234567890.0123456788",
            3,
        ),
        ("k float PRIMARY KEY", "0.1; 1234567.89; -1e30; 0.3", 4),
        ("k double PRIMARY KEY", "0.1; 0.30000000000000004; 0.3; -1e300", 4),
        ("k date PRIMARY KEY", "'0000-00-00'; '2024-00-00'; '2024-02-31'; '9999-12-31'; '2024-02-29'", 5),
        (
            "k datetime(6) PRIMARY KEY",
            "'2024-01-01 00:00:00.000001'; '2024-01-01 00:00:00.000002'; '0000-00-00'",
            3,
        ),
        ("k timestamp(3) DEFAULT 0 PRIMARY KEY", "'2024-06-01 08:00:00.5'; '2024-06-01 07:59:59.999'; 0", 3),
        ("k time PRIMARY KEY", "'838:59:59'; '-12:00:00'; '23:59:59'; '100:00:00'", 4),
        ("k year PRIMARY KEY", "1999; '0000'; 2024", 3),
        ("k bit(12) PRIMARY KEY", "b'101'; b'0'; b'111111111111'", 3),
        ("k int(8) zerofill PRIMARY KEY", "10; 9; 100", 3),
        ("k enum('z', 'm', 'a') PRIMARY KEY", "'a'; 'm'; 'z'", 3),
        ("k binary(4) PRIMARY KEY", "X'00FF0A5C'; X'27'; X'61'", 3),
        ("k varbinary(9) PRIMARY KEY", "X''; X'00'; X'FF'", 3),
        ("k varchar(9) CHARACTER SET gbk PRIMARY KEY", "'\u{5fb7}'; '\u{9633}'; 'a|b'; 'a\\\\b'", 4),
        ("k varchar(9) CHARACTER SET utf8mb3 PRIMARY KEY", "'\u{5fb7}'; 'B'; 'a'; ''", 4),
        // Nobody declares a key: the collation takes these for equal, but they are several rows.
        (
            "k varchar(9) COLLATE utf8mb4_general_ci NOT NULL",
            "'b'; 'B'; 'b '; 'a'; 'A'; '\u{e4}'; 'c'; 'B'",
            8,
        ),
        (
            "k char(9) COLLATE utf8mb4_unicode_ci NOT NULL, KEY (k)",
            "'\u{ff21}'; 'a'; 'A'; '\u{e1}'; '\u{20bb7}'; '\u{1f600}'",
            6,
        ),
    ];
    let source = fixture.source();
    for (column, values, n_expected) in cases {
        keyed(fixture, column, values);
        reads_by_key(source.as_ref(), column, n_expected).await;
    }
}

async fn a_key_is_not_what_the_collation_takes_for_it(fixture: &MysqlFixture) {
    keyed(fixture, "k varchar(9) COLLATE utf8mb4_general_ci PRIMARY KEY", "'A'; '\u{e9}t\u{e9}'");
    let source = fixture.source();
    let stream = "keyed".parse().unwrap();
    let asked = ["a", "A ", "ete", "A"].map(key);
    let found = source.lookup(&stream, &["k".to_owned()], &asked, &Projection::All).await.unwrap();
    assert_eq!(found.rows.iter().map(|row| row.key.clone().unwrap().0).collect::<Vec<_>>(), ["A"]);
    let select = async |comparison, text: &str| {
        let value = Value::Text(text.to_owned());
        let predicate = Predicate::Compare { column: "k".to_owned(), comparison, value };
        source.select(&stream, &predicate, &[], 9, &Projection::All).await.unwrap().rows.len()
    };
    assert_eq!(select(Comparison::Equal, "a").await, 0);
    assert_eq!(select(Comparison::Equal, "A").await, 1);
    assert_eq!(select(Comparison::NotEqual, "a").await, 2);
    assert_eq!(select(Comparison::StartsWith, "E").await, 0);
    assert_eq!(select(Comparison::StartsWith, "\u{e9}t").await, 1);
}

async fn bytes_of_gbk_in_a_latin_column(fixture: &MysqlFixture) {
    fixture.sql(
        "CREATE OR REPLACE TABLE keyed (k varchar(20) CHARACTER SET latin1 COLLATE latin1_general_ci PRIMARY KEY, \
         v varchar(20) CHARACTER SET latin1); \
         INSERT INTO keyed VALUES (_latin1 X'B5C2D1F4', _latin1 X'B9ABCBBE'), (_latin1 X'C4CFB3E4', 'abc'), ('x', NULL)",
    );
    let stream = "keyed".parse().unwrap();
    // As the server believes: what the native client prints, and a warning.
    let check = fixture.source().check(std::slice::from_ref(&stream)).await;
    let doubts = check.findings.iter().filter(|finding| finding.note.code == "TJ-S021").count();
    assert_eq!(doubts, 2, "{check:?}");
    let told = Mysql::new(Options { charset: Some("gbk".to_owned()), ..fixture.options() });
    let check = told.check(std::slice::from_ref(&stream)).await;
    assert!(check.findings.iter().all(|finding| finding.note.code != "TJ-S021"), "{check:?}");
    let mut asked = request(stream.clone());
    asked.key = vec!["k".to_owned()];
    let all = rows(&told, asked).await;
    let text = |text: &str| Value::Text(text.to_owned());
    let mut cells: Vec<Vec<Value>> = all.iter().map(|(_, cells)| cells.clone()).collect();
    cells.sort_by_key(|cells| cells[0].to_text());
    assert_eq!(
        cells,
        [
            vec![text("x"), Value::Null],
            vec![text("\u{5357}\u{5145}"), text("abc")],
            vec![text("\u{5fb7}\u{9633}"), text("\u{516c}\u{53f8}")]
        ]
    );
    reads_by_key(&told, "latin1 that is gbk", 3).await;
    for (comparison, value, n) in [
        (Comparison::Equal, "\u{516c}\u{53f8}", 1),
        (Comparison::StartsWith, "\u{516c}", 1),
        (Comparison::StartsWith, "ab", 1),
        (Comparison::Equal, "\u{20bb7}", 0),
    ] {
        let predicate = Predicate::Compare { column: "v".to_owned(), comparison, value: text(value) };
        let found = told.select(&stream, &predicate, &[], 9, &Projection::All).await.unwrap();
        assert_eq!(found.rows.len(), n, "{comparison:?} {value}");
    }
}

async fn a_zero_day_is_no_null(fixture: &MysqlFixture) {
    fixture.sql(
        "CREATE OR REPLACE TABLE keyed (k int PRIMARY KEY, d date NOT NULL, t time NOT NULL, e date); \
                 INSERT INTO keyed VALUES (1, 0, 0, NULL), (2, '2024-02-29', '10:00:00', '2024-02-29')",
    );
    let (source, stream) = (fixture.source(), "keyed".parse().unwrap());
    let n_rows = async |predicate: Predicate| {
        source.select(&stream, &predicate, &[], 9, &Projection::All).await.unwrap().rows.len()
    };
    assert_eq!(n_rows(Predicate::IsNull("d".to_owned())).await, 0);
    assert_eq!(n_rows(Predicate::IsNull("e".to_owned())).await, 1);
    let compare =
        |column: &str, comparison, value| Predicate::Compare { column: column.to_owned(), comparison, value };
    let day = Value::Date(jiff::civil::date(2024, 2, 29));
    assert_eq!(n_rows(compare("d", Comparison::Equal, day.clone())).await, 1);
    assert_eq!(n_rows(compare("d", Comparison::Less, day)).await, 1);
    // A text that is no number is no number, not 0.
    assert_eq!(n_rows(compare("t", Comparison::Equal, Value::Time(jiff::civil::time(0, 0, 0, 0)))).await, 1);
    fixture.sql("INSERT INTO keyed VALUES (0, 0, 0, NULL)");
    assert_eq!(n_rows(compare("k", Comparison::Equal, Value::Text("no number".to_owned()))).await, 0);
    assert_eq!(n_rows(compare("k", Comparison::Equal, Value::Text("0".to_owned()))).await, 1);
}

async fn other_engines_views_and_odd_names(fixture: &MysqlFixture) {
    fixture.sql(
        "CREATE OR REPLACE TABLE kept (k int PRIMARY KEY, v text COMMENT 'words') ENGINE = MyISAM COMMENT 'old'; \
         INSERT INTO kept SELECT seq, REPEAT('x', seq) FROM seq_1_to_500; \
         CREATE OR REPLACE TABLE parts (k int PRIMARY KEY, g int AS (k * 2)) PARTITION BY HASH (k) PARTITIONS 3; \
         INSERT INTO parts (k) SELECT seq FROM seq_1_to_500; \
         CREATE OR REPLACE VIEW seen AS SELECT k, v FROM kept; \
         CREATE OR REPLACE TABLE `odd``name; --` (`k?` int, `a``b :c` text, UNIQUE (`k?`), UNIQUE `whole` (`a``b :c`(9))); \
         ALTER TABLE `odd``name; --` MODIFY `k?` int NOT NULL; INSERT INTO `odd``name; --` VALUES (1, 'x')",
    );
    let source = fixture.source();
    for (name, note, n_rows) in [
        ("kept", "TJ-N021", 500),
        ("parts", "TJ-N007", 500),
        ("seen", "TJ-N005", 500),
        ("odd`name; --", "TJ-N004", 1),
    ] {
        let stream = contract::StreamName::of(vec![name.to_owned()]).unwrap();
        let found = source.discover(Some(std::slice::from_ref(&stream))).await.unwrap();
        assert!(found[0].notes.iter().any(|found| found.code == note), "{name}: {:?}", found[0].notes);
        let mut asked = request(stream.clone());
        asked.key = vec![found[0].columns[0].name.clone()];
        let all = rows(source.as_ref(), asked.clone()).await;
        assert_eq!(all.len(), n_rows, "{name}");
        let wanted = [all[0].0.key.clone().unwrap()];
        let found = source.lookup(&stream, &asked.key, &wanted, &Projection::All).await.unwrap();
        assert_eq!(typed(&found)[0].1, all[0].1, "{name}");
    }
    let kept = source.discover(Some(&["kept".parse().unwrap()])).await.unwrap();
    assert_eq!(
        (kept[0].comment.as_deref(), kept[0].columns[1].comment.as_deref()),
        (Some("old"), Some("words"))
    );
    // A database other than the one connected to.
    let elsewhere = source.discover(Some(&["zone.company".parse().unwrap()])).await.unwrap();
    assert_eq!(elsewhere[0].key, ["id"]);
}

async fn a_statement_that_runs_too_long_closes_its_connection(fixture: &MysqlFixture) {
    fixture.sql("CREATE OR REPLACE VIEW slow AS SELECT 1 AS k, SLEEP(30) AS v");
    let source = Mysql::new(Options { read_timeout: Duration::from_secs(1), ..fixture.options() });
    let begun = Instant::now();
    let error = source.select(&"slow".parse().unwrap(), &Predicate::True, &[], 9, &Projection::All).await;
    let error = error.expect_err("it sleeps");
    assert!(matches!(error, ReadError::TimedOut { .. }), "{error:?}");
    assert!(begun.elapsed() < Duration::from_secs(5));
    while fixture.n_connections() != Some(0) {
        assert!(begun.elapsed() < Duration::from_secs(5), "the connection is still open");
        tokio::task::yield_now().await;
    }
}

/// A reading that is dropped is not read to its end in secret.
async fn a_dropped_reading_reads_no_further(fixture: &MysqlFixture) {
    use futures_util::StreamExt;
    fixture.sql(
        "CREATE OR REPLACE TABLE kept (k int PRIMARY KEY, v char(200)); \
                 INSERT INTO kept SELECT seq, REPEAT('x', 200) FROM seq_1_to_200000",
    );
    let source = fixture.source();
    let mut running = source.snapshot(request("kept".parse().unwrap()));
    running.next().await.unwrap().unwrap();
    let sent = || {
        fixture
            .sql("SHOW GLOBAL STATUS LIKE 'Bytes_sent'")
            .split_whitespace()
            .last()
            .unwrap()
            .parse::<u64>()
            .unwrap()
    };
    let begun = Instant::now();
    drop(running);
    while fixture.n_connections() != Some(0) {
        assert!(begun.elapsed() < Duration::from_secs(2), "the connection is still open");
        tokio::task::yield_now().await;
    }
    let before = sent();
    tokio::task::yield_now().await;
    assert!(sent() - before < 1 << 20);
}

async fn certificates_of_other_names(fixture: &MysqlFixture) {
    let right = || fixture.authority("right.pem");
    let stream: contract::StreamName = "company".parse().unwrap();
    let read = async |tls: Tls| batches(&Mysql::new(fixture.encrypted(tls)), request(stream.clone())).await;
    let refused = read(Tls::Required { ca: right() }).await.expect_err("the name is another");
    assert!(matches!(refused, ReadError::Refused { refusal: contract::Refusal::Tls, .. }), "{refused:?}");
    let n_rows =
        |batches: Vec<contract::RowBatch>| batches.iter().map(|batch| batch.rows.len()).sum::<usize>();
    assert_eq!(n_rows(read(Tls::VerifiedAuthority { ca: right() }).await.unwrap()), n_company());
    let wrong = Tls::VerifiedAuthority { ca: fixture.authority("wrong.pem") };
    let refused = read(wrong).await.expect_err("the authority is another");
    assert!(matches!(refused, ReadError::Refused { refusal: contract::Refusal::Tls, .. }), "{refused:?}");
    assert_eq!(n_rows(read(Tls::Unverified).await.unwrap()), n_company());
    assert_eq!(n_rows(read(Tls::Preferred).await.unwrap()), n_company());
    let preferred: Arc<dyn Source> =
        Arc::new(Mysql::new(Options { tls: Tls::Preferred, ..fixture.options() }));
    assert_eq!(n_rows(batches(preferred.as_ref(), request(stream.clone())).await.unwrap()), n_company());
}

#[test]
fn mysql_traps_are_seen() {
    if !Mariadb::is_installed() {
        eprintln!("skipped: {}", demo::servers::StartError::MariadbNotInstalled);
        return;
    }
    let fixture = MysqlFixture::start();
    fixture.change(Change::Reset);
    tests::runtime().block_on(async {
        keys_of_every_type(&fixture).await;
        a_key_is_not_what_the_collation_takes_for_it(&fixture).await;
        bytes_of_gbk_in_a_latin_column(&fixture).await;
        a_zero_day_is_no_null(&fixture).await;
        other_engines_views_and_odd_names(&fixture).await;
        certificates_of_other_names(&fixture).await;
        a_statement_that_runs_too_long_closes_its_connection(&fixture).await;
        a_dropped_reading_reads_no_further(&fixture).await;
    });
}
