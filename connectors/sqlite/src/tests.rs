//! Affinities, meanings of keys, and files of every kind.

use contract::{KeyRange, Projection, Row, SnapshotRequest, Source, SourceKey, StreamName, Value};
use futures_util::TryStreamExt;
use proptest::prelude::*;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection};

use crate::sql::{Bind, meanings};
use crate::table::{Affinity, TableColumn};
use crate::{Options, Sqlite};

struct File {
    folder: tempfile::TempDir,
}

impl File {
    async fn of(sql: &str) -> File {
        let file = File { folder: tempfile::tempdir().unwrap() };
        let options = SqliteConnectOptions::new().filename(file.path()).create_if_missing(true);
        let mut owner = SqliteConnection::connect_with(&options).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut owner).await.unwrap();
        owner.close().await.unwrap();
        file
    }

    fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("t.db")
    }

    fn source(&self) -> Sqlite {
        Sqlite::new(Options::new(self.path()))
    }
}

async fn read(
    source: &Sqlite,
    table: &str,
    key: &[&str],
    after: Option<SourceKey>,
) -> Vec<(Row, Vec<Value>)> {
    let request = SnapshotRequest {
        stream: StreamName::of(vec![table.to_owned()]).unwrap(),
        key: key.iter().map(|name| (*name).to_owned()).collect(),
        projection: Projection::All,
        after,
        max_rows: 7,
        max_bytes: 1 << 20,
        max_cell_bytes: 1 << 20,
    };
    let batches: Vec<_> = source.snapshot(request).try_collect().await.unwrap();
    let typed = |batch: &contract::RowBatch| {
        batch.rows.iter().map(|row| (row.clone(), batch.cells(row).unwrap())).collect::<Vec<_>>()
    };
    batches.iter().flat_map(typed).collect()
}

fn keys(rows: &[(Row, Vec<Value>)]) -> Vec<String> {
    rows.iter().map(|(row, _)| row.key.clone().map_or_else(|why| format!("{why:?}"), |key| key.0)).collect()
}

#[tokio::test]
async fn blocks_and_rows_give_the_same() {
    let file = File::of(
        "CREATE TABLE t (a TEXT NOT NULL, b INTEGER NOT NULL, c, PRIMARY KEY (a, b)) WITHOUT ROWID;
         CREATE VIEW v AS SELECT * FROM t;
         WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 4999)
         INSERT INTO t SELECT char(97 + i % 26), i * 7919 % 5003, i * 0.1 FROM n",
    )
    .await;
    let source = file.source();
    let table = read(&source, "t", &[], None).await;
    // A view is read row by row, because the length of its rows is not known.
    let view = read(&source, "v", &["a", "b"], None).await;
    assert_eq!(table.len(), 5000);
    assert_eq!(keys(&table), keys(&view));
    assert!(table.iter().zip(&view).all(|(a, b)| a.0.digest == b.0.digest && a.1 == b.1));
    for place in [0, 1, 2499, 4998, 4999] {
        let after = table[place].0.key.clone().ok();
        assert_eq!(keys(&read(&source, "t", &[], after.clone()).await), keys(&table[place + 1..]));
        assert_eq!(keys(&read(&source, "v", &["a", "b"], after).await), keys(&table[place + 1..]));
    }
    let ranges = [
        KeyRange::default(),
        KeyRange { after: table[99].0.key.clone().ok(), upto: table[199].0.key.clone().ok() },
    ];
    let key = ["a".to_owned(), "b".to_owned()];
    let name = "t".parse().unwrap();
    let of_table = source.digest(&name, &key, &Projection::All, &ranges).await.unwrap();
    let of_view = source.digest(&"v".parse().unwrap(), &key, &Projection::All, &ranges).await.unwrap();
    assert_eq!(of_table, of_view);
    assert_eq!((of_table[0].n_rows, of_table[1].n_rows), (5000, 100));
}

#[tokio::test]
async fn mixed_types_in_a_key_are_not_lost() {
    let file = File::of(
        "CREATE TABLE t (k, v INTEGER);
         INSERT INTO t VALUES (5, 1), ('x', 2), (x'00ff', 3), (1.5, 4), (NULL, 5), (-3, 6), ('abc', 7)",
    )
    .await;
    let source = file.source();
    let all = read(&source, "t", &["k"], None).await;
    assert_eq!(keys(&all), ["NoKey(\"⟦TJ-S244|column=k⟧\")", "-3", "1.5", "5", "abc", "x", "x'00ff'"]);
    for place in 1..all.len() {
        let rest = read(&source, "t", &["k"], all[place].0.key.clone().ok()).await;
        assert_eq!(keys(&rest), keys(&all[place + 1..]));
    }
    let asked: Vec<SourceKey> = all.iter().filter_map(|(row, _)| row.key.clone().ok()).collect();
    let name = "t".parse().unwrap();
    let found = source.lookup(&name, &["k".to_owned()], &asked, &Projection::All).await.unwrap();
    assert_eq!(found.rows.len(), asked.len());
}

