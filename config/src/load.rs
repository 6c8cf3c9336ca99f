//! From a directory to a judged configuration.

use std::{
    collections::BTreeMap,
    io::Read as _,
    path::{Path, PathBuf},
};

use messages::{Message, Problem};

use crate::{
    Overrides,
    draft::{
        CalendarDraft, DepartmentDraft, EntityDraft, HubDraft, IngestDraft, KindDraft, ListDraft,
        RelationDraft, ServerDraft, TranslationDraft,
    },
    form::{self, Content, Root},
    judge::{InForce, Judge},
    location::{At, Files, LocatedProblem, Location},
    tree::{self, Entry, Node, Value},
};

/// The file of the hub itself.
const MAIN: &str = "tongjian.toml";
/// The folders of everything else.
const FOLDERS: [&str; 3] = ["ontology", "codes", "departments"];
/// Folders in folders, at most.
const MAX_DEPTH: u32 = 8;
/// Bytes of a file, at most.
const MAX_FILE_BYTES: u64 = 16 << 20;
/// Problems of the syntax of one file that are told.
const MAX_SYNTAX_PROBLEMS: usize = 100;

/// A configuration of good form.
#[derive(Debug)]
pub struct Config {
    /// The directory it was read from.
    pub dir: PathBuf,
    /// `[hub]`.
    pub hub: HubDraft,
    /// `[server]`.
    pub server: ServerDraft,
    /// `[ingest]`.
    pub ingest: IngestDraft,
    /// Kinds of entities, in order of file and line.
    pub entities: Vec<EntityDraft>,
    /// Kinds of records, in order of file and line.
    pub kinds: Vec<KindDraft>,
    /// Relations of entities, in order of file and line.
    pub relations: Vec<RelationDraft>,
    /// Code lists, in order of file and line.
    pub lists: Vec<ListDraft>,
    /// Translations, in order of file and line.
    pub translations: Vec<TranslationDraft>,
    /// Working days, a year each, in order of file and line.
    pub calendars: Vec<CalendarDraft>,
    /// Departments with their sources, in order of file and line.
    pub departments: Vec<DepartmentDraft>,
    files: Files,
    places: BTreeMap<String, At>,
    in_force: Vec<InForce>,
    unread: Unread,
}

/// What could not be taken in: what others name may stand there.
#[derive(Debug, Default)]
struct Unread {
    /// Files that are no TOML.
    broken: Vec<usize>,
    /// There are files nothing is known of.
    is_dark: bool,
}

/// Reads a configuration directory, with the environment of this process.
///
/// # Errors
/// Every problem of form, in order of file and line.
pub fn load(dir: &Path) -> Result<Config, Vec<LocatedProblem>> {
    load_with(dir, &Overrides::of_process())
}

/// Reads a configuration directory, with what is said outside the files.
///
/// # Errors
/// Every problem of form, in order of file and line.
pub fn load_with(dir: &Path, overrides: &Overrides) -> Result<Config, Vec<LocatedProblem>> {
    let Judged { config, problems, .. } = judge(dir, overrides);
    match config {
        Some(config) if problems.is_empty() => Ok(config),
        Some(_) | None => Err(problems),
    }
}

/// A configuration, and everything wrong with its form.
#[derive(Debug)]
pub struct Judged {
    /// `None` without a `tongjian.toml`. Whatever a problem speaks of is missing or a default here: good enough to
    /// judge the meaning of the rest, so that an operator sees all problems at once; never to run.
    pub config: Option<Config>,
    /// Whether the main file could be taken in; what it says is default otherwise.
    pub main_is_read: bool,
    /// In order of file and line.
    pub problems: Vec<LocatedProblem>,
}

