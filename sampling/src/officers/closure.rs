//! Inside one task: what it costs to open another slot instead, by officers changing their class.
//!
//! Must never know: other tasks.

use super::problem::{Cost, Holdings, Problem};

/// Cheapest ways to move an opening from slot to slot of one task.
pub(crate) struct Closure<C> {
    first_slot: u32,
    n_slots: usize,
    distance: Vec<C>,
    /// The officer that moves into the first slot and opens the next on the way: edge dropped, edge taken, next slot.
    step: Vec<(u32, u32, usize)>,
}

impl<C: Cost> Closure<C> {
    pub(crate) fn new() -> Closure<C> {
        Closure { first_slot: 0, n_slots: 0, distance: Vec::new(), step: Vec::new() }
    }

    /// Fills in the task of a slot.
    pub(crate) fn compute(&mut self, problem: &Problem<C>, holdings: &Holdings, slot: u32) {
        let sisters = problem.sisters(slot);
        self.first_slot = sisters.start;
        self.n_slots = sisters.len();
        let n = self.n_slots;
        self.distance.clear();
        self.distance.resize(n * n, C::FAR);
        self.step.clear();
        self.step.resize(n * n, (0, 0, 0));
        for y in sisters.clone() {
            for &held in &holdings.by_slot[y as usize] {
                let officer = problem.officer_of(held);
                for x in sisters.clone().filter(|&x| x != y) {
                    let Some(taken) = problem.edge(x, officer) else { continue };
                    let cost = problem.cost_of(taken) - problem.cost_of(held);
                    let at = self.at(x, y);
                    if cost < self.distance[at] {
                        self.distance[at] = cost;
                        self.step[at] = (held, taken, (y - self.first_slot) as usize);
                    }
                }
            }
        }
        for x in 0..n {
            self.distance[x * n + x] = C::default();
        }
        self.close();
    }

    fn close(&mut self) {
        let n = self.n_slots;
        for middle in 0..n {
            for x in 0..n {
                for y in 0..n {
                    let (first, second) = (self.distance[x * n + middle], self.distance[middle * n + y]);
                    if first < C::FAR && second < C::FAR && first + second < self.distance[x * n + y] {
                        self.distance[x * n + y] = first + second;
                        self.step[x * n + y] = self.step[x * n + middle];
                    }
                }
            }
        }
    }

    fn at(&self, x: u32, y: u32) -> usize {
        (x - self.first_slot) as usize * self.n_slots + (y - self.first_slot) as usize
    }

    /// Cost of having `y` open instead of `x`; `FAR` if it is impossible.
    pub(crate) fn distance(&self, x: u32, y: u32) -> C {
        self.distance[self.at(x, y)]
    }

    /// Makes `y` open instead of `x`.
    pub(crate) fn apply(&self, problem: &Problem<C>, holdings: &mut Holdings, x: u32, y: u32) {
        let mut at = x;
        while at != y {
            let (dropped, taken, next) = self.step[self.at(at, y)];
            holdings.remove(problem, dropped);
            holdings.add(problem, taken);
            at = self.first_slot + next as u32;
        }
    }
}
