//! Which anchor records are one entity, and which id each entity keeps.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::{EntityId, RecordId};

/// What anchor records of one entity have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum GroupKey {
    /// A valid credit code.
    Code(Arc<str>),
    /// Nothing: a record by itself.
    Own(RecordId),
}

/// An anchor record whose group may change.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    /// The record.
    pub(crate) record: RecordId,
    /// Its entity before.
    pub(crate) before: Option<EntityId>,
    /// An entity that it anchored long ago, and that nobody anchors now and that is not redirected.
    pub(crate) long_ago: Option<EntityId>,
    /// Its group now; `None`: it is an anchor no more.
    pub(crate) key: Option<GroupKey>,
}

/// The id of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GroupId {
    /// An entity that was there, or was there long ago.
    Entity(EntityId),
    /// To be minted; split off another if there was one.
    New {
        /// The other.
        from: Option<EntityId>,
    },
}

/// What becomes of the groups.
#[derive(Clone, Debug, Default)]
pub(crate) struct Regrouping {
    /// Each group: its records and its id.
    pub(crate) groups: Vec<(Vec<RecordId>, GroupId)>,
    /// Entities that are now another: and the index of the group that is.
    pub(crate) merged: Vec<(EntityId, usize)>,
    /// Entities that no anchor is left of.
    pub(crate) gone: Vec<EntityId>,
}

/// Groups members by key. All members of every entity named in `before` must be among them.
///
/// | what happened | ids |
/// |---|---|
/// | groups become one | the oldest id stays, the others redirect to it |
/// | a group falls apart | the part with the oldest record keeps the id, the others get new ones |
/// | all anchors of an entity go | it is gone; its id comes back with the record |
pub(crate) fn regroup(members: &[Member]) -> Regrouping {
    let mut groups: BTreeMap<&GroupKey, Vec<&Member>> = BTreeMap::new();
    let mut heirs: BTreeMap<EntityId, (RecordId, &GroupKey)> = BTreeMap::new();
    let mut before: BTreeSet<EntityId> = BTreeSet::new();
    for member in members {
        before.extend(member.before);
        let Some(key) = &member.key else { continue };
        groups.entry(key).or_default().push(member);
        if let Some(entity) = member.before {
            let heir = heirs.entry(entity).or_insert((member.record, key));
            if member.record < heir.0 {
                *heir = (member.record, key);
            }
        }
    }
    let mut inheritance: BTreeMap<&GroupKey, Vec<EntityId>> = BTreeMap::new();
    for (entity, (_, key)) in &heirs {
        inheritance.entry(key).or_default().push(*entity);
    }
    let mut regrouping = Regrouping::default();
    let mut revived = BTreeSet::new();
    for (key, members) in groups {
        let index = regrouping.groups.len();
        let mut inherited = inheritance.remove(key).unwrap_or_default().into_iter();
        let id = match inherited.next() {
            Some(oldest) => {
                regrouping.merged.extend(inherited.map(|entity| (entity, index)));
                GroupId::Entity(oldest)
            }
            None => {
                let from = members.iter().filter_map(|member| member.before).min();
                let long_ago = members.iter().filter_map(|member| member.long_ago).min();
                match long_ago.filter(|entity| !before.contains(entity) && revived.insert(*entity)) {
                    Some(entity) => GroupId::Entity(entity),
                    None => GroupId::New { from },
                }
            }
        };
        regrouping.groups.push((members.iter().map(|member| member.record).collect(), id));
    }
    regrouping.gone = before.into_iter().filter(|entity| !heirs.contains_key(entity)).collect();
    regrouping
}
