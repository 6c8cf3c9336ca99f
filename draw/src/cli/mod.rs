//! `tongjian draw …`: the commands. `server` mounts [`command`] and calls [`run`]; `tongjian-draw` is the same alone.
//!
//! Exit codes: 0 done or whole; 1 refused, with place and reason; 2 wrong use; 3 a file or the operating system.
//! The clock is read here and nowhere else, and only where `--time` is not given.

mod after;
mod answer;
mod args;
mod before;
mod explain;
mod judge;
mod log;
mod reasons;
mod simulate;

use std::io::Write as _;

use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _};
use sampling::encoding::Time;

pub use answer::{DONE, FAILED, Output, REFUSED, USAGE};

use crate::error::{Error, Result};
use answer::Answer;
use args::{Arguments, Command, EventCommand, PlanCommand, WitnessCommand};

/// The commands, to be run alone or mounted in another program.
pub fn command() -> clap::Command {
    Arguments::command()
}

/// Runs a command and prints its answer. Gives the exit code.
pub fn run(matches: &ArgMatches) -> u8 {
    let arguments = match Arguments::from_arg_matches(matches) {
        Ok(arguments) => arguments,
        Err(error) => {
            // The message is all that is left to say; where it cannot be printed the code says it.
            let _ = error.print();
            return USAGE;
        }
    };
    let (code, text) = answer(&arguments);
    let printed = std::io::stdout().lock().write_all(text.as_bytes());
    if printed.is_err() && code == DONE { FAILED } else { code }
}

/// Parses and runs without printing: exit code and text.
pub fn run_from<I, T>(arguments: I) -> (u8, String)
where
    I: IntoIterator<Item = T>,
    T: Into<std::ffi::OsString> + Clone,
{
    match <Arguments as clap::Parser>::try_parse_from(arguments) {
        Ok(arguments) => answer(&arguments),
        Err(error) => (USAGE, error.to_string()),
    }
}

fn answer(arguments: &Arguments) -> (u8, String) {
    let answer = dispatch(arguments).unwrap_or_else(|error| Answer::of_error(&error));
    (answer.code(), answer.show(arguments.output, arguments.lang.into()))
}

fn dispatch(arguments: &Arguments) -> Result<Answer> {
    let time = || now(arguments.time.as_deref());
    match &arguments.command {
        Command::Plan { command: PlanCommand::Check { dir } } => before::plan_check(dir),
        Command::Commit(options) => before::commit(options, time()?),
        Command::Share(options) => before::share(options, time()?),
        Command::Hold(options) => before::hold(options, time()?),
        Command::Reveal(options) => before::reveal(options, time()?),
        Command::Entropy(options) => before::entropy(options, time()?),
        Command::Open(options) => before::open(options, time()?),
        Command::Execute { folder } => before::execute(folder, time()?),
        Command::Event { command: EventCommand::Report(options) } => after::report(options, time()?),
        Command::Event { command: EventCommand::Entropy(options) } => after::entropy(options, time()?),
        Command::Event { command: EventCommand::Execute { folder } } => after::execute(folder, time()?),
        Command::Substitute(options) => after::substitute(options, time()?),
        Command::Void(options) => after::void(options, time()?),
        Command::Publish { folder } => after::publish(folder, time()?),
        Command::Head { folder } => log::head(folder, time()?),
        Command::Witness { command: WitnessCommand::Key { keep, suite } } => log::key(keep, *suite),
        Command::Witness { command: WitnessCommand::Sign(options) } => log::sign(options),
        Command::Bundle(options) => log::bundle(options),
        Command::Verify(options) => judge::verify(options),
        Command::Explain(options) => explain::explain(options),
        Command::Simulate(options) => simulate::simulate(options),
    }
}

/// The time of a step: as given, or by the clock of this machine.
fn now(given: Option<&str>) -> Result<Time> {
    #[expect(clippy::disallowed_methods, reason = "the edge of the program: nothing below reads a clock")]
    let text = match given {
        Some(text) => text.to_owned(),
        None => jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
    };
    Time::parse(text.as_bytes()).ok_or(Error::Argument { what: "--time", value: text })
}
