//! Where a name says its firm is.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::keys::hash;

const REGIONS: &str = include_str!("data/regions.txt");

/// A place: province, place within it, place within that. Zero: not said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Region {
    /// Number of the province.
    pub(super) province: u16,
    /// Number of the city or county, over all provinces.
    pub(super) city: u16,
    /// Hash of what stands after it: a district, a town.
    pub(super) detail: u64,
    /// A second place, in brackets.
    pub(super) seat: u16,
}

fn places() -> &'static HashMap<u64, (u16, u16)> {
    static PLACES: OnceLock<HashMap<u64, (u16, u16)>> = OnceLock::new();
    PLACES.get_or_init(|| {
        let mut places = HashMap::new();
        let mut city = 0;
        let lines = REGIONS.lines().filter(|line| !line.starts_with('#'));
        for (province, line) in (1_u16..).zip(lines) {
            let (name, cities) = line.split_once(':').unwrap_or((line, ""));
            places.insert(packed(&name.chars().collect::<Vec<char>>()), (province, 0));
            for name in cities.split_whitespace() {
                city += 1;
                places.insert(packed(&name.chars().collect::<Vec<char>>()), (province, city));
            }
        }
        places
    })
}

/// Up to four characters as one number.
fn packed(chars: &[char]) -> u64 {
    chars.iter().take(4).fold(0, |all, c| all << 16 | u64::from(u32::from(*c) & 0xffff))
}

/// The place at the beginning, and how many characters it takes.
fn place_at(text: &[char]) -> Option<(u16, u16, usize)> {
    for length in (2..=4).rev() {
        let Some((province, city)) = text.get(..length).and_then(|head| places().get(&packed(head))) else {
            continue;
        };
        let ends: &[&[char]] = &[
            &['维', '吾', '尔', '自', '治', '区'],
            &['壮', '族', '自', '治', '区'],
            &['回', '族', '自', '治', '区'],
            &['自', '治', '区'],
            &['省'],
            &['市'],
            &['县'],
            &['区'],
        ];
        let rest = text.get(length..).unwrap_or_default();
        let more = ends.iter().find(|end| rest.starts_with(end)).map_or(0, |end| end.len());
        return Some((*province, *city, length + more));
    }
    None
}

/// A district spelt out, or in a name a town: two characters or more and their kind.
fn district_at(text: &[char], is_address: bool) -> Option<usize> {
    let is_kind = |c: char| match c {
        '区' | '县' | '市' => true,
        // In an address the town and village are what tells one from another.
        '镇' | '乡' | '村' => !is_address,
        _ => false,
    };
    let at = text.iter().take(9).position(|c| is_kind(*c))?;
    let is_estate =
        text.get(at.wrapping_sub(1)).is_some_and(|c| matches!(c, '小' | '社' | '园' | '厂' | '矿' | '校'));
    (at >= 2 && !is_estate).then_some(at + 1)
}

/// The places at the beginning of a text and how many characters they take. `is_address`: as many as there are.
pub(super) fn region_at(text: &[char], is_address: bool) -> (Region, usize) {
    let mut region = Region::default();
    let mut at = 0;
    while let Some((province, city, length)) = place_at(text.get(at..).unwrap_or_default()) {
        let is_spelt_out = text.get(at + length - 1).is_some_and(|c| matches!(c, '省' | '市' | '县' | '区'));
        // After the first, a place without its kind may as well be a brand: 西安三原商贸.
        let fits = at == 0 || (is_spelt_out && (region.province == province || is_address));
        if !fits || (region.city != 0 && city == 0) {
            break;
        }
        region.province = province;
        if region.city != 0 {
            region.detail = hash('r', text.get(at..at + 2).unwrap_or_default());
        } else {
            region.city = city;
        }
        at += length;
    }
    while at > 0 || is_address {
        let rest = text.get(at..).unwrap_or_default();
        let Some(length) = district_at(rest, is_address) else { break };
        region.detail = hash('r', rest.get(..length - 1).unwrap_or_default());
        at += length;
        if !is_address {
            break;
        }
    }
    (region, at)
}

/// The place that a text in brackets is, if it is nothing else.
pub(super) fn region_of(text: &[char]) -> Option<Region> {
    let (province, city, length) = place_at(text)?;
    (length == text.len()).then_some(Region { province, city, ..Region::default() })
}
