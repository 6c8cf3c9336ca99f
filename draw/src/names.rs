//! Names of members: a closed set, given the plan.

use sampling::encoding::{is_code, parse_u64};
use sampling::plan::{PLAN, Plan, SeedRelease, SourceKind, Timing};

/// Whether a bundle of this plan may have a member of this name.
pub fn is_member(plan: &Plan, name: &str) -> bool {
    const FIXED: [&str; 7] =
        [PLAN, "commit.txt", "seed.txt", "alloc.tsv", "visits.tsv", "result.txt", "evidence.txt"];
    FIXED.contains(&name)
        || plan.data_files().contains(name)
        || is_of_people(plan, name)
        || is_of_subjects(plan, name)
        || is_of_officers(plan, name)
        || is_of_log(name)
        || is_of_events(plan, name)
}

/// `entry-<seq>.txt`, `head-<size>.txt`, their signatures and time stamps.
pub fn is_of_log(name: &str) -> bool {
    let entry = name.strip_prefix("entry-").and_then(|rest| rest.strip_suffix(".txt"));
    if entry.is_some_and(|seq| digits(seq).is_some()) {
        return true;
    }
    let Some((size, rest)) = name.strip_prefix("head-").and_then(|rest| rest.split_once('.')) else {
        return false;
    };
    let signer = rest.strip_suffix(".sig");
    is_number(size)
        && (matches!(rest, "txt" | "tsr") || signer.is_some_and(|signer| is_code(signer.as_bytes())))
}

/// The size and the signer of `head-<size>.<signer>.sig`.
pub fn signature(name: &str) -> Option<(u64, &str)> {
    let (size, rest) = name.strip_prefix("head-")?.split_once('.')?;
    Some((digits(size)?, rest.strip_suffix(".sig")?))
}

/// The number of `entry-<seq>.txt`.
pub fn entry(name: &str) -> Option<u64> {
    digits(between(name, "entry-", ".txt")?)
}

/// What stands before and after `.event-` in the name of a remedy's file.
pub(crate) fn labelled(name: &str) -> Option<(&str, u64)> {
    let (of, rest) = name.split_once(".event-")?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    Some((of, rest.get(..end)?.parse().ok()?))
}

/// The size in `head-<size>.<anything>`.
pub fn head_of(name: &str) -> Option<u64> {
    digits(name.strip_prefix("head-")?.split_once('.')?.0)
}

/// The number of `event-<n>.txt`.
pub fn event(name: &str) -> Option<u64> {
    digits(name.strip_prefix("event-")?.strip_suffix(".txt")?).filter(|&number| number > 0)
}

/// Files that follow from a seed: they can stand only beside it.
pub(crate) fn is_of_result(name: &str) -> bool {
    const KINDS: [&str; 11] = [
        "drawn-",
        "tickets-",
        "assign-",
        "deleted-",
        "postponed-",
        "proof-",
        "prices-",
        "slots-",
        "cuts-",
        "tie-",
        "seed-event-",
    ];
    ["seed.txt", "alloc.tsv", "visits.tsv", "result.txt", "evidence.txt"].contains(&name)
        || KINDS.iter().any(|kind| name.starts_with(kind))
}

/// A number in a name: nine digits at most.
fn digits(text: &str) -> Option<u64> {
    parse_u64(text.as_bytes()).filter(|_| text.len() <= 9)
}

fn is_number(text: &str) -> bool {
    digits(text).is_some_and(|number| number > 0)
}

fn between<'a>(name: &'a str, prefix: &str, suffix: &str) -> Option<&'a str> {
    name.strip_prefix(prefix)?.strip_suffix(suffix)
}

fn is_of_people(plan: &Plan, name: &str) -> bool {
    between(name, "share-", ".txt")
        .is_some_and(|party| plan.share_holders().any(|holder| holder.as_str() == party))
}

fn is_of_subjects(plan: &Plan, name: &str) -> bool {
    let is_drawn = between(name, "drawn-", ".tsv")
        .is_some_and(|matter| plan.matters.keys().any(|code| code.as_str() == matter));
    let has_tickets = plan.seed_release == SeedRelease::Auditors;
    let is_tickets = between(name, "tickets-", ".tsv")
        .is_some_and(|group| has_tickets && plan.groups.keys().any(|code| code.as_str() == group));
    is_drawn || is_tickets
}

fn is_of_officers(plan: &Plan, name: &str) -> bool {
    plan.depts_with_slots().into_iter().any(|dept| {
        let label = |rest: &'_ str| {
            // What follows the department and, after a remedy, the event.
            let rest = rest.strip_prefix(dept.as_str())?;
            let Some(event) = rest.strip_prefix(".event-") else { return Some(rest.to_owned()) };
            let digits = event.bytes().take_while(u8::is_ascii_digit).count();
            let (number, rest) = event.split_at(digits);
            is_number(number).then(|| rest.to_owned())
        };
        let tail = |prefix: &str, suffix: &str| between(name, prefix, suffix).and_then(label);
        let is_whole = |tail: String| tail.is_empty();
        let is_round = |tail: String| tail.strip_prefix('-').is_some_and(is_number);
        let is_tie = |tail: String| {
            let parts = tail.strip_prefix('-').and_then(|rest| rest.split_once('-'));
            parts.is_some_and(|(round, number)| is_number(round) && matches!(number, "1" | "2"))
        };
        ["assign-", "deleted-", "postponed-"].iter().any(|prefix| tail(prefix, ".tsv").is_some_and(is_whole))
            || ["assign-", "prices-", "slots-", "cuts-"]
                .iter()
                .any(|prefix| tail(prefix, ".tsv").is_some_and(is_round))
            || tail("proof-", ".txt").is_some_and(is_round)
            || tail("tie-", ".tsv").is_some_and(is_tie)
    })
}

fn is_of_events(plan: &Plan, name: &str) -> bool {
    let salted = ["-out.txt", "-in.txt"].iter().find_map(|suffix| between(name, "salted-", suffix));
    event(name).is_some()
        || name.strip_prefix("seed-").and_then(event).is_some()
        || salted.is_some_and(|seq| plan.timing == Timing::Sealed && digits(seq).is_some())
        || is_of_beacon(plan, name)
}

/// `drand-<i>.sig` of a source of the plan that is a beacon, `drand-event-<n>.sig` of an event.
fn is_of_beacon(plan: &Plan, name: &str) -> bool {
    let number = |text: &str| digits(text).filter(|&number| number > 0);
    let is_drand = |index: u64| {
        let source = usize::try_from(index - 1).ok().and_then(|place| plan.entropy.get(place));
        source.is_some_and(|source| source.kind == SourceKind::Drand)
    };
    between(name, "drand-", ".sig").is_some_and(|rest| match rest.strip_prefix("event-") {
        Some(event) => {
            number(event).is_some()
                && plan.event_source.as_ref().is_some_and(|source| source.kind == SourceKind::Drand)
        }
        None => number(rest).is_some_and(is_drand),
    })
}

/// The number of the event in `drand-event-<n>.sig`.
pub fn beacon_of_event(name: &str) -> Option<u64> {
    digits(between(name, "drand-event-", ".sig")?)
}