#[tokio::test]
async fn wide_encodings_are_read() {
    for encoding in ["UTF-16le", "UTF-16be"] {
        let sql = format!(
            "PRAGMA encoding = '{encoding}'; CREATE TABLE t (k TEXT PRIMARY KEY, b, n);
             INSERT INTO t VALUES ('德阳\u{20bb7}', x'00ff', 1.5), ('a', NULL, 7)"
        );
        let file = File::of(&sql).await;
        let all = read(&file.source(), "t", &[], None).await;
        assert_eq!(keys(&all), ["a", "德阳\u{20bb7}"]);
        assert_eq!(all[0].1, [Value::Text("a".into()), Value::Null, Value::Int(7)]);
        assert_eq!(all[1].1[1..], [Value::Bytes(vec![0, 255]), Value::Float(1.5)]);
        assert_eq!(keys(&read(&file.source(), "t", &[], all[0].0.key.clone().ok()).await), ["德阳\u{20bb7}"]);
    }
}

#[tokio::test]
async fn a_declared_charset_is_used() {
    let file = File::of(
        "CREATE TABLE t (k INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, CAST(x'b5c2d1f4' AS TEXT)), (2, 'a')",
    )
    .await;
    let source = Sqlite::new(Options { charset: Some("gbk".into()), ..Options::new(file.path()) });
    let all = read(&source, "t", &[], None).await;
    assert_eq!(all[0].1[1], Value::Text("德阳".into()));
    assert_eq!(all[1].1[1], Value::Text("a".into()));
}

#[tokio::test]
async fn what_is_no_database_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.db");
    std::fs::write(&path, "this is a letter, not a database, and it is long enough to be looked at").unwrap();
    let error = Sqlite::new(Options::new(&path)).discover(None).await.unwrap_err();
    assert!(matches!(error, contract::ReadError::Malformed { .. }), "{error}");
}

#[tokio::test]
async fn keys_are_found() {
    let file = File::of(
        "CREATE TABLE a (x INTEGER PRIMARY KEY, y);
         CREATE TABLE b (x TEXT NOT NULL, y TEXT NOT NULL, z TEXT, UNIQUE (z), UNIQUE (y, x));
         CREATE TABLE c (x TEXT, UNIQUE (x));
         CREATE TABLE d (x TEXT, y TEXT, PRIMARY KEY (y, x))",
    )
    .await;
    let found = file.source().discover(None).await.unwrap();
    let keys: Vec<(String, Vec<String>)> =
        found.iter().map(|schema| (schema.name.to_string(), schema.key.clone())).collect();
    let expected: [(&str, &[&str]); 4] = [("a", &["x"]), ("b", &["y", "x"]), ("c", &[]), ("d", &["y", "x"])];
    for ((name, key), (expected_name, expected_key)) in keys.iter().zip(expected) {
        assert_eq!((name.as_str(), key.as_slice()), (expected_name, expected_key.map_strings().as_slice()));
    }
    assert!(!found[0].columns[0].is_nullable, "a row id is never NULL");
    assert!(found[3].columns[0].is_nullable, "a primary key of a table with row ids may be NULL");
}

trait MapStrings {
    fn map_strings(&self) -> Vec<String>;
}

impl MapStrings for &[&str] {
    fn map_strings(&self) -> Vec<String> {
        self.iter().map(|text| (*text).to_owned()).collect()
    }
}

#[test]
fn affinities_are_the_engines() {
    let cases = [
        ("INTEGER", Affinity::Number),
        ("charint", Affinity::Number),
        ("VARCHAR(18)", Affinity::Text),
        ("NCLOB", Affinity::Text),
        ("BLOB", Affinity::None),
        ("", Affinity::None),
        ("REAL", Affinity::Number),
        ("DECIMAL(18,2)", Affinity::Number),
        ("DATE", Affinity::Number),
    ];
    for (native_type, affinity) in cases {
        assert_eq!(Affinity::of(native_type), affinity, "{native_type}");
    }
}

#[test]
fn a_key_means_what_its_column_can_hold() {
    let meanings_of = |affinity, part: &str| {
        let column = TableColumn {
            name: "k".into(),
            native_type: String::new(),
            affinity,
            is_nullable: true,
            is_generated: false,
        };
        meanings(&column, part)
    };
    assert_eq!(meanings_of(Affinity::Text, "5"), [Bind::Text("5".into())]);
    assert_eq!(meanings_of(Affinity::Number, "5"), [Bind::Integer(5)]);
    assert_eq!(meanings_of(Affinity::None, "5"), [Bind::Integer(5), Bind::Text("5".into())]);
    assert_eq!(meanings_of(Affinity::None, "x'0a'"), [Bind::Blob(vec![10]), Bind::Text("x'0a'".into())]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Every number that is written comes back, to the last bit.
    #[test]
    fn numbers_come_back(numbers in prop::collection::vec(any::<f64>().prop_filter("a number", |x| !x.is_nan()), 1..200)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let file = File::of("CREATE TABLE t (k INTEGER PRIMARY KEY, x REAL)").await;
            let mut owner = SqliteConnection::connect(&format!("sqlite://{}", file.path().display())).await.unwrap();
            sqlx::query("BEGIN").execute(&mut owner).await.unwrap();
            for number in &numbers {
                sqlx::query("INSERT INTO t (x) VALUES (?1)").bind(number).execute(&mut owner).await.unwrap();
            }
            sqlx::query("COMMIT").execute(&mut owner).await.unwrap();
            owner.close().await.unwrap();
            let read = read(&file.source(), "t", &[], None).await;
            for ((_, cells), number) in read.iter().zip(&numbers) {
                let Value::Float(found) = cells[1] else { panic!("{:?}", cells[1]) };
                assert!(found == *number, "{found:?} is not {number:?}");
            }
        });
    }
}
