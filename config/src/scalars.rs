//! Single values of a table: texts, numbers, words of a closed set, days, paths, secrets.
//!
//! Invariant: a secret never enters a message nor the list of what is in force.

use std::path::PathBuf;

use messages::Message;
use secrecy::SecretString;

use crate::{
    draft::SecretDraft,
    location::At,
    table::{Found, Table, check_id},
    tree::{self, Value},
};

impl Table<'_> {
    pub(crate) fn text(&mut self, key: &'static str) -> Option<String> {
        let found = self.get(key)?;
        let (Value::Text(text) | Value::Given(text)) = &found.node.value else {
            self.wrong_type(&found, tree::TEXT);
            return None;
        };
        if text.trim().is_empty() {
            self.judge.problem(&found.path, found.node.at, Message::new("TJ-C027").with("key", key), None);
        }
        self.note(key, &found, quoted(text));
        Some(text.clone())
    }

    pub(crate) fn text_or(&mut self, key: &'static str, default: &str) -> String {
        self.default(key, || quoted(default));
        self.text(key).unwrap_or_else(|| default.to_owned())
    }

    pub(crate) fn need_text(&mut self, key: &'static str, example: &str) -> String {
        if !self.has(key) {
            self.missing(key, &quoted(example));
        }
        self.text(key).unwrap_or_default()
    }

    pub(crate) fn need_id(&mut self, key: &'static str, example: &str) -> String {
        let id = self.need_text(key, example);
        if let Some(found) = self.get(key).filter(|_| !id.is_empty()) {
            check_id(self.judge, &id, &found.path, found.node.at);
        }
        id
    }

    /// A list of texts; one text alone is a list of one.
    pub(crate) fn texts(&mut self, key: &'static str) -> Vec<String> {
        let Some(found) = self.get(key) else { return Vec::new() };
        let items = match &found.node.value {
            Value::Array(items) => items.as_slice(),
            Value::Text(_) | Value::Given(_) => std::slice::from_ref(found.node),
            Value::Integer(_)
            | Value::Float(_)
            | Value::Bool(_)
            | Value::Datetime(_)
            | Value::Beyond(_)
            | Value::Table(_) => {
                self.wrong_type(&found, "[\"…\", \"…\"]");
                return Vec::new();
            }
        };
        let mut texts = Vec::new();
        for (n, node) in items.iter().enumerate() {
            let item = Found { path: format!("{}[{n}]", found.path), key_at: node.at, node };
            self.judge.place(&item.path, node.at);
            match &node.value {
                Value::Text(text) | Value::Given(text) => texts.push(text.clone()),
                Value::Integer(_)
                | Value::Float(_)
                | Value::Bool(_)
                | Value::Datetime(_)
                | Value::Beyond(_)
                | Value::Array(_)
                | Value::Table(_) => self.wrong_type(&item, tree::TEXT),
            }
        }
        let all = texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", ");
        self.note(key, &found, format!("[{all}]"));
        texts
    }

    pub(crate) fn need_texts(&mut self, key: &'static str, example: &str) -> Vec<String> {
        if !self.has(key) {
            self.missing(key, example);
        }
        let texts = self.texts(key);
        if let Some(found) = self.get(key).filter(|_| texts.is_empty()) {
            self.judge.problem(&found.path, found.key_at, Message::new("TJ-C027").with("key", key), None);
        }
        texts
    }

    pub(crate) fn bool_or(&mut self, key: &'static str, default: bool) -> bool {
        self.default(key, || default.to_string());
        let Some(found) = self.get(key) else { return default };
        let value = match &found.node.value {
            Value::Bool(value) => *value,
            Value::Given(text) if text == "true" || text == "false" => text == "true",
            Value::Given(_)
            | Value::Text(_)
            | Value::Integer(_)
            | Value::Float(_)
            | Value::Datetime(_)
            | Value::Beyond(_)
            | Value::Array(_)
            | Value::Table(_) => {
                self.wrong_type(&found, tree::BOOL);
                return default;
            }
        };
        self.note(key, &found, value.to_string());
        value
    }

    /// A whole number from `min` to `max`.
    pub(crate) fn integer<N: TryFrom<i64>>(&mut self, key: &'static str, min: i64, max: i64) -> Option<N> {
        let found = self.get(key)?;
        let out_of_range = |text: &str| {
            let message = Message::new("TJ-C012").with("found", text).with("min", min).with("max", max);
            self.judge.problem(&found.path, found.node.at, message, None);
        };
        let value = match &found.node.value {
            Value::Integer(value) => *value,
            Value::Given(text) if text.parse::<i64>().is_ok() => text.parse().unwrap_or_default(),
            Value::Beyond(text) => {
                out_of_range(text);
                return None;
            }
            Value::Given(_)
            | Value::Text(_)
            | Value::Bool(_)
            | Value::Float(_)
            | Value::Datetime(_)
            | Value::Array(_)
            | Value::Table(_) => {
                self.wrong_type(&found, tree::INTEGER);
                return None;
            }
        };
        match N::try_from(value) {
            Ok(number) if (min..=max).contains(&value) => {
                self.note(key, &found, value.to_string());
                Some(number)
            }
            Ok(_) | Err(_) => {
                out_of_range(&value.to_string());
                None
            }
        }
    }

    pub(crate) fn integer_or<N>(&mut self, key: &'static str, min: i64, max: i64, default: N) -> N
    where
        N: TryFrom<i64> + ToString,
    {
        self.default(key, || default.to_string());
        self.integer(key, min, max).unwrap_or(default)
    }

    /// A share, 0 to 1.
    pub(crate) fn fraction(&mut self, key: &'static str) -> Option<f64> {
        let found = self.get(key)?;
        let value = match &found.node.value {
            Value::Float(value) => *value,
            Value::Integer(value) if (0..=1).contains(value) => f64::from(*value == 1),
            Value::Integer(_) | Value::Beyond(_) => f64::NAN,
            Value::Given(text) if text.parse::<f64>().is_ok() => text.parse().unwrap_or_default(),
            Value::Given(_)
            | Value::Text(_)
            | Value::Bool(_)
            | Value::Datetime(_)
            | Value::Array(_)
            | Value::Table(_) => {
                self.wrong_type(&found, tree::NUMBER);
                return None;
            }
        };
        if !(0.0..=1.0).contains(&value) {
            let text = self.judge.files.text(found.node.at.file);
            let text = text.get(found.node.at.start..found.node.at.end).unwrap_or_default();
            let message = Message::new("TJ-C012").with("found", text).with("min", 0).with("max", 1);
            self.judge.problem(&found.path, found.node.at, message, None);
            return None;
        }
        self.note(key, &found, value.to_string());
        Some(value)
    }

    /// A word of a closed set.
    pub(crate) fn word<W: Copy>(&mut self, key: &'static str, words: &[(&'static str, W)]) -> Option<W> {
        let text = self.text(key)?;
        if let Some((_, word)) = words.iter().find(|(word, _)| *word == text) {
            return Some(*word);
        }
        let found = self.get(key)?;
        let allowed: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        self.judge.no_such_word(&found.path, found.node.at, &text, &allowed);
        None
    }

    pub(crate) fn word_or<W: Copy>(
        &mut self,
        key: &'static str,
        words: &[(&'static str, W)],
        default: &'static str,
    ) -> Option<W> {
        self.default(key, || quoted(default));
        if self.has(key) {
            return self.word(key, words);
        }
        self.get(key); // Known, and absent.
        words.iter().find(|(word, _)| *word == default).map(|(_, word)| *word)
    }

    /// A day, as text `YYYY-MM-DD`, written as text or as TOML's own.
    pub(crate) fn day(&mut self, key: &'static str) -> Option<String> {
        let found = self.get(key)?;
        let (Value::Text(text) | Value::Given(text) | Value::Datetime(text)) = &found.node.value else {
            self.wrong_type(&found, tree::DAY);
            return None;
        };
        if !is_day(text) {
            self.unreadable(&found, text, "YYYY-MM-DD");
            return None;
        }
        self.note(key, &found, quoted(text));
        Some(text.clone())
    }

    pub(crate) fn unreadable(&self, found: &Found<'_>, text: &str, form: &str) {
        self.unreadable_with_cure(found, text, form, None);
    }

    pub(crate) fn unreadable_with_cure(
        &self,
        found: &Found<'_>,
        text: &str,
        form: &str,
        cure: Option<&'static str>,
    ) {
        let message = Message::new("TJ-C020").with("found", text).with("form", form);
        self.judge.problem(&found.path, found.node.at, message, cure.map(Message::new));
    }

    /// A path, made absolute from the configuration directory.
    pub(crate) fn file(&mut self, key: &'static str) -> Option<PathBuf> {
        let text = self.text(key)?;
        Some(self.judge.resolved(&text))
    }

    /// A reference to a secret, or the secret itself where that is allowed.
    pub(crate) fn secret(&mut self, key: &'static str) -> Option<SecretDraft> {
        let found = self.get(key)?;
        if let Value::Text(text) | Value::Given(text) = &found.node.value {
            if !self.judge.inline_secrets_are_allowed() {
                let cure = self.secret_cure(key);
                self.judge.problem(&found.path, found.key_at, Message::new("TJ-C017"), Some(cure));
                return None;
            }
            self.note(key, &found, HIDDEN.to_owned());
            return Some(SecretDraft::Inline(SecretString::from(text.clone())));
        }
        let (path, key_at) = (found.path.clone(), found.key_at);
        let mut table = self.as_table(found)?;
        let file = table.file("file").map(SecretDraft::File);
        let credential = table.text("credential").map(SecretDraft::Credential);
        let env = table.text("env").map(|name| table.env(name, key_at));
        table.finish();
        let mut given = [file, env, credential].into_iter().flatten();
        let (first, second) = (given.next(), given.next());
        let keys = "file, env, credential";
        if first.is_none() {
            self.judge.problem(&path, key_at, Message::new("TJ-C022").with("keys", keys), None);
        } else if second.is_some() {
            self.judge.problem(&path, key_at, Message::new("TJ-C021").with("keys", keys), None);
        }
        first
    }

    /// How a secret ought to be given.
    pub(crate) fn secret_cure(&self, key: &str) -> Message {
        let name = self.path_of(key).replace('.', "-");
        let env = self.path_of(key).replace('.', "_").to_ascii_uppercase();
        Message::new("TJ-C018").with("key", key).with("name", name).with("env", env)
    }

    fn env(&self, name: String, key_at: At) -> SecretDraft {
        if !(self.judge.is_set)(&name) {
            let message = Message::new("TJ-C028").with("variable", &name);
            self.judge.problem(&self.path_of("env"), key_at, message, None);
        }
        SecretDraft::Env(name)
    }

    pub(crate) fn note(&self, key: &str, found: &Found<'_>, value: String) {
        self.judge.in_force(self.path_of(key), value, Some(found.key_at));
    }

    fn default(&self, key: &str, value: impl FnOnce() -> String) {
        if !self.has(key) {
            self.judge.in_force(self.path_of(key), value(), None);
        }
    }
}

/// What stands in place of a secret.
pub(crate) const HIDDEN: &str = "(hidden)";

/// As TOML writes it.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Whether a text is a day of the calendar, as `2021-07-15`.
pub(crate) fn is_day(text: &str) -> bool {
    let bytes = text.as_bytes();
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = bytes else { return false };
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0_u32, |n, b| b.is_ascii_digit().then(|| n * 10 + u32::from(b - b'0')))
    };
    let (Some(year), Some(month), Some(day)) =
        (number(&[y1, y2, y3, y4]), number(&[m1, m2]), number(&[d1, d2]))
    else {
        return false;
    };
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(is_leap),
        _ => 0,
    };
    (1..=last).contains(&day)
}
