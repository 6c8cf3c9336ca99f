//! §1: the data files beside the plan, read into types.
//!
//! Must never know: chance. A file is accepted whole or refused with a place.

mod frame;
mod officers;
mod salt;

pub use frame::{Frame, excluded, require_disjoint};
pub use officers::{Officer, Pairs, Recusals, officers, pairs, recusals, require_separate};
pub use salt::{FrameKey, salt, salted};
