//! Rounds: solve; while slots stay empty apply the plan's remedies; then part officers who are together too often.
//!
//! The same rounds serve the engine, which solves, and the verifier, which reads a certificate instead.

use std::collections::{BTreeMap, HashSet};

use super::build::{CostBytes, Roster, build};
use super::certificate::{Solution, solve};
use super::files::{self, Assigned};
use super::pairs::{Together, deletions};
use super::problem::{Cost, Problem};
use super::tasks::Task;
use crate::chance::SubSeed;
use crate::commit::Staff;
use crate::data::Officer;
use crate::encoding::Code;
use crate::plan::{LoadRule, Remedy};
use crate::{Files, Reason, Refused, Result};

/// A department's problem before the first round.
#[derive(Clone, Copy)]
pub struct DeptInput<'a> {
    /// Name in file names: the department, or the department and an event.
    pub label: &'a str,
    /// Tasks, sorted.
    pub tasks: &'a [Task],
    /// Officers, pool, recusals, pairs.
    pub staff: &'a Staff,
    /// Rules.
    pub rules: DeptRules<'a>,
    /// (task, officer) without edges from the beginning.
    pub bars: &'a Bars,
    /// Sub-seed of the costs.
    pub sub_seed: &'a SubSeed,
}

/// (task, officer) pairs.
pub type Bars = HashSet<(String, Code)>;

/// Rules of a department.
#[derive(Clone, Copy, Debug)]
pub struct DeptRules<'a> {
    /// Rule for loads.
    pub load: LoadRule,
    /// Allowance of pairs without one of their own.
    pub pair_limit: Option<u64>,
    /// Remedies in the order in which they are tried.
    pub remedies: &'a [Remedy],
}

/// What the rounds of a department give.
#[derive(Clone, Debug)]
pub struct DeptOutcome {
    /// Files listed in `result.txt`.
    pub result: Files,
    /// Files listed in `evidence.txt`.
    pub evidence: Files,
    /// The last assignment, sorted.
    pub assigned: Vec<Assigned>,
    /// Tasks of the last round.
    pub tasks: Vec<Task>,
    /// Officers of the last round with their capacities in it.
    pub officers: Vec<Officer>,
    /// Edges and costs of the last round.
    pub problem: Problem<i128>,
    /// The last optimum.
    pub solution: Solution<i128>,
    /// Bars of the last round.
    pub bars: Bars,
    /// Tasks that were postponed.
    pub postponed: Vec<String>,
    /// How many remedies were used.
    pub remedies_used: usize,
}

/// Solves a department. Deterministic: the same input gives the same bytes.
pub fn run_department(input: DeptInput<'_>) -> Result<DeptOutcome> {
    match Rounds::new(input, CostBytes::Six).run(|round| engine::<i64>(&input, round))? {
        Ended::Unique(outcome) => Ok(*outcome),
        Ended::Tie { round, first, second } => {
            // Long costs for all rounds; both short optima are kept as evidence.
            match Rounds::new(input, CostBytes::Twelve).run(|round| engine::<i128>(&input, round))? {
                Ended::Tie { .. } => Err(Refused::file(input.label, Reason::SolveTie)),
                Ended::Unique(mut outcome) => {
                    for (number, assigned) in [(1, first), (2, second)] {
                        let name = format!("tie-{}-{round}-{number}.tsv", input.label);
                        outcome.evidence.insert(name, files::assign_lines(&assigned));
                    }
                    Ok(*outcome)
                }
            }
        }
    }
}

/// Builds and solves one round, in wider numbers if these do not fit.
fn engine<C: Cost>(input: &DeptInput<'_>, round: &Round<'_>) -> Result<Solved> {
    let problem: Problem<C> = build(round.tasks, &round.roster(), input.sub_seed, round.bytes)?;
    match solve(&problem, input.rules.load) {
        Ok(solution) => Ok(Solved::of(&problem, solution)),
        Err(refused) if refused.reason == Reason::SolveLimit => {
            let problem = problem.map::<i128>().ok_or(refused)?;
            let solution = solve(&problem, input.rules.load)?;
            Ok(Solved::of(&problem, solution))
        }
        Err(refused) => Err(refused),
    }
}

/// An optimum, and another one if there is.
pub(crate) struct Solved {
    pub(crate) problem: Problem<i128>,
    pub(crate) solution: Solution<i128>,
    pub(crate) second: Option<Vec<u32>>,
}

impl Solved {
    fn of<C: Cost>(problem: &Problem<C>, solution: Solution<C>) -> Solved {
        let second = solution.second(problem);
        let prices = super::Prices {
            officer: solution.prices.officer.iter().map(|price| price.widen()).collect(),
            slot: solution.prices.slot.iter().map(|price| price.widen()).collect(),
            open: solution.prices.open.map(Cost::widen),
        };
        let Solution { edges, unfilled, limit, total, cut1, cut2, .. } = solution;
        let solution = Solution { edges, unfilled, limit, total, prices, cut1, cut2 };
        // Widening never fails.
        let problem = problem.map().unwrap_or_else(|| Problem::new(Vec::new()));
        Solved { problem, solution, second }
    }
}

/// What a round looks at.
pub(crate) struct Round<'a> {
    /// Number, from 1.
    pub(crate) number: usize,
    pub(crate) tasks: &'a [Task],
    pub(crate) officers: &'a [Officer],
    pub(crate) bytes: CostBytes,
    staff: &'a Staff,
    bars: &'a Bars,
}

impl Round<'_> {
    pub(crate) fn roster(&self) -> Roster<'_> {
        Roster { officers: self.officers, recusals: &self.staff.recusals, deleted: self.bars }
    }
}

