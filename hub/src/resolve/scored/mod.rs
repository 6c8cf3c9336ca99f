//! Which market subject a record speaks of when no identifier decides: by everything it says, weighed.
//!
//! A [`Party`] is what a record writes; a [`Profile`] its normal form; [`keys_of`] find candidates; [`compare`] gives
//! a level for each feature; [`Weights`], learnt once and frozen with a version, turn levels into hundredths of a bit;
//! [`choose`] links, queues or leaves. Pure and integer: the outcome is a function of the profiles and the weights.
//!
//! Invariant: knows no store, no ontology, no order of arrival. A name alone never links; two different valid codes,
//! a branch and its parent, and a person and a firm are never one. People are not matched here at all.

mod address;
mod choose;
mod codes;
mod compare;
mod compare_names;
mod contact;
mod distance;
mod explain;
mod fit;
mod fold;
mod index;
mod keys;
mod levels;
mod name;
mod profile;
mod region;
mod weights;
mod words;

#[cfg(test)]
mod tests;

pub use choose::{Candidate, Outcome, choose};
pub use compare::{Commonness, Comparison, compare};
pub use explain::{Reason, reasons};
pub use fit::Fit;
pub use index::Index;
pub use keys::{Key, MOST_HOLDERS, keys_of};
pub use levels::{Conflict, Feature, Level};
pub use name::{Form, Name};
pub use profile::{Party, Profile};
pub use weights::Weights;
