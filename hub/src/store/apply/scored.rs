//! Scored matching within a batch: the keys of anchors, the records that look for them, and what is decided.
//!
//! Invariant: a record is asked again whenever an anchor that shares a key with it comes, changes or goes, so that the
//! outcome does not depend on the order of arrival. A record whom nothing is weighed for costs nothing here.

mod keys;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::ontology::Role;
use crate::resolve::scored::{
    Candidate, Commonness, MOST_HOLDERS, Outcome, Profile, Weights, choose, compare, keys_of,
};
use crate::resolve::{Decision, Evidence, Identifier, Judged, decide, profile_of};
use crate::store::StoreError;
use crate::store::rows::Rows;
use crate::store::scored::{ASKED, CONTRADICTED, LINKED, contradiction_text, detail_text};
use crate::store::session::Param;
use crate::{EntityId, RecordId};

use super::run::Run;
use super::work::Work;

/// Keys bound at once.
const PART: usize = 4_000;

/// Place of a record in the batch, index of a role.
type Where = (usize, usize);

/// What is weighed in a batch.
#[derive(Debug, Default)]
pub(super) struct Scoring {
    /// The keys of anchors are written as if they had none.
    pub(super) is_rekeyed: bool,
    /// Records are decided anew for themselves: perhaps after the last judgement was taken back.
    pub(super) is_reconsidered: bool,
    /// Keys whose holders are others, or other than before; each with by how many their number changed.
    touched: BTreeMap<i64, i64>,
    questions: BTreeMap<Where, Question>,
    contradicted: BTreeMap<Where, (EntityId, &'static str)>,
}

#[derive(Debug)]
struct Question {
    record: RecordId,
    role: i16,
    kind: i16,
    profile: Profile,
    keys: Vec<i64>,
    not_these: Vec<EntityId>,
    outcome: Outcome<EntityId>,
}

impl Run<'_> {
    fn role_of(&self, kind: usize, role: usize) -> Option<&Role> {
        self.store.ontology().kinds.get(kind)?.roles.get(role)
    }

    /// The role in which a record is or was an anchor, where it is weighed.
    fn weighed_anchor(&self, work: &Work) -> Option<&Role> {
        let role = match work.stream.anchor_role {
            Some(role) => role,
            None => {
                let link = work.links_before.iter().find(|link| link.evidence == "anchor")?;
                self.facts().roles(work.stream.kind).iter().position(|role| role.number == link.role)?
            }
        };
        self.role_of(work.stream.kind, role).filter(|role| role.scored.is_some())
    }

    /// How many anchors are found under each key.
    async fn n_holders(&mut self, keys: &[i64]) -> Result<HashMap<i64, i64>, StoreError> {
        let sql = format!(
            "SELECT j.value, (SELECT count(*) FROM candidate c WHERE c.key = j.value) FROM {}",
            self.session.dialect().ints(1)
        );
        let mut holders = HashMap::with_capacity(keys.len());
        for part in keys.chunks(PART) {
            for row in self.session.fetch(&sql, &[Param::Ints(part.to_vec())]).await? {
                holders.insert(row.int(0)?, row.int(1)?);
            }
        }
        Ok(holders)
    }

    /// Weighs, for every role that no identifier and no person decides.
    pub(super) async fn score(
        &mut self,
        identifiers: &[Vec<Vec<Identifier>>],
        meant: &HashMap<RecordId, EntityId>,
    ) -> Result<(), StoreError> {
        if !self.facts().is_scored() {
            return Ok(());
        }
        let mut questions = self.questions(identifiers, meant);
        if questions.is_empty() {
            return Ok(());
        }
        let keys: BTreeSet<i64> =
            questions.values().flat_map(|question| question.keys.iter().copied()).collect();
        let keys: Vec<i64> = keys.into_iter().collect();
        let holders = self.n_holders(&keys).await?;
        let few: Vec<i64> = keys
            .into_iter()
            .filter(|key| (1..=MOST_HOLDERS as i64).contains(&holders.get(key).copied().unwrap_or(0)))
            .collect();
        let mut by_key: HashMap<i64, Vec<RecordId>> = HashMap::new();
        let sql = format!(
            "SELECT c.key, c.record FROM {} CROSS JOIN candidate c WHERE c.key = j.value",
            self.session.dialect().ints(1)
        );
        for part in few.chunks(PART) {
            for row in self.session.fetch(&sql, &[Param::Ints(part.to_vec())]).await? {
                by_key.entry(row.int(0)?).or_default().push(RecordId(row.int(1)?));
            }
        }
        let anchors: HashSet<RecordId> = by_key.values().flatten().copied().collect();
        let known = self.anchor_profiles(anchors).await?;
        let weights = Weights::frozen();
        for question in questions.values_mut() {
            let found: BTreeSet<RecordId> =
                question.keys.iter().filter_map(|key| by_key.get(key)).flatten().copied().collect();
            let n = |key: Option<u64>| {
                let n = key.and_then(|key| holders.get(&key.cast_signed())).copied().unwrap_or(0);
                usize::try_from(n).unwrap_or(usize::MAX)
            };
            let common = Commonness::by_keys(&question.profile, n);
            question.outcome = choose(candidates(question, &found, &known, &common, weights), weights);
        }
        self.scoring.questions = questions;
        Ok(())
    }

