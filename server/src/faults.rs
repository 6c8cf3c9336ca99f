//! Ending the process at a named point of ingest, as a power cut would: for tests of recovery only.
//!
//! `TONGJIAN_FAULT=between-read-and-commit:17` ends it at the seventeenth time that point is reached.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use hub::ingest::FaultHook;

/// The hook that the environment asks for, if it does.
pub(crate) fn hook() -> Option<FaultHook> {
    let wanted = std::env::var("TONGJIAN_FAULT").ok()?;
    let (point, nth) = wanted.rsplit_once(':')?;
    let (point, nth): (String, u64) = (point.to_owned(), nth.parse().ok()?);
    let seen = AtomicU64::new(0);
    Some(Arc::new(move |here: &'static str| {
        if here == point && seen.fetch_add(1, Ordering::SeqCst) + 1 == nth {
            // No destructor runs, nothing is flushed: the nearest to kill -9 from inside.
            std::process::abort();
        }
    }))
}
