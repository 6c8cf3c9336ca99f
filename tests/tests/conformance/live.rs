//! Live reads and digests.

use contract::{
    Comparison, KeyRange, Order, OrderKey, Predicate, Projection, RangeDigest, ReadError, SourceKey, Value,
};
use tests::conformance::{Engine, Fixture, n_company};

use crate::conformance::{HOSTILE, key, request, rows, typed};

fn id() -> Vec<String> {
    vec!["id".to_owned()]
}

fn keyed(stream: &contract::StreamName) -> contract::SnapshotRequest {
    contract::SnapshotRequest { key: id(), ..request(stream.clone()) }
}

pub(crate) async fn lookup(fixture: &dyn Fixture) {
    let source = fixture.source();
    let stream = fixture.stream("company");
    let all = rows(source.as_ref(), keyed(&stream)).await;
    let mut asked: Vec<SourceKey> = all.iter().step_by(97).map(|(row, _)| row.key.clone().unwrap()).collect();
    let n_asked = asked.len();
    asked.push(key("absent"));
    asked.push(asked[0].clone());
    let batch = source.lookup(&stream, &id(), &asked, &Projection::All).await.unwrap();
    assert_eq!(batch.rows.len(), n_asked);
    for (row, cells) in typed(&batch) {
        let (same, same_cells) =
            all.iter().find(|(other, _)| other.key == row.key).expect("a row that was asked for");
        assert_eq!((row.digest, &cells), (same.digest, same_cells), "{:?}", row.key);
    }
    let none = source.lookup(&stream, &id(), &[], &Projection::All).await.unwrap();
    assert!(none.rows.is_empty());
    // Another key than the source's own, of another type; a text that is no number is absent.
    let numbers = [key("-5000000"), key("no number"), key("-3999997")];
    let batch = source.lookup(&stream, &["n".to_owned()], &numbers, &Projection::All).await.unwrap();
    assert_eq!(batch.rows.len(), 2);
}

pub(crate) async fn select(fixture: &dyn Fixture) {
    let source = fixture.source();
    let stream = fixture.stream("company");
    let all = rows(source.as_ref(), keyed(&stream)).await;
    let compare =
        |column: &str, comparison, value| Predicate::Compare { column: column.to_owned(), comparison, value };
    let number = |at: usize| int_of(&all[at].1[4]).expect("a number");
    let limit = number(1200);
    let cases: Vec<(Predicate, Holds)> = vec![
        (Predicate::True, Box::new(|_| true)),
        (Predicate::IsNull("remark".to_owned()), Box::new(|cells| cells[5].is_null())),
        (
            compare("n", Comparison::Less, Value::Int(limit)),
            Box::new(move |cells| int_of(&cells[4]).is_some_and(|n| n < limit)),
        ),
        (
            compare("n", Comparison::GreaterOrEqual, Value::Int(limit)),
            Box::new(move |cells| int_of(&cells[4]).is_some_and(|n| n >= limit)),
        ),
        (
            compare("remark", Comparison::StartsWith, Value::Text("\\".to_owned())),
            Box::new(|cells| matches!(&cells[5], Value::Text(text) if text.starts_with('\\'))),
        ),
        (
            compare("id", Comparison::StartsWith, Value::Text("%_".to_owned())),
            Box::new(|cells| matches!(&cells[0], Value::Text(text) if text.starts_with("%_"))),
        ),
        (
            Predicate::Not(Box::new(Predicate::Any(vec![
                compare("remark", Comparison::Equal, Value::Text("line\nend".to_owned())),
                Predicate::IsNull("remark".to_owned()),
            ]))),
            Box::new(|cells| !cells[5].is_null() && cells[5] != Value::Text("line\nend".to_owned())),
        ),
        (
            Predicate::All(vec![
                Predicate::In {
                    column: "id".to_owned(),
                    values: ["a|b", "a'b", "absent"].map(|text| Value::Text(text.to_owned())).to_vec(),
                },
                compare("name", Comparison::NotEqual, Value::Text("x".to_owned())),
            ]),
            Box::new(|cells| matches!(&cells[0], Value::Text(text) if text == "a|b" || text == "a'b")),
        ),
        (Predicate::In { column: "id".to_owned(), values: Vec::new() }, Box::new(|_| false)),
        (compare("id", Comparison::Equal, Value::Null), Box::new(|_| false)),
    ];
    for (predicate, holds) in cases {
        let batch = source.select(&stream, &predicate, &[], 10_000, &Projection::All).await.unwrap();
        let mut found: Vec<_> = typed(&batch).iter().map(|(_, cells)| cells[0].to_text()).collect();
        let mut expected: Vec<_> =
            all.iter().filter(|(_, cells)| holds(cells)).map(|(_, cells)| cells[0].to_text()).collect();
        found.sort();
        expected.sort();
        assert!(found == expected, "{predicate:?}: {} rows, expected {}", found.len(), expected.len());
    }
    if fixture.engine() == Engine::File {
        return; // The cells of a text file are texts, and are ordered as such.
    }
    let order = [OrderKey { column: "n".to_owned(), order: Order::Descending }];
    let batch =
        source.select(&stream, &Predicate::True, &order, 3, &Projection::Columns(vec!["n".to_owned()])).await;
    let mut greatest: Vec<i64> = (0..all.len()).map(number).collect();
    greatest.sort_unstable_by_key(|n| -n);
    let found: Vec<Vec<Value>> = typed(&batch.unwrap()).into_iter().map(|(_, cells)| cells).collect();
    assert_eq!(found, greatest[..3].iter().map(|n| vec![Value::Int(*n)]).collect::<Vec<_>>());
}

