//! What `ingest` hands to the store: a batch prepared outside the transaction, written in one.

use contract::{Digest, SourceKey};
use messages::Message;

use crate::FieldValue;

/// The store's small number of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamNumber(pub i16);

/// One batch of one stream: entries and the progress that holds once they are durable.
#[derive(Clone, Debug)]
pub struct PreparedBatch {
    /// The stream.
    pub stream: StreamNumber,
    /// Version of the mapping that made the values.
    pub mapping_version: i32,
    /// No key of this batch can be in the store (first reading of an empty stream): the look-ups are saved. The store
    /// does not trust it blindly: a unique index refuses, and the batch is applied again with look-ups.
    pub is_fresh: bool,
    /// Each key at most once.
    pub entries: Vec<Entry>,
    /// Stored in the same transaction.
    pub progress: Option<Progress>,
}

/// One key of a batch.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key.
    pub key: SourceKey,
    /// Digest of the row; of the last known row for a deletion.
    pub digest: Digest,
    /// What to do.
    pub outcome: Outcome,
}

/// What a row became.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// A record: values in the order of the kind's fields.
    Record(Mapped),
    /// The row is set aside. An earlier good version of the record stays.
    DeadLetter(DeadLetter),
    /// The source has the key no more.
    Delete,
}

/// A mapped row.
#[derive(Clone, Debug)]
pub struct Mapped {
    /// In the order of the kind's fields.
    pub values: Vec<FieldValue>,
    /// For each `Identifier(ResidentId)` field of a role: the keyed hash; the value itself is the masked form.
    /// Index of the field → hash, 32 lower-case hex characters.
    pub person_hashes: Vec<(usize, String)>,
    /// What was odd but kept: field index and code (`TJ-D…`): an invalid identifier, an unknown code, a shifted time.
    pub flags: Vec<(usize, &'static str)>,
}

/// A row that could not become a record.
#[derive(Clone, Debug)]
pub struct DeadLetter {
    /// Every reason.
    pub faults: Vec<Fault>,
    /// Column → text as the source prints it, cut at 4 KiB a cell; for people who mend the row.
    pub cells: Vec<(String, Option<String>)>,
}

impl DeadLetter {
    /// Bytes of its cells.
    pub(crate) fn n_bytes(&self) -> u64 {
        self.cells.iter().map(|(name, text)| (name.len() + text.as_ref().map_or(0, String::len)) as u64).sum()
    }
}

/// One reason.
#[derive(Clone, Debug)]
pub struct Fault {
    /// Field id, if one is to blame.
    pub field: Option<String>,
    /// Column, if one is to blame.
    pub column: Option<String>,
    /// Why: code `TJ-D…` or the identifier's own explanation `TJ-I…`.
    pub message: Message,
}

/// The stored statement "everything up to here is durable". JSON in the store.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// A first reading under way: the last durable key.
    Snapshot {
        /// Counts readings from the start.
        generation: i64,
        /// Go on after this key.
        after: Option<String>,
    },
    /// Everything up to this position of the log.
    Log {
        /// Opaque, hex.
        position: String,
    },
    /// Everything up to this value of the cursor column, and this key.
    Cursor {
        /// The value.
        value: String,
        /// The key.
        key: Option<String>,
    },
    /// Compared whole; `after` tells how far the comparison under way is durable (`None`: it is finished).
    Diff {
        /// Counts comparisons.
        generation: i64,
        /// Go on after this key.
        after: Option<String>,
    },
}

/// What a batch did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// Records that came.
    pub inserted: u64,
    /// Records that changed.
    pub updated: u64,
    /// Records that went.
    pub deleted: u64,
    /// Rows that were known as they are.
    pub unchanged: u64,
    /// Rows set aside.
    pub dead_letters: u64,
    /// Links made or ended, of this and of other streams' records.
    pub relinked: u64,
}
