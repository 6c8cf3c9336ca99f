//! Texts for people, by code, in Chinese and English.
//!
//! The code base speaks English and codes; whatever an operator reads is rendered here from a code and arguments.
//! Invariant: knows nothing but texts.

mod lang;
mod nested;
mod texts;

#[cfg(test)]
mod errors_page;
#[cfg(test)]
mod tests;

use std::fmt;

pub use lang::{Lang, UnknownLang};
pub use nested::noun;
pub use texts::{all_codes, places, render, text};

/// What is to be said: a code (`TJ-C012`) and the values to fill in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The code of a text.
    pub code: &'static str,
    /// Names and values for the text's `{name}` places.
    pub args: Vec<(&'static str, String)>,
}

impl Message {
    /// A message without arguments.
    #[must_use]
    pub fn new(code: &'static str) -> Message {
        Message { code, args: Vec::new() }
    }

    /// The same with one more argument.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Message {
        self.args.push((name, value.to_string()));
        self
    }

    /// The text in one language; see [`render`].
    #[must_use]
    pub fn render(&self, lang: Lang) -> String {
        render(self, lang)
    }
}

/// Something wrong in a configuration: where (a path of keys, as `stream[2].fields.amount`), what, and the cure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The path of keys inside the configuration; `config::locate` gives file and line.
    pub path: String,
    /// What is wrong.
    pub message: Message,
    /// What to do.
    pub cure: Option<Message>,
}

impl Problem {
    /// A problem without a cure.
    #[must_use]
    pub fn new(path: impl Into<String>, message: Message) -> Problem {
        Problem { path: path.into(), message, cure: None }
    }

    /// The same with what to do about it.
    #[must_use]
    pub fn cure(mut self, cure: Message) -> Problem {
        self.cure = Some(cure);
        self
    }
}
