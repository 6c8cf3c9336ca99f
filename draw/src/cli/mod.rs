//! `tongjian draw …`: the commands. `server` mounts [`command`] and calls [`run`]; `tongjian-draw` is [`alone`].
//!
//! Exit codes: 0 done or whole; 1 refused, with place and reason; 2 wrong use; 69 a file or the operating system.
//! The clock is read here and nowhere else, and only where `--time` is not given.

mod after;
mod answer;
mod args;
mod before;
mod explain;
pub mod help;
mod judge;
mod log;
pub mod misuse;
mod reasons;
mod simulate;

use std::ffi::OsString;
use std::io::Write as _;

use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _};
use messages::Lang;
use sampling::encoding::Time;

pub use answer::{DONE, FAILED, Output, REFUSED, USAGE};

use crate::error::{Error, Result};
use answer::Answer;
use args::{Alone, Arguments, Command, EventCommand, PlanCommand, WitnessCommand};

/// The commands under the name `draw`, to be mounted in another program, which has its own output and language.
pub fn command(lang: Lang) -> clap::Command {
    help::worded(Arguments::command(), lang)
}

/// Runs what the mounted command has read, and prints the answer. Gives the exit code.
pub fn run(matches: &ArgMatches, output: Output, lang: Lang) -> u8 {
    match Arguments::from_arg_matches(matches) {
        Ok(arguments) => print(answer(&arguments, output, lang)),
        Err(error) => say(&error, lang),
    }
}

/// The program alone: reads its words, runs, prints. Gives the exit code.
pub fn alone() -> u8 {
    let words: Vec<OsString> = std::env::args_os().collect();
    match parse(&words) {
        Ok(alone) => print(answer(&alone.arguments, alone.output, alone.lang.into())),
        Err(error) => say(&error, language(&words)),
    }
}

/// Parses and runs without printing: exit code and text.
pub fn run_from<I, T>(words: I) -> (u8, String)
where
    I: IntoIterator<Item = T>,
    T: Into<OsString> + Clone,
{
    let words: Vec<OsString> = words.into_iter().map(Into::into).collect();
    match parse(&words) {
        Ok(alone) => answer(&alone.arguments, alone.output, alone.lang.into()),
        Err(error) => (if error.use_stderr() { USAGE } else { DONE }, misuse::text(&error, language(&words))),
    }
}

/// Reads the words; help is in the language they ask for.
fn parse(words: &[OsString]) -> std::result::Result<Alone, clap::Error> {
    let matches = help::in_language(Alone::command(), language(words)).try_get_matches_from(words)?;
    Alone::from_arg_matches(&matches)
}

/// The language has to be known before the help can be made.
fn language(words: &[OsString]) -> Lang {
    let mut words = words.iter().map(|word| word.to_string_lossy());
    while let Some(word) = words.next() {
        let value = match word.strip_prefix("--lang") {
            Some("") => words.next().map(std::borrow::Cow::into_owned),
            Some(rest) => rest.strip_prefix('=').map(str::to_owned),
            None => None,
        };
        if let Some(lang) = value.and_then(|value| value.parse().ok()) {
            return lang;
        }
    }
    std::env::var("TONGJIAN_LANG").ok().and_then(|value| value.parse().ok()).unwrap_or(Lang::Zh)
}

fn print((code, text): (u8, String)) -> u8 {
    let printed = std::io::stdout().lock().write_all(text.as_bytes());
    if printed.is_err() && code == DONE { FAILED } else { code }
}

/// Help, or what is wrong with the words. Where it cannot be printed the code says it.
fn say(error: &clap::Error, lang: Lang) -> u8 {
    if misuse::print(error, lang) { USAGE } else { DONE }
}

fn answer(arguments: &Arguments, output: Output, lang: Lang) -> (u8, String) {
    let answer = dispatch(arguments).unwrap_or_else(|error| Answer::of_error(&error));
    (answer.code(), answer.show(output, lang))
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
