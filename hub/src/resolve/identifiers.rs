//! The identifiers a record carries for a role, with those that follow from them.

use std::sync::Arc;

use codes::{CustomsCode, OrganisationCode, RegistrationNumber, SocialInsuranceNumber, TaxId, Uscc};

use crate::FieldValue;
use crate::ontology::{Role, Scheme};

use super::Identifier;

/// The identifiers that are valid in form, strongest first, each once.
///
/// | field's scheme | gives |
/// |---|---|
/// | credit code | itself, and the organisation code in its positions 9 to 17 |
/// | credit code or registration number | whichever it is: a credit code with its organisation code, or itself |
/// | taxpayer number | the credit code it is, or the organisation code at its end; an owner's number hashed |
/// | social insurance number | the organisation code at its end |
/// | ID number of a person | its keyed hash |
/// | local number | itself within its department |
/// | others | themselves |
pub(crate) fn identifiers_of(
    role: &Role,
    values: &[FieldValue],
    hashes: &[(usize, String)],
    department: &str,
) -> Vec<Identifier> {
    let mut found = Vec::with_capacity(role.identifiers.len() + 2);
    for field in &role.identifiers {
        if field.scheme == Scheme::ResidentId {
            if let Some((_, hash)) = hashes.iter().find(|(of, _)| *of == field.field) {
                push(&mut found, Scheme::ResidentId, hash);
            }
            continue;
        }
        let Some(FieldValue::Text(text)) = values.get(field.field) else { continue };
        add(&mut found, field.scheme, text, department);
    }
    found
}

fn add(found: &mut Vec<Identifier>, scheme: Scheme, text: &str, department: &str) {
    match scheme {
        Scheme::Uscc => {
            if let Ok(code) = Uscc::parse(text) {
                add_uscc(found, &code);
            }
        }
        Scheme::RegistrationNumber => {
            if let Ok(number) = RegistrationNumber::parse(text) {
                push(found, Scheme::RegistrationNumber, number.as_str());
            }
        }
        Scheme::OrganisationCode => {
            if let Ok(code) = OrganisationCode::parse(text) {
                push(found, Scheme::OrganisationCode, code.as_str());
            }
        }
        Scheme::SubjectNumber => match RegistrationNumber::parse(text) {
            Ok(number) => push(found, Scheme::RegistrationNumber, number.as_str()),
            Err(_) => add(found, Scheme::Uscc, text, department),
        },
        Scheme::TaxId => match TaxId::parse(text) {
            Ok(TaxId::Uscc(code)) => add_uscc(found, &code),
            Ok(TaxId::Organisation { code, .. }) => push(found, Scheme::OrganisationCode, code.as_str()),
            // An owner's ID number does not stand in an index of ours.
            Ok(TaxId::Owner { .. }) => {
                let hash = blake3::hash(codes::cleaned(text).as_bytes()).to_hex();
                push(found, Scheme::TaxId, hash.get(..32).unwrap_or_default());
            }
            Err(_) => {}
        },
        Scheme::SocialInsuranceNumber => {
            if let Ok(number) = SocialInsuranceNumber::parse(text) {
                push(found, Scheme::OrganisationCode, number.organisation_code().as_str());
            }
        }
        Scheme::CustomsCode => {
            if let Ok(code) = CustomsCode::parse(text) {
                push(found, Scheme::CustomsCode, code.as_str());
            }
        }
        Scheme::PriPid => {
            let text = codes::cleaned(text);
            let is_printable = text.bytes().all(|byte| byte.is_ascii_graphic());
            if (16..=36).contains(&text.len()) && is_printable && text.bytes().any(|byte| byte != b'0') {
                push(found, Scheme::PriPid, &text);
            }
        }
        Scheme::Local => {
            let text = codes::folded_number(text);
            if !text.is_empty() {
                push(found, Scheme::Local, &format!("{department}|{text}"));
            }
        }
        // Only its keyed hash leaves the mapping.
        Scheme::ResidentId => {}
    }
}

fn add_uscc(found: &mut Vec<Identifier>, code: &Uscc) {
    push(found, Scheme::Uscc, code.as_str());
    push(found, Scheme::OrganisationCode, code.organisation_code().as_str());
}

/// Keeps the order of strength; equal schemes in the order of the role's declaration.
fn push(found: &mut Vec<Identifier>, scheme: Scheme, value: &str) {
    if found.iter().any(|one| one.scheme == scheme && &*one.value == value) {
        return;
    }
    let place = found.iter().position(|one| one.scheme.number() > scheme.number()).unwrap_or(found.len());
    found.insert(place, Identifier { scheme, value: Arc::from(value) });
}
