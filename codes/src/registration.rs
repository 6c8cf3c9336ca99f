//! 注册号, GS15-2006: 15 characters, ISO 7064 MOD 11,10; cooperatives have `NA` after the authority and may end in `X`.

use std::fmt;

use crate::fault::Fault;
use crate::fold::{fold, only_character};
use crate::organisation::bytes;

/// A valid registration number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegistrationNumber([u8; 15]);

impl RegistrationNumber {
    /// Reads a number. Of a cooperative's (`NA`) only the form is checked: its check character follows no published rule.
    ///
    /// # Errors
    /// The first thing wrong.
    pub fn parse(text: &str) -> Result<RegistrationNumber, Fault> {
        let text = fold(text);
        let number = bytes::<15>(&text, "15")?;
        if let Some(found) = only_character(&text) {
            return Err(Fault::Placeholder { found });
        }
        if &number[6..8] == b"NA" {
            cooperative(&number)?;
            return Ok(RegistrationNumber(number));
        }
        let expected = check(&number)?;
        if number[14] != expected {
            return Err(Fault::Check { position: 15, found: number[14] as char, expected: expected as char });
        }
        Ok(RegistrationNumber(number))
    }

    /// Appends the check digit to 14 digits.
    ///
    /// # Errors
    /// When they are not 14 digits.
    pub fn compose(body: &str) -> Result<RegistrationNumber, Fault> {
        let body = bytes::<14>(body, "14")?;
        let mut number = [b'0'; 15];
        number[..14].copy_from_slice(&body);
        number[14] = check(&number)?;
        Ok(RegistrationNumber(number))
    }

    /// The 15 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

fn cooperative(number: &[u8; 15]) -> Result<(), Fault> {
    for (index, byte) in number.iter().enumerate() {
        let is_fine = byte.is_ascii_digit() || matches!(index, 6 | 7) || (index == 14 && *byte == b'X');
        if !is_fine {
            return Err(Fault::Character { position: index + 1, found: *byte as char, allowed: "0-9" });
        }
    }
    Ok(())
}

fn check(number: &[u8; 15]) -> Result<u8, Fault> {
    let mut product = 10;
    for (index, byte) in number[..14].iter().enumerate() {
        if !byte.is_ascii_digit() {
            return Err(Fault::Character { position: index + 1, found: *byte as char, allowed: "0-9" });
        }
        let sum = (product + u32::from(byte - b'0')) % 10;
        product = (if sum == 0 { 10 } else { sum }) * 2 % 11;
    }
    Ok(b'0' + ((11 - product) % 10) as u8)
}

impl fmt::Display for RegistrationNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for RegistrationNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RegistrationNumber({self})")
    }
}
