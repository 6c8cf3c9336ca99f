//! Which entities claim which identifiers: as the store has it, and as the batch changes it.

use std::collections::{BTreeSet, HashMap, HashSet};

use foldhash::fast::RandomState;

use crate::ontology::Scheme;
use crate::resolve::Identifier;
use crate::store::StoreError;
use crate::store::behind::Queue;
use crate::store::session::{Param, Session};
use crate::{EntityId, RecordId};

use super::memory::Memory;

/// A record that says an identifier is its entity's; record 0 for a person's own hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Claim {
    pub(super) kind: i16,
    pub(super) entity: EntityId,
    pub(super) record: RecordId,
}

#[derive(Debug, Default)]
struct Known {
    now: Vec<Claim>,
    /// As the store has it, once `now` differs.
    before: Option<Vec<Claim>>,
}

/// The claims that a batch asked for.
#[derive(Debug, Default)]
pub(super) struct Claims {
    known: HashMap<Identifier, Known, RandomState>,
}

/// A row of `claim` that comes or goes.
pub(super) type Change<'c> = (&'c Identifier, Claim);

/// An identifier whose claimants of a kind changed.
#[derive(Debug)]
pub(super) struct Contested {
    pub(super) identifier: Identifier,
    /// The only claimant before, if there was just one.
    pub(super) only_before: Option<EntityId>,
}

impl Claims {
    /// Makes sure that these are known. What the filter says is absent is not asked for.
    pub(super) async fn load(
        &mut self,
        session: &mut Session,
        memory: &Memory,
        identifiers: impl Iterator<Item = &Identifier>,
    ) -> Result<(), StoreError> {
        let mut ask: HashSet<&Identifier, RandomState> = HashSet::default();
        let memory = memory.get();
        for identifier in identifiers {
            if self.known.contains_key(identifier) {
                continue;
            }
            if memory.is_some_and(|memory| memory.is_unclaimed(identifier)) {
                self.known.insert(identifier.clone(), Known::default());
            } else {
                ask.insert(identifier);
            }
        }
        if ask.is_empty() {
            return Ok(());
        }
        let pairs = ask.iter().map(|one| (i64::from(one.scheme.number()), one.value.to_string())).collect();
        let sql = format!(
            "SELECT i.scheme, i.value, i.kind, i.entity, i.record FROM {} CROSS JOIN identifier i \
             WHERE i.scheme = j.a AND i.value = j.b",
            session.dialect().pairs(1)
        );
        let rows = session.fetch_in(Queue::Ahead, &sql, &[Param::Pairs(pairs)]).await?;
        for identifier in ask {
            self.known.insert(identifier.clone(), Known::default());
        }
        for row in rows {
            let number = row.small(0)?;
            let Some(scheme) = Scheme::all().into_iter().find(|scheme| scheme.number() == number) else {
                continue;
            };
            let identifier = Identifier { scheme, value: row.text(1)?.into() };
            let claim =
                Claim { kind: row.small(2)?, entity: EntityId(row.int(3)?), record: RecordId(row.int(4)?) };
            self.known.entry(identifier).or_default().now.push(claim);
        }
        Ok(())
    }

    /// The claims of an identifier.
    pub(super) fn of(&self, identifier: &Identifier) -> &[Claim] {
        self.known.get(identifier).map_or(&[], |known| &known.now)
    }

    /// The entities of a kind that claim an identifier, each once.
    pub(super) fn claimants(&self, identifier: &Identifier, kind: i16, found: &mut Vec<EntityId>) {
        for claim in self.of(identifier).iter().filter(|claim| claim.kind == kind) {
            if !found.contains(&claim.entity) {
                found.push(claim.entity);
            }
        }
    }

    /// Adds a claim.
    pub(super) fn add(&mut self, identifier: Identifier, claim: Claim) {
        let known = self.known.entry(identifier).or_default();
        if known.before.is_none() {
            known.before = Some(known.now.clone());
        }
        known.now.push(claim);
    }

    /// Takes away what a record claims of an identifier.
    pub(super) fn remove(&mut self, identifier: &Identifier, record: RecordId) {
        let Some(known) = self.known.get_mut(identifier) else { return };
        if known.before.is_none() {
            known.before = Some(known.now.clone());
        }
        known.now.retain(|claim| claim.record != record);
    }

    /// The identifiers whose set of claimants is another than before.
    pub(super) fn contested(&self) -> Vec<Contested> {
        let mut contested = Vec::new();
        for (identifier, known) in &self.known {
            let Some(before) = &known.before else { continue };
            match (before.as_slice(), known.now.as_slice()) {
                ([], []) => continue,
                // Nearly all: an identifier nobody claimed.
                ([], [_]) => {
                    contested.push(Contested { identifier: identifier.clone(), only_before: None });
                    continue;
                }
                _ => {}
            }
            let kinds: BTreeSet<i16> = before.iter().chain(&known.now).map(|claim| claim.kind).collect();
            for kind in kinds {
                let set = |claims: &[Claim]| -> BTreeSet<EntityId> {
                    claims.iter().filter(|claim| claim.kind == kind).map(|claim| claim.entity).collect()
                };
                let (was, is) = (set(before), set(&known.now));
                if was != is {
                    let only_before = was.first().copied().filter(|_| was.len() == 1);
                    contested.push(Contested { identifier: identifier.clone(), only_before });
                }
            }
        }
        contested
    }

    /// The rows to take away and to add.
    pub(super) fn changes(&self) -> (Vec<Change<'_>>, Vec<Change<'_>>) {
        let mut gone = Vec::new();
        let mut come = Vec::new();
        for (identifier, known) in &self.known {
            let Some(before) = &known.before else { continue };
            gone.extend(
                before.iter().filter(|claim| !known.now.contains(claim)).map(|claim| (identifier, *claim)),
            );
            come.extend(
                known.now.iter().filter(|claim| !before.contains(claim)).map(|claim| (identifier, *claim)),
            );
        }
        (gone, come)
    }
}
