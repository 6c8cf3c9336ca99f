//! How two names agree: a slip is told from another number, another trade, another place.

use super::distance::{first_difference, slips};
use super::levels::Level;
use super::name::{Form, Name};
use super::profile::Profile;

/// A pair of names that is the same, one of them a former one.
pub(super) fn former<'a>(record: &'a Profile, subject: &'a Profile) -> Option<(&'a Name, &'a Name)> {
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

pub(super) fn core_level(left: &Name, right: &Name) -> Level {
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

pub(super) fn region_level(left: &Name, right: &Name) -> Level {
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

pub(super) fn form_level(left: Form, right: Form) -> Level {
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

pub(super) fn branch_level(left: &Name, right: &Name) -> Level {
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
