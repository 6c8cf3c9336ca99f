//! The first two levels of the objective: fewest empty slots, then the least limit that keeps it so.

use super::fill::{Cut, fill, trim};
use super::problem::{Cost, Holdings, Problem};
use crate::plan::LoadRule;

/// What the first two levels fix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Levels {
    /// Unfilled slots, Z.
    pub unfilled: u128,
    /// The limit, L.
    pub limit: u64,
    /// Proof of Z, if it is not 0.
    pub cut1: Option<Cut>,
    /// Proof of L, if it was sought and is not 0.
    pub cut2: Option<Cut>,
}

/// Finds Z and L.
pub fn levels<C: Cost>(problem: &Problem<C>, rule: LoadRule) -> Levels {
    let capacities = match rule {
        LoadRule::Least => problem.officers.iter().map(|officer| officer.capacity).collect(),
        LoadRule::Fixed(limit) => problem.capacities(limit),
    };
    let mut holdings = Holdings::empty(problem);
    let cut = fill(problem, &mut holdings, &capacities);
    let unfilled = problem.need() - holdings.filled();
    let cut1 = (unfilled > 0).then_some(cut);
    match rule {
        LoadRule::Fixed(limit) => Levels { unfilled, limit, cut1, cut2: None },
        LoadRule::Least => {
            let (limit, cut2) = least(problem, &mut holdings, unfilled);
            Levels { unfilled, limit, cut1, cut2 }
        }
    }
}

/// The least limit: each cut that a limit breaks names the next limit to try, so no limit is tried in vain.
fn least<C: Cost>(problem: &Problem<C>, holdings: &mut Holdings, unfilled: u128) -> (u64, Option<Cut>) {
    let mut cut = Cut::all(problem);
    let mut limit = limit_for(problem, &cut, unfilled);
    loop {
        let capacities = problem.capacities(limit);
        trim(problem, holdings, &capacities);
        let broken = fill(problem, holdings, &capacities);
        if problem.need() - holdings.filled() <= unfilled {
            return (limit, (limit > 0).then_some(cut));
        }
        limit = limit_for(problem, &broken, unfilled).max(limit + 1);
        cut = broken;
    }
}

/// The least limit under which a cut still allows so few unfilled slots.
fn limit_for<C: Cost>(problem: &Problem<C>, cut: &Cut, unfilled: u128) -> u64 {
    let wanted = cut.demand(problem).saturating_sub(i128::try_from(unfilled).unwrap_or(i128::MAX));
    let suffices = |limit: u64| {
        let capacity = |&officer: &u32| i128::from(problem.officers[officer as usize].under(limit));
        cut.officers.iter().map(capacity).sum::<i128>() >= wanted
    };
    let (mut low, mut high) = (0u64, u64::MAX);
    while low < high {
        let middle = low + (high - low) / 2;
        if suffices(middle) { high = middle } else { low = middle + 1 }
    }
    low
}
