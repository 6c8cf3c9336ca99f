//! What the API answers, and how.

use axum::http::StatusCode;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::Running;
use super::world::{dead, registration_named, uscc};

#[tokio::test]
async fn a_subject_with_all_that_hangs_on_it() {
    let api = Running::new(6).await;
    let data = api
        .data(&format!(
            "{{subject(uscc:\"{}\"){{id name uscc redirectedFrom phone capital{{amount currency}}
              first:penalties(first:1,orderBy:[{{field:DECIDED_ON,direction:DESC}}]){{totalCount pageInfo{{hasNextPage}}
                nodes{{number party{{name}} provenance{{source stream department key at mappingVersion}}}}}}
              ...more}}}}
             fragment more on Subject{{all:penalties{{edges{{node{{number rate points isPublic publishedAt reason officer}}}}}}
              registrations{{nodes{{industry{{code edition label en:label(lang:EN)}} founded{{text first precision}}
                validUntil{{date openEnded}} representative representativeId address representativePerson{{name}}}}}}
              provenance{{field provenance{{recordId kind}}}} disagreements{{field values{{text isGolden}}}}
              history{{since until sinceAt changedFields values{{name phone}}}}}}",
            uscc(3)
        ))
        .await;
    let subject = &data["subject"];
    assert_eq!(subject["phone"], "138****1234");
    assert_eq!(subject["capital"], json!({ "amount": "3000.00", "currency": "CNY" }));
    assert_eq!(subject["first"]["totalCount"], 3);
    assert_eq!(subject["first"]["pageInfo"]["hasNextPage"], true);
    assert_eq!(subject["first"]["nodes"].as_array().unwrap().len(), 1);
    assert_eq!(subject["first"]["nodes"][0]["party"]["name"], subject["name"]);
    assert_eq!(subject["first"]["nodes"][0]["provenance"]["at"], "2026-03-01T10:00:00+08:00");
    assert_eq!(subject["all"]["edges"].as_array().unwrap().len(), 3);
    let penalty = &subject["all"]["edges"][0]["node"];
    assert_eq!((&penalty["rate"], &penalty["reason"]), (&json!("0.0300"), &json!("未按规定公示\u{202e}𠮷")));
    assert_eq!(penalty["officer"], "李*");
    let registration = &subject["registrations"]["nodes"][0];
    assert_eq!(
        registration["industry"],
        json!({ "code": "A", "edition": "2017", "label": "农业", "en": "Agriculture" })
    );
    assert_eq!(registration["founded"], Value::Null);
    assert_eq!(registration["validUntil"]["openEnded"], false);
    assert_eq!(registration["representative"], "张*");
    assert_eq!(registration["representativePerson"]["name"], "张*");
    assert_eq!(registration["address"], "西安市雁塔区科技路***");
    assert_eq!(subject["disagreements"][0]["field"], "name");
    assert_eq!(subject["history"][0]["values"], json!({ "name": subject["name"], "phone": "138****1234" }));
}

#[tokio::test]
async fn lists_are_filtered_ordered_and_paged() {
    let api = Running::new(40).await;
    let query = |after: &str| {
        format!(
            "{{penalties(first:7,where:{{amount:{{gte:\"30\"}},party:{{some:{{name:{{startsWith:\"西安\"}}}}}}}},
              orderBy:[{{field:AMOUNT,direction:DESC}}]{after}){{totalCount nodes{{id amount{{amount}}}} pageInfo{{endCursor hasNextPage}}}}}}"
        )
    };
    let (mut amounts, mut after, mut total) = (Vec::new(), String::new(), 0);
    loop {
        let page = api.data(&query(&after)).await["penalties"].clone();
        total = page["totalCount"].as_u64().unwrap().max(total);
        let of = |node: &Value| node["amount"]["amount"].as_str().unwrap().parse::<f64>().unwrap();
        amounts.extend(page["nodes"].as_array().unwrap().iter().map(of));
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = format!(",after:{}", page["pageInfo"]["endCursor"]);
    }
    assert!(amounts.len() > 14 && u64::try_from(amounts.len()).unwrap() == total, "{amounts:?}");
    assert!(amounts.windows(2).all(|two| two[0] >= two[1]) && amounts.iter().all(|amount| *amount >= 30.0));

    let none = api.data("{subjects(where:{penalties:{none:{}}},first:200){totalCount}}").await;
    assert_eq!(none["subjects"]["totalCount"], 10, "every fourth subject has no penalty");
    let open = api
        .data("{registrations(where:{validUntil:{openEnded:true}}){nodes{validUntil{date openEnded}}}}")
        .await;
    let open = open["registrations"]["nodes"].as_array().unwrap().clone();
    assert!(
        !open.is_empty()
            && open.iter().all(|one| one["validUntil"] == json!({ "date": null, "openEnded": true }))
    );
}

#[tokio::test]
async fn the_past_is_asked_by_time_and_sequence() {
    let api = Running::new(3).await;
    api.world.apply(0, vec![registration_named(3, "改名公司")]).await;
    let ask = |as_of: &str| format!("{{subject(uscc:\"{}\"{as_of}){{name history{{since}}}}}}", uscc(3));
    let now = api.data(&ask("")).await["subject"].clone();
    assert_eq!(now["name"], "改名公司");
    let then = api.data(&ask(",asOf:\"2026-03-01T10:30:00+08:00\"")).await["subject"].clone();
    assert_ne!(then["name"], now["name"]);
    let since = now["history"][0]["since"].as_i64().unwrap();
    assert_eq!(api.data(&ask(&format!(",asOf:{}", since - 1))).await["subject"]["name"], then["name"]);
    assert_eq!(api.data(&ask(&format!(",asOf:{since}"))).await["subject"]["name"], now["name"]);
    let reply = api.ask(&ask(",asOf:999999")).await;
    assert_eq!((reply.code(), reply.status), ("AS_OF_AHEAD", StatusCode::BAD_REQUEST));
}

