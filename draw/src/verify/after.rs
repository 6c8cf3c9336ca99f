//! After the draw: events with their seeds and successors, substitutions with their reserves.

use std::collections::BTreeMap;

use sampling::ceremony::Ceremony;
use sampling::encoding::{Code, Sid};
use sampling::events::{Duty, Executed, Solver, Substitutions};
use sampling::log::{Entry, Kind};
use sampling::plan::{Plan, Timing};
use sampling::{Files, Reason, Refused, Result};

use super::log::Logged;
use super::repeat::executed;
use super::{Repeated, Report, Standing, Unchecked, compare};

/// Follows the log from the execution on.
pub(super) fn check(
    repeated: Option<&Repeated<'_>>,
    plan: &Plan,
    files: &Files,
    logged: &Logged,
    report: &mut Report,
) {
    event_files(plan, files, &logged.state, report);
    salted_files(plan, files, logged, report);
    let Some(repeated) = repeated else { return };
    let all_staff = repeated.input.staff.len() == plan.depts_with_slots().len();
    let is_whole = all_staff && repeated.depts.len() == repeated.input.staff.len();
    let mut duty = is_whole.then(|| {
        let depts = repeated.depts.clone();
        Duty::of(&repeated.input, repeated.committed.digest, repeated.seed, &repeated.sample.visits, depts)
    });
    let mut reserves: BTreeMap<&Code, Substitutions> =
        repeated.sample.drawn.iter().map(|(matter, drawn)| (matter, Substitutions::new(drawn))).collect();
    let mine = |entry: &&Entry| entry.plan_id == plan.plan_id && entry.draw_no == plan.draw_no;
    let mut values: BTreeMap<u64, &str> = BTreeMap::new();
    for entry in logged.log.entries().iter().filter(mine) {
        match &entry.kind {
            Kind::EventEntropy { event, value } => {
                values.insert(*event, value);
                report.leave(Unchecked::EventValues);
            }
            Kind::EventExecuted { event, out, into } => {
                let Some(duty) = &mut duty else {
                    report.leave(Unchecked::Officers);
                    continue;
                };
                let value = values.get(event).copied().unwrap_or_default();
                let followed = follow(duty, *event, value, plan, files);
                let Some(Some(followed)) = report.take(followed) else {
                    report.leave(Unchecked::SaltedNames);
                    return;
                };
                for (name, text) in &followed.files {
                    compare(name, text, files, Standing::Rebuilt, report);
                }
                names(entry, [out, into], [&followed.out, &followed.into], plan, files, report);
            }
            Kind::Substitution { matter, out, into, .. } => {
                let Some(reserves) = reserves.get_mut(matter) else {
                    report.refuse(Refused::at(entry.file(), 7, 8, Reason::FieldValue).with(matter));
                    continue;
                };
                substitution(entry, out, into, reserves, plan, files, report);
            }
            Kind::Committed { .. }
            | Kind::ShareCommitted { .. }
            | Kind::ShareHeld { .. }
            | Kind::SharesClosed
            | Kind::ShareRevealed { .. }
            | Kind::PublicEntropy { .. }
            | Kind::DrawExecuted { .. }
            | Kind::ShareOpened { .. }
            | Kind::Event { .. }
            | Kind::Result { .. }
            | Kind::Published
            | Kind::Voided { .. } => {}
        }
    }
}

/// Event files against their entries; a file without entry has no place.
fn event_files(plan: &Plan, files: &Files, state: &Ceremony, report: &mut Report) {
    let events = executed(state).map(|executed| executed.events.as_slice()).unwrap_or_default();
    let is_sealed = plan.timing == Timing::Sealed;
    for (place, event) in events.iter().enumerate() {
        let name = format!("event-{}.txt", place + 1);
        match files.get(&name) {
            Some(text) if plan.suite.hash(text) == event.digest => report.mark(&name, Standing::Digest),
            Some(_) => {
                report.refuse(Refused::at(&name, 1, 1, Reason::EventForm));
                report.refuse(Refused::at(format!("entry-{}.txt", event.seq), 8, 8, Reason::OutputMismatch));
            }
            None if is_sealed => report.leave(Unchecked::SaltedNames),
            None => report.refuse(Refused::file(&name, Reason::FileMissing)),
        }
    }
    for name in files.keys() {
        let number = crate::names::event(name.strip_prefix("seed-").unwrap_or(name));
        let Some(number) = number else { continue };
        let event = usize::try_from(number - 1).ok().and_then(|place| events.get(place));
        let is_there = event.is_some_and(|event| !name.starts_with("seed-") || event.value.is_some());
        if !is_there {
            report.refuse(Refused::file(name, Reason::FileUnknown));
        }
    }
    let labelled = |name: &str| {
        let number = name.split_once(".event-")?.1;
        let digits: String = number.chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<usize>().ok()
    };
    for name in files.keys() {
        let Some(number) = labelled(name) else { continue };
        let event = number.checked_sub(1).and_then(|place| events.get(place));
        if event.is_none_or(|event| event.outcome.is_none()) {
            report.refuse(Refused::file(name, Reason::FileUnknown));
        }
    }
}

