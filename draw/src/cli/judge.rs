//! `verify`: what was found, in words.

use std::collections::BTreeMap;
use std::path::Path;

use messages::Message;
use sampling::Files;
use sampling::encoding::parse_u64;

use super::answer::{Answer, Cell};
use super::args::VerifyOptions;
use super::before::digest_of;
use crate::archive;
use crate::error::{Error, Result};
use crate::folder::{read_file, read_folder};
use crate::names;
use crate::verify::{LogStanding, Outside, Report, Standing, Unchecked, Verdict, verify as judge};

pub(super) fn verify(options: &VerifyOptions) -> Result<Answer> {
    let mut public = BTreeMap::new();
    for item in &options.expect_public {
        let bad = || Error::Argument { what: "--expect-public", value: item.clone() };
        let (index, value) = item.split_once('=').ok_or_else(bad)?;
        let index = parse_u64(index.as_bytes()).filter(|&index| index > 0).ok_or_else(bad)?;
        if public.insert(index, value.to_owned()).is_some() {
            return Err(bad());
        }
    }
    // Copied from a wall or a newspaper: capitals are the same digits.
    let digest = |what, text: &Option<String>| {
        text.as_deref().map(|text| digest_of(what, &text.to_ascii_lowercase())).transpose()
    };
    let outside = Outside {
        log: options.log.as_deref().map(log).transpose()?,
        commit: digest("--expect-commit", &options.expect_commit)?,
        head: digest("--expect-head", &options.expect_head)?,
        public,
    };
    let report = judge(&read_file(&options.bundle)?, &outside);
    Ok(found(&report, options.files))
}

/// A log from elsewhere: a folder, or an archive of which only the log is read.
fn log(path: &Path) -> Result<Files> {
    let mut files = if path.is_dir() { read_folder(path)? } else { archive::read(&read_file(path)?)? };
    files.retain(|name, _| names::is_of_log(name));
    Ok(files)
}

fn found(report: &Report, all_files: bool) -> Answer {
    let mut answer = Answer::default();
    if let Some(fault) = &report.archive {
        return answer.not_canonical(fault);
    }
    if let Some(commit) = report.commit {
        answer = answer.commit(commit);
    }
    if let Some((plan, draw)) = &report.draw {
        answer = answer.fact("plan", "TJ-W003", plan).number("draw", "TJ-W004", *draw);
    }
    if let Some((size, digest)) = &report.head {
        answer = answer.number("head", "TJ-W009", *size).fact("head_digest", "TJ-W010", digest);
    }
    if let Some(state) = report.state {
        answer = answer.state("state", "TJ-W006", state);
    }
    if let Some(state) = report.state_outside {
        answer = answer.state("state_outside", "TJ-W045", state);
    }
    answer = cosigners(report, answer);
    let rows = report
        .files
        .iter()
        .filter(|(_, standing)| all_files || matches!(standing, Standing::Refused | Standing::NotChecked));
    let rows = rows.map(|(name, standing)| {
        let (text, word) = of_standing(*standing);
        vec![name.into(), Cell::Text(Message::new(text), word.to_owned())]
    });
    answer = answer.table("files", &[("file", "TJ-W035"), ("finding", "TJ-W036")], rows.collect());
    let left = report.unchecked.iter().map(|what| {
        let (text, word) = of_unchecked(*what);
        vec![Cell::Text(Message::new(text), word.to_owned())]
    });
    answer = answer.table("not_checked", &[("what", "TJ-W024")], left.collect()).refused(&report.refused);
    if let Some(reason) = &report.void {
        answer = answer.remark("void", Message::new("TJ-W204").with("reason", reason));
    }
    let (text, word) = match report.verdict() {
        Verdict::Refused => ("TJ-W043", "refused"),
        Verdict::Partial => ("TJ-W222", "partial"),
        Verdict::Whole => ("TJ-W223", "whole"),
    };
    let verdict = match (report.verdict(), report.log) {
        (Verdict::Refused, _) => Message::new("TJ-W018").with("n", report.refused.len()),
        (Verdict::Partial, LogStanding::Alone) => Message::new("TJ-W020"),
        (Verdict::Partial, LogStanding::Compared) => Message::new("TJ-W021"),
        (Verdict::Whole, LogStanding::Alone) => Message::new("TJ-W017"),
        (Verdict::Whole, LogStanding::Compared) => Message::new("TJ-W019"),
    };
    answer.word("found", "TJ-W036", text, word).remark("verdict", verdict)
}

fn cosigners(report: &Report, answer: Answer) -> Answer {
    let rows = report.cosigned.iter().map(|(size, signers)| {
        let witnesses: Vec<&str> = signers.witnesses.iter().map(|code| code.as_str()).collect();
        let strangers =
            if signers.strangers.is_empty() { "-".to_owned() } else { signers.strangers.join(" ") };
        vec![size.into(), witnesses.join(" ").into(), strangers.into()]
    });
    let columns = [("head", "TJ-W009"), ("witnesses", "TJ-W022"), ("strangers", "TJ-W023")];
    answer.table("cosigned", &columns, rows.collect())
}

fn of_standing(standing: Standing) -> (&'static str, &'static str) {
    match standing {
        Standing::Committed => ("TJ-W037", "committed"),
        Standing::Rebuilt => ("TJ-W038", "rebuilt"),
        Standing::Certified => ("TJ-W039", "certified"),
        Standing::Logged => ("TJ-W040", "logged"),
        Standing::Signed => ("TJ-W041", "signed"),
        Standing::Digest => ("TJ-W042", "digest"),
        Standing::Refused => ("TJ-W246", "refused"),
        Standing::NotChecked => ("TJ-W024", "not checked"),
    }
}

fn of_unchecked(what: Unchecked) -> (&'static str, &'static str) {
    match what {
        Unchecked::Frames => ("TJ-W029", "frames"),
        Unchecked::Officers => ("TJ-W030", "officers"),
        Unchecked::Result => ("TJ-W031", "result"),
        Unchecked::SaltedNames => ("TJ-W033", "names in events"),
        Unchecked::Log => ("TJ-W205", "log"),
        Unchecked::Later => ("TJ-W206", "later entries"),
        Unchecked::Stamps => ("TJ-W025", "time stamps"),
        Unchecked::Beacon => ("TJ-W026", "beacon signatures"),
        Unchecked::PublicValues => ("TJ-W027", "dice and numbers"),
        Unchecked::EventValues => ("TJ-W028", "event values"),
        Unchecked::Salts => ("TJ-W032", "salts"),
        Unchecked::ShortOptima => ("TJ-W207", "short optima"),
        Unchecked::Inspected => ("TJ-W208", "inspection results"),
        Unchecked::LeftOut => ("TJ-W209", "left out"),
        Unchecked::Inspections => ("TJ-W210", "inspections"),
        Unchecked::OnlyDraw => ("TJ-W034", "only draw"),
    }
}
