//! Requests in the house: so many of all callers, and so many of one, so that one caller leaves room for the others.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::gate::Limits;
use crate::refusal::Refusal;

/// Who is in. Callers are as many as there are keys, so nothing is thrown away.
pub(super) struct Turns {
    all: Arc<Semaphore>,
    each: usize,
    callers: Mutex<BTreeMap<String, Arc<Semaphore>>>,
}

/// A request that was let in; it leaves when dropped.
pub(super) struct Turn {
    _of_caller: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
}

impl Turns {
    pub(super) fn new(limits: &Limits) -> Turns {
        Turns {
            all: Arc::new(Semaphore::new(limits.concurrent)),
            each: limits.concurrent_per_key,
            callers: Mutex::new(BTreeMap::new()),
        }
    }

    /// Lets a request of the caller with this key in, or refuses it at once.
    pub(super) fn enter(&self, key: &str) -> Result<Turn, Refusal> {
        let own = {
            let mut callers = self.callers.lock().unwrap_or_else(PoisonError::into_inner);
            callers.entry(key.to_owned()).or_insert_with(|| Arc::new(Semaphore::new(self.each))).clone()
        };
        let of_caller = own.try_acquire_owned().map_err(|_| Refusal::caller_busy(self.each))?;
        let of_all = self.all.clone().try_acquire_owned().map_err(|_| Refusal::busy())?;
        Ok(Turn { _of_caller: of_caller, _of_all: of_all })
    }
}
