//! Text of statements into words.

use super::wire::SqlError;

/// A word of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// A name or a key word, as written.
    Name(String),
    /// `[name]`: never a key word.
    Quoted(String),
    /// `'…'`, `N'…'`.
    Text(String),
    /// Digits, perhaps with a point.
    Number(String),
    /// `0x…`.
    Bytes(Vec<u8>),
    /// `@P1`.
    Value(String),
    /// `(`, `>=`, ….
    Sign(&'static str),
}

const SIGNS: [&str; 15] = [">=", "<=", "<>", "(", ")", ",", ".", "=", "<", ">", "+", "-", "*", ";", "@@"];

/// The words of a statement.
pub(super) fn words(text: &str) -> Result<Vec<Word>, SqlError> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (word, after) = if let Some(after) = rest.strip_prefix("N'").or_else(|| rest.strip_prefix('\'')) {
            let (text, after) = until(after, '\'').ok_or_else(|| SqlError::syntax("'"))?;
            (Word::Text(text), after)
        } else if let Some(after) = rest.strip_prefix('[') {
            let (name, after) = until(after, ']').ok_or_else(|| SqlError::syntax("["))?;
            (Word::Quoted(name), after)
        } else if let Some(after) = rest.strip_prefix("0x") {
            let (digits, after) = split(after, |c| c.is_ascii_hexdigit());
            (Word::Bytes(hex(digits).ok_or_else(|| SqlError::syntax("0x"))?), after)
        } else if first.is_ascii_digit() {
            let (digits, after) = split(rest, |c| c.is_ascii_digit() || c == '.');
            (Word::Number(digits.to_owned()), after)
        } else if first == '@' && !rest.starts_with("@@") {
            let (name, after) = split(rest, |c| c.is_alphanumeric() || c == '@' || c == '_');
            (Word::Value(name.to_owned()), after)
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            (Word::Sign(sign), &rest[sign.len()..])
        } else if first.is_alphabetic() || first == '_' {
            let (name, after) = split(rest, |c| c.is_alphanumeric() || c == '_');
            (Word::Name(name.to_owned()), after)
        } else {
            return Err(SqlError::syntax(&first.to_string()));
        };
        words.push(word);
        rest = after.trim_start();
    }
    Ok(words)
}

fn split(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !belongs(c)).unwrap_or(text.len()))
}

/// Up to a closing sign; twice written, it is a character.
fn until(text: &str, close: char) -> Option<(String, &str)> {
    let mut found = String::new();
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if c != close {
            found.push(c);
        } else if chars.peek().is_some_and(|(_, next)| *next == close) {
            found.push(c);
            chars.next();
        } else {
            return Some((found, &text[at + close.len_utf8()..]));
        }
    }
    None
}

fn hex(digits: &str) -> Option<Vec<u8>> {
    let digits = if digits.len() % 2 == 1 { format!("0{digits}") } else { digits.to_owned() };
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok()).collect()
}
