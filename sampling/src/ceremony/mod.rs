//! §2: how entropy arrives. Each state owns what is known in it; a step consumes the state and gives the next one, or is
//! refused with its place.
//!
//! | state | what moves it on |
//! |---|---|
//! | `Planned` | Committed |
//! | `Committed` | a cosigned head |
//! | `Sharing` | ShareCommitted of all, ShareHeld of all three, then SharesClosed |
//! | `SharesClosed` | a cosigned head |
//! | `Revealing` | ShareRevealed of all parties |
//! | `Revealed` | a cosigned head before every public value |
//! | `Rolling` | PublicEntropy 1, 2, … |
//! | `Rolled` | a cosigned head |
//! | `Opening` | ShareOpened of all three (open timing), then DrawExecuted |
//! | `Executed` | ShareOpened (sealed timing), events, substitutions, Published |
//! | `Voided` | after a result only: ShareOpened, Published |
//!
//! Must never know: signatures and files; whoever calls says who cosigned. Nor what is drawn: [`crate::events`] does.

mod after;
mod steps;

use std::collections::{BTreeMap, BTreeSet};

use crate::encoding::{Code, Digest, Time};
use crate::log::{Cosigned, Entry, Log};
use crate::plan::Plan;
use crate::seed::{Entropy, Share};
use crate::{Reason, Refused, Result};

pub use after::EventState;

/// What does not change during a ceremony.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setup {
    /// The plan.
    pub plan: Plan,
    /// C.
    pub commit: Digest,
}

/// State of a draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ceremony {
    /// C is computed and not logged.
    Planned(Box<Setup>),
    /// C is logged; shares are refused until a head is cosigned.
    Committed(Box<Setup>),
    /// Shares are being committed and held.
    Sharing(Box<Sharing>),
    /// All are committed and held; nothing is revealed until a head is cosigned.
    SharesClosed(Box<Sharing>),
    /// Parties reveal.
    Revealing(Box<Opened>),
    /// All parties have revealed; no public value until a head is cosigned.
    Revealed(Box<Opened>),
    /// Public values arrive.
    Rolling(Box<Opened>),
    /// All public values are there; nothing else until a head is cosigned.
    Rolled(Box<Opened>),
    /// Holders open, the draw can be executed.
    Opening(Box<Opened>),
    /// The result is fixed.
    Executed(Box<Executed>),
    /// Void.
    Voided(Box<Voided>),
}

/// Shares so far, as digests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sharing {
    /// Plan and C.
    pub setup: Setup,
    /// Digest of the share file of each party and holder.
    pub shares: BTreeMap<Code, Digest>,
    /// Escrow parties whose file has its second holder.
    pub held: BTreeSet<Code>,
}

/// Shares and public values so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The commitments.
    pub sharing: Sharing,
    /// Shares that are known.
    pub known: BTreeMap<Code, Share>,
    /// Public values, in order.
    pub public: Vec<String>,
}

/// After the draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Executed {
    /// Shares and public values.
    pub opened: Opened,
    /// Digest of `result.txt`.
    pub result: Digest,
    /// Digest of `evidence.txt`.
    pub evidence: Digest,
    /// Roots of drawn (and ticket) files.
    pub roots: Vec<(String, Digest)>,
    /// Number of the entry.
    pub seq: u64,
    /// Time of the first head with it, if there is one.
    pub headed: Option<Time>,
    /// Events, in order.
    pub events: Vec<EventState>,
    /// Whether the draw is published.
    pub publication: Publication,
}

/// Whether everything is public.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Publication {
    /// Not yet.
    Pending,
    /// Yes.
    Done,
}

/// A void draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voided {
    /// Plan and C.
    pub setup: Setup,
    /// Why.
    pub reason: Code,
    /// Persons named.
    pub named: Vec<Code>,
    /// The result that was void, which must be published with the void.
    pub executed: Option<Executed>,
}

impl Ceremony {
    /// A ceremony whose commitment is computed.
    pub fn begin(plan: &Plan, commit: Digest) -> Ceremony {
        Ceremony::Planned(Box::new(Setup { plan: plan.clone(), commit }))
    }

    /// Replays a log: entries of this draw, and heads where they stand between them.
    /// `heads` ascend by size and were checked against the log.
    pub fn replay(plan: &Plan, commit: Digest, log: &Log, heads: &[Cosigned]) -> Result<Ceremony> {
        let mut state = Ceremony::begin(plan, commit);
        let mut heads = heads.iter().peekable();
        for entry in log.entries() {
            while let Some(head) = heads.next_if(|head| head.head.size <= entry.seq) {
                state = state.head(head)?;
            }
            if entry.plan_id == plan.plan_id && entry.draw_no == plan.draw_no {
                state = state.entry(entry)?;
            }
        }
        for head in heads {
            state = state.head(head)?;
        }
        Ok(state)
    }

    /// The next entry of this draw.
    pub fn entry(self, entry: &Entry) -> Result<Ceremony> {
        let plan = &self.setup().plan;
        if entry.plan_id != plan.plan_id || entry.draw_no != plan.draw_no {
            return Err(Refused::at(entry.file(), 4, 9, Reason::LogDraw).with(&entry.plan_id));
        }
        self.step(entry)
    }

