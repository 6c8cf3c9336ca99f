//! What is wrong with the words of a command line, in the language they ask for.
//!
//! Must never know any command: it reads what the parser says of its own complaint.

#[cfg(test)]
mod tests;

use std::error::Error as _;
use std::io::Write as _;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use messages::{Lang, Message};

/// Prints help where it was asked for, else what is wrong. Whether something is.
pub fn print(error: &clap::Error, lang: Lang) -> bool {
    // A closed pipe is no reason to complain.
    if is_help(error.kind()) {
        let _ = error.print();
    } else {
        let _ = write!(std::io::stderr().lock(), "{}", text(error, lang));
    }
    error.use_stderr()
}

/// What [`print()`] prints.
pub fn text(error: &clap::Error, lang: Lang) -> String {
    if is_help(error.kind()) {
        return error.render().to_string();
    }
    let said = |message: &Message| message.render(lang);
    let complaint = complaint(error);
    let mut lines = vec![format!("{}: {}", complaint.code, said(&complaint))];
    let near = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue];
    let near = near.into_iter().find_map(|kind| nearest(error, kind));
    lines.extend(near.map(|near| said(&Message::new("TJ-C002").with("suggestion", near))));
    if let Some(usage) = of(error, ContextKind::Usage) {
        let usage = usage.trim().trim_start_matches("Usage:").trim().to_owned();
        lines.push(said(&Message::new("TJ-V221").with("usage", usage)));
    }
    lines.push(said(&Message::new("TJ-V222")));
    lines.join("\n  ") + "\n"
}

fn is_help(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    )
}

fn complaint(error: &clap::Error) -> Message {
    let arg = || of(error, ContextKind::InvalidArg).unwrap_or_default();
    let value = || of(error, ContextKind::InvalidValue).unwrap_or_default();
    let valid = || of(error, ContextKind::ValidValue).unwrap_or_default();
    #[expect(clippy::wildcard_enum_match_arm, reason = "the parser may learn further complaints")]
    match error.kind() {
        ErrorKind::UnknownArgument => Message::new("TJ-V210").with("found", arg()),
        ErrorKind::InvalidSubcommand => {
            let found = of(error, ContextKind::InvalidSubcommand).unwrap_or_default();
            Message::new("TJ-V211").with("found", found)
        }
        ErrorKind::MissingSubcommand => {
            let allowed = of(error, ContextKind::ValidSubcommand).unwrap_or_default();
            Message::new("TJ-V212").with("allowed", allowed)
        }
        ErrorKind::MissingRequiredArgument => Message::new("TJ-V213").with("names", arg()),
        ErrorKind::InvalidValue if value().is_empty() => missing_value(arg(), &valid()),
        ErrorKind::InvalidValue if valid().is_empty() => {
            Message::new("TJ-V216").with("arg", arg()).with("found", value()).with("why", "")
        }
        ErrorKind::InvalidValue => {
            Message::new("TJ-V215").with("arg", arg()).with("found", value()).with("allowed", valid())
        }
        ErrorKind::ValueValidation => {
            let why = error.source().map(|why| value_fault(why).to_string()).unwrap_or_default();
            Message::new("TJ-V216").with("arg", arg()).with("found", value()).with("why", why)
        }
        ErrorKind::NoEquals | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            missing_value(arg(), "")
        }
        ErrorKind::TooManyValues => Message::new("TJ-V218").with("arg", arg()).with("found", value()),
        ErrorKind::ArgumentConflict => {
            let other = of(error, ContextKind::PriorArg).unwrap_or_default();
            if other == arg() {
                Message::new("TJ-V220").with("arg", arg())
            } else {
                Message::new("TJ-V219").with("arg", arg()).with("other", other)
            }
        }
        ErrorKind::InvalidUtf8 => Message::new("TJ-V223"),
        other => Message::new("TJ-V224").with("why", other),
    }
}

/// Why a value is none: the parser's own kinds of complaint in the reader's language, any other in its words.
fn value_fault(why: &(dyn std::error::Error + 'static)) -> Message {
    let words = why.to_string();
    if why.is::<std::num::ParseIntError>() {
        return Message::new("TJ-V252");
    }
    match words.split_once(" is not in ") {
        Some((_, range)) => Message::new("TJ-V253").with("range", range),
        None => Message::new("TJ-V254").with("words", words),
    }
}

fn missing_value(arg: String, allowed: &str) -> Message {
    match allowed {
        "" => Message::new("TJ-V214").with("arg", arg),
        allowed => Message::new("TJ-V217").with("arg", arg).with("allowed", allowed),
    }
}

/// What the parser says of one side of its complaint.
fn of(error: &clap::Error, kind: ContextKind) -> Option<String> {
    let said = error.get(kind)?;
    let ContextValue::Strings(all) = said else { return Some(said.to_string()) };
    Some(all.join(", "))
}

/// Of several guesses the parser puts the best last.
fn nearest(error: &clap::Error, kind: ContextKind) -> Option<String> {
    let said = error.get(kind)?;
    let ContextValue::Strings(all) = said else { return Some(said.to_string()) };
    all.last().cloned()
}
