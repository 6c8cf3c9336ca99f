//! Connections of callers: how many at once, of them of one address, how slow a request's head may come, how long one
//! may stay. Whoever finds no place is told so.
//!
//! Must never know what is asked or answered.

mod places;
#[cfg(test)]
mod tests;

use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use messages::{Lang, Message};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

use places::{Full, Place, Places};

/// Refusals under way at once; further callers find the connection closed.
const REFUSALS: usize = 64;
/// For a refusal to be taken.
const REFUSAL_TIME: Duration = Duration::from_secs(1);
/// Between two entries in the log that places are short.
const BETWEEN_WARNINGS: Duration = Duration::from_secs(60);

/// What connections may cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// At once; further callers are refused.
    pub(crate) connections: usize,
    /// Of these, of one address. A proxy has one address for all behind it.
    pub(crate) per_address: usize,
    /// For the head of a request to come, also of the first and of the next on an idle connection.
    pub(crate) head: Duration,
    /// The same for connections that come while more than half of the places are taken.
    pub(crate) hurried_head: Duration,
    /// Until a connection is asked to end after its current answer.
    pub(crate) lifetime: Duration,
    /// For an answer under way to be taken, once its connection was asked to end.
    pub(crate) farewell: Duration,
}

impl Default for Bounds {
    fn default() -> Bounds {
        Bounds {
            connections: 512,
            per_address: 256,
            head: Duration::from_secs(10),
            hurried_head: Duration::from_secs(2),
            lifetime: Duration::from_secs(600),
            farewell: Duration::from_secs(30),
        }
    }
}

/// Serves until `ended` says so; then accepts nobody, and waits for the answers under way.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    bounds: Bounds,
    mut ended: watch::Receiver<bool>,
) -> Result<(), std::io::Error> {
    let places = Places::new(bounds.connections, bounds.per_address);
    // Whoever waits to be told that there is no place takes none of them, and is one of few.
    let refusals = Places::new(REFUSALS, REFUSALS);
    let mut warned = None;
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            _ = ended.wait_for(|ended| *ended) => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => match places.enter(peer.ip()) {
                Ok(place) => {
                    let head = if places.is_crowded() { bounds.hurried_head } else { bounds.head };
                    let bounds = Bounds { head, ..bounds };
                    connections.spawn(connection(stream, router.clone(), bounds, ended.clone(), place));
                }
                Err(full) => {
                    warn(&mut warned, full, peer.ip());
                    if let Ok(turn) = refusals.enter(peer.ip()) {
                        connections.spawn(refuse(stream, full, bounds, turn));
                    }
                }
            },
            Err(error) => recovered(&error).await,
        }
        // Those that have ended.
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
    Ok(())
}

/// Says in the log that places are short, now and then.
fn warn(warned: &mut Option<Instant>, full: Full, address: std::net::IpAddr) {
    if warned.is_none_or(|at| at.elapsed() >= BETWEEN_WARNINGS) {
        *warned = Some(Instant::now());
        tracing::warn!(%address, ?full, "connections are refused: their places are taken");
    }
}

/// Tells a caller that there is no place, before it has said anything: in both languages, for nobody knows which is its.
async fn refuse(mut stream: TcpStream, full: Full, bounds: Bounds, _turn: Place) {
    let told = async {
        stream.write_all(refusal(full, bounds).as_bytes()).await?;
        stream.shutdown().await?;
        // What the caller sent has to be taken, or the system breaks the connection off before the refusal is read.
        let mut sent = [0; 4096];
        while stream.read(&mut sent).await? > 0 {}
        Ok::<(), std::io::Error>(())
    };
    if let Ok(Err(error)) = tokio::time::timeout(REFUSAL_TIME, told).await {
        tracing::debug!(error = &error as &dyn std::error::Error, "a refused connection broke off");
    }
}

/// The whole answer that refuses, in the form of the others.
fn refusal(full: Full, bounds: Bounds) -> String {
    let (code, message) = match full {
        Full::All => ("BUSY", Message::new("TJ-V250").with("limit", bounds.connections)),
        Full::Address => ("CALLER_BUSY", Message::new("TJ-V251").with("limit", bounds.per_address)),
        Full::Kept => ("CALLER_BUSY", Message::new("TJ-V255").with("few", places::FEW)),
    };
    let extensions = serde_json::json!({ "code": code, "id": message.code, "retryable": true });
    let text = format!("{} / {}", message.render(Lang::Zh), message.render(Lang::En));
    let body = serde_json::json!({ "errors": [{ "message": text, "extensions": extensions }] }).to_string();
    format!(
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json; charset=utf-8\r\n\
         Cache-Control: no-store\r\nRetry-After: 2\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// A caller that went away is nobody's fault; a system out of files gets better when connections end.
async fn recovered(error: &std::io::Error) {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        tracing::warn!(error = error as &dyn std::error::Error, "a connection cannot be accepted");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

async fn connection(
    stream: TcpStream,
    router: Router,
    bounds: Bounds,
    mut ended: watch::Receiver<bool>,
    _place: Place,
) {
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(bounds.head)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        done = connection.as_mut() => return told(done),
        _ = ended.wait_for(|ended| *ended) => {}
        () = tokio::time::sleep(bounds.lifetime) => {}
    }
    connection.as_mut().graceful_shutdown();
    if let Ok(done) = tokio::time::timeout(bounds.farewell, connection).await {
        told(done);
    }
}

fn told(done: Result<(), hyper::Error>) {
    if let Err(error) = done {
        tracing::debug!(error = &error as &dyn std::error::Error, "a connection broke off");
    }
}
