//! The persons written or asked for lately, by the keyed hash of their ID number: companies have them in common, and a
//! question for each batch would wait until all batches before it are written.
//!
//! Invariant: what is here stands in the store, as far as the transaction at hand has come. After a transaction that
//! failed all of it is forgotten.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::EntityId;
use crate::ontology::Scheme;
use crate::resolve::Identifier;

use super::claims::Claim;
use super::roles::NO_RECORD;

/// Persons of one generation; there are two, of some 40 bytes a person.
const MOST: usize = 1 << 18;

/// Hash → kind and entity of the only one who claims it.
#[derive(Debug, Default)]
pub(super) struct Persons {
    young: HashMap<u128, (i16, EntityId), RandomState>,
    /// Those of the generation before; whoever is asked for is young again.
    old: HashMap<u128, (i16, EntityId), RandomState>,
}

impl Persons {
    /// The claim of a person's hash, if there is just one and it is remembered.
    pub(super) fn get(&mut self, identifier: &Identifier) -> Option<Claim> {
        let hash = hash(identifier)?;
        let (kind, entity) = match self.young.get(&hash) {
            Some(found) => *found,
            None => {
                let found = self.old.remove(&hash)?;
                self.keep(hash, found);
                found
            }
        };
        Some(Claim { kind, entity, record: NO_RECORD })
    }

    /// What is claimed of an identifier from now on.
    pub(super) fn put(&mut self, identifier: &Identifier, claims: &[Claim]) {
        let Some(hash) = hash(identifier) else { return };
        match claims {
            [claim] if claim.record == NO_RECORD => self.keep(hash, (claim.kind, claim.entity)),
            _ => {
                self.young.remove(&hash);
                self.old.remove(&hash);
            }
        }
    }

    fn keep(&mut self, hash: u128, person: (i16, EntityId)) {
        if self.young.len() >= MOST {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(hash, person);
    }
}

fn hash(identifier: &Identifier) -> Option<u128> {
    match identifier.scheme {
        Scheme::ResidentId if identifier.value.len() == 32 => {
            u128::from_str_radix(&identifier.value, 16).ok()
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identifier(n: usize) -> Identifier {
        Identifier { scheme: Scheme::ResidentId, value: format!("{n:032x}").into() }
    }

    fn claim(n: usize) -> Claim {
        Claim { kind: 2, entity: EntityId(n as i64), record: NO_RECORD }
    }

    #[test]
    fn tells_only_of_a_single_claim_and_forgets_the_longest_unused() {
        let mut persons = Persons::default();
        for n in 0..MOST {
            persons.put(&identifier(n), &[claim(n)]);
        }
        assert_eq!(persons.get(&identifier(7)), Some(claim(7)));
        persons.put(&identifier(7), &[claim(7), claim(8)]);
        assert_eq!(persons.get(&identifier(7)), None);
        for n in MOST..2 * MOST {
            persons.put(&identifier(n), &[claim(n)]);
        }
        assert_eq!(persons.get(&identifier(3)), Some(claim(3)), "of the generation before");
        for n in 2 * MOST..3 * MOST {
            persons.put(&identifier(n), &[claim(n)]);
        }
        assert_eq!(persons.get(&identifier(3)), Some(claim(3)), "asked for since");
        assert_eq!(persons.get(&identifier(4)), None);
        assert!(persons.young.len() + persons.old.len() <= 2 * MOST);
        let other = Claim { record: crate::RecordId(5), ..claim(1) };
        persons.put(&identifier(1), &[other]);
        assert_eq!(persons.get(&identifier(1)), None, "a claim of a record is not a person's own");
    }
}
