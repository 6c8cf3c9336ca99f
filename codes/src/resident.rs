//! The ID number of a natural person, GB 11643: 18 characters, and the 15 digits of before 1999.
//!
//! Invariant: the number leaves only through [`ResidentId::expose`]; it is printed masked.

use std::fmt;

use crate::{
    Fault,
    clean::{Clean, ascii, require, require_digits},
};

/// Weights of the first 17 digits.
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// Check characters by the weighted sum modulo 11.
const CHECKS: &[u8; 11] = b"10X98765432";

/// An ID number (公民身份号码) of 18 characters with a day of birth that exists and the right check character.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResidentId([u8; 18]);

/// A day of birth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BirthDate {
    /// Year, 1800 to 2199.
    pub year: u16,
    /// Month, 1 to 12.
    pub month: u8,
    /// Day of the month, 1 to 31.
    pub day: u8,
}

impl ResidentId {
    /// Reads a number of 18 characters, or of 15 digits (born in the twentieth century), which is given 18.
    ///
    /// # Errors
    /// The first fault.
    pub fn parse(text: &str) -> Result<ResidentId, Fault> {
        let clean = Clean::new(text);
        if clean.len() == 15 {
            let [r1, r2, r3, r4, r5, r6, rest @ ..] = clean.exactly::<15>("15 / 18", "0-9")?;
            require_digits(&[r1, r2, r3, r4, r5, r6], 1)?;
            require_digits(&rest, 7)?;
            let mut bytes = [b'0'; 18];
            let digits = [r1, r2, r3, r4, r5, r6, b'1', b'9'].into_iter().chain(rest);
            for (place, digit) in bytes.iter_mut().zip(digits) {
                *place = digit;
            }
            bytes[17] = check(&bytes);
            return ResidentId::from_bytes(bytes);
        }
        ResidentId::from_bytes(clean.exactly("15 / 18", "0-9 X")?)
    }

    fn from_bytes(bytes: [u8; 18]) -> Result<ResidentId, Fault> {
        let [digits @ .., last] = &bytes;
        require(&bytes[..1], 1, "1-9", |byte| matches!(byte, b'1'..=b'9'))?;
        require_digits(digits, 1)?;
        require(&[*last], 18, "0-9 X", |byte| byte.is_ascii_digit() || *byte == b'X')?;
        let id = ResidentId(bytes);
        if !id.birth_date().exists() {
            return Err(Fault::Date { position: 7 });
        }
        let expected = check(&bytes);
        if *last != expected {
            return Err(Fault::Check {
                position: 18,
                found: char::from(*last),
                expected: char::from(expected),
            });
        }
        Ok(id)
    }

    /// The number of a region's six digits, a day of birth and a sequence of 0 to 999 (odd: male).
    ///
    /// # Errors
    /// If these make no number.
    pub fn compose(region: &str, birth_date: BirthDate, sequence: u16) -> Result<ResidentId, Fault> {
        let BirthDate { year, month, day } = birth_date;
        let seventeen = format!("{region}{year:04}{month:02}{day:02}{sequence:03}");
        let seventeen: [u8; 17] = Clean::new(&seventeen).exactly("17", "0-9")?;
        let mut bytes = [b'0'; 18];
        for (place, byte) in bytes.iter_mut().zip(seventeen) {
            *place = byte;
        }
        bytes[17] = check(&bytes);
        ResidentId::from_bytes(bytes)
    }

    /// The 18 characters in clear. For hashing, and for who may see them.
    #[must_use]
    pub fn expose(&self) -> &str {
        ascii(&self.0)
    }

    /// The 15 digits of before 1999, in clear, for those born in the twentieth century.
    #[must_use]
    pub fn expose_old_form(&self) -> Option<String> {
        let (region, rest) = self.expose().split_at(6);
        Some(format!("{region}{}", rest.strip_prefix("19")?.get(..9)?))
    }

    /// The first three and the last four characters: `610***********002X`.
    #[must_use]
    pub fn masked(&self) -> String {
        let text = self.expose();
        format!("{}***********{}", text.get(..3).unwrap_or_default(), text.get(14..).unwrap_or_default())
    }

    /// The day of birth.
    #[must_use]
    pub fn birth_date(&self) -> BirthDate {
        let [_, _, _, _, _, _, y1, y2, y3, y4, m1, m2, d1, d2, ..] = self.0.map(|b| b.wrapping_sub(b'0'));
        let two = |tens: u8, ones: u8| tens.wrapping_mul(10).wrapping_add(ones);
        let year = u16::from(two(y1, y2)) * 100 + u16::from(two(y3, y4));
        BirthDate { year, month: two(m1, m2), day: two(d1, d2) }
    }

    /// Whether the sequence is odd.
    #[must_use]
    pub fn is_male(&self) -> bool {
        self.0[16] % 2 == 1
    }

    /// The six digits of the region where it was given.
    #[must_use]
    pub fn region(&self) -> &str {
        self.expose().get(..6).unwrap_or_default()
    }
}

impl BirthDate {
    /// Whether it is a day of the calendar within the years that ID numbers can mean.
    fn exists(self) -> bool {
        let is_leap =
            self.year.is_multiple_of(4) && (!self.year.is_multiple_of(100) || self.year.is_multiple_of(400));
        let last = match self.month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 => 28 + u8::from(is_leap),
            _ => 0,
        };
        (1800..2200).contains(&self.year) && (1..=last).contains(&self.day)
    }
}

/// The check character of the first 17, ISO 7064 MOD 11-2.
fn check(bytes: &[u8; 18]) -> u8 {
    let sum: u32 =
        bytes.iter().zip(WEIGHTS).map(|(byte, weight)| u32::from(byte.wrapping_sub(b'0')) * weight).sum();
    CHECKS.get(sum as usize % 11).copied().unwrap_or_default()
}

impl fmt::Debug for ResidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ResidentId({})", self.masked())
    }
}

impl std::str::FromStr for ResidentId {
    type Err = Fault;

    fn from_str(text: &str) -> Result<ResidentId, Fault> {
        ResidentId::parse(text)
    }
}
