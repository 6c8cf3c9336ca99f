//! The working folder: plain text files under the names they have in a bundle, and the log beside them.
//!
//! Nothing that is there is ever written over: a second, different file of one name is an error.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use sampling::Files;
use sampling::ceremony::Ceremony;
use sampling::commit::{self, COMMIT, Committed, Input};
use sampling::encoding::{Code, Digest, Time};
use sampling::log::{Cosigned, Entry, Head, Kind, Log, require_draws};
use sampling::plan::{PLAN, Plan};
use sampling::seed::{Entropy, share_text, shares_from_files};
use sampling::{Reason, Refused};

use crate::error::{Error, Result};
use crate::{archive, names, verify};

/// Reads every file of a folder whose name a bundle can have; folders in it are not entered.
pub fn read_folder(dir: &Path) -> Result<Files> {
    let failed = |source| Error::File { path: dir.to_owned(), source };
    let mut files = Files::new();
    for item in fs::read_dir(dir).map_err(failed)? {
        let item = item.map_err(failed)?;
        let Some(name) = item.file_name().to_str().map(str::to_owned) else { continue };
        if archive::is_name(name.as_bytes()) && item.path().is_file() {
            files.insert(name, read_file(&item.path())?);
        }
    }
    Ok(files)
}

/// Reads one file.
pub fn read_file(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|source| Error::File { path: path.to_owned(), source })
}

/// Writes a file that is not there yet; the same content again is no error. `secret` files only their owner can read.
pub fn write_file(path: &Path, bytes: &[u8], secret: Secret) -> Result<()> {
    let failed = |source| Error::File { path: path.to_owned(), source };
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(failed)?;
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if let Secret::Yes = secret {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    match options.open(path) {
        Ok(mut file) => file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            if read_file(path)? == bytes {
                Ok(())
            } else {
                Err(Error::Occupied(path.to_owned()))
            }
        }
        Err(error) => Err(failed(error)),
    }
}

/// Refuses a file that is there with another content: what [`write_file`] would refuse, before anything is written.
pub fn require_free(path: &Path, bytes: &[u8]) -> Result<()> {
    match fs::read(path) {
        Ok(found) if found == bytes => Ok(()),
        Ok(_) => Err(Error::Occupied(path.to_owned())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(source) => Err(Error::File { path: path.to_owned(), source }),
    }
}

/// Whether others may read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secret {
    /// Only its owner.
    Yes,
    /// Everybody.
    No,
}

/// A draw being made: everything in its folder, read and checked.
pub struct Work {
    dir: PathBuf,
    log_dir: PathBuf,
    /// Files of the folder.
    pub files: Files,
    /// The plan.
    pub plan: Plan,
    /// What C commits to.
    pub committed: Committed,
    /// The log.
    pub log: Log,
    /// Heads with two witnesses or more.
    pub heads: Vec<Cosigned>,
    /// How far the draw has come.
    pub state: Ceremony,
}

impl Work {
    /// Opens a folder in which `commit.txt` is written. The log is in `log_dir`, or in `log` beside the files.
    pub fn open(dir: &Path, log_dir: Option<&Path>) -> Result<Work> {
        Work::over(dir, log_dir, read_folder(dir)?)
    }

    /// The same over files that are not written yet.
    pub fn over(dir: &Path, log_dir: Option<&Path>, files: Files) -> Result<Work> {
        let log_dir = log_dir.map_or_else(|| dir.join("log"), Path::to_owned);
        let plan = plan(&files)?;
        let committed = commit::check(&plan, &files, threads())?;
        let logged = if log_dir.is_dir() { read_folder(&log_dir)? } else { Files::new() };
        let log = Log::parse(plan.suite, &logged)?;
        let heads = heads(&plan, &log, &logged)?;
        require_draws(log.entries())?;
        let state = Ceremony::replay(&plan, committed.digest, &log, &heads)?;
        Ok(Work { dir: dir.to_owned(), log_dir, files, plan, committed, log, heads, state })
    }

    /// C.
    pub fn commit(&self) -> Digest {
        self.committed.digest
    }

    /// Where the files are.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Where the log is.
    pub fn log_dir(&self) -> &Path {
        &self.log_dir
    }

