//! Sources that change.

use std::collections::HashMap;
use std::process::Command;

use contract::{Digest, Projection, ReadError, Source, StreamName, Value};
use futures_util::{StreamExt, TryStreamExt};
use tests::conformance::{Change, Fixture, n_company};

use crate::conformance::{batches, keys, request, rows};

fn company(fixture: &dyn Fixture) -> contract::SnapshotRequest {
    let mut request = request(fixture.stream("company"));
    request.key = vec!["id".to_owned()];
    request
}

async fn digests(fixture: &dyn Fixture) -> HashMap<String, Digest> {
    let rows = rows(fixture.source().as_ref(), company(fixture)).await;
    rows.into_iter().map(|(row, _)| (row.key.unwrap().0, row.digest)).collect()
}

pub(crate) async fn delete_and_update(fixture: &dyn Fixture) {
    let before = digests(fixture).await;
    fixture.change(Change::Delete("Z"));
    fixture.change(Change::Rename("z", "changed in silence"));
    fixture.change(Change::Insert("new"));
    let after = digests(fixture).await;
    assert!(!after.contains_key("Z"), "a deleted row is still there");
    assert!(after.contains_key("new"), "a new row is not there");
    let differing: Vec<&String> = after
        .iter()
        .filter(|(key, digest)| before.get(*key).is_some_and(|old| old != *digest))
        .map(|(key, _)| key)
        .collect();
    assert_eq!(differing, ["z"]);
    assert_eq!(after.len(), n_company());
}

pub(crate) async fn odd_keys(fixture: &dyn Fixture) {
    fixture.change(Change::OddKeys);
    let source = fixture.source();
    let mut request = request(fixture.stream("odd"));
    request.key = vec!["k".to_owned()];
    for max_rows in 1..6 {
        request.max_rows = max_rows;
        request.after = None;
        let all = batches(source.as_ref(), request.clone()).await.unwrap();
        let count = |batches: &[contract::RowBatch], wanted: &str| {
            let keys = batches.iter().flat_map(|batch| &batch.rows).map(|row| &row.key);
            keys.filter(|key| matches!(key, Ok(key) if key.0 == wanted)).count()
        };
        let n_without = all.iter().flat_map(|batch| &batch.rows).filter(|row| row.key.is_err()).count();
        assert_eq!(
            (count(&all, "a"), count(&all, "b"), count(&all, "c"), n_without),
            (1, 3, 1, 2),
            "at {max_rows} rows a batch"
        );
        // Going on after any batch gives every key that was not yet given, with all its rows.
        for place in 0..all.len() {
            let Some(Ok(last)) = all[place].rows.iter().rev().map(|row| row.key.clone()).find(Result::is_ok)
            else {
                continue;
            };
            let mut rest = request.clone();
            rest.after = Some(last);
            let rest = batches(source.as_ref(), rest).await.unwrap();
            for key in ["a", "b", "c"] {
                let n_due = count(&all, key) - count(&all[..=place], key);
                assert_eq!(
                    count(&rest, key),
                    n_due,
                    "rows of `{key}` after batch {place} of {max_rows} rows"
                );
            }
        }
    }
}

