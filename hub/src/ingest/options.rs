//! How everything is read, and what was agreed for each stream.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::Mapping;

/// Names of the points at which [`IngestOptions::fault`] is called.
pub mod points {
    /// Rows are received and mapped, nothing of them is written.
    pub const BETWEEN_READ_AND_COMMIT: &str = "between-read-and-commit";
    /// A batch is durable, nothing was received after it.
    pub const BETWEEN_COMMIT_AND_READ: &str = "between-commit-and-read";
    /// Inside a comparison: before a batch is compared, and before changes or deletions are written.
    pub const INSIDE_DIFF: &str = "inside-diff";
}

/// Called at named [`points`]; tests end the process there.
pub type FaultHook = Arc<dyn Fn(&'static str) + Send + Sync>;

/// How everything is read.
#[derive(Clone)]
pub struct IngestOptions {
    /// Rows of a batch, at most.
    pub batch_rows: usize,
    /// Rows of one transaction of a first reading, about: so many batches are durable together.
    pub transaction_rows: usize,
    /// How long such a transaction takes batches: as long others that write wait.
    pub transaction_time: Duration,
    /// Bytes of a batch, about.
    pub batch_bytes: usize,
    /// A cell of more bytes is a fault.
    pub cell_bytes: usize,
    /// Bytes of the table of keys and digests that one comparison keeps.
    pub diff_bytes: usize,
    /// A batch that does not come within this time ends the reading.
    pub stall: Duration,
    /// Rows set aside in a turn, at most; with more, the stream is held.
    pub max_dead_letters: u64,
    /// Attempts in a turn when a source or the store fails in passing, at least 1.
    pub attempts: u32,
    /// Called at named points.
    pub fault: Option<FaultHook>,
}

impl Default for IngestOptions {
    fn default() -> IngestOptions {
        IngestOptions {
            batch_rows: 2_000,
            transaction_rows: 25_000,
            transaction_time: Duration::from_secs(2),
            batch_bytes: 8 << 20,
            cell_bytes: 1 << 20,
            diff_bytes: 64 << 20,
            stall: Duration::from_secs(120),
            max_dead_letters: 100_000,
            attempts: 5,
            fault: None,
        }
    }
}

impl fmt::Debug for IngestOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IngestOptions")
            .field("batch_rows", &self.batch_rows)
            .field("diff_bytes", &self.diff_bytes)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

/// One stream to be read.
#[derive(Debug)]
pub struct StreamPlan {
    /// How its rows become records.
    pub mapping: Arc<Mapping>,
    /// What else was agreed.
    pub options: StreamOptions,
}

/// What was agreed for one stream.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StreamOptions {
    /// Between two readings.
    pub interval: Duration,
    /// An empty reading is believed.
    pub may_be_empty: bool,
    /// The largest share of known rows that may vanish at once, 0 to 1.
    pub max_delete_fraction: f64,
    /// Streams with fewer known rows are guarded against being empty only.
    pub min_rows: u64,
}

impl Default for StreamOptions {
    fn default() -> StreamOptions {
        StreamOptions {
            interval: Duration::from_secs(300),
            may_be_empty: false,
            max_delete_fraction: 0.2,
            min_rows: 50,
        }
    }
}
