//! §3: from the seed to tickets, integers and systematic counts.
//!
//! Must never know: companies and officers. Everything here is a function of a seed and a label.

mod integer;
mod systematic;
mod ticket;

pub use integer::Modulus;
pub use systematic::systematic;
pub use ticket::{Labelled, SubSeed};

#[cfg(test)]
mod tests;
