//! Configuration: TOML files into plain drafts, judged for form.
//!
//! Form is what can be seen without knowing what a value means: unknown keys, wrong types, what is missing, what is
//! there twice. Every problem is reported, each with file, line, column and cure.
//! Invariant: does not know what its values mean; never prints a secret.

pub mod draft;
