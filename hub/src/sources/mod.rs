//! The connected sources, each behind its own gate: permits, rate, agreed hours, breaker.
//!
//! Ingest and live look-ups pass the same gate, so together they keep what was agreed with the source's owner.
//! Invariant: knows no kind, no store, no driver.

mod breaker;
mod hours;
mod rate;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use contract::{Credential, ReadError, Refusal, Retry, Source, SourceId};
use jiff::tz::TimeZone;
use secrecy::ExposeSecret as _;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

pub use breaker::{Breaker, LONGEST_REST, MAX_REFUSALS};
pub use hours::Hours;

use crate::clock::Clock;
use breaker::Failure;
use rate::Rate;

/// What was agreed with a source's owner.
#[derive(Clone, Debug)]
pub struct SourceOptions {
    /// The department it belongs to.
    pub department: String,
    /// Readings at a time, at least 1.
    pub max_readings: usize,
    /// Rows per second; `None`: as fast as it gives them.
    pub rows_per_second: Option<u32>,
    /// When it may be read; empty: always.
    pub hours: Vec<Hours>,
    /// The zone of `hours`.
    pub zone: TimeZone,
    /// The credential it is read with, to notice when it changes.
    pub credential: Option<Credential>,
}

/// All connected sources, by id.
#[derive(Debug)]
pub struct Sources {
    sources: BTreeMap<SourceId, Arc<ConnectedSource>>,
    longest_rest: Duration,
}

impl Default for Sources {
    fn default() -> Sources {
        Sources { sources: BTreeMap::new(), longest_rest: LONGEST_REST }
    }
}

impl Sources {
    /// None yet.
    #[must_use]
    pub fn new() -> Sources {
        Sources::default()
    }

    /// The same; sources added from now on rest no longer than this after a failure.
    #[must_use]
    pub fn with_longest_rest(mut self, longest_rest: Duration) -> Sources {
        self.longest_rest = longest_rest;
        self
    }

    /// Adds a source; one of the same id is replaced.
    pub fn add(
        &mut self,
        id: SourceId,
        source: Arc<dyn Source>,
        options: SourceOptions,
        clock: Arc<dyn Clock>,
    ) {
        let connected = ConnectedSource::new(id.clone(), source, options, self.longest_rest, clock);
        self.sources.insert(id, Arc::new(connected));
    }

    /// A source by id.
    #[must_use]
    pub fn get(&self, id: &SourceId) -> Option<&Arc<ConnectedSource>> {
        self.sources.get(id)
    }

    /// All, in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<ConnectedSource>> {
        self.sources.values()
    }
}

/// One source behind its gate.
pub struct ConnectedSource {
    id: SourceId,
    options: SourceOptions,
    source: Arc<dyn Source>,
    clock: Arc<dyn Clock>,
    permits: Arc<Semaphore>,
    rate: Option<Rate>,
    breaker: Mutex<Breaker>,
    n_failures: AtomicU64,
    longest_rest: Duration,
}

/// Why a source is not read now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotNow {
    /// Outside the agreed hours.
    OutsideHours {
        /// Minutes until they begin.
        opens_in_minutes: u16,
    },
    /// It failed a moment ago.
    Resting {
        /// When to try again.
        until: Instant,
        /// Its words.
        words: String,
    },
    /// It refused us three times; it waits for a new credential or for an operator.
    Stopped {
        /// Why it refused.
        refusal: Refusal,
        /// Its words.
        words: String,
    },
}

/// A right to read a source now; others wait while it is held.
pub struct Permit {
    connected: Arc<ConnectedSource>,
    _permit: OwnedSemaphorePermit,
}

