//! The unified social credit code of GB 32100: 18 characters, two check characters.

use std::fmt;

use crate::{
    Fault, OrganisationCode,
    clean::{Clean, ascii, refuse_placeholder, require, require_digits},
    organisation,
};

/// The characters of the code in order of value: letters that look like digits, and V, are left out.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// The same for people.
const ALLOWED: &str = "0-9 A-H J-N P-R T U W X Y";
/// Powers of 3 modulo 31.
const WEIGHTS: [u32; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
/// What a byte outside the alphabet is worth.
const NONE: u8 = 255;
/// The value of each byte.
const VALUES: [u8; 256] = values();

const fn values() -> [u8; 256] {
    let mut values = [NONE; 256];
    let mut value = 0;
    while value < ALPHABET.len() {
        values[ALPHABET[value] as usize] = value as u8;
        value += 1;
    }
    values
}

/// A unified social credit code (统一社会信用代码) with both check characters right.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uscc([u8; 18]);

/// Whom a code was given to, by its first two characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Category {
    /// `91`: an enterprise.
    Enterprise,
    /// `92`: an individual business (个体工商户).
    IndividualBusiness,
    /// `93`: a farmers' cooperative.
    Cooperative,
    /// Anybody else, registered by another body.
    Other {
        /// The registering body, as `1` for the establishment office, `5` for civil affairs.
        registrar: char,
        /// What kind of organisation, within that body.
        kind: char,
    },
}

impl Category {
    /// Whether it is a market subject.
    #[must_use]
    pub fn is_market_subject(self) -> bool {
        match self {
            Category::Enterprise | Category::IndividualBusiness | Category::Cooperative => true,
            Category::Other { .. } => false,
        }
    }
}

impl Uscc {
    /// Reads a code.
    ///
    /// # Errors
    /// The first fault; if only one of the two check characters disagrees, that one.
    pub fn parse(text: &str) -> Result<Uscc, Fault> {
        if let Ok(bytes) = <[u8; 18]>::try_from(text.as_bytes())
            && is_valid(&bytes)
        {
            return Ok(Uscc(bytes));
        }
        Uscc::explained(text)
    }

    /// What the fast way refuses: put right, and looked at again.
    #[cold]
    fn explained(text: &str) -> Result<Uscc, Fault> {
        let bytes: [u8; 18] = Clean::new(text).exactly("18", ALLOWED)?;
        let [r, k, r1, r2, r3, r4, r5, r6, o1, o2, o3, o4, o5, o6, o7, o8, found17, found18] = bytes;
        let in_alphabet = |byte: &u8| value(*byte) != NONE;
        require(&[r, k], 1, ALLOWED, in_alphabet)?;
        require_digits(&[r1, r2, r3, r4, r5, r6], 3)?;
        let eight = [o1, o2, o3, o4, o5, o6, o7, o8];
        require(&eight, 9, ALLOWED, in_alphabet)?;
        require(&[found17], 17, "0-9 X", |byte| byte.is_ascii_digit() || *byte == b'X')?;
        require(&[found18], 18, ALLOWED, in_alphabet)?;
        refuse_placeholder(&bytes)?;

        let (expected17, expected18) = (organisation::check(&eight), check(&bytes));
        let pair = |found: u8, expected: u8| (char::from(found), char::from(expected));
        let ((found17, expected17), (found18, expected18)) =
            (pair(found17, expected17), pair(found18, expected18));
        let mut with_other17 = bytes;
        with_other17[16] = u8::try_from(expected17).unwrap_or_default();
        let is_slip_at_17 = char::from(check(&with_other17)) == found18;
        match (found17 == expected17, found18 == expected18) {
            (true, true) => Ok(Uscc(bytes)),
            (true, false) => Err(Fault::Check { position: 18, found: found18, expected: expected18 }),
            (false, is_right18) if is_right18 || is_slip_at_17 => {
                Err(Fault::OrganisationCheck { position: 17, found: found17, expected: expected17 })
            }
            (false, _) => Err(Fault::BothChecks {
                seventeenth: (found17, expected17),
                eighteenth: (found18, expected18),
            }),
        }
    }

    /// The code of 17 characters (registrar and kind, region, organisation code), with its check character computed.
    ///
    /// # Errors
    /// If they cannot be the beginning of a code.
    pub fn compose(seventeen: &str) -> Result<Uscc, Fault> {
        let seventeen: [u8; 17] = Clean::new(seventeen).exactly("17", ALLOWED)?;
        let mut bytes = [b'0'; 18];
        for (place, byte) in bytes.iter_mut().zip(seventeen) {
            *place = byte;
        }
        bytes[17] = check(&bytes);
        Uscc::parse(ascii(&bytes))
    }

    /// The 18 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        ascii(&self.0)
    }

    /// Whom it was given to.
    #[must_use]
    pub fn category(&self) -> Category {
        let [registrar, kind, ..] = self.0;
        match (registrar, kind) {
            (b'9', b'1') => Category::Enterprise,
            (b'9', b'2') => Category::IndividualBusiness,
            (b'9', b'3') => Category::Cooperative,
            _ => Category::Other { registrar: char::from(registrar), kind: char::from(kind) },
        }
    }

    /// The six digits of the region where it was registered first (a zone's own code, where it has one).
    #[must_use]
    pub fn region(&self) -> &str {
        self.as_str().get(2..8).unwrap_or_default()
    }

    /// The organisation code inside, positions 9 to 17.
    #[must_use]
    pub fn organisation_code(&self) -> OrganisationCode {
        let [_, _, _, _, _, _, _, _, code @ .., _] = self.0;
        OrganisationCode::of_checked(code)
    }
}

/// Whether all is right; one pass, nothing explained.
fn is_valid(bytes: &[u8; 18]) -> bool {
    let [_, _, region @ .., _, _, _, _, _, _, _, _, _, _] = bytes;
    let [_, _, _, _, _, _, _, _, eight @ .., check17, check18] = bytes;
    bytes.iter().all(|byte| value(*byte) != NONE)
        && region.iter().all(u8::is_ascii_digit)
        && *check18 == check(bytes)
        && *check17 == organisation::check(eight)
        && bytes.iter().any(|byte| *byte != *check18)
}

/// The check character of the first 17.
fn check(bytes: &[u8; 18]) -> u8 {
    let sum: u32 = bytes.iter().zip(WEIGHTS).map(|(byte, weight)| u32::from(value(*byte)) * weight).sum();
    let value = (31 - sum % 31) % 31;
    ALPHABET.get(value as usize).copied().unwrap_or_default()
}

fn value(byte: u8) -> u8 {
    VALUES[usize::from(byte)]
}

impl fmt::Display for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Uscc({self})")
    }
}

impl std::str::FromStr for Uscc {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Uscc, Fault> {
        Uscc::parse(text)
    }
}
