//! Contradictions between keys that are each in their form.

use std::collections::{BTreeMap, BTreeSet};

use super::keys::Key;
use super::read::Reader;
use super::values::gcd;
use super::{FrameMode, Plan, Quota, Remedy, SeedRelease, SourceKind, Timing};
use crate::Reason;
use crate::encoding::{Code, parse_u64};

/// Largest least common multiple of a matter's denominators.
const MAX_LCM: u128 = 1_000_000_000_000_000_000;

/// Adds to the reader's problems whatever contradicts.
pub(super) fn contradictions(plan: &Plan, reader: &mut Reader) {
    escrow(plan, reader);
    people(plan, reader);
    groups(plan, reader);
    depts(plan, reader);
    for code in plan.matters.keys() {
        lcm(plan, code, reader);
    }
}

fn escrow(plan: &Plan, reader: &mut Reader) {
    let is_dice = |kind: SourceKind| matches!(kind, SourceKind::Dice { .. });
    let mut kinds = plan.entropy.iter().map(|source| source.kind);
    let has_dice =
        kinds.any(is_dice) || plan.event_source.as_ref().is_some_and(|source| is_dice(source.kind));
    let is_needed = has_dice || plan.timing == Timing::Sealed || plan.seed_release == SeedRelease::Auditors;
    if plan.escrow.is_none() && is_needed {
        reader.problem(&Key::Simple("escrow"), Reason::PlanEscrow);
    }
    if plan.seed_release == SeedRelease::Auditors && plan.frame == FrameMode::Public {
        reader.problem(&Key::Simple("seed_release"), Reason::PlanSealedFrame);
    }
}

fn people(plan: &Plan, reader: &mut Reader) {
    let mut seen = BTreeSet::new();
    if !plan.parties.iter().all(|party| seen.insert(party)) {
        reader.problem(&Key::Simple("parties"), Reason::PlanPartyTwice);
    }
    if !plan.escrow.iter().flatten().all(|holder| seen.insert(holder)) {
        reader.problem(&Key::Simple("escrow"), Reason::PlanPartyTwice);
    }
    if plan.witnesses.len() < 2 {
        reader.problem(&Key::Simple("witnesses"), Reason::PlanWitnesses);
    }
}

fn groups(plan: &Plan, reader: &mut Reader) {
    let mut grouped: BTreeMap<&Code, u32> = BTreeMap::new();
    for (code, group) in &plan.groups {
        let matters_key = Key::GroupMatters(code.clone());
        let is_twice = |matter| {
            let times = grouped.entry(matter).or_default();
            *times += 1;
            *times > 1
        };
        // Every matter is counted, also after one that is twice.
        let twice = group.matters.iter().map(is_twice).filter(|twice| *twice).count() > 0;
        let all_known = group.matters.iter().all(|matter| plan.matters.contains_key(matter));
        if twice || !all_known {
            reader.problem(&matters_key, Reason::PlanGroup);
        }
        let has_slots = group
            .matters
            .iter()
            .any(|code| plan.matters.get(code).is_some_and(|matter| !matter.slots.is_empty()));
        if has_slots && group.windows.is_empty() {
            reader.problem(&matters_key, Reason::PlanWindow);
        }
    }
    for matter in plan.matters.keys().filter(|matter| !grouped.contains_key(matter)) {
        reader.problem(&Key::Matter(matter.clone(), "dept"), Reason::PlanGroup);
    }
}

fn depts(plan: &Plan, reader: &mut Reader) {
    let named: BTreeSet<&Code> = plan.matters.values().map(|matter| &matter.dept).collect();
    for (code, dept) in &plan.depts {
        if !named.contains(code) {
            let mut keys = reader.values.keys();
            let key =
                keys.find(|key| matches!(key, Key::Dept(of, _) | Key::Remedy(of, _) if of == code)).cloned();
            key.into_iter().for_each(|key| reader.problem(&key, Reason::PlanConflict));
        }
        let pools: Vec<usize> = (0..dept.remedies.len())
            .filter(|&index| dept.remedies.get(index) == Some(&Remedy::Pool))
            .collect();
        if let [_, second, ..] = pools.as_slice() {
            reader.problem(&Key::Remedy(code.clone(), *second as u64 + 1), Reason::PlanConflict);
        }
    }
    let with_slots = plan.depts_with_slots();
    for code in &with_slots {
        if plan.depts.get(*code).is_none_or(|dept| dept.load.is_none()) {
            reader.missing(&format!("dept.{code}.load"));
        }
        // `assign-A-1.tsv` would be the last assignment of A-1 and the first of A.
        let base = code.as_str().rsplit_once('-').filter(|(_, tail)| parse_u64(tail.as_bytes()).is_some());
        if base.is_some_and(|(base, _)| with_slots.iter().any(|other| other.as_str() == base)) {
            let key = plan.matters.iter().find(|(_, matter)| matter.dept == **code).map(|(matter, _)| matter);
            key.into_iter()
                .for_each(|key| reader.problem(&Key::Matter(key.clone(), "dept"), Reason::PlanConflict));
        }
    }
}

fn lcm(plan: &Plan, code: &Code, reader: &mut Reader) {
    let Some(matter) = plan.matters.get(code) else { return };
    let mut strata: Vec<(Key, u64)> = Vec::new();
    for (stratum, rule) in &matter.strata {
        if let Quota::Rate { b, .. } = rule.quota {
            strata.push((Key::Stratum(code.clone(), stratum.clone(), "rate"), b));
        }
    }
    strata.sort_by_key(|(key, _)| reader.values.get(key).map(|value| value.line));
    let mut lcm: u128 = 1;
    for (key, b) in strata {
        lcm = lcm / gcd(lcm, u128::from(b)) * u128::from(b);
        if lcm > MAX_LCM {
            reader.problem(&key, Reason::PlanLcm);
            return;
        }
    }
}
