//! TOML as a tree whose every part knows where it stands.
//!
//! Invariant: knows TOML and places, no key of ours.

use messages::{Message, Problem};
use toml::de::{DeTable, DeValue};

use crate::location::{At, Files, LocatedProblem};

/// A value and its place.
#[derive(Clone)]
pub(crate) struct Node {
    pub(crate) value: Value,
    pub(crate) at: At,
}

/// What TOML knows, and what came from outside.
#[derive(Clone)]
pub(crate) enum Value {
    Text(String),
    Integer(i64),
    Float(f64),
    Bool(bool),
    Datetime(String),
    Array(Vec<Node>),
    Table(Vec<Entry>),
    /// A number too large for us.
    Beyond(String),
    /// From the environment or a flag: text that becomes whatever is asked for.
    Given(String),
}

/// A key, where it stands, and its value.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) at: At,
    pub(crate) node: Node,
}

impl Value {
    /// What it is, as an example that needs no language.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Value::Text(_) | Value::Given(_) => TEXT,
            Value::Integer(_) | Value::Beyond(_) => INTEGER,
            Value::Float(_) => NUMBER,
            Value::Bool(_) => BOOL,
            Value::Datetime(_) => DAY,
            Value::Array(_) => LIST,
            Value::Table(_) => TABLE,
        }
    }
}

pub(crate) const TEXT: &str = "\"…\"";
pub(crate) const INTEGER: &str = "123";
pub(crate) const NUMBER: &str = "0.5";
pub(crate) const BOOL: &str = "true/false";
pub(crate) const DAY: &str = "2021-07-15";
pub(crate) const LIST: &str = "[ … ]";
pub(crate) const TABLE: &str = "{ … }";

/// The top table of a file, or all that keeps it from being TOML.
pub(crate) fn parse(files: &Files, file: usize) -> Result<Vec<Entry>, Vec<LocatedProblem>> {
    let text = files.text(file);
    let (table, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        return Ok(entries(table.get_ref(), file));
    }
    Err(errors.iter().map(|error| syntax_problem(files, file, error)).collect())
}

fn syntax_problem(files: &Files, file: usize, error: &toml::de::Error) -> LocatedProblem {
    let text = files.text(file);
    let span = error.span().unwrap_or(0..0);
    let (message, cure) = match (error.message(), text.get(span.clone())) {
        ("duplicate key", Some(key)) => (Message::new("TJ-C033").with("key", key.trim()), "TJ-C008"),
        (why, _) => (Message::new("TJ-C009").with("why", why), "TJ-C010"),
    };
    let at = At { file, start: span.start, end: span.end };
    files.located(Problem::new("", message).cure(Message::new(cure)), at)
}

/// In the order they are written: the parser sorts them by key.
fn entries(table: &DeTable<'_>, file: usize) -> Vec<Entry> {
    let mut entries: Vec<Entry> = table
        .iter()
        .map(|(key, value)| Entry {
            key: key.get_ref().to_string(),
            at: at(file, key.span()),
            node: Node { value: self::value(value.get_ref(), file), at: at(file, value.span()) },
        })
        .collect();
    entries.sort_by_key(|entry| entry.at.start);
    entries
}

fn value(value: &DeValue<'_>, file: usize) -> Value {
    match value {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(integer) => match i64::from_str_radix(integer.as_str(), integer.radix()) {
            Ok(integer) => Value::Integer(integer),
            Err(_) => Value::Beyond(integer.as_str().to_owned()),
        },
        DeValue::Float(float) => match float.as_str().parse() {
            Ok(float) => Value::Float(float),
            Err(_) => Value::Beyond(float.as_str().to_owned()),
        },
        DeValue::Boolean(bool) => Value::Bool(*bool),
        DeValue::Datetime(datetime) => Value::Datetime(datetime.to_string()),
        DeValue::Array(array) => Value::Array(
            array
                .iter()
                .map(|item| Node { value: self::value(item.get_ref(), file), at: at(file, item.span()) })
                .collect(),
        ),
        DeValue::Table(table) => Value::Table(entries(table, file)),
    }
}

fn at(file: usize, span: std::ops::Range<usize>) -> At {
    At { file, start: span.start, end: span.end }
}