/// Reads a configuration directory and judges its form, going on behind every problem.
#[must_use]
pub fn judge(dir: &Path, overrides: &Overrides) -> Judged {
    // Relative paths are relative to it, and some must be absolute.
    let dir = &std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned());
    let mut reading =
        Reading { dir: dir.canonicalize().unwrap_or_else(|_| dir.clone()), ..Reading::default() };
    let main_is_there = dir.join(MAIN).exists();
    let main = reading.main(dir);
    let main_is_read = main.is_some();
    reading.unread.is_dark |= !main_is_read;
    // A missing or broken main file is reported; the others are judged all the same.
    let main = main.unwrap_or(Root { at: At { file: 0, start: 0, end: 0 }, entries: Vec::new() });
    let mut roots = vec![main];
    for path in reading.content_files(dir, &roots) {
        roots.extend(reading.root(&path));
    }
    let Reading { mut files, mut problems, unread, .. } = reading;
    if main_is_read {
        problems.extend(overrides.apply(&mut files, &mut roots));
    }

    let is_set = |variable: &str| overrides.is_set(variable);
    let judge = Judge::new(&files, dir, &is_set);
    if !main_is_read {
        judge.allow_inline_secrets(); // Whether they are is not known: no second problem out of the first.
    }
    let mut content = Content::default();
    let mut roots = roots.iter();
    let main = roots.next().map(|root| form::main(&judge, root, &mut content));
    for root in roots {
        form::content(&judge, root, &mut content);
    }
    let found = judge.found();
    problems.extend(found.problems);
    problems.sort_by(|a, b| a.location.cmp(&b.location));
    let config = main.filter(|_| main_is_there).map(|main| Config {
        dir: dir.to_owned(),
        hub: main.hub,
        server: main.server,
        ingest: main.ingest,
        entities: content.entities,
        kinds: content.kinds,
        relations: content.relations,
        lists: content.lists,
        translations: content.translations,
        calendars: content.calendars,
        departments: content.departments,
        files,
        places: found.places,
        in_force: found.in_force,
        unread,
    });
    Judged { config, main_is_read, problems }
}

impl Config {
    /// Where something stands, by its path of keys (`source.registry.stream[0].fields.name`). If there is no such
    /// key (a default, say), where the nearest table around it stands.
    #[must_use]
    pub fn locate(&self, path: &str) -> Option<Location> {
        self.place(path).map(|at| self.files.location(at))
    }

    /// Whether something of this name may stand in a file that could not be taken in; `false` when all could.
    #[must_use]
    pub fn may_hold(&self, name: &str) -> bool {
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let holds = |file: &usize| self.files.text(*file).split(|c| !is_part(c)).any(|word| word == name);
        self.unread.is_dark || self.unread.broken.iter().any(holds)
    }

    /// A problem that somebody found in the meaning, with its place; without one, at the top of `tongjian.toml`.
    #[must_use]
    pub fn located(&self, problem: Problem) -> LocatedProblem {
        let at = self.place(&problem.path).unwrap_or(At { file: 0, start: 0, end: 0 });
        self.files.located(problem, at)
    }

    fn place(&self, path: &str) -> Option<At> {
        let mut path = path;
        loop {
            if let Some(at) = self.places.get(path) {
                return Some(*at);
            }
            path = path.get(..path.rfind(['.', '['])?)?;
        }
    }

    /// All single values in force, one a line, `path = value  # file:line` or `# default`. Secrets are hidden.
    #[must_use]
    pub fn effective(&self) -> String {
        let mut out = String::new();
        for InForce { path, value, from } in &self.in_force {
            out.push_str(&format!("{path} = {value}  # "));
            match from {
                Some(at) => {
                    let location = self.files.location(*at);
                    let file = location.file.strip_prefix(&self.dir).unwrap_or(&location.file);
                    out.push_str(&format!("{}:{}\n", file.display(), location.line));
                }
                None => out.push_str("default\n"),
            }
        }
        out
    }

    /// The files it was read from, in order.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.files.paths()
    }
}

/// Files read so far, and what was wrong with them.
#[derive(Default)]
struct Reading {
    /// The directory itself, without links.
    dir: PathBuf,
    files: Files,
    problems: Vec<LocatedProblem>,
    unread: Unread,
}

impl Reading {
    fn main(&mut self, dir: &Path) -> Option<Root> {
        let path = dir.join(MAIN);
        if path.exists() {
            return self.root(&path);
        }
        let at = self.files.add(&path, None);
        let problem = Problem::new("", Message::new("TJ-C024").with("dir", dir.display()));
        self.problems.push(self.files.located(problem.cure(Message::new("TJ-C025")), at));
        None
    }

