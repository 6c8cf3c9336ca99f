//! Reads SQLite files for the hub: small offices' databases, and demonstrations.
//!
//! A file is opened read-only for each reading. A whole row is read as one column, the canonical bytes of its cells
//! written by the engine itself, so that a row costs one value on its way and is digested and typed like everywhere.
//! Cells are typed one by one, as this engine does.
//!
//! Invariant: knows no entity, no mapping and no store of ours.

mod check;
mod connection;
mod decode;
mod digest;
mod discover;
mod failure;
mod lookup;
mod options;
mod reading;
mod row;
mod snapshot;
mod source;
mod sql;
mod table;

#[cfg(test)]
mod tests;

pub use options::Options;
pub use source::Sqlite;
