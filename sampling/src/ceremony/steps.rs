//! Steps up to the draw.

use std::collections::{BTreeMap, BTreeSet};

use super::{Ceremony, Executed, Opened, Publication, Setup, Sharing, Voided};
use crate::encoding::{Code, Digest, Time};
use crate::log::{Entry, Kind};
use crate::plan::{SeedRelease, Timing};
use crate::seed::{Share, share_text};
use crate::{Reason, Result};

impl Ceremony {
    /// Takes an entry of this draw.
    pub(super) fn step(self, entry: &Entry) -> Result<Ceremony> {
        if let Kind::Voided { reason, named, approvers: _ } = &entry.kind {
            return self.void(entry, reason, named);
        }
        match self {
            Ceremony::Planned(setup) => planned(setup, entry),
            Ceremony::Sharing(sharing) => share(sharing, entry),
            Ceremony::Revealing(opened) => reveal(opened, entry),
            Ceremony::Rolling(opened) => roll(opened, entry),
            Ceremony::Opening(opened) => open(opened, entry),
            Ceremony::Executed(executed) => {
                executed.step(entry).map(|executed| Ceremony::Executed(Box::new(executed)))
            }
            Ceremony::Voided(voided) => after_void(voided, entry),
            Ceremony::Committed(_) => Err(entry.refuse(Reason::CommitHead)),
            Ceremony::SharesClosed(_) if is_share(&entry.kind) => Err(entry.refuse(Reason::ShareLate)),
            Ceremony::Rolled(_) if matches!(entry.kind, Kind::PublicEntropy { .. }) => {
                Err(entry.refuse_field("index", Reason::EntropyIndex))
            }
            Ceremony::SharesClosed(_) | Ceremony::Revealed(_) | Ceremony::Rolled(_) => {
                Err(entry.refuse(Reason::StepHead))
            }
        }
    }

    /// Void: freely before the last public value; later only for silent holders, or together with the result.
    fn void(self, entry: &Entry, reason: &Code, named: &[Code]) -> Result<Ceremony> {
        let setup = self.setup().clone();
        let executed = match self {
            Ceremony::Planned(_) => return Err(entry.refuse(Reason::StepOrder)),
            Ceremony::Committed(_)
            | Ceremony::Sharing(_)
            | Ceremony::SharesClosed(_)
            | Ceremony::Revealing(_)
            | Ceremony::Revealed(_)
            | Ceremony::Rolling(_) => None,
            Ceremony::Rolled(opened) | Ceremony::Opening(opened) => {
                let holders: Vec<&Code> = setup.plan.escrow.iter().flatten().collect();
                let is_silent = |code: &&Code| holders.contains(code) && !opened.known.contains_key(*code);
                let distinct: BTreeSet<&Code> = named.iter().collect();
                if distinct.len() < 2 || !distinct.iter().all(is_silent) {
                    return Err(entry.refuse_field("reason", Reason::StepVoid));
                }
                None
            }
            Ceremony::Executed(executed) => Some(*executed),
            Ceremony::Voided(_) => return Err(entry.refuse(Reason::StepVoid)),
        };
        let (reason, named) = (reason.clone(), named.to_vec());
        Ok(Ceremony::Voided(Box::new(Voided { setup, reason, named, executed })))
    }
}

fn is_share(kind: &Kind) -> bool {
    matches!(kind, Kind::ShareCommitted { .. } | Kind::ShareHeld { .. } | Kind::SharesClosed)
}

/// A step that comes too early, too late or twice: entropy before its time has reasons of its own.
fn out_of_order(entry: &Entry, late: Reason) -> Reason {
    if is_share(&entry.kind) { late } else { Reason::StepOrder }
}

fn planned(setup: Box<Setup>, entry: &Entry) -> Result<Ceremony> {
    let Kind::Committed { digest } = entry.kind else { return Err(entry.refuse(Reason::CommitHead)) };
    if digest != setup.commit {
        return Err(entry.refuse_field("digest", Reason::CommitMismatch));
    }
    Ok(Ceremony::Committed(setup))
}

