//! Single values from the environment and from flags, put into the trees of the files before these are judged.
//!
//! Invariant: sets single values only; a value from outside is never shown.

use std::path::Path;

use messages::{Message, Problem};

use crate::{
    form::Root,
    location::{At, Files, LocatedProblem},
    tree::{Entry, Node, Value},
};

/// The prefix of variables that set values.
const PREFIX: &str = "TONGJIAN__";

/// What is said outside the files.
#[derive(Clone, Default)]
pub struct Overrides {
    /// Variables and their values: those named `TONGJIAN__…` set values, all are asked when a secret names one.
    pub environment: Vec<(String, String)>,
    /// `--set` flags: `server.listen=0.0.0.0:8080`.
    pub flags: Vec<String>,
}

impl std::fmt::Debug for Overrides {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.environment.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Overrides").field("environment", &names).finish_non_exhaustive()
    }
}

impl Overrides {
    /// The environment of this process, no flags. Variables that are not text are left out.
    #[must_use]
    pub fn of_process() -> Overrides {
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        Overrides { environment: std::env::vars_os().filter_map(text).collect(), flags: Vec::new() }
    }

    pub(crate) fn is_set(&self, variable: &str) -> bool {
        self.environment.iter().any(|(name, _)| name == variable)
    }

    /// Puts all values in: first the environment, then the flags, so that these win.
    pub(crate) fn apply(&self, files: &mut Files, roots: &mut [Root]) -> Vec<LocatedProblem> {
        let mut problems = Vec::new();
        let mut variables: Vec<&(String, String)> =
            self.environment.iter().filter(|(name, _)| name.starts_with(PREFIX)).collect();
        variables.sort();
        for (name, value) in variables {
            let path = name.trim_start_matches(PREFIX).to_ascii_lowercase().replace("__", ".");
            let at = files.add(Path::new(&format!("${name}")), None);
            if !put(roots, &path, value, at) {
                let message = Message::new("TJ-C026").with("variable", name).with("key", &path);
                let problem = Problem::new(path, message).cure(Message::new("TJ-C035"));
                problems.push(files.located(problem, at));
            }
        }
        for flag in &self.flags {
            let Some((path, value)) = flag.split_once('=') else {
                let at = files.add(Path::new("--set"), None);
                let message =
                    Message::new("TJ-C032").with("name", flag).with("example", "server.listen=0.0.0.0:8080");
                problems.push(files.located(Problem::new("", message), at));
                continue;
            };
            let at = files.add(Path::new(&format!("--set {path}")), None);
            if !put(roots, path, value, at) {
                let message = Message::new("TJ-C031").with("variable", path).with("key", path);
                problems.push(files.located(Problem::new(path, message), at));
            }
        }
        problems
    }
}

/// Puts one value at the end of a path; `false` if there is no such place for a single value.
fn put(roots: &mut [Root], path: &str, value: &str, at: At) -> bool {
    let path = path.replace('[', ".").replace(']', "");
    let keys: Vec<&str> = path.split('.').collect();
    let Some((root, keys)) = root_of(roots, &keys) else { return false };
    let node = Node { value: Value::Given(value.to_owned()), at };
    let is_known_group = keys.len() > 1 && keys.iter().all(|key| !key.is_empty());
    is_known_group && put_in_table(root, &keys, node)
}

/// The file that a path belongs to, and the path inside it: groups of the hub itself to the first (`tongjian.toml`),
/// ids to the file that has them.
fn root_of<'r, 'k>(roots: &'r mut [Root], keys: &[&'k str]) -> Option<(&'r mut Vec<Entry>, Vec<&'k str>)> {
    match *keys {
        ["hub" | "server" | "ingest" | "include", ..] => {
            roots.first_mut().map(|root| (&mut root.entries, keys.to_vec()))
        }
        ["department", id, ref rest @ ..] => {
            let root = roots.iter_mut().find(|root| {
                let department = entry(&root.entries, "department").and_then(table);
                let own = department.and_then(|department| entry(department, "id"));
                matches!(own, Some(Entry { node: Node { value: Value::Text(text), .. }, .. }) if text == id)
            })?;
            Some((&mut root.entries, ["department"].iter().chain(rest).copied().collect()))
        }
        [group @ ("kind" | "entity" | "list" | "translation" | "source"), id, ..] => {
            let root = roots.iter_mut().find(|root| {
                let ids = entry(&root.entries, group).and_then(table);
                ids.is_some_and(|ids| entry(ids, id).is_some())
            })?;
            Some((&mut root.entries, keys.to_vec()))
        }
        _ => None,
    }
}

fn entry<'e>(entries: &'e [Entry], key: &str) -> Option<&'e Entry> {
    entries.iter().find(|entry| entry.key.eq_ignore_ascii_case(key))
}

fn table(entry: &Entry) -> Option<&[Entry]> {
    if let Value::Table(entries) = &entry.node.value { Some(entries) } else { None }
}

fn put_in_table(entries: &mut Vec<Entry>, keys: &[&str], node: Node) -> bool {
    let Some((key, rest)) = keys.split_first() else { return false };
    let at = node.at;
    // Keys that are departments' own codes are told apart by case, variables are not.
    let place = match entries.iter().position(|entry| entry.key.eq_ignore_ascii_case(key)) {
        Some(place) => place,
        None => {
            let empty = Node { value: Value::Table(Vec::new()), at };
            entries.push(Entry { key: (*key).to_owned(), at, node: empty });
            entries.len() - 1
        }
    };
    let Some(entry) = entries.get_mut(place) else { return false };
    put_in(&mut entry.node, &mut entry.at, rest, node)
}

fn put_in(place: &mut Node, key_at: &mut At, keys: &[&str], node: Node) -> bool {
    let is_empty_table = matches!(&place.value, Value::Table(entries) if entries.is_empty());
    match &mut place.value {
        Value::Table(entries) if !keys.is_empty() => put_in_table(entries, keys, node),
        Value::Array(items) => {
            let Some((index, rest)) = keys.split_first() else { return false };
            let item = index.parse::<usize>().ok().and_then(|index| items.get_mut(index));
            item.is_some_and(|item| {
                let mut item_at = item.at;
                put_in(item, &mut item_at, rest, node)
            })
        }
        Value::Table(_) if !is_empty_table => false,
        Value::Table(_)
        | Value::Text(_)
        | Value::Integer(_)
        | Value::Float(_)
        | Value::Bool(_)
        | Value::Datetime(_)
        | Value::Beyond(_)
        | Value::Given(_) => {
            if !keys.is_empty() {
                return false;
            }
            *key_at = node.at;
            *place = node;
            true
        }
    }
}
