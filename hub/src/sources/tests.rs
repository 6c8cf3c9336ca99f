//! The gate of a source: hours, rate, breaker; with a clock and a time of the test's own.

use std::sync::Mutex as StdMutex;

use contract::{
    BoxFuture, BoxStream, Capabilities, Check, KeyRange, OrderKey, Predicate, Projection, RangeDigest,
    RowBatch, SnapshotRequest, SourceKey, StreamName, StreamSchema,
};
use secrecy::SecretString;

use super::*;
use crate::clock::{FixedClock, Timestamp};

/// A source nobody reads.
struct Closed;

impl Source for Closed {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            change_modes: Vec::new(),
            resumable: false,
            pushdown: false,
            range_digest: false,
            consistent_snapshot: false,
        }
    }

    fn check<'a>(&'a self, _streams: &'a [StreamName]) -> BoxFuture<'a, Check> {
        Box::pin(async { Check::default() })
    }

    fn discover<'a>(
        &'a self,
        _streams: Option<&'a [StreamName]>,
    ) -> BoxFuture<'a, Result<Vec<StreamSchema>, ReadError>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn snapshot(&self, _request: SnapshotRequest) -> BoxStream<'_, Result<RowBatch, ReadError>> {
        Box::pin(futures_util::stream::empty())
    }

    fn lookup<'a>(
        &'a self,
        _stream: &'a StreamName,
        _key: &'a [String],
        _keys: &'a [SourceKey],
        _projection: &'a Projection,
    ) -> BoxFuture<'a, Result<RowBatch, ReadError>> {
        Box::pin(async { Err(ReadError::Unsupported { what: "look-ups" }) })
    }

    fn select<'a>(
        &'a self,
        _stream: &'a StreamName,
        _predicate: &'a Predicate,
        _order: &'a [OrderKey],
        _limit: u32,
        _projection: &'a Projection,
    ) -> BoxFuture<'a, Result<RowBatch, ReadError>> {
        Box::pin(async { Err(ReadError::Unsupported { what: "selects" }) })
    }

    fn digest<'a>(
        &'a self,
        _stream: &'a StreamName,
        _key: &'a [String],
        _projection: &'a Projection,
        _ranges: &'a [KeyRange],
    ) -> BoxFuture<'a, Result<Vec<RangeDigest>, ReadError>> {
        Box::pin(async { Err(ReadError::Unsupported { what: "digests" }) })
    }
}

fn agreed() -> SourceOptions {
    SourceOptions {
        department: "market".into(),
        max_readings: 1,
        rows_per_second: None,
        hours: Vec::new(),
        zone: TimeZone::get("Asia/Shanghai").unwrap(),
        credential: None,
    }
}

fn connected(options: SourceOptions, at: &str) -> (Arc<ConnectedSource>, Arc<FixedClock>) {
    let clock = FixedClock::at(Timestamp(at.parse::<jiff::Timestamp>().unwrap().as_microsecond()));
    let mut sources = Sources::new();
    let id = SourceId::new("registry");
    sources.add(id.clone(), Arc::new(Closed), options, clock.clone());
    (sources.get(&id).unwrap().clone(), clock)
}

const NOON: &str = "2024-01-31T04:00:00Z";

fn lost() -> ReadError {
    ReadError::Connect { words: "no route to host".into() }
}

fn refused(refusal: Refusal) -> ReadError {
    ReadError::Refused { refusal, words: "password authentication failed".into() }
}

