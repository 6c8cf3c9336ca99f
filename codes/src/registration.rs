//! The registration number of GS15-2006: 15 digits, the last a check digit; used before credit codes.

use std::fmt;

use crate::{
    Fault,
    clean::{Clean, ascii, refuse_placeholder, require, require_digits},
};

/// A registration number (注册号).
///
/// Cooperatives have `NA` after the authority's code, and may end in `X`. How their check character is computed is
/// not published with the standard, so it is not checked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegistrationNumber([u8; 15]);

/// Whom a number was given to, by the first digit of its sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RegistrationKind {
    /// A domestic enterprise.
    Domestic,
    /// An enterprise with foreign investment.
    ForeignInvested,
    /// An individual business (个体工商户).
    IndividualBusiness,
    /// A farmers' cooperative.
    Cooperative,
}

impl RegistrationNumber {
    /// Reads a number.
    ///
    /// # Errors
    /// The first fault.
    pub fn parse(text: &str) -> Result<RegistrationNumber, Fault> {
        let bytes: [u8; 15] = Clean::new(text).exactly("15", "0-9")?;
        let [a1, a2, a3, a4, a5, a6, n, a, sequence @ .., last] = bytes;
        require_digits(&[a1, a2, a3, a4, a5, a6], 1)?;
        if (n, a) == (b'N', b'A') {
            require_digits(&sequence, 9)?;
            require(&[last], 15, "0-9 X", |byte| byte.is_ascii_digit() || *byte == b'X')?;
            return Ok(RegistrationNumber(bytes));
        }
        require_digits(&bytes, 1)?;
        refuse_placeholder(&bytes)?;
        let expected = check(&bytes);
        if last != expected {
            return Err(Fault::Check {
                position: 15,
                found: char::from(last),
                expected: char::from(expected),
            });
        }
        Ok(RegistrationNumber(bytes))
    }

    /// The number of 14 digits (authority and sequence), with its check digit computed.
    ///
    /// # Errors
    /// If they are not 14 digits.
    pub fn compose(fourteen: &str) -> Result<RegistrationNumber, Fault> {
        let fourteen: [u8; 14] = Clean::new(fourteen).exactly("14", "0-9")?;
        require_digits(&fourteen, 1)?;
        let mut bytes = [b'0'; 15];
        for (place, byte) in bytes.iter_mut().zip(fourteen) {
            *place = byte;
        }
        bytes[14] = check(&bytes);
        RegistrationNumber::parse(ascii(&bytes))
    }

    /// The 15 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        ascii(&self.0)
    }

    /// The six digits of the authority that registered first.
    #[must_use]
    pub fn authority(&self) -> &str {
        self.as_str().get(..6).unwrap_or_default()
    }

    /// Whom it was given to.
    #[must_use]
    pub fn kind(&self) -> RegistrationKind {
        match self.0[6] {
            b'N' => RegistrationKind::Cooperative,
            b'0'..=b'3' => RegistrationKind::Domestic,
            b'4' | b'5' => RegistrationKind::ForeignInvested,
            _ => RegistrationKind::IndividualBusiness,
        }
    }
}

/// The check digit of the first 14, ISO 7064 MOD 11,10.
fn check(bytes: &[u8; 15]) -> u8 {
    let product = bytes.iter().take(14).fold(10_u32, |product, byte| {
        let sum = (product + u32::from(byte.wrapping_sub(b'0'))) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    b'0' + ((11 - product) % 10) as u8
}

impl fmt::Display for RegistrationNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for RegistrationNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RegistrationNumber({self})")
    }
}

impl std::str::FromStr for RegistrationNumber {
    type Err = Fault;

    fn from_str(text: &str) -> Result<RegistrationNumber, Fault> {
        RegistrationNumber::parse(text)
    }
}