    /// What an entry would be.
    pub fn entry(&self, kind: Kind, time: Time) -> Entry {
        let seq = self.log.entries().len() as u64;
        Entry { seq, time, plan_id: self.plan.plan_id.clone(), draw_no: self.plan.draw_no, kind }
    }

    /// Whether a step is allowed now; nothing is written.
    pub fn allow(&self, kind: Kind, time: Time) -> Result<Entry> {
        let entry = self.entry(kind, time);
        let mut log = self.log.clone();
        log.append(entry.clone())?;
        require_draws(log.entries())?;
        self.state.clone().entry(&entry)?;
        Ok(entry)
    }

    /// Takes a step and logs it.
    pub fn append(&mut self, kind: Kind, time: Time) -> Result<Entry> {
        let entry = self.allow(kind, time)?;
        write_file(&self.log_dir.join(entry.file()), &entry.text(), Secret::No)?;
        self.state = self.state.clone().entry(&entry)?;
        self.log.append(entry.clone())?;
        Ok(entry)
    }

    /// Writes a file of the draw.
    pub fn write(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        write_file(&self.dir.join(name), bytes, Secret::No)?;
        self.files.insert(name.to_owned(), bytes.to_vec());
        Ok(())
    }

    /// Makes a head over the whole log.
    pub fn head(&self, time: Time) -> Result<Head> {
        let size = self.log.entries().len() as u64;
        let root = self.log.root(size).unwrap_or(Digest::ZERO);
        let head = Head { log: self.plan.log.clone(), suite: self.plan.suite, size, root, time };
        if size == 0 {
            return Err(Refused::file("entry-0.txt", Reason::FileMissing).into());
        }
        let mut heads = Log::parse_heads(&read_folder(&self.log_dir)?)?;
        heads.retain(|known| known.size < size);
        heads.push(head.clone());
        self.log.check_heads(&self.plan.log, &heads)?;
        write_file(&self.log_dir.join(head.file()), &head.text(), Secret::No)?;
        Ok(head)
    }

    /// All entropy: shares from the log, or from files where holders opened to the engine only.
    pub fn entropy(&self) -> Result<Entropy> {
        let opened = self.state.opened().ok_or_else(|| Refused::file("seed.txt", Reason::StepOrder))?;
        let mut files = self.files.clone();
        for (party, share) in &opened.known {
            files.insert(format!("share-{party}.txt"), share_text(&self.commit(), party, share));
        }
        let shares = shares_from_files(&self.plan, &self.commit(), &files)?;
        for (party, digest) in opened.sharing.setup.share_digests(&shares) {
            if opened.sharing.shares.get(&party) != Some(&digest) {
                return Err(Refused::at(format!("share-{party}.txt"), 4, 7, Reason::ShareDigest)
                    .with(party)
                    .into());
            }
        }
        let entropy = Entropy { shares, public: opened.public.clone() };
        entropy.require(&self.plan)?;
        Ok(entropy)
    }

    /// Plan and data files in their types.
    pub fn input(&self) -> Result<Input<'_>> {
        Ok(Input::parse(&self.files)?)
    }

    /// Entries of this draw.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        let mine = |entry: &&Entry| entry.plan_id == self.plan.plan_id && entry.draw_no == self.plan.draw_no;
        self.log.entries().iter().filter(mine)
    }

    /// A code from an argument.
    pub fn code(what: &'static str, text: &str) -> Result<Code> {
        Code::parse(text.as_bytes()).ok_or_else(|| Error::Argument { what, value: text.to_owned() })
    }
}

/// Reads the plan of a folder.
pub fn plan(files: &Files) -> Result<Plan> {
    let text = files.get(PLAN).ok_or_else(|| Refused::file(PLAN, Reason::FileMissing))?;
    Ok(Plan::require(text)?)
}

/// Heads with two witnesses or more. Heads that wait for signatures are not refused here, and count for nothing.
fn heads(plan: &Plan, log: &Log, logged: &Files) -> Result<Vec<Cosigned>> {
    let heads = Log::parse_heads(logged)?;
    log.check_heads(&plan.log, &heads)?;
    let mut out = Vec::new();
    for head in heads {
        let witnesses = verify::signers(plan, &head.text(), head.size, logged)?.witnesses;
        if witnesses.len() >= 2 {
            out.push(Cosigned { head, witnesses });
        }
    }
    Ok(out)
}

