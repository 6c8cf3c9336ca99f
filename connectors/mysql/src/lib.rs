//! Reads MySQL (5.6 and later) and MariaDB (10.1 and later) databases for the hub.
//!
//! Whole tables are streamed over the text protocol in the order of their key, inside one read-only
//! repeatable-read transaction with a consistent snapshot and fixed session settings, so that a cell comes as the
//! native client prints it whatever defaults the server, the account or the table have. The digest of a row is taken
//! over those texts; its cells are typed only when asked. Look-ups bind their values and print their rows the same
//! way, so that digests and values equal the snapshot's.
//!
//! Nothing is written at the source. A connection that met a time-out, an error or a dropped future is closed.
//!
//! Invariant: knows no entity, no mapping and no store of ours.

mod check;
mod condition;
mod connection;
mod decode;
mod digest;
mod discover;
mod failure;
mod family;
mod fetch;
mod keys;
mod lookup;
mod options;
mod row;
mod snapshot;
mod source;
mod sql;
mod table;
mod tls;

#[cfg(test)]
mod tests;

pub use options::{Options, Tls};
pub use source::Mysql;
