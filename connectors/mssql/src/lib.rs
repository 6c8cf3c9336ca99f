//! Reads SQL Server databases (2012 and later) for the hub.
//!
//! Whole tables are streamed in the order of their key by one statement, in a transaction of snapshot isolation where
//! the database allows it, with fixed session settings. A cell is fetched in its own type, or converted by the server
//! where the driver would lose something (money, text of a code page, xml); here it becomes the text that the native
//! client prints. The digest of a row is taken over those texts; its cells are typed only when asked. Every value of a
//! condition is bound. Look-ups fetch their rows the same way, so that digests and values equal the snapshot's.
//!
//! Nothing is written at the source, and no lock of ours is asked for that a writer would wait for longer than a row.
//! A connection that met a time-out, an error or a dropped future is closed: the driver cannot cancel.
//!
//! Invariant: knows no entity, no mapping and no store of ours. The driver is named in `driver` alone.

mod cell;
mod check;
mod connection;
mod decode;
mod digest;
mod discover;
mod driver;
mod failure;
mod family;
mod fetch;
mod lookup;
mod options;
mod row;
mod snapshot;
mod source;
mod sql;
mod table;
mod tls;
mod way;

#[cfg(test)]
mod tests;

pub use options::{Options, Tls};
pub use source::Mssql;
