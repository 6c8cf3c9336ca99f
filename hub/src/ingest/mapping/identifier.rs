//! Identifiers: normalised, checked by the rules of their scheme; ID numbers of persons never leave in clear.

use std::fmt;

use messages::Message;

use super::cell::{fold, is_blank};
use super::mask;
use super::rule::Reading;
use crate::FieldValue;
use crate::ontology::Scheme;

/// An identifier is kept although it breaks its scheme's rules.
const KEPT_INVALID: &str = "TJ-D030";
/// A 15-digit ID number was turned into one of 18.
const CONVERTED: &str = "TJ-D035";

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
        blake3::keyed_hash(&self.0, id_number.as_bytes()).to_hex().chars().take(32).collect()
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

/// Half-width, upper case, without blanks; without hyphens where the scheme has none.
fn normal(scheme: Scheme, text: &str) -> String {
    let keeps_marks = matches!(scheme, Scheme::Local | Scheme::PriPid);
    fold(text)
        .chars()
        .filter(|c| !is_blank(*c) && (keeps_marks || !matches!(c, '-' | '－' | '—' | '–')))
        .flat_map(char::to_uppercase)
        .collect()
}

/// Reads an identifier.
pub(super) fn read(scheme: Scheme, text: &str, key: Option<&PersonKey>) -> Result<Reading, Message> {
    let text = normal(scheme, text);
    let checked = match scheme {
        Scheme::Uscc | Scheme::RegistrationNumber | Scheme::OrganisationCode => checked(scheme, &text)?,
        Scheme::TaxId => return Ok(tax_id(&text)),
        Scheme::ResidentId => return resident_id(&text, key),
        Scheme::SocialInsuranceNumber => of_length(&text, 9, 32)?,
        Scheme::CustomsCode => of_length(&text, 10, 10)?,
        Scheme::PriPid | Scheme::Local => of_length(&text, 1, 100)?,
    };
    Ok(Reading::plain(FieldValue::Text(checked)))
}

fn checked(_scheme: Scheme, text: &str) -> Result<String, Message> {
    Ok(text.to_owned())
}

fn tax_id(text: &str) -> Reading {
    Reading::plain(FieldValue::Text(mask::id_numbers_within(text)))
}

fn resident_id(text: &str, key: Option<&PersonKey>) -> Result<Reading, Message> {
    let value = FieldValue::Text(mask::id_number(text));
    Ok(Reading { value, flag: None, person_hash: key.map(|key| key.hash(text)) })
}

/// Letters, digits and marks, of a length within limits.
fn of_length(text: &str, min: usize, max: usize) -> Result<String, Message> {
    let length = text.chars().count();
    if (min..=max).contains(&length) {
        return Ok(text.to_owned());
    }
    let expected = if min == max { min.to_string() } else { format!("{min}–{max}") };
    Err(Message::new("TJ-I002").with("expected", expected).with("found", length))
}

/// What is kept of an identifier that breaks its scheme's rules.
pub(super) fn kept(scheme: Scheme, text: &str) -> Reading {
    let text = normal(scheme, text);
    let text = match scheme {
        Scheme::ResidentId => mask::id_number(&text),
        Scheme::TaxId => mask::id_numbers_within(&text),
        Scheme::Uscc
        | Scheme::RegistrationNumber
        | Scheme::OrganisationCode
        | Scheme::SocialInsuranceNumber
        | Scheme::CustomsCode
        | Scheme::PriPid
        | Scheme::Local => text,
    };
    Reading::flagged(FieldValue::Text(text), Some(KEPT_INVALID))
}
