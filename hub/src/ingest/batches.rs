//! The batches of one reading, received ahead on a task of their own.

use std::time::Duration;

use contract::{ReadError, RowBatch, SnapshotRequest};
use futures_util::StreamExt as _;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::sources::Permit;

use super::broken::Broken;
use super::stop::Stop;

/// Batches received ahead of the one being mapped.
const AHEAD: usize = 2;

/// A reading under way. Dropped, it ends, and with it the connection.
pub(super) struct Batches {
    received: mpsc::Receiver<Result<RowBatch, ReadError>>,
    /// Owns the task: none outlives the reading.
    task: JoinSet<()>,
    stop: Stop,
}

impl Batches {
    pub(super) fn start(permit: Permit, request: SnapshotRequest, stall: Duration, stop: Stop) -> Batches {
        let (sender, received) = mpsc::channel(AHEAD);
        let mut task = JoinSet::new();
        let asked = stop.clone();
        task.spawn(async move {
            tokio::select! {
                () = asked.asked() => {}
                () = receive(&permit, request, stall, sender) => {}
            }
        });
        Batches { received, task, stop }
    }

    /// The next batch; `None` when somebody asked to stop and all that was received is told.
    pub(super) async fn next(&mut self) -> Result<Option<RowBatch>, Broken> {
        tokio::select! {
            biased;
            () = self.stop.asked_hard() => return Err(Broken::GivenUp),
            received = self.received.recv() => match received {
                Some(Ok(batch)) => return Ok(Some(batch)),
                Some(Err(error)) => return Err(Broken::Source(error)),
                None => {}
            }
        }
        while let Some(ended) = self.task.join_next().await {
            if ended.is_err_and(|error| error.is_panic()) {
                return Err(Broken::Panicked);
            }
        }
        if self.stop.is_asked() {
            return Ok(None);
        }
        let words = "the rows ended before the stream did".to_owned();
        Err(Broken::Source(ReadError::Source { words, is_passing: true }))
    }
}

async fn receive(
    permit: &Permit,
    request: SnapshotRequest,
    stall: Duration,
    sender: mpsc::Sender<Result<RowBatch, ReadError>>,
) {
    let name = request.stream.to_string();
    let mut batches = permit.source().snapshot(request);
    loop {
        // Connectors have time limits of their own; this one holds even for a connector that forgets one.
        let next = match tokio::time::timeout(stall, batches.next()).await {
            Ok(Some(next)) => next,
            Ok(None) => return,
            Err(_) => {
                Err(ReadError::TimedOut { seconds: stall.as_secs(), doing: format!("reading `{name}`") })
            }
        };
        let n_rows = next.as_ref().map_or(0, |batch| batch.rows.len());
        let is_over = next.as_ref().map_or(true, |batch| batch.is_last);
        if sender.send(next).await.is_err() || is_over {
            return;
        }
        permit.pay(n_rows).await;
    }
}
