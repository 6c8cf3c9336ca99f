//! One stream, read again and again.

use std::sync::Mutex;

use sqlx::{ConnectOptions as _, Connection as _};

use super::super::*;
use super::house::{House, row, small, table};
use super::script::Trouble;
use crate::store::Progress;

#[tokio::test]
async fn a_second_reading_writes_only_what_differs() {
    let house = House::of(95, small()).await;
    assert_eq!(house.pulls().await, (95, 0, 0, 0));
    assert_eq!(house.script("a").n_decoded(), 95);
    assert_eq!(house.n_records().await, 95);

    assert_eq!(house.pulls().await, (0, 0, 0, 0));
    assert_eq!(house.script("a").n_decoded(), 0, "an unchanged row is not even decoded");

    // One delete, one silent update, one insert, one changed key.
    house.change(|t| {
        t.rows.remove(40);
        t.rows[7].1[1] = "乙".into();
        t.rows.push(row(500, "丙"));
        t.rows[60].0 = Some("99999".into());
    });
    assert_eq!(house.pulls().await, (2, 1, 2, 0));
    assert_eq!(house.script("a").n_decoded(), 3);
    assert_eq!(house.n_records().await, 95);
    let progress = house.store.progress(house.store.streams()[0].number).await.unwrap();
    assert_eq!(progress, Some(Progress::Diff { generation: 2, after: None }));
}

#[tokio::test]
async fn the_same_in_a_table_too_small_for_the_stream() {
    let house = House::of(95, IngestOptions { diff_bytes: 24 * 20, ..small() }).await;
    house.pulls().await;
    house.change(|t| {
        t.rows.remove(40);
        t.rows[7].1[1] = "乙".into();
        t.rows.push(row(500, "丙"));
    });
    assert_eq!(house.pulls().await, (1, 1, 1, 0));
    assert_eq!(house.pulls().await, (0, 0, 0, 0));
}

#[tokio::test]
async fn a_broken_snapshot_goes_on_after_the_last_durable_key() {
    let whole = House::of(95, small()).await;
    whole.pulls().await;
    // It breaks more often than a turn has attempts; every attempt makes some rows durable.
    let broken = House::of(95, small()).await;
    broken.change(|t| t.trouble = Trouble::Breaks { after: 25, times: 10 });
    assert_eq!(broken.pulls().await, (95, 0, 0, 0));
    assert!(broken.script("a").n_decoded() < 95 + 4 * 15, "durable rows are not read twice");
    assert_eq!(broken.dump().await, whole.dump().await);
}

#[tokio::test]
async fn a_broken_comparison_deletes_nothing() {
    let house = House::of(95, small()).await;
    house.pulls().await;
    house.change(|t| t.trouble = Trouble::Breaks { after: 25, times: 100 });
    let progress = house.pull().await;
    assert_eq!(progress.state, StreamState::Resting);
    assert_eq!(progress.message.unwrap().code, "TJ-S208");
    house.change(|t| t.trouble = Trouble::EndsEarly);
    assert_eq!(house.pull().await.state, StreamState::Resting);
    assert_eq!(house.n_records().await, 95);
}

#[tokio::test]
async fn what_an_attempt_that_broke_off_received_is_not_counted() {
    let house = House::of(95, small()).await;
    house.pulls().await;
    house.change(|t| {
        t.rows[3].1[1] = "乙".into();
        t.rows.push(row(500, "丙"));
        t.trouble = Trouble::Breaks { after: 25, times: 2 };
    });
    let progress = house.pull().await;
    assert_eq!((progress.state, progress.n_received, progress.n_unchanged), (StreamState::Idle, 96, 94));
    // The same where changes are written before it breaks off.
    house.change(|t| {
        (10..30).for_each(|n| t.rows[n].1[1] = "丁".into());
        t.trouble = Trouble::Breaks { after: 25, times: 1 };
    });
    let progress = house.pull().await;
    assert_eq!((progress.n_received, progress.n_unchanged, progress.applied.updated), (96, 76, 20));
}

#[tokio::test]
async fn rows_that_are_known_though_their_progress_is_lost_are_counted_unchanged() {
    let house = House::of(95, small()).await;
    house.pulls().await;
    let place = sqlx::sqlite::SqliteConnectOptions::new().filename(house.folder.path().join("hub.db"));
    let mut other = place.connect().await.unwrap();
    sqlx::query("DELETE FROM progress").execute(&mut other).await.unwrap();
    other.close().await.unwrap();
    let progress = house.pull().await;
    assert_eq!((progress.state, progress.n_received, progress.n_unchanged), (StreamState::Idle, 95, 95));
    assert_eq!(house.n_records().await, 95);
}

