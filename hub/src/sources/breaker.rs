//! The breaker of one source: lets failing sources rest, and stops asking one that refuses us.
//!
//! | state | event | next |
//! |---|---|---|
//! | any but stopped | success | closed |
//! | closed, resting | failure that may pass | resting, twice as long (with jitter), at most `LONGEST_REST` or what was agreed |
//! | closed, resting | refusal, first or second | resting |
//! | closed, resting | refusal, third in a row | stopped |
//! | stopped | credential changed, operator resumes | closed |

use std::time::Duration;

use tokio::time::Instant;

use contract::Refusal;

/// Refusals in a row after which a source is left alone, so that no account gets locked.
pub const MAX_REFUSALS: u32 = 3;

/// The longest rest between two attempts.
pub const LONGEST_REST: Duration = Duration::from_secs(300);

/// State of a source's breaker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Breaker {
    /// It may be asked.
    Closed,
    /// It failed; it may be asked again from then on.
    Resting {
        /// Failures in a row.
        n_failures: u32,
        /// Refusals in a row among them.
        n_refusals: u32,
        /// End of the rest.
        until: Instant,
        /// The source's words.
        words: String,
    },
    /// It refused us too often; it is not asked before the credential changes or an operator resumes.
    Stopped {
        /// Why it refused.
        refusal: Refusal,
        /// The source's words.
        words: String,
        /// Fingerprint of the credential it refused, where there is one.
        credential: Option<[u8; 32]>,
    },
}

/// One failed attempt.
pub(super) struct Failure {
    pub(super) refusal: Option<Refusal>,
    pub(super) words: String,
    pub(super) credential: Option<[u8; 32]>,
    /// Shortest rest after a first failure.
    pub(super) rest: Duration,
    /// The longest rest.
    pub(super) longest: Duration,
    /// 0 to 1: how much of the rest is added, so that sources do not wake together.
    pub(super) jitter: f64,
}

impl Breaker {
    pub(super) fn after_failure(&self, failure: Failure, now: Instant) -> Breaker {
        let (n_failures, n_refusals) = match self {
            Breaker::Closed => (0, 0),
            Breaker::Resting { n_failures, n_refusals, .. } => (*n_failures, *n_refusals),
            Breaker::Stopped { .. } => return self.clone(),
        };
        let Failure { refusal, words, credential, rest, longest, jitter } = failure;
        let n_failures = n_failures.saturating_add(1);
        let n_refusals = if refusal.is_some() { n_refusals + 1 } else { 0 };
        if let Some(refusal) = refusal
            && n_refusals >= MAX_REFUSALS
        {
            return Breaker::Stopped { refusal, words, credential };
        }
        let grown = rest.saturating_mul(1 << (n_failures - 1).min(16)).min(longest);
        Breaker::Resting {
            n_failures,
            n_refusals,
            until: now + grown.mul_f64(1.0 + jitter.clamp(0.0, 1.0) / 2.0),
            words,
        }
    }
}
