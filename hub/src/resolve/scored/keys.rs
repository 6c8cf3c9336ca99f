//! Keys under which candidates are found: whoever shares none is never compared.
//!
//! | key | finds |
//! |---|---|
//! | core; core without each character of the brand | the same name, and one slip in its brand |
//! | brand | another or no trade, a slip in the trade |
//! | first two characters of the core; of them with the branch | slips further on |
//! | telephone, representative, road with numbers | another name |
//! | four parts of the credit code, from its end | one slip in the code |
//!
//! A key is a number made from its text; the function is frozen, for stores keep the numbers.

use super::name::Name;
use super::profile::Profile;

/// A key.
pub type Key = u64;

/// A key held by more than this many parties finds nobody and says nothing: an agency's telephone, 张伟.
pub const MOST_HOLDERS: usize = 200;

/// A number for a text of one sort.
pub(super) fn hash(sort: char, text: &[char]) -> Key {
    text.iter().fold(mix(u64::from(u32::from(sort)) ^ 0x9e37_79b9_7f4a_7c15), |all, c| {
        mix(all.rotate_left(5) ^ u64::from(u32::from(*c)))
    })
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The keys of a profile, in order, each once.
#[must_use]
pub fn keys_of(profile: &Profile) -> Vec<Key> {
    let mut keys = Vec::with_capacity(20);
    for name in profile.name.iter().chain(&profile.former) {
        of_name(name, &mut keys);
    }
    keys.extend(phone_key(profile));
    keys.extend(representative_key(profile));
    keys.extend(address_key(profile));
    of_code(profile, &mut keys);
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// The key of the whole core, with the branch.
pub(super) fn core_key(name: &Name) -> Key {
    hash('b', &name.branch) ^ hash('n', &name.core)
}

pub(super) fn phone_key(profile: &Profile) -> Option<Key> {
    let phone: Vec<char> = profile.phone.as_deref()?.chars().collect();
    Some(hash('p', &phone))
}

pub(super) fn representative_key(profile: &Profile) -> Option<Key> {
    Some(hash('l', profile.representative.as_deref()?))
}

pub(super) fn address_key(profile: &Profile) -> Option<Key> {
    let address = profile.address.as_ref()?;
    if address.numbers.is_empty() {
        return (address.text.len() >= 6).then(|| hash('a', &address.text));
    }
    let numbers = address.numbers.iter().fold(address.road, |all, number| mix(all.rotate_left(7) ^ number));
    Some(mix(numbers ^ u64::from(u32::from('a'))))
}

fn of_name(name: &Name, keys: &mut Vec<Key>) {
    let whole = core_key(name);
    keys.push(whole);
    let brand = name.brand_chars();
    // A brand of many characters is nothing that words are cut from: slips in its beginning are enough.
    let mut shorter: Vec<char> = Vec::with_capacity(name.core.len());
    for skip in 0..brand.len().min(8) {
        shorter.clear();
        shorter.extend(name.core.iter().enumerate().filter(|(at, _)| *at != skip).map(|(_, c)| *c));
        keys.push(hash('b', &name.branch) ^ hash('n', &shorter));
    }
    keys.push(hash('m', brand));
    let begin = name.core.get(..2).unwrap_or(&name.core);
    keys.push(hash('2', begin));
    if !name.branch.is_empty() {
        keys.push(hash('b', &name.branch));
        keys.push(hash('b', &name.branch) ^ hash('2', begin));
    }
}

fn of_code(profile: &Profile, keys: &mut Vec<Key>) {
    let Some(code) = &profile.code else { return };
    let signs = &code.signs;
    // Counted from the end, so that a sign lost in the region does not move the rest.
    let from_end = |from: usize, to: usize| {
        let n = signs.len();
        signs.get(n.saturating_sub(from)..n.saturating_sub(to)).unwrap_or_default()
    };
    keys.push(hash('c', from_end(10, 0)));
    keys.push(hash('d', from_end(6, 0)));
    keys.push(hash('e', from_end(10, 3)));
    keys.push(hash('f', from_end(10, 6)) ^ hash('g', from_end(3, 0)));
}
