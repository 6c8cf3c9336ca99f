//! Commands after the draw, and the one that may end it before.

use std::collections::BTreeSet;

use messages::Message;
use sampling::draw::{Outcome, draw};
use sampling::encoding::{Code, Digest, Sid, Time};
use sampling::events::{Duty, Event, Executed, Solver, Substitutions, What};
use sampling::log::Kind;
use sampling::plan::{Remedy, Timing};
use sampling::{Reason, Refused};

use super::answer::{Answer, USAGE};
use super::args::{EventEntropyOptions, EventOptions, FolderOptions, SubstituteOptions, VoidOptions};
use super::before::{logged, work};
use crate::error::{Error, Result, random};
use crate::folder::{Work, read_file, threads};
use crate::sign::hex;

/// Digest of a file of evidence; its first line must be what makes it impossible to guess.
fn evidence(work: &Work, path: &std::path::Path) -> Result<Digest> {
    let text = read_file(path)?;
    let first = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
    if !sampling::encoding::is_salt(first) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        return Err(Refused::at(name, 1, 1, Reason::FieldSalt).into());
    }
    Ok(work.plan.suite.hash(&text))
}

/// The draw once more: what is in the folder is not believed.
fn repeat<'a>(work: &Work, input: &'a sampling::commit::Input<'a>) -> Result<Outcome> {
    let seed = work.entropy()?.seed(work.plan.suite, &work.commit());
    Ok(draw(input, &work.commit(), &seed, threads())?)
}

pub(super) fn report(options: &EventOptions, time: Time) -> Result<Answer> {
    let mut work = work(&options.folder)?;
    let code = |what, text: &Option<String>| Work::code(what, text.as_deref().unwrap_or_default());
    let what = match (&options.task, &options.remedy) {
        (Some(task), _) => What::Officer {
            task: task.clone(),
            class: code("--class", &options.class)?,
            out: code("--out", &options.out)?,
        },
        (None, remedy) => {
            let text = remedy.as_deref().unwrap_or_default();
            let bad = || Error::Argument { what: "--remedy", value: text.to_owned() };
            let remedy = match text {
                "pool" => Remedy::Pool,
                "postpone" => Remedy::Postpone,
                _ => {
                    let more = text.strip_prefix("capacity+").and_then(|n| n.parse().ok()).filter(|&n| n > 0);
                    Remedy::Capacity(more.ok_or_else(bad)?)
                }
            };
            What::Remedy { dept: code("--dept", &options.dept)?, remedy }
        }
    };
    let number = work.entries().filter(|entry| matches!(entry.kind, Kind::Event { .. })).count() as u64 + 1;
    let (reason, evidence) = (Work::code("--reason", &options.reason)?, evidence(&work, &options.evidence)?);
    let event = Event { commit: work.commit(), number, what, reason, evidence };
    let text = event.text();
    Event::parse(&text, &work.plan, &work.commit(), number)?;
    let kind = Kind::Event { event: number, digest: work.plan.suite.hash(&text) };
    work.allow(kind.clone(), time)?;
    work.write(&event.file(), &text)?;
    let entry = work.append(kind, time)?;
    Ok(logged(&work, &entry).number("event", "TJ-W050", number))
}

pub(super) fn entropy(options: &EventEntropyOptions, time: Time) -> Result<Answer> {
    let mut work = work(&options.folder)?;
    let entry =
        work.append(Kind::EventEntropy { event: options.event, value: options.value.clone() }, time)?;
    Ok(logged(&work, &entry))
}

/// Executes the next event that has its value, after all events before it.
pub(super) fn execute(folder: &FolderOptions, time: Time) -> Result<Answer> {
    let mut work = work(folder)?;
    let value = |number: u64| {
        work.entries().find_map(|entry| {
            let Kind::EventEntropy { event, value } = &entry.kind else { return None };
            (*event == number).then(|| value.clone())
        })
    };
    let done = work.entries().filter(|entry| matches!(entry.kind, Kind::EventExecuted { .. })).count() as u64;
    let number = done + 1;
    let placeholder = Kind::EventExecuted { event: number, out: "-".to_owned(), into: "-".to_owned() };
    work.allow(placeholder, time)?;
    let followed: Option<Executed> = {
        let input = work.input()?;
        let outcome = repeat(&work, &input)?;
        let mut duty = Duty::new(&input, &outcome);
        let mut last = None;
        for number in 1..=number {
            let name = format!("event-{number}.txt");
            let text = work.files.get(&name).ok_or_else(|| Refused::file(&name, Reason::FileMissing))?;
            let value = value(number).ok_or_else(|| Refused::file(&name, Reason::EntropyMissing))?;
            last = Some(duty.execute(text, &value, Solver::Engine)?);
        }
        last
    };
    let followed = followed.ok_or_else(|| Refused::file("", Reason::EventNumber))?;
    for (name, text) in &followed.files {
        work.write(name, text)?;
    }
    // A remedy names nobody.
    let (out, into) = match followed.out.as_str() {
        "-" => ("-".to_owned(), followed.into.clone()),
        out => (hide(&mut work, "out", out)?, hide(&mut work, "in", &followed.into)?),
    };
    let entry = work.append(Kind::EventExecuted { event: number, out, into }, time)?;
    Ok(logged(&work, &entry).fact("out", "TJ-W051", &followed.out).fact("in", "TJ-W052", &followed.into))
}

