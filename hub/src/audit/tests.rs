//! Entries are durable, in order, for ever; a trail that cannot be written says so.

use super::{Audit, AuditEntry, AuditError};
use crate::EntityId;
use crate::catalogue::{Caller, Role};
use crate::clock::Timestamp;

fn entry(request_id: &str) -> AuditEntry {
    AuditEntry {
        at: Timestamp(1),
        caller: Caller {
            key: "k1".into(),
            department: "scjg".into(),
            role: Role::Reader,
            purpose: Some("年报核查".into()),
        },
        operation: "subject".into(),
        plan: "subject{name}".into(),
        subjects: vec![EntityId(1), EntityId(2)],
        n_rows: 1,
        outcome: "answered".into(),
        request_id: request_id.into(),
    }
}

#[tokio::test]
async fn entries_stand_and_cannot_be_changed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.db");
    let audit = Audit::open(&path).await.unwrap();
    let all = (0..300).map(|n| audit.write(entry(&format!("r{n}")))).collect::<Vec<_>>();
    for outcome in futures_util::future::join_all(all).await {
        outcome.unwrap();
    }
    audit.probe().await.unwrap();
    audit.close().await;

    let audit = Audit::open(&path).await.unwrap();
    let entries = audit.entries(0, 1_000).await.unwrap();
    assert_eq!(entries.len(), 300);
    assert_eq!(entries[0].number, 1);
    assert_eq!(entries[0].purpose.as_deref(), Some("年报核查"));
    assert_eq!(entries[0].subjects, [EntityId(1).to_string(), EntityId(2).to_string()]);
    assert_eq!(entries[0].plan_hash, entries[299].plan_hash);
    for statement in ["DELETE FROM entry", "UPDATE entry SET who = 'x'"] {
        let error = sqlx::query(statement).execute(&audit.pool).await.unwrap_err();
        assert!(error.to_string().contains("append only"), "{error}");
    }
}

#[tokio::test]
async fn a_full_file_refuses_and_one_with_room_again_takes() {
    let folder = tempfile::tempdir().unwrap();
    let audit = Audit::open(&folder.path().join("audit.db")).await.unwrap();
    let mut refused = None;
    let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(&audit.pool).await.unwrap();
    // Both connections of the pool: nobody may grow the file.
    let mut first = audit.pool.acquire().await.unwrap();
    let mut second = audit.pool.acquire().await.unwrap();
    for connection in [&mut first, &mut second] {
        let limit = format!("PRAGMA max_page_count = {}", pages + 1);
        sqlx::query(sqlx::AssertSqlSafe(limit)).execute(&mut **connection).await.unwrap();
    }
    drop((first, second));
    for n in 0..10_000 {
        if let Err(error) = audit.write(entry(&format!("r{n}"))).await {
            refused = Some(error);
            break;
        }
    }
    assert!(matches!(refused, Some(AuditError::Write { .. })), "{refused:?}");
    // However often it was refused: with room it takes what comes.
    for n in 0..6 {
        assert!(audit.write(entry(&format!("full {n} {}", "x".repeat(9_000)))).await.is_err());
        assert!(matches!(audit.probe().await, Err(AuditError::Write { .. })), "nor is it said to be ready");
    }
    let mut first = audit.pool.acquire().await.unwrap();
    let mut second = audit.pool.acquire().await.unwrap();
    for connection in [&mut first, &mut second] {
        sqlx::query("PRAGMA max_page_count = 1000000").execute(&mut **connection).await.unwrap();
    }
    drop((first, second));
    audit.probe().await.unwrap();
    for n in 0..6 {
        audit.write(entry(&format!("room {n}"))).await.unwrap();
    }
    audit.probe().await.unwrap();
}

#[tokio::test]
async fn a_folder_is_no_trail() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(Audit::open(folder.path()).await, Err(AuditError::Open { .. })));
}

/// Deleted, moved away or replaced: what is written then is nobody's to find, so it is refused, and said by the probe.
#[tokio::test]
async fn a_file_that_went_away_refuses() {
    for part in ["audit.db", "audit.db-wal"] {
        let folder = tempfile::tempdir().unwrap();
        let (path, aside) = (folder.path().join(part), folder.path().join("aside"));
        let audit = Audit::open(&folder.path().join("audit.db")).await.unwrap();
        audit.write(entry("r1")).await.unwrap();

        std::fs::rename(&path, &aside).unwrap();
        let refused = audit.write(entry("r2")).await;
        assert!(
            matches!(&refused, Err(AuditError::Gone { path: gone }) if *gone == path),
            "{part}: {refused:?}"
        );
        assert!(audit.probe().await.is_err(), "{part}");
        // A copy holds what was written so far, but not what is written now.
        std::fs::copy(&aside, &path).unwrap();
        assert!(matches!(audit.write(entry("r3")).await, Err(AuditError::Gone { .. })), "{part}");
        // Put back, it is the file again.
        std::fs::rename(&aside, &path).unwrap();
        audit.write(entry("r4")).await.unwrap();
        audit.probe().await.unwrap();
        std::fs::remove_file(&path).unwrap();
        assert!(matches!(audit.write(entry("r5")).await, Err(AuditError::Gone { .. })), "{part}");
    }
}
