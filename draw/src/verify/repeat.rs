//! Shares, seed, and the draw made anew.

use std::collections::BTreeMap;

use sampling::ceremony::{Ceremony, Executed};
use sampling::commit::{Committed, Input};
use sampling::draw::{ALLOC, EVIDENCE, RESULT, Sample, VISITS, department, sample, sub_seed};
use sampling::encoding::{Code, Digest};
use sampling::list::{Listed, list_lines};
use sampling::officers::{DeptOutcome, check_department};
use sampling::plan::{Plan, SeedRelease, Timing};
use sampling::seed::{Entropy, SEED, parse_share, share_text};
use sampling::{Files, Reason, Refused, allocation, subjects};

use super::log::{Logged, share_digest};
use super::{Repeated, Report, Standing, Unchecked, compare};

/// Repeats the draw; `None` if seed or frames are not there, or something is refused.
pub(super) fn draw<'a>(
    input: Input<'a>,
    committed: Committed,
    files: &Files,
    logged: &Logged,
    report: &mut Report,
) -> Option<Repeated<'a>> {
    let plan = &input.plan;
    require_files(plan, files, &logged.state, report);
    let entropy = entropy(plan, &committed, files, &logged.state, report);
    shares(plan, &committed, files, &logged.state, entropy.as_ref(), report);
    let Some(entropy) = entropy else {
        report.leave(Unchecked::Result);
        return None;
    };
    let seed = entropy.seed(plan.suite, &committed.digest);
    let has_frames = input.frames.len() == plan.matters.len();
    let sample = if has_frames { report.take(sample(&input, &seed)) } else { None };
    let mut depts = BTreeMap::new();
    let mut made = Made::default();
    if let Some(sample) = &sample {
        made.subjects(&input, sample, &seed);
        for code in input.staff.keys() {
            let chance = sub_seed(plan, &seed, &format!("officers/{code}"));
            let checked =
                department(&input, code, &sample.visits, &chance, |problem| check_department(problem, files));
            if let Some(outcome) = report.take(checked) {
                made.officers(&outcome);
                depts.insert(code.clone(), outcome);
            }
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
    let sample = sample?;
    Some(Repeated { input, committed, seed, sample, depts })
}

/// Files made anew, by where they are listed.
#[derive(Default)]
struct Made {
    result: Files,
    evidence: Files,
}

impl Made {
    fn subjects(&mut self, input: &Input<'_>, sample: &Sample, seed: &Digest) {
        let alloc: String =
            sample.allocated.iter().map(|(matter, numbers)| allocation::lines(matter, numbers)).collect();
        self.result.insert(ALLOC.to_owned(), alloc.into_bytes());
        self.result.insert(VISITS.to_owned(), subjects::visit_lines(&sample.visits).into_bytes());
        for (matter, drawn) in &sample.drawn {
            self.result.insert(format!("drawn-{matter}.tsv"), subjects::drawn_lines(drawn));
        }
        if let SeedRelease::Auditors = input.plan.seed_release {
            for (code, group) in &input.plan.groups {
                let tickets = sub_seed(&input.plan, seed, &format!("subjects/{code}"));
                let frames: Vec<_> =
                    group.matters.iter().filter_map(|matter| input.frames.get(matter)).collect();
                self.result.insert(format!("tickets-{code}.tsv"), subjects::tickets_lines(frames, &tickets));
            }
        }
    }

    fn officers(&mut self, outcome: &DeptOutcome) {
        self.result.extend(outcome.result.clone());
        self.evidence.extend(outcome.evidence.clone());
    }
}

/// How a draw was executed, if it was.
pub(super) fn executed(state: &Ceremony) -> Option<&Executed> {
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

/// What must be there once the result is public, or void.
fn require_files(plan: &Plan, files: &Files, state: &Ceremony, report: &mut Report) {
    let is_void = matches!(state, Ceremony::Voided(voided) if voided.executed.is_some());
    let mut required: Vec<&str> = Vec::new();
    if is_public(plan, state) {
        required.extend([SEED, RESULT, EVIDENCE]);
    } else if is_void {
        required.extend([SEED, RESULT]);
    }
    for name in required {
        if !files.contains_key(name) {
            report.refuse(Refused::file(name, Reason::FileMissing));
        }
    }
}

/// `seed.txt` against the log: shares by value where they are logged, else by digest.
fn entropy(
    plan: &Plan,
    committed: &Committed,
    files: &Files,
    state: &Ceremony,
    report: &mut Report,
) -> Option<Entropy> {
    let text = files.get(SEED)?;
    let read = Entropy::parse(text, plan, &committed.digest).and_then(|entropy| {
        let opened = state.opened().ok_or_else(|| Refused::at(SEED, 1, 1, Reason::StepOrder))?;
        for (place, (party, share)) in entropy.shares.iter().enumerate() {
            let digest = plan.suite.hash(&share_text(&committed.digest, party, share));
            if share_digest(state, party) != Some(digest) {
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
    state: &Ceremony,
    entropy: Option<&Entropy>,
    report: &mut Report,
) {
    for party in plan.share_holders() {
        let file = format!("share-{party}.txt");
        let Some(text) = files.get(&file) else { continue };
        let is_known =
            entropy.is_some() || state.opened().is_some_and(|opened| opened.known.contains_key(party));
        let read = parse_share(&file, text, &committed.digest, party).and_then(|_| {
            if !is_known {
                return Err(Refused::file(&file, Reason::StepOrder));
            }
            if share_digest(state, party) != Some(plan.suite.hash(text)) {
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
    let has_subjects = !made.result.is_empty();
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
        if is_subject && !has_subjects || is_list && !(has_subjects && is_known_dept(name)) {
            result.insert(name.clone(), text.clone());
            report.mark(name, Standing::Digest);
        } else if is_evidence && !(has_subjects && is_known_dept(name)) {
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
