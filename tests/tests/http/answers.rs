//! What a department can ask, and gets.

use serde_json::{Value, json};
use tests::bench::sqlite;
use tests::http::{Served, key};

use super::zone;

fn nodes(value: &Value) -> &Vec<Value> {
    value["nodes"].as_array().expect("nodes")
}

/// A market subject that has a penalty and several annual reports, and stands once in the registry under its code.
fn somebody(served: &Served) -> Value {
    let data = served.ask(
        "{ penalties(first: 200) { nodes { id partyName party { id name uscc registrationNumber pripid \
         annualReports(first: 10) { nodes { year } } } } } }",
    );
    let fits = |penalty: &&Value| {
        let party = &penalty["party"];
        party["uscc"].is_string()
            && party["registrationNumber"].is_string()
            && party["name"] == penalty["partyName"]
            && nodes(&party["annualReports"]).len() >= 2
    };
    nodes(&data["penalties"])
        .iter()
        .find(fits)
        .cloned()
        .expect("somebody has a penalty and two annual reports")
}

#[test]
fn a_subject_is_found_by_each_of_its_names_and_goes_both_ways() {
    let zone = zone(41, 400);
    let served = Served::start(&zone.config, "market", "reader");
    let penalty = somebody(&served);
    let party = &penalty["party"];
    let wanted = json!({ "subject": { "id": party["id"], "name": party["name"] } });
    for argument in [
        format!("uscc: {}", party["uscc"]),
        format!("regNo: {}", party["registrationNumber"]),
        format!("id: {}", party["id"]),
    ] {
        assert_eq!(served.ask(&format!("{{ subject({argument}) {{ id name }} }}")), wanted, "{argument}");
    }
    // From the subject to its records and back, and the record by itself.
    let data = served.ask(&format!(
        "{{ subject(id: {}) {{ penalties(first: 50) {{ nodes {{ id party {{ id }} }} }} }} penalty(id: {}) {{ id party {{ id }} }} }}",
        party["id"], penalty["id"]
    ));
    let back = nodes(&data["subject"]["penalties"]);
    assert!(back.iter().any(|record| record["id"] == penalty["id"]), "{data}");
    assert!(back.iter().all(|record| record["party"]["id"] == party["id"]), "{data}");
    assert_eq!(data["penalty"]["party"]["id"], party["id"]);
    for argument in ["uscc: \"91350100M000100Y43\"", "id: \"4711\"", "regNo: \"110108000000016\""] {
        let answer = served.answer(&format!("{{ subject({argument}) {{ id }} }}"));
        assert_eq!(answer.code(), "NOT_FOUND", "{argument}: {}", answer.body);
    }
    assert_eq!(served.answer("{ subject { id } }").code(), "BAD_VALUE");

    pages(&served, party);
    served.stop();
}

/// Page by page is the same as at once, at the root and below a subject.
fn pages(served: &Served, party: &Value) {
    for (field, order) in
        [("subjects", "NAME"), ("penalties", "DECIDED_ON"), ("licences", "ID"), ("annualReports", "ID")]
    {
        for direction in ["ASC", "DESC"] {
            let ask = |first: u32| {
                served.all_pages(
                    field,
                    &format!(
                        "{{ {field}(first: {first}, orderBy: [{{ field: {order}, direction: {direction} }}], PLACE) \
                         {{ nodes {{ id }} pageInfo {{ hasNextPage endCursor }} }} }}"
                    ),
                )
            };
            let (small, large) = (ask(37), ask(200));
            assert_eq!(small, large, "{field} by {order} {direction}");
            let unique: std::collections::BTreeSet<String> = small.iter().map(Value::to_string).collect();
            assert_eq!(unique.len(), small.len(), "{field}: a row stands on two pages");
            let total =
                served.ask(&format!("{{ {field}(first: 1) {{ totalCount }} }}"))[field]["totalCount"].clone();
            let total = total.as_u64().or_else(|| total.as_str()?.parse().ok());
            assert_eq!(total, Some(small.len() as u64), "{field}");
        }
    }
    let years = |arguments: &str| {
        served.ask(&format!(
            "{{ subject(id: {}) {{ annualReports({arguments}) {{ nodes {{ year }} pageInfo {{ hasNextPage endCursor }} }} }} }}",
            party["id"]
        ))["subject"]["annualReports"]
            .clone()
    };
    let all = nodes(&years("first: 100")).clone();
    let mut found = Vec::new();
    let mut page = years("first: 1");
    loop {
        found.extend(nodes(&page).clone());
        if page["pageInfo"]["hasNextPage"] != true {
            break;
        }
        page = years(&format!("first: 1, after: {}", page["pageInfo"]["endCursor"]));
    }
    assert_eq!(found, all);
    let forged = served.answer("{ subjects(first: 2, after: \"Zm9yZ2Vk\") { nodes { id } } }");
    assert_eq!(forged.code(), "BAD_PAGINATION", "{}", forged.body);
}

