//! Whole draws: through the commands, as a citizen, as a forger, over the vectors and examples.

mod agree;
mod ceremony;
mod citizen;
mod common;
mod examples;
mod forger;
mod vectors;
