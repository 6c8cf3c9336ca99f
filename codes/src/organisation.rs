//! The organisation code of GB 11714: eight characters and a check character.

use std::fmt;

use crate::{
    Fault,
    clean::{Clean, ascii, refuse_placeholder, require},
};

/// Weights of the eight characters.
const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
/// What an organisation code is written with.
const ALLOWED: &str = "0-9 A-Z";

/// An organisation code (组织机构代码) with the right check character. Written without its hyphen.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrganisationCode([u8; 9]);

impl OrganisationCode {
    /// Reads `M000100Y-4`, with or without the hyphen.
    ///
    /// # Errors
    /// The first fault.
    pub fn parse(text: &str) -> Result<OrganisationCode, Fault> {
        OrganisationCode::from_bytes(&Clean::new(text).exactly("9", ALLOWED)?)
    }

    /// The code of eight characters, with its check character computed.
    ///
    /// # Errors
    /// If they are not eight digits and letters.
    pub fn compose(eight: &str) -> Result<OrganisationCode, Fault> {
        let eight: [u8; 8] = Clean::new(eight).exactly("8", ALLOWED)?;
        require(&eight, 1, ALLOWED, u8::is_ascii_alphanumeric)?;
        let mut code = [b'0'; 9];
        for (place, byte) in code.iter_mut().zip(eight.into_iter().chain([check(&eight)])) {
            *place = byte;
        }
        OrganisationCode::from_bytes(&code)
    }

    pub(crate) fn from_bytes(bytes: &[u8; 9]) -> Result<OrganisationCode, Fault> {
        let [body @ .., last] = bytes;
        require(body, 1, ALLOWED, u8::is_ascii_alphanumeric)?;
        require(&[*last], 9, "0-9 X", |byte| byte.is_ascii_digit() || *byte == b'X')?;
        refuse_placeholder(bytes)?;
        let expected = check(body);
        if *last != expected {
            return Err(Fault::OrganisationCheck {
                position: 9,
                found: char::from(*last),
                expected: char::from(expected),
            });
        }
        Ok(OrganisationCode(*bytes))
    }

    /// Bytes that were checked as part of a credit code.
    pub(crate) fn of_checked(bytes: [u8; 9]) -> OrganisationCode {
        OrganisationCode(bytes)
    }

    /// The nine characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        ascii(&self.0)
    }

    /// As on certificates: `M000100Y-4`.
    #[must_use]
    pub fn hyphenated(&self) -> String {
        let (body, check) = self.as_str().split_at(8);
        format!("{body}-{check}")
    }
}

/// The check character of eight digits and letters.
pub(crate) fn check(body: &[u8; 8]) -> u8 {
    let sum: u32 = body.iter().zip(WEIGHTS).map(|(byte, weight)| value(*byte) * weight).sum();
    match 11 - sum % 11 {
        10 => b'X',
        11 => b'0',
        digit => b'0' + digit as u8, // 1 to 9.
    }
}

/// Digits as they are, A = 10 to Z = 35 without gaps.
fn value(byte: u8) -> u32 {
    match byte {
        b'A'..=b'Z' => u32::from(byte - b'A') + 10,
        _ => u32::from(byte.wrapping_sub(b'0')),
    }
}

impl fmt::Display for OrganisationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for OrganisationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OrganisationCode({self})")
    }
}

impl std::str::FromStr for OrganisationCode {
    type Err = Fault;

    fn from_str(text: &str) -> Result<OrganisationCode, Fault> {
        OrganisationCode::parse(text)
    }
}
