//! The normal form of an address: what stands after province, city and district, its road, and its numbers in order.

use super::fold::letters;
use super::keys::hash;
use super::region::region_at;

/// An address in parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Address {
    /// Letters and digits after the places.
    pub(super) text: Box<[char]>,
    /// Hash of the first road; 0 where there is none.
    pub(super) road: u64,
    /// Hashes of the numbers in order: house, building, room.
    pub(super) numbers: Box<[u64]>,
}

const WORTHLESS: usize = 5;

/// The normal form, unless it says less than a street.
pub(super) fn address_of(text: &str) -> Option<Address> {
    let all = letters(text);
    let (_, at) = region_at(&all, true);
    let mut text = all.get(at..).unwrap_or_default();
    // Names of zones, written or left out as one likes.
    for zone in ["高新技术产业开发区", "经济技术开发区", "高新开发区", "高新区", "开发区"]
    {
        let zone: Vec<char> = zone.chars().collect();
        text = text.strip_prefix(zone.as_slice()).unwrap_or(text);
    }
    if text.len() < WORTHLESS && !text.iter().any(char::is_ascii_digit) {
        return None;
    }
    let road_ends =
        text.iter().take(24).position(|c| matches!(c, '路' | '街' | '道' | '巷' | '村')).map(|at| at + 1);
    let road = road_ends.and_then(|end| text.get(..end)).map_or(0, |road| hash('w', road));
    let tail = text.get(road_ends.unwrap_or(0)..).unwrap_or_default();
    let numbers = tail
        .split(|c| !c.is_ascii_alphanumeric())
        .filter(|number| !number.is_empty())
        .map(|number| hash('#', number))
        .collect();
    Some(Address { text: text.into(), road, numbers })
}

/// How alike two texts are by their pairs of neighbours, in percent.
pub(super) fn likeness(left: &[char], right: &[char]) -> usize {
    let pairs = |text: &[char]| -> Vec<(char, char)> {
        let mut pairs: Vec<(char, char)> =
            text.windows(2).filter_map(|two| Some((*two.first()?, *two.get(1)?))).collect();
        pairs.sort_unstable();
        pairs
    };
    let (a, b) = (pairs(left), pairs(right));
    if a.is_empty() || b.is_empty() {
        return 0;
    }
    let (mut i, mut j, mut common) = (0, 0, 0);
    while let (Some(one), Some(other)) = (a.get(i), b.get(j)) {
        match one.cmp(other) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => (i, j, common) = (i + 1, j + 1, common + 1),
        }
    }
    200 * common / (a.len() + b.len())
}
