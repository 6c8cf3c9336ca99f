//! The departments' databases, made: deterministic from a seed, at any scale, with the hazards of real data and a file
//! that holds the truth. And the private servers they can run on.
//!
//! Invariant: knows nothing of how the hub works; only what it must find.

pub mod churn;
pub mod departments;
pub mod existing;
pub mod make;
pub mod platform;
pub mod reasons;
pub mod registrations;
pub mod servers;
pub mod table;
pub mod tour;
pub mod truth;
pub mod world;
pub mod write;
