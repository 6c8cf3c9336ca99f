//! Where something stands: files, lines, columns; and problems shown with their line.
//!
//! Invariant: an excerpt never shows a line that may hold a secret.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use messages::{Lang, Problem};

/// Characters of one argument of a message, at most.
const MAX_ARG: usize = 1000;
/// Characters of a line that are shown, at most.
const MAX_LINE: usize = 300;

/// A place in a file, or in what overrides files.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// The file; for an override the variable (`$TONGJIAN__SERVER__LISTEN`) or the flag (`--set server.listen`).
    pub file: PathBuf,
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file.display(), self.line, self.column)
    }
}

/// The line a problem is in, with what to underline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The line.
    pub line: String,
    /// Characters before what is meant.
    pub n_before: usize,
    /// Characters that are meant, at least 1.
    pub n_meant: usize,
}

/// A problem and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocatedProblem {
    /// What is wrong, and the cure.
    pub problem: Problem,
    /// Where.
    pub location: Location,
    /// The line, unless it may hold a secret or is not of a file.
    pub excerpt: Option<Excerpt>,
}

impl LocatedProblem {
    /// Several lines for an operator: place, code and text; the line of the file underlined; the cure.
    #[must_use]
    pub fn render(&self, lang: Lang) -> String {
        let message = &self.problem.message;
        let mut out = format!("{}: [{}] {}", self.location, message.code, message.render(lang));
        if let Some(excerpt) = &self.excerpt {
            let number = self.location.line.to_string();
            let gutter = " ".repeat(number.len());
            let line = excerpt.line.replace('\t', " ");
            let before: usize = line.chars().take(excerpt.n_before).map(width).sum();
            let meant: usize = line.chars().skip(excerpt.n_before).take(excerpt.n_meant).map(width).sum();
            let (before, meant) = (" ".repeat(before), "^".repeat(meant.max(1)));
            out.push_str(&format!("\n  {number} | {line}\n  {gutter} | {before}{meant}"));
        }
        if let Some(cure) = &self.problem.cure {
            out.push_str("\n  = ");
            out.push_str(&cure.render(lang));
        }
        out
    }
}

/// Columns of a terminal that a character takes.
fn width(c: char) -> usize {
    match u32::from(c) {
        0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff => 2,
        0xfe30..=0xfe4f | 0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x1f300..=0x1faff | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

/// Bytes of one of the [`Files`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct At {
    pub(crate) file: usize,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// What was read: files with their text, overrides without.
#[derive(Clone, Debug, Default)]
pub(crate) struct Files {
    files: Vec<File>,
}

/// One of them.
#[derive(Clone)]
struct File {
    path: PathBuf,
    text: Option<String>,
}

impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("File").field(&self.path).finish() // Its text may hold secrets.
    }
}

impl Files {
    /// Keeps a file; what comes back is a place that means the whole of it.
    pub(crate) fn add(&mut self, path: &Path, text: Option<String>) -> At {
        let file = self.files.len();
        self.files.push(File { path: path.to_owned(), text });
        At { file, start: 0, end: 0 }
    }

    /// Paths of those that are files.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().filter(|file| file.text.is_some()).map(|file| file.path.as_path())
    }

    pub(crate) fn text(&self, file: usize) -> &str {
        self.files.get(file).and_then(|file| file.text.as_deref()).unwrap_or_default()
    }

    pub(crate) fn location(&self, at: At) -> Location {
        let file = self.files.get(at.file).map(|file| file.path.clone()).unwrap_or_default();
        let (line, column, _) = line_of(self.text(at.file), at.start);
        Location { file, line, column }
    }

    pub(crate) fn located(&self, problem: Problem, at: At) -> LocatedProblem {
        let mut problem = problem;
        let cure = problem.cure.as_mut().map(|cure| &mut cure.args);
        for (_, value) in std::iter::once(&mut problem.message.args).chain(cure).flatten() {
            if value.len() > MAX_ARG && value.chars().count() > MAX_ARG {
                *value = value.chars().take(MAX_ARG).chain(['…']).collect();
            }
        }
        LocatedProblem { problem, location: self.location(at), excerpt: self.excerpt(at, may_hold_secret) }
    }

    /// Of a problem whose message repeats what is meant: what stands around it decides whether the line is shown.
    pub(crate) fn located_quoted(&self, problem: Problem, at: At) -> LocatedProblem {
        let meant = self.text(at.file).get(at.start..at.end).unwrap_or_default();
        let around = |line: &str| may_hold_secret(&line.replacen(meant, "", 1));
        let excerpt = self.excerpt(at, around);
        LocatedProblem { excerpt, ..self.located(problem, at) }
    }

    fn excerpt(&self, at: At, is_secret: impl Fn(&str) -> bool) -> Option<Excerpt> {
        let text = self.text(at.file);
        let (_, column, line) = line_of(text, at.start);
        if line.trim().is_empty() || is_secret(line) {
            return None;
        }
        let meant = text.get(at.start..at.end.max(at.start)).unwrap_or_default();
        let meant = meant.lines().next().unwrap_or_default();
        Some(Excerpt::cut(line, column - 1, meant.chars().count().max(1)))
    }
}

impl Excerpt {
    /// As much of a line as people can read.
    fn cut(line: &str, n_before: usize, n_meant: usize) -> Excerpt {
        if line.len() <= MAX_LINE {
            return Excerpt { line: line.to_owned(), n_before, n_meant };
        }
        let n_left = n_before.saturating_sub(MAX_LINE / 3);
        let mut shown = String::from(if n_left > 0 { "…" } else { "" });
        let n_before = n_before - n_left + shown.chars().count();
        let mut rest = line.chars().skip(n_left);
        shown.extend(rest.by_ref().take(MAX_LINE));
        let n_meant = n_meant.min(shown.chars().count().saturating_sub(n_before)).max(1);
        if rest.next().is_some() {
            shown.push('…');
        }
        Excerpt { line: shown, n_before, n_meant }
    }
}

/// Line number, column, and text of the line that holds a byte.
fn line_of(text: &str, byte: usize) -> (usize, usize, &str) {
    let mut byte = byte.min(text.len());
    while !text.is_char_boundary(byte) {
        byte -= 1;
    }
    let before = text.get(..byte).unwrap_or_default();
    let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let column = text.get(start..byte).unwrap_or_default().chars().count() + 1;
    (line, column, text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default())
}

fn may_hold_secret(line: &str) -> bool {
    let line = line.to_ascii_lowercase();
    ["pass", "pwd", "secret", "token", "_key", "://"].iter().any(|word| line.contains(word))
}