    /// A head of the log, of whatever size the log has now. Refused without two witnesses of the plan.
    pub fn head(self, cosigned: &Cosigned) -> Result<Ceremony> {
        let head = &cosigned.head;
        let plan = &self.setup().plan;
        cosigned.require_witnesses(plan)?;
        let late = plan.entropy.iter().any(|source| head.time >= source.time);
        Ok(match self {
            Ceremony::Committed(setup) => {
                let sharing = Sharing { setup: *setup, shares: BTreeMap::new(), held: BTreeSet::new() };
                Ceremony::Sharing(Box::new(sharing))
            }
            Ceremony::SharesClosed(sharing) => Ceremony::Revealing(Box::new(Opened {
                sharing: *sharing,
                known: BTreeMap::new(),
                public: Vec::new(),
            })),
            // A head that is too late does not count: values could exist already.
            Ceremony::Revealed(opened) if late => Ceremony::Revealed(opened),
            Ceremony::Revealed(opened) => Ceremony::Rolling(opened),
            Ceremony::Rolled(opened) => Ceremony::Opening(opened),
            Ceremony::Executed(mut executed) => {
                executed.head(head);
                Ceremony::Executed(executed)
            }
            state @ (Ceremony::Planned(_)
            | Ceremony::Sharing(_)
            | Ceremony::Revealing(_)
            | Ceremony::Rolling(_)
            | Ceremony::Opening(_)
            | Ceremony::Voided(_)) => state,
        })
    }

    /// Plan and C.
    pub fn setup(&self) -> &Setup {
        match self {
            Ceremony::Planned(setup) | Ceremony::Committed(setup) => setup,
            Ceremony::Sharing(sharing) | Ceremony::SharesClosed(sharing) => &sharing.setup,
            Ceremony::Revealing(opened)
            | Ceremony::Revealed(opened)
            | Ceremony::Rolling(opened)
            | Ceremony::Rolled(opened)
            | Ceremony::Opening(opened) => &opened.sharing.setup,
            Ceremony::Executed(executed) => &executed.opened.sharing.setup,
            Ceremony::Voided(voided) => &voided.setup,
        }
    }

    /// Shares and public values, from the first revealed share on.
    pub fn opened(&self) -> Option<&Opened> {
        match self {
            Ceremony::Revealing(opened)
            | Ceremony::Revealed(opened)
            | Ceremony::Rolling(opened)
            | Ceremony::Rolled(opened)
            | Ceremony::Opening(opened) => Some(opened),
            Ceremony::Executed(executed) => Some(&executed.opened),
            Ceremony::Voided(voided) => voided.executed.as_ref().map(|executed| &executed.opened),
            Ceremony::Planned(_)
            | Ceremony::Committed(_)
            | Ceremony::Sharing(_)
            | Ceremony::SharesClosed(_) => None,
        }
    }

    /// The whole entropy, once every share and value is known here. Holders who have opened to the engine only are not.
    pub fn entropy(&self) -> Option<Entropy> {
        let opened = self.opened()?;
        let plan = &opened.sharing.setup.plan;
        let share = |party: &Code| Some((party.clone(), opened.known.get(party)?.clone()));
        let shares = plan.share_holders().map(share).collect::<Option<_>>()?;
        let is_whole = opened.public.len() == plan.entropy.len();
        is_whole.then(|| Entropy { shares, public: opened.public.clone() })
    }

    /// Refuses a state that waits for a head: where a log ends there, the head must be there all the same.
    pub fn require_headed(&self) -> Result<()> {
        let waits = match self {
            Ceremony::Committed(_)
            | Ceremony::SharesClosed(_)
            | Ceremony::Revealed(_)
            | Ceremony::Rolled(_) => true,
            Ceremony::Executed(executed) => executed.headed.is_none(),
            Ceremony::Voided(voided) => {
                voided.executed.as_ref().is_some_and(|executed| executed.headed.is_none())
            }
            Ceremony::Planned(_)
            | Ceremony::Sharing(_)
            | Ceremony::Revealing(_)
            | Ceremony::Rolling(_)
            | Ceremony::Opening(_) => false,
        };
        if waits { Err(Refused::file("", Reason::StepHead).with(self.name())) } else { Ok(()) }
    }

    /// Name of the state (R79), for people who look for the step that comes next.
    pub fn name(&self) -> &'static str {
        match self {
            Ceremony::Planned(_) => "Planned",
            Ceremony::Committed(_) => "Committed",
            Ceremony::Sharing(_) => "Sharing",
            Ceremony::SharesClosed(_) => "SharesClosed",
            Ceremony::Revealing(_) => "Revealing",
            Ceremony::Revealed(_) => "Revealed",
            Ceremony::Rolling(_) => "Rolling",
            Ceremony::Rolled(_) => "Rolled",
            Ceremony::Opening(_) => "Opening",
            Ceremony::Executed(executed) => match executed.publication {
                Publication::Pending => "Executed",
                Publication::Done => "Published",
            },
            Ceremony::Voided(_) => "Voided",
        }
    }
}
