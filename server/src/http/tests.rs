//! Slow and many callers, over real connections.

use std::time::Duration;

use axum::Router;
use axum::routing::get;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::{Bounds, serve};

const PATIENCE: Duration = Duration::from_secs(20);

struct Running {
    address: std::net::SocketAddr,
    end: watch::Sender<bool>,
    task: JoinSet<Result<(), std::io::Error>>,
}

async fn running(bounds: Bounds) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().route("/", get(|| async { "hello" }));
    let (end, ended) = watch::channel(false);
    let mut task = JoinSet::new();
    task.spawn(serve(listener, router, bounds, ended));
    Running { address, end, task }
}

/// All that comes until the server closes; it must.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut bytes)).await;
    // A reset is an end too.
    let _ = read.expect("the server closes the connection");
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test]
async fn a_head_that_never_comes_is_not_waited_for() {
    let server = running(Bounds { head: Duration::from_millis(50), ..Bounds::default() }).await;
    for begun in ["", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: x\r\nX-A: "] {
        let mut slow = TcpStream::connect(server.address).await.unwrap();
        slow.write_all(begun.as_bytes()).await.unwrap();
        let said = rest(&mut slow).await;
        assert!(!said.contains("hello"), "{begun:?}: {said}");
    }
    // Whoever asks at once is answered; then the idle connection ends.
    let mut quick = TcpStream::connect(server.address).await.unwrap();
    quick.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    assert!(rest(&mut quick).await.ends_with("hello"));
}

#[tokio::test]
async fn whoever_finds_no_place_is_told_and_finds_one_later() {
    for (bounds, code) in [
        (Bounds { connections: 1, ..Bounds::default() }, "TJ-V250"),
        (Bounds { per_address: 1, ..Bounds::default() }, "TJ-V251"),
    ] {
        let server = running(bounds).await;
        let mut first = TcpStream::connect(server.address).await.unwrap();
        first.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        let mut byte = [0; 1];
        first.read_exact(&mut byte).await.unwrap();
        // The first still holds the only place: another is refused before it has said a word.
        let said = rest(&mut TcpStream::connect(server.address).await.unwrap()).await;
        assert!(said.starts_with("HTTP/1.1 503 ") && said.contains(code), "{said}");
        assert!(said.contains("连接") && said.contains("connections"), "both languages: {said}");
        let (head, body) = said.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("Content-Length: {}", body.len())), "{head}");
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!(body["errors"][0]["extensions"]["retryable"], true);

        drop(first);
        let asked = async {
            loop {
                let mut next = TcpStream::connect(server.address).await.unwrap();
                // A refusal may break it off.
                let _ = next.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
                if rest(&mut next).await.ends_with("hello") {
                    break;
                }
            }
        };
        tokio::time::timeout(PATIENCE, asked).await.expect("the place is free again");
    }
}

#[tokio::test]
async fn a_few_addresses_leave_room_for_the_others() {
    let patient = Duration::from_secs(3600);
    let bounds = Bounds {
        connections: 128,
        per_address: 64,
        head: patient,
        hurried_head: patient,
        ..Bounds::default()
    };
    let server = running(bounds).await;
    let from = async |address: &str| {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind(format!("{address}:0").parse().unwrap()).unwrap();
        socket.connect(server.address).await.unwrap()
    };
    // A head that is begun and never ended holds its place; connections are taken in the order in which they come.
    let mut half_open = Vec::new();
    for (address, n) in [("127.0.0.2", 64), ("127.0.0.3", 52), ("127.0.0.4", 12)] {
        for _ in 0..n {
            let mut stream = from(address).await;
            let _ = stream.write_all(b"GET / HTTP/1.1\r\n").await;
            half_open.push(stream);
        }
    }
    let said = rest(&mut from("127.0.0.3").await).await;
    assert!(said.starts_with("HTTP/1.1 503 ") && said.contains("TJ-V255"), "{said}");
    assert!(said.contains("连接") && said.contains("connections"), "both languages: {said}");
    let mut other = from("127.0.0.5").await;
    other.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.unwrap();
    assert!(rest(&mut other).await.ends_with("hello"));
}

#[tokio::test]
async fn while_places_are_short_a_head_has_to_come_soon() {
    let bounds = Bounds {
        connections: 3,
        head: Duration::from_secs(3600),
        hurried_head: Duration::from_millis(50),
        ..Bounds::default()
    };
    let server = running(bounds).await;
    let mut patient = TcpStream::connect(server.address).await.unwrap();
    let mut hurried = TcpStream::connect(server.address).await.unwrap();
    // More than half are taken when the second comes: it is closed, while the first may take its time.
    assert!(!rest(&mut hurried).await.contains("hello"));
    patient.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.unwrap();
    assert!(rest(&mut patient).await.ends_with("hello"));
}

#[tokio::test]
async fn a_connection_ends_with_its_time_and_with_the_server() {
    let short = Bounds { lifetime: Duration::from_millis(50), ..Bounds::default() };
    let server = running(short).await;
    let mut idle = TcpStream::connect(server.address).await.unwrap();
    idle.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    assert!(rest(&mut idle).await.contains("hello"));

    let mut server = running(Bounds::default()).await;
    let mut kept = TcpStream::connect(server.address).await.unwrap();
    kept.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let mut byte = [0; 1];
    kept.read_exact(&mut byte).await.unwrap();
    server.end.send(true).unwrap();
    let ended = tokio::time::timeout(PATIENCE, server.task.join_next()).await.expect("it ends");
    ended.unwrap().unwrap().unwrap();
    assert!(rest(&mut kept).await.ends_with("hello"));
}
