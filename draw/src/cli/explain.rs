//! `explain`: why me, why not me. Only of a bundle that is whole: nothing is explained that was refused.

use messages::Message;
use sampling::Files;
use sampling::draw::Outcome;
use sampling::encoding::{Code, Digest, Sid};
use sampling::explain::{Chance, InFrame, Place, Standing, company, officer};
use sampling::subjects::Mark;
use sampling::{Reason, Refused};

use super::answer::{Answer, Cell};
use super::args::ExplainOptions;
use crate::archive;
use crate::error::{Error, Result};
use crate::folder::{Work, read_file};
use crate::verify::{After, Change, Outside, Repeated, Unchecked, examine};

pub(super) fn explain(options: &ExplainOptions) -> Result<Answer> {
    let files: Files = archive::read(&read_file(&options.bundle)?)?;
    let (report, repeated) = examine(&files, &Outside::default());
    if !report.holds() {
        return Ok(Answer::default().refused(&report.refused));
    }
    let repeated = repeated.ok_or_else(|| Refused::file("seed.txt", Reason::FileMissing))?;
    let outcome = outcome(&repeated);
    let mut answer = Answer::default().commit(repeated.committed.digest);
    if let Some(reason) = &report.void {
        answer = answer.remark("void", Message::new("TJ-W204").with("reason", reason));
    }
    if report.unchecked.contains(&Unchecked::SaltedNames) {
        answer = answer.remark("not_checked", Message::new("TJ-W033"));
    }
    match (&options.company, &options.officer) {
        (Some(sid), _) => of_company(answer, &repeated, &outcome, sid),
        (None, code) => of_officer(answer, &repeated, &outcome, code.as_deref().unwrap_or_default()),
    }
}

/// What explanations read of a draw: departments as they stand after the last remedy.
fn outcome(repeated: &Repeated<'_>) -> Outcome {
    let mut depts = repeated.depts.clone();
    depts.extend(repeated.after.duty.iter().map(|(code, now)| (code.clone(), now.outcome.clone())));
    Outcome {
        commit: repeated.committed.digest,
        seed: repeated.seed,
        sample: repeated.sample.clone(),
        depts,
        files: Files::new(),
        result: Digest::ZERO,
        evidence: Digest::ZERO,
    }
}

fn of_company(answer: Answer, repeated: &Repeated<'_>, outcome: &Outcome, text: &str) -> Result<Answer> {
    let bad = || Error::Argument { what: "--company", value: text.to_owned() };
    let sid = Sid::parse(text.as_bytes()).ok_or_else(bad)?;
    let found = company(&repeated.input, outcome, &sid)?;
    let mut answer = answer.fact("company", "TJ-W063", &sid);
    let rows = found.matters.iter().map(|matter| {
        let mut row: Vec<Cell> = vec![(&matter.matter).into()];
        match &matter.standing {
            Standing::InFrame(frame) => row.extend(in_frame(frame)),
            Standing::Excluded { reason } => {
                let message = Message::new("TJ-W076").with("reason", reason);
                row.extend(dashes().chain([Cell::Text(message, format!("excluded {reason}"))]));
            }
            Standing::Absent { .. } => {
                row.extend(dashes().chain([Cell::Text(Message::new("TJ-W077"), "absent".to_owned())]));
            }
        }
        // Substitutions have the last word.
        if let Some(cell) = substituted(&repeated.after, &matter.matter, &sid) {
            row.pop();
            row.push(cell);
        }
        row
    });
    let columns = [
        ("matter", "TJ-W047"),
        ("stratum", "TJ-W048"),
        ("n_frame", "TJ-W064"),
        ("n", "TJ-W065"),
        ("expected", "TJ-W066"),
        ("ticket", "TJ-W067"),
        ("threshold", "TJ-W068"),
        ("rank", "TJ-W069"),
        ("finding", "TJ-W036"),
    ];
    answer = answer.table("matters", &columns, rows.collect());
    let visits = found.visits.iter().map(|visit| {
        let window =
            visit.window.map_or("-".to_owned(), |(_, window)| format!("{}/{}", window.first, window.last));
        let task = format!("{}/{sid}", visit.group);
        let holders = repeated.after.duty.values().filter_map(|now| now.holders.get(&task)).flatten();
        let mut holders: Vec<String> = holders.map(|(officer, class)| format!("{class}:{officer}")).collect();
        holders.sort_unstable();
        vec![visit.group.to_string().into(), window.into(), holders.join(" ").into()]
    });
    let columns = [("group", "TJ-W224"), ("window", "TJ-W079"), ("officers", "TJ-W080")];
    let tasks: Vec<String> = found.visits.iter().map(|visit| format!("{}/{sid}", visit.group)).collect();
    let mine = |change: &&Change| {
        change.out == sid.as_str() || change.into == sid.as_str() || tasks.contains(&change.place)
    };
    Ok(changes(answer.table("visits", &columns, visits.collect()), repeated, mine))
}

