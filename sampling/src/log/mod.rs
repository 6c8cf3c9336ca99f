//! §7: the log of steps, an append-only tree of small text files, and its heads.
//!
//! Must never know: signatures. Whoever verifies them says who cosigned a head.

mod entry;
mod head;
mod history;
mod kind;

pub use entry::Entry;
pub use head::{Cosigned, Head};
pub use history::{Log, require_draws};
pub use kind::Kind;
