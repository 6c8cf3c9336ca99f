//! The pure engine of DSJ-1: a stratified, weighted, constrained double-random draw that anyone can repeat.
//!
//! A draw is a function of texts. It is committed ([`commit`]), its entropy is gathered step by step ([`ceremony`]),
//! it is executed ([`draw`], or [`whole::execute`] for all at once), and it is checked ([`whole::check`]).
//!
//! Invariants: no IO, no clock, no floating point, no generator, no dependence on threads, locale or machine. Nothing
//! is repaired: what is not as the protocol has it is [`Refused`], with its place and a stable reason.

pub mod allocation;
pub mod ceremony;
pub mod chance;
pub mod commit;
pub mod data;
pub mod draw;
pub mod encoding;
pub mod events;
pub mod explain;
pub mod list;
pub mod log;
pub mod merkle;
pub mod officers;
pub mod plan;
mod refused;
pub mod seed;
pub mod subjects;
mod suite;
pub mod whole;

pub use refused::{Place, Reason, Refused, Result};
pub use suite::{Hasher, MidState, Suite};

/// Files by name, as texts in memory.
pub type Files = std::collections::BTreeMap<String, Vec<u8>>;
