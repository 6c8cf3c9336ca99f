//! Whatever a source, a disk or a configuration does: a clear message, nothing lost, the others go on.

mod cells;
mod cli;
mod comfort;
mod folder;
mod held;
mod instances;
mod mysql;
mod reaching;
mod registry;
mod retired;
mod shape;