/// In sealed timing a name is logged as the digest of a salted file, until the publicity date.
fn hide(work: &mut Work, field: &str, value: &str) -> Result<String> {
    if work.plan.timing == Timing::Open {
        return Ok(value.to_owned());
    }
    let text = format!("{}\n{value}\n", hex(&random::<16>()?)).into_bytes();
    let digest = work.plan.suite.hash(&text).hex();
    work.write(&format!("salted-{}-{field}.txt", work.log.entries().len()), &text)?;
    Ok(digest)
}

/// The value behind a field of an entry of this folder's own draw.
fn shown(work: &Work, seq: u64, field: &str, logged: &str) -> Result<String> {
    if work.plan.timing == Timing::Open {
        return Ok(logged.to_owned());
    }
    let name = format!("salted-{seq}-{field}.txt");
    let text = work.files.get(&name).ok_or_else(|| Refused::file(&name, Reason::FileMissing))?;
    let value = std::str::from_utf8(text).ok().and_then(|text| text.lines().nth(1)).map(str::to_owned);
    Ok(value.ok_or_else(|| Refused::file(&name, Reason::FileForm))?)
}

pub(super) fn substitute(options: &SubstituteOptions, time: Time) -> Result<Answer> {
    let approvers: BTreeSet<&String> = options.approver.iter().collect();
    if approvers.len() < 2 {
        return Ok(Answer::default().remark("approvers", Message::new("TJ-W099")).exit(USAGE));
    }
    let mut work = work(&options.folder)?;
    let matter = Work::code("--matter", &options.matter)?;
    let sid = |text: &str| {
        Sid::parse(text.as_bytes()).ok_or_else(|| Error::Argument { what: "--out", value: text.to_owned() })
    };
    let out = sid(&options.out)?;
    let (reason, evidence) = (Work::code("--reason", &options.reason)?, evidence(&work, &options.evidence)?);
    let kind = |out: String, into: String| Kind::Substitution {
        matter: matter.clone(),
        out,
        into,
        reason: reason.clone(),
        evidence,
    };
    work.allow(kind("-".to_owned(), "-".to_owned()), time)?;
    let into = {
        let input = work.input()?;
        let outcome = repeat(&work, &input)?;
        let refuse = || Refused::file(format!("drawn-{matter}.tsv"), Reason::FileMissing);
        let drawn = outcome.sample.drawn.get(&matter).ok_or_else(refuse)?;
        let mut reserves = Substitutions::new(drawn);
        for entry in work.entries() {
            if let Kind::Substitution { matter: other, out, .. } = &entry.kind
                && *other == matter
            {
                reserves.next(&sid(&shown(&work, entry.seq, "out", out)?)?)?;
            }
        }
        reserves.next(&out)?.map_or("-".to_owned(), |into| into.to_string())
    };
    let (hidden_out, hidden_into) = (hide(&mut work, "out", out.as_str())?, hide(&mut work, "in", &into)?);
    let entry = work.append(kind(hidden_out, hidden_into), time)?;
    Ok(logged(&work, &entry).fact("out", "TJ-W051", &out).fact("in", "TJ-W052", &into))
}

pub(super) fn void(options: &VoidOptions, time: Time) -> Result<Answer> {
    let mut work = work(&options.folder)?;
    let codes = |what, texts: &[String]| {
        texts.iter().map(|text| Work::code(what, text)).collect::<Result<Vec<Code>>>()
    };
    let kind = Kind::Voided {
        reason: Work::code("--reason", &options.reason)?,
        named: codes("--name", &options.name)?,
        approvers: codes("--approver", &options.approver)?,
    };
    let entry = work.append(kind, time)?;
    Ok(logged(&work, &entry))
}

pub(super) fn publish(folder: &FolderOptions, time: Time) -> Result<Answer> {
    let mut work = work(folder)?;
    let entry = work.append(Kind::Published, time)?;
    Ok(logged(&work, &entry))
}
