//! Social-insurance numbers: a local number that ends in the organisation code.

use std::fmt;

use crate::{
    Fault, OrganisationCode, Uscc,
    clean::{Clean, ascii, require},
};

/// The number of an employer at social insurance (社会保险登记证号).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SocialInsuranceNumber {
    text: String,
    organisation_code: OrganisationCode,
}

impl SocialInsuranceNumber {
    /// Reads a local number followed by an organisation code, an organisation code alone, or a credit code.
    ///
    /// # Errors
    /// The first fault.
    pub fn parse(text: &str) -> Result<SocialInsuranceNumber, Fault> {
        const ALLOWED: &str = "0-9 A-Z";
        let clean = Clean::new(text);
        let bytes = match clean.len() {
            0 => return Err(Fault::Empty),
            9..=24 => clean.bytes(ALLOWED)?,
            found => return Err(Fault::Length { expected: "9–24", found }),
        };
        require(bytes, 1, ALLOWED, u8::is_ascii_alphanumeric)?;
        let text = ascii(bytes).to_owned();
        if let Ok(uscc) = Uscc::parse(&text) {
            return Ok(SocialInsuranceNumber { text, organisation_code: uscc.organisation_code() });
        }
        let (local, code) = bytes.split_at(bytes.len() - 9);
        let code: &[u8; 9] = code.try_into().map_err(|_| Fault::Empty)?;
        let organisation_code =
            OrganisationCode::from_bytes(code).map_err(|fault| fault.moved(local.len()))?;
        Ok(SocialInsuranceNumber { text, organisation_code })
    }

    /// The whole number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The organisation code it ends in.
    #[must_use]
    pub fn organisation_code(&self) -> OrganisationCode {
        self.organisation_code
    }
}

impl fmt::Display for SocialInsuranceNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl fmt::Debug for SocialInsuranceNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SocialInsuranceNumber({self})")
    }
}

impl std::str::FromStr for SocialInsuranceNumber {
    type Err = Fault;

    fn from_str(text: &str) -> Result<SocialInsuranceNumber, Fault> {
        SocialInsuranceNumber::parse(text)
    }
}
