//! Identifiers of market subjects and people: parse from dirty text, check, explain.
//!
//! A value of a type of this crate is valid: folded to half width and upper case, of the right length and alphabet, and
//! with right check characters. Invariant: knows no database, no configuration, no clock.

mod fault;
mod fold;
mod organisation;
mod registration;
mod resident;
mod social_credit;
mod tax;

pub use fault::Fault;
pub use fold::fold;
pub use organisation::OrganisationCode;
pub use registration::RegistrationNumber;
pub use resident::{BirthDate, ResidentId};
pub use social_credit::{Category, Uscc};
pub use tax::{SocialInsuranceNumber, TaxId};

#[cfg(test)]
mod tests;
