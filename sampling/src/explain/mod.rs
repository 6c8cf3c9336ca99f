//! Why me, why not me: what a draw says of one company and of one officer, as plain data.
//!
//! Must never know: words for people. Numbers, codes and reasons are given; texts are rendered elsewhere.

mod company;
mod officer;

pub use company::{Chance, CompanyAnswer, InFrame, MatterAnswer, Standing, VisitAnswer, company};
pub use officer::{Candidate, ClassAnswer, OfficerAnswer, Place, TaskAnswer, officer, task};
