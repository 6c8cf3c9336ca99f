//! The queries of the README and of the guide, asked of the zone they speak of, answer what the documents show.

use demo::world::World;
use serde_json::Value;
use tests::http::{Answer, Served};
use tests::{Zone, binary};

use super::blocks::{Block, blocks};
use super::{document, json};

/// The zone of `cargo demo --subjects 5000`, after `cargo demo churn --rounds 1`.
fn zone() -> Zone {
    let zone = Zone::make(&World::new(1, 5_000), 1, None);
    zone.pull(&[]);
    tests::runtime().block_on(demo::churn::round(&zone.places, 0, 20)).expect("churn");
    zone.pull(&[]);
    zone
}

#[test]
fn queries_of_the_documents_are_answered_as_they_show() {
    let zone = zone();
    counts_are_as_shown(&zone);
    pasted_as_printed(&zone);
    let served = Served::start(&zone.config, "market", "steward");
    let mut differences = compared("README.md", "", 2, &served);
    differences.extend(compared("docs/graphql.md", "", 15, &served));
    served.stop();
    assert!(differences.is_empty(), "{}", differences.join("\n\n"));
}

#[test]
fn judging_is_as_the_guide_shows_it() {
    let zone = Zone::make(&World::new(1, 5_000), 1, None);
    crate::resolve::switch_on(&zone);
    // One after the other, so that the queue is in the same order each time.
    for source in ["registry", "hotline"] {
        zone.pull(&["--source", source]);
    }
    let served = Served::start(&zone.config, "market", "steward");
    let differences = compared("docs/graphql.md", "scored", 3, &served);
    served.stop();
    assert!(differences.is_empty(), "{}", differences.join("\n\n"));
}

/// Asks the queries of one zone in a document: where an answer differs from the shown one, or `TONGJIAN_BLESS` writes it.
fn compared(name: &str, of_zone: &str, least: usize, served: &Served) -> Vec<String> {
    // Two tests bless one document, each its own parts.
    static WRITING: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let is_blessing = std::env::var_os("TONGJIAN_BLESS").is_some();
    let path = document(name);
    let mut answers: Vec<(Block, String)> = Vec::new();
    let mut known = Known::default();
    let _writing = is_blessing.then(|| WRITING.lock());
    let mut text = std::fs::read_to_string(&path).expect("a document");
    for pair in blocks(&text).windows(2) {
        let [question, shown] = pair else { continue };
        let is_query = question.language == "graphql" || question.text.trim_start().starts_with("curl ");
        if !is_query || shown.language != "json" || question.does != of_zone {
            continue;
        }
        let answer = ask(served, question, &known);
        known.learn(&answer.json());
        answers.push((shown.clone(), answer.body));
    }
    assert!(answers.len() >= least, "{name}: only {} queries", answers.len());
    if is_blessing {
        for (shown, answer) in answers.iter().rev() {
            text.replace_range(shown.span.clone(), &json::shown(answer));
        }
        std::fs::write(&path, text).expect("written");
        return Vec::new();
    }
    let differs = |(shown, answer): &(Block, String)| {
        let is = steady(answer);
        let told: Value = serde_json::from_str(&shown.text)
            .unwrap_or_else(|error| panic!("{name}: {error}: {}", shown.text));
        (is != told).then(|| format!("{name} shows\n{}\nthe answer is\n{is}", shown.text))
    };
    answers.iter().filter_map(differs).collect()
}

/// What later questions of a document take from earlier answers.
#[derive(Default)]
struct Known(Vec<(&'static str, String)>);

impl Known {
    fn learn(&mut self, answer: &Value) {
        let in_candidates = find(answer, "candidates").and_then(|candidates| find(candidates, "id"));
        let learnt = [
            ("<endCursor>", find(answer, "endCursor")),
            ("<record>", find(answer, "record")),
            ("<candidates.id>", in_candidates),
            ("<judgement>", find(answer, "judgement")),
        ];
        for (place, value) in learnt {
            if let Some(value) = value.and_then(Value::as_str) {
                self.0.retain(|(known, _)| *known != place);
                self.0.push((place, value.to_owned()));
            }
        }
    }

    fn put(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (place, value)| text.replace(place, value))
    }
}

/// The rows of the README's table are those that `tongjian status` prints, as far as they are shown.
fn counts_are_as_shown(zone: &Zone) {
    let text = std::fs::read_to_string(document("README.md")).expect("a document");
    let mut command = std::process::Command::new(binary("tongjian"));
    let printed = command.args(["--lang", "zh", "status", "-c"]).arg(&zone.config).output().expect("it runs");
    let printed = String::from_utf8_lossy(&printed.stdout);
    let cells = |line: &str| line.split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let rows: Vec<Vec<String>> = printed.lines().map(cells).collect();
    let mut n_compared = 0;
    for line in text.lines() {
        let shown = cells(line);
        // Nothing, department, name, kind, five counts, reasons, nothing.
        let Some(row) = rows.iter().find(|row| shown.len() == 11 && row.get(2) == shown.get(2)) else {
            continue;
        };
        assert_eq!(row.get(1..10), shown.get(1..10), "{line}");
        n_compared += 1;
    }
    assert!(n_compared >= 3, "{n_compared} rows only of {}", rows.len());
}

/// What the README pastes is what the demonstration prints.
fn pasted_as_printed(zone: &Zone) {
    let text = std::fs::read_to_string(document("README.md")).expect("a document");
    let example = zone.truth.example.as_deref().expect("somebody is registered");
    for stop in demo::tour::stops(example, false).iter().take(2) {
        let command = demo::tour::command("http://127.0.0.1:8080/graphql", &stop.query);
        assert!(text.contains(&command), "not in the README: {command}");
    }
}

/// Asks as the document says: a query by itself, or one in a command to paste.
fn ask(served: &Served, question: &Block, known: &Known) -> Answer {
    let text = known.put(&question.text);
    if question.language == "graphql" {
        return served.answer(&text);
    }
    let command = text.replace("127.0.0.1:8080", &served.address);
    let output = std::process::Command::new("bash")
        .args(["-euc", &command])
        .env("KEY", &served.key)
        .output()
        .expect("bash runs");
    assert!(output.status.success(), "{command}: {}", tests::shown(&output));
    Answer { status: 200, head: String::new(), body: String::from_utf8_lossy(&output.stdout).into_owned() }
}

/// The answer without what another run gives differently.
fn steady(answer: &str) -> Value {
    serde_json::from_str(&json::shown(answer)).unwrap_or_else(|error| panic!("{error}: {answer}"))
}

fn find<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    match value {
        Value::Object(fields) => fields
            .get(name)
            .filter(|value| !value.is_null())
            .or_else(|| fields.values().find_map(|value| find(value, name))),
        Value::Array(items) => items.iter().find_map(|value| find(value, name)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}
