//! The order in which files are checked: each from those before it.

use std::collections::BTreeMap;

use super::{Cosigners, Report, Why, followed, logged};
use crate::commit::{self, COMMIT, Committed, Input, Staff, text_of};
use crate::data::{self, Frame};
use crate::draw::{ALLOC, EVIDENCE, RESULT, VISITS, department, sample, sample_files, sub_seed};
use crate::encoding::{Code, Digest, lines};
use crate::list::Listed;
use crate::officers::{DeptOutcome, check_department};
use crate::plan::{FrameMode, PLAN, Plan, SeedRelease};
use crate::seed::{Entropy, SEED, difference, parse_share};
use crate::{Files, Reason, Refused, Result};

/// What is known after the plan is read.
pub(super) struct Known<'a> {
    pub(super) files: &'a Files,
    pub(super) plan: Plan,
    pub(super) committed: Option<Committed>,
    pub(super) threads: usize,
}

/// Whether the files of the result must be here by now.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// They are public.
    Here,
    /// They may be kept back.
    May,
}

/// Everything of the draw that could be repeated here.
pub(super) struct Repeated<'a> {
    pub(super) input: Input<'a>,
    pub(super) seed: Digest,
    pub(super) visits: Vec<crate::subjects::Visit>,
    pub(super) drawn: BTreeMap<Code, Vec<crate::subjects::Drawn>>,
    pub(super) depts: BTreeMap<Code, DeptOutcome>,
}

pub(super) fn check(files: &Files, cosigners: &Cosigners, threads: usize, report: &mut Report) {
    other_programs(files, report);
    report.commit = files.get(COMMIT).and_then(|text| Some(commit::parse(text).ok()?.digest));
    let plan = text_of(files, PLAN).and_then(Plan::require);
    let Some(plan) = report.take(plan) else {
        // Nothing can be read without a plan.
        files.keys().for_each(|name| report.not_checked(name, Why::InputRefused));
        return;
    };
    report.holds(PLAN);
    let input = read_data(files, &plan, report);
    let committed = commit::check(&plan, files, threads);
    let committed = report.take(committed).inspect(|_| report.holds(COMMIT));
    let known = Known { files, plan, committed, threads };
    let log = logged::check(&known, cosigners, report);
    let seed = seed(&known, log.as_ref(), report).map(|(seed, _)| seed);
    let repeated = match (seed, input) {
        (Some(seed), Some(input)) => repeat(&known, input, seed, report),
        (None, _) | (_, None) => None,
    };
    outputs_without_inputs(&known, repeated.as_ref(), report);
    result(&known, seed, logged::must_be_here(&known, log.as_ref()), report);
    followed::check(&known, log.as_ref(), repeated.as_ref(), report);
    logged::require_complete(&known, log.as_ref(), report);
}

/// Files that other programs verify.
fn other_programs(files: &Files, report: &mut Report) {
    for name in files.keys() {
        let is_signature = name.starts_with("head-") && (name.ends_with(".sig") || name.ends_with(".tsr"));
        if is_signature || (name.starts_with("drand-") && name.ends_with(".sig")) {
            report.not_checked(name, Why::OtherProgram);
        }
    }
}

/// Data files that are here; the input if all frames are.
fn read_data<'a>(files: &'a Files, plan: &Plan, report: &mut Report) -> Option<Input<'a>> {
    let (mut frames, mut excluded, mut staff) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for (code, matter) in &plan.matters {
        let name = format!("frame-{code}.tsv");
        let frame = match files.get(&name) {
            Some(text) => {
                report.take(Frame::parse(&name, text, matter, plan.frame)).inspect(|_| report.holds(&name))
            }
            None => {
                match plan.frame {
                    FrameMode::Public => report.refuse(Refused::file(&name, Reason::FileMissing)),
                    FrameMode::Private => report.not_checked(&name, Why::NotHere),
                }
                None
            }
        };
        let name = format!("excluded-{code}.tsv");
        if let Some(text) = present(files, &name, report) {
            let list = data::excluded(&name, text).and_then(|list| {
                frame.as_ref().map_or(Ok(()), |frame| data::require_disjoint(&name, frame, &list))?;
                Ok(list)
            });
            excluded
                .extend(report.take(list).inspect(|_| report.holds(&name)).map(|list| (code.clone(), list)));
        }
        frames.extend(frame.map(|frame| (code.clone(), frame)));
    }
    for dept in plan.depts_with_slots() {
        staff.extend(read_staff(files, plan, dept, report).map(|staff| (dept.clone(), staff)));
    }
    let is_whole = frames.len() == plan.matters.len();
    is_whole.then(|| Input { plan: plan.clone(), frames, excluded, staff })
}

