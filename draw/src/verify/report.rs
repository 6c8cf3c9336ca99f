//! What a verification found, in types; how people are told is not known here.

use std::collections::{BTreeMap, BTreeSet};

use sampling::Refused;
use sampling::encoding::{Code, Digest};

use crate::archive::NotCanonical;

/// What holds, what does not and where, and what nobody looked at.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// C, to be compared with the wall.
    pub commit: Option<Digest>,
    /// Plan and number of the draw.
    pub draw: Option<(Code, u64)>,
    /// Size and digest of the newest head, to be compared with a witness.
    pub head: Option<(u64, Digest)>,
    /// How far the draw has come.
    pub state: Option<&'static str>,
    /// The same as a log from elsewhere has it.
    pub state_outside: Option<&'static str>,
    /// The archive is not canonical; nothing in it was looked at.
    pub archive: Option<NotCanonical>,
    /// Everything that was refused, in the order in which it was found.
    pub refused: Vec<Refused>,
    /// What is known of each member.
    pub files: BTreeMap<String, Standing>,
    /// Who cosigned each head.
    pub cosigned: BTreeMap<u64, Cosigners>,
    /// How the log of the bundle compares.
    pub log: LogStanding,
    /// The draw is void: the reason, and who is named.
    pub void: Option<String>,
    /// What was not looked at.
    pub unchecked: BTreeSet<Unchecked>,
}

/// What is known of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is the file that C commits to, and it has its form.
    Committed,
    /// It was made anew and is the same to the last byte.
    Rebuilt,
    /// Its certificate was checked against edges and costs made anew.
    Certified,
    /// It is an entry or head of a whole log.
    Logged,
    /// It is a signature of a witness of the plan.
    Signed,
    /// Its digest is the one that was committed or logged; what it says was not made anew.
    Digest,
    /// It is refused; the place is in the list.
    Refused,
    /// Nobody looked at it here.
    NotChecked,
}

/// Signers of a head.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cosigners {
    /// Witnesses of the plan, with a valid signature.
    pub witnesses: Vec<Code>,
    /// Others: not independent.
    pub strangers: Vec<String>,
}

/// How the log of a bundle compares with a log from elsewhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogStanding {
    /// There was nothing to compare with: not proven the only draw.
    #[default]
    Alone,
    /// The log from elsewhere has everything that the bundle has.
    Compared,
}

/// What was not looked at. The first six belong to the draw and are missing; the others no verifier of bundles checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unchecked {
    /// Frames or exclusions that are not in the bundle.
    Frames,
    /// Officers, recusals or pairs that are not in the bundle.
    Officers,
    /// Seed and result: not there yet, not public yet, or never.
    Result,
    /// Salted names in events that are not public.
    SaltedNames,
    /// The log: the bundle has none.
    Log,
    /// What the log from elsewhere has after the last entry of the bundle.
    Later,
    /// RFC 3161 tokens of heads.
    Stamps,
    /// Signatures of beacon rounds.
    Beacon,
    /// Whether dice and lottery numbers are those that were rolled.
    PublicValues,
    /// That an event's value is the first after its delay.
    EventValues,
    /// Salts, which need the frame key.
    Salts,
    /// That the short optima, which made long costs necessary, are optima.
    ShortOptima,
    /// Results of inspections: only their digests are logged.
    Inspected,
    /// Whether a company was left out of the frame.
    LeftOut,
    /// Whether the inspections took place as recorded.
    Inspections,
    /// The log of the bundle against one from elsewhere.
    OnlyDraw,
}

impl Unchecked {
    /// Whether it belongs to the draw, so that a bundle without it is no whole one.
    pub fn is_missing(self) -> bool {
        self <= Unchecked::Later
    }
}

/// What can be said of a bundle in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Something is not as it must be.
    Refused,
    /// What was checked holds, and something that belongs to the draw could not be checked.
    Partial,
    /// Everything that belongs to the draw is there and holds.
    Whole,
}

impl Report {
    /// Whether nothing was refused.
    pub fn holds(&self) -> bool {
        self.archive.is_none() && self.refused.is_empty()
    }

    /// The verdict.
    pub fn verdict(&self) -> Verdict {
        match self.unchecked.iter().any(|what| what.is_missing()) {
            _ if !self.holds() => Verdict::Refused,
            true => Verdict::Partial,
            false => Verdict::Whole,
        }
    }

    pub(super) fn refuse(&mut self, refused: Refused) {
        if let Some(standing) = self.files.get_mut(&refused.place.file) {
            *standing = Standing::Refused;
        }
        if !self.refused.contains(&refused) {
            self.refused.push(refused);
        }
    }

    pub(super) fn mark(&mut self, name: &str, standing: Standing) {
        match self.files.get_mut(name) {
            Some(known) if *known != Standing::Refused => *known = standing,
            Some(_) | None => {}
        }
    }

    pub(super) fn leave(&mut self, what: Unchecked) {
        self.unchecked.insert(what);
    }

    /// Keeps the refusal and gives the value if there is one.
    pub(super) fn take<T>(&mut self, result: sampling::Result<T>) -> Option<T> {
        result.map_err(|refused| self.refuse(refused)).ok()
    }
}
