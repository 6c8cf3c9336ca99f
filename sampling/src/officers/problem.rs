//! The assignment problem as numbers: slots of tasks, officers, edges with costs.
//!
//! Must never know: names, dates, seeds. Whoever builds a problem keeps the tables of names.

use std::fmt;
use std::ops::{Add, Neg, Range, Sub};

use crate::{Reason, Refused, Result};

/// Whole numbers wide enough for sums of costs. `i64` serves short costs and few officers, `i128` everything.
pub trait Cost:
    Copy
    + Ord
    + Default
    + fmt::Debug
    + fmt::Display
    + Add<Output = Self>
    + Sub<Output = Self>
    + Neg<Output = Self>
{
    /// Beyond every sum; the sum of four of them still fits.
    const FAR: Self;
    /// From a cost, if it fits.
    fn narrow(value: i128) -> Option<Self>;
    /// For certificates and files.
    fn widen(self) -> i128;
}

impl Cost for i64 {
    const FAR: i64 = 1 << 61;

    fn narrow(value: i128) -> Option<i64> {
        i64::try_from(value).ok()
    }

    fn widen(self) -> i128 {
        i128::from(self)
    }
}

impl Cost for i128 {
    const FAR: i128 = 1 << 125;

    fn narrow(value: i128) -> Option<i128> {
        Some(value)
    }

    fn widen(self) -> i128 {
        self
    }
}

/// What an officer can take and has taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
    /// Slots of this draw at most.
    pub capacity: u64,
    /// Load of the year to date.
    pub load: u64,
}

impl Bound {
    /// `c_o(L)`.
    pub fn under(self, limit: u64) -> u64 {
        self.capacity.min(limit.saturating_sub(self.load))
    }
}

/// A slot: a class of a task, with its need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Task it belongs to.
    pub task: u32,
    /// Officers wanted.
    pub need: u64,
    /// Its edges.
    pub edges: Range<u32>,
}

/// An assignment problem. Edges of a slot ascend by officer; slots of a task stand together.
#[derive(Clone, Debug)]
pub struct Problem<C> {
    pub(crate) officers: Vec<Bound>,
    pub(crate) tasks: Vec<Range<u32>>,
    pub(crate) slots: Vec<Slot>,
    pub(crate) edge_officer: Vec<u32>,
    pub(crate) edge_slot: Vec<u32>,
    pub(crate) cost: Vec<C>,
}

impl<C: Cost> Problem<C> {
    /// A problem without tasks.
    pub fn new(officers: Vec<Bound>) -> Problem<C> {
        Problem {
            officers,
            tasks: Vec::new(),
            slots: Vec::new(),
            edge_officer: Vec::new(),
            edge_slot: Vec::new(),
            cost: Vec::new(),
        }
    }

    /// Begins a task.
    pub fn task(&mut self) {
        let at = self.slots.len() as u32;
        self.tasks.push(at..at);
    }

    /// Adds a slot to the last task; its edges are officers, ascending, with their costs.
    pub fn slot(&mut self, need: u64, edges: impl IntoIterator<Item = (u32, C)>) -> Result<()> {
        let refuse = || Refused::file("", Reason::SolveLimit);
        let number = u32::try_from(self.slots.len()).map_err(|_| refuse())?;
        let task = (self.tasks.len() as u32).checked_sub(1).ok_or_else(refuse)?;
        let begin = self.cost.len() as u32;
        for (officer, cost) in edges {
            if officer as usize >= self.officers.len() {
                return Err(refuse());
            }
            self.edge_officer.push(officer);
            self.edge_slot.push(number);
            self.cost.push(cost);
        }
        let end = u32::try_from(self.cost.len()).map_err(|_| refuse())?;
        self.slots.push(Slot { task, need, edges: begin..end });
        if let Some(range) = self.tasks.last_mut() {
            range.end = number + 1;
        }
        Ok(())
    }

    /// The officers.
    pub fn officers(&self) -> &[Bound] {
        &self.officers
    }

    /// The slots.
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// Number of edges.
    pub fn n_edges(&self) -> usize {
        self.cost.len()
    }

    /// Officers wanted in all.
    pub fn need(&self) -> u128 {
        self.slots.iter().map(|slot| u128::from(slot.need)).sum()
    }

