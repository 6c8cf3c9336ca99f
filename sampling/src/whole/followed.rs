//! What followed the draw: events and substitutions, each from the log and from the files it speaks of.

use std::collections::BTreeMap;

use super::checking::{Known, Repeated, compare};
use super::logged::Logged;
use super::{Report, Why};
use crate::encoding::{Code, Digest, Sid, parse_u64};
use crate::events::{Duty, Solver, Substitutions};
use crate::log::{Entry, Kind};
use crate::plan::Timing;
use crate::{Reason, Refused};

pub(super) fn check(
    known: &Known<'_>,
    log: Option<&Logged>,
    repeated: Option<&Repeated<'_>>,
    report: &mut Report,
) {
    event_files(known, log, report);
    if let Some(log) = log {
        if let (Some(repeated), Some(committed)) = (repeated, known.committed.as_ref()) {
            events(known, log, repeated, committed.digest, report);
            substitutions(known, log, repeated, report);
        }
        salted(known, log, report);
    }
    leftovers(known, log, report);
}

/// `event-<n>.txt`: its digest is in the log.
fn event_files(known: &Known<'_>, log: Option<&Logged>, report: &mut Report) {
    let executed = log.and_then(Logged::executed);
    for (place, event) in executed.iter().flat_map(|executed| &executed.events).enumerate() {
        let name = format!("event-{}.txt", place + 1);
        match known.files.get(&name) {
            Some(text) if known.plan.suite.hash(text) == event.digest => report.holds(name),
            Some(_) => report.refuse(Refused::file(name, Reason::OutputMismatch).with(event.digest)),
            None => report.not_checked(name, Why::NotHere),
        }
    }
}

/// Replays every executed event.
fn events(known: &Known<'_>, log: &Logged, repeated: &Repeated<'_>, commit: Digest, report: &mut Report) {
    let Some(executed) = log.executed() else { return };
    let all_here = known.plan.depts_with_slots().iter().all(|dept| repeated.depts.contains_key(*dept));
    if !all_here {
        return;
    }
    let mut duty = Duty::of(&repeated.input, commit, repeated.seed, &repeated.visits, repeated.depts.clone());
    for (place, event) in executed.events.iter().enumerate() {
        let name = format!("event-{}.txt", place + 1);
        let (Some(text), Some(value)) = (known.files.get(&name), &event.value) else { return };
        let outcome = duty.execute(text, value, Solver::Certificates(known.files));
        let Some(outcome) = report.take(outcome) else { return };
        for (name, expected) in &outcome.files {
            compare(known, name, expected, report);
        }
        let entry = log.log.entries().iter().find(|entry| is_execution(known, entry, place));
        let Some(entry) = entry else { return };
        for (field, expected) in [("out", &outcome.out), ("in", &outcome.into)] {
            require_person(known, entry, field, expected, report);
        }
    }
}

fn is_execution(known: &Known<'_>, entry: &Entry, place: usize) -> bool {
    let is_ours = entry.plan_id == known.plan.plan_id && entry.draw_no == known.plan.draw_no;
    is_ours && matches!(entry.kind, Kind::EventExecuted { event, .. } if event == place as u64 + 1)
}

/// The `out` or `in` of an entry is the one that follows; in sealed timing it is the digest of a salted file.
fn require_person(known: &Known<'_>, entry: &Entry, field: &str, expected: &str, report: &mut Report) {
    let fields = entry.kind.fields();
    let found =
        fields.iter().find(|(name, _)| *name == field).map(|(_, value)| value.as_str()).unwrap_or_default();
    let salted = format!("salted-{}-{field}.txt", entry.seq);
    let holds = match (known.plan.timing, known.files.get(&salted)) {
        (Timing::Open, _) => found == expected,
        (Timing::Sealed, None) => return report.not_checked(salted, Why::NotHere),
        (Timing::Sealed, Some(text)) => {
            let is_digest = Digest::parse(found.as_bytes()) == Some(known.plan.suite.hash(text));
            is_digest && salted_value(text) == Some(expected.as_bytes())
        }
    };
    if !holds {
        report.refuse(entry.refuse_field(field, Reason::EventResult).with(expected));
    }
}

