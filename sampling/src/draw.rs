//! The draw itself: from input and seed to every file, byte for byte.
//!
//! A draw is a function of its arguments. Threads only share the work of hashing whole files.

use std::collections::BTreeMap;

use crate::allocation::{self, Allocated, allocate};
use crate::chance::SubSeed;
use crate::commit::{Input, Staff};
use crate::data::Frame;
use crate::encoding::{Code, Digest};
use crate::list::list_lines;
use crate::officers::{Bars, DeptInput, DeptOutcome, DeptRules, Task, run_department, tasks};
use crate::plan::{LoadRule, Plan, SeedRelease};
use crate::subjects::{self, Drawn, Visit};
use crate::{Files, Reason, Refused, Result};

/// Name of the file.
pub const ALLOC: &str = "alloc.tsv";
/// Name of the file.
pub const VISITS: &str = "visits.tsv";
/// Name of the file.
pub const RESULT: &str = "result.txt";
/// Name of the file.
pub const EVIDENCE: &str = "evidence.txt";

/// Everything a draw gives, in types and in bytes.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// C.
    pub commit: Digest,
    /// The seed.
    pub seed: Digest,
    /// Subjects, without officers.
    pub sample: Sample,
    /// Officers of each department with slots.
    pub depts: BTreeMap<Code, DeptOutcome>,
    /// Every file: those of the result and of the evidence, `result.txt`, `evidence.txt`. Not `seed.txt`.
    pub files: Files,
    /// Digest of `result.txt`.
    pub result: Digest,
    /// Digest of `evidence.txt`.
    pub evidence: Digest,
}

/// The subjects of a draw.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Allocation of each matter.
    pub allocated: BTreeMap<Code, Vec<Allocated>>,
    /// Drawn file of each matter.
    pub drawn: BTreeMap<Code, Vec<Drawn>>,
    /// All visits, in the order of the file.
    pub visits: Vec<Visit>,
}

/// The sub-seed of a label.
pub fn sub_seed(plan: &Plan, seed: &Digest, label: &str) -> SubSeed {
    SubSeed::derive(plan.suite, seed, label)
}

/// Draws subjects and officers and writes every file.
pub fn draw(input: &Input<'_>, commit: &Digest, seed: &Digest, threads: usize) -> Result<Outcome> {
    let sample = sample(input, seed)?;
    let mut depts = BTreeMap::new();
    for code in input.plan.depts_with_slots() {
        let seed = sub_seed(&input.plan, seed, &format!("officers/{code}"));
        let outcome = department(input, code, &sample.visits, &seed, run_department)?;
        depts.insert(code.clone(), outcome);
    }
    Ok(outcome(input, commit, seed, sample, depts, threads))
}

/// Draws the subjects alone: allocation, tickets, selection, visits.
pub fn sample(input: &Input<'_>, seed: &Digest) -> Result<Sample> {
    sample_with(input, seed, BTreeMap::new())
}

/// The same where frames are not there: who was drawn from them is taken as `given`, and has no allocation.
pub fn sample_with(
    input: &Input<'_>,
    seed: &Digest,
    mut given: BTreeMap<Code, Vec<Drawn>>,
) -> Result<Sample> {
    let plan = &input.plan;
    let (mut allocated, mut drawn, mut visits) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
    for (group_code, group) in &plan.groups {
        let tickets = sub_seed(plan, seed, &format!("subjects/{group_code}"));
        for code in &group.matters {
            let (matter, frame) = match (plan.matters.get(code), input.frames.get(code)) {
                (Some(matter), Some(frame)) => (matter, frame),
                (None, _) | (_, None) => {
                    if let Some(units) = given.remove(code) {
                        drawn.insert(code.clone(), units);
                        continue;
                    }
                    return Err(Refused::file(format!("frame-{code}.tsv"), Reason::FileMissing));
                }
            };
            let chance = sub_seed(plan, seed, &format!("alloc/{code}"));
            let numbers = allocate(matter, frame.per_stratum(), &chance)?;
            let pps = |stratum: &Code| sub_seed(plan, seed, &format!("pps/{code}/{stratum}"));
            let units = subjects::draw(frame, matter, &numbers, &tickets, pps)?;
            allocated.insert(code.clone(), numbers);
            drawn.insert(code.clone(), units);
        }
        let of = |matter: &Code| drawn.get(matter).map(Vec::as_slice).unwrap_or_default();
        visits.extend(subjects::visits(group_code, group, of));
    }
    Ok(Sample { allocated, drawn, visits })
}