async fn rest(source: &Arc<ConnectedSource>) -> Duration {
    match source.enter().await {
        Err(NotNow::Resting { until, .. }) => until - Instant::now(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn rests_grow_and_end_with_a_success() {
    let (source, _) = connected(agreed(), NOON);
    let mut last = Duration::ZERO;
    for _ in 0..6 {
        source.failed(&lost());
        let now = rest(&source).await;
        assert!(now > last && now >= Duration::from_secs(2), "{now:?} after {last:?}");
        last = now;
        tokio::time::advance(now).await;
        assert!(source.enter().await.is_ok());
    }
    for _ in 0..20 {
        source.failed(&lost());
    }
    assert!(rest(&source).await <= LONGEST_REST.mul_f64(1.5));
    source.succeeded();
    assert!(source.enter().await.is_ok());
    source.failed(&lost());
    assert!(rest(&source).await <= Duration::from_secs(3), "a first failure again");
}

#[tokio::test(start_paused = true)]
async fn three_refusals_in_a_row_stop_it_until_the_credential_changes() {
    let secret = Arc::new(StdMutex::new("old".to_owned()));
    let read = secret.clone();
    let credential = Credential::new(move || Ok(SecretString::from(read.lock().unwrap().clone())));
    let (source, _) = connected(SourceOptions { credential: Some(credential), ..agreed() }, NOON);
    source.failed(&refused(Refusal::Credential));
    source.failed(&refused(Refusal::Credential));
    source.failed(&lost());
    source.failed(&refused(Refusal::Credential));
    source.failed(&refused(Refusal::Tls));
    assert!(matches!(source.breaker(), Breaker::Resting { n_refusals: 2, .. }), "not in a row");
    source.failed(&refused(Refusal::Credential));
    assert!(matches!(source.breaker(), Breaker::Stopped { .. }));
    tokio::time::advance(Duration::from_secs(100_000)).await;
    assert!(matches!(source.enter().await, Err(NotNow::Stopped { .. })));
    source.succeeded();
    assert!(
        matches!(source.enter().await, Err(NotNow::Stopped { .. })),
        "a reading begun before says nothing"
    );
    *secret.lock().unwrap() = "new".to_owned();
    assert!(source.enter().await.is_ok());
    for _ in 0..3 {
        source.failed(&refused(Refusal::Credential));
    }
    assert!(source.enter().await.is_err());
    source.resume();
    assert!(source.enter().await.is_ok());
    assert!(!format!("{source:?}").contains("new"));
}

#[tokio::test]
async fn what_is_no_illness_of_the_source_does_not_stop_it() {
    let (source, _) = connected(agreed(), NOON);
    for _ in 0..5 {
        source.failed(&refused(Refusal::Right));
        source.failed(&ReadError::NoStream { stream: "t".parse().unwrap() });
        source.failed(&ReadError::malformed("file"));
    }
    assert_eq!(source.breaker(), Breaker::Closed);
}

#[tokio::test]
async fn hours_are_of_the_sources_zone_and_go_over_midnight() {
    let night = Hours { from_minute: 22 * 60, until_minute: 6 * 60 };
    let lunch = Hours { from_minute: 12 * 60, until_minute: 13 * 60 };
    let (source, clock) = connected(SourceOptions { hours: vec![night, lunch], ..agreed() }, NOON);
    for (at, wait) in [
        ("2024-01-31T04:00:00Z", 0),
        ("2024-01-31T04:59:59Z", 0),
        ("2024-01-31T05:00:00Z", 9 * 60),
        ("2024-01-31T13:59:00Z", 1),
        ("2024-01-31T14:00:00Z", 0),
        ("2024-01-31T21:59:00Z", 0),
        ("2024-01-31T22:00:00Z", 6 * 60),
    ] {
        clock.set(Timestamp(at.parse::<jiff::Timestamp>().unwrap().as_microsecond()));
        match source.enter().await {
            Ok(_) => assert_eq!(wait, 0, "{at}"),
            Err(NotNow::OutsideHours { opens_in_minutes }) => assert_eq!(opens_in_minutes, wait, "{at}"),
            Err(other) => panic!("{other:?}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_agreed_rate_is_kept() {
    let (source, _) = connected(SourceOptions { rows_per_second: Some(1000), ..agreed() }, NOON);
    let permit = source.enter().await.unwrap();
    let begin = Instant::now();
    for _ in 0..20 {
        permit.pay(500).await;
    }
    let seconds = begin.elapsed().as_secs_f64();
    assert!((8.9..=10.1).contains(&seconds), "10,000 rows took {seconds} s, one second of it may be ahead");
}

#[tokio::test]
async fn readings_wait_for_one_another() {
    let (source, _) = connected(agreed(), NOON);
    let first = source.enter().await.unwrap();
    let mut second = std::pin::pin!(source.enter());
    assert!(futures_util::poll!(&mut second).is_pending());
    drop(first);
    assert!(second.await.is_ok());
}
