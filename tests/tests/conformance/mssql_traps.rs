//! What only SQL Server does: collations that take texts for equal, keys of every type, errors in the middle of rows,
//! silence, certificates of other names, comments, settings of the catalogue.

use std::sync::Arc;
use std::time::{Duration, Instant};

use connector_mssql::{Mssql, Options, Tls};
use contract::{Comparison, Predicate, Projection, ReadError, Refusal, Retry, Source, Value};
use demo::servers::Injected;
use futures_util::StreamExt;
use tests::conformance::{Change, Fixture, n_company};

use crate::conformance::mssql::{MssqlFixture, has_client};
use crate::conformance::mysql_traps::reads_by_key;
use crate::conformance::{batches, key, request, rows};

/// A table of one key column, filled.
fn keyed(fixture: &MssqlFixture, column: &str, values: &str) {
    let filled = values.split("; ").map(|value| format!("({value})")).collect::<Vec<_>>().join(", ");
    fixture.sql(&format!("DROP TABLE IF EXISTS keyed; CREATE TABLE keyed ({column}, v int); INSERT INTO keyed (k) VALUES {filled}"));
}

async fn keys_of_every_type(fixture: &MssqlFixture) {
    let cases = [
        ("k tinyint NOT NULL PRIMARY KEY", "0; 200; 255; 10", 4),
        ("k bigint NOT NULL PRIMARY KEY", "0; N'9007199254740993'; N'9007199254740992'; -1", 4),
        (
            "k decimal(38,10) NOT NULL PRIMARY KEY",
            "N'-1.5'; N'12345678901234567890.0123456789'; N'12345678901234567890.0123456788'",
            3,
        ),
        (
            "k money NOT NULL PRIMARY KEY",
            "N'922337203685477.5807'; N'922337203685477.5806'; N'-0.0001'; 0",
            4,
        ),
        ("k real NOT NULL PRIMARY KEY", "N'0.1'; N'1234567.9'; N'-1e30'; N'0.3'", 4),
        ("k float NOT NULL PRIMARY KEY", "N'0.1'; N'0.30000000000000004'; N'0.3'; N'-1e300'", 4),
        ("k date NOT NULL PRIMARY KEY", "N'0001-01-01'; N'9999-12-31'; N'2024-02-29'", 3),
        ("k time(7) NOT NULL PRIMARY KEY", "N'00:00:00.0000001'; N'23:59:59.9999999'; N'12:00:00'", 3),
        (
            "k datetime NOT NULL PRIMARY KEY",
            "N'2024-01-01T00:00:00.003'; N'2024-01-01T00:00:00.007'; N'1753-01-01T00:00:00'; N'2024-01-01T00:00:00'",
            4,
        ),
        ("k smalldatetime NOT NULL PRIMARY KEY", "N'2024-01-01T00:01:00'; N'2024-01-01T00:02:00'", 2),
        (
            "k datetime2(7) NOT NULL PRIMARY KEY",
            "N'2024-01-01 00:00:00.0000001'; N'2024-01-01 00:00:00.0000002'; N'0001-01-01 00:00:00'",
            3,
        ),
        (
            "k datetimeoffset(7) NOT NULL PRIMARY KEY",
            "N'2024-01-01 08:00:00.0000001 +08:00'; N'2024-01-01 00:00:00.0000002 +00:00'; N'2023-12-31 18:30:00.0000003 -05:30'",
            3,
        ),
        ("k bit NOT NULL PRIMARY KEY", "1; 0", 2),
        (
            "k uniqueidentifier NOT NULL PRIMARY KEY",
            "N'00000000-0000-0000-0000-010000000000'; N'09000000-0000-0000-0000-000000000000'; N'00000100-0000-0000-0000-000000000000'; N'00000001-0000-0000-0000-000000000000'",
            4,
        ),
        ("k binary(4) NOT NULL PRIMARY KEY", "0x00FF0A5C; 0x27000000; 0x61000000", 3),
        ("k varbinary(9) NOT NULL PRIMARY KEY", "0x; 0x0001; 0xFF", 3),
        (
            "k varchar(9) COLLATE Chinese_PRC_CI_AS NOT NULL PRIMARY KEY",
            "N'\u{5fb7}'; N'\u{9633}'; N'a|b'; N'a\\b'",
            4,
        ),
        (
            "k varchar(max) COLLATE Latin1_General_100_CI_AS_SC_UTF8 NOT NULL",
            "N'\u{5fb7}'; N'\u{1f600}'; N'a'; N'A'",
            4,
        ),
        (
            "k nvarchar(9) COLLATE Latin1_General_BIN2 NOT NULL PRIMARY KEY",
            "N'a'; N'A'; N'\u{ff5e}'; N'\u{20bb7}'",
            4,
        ),
        // Nobody declares a key: the collation takes these for equal, but they are several rows.
        (
            "k nvarchar(9) COLLATE Chinese_PRC_CI_AS NOT NULL",
            "N'b'; N'B'; N'b '; N'a'; N'A'; N'\u{20bb7}'; N''; N'c'; N'B'",
            9,
        ),
        ("k varbinary(9) NOT NULL", "0x01; 0x0100; 0x010000; 0x; 0x00", 5),
        ("k char(4) COLLATE Chinese_PRC_CI_AS NOT NULL", "N'a'; N'A'; N'b'; N'\u{5fb7}'", 4),
        ("k ntext NOT NULL", "N'a'; N'A'; N'b'", 3),
    ];
    let source = fixture.source();
    for (column, values, n_expected) in cases {
        keyed(fixture, column, values);
        reads_by_key(source.as_ref(), column, n_expected).await;
    }
}

