//! Who is on duty, event by event.

use std::collections::{BTreeMap, BTreeSet};

use super::file::{Event, What, event_seed_text};
use crate::chance::SubSeed;
use crate::commit::Input;
use crate::draw::Outcome;
use crate::encoding::{Code, Digest};
use crate::officers::{
    Bars, DeptInput, DeptOutcome, DeptRules, Together, check_department, run_department, tasks,
};
use crate::plan::{LoadRule, Remedy};
use crate::subjects::Visit;
use crate::{Files, Reason, Refused, Result};

/// How a department is solved anew.
#[derive(Clone, Copy, Debug)]
pub enum Solver<'a> {
    /// By solving.
    Engine,
    /// By reading the files of somebody who has solved.
    Certificates(&'a Files),
}

/// Officers of each task, with their class.
pub type Holders = BTreeMap<String, BTreeMap<Code, Code>>;

/// A department as it stands: the last problem that was solved, and who holds what now.
#[derive(Clone, Debug)]
pub struct OnDuty {
    /// The last optimum: of the draw, or of the last remedy.
    pub outcome: DeptOutcome,
    /// Who holds what, replacements included.
    pub holders: Holders,
}

/// Officers on duty after a draw and its events so far.
#[derive(Clone, Debug)]
pub struct Duty<'a> {
    input: &'a Input<'a>,
    commit: Digest,
    seed: Digest,
    visits: &'a [Visit],
    depts: BTreeMap<Code, Dept>,
    n_events: u64,
}

#[derive(Clone, Debug)]
struct Dept {
    outcome: DeptOutcome,
    /// Holders of each task, with their class.
    holders: Holders,
    /// Who was out of which task in any event.
    outs: Bars,
    /// Remedies of earlier events.
    remedies: Vec<Remedy>,
}

/// What followed from an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Executed {
    /// Seed of the event.
    pub seed: Digest,
    /// Department that it is about.
    pub dept: Code,
    /// Who went out: an officer, or `-`.
    pub out: String,
    /// Who came in: an officer, `-` if nobody can, or the digest of the new assignment.
    pub into: String,
    /// Files of the event: its seed, and the department's files after a remedy.
    pub files: Files,
}

impl<'a> Duty<'a> {
    /// Duty right after a draw.
    pub fn new(input: &'a Input<'a>, outcome: &'a Outcome) -> Duty<'a> {
        Duty::of(input, outcome.commit, outcome.seed, &outcome.sample.visits, outcome.depts.clone())
    }

    /// The same from its parts.
    pub fn of(
        input: &'a Input<'a>,
        commit: Digest,
        seed: Digest,
        visits: &'a [Visit],
        depts: BTreeMap<Code, DeptOutcome>,
    ) -> Duty<'a> {
        let depts = depts.into_iter().map(|(code, outcome)| (code, Dept::new(outcome))).collect();
        Duty { input, commit, seed, visits, depts, n_events: 0 }
    }

    /// Officers of a task now, with their class; of all departments.
    pub fn holders(&self, task: &str) -> BTreeMap<&Code, &Code> {
        self.depts.values().filter_map(|dept| dept.holders.get(task)).flatten().collect()
    }

    /// Whether the department that an event is about is one of those on duty here. Where some departments' files are
    /// not there, an event of theirs is not known.
    pub fn knows(&self, what: &What) -> bool {
        match what {
            What::Officer { task, class, out } => {
                self.depts.values().any(|dept| dept.holds(task, class, out))
            }
            What::Remedy { dept, .. } => self.depts.contains_key(dept),
        }
    }

    /// Passes over an event of a department that is not known here.
    pub fn skip(&mut self) {
        self.n_events += 1;
    }

    /// Every department as it stands now.
    pub fn now(&self) -> BTreeMap<Code, OnDuty> {
        let now = |dept: &Dept| OnDuty { outcome: dept.outcome.clone(), holders: dept.holders.clone() };
        self.depts.iter().map(|(code, dept)| (code.clone(), now(dept))).collect()
    }

    /// Executes the next event with its public value.
    pub fn execute(&mut self, text: &[u8], value: &str, solver: Solver<'_>) -> Result<Executed> {
        let number = self.n_events + 1;
        let event = Event::parse(text, &self.input.plan, &self.commit, number)?;
        let suite = self.input.plan.suite;
        let seed_text = event_seed_text(&self.seed, &suite.hash(text), value);
        let seed = suite.hash(&seed_text);
        let chance = SubSeed::given(suite, seed);
        let mut files = Files::from([(format!("seed-event-{number}.txt"), seed_text)]);
        let (dept, out, into) = match &event.what {
            What::Officer { task, class, out } => {
                let (dept, into) = self.replace(&event, task, class, out, &chance)?;
                (dept, out.to_string(), into.map_or("-".to_owned(), |into| into.to_string()))
            }
            What::Remedy { dept, remedy } => {
                let (assigned, new) = self.remedy(&event, dept, *remedy, &chance, solver)?;
                files.extend(new);
                (dept.clone(), "-".to_owned(), assigned.hex())
            }
        };
        self.n_events = number;
        Ok(Executed { seed, dept, out, into, files })
    }