#[test]
fn the_past_its_sources_and_what_differs() {
    let zone = zone(42, 400);
    let served = Served::start(&zone.config, "market", "reader");
    let penalty = somebody(&served);
    let party = penalty["party"].clone();
    served.stop();
    let pripid = party["pripid"].as_str().expect("a number of the registry");
    let sql =
        format!("UPDATE t_ztjbxx SET qymc = '西安改了名有限公司' WHERE nbxh = '{pripid}'; SELECT changes();");
    assert_eq!(sqlite(&zone.places.sqlite("registry"), &sql), "1");
    zone.pull(&["--source", "registry"]);

    let served = Served::start(&zone.config, "market", "reader");
    let id = &party["id"];
    let data = served.ask(&format!(
        "{{ subject(id: {id}) {{ name history(first: 5) {{ since until sinceAt untilAt changedFields values {{ name }} }} \
         provenance {{ field provenance {{ source stream department key kind }} }} \
         disagreements {{ field values {{ text isGolden provenance {{ source }} }} }} }} }}"
    ));
    let subject = &data["subject"];
    assert_eq!(subject["name"], "西安改了名有限公司");
    let history = subject["history"].as_array().expect("versions");
    assert!(history.len() >= 2, "{subject}");
    assert!(
        history[0]["changedFields"].as_array().is_some_and(|fields| fields.contains(&json!("name"))),
        "{subject}"
    );
    assert_eq!(history[0]["values"]["name"], "西安改了名有限公司");
    assert_eq!(history[1]["values"]["name"], party["name"]);
    assert_eq!(history[1]["until"], history[0]["since"]);
    assert!(history[0]["until"].is_null() && history[1]["untilAt"].is_string(), "{subject}");
    let name = subject["provenance"].as_array().expect("provenance");
    let name = name.iter().find(|of| of["field"] == "name").expect("of the name");
    let wanted = json!({ "source": "registry", "stream": "t_ztjbxx", "department": "market", "key": pripid, "kind": "registration" });
    assert_eq!(name["provenance"], wanted);
    let differs = subject["disagreements"].as_array().expect("disagreements");
    let differs = differs.iter().find(|of| of["field"] == "name").expect("the names differ");
    let values = differs["values"].as_array().expect("values");
    let texts: Vec<(&Value, &Value)> =
        values.iter().map(|value| (&value["text"], &value["isGolden"])).collect();
    assert!(texts.contains(&(&json!("西安改了名有限公司"), &json!(true))), "{differs}");
    assert!(texts.contains(&(&party["name"], &json!(false))), "{differs}");

    // As it stood before: by place in the feed and by moment.
    for moment in [history[1]["since"].clone(), history[1]["sinceAt"].clone()] {
        let before = served.ask(&format!("{{ subject(id: {id}, asOf: {moment}) {{ name penalties(first: 3) {{ nodes {{ partyName }} }} }} }}"));
        assert_eq!(before["subject"]["name"], party["name"], "as of {moment}");
    }
    let ahead = served.answer(&format!("{{ subject(id: {id}, asOf: 999999999) {{ name }} }}"));
    assert_eq!(ahead.code(), "AS_OF_AHEAD", "{}", ahead.body);
    served.stop();
}

#[test]
fn keys_carry_rights_and_states_are_told() {
    let zone = zone(43, 1_500);
    let served = Served::start(&zone.config, "market", "steward");
    let reader = key(&zone.config, "court", "reader");
    let letters = "{ deadLetters(first: 50) { nodes { source stream reasons { code text field } attempts cells { column text } } hasNextPage } }";
    let found = served.ask(letters)["deadLetters"]["nodes"].as_array().expect("nodes").clone();
    let dead: u64 = zone.truth.streams.iter().map(|stream| stream.dead_letters).sum();
    assert_eq!(found.len() as u64, dead.min(50));
    assert!(
        found.iter().all(|letter| !letter["reasons"].as_array().expect("reasons").is_empty()),
        "{found:?}"
    );
    assert_eq!(served.answer_with(&reader, letters).code(), "FORBIDDEN");
    for key in ["", "tj_nobody", "Bearer", &served.key[..served.key.len() - 1], &format!("{}x", served.key)] {
        let answer = served.answer_with(key, "{ streams { name } }");
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (401, "UNAUTHENTICATED"),
            "{key}: {}",
            answer.body
        );
    }
    // A key that is revoked is no key any more, while the server runs.
    let list = zone.tongjian(&["keys", "list", "--output", "json"]);
    let keys: Value = serde_json::from_slice(&list.stdout).expect("JSON");
    let of_reader =
        keys.as_array().expect("keys").iter().find(|key| key["role"] == "reader").expect("the reader's");
    let id = of_reader["id"].as_str().expect("an id");
    assert!(served.answer_with(&reader, "{ streams { name } }").status == 200);
    assert!(zone.tongjian(&["keys", "revoke", id]).status.success());
    assert_eq!(served.answer_with(&reader, "{ streams { name } }").status, 401);

    let data = served.ask("{ sources { id department streams { name } } streams { source name state counts { received linked waiting nobody deadLetters } } status { department kind counts { received linked } } }");
    let streams = data["streams"].as_array().expect("streams");
    // What is not shared (leads of the police and of finance, party building) is not told to be there.
    let is_shared = |kind: &str| !matches!(kind, "case_clue" | "finance_risk") && !kind.starts_with("party_");
    let shared: Vec<_> = zone.truth.streams.iter().filter(|truth| is_shared(&truth.kind)).collect();
    assert_eq!(zone.truth.streams.len() - shared.len(), 6);
    assert_eq!(streams.len(), shared.len());
    for truth in shared {
        let stream = streams.iter().find(|stream| {
            stream["source"] == truth.source.as_str() && stream["name"] == truth.stream.as_str()
        });
        let counts = &stream.expect("the stream")["counts"];
        let number = |name: &str| counts[name].as_u64().or_else(|| counts[name].as_str()?.parse().ok());
        assert_eq!(number("received"), Some(truth.received), "{truth:?}");
        assert_eq!(number("deadLetters"), Some(truth.dead_letters), "{truth:?}");
    }
    served.stop();
}