    /// A file that can be read and is TOML.
    fn root(&mut self, path: &Path) -> Option<Root> {
        let bytes = match bytes_of(path, &self.dir) {
            Ok(bytes) => bytes,
            Err((message, cure)) => {
                self.refused(path, message, cure);
                return None;
            }
        };
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let byte = error.utf8_error().valid_up_to();
                let valid = error.as_bytes().get(..byte).unwrap_or_default();
                let at = self.files.add(path, Some(String::from_utf8_lossy(valid).into_owned()));
                let at = At { start: byte, end: byte, ..at };
                let message = Message::new("TJ-C015").with("file", path.display()).with("byte", byte + 1);
                let problem = Problem::new("", message).cure(Message::new("TJ-C016"));
                self.problems.push(self.files.located(problem, at));
                self.unread.is_dark = true;
                return None;
            }
        };
        let at = self.files.add(path, Some(text));
        match tree::parse(&self.files, at.file) {
            Ok(entries) => Some(Root { at, entries }),
            Err(problems) => {
                self.problems.extend(problems.into_iter().take(MAX_SYNTAX_PROBLEMS));
                self.unread.broken.push(at.file);
                None
            }
        }
    }

    fn refused(&mut self, path: &Path, message: Message, cure: Message) {
        let at = self.files.add(path, None);
        self.problems.push(self.files.located(Problem::new("", message).cure(cure), at));
        self.unread.is_dark = true;
    }

    /// The files of the three folders and of `[include]`, each once, in order of path.
    fn content_files(&mut self, dir: &Path, roots: &[Root]) -> Vec<PathBuf> {
        let mut paths = Vec::new();
        for folder in FOLDERS.map(|folder| dir.join(folder)).into_iter().filter(|folder| folder.exists()) {
            self.collect(&folder, 0, &mut paths);
        }
        for root in roots {
            for (included, at) in included(&root.entries) {
                let path = dir.join(included);
                if path.canonicalize().is_ok_and(|path| !path.starts_with(&self.dir)) {
                    let (message, cure) = outside(&path);
                    let problem = Problem::new("include.paths", message).cure(cure);
                    self.problems.push(self.files.located(problem, at));
                    self.unread.is_dark = true;
                } else if path.is_dir() {
                    self.collect(&path, 0, &mut paths);
                } else {
                    paths.push(path);
                }
            }
        }
        let mut seen = std::collections::BTreeSet::new();
        paths.retain(|path| seen.insert(path.canonicalize().unwrap_or_else(|_| path.clone())));
        paths
    }

    fn collect(&mut self, folder: &Path, depth: u32, paths: &mut Vec<PathBuf>) {
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => {
                let (message, cure) = unreadable(folder, &error);
                self.refused(folder, message, cure);
                return;
            }
        };
        let mut found: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        found.sort();
        for path in found {
            let is_hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
            if path.is_dir() && !is_hidden {
                if path.is_symlink() {
                    let message = Message::new("TJ-C039").with("folder", path.display());
                    self.refused(&path, message, Message::new("TJ-C040"));
                } else if depth < MAX_DEPTH {
                    self.collect(&path, depth + 1, paths);
                } else {
                    let message =
                        Message::new("TJ-C041").with("folder", path.display()).with("max", MAX_DEPTH);
                    self.refused(&path, message, Message::new("TJ-C042"));
                }
            } else if path.extension().is_some_and(|ending| ending == "toml") && !is_hidden {
                paths.push(path);
            }
        }
    }
}

/// The bytes of a file: a regular one, of bounded size, that does not lie elsewhere. Else what is wrong, and the cure.
fn bytes_of(path: &Path, dir: &Path) -> Result<Vec<u8>, (Message, Message)> {
    let io = |error: std::io::Error| unreadable(path, &error);
    if !path.canonicalize().map_err(io)?.starts_with(dir) {
        return Err(outside(path));
    }
    // A pipe would be waited for, a device never ends.
    if !path.metadata().map_err(io)?.is_file() {
        let message = Message::new("TJ-C036").with("file", path.display());
        return Err((message, Message::new("TJ-C046")));
    }
    let file = std::fs::File::open(path).map_err(io)?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(io)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        let message = Message::new("TJ-C037").with("file", path.display()).with("max", MAX_FILE_BYTES >> 20);
        return Err((message, Message::new("TJ-C038")));
    }
    Ok(bytes)
}

fn unreadable(path: &Path, error: &std::io::Error) -> (Message, Message) {
    let message = Message::new("TJ-C013").with("file", path.display()).with("why", error);
    (message, Message::new("TJ-C014"))
}

fn outside(path: &Path) -> (Message, Message) {
    (Message::new("TJ-C043").with("file", path.display()), Message::new("TJ-C044"))
}

/// What `[include] paths` names; if it is of a wrong type, that is reported when the file is judged.
fn included(entries: &[Entry]) -> Vec<(&str, At)> {
    let table = entries.iter().find(|entry| entry.key == "include");
    let Some(Entry { node: Node { value: Value::Table(keys), .. }, .. }) = table else { return Vec::new() };
    let Some(paths) = keys.iter().find(|entry| entry.key == "paths") else { return Vec::new() };
    let items = if let Value::Array(items) = &paths.node.value {
        items.as_slice()
    } else {
        std::slice::from_ref(&paths.node)
    };
    let texts = items.iter().filter_map(|node| {
        let Value::Text(text) = &node.value else { return None };
        Some((text.as_str(), node.at))
    });
    texts.collect()
}