/// The text of a file, or a note that it is not here.
fn present<'a>(files: &'a Files, name: &str, report: &mut Report) -> Option<&'a [u8]> {
    let text = files.get(name).map(Vec::as_slice);
    if text.is_none() {
        report.not_checked(name, Why::NotHere);
    }
    text
}

fn read_staff(files: &Files, plan: &Plan, dept: &Code, report: &mut Report) -> Option<Staff> {
    fn read<T>(
        files: &Files,
        name: &str,
        report: &mut Report,
        parse: impl Fn(&str, &[u8]) -> Result<T>,
    ) -> Option<T> {
        let text = present(files, name, report)?;
        let parsed = report.take(parse(name, text))?;
        report.holds(name);
        Some(parsed)
    }
    let name = |kind: &str| format!("{kind}-{dept}.tsv");
    let officers = read(files, &name("officers"), report, data::officers);
    let recusals = read(files, &name("recusals"), report, data::recusals);
    let pairs = read(files, &name("pairs"), report, data::pairs);
    let has_pool = plan.data_files().contains(&name("pool"));
    let pool = if has_pool {
        let pool = read(files, &name("pool"), report, data::officers)?;
        let separate = data::require_separate(&name("pool"), &pool, officers.as_deref().unwrap_or_default());
        report.take(separate)?;
        Some(pool)
    } else {
        None
    };
    Some(Staff { officers: officers?, pool, recusals: recusals?, pairs: pairs? })
}

/// The seed and its entropy, and the share files.
fn seed(known: &Known<'_>, log: Option<&logged::Logged>, report: &mut Report) -> Option<(Digest, Entropy)> {
    let commit = known.committed.as_ref()?.digest;
    let entropy = match known.files.get(SEED) {
        Some(text) => report.take(Entropy::parse(text, &known.plan, &commit)),
        None => None,
    };
    for party in known.plan.share_holders() {
        let name = format!("share-{party}.txt");
        let Some(text) = known.files.get(&name) else { continue };
        let Some(share) = report.take(parse_share(&name, text, &commit, party)) else { continue };
        let in_seed =
            entropy.as_ref().and_then(|entropy| entropy.shares.iter().find(|(code, _)| code == party));
        let in_log = log.and_then(|log| log.share(party));
        match in_seed.map(|(_, share)| share).or(in_log) {
            Some(known) if *known == share => report.holds(name),
            Some(_) => report.refuse(Refused::at(name, 4, 7, Reason::ShareDigest)),
            None => report.refuse(Refused::file(name, Reason::ShareMissing)),
        }
    }
    let entropy = entropy?;
    if let Some(log) = log {
        report.take(log.require_entropy(&known.plan, &commit, &entropy))?;
    }
    report.holds(SEED);
    Some((entropy.seed(known.plan.suite, &commit), entropy))
}

/// Repeats the draw and compares what is here with it, byte for byte.
fn repeat<'a>(
    known: &Known<'a>,
    input: Input<'a>,
    seed: Digest,
    report: &mut Report,
) -> Option<Repeated<'a>> {
    let sample = report.take(sample(&input, &seed))?;
    for (name, expected) in sample_files(&input, &seed, &sample) {
        compare(known, &name, &expected, report);
    }
    let mut depts = BTreeMap::new();
    for code in known.plan.depts_with_slots() {
        if !input.staff.contains_key(code) {
            continue;
        }
        let chance = sub_seed(&known.plan, &seed, &format!("officers/{code}"));
        let outcome =
            department(&input, code, &sample.visits, &chance, |input| check_department(input, known.files));
        if let Some(outcome) = report.take(outcome) {
            for (name, expected) in outcome.result.iter().chain(&outcome.evidence) {
                compare(known, name, expected, report);
            }
            depts.insert(code.clone(), outcome);
        }
    }
    Some(Repeated { input, seed, visits: sample.visits, drawn: sample.drawn, depts })
}

/// Compares a file with what it must be; the place is the first byte that differs.
pub(super) fn compare(known: &Known<'_>, name: &str, expected: &[u8], report: &mut Report) {
    match known.files.get(name).map(|found| difference(expected, found)) {
        Some(None) => report.holds(name),
        Some(Some((line, column))) => report.refuse(Refused::at(name, line, column, Reason::OutputMismatch)),
        None => report.refuse(Refused::file(name, Reason::FileMissing)),
    }
}

/// Whether a name is one of the files a draw gives.
fn is_output(known: &Known<'_>, name: &str) -> bool {
    let is_tickets = known.plan.seed_release == SeedRelease::Auditors
        && known.plan.groups.keys().any(|group| name == format!("tickets-{group}.tsv"));
    name == ALLOC
        || name == VISITS
        || is_tickets
        || known.plan.matters.keys().any(|matter| name == format!("drawn-{matter}.tsv"))
        || known.plan.depts_with_slots().into_iter().any(|dept| is_dept_file(name, dept))
}

