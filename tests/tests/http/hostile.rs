//! Requests made to harm: each is refused or answered, none ends the process, and the next question is answered.

use tests::http::{Served, post, raw};

use super::zone;

/// A process started with the first request answers after the last.
fn lives(served: &mut Served, after: &str) {
    assert!(served.running.is_running(), "{after} ended the process");
    let data = served.ask("{ streams { name } }");
    assert!(data["streams"].as_array().is_some_and(|streams| !streams.is_empty()), "after {after}");
}

#[test]
fn hostile_requests_leave_the_process_alive() {
    let zone = zone(45, 200);
    let mut served = Served::start(&zone.config, "market", "reader");
    let nested = |open: &str, close: &str, n: usize| open.repeat(n) + &close.repeat(n);
    let questions = [
        ("a list in a list, 3 KB", format!("{{ subjects(where: {}) {{ nodes {{ id }} }} }}", nested("[", "]", 1_500))),
        ("an object in an object, 60 KB", format!("{{ subjects(where: {}1{}) {{ nodes {{ id }} }} }}", "{and:".repeat(9_000), "}".repeat(9_000))),
        ("a selection in a selection", nested("{ subjects ", "}", 5_000)),
        ("a filter in a filter", format!("{{ subjects(where: {}{{}}{}) {{ nodes {{ id }} }} }}", "{ not: ".repeat(400), "}".repeat(400))),
        ("braces that never close", "{".repeat(30_000)),
        ("a thousand aliases", format!("{{ {} }}", (0..1_000).map(|n| format!("a{n}: streams {{ name }} ")).collect::<String>())),
        ("directives", format!("{{ streams {} {{ name }} }}", "@include(if: true) ".repeat(2_000))),
        ("a fragment that spreads itself", "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }".to_owned()),
        ("fragments that double", {
            let mut text = "{ ...f0 }".to_owned();
            for n in 0..30 {
                text.push_str(&format!(" fragment f{n} on Query {{ ...f{} ...f{} }}", n + 1, n + 1));
            }
            text + " fragment f30 on Query { streams { name } }"
        }),
        ("round and round", format!("{{ penalties(first: 200) {{ nodes {} }} }}", "{ party { penalties(first: 200) { nodes ".repeat(12) + "{ id }" + &" } } }".repeat(12))),
        ("wide and deep", "{ subjects(first: 200) { nodes { penalties(first: 200) { nodes { party { licences(first: 200) { nodes { id } } } } } } } }".to_owned()),
        ("an open text", "{ subject(uscc: \"".to_owned() + &"a".repeat(20_000)),
        ("an open block text", "{ subject(uscc: \"\"\"".to_owned() + &"\\\"\"\"".repeat(5_000)),
        ("a number without end", format!("{{ subjects(first: {}) {{ nodes {{ id }} }} }}", "9".repeat(20_000))),
        ("first below zero", "{ subjects(first: -1) { nodes { id } } }".to_owned()),
        ("first too large", "{ subjects(first: 2147483647) { nodes { id } } }".to_owned()),
        ("a mutation", "mutation { drop }".to_owned()),
        ("a subscription", "subscription { streams { name } }".to_owned()),
        ("nothing", String::new()),
        ("blanks", " \n\t,,,".to_owned()),
        ("a NUL", "{ streams\0 { name } }".to_owned()),
        ("surrogates and marks", "{ streams { name \u{202e}\u{feff}\u{fffd} } }".to_owned()),
        ("introspection in depth", format!("{{ __schema {{ types {{ fields {{ type {} }} }} }} }}", "{ ofType ".repeat(60) + "{ name }" + &" }".repeat(60))),
        ("a cursor of another", "{ subjects(after: \"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\") { nodes { id } } }".to_owned()),
        ("SQL", "{ subjects(where: { name: { eq: \"'; DROP TABLE entity_subject; --\" } }) { nodes { id } } }".to_owned()),
        ("ten thousand in a list", format!("{{ subjects(where: {{ name: {{ in: [{}] }} }}) {{ nodes {{ id }} }} }}", "\"a\" ".repeat(10_000))),
    ];
    for (what, question) in &questions {
        let answer = served.answer(question);
        assert!(answer.status < 500, "{what}: {} {}", answer.status, answer.body);
        let is_told = answer.json()["errors"].is_array();
        let is_harmless = ["SQL", "introspection in depth"].contains(what);
        assert!(is_told || is_harmless, "{what} was answered: {}", answer.body);
        assert!(
            !answer.body.contains("/src/") && !answer.body.contains("SELECT "),
            "{what}: {}",
            answer.body
        );
        lives(&mut served, what);
    }

    let bodies: [(&str, Vec<u8>); 12] = [
        ("no JSON", b"{ streams { name } }".to_vec()),
        ("nothing", Vec::new()),
        ("no UTF-8", b"{\"query\": \"{ streams { \xff\xfe } }\"}".to_vec()),
        ("half a surrogate", br#"{"query": "{ streams { \ud800 } }"}"#.to_vec()),
        ("a byte order mark", b"\xef\xbb\xbf{\"query\": \"{ streams { name } }\"}".to_vec()),
        ("a batch", br#"[{"query": "{ streams { name } }"}, {"query": "{ streams { name } }"}]"#.to_vec()),
        ("a large body", format!("{{\"query\": \"{}\"}}", " ".repeat(300_000)).into_bytes()),
        ("JSON in JSON", (r#"{"query": "{ streams { name } }", "variables": "#.to_owned() + &"[".repeat(20_000)).into_bytes()),
        ("variables that nest", (r#"{"query": "query($w: SubjectWhere) { subjects(where: $w) { nodes { id } } }", "variables": {"w": "#.to_owned()
            + &r#"{"not":"#.repeat(100) + "{}" + &"}".repeat(100) + "}}").into_bytes()),
        ("a query that is a number", br#"{"query": 5}"#.to_vec()),
        ("a text", br#""{ streams { name } }""#.to_vec()),
        ("extensions of every kind", br#"{"query": "{ streams { nam } }", "extensions": {"persistedQuery": {"version": 1, "sha256Hash": "00"}}}"#.to_vec()),
    ];
    for (what, body) in &bodies {
        let answer = served.send(&served.key, body);
        assert!(
            (400..500).contains(&answer.status) || answer.json()["errors"].is_array(),
            "{what}: {} {}",
            answer.status,
            answer.body
        );
        lives(&mut served, what);
    }

    requests(&mut served);
    served.stop();
}

/// HTTP itself.
fn requests(served: &mut Served) {
    let address = served.address.clone();
    let key = format!("Bearer {}", served.key);
    let body = br#"{"query": "{ streams { name } }"}"#;
    let json = ("Content-Type", "application/json");
    let authorized = ("Authorization", key.as_str());
    let posted =
        |headers: &[(&str, &str)]| post(&address, "/graphql", headers, body).expect("an answer").status;
    assert_eq!(posted(&[json, authorized]), 200);
    assert_eq!(posted(&[json]), 401);
    assert_eq!(posted(&[authorized]), 415);
    assert_eq!(posted(&[("Content-Type", "text/plain"), authorized]), 415);
    assert_eq!(posted(&[("Content-Type", "application/x-www-form-urlencoded"), authorized]), 415);
    assert_eq!(posted(&[json, authorized, ("Origin", "https://evil.example")]), 403);
    assert_eq!(posted(&[json, authorized, ("Sec-Fetch-Site", "cross-site")]), 403);
    assert_eq!(posted(&[json, authorized, ("Content-Encoding", "gzip")]), 415);
    assert_eq!(
        post(&address, "/graphql/../../etc/passwd", &[json, authorized], body).expect("an answer").status,
        404
    );
    let get = format!(
        "GET /graphql?query=%7Bstreams%7Bname%7D%7D HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nAuthorization: {key}\r\n\r\n"
    );
    assert_eq!(raw(&address, get.as_bytes()).expect("an answer").status, 405);
    for request in [
        "NONSENSE\r\n\r\n".to_owned(),
        "\0\0\0\0\r\n\r\n".to_owned(),
        format!(
            "POST /graphql HTTP/1.1\r\nHost: {address}\r\nContent-Length: -5\r\nConnection: close\r\n\r\n"
        ),
    ] {
        // Refused or cut off, as the library sees fit.
        if let Ok(answer) = raw(&address, request.as_bytes()) {
            assert!(answer.status == 0 || (400..500).contains(&answer.status), "{request:?}: {answer:?}");
        }
        lives(served, "a request that is none");
    }
    // Somebody leaves in the middle of a body.
    use std::io::Write as _;
    let mut stream = std::net::TcpStream::connect(&address).expect("a connection");
    let head = format!(
        "POST /graphql HTTP/1.1\r\nHost: {address}\r\nAuthorization: {key}\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{{\"query\""
    );
    stream.write_all(head.as_bytes()).expect("sent");
    drop(stream);
    lives(served, "a caller who left");
}
