//! The pieces every connector shares, alone.

use std::sync::Arc;

use bytes::BytesMut;
use proptest::prelude::*;

use crate::cells::{Cells, put_cell};
use crate::{
    Batcher, Credential, Digest, RangeDigest, Row, RowBatch, RowBody, SourceKey, StreamName, StreamSchema,
    Value,
};

proptest! {
    #[test]
    fn a_key_gives_back_its_parts(parts in prop::collection::vec(".*", 1..5)) {
        let key = SourceKey::of(parts.iter().map(String::as_str));
        prop_assert_eq!(key.parts(), parts);
    }

    #[test]
    fn different_parts_are_different_keys(
        one in prop::collection::vec(r"[a|\\]{0,3}", 1..4),
        two in prop::collection::vec(r"[a|\\]{0,3}", 1..4),
    ) {
        let keys = [&one, &two].map(|parts| SourceKey::of(parts.iter().map(String::as_str)));
        prop_assert_eq!(keys[0] == keys[1], one == two);
    }

    #[test]
    fn cells_come_back(cells in prop::collection::vec(("[a-z]{1,8}", prop::collection::vec(any::<u8>(), 0..300)), 0..9)) {
        let mut row = BytesMut::new();
        for (tag, bytes) in &cells {
            put_cell(&mut row, tag, bytes);
        }
        let back: Vec<(String, Vec<u8>)> = Cells::of(&row)
            .map(|cell| cell.map(|cell| (cell.tag.to_owned(), cell.bytes.to_vec())))
            .collect::<Result<_, _>>()
            .unwrap();
        prop_assert_eq!(back, cells);
    }

    #[test]
    fn arbitrary_bytes_are_cells_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let n_cells = Cells::of(&bytes).take_while(Result::is_ok).count();
        prop_assert!(n_cells <= bytes.len());
    }

    #[test]
    fn a_batch_never_parts_a_key(keys in prop::collection::vec(0_u8..4, 0..60), max_rows in 1_usize..6) {
        let mut keys = keys;
        keys.sort_unstable();
        let batches = batches(&keys, max_rows, usize::MAX / 8);
        prop_assert_eq!(batches.iter().map(|b| b.rows.len()).sum::<usize>(), keys.len());
        for pair in batches.windows(2) {
            let (last, first) = (pair[0].rows.last().unwrap(), pair[1].rows.first());
            prop_assert!(first.is_none_or(|first| first.key != last.key));
        }
    }
}

#[test]
fn a_run_of_one_key_stays_bounded() {
    let batches = batches(&[7; 100], 3, 10);
    assert!(batches.len() > 1, "100 bytes in batches of at most 80");
    assert!(batches.iter().all(|batch| batch.rows.len() <= 80));
}

#[test]
fn the_last_batch_says_so() {
    let batches = batches(&[1, 2, 3], 2, 1000);
    assert_eq!(
        batches.iter().map(|b| (b.rows.len(), b.is_last)).collect::<Vec<_>>(),
        [(2, false), (1, true)]
    );
}

#[test]
fn equal_rows_of_different_keys_do_not_cancel() {
    let digest = Digest::of(b"same");
    let two = RangeDigest::EMPTY.with_parts("a", digest).with_parts("b", digest);
    let others = RangeDigest::EMPTY.with_parts("a", Digest::of(b"x")).with_parts("b", Digest::of(b"x"));
    assert_ne!(two, others);
    let turned = RangeDigest::EMPTY.with_parts("b", digest).with_parts("a", digest);
    assert_eq!(two, turned);
}

#[test]
fn stream_names_have_one_to_three_parts() {
    assert_eq!("public.company".parse::<StreamName>().unwrap().parts(), ["public", "company"]);
    for bad in ["", "a..b", "a.b.c.d", "."] {
        assert!(bad.parse::<StreamName>().is_err(), "{bad}");
    }
}

#[test]
fn a_credential_does_not_print_its_secret() {
    let credential = Credential::new(|| Ok("canary-7391".to_owned().into()));
    assert!(!format!("{credential:?}").contains("canary"));
}

#[test]
fn values_print_as_native_clients_do() {
    assert_eq!(Value::Bytes(vec![0, 255]).to_text().as_deref(), Some("\\x00ff"));
    assert_eq!(Value::Bool(true).to_text().as_deref(), Some("t"));
    assert_eq!(Value::Null.to_text(), None);
    assert_eq!(Value::Timestamp(0).to_text().as_deref(), Some("1970-01-01T00:00:00Z"));
}

fn batches(keys: &[u8], max_rows: usize, max_bytes: usize) -> Vec<RowBatch> {
    let schema = Arc::new(StreamSchema {
        name: "t".parse().unwrap(),
        comment: None,
        columns: Vec::new(),
        key: Vec::new(),
        estimated_rows: None,
        notes: Vec::new(),
        parts: Vec::new(),
    });
    let mut batcher = Batcher::new(schema, None, max_rows, max_bytes);
    let mut batches = Vec::new();
    for key in keys {
        let row = Row {
            key: Ok(SourceKey(key.to_string())),
            digest: Digest::of(&[*key]),
            body: RowBody::Cells(Vec::new()),
        };
        batches.extend(batcher.push(row, 1));
    }
    batches.push(batcher.finish());
    batches
}
