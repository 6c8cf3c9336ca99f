//! Quality through the API: counted only as asked, paged, refused to those who may not.

use serde_json::{Value, json};

use super::Running;

async fn steward(api: &Running, query: &str) -> Value {
    let reply = api.ask_as_steward(query).await;
    assert!(reply.body["errors"].is_null(), "{query}: {}", reply.text);
    reply.body["data"].clone()
}

#[tokio::test]
async fn a_scorecard_is_answered_as_it_is_asked() {
    let api = Running::new(9).await;
    let query = "{departments{id name quality{completeness{part whole share} validity{received clean share
        reasons{code text count}} timeliness{judged share otherTime} agreement{stated own same share}
        matching{linked} streams{source name kind kindLabel readWholeAt lagSeconds
        fields{field label columns required completeness{share} agreement{share}}
        rules{from to days count since basis medianDays counts{judged}}}}}}";
    let all = steward(&api, query).await["departments"].clone();
    assert_eq!(all.as_array().unwrap().len(), 2, "{all}");
    let quality = &all[1]["quality"];
    assert_eq!(all[1]["id"], "yjj");
    // 1 + 2 + 3 + 0, twice, + 1.
    assert_eq!(quality["validity"]["received"], 13);
    assert_eq!(quality["validity"]["share"], "1.0000");
    assert_eq!(quality["matching"]["linked"], 13);
    let fields = quality["streams"][0]["fields"].as_array().unwrap();
    let names: Vec<&str> = fields.iter().map(|field| field["field"].as_str().unwrap()).collect();
    assert_eq!(names, ["number", "party_name", "amount", "decided_on", "published_at", "officer"]);
    assert_eq!(fields[1]["label"], "Field party_name");
    let rules = &quality["streams"][0]["rules"];
    assert_eq!((&rules[0]["to"], &rules[1]["to"]), (&Value::Null, &json!("published_at")));
    assert_eq!((&rules[0]["days"], &rules[0]["count"]), (&json!(7), &json!("working")));

    // Asked for nothing, nothing is counted; asked for one, the others are not.
    let one = steward(&api, "{departments(id:\"yjj\"){id quality{validity{received}}}}").await;
    assert_eq!(one["departments"], json!([{ "id": "yjj", "quality": { "validity": { "received": 13 } } }]));
    let other =
        steward(&api, "{departments(id:\"yjj\"){quality{timeliness{judged} streams{validity{received}}}}}")
            .await;
    assert_eq!(other["departments"][0]["quality"]["streams"][0]["validity"]["received"], 13);
    let none = steward(&api, "{departments{id name}}").await;
    assert_eq!(none["departments"].as_array().unwrap().len(), 2);
    let stream = steward(&api, "{departments(stream:\"dj\"){id quality{streams{name}}}}").await;
    assert_eq!(
        stream["departments"],
        json!([{ "id": "scjg", "quality": { "streams": [{ "name": "dj" }] } }])
    );
    let own = api.data("{departments{id quality{streams{name}}}}").await;
    let streams = json!([{ "name": "dj" }, { "name": "gd" }]);
    assert_eq!(own["departments"], json!([{ "id": "scjg", "quality": { "streams": streams } }]));

    // Of another department, or of one that may not be there, a reader is told nothing, and the trail says so.
    for id in ["yjj", "nobody"] {
        let asked = format!("{{departments(id:\"{id}\"){{id}}}}");
        let reply = api.ask(&asked).await;
        assert_eq!(reply.body["errors"][0]["extensions"]["code"], "FORBIDDEN", "{}", reply.text);
        let entries = api.world.audit.entries(0, 99).await.unwrap();
        let last = entries.last().unwrap();
        assert_eq!((last.operation.as_str(), last.outcome.as_str()), ("quality", "FORBIDDEN"));
    }

    let many: String = (0..19)
        .map(|n| format!("a{n}:departments{{quality{{validity{{share}} agreement{{share}}}}}} "))
        .collect();
    api.refused(&format!("{{{many}}}"), "COST_LIMIT").await;
}

#[tokio::test]
async fn findings_are_paged_and_bound_to_their_question() {
    let api = Running::new(9).await;
    let selection = "nodes{dimension department source stream kind key record deadLetter field columns code
        textZh textEn value others says{department source stream}} hasNextPage endCursor";
    let page = |arguments: &str| format!("{{qualityFindings({arguments}){{{selection}}}}}");
    let all = steward(&api, &page("first:200")).await["qualityFindings"].clone();
    let nodes = all["nodes"].as_array().unwrap().clone();
    assert!(nodes.len() > 20 && all["hasNextPage"] == false, "{all}");
    let mut paged = Vec::new();
    let mut after = String::new();
    loop {
        let one = steward(&api, &page(&format!("first:7{after}"))).await["qualityFindings"].clone();
        paged.extend(one["nodes"].as_array().unwrap().clone());
        if one["hasNextPage"] == false {
            break;
        }
        after = format!(",after:{}", one["endCursor"]);
    }
    assert_eq!(paged, nodes);
    let differs =
        steward(&api, &page("first:200,dimension:AGREEMENT")).await["qualityFindings"]["nodes"].clone();
    let differs = differs.as_array().unwrap();
    assert!(!differs.is_empty() && differs.iter().all(|one| one["code"] == "TJ-K003"), "{differs:?}");
    assert_eq!(differs[0]["says"], json!({ "department": "scjg", "source": "scjg", "stream": "dj" }));

    let first = steward(&api, &page("first:1")).await["qualityFindings"]["endCursor"].clone();
    let reply = api.ask_as_steward(&page(&format!("first:1,dimension:VALIDITY,after:{first}"))).await;
    assert_eq!(reply.code(), "BAD_PAGINATION", "{}", reply.text);
    assert_eq!(api.ask(&page("first:1")).await.code(), "FORBIDDEN");
    assert_eq!(api.ask_as(&api.operator, &page("first:1")).await.code(), "-");
    api.refused(&page("first:201"), "BAD_PAGINATION").await;
    api.refused(&page("dimension:BEAUTY"), "GRAPHQL_VALIDATION_FAILED").await;
}
