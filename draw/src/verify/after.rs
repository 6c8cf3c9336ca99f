//! After the draw: events with their seeds and successors, substitutions with their reserves.

use std::collections::BTreeMap;

use sampling::ceremony::EventState;
use sampling::chance::SubSeed;
use sampling::encoding::{Code, Digest, Sid};
use sampling::events::{Duty, Event, Solver, Substitutions, What, event_seed_text};
use sampling::log::{Entry, Kind};
use sampling::plan::{Plan, Timing};
use sampling::seed::SEED;
use sampling::subjects::Visit;
use sampling::{Files, Reason, Refused};

use super::log::Logged;
use super::repeat::{costs, executed};
use super::{After, Change, Repeated, Report, Standing, Unchecked, compare};

/// Follows the log from the execution on.
pub(super) fn check(
    repeated: Option<&Repeated<'_>>,
    plan: &Plan,
    files: &Files,
    logged: &Logged,
    report: &mut Report,
) -> After {
    let mut after = After::default();
    event_files(plan, files, logged, report);
    salted_files(plan, files, logged, report);
    let Some(repeated) = repeated else { return after };
    event_seeds(repeated, files, logged, report);
    if report.holds() {
        events(repeated, files, logged, &mut after, report);
        substitutions(repeated, files, logged, &mut after, report);
        // Substitutions and events stand among each other in the log.
        after.changes.sort_by_key(|change| crate::names::entry(&change.entry));
    }
    after
}

fn of_state(logged: &Logged) -> &[EventState] {
    executed(&logged.state).map(|executed| executed.events.as_slice()).unwrap_or_default()
}

/// What followed from each event; the files of a department that is not known here are taken as they are.
fn events(repeated: &Repeated<'_>, files: &Files, logged: &Logged, after: &mut After, report: &mut Report) {
    let plan = &repeated.input.plan;
    let is_whole = repeated.depts.len() == plan.depts_with_slots().len();
    let commit = repeated.committed.digest;
    let visits = &repeated.sample.visits;
    let mut duty = Duty::of(&repeated.input, commit, repeated.seed, visits, repeated.depts.clone());
    let events = of_state(logged);
    for entry in logged.entries(plan) {
        let Kind::EventExecuted { event: number, out, into } = &entry.kind else { continue };
        let event = usize::try_from(number - 1).ok().and_then(|place| events.get(place));
        let value = event.and_then(|event| event.value.as_deref()).unwrap_or_default();
        let name = format!("event-{number}.txt");
        let Some(text) = files.get(&name) else { return };
        let Some(event) = report.take(Event::parse(text, plan, &commit, *number)) else { return };
        let (place, class) = match &event.what {
            What::Officer { task, class, .. } => (task.clone(), Some(class.clone())),
            What::Remedy { dept, .. } => (dept.to_string(), None),
        };
        if !is_whole && !duty.knows(&event.what) {
            duty.skip();
            if let What::Remedy { dept, .. } = &event.what {
                let seed = plan.suite.hash(&event_seed_text(&repeated.seed, &plan.suite.hash(text), value));
                unknown_remedy(entry, into, dept, &seed, visits, plan, files, report);
            }
            continue;
        }
        let followed = duty.execute(text, value, Solver::Certificates(files));
        let Some(followed) = report.take(followed) else { return };
        for (name, text) in &followed.files {
            compare(name, text, files, Standing::Rebuilt, report);
        }
        names(entry, [out, into], [&followed.out, &followed.into], plan, files, report);
        let (dept, out, into) = (Some(followed.dept), followed.out, followed.into);
        after.changes.push(Change { entry: entry.file(), place, dept, class, out, into });
    }
    after.duty = duty.now();
}

/// A remedy whose officers are not here: its assignment is logged, its costs follow from the seed of the event.
#[expect(clippy::too_many_arguments, reason = "all of them belong to one event")]
fn unknown_remedy(
    entry: &Entry,
    into: &str,
    dept: &Code,
    seed: &Digest,
    visits: &[Visit],
    plan: &Plan,
    files: &Files,
    report: &mut Report,
) {
    let Kind::EventExecuted { event, .. } = &entry.kind else { return };
    let label = format!("{dept}.event-{event}");
    let assign = format!("assign-{label}.tsv");
    costs(&assign, files, plan, dept, visits, &SubSeed::given(plan.suite, *seed), report);
    if files.get(&assign).is_some_and(|text| plan.suite.hash(text).hex() != into) {
        report.refuse(Refused::at(entry.file(), 9, 4, Reason::EventResult).with(into));
    }
    let own = |name: &&String| name.contains(&format!("-{label}.")) || name.contains(&format!("-{label}-"));
    let own: Vec<&String> = files.keys().filter(own).collect();
    own.into_iter().for_each(|name| report.mark(name, Standing::Digest));
}

