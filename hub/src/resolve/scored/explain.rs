//! Why: every feature with its level and weight, strongest first.

use super::compare::Comparison;
use super::levels::{Feature, Level};

/// What one feature says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The feature.
    pub feature: Feature,
    /// How well it agrees.
    pub level: Level,
    /// Hundredths of a bit for (or, below zero, against) the same subject.
    pub weight: i32,
}

/// What every feature says that both sides have.
#[must_use]
pub fn reasons(comparison: &Comparison) -> Vec<Reason> {
    let mut reasons: Vec<Reason> = Feature::ALL
        .into_iter()
        .zip(comparison.levels)
        .zip(comparison.weights)
        .filter(|((_, level), _)| *level != Level::Missing)
        .map(|((feature, level), weight)| Reason { feature, level, weight })
        .collect();
    reasons.sort_by_key(|reason| (std::cmp::Reverse(reason.weight.abs()), reason.feature));
    reasons
}
