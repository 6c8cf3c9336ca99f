//! Draws for people: the bundle, the commands, the signatures of witnesses, and the third verifier.
//!
//! Must never know: how anything is drawn; [`sampling`] does. Files, clocks and random bytes are here and not there.

pub mod archive;
pub mod cli;
mod error;
pub mod folder;
pub mod names;
pub mod sign;
pub mod verify;

pub use error::{Error, Result};