/// The value under a line of 32 hexadecimal characters.
fn salted_value(text: &[u8]) -> Option<&[u8]> {
    let (salt, rest) = text.split_at_checked(33)?;
    let has_salt = crate::encoding::is_salt(salt.strip_suffix(b"\n")?);
    let value = rest.strip_suffix(b"\n").filter(|value| !value.is_empty() && !value.contains(&b'\n'));
    value.filter(|_| has_salt)
}

/// Salted files: their digest is in the log.
fn salted(known: &Known<'_>, log: &Logged, report: &mut Report) {
    for entry in log.log.entries() {
        for (field, value) in entry.kind.fields() {
            let name = format!("salted-{}-{field}.txt", entry.seq);
            let Some(text) = known.files.get(&name) else { continue };
            if Digest::parse(value.as_bytes()) == Some(known.plan.suite.hash(text))
                && salted_value(text).is_some()
            {
                report.holds(name);
            } else {
                report.refuse(Refused::file(name, Reason::OutputMismatch).with(value));
            }
        }
    }
}

/// Replays every substitution of this draw.
fn substitutions(known: &Known<'_>, log: &Logged, repeated: &Repeated<'_>, report: &mut Report) {
    let mut by_matter: BTreeMap<&Code, Substitutions> = BTreeMap::new();
    for entry in log.log.entries() {
        let Kind::Substitution { matter, out, .. } = &entry.kind else { continue };
        if entry.plan_id != known.plan.plan_id || entry.draw_no != known.plan.draw_no {
            continue;
        }
        let Some(drawn) = repeated.drawn.get(matter) else {
            report.refuse(entry.refuse_field("matter", Reason::FieldValue));
            return;
        };
        let opened = match known.plan.timing {
            Timing::Open => Some(out.clone().into_bytes()),
            Timing::Sealed => known
                .files
                .get(&format!("salted-{}-out.txt", entry.seq))
                .and_then(|text| salted_value(text).map(<[u8]>::to_vec)),
        };
        let Some(opened) = opened else {
            // Later ones depend on this one.
            report.not_checked(format!("salted-{}-out.txt", entry.seq), Why::NotHere);
            return;
        };
        let state = by_matter.entry(matter).or_insert_with(|| Substitutions::new(drawn));
        let next = Sid::parse(&opened).map(|out| state.next(&out));
        match next {
            Some(Ok(into)) => {
                let into = into.map_or("-".to_owned(), |into| into.to_string());
                require_person(known, entry, "in", &into, report);
            }
            Some(Err(_)) | None => {
                report.refuse(entry.refuse_field("out", Reason::SubstitutionOut));
                return;
            }
        }
    }
}

/// Files of events and of the log that could not be judged here. Without their step in the log they have no place.
fn leftovers(known: &Known<'_>, log: Option<&Logged>, report: &mut Report) {
    let n_events = log.and_then(Logged::executed).map(|executed| executed.events.len() as u64);
    for name in known.files.keys() {
        let event =
            numbered(name, "event-").or_else(|| numbered(name, "seed-event-")).or_else(|| event_of(name));
        let is_salted =
            name.starts_with("salted-") && (name.ends_with("-out.txt") || name.ends_with("-in.txt"));
        let is_log = numbered(name, "entry-").or_else(|| numbered(name, "head-")).is_some();
        match (n_events, event) {
            (Some(n_events), Some(event)) if (1..=n_events).contains(&event) => {
                report.not_checked(name, Why::InputNotHere);
            }
            (None, Some(_)) => report.not_checked(name, Why::NotLogged),
            (None, None) if is_salted => report.not_checked(name, Why::NotLogged),
            (Some(_), Some(_) | None) | (None, None) => {}
        }
        if log.is_none() && is_log {
            report.not_checked(name, Why::InputRefused);
        }
    }
}

/// The number in `<prefix><number>.txt`.
fn numbered(name: &str, prefix: &str) -> Option<u64> {
    parse_u64(name.strip_prefix(prefix)?.strip_suffix(".txt")?.as_bytes())
}

/// The number in `<file>-<D>.event-<number>[-<round>].<ending>`.
fn event_of(name: &str) -> Option<u64> {
    let (_, rest) = name.split_once(".event-")?;
    let digits = rest.split(['-', '.']).next()?;
    parse_u64(digits.as_bytes())
}