#[tokio::test]
async fn a_key_that_the_source_declares_is_remembered_where_the_mapping_names_none() {
    let house = House::of(5, small()).await;
    let declared = |house: &House| {
        let store = house.store.clone();
        async move { declared_keys(&store).await.unwrap().into_iter().collect::<Vec<_>>() }
    };
    house.pulls().await;
    assert_eq!(declared(&house).await, [], "the mapping names it");

    let keyless = async || {
        let house = House::with(&[("a", "keyless")], small()).await;
        house.script("a").change("keyless", |t| *t = table(5));
        house
    };
    let house = keyless().await;
    house.script("a").change("keyless", |t| t.trouble = Trouble::Down);
    house.ingest.learn_keys(Duration::from_secs(20)).await.unwrap();
    assert_eq!(declared(&house).await, [], "nobody is there to say it");
    house.script("a").change("keyless", |t| t.trouble = Trouble::None);
    let wanted = [(("a".to_owned(), "keyless".to_owned()), vec!["ID".to_owned()])];
    house.ingest.learn_keys(Duration::from_secs(20)).await.unwrap();
    assert_eq!(declared(&house).await, wanted);
    let house = keyless().await;
    assert_eq!(house.pulls().await, (5, 0, 0, 0));
    assert_eq!(declared(&house).await, wanted, "a reading learns it too");
}

#[tokio::test]
async fn rows_with_one_key_do_not_depend_on_their_order() {
    let mut dumps = Vec::new();
    for order in 0..6 {
        let house = House::of(30, small()).await;
        house.change(|t| {
            let mut same = vec![row(9, "甲"), row(9, "乙"), row(9, "丙")];
            same.rotate_left(order % 3);
            if order >= 3 {
                same.reverse();
            }
            t.rows.remove(9);
            for (place, row) in same.into_iter().enumerate() {
                t.rows.insert((order * 7 + place * 5) % t.rows.len(), row);
            }
            // Twice the very same row.
            t.rows.push(row(20, "甲"));
        });
        assert_eq!(house.pulls().await, (30, 0, 0, 3));
        assert_eq!(house.pulls().await, (0, 0, 0, 0), "what was set aside is known, too");
        assert!(house.letters().await.iter().all(|letter| letter.ends_with("TJ-D021")));
        dumps.push(house.dump().await);
    }
    assert!(dumps.iter().all(|dump| *dump == dumps[0]));
}

#[tokio::test]
async fn the_size_of_a_batch_decides_nothing() {
    let mut seen = Vec::new();
    for batch_rows in [1, 7, 300, 2_000, 25_000] {
        let options = IngestOptions { batch_rows, transaction_rows: batch_rows, ..small() };
        let house = House::of(700, options).await;
        house.change(|t| {
            // Keys that stand more than once, with the same row and with others.
            t.rows.extend([
                row(9, "甲"),
                row(9, "乙"),
                row(9, "乙"),
                row(298, "丙"),
                row(299, "丙"),
                row(300, "丁"),
            ]);
            // Rows without a key: one by itself, one nine times, one of which is a dead letter anyhow.
            t.rows.push((None, row(800, "甲").1));
            t.rows.extend(std::iter::repeat_n((None, row(801, "乙").1), 9));
            t.rows.extend(std::iter::repeat_n((None, vec!["MALFORMED".into()]), 2));
            t.rows[3].1[2] = "1e9".into();
            t.rows[650].1 = vec!["MALFORMED".into()];
        });
        let first = house.pulls().await;
        assert_eq!(first, (698, 0, 0, 20), "batches of {batch_rows}");
        assert_eq!(house.pulls().await, (0, 0, 0, 0), "batches of {batch_rows}");
        let (letters, dump) = (house.letters().await, house.dump().await);
        // In a comparison they are numbered in the same way.
        house.change(|t| {
            t.rows.retain(|(key, cells)| key.is_some() || !cells[0].starts_with("MALFORMED"));
            t.rows.extend(std::iter::repeat_n((None, row(801, "乙").1), 3));
            t.rows.extend([row(9, "乙"), row(500, "戊")]);
        });
        let changed = house.pulls().await;
        seen.push((letters, dump, changed, house.letters().await, house.dump().await));
    }
    assert!(seen.iter().all(|one| *one == seen[0]));
    assert_eq!(seen[0].3.iter().filter(|letter| letter.ends_with("TJ-D020")).count(), 13);
}