/// What the last substitution made of a company; none if it is in no substitution of the matter.
fn substituted(after: &After, matter: &Code, sid: &Sid) -> Option<Cell> {
    let of = after.changes.iter().rev().filter(|change| change.place == matter.as_str());
    let mut mine = of.filter(|change| change.out == sid.as_str() || change.into == sid.as_str());
    let change = mine.next()?;
    let (text, word, other) = if change.out == sid.as_str() {
        ("TJ-W225", "out", &change.into)
    } else {
        ("TJ-W226", "in", &change.out)
    };
    let message = Message::new(text).with("other", other).with("entry", &change.entry);
    Some(Cell::Text(message, format!("{word} {other}")))
}

/// Events and substitutions that concern somebody.
fn changes(answer: Answer, repeated: &Repeated<'_>, mine: impl Fn(&&Change) -> bool) -> Answer {
    let rows = repeated.after.changes.iter().filter(mine).map(|change| {
        let class = change.class.as_ref().map_or("-".to_owned(), Code::to_string);
        let dept = change.dept.as_ref().map_or("-".to_owned(), Code::to_string);
        let Change { entry, place, out, into, .. } = change;
        vec![entry.into(), dept.into(), place.into(), class.into(), out.into(), into.into()]
    });
    let columns = [
        ("entry", "TJ-W227"),
        ("dept", "TJ-W240"),
        ("place", "TJ-W060"),
        ("class", "TJ-W083"),
        ("out", "TJ-W051"),
        ("in", "TJ-W052"),
    ];
    answer.table("after", &columns, rows.collect())
}

fn dashes() -> impl Iterator<Item = Cell> {
    std::iter::repeat_n(Cell::Plain("-".to_owned()), 7)
}

fn in_frame(frame: &InFrame) -> Vec<Cell> {
    let threshold = match &frame.chance {
        Chance::Lowest { threshold } => threshold.map_or("-".to_owned(), |ticket| ticket.hex()),
        Chance::Interval { step, from, upto, .. } => format!("({from},{upto}] / {step}"),
        Chance::Certain | Chance::NothingLeft => "-".to_owned(),
    };
    let is_pps = !matches!(frame.chance, Chance::Lowest { .. });
    let finding = match frame.mark {
        Some(Mark::Certain) => ("TJ-W072", "certain"),
        Some(Mark::Drawn) if is_pps => ("TJ-W073", "drawn"),
        Some(Mark::Drawn) => ("TJ-W070", "drawn"),
        Some(Mark::Reserve) => ("TJ-W075", "reserve"),
        None if is_pps => ("TJ-W074", "not drawn"),
        None => ("TJ-W071", "not drawn"),
    };
    let expected = format!("{}/{}", frame.expected.p, frame.expected.q);
    vec![
        (&frame.stratum).into(),
        frame.n_frame.into(),
        frame.n.into(),
        expected.into(),
        frame.ticket.into(),
        threshold.into(),
        frame.rank.into(),
        Cell::Text(Message::new(finding.0), finding.1.to_owned()),
    ]
}

