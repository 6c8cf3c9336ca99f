//! JSON as the documents show it: in the order of the answer, indented where it is long, without what another run gives
//! differently: ids, cursors, moments, places in the feed.

use serde_json::Value;

/// What fits on a line of a document.
const WIDTH: usize = 130;

/// Names of what differs from run to run.
const DIFFERS: [&str; 11] = [
    "id",
    "record",
    "recordId",
    "sequence",
    "at",
    "cursor",
    "endCursor",
    "startCursor",
    "requestId",
    "since",
    "until",
];

/// An answer in the order it came.
enum Json {
    Object(Vec<(String, Json)>),
    Array(Vec<Json>),
    Leaf(String),
}

/// An answer, as a document shows it.
pub(super) fn shown(answer: &str) -> String {
    let mut rest = answer.trim();
    let mut read = value(&mut rest);
    assert!(rest.is_empty(), "more than JSON: {rest}");
    steady(&mut read);
    let mut out = String::new();
    written(&read, 0, &mut out);
    out.push('\n');
    out
}

fn value(rest: &mut &str) -> Json {
    *rest = rest.trim_start();
    if rest.starts_with('{') {
        let mut fields = Vec::new();
        items(rest, '}', |rest| {
            let Json::Leaf(name) = value(rest) else { panic!("no name: {rest}") };
            let name: String = serde_json::from_str(&name).expect("a name");
            *rest = rest.trim_start().strip_prefix(':').expect("a colon");
            fields.push((name, value(rest)));
        });
        return Json::Object(fields);
    }
    if rest.starts_with('[') {
        let mut all = Vec::new();
        items(rest, ']', |rest| all.push(value(rest)));
        return Json::Array(all);
    }
    let mut stream = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
    let leaf = stream.next().expect("a value").unwrap_or_else(|error| panic!("{error}: {rest}"));
    let length = stream.byte_offset();
    *rest = &rest[length..];
    Json::Leaf(leaf.to_string())
}

/// Items between brackets.
fn items<'r>(rest: &mut &'r str, end: char, mut one: impl FnMut(&mut &'r str)) {
    *rest = rest[1..].trim_start();
    while let Some(first) = rest.chars().next().filter(|first| *first != end) {
        *rest = rest.strip_prefix(',').unwrap_or(rest);
        assert_ne!(first, ']', "a bracket too many");
        one(rest);
        *rest = rest.trim_start();
    }
    *rest = rest.strip_prefix(end).expect("the end of a list");
}

fn steady(json: &mut Json) {
    match json {
        Json::Object(fields) => {
            for (name, value) in fields {
                let differs = DIFFERS.contains(&name.as_str()) || name.ends_with("At");
                match value {
                    // The code of an error is an `id` too, and stays.
                    Json::Leaf(text) if differs && text != "null" && !text.starts_with("\"TJ-") => {
                        *text = "\"…\"".to_owned();
                    }
                    Json::Leaf(_) => {}
                    Json::Object(_) | Json::Array(_) => steady(value),
                }
            }
        }
        Json::Array(all) => all.iter_mut().for_each(steady),
        Json::Leaf(_) => {}
    }
}

fn short(json: &Json) -> String {
    match json {
        Json::Leaf(text) => text.clone(),
        Json::Array(all) => format!("[{}]", all.iter().map(short).collect::<Vec<_>>().join(", ")),
        Json::Object(fields) => {
            let fields: Vec<String> =
                fields.iter().map(|(name, value)| format!("\"{name}\": {}", short(value))).collect();
            format!("{{ {} }}", fields.join(", "))
        }
    }
}

fn written(json: &Json, depth: usize, out: &mut String) {
    let line = short(json);
    if line.chars().count() + 2 * depth <= WIDTH {
        out.push_str(&line);
        return;
    }
    let inner = "  ".repeat(depth + 1);
    let (open, close, parts): (_, _, Vec<(String, &Json)>) = match json {
        Json::Object(fields) => {
            ('{', '}', fields.iter().map(|(name, value)| (format!("\"{name}\": "), value)).collect())
        }
        Json::Array(all) => ('[', ']', all.iter().map(|value| (String::new(), value)).collect()),
        Json::Leaf(text) => return out.push_str(text),
    };
    out.push(open);
    for (n, (name, value)) in parts.iter().enumerate() {
        out.push_str(&format!("{}\n{inner}{name}", if n > 0 { "," } else { "" }));
        written(value, depth + 1, out);
    }
    out.push_str(&format!("\n{}{close}", "  ".repeat(depth)));
}