    /// Officer of an edge.
    pub fn officer_of(&self, edge: u32) -> u32 {
        self.edge_officer[edge as usize]
    }

    /// Slot of an edge.
    pub fn slot_of(&self, edge: u32) -> u32 {
        self.edge_slot[edge as usize]
    }

    /// Cost of an edge.
    pub fn cost_of(&self, edge: u32) -> C {
        self.cost[edge as usize]
    }

    /// The edge of a slot to an officer.
    pub fn edge(&self, slot: u32, officer: u32) -> Option<u32> {
        let Range { start, end } = self.slots.get(slot as usize)?.edges;
        let officers = self.edge_officer.get(start as usize..end as usize)?;
        officers.binary_search(&officer).ok().map(|place| start + place as u32)
    }

    /// Slots of the task of a slot.
    pub(crate) fn sisters(&self, slot: u32) -> Range<u32> {
        self.tasks[self.slots[slot as usize].task as usize].clone()
    }

    /// Capacities under a limit.
    pub fn capacities(&self, limit: u64) -> Vec<u64> {
        self.officers.iter().map(|officer| officer.under(limit)).collect()
    }

    /// The same problem with other numbers, if they all fit.
    pub fn map<D: Cost>(&self) -> Option<Problem<D>> {
        let cost = self.cost.iter().map(|cost| D::narrow(cost.widen())).collect::<Option<_>>()?;
        Some(Problem {
            officers: self.officers.clone(),
            tasks: self.tasks.clone(),
            slots: self.slots.clone(),
            edge_officer: self.edge_officer.clone(),
            edge_slot: self.edge_slot.clone(),
            cost,
        })
    }
}

/// Who holds what: edges in use, by slot and by officer.
#[derive(Clone, Debug)]
pub(crate) struct Holdings {
    pub(crate) by_slot: Vec<Vec<u32>>,
    pub(crate) by_officer: Vec<Vec<u32>>,
}

impl Holdings {
    pub(crate) fn empty<C: Cost>(problem: &Problem<C>) -> Holdings {
        Holdings {
            by_slot: vec![Vec::new(); problem.slots.len()],
            by_officer: vec![Vec::new(); problem.officers.len()],
        }
    }

    pub(crate) fn of<C: Cost>(problem: &Problem<C>, edges: &[u32]) -> Holdings {
        let mut holdings = Holdings::empty(problem);
        edges.iter().for_each(|&edge| holdings.add(problem, edge));
        holdings
    }

    pub(crate) fn add<C: Cost>(&mut self, problem: &Problem<C>, edge: u32) {
        self.by_slot[problem.slot_of(edge) as usize].push(edge);
        self.by_officer[problem.officer_of(edge) as usize].push(edge);
    }

    pub(crate) fn remove<C: Cost>(&mut self, problem: &Problem<C>, edge: u32) {
        let drop = |list: &mut Vec<u32>| {
            if let Some(place) = list.iter().position(|&held| held == edge) {
                list.swap_remove(place);
            }
        };
        drop(&mut self.by_slot[problem.slot_of(edge) as usize]);
        drop(&mut self.by_officer[problem.officer_of(edge) as usize]);
    }

    /// The edge that an officer uses in the task of a slot.
    pub(crate) fn in_task<C: Cost>(&self, problem: &Problem<C>, slot: u32, officer: u32) -> Option<u32> {
        let mut held = problem.sisters(slot).flat_map(|sister| self.by_slot[sister as usize].iter().copied());
        held.find(|&edge| problem.officer_of(edge) == officer)
    }

    pub(crate) fn is_open<C: Cost>(&self, problem: &Problem<C>, slot: u32) -> bool {
        (self.by_slot[slot as usize].len() as u64) < problem.slots[slot as usize].need
    }

    pub(crate) fn load(&self, officer: u32) -> u64 {
        self.by_officer[officer as usize].len() as u64
    }

    pub(crate) fn filled(&self) -> u128 {
        self.by_slot.iter().map(|held| held.len() as u128).sum()
    }

    /// All edges in use, ascending.
    pub(crate) fn edges(&self) -> Vec<u32> {
        let mut edges: Vec<u32> = self.by_slot.iter().flatten().copied().collect();
        edges.sort_unstable();
        edges
    }
}
