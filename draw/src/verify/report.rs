//! What a verification found, in types; how people are told is not known here.

use std::collections::BTreeMap;

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
    /// What was not looked at.
    pub unchecked: Vec<Unchecked>,
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
    /// There is no log in the bundle.
    #[default]
    None,
    /// There was nothing to compare with: whole, but not proven the only draw.
    Alone,
    /// The log from elsewhere is shorter than that of the bundle.
    Shorter,
    /// The log from elsewhere has everything that the bundle has.
    Compared,
}

/// What was not looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unchecked {
    /// RFC 3161 tokens of heads.
    Stamps,
    /// Signatures of beacon rounds.
    Beacon,
    /// Whether dice and lottery numbers are those that were rolled.
    PublicValues,
    /// That an event's value is the first after its delay.
    EventValues,
    /// Frames or exclusions that are not in the bundle.
    Frames,
    /// Officers, recusals or pairs that are not in the bundle.
    Officers,
    /// Seed and result that are not public yet, or never.
    Result,
    /// Salts, which need the frame key.
    Salts,
    /// Salted names in events that are not public.
    SaltedNames,
    /// The log of the bundle against one from elsewhere.
    OnlyDraw,
}

impl Report {
    /// Whether nothing was refused.
    pub fn is_whole(&self) -> bool {
        self.archive.is_none() && self.refused.is_empty()
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
        if !self.unchecked.contains(&what) {
            self.unchecked.push(what);
        }
    }

    /// Keeps the refusal and gives the value if there is one.
    pub(super) fn take<T>(&mut self, result: sampling::Result<T>) -> Option<T> {
        result.map_err(|refused| self.refuse(refused)).ok()
    }
}
