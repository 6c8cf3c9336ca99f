//! What must not be believed: lost files, a flood of faults, another key for persons.

use std::sync::Arc;

use contract::{Source, SourceId};
use jiff::tz::TimeZone;

use super::super::*;
use super::house::{House, ontology, row, small, table};
use super::script::Script;
use crate::clock::FixedClock;
use crate::sources::SourceOptions;

/// A stream of 95 rows in two files, read once; the second holds the last five.
async fn of_two_files() -> House {
    let house = House::of(95, small()).await;
    house.change(|t| t.parts = vec![("x-1.csv", 90, None), ("x-2.csv", 5, None)]);
    assert_eq!(house.pulls().await, (95, 0, 0, 0));
    house
}

#[tokio::test]
async fn rows_of_a_file_that_is_gone_stay_until_it_is_back() {
    let house = of_two_files().await;
    house.change(|t| {
        t.rows.truncate(90);
        t.rows[7].1[1] = "乙".into();
        t.parts.truncate(1);
    });
    let progress = house.pull().await;
    assert_eq!(progress.state, StreamState::Held);
    let message = progress.message.unwrap();
    assert_eq!(message.code, "TJ-S219");
    let text = message.render(messages::Lang::En);
    assert!(text.contains("`x-2.csv`") && text.contains("resume --source a --stream 't' --accept"), "{text}");
    assert_eq!((progress.applied.updated, progress.applied.deleted), (1, 0), "other files go on");
    // Another process knows, too; and nobody gets used to it.
    let house = house.again(&[("a", "t")]).await;
    assert_eq!(house.pull().await.state, StreamState::Held);
    assert_eq!(house.n_records().await, 95);
    // It is back, without one of its rows: that one was deleted.
    house.change(|t| {
        t.rows.extend((90..94).map(|n| row(n, "甲")));
        t.parts.push(("x-2.csv", 4, None));
    });
    assert_eq!(house.pulls().await, (0, 0, 1, 0));
}

#[tokio::test]
async fn a_file_that_is_withdrawn_is_forgotten_when_somebody_says_so() {
    let house = of_two_files().await;
    house.change(|t| {
        t.rows.truncate(90);
        t.parts.truncate(1);
    });
    assert_eq!(house.pull().await.state, StreamState::Held);
    house.ingest.resume(&SourceId::new("a"), "t", Acceptance::Accept).await.unwrap();
    assert_eq!(house.pulls().await, (0, 0, 5, 0));
    house.change(|t| drop(t.rows.pop()));
    assert_eq!(house.pulls().await, (0, 0, 1, 0), "it is not missed any more");
}

/// Name, rows, order.
type Pieces = &'static [(&'static str, u64, Option<i64>)];

#[tokio::test]
async fn files_may_be_emptied_renamed_and_replaced_only_as_agreed() {
    let cases: [(&str, Pieces, usize, Option<&str>); 4] = [
        ("its rows are elsewhere", &[("x-all.csv", 95, None)], 95, None),
        ("emptied", &[("x-1.csv", 90, None), ("x-2.csv", 0, None)], 90, Some("TJ-S220")),
        ("both gone", &[("x-3.csv", 90, None)], 90, Some("TJ-S219")),
        ("another one besides", &[("x-1.csv", 89, None), ("x-2.csv", 5, None), ("y.csv", 0, None)], 94, None),
    ];
    for (what, parts, n_rows, expected) in cases {
        let house = of_two_files().await;
        house.change(|t| {
            t.rows.truncate(n_rows);
            t.parts = parts.to_vec();
        });
        let progress = house.pull().await;
        assert_eq!(progress.message.map(|message| message.code), expected, "{what}");
        assert_eq!(house.n_records().await, if expected.is_some() { 95 } else { n_rows as u64 }, "{what}");
    }
}

#[tokio::test]
async fn an_older_file_does_not_replace_the_newest() {
    let house = House::of(95, small()).await;
    let replaced = |order, n_rows| {
        house.change(|t| {
            t.rows.truncate(n_rows);
            t.parts = vec![("x-*.csv", n_rows as u64, Some(order))];
        });
    };
    replaced(20, 95);
    house.pulls().await;
    replaced(10, 92);
    let progress = house.pull().await;
    assert_eq!(progress.message.unwrap().code, "TJ-S221");
    assert_eq!(house.n_records().await, 95);
    replaced(30, 92);
    assert_eq!(house.pulls().await, (0, 0, 3, 0));
}

#[tokio::test]
async fn a_flood_of_faults_is_held() {
    let flood = |t: &mut super::script::Table| t.rows.iter_mut().for_each(|row| row.1[2] = "much".into());
    let few = IngestOptions { max_dead_letters: 25, ..small() };
    // While it is read for the first time, and while it is compared.
    for is_first in [true, false] {
        let house = House::of(95, few.clone()).await;
        if !is_first {
            house.pulls().await;
        }
        house.change(flood);
        let progress = house.pull().await;
        assert_eq!(progress.state, StreamState::Held);
        assert_eq!(progress.message.unwrap().code, "TJ-S222");
        assert_eq!(house.letters().await.len(), 30, "whole batches, so that somebody can look at them");
        assert_eq!(house.pull().await.state, StreamState::Held, "it is left alone");
        house.change(|t| *t = table(95));
        house.ingest.resume(&SourceId::new("a"), "t", Acceptance::ReadAgain).await.unwrap();
        house.pulls().await;
        house.pulls().await;
        assert_eq!((house.n_records().await, house.letters().await.len()), (95, 0));
        house.change(flood);
        house.ingest.resume(&SourceId::new("a"), "t", Acceptance::Accept).await.unwrap();
        assert_eq!(house.pulls().await.3, 95);
    }
}

#[tokio::test]
async fn another_key_for_persons_is_refused() {
    let house = House::with(&[("registry", "subjects")], small()).await;
    let begin = async |secret: &str| {
        let draft = MappingDraft {
            path: "source.a.stream[0]".into(),
            source: SourceId::new("a"),
            stream: "t".parse().unwrap(),
            kind: "penalty".into(),
            anchor: None,
            key: vec!["ID".into()],
            zone: "Asia/Shanghai".into(),
            placeholders: Vec::new(),
            fields: vec![FieldMappingDraft::column("", "owner", "OWNER")],
        };
        let key = PersonKey::derive(secret.as_bytes());
        let mapping = Arc::new(Mapping::build(draft, &ontology(), Some(key)).unwrap());
        let clock: Arc<dyn Clock> = FixedClock::at(Timestamp(1));
        let mut sources = Sources::new();
        let agreed = SourceOptions {
            department: "a".into(),
            max_readings: 1,
            rows_per_second: None,
            hours: Vec::new(),
            zone: TimeZone::UTC,
            credential: None,
        };
        let script: Arc<dyn Source> = Arc::new(Script::default());
        sources.add(SourceId::new("a"), script, agreed, clock.clone());
        let plan = StreamPlan { mapping, options: StreamOptions::default() };
        Ingest::new(house.store.clone(), &sources, vec![plan], small(), clock).await
    };
    begin("the first key").await.unwrap();
    assert!(matches!(begin("another key").await, Err(IngestError::OtherPersonKey)));
    begin("the first key").await.unwrap();
}
