//! One officer, and one task.

use std::collections::BTreeSet;

use crate::commit::Input;
use crate::data::Officer;
use crate::draw::Outcome;
use crate::encoding::{Code, Date};
use crate::officers::{Class, DeptOutcome, Task};
use crate::{Reason, Refused, Result};

/// An officer in a draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfficerAnswer {
    /// The officer.
    pub officer: Code,
    /// Capacity in the last round.
    pub capacity: u64,
    /// Load of the year before this draw.
    pub year_load: u64,
    /// What the limit left of the capacity.
    pub room: u64,
    /// Slots held.
    pub load: u64,
    /// Surcharge of being busy: what the next slot would have had to save elsewhere.
    pub price: i128,
    /// Tasks he could have had.
    pub n_possible: u64,
    /// Every class of every task.
    pub places: Vec<(String, Code, Place)>,
}

/// A task in a draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskAnswer {
    /// The task.
    pub task: String,
    /// Its classes, in order.
    pub classes: Vec<ClassAnswer>,
}

/// A class of a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassAnswer {
    /// The class.
    pub class: Code,
    /// Officers wanted.
    pub need: u64,
    /// Officers who came.
    pub filled: u64,
    /// What the dearest of them costs, surcharge included.
    pub alpha: i128,
    /// Everybody, in order.
    pub candidates: Vec<Candidate>,
}

/// An officer as seen by a class of a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The officer.
    pub officer: Code,
    /// Where he stands.
    pub place: Place,
}

/// Where an officer stands in a class of a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// He holds it.
    Holds {
        /// Lottery cost.
        cost: i128,
        /// Surcharge.
        price: i128,
    },
    /// He could, and others were cheaper: cost and surcharge are not below alpha.
    Dearer {
        /// Lottery cost.
        cost: i128,
        /// Surcharge.
        price: i128,
    },
    /// He is in this task in another class.
    OtherClass(Code),
    /// He is recused.
    Recused {
        /// Why.
        reason: Code,
    },
    /// A qualification is missing, or ends before the window does.
    Unqualified {
        /// Which.
        qualification: Code,
        /// Its last day, if he has it.
        until: Option<Date>,
        /// The day through which it must last.
        needed: Date,
    },
    /// He has no capacity at all.
    NoCapacity,
    /// His edges of this task were deleted, because of a pair or an event.
    Deleted,
}

/// Explains an officer of a department.
pub fn officer(input: &Input<'_>, outcome: &Outcome, dept: &Code, officer: &Code) -> Result<OfficerAnswer> {
    let view = View::new(input, outcome, dept)?;
    let number = view.dept.officers.iter().position(|known| known.code == *officer);
    let number = number.ok_or_else(|| unknown(officer.as_str()))?;
    let known = view.dept.officers.get(number).ok_or_else(|| unknown(officer.as_str()))?;
    let mut places = Vec::new();
    let mut possible = BTreeSet::new();
    let mut load = 0;
    for (slot, (task, class_code, class)) in view.slots().enumerate() {
        let place = view.place(slot as u32, task, class_code, class, number, known);
        match place {
            Place::Holds { .. } => {
                load += 1;
                possible.insert(&task.name);
            }
            Place::Dearer { .. } | Place::OtherClass(_) => {
                possible.insert(&task.name);
            }
            Place::Recused { .. } | Place::Unqualified { .. } | Place::NoCapacity | Place::Deleted => {}
        }
        places.push((task.name.clone(), class_code.clone(), place));
    }
    let bound = view.dept.problem.officers().get(number).ok_or_else(|| unknown(officer.as_str()))?;
    Ok(OfficerAnswer {
        officer: officer.clone(),
        capacity: known.capacity,
        year_load: known.load,
        room: bound.under(view.dept.solution.limit),
        load,
        price: view.price(number),
        n_possible: possible.len() as u64,
        places,
    })
}

/// Explains a task of a department.
pub fn task(input: &Input<'_>, outcome: &Outcome, dept: &Code, task: &str) -> Result<TaskAnswer> {
    let view = View::new(input, outcome, dept)?;
    let filled = view.dept.solution.filled(&view.dept.problem);
    let mut classes = Vec::new();
    for (slot, (known, class_code, class)) in
        view.slots().enumerate().filter(|(_, (known, ..))| known.name == task)
    {
        let officers = view.dept.officers.iter().enumerate();
        let candidates = officers.map(|(number, officer)| Candidate {
            officer: officer.code.clone(),
            place: view.place(slot as u32, known, class_code, class, number, officer),
        });
        classes.push(ClassAnswer {
            class: class_code.clone(),
            need: class.need,
            filled: filled.get(slot).copied().unwrap_or_default(),
            alpha: view.dept.solution.prices.slot.get(slot).copied().unwrap_or_default(),
            candidates: candidates.collect(),
        });
    }
    if classes.is_empty() { Err(unknown(task)) } else { Ok(TaskAnswer { task: task.to_owned(), classes }) }
}

fn unknown(name: &str) -> Refused {
    Refused::file("", Reason::ExplainUnknown).with(name)
}

struct View<'a> {
    input: &'a Input<'a>,
    code: &'a Code,
    dept: &'a DeptOutcome,
}

impl<'a> View<'a> {
    fn new(input: &'a Input<'a>, outcome: &'a Outcome, code: &'a Code) -> Result<View<'a>> {
        let dept = outcome.depts.get(code).ok_or_else(|| unknown(code.as_str()))?;
        Ok(View { input, code, dept })
    }

    /// Tasks and classes in the order of the problem's slots.
    fn slots(&self) -> impl Iterator<Item = (&'a Task, &'a Code, &'a Class)> {
        self.dept
            .tasks
            .iter()
            .flat_map(|task| task.classes.iter().map(move |(code, class)| (task, code, class)))
    }

    fn price(&self, officer: usize) -> i128 {
        self.dept.solution.prices.officer.get(officer).copied().unwrap_or_default()
    }

    fn place(
        &self,
        slot: u32,
        task: &Task,
        class_code: &Code,
        class: &Class,
        number: usize,
        officer: &Officer,
    ) -> Place {
        if let Some(edge) = self.dept.problem.edge(slot, number as u32) {
            let (cost, price) = (self.dept.problem.cost_of(edge), self.price(number));
            // Lines are sorted by task.
            let lines = &self.dept.assigned;
            let begin = lines.partition_point(|line| line.task < task.name);
            let mut of_task = lines.iter().skip(begin).take_while(|line| line.task == task.name);
            let held = of_task.find(|line| line.officer == officer.code);
            return match held {
                Some(line) if line.class == *class_code => Place::Holds { cost, price },
                Some(line) => Place::OtherClass(line.class.clone()),
                None => Place::Dearer { cost, price },
            };
        }
        self.bar(task, class, officer)
    }

    /// Why there is no edge.
    fn bar(&self, task: &Task, class: &Class, officer: &Officer) -> Place {
        let recusals = self.input.staff.get(self.code).map(|staff| &staff.recusals);
        if let Some(reason) = recusals.and_then(|known| known.get(&(officer.code.clone(), task.sid.clone())))
        {
            return Place::Recused { reason: reason.clone() };
        }
        for qualification in &class.qualifications {
            let until = officer.qualifications.get(qualification).copied();
            if until.is_none_or(|until| until < task.last_day) {
                let qualification = qualification.clone();
                return Place::Unqualified { qualification, until, needed: task.last_day };
            }
        }
        if officer.capacity == 0 { Place::NoCapacity } else { Place::Deleted }
    }
}
