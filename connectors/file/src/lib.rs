//! Reads drop folders of CSV and XLSX files for the hub.
//!
//! A stream is all files of a folder whose names match a pattern, read as one table. Files are read once, from
//! beginning to end, sorted by key in bounded memory (runs go to unnamed temporary files), and looked at again before
//! the first row is given away: a file that grew or was replaced meanwhile gives no rows at all.
//!
//! Invariant: knows no entity, no mapping and no store of ours; never writes into the folder.

mod charset;
mod check;
mod condition;
mod decode;
mod digest;
mod discover;
mod failure;
mod folder;
mod lookup;
mod measure;
mod name;
mod options;
mod quotes;
mod record;
mod row;
mod scan;
mod size;
mod snapshot;
mod sort;
mod source;
mod table;
mod text;
mod work;
mod workbook;

#[cfg(test)]
mod tests;

pub use options::{Options, Take};
pub use source::Files;
