//! Judgements through the API: who may, what becomes of them, what a steward is shown.

use serde_json::{Value, json};

use super::Running;
use super::world::uscc;

async fn steward(api: &Running, query: &str) -> Value {
    let reply = api.ask_as_steward(query).await;
    assert!(reply.body["errors"].is_null(), "{query}: {}", reply.text);
    reply.body["data"].clone()
}

fn judge(record: &str, decision: &str) -> String {
    format!(
        "mutation{{judge(record:\"{record}\",role:\"party\",{decision},reason:\"asked them\"){{__typename
          ...on Judged{{judgement}} ...on JudgeAbsent{{what}} ...on JudgeRefused{{reason}}}}}}"
    )
}

fn undo(judgement: &str) -> String {
    format!(
        "mutation{{undo(judgement:\"{judgement}\"){{__typename ...on Undone{{judgement}}
          ...on JudgementAbsent{{judgement}}}}}}"
    )
}

#[tokio::test]
async fn a_judgement_is_given_with_variables_too() {
    let api = Running::new(2).await;
    let record = api.data("{penalties(first:1){nodes{id}}}").await["penalties"]["nodes"][0]["id"].clone();
    let question =
        "mutation($r:ID!,$d:JudgeDecision!){judge(record:$r,role:\"party\",decision:$d,reason:\"t\")
        {__typename}}";
    for (decision, expected) in [("NOBODY", "Judged"), ("SAME", "BAD_VALUE")] {
        let reply = api.ask_as_with(&api.steward, question, json!({ "r": record, "d": decision })).await;
        let typename = reply.body["data"]["judge"]["__typename"].as_str().map(str::to_owned);
        assert_eq!(typename.unwrap_or_else(|| reply.code().to_owned()), expected, "{}", reply.text);
    }
}

#[tokio::test]
async fn a_steward_judges_sees_what_contradicts_and_takes_it_back() {
    let api = Running::new(6).await;
    let of = |n: i64| {
        format!("{{subject(uscc:\"{}\"){{id penalties(first:1){{nodes{{id party{{id}}}}}}}}}}", uscc(n))
    };
    let own = api.data(&of(3)).await["subject"].clone();
    let other = api.data(&of(2)).await["subject"]["id"].as_str().unwrap().to_owned();
    let record = own["penalties"]["nodes"][0]["id"].as_str().unwrap().to_owned();
    let same = format!("decision:SAME,subject:\"{other}\"");

    for question in [judge(&record, &same), undo("1"), "{reviewQueue{record}}".to_owned()] {
        assert_eq!(api.ask(&question).await.code(), "FORBIDDEN", "{question}");
    }
    // Who runs the hub may look, but does not judge in a steward's place.
    for question in [judge(&record, &same), undo("1")] {
        assert_eq!(api.ask_as(&api.operator, &question).await.code(), "FORBIDDEN", "{question}");
    }
    assert_eq!(
        api.ask_as(&api.operator, "{reviewQueue{record}}").await.body["data"]["reviewQueue"],
        json!([])
    );
    assert_eq!(steward(&api, "{reviewQueue(first:5){record}}").await["reviewQueue"], json!([]));
    let judged = steward(&api, &judge(&record, &same)).await["judge"].clone();
    assert_eq!(judged["__typename"], "Judged", "{judged}");
    let party = format!("{{penalty(id:\"{record}\"){{party{{id}}}}}}");
    assert_eq!(api.data(&party).await["penalty"]["party"]["id"], other.as_str());

    // The record carries the code of its own subject, against the judgement.
    let queue = "{reviewQueue{record kind role weights fields{field label text} candidates{id}
        contradiction{id scheme fields{field text}}}}";
    let queue = steward(&api, queue).await["reviewQueue"].clone();
    assert_eq!(queue.as_array().unwrap().len(), 1, "{queue}");
    assert_eq!(queue[0]["record"], record.as_str());
    assert_eq!(queue[0]["contradiction"]["id"], own["id"]);
    assert_eq!(queue[0]["contradiction"]["scheme"], "uscc");
    let fields = queue[0]["fields"].as_array().unwrap();
    assert!(fields.iter().any(|one| one["field"] == "officer" && one["text"] == "李*"), "{queue}");
    assert!(queue[0]["contradiction"]["fields"].as_array().unwrap().iter().any(|one| one["field"] == "name"));

    let number = judged["judgement"].as_str().unwrap();
    assert_eq!(steward(&api, &undo(number)).await["undo"]["__typename"], "Undone");
    assert_eq!(steward(&api, &undo(number)).await["undo"]["__typename"], "JudgementAbsent");
    assert_eq!(api.data(&party).await["penalty"]["party"]["id"], own["id"]);
    assert_eq!(steward(&api, "{reviewQueue{record}}").await["reviewQueue"], json!([]));
}

#[tokio::test]
async fn judgements_about_nothing_say_so() {
    let api = Running::new(3).await;
    for (record, decision) in [
        ("R999999", "decision:NOBODY"),
        ("nonsense", "decision:NOBODY"),
        ("R1", "decision:SAME,subject:\"E0000000000000\""),
    ] {
        let judged = steward(&api, &judge(record, decision)).await["judge"].clone();
        assert_eq!(judged["__typename"], "JudgeAbsent", "{record} {decision}: {judged}");
    }
    for decision in ["decision:SAME", "decision:NOBODY,subject:\"E0000000000000\""] {
        let reply = api.ask_as_steward(&judge("R1", decision)).await;
        assert!(!reply.body["errors"].is_null(), "{decision}: {}", reply.text);
    }
    api.refused("mutation{nothing}", "GRAPHQL_VALIDATION_FAILED").await;
    for bogus in ["'", "", "E0000000000000", "R", "R1x"] {
        let reply = api.ask_as_steward(&format!("{{reviewQueue(after:\"{bogus}\"){{record}}}}")).await;
        assert_eq!(reply.code(), "BAD_VALUE", "{bogus}: {}", reply.text);
    }
    api.refused("{reviewQueue(first:0){record}}", "BAD_PAGINATION").await;
}
