//! Anchor records make entities: which of them are one, which id each entity has, and what each claims.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::ontology::Scheme;
use crate::resolve::{GroupId, GroupKey, Identifier, Member, identifiers_of, regroup};
use crate::store::StoreError;
use crate::store::session::Param;
use crate::store::values::Values;
use crate::{EntityId, RecordId};

use super::claims::Claim;
use super::judged::{Meant, Verdict};
use super::run::{EntityEvent, Run};
use super::work::{Change, Work};

/// How far a chain of "is the same as" is followed.
const LONGEST_CHAIN: usize = 16;

/// An anchor record of the batch.
struct Anchor {
    /// Place among the works.
    place: usize,
    /// Index of its entity kind.
    entity: usize,
    /// What it claims now; nothing when it goes.
    now: Vec<Identifier>,
    /// What it claimed.
    before: Vec<Identifier>,
}

impl Anchor {
    fn code(&self) -> Option<&Identifier> {
        self.now.iter().find(|one| one.scheme == Scheme::Uscc)
    }
}

impl Run<'_> {
    /// Gives every anchor record of the batch its entity, and moves the claims.
    pub(super) async fn anchor(&mut self) -> Result<(), StoreError> {
        let anchors: Vec<Anchor> = (0..self.works.len()).filter_map(|place| self.anchor_at(place)).collect();
        if anchors.is_empty() {
            return Ok(());
        }
        self.load_claims(&anchors).await?;
        let (plain, entangled) = self.separate(anchors);
        for anchor in plain {
            self.found_alone(anchor);
        }
        if !entangled.is_empty() {
            self.regroup_entangled(entangled).await?;
        }
        Ok(())
    }

    fn anchor_at(&self, place: usize) -> Option<Anchor> {
        let work = self.works.get(place)?;
        let role = match work.stream.anchor_role {
            Some(role) => role,
            // It was an anchor before the configuration changed.
            None => {
                let link = work.links_before.iter().find(|link| link.evidence == "anchor")?;
                self.facts().roles(work.stream.kind).iter().position(|role| role.number == link.role)?
            }
        };
        let is_anchor = work.stream.anchor_role.is_some() && work.is_alive();
        let facts = self.facts().roles(work.stream.kind).get(role)?;
        let of = |values: &Values| self.identifiers(work, role, values);
        let now = if is_anchor { of(&work.values) } else { Vec::new() };
        let before =
            work.values_before().filter(|_| work.anchored_before().is_some()).map(of).unwrap_or_default();
        Some(Anchor { place, entity: facts.entity, now, before })
    }

    /// The identifiers of a role, from given values of a record.
    pub(super) fn identifiers(&self, work: &Work, role: usize, values: &Values) -> Vec<Identifier> {
        let kind = self.store.ontology().kinds.get(work.stream.kind);
        let Some(role) = kind.and_then(|kind| kind.roles.get(role)) else { return Vec::new() };
        identifiers_of(role, &values.fields, &values.hashes, &work.stream.registration.department)
    }

    async fn load_claims(&mut self, anchors: &[Anchor]) -> Result<(), StoreError> {
        // Collected: an iterator with a closure, held while waiting, keeps the future on its thread.
        let identifiers: Vec<&Identifier> =
            anchors.iter().flat_map(|anchor| anchor.now.iter().chain(&anchor.before)).collect();
        self.claims.load(self.session, self.memory, identifiers.into_iter()).await
    }

    /// Parts the new records that stand alone, nearly all of them, from those whose group must be worked out.
    fn separate(&self, anchors: Vec<Anchor>) -> (Vec<Anchor>, Vec<Anchor>) {
        let mut codes: HashMap<&str, usize> = HashMap::with_capacity(anchors.len());
        for code in anchors.iter().filter_map(Anchor::code) {
            *codes.entry(&code.value).or_default() += 1;
        }
        let is_plain: Vec<bool> = anchors
            .iter()
            .map(|anchor| {
                let is_new = self.works.get(anchor.place).is_some_and(|work| work.change == Change::New);
                let is_alone = anchor.code().is_none_or(|code| {
                    codes.get(&*code.value) == Some(&1) && self.claims.of(code).is_empty()
                });
                // Nobody can have judged a record that was not there.
                is_new && is_alone
            })
            .collect();
        let mut entangled = Vec::new();
        let mut plain = Vec::with_capacity(anchors.len());
        for (anchor, is_plain) in anchors.into_iter().zip(is_plain) {
            if is_plain {
                plain.push(anchor);
            } else {
                entangled.push(anchor);
            }
        }
        (plain, entangled)
    }

    fn found_alone(&mut self, anchor: Anchor) {
        let entity = self.mint_entity(anchor.entity);
        self.settle(anchor, entity);
    }

    /// The record anchors this entity; its claims are the entity's.
    fn settle(&mut self, anchor: Anchor, entity: EntityId) {
        let Some(kind) = self.layout().entities.get(anchor.entity).map(|table| table.number) else { return };
        let Some(work) = self.works.get_mut(anchor.place) else { return };
        work.anchors = Some(entity);
        let (record, is_new) = (work.record, work.change == Change::New);
        if !is_new {
            for identifier in &anchor.before {
                self.claims.remove(identifier, record);
            }
        }
        for identifier in anchor.now {
            self.claims.add(identifier, Claim { kind, entity, record });
        }
    }

    /// Pulls in whoever belongs to a group that may change, and works the groups out.
    async fn regroup_entangled(&mut self, mut anchors: Vec<Anchor>) -> Result<(), StoreError> {
        let mut asked: HashSet<EntityId> = HashSet::new();
        loop {
            let from = self.works.len();
            let pulled = self.neighbours(&anchors, &mut asked).await?;
            self.reconsider(pulled).await?;
            let more: Vec<Anchor> =
                (from..self.works.len()).filter_map(|place| self.anchor_at(place)).collect();
            // New records that stood alone a moment ago may be of the group after all.
            if more.is_empty() {
                break;
            }
            self.load_claims(&more).await?;
            anchors.extend(more);
        }
        let mut by_kind: HashMap<usize, Vec<Anchor>> = HashMap::new();
        for anchor in anchors {
            by_kind.entry(anchor.entity).or_default().push(anchor);
        }
        let mut kinds: Vec<_> = by_kind.into_iter().collect();
        kinds.sort_unstable_by_key(|(kind, _)| *kind);
        for (kind, anchors) in kinds {
            self.regroup_kind(kind, anchors).await?;
        }
        Ok(())
    }

    /// The records that share an entity, a code or a judgement with these.
    async fn neighbours(
        &mut self,
        anchors: &[Anchor],
        asked: &mut HashSet<EntityId>,
    ) -> Result<HashSet<RecordId>, StoreError> {
        let mut entities = HashSet::new();
        let mut records = HashSet::new();
        for anchor in anchors {
            let Some(work) = self.works.get(anchor.place) else { continue };
            entities.extend(work.anchored_before());
            let Some(table) = self.layout().entities.get(anchor.entity) else { continue };
            if let Some(code) = anchor.code() {
                let claims = self.claims.of(code).iter().filter(|claim| claim.kind == table.number);
                entities.extend(claims.map(|claim| claim.entity));
            }
            if let Some(memory) = self.memory.get() {
                records.extend(memory.judgements.looking_at(work.record));
                let roles = self.facts().roles(work.stream.kind);
                let number = work.stream.anchor_role.and_then(|role| roles.get(role)).map(|role| role.number);
                for judgement in number.map_or(&[][..], |role| memory.judgements.about(work.record, role)) {
                    if let Verdict::Same(Meant::AnchoredBy(record)) = judgement.verdict {
                        records.insert(record);
                    }
                }
            }
        }
        let new: Vec<i64> =
            entities.iter().filter(|entity| asked.insert(**entity)).map(|entity| entity.0).collect();
        if !new.is_empty() {
            let sql = format!(
                "SELECT l.record FROM {} CROSS JOIN link l WHERE l.entity = j.value AND l.evidence = 'anchor' \
                 AND l.until_seq IS NULL",
                self.session.dialect().ints(1)
            );
            for row in self.session.fetch(&sql, &[Param::Ints(new)]).await? {
                records.insert(RecordId(row.int(0)?));
            }
        }
        records.retain(|record| !self.places.contains_key(record));
        Ok(records)
    }

    async fn regroup_kind(&mut self, kind: usize, anchors: Vec<Anchor>) -> Result<(), StoreError> {
        let long_ago = self.long_ago(&anchors).await?;
        let by_record: HashMap<RecordId, &Anchor> = anchors
            .iter()
            .filter_map(|anchor| Some((self.works.get(anchor.place)?.record, anchor)))
            .collect();
        let mut members: Vec<Member> = Vec::with_capacity(anchors.len());
        for (record, anchor) in &by_record {
            let Some(work) = self.works.get(anchor.place) else { continue };
            let is_anchor = work.is_alive() && work.stream.anchor_role.is_some();
            members.push(Member {
                record: *record,
                before: work.anchored_before(),
                long_ago: long_ago.get(record).copied(),
                key: is_anchor.then(|| self.group_key(*record, &by_record)),
            });
        }
        members.sort_unstable_by_key(|member| member.record);
        let done = regroup(&members);
        let Some(number) = self.layout().entities.get(kind).map(|table| table.number) else { return Ok(()) };
        let mut entities = Vec::with_capacity(done.groups.len());
        let mut settled: HashMap<RecordId, EntityId> = HashMap::new();
        for (records, id) in &done.groups {
            let entity = match id {
                GroupId::Entity(entity) => *entity,
                GroupId::New { from } => {
                    let entity = self.mint_entity(kind);
                    if let Some(from) = from {
                        self.events.push(EntityEvent::Split { entity, kind: number, from: *from });
                    }
                    entity
                }
            };
            self.golden.insert((entity, kind));
            entities.push(entity);
            settled.extend(records.iter().map(|record| (*record, entity)));
        }
        for (entity, group) in done.merged {
            let Some(into) = entities.get(group) else { continue };
            self.events.push(EntityEvent::Merged { entity, kind: number, into: *into });
            self.golden.insert((entity, kind));
        }
        for entity in done.gone {
            self.events.push(EntityEvent::Gone { entity, kind: number });
            self.golden.insert((entity, kind));
        }
        for anchor in anchors {
            let Some(record) = self.works.get(anchor.place).map(|work| work.record) else { continue };
            match settled.get(&record) {
                Some(entity) => self.settle(anchor, *entity),
                None => {
                    for identifier in &anchor.before {
                        self.claims.remove(identifier, record);
                    }
                }
            }
        }
        Ok(())
    }

    /// What a record has in common with others: what a person said, else its code.
    fn group_key(&self, record: RecordId, anchors: &HashMap<RecordId, &Anchor>) -> GroupKey {
        let mut at = record;
        for _ in 0..LONGEST_CHAIN {
            let Some(anchor) = anchors.get(&at) else { return GroupKey::Own(record) };
            let Some(work) = self.works.get(anchor.place).filter(|work| work.is_alive()) else {
                return GroupKey::Own(record);
            };
            let role =
                work.stream.anchor_role.and_then(|role| self.facts().roles(work.stream.kind).get(role));
            let judged = match (role, self.memory.get()) {
                (Some(role), Some(memory)) => memory.judgements.about(at, role.number),
                _ => &[],
            };
            let follows = judged.iter().rev().find_map(|judgement| match judgement.verdict {
                // Whoever is meant may be gone; then the record stands as if nothing had been said.
                Verdict::Same(Meant::AnchoredBy(other)) if other != at => {
                    anchors
                        .get(&other)
                        .and_then(|anchor| self.works.get(anchor.place))
                        .filter(|work| work.is_alive() && work.stream.anchor_role.is_some())?;
                    Some(other)
                }
                Verdict::Same(_) | Verdict::NotSame(_) | Verdict::Nobody => None,
            });
            if let Some(other) = follows {
                at = other;
                continue;
            }
            let is_apart = judged.iter().any(|judgement| matches!(judgement.verdict, Verdict::NotSame(_)));
            return match anchor.code() {
                Some(code) if !is_apart => GroupKey::Code(Arc::clone(&code.value)),
                Some(_) | None => GroupKey::Own(at),
            };
        }
        // A ring of judgements: each by itself.
        GroupKey::Own(record)
    }

    /// Entities that returning records anchored before they went, where nobody took them over.
    async fn long_ago(&mut self, anchors: &[Anchor]) -> Result<HashMap<RecordId, EntityId>, StoreError> {
        let returned = anchors
            .iter()
            .filter_map(|anchor| self.works.get(anchor.place))
            .filter(|work| work.change == Change::Returned);
        let ids: Vec<i64> = returned.map(|work| work.record.0).collect();
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let sql = format!(
            "SELECT l.record, l.entity FROM {} CROSS JOIN link l WHERE l.record = j.value AND l.evidence = 'anchor' \
             AND NOT EXISTS (SELECT 1 FROM redirect r WHERE r.entity = l.entity AND r.until_seq IS NULL) \
             AND NOT EXISTS (SELECT 1 FROM link o WHERE o.entity = l.entity AND o.evidence = 'anchor' \
             AND o.until_seq IS NULL) ORDER BY l.since_seq",
            self.session.dialect().ints(1)
        );
        let rows = self.session.fetch(&sql, &[Param::Ints(ids)]).await?;
        rows.iter().map(|row| Ok((RecordId(row.int(0)?), EntityId(row.int(1)?)))).collect()
    }
}
