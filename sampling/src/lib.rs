//! The pure engine of DSJ-1: a stratified, weighted, constrained double-random draw that anyone can repeat.
//!
//! A draw is a function of texts. What there is, in the order in which a draw goes:
//!
//! | step | here |
//! |---|---|
//! | a plan is judged whole | [`plan::Plan::parse`] reports every problem, [`plan::Plan::require`] refuses with the first |
//! | data files are read and salted | [`commit::Input::parse`], [`data::salted`] |
//! | everything is committed | [`commit::commit`] writes `commit.txt` and gives C; [`commit::check`] verifies one |
//! | steps are logged, heads are made | [`log::Log`], [`log::Entry`], [`log::Head`], [`merkle`] |
//! | shares and public values arrive | [`ceremony::Ceremony`]: `begin`, `entry`, `head`, `replay`; [`seed::share_text`] |
//! | the seed | [`ceremony::Ceremony::entropy`] or [`seed::Entropy`], then [`seed::Entropy::seed`] |
//! | the draw | [`draw::draw`]: input, C and seed to every file; [`draw::sample`] for subjects alone |
//! | officers | [`officers::run_department`] solves, [`officers::check_department`] checks certificates |
//! | events, substitutions | [`events::Duty`], [`events::Substitutions`] |
//! | why me, why not me | [`explain::company`], [`explain::officer`], [`explain::task`] |
//!
//! Invariants: no IO, no clock, no floating point, no generator, no dependence on threads, locale or machine. Nothing
//! is repaired: what is not as the protocol has it is [`Refused`], with its place and a stable reason ([`Reason::code`];
//! all of them are in [`Reason::ALL`]). Texts for people, signatures, archives, files on disk and the judgement of a whole
//! bundle are other crates' work.

pub mod allocation;
pub mod ceremony;
pub mod chance;
pub mod commit;
pub mod data;
pub mod draw;
pub mod encoding;
pub mod events;
pub mod explain;
pub mod list;
pub mod log;
pub mod merkle;
pub mod officers;
pub mod plan;
mod refused;
pub mod seed;
pub mod subjects;
mod suite;

pub use refused::{Place, Reason, Refused, Result};
pub use suite::{Hasher, MidState, Suite};

/// Files by name, as texts in memory.
pub type Files = std::collections::BTreeMap<String, Vec<u8>>;
