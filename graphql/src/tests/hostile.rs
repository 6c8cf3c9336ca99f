//! Hostile input: every row of the table of bad input that this surface has. The process is alive after each.

use std::fmt::Write as _;

use axum::body::Body;
use axum::http::{Method, StatusCode};
use bytes::Bytes;
use serde_json::json;

use super::Running;
use super::world::uscc;
use crate::Limits;

#[tokio::test]
async fn bodies_that_are_no_question() {
    let api = Running::new(1).await;
    for body in [
        "",
        "null",
        "[]",
        "\"x\"",
        "{}",
        "{",
        "{\"query\":1}",
        "{\"query\":\"{__typename}\",\"variables\":[]}",
        "nan",
    ] {
        let reply = api.send(api.request(body)).await;
        assert_eq!(
            (reply.code(), reply.status),
            ("BAD_REQUEST", StatusCode::BAD_REQUEST),
            "{body}: {}",
            reply.text
        );
    }
    let mut gbk = b"{\"query\":\"{subjects{nodes{name}}} # ".to_vec();
    gbk.extend_from_slice(&[0xce, 0xf7, 0xb0, 0xb2]);
    gbk.extend_from_slice(b"\"}");
    let mut utf16 = vec![0xff, 0xfe];
    utf16.extend("{\"query\":\"x\"}".encode_utf16().flat_map(u16::to_le_bytes));
    let bad: [Vec<u8>; 7] = [
        gbk,
        utf16,
        "\u{feff}{\"query\":\"{__typename}\"}".into(),
        b"{\"query\":\"\\ud800\"}".to_vec(),
        b"{\"query\":\"{__typename} \\u0000\"}".to_vec(),
        b"{\"query\":\"query($a:String){subjects(after:$a){nodes{id}}}\",\"variables\":{\"a\":\"x\\u0000\"}}"
            .to_vec(),
        b"{\"query\":\"{subjects(where:{name:{eq:\\\"\\\\u0000\\\"}}){nodes{id}}}\"}".to_vec(),
    ];
    for body in bad {
        let shown = String::from_utf8_lossy(&body).into_owned();
        let reply = api.send(api.request(body)).await;
        assert_eq!(
            (reply.code(), reply.status),
            ("BAD_ENCODING", StatusCode::BAD_REQUEST),
            "{shown}: {}",
            reply.text
        );
    }
    let batch = api.send(api.request("[{\"query\":\"{__typename}\"}]")).await;
    assert_eq!((batch.code(), batch.status), ("BATCHING_DISABLED", StatusCode::BAD_REQUEST));
}

