//! 统一社会信用代码, GB 32100: 18 characters with two check characters, the organisation code's own at 17 and its own at 18.

use std::fmt;

use crate::fault::Fault;
use crate::fold::{fold, only_character};
use crate::organisation::{self, OrganisationCode, bytes};

/// A valid credit code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uscc([u8; 18]);

/// What the first two characters say of a subject that the market regulator registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Category {
    /// `91`.
    Enterprise,
    /// `92`.
    IndividualBusiness,
    /// `93`.
    Cooperative,
    /// Registered by another authority.
    Other,
}

const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
const WEIGHTS: [u32; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
/// Value of an ASCII character in the alphabet; 255 for what may not occur.
const VALUES: [u8; 128] = {
    let mut values = [255; 128];
    let mut index = 0;
    while index < 31 {
        values[ALPHABET[index] as usize] = index as u8;
        index += 1;
    }
    values
};

impl Uscc {
    /// Reads a code.
    ///
    /// # Errors
    /// The first thing wrong.
    pub fn parse(text: &str) -> Result<Uscc, Fault> {
        let text = fold(text);
        let code = bytes::<18>(&text, "18")?;
        if let Some(found) = only_character(&text) {
            return Err(Fault::Placeholder { found });
        }
        digits(&code)?;
        let expected18 = check(&code)?;
        let expected17 = organisation::check(&code[8..], 8)?;
        let (found17, found18) = (code[16] as char, code[17] as char);
        match (code[16] == expected17, code[17] == expected18) {
            (true, true) => Ok(Uscc(code)),
            (true, false) => Err(Fault::Check { position: 18, found: found18, expected: expected18 as char }),
            (false, true) => {
                Err(Fault::InnerCheck { position: 17, found: found17, expected: expected17 as char })
            }
            (false, false) => Err(Fault::BothChecks {
                found17,
                expected17: expected17 as char,
                found18,
                expected18: expected18 as char,
            }),
        }
    }

    /// Appends the check character to 17 characters, which end in a valid organisation code.
    ///
    /// # Errors
    /// When they do not, or a character may not stand there.
    pub fn compose(body: &str) -> Result<Uscc, Fault> {
        let body = bytes::<17>(body, "17")?;
        let mut code = [b'0'; 18];
        code[..17].copy_from_slice(&body);
        code[17] = check(&code)?;
        Uscc::parse(&String::from_utf8_lossy(&code))
    }

    /// The 18 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Its characters 9 to 17.
    #[must_use]
    pub fn organisation_code(&self) -> &str {
        std::str::from_utf8(&self.0[8..17]).unwrap_or_default()
    }

    /// The same as a code of its own.
    ///
    /// # Errors
    /// Never for a valid credit code; the standard's two alphabets differ, so the type says so.
    pub fn organisation(&self) -> Result<OrganisationCode, Fault> {
        OrganisationCode::parse(self.organisation_code())
    }

    /// The six digits of the registering authority's district.
    #[must_use]
    pub fn district(&self) -> &str {
        std::str::from_utf8(&self.0[2..8]).unwrap_or_default()
    }

    /// What kind of subject it is.
    #[must_use]
    pub fn category(&self) -> Category {
        match &self.0[..2] {
            b"91" => Category::Enterprise,
            b"92" => Category::IndividualBusiness,
            b"93" => Category::Cooperative,
            _ => Category::Other,
        }
    }
}

/// Positions 3 to 8 are digits.
fn digits(code: &[u8; 18]) -> Result<(), Fault> {
    match code[2..8].iter().position(|byte| !byte.is_ascii_digit()) {
        None => Ok(()),
        Some(index) => {
            Err(Fault::Character { position: index + 3, found: code[index + 2] as char, allowed: "0-9" })
        }
    }
}

/// The check character over the first 17.
fn check(code: &[u8; 18]) -> Result<u8, Fault> {
    let mut sum = 0;
    for (index, (byte, weight)) in code.iter().zip(WEIGHTS).enumerate() {
        let value = VALUES.get(usize::from(*byte)).copied().unwrap_or(255);
        if value == 255 {
            return Err(character(index, *byte));
        }
        sum += u32::from(value) * weight;
    }
    if VALUES.get(usize::from(code[17])).copied().unwrap_or(255) == 255 {
        return Err(character(17, code[17]));
    }
    Ok(ALPHABET[((31 - sum % 31) % 31) as usize])
}

fn character(index: usize, byte: u8) -> Fault {
    Fault::Character { position: index + 1, found: byte as char, allowed: "0-9 A-H J-N P Q R T U W X Y" }
}

impl fmt::Display for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Uscc({self})")
    }
}