/// Hands a department's problem to somebody: [`run_department`] solves it, [`crate::officers::check_department`] checks it.
pub fn department(
    input: &Input<'_>,
    code: &Code,
    visits: &[Visit],
    sub_seed: &SubSeed,
    answer: impl FnOnce(DeptInput<'_>) -> Result<DeptOutcome>,
) -> Result<DeptOutcome> {
    let tasks: Vec<Task> = tasks(&input.plan, code, visits);
    let nobody = Staff::default();
    let rules = input.plan.depts.get(code);
    let rules = DeptRules {
        load: rules.and_then(|rules| rules.load).unwrap_or(LoadRule::Least),
        pair_limit: rules.and_then(|rules| rules.pair_limit),
        remedies: rules.map(|rules| rules.remedies.as_slice()).unwrap_or_default(),
    };
    answer(DeptInput {
        label: code.as_str(),
        tasks: &tasks,
        staff: input.staff.get(code).unwrap_or(&nobody),
        rules,
        bars: &Bars::new(),
        sub_seed,
    })
}

/// Puts the files together.
pub(crate) fn outcome(
    input: &Input<'_>,
    commit: &Digest,
    seed: &Digest,
    sample: Sample,
    depts: BTreeMap<Code, DeptOutcome>,
    threads: usize,
) -> Outcome {
    let plan = &input.plan;
    let mut result = sample_files(input, seed, &sample);
    let mut evidence = Files::new();
    for dept in depts.values() {
        result.extend(dept.result.clone());
        evidence.extend(dept.evidence.clone());
    }
    let result_text =
        format!("DSJ1/result\ncommit={commit}\nseed={seed}\n{}", listed(plan, &result, threads));
    let result_digest = plan.suite.hash(result_text.as_bytes());
    let evidence_text =
        format!("DSJ1/evidence\nresult={result_digest}\nseed={seed}\n{}", listed(plan, &evidence, threads));
    let evidence_digest = plan.suite.hash(evidence_text.as_bytes());
    let mut files = result;
    files.extend(evidence);
    files.insert(RESULT.to_owned(), result_text.into_bytes());
    files.insert(EVIDENCE.to_owned(), evidence_text.into_bytes());
    Outcome {
        commit: *commit,
        seed: *seed,
        sample,
        depts,
        files,
        result: result_digest,
        evidence: evidence_digest,
    }
}

fn listed(plan: &Plan, files: &Files, threads: usize) -> String {
    list_lines(plan.suite, files.iter().map(|(name, text)| (name.as_str(), text.as_slice())), threads)
}

/// Allocation, drawn files and visits of a sample; and the tickets, where the seed is for auditors only.
pub fn sample_files(input: &Input<'_>, seed: &Digest, sample: &Sample) -> Files {
    let mut files = Files::new();
    let alloc: String =
        sample.allocated.iter().map(|(matter, numbers)| allocation::lines(matter, numbers)).collect();
    files.insert(ALLOC.to_owned(), alloc.into_bytes());
    files.insert(VISITS.to_owned(), subjects::visit_lines(&sample.visits).into_bytes());
    for (matter, drawn) in &sample.drawn {
        files.insert(format!("drawn-{matter}.tsv"), subjects::drawn_lines(drawn));
    }
    if let SeedRelease::Auditors = input.plan.seed_release {
        for (code, group) in &input.plan.groups {
            let tickets = sub_seed(&input.plan, seed, &format!("subjects/{code}"));
            let frames: Vec<&Frame<'_>> =
                group.matters.iter().filter_map(|matter| input.frames.get(matter)).collect();
            files.insert(format!("tickets-{code}.tsv"), subjects::tickets_lines(frames, &tickets));
        }
    }
    files
}
