//! Seats: how many readings of one caller may run side by side, so that nobody fills the store's readers alone.
//!
//! Must never know what is read. A caller is a key; whoever has no seat left waits for one of its own, nobody else does.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::QueryError;

/// The seats of all callers that ever asked. Callers are as many as there are keys, so nothing is thrown away.
pub(super) struct Seats {
    each: usize,
    patience: Duration,
    callers: Mutex<BTreeMap<String, Arc<Semaphore>>>,
}

/// A seat taken; given back when dropped.
pub(super) struct Seat {
    _permit: OwnedSemaphorePermit,
}

impl Seats {
    /// So many for each caller; who finds none free waits so long.
    pub(super) fn new(each: usize, patience: Duration) -> Seats {
        Seats { each: each.max(1), patience, callers: Mutex::new(BTreeMap::new()) }
    }

    /// A seat of the caller with this key.
    ///
    /// # Errors
    /// `Crowded` when none became free in time.
    pub(super) async fn take(&self, key: &str) -> Result<Seat, QueryError> {
        let seats = {
            let mut callers = self.callers.lock().unwrap_or_else(PoisonError::into_inner);
            callers.entry(key.to_owned()).or_insert_with(|| Arc::new(Semaphore::new(self.each))).clone()
        };
        match tokio::time::timeout(self.patience, seats.acquire_owned()).await {
            Ok(Ok(permit)) => Ok(Seat { _permit: permit }),
            Ok(Err(_)) | Err(_) => Err(QueryError::Crowded { limit: self.each }),
        }
    }
}
