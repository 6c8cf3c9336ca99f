//! A connection whose statements run behind: which may pass which.

use crate::store::behind::{Behind, Queue};
use crate::store::rows::Rows;
use crate::store::session::Session;

use super::fixture::Place;

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