/// How many threads may hash.
pub fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// For whom a bundle is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Everything there is.
    Auditor,
    /// Without exclusions, officers, private frames, and what is not public yet.
    Public,
}

impl Work {
    /// The members of a bundle. The log goes as far as its last cosigned head.
    pub fn members(&self, audience: Audience) -> Result<Files> {
        let covered = self.heads.last().map_or(0, |head| head.head.size);
        let logged = if covered > 0 { read_folder(&self.log_dir)? } else { Files::new() };
        let mut members = Files::new();
        for (name, text) in logged {
            let number = |prefix: &str| -> Option<u64> {
                let rest = name.strip_prefix(prefix)?;
                rest.split('.').next()?.parse().ok()
            };
            let is_entry = number("entry-").is_some_and(|seq| seq < covered);
            let is_head =
                number("head-").is_some_and(|size| self.heads.iter().any(|head| head.head.size == size));
            if names::is_of_log(&name) && (is_entry || is_head) {
                members.insert(name, text);
            }
        }
        // What happened after that head is not in the bundle, and neither are its files.
        let log = Log::parse(self.plan.suite, &members)?;
        let state = Ceremony::replay(&self.plan, self.committed.digest, &log, &self.heads)?;
        let data = self.plan.data_files();
        for (name, text) in &self.files {
            let is_data = name == PLAN || name == COMMIT || data.contains(name);
            let is_here = is_data
                || names::is_member(&self.plan, name) && covered > 0 && has_place(name, covered, &state);
            let is_for_them = audience == Audience::Auditor || self.is_for_everybody(name, &state);
            if is_here && is_for_them && !names::is_of_log(name) {
                members.insert(name.clone(), text.clone());
            }
        }
        without_secrets(&state, &mut members);
        Ok(members)
    }

    fn is_for_everybody(&self, name: &str, state: &Ceremony) -> bool {
        use sampling::plan::FrameMode;
        if name == PLAN || name == COMMIT {
            return true;
        }
        if ["excluded-", "officers-", "pool-", "recusals-", "pairs-"]
            .iter()
            .any(|kind| name.starts_with(kind))
        {
            return false;
        }
        if name.starts_with("frame-") {
            return self.plan.frame == FrameMode::Public;
        }
        if name.starts_with("salted-") {
            // Names of officers say nothing without the officers; those of companies nothing without the frames.
            let seq = name.split('-').nth(1).and_then(|seq| seq.parse::<usize>().ok());
            let entry = seq.and_then(|seq| self.log.entries().get(seq));
            let is_company = entry.is_some_and(|entry| matches!(entry.kind, Kind::Substitution { .. }));
            return is_company && self.plan.frame == FrameMode::Public;
        }
        verify::is_public(&self.plan, state) || name.starts_with("share-")
    }
}

/// Whether a file belongs to what has happened by a head.
fn has_place(name: &str, covered: u64, state: &Ceremony) -> bool {
    let executed = verify::executed(state);
    let event = |number: Option<u64>| {
        let place = usize::try_from(number?.checked_sub(1)?).ok()?;
        executed?.events.get(place)
    };
    if let Some(number) = names::event(name) {
        return event(Some(number)).is_some();
    }
    if let Some(number) = name.strip_prefix("seed-").and_then(names::event) {
        return event(Some(number)).is_some_and(|event| event.outcome.is_some());
    }
    if let Some(number) = names::beacon_of_event(name) {
        return event(Some(number)).is_some_and(|event| event.value.is_some());
    }
    if let Some((_, number)) = names::labelled(name) {
        return event(Some(number)).is_some_and(|event| event.outcome.is_some());
    }
    if let Some(rest) = name.strip_prefix("salted-") {
        return rest.split('-').next().and_then(|seq| seq.parse().ok()).is_some_and(|seq: u64| seq < covered);
    }
    !names::is_of_result(name) || executed.is_some()
}

/// Shares that nobody has revealed or opened yet are nobody else's.
fn without_secrets(state: &Ceremony, members: &mut Files) {
    let has_seed = members.contains_key("seed.txt");
    members.retain(|name, _| {
        let party = name.strip_prefix("share-").and_then(|rest| rest.strip_suffix(".txt"));
        let is_known = |party: &str| {
            state.opened().is_some_and(|opened| opened.known.keys().any(|code| code.as_str() == party))
        };
        party.is_none_or(|party| has_seed || is_known(party))
    });
}
