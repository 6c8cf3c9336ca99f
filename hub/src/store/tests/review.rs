//! What a steward is asked and answers, through the only way in.

use std::sync::Arc;

use crate::audit::Audit;
use crate::catalogue::{Caller, Catalogue, Role};
use crate::ontology::Share;
use crate::query::{Asker, JudgeOutcome, Judging, Query, QueryError, QueryLimits, UndoOutcome};
use crate::store::JudgementDecision;
use crate::{FieldValue, RecordId};

use super::fixture::Place;
use super::scored::{House, NEAR, SUBJECT, ontology};

fn asker(role: Role) -> Asker {
    let caller = Caller {
        key: "k1".to_owned(),
        department: "zone".to_owned(),
        role,
        purpose: Some("记名".to_owned()),
    };
    Asker { caller, request_id: "r".to_owned() }
}

#[tokio::test]
async fn a_steward_sees_both_sides_answers_and_takes_it_back() {
    let place = Place::new();
    let house = House::open(&place, true).await;
    house.register(&[SUBJECT, NEAR]).await;
    house.punish(&["p1||西安三元科技有限公司|||"]).await;
    let audit = Arc::new(Audit::open(&place.folder.path().join("audit.db")).await.unwrap());
    let catalogue = Arc::new(Catalogue::new(Arc::new(ontology(true))));
    let query = Query::new(
        house.store.clone(),
        catalogue,
        Arc::clone(&audit),
        place.clock.clone(),
        QueryLimits::default(),
    );
    let (reader, steward) = (asker(Role::Reader), asker(Role::Steward));
    let refused = query.review_queue(&reader, None, 10).await;
    assert!(matches!(refused, Err(QueryError::Forbidden { .. })));
    let queue = query.review_queue(&steward, None, 10).await.unwrap();
    assert_eq!(queue.len(), 1);
    let name = FieldValue::Text("西安三元科技有限公司".to_owned());
    let (record, side) = (queue[0].record.clone().unwrap(), queue[0].candidates[0].clone());
    assert!(record.values.contains(&name));
    assert!(side.subject.unwrap().values.contains(&name));
    assert!(side.weighed.reasons.iter().any(|(feature, level, _)| feature == "name" && level == "same"));
    let judging = Judging {
        record: queue[0].item.record,
        role: "party".to_owned(),
        decision: JudgementDecision::Same(side.weighed.entity),
        reason: "called them".to_owned(),
    };
    assert!(matches!(query.judge(&reader, &judging).await, Err(QueryError::Forbidden { .. })));
    assert!(house.link("p1").await.1.is_none(), "a refused judgement does nothing");
    let JudgeOutcome::Judged(number) = query.judge(&steward, &judging).await.unwrap() else {
        panic!("not judged")
    };
    assert_eq!(house.link("p1").await.1.unwrap().1, "judgement");
    assert!(query.review_queue(&steward, None, 10).await.unwrap().is_empty());
    let nowhere = Judging { record: RecordId(999), ..judging.clone() };
    assert!(matches!(query.judge(&steward, &nowhere).await.unwrap(), JudgeOutcome::Absent(_)));
    let (anchor, own) = house.link("r1").await;
    let itself = Judging { record: anchor, decision: JudgementDecision::Same(own.unwrap().0), ..judging };
    assert!(matches!(query.judge(&steward, &itself).await.unwrap(), JudgeOutcome::Refused(_)));
    assert!(matches!(query.undo(&reader, number).await, Err(QueryError::Forbidden { .. })));
    assert_eq!(query.undo(&steward, number).await.unwrap(), UndoOutcome::Undone);
    assert_eq!(query.undo(&steward, number).await.unwrap(), UndoOutcome::Absent);
    assert_eq!(query.review_queue(&steward, None, 10).await.unwrap(), queue);
    let trail = audit.entries(0, 100).await.unwrap();
    let told: Vec<(String, String)> =
        trail.iter().map(|one| (one.operation.clone(), one.outcome.clone())).collect();
    let n = |operation: &str, outcome: &str| {
        told.iter().filter(|one| **one == (operation.to_owned(), outcome.to_owned())).count()
    };
    assert_eq!((n("judge", "FORBIDDEN"), n("undo", "FORBIDDEN"), n("reviewQueue", "FORBIDDEN")), (1, 1, 1));
    // Each judgement twice: as begun, and as done.
    assert_eq!((n("judge", "answered"), n("undo", "answered")), (6, 4));
}

#[tokio::test]
async fn what_is_not_shared_cannot_be_judged() {
    let place = Place::new();
    let house = House::open(&place, true).await;
    house.register(&[SUBJECT, NEAR]).await;
    house.punish(&["p1||西安三元科技有限公司|||"]).await;
    let audit = Arc::new(Audit::open(&place.folder.path().join("audit.db")).await.unwrap());
    let query = |is_shared: bool| {
        let mut ontology = ontology(true);
        let penalty = ontology.kinds.iter_mut().find(|kind| kind.id == "penalty").unwrap();
        penalty.share = if is_shared { penalty.share } else { Share::NotShared };
        let catalogue = Arc::new(Catalogue::new(Arc::new(ontology)));
        let limits = QueryLimits::default();
        Query::new(house.store.clone(), catalogue, Arc::clone(&audit), place.clock.clone(), limits)
    };
    let steward = asker(Role::Steward);
    let (shared, hidden) = (query(true), query(false));
    let item = shared.review_queue(&steward, None, 10).await.unwrap().remove(0).item;
    assert!(hidden.review_queue(&steward, None, 10).await.unwrap().is_empty());
    let judging = |record: RecordId| Judging {
        record,
        role: "party".to_owned(),
        decision: JudgementDecision::Same(item.candidates[0].entity),
        reason: String::new(),
    };
    let told = hidden.judge(&steward, &judging(item.record)).await.unwrap();
    assert_eq!(told, JudgeOutcome::Absent(format!("record {}", item.record.0)));
    let absent = hidden.judge(&steward, &judging(RecordId(999))).await.unwrap();
    assert_eq!(absent, JudgeOutcome::Absent("record 999".to_owned()), "told alike");
    assert!(house.link("p1").await.1.is_none());
    let JudgeOutcome::Judged(number) = shared.judge(&steward, &judging(item.record)).await.unwrap() else {
        panic!("not judged")
    };
    assert_eq!(hidden.undo(&steward, number).await.unwrap(), UndoOutcome::Absent);
    assert!(house.link("p1").await.1.is_some());
}
