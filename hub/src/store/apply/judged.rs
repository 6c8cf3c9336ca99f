//! The judgements in force, kept in memory by the writer: they are few, and asked for with every record.

use std::collections::{BTreeSet, HashMap};

use crate::store::StoreError;
use crate::store::session::Session;
use crate::{EntityId, RecordId};

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Verdict {
    /// It speaks of this one.
    Same(Meant),
    /// It does not speak of this one.
    NotSame(Meant),
    /// It speaks of nobody.
    Nobody,
}

/// Who was meant. An entity with anchors is remembered by one of them: ids come and go with merges and splits in the
/// order of arrival, records do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Meant {
    /// The entity whose anchor this is.
    AnchoredBy(RecordId),
    /// A person.
    Person(EntityId),
}

/// A judgement in force.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct InForce {
    pub(in crate::store) number: i64,
    pub(in crate::store) verdict: Verdict,
}

/// All in force.
#[derive(Debug, Default)]
pub(in crate::store) struct Judgements {
    by_role: HashMap<(RecordId, i16), Vec<InForce>>,
    by_anchor: HashMap<RecordId, BTreeSet<RecordId>>,
}

impl Judgements {
    /// Reads them.
    pub(in crate::store) async fn load(session: &mut Session) -> Result<Judgements, StoreError> {
        let mut judgements = Judgements::default();
        let sql = "SELECT judgement, record, role, decision, entity, anchor FROM judgement \
                   WHERE until_seq IS NULL ORDER BY judgement";
        for row in session.fetch(sql, &[]).await? {
            let meant = match (row.opt_int(5)?, row.opt_int(4)?) {
                (Some(anchor), _) => Some(Meant::AnchoredBy(RecordId(anchor))),
                (None, Some(entity)) => Some(Meant::Person(EntityId(entity))),
                (None, None) => None,
            };
            let verdict = match (row.int(3)?, meant) {
                (1, Some(meant)) => Verdict::Same(meant),
                (2, Some(meant)) => Verdict::NotSame(meant),
                _ => Verdict::Nobody,
            };
            let record = RecordId(row.int(1)?);
            judgements
                .by_role
                .entry((record, row.small(2)?))
                .or_default()
                .push(InForce { number: row.int(0)?, verdict });
            if let Verdict::Same(Meant::AnchoredBy(anchor)) | Verdict::NotSame(Meant::AnchoredBy(anchor)) =
                verdict
            {
                judgements.by_anchor.entry(anchor).or_default().insert(record);
            }
        }
        Ok(judgements)
    }

    /// Whether there are none at all.
    pub(in crate::store) fn is_empty(&self) -> bool {
        self.by_role.is_empty()
    }

    /// Those about a role of a record, oldest first.
    pub(in crate::store) fn about(&self, record: RecordId, role: i16) -> &[InForce] {
        self.by_role.get(&(record, role)).map_or(&[], Vec::as_slice)
    }

    /// The records judged to be, or not to be, the entity that this record anchors.
    pub(in crate::store) fn looking_at(&self, anchor: RecordId) -> impl Iterator<Item = RecordId> {
        self.by_anchor.get(&anchor).into_iter().flatten().copied()
    }
}
