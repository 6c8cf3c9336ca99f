//! Roles that only refer: a parent, a shareholder. They wait, follow, are judged; they create nobody and count for nothing.

use crate::store::session::Param;
use crate::store::{JudgementDecision, Store};
use crate::{EntityId, RecordId};

use super::fixture::{Place, batch, gone, holding, holdings, registration, streams};

const A: &str = "91610131MA6TE5T09D";
const B: &str = "914403001922038216";
const C: &str = "9144030071526726XG";
const OLD: &str = "110000000000009";

/// Whom a record speaks of in a role, and why.
async fn link(store: &Store, record: i64, role: &str) -> Option<(EntityId, String)> {
    let sql = "SELECT l.entity, l.evidence FROM link l JOIN role r ON r.role = l.role \
               WHERE l.record = $1 AND r.name = $2 AND l.until_seq IS NULL";
    let params = [Param::Int(record), Param::Text(role.to_owned())];
    let row = store.reader().await.unwrap().fetch_first(sql, &params).await.unwrap();
    row.map(|row| (EntityId(row.int(0).unwrap()), row.text(1).unwrap()))
}

async fn subject(store: &Store, record: i64) -> EntityId {
    link(store, record, "subject").await.unwrap().0
}

/// Linked, waiting and nobody of a stream.
async fn states(store: &Store, name: &str) -> (u64, u64, u64) {
    let all = store.counts().await.unwrap();
    let counts = all.iter().find(|one| one.name == name).unwrap().counts;
    (counts.linked, counts.waiting, counts.nobody)
}

#[tokio::test]
async fn a_role_that_refers_waits_follows_and_creates_nobody() {
    let place = Place::new();
    let store = place.open().await;
    let (s, holdings) = (streams(&store).await, holdings(&store).await);
    // Branches first, of parents nobody knows: by code, by old number, by what is neither.
    let branches = vec![
        registration(&format!("b1 - - b - - {A}")),
        registration(&format!("b2 - - b - - {OLD}")),
        registration("b3 - - b - - 000000000000000"),
    ];
    store.apply(batch(&s.registry, branches)).await.unwrap();
    store.apply(batch(&holdings, vec![holding(&format!("h1 {A} {B} aa"))])).await.unwrap();
    assert_eq!(states(&store, "subjects").await, (3, 0, 0), "each is its own subject, whatever its parent");
    assert_eq!(states(&store, "holdings").await, (0, 1, 0), "by the company alone");
    for record in 1..=3 {
        assert_eq!(link(&store, record, "parent").await, None);
    }
    assert!(link(&store, 4, "holder_person").await.is_some(), "a number makes its person");

    store.apply(batch(&s.registry, vec![registration(&format!("p1 {A} {OLD} parent - -"))])).await.unwrap();
    let parent = subject(&store, 5).await;
    assert_eq!(link(&store, 1, "parent").await, Some((parent, "uscc".to_owned())));
    assert_eq!(link(&store, 2, "parent").await, Some((parent, "registration_number".to_owned())));
    assert_eq!(link(&store, 3, "parent").await, None);
    assert_eq!(link(&store, 4, "party").await.map(|(entity, _)| entity), Some(parent));
    assert_eq!(link(&store, 4, "holder").await, None);
    // The number stays when the code is corrected; then a second claims the number, and it names neither.
    store.apply(batch(&s.registry, vec![registration(&format!("p1 {C} {OLD} parent - -"))])).await.unwrap();
    assert_eq!(subject(&store, 5).await, parent);
    assert_eq!(link(&store, 1, "parent").await, None);
    assert_eq!(link(&store, 2, "parent").await.map(|(entity, _)| entity), Some(parent));
    store
        .apply(batch(&s.old_registry, vec![registration(&format!("o1 {B} {OLD} other - -"))]))
        .await
        .unwrap();
    assert_eq!(link(&store, 2, "parent").await, None);
    assert_eq!(link(&store, 4, "holder").await.map(|(entity, _)| entity), Some(subject(&store, 6).await));
    // Both of one code are one again, and so is whom the number names.
    store
        .apply(batch(&s.old_registry, vec![registration(&format!("o1 {C} {OLD} other - -"))]))
        .await
        .unwrap();
    assert_eq!(link(&store, 2, "parent").await.map(|(entity, _)| entity), Some(parent));
    store.apply(batch(&s.registry, vec![gone("b2")])).await.unwrap();
    assert_eq!(link(&store, 2, "parent").await, None, "a row that goes ends all it says");
}

#[tokio::test]
async fn a_judgement_about_a_parent_holds_against_a_later_code_and_is_told() {
    let place = Place::new();
    let store = place.open().await;
    let s = streams(&store).await;
    let rows =
        vec![registration(&format!("b1 - - b - - {B}")), registration(&format!("p1 {A} - parent - -"))];
    store.apply(batch(&s.registry, rows)).await.unwrap();
    let parent = subject(&store, 2).await;
    let decision = JudgementDecision::Same(parent);
    let judgement = store.judge(RecordId(1), "parent", decision, "wang", "the file says so").await.unwrap();
    assert_eq!(link(&store, 1, "parent").await, Some((parent, "judgement".to_owned())));
    assert!(store.review_queue(RecordId(0), 10, |_| true).await.unwrap().is_empty());
    store.apply(batch(&s.registry, vec![registration(&format!("p2 {B} - other - -"))])).await.unwrap();
    assert_eq!(link(&store, 1, "parent").await, Some((parent, "judgement".to_owned())));
    let queue = store.review_queue(RecordId(0), 10, |_| true).await.unwrap();
    assert_eq!((queue.len(), queue[0].role.as_str()), (1, "parent"));
    let contradiction = queue[0].contradiction.clone().unwrap();
    let other = subject(&store, 3).await;
    assert_eq!((contradiction.entity, contradiction.scheme.as_str()), (other, "uscc"));
    store.undo(judgement).await.unwrap();
    assert_eq!(link(&store, 1, "parent").await, Some((other, "uscc".to_owned())));
}
