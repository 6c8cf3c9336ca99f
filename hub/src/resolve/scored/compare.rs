//! How a record and a subject agree, feature by feature.

use super::address::{Address, likeness};
use super::compare_names::{branch_level, core_level, form_level, former, region_level};
use super::distance::slips;
use super::keys::{Key, MOST_HOLDERS, address_key, core_key, phone_key, representative_key};
use super::levels::{Conflict, Feature, Level};
use super::name::{Form, Name};
use super::profile::Profile;
use super::weights::Weights;

/// How many subjects of the register share what the record says; more than [`MOST_HOLDERS`] count as that many and one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Commonness {
    /// The core of the name, with its branch.
    pub core: usize,
    /// The representative's name.
    pub representative: usize,
    /// The telephone.
    pub phone: usize,
    /// The address.
    pub address: usize,
}

impl Commonness {
    /// By how many hold each key.
    pub(crate) fn by_keys(record: &Profile, holders: impl Fn(Option<Key>) -> usize) -> Commonness {
        Commonness {
            core: holders(record.name.as_ref().map(core_key)),
            representative: holders(representative_key(record)),
            phone: holders(phone_key(record)),
            address: holders(address_key(record)),
        }
    }

    /// Of a feature.
    pub(super) fn of(&self, feature: Feature) -> Option<usize> {
        match feature {
            Feature::Name => Some(self.core),
            Feature::Representative => Some(self.representative),
            Feature::Phone => Some(self.phone),
            Feature::Address => Some(self.address),
            Feature::Region | Feature::Form | Feature::Branch | Feature::Code => None,
        }
        .map(|holders| holders.clamp(1, MOST_HOLDERS + 1))
    }
}

/// How a record and a subject agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// Level of each feature, in the order of [`Feature::ALL`].
    pub levels: [Level; 8],
    /// Hundredths of a bit of each feature.
    pub weights: [i32; 8],
    /// Sum of the weights and of the odds before anything was compared.
    pub total: i32,
    /// Why they are never one.
    pub conflict: Option<Conflict>,
}

impl Comparison {
    /// The level of a feature.
    #[must_use]
    pub fn level(&self, feature: Feature) -> Level {
        self.levels.get(feature as usize).copied().unwrap_or(Level::Missing)
    }

    /// Whether region, form or trade speak of another firm: then a person decides, whatever the sum.
    #[must_use]
    pub fn is_contested(&self) -> bool {
        matches!(self.level(Feature::Region), Level::Within | Level::Differs)
            || self.level(Feature::Form) == Level::Differs
            || matches!(self.level(Feature::Name), Level::OtherTrade | Level::Differs | Level::Missing)
    }

    /// Whether something besides the name speaks for it by at least three bits.
    #[must_use]
    pub fn is_supported(&self) -> bool {
        const ENOUGH: i32 = 300;
        let besides = [Feature::Representative, Feature::Phone, Feature::Address, Feature::Code];
        besides.iter().any(|feature| self.weights.get(*feature as usize).is_some_and(|w| *w >= ENOUGH))
    }
}

/// Compares and weighs.
#[must_use]
pub fn compare(record: &Profile, subject: &Profile, common: &Commonness, weights: &Weights) -> Comparison {
    let (levels, conflict) = levels(record, subject);
    let mut comparison = Comparison { levels, weights: [0; 8], total: weights.odds_before(), conflict };
    for (place, feature) in Feature::ALL.into_iter().enumerate() {
        let Some(level) = levels.get(place) else { continue };
        let weight = weights.of(feature, *level, common.of(feature));
        if let Some(cell) = comparison.weights.get_mut(place) {
            *cell = weight;
        }
        comparison.total += weight;
    }
    comparison
}

/// The levels alone, and the conflict.
pub(super) fn levels(record: &Profile, subject: &Profile) -> ([Level; 8], Option<Conflict>) {
    let mut conflict = None;
    let [mut name, mut region, mut form, mut branch] = [Level::Missing; 4];
    if let (Some(left), Some(right)) = (&record.name, &subject.name) {
        name = core_level(left, right);
        let (mut left, mut right) = (left, right);
        if name != Level::Same
            && let Some((old, new)) = former(record, subject)
        {
            name = Level::Former;
            (left, right) = (old, new);
        }
        region = if name == Level::SlipInPlace { Level::Missing } else { region_level(left, right) };
        form = form_level(left.form, right.form);
        branch = branch_level(left, right);
        let is_near = !matches!(name, Level::Part | Level::Slips | Level::OtherTrade | Level::Differs);
        // Branches whose name has no form between parent and branch: told apart by the whole name.
        if branch == Level::Same && left.branch.is_empty() && !is_near {
            branch = Level::Differs;
        }
        if branch == Level::Differs {
            conflict = Some(Conflict::BranchAndParent);
        }
        if is_person(left, subject) {
            conflict = Some(Conflict::PersonAndFirm);
        }
    }
    let code = code_level(record, subject);
    if code == Level::Differs && both_valid(record, subject) {
        conflict = Some(Conflict::TwoCodes);
    }
    let levels = [
        name,
        region,
        form,
        branch,
        representative_level(record, subject),
        phone_level(record, subject),
        address_level(record.address.as_ref(), subject.address.as_ref()),
        code,
    ];
    (levels, conflict)
}

/// The record gives the name of the subject's representative as the party's.
fn is_person(name: &Name, subject: &Profile) -> bool {
    let is_bare = name.form == Form::None && name.region.province == 0 && name.branch.is_empty();
    is_bare && name.core.len() <= 4 && subject.representative.as_deref() == Some(&*name.core)
}

fn representative_level(record: &Profile, subject: &Profile) -> Level {
    let (Some(a), Some(b)) = (&record.representative, &subject.representative) else { return Level::Missing };
    match slips(a, b, 1) {
        Some(0) => Level::Same,
        Some(_) if a.len().min(b.len()) >= 3 => Level::Slip,
        _ => Level::Differs,
    }
}

fn phone_level(record: &Profile, subject: &Profile) -> Level {
    let (Some(a), Some(b)) = (&record.phone, &subject.phone) else { return Level::Missing };
    match slips(a.as_bytes(), b.as_bytes(), 1) {
        Some(0) => Level::Same,
        Some(_) => Level::Slip,
        None => Level::Differs,
    }
}

fn address_level(record: Option<&Address>, subject: Option<&Address>) -> Level {
    let (Some(a), Some(b)) = (record, subject) else { return Level::Missing };
    let is_same_road = a.road != 0 && a.road == b.road;
    if a.text == b.text || (is_same_road && a.numbers == b.numbers && !a.numbers.is_empty()) {
        return Level::Same;
    }
    if is_same_road {
        return match (a.numbers.first(), b.numbers.first()) {
            (Some(x), Some(y)) if x == y => Level::House,
            _ => Level::Street,
        };
    }
    if likeness(&a.text, &b.text) >= 70 && (a.numbers == b.numbers) { Level::Alike } else { Level::Differs }
}

fn both_valid(record: &Profile, subject: &Profile) -> bool {
    let is_valid = |profile: &Profile| profile.code.as_ref().is_some_and(|code| code.is_valid);
    is_valid(record) && is_valid(subject)
}

fn code_level(record: &Profile, subject: &Profile) -> Level {
    let (Some(a), Some(b)) = (&record.code, &subject.code) else { return Level::Missing };
    match slips(&a.signs, &b.signs, 2) {
        Some(0) => Level::Same,
        _ if a.is_valid && b.is_valid => Level::Differs,
        Some(1) => Level::Slip,
        Some(_) => Level::Slips,
        None => Level::Differs,
    }
}
