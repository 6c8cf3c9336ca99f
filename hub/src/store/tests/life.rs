//! A store over its life: upgraded, opened twice, its files taken away, its medium full.

use contract::Retry;

use crate::store::{Store, StoreError};

use super::basics::linked_entity;
use super::fixture::{Place, batch, dead, dump, penalty, registration, streams};

const A: &str = "91610131MA6TE5T09D";

/// A store of the first release, with rows in it, is brought to this one and loses nothing.
#[tokio::test]
async fn a_store_of_version_1_is_upgraded_with_its_rows() {
    let place = Place::new();
    let store = place.open().await;
    let s = streams(&store).await;
    let rows = vec![penalty(&format!("p1 {A} - - 029-1")), dead("p2", "十万")];
    store.apply(batch(&s.penalties, rows)).await.unwrap();
    let anchor = registration(&format!("r1 {A} - Acme aa 2024-01-01"));
    store.apply(batch(&s.registry, vec![anchor])).await.unwrap();
    let (before, ontology) = (dump(&store).await, store.ontology().clone());
    {
        let mut writer = store.inner.writer.lock().await;
        let mut session = writer.begin(&store.inner.pools).await.unwrap();
        for table in ["candidate", "wanted", "score"] {
            session.execute_once(&format!("DROP TABLE {table}")).await.unwrap();
        }
        session.execute_once("DELETE FROM migration WHERE owner = 'hub' AND version > 1").await.unwrap();
        session.commit().await.unwrap();
    }
    store.close().await;
    drop(store);
    let store = Store::open(place.options(), ontology, place.clock.clone()).await.unwrap();
    assert_eq!(dump(&store).await, before);
    let s = streams(&store).await;
    let more = store.apply(batch(&s.penalties, vec![penalty(&format!("p3 {A} - - -"))])).await.unwrap();
    assert_eq!(more.inserted, 1);
    assert_eq!(linked_entity(&store, 3).await, linked_entity(&store, 1).await);
}

#[tokio::test]
async fn one_instance_writes_others_may_read() {
    let place = Place::new();
    let store = place.open().await;
    streams(&store).await;
    let ontology = store.ontology().clone();
    let second = Store::open(place.options(), ontology.clone(), place.clock.clone()).await;
    let Err(StoreError::InUse { holder }) = second else { panic!("a second instance must be refused") };
    assert!(holder.contains(&format!("process={}", std::process::id())), "{holder}");
    let reader =
        Store::open(place.options().read_only(), ontology.clone(), place.clock.clone()).await.unwrap();
    assert_eq!(reader.counts().await.unwrap().len(), 4);
    assert!(matches!(reader.drop_dead_letters(&[1]).await, Err(StoreError::ReadOnly)));
    store.close().await;
    drop(store);
    let again = Store::open(place.options(), ontology, place.clock.clone()).await.unwrap();
    assert_eq!(again.streams().len(), 4);
}

/// A lock is a file, and files can be deleted: whoever lost it, or the store itself, writes no more.
#[tokio::test]
async fn a_lock_or_store_that_was_taken_away_stops_the_writing() {
    for (part, second_opens) in [("lock", true), ("store", false)] {
        let place = Place::new();
        let store = place.open().await;
        let s = streams(&store).await;
        store.apply(batch(&s.penalties, vec![penalty("p0 - - - -")])).await.unwrap();
        let lost = place.folder.path().join(if part == "lock" { "hub.db.lock" } else { "hub.db" });
        let aside = place.folder.path().join("aside");
        std::fs::rename(&lost, &aside).unwrap();
        let second = Store::open(place.options(), store.ontology().clone(), place.clock.clone()).await;
        assert_eq!(second.is_ok(), second_opens, "{part}");
        let refused = store.apply(batch(&s.penalties, vec![penalty("p1 - - - -")])).await;
        assert!(matches!(refused, Err(StoreError::LockLost { .. })), "{part}: {refused:?}");
        if let Ok(second) = second {
            let s = streams(&second).await;
            second.apply(batch(&s.penalties, vec![penalty("p2 - - - -")])).await.unwrap();
        }
        // Put back, it is too late: another may have written, and what we remember is not so.
        std::fs::rename(&aside, &lost).unwrap();
        let refused = store.apply(batch(&s.penalties, vec![penalty("p3 - - - -")])).await;
        assert!(matches!(refused, Err(StoreError::LockLost { .. })), "{part}: {refused:?}");
    }
}

#[tokio::test]
async fn a_full_medium_is_said_so_and_leaves_nothing_half_written() {
    let place = Place::new();
    let store = place.open().await;
    let s = streams(&store).await;
    store.apply(batch(&s.penalties, vec![penalty("p0 - - - -")])).await.unwrap();
    let before = dump(&store).await;
    store.limit_pages_for_tests(1).await;
    let many: Vec<_> = (0..5_000).map(|n| penalty(&format!("q{n:05} - - - 029-{n}"))).collect();
    let error = store.apply(batch(&s.penalties, many.clone())).await.unwrap_err();
    assert!(matches!(error, StoreError::StorageFull), "{error:?}");
    assert!(matches!(error.retry(), Retry::After(_)));
    assert_eq!(dump(&store).await, before);
    store.limit_pages_for_tests(1_000_000).await;
    assert_eq!(store.apply(batch(&s.penalties, many)).await.unwrap().inserted, 5_000);
}
