//! The pure parts.

use std::sync::Arc;

use contract::{Digest, Row, RowBatch, RowBody, SourceKey, StreamSchema, Unkeyed, Value};
use messages::Message;
use proptest::prelude::*;

use super::super::guard::{Found, Guard};
use super::super::known::{KeyHash, KnownTable, Seen, Standing};
use super::super::prepare::{Numbers, key_at_source, keyed};
use super::super::status::{StreamState, encode, message_of_status};

#[test]
fn guards() {
    let guard = Guard { may_be_empty: false, max_delete_fraction: 0.2, min_rows: 50, accepted: None };
    let judged = |guard: Guard, n_received, n_known, n_vanished| {
        guard.judge(Found { n_received, n_known, n_vanished }).err().map(|message| message.code)
    };
    for (n_received, n_known, n_vanished, expected) in [
        (100, 100, 0, None),
        (80, 100, 20, None),
        (79, 100, 21, Some("TJ-S210")),
        (0, 100, 100, Some("TJ-S211")),
        (0, 1, 1, Some("TJ-S211")),
        (0, 0, 0, None),
        (10, 49, 39, None),
        (10, 50, 40, Some("TJ-S210")),
        (100, 100, 100, Some("TJ-S210")),
    ] {
        assert_eq!(
            judged(guard, n_received, n_known, n_vanished),
            expected,
            "{n_received} {n_known} {n_vanished}"
        );
        assert_eq!(
            judged(Guard { accepted: Some(u64::MAX), ..guard }, n_received, n_known, n_vanished),
            None
        );
    }
    assert_eq!(judged(Guard { may_be_empty: true, ..guard }, 0, 100, 100), None);
    assert_eq!(judged(Guard { may_be_empty: true, ..guard }, 1, 100, 99), Some("TJ-S210"));
}

fn key(n: u64) -> SourceKey {
    SourceKey(n.to_string())
}

fn digest(n: u64) -> Digest {
    Digest::of(&n.to_le_bytes())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_table_says_what_a_map_would(
        known in prop::collection::btree_map(0_u64..5000, prop::option::of(0_u64..4), 0..3000),
        read in prop::collection::vec((0_u64..5000, 0_u64..4), 0..3000),
    ) {
        let mut table = KnownTable::default();
        known.iter().for_each(|(k, d)| table.push(&key(*k), d.map(digest)));
        table.finish();
        let mut seen = std::collections::BTreeSet::new();
        for (k, d) in &read {
            let expected = match known.get(k) {
                None => Standing::New,
                Some(_) if !seen.insert(*k) => Standing::Repeated,
                Some(Some(known)) if known == d => Standing::Unchanged,
                Some(_) => Standing::Changed,
            };
            prop_assert_eq!(table.see(KeyHash::of(&key(*k)), digest(*d)), expected);
        }
        prop_assert_eq!(table.n_unseen() as usize, known.len() - seen.len());
        for k in 0..5000 {
            let vanished = known.contains_key(&k) && !seen.contains(&k);
            prop_assert_eq!(table.has_vanished(KeyHash::of(&key(k))), vanished);
        }
    }

    #[test]
    fn keys_of_dead_letters_lead_back(text in "[a-z?|\\\\.0-9]{1,12}", n in 1_u64..9) {
        prop_assume!(!text.starts_with('?'));
        let own = SourceKey::of([text.as_str(), "2"]);
        prop_assert_eq!(key_at_source(&own), Some(own.clone()));
        let rows = (0..n).map(|_| (own.0.clone(), 1)).collect::<Vec<_>>();
        let all = keyed(&batch(&rows), &mut Numbers::default());
        prop_assert_eq!(all.len(), rows.len());
        for one in &all {
            prop_assert_eq!(key_at_source(&one.key), Some(own.clone()));
        }
        let distinct: std::collections::BTreeSet<_> = all.iter().map(|one| &one.key).collect();
        prop_assert_eq!(distinct.len(), rows.len());
    }
}

fn batch(rows: &[(String, u64)]) -> RowBatch {
    let schema = StreamSchema {
        name: "t".parse().unwrap(),
        comment: None,
        columns: Vec::new(),
        key: Vec::new(),
        estimated_rows: None,
        notes: Vec::new(),
        parts: Vec::new(),
    };
    let row = |(key, n): &(String, u64)| Row {
        key: if key == "∅" { Err(Unkeyed::NoKey("NULL".into())) } else { Ok(SourceKey(key.clone())) },
        digest: digest(*n),
        body: RowBody::Cells(vec![Value::Null]),
    };
    RowBatch { schema: Arc::new(schema), rows: rows.iter().map(row).collect(), decoder: None, is_last: true }
}

#[test]
fn the_smallest_digest_keeps_the_key() {
    let rows = [("a", 1), ("a", 2), ("b", 3), ("∅", 4), ("∅", 4), ("a", 2)].map(|(k, n)| (k.to_owned(), n));
    let winner = if digest(1).0 < digest(2).0 { 1 } else { 2 };
    let shown = |rows: &[(String, u64)]| {
        let mut all: Vec<String> = keyed(&batch(rows), &mut Numbers::default())
            .into_iter()
            .map(|one| format!("{} {:?}", one.key, one.refused.map(|message| message.code)))
            .collect();
        all.sort();
        all
    };
    let all = shown(&rows);
    assert_eq!(all.len(), 6);
    assert!(all.contains(&"a None".to_owned()) && all.contains(&"b None".to_owned()), "{all:?}");
    assert_eq!(all.iter().filter(|one| one.starts_with("a|?") && one.contains("TJ-D021")).count(), 2);
    assert_eq!(all.iter().filter(|one| one.starts_with('?') && one.contains("TJ-D020")).count(), 2);
    let kept =
        keyed(&batch(&rows), &mut Numbers::default()).into_iter().find(|one| one.key.0 == "a").unwrap();
    assert_eq!(kept.digest, digest(winner));
    let mut reversed = rows.clone();
    reversed.reverse();
    assert_eq!(shown(&reversed), all);
}

#[test]
fn bitmaps_of_what_was_seen() {
    let mut seen = Seen::new(7);
    (0..50_000).for_each(|n| seen.see(KeyHash::of(&key(n))));
    assert!((0..50_000).all(|n| !seen.has_vanished(KeyHash::of(&key(n)))));
    assert!((50_000..100_000).all(|n| seen.has_vanished(KeyHash::of(&key(n)))));
}

#[test]
fn states_and_messages_return_from_the_store() {
    for state in StreamState::ALL {
        assert_eq!(StreamState::of_word(state.word()), Some(state));
    }
    let message = Message::new("TJ-S205").with("seconds", 5).with("doing", "a \"b\"");
    assert_eq!(message_of_status(&encode(&message)), Some(message));
    assert_eq!(message_of_status("plain text"), None);
}