#[tokio::test]
async fn people_who_run_it_see_sources_counts_and_dead_letters() {
    let api = Running::new(5).await;
    api.world.apply(1, vec![dead("罚1"), dead("罚2")]).await;
    let data = api
        .data("{sources{id department streams{name kind anchor counts{received}}} streams{source name} status{department kind counts{linked waiting nobody deadLetters}}}")
        .await;
    assert_eq!(data["sources"].as_array().unwrap().len(), 2);
    assert!(!data.to_string().contains("clue"), "{data}");
    let penalties = data["status"].as_array().unwrap().iter().find(|one| one["kind"] == "penalty").unwrap();
    assert_eq!(penalties["counts"]["deadLetters"], 2);

    let query = "{deadLetters(first:1){nodes{key source reasons{code text field} cells{column text} attempts firstAt} hasNextPage endCursor}}";
    assert_eq!(api.ask(query).await.code(), "FORBIDDEN");
    let mut request = api.request(json!({ "query": query }).to_string());
    request.headers_mut().insert("authorization", format!("Bearer {}", api.steward).parse().unwrap());
    let reply = api.send(request).await;
    let page = &reply.body["data"]["deadLetters"];
    assert_eq!(
        (&page["nodes"][0]["key"], &page["hasNextPage"]),
        (&json!("罚1"), &json!(true)),
        "{}",
        reply.text
    );
    assert!(!reply.text.contains("王二") && !reply.text.contains("不给人看"), "{}", reply.text);
}

#[tokio::test]
async fn answers_carry_their_request_and_their_language() {
    let api = Running::new(1).await;
    let reply = api.ask("{subject(id:\"E\"){id}}").await;
    let id = reply.headers["x-request-id"].to_str().unwrap().to_owned();
    assert_eq!(reply.body["errors"][0]["extensions"]["requestId"], id.as_str());
    assert_eq!(api.world.audit.entries(0, 9).await.unwrap()[0].request_id, id);
    let mut request = api.request(json!({ "query": "{subject(id:\"E\"){id}}" }).to_string());
    request.headers_mut().remove("accept-language");
    request
        .headers_mut()
        .insert("tongjian-purpose", axum::http::HeaderValue::from_bytes("年报核查".as_bytes()).unwrap());
    request.headers_mut().insert("accept", "application/graphql-response+json".parse().unwrap());
    let reply = api.send(request).await;
    assert!(reply.body["errors"][0]["message"].as_str().unwrap().starts_with("没有"), "{}", reply.text);
    assert_eq!(reply.headers["content-type"], "application/graphql-response+json; charset=utf-8");
    assert_eq!(api.world.audit.entries(0, 9).await.unwrap()[1].purpose.as_deref(), Some("年报核查"));
}

#[tokio::test]
async fn probes_answer_on_their_own_routes() {
    let api = Running::new(1).await;
    for (path, status) in
        [("/livez", 200), ("/readyz", 200), ("/version", 200), ("/graphql", 404), ("/metrics", 404)]
    {
        let request = axum::http::Request::get(path).body(axum::body::Body::empty()).unwrap();
        assert_eq!(api.api.admin_router().oneshot(request).await.unwrap().status(), status, "{path}");
    }
    for path in ["/livez", "/readyz", "/metrics", "/debug", "/graphiql", "/"] {
        let request = axum::http::Request::get(path).body(axum::body::Body::empty()).unwrap();
        assert_eq!(api.api.router().oneshot(request).await.unwrap().status(), 404, "{path}");
    }
}

#[tokio::test]
async fn a_name_that_is_not_there_is_answered_with_the_one_that_is_meant() {
    let api = Running::new(1).await;
    for (question, meant) in [
        ("{subjects{nodes{nmae}}}", Some("`name`")),
        ("{subjcts{nodes{id}}}", Some("`subjects`")),
        ("{subjects{nodes{penaltys{nodes{id}}}}}", Some("`penalties`")),
        ("{departmens{id}}", Some("`departments`")),
        ("{subjects{nodes{zzzzzzzz}}}", None),
    ] {
        let reply = api.refused(question, "GRAPHQL_VALIDATION_FAILED").await;
        let said = reply.body["errors"][0]["message"].as_str().unwrap();
        assert_eq!(said.contains("Did you mean"), meant.is_some(), "{said}");
        assert!(meant.is_none_or(|meant| said.contains(meant)), "{said}");
    }
    let mut request = api.request(json!({ "query": "{subjects{nodes{nmae}}}" }).to_string());
    // The first of the languages that we have, whatever its weight.
    request.headers_mut().insert("accept-language", "fr, zh-CN;q=0.1, en".parse().unwrap());
    let reply = api.send(request).await;
    let said = &reply.body["errors"][0];
    assert_eq!(said["message"], "类型 Subject 没有字段“nmae”，是否想写“name”？", "{}", reply.text);
    assert_eq!(said["extensions"]["id"], "TJ-Q048");
}
