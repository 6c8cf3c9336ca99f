//! The ordered record of every change: no values, only what changed. Whoever wants values reads the record.
//!
//! Invariant: feed order is commit order; `at` never decreases; an entry is told only once it is durable.
//!
//! A golden row that changes because its records changed is told as `updated` with an entity and no record; one that
//! comes into being is not told apart from the record that made it.

use tokio::sync::watch;

use crate::clock::Timestamp;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::session::{Cells, Param};
use crate::{EntityId, RecordId, Seq};

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A record came, or came back.
    Inserted,
    /// A record or a golden row changed; these fields did.
    Updated {
        /// Ids of fields. Empty: only what is noted about the record.
        fields: Vec<String>,
    },
    /// The source has the record no more; or nothing speaks of the entity any more.
    Deleted,
    /// A record was found to speak of an entity.
    Linked {
        /// In which role.
        role: String,
    },
    /// A record was found not to speak of an entity after all.
    Unlinked {
        /// In which role.
        role: String,
    },
    /// An entity was found to be another.
    Merged {
        /// The other.
        into: EntityId,
    },
    /// An entity was split off another.
    Split {
        /// The other.
        from: EntityId,
    },
}

impl Change {
    /// As the store keeps it.
    #[must_use]
    pub fn number(&self) -> i16 {
        match self {
            Change::Inserted => 1,
            Change::Updated { .. } => 2,
            Change::Deleted => 3,
            Change::Linked { .. } => 4,
            Change::Unlinked { .. } => 5,
            Change::Merged { .. } => 6,
            Change::Split { .. } => 7,
        }
    }

    /// The text that stands in the feed's `fields`.
    pub(crate) fn fields(&self) -> Option<String> {
        match self {
            Change::Inserted | Change::Deleted => None,
            Change::Updated { fields } => Some(fields.join(",")),
            Change::Linked { role } | Change::Unlinked { role } => Some(role.clone()),
            Change::Merged { into: other } | Change::Split { from: other } => Some(other.0.to_string()),
        }
    }

    fn of(number: i64, fields: Option<String>) -> Option<Change> {
        let fields = fields.unwrap_or_default();
        let entity = || fields.parse().ok().map(EntityId);
        Some(match number {
            1 => Change::Inserted,
            2 => Change::Updated {
                fields: fields.split(',').filter(|id| !id.is_empty()).map(str::to_owned).collect(),
            },
            3 => Change::Deleted,
            4 => Change::Linked { role: fields },
            5 => Change::Unlinked { role: fields },
            6 => Change::Merged { into: entity()? },
            7 => Change::Split { from: entity()? },
            _ => return None,
        })
    }
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedEntry {
    /// Its place.
    pub seq: Seq,
    /// When it was committed.
    pub at: Timestamp,
    /// Why: the stream (`source/stream`), or the judgement (`judgement 12`).
    pub cause: String,
    /// What happened.
    pub change: Change,
    /// The kind of the record, or of the entity where there is no record.
    pub kind: String,
    /// The record.
    pub record: Option<RecordId>,
    /// The entity.
    pub entity: Option<EntityId>,
}

/// A reader of the feed that keeps its place in the store under its name.
#[derive(Debug)]
pub struct Consumer {
    store: Store,
    name: String,
    at: Seq,
    committed: watch::Receiver<Seq>,
}

impl Store {
    /// Entries after a place, in order, at most `limit`.
    ///
    /// # Errors
    /// `FeedTruncated` when the feed no longer reaches back that far.
    pub async fn feed_after(&self, after: Seq, limit: usize) -> Result<Vec<FeedEntry>, StoreError> {
        let mut session = self.reader().await?;
        let row = session.fetch_first("SELECT value FROM counter WHERE name = 'floor'", &[]).await?;
        let floor = Seq(row.map(|row| row.int(0)).transpose()?.unwrap_or(0));
        if after < floor {
            return Err(StoreError::FeedTruncated { floor });
        }
        let sql = "SELECT f.seq, c.at, c.cause, f.change, f.kind, f.record, f.entity, f.fields FROM \
                   (SELECT * FROM feed WHERE seq > $1 ORDER BY seq LIMIT $2) AS f JOIN commits c ON c.first_seq = \
                   (SELECT max(first_seq) FROM commits WHERE first_seq <= f.seq) ORDER BY f.seq";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = session.fetch(sql, &[Param::Int(after.0), Param::Int(limit)]).await?;
        rows.iter().map(|row| self.entry(row)).collect()
    }

    fn entry(&self, row: &Cells) -> Result<FeedEntry, StoreError> {
        let damaged = || StoreError::Unreadable { words: "an entry of the feed".to_owned() };
        let number = row.small(4)?;
        let layout = self.layout();
        let kinds = layout.kind_by_number(number).and_then(|index| layout.kinds.get(index));
        let entities = layout.entity_by_number(number).and_then(|index| layout.entities.get(index));
        Ok(FeedEntry {
            seq: Seq(row.int(0)?),
            at: Timestamp(row.int(1)?),
            cause: row.text(2)?,
            change: Change::of(row.int(3)?, row.opt_text(7)?).ok_or_else(damaged)?,
            // A kind that the ontology no longer has: its entries stay, under no name.
            kind: kinds.or(entities).map(|table| table.id.clone()).unwrap_or_default(),
            record: row.opt_int(5)?.map(RecordId),
            entity: row.opt_int(6)?.map(EntityId),
        })
    }

    /// Where the feed stands: everything up to here is durable. Changes as commits come.
    #[must_use]
    pub fn committed(&self) -> watch::Receiver<Seq> {
        self.watch_committed()
    }

    /// The largest place whose commit was not after `at`; 0 before the first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn as_of(&self, at: Timestamp) -> Result<Seq, StoreError> {
        let sql = "SELECT max(last_seq) FROM commits WHERE at <= $1";
        let row = self.reader().await?.fetch_first(sql, &[Param::Int(at.0)]).await?;
        Ok(Seq(row.map(|row| row.opt_int(0)).transpose()?.flatten().unwrap_or(0)))
    }

    /// A consumer that goes on where the one of this name stopped, or at the beginning.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn consumer(&self, name: &str) -> Result<Consumer, StoreError> {
        let sql = "SELECT seq FROM consumer WHERE name = $1";
        let row = self.reader().await?.fetch_first(sql, &[Param::Text(name.to_owned())]).await?;
        let at = Seq(row.map(|row| row.int(0)).transpose()?.unwrap_or(0));
        let committed = self.committed();
        Ok(Consumer { store: self.clone(), name: name.to_owned(), at, committed })
    }
}

impl Consumer {
    /// Where it stands.
    #[must_use]
    pub fn at(&self) -> Seq {
        self.at
    }

    /// Waits until there is something after its place, and gives up to `limit` entries. It does not move: call
    /// [`Consumer::advance`] once they are dealt with.
    ///
    /// # Errors
    /// When the store fails, is closed, or the feed was cut above its place.
    pub async fn next(&mut self, limit: usize) -> Result<Vec<FeedEntry>, StoreError> {
        let at = self.at;
        let closed = || StoreError::Unknown { what: "open store for consumer", name: self.name.clone() };
        self.committed.wait_for(|seq| *seq > at).await.map_err(|_| closed())?;
        self.store.feed_after(at, limit).await
    }

    /// Moves its place durably to `to`; never backward.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn advance(&mut self, to: Seq) -> Result<(), StoreError> {
        self.at = self.at.max(to);
        self.store.set_consumer(&self.name, self.at).await
    }
}
