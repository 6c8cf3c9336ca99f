//! The one integration binary: real databases, real processes, real protocols.

mod architecture;
mod bad_input;
mod configuration;
mod conformance;
mod discover;
mod engines;
mod http;
mod kill;
mod order;
mod quality;
mod readme;
mod resolve;
mod truth;
