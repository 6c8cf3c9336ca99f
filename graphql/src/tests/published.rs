//! The schema itself: described in both languages, introspected with a key, printed without a store.

use serde_json::Value;

use hub::catalogue::Catalogue;

use super::Running;
use super::hub;
use super::world::ontology;

const INTROSPECTION: &str = "{__schema{queryType{name} types{kind name description
  fields(includeDeprecated:true){name description args{name description type{...t}} type{...t}}
  inputFields{name description type{...t}} enumValues{name description}}}}
  fragment t on __Type{kind name ofType{kind name ofType{kind name ofType{kind name ofType{kind name}}}}}";

fn judge(place: &str, thing: &Value, faults: &mut Vec<String>) {
    let said = thing["description"].as_str().unwrap_or_default();
    let has_zh = said.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    let has_en = said.split("\n\n").nth(1).is_some_and(|en| en.chars().any(|c| c.is_ascii_alphabetic()));
    if !has_zh || !has_en {
        faults.push(format!("{place}: {said:?}"));
    }
}

#[tokio::test]
async fn everything_is_described_in_both_languages() {
    let api = Running::new(1).await;
    let data = api.data(INTROSPECTION).await;
    let mut faults = Vec::new();
    let mut n_types = 0;
    for of in data["__schema"]["types"].as_array().unwrap() {
        let name = of["name"].as_str().unwrap();
        if name.starts_with("__") || ["String", "Int", "Float", "Boolean", "ID"].contains(&name) {
            continue;
        }
        n_types += 1;
        judge(name, of, &mut faults);
        for part in ["fields", "inputFields", "enumValues"] {
            for one in of[part].as_array().into_iter().flatten() {
                let place = format!("{name}.{}", one["name"].as_str().unwrap());
                judge(&place, one, &mut faults);
                for argument in one["args"].as_array().into_iter().flatten() {
                    judge(&format!("{place}({})", argument["name"]), argument, &mut faults);
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(n_types > 40, "{n_types} types only");
}

#[test]
fn the_schema_prints_without_a_store() {
    let sdl = crate::sdl(&Catalogue::new(std::sync::Arc::new(ontology()))).unwrap();
    for line in [
        "type Subject {",
        "type PenaltyConnection {",
        "input PenaltyWhere {",
        "enum PenaltyOrderField {",
        "scalar CreditCode",
    ] {
        assert!(sdl.contains(line), "{line} is not in:\n{sdl}");
    }
    assert!(!sdl.contains("Clue") && !sdl.contains("clue"), "a kind that is not shared is in the schema");
    let order = sdl.split("enum RegistrationOrderField {").nth(1).unwrap().split('}').next().unwrap();
    assert!(
        order.contains("CAPITAL") && !order.contains("PHONE") && !order.contains("REPRESENTATIVE"),
        "{order}"
    );
}
