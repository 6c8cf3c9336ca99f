//! 纳税人识别号 and 社会保险单位编号: numbers with another number inside.

use std::fmt;

use crate::fault::Fault;
use crate::fold::fold;
use crate::organisation::OrganisationCode;
use crate::resident::ResidentId;
use crate::social_credit::Uscc;

/// A valid taxpayer number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TaxId {
    /// Since 2016: the credit code.
    Uscc(Uscc),
    /// Before: six digits of a region and an organisation code.
    Organisation {
        /// The code.
        code: OrganisationCode,
    },
    /// Of an individual business: the owner's ID number and two digits.
    Owner {
        /// The owner.
        id: ResidentId,
    },
}

impl TaxId {
    /// Reads a number of 15, 17, 18 or 20 characters.
    ///
    /// # Errors
    /// The first thing wrong.
    pub fn parse(text: &str) -> Result<TaxId, Fault> {
        let text = fold(text);
        if !text.is_ascii() {
            let (index, found) = text.chars().enumerate().find(|(_, c)| !c.is_ascii()).unwrap_or((0, '?'));
            return Err(Fault::Character { position: index + 1, found, allowed: "0-9 A-Z" });
        }
        match text.len() {
            0 => Err(Fault::Empty),
            15 => {
                region(&text)?;
                Ok(TaxId::Organisation {
                    code: OrganisationCode::parse(&text[6..]).map_err(|fault| moved(fault, 6))?,
                })
            }
            17 => Ok(TaxId::Owner { id: ResidentId::parse(&text[..15])? }),
            18 => Ok(TaxId::Uscc(Uscc::parse(&text)?)),
            20 => Ok(TaxId::Owner { id: ResidentId::parse(&text[..18])? }),
            found => Err(Fault::Length { expected: "15, 17, 18 or 20", found }),
        }
    }
}

/// A valid number of an employer in the social insurance: a local number and an organisation code.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SocialInsuranceNumber {
    /// The code at its end.
    pub code: OrganisationCode,
}

impl SocialInsuranceNumber {
    /// Reads a number of at least ten characters whose last nine are an organisation code.
    ///
    /// # Errors
    /// The first thing wrong.
    pub fn parse(text: &str) -> Result<SocialInsuranceNumber, Fault> {
        let text = fold(text);
        let found = text.chars().count();
        if text.is_empty() {
            return Err(Fault::Empty);
        }
        if found < 10 || !text.is_ascii() {
            return Err(Fault::Length { expected: "10 or more", found });
        }
        let start = text.len() - 9;
        let code = OrganisationCode::parse(&text[start..]).map_err(|fault| moved(fault, start))?;
        Ok(SocialInsuranceNumber { code })
    }
}

impl fmt::Debug for SocialInsuranceNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SocialInsuranceNumber(…{})", self.code)
    }
}

fn region(text: &str) -> Result<(), Fault> {
    match text[..6].bytes().position(|byte| !byte.is_ascii_digit()) {
        None => Ok(()),
        Some(index) => {
            let found = text.as_bytes()[index] as char;
            Err(Fault::Character { position: index + 1, found, allowed: "0-9" })
        }
    }
}

/// The same fault, counted from the start of the longer number.
fn moved(fault: Fault, by: usize) -> Fault {
    match fault {
        Fault::Character { position, found, allowed } => {
            Fault::Character { position: position + by, found, allowed }
        }
        Fault::Check { position, found, expected } => {
            Fault::Check { position: position + by, found, expected }
        }
        other @ (Fault::Empty
        | Fault::Length { .. }
        | Fault::Date { .. }
        | Fault::Placeholder { .. }
        | Fault::BothChecks { .. }
        | Fault::InnerCheck { .. }) => other,
    }
}
