//! Steps after the draw: opening, events, substitutions, publication.

use super::{Executed, Publication};
use crate::encoding::{Digest, Time};
use crate::log::{Entry, Head, Kind};
use crate::plan::{SeedRelease, Timing};
use crate::{Reason, Result};

/// Reasons for which a company is no subject at all.
const NO_SUBJECT: [&str; 4] = ["DEREGISTERED", "REVOKED", "MOVED", "NOT-OF-MATTER"];

/// How far an event has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventState {
    /// Digest of its file.
    pub digest: Digest,
    /// Number of its entry.
    pub seq: u64,
    /// Time of the first head with it: its delay begins there.
    pub headed: Option<Time>,
    /// Its public value.
    pub value: Option<String>,
    /// Who went out and who came in.
    pub outcome: Option<(String, String)>,
}

impl Executed {
    /// A head: the first one with an entry gives it its time.
    pub(super) fn head(&mut self, head: &Head) {
        if head.size > self.seq {
            self.headed.get_or_insert(head.time);
        }
        for event in self.events.iter_mut().filter(|event| head.size > event.seq) {
            event.headed.get_or_insert(head.time);
        }
    }

    pub(super) fn step(mut self, entry: &Entry) -> Result<Executed> {
        match &entry.kind {
            Kind::ShareOpened { party, share } => {
                let plan = &self.opened.sharing.setup.plan;
                let is_never = plan.timing == Timing::Open || plan.seed_release == SeedRelease::Auditors;
                if is_never {
                    return Err(entry.refuse(Reason::StepSealed));
                }
                if !self.opened.is_publicity(entry.time) {
                    return Err(entry.refuse_time(Reason::StepSealed));
                }
                self.opened.open(entry, party, share)?;
            }
            Kind::Event { event, digest } => self.event(entry, *event, *digest)?,
            Kind::EventEntropy { event, value } => self.event_entropy(entry, *event, value)?,
            Kind::EventExecuted { event, out, into } => self.event_executed(entry, *event, out, into)?,
            Kind::Substitution { matter, reason, .. } => {
                if !self.opened.sharing.setup.plan.matters.contains_key(matter) {
                    return Err(entry.refuse_field("matter", Reason::FieldValue));
                }
                if !NO_SUBJECT.contains(&reason.as_str()) {
                    return Err(entry.refuse_field("reason", Reason::FieldValue));
                }
            }
            Kind::Result { .. } => {}
            Kind::Published => self.publish(entry)?,
            Kind::Committed { .. }
            | Kind::ShareCommitted { .. }
            | Kind::ShareHeld { .. }
            | Kind::SharesClosed
            | Kind::ShareRevealed { .. }
            | Kind::PublicEntropy { .. }
            | Kind::DrawExecuted { .. }
            | Kind::Voided { .. } => return Err(entry.refuse(Reason::StepOrder)),
        }
        Ok(self)
    }

    fn publish(&mut self, entry: &Entry) -> Result<()> {
        let plan = &self.opened.sharing.setup.plan;
        if self.publication == Publication::Done {
            return Err(entry.refuse(Reason::StepOrder));
        }
        if plan.timing == Timing::Sealed && !self.opened.is_publicity(entry.time) {
            return Err(entry.refuse_time(Reason::StepSealed));
        }
        if plan.seed_release == SeedRelease::Public && !self.opened.is_open() {
            return Err(entry.refuse(Reason::ShareMissing));
        }
        self.publication = Publication::Done;
        Ok(())
    }

    fn event(&mut self, entry: &Entry, number: u64, digest: Digest) -> Result<()> {
        if self.opened.sharing.setup.plan.event_source.is_none() {
            return Err(entry.refuse(Reason::PlanMissing).with("entropy.event.kind"));
        }
        if number != self.events.len() as u64 + 1 {
            return Err(entry.refuse_field("event", Reason::EventNumber));
        }
        self.events.push(EventState { digest, seq: entry.seq, headed: None, value: None, outcome: None });
        Ok(())
    }

    fn event_entropy(&mut self, entry: &Entry, number: u64, value: &str) -> Result<()> {
        let source = self.opened.sharing.setup.plan.event_source.as_ref();
        let source = source.ok_or_else(|| entry.refuse(Reason::PlanMissing).with("entropy.event.kind"))?;
        let place = usize::try_from(number - 1).unwrap_or(usize::MAX);
        let event = self.events.get_mut(place).filter(|event| event.value.is_none());
        let event = event.ok_or_else(|| entry.refuse_field("event", Reason::EventNumber))?;
        if !source.kind.accepts(value.as_bytes()) || value.len() > 1000 {
            return Err(entry.refuse_field("value", Reason::EntropyForm));
        }
        let headed = event.headed.ok_or_else(|| entry.refuse(Reason::StepHead))?;
        if entry.time.seconds() < headed.seconds().saturating_add(source.delay) {
            return Err(entry.refuse_time(Reason::EntropyEarly));
        }
        event.value = Some(value.to_owned());
        Ok(())
    }

    fn event_executed(&mut self, entry: &Entry, number: u64, out: &str, into: &str) -> Result<()> {
        let place = usize::try_from(number - 1).unwrap_or(usize::MAX);
        let is_next = self.events.iter().position(|event| event.outcome.is_none()) == Some(place);
        let event = self.events.get_mut(place).filter(|event| is_next && event.value.is_some());
        let event = event.ok_or_else(|| entry.refuse_field("event", Reason::EventNumber))?;
        event.outcome = Some((out.to_owned(), into.to_owned()));
        Ok(())
    }
}
