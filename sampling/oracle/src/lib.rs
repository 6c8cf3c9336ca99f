//! A foreign solver for the officers' problem: HiGHS, by branch and bound over the textbook formulation.
//!
//! For tests only. Must never know: how the engine solves, its prices, its cuts. Without the feature `highs` there is
//! nothing in here.

#![cfg(feature = "highs")]

use std::collections::BTreeMap;

use highs::{HighsModelStatus, RowProblem, Sense};
use sampling::officers::Problem;

/// Most slots that can be filled under some capacities.
pub fn most_filled(problem: &Problem<i64>, capacities: &[u64]) -> u64 {
    whole(optimum(problem, capacities, Sense::Maximise, None))
}

/// Least total cost with exactly so many slots filled.
pub fn least_total(problem: &Problem<i64>, capacities: &[u64], filled: u64) -> u64 {
    whole(optimum(problem, capacities, Sense::Minimise, Some(filled)))
}

/// Counts edges, or sums up costs with a fixed number of edges.
fn optimum(problem: &Problem<i64>, capacities: &[u64], sense: Sense, filled: Option<u64>) -> f64 {
    let n_edges = problem.n_edges() as u32;
    if n_edges == 0 {
        return 0.0;
    }
    let mut model = RowProblem::default();
    let weight = |edge| if filled.is_some() { problem.cost_of(edge) as f64 } else { 1.0 };
    let columns: Vec<_> =
        (0..n_edges).map(|edge| model.add_integer_column(weight(edge), 0.0..=1.0)).collect();
    let mut of_slot = BTreeMap::<u32, Vec<_>>::new();
    let mut of_officer = BTreeMap::<u32, Vec<_>>::new();
    let mut of_pair = BTreeMap::<(u32, u32), Vec<_>>::new();
    for (edge, &column) in (0..n_edges).zip(&columns) {
        let (slot, officer) = (problem.slot_of(edge), problem.officer_of(edge));
        let task = problem.slots()[slot as usize].task;
        of_slot.entry(slot).or_default().push((column, 1.0));
        of_officer.entry(officer).or_default().push((column, 1.0));
        of_pair.entry((task, officer)).or_default().push((column, 1.0));
    }
    for (slot, row) in of_slot {
        model.add_row(..=problem.slots()[slot as usize].need as f64, row);
    }
    for (officer, row) in of_officer {
        model.add_row(..=capacities[officer as usize] as f64, row);
    }
    for row in of_pair.into_values() {
        model.add_row(..=1.0, row);
    }
    if let Some(filled) = filled {
        let all: Vec<_> = columns.iter().map(|&column| (column, 1.0)).collect();
        model.add_row(filled as f64..=filled as f64, all);
    }
    let mut model = model.optimise(sense);
    model.make_quiet();
    // Small problems: threads cost more than they give.
    model.set_option("parallel", "off");
    model.set_option("threads", 1);
    let solved = model.solve();
    assert_eq!(solved.status(), HighsModelStatus::Optimal);
    solved.objective_value()
}

/// Numbers here are small enough for HiGHS to be exact; what is not whole is a fault of the formulation.
fn whole(value: f64) -> u64 {
    assert!((value - value.round()).abs() < 1e-6 && value > -0.5, "{value} is not whole");
    value.round() as u64
}
