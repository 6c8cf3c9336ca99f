//! Tells of most absent identifiers that they are absent, without asking the store.
//!
//! It may say "perhaps" of an absent one, never "no" of a present one; so nothing is ever taken out of it.

use std::hash::BuildHasher as _;

use foldhash::quality::FixedState;

use crate::ontology::Scheme;

/// 64 Mbit: 8 MiB, good for some ten million identifiers.
const WORDS: usize = 1 << 20;

/// A Bloom filter over (scheme, value).
#[derive(Debug)]
pub(super) struct Filter {
    words: Vec<u64>,
}

impl Filter {
    pub(super) fn new() -> Filter {
        Filter { words: vec![0; WORDS] }
    }

    pub(super) fn insert(&mut self, scheme: Scheme, value: &str) {
        for (word, bit) in places(scheme.number(), value) {
            if let Some(word) = self.words.get_mut(word) {
                *word |= bit;
            }
        }
    }

    pub(super) fn insert_number(&mut self, scheme: i16, value: &str) {
        for (word, bit) in places(scheme, value) {
            if let Some(word) = self.words.get_mut(word) {
                *word |= bit;
            }
        }
    }

    pub(super) fn may_contain(&self, scheme: Scheme, value: &str) -> bool {
        places(scheme.number(), value)
            .iter()
            .all(|(word, bit)| self.words.get(*word).is_some_and(|word| word & bit != 0))
    }
}

fn places(scheme: i16, value: &str) -> [(usize, u64); 3] {
    let hash = FixedState::default().hash_one((scheme, value));
    let step = hash.rotate_left(32) | 1;
    [0_u64, 1, 2].map(|turn| {
        let place = hash.wrapping_add(turn.wrapping_mul(step)) >> 11;
        ((place >> 6) as usize % WORDS, 1 << (place & 63))
    })
}
