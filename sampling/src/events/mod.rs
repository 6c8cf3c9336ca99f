//! §7: after the draw. Officers who fall out and who follows them, remedies outside the plan, companies that were no
//! subjects.
//!
//! Must never know: the log. The caller says which value belongs to which event, and in which order they came.

mod duty;
mod file;
mod substitution;

pub use duty::{Duty, Executed, Holders, OnDuty, Solver};
pub use file::{Event, What, event_seed_text};
pub use substitution::Substitutions;
