//! Sources that are wrong, gone, slow, or left alone.

use std::time::{Duration, Instant};

use contract::{Check, ReadError, Refusal, Severity};
use futures_util::StreamExt;
use tests::conformance::{Fixture, Misfit, n_company};

use crate::conformance::{batches, request, rows};

async fn failure(fixture: &dyn Fixture, misfit: Misfit) -> (ReadError, Check) {
    let source = fixture.misfit(misfit).expect("the engine can be wrong so");
    let stream = fixture.stream("company");
    let check = source.check(std::slice::from_ref(&stream)).await;
    let error = batches(source.as_ref(), request(stream)).await.expect_err("a wrong source fails");
    assert!(!format!("{error:?} {check:?}").contains("canary"), "a secret is told");
    (error, check)
}

fn assert_told(check: &Check, code: &str) {
    let errors: Vec<&str> =
        check.findings.iter().filter(|f| f.severity == Severity::Error).map(|f| f.note.code).collect();
    assert_eq!(errors, [code], "{check:?}");
}

pub(crate) async fn check_ok(fixture: &dyn Fixture) {
    let source = fixture.misfit(Misfit::ReadOnly).unwrap_or_else(|| fixture.source());
    let stream = fixture.stream("company");
    let check = source.check(std::slice::from_ref(&stream)).await;
    let wrong: Vec<_> = check.findings.iter().filter(|finding| finding.severity != Severity::Info).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    assert!(check.server.is_some());
    assert_eq!(check.modes.iter().map(|(name, _)| name).collect::<Vec<_>>(), [&stream]);
    for finding in &check.findings {
        assert!(messages::text(finding.note.code, messages::Lang::Zh).is_some(), "{finding:?}");
    }
}

pub(crate) async fn wrong_password(fixture: &dyn Fixture) {
    let (error, check) = failure(fixture, Misfit::Password).await;
    assert!(matches!(error, ReadError::Refused { refusal: Refusal::Credential, .. }), "{error}");
    assert_told(&check, "TJ-S003");
}

pub(crate) async fn wrong_host(fixture: &dyn Fixture) {
    let (error, check) = failure(fixture, Misfit::Host).await;
    assert!(matches!(error, ReadError::Connect { .. }), "{error}");
    assert_told(&check, "TJ-S002");
}

pub(crate) async fn wrong_database(fixture: &dyn Fixture) {
    let (error, check) = failure(fixture, Misfit::Database).await;
    assert!(
        matches!(&error, ReadError::Source { words, is_passing: false } if words.contains("absent")),
        "{error}"
    );
    assert_told(&check, "TJ-S014");
}

pub(crate) async fn no_tls(fixture: &dyn Fixture) {
    let (error, check) = failure(fixture, Misfit::NoTls).await;
    assert!(matches!(error, ReadError::Refused { refusal: Refusal::Tls, .. }), "{error}");
    assert_told(&check, "TJ-S005");
}

pub(crate) async fn private_authority(fixture: &dyn Fixture) {
    let right = fixture.misfit(Misfit::RightAuthority).expect("a server with TLS");
    assert_eq!(rows(right.as_ref(), request(fixture.stream("company"))).await.len(), n_company());
    let (error, check) = failure(fixture, Misfit::WrongAuthority).await;
    assert!(matches!(error, ReadError::Refused { refusal: Refusal::Tls, .. }), "{error:?}");
    assert_told(&check, "TJ-S005");
}

pub(crate) async fn may_write(fixture: &dyn Fixture) {
    let stream = fixture.stream("company");
    let check = fixture.source().check(std::slice::from_ref(&stream)).await;
    let found = check.findings.iter().find(|finding| finding.note.code == "TJ-S009").expect("a warning");
    assert_eq!(found.severity, Severity::Warning);
}

pub(crate) async fn missing_right(fixture: &dyn Fixture) {
    fixture.change(tests::conformance::Change::OddKeys);
    let source = fixture.misfit(Misfit::ReadOnly).expect("an account that may only read");
    let streams = [fixture.stream("odd"), fixture.stream("company")];
    let check = source.check(&streams).await;
    assert_told(&check, "TJ-S008");
    assert_eq!(check.modes.iter().map(|(name, _)| name).collect::<Vec<_>>(), [&streams[1]]);
    let error = batches(source.as_ref(), request(streams[0].clone())).await.unwrap_err();
    assert!(
        matches!(error, ReadError::Refused { refusal: Refusal::Right, .. } | ReadError::NoColumn { .. }),
        "{error}"
    );
    assert_eq!(rows(source.as_ref(), request(streams[1].clone())).await.len(), n_company());
}

pub(crate) async fn cancel(fixture: &dyn Fixture) {
    let source = fixture.source();
    let mut asked = request(fixture.stream("company"));
    asked.max_rows = 1;
    asked.key = vec!["id".to_owned()];
    let mut running = source.snapshot(asked.clone());
    running.next().await.unwrap().unwrap();
    let dropped = Instant::now();
    drop(running);
    if fixture.n_connections().is_some() {
        while fixture.n_connections() != Some(0) {
            assert!(dropped.elapsed() < Duration::from_secs(2), "the connection is still open");
            tokio::task::yield_now().await;
        }
    }
    assert_eq!(rows(source.as_ref(), request(fixture.stream("company"))).await.len(), n_company());
    assert!(dropped.elapsed() < Duration::from_secs(4));
}

pub(crate) async fn bounded_connections(fixture: &dyn Fixture) {
    let source = fixture.source();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (source, request) = (std::sync::Arc::clone(&source), request(fixture.stream("company")));
        tasks.spawn(async move { batches(source.as_ref(), request).await.map(|batches| batches.len()) });
    }
    let mut n_most = 0;
    while !tasks.is_empty() {
        n_most = n_most.max(fixture.n_connections().unwrap_or_default());
        if let Ok(Some(done)) = tokio::time::timeout(Duration::from_millis(1), tasks.join_next()).await {
            done.unwrap().unwrap();
        }
    }
    assert!(n_most <= 2, "{n_most} connections");
}

pub(crate) async fn hung(fixture: &dyn Fixture) {
    let source = fixture.misfit(Misfit::Blackhole).expect("a way that lets nothing pass");
    let begun = Instant::now();
    let error = batches(source.as_ref(), request(fixture.stream("company"))).await.unwrap_err();
    assert!(matches!(error, ReadError::TimedOut { .. }), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(5), "given up after {:?}", begun.elapsed());
}

pub(crate) async fn cut_off(fixture: &dyn Fixture) {
    let source = fixture.misfit(Misfit::CutOff).expect("a way that is cut");
    let mut asked = request(fixture.stream("company"));
    let mut running = source.snapshot(asked.clone());
    let mut n_read = 0;
    let error = loop {
        match running.next().await {
            Some(Ok(batch)) => {
                n_read += batch.rows.len();
                asked.after = batch.rows.last().and_then(|row| row.key.clone().ok()).or(asked.after);
            }
            Some(Err(error)) => break error,
            None => panic!("the way was not cut"),
        }
    };
    drop(running);
    let is_passing = matches!(error, ReadError::Source { is_passing: true, .. } | ReadError::Connect { .. });
    assert!(is_passing && n_read > 0, "after {n_read} rows: {error:?}");
    let rest = rows(fixture.source().as_ref(), asked).await;
    assert_eq!(n_read + rest.len(), n_company());
}
