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
async fn connections_are_bounded_and_the_next_waits_its_turn() {
    let server = running(Bounds { connections: 1, ..Bounds::default() }).await;
    let mut first = TcpStream::connect(server.address).await.unwrap();
    first.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let mut byte = [0; 1];
    first.read_exact(&mut byte).await.unwrap();
    let mut second = TcpStream::connect(server.address).await.unwrap();
    second.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.unwrap();
    // The first still holds the only place.
    let early = tokio::time::timeout(Duration::from_millis(200), second.read_exact(&mut byte)).await;
    assert!(early.is_err(), "a second connection was served beside the only one allowed");
    drop(first);
    assert!(rest(&mut second).await.contains("200 OK") || byte[0] == b'H');
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
