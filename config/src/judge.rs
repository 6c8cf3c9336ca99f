//! What collects while a configuration is judged: problems, places, and what is in force.
//!
//! Invariant: knows no key of ours.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use messages::{Message, Problem};

use crate::location::{At, Files, LocatedProblem, Location};
use crate::suggest;

/// Problems that are told, at most.
const MAX_PROBLEMS: usize = 500;

/// One value in force, as text, and where it comes from (`None`: a default).
#[derive(Clone, Debug)]
pub(crate) struct InForce {
    pub(crate) path: String,
    pub(crate) value: String,
    pub(crate) from: Option<At>,
}

/// Collects; shared by all readers of tables.
pub(crate) struct Judge<'f> {
    pub(crate) files: &'f Files,
    /// The directory that relative paths start from.
    pub(crate) dir: &'f Path,
    /// Whether a variable of the environment is set.
    pub(crate) is_set: &'f dyn Fn(&str) -> bool,
    found: RefCell<Found>,
}

/// What was collected.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) problems: Vec<LocatedProblem>,
    pub(crate) places: BTreeMap<String, At>,
    pub(crate) in_force: Vec<InForce>,
    /// Group and id of what may stand once only.
    names: BTreeMap<(&'static str, String), At>,
    /// Every key that was asked for.
    pub(crate) keys: std::collections::BTreeSet<&'static str>,
    inline_secrets_are_allowed: bool,
}

impl<'f> Judge<'f> {
    pub(crate) fn new(files: &'f Files, dir: &'f Path, is_set: &'f dyn Fn(&str) -> bool) -> Judge<'f> {
        Judge { files, dir, is_set, found: RefCell::default() }
    }

    pub(crate) fn found(self) -> Found {
        self.found.into_inner()
    }

    pub(crate) fn problem(&self, path: &str, at: At, message: Message, cure: Option<Message>) {
        // Nobody reads more, and each costs a look at its file.
        if self.is_full() {
            return;
        }
        let problem = Problem { path: path.to_owned(), message, cure };
        self.found.borrow_mut().problems.push(self.files.located(problem, at));
    }

    /// A word that is none of a closed set.
    pub(crate) fn no_such_word(&self, path: &str, at: At, found: &str, words: &[&str]) {
        if self.is_full() {
            return;
        }
        let message = Message::new("TJ-C011").with("found", found).with("allowed", words.join(", "));
        let cure = match suggest::nearest(found, words.iter().copied()) {
            Some(nearest) => Message::new("TJ-C002").with("suggestion", nearest),
            None => Message::new("TJ-C047").with("example", words.first().copied().unwrap_or_default()),
        };
        let problem = Problem::new(path, message).cure(cure);
        self.found.borrow_mut().problems.push(self.files.located_quoted(problem, at));
    }

    /// Whether no more problems are taken.
    pub(crate) fn is_full(&self) -> bool {
        self.found.borrow().problems.len() >= MAX_PROBLEMS
    }

    pub(crate) fn place(&self, path: &str, at: At) {
        self.found.borrow_mut().places.insert(path.to_owned(), at);
    }

    pub(crate) fn in_force(&self, path: String, value: String, from: Option<At>) {
        self.found.borrow_mut().in_force.push(InForce { path, value, from });
    }

    pub(crate) fn asked(&self, key: &'static str) {
        self.found.borrow_mut().keys.insert(key);
    }

    pub(crate) fn allow_inline_secrets(&self) {
        self.found.borrow_mut().inline_secrets_are_allowed = true;
    }

    pub(crate) fn inline_secrets_are_allowed(&self) -> bool {
        self.found.borrow().inline_secrets_are_allowed
    }

    /// Reports a second thing of the same name in a group.
    pub(crate) fn once(&self, group: &'static str, id: &str, path: &str, at: At) {
        let first = {
            let mut found = self.found.borrow_mut();
            match found.names.insert((group, id.to_owned()), at) {
                Some(first) => first,
                None => return,
            }
        };
        if self.is_full() {
            return;
        }
        let first: Location = self.files.location(first);
        let message = Message::new("TJ-C007").with("key", id).with("first", first);
        self.problem(path, at, message, Some(Message::new("TJ-C008")));
    }

    /// Relative to the configuration directory.
    pub(crate) fn resolved(&self, path: &str) -> PathBuf {
        self.dir.join(path)
    }
}
