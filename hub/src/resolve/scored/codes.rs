//! A credit code as written: valid, or damaged and then compared sign by sign.

use ::codes::Uscc;

/// A credit code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Code {
    /// Letters and digits, lookalikes put right.
    pub(super) signs: Box<[char]>,
    /// Whether both check characters hold.
    pub(super) is_valid: bool,
}

/// The code, if the text is about as long as one.
pub(super) fn code_of(text: &str) -> Option<Code> {
    let cleaned = ::codes::cleaned(text);
    let signs: Box<[char]> = cleaned
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| match c {
            'O' => '0',
            'I' => '1',
            'S' => '5',
            'Z' => '2',
            other => other,
        })
        .collect();
    let n_kinds = signs.iter().collect::<std::collections::BTreeSet<_>>().len();
    if !(16..=20).contains(&signs.len()) || n_kinds < 4 {
        return None;
    }
    let text: String = signs.iter().collect();
    Some(Code { is_valid: Uscc::parse(&text).is_ok(), signs })
}
