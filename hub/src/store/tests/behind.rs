//! A connection whose statements run behind: which may pass which.

use codes::RegistrationNumber;

use crate::store::behind::{Behind, Queue};
use crate::store::rows::Rows;
use crate::store::session::Session;

use super::fixture::{Place, batch, penalty, registration, streams};

const COLUMNS: [&str; 5] = ["scheme", "value", "kind", "entity", "record"];

/// Rows of several statements.
fn claims(session: &Session, from: i64) -> Rows {
    let mut rows = Rows::of(session.dialect(), "identifier", &COLUMNS);
    for n in from..from + 1_500 {
        rows.int(1).text(&format!("{n:018}")).int(1).int(n).int(n);
    }
    rows
}

fn others(session: &Session) -> Rows {
    let mut rows = Rows::of(session.dialect(), "mention", &["scheme", "value", "record", "role"]);
    for n in 0..5_000 {
        rows.int(1).text("x").int(n).int(1);
    }
    rows
}

#[tokio::test]
async fn what_stands_ahead_passes_other_tables_and_keeps_its_own_order() {
    let place = Place::new();
    let store = place.open().await;
    let direct = store.inner.pools.begin().await.unwrap();
    let (first, second, usual) = (claims(&direct, 0), claims(&direct, 1_500), others(&direct));
    let mut behind = Behind::start(direct);
    behind.write(Queue::Ahead, first).await.unwrap();
    let n = "SELECT count(*) FROM identifier";
    let rows = behind.fetch(Queue::Ahead, n, &[]).await.unwrap();
    assert_eq!(rows[0].int(0).unwrap(), 1_500, "a question passed the write before it");
    behind.write(Queue::Usual, usual).await.unwrap();
    behind.write(Queue::Ahead, second).await.unwrap();
    let both = "SELECT (SELECT count(*) FROM identifier), (SELECT count(*) FROM mention)";
    let rows = behind.fetch(Queue::Ahead, both, &[]).await.unwrap();
    assert_eq!(rows[0].int(0).unwrap(), 3_000);
    assert!(rows[0].int(1).unwrap() < 5_000, "what stands ahead waited for another table");
    let rows = behind.fetch(Queue::Usual, both, &[]).await.unwrap();
    assert_eq!((rows[0].int(0).unwrap(), rows[0].int(1).unwrap()), (3_000, 5_000));
    behind.finish().await.unwrap().roll_back().await.unwrap();
}

#[tokio::test]
async fn after_a_failure_nothing_runs_and_whoever_asks_is_told() {
    let place = Place::new();
    let store = place.open().await;
    let direct = store.inner.pools.begin().await.unwrap();
    let (rows, same) = (claims(&direct, 0), claims(&direct, 0));
    let mut behind = Behind::start(direct);
    behind.write(Queue::Ahead, rows).await.unwrap();
    behind.write(Queue::Ahead, same).await.unwrap();
    let refused = behind.fetch(Queue::Usual, "SELECT 1", &[]).await.unwrap_err();
    assert!(matches!(refused, crate::store::StoreError::Duplicate { .. }), "{refused:?}");
    assert!(behind.finish().await.is_err(), "it cannot be committed any more");
    let session = store.inner.pools.begin().await.unwrap();
    let n = Session::fetch_first(&mut { session }, "SELECT count(*) FROM identifier", &[]).await.unwrap();
    assert_eq!(n.unwrap().int(0).unwrap(), 0);
}

#[tokio::test]
async fn what_waits_since_the_batch_before_is_found_by_whoever_claims_it() {
    let place = Place::new();
    let store = place.open().await;
    let s = streams(&store).await;
    // Many, so that those of the first batch still wait to be written when the second begins; and the second is the one
    // with which the filters are read.
    let numbers: Vec<String> = (0..1_990)
        .map(|n| RegistrationNumber::compose(&format!("6101311000{n:04}")).unwrap().to_string())
        .collect();
    let waiting = numbers.iter().map(|number| penalty(&format!("p{number} - {number} - -"))).collect();
    let claiming = |number: &String| registration(&format!("r{number} - {number} Acme - 2024-01-01"));
    let writing = store.begin_writing().await.unwrap();
    let (writing, _) = writing.apply(batch(&s.penalties, waiting)).await.unwrap();
    let (writing, applied) =
        writing.apply(batch(&s.registry, numbers.iter().map(claiming).collect())).await.unwrap();
    writing.commit().await.unwrap();
    assert_eq!(applied.relinked, 1_990);
}
