//! One caller that asks too much at a time is refused, and the others are answered.

use std::io::Write as _;
use std::net::TcpStream;
use std::time::Instant;

use tests::http::{Served, key};
use tests::process::PATIENCE;

use super::zone;

#[test]
fn one_caller_leaves_room_for_the_others() {
    let zone = zone(47, 200);
    let limits = "\n[server.limits]\nconcurrent = 4\nconcurrent_per_key = 3\n";
    let hub = zone.config.join("tongjian.toml");
    let text = std::fs::read_to_string(&hub).expect("the configuration");
    std::fs::write(&hub, text + limits).expect("written");
    let served = Served::start(&zone.config, "market", "reader");
    let other = key(&zone.config, "market", "reader");
    let question = "{ streams { name } }";
    assert_eq!(served.answer(question).status, 200);

    // Requests that are let in, as far as there is room, and never come to their end.
    let mut open: Vec<TcpStream> = Vec::new();
    let began = Instant::now();
    let refused = loop {
        open.push(half_sent(&served));
        let answer = served.answer(question);
        if answer.status != 200 {
            break answer;
        }
        assert!(began.elapsed() < PATIENCE, "the requests were never let in");
    };
    assert_eq!((refused.status, refused.code().as_str()), (429, "CALLER_BUSY"), "{}", refused.body);
    assert_eq!(refused.json()["errors"][0]["extensions"]["retryable"], true);
    assert!(refused.head.to_ascii_lowercase().contains("retry-after: 1"), "{}", refused.head);
    assert_eq!(served.answer_with(&other, question).status, 200);

    // They leave; the caller is answered again.
    drop(open);
    let began = Instant::now();
    while served.answer(question).status != 200 {
        assert!(began.elapsed() < PATIENCE, "the turns were never given back");
    }
    served.stop();
}

fn half_sent(served: &Served) -> TcpStream {
    let (address, key) = (&served.address, &served.key);
    let head = format!(
        "POST /graphql HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{{\"query\""
    );
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream.write_all(head.as_bytes()).expect("sent");
    stream
}
