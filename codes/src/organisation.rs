//! 组织机构代码, GB 11714: eight characters and a check character.

use std::fmt;

use crate::fault::Fault;
use crate::fold::{fold, only_character};

/// A valid organisation code: nine characters without hyphen.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrganisationCode([u8; 9]);

const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

impl OrganisationCode {
    /// Reads a code, with or without hyphen.
    ///
    /// # Errors
    /// The first thing wrong.
    pub fn parse(text: &str) -> Result<OrganisationCode, Fault> {
        let text = fold(text);
        let code = bytes::<9>(&text, "9")?;
        if let Some(found) = only_character(&text) {
            return Err(Fault::Placeholder { found });
        }
        let expected = check(&code, 0)?;
        if code[8] != expected {
            return Err(Fault::Check { position: 9, found: code[8] as char, expected: expected as char });
        }
        Ok(OrganisationCode(code))
    }

    /// Appends the check character to eight characters.
    ///
    /// # Errors
    /// When they are not eight digits and capital letters.
    pub fn compose(body: &str) -> Result<OrganisationCode, Fault> {
        let body = bytes::<8>(body, "8")?;
        let mut code = [b'0'; 9];
        code[..8].copy_from_slice(&body);
        code[8] = check(&code, 0)?;
        Ok(OrganisationCode(code))
    }

    /// The nine characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// The check character over the first eight of `code`; `offset` is added to positions in faults.
pub(crate) fn check(code: &[u8], offset: usize) -> Result<u8, Fault> {
    let mut sum = 0;
    for (index, (byte, weight)) in code.iter().zip(WEIGHTS).enumerate() {
        let value = match byte {
            b'0'..=b'9' => byte - b'0',
            b'A'..=b'Z' => byte - b'A' + 10,
            _ => {
                return Err(Fault::Character {
                    position: offset + index + 1,
                    found: *byte as char,
                    allowed: "0-9 A-Z",
                });
            }
        };
        sum += u32::from(value) * weight;
    }
    Ok(match 11 - sum % 11 {
        10 => b'X',
        11 => b'0',
        digit => b'0' + digit as u8,
    })
}

/// Exactly `N` ASCII characters.
pub(crate) fn bytes<const N: usize>(text: &str, expected: &'static str) -> Result<[u8; N], Fault> {
    if text.is_empty() {
        return Err(Fault::Empty);
    }
    if let Ok(bytes) = <[u8; N]>::try_from(text.as_bytes())
        && text.is_ascii()
    {
        return Ok(bytes);
    }
    if text.chars().count() == N
        && let Some((index, found)) = text.chars().enumerate().find(|(_, c)| !c.is_ascii())
    {
        return Err(Fault::Character { position: index + 1, found, allowed: "0-9 A-Z" });
    }
    Err(Fault::Length { expected, found: text.chars().count() })
}

impl fmt::Display for OrganisationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for OrganisationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OrganisationCode({self})")
    }
}
