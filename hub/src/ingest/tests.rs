//! A scripted source, a real store: readings, comparisons, guards, stops, and sources in trouble.

mod house;
mod lost;
mod readings;
mod script;
mod supervision;
mod units;
