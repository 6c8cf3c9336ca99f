//! Reading the values of keys.

use std::collections::BTreeSet;

use super::{
    Design, FrameMode, LoadRule, Quota, Remedy, Rounding, SeedRelease, Slot, Timing, Window, Witness,
};
use crate::encoding::{Code, Date, parse_u64};

/// Largest denominator of a rate.
const MAX_DENOMINATOR: u64 = 1_000_000;
/// Largest number of a plan or data file.
pub(crate) const MAX_NUMBER: u64 = i64::MAX as u64;

pub(super) fn timing(text: &str) -> Option<Timing> {
    match text {
        "open" => Some(Timing::Open),
        "sealed" => Some(Timing::Sealed),
        _ => None,
    }
}

pub(super) fn frame(text: &str) -> Option<FrameMode> {
    match text {
        "public" => Some(FrameMode::Public),
        "private" => Some(FrameMode::Private),
        _ => None,
    }
}

pub(super) fn seed_release(text: &str) -> Option<SeedRelease> {
    match text {
        "public" => Some(SeedRelease::Public),
        "auditors" => Some(SeedRelease::Auditors),
        _ => None,
    }
}

pub(super) fn rounding(text: &str) -> Option<Rounding> {
    match text {
        "ceil" => Some(Rounding::Ceil),
        "controlled" => Some(Rounding::Controlled),
        "total" => Some(Rounding::Total),
        _ => None,
    }
}

pub(super) fn design(text: &str) -> Option<Design> {
    match text {
        "srs" => Some(Design::Srs),
        "pps" => Some(Design::Pps),
        _ => None,
    }
}

pub(super) fn int(text: &str) -> Option<u64> {
    parse_u64(text.as_bytes()).filter(|&value| value <= MAX_NUMBER)
}

/// One or more codes, comma-separated, in the order given.
pub(super) fn codes(text: &str) -> Option<Vec<Code>> {
    text.split(',').map(|code| Code::parse(code.as_bytes())).collect()
}

/// Sorted codes without repetition.
pub(super) fn sorted_codes(text: &str) -> Option<Vec<Code>> {
    codes(text).filter(|codes| codes.is_sorted_by(|a, b| a < b))
}

/// Exactly three codes, or `none`.
pub(super) fn escrow(text: &str) -> Option<Option<[Code; 3]>> {
    if text == "none" {
        return Some(None);
    }
    let three: [Code; 3] = codes(text)?.try_into().ok()?;
    Some(Some(three))
}

/// `CODE:public-key-hex`, comma-separated, sorted.
pub(super) fn witnesses(text: &str) -> Option<Vec<Witness>> {
    let items: Vec<&str> = text.split(',').collect();
    if !items.is_sorted_by(|a, b| a < b) {
        return None;
    }
    let witnesses: Vec<Witness> = items.into_iter().map(witness).collect::<Option<_>>()?;
    let keys: BTreeSet<&str> = witnesses.iter().map(|witness| witness.key.as_str()).collect();
    let codes: BTreeSet<&Code> = witnesses.iter().map(|witness| &witness.code).collect();
    (keys.len() == witnesses.len() && codes.len() == witnesses.len()).then_some(witnesses)
}

fn witness(text: &str) -> Option<Witness> {
    let (code, key) = text.split_once(':')?;
    let is_hex = key.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let is_point = key.len() == 130 && key.starts_with("04");
    let is_key = is_hex && (key.len() == 64 || is_point);
    is_key.then_some(Witness { code: Code::parse(code.as_bytes())?, key: key.to_owned() })
}

/// `DATE/DATE`, the first not after the second.
pub(super) fn window(text: &str) -> Option<Window> {
    let (first, last) = text.split_once('/')?;
    let window = Window { first: Date::parse(first.as_bytes())?, last: Date::parse(last.as_bytes())? };
    (window.first <= window.last).then_some(window)
}

/// `a/b` in lowest terms.
pub(super) fn rate(text: &str) -> Option<(u64, u64)> {
    let (a, b) = text.split_once('/')?;
    let (a, b) = (parse_u64(a.as_bytes())?, parse_u64(b.as_bytes())?);
    let is_rate = a <= b && (1..=MAX_DENOMINATOR).contains(&b) && gcd(u128::from(a), u128::from(b)) == 1;
    is_rate.then_some((a, b))
}

/// `need:Q1+Q2…` or `need:-`.
pub(super) fn slot(text: &str) -> Option<Slot> {
    let (need, qualifications) = text.split_once(':')?;
    let need = parse_u64(need.as_bytes()).filter(|need| (1..=MAX_NUMBER).contains(need))?;
    if qualifications == "-" {
        return Some(Slot { need, qualifications: BTreeSet::new() });
    }
    let named: Vec<&str> = qualifications.split('+').collect();
    let codes: Option<BTreeSet<Code>> = named.iter().map(|code| Code::parse(code.as_bytes())).collect();
    let is_list = named.is_sorted_by(|a, b| a < b);
    Some(Slot { need, qualifications: codes.filter(|_| is_list)? })
}

/// `least` or `fixed:INT`.
pub(super) fn load(text: &str) -> Option<LoadRule> {
    match text.split_once(':') {
        None if text == "least" => Some(LoadRule::Least),
        Some(("fixed", limit)) => int(limit).map(LoadRule::Fixed),
        None | Some(_) => None,
    }
}

/// `capacity+INT`, `pool` or `postpone`.
pub(crate) fn remedy(text: &str) -> Option<Remedy> {
    match text {
        "pool" => Some(Remedy::Pool),
        "postpone" => Some(Remedy::Postpone),
        _ => int(text.strip_prefix("capacity+")?).filter(|&more| more > 0).map(Remedy::Capacity),
    }
}

/// The quota of a stratum from its keys; `None` if they do not fit together.
pub(super) fn quota(rate: Option<(u64, u64)>, count: Option<u64>, min: Option<u64>) -> Option<Quota> {
    match (rate, count, min) {
        (Some((a, b)), None, min) => Some(Quota::Rate { a, b, min: min.unwrap_or(0) }),
        (None, Some(count), None) => Some(Quota::Count(count)),
        (Some(_), Some(_), _) | (None, Some(_), Some(_)) | (None, None, _) => None,
    }
}

pub(crate) fn gcd(a: u128, b: u128) -> u128 {
    if b == 0 { a } else { gcd(b, a % b) }
}
