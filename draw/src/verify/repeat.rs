//! Shares, seed, and the draw made anew.

use std::collections::{BTreeMap, HashSet};

use sampling::ceremony::{Ceremony, Executed};
use sampling::chance::SubSeed;
use sampling::commit::{Committed, Input};
use sampling::draw::{ALLOC, EVIDENCE, RESULT, Sample, VISITS, department, sample_with, sub_seed};
use sampling::encoding::{Code, Digest, Sorted, lines, require_verifier_text};
use sampling::list::{Listed, list_lines};
use sampling::officers::{DeptOutcome, check_costs, check_department, tasks};
use sampling::plan::{Plan, SeedRelease, Timing};
use sampling::seed::{Entropy, SEED, parse_share, share_text};
use sampling::subjects::{Drawn, Visit, parse_drawn};
use sampling::{Files, Reason, Refused, Result, allocation, subjects};

use super::log::Logged;
use super::{After, Repeated, Report, Standing, compare};
use crate::names;

/// Repeats the draw; `None` if there is no seed, or something is refused.
pub(super) fn draw<'a>(
    input: Input<'a>,
    committed: Committed,
    files: &Files,
    logged: &Logged,
    report: &mut Report,
) -> Option<Repeated<'a>> {
    let plan = &input.plan;
    require_files(plan, files, &logged.state, report);
    let entropy = entropy(plan, &committed, files, logged, report);
    shares(plan, &committed, files, logged, entropy.is_some(), report);
    let seed = entropy?.seed(plan.suite, &committed.digest);
    let given = given(&input, &seed, files, report)?;
    let sample = report.take(sample_with(&input, &seed, given))?;
    let mut depts = BTreeMap::new();
    let mut made = Made::default();
    made.subjects(&input, &sample, &seed, files, report);
    for code in plan.depts_with_slots() {
        let chance = sub_seed(plan, &seed, &format!("officers/{code}"));
        if !input.staff.contains_key(code) {
            costs(&format!("assign-{code}.tsv"), files, plan, code, &sample.visits, &chance, report);
            continue;
        }
        let checked =
            department(&input, code, &sample.visits, &chance, |problem| check_department(problem, files));
        if let Some(outcome) = report.take(checked) {
            made.officers(&outcome);
            depts.insert(code.clone(), outcome);
        }
    }
    for (name, text) in &made.result {
        compare(name, text, files, Standing::Rebuilt, report);
    }
    for (name, text) in &made.evidence {
        compare(name, text, files, Standing::Certified, report);
    }
    outcome(plan, &committed.digest, &seed, files, &made, &input, report);
    if let Some(executed) = executed(&logged.state) {
        roots(plan, files, executed, report);
    }
    Some(Repeated { input, committed, seed, sample, depts, after: After::default() })
}

/// Who was drawn where the frame is not there: the file as it is, every ticket made anew.
fn given(
    input: &Input<'_>,
    seed: &Digest,
    files: &Files,
    report: &mut Report,
) -> Option<BTreeMap<Code, Vec<Drawn>>> {
    let mut given = BTreeMap::new();
    for (group, rules) in &input.plan.groups {
        let tickets = sub_seed(&input.plan, seed, &format!("subjects/{group}"));
        for matter in rules.matters.iter().filter(|matter| !input.frames.contains_key(*matter)) {
            let name = format!("drawn-{matter}.tsv");
            given.insert(matter.clone(), report.take(read_drawn(&name, files, &tickets))?);
        }
    }
    Some(given)
}

fn read_drawn(name: &str, files: &Files, tickets: &SubSeed) -> Result<Vec<Drawn>> {
    let text = files.get(name).ok_or_else(|| Refused::file(name, Reason::FileMissing))?;
    require_verifier_text(name, text)?;
    let mut units = Vec::new();
    let mut before = None;
    for line in lines(name, text) {
        let unit = parse_drawn(&line)?;
        if tickets.ticket(unit.sid.as_bytes()) != unit.ticket {
            return Err(line.refuse(1, Reason::OutputMismatch));
        }
        if let Some(before) = before {
            line.require_after(&before, Sorted::Lines)?;
        }
        before = Some(line);
        units.push(unit);
    }
    Ok(units)
}

/// Without the officers' files: tasks and costs alone.
pub(super) fn costs(
    name: &str,
    files: &Files,
    plan: &Plan,
    dept: &Code,
    visits: &[Visit],
    chance: &SubSeed,
    report: &mut Report,
) {
    let checked = match files.get(name) {
        Some(text) => check_costs(name, text, &tasks(plan, dept, visits), chance),
        None => Err(Refused::file(name, Reason::FileMissing)),
    };
    report.take(checked);
}

/// Files made anew, by where they are listed.
#[derive(Default)]
struct Made {
    result: Files,
    evidence: Files,
}

