//! Several sources side by side, some of them in trouble.

use std::time::Duration;

use contract::Refusal;

use super::super::*;
use super::house::{House, small, table};
use super::script::Trouble;

const FOUR: [(&str, &str); 4] = [("a", "t"), ("b", "t"), ("c", "t"), ("registry", "subjects")];

async fn four(trouble: Trouble) -> House {
    let house = House::with(&FOUR, small()).await;
    for (source, stream) in FOUR {
        house.script(source).change(stream, |t| *t = table(40));
    }
    house.script("b").change("t", |t| t.trouble = trouble);
    house
}

fn state(report: &[StreamProgress], source: &str) -> StreamState {
    report.iter().find(|progress| progress.source.as_str() == source).unwrap().state
}

#[tokio::test]
async fn a_hung_source_slows_nobody() {
    let house = four(Trouble::Hangs).await;
    let stop = Stop::new();
    let mut board = house.ingest.watch();
    let filter = Filter::default();
    let pull = house.ingest.pull(&filter, &stop);
    let others = async {
        // No clock: the others become idle while the hung one still reads.
        board
            .wait_for(|all| {
                ["a", "c", "registry"].iter().all(|source| state(all, source) == StreamState::Idle)
            })
            .await
            .map(|all| state(&all, "b"))
            .inspect(|_| stop.soft())
    };
    let (report, hung) = tokio::join!(pull, others);
    assert_eq!(hung.unwrap(), StreamState::Reading);
    assert_eq!(state(&report.streams, "b"), StreamState::Waiting, "a stop does not wait for it");
    assert_eq!(house.n_records().await, 130, "its first batch is kept");
}

#[tokio::test]
async fn a_silence_ends_a_reading() {
    let options = IngestOptions { stall: Duration::from_millis(50), attempts: 1, ..small() };
    let house = House::of(40, options).await;
    house.change(|t| t.trouble = Trouble::Hangs);
    let progress = house.pull().await;
    assert_eq!((progress.state, progress.message.unwrap().code), (StreamState::Resting, "TJ-S205"));
}

#[tokio::test]
async fn a_panic_in_a_source_ends_only_its_reading() {
    let house = four(Trouble::Panics).await;
    let report = house.ingest.pull(&Filter::default(), &Stop::new()).await;
    for source in ["a", "c", "registry"] {
        assert_eq!(state(&report.streams, source), StreamState::Idle);
    }
    let hit = &report.streams[1];
    assert_eq!((hit.state, hit.n_panics), (StreamState::Resting, 1));
    assert_eq!(hit.message.as_ref().unwrap().code, "TJ-S214");
    assert!(!report.is_complete());
    house.script("b").change("t", |t| t.trouble = Trouble::None);
    assert!(house.ingest.pull(&Filter::default(), &Stop::new()).await.is_complete());
    assert_eq!(house.n_records().await, 160);
}

#[tokio::test]
async fn three_refusals_of_a_credential_leave_the_source_alone() {
    let house = four(Trouble::Refuses(Refusal::Credential)).await;
    let only = Filter { source: Some(SourceId::new("b")), stream: None };
    for (n_asked, code) in [(1, "TJ-S202"), (2, "TJ-S202"), (3, "TJ-S202"), (3, "TJ-S216"), (3, "TJ-S216")] {
        let report = house.ingest.pull(&only, &Stop::new()).await;
        assert_eq!(report.streams[0].state, StreamState::Stopped);
        assert_eq!(report.streams[0].message.as_ref().unwrap().code, code);
        assert_eq!(house.script("b").n_snapshots.load(Ordering::SeqCst), n_asked);
    }
    house.script("b").change("t", |t| t.trouble = Trouble::None);
    house.ingest.resume(&SourceId::new("b"), "t", Acceptance::ReadAgain).await.unwrap();
    assert!(house.ingest.pull(&only, &Stop::new()).await.is_complete());
}

#[tokio::test]
async fn a_missing_right_stops_one_stream_and_no_other_of_its_source() {
    let streams = [("a", "t"), ("a", "u")];
    let house = House::with(&streams, small()).await;
    house.script("a").change("t", |t| {
        *t = table(40);
        t.trouble = Trouble::Refuses(Refusal::Right);
    });
    house.script("a").change("u", |t| *t = table(40));
    for _ in 0..4 {
        let report = house.ingest.pull(&Filter::default(), &Stop::new()).await;
        let first = &report.streams[0];
        assert_eq!((first.state, first.message.as_ref().unwrap().code), (StreamState::Stopped, "TJ-S203"));
        assert_eq!(report.streams[1].state, StreamState::Idle);
    }
    let n_asked = house.script("a").n_snapshots.load(Ordering::SeqCst);
    assert_eq!(n_asked, 3 + 4, "three refusals, then it is left alone");
    house.script("a").change("t", |t| t.trouble = Trouble::None);
    house.ingest.resume(&SourceId::new("a"), "t", Acceptance::ReadAgain).await.unwrap();
    assert!(house.ingest.pull(&Filter::default(), &Stop::new()).await.is_complete());
}

