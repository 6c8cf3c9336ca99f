//! Identifiers of organisations and people: parsed once into a type, checked, and explained when they are wrong.
//!
//! `parse` takes text as departments write it: full-width characters, lower case, blanks and hyphens are put right
//! first. What is wrong is said with the position (in the text put right), what stands there and what should.
//! Invariant: pure functions of their text; knows no department, no store, no clock.

mod clean;
mod customs;
mod fault;
mod name;
mod organisation;
mod person;
mod registration;
mod resident;
mod social;
mod tax;
mod uscc;
mod within;

#[cfg(test)]
mod tests;

pub use clean::{cleaned, folded_number};
pub use customs::CustomsCode;
pub use fault::Fault;
pub use name::{is_organisation_name, without_remark};
pub use organisation::OrganisationCode;
pub use person::{is_han, is_person_name, person_names_masked};
pub use registration::{RegistrationKind, RegistrationNumber};
pub use resident::{BirthDate, ResidentId};
pub use social::SocialInsuranceNumber;
pub use tax::TaxId;
pub use uscc::{Category, Uscc};
pub use within::{id_numbers_masked, is_number_alone, numbers_masked};
