use contract::SourceKey;
use expect_test::expect;

use crate::clock::Timestamp;
use crate::store::{
    Applied, DeadLetterFilter, JudgementDecision, MatchState, Progress, Store, StoreError, StreamCounts,
};
use crate::{EntityId, RecordId, Seq};

use super::fixture::{Place, batch, dead, dump, gone, penalty, registration, streams, told};

const A: &str = "91610131MA6TE5T09D";
const B: &str = "914403001922038216";

pub(super) async fn linked_entity(store: &Store, record: i64) -> Option<EntityId> {
    let mut session = store.reader().await.unwrap();
    let sql = "SELECT entity FROM link WHERE record = $1 AND until_seq IS NULL ORDER BY role";
    let row = session.fetch_first(sql, &[super::super::session::Param::Int(record)]).await.unwrap();
    row.map(|row| EntityId(row.int(0).unwrap()))
}

fn counts_of(all: &[StreamCounts], name: &str) -> (u64, u64, u64, u64, u64) {
    let counts = all.iter().find(|one| one.name == name).unwrap().counts;
    (counts.received, counts.linked, counts.waiting, counts.nobody, counts.dead_letters)
}

#[tokio::test]
async fn records_are_linked_kept_and_told() {
    let place = Place::new();
    let store = place.open().await;
    let s = streams(&store).await;
    let waits = batch(
        &s.penalties,
        vec![
            penalty(&format!("p1 {A} - - 029-1")),
            penalty("p2 bad - - -"),
            penalty(&format!("p3 {B} - - -")),
            dead("p4", "十万"),
        ],
    );
    let applied = store.apply(waits.clone()).await.unwrap();
    assert_eq!(applied, Applied { inserted: 3, dead_letters: 1, ..Applied::default() });
    let applied =
        store.apply(batch(&s.registry, vec![registration(&format!("r1 {A} - Acme aa 2024-01-01"))])).await;
    assert_eq!(applied.unwrap(), Applied { inserted: 1, relinked: 1, ..Applied::default() });
    expect![[r#"
        record registry/subjects/r1 registration state 1
          uscc "91610131MA6TE5T09D"
          name "Acme"
          capital 1234500 CNY
          founded 2001-02-01/2
          rep_id "6101**********1234" hash aa
          rep_name "rep-Acme"
          changed_on 2024-01-01
          link representative person aa by resident_id
          link subject registry/subjects/r1 by anchor
        record safety/penalties/p1 penalty state 1
          number "no\tp1\\"
          party_code "91610131MA6TE5T09D"
          phone "029-1"
          valid_until open
          link party registry/subjects/r1 by uscc
        record safety/penalties/p2 penalty state 3
          flags party_code:TJ-D030
          number "no\tp2\\"
          party_code "bad"
          valid_until open
        record safety/penalties/p3 penalty state 2
          number "no\tp3\\"
          party_code "914403001922038216"
          valid_until open
          waits party organisation_code 192203821
          waits party uscc 914403001922038216
        entity person person aa
          name "rep-Acme" from registry/subjects/r1
          identifier resident_id aa
        entity subject registry/subjects/r1
          uscc "91610131MA6TE5T09D" from registry/subjects/r1
          name "Acme" from registry/subjects/r1
          phone "029-1" from safety/penalties/p1
          founded 2001-02-01/2 from registry/subjects/r1
          identifier organisation_code MA6TE5T09 by registry/subjects/r1
          identifier uscc 91610131MA6TE5T09D by registry/subjects/r1
        dead safety/penalties/p4 [{"code":"TJ-D005","field":"amount","column":"JE","args":[["found","十万"]]}]
    "#]]
    .assert_eq(&dump(&store).await);
    expect![[r#"
        [
            "1 penalty Inserted",
            "2 penalty Inserted",
            "3 penalty Inserted",
            "4 registration Inserted",
            "5 registration Linked { role: \"representative\" }",
            "6 penalty Linked { role: \"party\" }",
        ]
    "#]]
    .assert_debug_eq(&told(&store).await);
    let counts = store.counts().await.unwrap();
    assert_eq!(counts_of(&counts, "penalties"), (4, 1, 1, 1, 1));
    assert_eq!(counts_of(&counts, "subjects"), (1, 1, 0, 0, 0));
    // The same again changes nothing but the attempts of what is set aside.
    let applied = store.apply(waits).await.unwrap();
    assert_eq!(applied, Applied { unchanged: 3, dead_letters: 1, ..Applied::default() });
    let letters = store.dead_letters(&DeadLetterFilter::default(), 10).await.unwrap();
    assert_eq!(letters.len(), 1);
    assert_eq!((letters[0].attempts, letters[0].faults[0].message.code), (2, "TJ-D005"));
    assert_eq!(letters[0].faults[0].message.args, [("found", "十万".to_owned())]);
    assert_eq!(letters[0].cells[1], ("BZ".to_owned(), None));
    let progress = store.progress(s.penalties.number).await.unwrap();
    assert_eq!(progress, Some(Progress::Snapshot { generation: 1, after: Some("p4".to_owned()) }));
}

#[tokio::test]
async fn what_changes_keeps_the_version_it_replaced() {
    let place = Place::new();
    let store = place.open().await;
    let s = streams(&store).await;
    store.apply(batch(&s.registry, vec![registration(&format!("r1 {A} - Acme - -"))])).await.unwrap();
    let entity = linked_entity(&store, 1).await.unwrap();
    place.clock.set(Timestamp(1_700_000_100_000_000));
    let update = batch(&s.registry, vec![registration(&format!("r1 {B} - Bcme - -"))]);
    assert_eq!(store.apply(update).await.unwrap().updated, 1);
    assert_eq!(linked_entity(&store, 1).await, Some(entity), "a corrected code keeps the entity");
    assert_eq!(store.apply(batch(&s.registry, vec![gone("r1"), gone("r9")])).await.unwrap().deleted, 1);
    assert_eq!(linked_entity(&store, 1).await, None);
    store.apply(batch(&s.registry, vec![registration(&format!("r1 {A} - Acme - -"))])).await.unwrap();
    assert_eq!(linked_entity(&store, 1).await, Some(entity), "a key that returns keeps record and entity");
    expect![[r#"
        [
            "1 registration Inserted",
            "2 registration Updated { fields: [\"uscc\", \"name\"] }",
            "3 subject Updated { fields: [\"uscc\", \"name\"] }",
            "4 registration Deleted",
            "5 subject Deleted",
            "6 registration Inserted",
        ]
    "#]]
    .assert_debug_eq(&told(&store).await);
    let mut session = store.reader().await.unwrap();
    let mut versions = Vec::new();
    for table in ["record_registration_history", "entity_subject_history"] {
        let sql = format!("SELECT since_seq, until_seq, name FROM {table} ORDER BY since_seq");
        for row in session.fetch(&sql, &[]).await.unwrap() {
            versions.push((row.int(0).unwrap(), row.int(1).unwrap(), row.text(2).unwrap()));
        }
    }
    let version = |since, until, name: &str| (since, until, name.to_owned());
    assert_eq!(
        versions,
        [version(1, 2, "Acme"), version(2, 4, "Bcme"), version(1, 3, "Acme"), version(3, 5, "Bcme")]
    );
    assert_eq!(store.as_of(Timestamp(1_699_999_999_999_999)).await.unwrap(), Seq(0));
    assert_eq!(store.as_of(Timestamp(1_700_000_000_000_000)).await.unwrap(), Seq(1));
    assert_eq!(store.as_of(Timestamp(1_800_000_000_000_000)).await.unwrap(), Seq(6));
}

#[tokio::test]
async fn anchors_of_one_code_are_one_entity_until_they_differ() {
    let place = Place::new();
    let store = place.open().await;
    let s = streams(&store).await;
    store.apply(batch(&s.registry, vec![registration(&format!("r1 {B} - Acme - -"))])).await.unwrap();
    store.apply(batch(&s.old_registry, vec![registration(&format!("o1 {A} - Old - -"))])).await.unwrap();
    store.apply(batch(&s.penalties, vec![penalty(&format!("p1 {A} - - -"))])).await.unwrap();
    let (first, second) = (linked_entity(&store, 1).await.unwrap(), linked_entity(&store, 2).await.unwrap());
    assert_ne!(first, second);
    store.apply(batch(&s.registry, vec![registration(&format!("r1 {A} - Acme - -"))])).await.unwrap();
    assert_eq!(linked_entity(&store, 2).await, Some(first), "the oldest id survives");
    assert_eq!(linked_entity(&store, 3).await, Some(first));
    assert_eq!(store.redirected(second).await.unwrap(), first);
    store.apply(batch(&s.registry, vec![registration(&format!("r1 {B} - Acme - -"))])).await.unwrap();
    let third = linked_entity(&store, 2).await.unwrap();
    assert!(third != first && third != second, "the part without the id gets a new one");
    assert_eq!(linked_entity(&store, 1).await, Some(first));
    assert_eq!(linked_entity(&store, 3).await, Some(third));
    expect![[r#"
        [
            "4 registration Updated { fields: [\"uscc\"] }",
            "5 registration Unlinked { role: \"subject\" }",
            "6 registration Linked { role: \"subject\" }",
            "7 penalty Unlinked { role: \"party\" }",
            "8 penalty Linked { role: \"party\" }",
            "9 subject Merged { into: EntityId(1) }",
            "10 subject Updated { fields: [\"uscc\", \"name\"] }",
            "11 registration Updated { fields: [\"uscc\"] }",
            "12 registration Unlinked { role: \"subject\" }",
            "13 registration Linked { role: \"subject\" }",
            "14 penalty Unlinked { role: \"party\" }",
            "15 penalty Linked { role: \"party\" }",
            "16 subject Split { from: EntityId(1) }",
            "17 subject Updated { fields: [\"uscc\", \"name\"] }",
        ]
    "#]]
    .assert_debug_eq(&told(&store).await.split_off(3));
}

#[tokio::test]
async fn persons_decide_and_take_it_back() {
    let place = Place::new();
    let store = place.open().await;
    let s = streams(&store).await;
    let registrations =
        vec![registration(&format!("r1 {A} - Acme - -")), registration(&format!("r2 {B} - Bcme - -"))];
    store.apply(batch(&s.registry, registrations)).await.unwrap();
    store.apply(batch(&s.penalties, vec![penalty(&format!("p1 {A} - - -"))])).await.unwrap();
    let plain = dump(&store).await;
    let (acme, bcme) = (linked_entity(&store, 1).await.unwrap(), linked_entity(&store, 2).await.unwrap());
    let record = RecordId(3);
    let judge = |decision| store.judge(record, "party", decision, "wang", "seen the file");
    judge(JudgementDecision::Same(bcme)).await.unwrap();
    assert_eq!(linked_entity(&store, 3).await, Some(bcme));
    judge(JudgementDecision::Nobody).await.unwrap();
    assert_eq!(linked_entity(&store, 3).await, None);
    assert_eq!(counts_of(&store.counts().await.unwrap(), "penalties").3, 1);
    let last = judge(JudgementDecision::NotSame(acme)).await.unwrap();
    assert_eq!(linked_entity(&store, 3).await, None);
    assert_eq!(
        counts_of(&store.counts().await.unwrap(), "penalties").2,
        1,
        "it waits: its code may be another's"
    );
    store.undo(last).await.unwrap();
    assert_eq!(dump(&store).await, plain);
    assert!(matches!(store.undo(last).await, Err(StoreError::Unknown { .. })));
    let all = store.judgements(record).await.unwrap();
    assert_eq!(all.len(), 3);
    assert!(all.iter().all(|judgement| !judgement.is_in_force && judgement.by == "wang"));
    // Two anchors can be judged one, and a judgement on somebody who goes waits for the return.
    store.judge(RecordId(2), "subject", JudgementDecision::Same(acme), "wang", "renamed").await.unwrap();
    assert_eq!(linked_entity(&store, 2).await, Some(acme));
    assert_eq!(store.redirected(bcme).await.unwrap(), acme);
    judge(JudgementDecision::Same(bcme)).await.unwrap();
    assert_eq!(linked_entity(&store, 3).await, Some(acme));
    assert!(matches!(
        store.judge(RecordId(1), "subject", JudgementDecision::Nobody, "wang", "").await,
        Err(StoreError::Judgement { .. })
    ));
}

#[tokio::test]
async fn dead_letters_are_resolved_dropped_and_come_back() {
    let place = Place::new();
    let store = place.open().await;
    let s = streams(&store).await;
    store
        .apply(batch(&s.penalties, vec![dead("p1", "x"), dead("p2", "x"), penalty("p3 - - - -")]))
        .await
        .unwrap();
    store.apply(batch(&s.penalties, vec![dead("p3", "x"), penalty("p1 - - - -"), gone("p2")])).await.unwrap();
    let all = store.dead_letters(&DeadLetterFilter::default(), 10).await.unwrap();
    let keys: Vec<&str> = all.iter().map(|letter| letter.key.0.as_str()).collect();
    assert_eq!(keys, ["p3"]);
    assert_eq!(
        counts_of(&store.counts().await.unwrap(), "penalties"),
        (2, 0, 0, 2, 1),
        "the good version stays"
    );
    assert_eq!(store.drop_dead_letters(&[all[0].number]).await.unwrap(), 1);
    let applied = store.apply(batch(&s.penalties, vec![dead("p3", "x")])).await.unwrap();
    assert_eq!(applied.dead_letters, 0, "a dropped row is not counted by the next reading either");
    assert!(store.dead_letters(&DeadLetterFilter::default(), 10).await.unwrap().is_empty());
    let applied = store.apply(batch(&s.penalties, vec![dead("p3", "y")])).await.unwrap();
    assert_eq!(applied.dead_letters, 1, "its row changed");
    let filter = DeadLetterFilter { code: Some("TJ-D005".to_owned()), ..DeadLetterFilter::default() };
    assert_eq!(store.dead_letters(&filter, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn known_keys_are_those_a_diff_must_not_send_again() {
    let place = Place::new();
    let store = place.open().await;
    let s = streams(&store).await;
    assert!(store.is_empty(s.penalties.number).await.unwrap());
    let entries = vec![penalty("a:1 - - - -"), penalty("b中 - - - -"), penalty("c - - - -"), dead("d", "x")];
    let digests: Vec<_> = entries.iter().map(|entry| entry.digest).collect();
    store.apply(batch(&s.penalties, entries)).await.unwrap();
    let changed = dead("c", "y");
    store.apply(batch(&s.penalties, vec![changed.clone(), gone("a:1")])).await.unwrap();
    let mut keys = store.known_keys(s.penalties.number, 1);
    let page = keys.next_page().await.unwrap().unwrap();
    let seen: Vec<_> = page.iter().map(|known| (known.key.0.as_str(), known.digest)).collect();
    assert_eq!(seen, [("b中", Some(digests[1])), ("c", Some(changed.digest)), ("d", Some(digests[3]))]);
    assert!(keys.next_page().await.unwrap().is_none());
    let asked: Vec<SourceKey> = ["c", "zz", "a:1"].iter().map(|key| SourceKey((*key).to_owned())).collect();
    let some = store.known_of(s.penalties.number, 2, &asked).await.unwrap();
    assert_eq!(
        some.iter().map(|known| (known.key.0.as_str(), known.digest)).collect::<Vec<_>>(),
        [("c", None)]
    );
}

#[tokio::test]
async fn known_keys_of_many_pages_come_once_each_and_in_order() {
    let place = Place::new();
    let store = place.open().await;
    let s = streams(&store).await;
    let n = 17_000;
    let records = (0..n).map(|i| penalty(&format!("k{i:05} - - - -"))).collect();
    store.apply(batch(&s.penalties, records)).await.unwrap();
    // Letters beside every fifth record, and in place of every seventh.
    let letters = (0..n).flat_map(|i| {
        let beside = (i % 5 == 0).then(|| dead(&format!("k{i:05}x"), "y"));
        beside.into_iter().chain((i % 7 == 0).then(|| dead(&format!("k{i:05}"), "y")))
    });
    store.apply(batch(&s.penalties, letters.collect())).await.unwrap();
    let mut keys = store.known_keys(s.penalties.number, 1);
    let mut found = Vec::new();
    while let Some(page) = keys.next_page().await.unwrap() {
        found.extend(page.into_iter().map(|known| (known.key.0, known.digest)));
    }
    let wanted: Vec<_> = (0..n)
        .flat_map(|i| {
            let key = format!("k{i:05}");
            let own = if i % 7 == 0 { dead(&key, "y") } else { penalty(&format!("{key} - - - -")) };
            let beside = (i % 5 == 0).then(|| dead(&format!("{key}x"), "y"));
            [own].into_iter().chain(beside).map(|entry| (entry.key.0, Some(entry.digest))).collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(found.len(), wanted.len());
    assert!(found == wanted, "keys or digests differ");
}

#[tokio::test]
async fn a_batch_that_is_not_as_fresh_as_it_says_is_applied_with_look_ups() {
    let place = Place::new();
    let store = place.open().await;
    let s = streams(&store).await;
    store.apply(batch(&s.penalties, vec![penalty("p1 - - - -")])).await.unwrap();
    let mut again = batch(&s.penalties, vec![penalty("p0 - - - -"), penalty("p1 - - - 1")]);
    again.is_fresh = true;
    let applied = store.apply(again).await.unwrap();
    assert_eq!((applied.inserted, applied.updated), (1, 1));
    let other = store.apply(batch(&s.fines, vec![penalty("p1 - - - -")])).await.unwrap();
    assert_eq!(other.inserted, 1);
}

#[tokio::test]
async fn consumers_wake_and_keep_their_place() {
    let place = Place::new();
    let store = place.open().await;
    let s = streams(&store).await;
    let mut consumer = store.consumer("publicity").await.unwrap();
    let (entries, applied) = tokio::join!(
        consumer.next(10),
        store.apply(batch(&s.penalties, vec![penalty("p1 - - - -"), penalty("p2 - - - -")])),
    );
    applied.unwrap();
    let entries = entries.unwrap();
    assert_eq!(entries.len(), 2);
    assert_eq!(entries[0].cause, "safety/penalties");
    consumer.advance(entries[0].seq).await.unwrap();
    let again = store.consumer("publicity").await.unwrap();
    assert_eq!(again.at(), Seq(1));
}

#[test]
fn states_have_the_numbers_of_the_layout() {
    for number in 0..4 {
        assert_eq!(MatchState::of_number(number).map(|state| i64::from(state.number())), Some(number));
    }
    assert_eq!(MatchState::of_number(4), None);
}