impl ConnectedSource {
    fn new(
        id: SourceId,
        source: Arc<dyn Source>,
        options: SourceOptions,
        longest_rest: Duration,
        clock: Arc<dyn Clock>,
    ) -> ConnectedSource {
        ConnectedSource {
            permits: Arc::new(Semaphore::new(options.max_readings.clamp(1, 1024))),
            rate: options.rows_per_second.map(Rate::new),
            breaker: Mutex::new(Breaker::Closed),
            n_failures: AtomicU64::new(0),
            longest_rest,
            id,
            options,
            source,
            clock,
        }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &SourceId {
        &self.id
    }

    /// The department it belongs to.
    #[must_use]
    pub fn department(&self) -> &str {
        &self.options.department
    }

    /// The state of its breaker.
    #[must_use]
    pub fn breaker(&self) -> Breaker {
        self.lock_breaker().clone()
    }

    /// What the connector can do; asks nothing of the source.
    #[must_use]
    pub fn capabilities(&self) -> contract::Capabilities {
        self.source.capabilities()
    }

    /// Waits for a free reading.
    ///
    /// # Errors
    /// When the source may not be read now: outside its hours, resting, or stopped.
    pub async fn enter(self: &Arc<Self>) -> Result<Permit, NotNow> {
        self.is_open()?;
        let Ok(permit) = Arc::clone(&self.permits).acquire_owned().await else {
            // The semaphore is never closed; a reading that cannot be had is a source at rest.
            return Err(NotNow::Resting { until: Instant::now(), words: String::new() });
        };
        self.is_open()?;
        Ok(Permit { connected: Arc::clone(self), _permit: permit })
    }

    /// Tells the breaker that the source answered.
    pub fn succeeded(&self) {
        let mut breaker = self.lock_breaker();
        match &*breaker {
            Breaker::Closed | Breaker::Stopped { .. } => {}
            Breaker::Resting { .. } => *breaker = Breaker::Closed,
        }
    }

    /// Tells the breaker of a failure of the source; errors that are no fault of the source's health are ignored.
    pub fn failed(&self, error: &ReadError) {
        let refusal = match error {
            // A right missing on one stream says nothing of the others.
            ReadError::Refused { refusal: Refusal::Right, .. } => return,
            ReadError::Refused { refusal, .. } => Some(*refusal),
            ReadError::Connect { .. }
            | ReadError::TimedOut { .. }
            | ReadError::Source { is_passing: true, .. } => None,
            ReadError::Source { is_passing: false, .. }
            | ReadError::NoStream { .. }
            | ReadError::NoColumn { .. }
            | ReadError::Malformed { .. }
            | ReadError::OpenQuote { .. }
            | ReadError::Unsupported { .. } => return,
        };
        let rest = match error.retry() {
            Retry::After(rest) => rest,
            Retry::Never => Duration::from_secs(5),
        };
        let failure = Failure {
            refusal,
            words: error.to_string(),
            credential: self.credential_fingerprint(),
            rest,
            longest: self.longest_rest,
            jitter: self.jitter(),
        };
        let mut breaker = self.lock_breaker();
        *breaker = breaker.after_failure(failure, Instant::now());
    }

    /// An operator says that it may be asked again.
    pub fn resume(&self) {
        *self.lock_breaker() = Breaker::Closed;
    }

    fn is_open(&self) -> Result<(), NotNow> {
        let opens_in_minutes =
            hours::minutes_until_open(&self.options.hours, &self.options.zone, self.clock.now());
        if opens_in_minutes > 0 {
            return Err(NotNow::OutsideHours { opens_in_minutes });
        }
        let credential = match &*self.lock_breaker() {
            Breaker::Closed => return Ok(()),
            Breaker::Resting { until, .. } if *until <= Instant::now() => return Ok(()),
            Breaker::Resting { until, words, .. } => {
                return Err(NotNow::Resting { until: *until, words: words.clone() });
            }
            Breaker::Stopped { credential, .. } => *credential,
        };
        let now = self.credential_fingerprint();
        let mut breaker = self.lock_breaker();
        match &*breaker {
            Breaker::Stopped { refusal, words, .. } if now.is_none() || now == credential => {
                Err(NotNow::Stopped { refusal: *refusal, words: words.clone() })
            }
            Breaker::Stopped { .. } | Breaker::Closed | Breaker::Resting { .. } => {
                *breaker = Breaker::Closed;
                Ok(())
            }
        }
    }

    /// So that a changed credential is noticed without keeping the secret.
    fn credential_fingerprint(&self) -> Option<[u8; 32]> {
        let secret = self.options.credential.as_ref()?.read().ok()?;
        Some(*blake3::hash(secret.expose_secret().as_bytes()).as_bytes())
    }

    /// 0 to 1, different for each source and failure, without chance.
    fn jitter(&self) -> f64 {
        let n = self.n_failures.fetch_add(1, Ordering::Relaxed);
        let hash = blake3::hash(format!("{}/{n}", self.id).as_bytes());
        f64::from(hash.as_bytes()[0]) / 255.0
    }

    fn lock_breaker(&self) -> std::sync::MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Permit {
    /// The source, to be read while the permit lives.
    #[must_use]
    pub fn source(&self) -> &dyn Source {
        &*self.connected.source
    }

    /// Waits as long as the agreed rate asks after `n_rows` received.
    pub async fn pay(&self, n_rows: usize) {
        if let Some(rate) = &self.connected.rate {
            let until = rate.pay(n_rows, Instant::now());
            tokio::time::sleep_until(until).await;
        }
    }
}

impl fmt::Debug for ConnectedSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectedSource")
            .field("id", &self.id)
            .field("options", &self.options)
            .field("breaker", &self.breaker())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Permit").field(&self.connected.id).finish()
    }
}