pub(crate) async fn drift(fixture: &dyn Fixture) {
    let source = fixture.source();
    let columns = async |fixture: &dyn Fixture| -> Vec<String> {
        let stream = fixture.stream("company");
        let found = source.discover(Some(&[stream])).await.unwrap();
        found.into_iter().flat_map(|schema| schema.columns).map(|column| column.name).collect()
    };
    let mut asked = company(fixture);
    asked.projection = Projection::Columns(["id", "name", "remark"].map(str::to_owned).to_vec());
    let before: Vec<Digest> =
        rows(source.as_ref(), asked.clone()).await.iter().map(|(row, _)| row.digest).collect();

    fixture.change(Change::AddColumn);
    assert!(columns(fixture).await.contains(&"extra".to_owned()), "an added column is not seen");
    let after: Vec<Digest> =
        rows(source.as_ref(), asked.clone()).await.iter().map(|(row, _)| row.digest).collect();
    assert!(before == after, "an added column changes rows that do not read it");

    fixture.change(Change::Retype);
    assert_eq!(rows(source.as_ref(), company(fixture)).await.len(), n_company());

    fixture.change(Change::RenameColumn);
    assert!(columns(fixture).await.contains(&"note".to_owned()), "a renamed column is not seen");
    let error = batches(source.as_ref(), asked.clone()).await.unwrap_err();
    assert!(matches!(&error, ReadError::NoColumn { column, .. } if column == "remark"), "{error}");

    fixture.change(Change::Reset);
    fixture.change(Change::DropColumn);
    let error = batches(source.as_ref(), asked.clone()).await.unwrap_err();
    assert!(matches!(&error, ReadError::NoColumn { column, .. } if column == "remark"), "{error}");

    fixture.change(Change::DropTable);
    let error = batches(source.as_ref(), asked).await.unwrap_err();
    assert!(matches!(&error, ReadError::NoStream { .. }), "{error}");
    let found = source.check(&[fixture.stream("company")]).await;
    assert!(found.findings.iter().any(|finding| finding.note.code == "TJ-S007"), "{found:?}");
}

/// What is written while a snapshot runs is seen by the next one, whole.
pub(crate) async fn consistent_view(fixture: &dyn Fixture) {
    let source = fixture.source();
    let mut asked = company(fixture);
    asked.max_rows = 50;
    let before = keys(&rows(source.as_ref(), asked.clone()).await);
    let mut running = source.snapshot(asked.clone());
    let first = running.next().await.unwrap().unwrap();
    fixture.change(Change::Insert("new"));
    fixture.change(Change::Delete("z"));
    let mut read: Vec<String> = first.rows.iter().map(|row| row.key.clone().unwrap().0).collect();
    while let Some(batch) = running.try_next().await.unwrap() {
        read.extend(batch.rows.iter().map(|row| row.key.clone().unwrap().0));
    }
    drop(running);
    assert!(read == before, "a running snapshot saw what was written meanwhile");
    let after = keys(&rows(source.as_ref(), asked).await);
    assert!(after.contains(&"new".to_owned()) && !after.contains(&"z".to_owned()));
}

pub(crate) fn large_cells(fixture: &dyn Fixture) {
    fixture.change(Change::Large);
    let own = std::env::current_exe().unwrap();
    let output = Command::new(own)
        .args(["--exact", "conformance::large_cells_probe", "--ignored", "--nocapture"])
        .env("TONGJIAN_PROBE", fixture.address())
        .output()
        .unwrap();
    let text =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    let grown = text
        .split("grown by ")
        .nth(1)
        .and_then(|rest| rest.split(' ').next())
        .and_then(|n| n.parse::<u64>().ok());
    let grown = grown.unwrap_or_else(|| panic!("{text}"));
    assert!(grown < 32 << 10, "reading twelve cells of 10 MB took {grown} KiB");
}

/// Reads the stream `large` and prints by how many KiB the peak of memory grew.
pub(crate) async fn probe(source: &dyn Source, stream: StreamName) {
    source.discover(Some(std::slice::from_ref(&stream))).await.unwrap();
    let before = peak();
    let mut asked = request(stream);
    asked.key = vec!["k".to_owned()];
    let rows = rows(source, asked).await;
    let n_large = rows
        .iter()
        .filter(|(_, cells)| matches!(&cells[1], Value::Odd { why: "too-large", text } if text.len() == 64))
        .count();
    assert_eq!((rows.len(), n_large), (12, 12));
    let mut digests: Vec<_> = rows.iter().map(|(row, _)| row.digest.0).collect();
    digests.sort_unstable();
    digests.dedup();
    assert_eq!(digests.len(), 12);
    eprintln!("grown by {} KiB", peak() - before);
}

fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
