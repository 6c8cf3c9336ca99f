//! The golden vectors of this project, made by other programs from the protocol alone: every value and every place of a
//! refusal. Vectors of signatures and archives belong to the crate that does those.

mod ceremony;
mod officers;
mod subjects;
mod texts;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use sampling::encoding::{Code, Digest};
use sampling::plan::Plan;
use sampling::{Files, Refused, Suite};
use serde_json::{Value, json};

/// A vector.
struct Vector {
    suite: Suite,
    input: Value,
}

/// What a vector gives: a value, or a refusal.
type Answer = Result<Value, Refused>;

impl Vector {
    fn text(&self, key: &str) -> &str {
        text(&self.input[key])
    }

    fn digest(&self, key: &str) -> Digest {
        digest(&self.input[key])
    }

    fn code(&self, key: &str) -> Code {
        Code::parse(self.text(key).as_bytes()).unwrap()
    }

    /// A file given as text, or in hexadecimal.
    fn file(&self, key: &str) -> Vec<u8> {
        match self.input[format!("{key}_hex")].as_str() {
            Some(hex) => unhex(hex),
            None => self.text(key).as_bytes().to_vec(),
        }
    }

    fn files(&self, key: &str) -> Files {
        files(&self.input[key])
    }

    fn plan(&self) -> Result<Plan, Refused> {
        Plan::require(&self.file("plan"))
    }

    fn list(&self, key: &str) -> &[Value] {
        self.input[key].as_array().unwrap_or_else(|| panic!("{key} is no list"))
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

fn digest(value: &Value) -> Digest {
    Digest::parse(text(value).as_bytes()).unwrap()
}

fn int(value: &Value) -> i128 {
    value.as_str().map_or_else(|| i128::from(value.as_i64().unwrap()), |text| text.parse().unwrap())
}

fn files(value: &Value) -> Files {
    let empty = serde_json::Map::new();
    let entries = value.as_object().unwrap_or(&empty).iter();
    entries
        .map(|(name, body)| match name.strip_suffix("_hex") {
            Some(name) => (name.to_owned(), unhex(text(body))),
            None => (name.clone(), text(body).as_bytes().to_vec()),
        })
        .collect()
}

fn unhex(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn texts(files: &Files) -> Value {
    let text =
        |(name, body): (&String, &Vec<u8>)| (name.clone(), json!(String::from_utf8(body.clone()).unwrap()));
    Value::Object(files.iter().map(text).collect())
}

fn answer(kind: &str, vector: &Vector) -> Option<Answer> {
    Some(match kind {
        "plan" => texts::plan(vector),
        "data" => texts::data(vector),
        "cross" => texts::cross(vector),
        "commit" => texts::commit(vector),
        "read_commit" => texts::read_commit(vector),
        "root" => texts::root(vector),
        "inclusion" => texts::inclusion(vector),
        "consistency" => texts::consistency(vector),
        "salt" => texts::salt(vector),
        "seed" => ceremony::seed(vector),
        "read_seed" => ceremony::read_seed(vector),
        "ceremony" => ceremony::ceremony(vector),
        "log" => ceremony::log(vector),
        "ticket" => subjects::ticket(vector),
        "integer" => subjects::integer(vector),
        "systematic" => subjects::systematic(vector),
        "allocation" => subjects::allocation(vector),
        "pps" => subjects::pps(vector),
        "subjects" => subjects::subjects(vector),
        "optimum" => officers::optimum(vector),
        "certificate" => officers::certificate(vector),
        "officers" => officers::officers(vector),
        "event_file" => officers::event_file(vector),
        "event" => officers::event(vector),
        "substitution" => officers::substitution(vector),
        "signature" | "archive" | "read_archive" => return None,
        other => panic!("nobody replays vectors of kind {other}"),
    })
}

#[test]
fn every_vector_is_replayed() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../draw/vectors/golden.json");
    let golden: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let mut failures = Vec::new();
    let mut replayed: BTreeMap<String, usize> = BTreeMap::new();
    for v in golden["vectors"].as_array().unwrap() {
        let (kind, name) = (text(&v["kind"]), text(&v["name"]));
        let vector =
            Vector { suite: Suite::parse(text(&v["suite"]).as_bytes()).unwrap(), input: v["input"].clone() };
        let expected = &v["expected"];
        // Signatures are verified by the crate that knows keys.
        let is_signature = expected["file"].as_str().is_some_and(|file| file.ends_with(".sig"));
        let Some(answer) = answer(kind, &vector).filter(|_| !is_signature) else { continue };
        *replayed.entry(kind.to_owned()).or_default() += 1;
        let found = match answer {
            Ok(value) => value,
            Err(refused) => place(kind, &refused),
        };
        if found != *expected {
            failures
                .push(format!("{} {kind} `{name}`:\n expected {expected}\n found    {found}", vector.suite));
        }
    }
    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), failures.join("\n"));
    assert!(replayed.values().sum::<usize>() > 600, "{replayed:?}");
    assert_eq!(replayed.len(), 25, "{replayed:?}");
}

fn place(kind: &str, refused: &Refused) -> Value {
    let file = if refused.place.file.is_empty() { "-" } else { &refused.place.file };
    let (line, column) =
        if kind == "certificate" { (0, 0) } else { (refused.place.line, refused.place.column) };
    json!({"refused": true, "file": file, "line": line, "column": column})
}
