//! Which entity a role of a record speaks of.

use std::sync::Arc;

use crate::EntityId;
use crate::ontology::Scheme;

/// An identifier in its normal form.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Identifier {
    /// Its scheme.
    pub(crate) scheme: Scheme,
    /// Its value; of a local number with the department before it, of an ID number its keyed hash.
    pub(crate) value: Arc<str>,
}

/// Why a record is linked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Evidence {
    /// It is the anchor of its entity.
    Anchor,
    /// Exactly one entity claims its identifier of this scheme.
    Scheme(Scheme),
    /// A person said so.
    Judgement,
    /// What it says besides, weighed.
    Scored,
}

impl Evidence {
    /// As the store keeps it.
    pub(crate) fn text(&self) -> &'static str {
        match self {
            Evidence::Anchor => "anchor",
            Evidence::Scheme(scheme) => scheme.id(),
            Evidence::Judgement => "judgement",
            Evidence::Scored => "scored",
        }
    }
}

/// What persons decided about a role of a record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Judged {
    /// Nothing.
    #[default]
    Not,
    /// It speaks of this entity, by this judgement.
    Same(EntityId, i64),
    /// It speaks of an entity that is not there at present, by this judgement.
    SameAbsent(i64),
    /// It speaks of nobody, by this judgement.
    Nobody(i64),
    /// It does not speak of these.
    NotThese(Vec<EntityId>),
}

/// What follows for a role of a record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Decision {
    /// The entity, why, and the judgement if it was one.
    pub(crate) link: Option<(EntityId, Evidence, Option<i64>)>,
    /// Whether an entity may still be found.
    pub(crate) is_waiting: bool,
    /// How many of the identifiers, from the first on, can still change the outcome.
    pub(crate) n_mentions: usize,
}

/// Tries the identifiers in order, strongest first: the first that exactly one entity claims decides.
///
/// `claimants` gives the entities, of the role's kind, that claim an identifier, each once.
pub(crate) fn decide(
    identifiers: &[Identifier],
    judged: &Judged,
    mut claimants: impl FnMut(&Identifier, &mut Vec<EntityId>),
) -> Decision {
    let not_these: &[EntityId] = match judged {
        Judged::Same(entity, judgement) => {
            // Its identifiers are remembered: one that comes later may say otherwise, and a person is told.
            return Decision {
                link: Some((*entity, Evidence::Judgement, Some(*judgement))),
                is_waiting: false,
                n_mentions: identifiers.len(),
            };
        }
        Judged::SameAbsent(_) => return Decision { is_waiting: true, ..Decision::default() },
        Judged::Nobody(_) => return Decision { n_mentions: identifiers.len(), ..Decision::default() },
        Judged::NotThese(entities) => entities,
        Judged::Not => &[],
    };
    let mut found = Vec::new();
    for (place, identifier) in identifiers.iter().enumerate() {
        found.clear();
        claimants(identifier, &mut found);
        found.retain(|entity| !not_these.contains(entity));
        if let [entity] = found.as_slice() {
            // With a judgement every identifier counts: the claimants it leaves out may change.
            let n_mentions = if not_these.is_empty() { place } else { identifiers.len() };
            let link = Some((*entity, Evidence::Scheme(identifier.scheme), None));
            return Decision { link, is_waiting: false, n_mentions };
        }
    }
    Decision { link: None, is_waiting: !identifiers.is_empty(), n_mentions: identifiers.len() }
}
