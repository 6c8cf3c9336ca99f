//! Whom the records of a batch speak of, and which other records must be asked again.

use std::collections::{HashMap, HashSet};

use crate::ontology::Scheme;
use crate::resolve::{Evidence, Identifier, Judged, decide};
use crate::store::StoreError;
use crate::store::session::Param;
use crate::store::status::MatchState;
use crate::{EntityId, RecordId};

use super::claims::Claim;
use super::judged::{Meant, Verdict};
use super::run::Run;
use super::work::{Change, WantedLink};

/// The record under which a person's own claim stands.
const NO_RECORD: RecordId = RecordId(0);

impl Run<'_> {
    /// Takes in the records of any stream whose outcome depends on a claim or an anchor that changed.
    pub(super) async fn find_affected(&mut self) -> Result<(), StoreError> {
        let mut affected: HashSet<RecordId> = HashSet::new();
        let contested = self.claims.contested();
        let filter = self.memory.get().and_then(|memory| memory.mentions.as_ref());
        let asked: HashSet<&Identifier> = contested
            .iter()
            .map(|one| &one.identifier)
            .filter(|one| filter.is_none_or(|filter| filter.may_contain(one.scheme, &one.value)))
            .collect();
        if !asked.is_empty() {
            let pairs =
                asked.iter().map(|one| (i64::from(one.scheme.number()), one.value.to_string())).collect();
            let sql = format!(
                "SELECT m.record FROM {} CROSS JOIN mention m WHERE m.scheme = j.a AND m.value = j.b",
                self.session.dialect().pairs(1)
            );
            for row in self.session.fetch(&sql, &[Param::Pairs(pairs)]).await? {
                affected.insert(RecordId(row.int(0)?));
            }
        }
        let lost: HashSet<(i64, String)> = contested
            .iter()
            .filter_map(|one| Some((one.only_before?.0, one.identifier.scheme.id().to_owned())))
            .collect();
        if !lost.is_empty() {
            let sql = format!(
                "SELECT l.record FROM {} CROSS JOIN link l WHERE l.entity = j.a AND l.evidence = j.b \
                 AND l.until_seq IS NULL",
                self.session.dialect().pairs(1)
            );
            let pairs = Param::Pairs(lost.into_iter().collect());
            for row in self.session.fetch(&sql, &[pairs]).await? {
                affected.insert(RecordId(row.int(0)?));
            }
        }
        if let Some(memory) = self.memory.get().filter(|memory| !memory.judgements.is_empty()) {
            for work in &self.works {
                if work.anchors != work.anchored_before() {
                    affected.extend(memory.judgements.looking_at(work.record));
                }
            }
        }
        affected.extend(self.looking_for_touched().await?);
        self.reconsider(affected).await
    }

    /// Decides every role of every record of the batch.
    pub(super) async fn resolve(&mut self) -> Result<(), StoreError> {
        let mut identifiers: Vec<Vec<Vec<Identifier>>> = Vec::with_capacity(self.works.len());
        for work in &self.works {
            let roles = self.facts().roles(work.stream.kind);
            let of_role = |role: usize| match work.is_alive() && work.stream.anchor_role != Some(role) {
                true => self.identifiers(work, role, &work.values),
                false => Vec::new(),
            };
            identifiers.push((0..roles.len()).map(of_role).collect());
        }
        self.claims.load(self.session, self.memory, identifiers.iter().flatten().flatten()).await?;
        let meant = self.meant().await?;
        self.score(&identifiers, &meant).await?;
        for (place, roles) in identifiers.into_iter().enumerate() {
            self.resolve_record(place, roles, &meant);
        }
        Ok(())
    }

    fn resolve_record(
        &mut self,
        place: usize,
        identifiers: Vec<Vec<Identifier>>,
        meant: &HashMap<RecordId, EntityId>,
    ) {
        let Some(work) = self.works.get(place) else { return };
        if !work.is_alive() {
            return;
        }
        let (record, kind, anchor_role) = (work.record, work.stream.kind, work.stream.anchor_role);
        let anchors = work.anchors;
        let mut links = Vec::with_capacity(identifiers.len());
        let mut mentions = Vec::new();
        let mut state = MatchState::NotMatched;
        for (index, (role, mut identifiers)) in self.facts().roles(kind).iter().zip(identifiers).enumerate() {
            let judged = self.judged(record, role.number, meant);
            let mut found = match (anchor_role == Some(index), anchors) {
                (true, Some(entity)) => {
                    let judged_by = self.judged_anchor(record, role.number);
                    links.push(WantedLink { role: role.number, entity, evidence: "anchor", judged_by });
                    if role.is_party {
                        state = MatchState::Linked;
                    }
                    continue;
                }
                _ if role.is_person => self.person(role.entity, role.entity_number, &identifiers, &judged),
                _ => decide(&identifiers, &judged, |one, found| {
                    self.claims.claimants(one, role.entity_number, found);
                }),
            };
            if !role.is_person {
                self.note_contradiction((place, index), &identifiers, &judged, role.entity_number);
                self.take_score((place, index), &mut found);
            }
            if role.is_party {
                state = match (&found.link, found.is_waiting) {
                    (Some(_), _) => MatchState::Linked,
                    (None, true) => MatchState::Waiting,
                    (None, false) => MatchState::Nobody,
                };
            }
            if let Some((entity, evidence, judged_by)) = found.link.take() {
                links.push(WantedLink { role: role.number, entity, evidence: evidence.text(), judged_by });
            }
            identifiers.truncate(found.n_mentions);
            mentions.extend(identifiers.into_iter().map(|one| (role.number, one)));
        }
        if let Some(memory) = self.memory.get_mut()
            && let Some(filter) = &mut memory.mentions
        {
            for (_, one) in &mentions {
                filter.insert(one.scheme, &one.value);
            }
        }
        if let Some(work) = self.works.get_mut(place) {
            work.links = links;
            work.mentions = mentions;
            work.state = state.number();
        }
    }

    /// A valid ID number makes its person when there is none yet.
    fn person(
        &mut self,
        entity: usize,
        kind: i16,
        identifiers: &[Identifier],
        judged: &Judged,
    ) -> crate::resolve::Decision {
        let hash = identifiers.iter().find(|one| one.scheme == Scheme::ResidentId);
        if let (Some(hash), Judged::Not | Judged::NotThese(_)) = (hash, judged) {
            let mut found = Vec::new();
            self.claims.claimants(hash, kind, &mut found);
            if found.is_empty() {
                let person = self.mint_entity(entity);
                self.claims.add(hash.clone(), Claim { kind, entity: person, record: NO_RECORD });
            }
        }
        let mut decision = decide(identifiers, judged, |one, found| {
            self.claims.claimants(one, kind, found);
        });
        // Persons are made at once: nobody waits for one.
        if matches!(judged, Judged::Not) {
            decision.n_mentions = 0;
        }
        decision
    }

    /// What persons decided about a role of a record, with entities as they are now.
    pub(super) fn judged(&self, record: RecordId, role: i16, meant: &HashMap<RecordId, EntityId>) -> Judged {
        let Some(memory) = self.memory.get() else { return Judged::Not };
        let in_force = memory.judgements.about(record, role);
        let entity = |meant_by: Meant| match meant_by {
            Meant::AnchoredBy(anchor) => meant.get(&anchor).copied(),
            Meant::Person(entity) => Some(entity),
        };
        let mut not_these = None;
        for judgement in in_force.iter().rev() {
            match judgement.verdict {
                Verdict::Same(who) => {
                    return match entity(who) {
                        Some(entity) => Judged::Same(entity, judgement.number),
                        None => Judged::SameAbsent(judgement.number),
                    };
                }
                Verdict::Nobody => return Judged::Nobody(judgement.number),
                Verdict::NotSame(who) => not_these.get_or_insert_with(Vec::new).extend(entity(who)),
            }
        }
        not_these.map_or(Judged::Not, Judged::NotThese)
    }

    /// The judgement that decides a record's own anchoring.
    fn judged_anchor(&self, record: RecordId, role: i16) -> Option<i64> {
        let memory = self.memory.get()?;
        memory.judgements.about(record, role).last().map(|judgement| judgement.number)
    }

    /// The entities now anchored by the records that judgements about this batch's records name.
    async fn meant(&mut self) -> Result<HashMap<RecordId, EntityId>, StoreError> {
        let Some(memory) = self.memory.get().filter(|memory| !memory.judgements.is_empty()) else {
            return Ok(HashMap::new());
        };
        let mut meant = HashMap::new();
        let mut ask = HashSet::new();
        for work in self.works.iter().filter(|work| work.change != Change::New) {
            for role in self.facts().roles(work.stream.kind) {
                for judgement in memory.judgements.about(work.record, role.number) {
                    let (Verdict::Same(Meant::AnchoredBy(anchor))
                    | Verdict::NotSame(Meant::AnchoredBy(anchor))) = judgement.verdict
                    else {
                        continue;
                    };
                    match self.places.get(&anchor).and_then(|place| self.works.get(*place)) {
                        Some(work) => meant.extend(work.anchors.map(|entity| (anchor, entity))),
                        None => {
                            ask.insert(anchor.0);
                        }
                    }
                }
            }
        }
        if !ask.is_empty() {
            let sql = format!(
                "SELECT l.record, l.entity FROM {} CROSS JOIN link l WHERE l.record = j.value \
                 AND l.evidence = '{}' AND l.until_seq IS NULL",
                self.session.dialect().ints(1),
                Evidence::Anchor.text(),
            );
            for row in self.session.fetch(&sql, &[Param::Ints(ask.into_iter().collect())]).await? {
                meant.insert(RecordId(row.int(0)?), EntityId(row.int(1)?));
            }
        }
        Ok(meant)
    }
}
