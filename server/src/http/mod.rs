//! Connections of callers: how many at once, how slow a request's head may come, how long one may stay.
//!
//! Must never know what is asked or answered.

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;

/// What connections may cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// At once; further callers wait in the system's queue.
    pub(crate) connections: usize,
    /// For the head of a request to come, also of the first and of the next on an idle connection.
    pub(crate) head: Duration,
    /// Until a connection is asked to end after its current answer.
    pub(crate) lifetime: Duration,
    /// For an answer under way to be taken, once its connection was asked to end.
    pub(crate) farewell: Duration,
}

impl Default for Bounds {
    fn default() -> Bounds {
        Bounds {
            connections: 512,
            head: Duration::from_secs(10),
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
    let permits = Arc::new(Semaphore::new(bounds.connections));
    let mut connections = JoinSet::new();
    loop {
        let permit = tokio::select! {
            _ = ended.wait_for(|ended| *ended) => break,
            permit = permits.clone().acquire_owned() => permit.map_err(std::io::Error::other)?,
        };
        let accepted = tokio::select! {
            _ = ended.wait_for(|ended| *ended) => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                connections.spawn(connection(stream, router.clone(), bounds, ended.clone(), permit));
            }
            Err(error) => recovered(&error).await,
        }
        // Those that have ended.
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
    Ok(())
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
    _permit: OwnedSemaphorePermit,
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
