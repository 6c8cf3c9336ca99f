//! Working days: each day once, of its year, and other than its weekday says.

use std::collections::BTreeSet;

use jiff::civil::{Date, Weekday};
use messages::Message;

use super::Judge;
use crate::ontology::{Calendar, CalendarDraft, Shift};

pub(super) fn build(judge: &mut Judge, drafts: &[CalendarDraft]) -> Calendar {
    let (mut calendar, mut years) = (Calendar::default(), BTreeSet::new());
    for draft in drafts {
        if !years.insert(draft.year) {
            let message = Message::new("TJ-O105").with("year", draft.year);
            judge.say_with_cure(&draft.path, message, Message::new("TJ-O106"));
        }
        for (key, texts, shift) in [("off", &draft.off, Shift::Off), ("worked", &draft.worked, Shift::Worked)]
        {
            for (n, text) in texts.iter().enumerate() {
                let path = format!("{}.{key}[{n}]", draft.path);
                days(judge, &path, text, draft.year).into_iter().for_each(|day| {
                    put(judge, &path, &mut calendar, day, shift);
                });
            }
        }
    }
    calendar
}

/// A day, or a span of them; in `year`.
fn days(judge: &mut Judge, path: &str, text: &str, year: u32) -> Vec<Date> {
    let (first, last) = text.split_once('/').unwrap_or((text, text));
    let span = first.parse().ok().zip(last.parse().ok());
    let of_year = |day: Date| i64::from(day.year()) == i64::from(year);
    match span {
        Some((first, last)) if first <= last && of_year(first) && of_year(last) => {
            first.series(jiff::Span::new().days(1)).take_while(|day| *day <= last).collect()
        }
        Some(_) | None => {
            let message = Message::new("TJ-O107").with("found", text).with("year", year);
            judge.say_with_cure(path, message, Message::new("TJ-O108"));
            Vec::new()
        }
    }
}

/// Weekends inside a span of days off are off anyway; a day worked must be one that is not.
fn put(judge: &mut Judge, path: &str, calendar: &mut Calendar, day: Date, shift: Shift) {
    let is_weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    match (shift, is_weekend) {
        (Shift::Off, true) => return,
        (Shift::Worked, false) => {
            let message = Message::new("TJ-O109").with("day", day);
            return judge.say_with_cure(path, message, Message::new("TJ-O110"));
        }
        (Shift::Off, false) | (Shift::Worked, true) => {}
    }
    if calendar.shifts.insert(day, shift).is_some() {
        let message = Message::new("TJ-O111").with("day", day);
        judge.say_with_cure(path, message, Message::new("TJ-O110"));
    }
}
