//! One character for all the ways it is written: half-width, upper case, simplified.

use std::collections::HashMap;
use std::sync::OnceLock;

use unicode_normalization::UnicodeNormalization;

const PAIRS: &str = include_str!("data/simplified.txt");

/// Stands in the table for a character that becomes several.
const SEVERAL: u16 = 0xffff;

struct Table {
    /// By code point, for the basic plane.
    basic: Vec<u16>,
    /// The few that need more.
    beyond: HashMap<char, char>,
}

impl Table {
    /// What one character of several becomes.
    fn one(&self, c: char) -> char {
        match self.basic.get(u32::from(c) as usize) {
            Some(&narrow) if narrow != SEVERAL => char::from_u32(narrow.into()).unwrap_or(c),
            _ => self.beyond.get(&c).copied().unwrap_or(c),
        }
    }
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(build)
}

fn build() -> Table {
    let mut simple: HashMap<char, char> = HashMap::with_capacity(4_000);
    for pair in PAIRS.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace) {
        let mut chars = pair.chars();
        if let (Some(from), Some(to)) = (chars.next(), chars.next()) {
            simple.insert(from, to);
        }
    }
    let simplified = |c: char| {
        let c = simple.get(&c).copied().unwrap_or(c);
        c.to_ascii_uppercase()
    };
    let mut basic = vec![0_u16; 0x1_0000];
    let mut beyond = HashMap::new();
    for (code, place) in basic.iter_mut().enumerate() {
        let Some(c) = u32::try_from(code).ok().and_then(char::from_u32) else { continue };
        let mut normal = std::iter::once(c).nfkc();
        let one = match (normal.next(), normal.next()) {
            (Some(one), None) => simplified(one),
            _ => {
                *place = SEVERAL;
                continue;
            }
        };
        match u16::try_from(u32::from(one)) {
            Ok(narrow) => *place = narrow,
            Err(_) => {
                *place = SEVERAL;
                beyond.insert(c, one);
            }
        }
    }
    for (from, to) in simple.iter().filter(|(from, _)| u32::from(**from) > 0xffff) {
        beyond.insert(*from, *to);
    }
    Table { basic, beyond }
}

/// Folds every character and hands it on. Folding what was folded changes nothing.
pub(super) fn fold(text: &str, mut put: impl FnMut(char)) {
    let table = table();
    for c in text.chars() {
        match table.basic.get(u32::from(c) as usize) {
            Some(&narrow) if narrow != SEVERAL => put(char::from_u32(narrow.into()).unwrap_or(c)),
            _ => match table.beyond.get(&c) {
                Some(one) => put(*one),
                None => std::iter::once(c).nfkc().for_each(|c| put(table.one(c))),
            },
        }
    }
}

/// The folded text without anything but letters and digits.
pub(super) fn letters(text: &str) -> Vec<char> {
    let mut folded = Vec::with_capacity(text.len() / 2);
    fold(text, |c| {
        if c.is_alphanumeric() {
            folded.push(c);
        }
    });
    folded
}
