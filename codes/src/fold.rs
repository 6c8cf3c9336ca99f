//! From dirty text to the characters an identifier is made of.

use std::borrow::Cow;

/// Full width to half width, lower case to upper case; blanks (U+3000 too), hyphens and invisible characters fall away.
#[must_use]
pub fn fold(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase()) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().filter_map(fold_character).collect())
}

fn fold_character(c: char) -> Option<char> {
    let c = match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        c => c,
    };
    match c {
        c if c.is_whitespace() => None,
        '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{200b}'..='\u{200f}' | '\u{feff}' | '\'' => None,
        c => Some(c.to_ascii_uppercase()),
    }
}

/// The single character a text of two or more consists of.
pub(crate) fn only_character(text: &str) -> Option<char> {
    let first = text.chars().next()?;
    (text.len() > 1 && text.chars().all(|c| c == first)).then_some(first)
}
