//! Tasks: visits seen by one department, with the officers each class needs.

use std::collections::{BTreeMap, BTreeSet};

use crate::encoding::{Code, Date, Sid};
use crate::plan::Plan;
use crate::subjects::Visit;

/// A visit that needs officers of a department.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// `<G>/<sid>`.
    pub name: String,
    /// Subject.
    pub sid: Sid,
    /// Last day of its window: qualifications must last so long.
    pub last_day: Date,
    /// Classes by code.
    pub classes: BTreeMap<Code, Class>,
}

/// What a class of officers must be for a task.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Class {
    /// Officers wanted: the largest need of the matters drawn there.
    pub need: u64,
    /// Qualifications: all those the matters ask for.
    pub qualifications: BTreeSet<Code>,
}

/// Tasks of a department, sorted by name.
pub fn tasks<'a>(plan: &Plan, dept: &Code, visits: impl IntoIterator<Item = &'a Visit>) -> Vec<Task> {
    let mut tasks: Vec<Task> = visits.into_iter().filter_map(|visit| task(plan, dept, visit)).collect();
    tasks.sort_by(|a, b| a.name.cmp(&b.name));
    tasks
}

fn task(plan: &Plan, dept: &Code, visit: &Visit) -> Option<Task> {
    let mut classes: BTreeMap<Code, Class> = BTreeMap::new();
    for matter in
        visit.matters.iter().filter_map(|code| plan.matters.get(code)).filter(|matter| matter.dept == *dept)
    {
        for (code, slot) in &matter.slots {
            let class = classes.entry(code.clone()).or_default();
            class.need = class.need.max(slot.need);
            class.qualifications.extend(slot.qualifications.iter().cloned());
        }
    }
    let window = plan.groups.get(&visit.group)?.windows.get(visit.window?.checked_sub(1)?)?;
    let name = format!("{}/{}", visit.group, visit.sid);
    (!classes.is_empty()).then(|| Task { name, sid: visit.sid.clone(), last_day: window.last, classes })
}
