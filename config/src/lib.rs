//! Configuration: TOML files into plain drafts, judged for form.
//!
//! Form is what can be seen without knowing what a value means: unknown keys, wrong types, what is missing, what is
//! there twice. Every problem is reported, each with file, line, column and cure. The format is in `FORMAT.md`.
//! Invariant: does not know what its values mean; never prints a secret.

pub mod draft;
mod form;
mod judge;
mod load;
mod location;
mod overrides;
mod scalars;
mod suggest;
mod table;
mod tree;

#[cfg(test)]
mod tests;

pub use load::{Config, Judged, judge, load, load_with};
pub use location::{Excerpt, LocatedProblem, Location};
pub use overrides::Overrides;
