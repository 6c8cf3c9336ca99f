//! `explain`: why me, why not me. Only of a bundle that is whole: nothing is explained that was refused.

use messages::Message;
use sampling::Files;
use sampling::draw::Outcome;
use sampling::encoding::{Digest, Sid};
use sampling::explain::{Chance, InFrame, Place, Standing, company, officer};
use sampling::subjects::Mark;
use sampling::{Reason, Refused};

use super::answer::{Answer, Cell};
use super::args::ExplainOptions;
use crate::archive;
use crate::error::{Error, Result};
use crate::folder::{Work, read_file};
use crate::verify::{Outside, Repeated, examine};

pub(super) fn explain(options: &ExplainOptions) -> Result<Answer> {
    let files: Files = archive::read(&read_file(&options.bundle)?)?;
    let (report, repeated) = examine(&files, &Outside::default());
    if !report.holds() {
        return Ok(Answer::default().refused(&report.refused));
    }
    let repeated = repeated.ok_or_else(|| Refused::file("seed.txt", Reason::FileMissing))?;
    let outcome = outcome(&repeated);
    let answer = Answer::default().commit(repeated.committed.digest);
    match (&options.company, &options.officer) {
        (Some(sid), _) => of_company(answer, &repeated, &outcome, sid),
        (None, code) => of_officer(answer, &repeated, &outcome, code.as_deref().unwrap_or_default()),
    }
}

/// What explanations read of a draw.
fn outcome(repeated: &Repeated<'_>) -> Outcome {
    Outcome {
        commit: repeated.committed.digest,
        seed: repeated.seed,
        sample: repeated.sample.clone(),
        depts: repeated.depts.clone(),
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
        let holders =
            repeated.depts.values().flat_map(|dept| &dept.assigned).filter(|line| line.task == task);
        let holders: Vec<String> = holders.map(|line| format!("{}:{}", line.class, line.officer)).collect();
        vec![visit.group.to_string().into(), window.into(), holders.join(" ").into()]
    });
    let columns = [("group", "TJ-W082"), ("window", "TJ-W079"), ("officers", "TJ-W080")];
    Ok(answer.table("visits", &columns, visits.collect()))
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
    let mut answer = answer.fact("officer", "TJ-W081", &code);
    let mut is_known = false;
    for (dept, solved) in &repeated.depts {
        if !solved.officers.iter().any(|known| known.code == code) {
            continue;
        }
        is_known = true;
        let found = officer(&repeated.input, outcome, dept, &code)?;
        answer = answer
            .number("capacity", "TJ-W087", found.capacity)
            .number("load", "TJ-W088", found.load)
            .number("possible", "TJ-W086", found.n_possible)
            .fact("price", "TJ-W085", found.price);
        let rows = found.places.iter().map(|(task, class, place)| {
            let (word, cost) = of_place(place);
            vec![task.into(), class.into(), word.into(), cost.into()]
        });
        let columns =
            [("task", "TJ-W082"), ("class", "TJ-W083"), ("finding", "TJ-W036"), ("cost", "TJ-W084")];
        answer = answer.table("places", &columns, rows.collect());
    }
    if is_known { Ok(answer) } else { Err(Refused::file("", Reason::ExplainUnknown).with(code).into()) }
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
