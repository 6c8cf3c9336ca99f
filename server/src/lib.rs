//! The program `tongjian`: reads the configuration, wires the crates together, runs commands.
//!
//! A library too, so that the demonstration can run the same commands. Invariant: knows no rule of the domain.

mod app;
mod cli;
mod clock;
mod commands;
mod discover;
mod exit;
mod faults;
mod http;
mod judge;
mod output;
mod progress;
pub mod shipped;
mod wiring;

pub use exit::Exit;

use std::ffi::OsString;

/// A file that may not grow any more (`ulimit -f`) is a failure of the write, which is told and mended, and no end of
/// the program: a signal that somebody takes does not end it.
fn fail_instead_of_ending() {
    use tokio::signal::unix::{SignalKind, signal};
    /// SIGXFSZ, on every system this is built for.
    const FILE_TOO_LARGE: i32 = 25;
    if let Err(error) = signal(SignalKind::from_raw(FILE_TOO_LARGE)) {
        tracing::debug!(%error, "the signal of files that are too large is not taken");
    }
}

/// Prints what is wrong with another program's words, in the language they ask for, or the help they ask for.
pub fn misused(error: &clap::Error, words: impl IntoIterator<Item = OsString>) -> Exit {
    cli::misused(error, cli::language(&words.into_iter().collect::<Vec<_>>()))
}

/// Runs the program with these words (the first is its name). Prints, and says how it ended.
pub fn run(words: impl IntoIterator<Item = OsString>) -> Exit {
    let words: Vec<OsString> = words.into_iter().collect();
    let invocation = match cli::parse(&words) {
        Ok(invocation) => invocation,
        Err(exit) => return exit,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        // Chinese names nest deep in queries: the parser and validator get a stack they cannot exhaust.
        .thread_stack_size(8 << 20)
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            let message = messages::Message::new("TJ-V077").with("why", error);
            output::error(&message.render(invocation.lang));
            return Exit::Failure;
        }
    };
    runtime.block_on(async {
        fail_instead_of_ending();
        commands::run(invocation).await
    })
}