#[tokio::test]
async fn rows_without_key_and_rows_with_faults_are_set_aside() {
    let house = House::of(30, small()).await;
    house.change(|t| {
        t.rows.push((None, row(50, "甲").1));
        t.rows[3].1[2] = "1e9".into();
        t.rows[4].1[0] = "91610131MA6TE5T09X".into();
        t.rows[5].1 = vec!["MALFORMED".into()];
        t.rows[6].1[2] = "922337203685477.5808".into();
    });
    assert_eq!(house.pulls().await, (26, 0, 0, 5));
    let letters = house.letters().await;
    assert_eq!(letters[..4], ["00003 TJ-D005", "00004 TJ-I004", "00005 TJ-D016", "00006 TJ-D006"]);
    assert!(letters[4].starts_with('?') && letters[4].ends_with("TJ-D020"), "{letters:?}");
    // Mended at the source, or gone there: the dead letter goes too.
    house.change(|t| {
        t.rows[3] = row(3, "甲");
        t.rows.pop();
    });
    assert_eq!(house.pulls().await.0, 1);
    assert_eq!(house.letters().await.len(), 3);
    // A good row that turns bad: its last good version stays.
    house.change(|t| t.rows[10].1[2] = "x".into());
    house.pulls().await;
    assert_eq!(house.letters().await.len(), 4);
    assert_eq!(house.n_records().await, 27);
}

#[tokio::test]
async fn an_emptied_or_halved_source_is_held_until_an_operator_looks() {
    let house = House::of(95, small()).await;
    house.pulls().await;
    let rows = table(95).rows;
    for (left, code) in [(0, "TJ-S211"), (40, "TJ-S210")] {
        house.change(|t| t.rows.truncate(left));
        let progress = house.pull().await;
        assert_eq!((progress.state, progress.message.unwrap().code), (StreamState::Held, code));
        assert_eq!(house.n_records().await, 95);
        // Held means not read, in another process too.
        let n_snapshots = house.script("a").n_snapshots.load(Ordering::SeqCst);
        assert_eq!(house.pull().await.state, StreamState::Held);
        assert_eq!(house.script("a").n_snapshots.load(Ordering::SeqCst), n_snapshots);
        house.change(|t| t.rows.clone_from(&rows));
        resume(&house, Acceptance::ReadAgain).await;
        assert_eq!(house.pulls().await, (0, 0, 0, 0));
    }
    house.change(|t| t.rows.truncate(40));
    house.pull().await;
    let house = house.again(&[("a", "t")]).await;
    assert_eq!(house.pull().await.state, StreamState::Held);
    resume(&house, Acceptance::Accept).await;
    let house = house.again(&[("a", "t")]).await;
    assert_eq!(house.pulls().await, (0, 0, 55, 0));
    house.change(|t| t.rows.truncate(10));
    assert_eq!(house.pull().await.state, StreamState::Held, "an acceptance is good for one reading");
    // And for what was told: more than that is held again.
    resume(&house, Acceptance::Accept).await;
    house.change(|t| t.rows.truncate(3));
    let house = house.again(&[("a", "t")]).await;
    assert_eq!(house.pull().await.state, StreamState::Held);
    assert_eq!(house.n_records().await, 40);
    resume(&house, Acceptance::Accept).await;
    assert_eq!(house.pulls().await, (0, 0, 37, 0));
}

async fn resume(house: &House, acceptance: Acceptance) {
    house.ingest.resume(&SourceId::new("a"), "t", acceptance).await.unwrap();
}

#[tokio::test]
async fn a_changed_structure_stops_the_stream_and_keeps_the_data() {
    let house = House::of(30, small()).await;
    house.pulls().await;
    house.change(|t| t.columns[2] = "TITLES".into());
    let progress = house.pull().await;
    assert_eq!(progress.state, StreamState::Stopped);
    let message = progress.message.unwrap();
    assert_eq!(message.render(messages::Lang::En).matches("TITLE (→ TITLES?)").count(), 1, "{message:?}");
    assert_eq!(house.n_records().await, 30);
    house.change(|t| t.is_gone = true);
    assert_eq!(house.pull().await.message.unwrap().code, "TJ-S206");
    // Mended at the source, it goes on by itself; new columns are only noted.
    house.change(|t| {
        t.is_gone = false;
        t.columns[2] = "TITLE".into();
        t.columns.push("NEW".into());
    });
    let progress = house.pull().await;
    assert_eq!((progress.state, progress.added_columns), (StreamState::Idle, vec!["NEW".to_owned()]));
}