    fn replace(
        &mut self,
        event: &Event,
        task: &str,
        class: &Code,
        out: &Code,
        chance: &SubSeed,
    ) -> Result<(Code, Option<Code>)> {
        let refuse = |line, column, reason| Refused::at(event.file(), line, column, reason);
        let has_task = |dept: &Dept| dept.outcome.tasks.iter().any(|known| known.name == task);
        if !self.depts.values().any(has_task) {
            return Err(refuse(5, 6, Reason::EventTask).with(task));
        }
        let Some((code, dept)) = self.depts.iter_mut().find(|(_, dept)| dept.holds(task, class, out)) else {
            return Err(refuse(7, 5, Reason::EventOfficer).with(out));
        };
        dept.outs.insert((task.to_owned(), out.clone()));
        if let Some(held) = dept.holders.get_mut(task) {
            held.remove(out);
        }
        let staff = self.input.staff.get(code);
        let limit = self.input.plan.depts.get(code).and_then(|rules| rules.pair_limit);
        let none = BTreeMap::new();
        let together = Together { pairs: staff.map_or(&none, |staff| &staff.pairs), limit };
        let mut tickets = chance.labelled(format!("{task}|{class}|").as_bytes());
        let candidates = dept.candidates(task, class, together);
        let into = candidates
            .into_iter()
            .min_by_key(|officer| (tickets.ticket(officer.as_bytes()), officer.clone()));
        if let Some(into) = &into {
            dept.holders.entry(task.to_owned()).or_default().insert(into.clone(), class.clone());
        }
        Ok((code.clone(), into))
    }

    fn remedy(
        &mut self,
        event: &Event,
        code: &Code,
        remedy: Remedy,
        chance: &SubSeed,
        solver: Solver<'_>,
    ) -> Result<(Digest, Files)> {
        let refuse = |line, column, reason| Refused::at(event.file(), line, column, reason);
        let (dept, staff) = match (self.depts.get_mut(code), self.input.staff.get(code)) {
            (Some(dept), Some(staff)) => (dept, staff),
            (None, _) | (_, None) => return Err(refuse(5, 6, Reason::EventForm).with(code)),
        };
        let rules = self.input.plan.depts.get(code);
        let mut remedies: Vec<Remedy> = rules.map(|rules| rules.remedies.clone()).unwrap_or_default();
        remedies.extend(&dept.remedies);
        let pool_is_used =
            remedies.iter().take(dept.outcome.remedies_used).any(|known| *known == Remedy::Pool);
        if remedy == Remedy::Pool && (staff.pool.is_none() || pool_is_used) {
            return Err(refuse(6, 8, Reason::EventForm).with("pool"));
        }
        remedies.push(remedy);
        let tasks = tasks(&self.input.plan, code, self.visits);
        let label = format!("{code}.event-{}", event.number);
        let input = DeptInput {
            label: &label,
            tasks: &tasks,
            staff,
            rules: DeptRules {
                load: rules.and_then(|rules| rules.load).unwrap_or(LoadRule::Least),
                pair_limit: rules.and_then(|rules| rules.pair_limit),
                remedies: &remedies,
            },
            bars: &dept.outs,
            sub_seed: chance,
        };
        let outcome = match solver {
            Solver::Engine => run_department(input)?,
            Solver::Certificates(files) => check_department(input, files)?,
        };
        let assign =
            outcome.result.get(&format!("assign-{label}.tsv")).map(Vec::as_slice).unwrap_or_default();
        let digest = self.input.plan.suite.hash(assign);
        let mut files = outcome.result.clone();
        files.extend(outcome.evidence.clone());
        let outs = std::mem::take(&mut dept.outs);
        let mut earlier = std::mem::take(&mut dept.remedies);
        earlier.push(remedy);
        *dept = Dept { outs, remedies: earlier, ..Dept::new(outcome) };
        Ok((digest, files))
    }
}

impl Dept {
    fn new(outcome: DeptOutcome) -> Dept {
        let mut holders = Holders::new();
        for line in &outcome.assigned {
            holders.entry(line.task.clone()).or_default().insert(line.officer.clone(), line.class.clone());
        }
        Dept { outcome, holders, outs: Bars::new(), remedies: Vec::new() }
    }

    fn holds(&self, task: &str, class: &Code, officer: &Code) -> bool {
        self.holders.get(task).and_then(|held| held.get(officer)) == Some(class)
    }

    /// Officers who could take an open slot now.
    fn candidates(&self, task: &str, class: &Code, together: Together<'_>) -> Vec<Code> {
        let outcome = &self.outcome;
        let nobody = BTreeMap::new();
        let members = self.holders.get(task).unwrap_or(&nobody);
        let Some(slot) = self.slot(task, class) else { return Vec::new() };
        let mut candidates = Vec::new();
        for edge in
            outcome.problem.slots().get(slot as usize).map(|slot| slot.edges.clone()).into_iter().flatten()
        {
            let Some(officer) = outcome.officers.get(outcome.problem.officer_of(edge) as usize) else {
                continue;
            };
            let code = &officer.code;
            let is_out = self.outs.contains(&(task.to_owned(), code.clone()));
            let has_room = (self.tasks_of(code).len() as u64) < officer.capacity;
            let fits = |member: &Code| {
                let met = self.tasks_of(code).intersection(&self.tasks_of(member)).count() as u64;
                together.allowance(code, member).is_none_or(|allowance| met < allowance)
            };
            if !members.contains_key(code) && !is_out && has_room && members.keys().all(fits) {
                candidates.push(code.clone());
            }
        }
        candidates
    }

    /// Number of the slot of a class of a task in the last problem.
    fn slot(&self, task: &str, class: &Code) -> Option<u32> {
        let mut number = 0;
        for known in &self.outcome.tasks {
            if known.name == task {
                let place = known.classes.keys().position(|code| code == class)?;
                return Some(number + place as u32);
            }
            number += known.classes.len() as u32;
        }
        None
    }

    fn tasks_of(&self, officer: &Code) -> BTreeSet<&str> {
        self.holders
            .iter()
            .filter(|(_, held)| held.contains_key(officer))
            .map(|(task, _)| task.as_str())
            .collect()
    }
}
