//! §0: how every file of a draw is written, and the small types its fields are parsed into.
//!
//! Must never know: what a field means. Nothing is repaired here; what is not in its form is refused.

mod digest;
mod fields;
mod number;
mod table;
mod text;
mod time;

pub use digest::Digest;
pub use fields::{Code, Sid, is_code, is_salt, is_sid, require_code, require_digest, require_sid};
pub use number::{parse_int, parse_u64, require_int};
pub use table::{Line, Sorted, lines, require_sorted};
pub use text::{require_text, require_verifier_text};
pub use time::{Date, Time};

#[cfg(test)]
mod tests;
