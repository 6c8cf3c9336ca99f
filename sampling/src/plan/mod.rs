//! §1: the plan, judged whole and turned into types.
//!
//! Must never know: frames, officers, chance. A plan is read before anything of them exists.

mod judge;
mod keys;
mod read;
mod values;

pub(crate) use values::{MAX_NUMBER, gcd, remedy};

use std::collections::{BTreeMap, BTreeSet};

use crate::encoding::{Code, Date, Digest, Time};
use crate::{Refused, Result, Suite};

/// Name of the file.
pub const PLAN: &str = "plan.txt";

/// A plan without contradictions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Suite of every digest, ticket and signature.
    pub suite: Suite,
    /// Digest of the source archive of the engine.
    pub engine: Digest,
    /// Name of the plan.
    pub plan_id: Code,
    /// Number of the draw under this plan, from 1.
    pub draw_no: u64,
    /// Name of the log.
    pub log: String,
    /// Legal basis, for people.
    pub legal_basis: String,
    /// When the result becomes public.
    pub timing: Timing,
    /// The day on which everything sealed is opened.
    pub publicity: Date,
    /// Whether frames are published.
    pub frame: FrameMode,
    /// Who learns the seed.
    pub seed_release: SeedRelease,
    /// Parties that commit and reveal shares, in order.
    pub parties: Vec<Code>,
    /// The three holders of escrowed shares, in order.
    pub escrow: Option<[Code; 3]>,
    /// Witnesses of the log.
    pub witnesses: Vec<Witness>,
    /// Public entropy, in order.
    pub entropy: Vec<Source>,
    /// Source for events after the draw.
    pub event_source: Option<EventSource>,
    /// Groups of matters that share tickets.
    pub groups: BTreeMap<Code, Group>,
    /// Matters.
    pub matters: BTreeMap<Code, Matter>,
    /// Departments that a `dept.` key speaks of, or that have slots.
    pub depts: BTreeMap<Code, Dept>,
}

/// When the result becomes public.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timing {
    /// At once.
    Open,
    /// On the publicity date.
    Sealed,
}

/// Whether frames are published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameMode {
    /// Published, without salts.
    Public,
    /// Not published, every line salted.
    Private,
}

/// Who learns the seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeedRelease {
    /// Everybody.
    Public,
    /// Auditors only; never published.
    Auditors,
}

/// A witness and its public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// Name.
    pub code: Code,
    /// Public key in lower-case hexadecimal.
    pub key: String,
}

/// A public value that does not exist yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// What it is.
    pub kind: SourceKind,
    /// Earliest time at which the value can exist.
    pub time: Time,
    /// Chain hash and round, or name of the lottery and day.
    pub reference: Option<String>,
}

/// Kind of a public value, with its form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceKind {
    /// Dice rolled in public: so many digits.
    Dice {
        /// Digits expected.
        digits: u32,
    },
    /// A round of a drand beacon: 64 hexadecimal characters.
    Drand,
    /// Numbers of a lottery: so many digits.
    Numbers {
        /// Digits expected.
        digits: u32,
    },
}

/// The source for events after the draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventSource {
    /// What it is; the number of digits is free here, so `dice` and `numbers` carry 0.
    pub kind: SourceKind,
    /// Seconds between the head that holds the event and the value.
    pub delay: u64,
    /// Chain hash, or name of the lottery.
    pub reference: String,
}

/// Matters that share tickets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The matters, sorted.
    pub matters: Vec<Code>,
    /// Windows for visits, in order.
    pub windows: Vec<Window>,
}

/// Days on which visits of a window are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// First day.
    pub first: Date,
    /// Last day.
    pub last: Date,
}

/// A matter of inspection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matter {
    /// Department.
    pub dept: Code,
    /// How fractions are rounded.
    pub rounding: Rounding,
    /// Reserves per stratum.
    pub reserve: u64,
    /// Strata.
    pub strata: BTreeMap<Code, Stratum>,
    /// Classes of officers per visit.
    pub slots: BTreeMap<Code, Slot>,
}

