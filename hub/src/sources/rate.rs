//! A bound on rows per second: a bucket of one second, filled steadily.

use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;

/// Rows are taken first and paid for afterwards, since a batch's size is known only when it is there.
#[derive(Debug)]
pub(super) struct Rate {
    rows_per_second: u32,
    paid_until: Mutex<Option<Instant>>,
}

impl Rate {
    pub(super) fn new(rows_per_second: u32) -> Rate {
        Rate { rows_per_second: rows_per_second.max(1), paid_until: Mutex::new(None) }
    }

    /// The moment from which the next batch may be asked for, after `n_rows` were received now.
    pub(super) fn pay(&self, n_rows: usize, now: Instant) -> Instant {
        let cost = Duration::from_secs_f64(n_rows as f64 / f64::from(self.rows_per_second));
        let mut paid_until = self.paid_until.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let oldest = now.checked_sub(Duration::from_secs(1)).unwrap_or(now);
        let from = paid_until.map_or(oldest, |paid| paid.max(oldest));
        let until = from + cost;
        *paid_until = Some(until);
        until.max(now)
    }
}
