//! Order, bounded memory, going on after a key, stopping.

use std::fmt::Write as _;
use std::time::Duration;

use contract::{SnapshotRequest, Source as _, SourceKey};
use futures_util::StreamExt as _;
use proptest::prelude::*;

use super::Drop;
use super::fixture::{Came, batches, request, rows};
use crate::{Files, Options};

/// So many rows whose keys go up and down.
fn lines(n_rows: u64) -> String {
    let mut text = "a,b\n".to_owned();
    for row in 0..n_rows {
        // An odd factor: every number once.
        let key = row.wrapping_mul(0x9e37_79b1) % (1 << 32);
        writeln!(text, "{key:010},row {row} of the table with some text to carry").unwrap();
    }
    text
}

#[tokio::test]
async fn more_rows_than_memory_come_in_order_through_temporary_files() {
    let n_rows = 100_000;
    let folder = Drop::new().with("x.csv", lines(n_rows));
    let temporary = tempfile::tempdir().unwrap();
    // About 10 MB of rows through 100 kB: more runs than are merged at a time.
    let options =
        Options { sort_bytes: 100 << 10, temporary: Some(temporary.path().to_owned()), ..folder.options() };
    let little = rows(&Files::new(options), request("x.csv", &["a"])).await.unwrap();
    assert_eq!(little.len() as u64, n_rows);
    assert!(little.iter().all(|(key, _)| key.is_ok()));
    assert!(little.is_sorted_by(|a, b| a.0.as_ref().ok() < b.0.as_ref().ok()), "in order, each once");
    assert_eq!(std::fs::read_dir(temporary.path()).unwrap().count(), 0, "temporary files have no names");
    let much = rows(&folder.files(), request("x.csv", &["a"])).await.unwrap();
    assert!(little == much, "the same rows with little memory as with much");
}

#[tokio::test]
async fn a_stream_that_is_dropped_gives_its_place_back() {
    let folder = Drop::new().with("x.csv", lines(20_000));
    let files = Files::new(Options { max_connections: 1, ..folder.options() });
    for n_batches in [0, 1, 2] {
        let mut stream = files.snapshot(SnapshotRequest { max_rows: 10, ..request("x.csv", &["a"]) });
        for _ in 0..n_batches {
            stream.next().await.unwrap().unwrap();
        }
        drop(stream);
        let check = files.check(&[]);
        tokio::time::timeout(Duration::from_secs(2), check).await.expect("the place is free again");
    }
}

#[tokio::test]
async fn temporary_files_that_cannot_be_made_are_an_error() {
    let folder = Drop::new().with("x.csv", lines(100));
    let gone = folder.path().join("gone");
    let options = Options { sort_bytes: 1 << 10, temporary: Some(gone), ..folder.options() };
    let error = rows(&Files::new(options), request("x.csv", &["a"])).await.unwrap_err();
    assert!(matches!(error, contract::ReadError::Source { is_passing: true, .. }), "{error}");
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Whatever the keys, the memory and the batches: going on after any batch gives what was not given, and rows of
    /// one key stay together in the order of the file.
    #[test]
    fn going_on_after_a_batch_loses_nothing(
        keys in prop::collection::vec("[ab甲]{0,2}", 0..60),
        max_rows in 1_usize..5,
        sort_bytes in prop::sample::select(vec![1_usize << 10, 1 << 20]),
    ) {
        let mut text = "k,n\n".to_owned();
        for (n, key) in keys.iter().enumerate() {
            writeln!(text, "{key},{n}").unwrap();
        }
        let folder = Drop::new().with("x.csv", text);
        let files = Files::new(Options { sort_bytes, ..folder.options() });
        let request = SnapshotRequest { max_rows, ..request("x.csv", &["k"]) };
        let mut expected: Vec<(bool, &String, usize)> =
            keys.iter().enumerate().map(|(n, key)| (key.is_empty(), key, n)).collect();
        expected.sort();
        let expected: Vec<String> = expected.into_iter().map(|(_, _, n)| n.to_string()).collect();
        let number = |came: &Came| came.1[1].to_text().unwrap();
        let all = block_on(rows(&files, request.clone())).unwrap();
        prop_assert_eq!(all.iter().map(number).collect::<Vec<_>>(), expected.clone());

        let given = block_on(batches(&files, request.clone())).unwrap();
        let mut n_given = 0;
        for batch in given {
            n_given += batch.rows.len();
            let Some(Ok(SourceKey(last))) = batch.rows.last().map(|row| row.key.clone()) else { continue };
            let after = SnapshotRequest { after: Some(SourceKey(last)), ..request.clone() };
            let rest = block_on(rows(&files, after)).unwrap();
            prop_assert_eq!(rest.iter().map(number).collect::<Vec<_>>(), expected[n_given..].to_vec());
        }
    }
}
