//! Whole draws as texts in memory: executing one, and checking every file of one.
//!
//! Must never know: archives, signatures, keys. Whoever verifies signatures hands in who cosigned which head.

mod checking;
mod followed;
mod logged;

use std::collections::{BTreeMap, BTreeSet};

use crate::commit::{self, COMMIT, Input};
use crate::draw::{Outcome, draw};
use crate::encoding::{Code, Digest};
use crate::plan::PLAN;
use crate::seed::{Entropy, SEED, share_text};
use crate::{Files, Reason, Refused, Result};

/// What a whole draw gives.
#[derive(Clone, Debug)]
pub struct Executed {
    /// C.
    pub commit: Digest,
    /// The seed.
    pub seed: Digest,
    /// The draw in types.
    pub outcome: Outcome,
    /// `commit.txt`, share files, `seed.txt`, all files of result and evidence. Not the inputs.
    pub files: Files,
}

/// Runs a whole draw: `inputs` are `plan.txt` and its data files, nothing else. The ceremony around it is
/// [`crate::ceremony`]: this is for whoever has its outcome, and for rehearsals.
pub fn execute(inputs: &Files, previous: Digest, entropy: &Entropy, threads: usize) -> Result<Executed> {
    let commitment = commit::commit(inputs, previous, threads)?;
    let input = Input::parse(inputs)?;
    entropy.require(&input.plan)?;
    let seed = entropy.seed(input.plan.suite, &commitment.digest);
    let outcome = draw(&input, &commitment.digest, &seed, threads)?;
    let mut files = outcome.files.clone();
    for (party, share) in &entropy.shares {
        files.insert(format!("share-{party}.txt"), share_text(&commitment.digest, party, share));
    }
    files.insert(SEED.to_owned(), entropy.text(&commitment.digest));
    files.insert(COMMIT.to_owned(), commitment.text);
    Ok(Executed { commit: commitment.digest, seed, outcome, files })
}

/// What is found about a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// It is what it must be.
    Holds,
    /// It is not, and where.
    Refused(Refused),
    /// Nothing can be said here, and why not.
    NotChecked(Why),
}

/// Why nothing can be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// The file is not here, and need not be.
    NotHere,
    /// Files it follows from are not here.
    InputNotHere,
    /// It follows from a file that was refused.
    InputRefused,
    /// Signatures, time stamps and beacons are verified by other programs.
    OtherProgram,
    /// There is no log here.
    NoLog,
    /// Its step is not in the log.
    NotLogged,
}

/// What is found about a set of files.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// C as it follows from `commit.txt`, in whatever state that is.
    pub commit: Option<Digest>,
    /// Digest of the largest head.
    pub head: Option<Digest>,
    /// State of the ceremony by the log, as [`crate::ceremony::Ceremony::name`].
    pub state: Option<&'static str>,
    /// A finding for each file that is here or should be.
    pub files: BTreeMap<String, Finding>,
}

impl Report {
    /// Whether nothing was refused. Without a log this does not mean that the draw is the only one.
    pub fn is_whole(&self) -> bool {
        self.refusals().next().is_none()
    }

    /// Everything refused, by file.
    pub fn refusals(&self) -> impl Iterator<Item = &Refused> {
        self.files.values().filter_map(|finding| match finding {
            Finding::Refused(refused) => Some(refused),
            Finding::Holds | Finding::NotChecked(_) => None,
        })
    }

    fn holds(&mut self, file: impl Into<String>) {
        self.files.entry(file.into()).or_insert(Finding::Holds);
    }

    fn not_checked(&mut self, file: impl Into<String>, why: Why) {
        self.files.entry(file.into()).or_insert(Finding::NotChecked(why));
    }

    /// A refusal counts for the file of its place, and is never overwritten.
    fn refuse(&mut self, refused: Refused) {
        let file = if refused.place.file.is_empty() { PLAN.to_owned() } else { refused.place.file.clone() };
        match self.files.get(&file) {
            Some(Finding::Refused(_)) => {}
            Some(Finding::Holds | Finding::NotChecked(_)) | None => {
                self.files.insert(file, Finding::Refused(refused));
            }
        }
    }

    /// Takes a value, or reports the refusal.
    fn take<T>(&mut self, result: Result<T>) -> Option<T> {
        result.map_err(|refused| self.refuse(refused)).ok()
    }
}

/// Who signed which head: codes of witnesses of the plan whose signatures were verified, by size of the head.
pub type Cosigners = BTreeMap<u64, Vec<Code>>;

/// Checks every file of a draw: encodings, commitment, shares, seed, sample, officers by their certificates, result and
/// evidence byte for byte, log, heads, events. Files that are not here are named, not refused, unless the protocol
/// wants them here. Threads do not change what is found.
pub fn check(files: &Files, cosigners: &Cosigners, threads: usize) -> Report {
    let mut report = Report::default();
    checking::check(files, cosigners, threads, &mut report);
    let unknown: BTreeSet<&String> = files.keys().filter(|name| !report.files.contains_key(*name)).collect();
    for name in unknown {
        report.refuse(Refused::file(name, Reason::FileUnknown));
    }
    report
}