    fn questions(
        &self,
        identifiers: &[Vec<Vec<Identifier>>],
        meant: &HashMap<RecordId, EntityId>,
    ) -> BTreeMap<Where, Question> {
        let mut questions = BTreeMap::new();
        for (place, (work, identifiers)) in self.works.iter().zip(identifiers).enumerate() {
            if !work.is_alive() {
                continue;
            }
            for (index, facts) in self.facts().roles(work.stream.kind).iter().enumerate() {
                let Some(role) = self.role_of(work.stream.kind, index).filter(|role| role.scored.is_some())
                else {
                    continue;
                };
                if facts.is_person || (work.stream.anchor_role == Some(index) && work.anchors.is_some()) {
                    continue;
                }
                let judged = self.judged(work.record, facts.number, meant);
                let not_these = match &judged {
                    Judged::Not => Vec::new(),
                    Judged::NotThese(entities) => entities.clone(),
                    Judged::Same(..) | Judged::SameAbsent(_) | Judged::Nobody(_) => continue,
                };
                let of_role = identifiers.get(index).map_or(&[][..], Vec::as_slice);
                let decision = decide(of_role, &judged, |one, found| {
                    self.claims.claimants(one, facts.entity_number, found);
                });
                if decision.link.is_some() {
                    continue;
                }
                let Some(profile) = profile_of(role, &work.values.fields) else { continue };
                let question = Question {
                    record: work.record,
                    role: facts.number,
                    kind: facts.entity_number,
                    keys: stored_keys(Some(&profile)),
                    profile,
                    not_these,
                    outcome: Outcome::Nobody,
                };
                questions.insert((place, index), question);
            }
        }
        questions
    }

    /// The profiles of anchors, with the kind and the entity that each stands for.
    async fn anchor_profiles(
        &mut self,
        mut records: HashSet<RecordId>,
    ) -> Result<HashMap<RecordId, (i16, EntityId, Profile)>, StoreError> {
        let mut known = HashMap::with_capacity(records.len());
        for work in &self.works {
            if !records.remove(&work.record) {
                continue;
            }
            let (Some(role), Some(entity)) = (self.weighed_anchor(work), work.anchors) else { continue };
            let kind = self.facts().roles(work.stream.kind).iter().find(|facts| facts.id == role.id);
            if let (Some(kind), Some(profile)) = (kind, profile_of(role, &work.values.fields)) {
                known.insert(work.record, (kind.entity_number, entity, profile));
            }
        }
        let mut ids: Vec<i64> = records.iter().map(|record| record.0).collect();
        ids.sort_unstable();
        let sql = format!(
            "SELECT l.record, l.role, l.entity FROM {} CROSS JOIN link l WHERE l.record = j.value \
             AND l.evidence = 'anchor' AND l.until_seq IS NULL",
            self.session.dialect().ints(1)
        );
        let mut by_role: BTreeMap<i16, Vec<(RecordId, EntityId)>> = BTreeMap::new();
        for part in ids.chunks(PART) {
            for row in self.session.fetch(&sql, &[Param::Ints(part.to_vec())]).await? {
                let anchor = (RecordId(row.int(0)?), EntityId(row.int(2)?));
                by_role.entry(row.small(1)?).or_default().push(anchor);
            }
        }
        for (number, anchors) in by_role {
            let Some((kind, index)) = self.layout().role_by_number(number) else { continue };
            let records: Vec<RecordId> = anchors.iter().map(|(record, _)| *record).collect();
            let values = self.stored_values(kind, &records).await?;
            let Some(role) = self.role_of(kind, index) else { continue };
            let Some(facts) = self.facts().roles(kind).get(index) else { continue };
            for (record, entity) in anchors {
                let profile = values.get(&record).and_then(|(values, _)| profile_of(role, &values.fields));
                if let Some(profile) = profile {
                    known.insert(record, (facts.entity_number, entity, profile));
                }
            }
        }
        Ok(known)
    }