fn of_officer(answer: Answer, repeated: &Repeated<'_>, outcome: &Outcome, text: &str) -> Result<Answer> {
    let code = Work::code("--officer", text)?;
    let (mut depts, mut places) = (Vec::new(), Vec::new());
    for (dept, solved) in &outcome.depts {
        if !solved.officers.iter().any(|known| known.code == code) {
            continue;
        }
        let found = officer(&repeated.input, outcome, dept, &code)?;
        let held = |task: &str| repeated.after.duty.get(dept)?.holders.get(task)?.get(&code);
        let load = found.places.iter().filter(|(task, class, _)| held(task) == Some(class)).count();
        depts.push(vec![
            dept.into(),
            found.capacity.into(),
            load.into(),
            found.n_possible.into(),
            found.price.into(),
        ]);
        for (task, class, place) in &found.places {
            let (word, cost) = of_place(place);
            let word = match (matches!(place, Place::Holds { .. }), held(task) == Some(class)) {
                (true, false) => "out".to_owned(),
                (false, true) => "came in".to_owned(),
                (true, true) | (false, false) => word,
            };
            places.push(vec![dept.into(), task.into(), class.into(), of_word(&word), cost.into()]);
        }
    }
    if depts.is_empty() {
        return Err(Refused::file("", Reason::ExplainUnknown).with(code).into());
    }
    let of_dept = [
        ("dept", "TJ-W240"),
        ("capacity", "TJ-W087"),
        ("load", "TJ-W088"),
        ("possible", "TJ-W086"),
        ("price", "TJ-W085"),
    ];
    let columns = [
        ("dept", "TJ-W240"),
        ("task", "TJ-W082"),
        ("class", "TJ-W083"),
        ("finding", "TJ-W036"),
        ("cost", "TJ-W084"),
    ];
    let known: Vec<&Code> = outcome
        .depts
        .iter()
        .filter(|(_, solved)| solved.officers.iter().any(|known| known.code == code))
        .map(|(dept, _)| dept)
        .collect();
    let mine = |change: &&Change| {
        let is_named = change.out == code.as_str() || change.into == code.as_str() || change.class.is_none();
        change.dept.as_ref().is_some_and(|dept| known.contains(&dept)) && is_named
    };
    let answer = answer.fact("officer", "TJ-W081", &code).table("departments", &of_dept, depts);
    Ok(changes(answer.table("places", &columns, places), repeated, mine))
}

/// A finding in words; what has an argument is shown as it is.
fn of_word(word: &str) -> Cell {
    let known = [
        ("holds", "TJ-W228"),
        ("dearer", "TJ-W229"),
        ("out", "TJ-W230"),
        ("came in", "TJ-W231"),
        ("capacity 0", "TJ-W232"),
        ("deleted", "TJ-W233"),
    ];
    let text = known.iter().find(|(known, _)| *known == word).map(|(_, text)| *text);
    if let Some(text) = text {
        return Cell::Text(Message::new(text), word.to_owned());
    }
    let (text, value) = match word.split_once(' ') {
        Some(("in", class)) => ("TJ-W234", class),
        Some(("recused", reason)) => ("TJ-W235", reason),
        Some(_) | None => ("TJ-W236", word),
    };
    Cell::Text(Message::new(text).with("value", value), word.to_owned())
}

/// A word and a cost.
fn of_place(place: &Place) -> (String, String) {
    match place {
        Place::Holds { cost, price } => ("holds".to_owned(), format!("{cost}+{price}")),
        Place::Dearer { cost, price } => ("dearer".to_owned(), format!("{cost}+{price}")),
        Place::OtherClass(class) => (format!("in {class}"), "-".to_owned()),
        Place::Recused { reason } => (format!("recused {reason}"), "-".to_owned()),
        Place::Unqualified { qualification, until, needed } => {
            let until = until.map_or("-".to_owned(), |until| until.to_string());
            (format!("{qualification} {until} < {needed}"), "-".to_owned())
        }
        Place::NoCapacity => ("capacity 0".to_owned(), "-".to_owned()),
        Place::Deleted => ("deleted".to_owned(), "-".to_owned()),
    }
}
