//! §5: which subjects are drawn, which stand in reserve, and when each is visited.
//!
//! Must never know: officers. A sample is a function of frame, design, numbers and sub-seeds.

mod pps;
mod select;
mod visits;

pub use pps::{Pps, pps};
pub use select::{Drawn, Mark, draw, drawn_lines, parse_drawn, srs, tickets_lines};
pub use visits::{Visit, parse_visit, visit_lines, visits};

#[cfg(test)]
mod tests;
