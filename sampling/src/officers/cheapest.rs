//! The third level: the cheapest assignment under given capacities, by successive shortest paths between officers.
//!
//! Every task first takes whom it likes best. Then, one by one, each slot that somebody has too many is handed along
//! the cheapest chain of officers to one who has room; prices of officers on the way rise so that no chain is ever
//! cheaper than nothing. An open slot is held by nobody at a cost above any chain, so it is the last resort.
//!
//! Must never know: how many slots must stay open. It finds that out, and the caller compares.

use super::closure::Closure;
use super::problem::{Cost, Holdings, Problem};
use super::rows::Rows;
use crate::{Reason, Refused, Result};

/// A cheapest assignment with prices that prove it, not yet the least ones.
pub(crate) struct Cheapest<C> {
    pub(crate) holdings: Holdings,
    pub(crate) price: Vec<C>,
    pub(crate) unfilled: C,
    pub(crate) rows: Rows<C>,
}

/// Finds it. Refused if the numbers do not fit `C`.
pub(crate) fn cheapest<C: Cost>(problem: &Problem<C>, capacities: &[u64]) -> Result<Cheapest<C>> {
    let unfilled = above_any_chain(problem).ok_or_else(|| Refused::file("", Reason::SolveLimit))?;
    let n_officers = problem.officers.len();
    let mut search = Search {
        problem,
        capacities,
        unfilled,
        holdings: Holdings::empty(problem),
        price: vec![C::default(); n_officers],
        rows: Rows::new(n_officers),
        closure: Closure::new(),
        paths: Paths::new(n_officers),
    };
    for task in &problem.tasks {
        for slot in task.clone() {
            if task.len() == 1 { search.take_cheapest(slot) } else { search.take_each(slot) }
        }
    }
    search.relieve();
    Ok(Cheapest { holdings: search.holdings, price: search.price, unfilled, rows: search.rows })
}

/// A cost that no chain of hand-overs reaches: each officer stands in a chain once, and a hand-over changes at most all
/// classes of a task.
fn above_any_chain<C: Cost>(problem: &Problem<C>) -> Option<C> {
    let dearest = problem.cost.iter().map(|cost| cost.widen().abs()).max().unwrap_or(0);
    let classes = problem.tasks.iter().map(ExactSizeIterator::len).max().unwrap_or(1);
    let hand_overs = (problem.officers.len() as i128 + 2) * (classes as i128 + 1);
    let unfilled = (dearest + 1).checked_mul(hand_overs)?;
    let fits = unfilled.checked_mul(4)? < C::FAR.widen();
    C::narrow(unfilled).filter(|_| fits)
}

struct Search<'p, C> {
    problem: &'p Problem<C>,
    capacities: &'p [u64],
    unfilled: C,
    holdings: Holdings,
    price: Vec<C>,
    rows: Rows<C>,
    closure: Closure<C>,
    paths: Paths<C>,
}

/// Labels of a search for the cheapest chain.
struct Paths<C> {
    label: Vec<C>,
    /// The label while the officer waits, `FAR` once it is settled.
    waiting: Vec<C>,
    hops: Vec<u32>,
    from: Vec<(u32, u32)>,
}

impl<C: Cost> Paths<C> {
    fn new(n: usize) -> Paths<C> {
        let far = vec![C::FAR; n];
        Paths { label: far.clone(), waiting: far, hops: vec![0; n], from: vec![(u32::MAX, 0); n] }
    }
}

/// Where a chain ends: at an officer with room, or with a slot left open by an officer.
enum End {
    Officer(u32),
    Open { officer: u32, slot: u32 },
}

/// Whether ties are broken by the number of hops; then a shortest chain meets no slot twice.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ties {
    Free,
    FewestHops,
}

