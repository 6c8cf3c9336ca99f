//! How a record and a subject agree, feature by feature.

use super::address::{Address, likeness};
use super::distance::{first_difference, slips};
use super::keys::{Key, MOST_HOLDERS, address_key, core_key, phone_key, representative_key};
use super::name::{Form, Name};
use super::profile::Profile;
use super::weights::Weights;

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feature {
    /// Brand and trade.
    Name,
    /// Where the name says the firm is.
    Region,
    /// Legal form.
    Form,
    /// Branch.
    Branch,
    /// Legal representative.
    Representative,
    /// Telephone.
    Phone,
    /// Address.
    Address,
    /// Credit code.
    Code,
}

impl Feature {
    /// All, in the order of [`Comparison::levels`].
    pub const ALL: [Feature; 8] = [
        Feature::Name,
        Feature::Region,
        Feature::Form,
        Feature::Branch,
        Feature::Representative,
        Feature::Phone,
        Feature::Address,
        Feature::Code,
    ];

    /// As the table of weights and stores write it.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Feature::Name => "name",
            Feature::Region => "region",
            Feature::Form => "form",
            Feature::Branch => "branch",
            Feature::Representative => "representative",
            Feature::Phone => "phone",
            Feature::Address => "address",
            Feature::Code => "code",
        }
    }
}

/// How well it agrees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// One of the two says nothing: neither for nor against.
    Missing,
    /// The same.
    Same,
    /// The same as a former name.
    Former,
    /// One says less: no trade, or the beginning of the other.
    Part,
    /// One slip in the place before the brand.
    SlipInPlace,
    /// One slip in the trade, or behind it.
    SlipInTrade,
    /// One slip in a brand of three or more characters.
    SlipInBrand,
    /// One slip in a brand of two: 三元, 三原.
    SlipInShortBrand,
    /// One slip.
    Slip,
    /// Two slips.
    Slips,
    /// The same brand in another trade: 科技, 商贸.
    OtherTrade,
    /// One names the province, the other a place in it.
    Within,
    /// The same road and house.
    House,
    /// The same road.
    Street,
    /// Much the same words.
    Alike,
    /// Different.
    Differs,
}

impl Level {
    /// All.
    pub const ALL: [Level; 16] = [
        Level::Missing,
        Level::Same,
        Level::Former,
        Level::Part,
        Level::SlipInPlace,
        Level::SlipInTrade,
        Level::SlipInBrand,
        Level::SlipInShortBrand,
        Level::Slip,
        Level::Slips,
        Level::OtherTrade,
        Level::Within,
        Level::House,
        Level::Street,
        Level::Alike,
        Level::Differs,
    ];

    /// As the table of weights and stores write it.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Level::Missing => "missing",
            Level::Same => "same",
            Level::Former => "former",
            Level::Part => "part",
            Level::SlipInPlace => "slip_in_place",
            Level::SlipInTrade => "slip_in_trade",
            Level::SlipInBrand => "slip_in_brand",
            Level::SlipInShortBrand => "slip_in_short_brand",
            Level::Slip => "slip",
            Level::Slips => "slips",
            Level::OtherTrade => "other_trade",
            Level::Within => "within",
            Level::House => "house",
            Level::Street => "street",
            Level::Alike => "alike",
            Level::Differs => "differs",
        }
    }
}

/// Why two parties are never one, whatever else agrees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conflict {
    /// Both have a valid credit code, and the codes differ.
    TwoCodes,
    /// One is a branch, of the other or of itself.
    BranchAndParent,
    /// The record names the person, not the firm.
    PersonAndFirm,
}

impl Conflict {
    /// As stores write it.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Conflict::TwoCodes => "two_codes",
            Conflict::BranchAndParent => "branch_and_parent",
            Conflict::PersonAndFirm => "person_and_firm",
        }
    }
}

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

/// A pair of names that is the same, one of them a former one.
fn former<'a>(record: &'a Profile, subject: &'a Profile) -> Option<(&'a Name, &'a Name)> {
    let is_same = |a: &Name, b: &Name| a.core == b.core && a.branch == b.branch && !a.core.is_empty();
    let now = record.name.as_ref()?;
    let then = subject.former.iter().find(|old| is_same(now, old)).map(|old| (now, old));
    then.or_else(|| {
        let name = subject.name.as_ref()?;
        record.former.iter().find(|old| is_same(old, name)).map(|old| (old, name))
    })
}

/// One of these for another is a different thing and no slip: 第一, 第二; 东街, 西街.
fn is_count(c: char) -> bool {
    is_number(c) || "东西南北中上下前后左右甲乙丙丁".contains(c)
}

fn is_number(c: char) -> bool {
    c.is_ascii_alphanumeric() || "一二三四五六七八九十零百".contains(c)
}

fn differs_in_count(left: &[char], right: &[char]) -> bool {
    let at = first_difference(left, right);
    match (left.get(at), right.get(at)) {
        (Some(a), Some(b)) if left.len() == right.len() => is_count(*a) && is_count(*b),
        (Some(a), _) if left.len() > right.len() => is_number(*a),
        (_, Some(b)) => is_number(*b),
        _ => false,
    }
}

fn core_level(left: &Name, right: &Name) -> Level {
    let (a, b) = (&*left.core, &*right.core);
    let is_whole = a == b && left.branch == right.branch;
    if is_whole && (left.region == right.region || left.core_at == 0 || right.core_at == 0) {
        return Level::Same;
    }
    // A slip may spoil where the parts begin: names whole first.
    if slips(&left.text, &right.text, 1) == Some(1) && left.text.len().min(right.text.len()) >= 6 {
        return slip_level(left, right);
    }
    if is_whole {
        return Level::Same;
    }
    let level = parts_level(left, right);
    if level == Level::Differs && is_two_slips(left, right) { Level::Slips } else { level }
}

