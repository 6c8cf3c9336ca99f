//! Reading one table: each key is asked for by name and type, and what nobody asked for is unknown.
//!
//! Invariant: reports problems to the judge and goes on; a value made up in place of a wrong one never leaves, as a
//! configuration with problems is not given out.

use messages::Message;

use crate::{
    judge::Judge,
    location::At,
    suggest,
    tree::{self, Entry, Node, Value},
};

/// A table being read.
pub(crate) struct Table<'t> {
    pub(crate) judge: &'t Judge<'t>,
    /// The path of keys that leads here; empty at the top of a file.
    pub(crate) path: String,
    /// Its header or key.
    pub(crate) at: At,
    entries: &'t [Entry],
    asked: Vec<&'static str>,
}

/// A key that was asked for and is there.
pub(crate) struct Found<'t> {
    pub(crate) path: String,
    pub(crate) key_at: At,
    pub(crate) node: &'t Node,
}

impl<'t> Table<'t> {
    pub(crate) fn new(judge: &'t Judge<'t>, path: String, at: At, entries: &'t [Entry]) -> Table<'t> {
        if !path.is_empty() {
            judge.place(&path, at);
        }
        Table { judge, path, at, entries, asked: Vec::new() }
    }

    /// The path of a key of this table.
    pub(crate) fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// From now on the table is known by another path.
    pub(crate) fn rename(&mut self, path: String) {
        self.path = path;
        self.judge.place(&self.path, self.at);
        for entry in self.entries {
            self.judge.place(&self.path_of(&entry.key), entry.at);
        }
    }

    /// Reports what nobody asked for.
    pub(crate) fn finish(self) {
        for entry in self.entries {
            if self.asked.contains(&entry.key.as_str()) {
                continue;
            }
            if self.judge.is_full() {
                return;
            }
            let asked = || self.asked.iter().copied();
            let free = || asked().filter(|key| !self.has(key));
            let nearest =
                suggest::nearest(&entry.key, free()).or_else(|| suggest::nearest(&entry.key, asked()));
            let cure = match nearest {
                Some(key) => Message::new("TJ-C002").with("suggestion", key),
                None => Message::new("TJ-C003").with("keys", asked().collect::<Vec<_>>().join(", ")),
            };
            let message = Message::new("TJ-C001").with("key", &entry.key);
            self.judge.problem(&self.path_of(&entry.key), entry.at, message, Some(cure));
        }
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|entry| entry.key == key)
    }

    /// A key that may stand here, whatever it says.
    pub(crate) fn know(&mut self, key: &'static str) {
        self.get(key);
    }

    /// The value of a key; the key is known from now on.
    pub(crate) fn get(&mut self, key: &'static str) -> Option<Found<'t>> {
        self.judge.asked(key);
        if !self.asked.contains(&key) {
            self.asked.push(key);
        }
        let entry = self.entries.iter().find(|entry| entry.key == key)?;
        let path = self.path_of(key);
        self.judge.place(&path, entry.at);
        Some(Found { path, key_at: entry.at, node: &entry.node })
    }

    /// All entries, for tables whose keys are not ours; all are known from now on.
    pub(crate) fn free(self) -> Vec<(&'t str, Found<'t>)> {
        let found = self.entries.iter().map(|entry| {
            let path = self.path_of(&entry.key);
            self.judge.place(&path, entry.at);
            (entry.key.as_str(), Found { path, key_at: entry.at, node: &entry.node })
        });
        found.collect()
    }

    pub(crate) fn missing(&self, key: &'static str, example: &str) {
        self.missing_as(key, &format!("{key} = {example}"));
    }

    /// The same with an example that is no single value.
    pub(crate) fn missing_as(&self, key: &'static str, example: &str) {
        let message = Message::new("TJ-C005").with("key", key);
        let cure = Message::new("TJ-C006").with("example", example);
        self.judge.problem(&self.path, self.at, message, Some(cure));
    }

    pub(crate) fn wrong_type(&self, found: &Found<'_>, expected: &str) {
        wrong_type(self.judge, found, expected);
    }

    /// A key that belongs to other engines.
    pub(crate) fn only_for(&mut self, keys: &[&'static str], engines: &str, engine: &str) {
        for key in keys {
            if let Some(found) = self.get(key) {
                let message =
                    Message::new("TJ-C023").with("key", key).with("engines", engines).with("engine", engine);
                self.judge.problem(&found.path, found.key_at, message, None);
            }
        }
    }

    /// The table below a key.
    pub(crate) fn table(&mut self, key: &'static str) -> Option<Table<'t>> {
        let found = self.get(key)?;
        self.as_table(found)
    }

    /// The tables below a key by their ids, as `[kind.<id>]`; ids are checked.
    pub(crate) fn named_tables(&mut self, key: &'static str) -> Vec<(String, Table<'t>)> {
        let Some(group) = self.table(key) else { return Vec::new() };
        let mut tables = Vec::new();
        for (id, found) in group.free() {
            check_id(self.judge, id, &found.path, found.key_at);
            if let Some(table) = self.as_table(found) {
                tables.push((id.to_owned(), table));
            }
        }
        tables
    }

    /// The tables of a list of tables.
    pub(crate) fn tables(&mut self, key: &'static str) -> Vec<Table<'t>> {
        let Some(found) = self.get(key) else { return Vec::new() };
        let Value::Array(items) = &found.node.value else {
            self.wrong_type(&found, "[{ … }, { … }]");
            return Vec::new();
        };
        let items = items.iter().enumerate().filter_map(|(n, node)| {
            self.as_table(Found { path: format!("{}[{n}]", found.path), key_at: node.at, node })
        });
        items.collect()
    }

    pub(crate) fn as_table(&self, found: Found<'t>) -> Option<Table<'t>> {
        let Value::Table(entries) = &found.node.value else {
            self.wrong_type(&found, tree::TABLE);
            return None;
        };
        Some(Table::new(self.judge, found.path, found.key_at, entries))
    }
}

pub(crate) fn wrong_type(judge: &Judge<'_>, found: &Found<'_>, expected: &str) {
    let message = Message::new("TJ-C004").with("expected", expected).with("found", found.node.value.kind());
    judge.problem(&found.path, found.node.at, message, None);
}

/// Reports what is not an id.
pub(crate) fn check_id(judge: &Judge<'_>, id: &str, path: &str, at: At) {
    let is_id = id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if !is_id {
        judge.problem(path, at, Message::new("TJ-C019").with("found", id), None);
    }
}