/// How fractions are rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// Up, in each stratum.
    Ceil,
    /// At random, exact in expectation.
    Controlled,
    /// Up, for the whole matter.
    Total,
}

/// A stratum of a matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stratum {
    /// How many.
    pub quota: Quota,
    /// How they are drawn.
    pub design: Design,
}

/// How many units a stratum receives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quota {
    /// A share, and at least so many.
    Rate {
        /// Numerator.
        a: u64,
        /// Denominator.
        b: u64,
        /// Minimum.
        min: u64,
    },
    /// A number.
    Count(u64),
}

/// The rule of drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Design {
    /// Lowest tickets: every subset is equally likely.
    Srs,
    /// Proportional to size.
    Pps,
}

/// Officers of one class for a visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// How many.
    pub need: u64,
    /// Qualifications each must have.
    pub qualifications: BTreeSet<Code>,
}

/// A department's rules for its officers.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Dept {
    /// Rule for loads; present iff one of its matters has slots.
    pub load: Option<LoadRule>,
    /// How many tasks two officers may have together; no limit if absent.
    pub pair_limit: Option<u64>,
    /// What is tried, in order, when slots stay empty.
    pub remedies: Vec<Remedy>,
}

/// Rule for the load of officers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoadRule {
    /// The least limit that still fills as many slots.
    Least,
    /// A given limit.
    Fixed(u64),
}

/// What is tried when slots stay empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// More capacity for every officer.
    Capacity(u64),
    /// The officers of the pool file join.
    Pool,
    /// Tasks with an empty slot are postponed.
    Postpone,
}

/// Everything that is wrong with a plan; never empty.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the plan has {} problems, the first: {}", .0.len(), .0.first().map(ToString::to_string).unwrap_or_default())]
pub struct Problems(pub Vec<Refused>);

impl Plan {
    /// Reads `plan.txt` and reports every problem, not the first.
    pub fn parse(text: &[u8]) -> std::result::Result<Plan, Problems> {
        read::plan(text)
    }

    /// Reads `plan.txt` and refuses with the first problem.
    pub fn require(text: &[u8]) -> Result<Plan> {
        Plan::parse(text).map_err(|problems| {
            let mut problems = problems.0.into_iter();
            problems.next().unwrap_or_else(|| Refused::file(PLAN, crate::Reason::FileForm))
        })
    }

    /// Departments with slots, in order.
    pub fn depts_with_slots(&self) -> BTreeSet<&Code> {
        self.matters.values().filter(|matter| !matter.slots.is_empty()).map(|matter| &matter.dept).collect()
    }

    /// Group of a matter.
    pub fn group_of(&self, matter: &Code) -> Option<&Code> {
        self.groups.iter().find(|(_, group)| group.matters.contains(matter)).map(|(code, _)| code)
    }

    /// Parties and escrow in the order of `seed.txt`.
    pub fn share_holders(&self) -> impl Iterator<Item = &Code> {
        self.parties.iter().chain(self.escrow.iter().flatten())
    }

    /// Names of the data files that are committed beside the plan, sorted.
    pub fn data_files(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for matter in self.matters.keys() {
            names.insert(format!("frame-{matter}.tsv"));
            names.insert(format!("excluded-{matter}.tsv"));
        }
        for dept in self.depts_with_slots() {
            for kind in ["officers", "recusals", "pairs"] {
                names.insert(format!("{kind}-{dept}.tsv"));
            }
            if self.depts.get(dept).is_some_and(|rules| rules.remedies.contains(&Remedy::Pool)) {
                names.insert(format!("pool-{dept}.tsv"));
            }
        }
        names
    }
}

impl SourceKind {
    /// Whether a value has the form of this kind: a string of ASCII digits, or 64 hexadecimal characters.
    pub fn accepts(self, value: &[u8]) -> bool {
        match self {
            SourceKind::Dice { digits } | SourceKind::Numbers { digits } => {
                let length_fits =
                    if digits == 0 { !value.is_empty() } else { value.len() == digits as usize };
                length_fits && value.iter().all(u8::is_ascii_digit)
            }
            SourceKind::Drand => Digest::parse(value).is_some(),
        }
    }
}

#[cfg(test)]
mod tests;