/// Two slips in a long name, none of which makes another number of a number or another brand of a brand.
fn is_two_slips(left: &Name, right: &Name) -> bool {
    let only_in = |a: &[char], b: &[char]| a.iter().any(|c| is_number(*c) && !b.contains(c));
    left.text.len().min(right.text.len()) >= 8
        && !(only_in(&left.text, &right.text) || only_in(&right.text, &left.text))
        && right.brand_chars().iter().filter(|c| left.core.contains(c)).count() * 2 >= right.n_brand
        && slips(&left.text, &right.text, 2).is_some()
}

/// Where the one slip lies between two names.
fn slip_level(left: &Name, right: &Name) -> Level {
    let at = first_difference(&left.text, &right.text);
    let brand_ends = right.core_at + right.n_brand;
    let is_replaced = left.text.len() == right.text.len();
    if differs_in_count(&left.text, &right.text) && (is_replaced || at >= right.core_at) {
        // 陕西 for 西安 is two slips; 东街 for 西街 is another place.
        return Level::Differs;
    }
    let kinds = (left.text.get(at), right.text.get(at));
    let is_kind = |c: Option<&char>| c.is_some_and(|c| KINDS.contains(*c));
    if is_other_kind(&left.core, &right.core) || (is_replaced && is_kind(kinds.0) && is_kind(kinds.1)) {
        return Level::OtherTrade;
    }
    match at {
        at if at < right.core_at => Level::SlipInPlace,
        at if at >= brand_ends => Level::SlipInTrade,
        _ if right.n_brand <= 2 => Level::SlipInShortBrand,
        _ => Level::SlipInBrand,
    }
}

/// Words of one character that say what a place of business is.
const KINDS: &str = "店厂场部行馆所社站院";

/// 服装店, 服装馆: the last word, of one character, is another.
fn is_other_kind(left: &[char], right: &[char]) -> bool {
    let kind = |core: &[char]| core.last().copied().filter(|c| "厂店场部行馆所社站院".contains(*c));
    matches!((kind(left), kind(right)), (Some(a), Some(b)) if a != b)
}

fn parts_level(left: &Name, right: &Name) -> Level {
    let (a, b) = (&*left.core, &*right.core);
    if a == b {
        return Level::Same;
    }
    if is_other_kind(a, b) {
        return Level::OtherTrade;
    }
    let shorter = a.len().min(b.len());
    let (x, y) = (left.industry_chars(), right.industry_chars());
    if left.brand_chars() == right.brand_chars() && !left.brand_chars().is_empty() {
        return match is_within(x, y) || is_within(y, x) {
            true => Level::Part,
            false => Level::OtherTrade,
        };
    }
    match slips(a, b, 2) {
        Some(1) if differs_in_count(a, b) => Level::Differs,
        Some(1) if first_difference(a, b) >= right.n_brand.min(left.n_brand) => Level::SlipInTrade,
        Some(1) if right.n_brand <= 2 => Level::SlipInShortBrand,
        Some(1) => Level::SlipInBrand,
        Some(_) if shorter >= 5 => Level::Slips,
        _ if shorter >= 4 && a.len().abs_diff(b.len()) <= 4 && (a.starts_with(b) || b.starts_with(a)) => {
            Level::Part
        }
        _ if shorter >= 5
            && (a.ends_with(y) || left.n_brand == a.len())
            && slips(left.brand_chars(), right.brand_chars(), 1).is_some() =>
        {
            Level::Slips
        }
        _ => Level::Differs,
    }
}

/// Whether all characters of one stand in the other, in order: 企业咨询 in 企业管理咨询.
fn is_within(part: &[char], whole: &[char]) -> bool {
    let mut rest = whole.iter();
    part.iter().all(|c| rest.any(|other| other == c))
}

fn region_level(left: &Name, right: &Name) -> Level {
    let (a, b) = (&left.region, &right.region);
    if a.province == 0 || b.province == 0 {
        return Level::Missing;
    }
    if a.province != b.province || a.seat != b.seat {
        return Level::Differs;
    }
    match (a.city, b.city) {
        (x, y) if x == y => match a.detail == 0 || b.detail == 0 || a.detail == b.detail {
            true => Level::Same,
            false => Level::Differs,
        },
        (0, _) | (_, 0) => Level::Within,
        _ => Level::Differs,
    }
}

fn form_level(left: Form, right: Form) -> Level {
    let is_vague = |form: Form| matches!(form, Form::None);
    let is_company = |form: Form| matches!(form, Form::Company | Form::Limited | Form::JointStock);
    match (left, right) {
        (a, b) if a == b && a != Form::None => Level::Same,
        (a, b) if is_vague(a) || is_vague(b) => Level::Missing,
        (a, b) if (a == Form::Company || b == Form::Company) && is_company(a) && is_company(b) => {
            Level::Missing
        }
        _ => Level::Differs,
    }
}

fn branch_level(left: &Name, right: &Name) -> Level {
    match (left.is_branch, right.is_branch) {
        (false, false) => Level::Missing,
        (true, true) if left.branch == right.branch => Level::Same,
        (true, true) => {
            let (a, b) = (&*left.branch, &*right.branch);
            match slips(a, b, 1) {
                Some(_) if a.len().min(b.len()) >= 4 && !differs_in_count(a, b) => Level::Slip,
                _ => Level::Differs,
            }
        }
        _ => Level::Differs,
    }
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