impl Made {
    fn subjects(
        &mut self,
        input: &Input<'_>,
        sample: &Sample,
        seed: &Digest,
        files: &Files,
        report: &mut Report,
    ) {
        let alloc: String =
            sample.allocated.iter().map(|(matter, numbers)| allocation::lines(matter, numbers)).collect();
        if input.frames.len() == input.plan.matters.len() {
            self.result.insert(ALLOC.to_owned(), alloc.into_bytes());
        } else if let Some(text) = files.get(ALLOC) {
            // Of the matters whose frames are here, every line must stand.
            let found: HashSet<&[u8]> = text.split(|&byte| byte == b'\n').collect();
            if let Some(line) = alloc.lines().find(|line| !found.contains(line.as_bytes())) {
                report.refuse(Refused::file(ALLOC, Reason::OutputMismatch).with(line));
            }
        }
        self.result.insert(VISITS.to_owned(), subjects::visit_lines(&sample.visits).into_bytes());
        for (matter, drawn) in &sample.drawn {
            self.result.insert(format!("drawn-{matter}.tsv"), subjects::drawn_lines(drawn));
        }
        if let SeedRelease::Auditors = input.plan.seed_release {
            for (code, group) in &input.plan.groups {
                let tickets = sub_seed(&input.plan, seed, &format!("subjects/{code}"));
                let frames: Vec<_> =
                    group.matters.iter().filter_map(|matter| input.frames.get(matter)).collect();
                if frames.len() == group.matters.len() {
                    let text = subjects::tickets_lines(frames, &tickets);
                    self.result.insert(format!("tickets-{code}.tsv"), text);
                }
            }
        }
    }

    fn officers(&mut self, outcome: &DeptOutcome) {
        self.result.extend(outcome.result.clone());
        self.evidence.extend(outcome.evidence.clone());
    }
}

/// How a draw was executed, if it was.
pub(crate) fn executed(state: &Ceremony) -> Option<&Executed> {
    match state {
        Ceremony::Executed(executed) => Some(executed),
        Ceremony::Voided(voided) => voided.executed.as_ref(),
        Ceremony::Planned(_)
        | Ceremony::Committed(_)
        | Ceremony::Sharing(_)
        | Ceremony::SharesClosed(_)
        | Ceremony::Revealing(_)
        | Ceremony::Revealed(_)
        | Ceremony::Rolling(_)
        | Ceremony::Rolled(_)
        | Ceremony::Opening(_) => None,
    }
}

/// Whether everybody may see seed and result by now.
pub(crate) fn is_public(plan: &Plan, state: &Ceremony) -> bool {
    let is_opened = state.entropy().is_some();
    executed(state).is_some()
        && plan.seed_release == SeedRelease::Public
        && (plan.timing == Timing::Open || is_opened)
}

/// What must be there once the result is public, or void; and what can stand only beside the seed of an executed draw.
fn require_files(plan: &Plan, files: &Files, state: &Ceremony, report: &mut Report) {
    let is_void = matches!(state, Ceremony::Voided(voided) if voided.executed.is_some());
    let has_seed = files.contains_key(SEED) && executed(state).is_some();
    if is_public(plan, state) || is_void || has_seed {
        for name in [SEED, RESULT, EVIDENCE] {
            if !files.contains_key(name) {
                report.refuse(Refused::file(name, Reason::FileMissing));
            }
        }
    }
    if has_seed {
        return;
    }
    for name in files.keys().filter(|name| names::is_of_result(name)) {
        report.refuse(Refused::file(name, Reason::ResultAlone));
    }
}

/// `seed.txt` against the log: shares by value where they are logged, else by digest.
fn entropy(
    plan: &Plan,
    committed: &Committed,
    files: &Files,
    logged: &Logged,
    report: &mut Report,
) -> Option<Entropy> {
    let text = files.get(SEED)?;
    executed(&logged.state)?;
    let read = Entropy::parse(text, plan, &committed.digest).and_then(|entropy| {
        let opened = logged.state.opened().ok_or_else(|| Refused::at(SEED, 1, 1, Reason::StepOrder))?;
        for (place, (party, share)) in entropy.shares.iter().enumerate() {
            let digest = plan.suite.hash(&share_text(&committed.digest, party, share));
            if logged.share_digest(plan, party) != Some(digest) {
                let column = 8 + party.as_str().len();
                return Err(Refused::at(SEED, place + 3, column, Reason::ShareDigest).with(party));
            }
        }
        for (place, value) in entropy.public.iter().enumerate() {
            if opened.public.get(place) != Some(value) {
                let line = entropy.shares.len() + place + 3;
                let column = format!("public={}:", place + 1).len() + 1;
                return Err(Refused::at(SEED, line, column, Reason::FieldValue).with(value));
            }
        }
        Ok(entropy)
    });
    let entropy = report.take(read)?;
    report.mark(SEED, Standing::Rebuilt);
    Some(entropy)
}

/// Share files that are there: they need an entry or the seed, and must be the ones that were committed.
fn shares(
    plan: &Plan,
    committed: &Committed,
    files: &Files,
    logged: &Logged,
    has_seed: bool,
    report: &mut Report,
) {
    for party in plan.share_holders() {
        let file = format!("share-{party}.txt");
        let Some(text) = files.get(&file) else { continue };
        let is_known = has_seed || logged.is_share_known(plan, party);
        let read = parse_share(&file, text, &committed.digest, party).and_then(|_| {
            if !is_known {
                return Err(Refused::file(&file, Reason::StepOrder));
            }
            if logged.share_digest(plan, party) != Some(plan.suite.hash(text)) {
                return Err(Refused::at(&file, 4, 7, Reason::ShareDigest).with(party));
            }
            Ok(())
        });
        if report.take(read).is_some() {
            report.mark(&file, Standing::Rebuilt);
        }
    }
}

