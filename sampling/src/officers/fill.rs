//! Filling as many slots as capacities allow, whatever it costs, and the cut that proves that no more can be filled.
//!
//! Must never know: costs. So the number of empty slots and the least load depend on eligibility alone.

use super::problem::{Cost, Holdings, Problem};

/// Slots and officers of a cut.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cut {
    /// Slots, ascending.
    pub slots: Vec<u32>,
    /// Officers, ascending.
    pub officers: Vec<u32>,
}

impl Cut {
    /// The cut of everything: needs against capacities.
    pub(crate) fn all<C: Cost>(problem: &Problem<C>) -> Cut {
        Cut {
            slots: (0..problem.slots.len() as u32).collect(),
            officers: (0..problem.officers.len() as u32).collect(),
        }
    }

    /// `Σ_A need − |pairs outside B|`: with `Σ_B c_o` subtracted, a lower bound of unfilled slots.
    pub(crate) fn demand<C: Cost>(&self, problem: &Problem<C>) -> i128 {
        let mut in_cut = vec![false; problem.officers.len()];
        self.officers.iter().for_each(|&officer| in_cut[officer as usize] = true);
        let (mut need, mut pairs) = (0i128, 0i128);
        let mut last_task = vec![u32::MAX; problem.officers.len()];
        for &slot in &self.slots {
            let slot = &problem.slots[slot as usize];
            need += i128::from(slot.need);
            for edge in slot.edges.clone() {
                let officer = problem.officer_of(edge) as usize;
                if !in_cut[officer] && last_task[officer] != slot.task {
                    last_task[officer] = slot.task;
                    pairs += 1;
                }
            }
        }
        need - pairs
    }
}

/// Fills open slots until no path leads from one of them to a spare officer; then what those paths reach is the cut.
pub(crate) fn fill<C: Cost>(problem: &Problem<C>, holdings: &mut Holdings, capacities: &[u64]) -> Cut {
    greedy(problem, holdings, capacities);
    let mut paths = Paths::new(problem);
    for slot in 0..problem.slots.len() as u32 {
        while holdings.is_open(problem, slot) && !paths.is_dead_slot(slot) {
            match paths.search(holdings, capacities, slot) {
                Some(end) => paths.apply(holdings, end),
                None => paths.bury(),
            }
        }
    }
    paths.dead()
}

/// Takes officers off until nobody is above the capacities.
pub(crate) fn trim<C: Cost>(problem: &Problem<C>, holdings: &mut Holdings, capacities: &[u64]) {
    for officer in 0..problem.officers.len() as u32 {
        while holdings.load(officer) > capacities[officer as usize] {
            let Some(&edge) = holdings.by_officer[officer as usize].last() else { break };
            holdings.remove(problem, edge);
        }
    }
}

/// A good beginning: each slot takes the least loaded officers that are free.
fn greedy<C: Cost>(problem: &Problem<C>, holdings: &mut Holdings, capacities: &[u64]) {
    for (number, slot) in problem.slots.iter().enumerate() {
        let number = number as u32;
        while holdings.is_open(problem, number) {
            let is_free = |&edge: &u32| {
                let officer = problem.officer_of(edge);
                holdings.load(officer) < capacities[officer as usize]
                    && holdings.in_task(problem, number, officer).is_none()
            };
            let load = |&edge: &u32| {
                let officer = problem.officer_of(edge);
                problem.officers[officer as usize].load.saturating_add(holdings.load(officer))
            };
            match slot.edges.clone().filter(is_free).min_by_key(load) {
                Some(edge) => holdings.add(problem, edge),
                None => break,
            }
        }
    }
}

/// How a slot was reached: somebody leaves it by dropping one edge and taking another.
#[derive(Clone, Copy)]
struct Step {
    dropped: u32,
    taken: u32,
}

/// Breadth-first search in the residual graph. What a failed search has reached stays closed for ever, because no path
/// leads out of it: it is never entered again.
struct Paths<'p, C> {
    problem: &'p Problem<C>,
    slot_seen: Vec<bool>,
    officer_seen: Vec<bool>,
    slot_step: Vec<Option<Step>>,
    reached_slots: Vec<u32>,
    reached_officers: Vec<u32>,
}

impl<'p, C: Cost> Paths<'p, C> {
    fn new(problem: &'p Problem<C>) -> Paths<'p, C> {
        Paths {
            problem,
            slot_seen: vec![false; problem.slots.len()],
            officer_seen: vec![false; problem.officers.len()],
            slot_step: vec![None; problem.slots.len()],
            reached_slots: Vec::new(),
            reached_officers: Vec::new(),
        }
    }

    fn is_dead_slot(&self, slot: u32) -> bool {
        self.slot_seen[slot as usize]
    }

    fn bury(&mut self) {
        self.reached_slots.clear();
        self.reached_officers.clear();
    }

    fn dead(&self) -> Cut {
        let places = |seen: &[bool]| (0..seen.len() as u32).filter(|&place| seen[place as usize]).collect();
        Cut { slots: places(&self.slot_seen), officers: places(&self.officer_seen) }
    }

    fn reach(&mut self, slot: u32, step: Option<Step>) {
        if !self.slot_seen[slot as usize] {
            self.slot_seen[slot as usize] = true;
            self.slot_step[slot as usize] = step;
            self.reached_slots.push(slot);
        }
    }

    /// The edge to a spare officer at the end of a path from an open slot.
    fn search(&mut self, holdings: &Holdings, capacities: &[u64], start: u32) -> Option<u32> {
        self.reach(start, None);
        let mut next = 0;
        while let Some(&slot) = self.reached_slots.get(next) {
            next += 1;
            for edge in self.problem.slots[slot as usize].edges.clone() {
                let officer = self.problem.officer_of(edge);
                if self.officer_seen[officer as usize] {
                    continue;
                }
                if let Some(held) = holdings.in_task(self.problem, slot, officer) {
                    // The officer is in this task already: only a change of class is possible.
                    self.reach(self.problem.slot_of(held), Some(Step { dropped: held, taken: edge }));
                    continue;
                }
                if holdings.load(officer) < capacities[officer as usize] {
                    return Some(edge);
                }
                self.officer_seen[officer as usize] = true;
                self.reached_officers.push(officer);
                for &held in &holdings.by_officer[officer as usize] {
                    self.reach(self.problem.slot_of(held), Some(Step { dropped: held, taken: edge }));
                }
            }
        }
        None
    }

    fn apply(&mut self, holdings: &mut Holdings, end: u32) {
        let (mut dropped, mut taken) = (Vec::new(), vec![end]);
        let mut slot = self.problem.slot_of(end);
        while let Some(step) = self.slot_step[slot as usize] {
            dropped.push(step.dropped);
            taken.push(step.taken);
            slot = self.problem.slot_of(step.taken);
        }
        dropped.into_iter().for_each(|edge| holdings.remove(self.problem, edge));
        taken.into_iter().for_each(|edge| holdings.add(self.problem, edge));
        for slot in self.reached_slots.drain(..) {
            self.slot_seen[slot as usize] = false;
        }
        for officer in self.reached_officers.drain(..) {
            self.officer_seen[officer as usize] = false;
        }
    }
}
