//! Telephone numbers and addresses.

use messages::Message;

use super::cell::{fold, is_blank, short, trim};

/// A telephone number: digits, `-` between area, number and extension, several joined by `;`.
pub(super) fn phone(text: &str) -> Result<String, Message> {
    let bad = || Message::new("TJ-D014").with("found", short(text));
    if text.len() == 11 && text.starts_with('1') && text.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(text.to_owned());
    }
    let mut out = String::with_capacity(text.len());
    for one in fold(text).split([';', ',', '、', '/', '，', '；']) {
        let one = one_phone(one).ok_or_else(bad)?;
        if one.is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push(';');
        }
        out.push_str(&one);
    }
    if out.is_empty() { Err(bad()) } else { Ok(out) }
}

/// Words before an extension, longest first.
const EXTENSIONS: [&str; 8] = ["分机", "转", "ext.", "ext", "EXT", "Ext.", "x", "#"];

fn one_phone(text: &str) -> Option<String> {
    let has_words = text.bytes().any(|b| !matches!(b, b'0'..=b'9' | b'-' | b'+' | b' ' | b'*' | b'(' | b')'));
    let words: &[&str] = if has_words { &EXTENSIONS } else { &[] };
    let text = words.iter().fold(text.to_owned(), |text, word| text.replace(word, "-"));
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '0'..='9' | '*' => out.push(c),
            '+' if out.is_empty() => out.push('+'),
            '-' | '－' | '—' | '–' | '(' | ')' | '.' | '_' if !out.is_empty() && !out.ends_with('-') => {
                out.push('-')
            }
            '-' | '－' | '—' | '–' | '(' | ')' | '.' | '_' => {}
            blank if is_blank(blank) => {}
            _ => return None,
        }
    }
    let trimmed = out.trim_end_matches('-');
    if trimmed.is_empty() {
        return Some(String::new());
    }
    let home = ["+86-", "+86", "0086-", "0086", "86-"].iter().find_map(|prefix| trimmed.strip_prefix(prefix));
    let number = home.filter(|rest| is_domestic(rest)).unwrap_or(trimmed);
    let n_digits = number.bytes().filter(|b| b.is_ascii_digit() || *b == b'*').count();
    (5..=26).contains(&n_digits).then(|| number.to_owned())
}

/// A mobile number, or one with an area code.
fn is_domestic(text: &str) -> bool {
    let n_digits = text.bytes().filter(u8::is_ascii_digit).count();
    (text.starts_with('1') && n_digits == 11) || (text.starts_with('0') && (10..=16).contains(&n_digits))
}

/// An address: half-width letters, digits and marks, single blanks.
pub(super) fn address(text: &str) -> String {
    let folded = fold(text);
    let mut out = String::with_capacity(folded.len());
    for c in trim(&folded).chars() {
        if !is_blank(c) {
            out.push(c);
        } else if !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out
}
