//! From tasks and officers to edges with costs: one ticket for each edge.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::problem::{Bound, Cost, Problem};
use super::tasks::Task;
use crate::Result;
use crate::chance::SubSeed;
use crate::data::{Officer, Recusals};
use crate::encoding::{Code, Date};

/// How many bytes of a ticket make a cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CostBytes {
    /// 48 bits: always at first.
    Six,
    /// 96 bits: when the optimum was not unique.
    Twelve,
}

impl CostBytes {
    /// The number of bytes.
    pub fn count(self) -> usize {
        match self {
            CostBytes::Six => 6,
            CostBytes::Twelve => 12,
        }
    }
}

/// Who can do what: the officers of a round and everything that bars them.
#[derive(Clone, Debug)]
pub struct Roster<'a> {
    /// Officers, sorted by code, with their capacities of this round.
    pub officers: &'a [Officer],
    /// Recusals of the department.
    pub recusals: &'a Recusals,
    /// (task, officer) without edges: deletions of earlier rounds, and officers that events took out.
    pub deleted: &'a HashSet<(String, Code)>,
}

/// Builds the problem: slots in the order of tasks and classes, officers in the order of the roster.
pub fn build<C: Cost>(
    tasks: &[Task],
    roster: &Roster<'_>,
    sub_seed: &SubSeed,
    bytes: CostBytes,
) -> Result<Problem<C>> {
    let bound = |officer: &Officer| Bound { capacity: officer.capacity, load: officer.load };
    let mut problem = Problem::new(roster.officers.iter().map(bound).collect());
    let barred = Barred::new(roster);
    let mut eligible: HashMap<(&BTreeSet<Code>, Date), Vec<u32>> = HashMap::new();
    for task in tasks {
        problem.task();
        let barred = barred.of(task);
        for (code, class) in &task.classes {
            let eligible = eligible
                .entry((&class.qualifications, task.last_day))
                .or_insert_with(|| qualified(roster.officers, &class.qualifications, task.last_day));
            let mut tickets = sub_seed.labelled(format!("{}|{code}|", task.name).as_bytes());
            let free = eligible.iter().filter(|officer| barred.binary_search(officer).is_err());
            let edges = free.filter_map(|&officer| {
                let ticket = tickets.ticket(roster.officers.get(officer as usize)?.code.as_bytes());
                let cost =
                    ticket.0.iter().take(bytes.count()).fold(0, |cost, &byte| cost << 8 | i128::from(byte));
                Some((officer, C::narrow(cost)?))
            });
            problem.slot(class.need, edges)?;
        }
    }
    Ok(problem)
}

/// Officers with capacity whose qualifications last through a day.
fn qualified(officers: &[Officer], qualifications: &BTreeSet<Code>, last_day: Date) -> Vec<u32> {
    let lasts = |officer: &Officer, code| {
        officer.qualifications.get(code).is_some_and(|&through| through >= last_day)
    };
    let is_qualified =
        |officer: &Officer| officer.capacity > 0 && qualifications.iter().all(|code| lasts(officer, code));
    (0..).zip(officers).filter(|(_, officer)| is_qualified(officer)).map(|(number, _)| number).collect()
}

/// Bars by subject and by task, as numbers of officers.
struct Barred<'a> {
    by_subject: HashMap<&'a str, Vec<u32>>,
    by_task: HashMap<&'a str, Vec<u32>>,
}

impl<'a> Barred<'a> {
    fn new(roster: &Roster<'a>) -> Barred<'a> {
        let numbers: BTreeMap<&Code, u32> =
            roster.officers.iter().map(|officer| &officer.code).zip(0..).collect();
        let mut barred = Barred { by_subject: HashMap::new(), by_task: HashMap::new() };
        for (officer, sid) in roster.recusals.keys() {
            if let Some(&number) = numbers.get(officer) {
                barred.by_subject.entry(sid.as_str()).or_default().push(number);
            }
        }
        for (task, officer) in roster.deleted {
            if let Some(&number) = numbers.get(officer) {
                barred.by_task.entry(task.as_str()).or_default().push(number);
            }
        }
        barred
    }

    fn of(&self, task: &Task) -> Vec<u32> {
        let by_subject = self.by_subject.get(task.sid.as_str());
        let by_task = self.by_task.get(task.name.as_str());
        let mut barred: Vec<u32> = by_subject.into_iter().chain(by_task).flatten().copied().collect();
        barred.sort_unstable();
        barred
    }
}