/// Whether a row fits a condition, said a second time in Rust.
type Holds = Box<dyn Fn(&[Value]) -> bool>;

/// An integer, or the text of one where the engine has texts only.
fn int_of(value: &Value) -> Option<i64> {
    if let Value::Int(n) = value {
        return Some(*n);
    }
    value.to_text()?.parse().ok()
}

pub(crate) async fn hostile_text(fixture: &dyn Fixture) {
    let source = fixture.source();
    let stream = fixture.stream("company");
    for text in HOSTILE {
        let found = source.lookup(&stream, &id(), &[key(text)], &Projection::All).await.unwrap();
        assert!(found.rows.is_empty(), "{text:?} found {} rows", found.rows.len());
        for comparison in [Comparison::Equal, Comparison::StartsWith] {
            let value = Value::Text(text.to_owned());
            let predicate = Predicate::Compare { column: "name".to_owned(), comparison, value };
            match source.select(&stream, &predicate, &[], 10, &Projection::All).await {
                Ok(found) => assert!(found.rows.is_empty(), "{text:?} found {} rows", found.rows.len()),
                // What no text of the engine can hold may be refused.
                Err(error) => assert!(text.contains('\0'), "{text:?}: {error}"),
            }
        }
        let mut after = keyed(&stream);
        after.after = Some(key(text));
        rows(source.as_ref(), after).await;
        let column = Projection::Columns(vec![text.to_owned()]);
        let error = source.lookup(&stream, &id(), &[key("Z")], &column).await.unwrap_err();
        assert!(matches!(error, ReadError::NoColumn { .. }), "{error}");
    }
    assert_eq!(rows(source.as_ref(), request(stream)).await.len(), n_company());
}

pub(crate) async fn range_digest(fixture: &dyn Fixture) {
    let source = fixture.source();
    let stream = fixture.stream("company");
    let mut whole = request(stream.clone());
    whole.key = id();
    let all = rows(source.as_ref(), whole).await;
    let at = |place: usize| Some(all[place].0.key.clone().unwrap());
    let ranges = [
        KeyRange::default(),
        KeyRange { after: None, upto: at(499) },
        KeyRange { after: at(499), upto: at(1499) },
        KeyRange { after: at(1499), upto: None },
        KeyRange { after: at(10), upto: at(10) },
    ];
    let expected = [&all[..], &all[..500], &all[500..1500], &all[1500..], &[]];
    let sums = source.digest(&stream, &id(), &Projection::All, &ranges).await.unwrap();
    for (sum, rows) in sums.iter().zip(expected) {
        let expected = rows.iter().fold(RangeDigest::EMPTY, |sum, (row, _)| sum.with(row));
        assert_eq!(*sum, expected);
    }
    assert_eq!(sums.len(), ranges.len());
}