impl<C: Cost> Search<'_, C> {
    /// The only slot of a task takes its cheapest edges.
    fn take_cheapest(&mut self, slot: u32) {
        let mut edges: Vec<u32> = self.problem.slots[slot as usize].edges.clone().collect();
        let need = usize::try_from(self.problem.slots[slot as usize].need).unwrap_or(usize::MAX);
        if need < edges.len() {
            edges.select_nth_unstable_by_key(need, |&edge| self.problem.cost_of(edge));
            edges.truncate(need);
        }
        for edge in edges {
            self.holdings.add(self.problem, edge);
        }
    }

    /// One of several slots of a task takes officers one by one, the others changing class where that is cheaper.
    fn take_each(&mut self, slot: u32) {
        for _ in 0..self.problem.slots[slot as usize].need {
            self.closure.compute(self.problem, &self.holdings, slot);
            let mut best: Option<(C, u32, Option<u32>)> = None;
            for other in self.problem.sisters(slot) {
                let base = self.closure.distance(slot, other);
                if base == C::FAR {
                    continue;
                }
                let is_free = |&edge: &u32| {
                    self.holdings.in_task(self.problem, other, self.problem.officer_of(edge)).is_none()
                };
                let edges = self.problem.slots[other as usize].edges.clone().filter(is_free);
                let cheapest = edges.min_by_key(|&edge| self.problem.cost_of(edge));
                let cost = base + cheapest.map_or(self.unfilled, |edge| self.problem.cost_of(edge));
                if best.is_none_or(|(least, _, _)| cost < least) {
                    best = Some((cost, other, cheapest));
                }
            }
            let Some((_, other, edge)) = best else { return };
            if edge.is_none() && other == slot {
                return; // Nobody is left, and nobody should change.
            }
            self.closure.apply(self.problem, &mut self.holdings, slot, other);
            edge.into_iter().for_each(|edge| self.holdings.add(self.problem, edge));
        }
    }

    fn excess(&self, officer: u32) -> bool {
        self.holdings.load(officer) > self.capacities[officer as usize]
    }

    /// One officer after the other, one slot after the other. Any order gives the same prices in the end; beginning
    /// from one officer alone, a search ends near him.
    fn relieve(&mut self) {
        for officer in 0..self.problem.officers.len() as u32 {
            while self.excess(officer) {
                if self.relieve_once(officer).is_none() {
                    return;
                }
            }
        }
    }

    fn relieve_once(&mut self, source: u32) -> Option<()> {
        let (mut reach, mut end) = self.search(source, Ties::Free)?;
        let mut chain = self.chain(&end);
        if self.meets_a_task_twice(&chain, &end) {
            (reach, end) = self.search(source, Ties::FewestHops)?;
            chain = self.chain(&end);
        }
        for (price, &label) in self.price.iter_mut().zip(&self.paths.label) {
            if label < reach {
                *price = *price + reach - label;
            }
        }
        self.hand_over(&chain, &end);
        Some(())
    }

    /// Labels officers in order of their distance from a source until one has room; the distance and the end.
    fn search(&mut self, source: u32, ties: Ties) -> Option<(C, End)> {
        self.paths.label.fill(C::FAR);
        self.paths.waiting.fill(C::FAR);
        self.paths.hops.fill(0);
        self.paths.label[source as usize] = C::default();
        self.paths.waiting[source as usize] = C::default();
        self.paths.from[source as usize] = (u32::MAX, 0);
        let mut open: Option<(C, u32, End)> = None;
        loop {
            let next = self.next_waiting(ties);
            let limit = open.as_ref().map_or(C::FAR, |&(cost, _, _)| cost);
            let Some((officer, label)) = next.filter(|&(_, label)| label < limit) else {
                return open.map(|(cost, _, end)| (cost, end));
            };
            if self.holdings.load(officer) < self.capacities[officer as usize] {
                return Some((label, End::Officer(officer)));
            }
            self.paths.waiting[officer as usize] = C::FAR;
            let (cost, hops, slot) = self.relax(officer, label, ties);
            let is_better = open.as_ref().is_none_or(|&(best, best_hops, _)| {
                cost < best || (ties == Ties::FewestHops && cost == best && hops < best_hops)
            });
            if cost < C::FAR && is_better {
                open = Some((cost, hops, End::Open { officer, slot }));
            }
        }
    }

    fn next_waiting(&self, ties: Ties) -> Option<(u32, C)> {
        let mut best = C::FAR;
        let mut place = None;
        for (officer, &label) in self.paths.waiting.iter().enumerate() {
            let is_tie = ties == Ties::FewestHops
                && label == best
                && place.is_some_and(|place: usize| self.paths.hops[officer] < self.paths.hops[place]);
            if label < best || is_tie {
                best = label;
                place = Some(officer);
            }
        }
        place.map(|officer| (officer as u32, best))
    }

    /// Labels whoever can take over from an officer; distance, hops and slot of leaving one open.
    fn relax(&mut self, officer: u32, label: C, ties: Ties) -> (C, u32, u32) {
        let row = self.rows.row(self.problem, &self.holdings, self.unfilled, officer);
        let base = label - self.price[officer as usize];
        let hops = self.paths.hops[officer as usize] + 1;
        for (other, (&cost, &price)) in row.cost.iter().zip(&self.price).enumerate() {
            if cost == C::FAR {
                continue;
            }
            let reached = base + cost + price;
            let known = self.paths.label[other];
            let is_tie = ties == Ties::FewestHops
                && reached == known
                && self.paths.waiting[other] < C::FAR
                && hops < self.paths.hops[other];
            if reached < known || is_tie {
                self.paths.label[other] = reached;
                self.paths.waiting[other] = reached;
                self.paths.hops[other] = hops;
                self.paths.from[other] = (officer, row.edge[other]);
            }
        }
        if row.leave.0 == C::FAR { (C::FAR, hops, 0) } else { (base + row.leave.0, hops, row.leave.1) }
    }

    /// Hand-overs from the end back to the source: who hands over, and the edge taken (none for the slot left open).
    fn chain(&self, end: &End) -> Vec<(u32, Option<u32>)> {
        let mut chain = Vec::new();
        let mut at = match *end {
            End::Officer(officer) => officer,
            End::Open { officer, .. } => {
                chain.push((officer, None));
                officer
            }
        };
        while let (from, edge) = self.paths.from[at as usize]
            && from != u32::MAX
        {
            chain.push((from, Some(edge)));
            at = from;
        }
        chain
    }

    fn meets_a_task_twice(&self, chain: &[(u32, Option<u32>)], end: &End) -> bool {
        let task = |slot: u32| self.problem.slots[slot as usize].task;
        let open = match *end {
            End::Open { slot, .. } => Some(task(slot)),
            End::Officer(_) => None,
        };
        let entered = chain.iter().filter_map(|&(_, edge)| edge.map(|edge| task(self.problem.slot_of(edge))));
        let mut tasks: Vec<u32> = entered.chain(open).collect();
        tasks.sort_unstable();
        tasks.windows(2).any(|pair| pair[0] == pair[1])
    }

    fn hand_over(&mut self, chain: &[(u32, Option<u32>)], end: &End) {
        for &(officer, edge) in chain {
            let open = match *end {
                End::Open { slot, .. } => slot,
                End::Officer(_) => 0,
            };
            let to = edge.map_or(open, |edge| self.problem.slot_of(edge));
            let Some(held) = self.holdings.in_task(self.problem, to, officer) else { continue };
            let from = self.problem.slot_of(held);
            self.spoil(to);
            if from != to {
                self.closure.compute(self.problem, &self.holdings, from);
            }
            self.holdings.remove(self.problem, held);
            if from != to {
                self.closure.apply(self.problem, &mut self.holdings, from, to);
            }
            edge.into_iter().for_each(|edge| self.holdings.add(self.problem, edge));
            self.spoil(to);
        }
    }

    /// Rows of everybody in a task are no longer what they were.
    fn spoil(&mut self, slot: u32) {
        for sister in self.problem.sisters(slot) {
            for &edge in &self.holdings.by_slot[sister as usize] {
                self.rows.spoil(self.problem.officer_of(edge));
            }
        }
    }
}
