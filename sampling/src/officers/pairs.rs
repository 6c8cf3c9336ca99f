//! Officers who are together too often: which edges a round deletes.

use std::collections::{BTreeMap, BTreeSet};

use super::problem::{Cost, Problem};
use super::tasks::Task;
use crate::data::{Officer, Pairs};
use crate::encoding::Code;

/// How many tasks two officers may have together.
#[derive(Clone, Copy, Debug)]
pub struct Together<'a> {
    /// Allowances of pairs.
    pub pairs: &'a Pairs,
    /// Allowance of every other pair; none means no limit.
    pub limit: Option<u64>,
}

impl Together<'_> {
    /// The allowance of two officers; none means no limit.
    pub fn allowance(&self, a: &Code, b: &Code) -> Option<u64> {
        let pair = if a < b { (a.clone(), b.clone()) } else { (b.clone(), a.clone()) };
        self.pairs.get(&pair).copied().or(self.limit)
    }
}

/// The (task, officer) pairs that lose their edges, all taken from the same optimum.
pub(crate) fn deletions<C: Cost>(
    problem: &Problem<C>,
    edges: &[u32],
    tasks: &[Task],
    officers: &[Officer],
    together: Together<'_>,
) -> BTreeSet<(String, Code)> {
    let mut deleted = BTreeSet::new();
    for ((a, b), mut meetings) in meetings(problem, edges) {
        let (Some(first), Some(second)) = (officers.get(a as usize), officers.get(b as usize)) else {
            continue;
        };
        let Some(allowance) = together.allowance(&first.code, &second.code) else { continue };
        let keep = usize::try_from(allowance).unwrap_or(usize::MAX);
        if meetings.len() <= keep {
            continue;
        }
        let name = |meeting: &Meeting<C>| tasks.get(meeting.task as usize).map(|task| task.name.as_str());
        meetings.sort_by(|x, y| (x.costs.0 + x.costs.1, name(x)).cmp(&(y.costs.0 + y.costs.1, name(y))));
        for meeting in &meetings[keep..] {
            // Officers are numbered in the order of their codes, so of equal costs the second's is the dearer.
            let dearer = if meeting.costs.0 > meeting.costs.1 { first } else { second };
            deleted.extend(name(meeting).map(|task| (task.to_owned(), dearer.code.clone())));
        }
    }
    deleted
}

/// A task that two officers have together, with their costs there.
struct Meeting<C> {
    task: u32,
    costs: (C, C),
}

fn meetings<C: Cost>(problem: &Problem<C>, edges: &[u32]) -> BTreeMap<(u32, u32), Vec<Meeting<C>>> {
    let mut by_task: BTreeMap<u32, Vec<(u32, C)>> = BTreeMap::new();
    for &edge in edges {
        let task = problem.slots()[problem.slot_of(edge) as usize].task;
        by_task.entry(task).or_default().push((problem.officer_of(edge), problem.cost_of(edge)));
    }
    let mut meetings: BTreeMap<(u32, u32), Vec<Meeting<C>>> = BTreeMap::new();
    for (task, mut held) in by_task {
        held.sort_unstable();
        for (place, &(a, first)) in held.iter().enumerate() {
            for &(b, second) in held.iter().skip(place + 1) {
                meetings.entry((a, b)).or_default().push(Meeting { task, costs: (first, second) });
            }
        }
    }
    meetings
}