/// `<kind>-<D>[.event-<n>][-<r>].<ending>`: tables and proofs of a department.
fn is_dept_file(name: &str, dept: &Code) -> bool {
    let kinds = ["assign-", "postponed-", "deleted-", "prices-", "slots-", "cuts-", "proof-", "tie-"];
    let stem = name.strip_suffix(".tsv").or_else(|| name.strip_suffix(".txt"));
    let rest = stem.and_then(|stem| kinds.iter().find_map(|kind| stem.strip_prefix(kind)));
    let rest = rest.and_then(|rest| rest.strip_prefix(dept.as_str()));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-') || rest.starts_with(".event-"))
}

/// Outputs that could not be repeated here. What is left over although it was repeated has no place; files of events are
/// judged with their event.
fn outputs_without_inputs(known: &Known<'_>, repeated: Option<&Repeated<'_>>, report: &mut Report) {
    let here = if known.files.contains_key(SEED) { Why::InputNotHere } else { Why::NotHere };
    let names: Vec<&String> = known.files.keys().filter(|name| is_output(known, name)).collect();
    for name in names.into_iter().filter(|name| !name.contains(".event-")) {
        let dept = known.plan.depts_with_slots().into_iter().find(|dept| is_dept_file(name, dept));
        let why = match (repeated, dept) {
            (None, _) => here,
            (Some(_), None) => continue,
            (Some(repeated), Some(dept)) if repeated.depts.contains_key(dept) => continue,
            (Some(repeated), Some(dept)) if repeated.input.staff.contains_key(dept) => Why::InputRefused,
            (Some(_), Some(_)) => Why::InputNotHere,
        };
        report.not_checked(name, why);
    }
}

/// `result.txt` and `evidence.txt`: their heads, and the LIST line of every file that is here.
fn result(known: &Known<'_>, seed: Option<Digest>, need: Need, report: &mut Report) {
    let (Some(text), Some(committed)) = (known.files.get(RESULT), known.committed.as_ref()) else { return };
    let seed = seed.map_or_else(|| given_seed(RESULT, text), Ok);
    let Some(seed) = report.take(seed) else { return };
    let head = format!("DSJ1/result\ncommit={}\nseed={seed}\n", committed.digest);
    if !listed(known, (RESULT, text), &head, &is_result_file, need, report) {
        return;
    }
    let Some(evidence) = known.files.get(EVIDENCE) else { return };
    let head = format!("DSJ1/evidence\nresult={}\nseed={seed}\n", known.plan.suite.hash(text));
    listed(known, (EVIDENCE, evidence), &head, &|name| !is_result_file(name), need, report);
}

/// Whether an output stands in `result.txt`; the others stand in `evidence.txt`.
fn is_result_file(name: &str) -> bool {
    let stem = name.strip_suffix(".tsv").unwrap_or(name);
    let is_round =
        stem.rsplit_once('-').is_some_and(|(_, tail)| crate::encoding::parse_u64(tail.as_bytes()).is_some());
    let prefixes = ["drawn-", "postponed-", "deleted-", "tickets-"];
    name == ALLOC
        || name == VISITS
        || prefixes.iter().any(|prefix| name.starts_with(prefix))
        || (name.starts_with("assign-") && !is_round)
}

/// The seed as a result names it, where the seed itself is not here.
fn given_seed(file: &str, text: &[u8]) -> Result<Digest> {
    let refuse = || Refused::at(file, 3, 6, Reason::FileForm);
    let line = lines(file, text).nth(2).ok_or_else(refuse)?;
    line.bytes.strip_prefix(b"seed=").and_then(Digest::parse).ok_or_else(refuse)
}

/// Compares a list of files: lines of files that are not here are taken as they stand.
fn listed(
    known: &Known<'_>,
    (file, text): (&str, &[u8]),
    head: &str,
    belongs: &dyn Fn(&str) -> bool,
    need: Need,
    report: &mut Report,
) -> bool {
    let mut expected: BTreeMap<String, String> = BTreeMap::new();
    for line in lines(file, text).skip(3) {
        let Some(listed) = report.take(Listed::parse(&line)) else { return false };
        if !known.files.contains_key(&listed.name) && is_output(known, &listed.name) && belongs(&listed.name)
        {
            match need {
                Need::Here => report.refuse(Refused::file(&listed.name, Reason::FileMissing)),
                Need::May => report.not_checked(&listed.name, Why::NotHere),
            }
            expected.insert(listed.name.clone(), listed.line());
        }
    }
    for (name, text) in known.files {
        if is_output(known, name) && belongs(name) && !name.contains(".event-") {
            expected.insert(name.clone(), Listed::of(known.plan.suite, name, text, known.threads).line());
        }
    }
    let expected = head.to_owned() + &expected.into_values().collect::<String>();
    compare(known, file, expected.as_bytes(), report);
    matches!(report.files.get(file), Some(super::Finding::Holds))
}