fn share(mut sharing: Box<Sharing>, entry: &Entry) -> Result<Ceremony> {
    match &entry.kind {
        Kind::ShareCommitted { party, digest } => sharing.commit(entry, party, *digest)?,
        Kind::ShareHeld { party, holder, digest } => sharing.hold(entry, party, holder, *digest)?,
        Kind::SharesClosed if sharing.is_complete() => return Ok(Ceremony::SharesClosed(sharing)),
        Kind::SharesClosed => return Err(entry.refuse(Reason::ShareMissing)),
        Kind::Committed { .. }
        | Kind::ShareRevealed { .. }
        | Kind::PublicEntropy { .. }
        | Kind::DrawExecuted { .. }
        | Kind::ShareOpened { .. }
        | Kind::Event { .. }
        | Kind::EventEntropy { .. }
        | Kind::EventExecuted { .. }
        | Kind::Substitution { .. }
        | Kind::Result { .. }
        | Kind::Published
        | Kind::Voided { .. } => return Err(entry.refuse(Reason::StepOrder)),
    }
    Ok(Ceremony::Sharing(sharing))
}

impl Sharing {
    fn commit(&mut self, entry: &Entry, party: &Code, digest: Digest) -> Result<()> {
        if !self.setup.plan.share_holders().any(|known| known == party) {
            return Err(entry.refuse_field("party", Reason::ShareParty));
        }
        if self.shares.contains_key(party) {
            return Err(entry.refuse_field("party", Reason::ShareTwice));
        }
        if !self.held.is_empty() {
            return Err(entry.refuse(Reason::StepOrder));
        }
        if self.shares.values().any(|known| *known == digest) {
            return Err(entry.refuse_field("digest", Reason::ShareEqual));
        }
        self.shares.insert(party.clone(), digest);
        Ok(())
    }

    fn hold(&mut self, entry: &Entry, party: &Code, holder: &Code, digest: Digest) -> Result<()> {
        let escrow = self.setup.plan.escrow.as_ref();
        let [a, b, c] = escrow.ok_or_else(|| entry.refuse(Reason::ShareParty))?;
        let is_second = [(a, b), (b, c), (c, a)].contains(&(party, holder));
        if !is_second {
            return Err(entry.refuse_field("holder", Reason::ShareHolder));
        }
        if !self.has_all_shares() {
            return Err(entry.refuse(Reason::ShareMissing));
        }
        if self.shares.get(party) != Some(&digest) {
            return Err(entry.refuse_field("digest", Reason::ShareDigest));
        }
        if !self.held.insert(party.clone()) {
            return Err(entry.refuse_field("party", Reason::ShareTwice));
        }
        Ok(())
    }

    fn has_all_shares(&self) -> bool {
        self.setup.plan.share_holders().all(|party| self.shares.contains_key(party))
    }

    fn is_complete(&self) -> bool {
        self.has_all_shares()
            && self.setup.plan.escrow.iter().flatten().all(|party| self.held.contains(party))
    }

    /// A share is the one its party committed to: the file made of it has the digest.
    fn require_share(&self, entry: &Entry, party: &Code, share: &Share) -> Result<()> {
        let text = share_text(&self.setup.commit, party, share);
        if self.shares.get(party) == Some(&self.setup.plan.suite.hash(&text)) {
            Ok(())
        } else {
            Err(entry.refuse_field("share", Reason::ShareDigest))
        }
    }
}

fn reveal(mut opened: Box<Opened>, entry: &Entry) -> Result<Ceremony> {
    let Kind::ShareRevealed { party, share } = &entry.kind else {
        return Err(entry.refuse(out_of_order(entry, Reason::ShareLate)));
    };
    if !opened.sharing.setup.plan.parties.contains(party) {
        return Err(entry.refuse_field("party", Reason::ShareParty));
    }
    opened.learn(entry, party, share)?;
    let plan = &opened.sharing.setup.plan;
    let is_whole = plan.parties.iter().all(|party| opened.known.contains_key(party));
    Ok(if is_whole { Ceremony::Revealed(opened) } else { Ceremony::Revealing(opened) })
}

impl Opened {
    fn learn(&mut self, entry: &Entry, party: &Code, share: &Share) -> Result<()> {
        if self.known.contains_key(party) {
            return Err(entry.refuse_field("party", Reason::ShareTwice));
        }
        self.sharing.require_share(entry, party, share)?;
        if self.known.values().any(|known| known == share) {
            return Err(entry.refuse_field("share", Reason::ShareEqual));
        }
        self.known.insert(party.clone(), share.clone());
        Ok(())
    }

    /// A holder opens, after the values or after the draw.
    pub(super) fn open(&mut self, entry: &Entry, party: &Code, share: &Share) -> Result<()> {
        let plan = &self.sharing.setup.plan;
        if !plan.escrow.iter().flatten().any(|holder| holder == party) {
            return Err(entry.refuse_field("party", Reason::ShareParty));
        }
        self.learn(entry, party, share)
    }

    /// Whether every holder has opened.
    pub(super) fn is_open(&self) -> bool {
        let escrow = self.sharing.setup.plan.escrow.iter().flatten();
        escrow.into_iter().all(|party| self.known.contains_key(party))
    }

