//! From prices that prove an optimum to the least ones: p, alpha, mu.
//!
//! Prices are not unique. The least ones are, so that one program writes the same evidence every time.

use super::cheapest::Cheapest;
use super::closure::Closure;
use super::problem::{Cost, Holdings, Problem};
use super::rows::enter;

/// Prices of officers, of slots, and of an open slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prices<C> {
    /// `p` of each officer.
    pub officer: Vec<C>,
    /// `alpha` of each slot.
    pub slot: Vec<C>,
    /// `mu`; none iff no slot is open.
    pub open: Option<C>,
}

/// The least prices of a cheapest assignment.
pub(crate) fn least_prices<C: Cost>(problem: &Problem<C>, cheapest: &mut Cheapest<C>) -> Prices<C> {
    let holdings = cheapest.holdings.clone();
    let has_open = (0..problem.slots.len() as u32).any(|slot| holdings.is_open(problem, slot));
    let from_open = has_open.then(|| open_row(problem, &holdings, cheapest.unfilled));
    let labels = labels(problem, cheapest, from_open.as_deref());
    let n = problem.officers.len();
    let officer = cheapest.price.iter().zip(&labels).map(|(&price, &label)| price - label).collect();
    let open = has_open.then(|| match labels.get(n) {
        Some(&label) if label < C::FAR => cheapest.unfilled - label,
        Some(_) | None => C::default(), // Nobody is assigned: nothing bounds it.
    });
    let mut prices = Prices { officer, slot: Vec::new(), open };
    prices.slot = alphas(problem, &holdings, &prices);
    prices
}

/// Taking over a slot that is open: who could, and what it saves.
fn open_row<C: Cost>(problem: &Problem<C>, holdings: &Holdings, unfilled: C) -> Vec<C> {
    let mut cost = vec![C::FAR; problem.officers.len()];
    let mut edge = vec![0; problem.officers.len()];
    let mut closure = Closure::new();
    for slot in (0..problem.slots.len() as u32).filter(|&slot| holdings.is_open(problem, slot)) {
        closure.compute(problem, holdings, slot);
        for other in problem.sisters(slot) {
            let distance = closure.distance(slot, other);
            if distance < C::FAR {
                enter(problem, holdings, other, distance - unfilled, &mut cost, &mut edge);
            }
        }
    }
    cost
}

/// How much each officer's price (and, last, that of an open slot) can fall: a search from all officers at once, each
/// beginning with his price.
fn labels<C: Cost>(problem: &Problem<C>, cheapest: &mut Cheapest<C>, from_open: Option<&[C]>) -> Vec<C> {
    let n = problem.officers.len();
    let price = cheapest.price.clone();
    let mut label: Vec<C> = price.clone();
    label.push(C::FAR);
    let mut is_settled = vec![false; n + 1];
    loop {
        let waiting = (0..=n).filter(|&at| !is_settled[at] && label[at] < C::FAR);
        let Some(at) = waiting.min_by_key(|&at| label[at]) else { return label };
        is_settled[at] = true;
        let here = label[at];
        if at == n {
            let Some(row) = from_open else { continue };
            for other in (0..n).filter(|&other| row[other] < C::FAR) {
                label[other] = label[other].min(here + row[other] + price[other]);
            }
            continue;
        }
        let row = cheapest.rows.row(problem, &cheapest.holdings, cheapest.unfilled, at as u32);
        for other in (0..n).filter(|&other| row.cost[other] < C::FAR) {
            label[other] = label[other].min(here - price[at] + row.cost[other] + price[other]);
        }
        if from_open.is_some() && row.leave.0 < C::FAR {
            label[n] = label[n].min(here - price[at] + row.leave.0);
        }
    }
}

/// The least alphas under given prices of officers.
fn alphas<C: Cost>(problem: &Problem<C>, holdings: &Holdings, prices: &Prices<C>) -> Vec<C> {
    let mut alpha: Vec<Option<C>> = vec![None; problem.slots.len()];
    for slot in 0..problem.slots.len() as u32 {
        let paid = |&edge: &u32| problem.cost_of(edge) + prices.officer[problem.officer_of(edge) as usize];
        let open = prices.open.filter(|_| holdings.is_open(problem, slot));
        alpha[slot as usize] = holdings.by_slot[slot as usize].iter().map(paid).chain(open).max();
    }
    for task in problem.tasks.iter().filter(|task| task.len() > 1) {
        // An officer who changes class raises the alpha of his class; each round settles one more slot at least.
        for _ in 0..task.len() {
            for x in task.clone() {
                for &held in &holdings.by_slot[x as usize] {
                    for y in task.clone().filter(|&y| y != x) {
                        let Some(other) = problem.edge(y, problem.officer_of(held)) else { continue };
                        let there = alpha[y as usize];
                        let raised =
                            there.map(|alpha| alpha + problem.cost_of(held) - problem.cost_of(other));
                        alpha[x as usize] = alpha[x as usize].max(raised);
                    }
                }
            }
        }
    }
    alpha.into_iter().map(Option::unwrap_or_default).collect()
}
