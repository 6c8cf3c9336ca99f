//! Numbers of law, and the days that count.

use jiff::civil::date;

use super::check;
use crate::ontology::{CalendarDraft, Ontology, Shift, TimelyDraft};

#[test]
fn rules_of_time_are_judged() {
    fn rule(n: usize, from: &str, since: Option<&str>, until: Option<&str>) -> TimelyDraft {
        TimelyDraft {
            path: format!("kind.registration.timely[{n}]"),
            from: from.into(),
            days: 7,
            count: "working".into(),
            since: since.map(Into::into),
            until: until.map(Into::into),
            ..TimelyDraft::default()
        }
    }
    fn with(timely: Vec<TimelyDraft>, expected: &[(&str, &str)]) {
        check(|draft| draft.kinds[0].timely = timely, expected);
    }
    let on = "approved_on";
    with(vec![rule(0, on, None, Some("2020-01-01")), rule(1, on, Some("2020-01-01"), None)], &[]);
    with(
        vec![rule(0, on, None, Some("2020-01-02")), rule(1, on, Some("2020-01-01"), None)],
        &[("kind.registration.timely[1]", "TJ-O101")],
    );
    with(vec![rule(0, "name", None, None)], &[("kind.registration.timely[0].from", "TJ-O100")]);
    with(vec![rule(0, "approved", None, None)], &[("kind.registration.timely[0].from", "TJ-O054")]);
    with(
        vec![TimelyDraft { to: Some("status".into()), ..rule(0, on, None, None) }],
        &[("kind.registration.timely[0].to", "TJ-O100")],
    );
    with(
        vec![rule(0, on, Some("2020-01-01"), Some("2020-01-01"))],
        &[("kind.registration.timely[0]", "TJ-O103")],
    );
    with(vec![rule(0, on, Some("2020-13-01"), None)], &[("kind.registration.timely[0].since", "TJ-O046")]);
    with(
        vec![TimelyDraft { count: "bank".into(), ..rule(0, on, None, None) }],
        &[("kind.registration.timely[0].count", "TJ-O007")],
    );
}

fn year(n: usize, year: u32, off: &[&str], worked: &[&str]) -> CalendarDraft {
    let texts = |all: &[&str]| all.iter().map(|text| (*text).to_owned()).collect();
    CalendarDraft { path: format!("calendar.y{n}"), year, off: texts(off), worked: texts(worked) }
}

#[test]
fn working_days_are_judged() {
    fn with(calendars: Vec<CalendarDraft>, expected: &[(&str, &str)]) {
        check(|draft| draft.calendars = calendars, expected);
    }
    let good = year(0, 2025, &["2025-01-01", "2025-10-01/2025-10-08"], &["2025-09-28", "2025-10-11"]);
    with(vec![good.clone(), year(1, 2026, &[], &[])], &[]);
    with(vec![good, year(1, 2025, &[], &[])], &[("calendar.y1", "TJ-O105")]);
    for wrong in ["2025-13-01", "2025-01-08/2025-01-01", "2026-01-01", "2025-12-31/2026-01-01", ""] {
        with(vec![year(0, 2025, &[wrong], &[])], &[("calendar.y0.off[0]", "TJ-O107")]);
    }
    with(vec![year(0, 2025, &[], &["2025-09-29"])], &[("calendar.y0.worked[0]", "TJ-O109")]);
    with(
        vec![year(0, 2025, &["2025-01-01", "2025-01-01/2025-01-02"], &[])],
        &[("calendar.y0.off[1]", "TJ-O111")],
    );
}

#[test]
fn a_calendar_holds_what_weekdays_do_not_say() {
    let mut draft = super::good();
    draft.calendars = vec![year(0, 2025, &["2025-10-01/2025-10-08"], &["2025-09-28"])];
    draft.kinds[0].timely = vec![TimelyDraft {
        path: "kind.registration.timely[0]".into(),
        from: "approved_on".into(),
        days: 7,
        count: "working".into(),
        ..TimelyDraft::default()
    }];
    let ontology = Ontology::build(draft).unwrap();
    let kind = ontology.kinds.iter().find(|kind| !kind.timely.is_empty()).unwrap();
    let shifts = &kind.timely[0].calendar.shifts;
    // The fourth and fifth were a weekend.
    assert_eq!(shifts.len(), 7);
    assert_eq!(shifts.get(&date(2025, 9, 28)), Some(&Shift::Worked));
    assert_eq!(shifts.get(&date(2025, 10, 8)), Some(&Shift::Off));
    assert_eq!(shifts.get(&date(2025, 10, 4)), None);
}
