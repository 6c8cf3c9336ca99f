//! Solutions with their certificate, and the check of one, in one pass over the edges and without a solver.

use super::cheapest::cheapest;
use super::fill::Cut;
use super::levels::levels;
use super::prices::{Prices, least_prices};
use super::problem::{Cost, Holdings, Problem};
use super::unique::{Reduced, second_optimum};
use crate::plan::LoadRule;
use crate::{Reason, Refused, Result};

/// An assignment and what proves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Solution<C> {
    /// Edges in use, ascending.
    pub edges: Vec<u32>,
    /// Unfilled slots, Z.
    pub unfilled: u128,
    /// The limit, L.
    pub limit: u64,
    /// Sum of the costs.
    pub total: i128,
    /// Prices.
    pub prices: Prices<C>,
    /// Cut of level 1, iff Z > 0.
    pub cut1: Option<Cut>,
    /// Cut of level 2, iff the least load was sought and is above 0.
    pub cut2: Option<Cut>,
}

/// Solves a problem in all three levels. Refused only if its numbers do not fit `C`.
pub fn solve<C: Cost>(problem: &Problem<C>, rule: LoadRule) -> Result<Solution<C>> {
    let levels = levels(problem, rule);
    let mut cheapest = cheapest(problem, &problem.capacities(levels.limit))?;
    let prices = least_prices(problem, &mut cheapest);
    let edges = cheapest.holdings.edges();
    let total = edges.iter().map(|&edge| problem.cost_of(edge).widen()).sum();
    let solution = Solution {
        edges,
        unfilled: levels.unfilled,
        limit: levels.limit,
        total,
        prices,
        cut1: levels.cut1,
        cut2: levels.cut2,
    };
    // Nothing leaves without proof, whatever the search has done.
    check(problem, rule, &solution)?;
    Ok(solution)
}

impl<C: Cost> Solution<C> {
    /// Another optimum, if there is one.
    pub fn second(&self, problem: &Problem<C>) -> Option<Vec<u32>> {
        second_optimum(problem, &self.edges, &problem.capacities(self.limit), &self.prices)
    }

    /// Slots held by each officer.
    pub fn loads(&self, problem: &Problem<C>) -> Vec<u64> {
        let mut loads = vec![0; problem.officers.len()];
        self.edges.iter().for_each(|&edge| loads[problem.officer_of(edge) as usize] += 1);
        loads
    }

    /// Officers in each slot.
    pub fn filled(&self, problem: &Problem<C>) -> Vec<u64> {
        let mut filled = vec![0; problem.slots.len()];
        self.edges.iter().for_each(|&edge| filled[problem.slot_of(edge) as usize] += 1);
        filled
    }
}

/// Parts of a certificate, as places of refusals name them: the beginnings of its files' names. In `prices` and `slots`
/// the line is that of the officer or slot; in `assign` there is none.
pub(crate) const ASSIGN: &str = "assign";
pub(crate) const PROOF: &str = "proof";
pub(crate) const PRICES: &str = "prices";
pub(crate) const SLOTS: &str = "slots";
pub(crate) const CUTS: &str = "cuts";

/// Checks a certificate: feasible, and optimal in each level. Uniqueness is [`Solution::second`].
///
/// The place of a refusal is a part of the certificate: `assign`, `proof`, `cuts`, `prices` or `slots`.
pub fn check<C: Cost>(problem: &Problem<C>, rule: LoadRule, solution: &Solution<C>) -> Result<()> {
    let same_shape = solution.prices.officer.len() == problem.officers.len()
        && solution.prices.slot.len() == problem.slots.len();
    if !same_shape {
        return Err(Refused::file(PRICES, Reason::CertificateForm));
    }
    let checked = Checked { problem, rule, solution, holdings: holdings(problem, solution)? };
    checked.feasible()?;
    checked.level1()?;
    checked.level2()?;
    checked.level3()
}

/// The edges as holdings; each (task, officer) at most once.
fn holdings<C: Cost>(problem: &Problem<C>, solution: &Solution<C>) -> Result<Holdings> {
    let refuse = |edge: u32| Refused::file(ASSIGN, Reason::CertificateEdge).with(edge);
    let mut holdings = Holdings::empty(problem);
    for &edge in &solution.edges {
        if edge as usize >= problem.n_edges() {
            return Err(refuse(edge));
        }
        if holdings.in_task(problem, problem.slot_of(edge), problem.officer_of(edge)).is_some() {
            return Err(refuse(edge));
        }
        holdings.add(problem, edge);
    }
    Ok(holdings)
}

struct Checked<'a, C> {
    problem: &'a Problem<C>,
    rule: LoadRule,
    solution: &'a Solution<C>,
    holdings: Holdings,
}

