//! What is known and decided about one record while a batch is applied.

use std::sync::Arc;

use contract::Digest;

use crate::resolve::Identifier;
use crate::store::Stream;
use crate::store::values::Values;
use crate::{EntityId, RecordId};

/// What happens to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// It comes.
    New,
    /// It comes back.
    Returned,
    /// It changes.
    Updated,
    /// It goes.
    Deleted,
    /// It stays as it is; whom it speaks of may change.
    Reconsidered,
}

/// A link as it stands in the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StoredLink {
    pub(super) role: i16,
    pub(super) entity: EntityId,
    pub(super) evidence: String,
    pub(super) judged_by: Option<i64>,
    pub(super) since_seq: i64,
}

/// A link as it shall stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct WantedLink {
    pub(super) role: i16,
    pub(super) entity: EntityId,
    pub(super) evidence: &'static str,
    pub(super) judged_by: Option<i64>,
}

/// One record.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) record: RecordId,
    pub(super) stream: Arc<Stream>,
    pub(super) key: String,
    pub(super) digest: Digest,
    pub(super) mapping_version: i32,
    pub(super) change: Change,
    /// As it is now; of a record that goes, as it was.
    pub(super) values: Values,
    pub(super) flags: Option<String>,
    /// As it was, where it changes.
    pub(super) old: Option<Values>,
    pub(super) state_before: i16,
    pub(super) state: i16,
    pub(super) links_before: Vec<StoredLink>,
    pub(super) links: Vec<WantedLink>,
    /// The entity whose anchor it is from now on.
    pub(super) anchors: Option<EntityId>,
    /// Identifiers that can still change the outcome of a role.
    pub(super) mentions: Vec<(i16, Identifier)>,
    /// Place in the feed of what happened to it.
    pub(super) seq: i64,
}

impl Work {
    /// Whether the record is there after the batch.
    pub(super) fn is_alive(&self) -> bool {
        self.change != Change::Deleted
    }

    /// Whether the record had a row before the batch.
    pub(super) fn was_alive(&self) -> bool {
        matches!(self.change, Change::Updated | Change::Deleted | Change::Reconsidered)
    }

    /// Whether its values change.
    pub(super) fn has_new_values(&self) -> bool {
        self.change != Change::Reconsidered
    }

    /// Its values before the batch.
    pub(super) fn values_before(&self) -> Option<&Values> {
        match self.change {
            Change::New | Change::Returned => None,
            Change::Updated => self.old.as_ref(),
            Change::Deleted | Change::Reconsidered => Some(&self.values),
        }
    }

    /// The entity whose anchor it was.
    pub(super) fn anchored_before(&self) -> Option<EntityId> {
        self.links_before.iter().find(|link| link.evidence == "anchor").map(|link| link.entity)
    }
}
