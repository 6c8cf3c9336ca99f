//! A register in memory, to match against: for tests, benchmarks and small registers. The store keeps its own.

use super::choose::{Candidate, Outcome, choose};
use super::compare::{Commonness, compare};
use super::keys::{Key, MOST_HOLDERS, keys_of};
use super::profile::Profile;
use super::weights::Weights;

/// Profiles by their keys.
#[derive(Debug)]
pub struct Index {
    profiles: Vec<Profile>,
    /// By key, then place.
    holders: Vec<(Key, u32)>,
    /// For the upper bits of a key where its holders begin.
    begins: Vec<u32>,
}

/// Upper bits of a key that `begins` goes by.
const BITS: u32 = 16;

impl Index {
    /// An index of profiles; they are known by their places.
    #[must_use]
    pub fn new(profiles: Vec<Profile>) -> Index {
        let mut holders = Vec::with_capacity(profiles.len() * 12);
        for (place, profile) in (0_u32..).zip(&profiles) {
            holders.extend(keys_of(profile).into_iter().map(|key| (key, place)));
        }
        holders.sort_unstable();
        let mut begins = Vec::with_capacity((1 << BITS) + 1);
        let mut at = 0_u32;
        for upper in 0..1_u64 << BITS {
            while holders.get(at as usize).is_some_and(|(key, _)| key >> (64 - BITS) < upper) {
                at += 1;
            }
            begins.push(at);
        }
        begins.push(u32::try_from(holders.len()).unwrap_or(u32::MAX));
        Index { profiles, holders, begins }
    }

    /// The profile at a place.
    #[must_use]
    pub fn profile(&self, place: u32) -> Option<&Profile> {
        self.profiles.get(place as usize)
    }

    fn holders_of(&self, key: Key) -> &[(Key, u32)] {
        let upper = (key >> (64 - BITS)) as usize;
        let (Some(from), Some(to)) = (self.begins.get(upper), self.begins.get(upper + 1)) else { return &[] };
        let part = self.holders.get(*from as usize..*to as usize).unwrap_or_default();
        let begin = part.partition_point(|(one, _)| *one < key);
        let end = begin + part.get(begin..).map_or(0, |rest| rest.partition_point(|(one, _)| *one == key));
        part.get(begin..end).unwrap_or_default()
    }

    /// The places of those that share a key that not too many share.
    #[must_use]
    pub fn candidates(&self, record: &Profile) -> Vec<u32> {
        let mut places = Vec::with_capacity(128);
        for key in keys_of(record) {
            let holders = self.holders_of(key);
            if holders.len() <= MOST_HOLDERS {
                places.extend(holders.iter().map(|(_, place)| *place));
            }
        }
        places.sort_unstable();
        places.dedup();
        places
    }

    /// How common in the register is what a record says.
    #[must_use]
    pub fn commonness(&self, record: &Profile) -> Commonness {
        Commonness::by_keys(record, |key| key.map_or(0, |key| self.holders_of(key).len()))
    }

    /// Whom a record speaks of.
    #[must_use]
    pub fn find(&self, record: &Profile, weights: &Weights) -> Outcome<u32> {
        let common = self.commonness(record);
        let candidates = self.candidates(record).into_iter().filter_map(|who| {
            let comparison = compare(record, self.profile(who)?, &common, weights);
            Some(Candidate { who, comparison })
        });
        choose(candidates.collect(), weights)
    }
}
