//! Learns weights from records whose subject is known: how often each level is met in the same subject, how often in
//! two. Used by the benchmark; what it gives is frozen in a table, never computed while the hub runs.

use super::compare::levels;
use super::levels::{Feature, Level};
use super::profile::Profile;
use super::weights::{Weights, log2_hundredths};

const N_LEVELS: usize = Level::ALL.len();

/// Hundredths of a bit by which anything says less than the same.
const LESS: i32 = 300;

type Counts = [[f64; N_LEVELS]; 8];

/// Counts of levels.
#[derive(Clone, Debug)]
pub struct Fit {
    same: Counts,
    other: Counts,
    chance: Counts,
    n_records: f64,
    register: u32,
}

impl Fit {
    /// Nothing counted yet, for a register of so many subjects.
    #[must_use]
    pub fn new(register: u32) -> Fit {
        let zero = [[0.0; N_LEVELS]; 8];
        Fit { same: zero, other: zero, chance: zero, n_records: 0.0, register }
    }

    /// One record more, whose candidates follow.
    pub fn record(&mut self) {
        self.n_records += 1.0;
    }

    /// A record and the subject it speaks of.
    pub fn same(&mut self, record: &Profile, subject: &Profile) {
        count(&mut self.same, record, subject);
    }

    /// A record and a candidate it does not speak of.
    pub fn other(&mut self, record: &Profile, subject: &Profile) {
        count(&mut self.other, record, subject);
    }

    /// A record and any subject, taken by chance.
    pub fn chance(&mut self, record: &Profile, subject: &Profile) {
        count(&mut self.chance, record, subject);
    }

    /// The weights that follow. Thresholds are given: they are chosen, not learnt.
    ///
    /// Of two different subjects, levels that lead to a candidate are counted among all candidates, and `Differs` is
    /// what remains; region, form and branch are counted among pairs by chance. `Same` of what may be shared is given
    /// for a value that one subject has.
    #[must_use]
    pub fn weights(&self, version: u32, thresholds: [i32; 3]) -> Weights {
        let [link_from, margin, review_from] = thresholds;
        let mut table = [[0; N_LEVELS]; 8];
        for feature in Feature::ALL {
            let f = feature as usize;
            let (same, other, chance) = (self.same[f], self.other[f], self.chance[f]);
            let is_by_chance = matches!(feature, Feature::Region | Feature::Form | Feature::Branch);
            let told = |counts: &[f64; N_LEVELS]| {
                let all: f64 = counts.iter().sum();
                (all - counts[Level::Missing as usize]).max(1.0)
            };
            let n_same = told(&same);
            // Pairs by chance say how often both sides say anything.
            let share = told(&chance) / chance.iter().sum::<f64>().max(1.0);
            let n_pairs = match is_by_chance {
                true => told(&chance),
                false => self.n_records * f64::from(self.register) * share,
            };
            let found =
                |level: Level| if is_by_chance { chance[level as usize] } else { other[level as usize] };
            let n_found: f64 = Level::ALL
                .into_iter()
                .filter(|level| !matches!(level, Level::Missing | Level::Differs))
                .map(found)
                .sum();
            for level in Level::ALL {
                let n = same[level as usize];
                let is_unknown = n + other[level as usize] + chance[level as usize] == 0.0;
                if level == Level::Missing || is_unknown {
                    continue;
                }
                let m = (n + 0.5) / (n_same + 1.0);
                let u = if level == Level::Differs && !is_by_chance {
                    (n_pairs - n_found) / n_pairs
                } else if level == Level::Same && is_shareable(feature) {
                    1.0 / f64::from(self.register)
                } else {
                    // A slip leads to no candidate by itself: whichever way of counting finds more.
                    ((found(level) + 0.5) / (n_pairs + 1.0)).max(chance[level as usize] / told(&chance))
                };
                let highest = match (feature, level) {
                    (Feature::Region, Level::Within | Level::Differs) | (Feature::Form, Level::Differs) => {
                        -300
                    }
                    (_, Level::Differs) => -100,
                    _ => 2_000,
                };
                table[f][level as usize] = log2_hundredths(m / u).clamp(-2_000, highest);
            }
            // What is less than the same cannot say as much: else the exact subject would lose to its neighbour.
            let same = table[f][Level::Same as usize];
            for level in Level::ALL.into_iter().filter(|level| *level != Level::Same && same > 300) {
                let most = same - if level == Level::Former { 100 } else { LESS };
                table[f][level as usize] = table[f][level as usize].min(most);
            }
        }
        Weights { version, register: self.register, link_from, margin, review_from, table }
    }
}

fn is_shareable(feature: Feature) -> bool {
    match feature {
        Feature::Name | Feature::Representative | Feature::Phone | Feature::Address => true,
        Feature::Region | Feature::Form | Feature::Branch | Feature::Code => false,
    }
}

fn count(counts: &mut Counts, record: &Profile, subject: &Profile) {
    let (levels, _) = levels(record, subject);
    for (row, level) in counts.iter_mut().zip(levels) {
        row[level as usize] += 1.0;
    }
}