impl<C: Cost> Checked<'_, C> {
    fn feasible(&self) -> Result<()> {
        let refuse = |part: &str, line, column, what: &str| {
            Err(Refused::at(part, line, column, Reason::CertificateFeasible).with(what))
        };
        for (slot, held) in self.problem.slots.iter().zip(&self.holdings.by_slot) {
            if held.len() as u64 > slot.need {
                return refuse(ASSIGN, 0, 0, "need");
            }
        }
        if let LoadRule::Fixed(limit) = self.rule
            && limit != self.solution.limit
        {
            return refuse(PROOF, 2, 7, "limit");
        }
        for (officer, held) in self.problem.officers.iter().zip(&self.holdings.by_officer) {
            if held.len() as u64 > officer.under(self.solution.limit) {
                return refuse(ASSIGN, 0, 0, "capacity");
            }
        }
        if self.problem.need() - self.holdings.filled() != self.solution.unfilled {
            return refuse(PROOF, 5, 10, "unfilled");
        }
        let costs = self.solution.edges.iter().map(|&edge| self.problem.cost_of(edge).widen());
        if costs.sum::<i128>() != self.solution.total {
            return refuse(PROOF, 4, 7, "total");
        }
        Ok(())
    }

    /// The cut's lower bound of unfilled slots under some capacities.
    fn bound(&self, cut: &Cut, capacity: impl Fn(u32) -> u64) -> Option<i128> {
        let slots_fit = cut.slots.last().is_none_or(|&slot| (slot as usize) < self.problem.slots.len());
        let officers_fit =
            cut.officers.last().is_none_or(|&officer| (officer as usize) < self.problem.officers.len());
        let is_sorted = |list: &[u32]| list.is_sorted_by(|a, b| a < b);
        if !(slots_fit && officers_fit && is_sorted(&cut.slots) && is_sorted(&cut.officers)) {
            return None;
        }
        let capacity: i128 = cut.officers.iter().map(|&officer| i128::from(capacity(officer))).sum();
        Some(cut.demand(self.problem) - capacity)
    }

    fn level1(&self) -> Result<()> {
        let unfilled = i128::try_from(self.solution.unfilled).unwrap_or(i128::MAX);
        let limit = self.solution.limit;
        let capacity = |officer: u32| {
            let bound = self.problem.officers[officer as usize];
            match self.rule {
                LoadRule::Least => bound.capacity,
                LoadRule::Fixed(_) => bound.under(limit),
            }
        };
        let holds = match &self.solution.cut1 {
            None => unfilled == 0,
            Some(cut) => unfilled > 0 && self.bound(cut, capacity) == Some(unfilled),
        };
        if holds { Ok(()) } else { Err(Refused::at(CUTS, 1, 1, Reason::CertificateCut1)) }
    }

    fn level2(&self) -> Result<()> {
        let is_sought = matches!(self.rule, LoadRule::Least) && self.solution.limit > 0;
        let unfilled = i128::try_from(self.solution.unfilled).unwrap_or(i128::MAX);
        let below = self.solution.limit.saturating_sub(1);
        let capacity = |officer: u32| self.problem.officers[officer as usize].under(below);
        let holds = match &self.solution.cut2 {
            None => !is_sought,
            Some(cut) => is_sought && self.bound(cut, capacity).is_some_and(|bound| bound > unfilled),
        };
        if holds { Ok(()) } else { Err(Refused::at(CUTS, 1, 1, Reason::CertificateCut2)) }
    }

    fn level3(&self) -> Result<()> {
        let refuse =
            |part: &str, at: u32| Err(Refused::at(part, at as usize + 1, 0, Reason::CertificatePrice));
        let prices = &self.solution.prices;
        for (number, (officer, &price)) in self.problem.officers.iter().zip(&prices.officer).enumerate() {
            let number = number as u32;
            let is_full = self.holdings.load(number) == officer.under(self.solution.limit);
            if price < C::default() || (price > C::default() && !is_full) {
                return refuse(PRICES, number);
            }
        }
        if prices.open.is_some() != (self.solution.unfilled > 0) {
            return Err(Refused::at(PROOF, 3, 4, Reason::CertificatePrice));
        }
        for slot in 0..self.problem.slots.len() as u32 {
            if let Some(mu) = prices.open {
                let alpha = prices.slot[slot as usize];
                if alpha > mu || (alpha < mu && self.holdings.is_open(self.problem, slot)) {
                    return refuse(SLOTS, slot);
                }
            }
            if !self.slot_holds(slot) {
                return refuse(SLOTS, slot);
            }
        }
        Ok(())
    }

    /// Conditions (a) and (b) on the edges of a slot.
    fn slot_holds(&self, slot: u32) -> bool {
        let reduced = |edge| Reduced::of(self.problem, &self.solution.prices, edge);
        self.problem.slots[slot as usize].edges.clone().all(|edge| {
            let here = reduced(edge);
            if here.is_positive() {
                // Most edges: nobody is wanted at this price. Only whoever holds this very edge would be wrong.
                return !self.holdings.by_slot[slot as usize].contains(&edge);
            }
            match self.holdings.in_task(self.problem, slot, self.problem.officer_of(edge)) {
                None => !here.is_negative(),
                Some(held) => reduced(held).at_most(here),
            }
        })
    }
}