/// How the rounds ended.
pub(crate) enum Ended {
    Unique(Box<DeptOutcome>),
    Tie { round: usize, first: Vec<Assigned>, second: Vec<Assigned> },
}

/// The state between rounds.
pub(crate) struct Rounds<'a> {
    input: DeptInput<'a>,
    bytes: CostBytes,
    tasks: Vec<Task>,
    officers: Vec<Officer>,
    bars: Bars,
    deleted: Vec<String>,
    postponed: Vec<String>,
    remedies_used: usize,
    evidence: Files,
}

impl<'a> Rounds<'a> {
    pub(crate) fn new(input: DeptInput<'a>, bytes: CostBytes) -> Rounds<'a> {
        let mut officers = input.staff.officers.clone();
        officers.sort_by(|a, b| a.code.cmp(&b.code));
        Rounds {
            input,
            bytes,
            tasks: input.tasks.to_vec(),
            officers,
            bars: input.bars.clone(),
            deleted: Vec::new(),
            postponed: Vec::new(),
            remedies_used: 0,
            evidence: BTreeMap::new(),
        }
    }

    /// Runs to the last round. `answer` gives the optimum of each.
    pub(crate) fn run(mut self, mut answer: impl FnMut(&Round<'_>) -> Result<Solved>) -> Result<Ended> {
        for number in 1.. {
            let round = Round {
                number,
                tasks: &self.tasks,
                officers: &self.officers,
                bytes: self.bytes,
                staff: self.input.staff,
                bars: &self.bars,
            };
            let solved = answer(&round)?;
            let lines = |edges: &[u32]| files::assigned(&solved.problem, edges, &self.tasks, &self.officers);
            let assigned = lines(&solved.solution.edges);
            if let Some(second) = &solved.second {
                return Ok(Ended::Tie { round: number, first: assigned, second: lines(second) });
            }
            self.certify(number, &solved);
            if !self.next(number, &solved) {
                return Ok(Ended::Unique(Box::new(self.outcome(solved, assigned))));
            }
            let name = format!("assign-{}-{number}.tsv", self.input.label);
            self.evidence.insert(name, files::assign_lines(&assigned));
        }
        Err(Refused::file(self.input.label, Reason::SolveLimit))
    }

    fn certify(&mut self, number: usize, solved: &Solved) {
        let Solved { problem, solution, .. } = solved;
        let label = self.input.label;
        let texts = [
            (format!("proof-{label}-{number}.txt"), files::proof(solution, self.bytes)),
            (format!("prices-{label}-{number}.tsv"), files::prices(problem, solution, &self.officers)),
            (format!("slots-{label}-{number}.tsv"), files::slots(problem, solution, &self.tasks)),
            (format!("cuts-{label}-{number}.tsv"), files::cuts(solution, &self.tasks, &self.officers)),
        ];
        self.evidence.extend(texts);
    }

    /// Prepares the next round, if there is one.
    fn next(&mut self, number: usize, solved: &Solved) -> bool {
        if solved.solution.unfilled > 0
            && let Some(&remedy) = self.input.rules.remedies.get(self.remedies_used)
        {
            self.remedies_used += 1;
            self.apply(remedy, solved);
            return true;
        }
        let together = Together { pairs: &self.input.staff.pairs, limit: self.input.rules.pair_limit };
        let deleted =
            deletions(&solved.problem, &solved.solution.edges, &self.tasks, &self.officers, together);
        let is_next = !deleted.is_empty();
        for (task, officer) in deleted {
            self.deleted.push(format!("{number}\t{task}\t{officer}\n"));
            self.bars.insert((task, officer));
        }
        is_next
    }

    fn apply(&mut self, remedy: Remedy, solved: &Solved) {
        match remedy {
            Remedy::Capacity(more) => {
                for officer in &mut self.officers {
                    officer.capacity = officer.capacity.saturating_add(more);
                }
            }
            Remedy::Pool => {
                let present: HashSet<Code> =
                    self.officers.iter().map(|officer| officer.code.clone()).collect();
                let pool = self.input.staff.pool.iter().flatten();
                self.officers.extend(pool.filter(|officer| !present.contains(&officer.code)).cloned());
                self.officers.sort_by(|a, b| a.code.cmp(&b.code));
            }
            Remedy::Postpone => {
                let filled = solved.solution.filled(&solved.problem);
                let open =
                    solved.problem.slots().iter().zip(filled).filter(|(slot, filled)| *filled < slot.need);
                let open: HashSet<u32> = open.map(|(slot, _)| slot.task).collect();
                let mut number = 0;
                self.tasks.retain(|task| {
                    let is_open = open.contains(&number);
                    number += 1;
                    if is_open {
                        self.postponed.push(task.name.clone());
                    }
                    !is_open
                });
            }
        }
    }

    fn outcome(mut self, solved: Solved, assigned: Vec<Assigned>) -> DeptOutcome {
        let label = self.input.label;
        let mut result = Files::from([(format!("assign-{label}.tsv"), files::assign_lines(&assigned))]);
        self.deleted.sort_unstable();
        self.postponed.sort_unstable();
        if !self.deleted.is_empty() {
            result.insert(format!("deleted-{label}.tsv"), self.deleted.concat().into_bytes());
        }
        if !self.postponed.is_empty() {
            let lines: String = self.postponed.iter().map(|task| format!("{task}\n")).collect();
            result.insert(format!("postponed-{label}.tsv"), lines.into_bytes());
        }
        DeptOutcome {
            result,
            evidence: self.evidence,
            assigned,
            tasks: self.tasks,
            officers: self.officers,
            problem: solved.problem,
            solution: solved.solution,
            bars: self.bars,
            postponed: self.postponed,
            remedies_used: self.remedies_used,
        }
    }
}
