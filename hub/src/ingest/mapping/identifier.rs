//! Identifiers: normalised, checked by the rules of their scheme; ID numbers of persons never leave in clear.

use std::fmt;

use messages::Message;

use super::mask;
use super::rule::Reading;
use crate::FieldValue;
use crate::ontology::Scheme;

/// An identifier is kept although it breaks its scheme's rules.
const KEPT_INVALID: &str = "TJ-D030";
/// A 15-digit ID number was turned into one of 18.
const CONVERTED: &str = "TJ-D035";

/// Characters of a registration number; a credit code has others.
const OLD_NUMBER: usize = 15;

/// The key under which ID numbers are hashed. Changing it makes known persons unknown.
#[derive(Clone)]
pub struct PersonKey([u8; 32]);

impl PersonKey {
    /// A key derived from a secret of any length.
    #[must_use]
    pub fn derive(secret: &[u8]) -> PersonKey {
        PersonKey(blake3::derive_key("tongjian 2026 person key v1", secret))
    }

    /// The keyed hash of an ID number of 18 characters: 32 lower-case hex characters.
    #[must_use]
    pub fn hash(&self, id_number: &str) -> String {
        let hex = blake3::keyed_hash(&self.0, id_number.as_bytes()).to_hex();
        hex.get(..32).unwrap_or_default().to_owned()
    }

    /// Tells keys apart without telling them.
    pub(super) fn fingerprint(&self) -> String {
        self.hash("fingerprint")
    }
}

impl fmt::Debug for PersonKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonKey(..)")
    }
}

/// Reads an identifier.
pub(super) fn read(scheme: Scheme, text: &str, key: Option<&PersonKey>) -> Result<Reading, Message> {
    let normal = normal(scheme, text);
    match scheme {
        Scheme::Uscc => codes::Uscc::parse(&normal).map(drop),
        Scheme::RegistrationNumber => codes::RegistrationNumber::parse(&normal).map(drop),
        Scheme::OrganisationCode => codes::OrganisationCode::parse(&normal).map(drop),
        Scheme::SocialInsuranceNumber => codes::SocialInsuranceNumber::parse(&normal).map(drop),
        Scheme::SubjectNumber if normal.len() == OLD_NUMBER => {
            codes::RegistrationNumber::parse(&normal).map(drop)
        }
        Scheme::SubjectNumber => codes::Uscc::parse(&normal).map(drop),
        Scheme::TaxId => return tax_id(&normal),
        Scheme::ResidentId => return resident_id(&normal, key),
        Scheme::CustomsCode => codes::CustomsCode::parse(&normal).map(drop),
        Scheme::PriPid | Scheme::Local => return of_length(normal, 1, 100),
    }
    .map_err(|fault| fault.message())?;
    Ok(Reading::plain(FieldValue::Text(normal)))
}

/// Whether a text keeps the rules of a scheme; never of one that has none.
pub(super) fn is_valid(scheme: Scheme, text: &str) -> bool {
    !matches!(scheme, Scheme::PriPid | Scheme::Local) && read(scheme, text, None).is_ok()
}

/// Half-width, upper case, without blanks; without hyphens where the scheme has none.
fn normal(scheme: Scheme, text: &str) -> String {
    match scheme {
        Scheme::Uscc
        | Scheme::RegistrationNumber
        | Scheme::OrganisationCode
        | Scheme::TaxId
        | Scheme::SocialInsuranceNumber
        | Scheme::CustomsCode
        | Scheme::SubjectNumber
        | Scheme::ResidentId => codes::cleaned(text),
        Scheme::PriPid | Scheme::Local => codes::folded_number(text),
    }
}

/// The number of an individual business holds its owner's ID number, which is masked.
fn tax_id(normal: &str) -> Result<Reading, Message> {
    let number = codes::TaxId::parse(normal).map_err(|fault| fault.message())?;
    Ok(Reading::plain(FieldValue::Text(number.masked())))
}

fn resident_id(normal: &str, key: Option<&PersonKey>) -> Result<Reading, Message> {
    let id = codes::ResidentId::parse(normal).map_err(|fault| fault.message())?;
    Ok(Reading {
        value: FieldValue::Text(id.masked()),
        flag: (normal.len() == 15).then_some(CONVERTED),
        person_hash: key.map(|key| key.hash(id.expose())),
    })
}

/// A number without rules but its length; marks alone, as `--`, are none.
fn of_length(text: String, min: usize, max: usize) -> Result<Reading, Message> {
    let length = text.chars().count();
    if length > 0 && !text.chars().any(char::is_alphanumeric) {
        return Err(Message::new("TJ-I006").with("found", text));
    }
    if (min..=max).contains(&length) {
        return Ok(Reading::plain(FieldValue::Text(text)));
    }
    let expected = if min == max { min.to_string() } else { format!("{min}–{max}") };
    Err(Message::new("TJ-I002").with("expected", expected).with("found", length))
}

/// What is kept of an identifier that breaks its scheme's rules.
pub(super) fn kept(scheme: Scheme, text: &str) -> Reading {
    let text = normal(scheme, text);
    let text = match scheme {
        Scheme::ResidentId => mask::id_number(&text),
        Scheme::TaxId if codes::ResidentId::parse(text.get(..15).unwrap_or_default()).is_ok() => {
            mask::id_number(&text)
        }
        Scheme::TaxId
        | Scheme::Uscc
        | Scheme::RegistrationNumber
        | Scheme::OrganisationCode
        | Scheme::SocialInsuranceNumber
        | Scheme::CustomsCode
        | Scheme::PriPid
        | Scheme::SubjectNumber
        | Scheme::Local => mask::id_numbers_within(&text),
    };
    Reading::flagged(FieldValue::Text(text), Some(KEPT_INVALID))
}
