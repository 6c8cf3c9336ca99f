//! Telephones and names of representatives, without what stands there for nothing.

use super::fold::{fold, letters};
use super::name::is_placeholder;

/// The digits of the first telephone: without country and area, without extension; `None` for a placeholder.
pub(super) fn phone_of(text: &str) -> Option<Box<str>> {
    let mut digits = String::with_capacity(text.len());
    let mut is_over = false;
    fold(text, |c| match c {
        _ if is_over => {}
        '0'..='9' => digits.push(c),
        '-' | '+' | ' ' | '(' | ')' | '—' | '–' | '_' | '.' => {}
        // A second number, an extension, a remark.
        _ => is_over = digits.len() >= 7,
    });
    let mut number = digits.as_str();
    if number.len() >= 12 {
        number = number.strip_prefix("0086").or_else(|| number.strip_prefix("86")).unwrap_or(number);
    }
    if number.starts_with('0') && number.len() >= 10 {
        let area = if number.starts_with("01") || number.starts_with("02") { 3 } else { 4 };
        number = number.get(area..)?;
        // An extension written right behind.
        number = number.get(..8).unwrap_or(number);
    } else if number.starts_with('1') && number.len() > 11 {
        number = number.get(..11)?;
    }
    let is_run = |text: &str| {
        let step = |two: &[u8]| matches!(two, [a, b] if *b == a.wrapping_add(1));
        text.as_bytes().windows(2).all(step)
    };
    let n_kinds = number.bytes().collect::<std::collections::BTreeSet<u8>>().len();
    let is_nothing = number.len() < 7 || n_kinds <= 2 && number.len() >= 11 || n_kinds == 1 || is_run(number);
    (!is_nothing && number != "13800138000").then(|| number.into())
}

/// The name of a representative; `None` for a placeholder, a masked name, a single character.
pub(super) fn representative_of(text: &str) -> Option<Box<[char]>> {
    if text.contains(['*', '＊', '某', '?', '？']) {
        return None;
    }
    let name = letters(text);
    ((2..=30).contains(&name.len()) && !is_placeholder(&name)).then(|| name.into())
}