    /// Whether the publicity date has come.
    pub(super) fn is_publicity(&self, time: Time) -> bool {
        time.date() >= self.sharing.setup.plan.publicity
    }
}

fn roll(mut opened: Box<Opened>, entry: &Entry) -> Result<Ceremony> {
    let Kind::PublicEntropy { index, value } = &entry.kind else {
        return Err(entry.refuse(out_of_order(entry, Reason::ShareLate)));
    };
    let sources = &opened.sharing.setup.plan.entropy;
    let place = opened.public.len();
    let source = match sources.get(place) {
        Some(source) if *index == place as u64 + 1 => source,
        Some(_) | None => return Err(entry.refuse_field("index", Reason::EntropyIndex)),
    };
    if !source.kind.accepts(value.as_bytes()) {
        return Err(entry.refuse_field("value", Reason::EntropyForm));
    }
    if entry.time < source.time {
        return Err(entry.refuse_time(Reason::EntropyEarly));
    }
    let is_last = place + 1 == sources.len();
    opened.public.push(value.clone());
    Ok(if is_last { Ceremony::Rolled(opened) } else { Ceremony::Rolling(opened) })
}

fn open(mut opened: Box<Opened>, entry: &Entry) -> Result<Ceremony> {
    let is_open_timing = opened.sharing.setup.plan.timing == Timing::Open;
    let is_released = opened.sharing.setup.plan.seed_release == SeedRelease::Public;
    match &entry.kind {
        Kind::ShareOpened { party, share } if is_open_timing && is_released => {
            opened.open(entry, party, share)?;
            Ok(Ceremony::Opening(opened))
        }
        Kind::ShareOpened { .. } => Err(entry.refuse(Reason::StepSealed)),
        Kind::DrawExecuted { result, evidence, roots } => {
            if is_open_timing && is_released && !opened.is_open() {
                return Err(entry.refuse(Reason::ShareMissing));
            }
            opened.require_roots(entry, roots)?;
            Ok(Ceremony::Executed(Box::new(Executed {
                opened: *opened,
                result: *result,
                evidence: *evidence,
                roots: roots.clone(),
                seq: entry.seq,
                headed: None,
                events: Vec::new(),
                publication: Publication::Pending,
            })))
        }
        Kind::PublicEntropy { .. } => Err(entry.refuse_field("index", Reason::EntropyIndex)),
        Kind::Committed { .. }
        | Kind::ShareCommitted { .. }
        | Kind::ShareHeld { .. }
        | Kind::SharesClosed
        | Kind::ShareRevealed { .. }
        | Kind::Event { .. }
        | Kind::EventEntropy { .. }
        | Kind::EventExecuted { .. }
        | Kind::Substitution { .. }
        | Kind::Result { .. }
        | Kind::Published
        | Kind::Voided { .. } => Err(entry.refuse(out_of_order(entry, Reason::ShareLate))),
    }
}

impl Opened {
    /// Roots are there for every drawn file, and for every file of tickets.
    fn require_roots(&self, entry: &Entry, roots: &[(String, Digest)]) -> Result<()> {
        let plan = &self.sharing.setup.plan;
        let mut names: Vec<String> =
            plan.matters.keys().map(|matter| format!("drawn-{matter}.tsv")).collect();
        if let SeedRelease::Auditors = plan.seed_release {
            names.extend(plan.groups.keys().map(|group| format!("tickets-{group}.tsv")));
        }
        names.sort_unstable();
        if names.iter().eq(roots.iter().map(|(name, _)| name)) {
            Ok(())
        } else {
            Err(entry.refuse_field("roots", Reason::LogEntry))
        }
    }
}

fn after_void(mut voided: Box<Voided>, entry: &Entry) -> Result<Ceremony> {
    let Some(executed) = voided.executed.take() else { return Err(entry.refuse(Reason::StepOrder)) };
    if !matches!(entry.kind, Kind::ShareOpened { .. } | Kind::Published) {
        return Err(entry.refuse(Reason::StepOrder));
    }
    voided.executed = Some(executed.step(entry)?);
    Ok(Ceremony::Voided(voided))
}

impl Setup {
    /// Digests of every party's share file, from the shares themselves.
    pub fn share_digests(&self, shares: &[(Code, Share)]) -> BTreeMap<Code, Digest> {
        let digest =
            |party: &Code, share: &Share| self.plan.suite.hash(&share_text(&self.commit, party, share));
        shares.iter().map(|(party, share)| (party.clone(), digest(party, share))).collect()
    }
}