async fn a_key_is_not_what_the_collation_takes_for_it(fixture: &MssqlFixture) {
    keyed(fixture, "k varchar(9) COLLATE Chinese_PRC_CI_AS NOT NULL PRIMARY KEY", "N'A'; N'\u{5fb7}?'");
    let source = fixture.source();
    let stream = "keyed".parse().unwrap();
    let asked = ["a", "A ", "\u{5fb7}\u{20bb7}", "A"].map(key);
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
    assert_eq!(select(Comparison::StartsWith, "a").await, 0);
    assert_eq!(select(Comparison::StartsWith, "\u{5fb7}").await, 1);
}

/// The server's own numbers, between rows and before them.
async fn errors_keep_their_numbers(fixture: &MssqlFixture) {
    let Some(double) = &fixture.double else { return };
    for (number, words) in [
        (
            1205,
            "Transaction was deadlocked on lock resources with another process and has been chosen as the deadlock victim.",
        ),
        (1222, "Lock request time out period exceeded."),
        (3961, "Snapshot isolation transaction failed in database 'zone' because the object was modified."),
    ] {
        for after_rows in [0, 1_000] {
            // Server, tables, columns and keys come before the rows.
            double.server.inject(Injected::Error { number, message: words.to_owned(), after_rows }, 4);
            let source = fixture.source();
            let mut running = source.snapshot(request("company".parse().unwrap()));
            let mut n_read = 0;
            let error = loop {
                match running.next().await {
                    Some(Ok(batch)) => n_read += batch.rows.len(),
                    Some(Err(error)) => break error,
                    None => panic!("{number} was not told"),
                }
            };
            drop(running);
            assert!(error.to_string().contains(&format!("({number})")), "{error}");
            assert!(matches!(error.retry(), Retry::After(_)), "{error:?}");
            assert!(n_read <= after_rows && (after_rows == 0 || n_read > 0), "{n_read} of {after_rows}");
            // The next reading begins anew.
            assert_eq!(rows(source.as_ref(), request("company".parse().unwrap())).await.len(), n_company());
        }
    }
}

async fn silence_closes_the_connection(fixture: &MssqlFixture) {
    let Some(double) = &fixture.double else { return };
    double.server.inject(Injected::Silence, 4);
    let source = Mssql::new(Options { read_timeout: Duration::from_secs(1), ..fixture.options() });
    let begun = Instant::now();
    let error = batches(&source, request("company".parse().unwrap())).await.expect_err("it is silent");
    assert!(matches!(error, ReadError::TimedOut { .. }), "{error:?}");
    assert!(begun.elapsed() < Duration::from_secs(5));
    while fixture.n_connections() != Some(0) {
        assert!(begun.elapsed() < Duration::from_secs(5), "the connection is still open");
        tokio::task::yield_now().await;
    }
    assert_eq!(
        batches(&source, request("company".parse().unwrap()))
            .await
            .unwrap()
            .iter()
            .map(|b| b.rows.len())
            .sum::<usize>(),
        n_company()
    );
}