#[tokio::test]
async fn a_soft_stop_keeps_what_was_received_and_a_hard_one_what_was_written() {
    let whole = House::of(95, small()).await;
    whole.pulls().await;
    for is_hard in [false, true] {
        let stop = Stop::new();
        let seen = Arc::new(Mutex::new(0));
        let at = (stop.clone(), seen.clone());
        let hook: FaultHook = Arc::new(move |point| {
            let mut n = at.1.lock().unwrap();
            *n += u32::from(point == points::BETWEEN_COMMIT_AND_READ);
            if *n == 2 {
                if is_hard { at.0.hard() } else { at.0.soft() }
            }
        });
        let house = House::of(95, IngestOptions { fault: Some(hook), ..small() }).await;
        let report = house.ingest.pull(&Filter::default(), &stop).await;
        assert_eq!(report.streams[0].state, StreamState::Waiting);
        assert!(!report.is_complete());
        let n_kept = house.n_records().await;
        assert!((20..95).contains(&n_kept), "{n_kept}");
        *seen.lock().unwrap() = 100;
        assert_eq!(house.pulls().await.0, 95 - n_kept, "what was kept is not read again");
        assert_eq!(house.dump().await, whole.dump().await);
    }
}

#[tokio::test]
async fn killed_anywhere_and_begun_again_it_comes_to_the_same() {
    let whole = House::of(64, small()).await;
    whole.pulls().await;
    whole.change(|t| {
        t.rows.drain(10..15);
        t.rows[3].1[1] = "乙".into();
        t.rows.push(row(300, "丁"));
    });
    whole.pulls().await;
    let expected = whole.dump().await;

    for point in [points::BETWEEN_READ_AND_COMMIT, points::BETWEEN_COMMIT_AND_READ, points::INSIDE_DIFF] {
        for (nth, transaction_rows) in (1..=8).flat_map(|nth| [(nth, 10), (nth, 25)]) {
            // A panic at the point stands for the process's end: nothing after it runs.
            let seen = Arc::new(Mutex::new(0));
            let at = seen.clone();
            let hook: FaultHook = Arc::new(move |here| {
                let mut n = at.lock().unwrap_or_else(PoisonError::into_inner);
                *n += u32::from(here == point);
                assert!(!(here == point && *n == nth), "the test ends the task here");
            });
            let house = House::of(64, IngestOptions { fault: Some(hook), transaction_rows, ..small() }).await;
            house.pull().await;
            let house = house.again(&[("a", "t")]).await;
            while house.pull().await.state != StreamState::Idle {}
            house.change(|t| {
                t.rows.drain(10..15);
                t.rows[3].1[1] = "乙".into();
                t.rows.push(row(300, "丁"));
            });
            house.pull().await;
            let house = house.again(&[("a", "t")]).await;
            while house.pull().await.state != StreamState::Idle {}
            assert_eq!(house.dump().await, expected, "{point} {nth} {transaction_rows}");
        }
    }
}

#[tokio::test]
async fn another_mapping_maps_anew_without_a_change_of_the_source() {
    let house = House::of(30, small()).await;
    house.pulls().await;
    let before = house.dump().await;
    // The same mapping but for a placeholder that occurs nowhere: other version, same values.
    let number = house.store.streams()[0].number;
    let known = house.store.known_keys(number, 12345).next_page().await.unwrap().unwrap();
    assert!(known.iter().all(|known| known.digest.is_none()), "another mapping's rows must be mapped anew");
    assert_eq!(house.pulls().await, (0, 0, 0, 0));
    assert_eq!(house.dump().await, before);
}

#[tokio::test]
async fn dead_letters_are_replayed_from_their_source() {
    let house = House::of(30, small()).await;
    house.change(|t| {
        for n in [3, 4, 5] {
            t.rows[n].1[2] = "x".into();
        }
        t.rows.push((None, row(50, "甲").1));
        t.rows.push(row(20, "乙"));
    });
    house.pulls().await;
    let letters = house.store.dead_letters(&crate::store::DeadLetterFilter::default(), 100).await.unwrap();
    assert_eq!(letters.len(), 5);
    house.change(|t| {
        t.rows[3] = row(3, "甲");
        t.rows.remove(5);
    });
    let replayed = house.ingest.replay(&letters).await.unwrap();
    let expected = Replayed { n_mended: 1, n_still_dead: 2, n_gone: 1, n_impossible: 1 };
    assert_eq!(replayed, expected);
    assert_eq!(house.letters().await.len(), 3);
    assert_eq!(house.n_records().await, 28);
}
