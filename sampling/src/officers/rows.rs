//! Cheapest way for each officer to hand over one of his slots to each other officer, or to nobody.
//!
//! Must never know: prices. Rows are kept until one of the officer's tasks changes.

use super::closure::Closure;
use super::problem::{Cost, Holdings, Problem};

/// Above so many officers rows are not kept: the square would not fit memory.
const KEPT: usize = 2048;

/// Rows of the graph whose nodes are officers. Where nothing is kept, one row is made anew each time.
pub(crate) struct Rows<C> {
    n_officers: usize,
    is_kept: bool,
    is_clean: Vec<bool>,
    cost: Vec<C>,
    edge: Vec<u32>,
    leave: Vec<(C, u32)>,
    closure: Closure<C>,
}

/// One row: costs by officer taking over, the edge he takes, and what it costs to leave a slot open, and which.
pub(crate) struct Row<'a, C> {
    pub(crate) cost: &'a [C],
    pub(crate) edge: &'a [u32],
    pub(crate) leave: (C, u32),
}

impl<C: Cost> Rows<C> {
    pub(crate) fn new(n_officers: usize) -> Rows<C> {
        let is_kept = n_officers <= KEPT;
        let n_rows = if is_kept { n_officers } else { 1 };
        Rows {
            n_officers,
            is_kept,
            is_clean: vec![false; n_officers],
            cost: vec![C::FAR; n_rows * n_officers],
            edge: vec![u32::MAX; n_rows * n_officers],
            leave: vec![(C::FAR, u32::MAX); n_officers],
            closure: Closure::new(),
        }
    }

    /// A task of this officer has changed.
    pub(crate) fn spoil(&mut self, officer: u32) {
        self.is_clean[officer as usize] = false;
    }

    /// The row of an officer. `unfilled` is the cost of an open slot.
    pub(crate) fn row(
        &mut self,
        problem: &Problem<C>,
        holdings: &Holdings,
        unfilled: C,
        officer: u32,
    ) -> Row<'_, C> {
        let begin = if self.is_kept { officer as usize * self.n_officers } else { 0 };
        if !(self.is_kept && self.is_clean[officer as usize]) {
            self.make(problem, holdings, unfilled, officer, begin);
            self.is_clean[officer as usize] = true;
        }
        Row {
            cost: &self.cost[begin..begin + self.n_officers],
            edge: &self.edge[begin..begin + self.n_officers],
            leave: self.leave[officer as usize],
        }
    }

    fn make(&mut self, problem: &Problem<C>, holdings: &Holdings, unfilled: C, officer: u32, begin: usize) {
        let cost = &mut self.cost[begin..begin + self.n_officers];
        let edge = &mut self.edge[begin..begin + self.n_officers];
        cost.fill(C::FAR);
        let mut leave = (C::FAR, u32::MAX);
        for &held in &holdings.by_officer[officer as usize] {
            let slot = problem.slot_of(held);
            let sisters = problem.sisters(slot);
            let base = -problem.cost_of(held);
            if sisters.len() == 1 {
                leave = leave.min((base + unfilled, slot));
                enter(problem, holdings, slot, base, cost, edge);
                continue;
            }
            self.closure.compute(problem, holdings, slot);
            for other in sisters {
                let distance = self.closure.distance(slot, other);
                if distance < C::FAR {
                    leave = leave.min((base + distance + unfilled, other));
                    enter(problem, holdings, other, base + distance, cost, edge);
                }
            }
        }
        self.leave[officer as usize] = leave;
    }
}

/// Everybody outside the task who could fill the opening of a slot.
pub(crate) fn enter<C: Cost>(
    problem: &Problem<C>,
    holdings: &Holdings,
    slot: u32,
    base: C,
    cost: &mut [C],
    edge: &mut [u32],
) {
    let edges = problem.slots[slot as usize].edges.clone();
    let range = edges.start as usize..edges.end as usize;
    for ((number, &officer), &edge_cost) in
        edges.zip(&problem.edge_officer[range.clone()]).zip(&problem.cost[range])
    {
        let officer = officer as usize;
        if base + edge_cost < cost[officer] && holdings.in_task(problem, slot, officer as u32).is_none() {
            cost[officer] = base + edge_cost;
            edge[officer] = number;
        }
    }
}
