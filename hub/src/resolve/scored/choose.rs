//! Link, ask a person, or leave.

use super::compare::Comparison;
use super::weights::Weights;

/// A subject that may be meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate<T> {
    /// Who.
    pub who: T,
    /// How it agrees.
    pub comparison: Comparison,
}

/// What follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome<T> {
    /// The record speaks of this subject; the best others behind it.
    Link {
        /// Who.
        best: Candidate<T>,
        /// Who was next.
        others: Vec<Candidate<T>>,
    },
    /// A person decides between these, best first.
    Ask(Vec<Candidate<T>>),
    /// Nobody comes near.
    Nobody,
}

/// How many candidates a person is shown.
const SHOWN: usize = 5;

/// Decides between candidates, each subject once. The order in which they are given does not count.
///
/// A record is linked when the best sum reaches the threshold, the next is far enough behind, nothing contests it, and
/// something besides the name supports it.
#[must_use]
pub fn choose<T: Copy + Ord>(mut candidates: Vec<Candidate<T>>, weights: &Weights) -> Outcome<T> {
    candidates.retain(|one| {
        one.comparison.conflict.is_none() && one.comparison.total >= weights.review_from.min(0)
    });
    candidates.sort_by_key(|one| (std::cmp::Reverse(one.comparison.total), one.who));
    let Some(best) = candidates.first().copied() else { return Outcome::Nobody };
    let lead = candidates.get(1).map_or(i32::MAX, |next| best.comparison.total - next.comparison.total);
    let comparison = &best.comparison;
    let is_clear = comparison.total >= weights.link_from && lead >= weights.margin;
    if is_clear && !comparison.is_contested() && comparison.is_supported() {
        let others = candidates.into_iter().skip(1).take(SHOWN - 1).collect();
        return Outcome::Link { best, others };
    }
    candidates.retain(|one| one.comparison.total >= weights.review_from);
    candidates.truncate(SHOWN);
    if candidates.is_empty() { Outcome::Nobody } else { Outcome::Ask(candidates) }
}