#[tokio::test]
async fn bodies_that_are_too_large() {
    let api = Running::new(1).await;
    let question = json!({ "query": "{__typename}" }).to_string();
    let fits = format!("{question}{}", " ".repeat(64 * 1024 - question.len()));
    assert_eq!(api.send(api.request(fits.clone())).await.status, StatusCode::OK);
    let reply = api.send(api.request(format!("{fits} "))).await;
    assert_eq!((reply.code(), reply.status), ("BODY_LIMIT", StatusCode::PAYLOAD_TOO_LARGE));
    // A body that never ends is cut at the limit, not collected.
    let endless =
        futures_util::stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from_static(&[b' '; 1024])));
    let reply = api.send(api.request(Body::from_stream(endless))).await;
    assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE);
    let mut zipped = api.request(question);
    zipped.headers_mut().insert("content-encoding", "gzip".parse().unwrap());
    assert_eq!(api.send(zipped).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn methods_types_and_origins() {
    let api = Running::new(1).await;
    let question = json!({ "query": "{__typename}" }).to_string();
    for method in [Method::GET, Method::HEAD, Method::PUT, Method::DELETE, Method::TRACE, Method::OPTIONS] {
        let mut request = api.request(question.clone());
        *request.method_mut() = method.clone();
        let reply = api.send(request).await;
        assert_eq!(reply.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
        assert_eq!(reply.headers["allow"], "POST");
    }
    let types = [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "",
        "application/jsonx",
    ];
    for content_type in types {
        let mut request = api.request(question.clone());
        request.headers_mut().insert("content-type", content_type.parse().unwrap());
        assert_eq!(api.send(request).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{content_type}");
    }
    let mut request = api.request(question.clone());
    request.headers_mut().remove("content-type");
    assert_eq!(api.send(request).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    for (name, value, status) in [
        ("origin", "https://evil.example", StatusCode::FORBIDDEN),
        ("origin", "null", StatusCode::FORBIDDEN),
        ("origin", "https://hub.example.evil", StatusCode::FORBIDDEN),
        ("sec-fetch-site", "cross-site", StatusCode::FORBIDDEN),
        ("origin", "https://hub.example", StatusCode::OK),
        ("origin", "https://console.example", StatusCode::OK),
        ("sec-fetch-site", "same-origin", StatusCode::OK),
    ] {
        let mut request = api.request(question.clone());
        request.headers_mut().insert(name, value.parse().unwrap());
        let reply = api.send(request).await;
        assert_eq!(reply.status, status, "{name}: {value}");
        if status == StatusCode::FORBIDDEN {
            assert_eq!(reply.code(), "CSRF");
        }
    }
    assert!(api.world.audit.entries(0, 10).await.unwrap().is_empty(), "nothing was executed");
}

#[tokio::test]
async fn nobody_asks_without_a_key() {
    let api = Running::new(1).await;
    let question = json!({ "query": "{__schema{types{name}}}" }).to_string();
    let revoked = api.steward.clone();
    api.keys.revoke(&api.keys.list().unwrap()[1].id, super::Timestamp(2)).unwrap();
    let headers = [
        "",
        "Bearer",
        "Bearer ",
        "Basic eDp5",
        "Bearer tj_00",
        &api.reader.clone(),
        &format!("Bearer {revoked}"),
    ];
    for header in headers {
        let mut request = api.request(question.clone());
        request.headers_mut().insert("authorization", header.parse().unwrap());
        let reply = api.send(request).await;
        assert_eq!((reply.code(), reply.status), ("UNAUTHENTICATED", StatusCode::UNAUTHORIZED), "{header}");
        assert_eq!(reply.headers["www-authenticate"], "Bearer");
        assert!(!reply.text.contains("Subject"));
    }
}

#[tokio::test]
async fn documents_that_are_too_much() {
    let api = Running::new(1).await;
    let repeat = |n: usize, one: &dyn Fn(usize) -> String| (0..n).map(one).collect::<String>();
    let nested = |n: usize| {
        format!("{{{}id{}}}", "subjects{nodes{penalties{nodes{party{".repeat(n), "}}}}}".repeat(n))
    };

    api.refused(&format!("{{{}}}", repeat(51, &|n| format!("a{n}:__typename "))), "ROOT_FIELD_LIMIT").await;
    let aliases = repeat(51, &|n| format!("a{n}:id "));
    api.refused(&format!("{{subjects{{nodes{{{aliases}}}}}}}"), "ALIAS_LIMIT").await;
    api.refused(&format!("{{{}}}", "__typename ".repeat(21)), "ROOT_FIELD_LIMIT").await;
    api.refused(&format!("{{{}}}", "a ".repeat(10_000)), "TOKEN_LIMIT").await;
    api.refused(&nested(3), "DEPTH_LIMIT").await;
    api.refused(&nested(1_000), "DEPTH_LIMIT").await;
    api.refused(&format!("{{__typename{}}}", " @skip(if:false)".repeat(9)), "DIRECTIVE_LIMIT").await;
    api.refused("{...a} fragment a on Query{...b} fragment b on Query{...a}", "FRAGMENT_LIMIT").await;
    let mut bomb = "{subjects{nodes{...f0}}}".to_owned();
    for n in 0..24 {
        let _ = write!(bomb, "fragment f{n} on Subject{{...f{0} ...f{0}}}", n + 1);
    }
    bomb.push_str("fragment f24 on Subject{id name}");
    api.refused(&bomb, "FRAGMENT_LIMIT").await;
    let chain: String = (0..300).map(|n| format!("fragment c{n} on Query{{...c{}}}", n + 1)).collect();
    api.refused(&format!("{{...c0}}{chain}fragment c300 on Query{{__typename}}"), "FRAGMENT_LIMIT").await;
    api.refused("{subjects(first:200){nodes{penalties(first:200){nodes{party{name}}}}}}", "COST_LIMIT").await;
    api.refused("subscription{x}", "NO_SUBSCRIPTIONS").await;
    assert_eq!(api.ask("{__typename}").await.status, StatusCode::OK);
}

#[tokio::test]
async fn texts_that_kill_a_parser() {
    let api = Running::new(1).await;
    for n in [40, 680, 1_550, 10_000, 60_000 / 2] {
        api.refused(
            &format!("{{subjects(where:{}{}){{nodes{{id}}}}}}", "[".repeat(n), "]".repeat(n)),
            "VALUE_DEPTH_LIMIT",
        )
        .await;
    }
    for n in [33, 680, 5_000] {
        let object = format!("{}1{}", "{a:".repeat(n), "}".repeat(n));
        api.refused(&format!("{{subjects(where:{object}){{nodes{{id}}}}}}"), "VALUE_DEPTH_LIMIT").await;
        let default = format!("query($a:X={object}){{__typename}}");
        api.refused(&default, "VALUE_DEPTH_LIMIT").await;
        let of = format!("query($a:{}X{}){{__typename}}", "[".repeat(n), "]".repeat(n));
        api.refused(&of, "VALUE_DEPTH_LIMIT").await;
    }
    let long = 50_000;
    for text in [
        format!("{{subjects(after:\"\"\"{}\"\"\"){{nodes{{id}}}}}}", "x".repeat(long)),
        format!("{{subjects(after:\"{}\"){{nodes{{id}}}}}}", "x".repeat(long)),
        format!("#{}\n{{__typename}}", "x".repeat(long)),
        format!("{{subjects(first:{}){{nodes{{id}}}}}}", "9".repeat(long)),
        format!("{{{}}}", "a".repeat(long)),
        format!("{{subjects(after:\"\"\"{}", "\\\"\"\"".repeat(6_000)),
    ] {
        api.refused(&text, "TOKEN_SIZE_LIMIT").await;
    }
    api.refused(&"{".repeat(60_000), "DEPTH_LIMIT").await;
    for text in [
        "{",
        "}",
        "{a",
        "query",
        "{a(",
        "\"",
        "\"\"\"",
        "{__typename}}",
        "é",
        "{…}",
        "fragment f on",
        "{a(b:\"\\q\")}",
    ] {
        api.refused(text, "GRAPHQL_PARSE_FAILED").await;
    }
    let mut deep = json!("x");
    for _ in 0..60 {
        deep = json!([deep]);
    }
    let reply = api.ask_with("query($a:String){subjects(after:$a){nodes{id}}}", json!({ "a": deep })).await;
    assert_eq!(reply.code(), "VALUE_DEPTH_LIMIT");
    let body = format!(
        "{{\"query\":\"{{__typename}}\",\"variables\":{{\"a\":{}{}}}}}",
        "[".repeat(20_000),
        "]".repeat(20_000)
    );
    assert_eq!(api.send(api.request(body)).await.code(), "BAD_REQUEST");
    let many: Vec<String> = (0..201).map(|n| n.to_string()).collect();
    let reply = api
        .ask_with("query($a:[String!]){subjects(where:{name:{in:$a}}){nodes{id}}}", json!({ "a": many }))
        .await;
    assert_eq!(reply.code(), "LIST_LIMIT");
    assert_eq!(api.ask("{__typename}").await.status, StatusCode::OK);
}

#[tokio::test]
async fn pages_that_cannot_be() {
    let api = Running::new(30).await;
    for first in ["-1", "0", "201", "2147483648", "1e9", "99999999999999999999"] {
        api.refused(&format!("{{subjects(first:{first}){{nodes{{id}}}}}}"), "BAD_PAGINATION").await;
        api.refused(
            &format!("{{subjects{{nodes{{penalties(first:{first}){{nodes{{id}}}}}}}}}}"),
            "BAD_PAGINATION",
        )
        .await;
    }
    api.refused("{subjects(first:1,last:1){nodes{id}}}", "BAD_PAGINATION").await;
    api.refused("{subjects(before:\"x\"){nodes{id}}}", "BAD_PAGINATION").await;
    let page = api
        .data("{subjects(first:2,orderBy:{field:NAME}){pageInfo{endCursor hasNextPage}edges{cursor}}}")
        .await;
    let cursor = page["subjects"]["pageInfo"]["endCursor"].as_str().unwrap().to_owned();
    assert_eq!(page["subjects"]["edges"][1]["cursor"], cursor.as_str());
    assert_eq!(page["subjects"]["pageInfo"]["hasNextPage"], true);
    let next = format!("{{subjects(first:2,orderBy:{{field:NAME}},after:\"{cursor}\"){{nodes{{id}}}}}}");
    assert_eq!(api.data(&next).await["subjects"]["nodes"].as_array().unwrap().len(), 2);

    let mut tampered = cursor.clone().into_bytes();
    tampered[20] = if tampered[20] == b'0' { b'1' } else { b'0' };
    let tampered = String::from_utf8(tampered).unwrap();
    for bogus in ["", "x", "00", "eyJpZCI6MX0=", "../../etc", &tampered] {
        api.refused(&next.replace(&cursor, bogus), "BAD_PAGINATION").await;
    }
    for foreign in [
        next.replace("field:NAME", "field:USCC"),
        next.replace("orderBy", "where:{name:{isNull:false}},orderBy"),
        next.replace("subjects", "registrations"),
        // The rows of another moment are another list.
        next.replace("after", "asOf:1,after"),
    ] {
        api.refused(&foreign, "BAD_PAGINATION").await;
    }
    let of = |more: &str, as_of: &str| {
        format!(
            "{{subjects(first:1{as_of}){{nodes{{registrations(first:1{more}){{pageInfo{{endCursor}}nodes{{id}}}}}}}}}}"
        )
    };
    let page = api.data(&of("", "")).await;
    let cursor = &page["subjects"]["nodes"][0]["registrations"]["pageInfo"]["endCursor"];
    let more = format!(",after:{cursor}");
    api.data(&of(&more, "")).await;
    let then = ",asOf:\"2099-01-01T00:00:00Z\"";
    api.data(&of("", then)).await;
    api.refused(&of(&more, then), "BAD_PAGINATION").await;
    // The id is the last key, in the direction of the first: another is not silently ignored. Alone it goes either way.
    api.refused("{subjects(orderBy:[{field:NAME},{field:ID,direction:DESC}]){nodes{id}}}", "BAD_VALUE").await;
    let ids = |page: &serde_json::Value| -> Vec<String> {
        let nodes = page["subjects"]["nodes"].as_array().unwrap();
        nodes.iter().map(|node| node["id"].to_string()).collect()
    };
    let up = ids(&api.data("{subjects(first:200,orderBy:{field:ID}){nodes{id}}}").await);
    let mut down = Vec::new();
    let mut after = String::new();
    loop {
        let page = format!(
            "{{subjects(first:7,orderBy:{{field:ID,direction:DESC}}{after}){{nodes{{id}}pageInfo{{endCursor hasNextPage}}}}}}"
        );
        let page = api.data(&page).await;
        down.extend(ids(&page));
        if page["subjects"]["pageInfo"]["hasNextPage"] != true {
            break;
        }
        after = format!(",after:{}", page["subjects"]["pageInfo"]["endCursor"]);
    }
    down.reverse();
    assert_eq!(down, up);
    api.refused(&format!("{{subjects(orderBy:{{field:ID}}{after}){{nodes{{id}}}}}}"), "BAD_PAGINATION").await;
    api.data("{subjects(orderBy:[{field:NAME,direction:DESC},{field:ID,direction:DESC}]){nodes{id}}}").await;
}

#[tokio::test]
async fn ids_that_are_nobodys() {
    let api = Running::new(3).await;
    let id = api.data(&format!("{{subject(uscc:\"{}\"){{id}}}}", uscc(1))).await["subject"]["id"].clone();
    let id = id.as_str().unwrap();
    let record = api.data("{penalties(first:1){nodes{id}}}").await["penalties"]["nodes"][0]["id"].clone();
    let record = record.as_str().unwrap();
    let mut seen = std::collections::BTreeSet::new();
    for (field, other) in [
        ("subject", record),
        ("subject", "x"),
        ("subject", ""),
        ("subject", "1"),
        ("subject", "0"),
        ("subject", &id.to_lowercase()),
        ("subject", &id[..12]),
        ("subject", &format!("{id} ")),
        ("subject", "E00000000000"),
        ("subject", "E0000000FFFFF"),
        ("subject", "c29tZXRoaW5n"),
        ("person", id),
        ("penalty", id),
        ("penalty", "R1"),
        ("penalty", "R999999999"),
        ("penalty", "R-1"),
        ("penalty", "R99999999999999999999999999"),
        ("registration", record),
    ] {
        let reply = api.ask(&format!("{{{field}(id:\"{other}\"){{id}}}}")).await;
        assert_eq!(
            (reply.code(), reply.status),
            ("NOT_FOUND", StatusCode::OK),
            "{field} {other}: {}",
            reply.text
        );
        assert_eq!(reply.body["data"][field], serde_json::Value::Null);
        assert_eq!(reply.body["errors"][0]["path"], json!([field]), "{}", reply.text);
        let message = reply.body["errors"][0]["message"].as_str().unwrap();
        assert!(message.ends_with(&format!("`{}`", other.chars().take(40).collect::<String>())), "{message}");
        seen.insert(message.chars().take(16).collect::<String>());
    }
    assert!(seen.len() <= 2, "one wording for records, one for entities: {seen:?}");
    // A kind that is not shared is told of exactly as one that does not exist.
    let hidden = api.ask("{clues(first:1){nodes{id}}}").await.text.replace("clues", "nopes");
    let unknown = api.ask("{nopes(first:1){nodes{id}}}").await.text;
    let without_id = |text: &str| text.split("requestId").next().unwrap().to_owned();
    assert_eq!(without_id(&hidden), without_id(&unknown));
}

#[tokio::test]
async fn questions_that_do_not_fit() {
    let api = Running::new(2).await;
    for query in [
        "query A{__typename} query B{__typename}",
        "{__typename} {__typename}",
        "{subject{nope}}",
        "{nope}",
        "{subjects(first:\"5\"){nodes{id}}}",
        "{subjects(first:1.5){nodes{id}}}",
        "query($n:Int!){subjects(first:$n){nodes{id}}}",
        "{subjects}",
        "{subjects{nodes}}",
        "{penalty{id}}",
        "{penalties(where:{decidedOn:{eq:\"2024-02-30\"}}){nodes{id}}}",
    ] {
        let reply = api.ask(query).await;
        let code = reply.code();
        let is_expected =
            ["GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED", "BAD_PAGINATION"].contains(&code);
        assert!(
            is_expected && reply.status == StatusCode::BAD_REQUEST,
            "{query}: {} {}",
            reply.status,
            reply.text
        );
    }
    for query in [
        "{subjects @foo{nodes{id}}}",
        "query @ foo{subjects{nodes{id}}}",
        "{subjects{...F}} fragment F on SubjectConnection @deprecated{nodes{id}}",
        "{subjects{nodes{id @skip(if:false) @Include(if:true)}}}",
    ] {
        let reply = api.ask(query).await;
        assert_eq!(
            (reply.code(), reply.status),
            ("GRAPHQL_VALIDATION_FAILED", StatusCode::BAD_REQUEST),
            "{query}: {}",
            reply.text
        );
        assert!(reply.text.contains("TJ-Q054") && reply.text.contains("@include"), "{query}: {}", reply.text);
    }
    for query in
        ["{subjects{nodes{id @skip(if:false) name @include(if:true)}}}", "{subjects{nodes{id}}} # @foo"]
    {
        assert_eq!(api.ask(query).await.status, StatusCode::OK, "{query}");
    }
    for as_of in
        ["\"yesterday\"", "\"1\"", "-1", "1.5", "true", "\"2016-12-31T23:59:60Z\"", "\"2026-03-01T08:00:00\""]
    {
        let reply = api.ask(&format!("{{subjects(asOf:{as_of}){{nodes{{id}}}}}}")).await;
        assert_eq!(
            (reply.code(), reply.status),
            ("BAD_VALUE", StatusCode::BAD_REQUEST),
            "{as_of}: {}",
            reply.text
        );
        assert!(reply.text.contains("2026-03-01T08:00:00+08:00"), "what is right is told: {}", reply.text);
    }
    let reply = api
        .send(api.request(json!({ "query": "query A{__typename}", "operationName": "B" }).to_string()))
        .await;
    assert_eq!(reply.code(), "GRAPHQL_VALIDATION_FAILED");
    let reply = api.ask_with("{__typename}", json!({ "unknown": 1 })).await;
    assert_eq!(reply.status, StatusCode::OK, "what nobody asked for is not looked at: {}", reply.text);

    for day in ["0000-00-00", "2024-02-30", "2026/1/2", "民国113年", "2024-2-3", "+14:00", "9999-12-32"] {
        let query = format!("{{penalties(where:{{decidedOn:{{gte:\"{day}\"}}}}){{nodes{{id}}}}}}");
        assert_eq!(api.ask(&query).await.status, StatusCode::BAD_REQUEST, "{day}");
    }
    for number in ["\"NaN\"", "\"Infinity\"", "\"1e400\"", "1.5", "\"12.34567\"", "\"922337203685478\""] {
        let query = format!("{{penalties(where:{{amount:{{gte:{number}}}}}){{nodes{{id}}}}}}");
        let reply = api.ask(&query).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{number}: {}", reply.text);
    }
    for number in ["9007199254740993", "\"9007199254740993\"", "-0"] {
        let query = format!("{{penalties(where:{{points:{{gt:{number}}}}}){{nodes{{id}}}}}}");
        assert_eq!(api.ask(&query).await.status, StatusCode::OK, "{number}");
    }
}

#[tokio::test]
async fn codes_are_explained() {
    let api = Running::new(2).await;
    let code = uscc(1);
    let wide: String = code.chars().map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap()).collect();
    for written in [code.to_lowercase(), wide] {
        let found = api.data(&format!("{{subject(uscc:\"{written}\"){{uscc}}}}")).await;
        assert_eq!(found["subject"]["uscc"], code.as_str());
    }
    let mut wrong = code.into_bytes();
    wrong[17] = if wrong[17] == b'0' { b'1' } else { b'0' };
    let wrong = String::from_utf8(wrong).unwrap();
    let reply = api.ask(&format!("{{subject(uscc:\"{wrong}\"){{uscc}}}}")).await;
    assert_eq!((reply.code(), reply.status), ("BAD_VALUE", StatusCode::BAD_REQUEST));
    assert!(reply.body["errors"][0]["message"].as_str().unwrap().contains("18"), "{}", reply.text);
    for bad in ["", "1", "I1610131MA6TE5T09D", "610131100000001"] {
        assert_eq!(
            api.ask(&format!("{{subject(uscc:\"{bad}\"){{uscc}}}}")).await.code(),
            "BAD_VALUE",
            "{bad}"
        );
    }
    api.refused("{subject{id}}", "BAD_VALUE").await;
    api.refused("{subject(id:\"E0\",uscc:\"x\"){id}}", "BAD_VALUE").await;
}

#[tokio::test]
async fn personal_fields_are_refused_with_the_reason() {
    let api = Running::new(2).await;
    for (query, code) in [
        ("{registrations(where:{phone:{eq:\"1\"}}){nodes{id}}}", "PERSONAL_FIELD"),
        ("{registrations(where:{not:{or:[{representative:{eq:\"1\"}}]}}){nodes{id}}}", "PERSONAL_FIELD"),
        ("{registrations(orderBy:{field:REPRESENTATIVE}){nodes{id}}}", "PERSONAL_FIELD"),
        ("{penalties(where:{reason:{contains:\"x\"}}){nodes{id}}}", "NOT_KEY_FIELD"),
        ("query($w:PenaltyWhere={officer:{eq:\"x\"}}){penalties(where:$w){nodes{id}}}", "PERSONAL_FIELD"),
        ("{penalties(where:{partyName:{eq:\"张三\"}}){nodes{id}}}", "NOT_AN_ORGANISATION"),
        ("{penalties(where:{or:[{partyName:{contains:\"张\"}}]}){nodes{id}}}", "NAMES_ONLY_WHOLE"),
        ("{penalties(where:{partyName:{isNull:true}}){nodes{id}}}", "NAMES_ONLY_WHOLE"),
        ("{penalties(orderBy:{field:PARTY_NAME}){nodes{id}}}", "NAMES_ONLY_WHOLE"),
        ("{penalties(orderBy:{field:PARTY_CODE}){nodes{id}}}", "WHOLE_NUMBERS_ONLY"),
        ("{penalties(where:{partyCode:{contains:\"1980\"}}){nodes{id}}}", "WHOLE_NUMBERS_ONLY"),
        ("{penalties(where:{partyCode:{startsWith:\"6101131980\"}}){nodes{id}}}", "WHOLE_NUMBERS_ONLY"),
        ("{penalties(where:{partyCode:{eq:\"610113 19800101 1231\"}}){nodes{id}}}", "NOT_A_CODE"),
        ("{registrations(where:{industry:{eq:\"张三\"}}){nodes{id}}}", "NOT_A_CODE"),
        ("{registrations(where:{industry:{startsWith:\"张\"}}){nodes{id}}}", "NO_CODE_BEGINS_SO"),
        (
            "{subjects(where:{penalties:{some:{partyName:{in:[\"张三\"]}}}}){nodes{id}}}",
            "NOT_AN_ORGANISATION",
        ),
    ] {
        api.refused(query, code).await;
    }
    let reply = api
        .ask_with(
            "query($w:PenaltyWhere){penalties(where:$w){nodes{id}}}",
            json!({ "w": { "officer": { "eq": "x" } } }),
        )
        .await;
    assert_eq!(reply.code(), "PERSONAL_FIELD", "{}", reply.text);
    let reply = api.ask("{penalties(where:{partyName:{eq:\"张三\"}}){nodes{id}}}").await;
    assert!(reply.text.contains("field `partyName`") && !reply.text.contains("张三"), "{}", reply.text);
    let data = api.data("{penalties(where:{partyName:{eq:\"西安高新2店\"}}){nodes{partyName}}}").await;
    assert_eq!(data["penalties"]["nodes"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn an_answer_has_its_limits() {
    let limits = Limits { response_bytes: 600, ..Limits::default() };
    let api = Running::with(40, limits).await;
    let reply = api.ask("{penalties(first:40){nodes{id number reason}}}").await;
    assert_eq!(reply.code(), "RESPONSE_LIMIT");
    assert!(reply.body["data"].is_null() && reply.text.len() < 600);
    let api = Running::with(1, Limits { concurrent: 0, ..Limits::default() }).await;
    let reply = api.ask("{__typename}").await;
    assert_eq!((reply.code(), reply.status), ("BUSY", StatusCode::SERVICE_UNAVAILABLE));
    let api = Running::with(1, Limits { concurrent_per_key: 0, ..Limits::default() }).await;
    let reply = api.ask("{__typename}").await;
    assert_eq!((reply.code(), reply.status), ("CALLER_BUSY", StatusCode::TOO_MANY_REQUESTS));
    assert_eq!(reply.headers["retry-after"], "1");
    let api = Running::with(1, Limits { time: std::time::Duration::ZERO, ..Limits::default() }).await;
    assert_eq!(api.ask("{subjects{nodes{id}}}").await.code(), "DEADLINE");
}

#[tokio::test]
async fn the_schema_s_own_lists_do_not_multiply() {
    let api = Running::new(3).await;
    let nested = |n: usize| {
        format!(
            "{{__type(name:\"SubjectWhere\"){{{}name{}}}}}",
            "inputFields{type{".repeat(n),
            "}}".repeat(n)
        )
    };
    api.data(&nested(3)).await;
    api.refused(&nested(4), "DEPTH_LIMIT").await;
    api.refused(&nested(9), "DEPTH_LIMIT").await;
    // A fragment hides nothing.
    let spread = "{__schema{types{...F}}} fragment F on __Type{fields{type{fields{type{fields{name}}}}}}";
    api.refused(spread, "DEPTH_LIMIT").await;
    let many: String = (0..6).map(|n| format!("a{n}:__schema{{types{{name}}}} ")).collect();
    api.refused(&format!("{{{many}}}"), "COST_LIMIT").await;
}

#[tokio::test]
async fn relations_in_filters_have_a_price() {
    let api = Running::new(3).await;
    let of = |n: usize| {
        let all = vec!["{penalties:{some:{}}}"; n].join(",");
        format!("{{subjects(first:1,where:{{and:[{all}]}}){{nodes{{name}}}}}}")
    };
    api.data(&of(20)).await;
    api.refused(&of(45), "COST_LIMIT").await;
}
