//! Numbers of taxpayers: credit codes today, other numbers in disguise before 2016.
//!
//! Invariant: an owner's ID number inside is printed masked.

use std::fmt;

use crate::{
    Fault, OrganisationCode, ResidentId, Uscc,
    clean::{Clean, ascii, require_digits},
};

/// A taxpayer's number (纳税人识别号), by what it is made of.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum TaxId {
    /// 18 characters: the credit code.
    Uscc(Uscc),
    /// 15 characters: six digits of a region and the organisation code.
    Organisation {
        /// The region.
        region: [u8; 6],
        /// The organisation code, also inside the later credit code.
        code: OrganisationCode,
    },
    /// 17 or 20 characters: the ID number of the owner of an individual business, old or new, and two digits.
    Owner {
        /// The owner.
        owner: ResidentId,
        /// Which of the owner's businesses.
        suffix: [u8; 2],
    },
}

impl TaxId {
    /// Reads a number.
    ///
    /// # Errors
    /// The first fault, of the form its length says it has.
    pub fn parse(text: &str) -> Result<TaxId, Fault> {
        const EXPECTED: &str = "15 / 17 / 18 / 20";
        const ALLOWED: &str = "0-9 A-Z";
        let clean = Clean::new(text);
        match clean.len() {
            15 => {
                let [r1, r2, r3, r4, r5, r6, code @ ..] = clean.exactly::<15>(EXPECTED, ALLOWED)?;
                let region = [r1, r2, r3, r4, r5, r6];
                require_digits(&region, 1)?;
                let code = OrganisationCode::from_bytes(&code).map_err(|fault| fault.moved(6))?;
                Ok(TaxId::Organisation { region, code })
            }
            17 | 20 => {
                let bytes = clean.bytes(ALLOWED)?;
                let (owner, suffix) = bytes.split_at(bytes.len() - 2);
                require_digits(suffix, owner.len() + 1)?;
                let owner = ResidentId::parse(ascii(owner))?;
                Ok(TaxId::Owner { owner, suffix: suffix.try_into().map_err(|_| Fault::Empty)? })
            }
            18 => Uscc::parse(text).map(TaxId::Uscc),
            0 => Err(Fault::Empty),
            found => Err(Fault::Length { expected: EXPECTED, found }),
        }
    }

    /// The credit code, if it is one.
    #[must_use]
    pub fn uscc(&self) -> Option<Uscc> {
        match self {
            TaxId::Uscc(uscc) => Some(*uscc),
            TaxId::Organisation { .. } | TaxId::Owner { .. } => None,
        }
    }

    /// The organisation code, unless it is an owner's.
    #[must_use]
    pub fn organisation_code(&self) -> Option<OrganisationCode> {
        match self {
            TaxId::Uscc(uscc) => Some(uscc.organisation_code()),
            TaxId::Organisation { code, .. } => Some(*code),
            TaxId::Owner { .. } => None,
        }
    }

    /// The owner, if it is the number of an owner's business.
    #[must_use]
    pub fn owner(&self) -> Option<ResidentId> {
        match self {
            TaxId::Owner { owner, .. } => Some(*owner),
            TaxId::Uscc(_) | TaxId::Organisation { .. } => None,
        }
    }

    /// The number in clear; an owner's ID number in it has 18 characters, also where 15 were written.
    #[must_use]
    pub fn expose(&self) -> String {
        match self {
            TaxId::Uscc(uscc) => uscc.to_string(),
            TaxId::Organisation { region, code } => format!("{}{code}", ascii(region)),
            TaxId::Owner { owner, suffix } => format!("{}{}", owner.expose(), ascii(suffix)),
        }
    }

    /// The number, an owner's ID number in it masked.
    #[must_use]
    pub fn masked(&self) -> String {
        match self {
            TaxId::Uscc(_) | TaxId::Organisation { .. } => self.expose(),
            TaxId::Owner { owner, suffix } => format!("{}{}", owner.masked(), ascii(suffix)),
        }
    }
}

impl fmt::Debug for TaxId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TaxId({})", self.masked())
    }
}

impl std::str::FromStr for TaxId {
    type Err = Fault;

    fn from_str(text: &str) -> Result<TaxId, Fault> {
        TaxId::parse(text)
    }
}