#[tokio::test]
async fn the_order_of_sources_does_not_matter() {
    let mut dumps = Vec::new();
    for first in 0..4 {
        let house = four(Trouble::None).await;
        for n in 0..4 {
            let (source, _) = FOUR[(first + n) % 4];
            let only = Filter { source: Some(SourceId::new(source)), stream: None };
            assert!(house.ingest.pull(&only, &Stop::new()).await.is_complete());
        }
        dumps.push(house.dump().await);
    }
    let house = four(Trouble::None).await;
    house.ingest.pull(&Filter::default(), &Stop::new()).await;
    dumps.push(house.dump().await);
    assert!(dumps[0].len() > 1000);
    assert!(dumps.iter().all(|dump| *dump == dumps[0]));
}

#[tokio::test]
async fn runs_until_asked_to_stop_and_keeps_the_interval() {
    let house = House::of(40, small()).await;
    let stop = Stop::new();
    let mut board = house.ingest.watch();
    let watch = async {
        board.wait_for(|all| all[0].state == StreamState::Idle).await.unwrap();
        stop.soft();
    };
    tokio::join!(house.ingest.run(&stop), watch);
    assert_eq!(house.n_records().await, 40);
    assert_eq!(house.script("a").n_snapshots.load(Ordering::SeqCst), 1);
    // The state is in the store for other processes.
    let statuses = house.store.stream_statuses().await.unwrap();
    assert_eq!(statuses[0].1.state, "idle");
    assert_eq!(statuses[0].1.n_read, 40);
}

#[tokio::test]
async fn of_a_source_that_is_not_there_one_stream_is_asked() {
    let house = House::with(&[("a", "t"), ("a", "u"), ("b", "t")], small()).await;
    house.script("a").change("t", |t| t.trouble = Trouble::Down);
    house.script("a").change("u", |t| *t = table(40));
    house.script("b").change("t", |t| *t = table(40));
    let report = house.ingest.pull(&Filter::default(), &Stop::new()).await;
    assert_eq!((report.n_unreachable, report.is_unreachable(), report.is_complete()), (2, false, false));
    for stream in &report.streams[..2] {
        assert_eq!((stream.state, stream.message.as_ref().unwrap().code), (StreamState::Resting, "TJ-S201"));
    }
    assert_eq!(house.script("a").n_snapshots.load(Ordering::SeqCst), 0);
    assert_eq!(report.streams[2].state, StreamState::Idle);
    let only = Filter { source: Some(SourceId::new("a")), stream: None };
    house.ingest.resume(&SourceId::new("a"), "u", Acceptance::Accept).await.unwrap();
    let report = house.ingest.pull(&only, &Stop::new()).await;
    assert!(report.is_unreachable(), "nothing was done");
    assert_eq!(report.streams[1].state, StreamState::Accepted, "what an operator said stands");
    house.script("a").change("t", |t| *t = table(40));
    let report = house.ingest.pull(&only, &Stop::new()).await;
    assert!(report.is_complete() && !report.is_unreachable());
}

#[tokio::test]
async fn while_it_is_tried_again_the_store_says_why_and_when() {
    for attempts in [1, 3] {
        let house = House::of(40, IngestOptions { attempts, ..small() }).await;
        house.change(|t| t.trouble = Trouble::Down);
        let stop = Stop::new();
        let mut board = house.ingest.watch();
        let watch = async {
            // The clock stands at 22:13:20; the stream has a turn every 10 seconds.
            let is_due = |progress: &StreamProgress| {
                let args = progress.message.iter().flat_map(|message| &message.args);
                args.into_iter().any(|(name, at)| *name == "at" && at == "2023-11-14T22:13:30Z")
            };
            board.wait_for(|all| is_due(&all[0])).await.unwrap();
            stop.soft();
        };
        tokio::join!(house.ingest.run(&stop), watch);
        let (_, status) = house.store.stream_statuses().await.unwrap().remove(0);
        let message = message_of_status(&status.message.unwrap()).unwrap();
        assert_eq!((status.state.as_str(), message.code), ("resting", "TJ-S224"));
        assert!(message.render(messages::Lang::En).contains("nobody is there"));
    }
}
