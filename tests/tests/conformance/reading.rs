//! Whole readings.

use std::collections::HashMap;

use contract::Projection;
use tests::conformance::{Engine, Fixture, NULL, company, company_columns, n_company};

use crate::conformance::{batches, keys, request, rows};

pub(crate) async fn discover(fixture: &dyn Fixture) {
    let source = fixture.source();
    let stream = fixture.stream("company");
    let found = source.discover(None).await.unwrap();
    assert!(found.iter().any(|schema| schema.name == stream), "{stream} is not among all streams");
    let found = source.discover(Some(std::slice::from_ref(&stream))).await.unwrap();
    let [schema] = found.as_slice() else { panic!("{} streams for one name", found.len()) };
    assert_eq!(schema.columns.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(), company_columns());
    if fixture.engine() != Engine::File {
        assert_eq!(schema.key, ["id"]);
        let nullable: Vec<bool> = schema.columns.iter().map(|c| c.is_nullable).collect();
        assert_eq!(nullable, [false, false, true, true, true, true]);
    }
    let estimate = schema.estimated_rows.expect("an estimate");
    let n = n_company() as u64;
    assert!(estimate >= n / 2 && estimate <= n * 2, "estimated {estimate} of {n} rows");
    let absent = source.discover(Some(&[fixture.stream("absent")])).await.unwrap();
    assert!(absent.is_empty(), "{absent:?}");
}

pub(crate) async fn read_twice(fixture: &dyn Fixture) {
    let source = fixture.source();
    let mut readings = Vec::new();
    for max_rows in [137, 1000] {
        let mut request = request(fixture.stream("company"));
        request.key = vec!["id".to_owned()];
        request.max_rows = max_rows;
        let rows = rows(source.as_ref(), request).await;
        readings.push(
            rows.iter().map(|(row, cells)| (row.key.clone(), row.digest, cells.clone())).collect::<Vec<_>>(),
        );
    }
    assert_eq!(readings[0].len(), n_company());
    assert!(readings[0] == readings[1], "two readings differ");
}

pub(crate) async fn native_values(fixture: &dyn Fixture) {
    let mut request = request(fixture.stream("company"));
    request.key = vec!["id".to_owned()];
    let rows = rows(fixture.source().as_ref(), request).await;
    let text = |value: &contract::Value| value.to_text().unwrap_or_else(|| NULL.to_owned());
    let read: Vec<Vec<String>> = rows.iter().map(|(_, cells)| cells.iter().map(text).collect()).collect();
    let native = fixture.native();
    assert_eq!(read.len(), native.len());
    for (read, native) in read.iter().zip(&native) {
        assert_eq!(read, native);
    }
    let written: HashMap<String, [Option<String>; 6]> =
        company().into_iter().map(|row| (row[0].clone().unwrap(), row)).collect();
    for row in &read {
        let written = written[&row[0]].each_ref().map(|cell| cell.clone().unwrap_or_else(|| NULL.to_owned()));
        assert_eq!(row.as_slice(), written);
    }
}

pub(crate) fn hazards(fixture: &dyn Fixture) {
    let cases = fixture.hazards();
    assert!(cases.len() >= 5, "{} hazards only", cases.len());
    let wrong: Vec<String> = cases
        .iter()
        .filter(|(_, read, expected)| format!("{read:?}") != format!("{expected:?}"))
        .map(|(what, read, expected)| format!("{what}: {read:?}, expected {expected:?}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

pub(crate) async fn resume(fixture: &dyn Fixture) {
    let source = fixture.source();
    let mut whole = request(fixture.stream("company"));
    whole.key = vec!["id".to_owned()];
    let all = batches(source.as_ref(), whole.clone()).await.unwrap();
    assert!(all.len() > 15, "{} batches", all.len());
    let all_keys: Vec<_> =
        all.iter().flat_map(|batch| batch.rows.iter().map(|row| row.key.clone())).collect();
    let mut n_read = 0;
    for batch in &all {
        n_read += batch.rows.len();
        let Some(last) = batch.rows.last() else { continue };
        let mut rest = whole.clone();
        rest.after = Some(last.key.clone().unwrap());
        rest.max_rows = 5000;
        let rest = batches(source.as_ref(), rest).await.unwrap();
        let rest: Vec<_> =
            rest.iter().flat_map(|batch| batch.rows.iter().map(|row| row.key.clone())).collect();
        assert!(
            rest == all_keys[n_read..],
            "after {:?}: {} rows, expected {}",
            last.key,
            rest.len(),
            all_keys.len() - n_read
        );
    }
}

pub(crate) async fn projection(fixture: &dyn Fixture) {
    let source = fixture.source();
    let mut asked = request(fixture.stream("company"));
    asked.key = vec!["id".to_owned()];
    let all = rows(source.as_ref(), asked.clone()).await;
    asked.projection = Projection::Columns(vec!["remark".to_owned(), "name".to_owned()]);
    let some = rows(source.as_ref(), asked.clone()).await;
    assert_eq!(keys(&all), keys(&some), "the key is known though it is not projected");
    for ((_, all), (_, some)) in all.iter().zip(&some) {
        assert_eq!(some.as_slice(), [all[5].clone(), all[1].clone()]);
    }
    asked.projection = Projection::Columns(vec!["absent".to_owned()]);
    let error = batches(source.as_ref(), asked).await.unwrap_err();
    assert!(matches!(&error, contract::ReadError::NoColumn { column, .. } if column == "absent"), "{error}");
}

pub(crate) async fn key_order(fixture: &dyn Fixture) {
    let mut request = request(fixture.stream("company"));
    request.key = vec!["id".to_owned()];
    let rows = rows(fixture.source().as_ref(), request).await;
    let read: Vec<String> = rows.iter().map(|(row, _)| row.key.clone().unwrap().parts().remove(0)).collect();
    let native: Vec<String> = fixture.native().into_iter().map(|mut row| row.remove(0)).collect();
    assert!(read == native, "the order is not that of the source");
}

pub(crate) async fn no_writes(fixture: &dyn Fixture) {
    let source = fixture.source();
    let before = fixture.fingerprint();
    let stream = fixture.stream("company");
    source.check(std::slice::from_ref(&stream)).await;
    source.discover(None).await.unwrap();
    let mut request = request(stream.clone());
    request.key = vec!["id".to_owned()];
    rows(source.as_ref(), request).await;
    let key = ["id".to_owned()];
    source.digest(&stream, &key, &Projection::All, &[contract::KeyRange::default()]).await.unwrap();
    {
        let keys = [contract::SourceKey::of(["Z"])];
        assert_eq!(source.lookup(&stream, &key, &keys, &Projection::All).await.unwrap().rows.len(), 1);
    }
    assert_eq!(before, fixture.fingerprint());
}
