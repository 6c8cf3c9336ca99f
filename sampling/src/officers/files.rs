//! The bytes of a department's files.

use std::fmt::Write;

use super::build::CostBytes;
use super::certificate::Solution;
use super::fill::Cut;
use super::problem::{Cost, Problem};
use super::tasks::Task;
use crate::data::Officer;
use crate::encoding::Code;

/// A line of `assign-<D>.tsv`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Assigned {
    /// Task.
    pub task: String,
    /// Class.
    pub class: Code,
    /// Officer.
    pub officer: Code,
    /// Cost of the edge.
    pub cost: i128,
}

/// Names of the slots of a problem: task and class of each, in its order.
pub(crate) fn slot_names(tasks: &[Task]) -> Vec<(&str, &Code)> {
    tasks.iter().flat_map(|task| task.classes.keys().map(|class| (task.name.as_str(), class))).collect()
}

/// Edges as lines, sorted.
pub(crate) fn assigned<C: Cost>(
    problem: &Problem<C>,
    edges: &[u32],
    tasks: &[Task],
    officers: &[Officer],
) -> Vec<Assigned> {
    let slots = slot_names(tasks);
    let line = |&edge: &u32| {
        let (task, class) = slots.get(problem.slot_of(edge) as usize)?;
        let officer = officers.get(problem.officer_of(edge) as usize)?.code.clone();
        let cost = problem.cost_of(edge).widen();
        Some(Assigned { task: (*task).to_owned(), class: (*class).clone(), officer, cost })
    };
    let mut lines: Vec<Assigned> = edges.iter().filter_map(line).collect();
    lines.sort_by(|a, b| (&a.task, &a.class, &a.officer).cmp(&(&b.task, &b.class, &b.officer)));
    lines
}

/// The bytes of an assignment.
pub fn assign_lines(assigned: &[Assigned]) -> Vec<u8> {
    let line = |a: &Assigned| format!("{}\t{}\t{}\t{}\n", a.task, a.class, a.officer, a.cost);
    assigned.iter().map(line).collect::<String>().into_bytes()
}

/// The bytes of `proof-`.
pub(crate) fn proof<C: Cost>(solution: &Solution<C>, bytes: CostBytes) -> Vec<u8> {
    let mu = solution.prices.open.map_or("none".to_owned(), |mu| mu.to_string());
    let (limit, total, unfilled) = (solution.limit, solution.total, solution.unfilled);
    format!("cost_bytes={}\nlimit={limit}\nmu={mu}\ntotal={total}\nunfilled={unfilled}\n", bytes.count())
        .into_bytes()
}

/// The bytes of `prices-`.
pub(crate) fn prices<C: Cost>(problem: &Problem<C>, solution: &Solution<C>, officers: &[Officer]) -> Vec<u8> {
    let loads = solution.loads(problem);
    let mut out = String::new();
    for (((officer, bound), load), price) in
        officers.iter().zip(problem.officers()).zip(loads).zip(&solution.prices.officer)
    {
        let _ = writeln!(out, "{}\t{}\t{load}\t{price}", officer.code, bound.under(solution.limit));
    }
    out.into_bytes()
}

/// The bytes of `slots-`.
pub(crate) fn slots<C: Cost>(problem: &Problem<C>, solution: &Solution<C>, tasks: &[Task]) -> Vec<u8> {
    let filled = solution.filled(problem);
    let mut out = String::new();
    for ((((task, class), slot), filled), alpha) in
        slot_names(tasks).into_iter().zip(problem.slots()).zip(filled).zip(&solution.prices.slot)
    {
        let _ = writeln!(out, "{task}\t{class}\t{}\t{filled}\t{alpha}", slot.need);
    }
    out.into_bytes()
}

/// The bytes of `cuts-`.
pub(crate) fn cuts<C: Cost>(solution: &Solution<C>, tasks: &[Task], officers: &[Officer]) -> Vec<u8> {
    let slots = slot_names(tasks);
    let mut lines = Vec::new();
    let mut level = |number: u8, cut: &Option<Cut>| {
        let Some(cut) = cut else { return };
        for &slot in &cut.slots {
            lines.extend(
                slots.get(slot as usize).map(|(task, class)| format!("{number}\tslot\t{task}\t{class}\n")),
            );
        }
        for &officer in &cut.officers {
            lines.extend(
                officers.get(officer as usize).map(|o| format!("{number}\tofficer\t{}\t-\n", o.code)),
            );
        }
    };
    level(1, &solution.cut1);
    level(2, &solution.cut2);
    lines.sort_unstable();
    lines.concat().into_bytes()
}
