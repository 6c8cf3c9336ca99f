//! Text as departments write it, put right before it is judged.

use crate::Fault;

/// The longest identifier that is looked at.
const MAX: usize = 32;

/// Characters that remain, upper case and half-width.
pub(crate) struct Clean {
    bytes: [u8; MAX],
    n_chars: usize,
    /// The first character that is not ASCII, with its position from 1.
    odd: Option<(usize, char)>,
}

impl Clean {
    pub(crate) fn new(text: &str) -> Clean {
        let mut clean = Clean { bytes: [b' '; MAX], n_chars: 0, odd: None };
        for c in text.chars().filter_map(folded) {
            match u8::try_from(c).ok().filter(u8::is_ascii) {
                Some(byte) => {
                    if let Some(place) = clean.bytes.get_mut(clean.n_chars) {
                        *place = byte;
                    }
                }
                None => clean.odd = clean.odd.or(Some((clean.n_chars + 1, c))),
            }
            clean.n_chars += 1;
        }
        clean
    }

    /// How many characters remain.
    pub(crate) fn len(&self) -> usize {
        self.n_chars
    }

    /// What remains, if it has exactly `N` characters, all ASCII.
    pub(crate) fn exactly<const N: usize>(
        &self,
        expected: &'static str,
        allowed: &'static str,
    ) -> Result<[u8; N], Fault> {
        if self.n_chars != N && self.n_chars != 0 {
            return Err(Fault::Length { expected, found: self.n_chars });
        }
        self.bytes(allowed)?.try_into().map_err(|_| Fault::Empty)
    }

    /// What remains, if it is not empty and all ASCII.
    pub(crate) fn bytes(&self, allowed: &'static str) -> Result<&[u8], Fault> {
        if self.n_chars == 0 {
            return Err(Fault::Empty);
        }
        if let Some((position, found)) = self.odd {
            return Err(Fault::Character { position, found, allowed });
        }
        let bytes = self.bytes.get(..self.n_chars);
        bytes.ok_or(Fault::Length { expected: "1–32", found: self.n_chars })
    }
}

/// The text put right: half-width, upper case, without blanks, hyphens, marks of width zero and control characters.
///
/// What `parse` of every identifier does first; useful to show or to compare a text that is no valid identifier.
#[must_use]
pub fn cleaned(text: &str) -> String {
    text.chars().filter_map(folded).collect()
}

/// A number of somebody's own, as a licence's or a file's: half-width, upper case, without blanks. Hyphens stay, for
/// `A-7` and `A7` may be two things where it was given.
#[must_use]
pub fn folded_number(text: &str) -> String {
    let seen = text.chars().map(half_width).filter(|c| !c.is_whitespace() && !c.is_control());
    seen.filter(|c| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'))
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

pub(crate) fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// The half-width upper-case form of a character; `None` for what is only in the way.
fn folded(c: char) -> Option<char> {
    let c = half_width(c);
    let is_in_the_way = c.is_whitespace()
        || c.is_control()
        || matches!(
            c,
            '-' | '\'' | '`' | '\u{ad}' | '\u{b7}' | '\u{fe58}' | '\u{fe63}' | '\u{2212}' | '\u{feff}'
        )
        || matches!(c, '\u{2010}'..='\u{2019}' | '\u{200b}'..='\u{200f}' | '\u{2060}');
    (!is_in_the_way).then(|| c.to_ascii_uppercase())
}

/// Reports a text that is one character over and over, as `000000000000000000`: such texts fit some check digits.
pub(crate) fn refuse_placeholder(bytes: &[u8]) -> Result<(), Fault> {
    match bytes {
        [first, rest @ ..] if rest.iter().all(|byte| byte == first) => {
            Err(Fault::Placeholder { found: char::from(*first) })
        }
        _ => Ok(()),
    }
}

/// Reports the first byte from `first_position` on that is no digit.
pub(crate) fn require_digits(bytes: &[u8], first_position: usize) -> Result<(), Fault> {
    require(bytes, first_position, "0-9", u8::is_ascii_digit)
}

/// Reports the first byte from `first_position` on that may not stand there.
pub(crate) fn require(
    bytes: &[u8],
    first_position: usize,
    allowed: &'static str,
    may_stand: impl Fn(&u8) -> bool,
) -> Result<(), Fault> {
    let Some(at) = bytes.iter().position(|byte| !may_stand(byte)) else { return Ok(()) };
    let found = bytes.get(at).copied().map_or(' ', char::from);
    let position = first_position + at;
    // Letters that are read for digits, as a scanner or a typist does.
    let expected = match found {
        'O' => Some('0'),
        'I' => Some('1'),
        'S' => Some('5'),
        'Z' => Some('2'),
        _ => None,
    };
    Err(match expected {
        Some(expected) => Fault::Lookalike { position, found, expected },
        None => Fault::Character { position, found, allowed },
    })
}

/// Text of bytes that are known to be ASCII.
pub(crate) fn ascii(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}