/// `result.txt` and `evidence.txt`: lists of what was made anew, and of what could not be and is taken as it is.
fn outcome(
    plan: &Plan,
    commit: &Digest,
    seed: &Digest,
    files: &Files,
    made: &Made,
    input: &Input<'_>,
    report: &mut Report,
) {
    let is_known_dept = |name: &str| {
        let is_of = |dept: &Code| name.contains(&format!("-{dept}.")) || name.contains(&format!("-{dept}-"));
        let first = plan
            .depts_with_slots()
            .into_iter()
            .filter(|dept| is_of(dept))
            .max_by_key(|dept| dept.as_str().len());
        first.is_some_and(|dept| input.staff.contains_key(dept))
    };
    let must = plan.groups.keys().map(|group| format!("tickets-{group}.tsv"));
    let must = must.filter(|_| plan.seed_release == SeedRelease::Auditors).chain([ALLOC.to_owned()]);
    let assigned = plan.depts_with_slots().into_iter().map(|dept| format!("assign-{dept}.tsv"));
    for name in must.chain(assigned).filter(|name| !files.contains_key(name)) {
        report.refuse(Refused::file(name, Reason::FileMissing));
    }
    let has_frames = |name: &str| match name.strip_prefix("tickets-").and_then(|n| n.strip_suffix(".tsv")) {
        Some(group) => plan.groups.iter().any(|(code, rules)| {
            code.as_str() == group && rules.matters.iter().all(|matter| input.frames.contains_key(matter))
        }),
        None => input.frames.len() == plan.matters.len(),
    };
    let mut result = made.result.clone();
    let mut evidence = made.evidence.clone();
    for (name, text) in files {
        let kind = name.split('-').next().unwrap_or_default();
        let is_event = name.contains(".event-");
        let is_round = name
            .rsplit('-')
            .next()
            .is_some_and(|tail| tail.bytes().next().is_some_and(|b| b.is_ascii_digit()));
        let is_list =
            matches!(kind, "postponed" | "deleted") || (kind == "assign" && !is_later_round(name, plan));
        let is_subject = matches!(kind, "drawn" | "tickets") || name == ALLOC || name == VISITS;
        let is_evidence =
            matches!(kind, "proof" | "prices" | "slots" | "cuts" | "tie") || (kind == "assign" && is_round);
        if is_event || result.contains_key(name) || evidence.contains_key(name) {
            continue;
        }
        if is_subject && !has_frames(name) || is_list && !is_known_dept(name) {
            result.insert(name.clone(), text.clone());
            report.mark(name, Standing::Digest);
        } else if is_evidence && !is_known_dept(name) {
            evidence.insert(name.clone(), text.clone());
            report.mark(name, Standing::Digest);
        } else if is_subject || is_list || is_evidence {
            report.refuse(Refused::file(name, Reason::FileUnknown));
        }
    }
    let listed = |files: &Files| {
        list_lines(plan.suite, files.iter().map(|(name, text)| (name.as_str(), text.as_slice())), 1)
    };
    let expected = format!("DSJ1/result\ncommit={commit}\nseed={seed}\n{}", listed(&result));
    compare(RESULT, expected.as_bytes(), files, Standing::Rebuilt, report);
    let digest = plan.suite.hash(files.get(RESULT).map(Vec::as_slice).unwrap_or_default());
    let expected = format!("DSJ1/evidence\nresult={digest}\nseed={seed}\n{}", listed(&evidence));
    compare(EVIDENCE, expected.as_bytes(), files, Standing::Rebuilt, report);
}

/// `assign-<D>-<r>.tsv`, of an earlier round.
fn is_later_round(name: &str, plan: &Plan) -> bool {
    let is_whole = |dept: &&Code| name == format!("assign-{dept}.tsv");
    !plan.depts_with_slots().iter().any(is_whole)
}

/// What DrawExecuted said.
fn roots(plan: &Plan, files: &Files, executed: &Executed, report: &mut Report) {
    let entry = format!("entry-{}.txt", executed.seq);
    for (line, name, logged) in [(7, RESULT, executed.result), (8, EVIDENCE, executed.evidence)] {
        let Some(text) = files.get(name) else { continue };
        if plan.suite.hash(text) != logged {
            let column = name.trim_end_matches(".txt").len() + 2;
            report.refuse(Refused::at(&entry, line, column, Reason::OutputMismatch).with(name));
            report.refuse(Refused::file(name, Reason::OutputMismatch));
        }
    }
    for (name, root) in &executed.roots {
        let Some(text) = files.get(name) else { continue };
        if Listed::of(plan.suite, name, text, 1).root != *root {
            report.refuse(Refused::at(&entry, 9, 7, Reason::OutputMismatch).with(name));
        }
    }
}
