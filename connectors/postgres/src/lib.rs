//! Reads PostgreSQL databases (10 and later) for the hub.
//!
//! Whole tables come by `COPY … TO STDOUT` in the order of their key, inside a repeatable-read, read-only
//! transaction with fixed session settings, so that a row prints the same bytes whoever's defaults the server has.
//! The digest of a row is taken over those bytes, and its cells are typed only when asked. Look-ups print their rows
//! the same way, so that their digests and values equal the snapshot's.
//!
//! Nothing is written at the source. A connection that met a time-out, an error or a dropped future is closed.
//!
//! Invariant: knows no entity, no mapping and no store of ours.

mod check;
mod connection;
mod copy;
mod decode;
mod digest;
mod discover;
mod failure;
mod line;
mod lookup;
mod options;
mod snapshot;
mod source;
mod sql;
mod table;

#[cfg(test)]
mod tests;

pub use options::{Options, Tls};
pub use source::Postgres;
