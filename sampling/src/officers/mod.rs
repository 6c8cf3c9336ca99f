//! §6: officers. Tasks, edges and costs; the objective in three levels; certificates; remedies and pairs in rounds.
//!
//! Must never know: how subjects were drawn. Each department is a problem of its own.

mod build;
mod certificate;
mod cheapest;
mod closure;
mod costs;
mod files;
mod fill;
mod levels;
mod pairs;
mod prices;
mod problem;
mod read;
mod rounds;
mod rows;
mod tasks;
mod unique;

pub use build::{CostBytes, Roster, build};
pub use certificate::{Solution, check, solve};
pub use costs::check_costs;
pub use files::{Assigned, assign_lines};
pub use fill::Cut;
pub use levels::{Levels, levels};
pub use pairs::Together;
pub use prices::Prices;
pub use problem::{Bound, Cost, Problem, Slot};
pub use read::check_department;
pub use rounds::{Bars, DeptInput, DeptOutcome, DeptRules, run_department};
pub use tasks::{Class, Task, tasks};
pub use unique::second_optimum;

#[cfg(test)]
mod tests;