async fn certificates_of_other_names(fixture: &MssqlFixture) {
    let right = || fixture.authority("right.pem");
    let n_rows = async |host: &str, tls: Tls| {
        let source = Mssql::new(fixture.encrypted(host, tls).unwrap());
        let batches = batches(&source, request("company".parse().unwrap())).await?;
        Ok::<_, ReadError>(batches.iter().map(|batch| batch.rows.len()).sum::<usize>())
    };
    let is_refused = |read: Result<usize, ReadError>| {
        matches!(read, Err(ReadError::Refused { refusal: Refusal::Tls, .. }))
    };
    assert!(is_refused(n_rows("localhost", Tls::Required { ca: right() }).await), "the name is another");
    assert!(is_refused(n_rows("localhost", Tls::Disabled).await), "the server insists on encryption");
    let wrong = Tls::VerifiedAuthority { ca: fixture.authority("wrong.pem") };
    assert!(is_refused(n_rows("localhost", wrong).await), "the authority is another");
    for tls in [Tls::VerifiedAuthority { ca: right() }, Tls::Unverified, Tls::Preferred] {
        assert_eq!(n_rows("localhost", tls.clone()).await.unwrap(), n_company(), "{tls:?}");
    }
    let preferred: Arc<dyn Source> =
        Arc::new(Mssql::new(Options { tls: Tls::Preferred, ..fixture.options() }));
    assert_eq!(rows(preferred.as_ref(), request("company".parse().unwrap())).await.len(), n_company());
}

async fn what_the_catalogue_says(fixture: &MssqlFixture) {
    keyed(fixture, "k decimal(18,4) NOT NULL", "1");
    let property = "EXEC sp_addextendedproperty N'MS_Description'";
    let table = "N'SCHEMA', N'dbo', N'TABLE', N'keyed'";
    fixture
        .sql(&format!("{property}, N'words', {table}; {property}, N'of a column', {table}, N'COLUMN', N'k'"));
    let source = fixture.source();
    for name in ["keyed", "dbo.keyed"] {
        let found = source.discover(Some(&[name.parse().unwrap()])).await.unwrap();
        assert_eq!(found[0].comment.as_deref(), Some("words"), "{name}");
        let column = &found[0].columns[0];
        assert_eq!(
            (column.comment.as_deref(), column.native_type.as_str()),
            (Some("of a column"), "decimal(18,4)")
        );
        assert!(
            found[0].key.is_empty() && found[0].notes.iter().any(|note| note.code == "TJ-N001"),
            "{found:?}"
        );
    }
    let check = source.check(&["keyed".parse().unwrap()]).await;
    assert!(
        check.findings.iter().any(|finding| finding.note.code == "TJ-S031"),
        "it says what it was never run on"
    );
}

#[test]
fn mssql_traps_are_seen() {
    if !has_client() {
        eprintln!(
            "skipped: the client is not installed: run `apt-get install --no-install-recommends freetds-bin`"
        );
        return;
    }
    traps(&MssqlFixture::start());
}

#[test]
fn mssql_traps_are_seen_on_a_real_server() {
    let Ok(url) = std::env::var("TONGJIAN_TEST_MSSQL_URL") else {
        eprintln!("skipped: TONGJIAN_TEST_MSSQL_URL names no server");
        return;
    };
    traps(&MssqlFixture::real(&url));
}

fn traps(fixture: &MssqlFixture) {
    fixture.change(Change::Reset);
    tests::runtime().block_on(async {
        keys_of_every_type(fixture).await;
        a_key_is_not_what_the_collation_takes_for_it(fixture).await;
        errors_keep_their_numbers(fixture).await;
        silence_closes_the_connection(fixture).await;
        what_the_catalogue_says(fixture).await;
        if fixture.double.is_some() {
            certificates_of_other_names(fixture).await;
        }
    });
}
