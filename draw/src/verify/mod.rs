//! The third verifier: it repeats a draw from a bundle and says what holds, what does not and where, and what was not
//! looked at.
//!
//! Must never solve, repair, or know a clock. It shares the engine with whoever made the draw; the other two verifiers
//! share nothing with it, and the tests compare all three.

mod after;
mod data;
mod left;
mod log;
mod repeat;
mod report;

pub(crate) use log::signers;
pub(crate) use repeat::{executed, is_public};
pub use report::{Cosigners, LogStanding, Report, Standing, Unchecked, Verdict};

use std::collections::BTreeMap;

use sampling::commit::{self, COMMIT, Committed, Input};
use sampling::draw::Sample;
use sampling::encoding::{Code, Digest};
use sampling::events::OnDuty;
use sampling::officers::DeptOutcome;
use sampling::plan::{PLAN, Plan};
use sampling::{Files, Reason, Refused};

use crate::{archive, names};

/// What comes from elsewhere: from the wall, a witness, a newspaper.
#[derive(Clone, Debug, Default)]
pub struct Outside {
    /// A log: entries, heads, signatures.
    pub log: Option<Files>,
    /// C.
    pub commit: Option<Digest>,
    /// Digest of a head.
    pub head: Option<Digest>,
    /// Public values by number.
    pub public: BTreeMap<u64, String>,
}

/// A draw that was repeated, for explanations.
#[derive(Debug)]
pub struct Repeated<'a> {
    /// Plan and data files.
    pub input: Input<'a>,
    /// What C commits to.
    pub committed: Committed,
    /// The seed.
    pub seed: Digest,
    /// Subjects.
    pub sample: Sample,
    /// Officers of each department whose files are there.
    pub depts: BTreeMap<Code, DeptOutcome>,
    /// What the log says happened afterwards.
    pub after: After,
}

/// A draw after its events and substitutions.
#[derive(Debug, Default)]
pub struct After {
    /// In the order of the log.
    pub changes: Vec<Change>,
    /// Each department whose files are there, as it stands now.
    pub duty: BTreeMap<Code, OnDuty>,
}

/// Something that happened after the draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Name of the entry.
    pub entry: String,
    /// A matter, a task, or a department that was solved anew.
    pub place: String,
    /// Department, for events.
    pub dept: Option<Code>,
    /// Class of the slot, for officers.
    pub class: Option<Code>,
    /// Who went out; `-` if nobody is named.
    pub out: String,
    /// Who came in; `-` if nobody.
    pub into: String,
}

/// Verifies an archive.
pub fn verify(bundle: &[u8], outside: &Outside) -> Report {
    match archive::read(bundle) {
        Ok(files) => examine(&files, outside).0,
        Err(fault) => Report { archive: Some(fault), ..Report::default() },
    }
}

/// Verifies members, and gives the draw if all of it could be repeated.
pub fn examine<'a>(files: &'a Files, outside: &Outside) -> (Report, Option<Repeated<'a>>) {
    let mut report = Report::default();
    report.files.extend(files.keys().map(|name| (name.clone(), Standing::NotChecked)));
    let plan = files.get(PLAN).ok_or_else(|| Refused::file(PLAN, Reason::FileMissing));
    let Some(plan) = report.take(plan.and_then(|text| Plan::require(text))) else { return (report, None) };
    for name in files.keys().filter(|name| !names::is_member(&plan, name)) {
        report.refuse(Refused::file(name, Reason::FileUnknown));
    }
    let Some(committed) = committed(&plan, files, outside, &mut report) else { return (report, None) };
    let input = data::input(&plan, files, &mut report);
    let logged = log::check(&plan, &committed, files, outside, &mut report);
    let mut repeated = match (input, &logged) {
        (Some(input), Some(logged)) => repeat::draw(input, committed, files, logged, &mut report),
        (Some(_), None) | (None, _) => None,
    };
    if let Some(logged) = &logged {
        let after = after::check(repeated.as_ref(), &plan, files, logged, &mut report);
        if let Some(repeated) = &mut repeated {
            repeated.after = after;
        }
    }
    left::strays(&plan, files, &mut report);
    left::unchecked(&plan, files, logged.as_ref(), &mut report);
    (report, repeated)
}

fn committed(plan: &Plan, files: &Files, outside: &Outside, report: &mut Report) -> Option<Committed> {
    let text = files.get(COMMIT);
    report.commit = text.map(|text| plan.suite.hash(text));
    report.draw = Some((plan.plan_id.clone(), plan.draw_no));
    if let (Some(wall), Some(found)) = (outside.commit, report.commit)
        && wall != found
    {
        report.refuse(Refused::file(COMMIT, Reason::CommitMismatch).with(found).with(wall));
    }
    let committed = match commit::check(plan, files, 1) {
        Ok(committed) => committed,
        Err(refused) => {
            report.refuse(refused);
            let parsed = report.take(
                text.ok_or_else(|| Refused::file(COMMIT, Reason::FileMissing)).and_then(|t| commit::parse(t)),
            )?;
            for listed in &parsed.files {
                let other =
                    files.get(&listed.name).is_some_and(|text| plan.suite.hash(text) != listed.digest);
                if other {
                    report.refuse(Refused::file(&listed.name, Reason::CommitMismatch));
                }
            }
            return Some(parsed);
        }
    };
    report.mark(COMMIT, Standing::Committed);
    for listed in &committed.files {
        report.mark(&listed.name, Standing::Committed);
    }
    Some(committed)
}

/// Compares a member with what it must be; the place is the first byte that differs.
fn compare(name: &str, expected: &[u8], files: &Files, standing: Standing, report: &mut Report) {
    match files.get(name) {
        None => report.refuse(Refused::file(name, Reason::FileMissing)),
        Some(found) => match sampling::seed::difference(expected, found) {
            None => report.mark(name, standing),
            Some((line, column)) => report.refuse(Refused::at(name, line, column, Reason::OutputMismatch)),
        },
    }
}
