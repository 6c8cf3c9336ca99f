//! `tongjian draw …`: handed over whole to the crate of the draw. Needs no configuration and no store.

use clap::ArgMatches;
use draw::cli::{DONE, FAILED, Output, USAGE};

use crate::cli::Invocation;
use crate::exit::Exit;
use crate::output::Format;

/// Runs it; it prints its answer itself.
pub(super) fn run(invocation: &Invocation, matches: &ArgMatches) -> Exit {
    let output = match invocation.format {
        Format::Table => Output::Table,
        Format::Json => Output::Json,
    };
    match draw::cli::run(matches, output, invocation.lang) {
        DONE => Exit::Ok,
        USAGE => Exit::Usage,
        FAILED => Exit::Unavailable,
        _ => Exit::Failure,
    }
}