fn substitutions(
    repeated: &Repeated<'_>,
    files: &Files,
    logged: &Logged,
    after: &mut After,
    report: &mut Report,
) {
    let plan = &repeated.input.plan;
    let mut reserves: BTreeMap<&Code, Substitutions> =
        repeated.sample.drawn.iter().map(|(matter, drawn)| (matter, Substitutions::new(drawn))).collect();
    for entry in logged.entries(plan) {
        if let Kind::Substitution { matter, out, into, .. } = &entry.kind
            && let Some(reserves) = reserves.get_mut(matter)
        {
            let followed = substitution(entry, out, into, reserves, plan, files, report);
            after.changes.extend(followed.map(|(out, into)| {
                let place = matter.to_string();
                Change { entry: entry.file(), place, dept: None, class: None, out, into }
            }));
        }
    }
}

/// Event files against their entries; a file without entry has no place, and beside the seed none may be missing.
fn event_files(plan: &Plan, files: &Files, logged: &Logged, report: &mut Report) {
    let events = of_state(logged);
    let commit = logged.state.setup().commit;
    for (place, event) in events.iter().enumerate() {
        let number = place as u64 + 1;
        let name = format!("event-{number}.txt");
        match files.get(&name) {
            Some(text) if plan.suite.hash(text) == event.digest => {
                report.mark(&name, Standing::Digest);
                report.take(Event::parse(text, plan, &commit, number));
            }
            Some(_) => {
                report.refuse(Refused::at(&name, 1, 1, Reason::EventForm));
                report.refuse(Refused::at(format!("entry-{}.txt", event.seq), 8, 8, Reason::OutputMismatch));
            }
            None if files.contains_key(SEED) => report.refuse(Refused::file(&name, Reason::FileMissing)),
            None => {}
        }
    }
    let known = |number: u64| number.checked_sub(1).and_then(|n| events.get(usize::try_from(n).ok()?));
    for name in files.keys() {
        let is_there = if let Some(number) = crate::names::event(name) {
            known(number).is_some()
        } else if let Some(number) = name.strip_prefix("seed-").and_then(crate::names::event) {
            known(number).is_some_and(|event| event.value.is_some())
        } else if let Some(number) = crate::names::beacon_of_event(name) {
            known(number).is_some_and(|event| event.value.is_some())
        } else if let Some((of, number)) = crate::names::labelled(name) {
            let remedy = files.get(&format!("event-{number}.txt"));
            let remedy = remedy.and_then(|text| Event::parse(text, plan, &commit, number).ok());
            let is_of = remedy.is_some_and(|event| {
                matches!(&event.what,
                What::Remedy { dept, .. } if of.ends_with(&format!("-{dept}")))
            });
            is_of && known(number).is_some_and(|event| event.outcome.is_some())
        } else {
            true
        };
        if !is_there {
            report.refuse(Refused::file(name, Reason::FileUnknown));
        }
    }
}

/// `seed-event-<n>.txt`: of the seed, the digest that is logged, and the value.
fn event_seeds(repeated: &Repeated<'_>, files: &Files, logged: &Logged, report: &mut Report) {
    for (place, event) in of_state(logged).iter().enumerate() {
        let name = format!("seed-event-{}.txt", place + 1);
        let Some(value) = &event.value else { continue };
        if files.contains_key(&name) || event.outcome.is_some() {
            let text = event_seed_text(&repeated.seed, &event.digest, value);
            compare(&name, &text, files, Standing::Rebuilt, report);
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

/// Who went out and who comes in, if that is known here.
fn substitution(
    entry: &Entry,
    out: &str,
    into: &str,
    reserves: &mut Substitutions,
    plan: &Plan,
    files: &Files,
    report: &mut Report,
) -> Option<(String, String)> {
    let out = unsalted(entry, "out", out, plan, files, report)?;
    let Some(Ok(next)) = Sid::parse(out.as_bytes()).map(|sid| reserves.next(&sid)) else {
        report.refuse(Refused::at(entry.file(), 8, 5, Reason::SubstitutionOut).with(out));
        return None;
    };
    let wanted = next.map_or("-".to_owned(), |sid| sid.to_string());
    if let Some(found) = unsalted(entry, "in", into, plan, files, report)
        && found != wanted
    {
        report.refuse(Refused::at(entry.file(), 9, 4, Reason::SubstitutionIn).with(found).with(&wanted));
    }
    Some((out, wanted))
}
