//! Heads, witnesses, and the archive.

use std::path::Path;

use messages::Message;
use sampling::encoding::Time;
use sampling::log::{Head, Log};
use sampling::merkle;
use sampling::{Files, Reason, Refused, Suite};

use super::answer::Answer;
use super::args::{BundleOptions, FolderOptions, SignOptions, SuiteName};
use super::before::work;
use crate::archive;
use crate::error::{Error, Result, random};
use crate::folder::{Audience, Secret, Work, read_file, read_folder, write_file};
use crate::sign::{Key, hex, unhex};

/// Name of a witness' own secret key.
const KEY: &str = "witness.key";

pub(super) fn head(folder: &FolderOptions, time: Time) -> Result<Answer> {
    let work = work(folder)?;
    let head = work.head(time)?;
    Ok(Answer::default().fact("head", "TJ-W009", head.file()).fact(
        "digest",
        "TJ-W010",
        work.plan.suite.hash(&head.text()),
    ))
}

pub(super) fn key(keep: &Path, suite: SuiteName) -> Result<Answer> {
    let suite = Suite::from(suite);
    let mut made = None;
    while made.is_none() {
        // Of 2^32 random values fewer than one is no key.
        let secret = random::<32>()?;
        made = Key::new(suite, &secret).map(|key| (key, secret));
    }
    let Some((key, secret)) = made else { return Err(Error::Argument { what: "key", value: String::new() }) };
    write_file(&keep.join(KEY), format!("{suite}\n{}\n", hex(&secret)).as_bytes(), Secret::Yes)?;
    Ok(Answer::default().fact("key", "TJ-W012", key.public()))
}

/// The key a witness keeps.
fn read_key(keep: &Path) -> Result<(Suite, Key)> {
    let path = keep.join(KEY);
    let text = read_file(&path)?;
    let mut lines = text.split(|&byte| byte == b'\n');
    let suite = lines.next().and_then(Suite::parse);
    let secret = lines.next().and_then(unhex::<32>);
    let key = suite.zip(secret).and_then(|(suite, secret)| Some((suite, Key::new(suite, &secret)?)));
    key.ok_or_else(|| Error::Argument { what: KEY, value: path.display().to_string() })
}

/// Signs the newest head, if it is of the log the witness knows and extends the last head it has signed.
pub(super) fn sign(options: &SignOptions) -> Result<Answer> {
    let (suite, key) = read_key(&options.keep)?;
    let code = Work::code("--as", &options.code)?;
    let files = read_folder(&options.log)?;
    let log = Log::parse(suite, &files)?;
    let heads = Log::parse_heads(&files)?;
    let Some(head) = heads.last() else {
        return Ok(Answer::default().remark("error", Message::new("TJ-W059")).exit(super::REFUSED));
    };
    log.check_heads(&head.log, &heads)?;
    let own = Log::parse_heads(&read_folder(&options.keep)?)?;
    let mut answer = Answer::default();
    let said = Message::new(if own.is_empty() { "TJ-W239" } else { "TJ-W058" });
    if let Some(last) = own.last() {
        extends(suite, &log, last, head)?;
        answer = answer.fact("last", "TJ-W057", last.file());
    }
    let failed = || Error::Argument { what: KEY, value: options.code.clone() };
    let signature = key.sign(&head.text()).ok_or_else(failed)?;
    // First the witness remembers, then it signs: it never forgets what it has said.
    write_file(&options.keep.join(head.file()), &head.text(), Secret::No)?;
    let name = format!("head-{}.{code}.sig", head.size);
    write_file(&options.log.join(&name), &signature, Secret::No)?;
    Ok(answer
        .remark("signed", said)
        .fact("witness", "TJ-W011", &code)
        .fact("head", "TJ-W009", head.file())
        .fact("digest", "TJ-W010", suite.hash(&head.text())))
}

/// The proof of consistency, from the witness' own last head.
fn extends(suite: Suite, log: &Log, last: &Head, head: &Head) -> Result<()> {
    let refuse = |reason: Reason| Refused::at(head.file(), 5, 6, reason).with(last.file());
    if last.log != head.log || last.suite != head.suite {
        return Err(Refused::at(head.file(), 2, 5, Reason::LogName).with(&last.log).into());
    }
    if head.time < last.time {
        return Err(Refused::at(head.file(), 6, 6, Reason::LogTime).with(last.time).into());
    }
    let path = log.consistency(last.size, head.size).ok_or_else(|| refuse(Reason::LogConsistency))?;
    merkle::check_consistency(suite, last.tree(), head.tree(), &path)
        .map_err(|refused| refuse(refused.reason))?;
    Ok(())
}

pub(super) fn bundle(options: &BundleOptions) -> Result<Answer> {
    let work = work(&options.folder)?;
    let audience = if options.public { Audience::Public } else { Audience::Auditor };
    let members: Files = work.members(audience)?;
    let bytes = archive::write(&members)?;
    write_file(&options.to, &bytes, Secret::No)?;
    Ok(Answer::default().commit(work.commit()).fact("bundle", "TJ-W015", options.to.display()).number(
        "members",
        "TJ-W016",
        members.len() as u64,
    ))
}
