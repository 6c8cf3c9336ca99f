//! Relations of entities over the API: edges, arguments, cursors; what is hidden; walks that would never end.

use serde_json::{Value, json};

use hub::catalogue::Catalogue;

use super::Running;
use super::hub;
use super::world::{holding, ontology, uscc};

async fn filled() -> Running {
    let api = Running::new(12).await;
    let rows = vec![
        holding("h1", 1, Some(2), None, 600_000),
        holding("h2", 1, Some(3), None, 300_000),
        holding("h3", 1, None, Some(5), 100_000),
        holding("h4", 4, Some(2), None, 1_000_000),
    ];
    api.world.apply(3, rows).await;
    api
}

fn codes(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|one| one["uscc"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn an_edge_has_its_record_and_whom_it_leads_to() {
    let api = filled().await;
    let data = api
        .data(&format!(
            "{{subject(uscc:\"{}\"){{
               holders(orderBy:[{{field:RATIO,direction:DESC}}]){{totalCount nodes{{uscc}}
                 edges{{node{{uscc investedIn{{nodes{{uscc}}}}}} record{{ratio provenance{{source stream key}} party{{uscc}}}}}}}}
               big:holders(record:{{ratio:{{gte:\"50\"}}}}){{nodes{{uscc}}}}
               one:holders(where:{{uscc:{{eq:\"{}\"}},penalties:{{some:{{}}}}}}){{nodes{{uscc}}}}
               humanHolders{{edges{{record{{ratio holderId}} node{{name companies{{totalCount}}}}}}}}
               people{{nodes{{name companies{{nodes{{uscc}}}}}}}}}}}}",
            uscc(1),
            uscc(3)
        ))
        .await;
    let subject = &data["subject"];
    assert_eq!(subject["holders"]["totalCount"], 2);
    assert_eq!(codes(&subject["holders"]["nodes"]), [uscc(2), uscc(3)]);
    let first = &subject["holders"]["edges"][0];
    assert_eq!(
        first["record"],
        json!({ "ratio": "60.0000", "party": { "uscc": uscc(1) },
                "provenance": { "source": "scjg", "stream": "gd", "key": "h1" } })
    );
    assert_eq!(first["node"]["uscc"], uscc(2));
    assert_eq!(codes(&first["node"]["investedIn"]["nodes"]), [uscc(1), uscc(4)]);
    assert_eq!(codes(&subject["big"]["nodes"]), [uscc(2)]);
    assert_eq!(codes(&subject["one"]["nodes"]), [uscc(3)]);
    let human = &subject["humanHolders"]["edges"];
    assert_eq!(human.as_array().unwrap().len(), 1);
    assert_eq!(human[0]["record"]["ratio"], "10.0000");
    assert_eq!(human[0]["record"]["holderId"], "610***********002X");
    // Person 5 represents company 5; person 1 company 1.
    assert_eq!(human[0]["node"], json!({ "name": "张*", "companies": { "totalCount": 1 } }));
    assert_eq!(codes(&subject["people"]["nodes"][0]["companies"]["nodes"]), [uscc(1)]);
}

#[tokio::test]
async fn subjects_are_asked_for_by_their_relations() {
    let api = filled().await;
    let data = api
        .data(&format!(
            "{{held:subjects(where:{{holders:{{some:{{uscc:{{eq:\"{}\"}}}}}}}},orderBy:[{{field:USCC}}]){{nodes{{uscc}}}}
              none:subjects(where:{{holders:{{none:{{}}}},investedIn:{{some:{{}}}}}},orderBy:[{{field:USCC}}]){{nodes{{uscc}}}}
              persons(where:{{investedIn:{{some:{{uscc:{{eq:\"{}\"}}}}}}}}){{totalCount nodes{{name}}}}}}",
            uscc(2),
            uscc(1)
        ))
        .await;
    assert_eq!(codes(&data["held"]["nodes"]), [uscc(1), uscc(4)]);
    assert_eq!(codes(&data["none"]["nodes"]), [uscc(2), uscc(3)]);
    assert_eq!(data["persons"], json!({ "totalCount": 1, "nodes": [{ "name": "张*" }] }));
}

#[tokio::test]
async fn pages_go_on_and_cursors_belong_to_one_relation_of_one_entity() {
    let api = filled().await;
    let ask = |of: i64, field: &str, after: &str| {
        format!(
            "{{subject(uscc:\"{}\"){{{field}(first:1{after}){{edges{{cursor record{{id}}}} pageInfo{{hasNextPage endCursor}}}}}}}}",
            uscc(of)
        )
    };
    let first = api.data(&ask(1, "holders", "")).await["subject"]["holders"].clone();
    assert_eq!(first["pageInfo"]["hasNextPage"], true);
    assert_eq!(first["edges"][0]["cursor"], first["pageInfo"]["endCursor"]);
    let after = format!(",after:{}", first["pageInfo"]["endCursor"]);
    let second = api.data(&ask(1, "holders", &after)).await["subject"]["holders"].clone();
    assert_eq!(second["pageInfo"]["hasNextPage"], false);
    assert_ne!(second["edges"][0]["record"]["id"], first["edges"][0]["record"]["id"]);
    for (of, field, after) in [
        (4, "holders", after.clone()),
        (1, "humanHolders", after.clone()),
        (1, "investedIn", after.clone()),
        (1, "holders", format!("{after},record:{{ratio:{{gt:\"1\"}}}}")),
        (1, "holders", format!("{after},where:{{name:{{isNull:false}}}}")),
    ] {
        api.refused(&ask(of, field, &after), "BAD_PAGINATION").await;
    }
}

#[tokio::test]
async fn what_personal_information_says_is_not_asked_by() {
    let api = filled().await;
    let by = |argument: &str| format!("{{subjects{{nodes{{humanHolders({argument}){{totalCount}}}}}}}}");
    api.refused(&by("record:{holderId:{eq:\"1\"}}"), "PERSONAL_FIELD").await;
    api.refused(&by("where:{name:{eq:\"张三丰\"}}"), "PERSONAL_FIELD").await;
    api.refused(&by("orderBy:[{field:HOLDER_ID}]"), "PERSONAL_FIELD").await;
}

#[test]
fn a_relation_that_is_not_shared_is_not_in_the_schema() {
    let sdl = crate::sdl(&Catalogue::new(std::sync::Arc::new(ontology()))).unwrap();
    for name in
        ["SubjectHoldersConnection", "SubjectHoldersEdge", "PersonInvestedInEdge", "SubjectPeopleEdge"]
    {
        assert!(sdl.contains(&format!("type {name} {{")), "{name} is not in:\n{sdl}");
    }
    assert!(!sdl.to_lowercase().contains("hidden"), "a relation that is not shared is in the schema");
}

/// Everybody represents and is represented by everybody: without limits the answer would be endless.
#[tokio::test]
async fn a_walk_through_shared_people_is_bounded() {
    let api = Running::new(60).await;
    let rows = (1..=60).flat_map(|n| {
        (1..=3).map(move |person| holding(&format!("{n}-{person}"), n, None, Some(person), 100_000))
    });
    api.world.apply(3, rows.collect()).await;
    let walk = |steps: usize, first: &str| {
        let mut query = "uscc".to_owned();
        for step in 0..steps {
            let (field, leaf) = if step % 2 == 0 { ("investedIn", "name") } else { ("humanHolders", "uscc") };
            let own = if step + 1 == steps { String::new() } else { format!("{leaf} ") };
            query = format!("{own}{field}{first}{{nodes{{{query}}}}}");
        }
        format!("{{subject(uscc:\"{}\"){{{query}}}}}", uscc(1))
    };
    // An even number of steps begins at a company and ends at companies.
    api.refused(&walk(6, "(first:1)"), "DEPTH_LIMIT").await;
    api.refused(&walk(12, "(first:1)"), "DEPTH_LIMIT").await;
    api.refused(&walk(4, ""), "COST_LIMIT").await;
    api.refused(&walk(4, "(first:200)"), "COST_LIMIT").await;
    let data = api.data(&walk(4, "(first:5)")).await;
    let mut rows = 0;
    count(&data, &mut rows);
    // 3 + 15 + 45 + 225 of what would be 3 + 180 + 540 + 32,400.
    assert_eq!(rows, 288);
}

fn count(value: &Value, rows: &mut usize) {
    match value {
        Value::Object(fields) => {
            *rows += usize::from(fields.contains_key("uscc") || fields.contains_key("name"));
            fields.values().for_each(|value| count(value, rows));
        }
        Value::Array(items) => items.iter().for_each(|item| count(item, rows)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
