//! Which entity a record speaks of: by identifiers, exactly; else by everything it says, weighed ([`scored`]).
//! Pure: what is known is passed in.
//!
//! Invariant: the outcome is a function of the set of records and judgements, not of the order in which they came.

mod decide;
mod groups;
mod identifiers;
mod party;
pub mod scored;

#[cfg(test)]
mod tests;

pub(crate) use decide::{Decision, Evidence, Identifier, Judged, decide};
pub(crate) use groups::{GroupId, GroupKey, Member, regroup};
pub(crate) use identifiers::identifiers_of;
pub(crate) use party::profile_of;