/// Salted names that are here: their digests are logged, whether or not what follows can be repeated here. One without
/// its entry has no place.
fn salted_files(plan: &Plan, files: &Files, logged: &Logged, report: &mut Report) {
    let mut places = Vec::new();
    for entry in logged.log.entries() {
        if entry.plan_id != plan.plan_id || entry.draw_no != plan.draw_no || plan.timing == Timing::Open {
            continue;
        }
        // A remedy names nobody, and stands as it is.
        let is_named = matches!(&entry.kind, Kind::EventExecuted { out, .. } if out != "-")
            || matches!(entry.kind, Kind::Substitution { .. });
        for (field, value) in entry.kind.fields().iter().filter(|(field, _)| matches!(*field, "out" | "in")) {
            if is_named {
                places.push(format!("salted-{}-{field}.txt", entry.seq));
                unsalted(entry, field, value, plan, files, report);
            }
        }
    }
    for name in files.keys().filter(|name| name.starts_with("salted-") && !places.contains(name)) {
        report.refuse(Refused::file(name, Reason::FileUnknown));
    }
}

/// What must follow from an event; `None` if its file is not public.
fn follow(
    duty: &mut Duty<'_>,
    event: u64,
    value: &str,
    plan: &Plan,
    files: &Files,
) -> Result<Option<Executed>> {
    let name = format!("event-{event}.txt");
    match files.get(&name) {
        Some(text) => duty.execute(text, value, Solver::Certificates(files)).map(Some),
        None if plan.timing == Timing::Sealed => Ok(None),
        None => Err(Refused::file(name, Reason::FileMissing)),
    }
}

/// Who went out and who came in, as the log says; behind digests in sealed timing.
fn names(
    entry: &Entry,
    logged: [&String; 2],
    followed: [&String; 2],
    plan: &Plan,
    files: &Files,
    report: &mut Report,
) {
    for ((field, logged), wanted) in ["out", "in"].into_iter().zip(logged).zip(followed) {
        // A remedy names nobody: the dash and the digest of its file stand as they are in every timing.
        let is_remedy = followed[0] == "-";
        let found = if is_remedy {
            Some(logged.to_owned())
        } else {
            unsalted(entry, field, logged, plan, files, report)
        };
        if let Some(found) = found
            && found != *wanted
        {
            let line = entry.kind.fields().iter().position(|(name, _)| *name == field).unwrap_or(0) + 7;
            let refused = Refused::at(entry.file(), line, field.len() + 2, Reason::EventResult);
            report.refuse(refused.with(found).with(wanted));
        }
    }
}

/// The name behind a field; `None` if it is salted and its file is not here.
fn unsalted(
    entry: &Entry,
    field: &str,
    logged: &str,
    plan: &Plan,
    files: &Files,
    report: &mut Report,
) -> Option<String> {
    if plan.timing == Timing::Open {
        return Some(logged.to_owned());
    }
    let name = format!("salted-{}-{field}.txt", entry.seq);
    let Some(text) = files.get(&name) else {
        report.leave(Unchecked::SaltedNames);
        return None;
    };
    let value = std::str::from_utf8(text).ok().and_then(|text| {
        let (salt, value) = text.strip_suffix('\n')?.split_once('\n')?;
        (sampling::encoding::is_salt(salt.as_bytes()) && !value.contains('\n')).then(|| value.to_owned())
    });
    if plan.suite.hash(text).hex() != logged || value.is_none() {
        report.refuse(Refused::at(&name, 1, 1, Reason::EventResult));
        return None;
    }
    report.mark(&name, Standing::Digest);
    value
}

fn substitution(
    entry: &Entry,
    out: &str,
    into: &str,
    reserves: &mut Substitutions,
    plan: &Plan,
    files: &Files,
    report: &mut Report,
) {
    let Some(out) = unsalted(entry, "out", out, plan, files, report) else { return };
    let next = Sid::parse(out.as_bytes()).map(|sid| reserves.next(&sid));
    match next {
        Some(Ok(next)) => {
            let wanted = next.map_or("-".to_owned(), |sid| sid.to_string());
            if let Some(found) = unsalted(entry, "in", into, plan, files, report)
                && found != wanted
            {
                report
                    .refuse(Refused::at(entry.file(), 9, 4, Reason::SubstitutionIn).with(found).with(wanted));
            }
        }
        Some(Err(_)) | None => {
            report.refuse(Refused::at(entry.file(), 8, 5, Reason::SubstitutionOut).with(out))
        }
    }
}
