//! 公民身份号码, GB 11643: 18 characters; of 15 digits before 1999.

use std::fmt;

use crate::fault::Fault;
use crate::fold::{fold, only_character};
use crate::organisation::bytes;

/// A valid ID number of 18 characters. Neither `Debug` nor `Display` shows it whole.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResidentId([u8; 18]);

/// A day of birth as the number says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BirthDate {
    /// Four digits.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
}

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

impl ResidentId {
    /// Reads a number of 18 characters, or of 15 digits, which gets its century (`19`) and check character.
    ///
    /// # Errors
    /// The first thing wrong.
    pub fn parse(text: &str) -> Result<ResidentId, Fault> {
        let text = fold(text);
        if let Some(found) = only_character(&text) {
            return Err(Fault::Placeholder { found });
        }
        if text.chars().count() == 15 {
            let short = bytes::<15>(&text, "15 or 18")?;
            let mut id = [b'0'; 18];
            id[..6].copy_from_slice(&short[..6]);
            id[6..8].copy_from_slice(b"19");
            id[8..17].copy_from_slice(&short[6..]);
            id[17] = check(&id)?;
            birth(&id).map_err(|fault| shifted(fault, 7))?;
            return Ok(ResidentId(id));
        }
        let id = bytes::<18>(&text, "15 or 18")?;
        let expected = check(&id)?;
        birth(&id)?;
        if id[17] != expected {
            return Err(Fault::Check { position: 18, found: id[17] as char, expected: expected as char });
        }
        Ok(ResidentId(id))
    }

    /// The number itself. For hashing and comparing only: it must not be shown, logged or stored.
    #[must_use]
    pub fn reveal(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Region and the last character: `610***********002X` shows the first three and the last four.
    #[must_use]
    pub fn masked(&self) -> String {
        let text = self.reveal();
        format!("{}***********{}", &text[..3], &text[14..])
    }

    /// The day of birth.
    #[must_use]
    pub fn birth_date(&self) -> BirthDate {
        birth(&self.0).unwrap_or(BirthDate { year: 1900, month: 1, day: 1 })
    }

    /// Whether the sequence number is odd.
    #[must_use]
    pub fn is_male(&self) -> bool {
        self.0[16] % 2 == 1
    }
}

fn check(id: &[u8; 18]) -> Result<u8, Fault> {
    let mut sum = 0;
    for (index, (byte, weight)) in id.iter().zip(WEIGHTS).enumerate() {
        if !byte.is_ascii_digit() {
            return Err(Fault::Character { position: index + 1, found: *byte as char, allowed: "0-9" });
        }
        sum += u32::from(byte - b'0') * weight;
    }
    if !(id[17].is_ascii_digit() || id[17] == b'X') {
        return Err(Fault::Character { position: 18, found: id[17] as char, allowed: "0-9 X" });
    }
    Ok(b"10X98765432"[(sum % 11) as usize])
}

fn birth(id: &[u8; 18]) -> Result<BirthDate, Fault> {
    let number =
        |range: std::ops::Range<usize>| id[range].iter().fold(0, |n, d| n * 10 + u16::from(d - b'0'));
    let (year, month, day) = (number(6..10), number(10..12), number(12..14));
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        _ => 0,
    };
    if !(1800..=2100).contains(&year) || day == 0 || day > days {
        let found = String::from_utf8_lossy(&id[6..14]).into_owned();
        return Err(Fault::Date { position: 7, found });
    }
    Ok(BirthDate { year, month: month as u8, day: day as u8 })
}

/// A date of the 15-digit form, without the century that was put in.
fn shifted(fault: Fault, position: usize) -> Fault {
    match fault {
        Fault::Date { found, .. } => Fault::Date { position, found: found.chars().skip(2).collect() },
        other @ (Fault::Empty
        | Fault::Length { .. }
        | Fault::Character { .. }
        | Fault::Check { .. }
        | Fault::Placeholder { .. }
        | Fault::BothChecks { .. }
        | Fault::InnerCheck { .. }) => other,
    }
}

impl fmt::Display for ResidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl fmt::Debug for ResidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ResidentId({})", self.masked())
    }
}