    /// Takes what was weighed into what follows for a role.
    pub(super) fn take_score(&self, at: Where, found: &mut Decision) {
        let Some(question) = self.scoring.questions.get(&at) else { return };
        match &question.outcome {
            Outcome::Link { best, .. } => found.link = Some((best.who, Evidence::Scored, None)),
            Outcome::Ask(_) => found.is_waiting = true,
            Outcome::Nobody => {}
        }
    }

    /// Notes where the identifiers say otherwise than a person did.
    pub(super) fn note_contradiction(
        &mut self,
        at: Where,
        identifiers: &[Identifier],
        judged: &Judged,
        kind: i16,
    ) {
        let judged = match judged {
            Judged::Same(entity, _) => Some(*entity),
            Judged::Nobody(_) => None,
            Judged::Not | Judged::SameAbsent(_) | Judged::NotThese(_) => return,
        };
        let exact = decide(identifiers, &Judged::Not, |one, claimants| {
            self.claims.claimants(one, kind, claimants);
        });
        if let Some((entity, evidence, _)) = exact.link
            && Some(entity) != judged
        {
            self.scoring.contradicted.insert(at, (entity, evidence.text()));
        }
    }

    /// Writes what was weighed, and under which keys records look.
    pub(super) async fn write_scored(&mut self) -> Result<(), StoreError> {
        let has_judgements = self.scoring.is_reconsidered
            || self.memory.get().is_some_and(|memory| !memory.judgements.is_empty());
        if !self.facts().is_scored() && !has_judgements {
            return Ok(());
        }
        let is_weighed = |work: &&Work| {
            let kind = self.store.ontology().kinds.get(work.stream.kind);
            has_judgements || kind.is_some_and(|kind| kind.roles.iter().any(|role| role.scored.is_some()))
        };
        let old: Vec<i64> = self
            .works
            .iter()
            .filter(|work| work.was_alive())
            .filter(is_weighed)
            .map(|work| work.record.0)
            .collect();
        self.clear("wanted", "", old.clone()).await?;
        self.clear("score", "", old).await?;
        let dialect = self.session.dialect();
        let mut wanted = Rows::of(dialect, "wanted", &["key", "record", "role"]);
        let mut scores = Rows::of(dialect, "score", &["record", "role", "state", "version", "detail"]);
        let version = i64::from(Weights::frozen().version());
        for question in self.scoring.questions.values() {
            for key in &question.keys {
                wanted.int(*key).int(question.record.0).int(question.role.into());
            }
            let (state, told) = match &question.outcome {
                Outcome::Link { best, others } => {
                    (LINKED, std::iter::once(best).chain(others).copied().collect())
                }
                Outcome::Ask(candidates) => (ASKED, candidates.clone()),
                Outcome::Nobody => continue,
            };
            scores.int(question.record.0).int(question.role.into()).int(state);
            scores.int(version).text(&detail_text(&told));
        }
        for ((place, index), (entity, scheme)) in &self.scoring.contradicted {
            let Some(work) = self.works.get(*place) else { continue };
            let Some(facts) = self.facts().roles(work.stream.kind).get(*index) else { continue };
            scores.int(work.record.0).int(facts.number.into()).int(CONTRADICTED);
            scores.int(version).text(&contradiction_text(*entity, scheme));
        }
        wanted.write(self.session).await?;
        scores.write(self.session).await
    }
}

/// Each entity once, by the best of its anchors; in conflict with any of them, not at all.
fn candidates(
    question: &Question,
    found: &BTreeSet<RecordId>,
    known: &HashMap<RecordId, (i16, EntityId, Profile)>,
    common: &Commonness,
    weights: &Weights,
) -> Vec<Candidate<EntityId>> {
    let mut best: BTreeMap<EntityId, Candidate<EntityId>> = BTreeMap::new();
    for record in found {
        let Some((kind, entity, profile)) = known.get(record) else { continue };
        if *kind != question.kind || question.not_these.contains(entity) {
            continue;
        }
        let comparison = compare(&question.profile, profile, common, weights);
        let better = |old: &Candidate<EntityId>| {
            let rank = |one: &Candidate<EntityId>| (one.comparison.conflict.is_none(), one.comparison.total);
            rank(&Candidate { who: *entity, comparison }) > rank(old)
        };
        if best.get(entity).is_none_or(better) {
            best.insert(*entity, Candidate { who: *entity, comparison });
        }
    }
    best.into_values().collect()
}

/// Keys as the store keeps them.
fn stored_keys(profile: Option<&Profile>) -> Vec<i64> {
    profile.map(|profile| keys_of(profile).into_iter().map(u64::cast_signed).collect()).unwrap_or_default()
}
