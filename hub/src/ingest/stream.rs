//! The turn of one stream: may it be read, how, and what follows when the reading breaks off.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use contract::{ReadError, Refusal, StreamSchema};

use crate::sources::{Breaker, MAX_REFUSALS, Permit};
use crate::store::{Progress, StoreError};

use super::broken::{Broken, Consequence, Ending};
use super::status::{StreamProgress, StreamState};
use super::stop::Stop;
use super::turn::Turn;
use super::{Inner, Planned, guard, keys, parts};

/// How a turn ended, for whoever gives the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TurnEnd {
    /// Nobody was there: the other streams of the source would each wait as long for the same.
    Unreachable,
    /// Any other end.
    Over,
}

/// Gives a stream its turn; `next` is how long after it the stream has another, if it has. Whatever happens is on the
/// board and in the store afterwards.
///
/// Boxed here, so that whoever spawns it need not look inside to see that it may move between threads.
pub(super) fn take_turn<'a>(
    inner: &'a Arc<Inner>,
    index: usize,
    stop: &'a Stop,
    next: Option<Duration>,
) -> contract::BoxFuture<'a, TurnEnd> {
    Box::pin(turn(inner, index, stop, next))
}

async fn turn(inner: &Arc<Inner>, index: usize, stop: &Stop, next: Option<Duration>) -> TurnEnd {
    let Some(planned) = inner.planned.get(index) else { return TurnEnd::Over };
    let _turn = planned.turn.lock().await;
    let Some(before) = inner.progress(index) else { return TurnEnd::Over };
    let is_held = before.state == StreamState::Held && !parts::may_come_back(before.message.as_ref());
    if is_held || is_left_alone(planned) || stop.is_asked() {
        return TurnEnd::Over;
    }
    begin(inner, index, before.state).await;
    let mut turn = Turn {
        inner,
        index,
        planned,
        stop,
        begun: tokio::time::Instant::now(),
        is_fresh: true,
        has_advanced: false,
        accepted: (before.state == StreamState::Accepted).then(|| guard::accepted(before.message.as_ref())),
        n_written_before: 0,
        n_set_aside: 0,
        n_bytes_aside: 0,
    };
    let outcome = turn.attempts().await;
    let is_unreachable = outcome.as_ref().is_err_and(Broken::is_unreachable);
    end(inner, index, planned, outcome, before, next).await;
    if is_unreachable { TurnEnd::Unreachable } else { TurnEnd::Over }
}

/// Its source refused it three times; an operator must resume it.
fn is_left_alone(planned: &Planned) -> bool {
    planned.n_right_refusals.load(Ordering::Relaxed) >= MAX_REFUSALS
}

async fn begin(inner: &Inner, index: usize, before: StreamState) {
    inner.enter(index, StreamState::Reading, None);
    let now = inner.clock.now();
    inner.update(index, |progress| {
        progress.started_at = Some(now);
        progress.n_received = 0;
        progress.n_unchanged = 0;
        progress.applied = crate::store::Applied::default();
        progress.rows_per_second = 0.0;
    });
    // Until its source answers, the store goes on saying why it rests.
    if before != StreamState::Resting {
        save(inner, index).await;
    }
}

async fn end(
    inner: &Inner,
    index: usize,
    planned: &Planned,
    outcome: Result<Ending, Broken>,
    before: StreamProgress,
    next: Option<Duration>,
) {
    match outcome {
        Ok(Ending::Complete) => {
            planned.n_right_refusals.store(0, Ordering::Relaxed);
            inner.is_store_down.store(false, Ordering::Relaxed);
            inner.enter(index, StreamState::Idle, None);
            let now = inner.clock.now();
            inner.update(index, |progress| progress.finished_at = Some(now));
        }
        Ok(Ending::Interrupted) | Err(Broken::GivenUp) => {
            // An acceptance that was not used yet stands.
            if before.state == StreamState::Accepted {
                inner.enter(index, before.state, before.message);
            } else {
                inner.enter(index, StreamState::Waiting, None);
            }
        }
        Err(broken) => {
            if matches!(&broken, Broken::Source(ReadError::Refused { refusal: Refusal::Right, .. })) {
                planned.n_right_refusals.fetch_add(1, Ordering::Relaxed);
            }
            if matches!(broken, Broken::Panicked) {
                inner.update(index, |progress| progress.n_panics += 1);
            }
            let consequence = broken.consequence();
            let was_down =
                matches!(&broken, Broken::Store(_)) && inner.is_store_down.swap(true, Ordering::Relaxed);
            log(planned, &consequence, was_down);
            let message = match next {
                Some(rest) if consequence.state == StreamState::Resting => {
                    broken.message_until(inner.after(rest))
                }
                Some(_) | None => consequence.message,
            };
            inner.enter(index, consequence.state, message);
        }
    }
    save(inner, index).await;
}

/// Once: where the store is what fails, the first stream says so for all.
fn log(planned: &Planned, consequence: &Consequence, is_told: bool) {
    let registration = &planned.stream.registration;
    let reason = consequence.message.as_ref().map(|message| message.render(messages::Lang::En));
    if is_told {
        tracing::debug!(source.stream = %registration.name, reason, "reading of `{}` broke off", registration.name);
        return;
    }
    tracing::warn!(
        source.id = %registration.source,
        source.stream = %registration.name,
        state = consequence.state.word(),
        reason,
        "reading of `{}` broke off",
        registration.name
    );
}

/// Keeps how a stream is doing; a store that fails here fails louder where rows are written.
pub(super) async fn save(inner: &Inner, index: usize) {
    let Some(progress) = inner.progress(index) else { return };
    if let Err(error) = inner.store.set_stream_status(progress.number, &progress.stored()).await
        && !inner.is_store_down.load(Ordering::Relaxed)
    {
        tracing::warn!(source.stream = %progress.stream, %error, "the state of a stream could not be stored");
    }
}

impl Turn<'_> {
    /// Tries until it works, cannot work, or was tried often enough without anything becoming durable.
    async fn attempts(&mut self) -> Result<Ending, Broken> {
        let mut n_left = self.inner.options.attempts.max(1);
        loop {
            let broken = match self.attempt().await {
                Ok(ending) => {
                    self.planned.connected.succeeded();
                    return Ok(ending);
                }
                Err(Broken::Store(StoreError::Duplicate { .. })) if self.is_fresh => {
                    // Rows of it are in the store after all: the same again, with look-ups.
                    self.is_fresh = false;
                    continue;
                }
                Err(broken) => broken,
            };
            if std::mem::take(&mut self.has_advanced) {
                // It worked for a while: this failure is a first one.
                self.planned.connected.succeeded();
                self.inner.is_store_down.store(false, Ordering::Relaxed);
                n_left = self.inner.options.attempts.max(1);
            }
            if matches!(&broken, Broken::Store(_)) && self.inner.is_store_down.load(Ordering::Relaxed) {
                // Another stream has waited for the store already.
                return Err(broken);
            }
            if let Broken::Source(error) = &broken {
                self.planned.connected.failed(error);
            }
            n_left -= 1;
            let consequence = broken.consequence();
            let Some(rest) = consequence.again.filter(|_| n_left > 0) else { return Err(broken) };
            // The source's breaker knows how often it failed before, also for others.
            let rest = match self.planned.connected.breaker() {
                Breaker::Resting { until, .. } => {
                    until.saturating_duration_since(tokio::time::Instant::now())
                }
                Breaker::Closed | Breaker::Stopped { .. } => rest,
            };
            self.inner.enter(self.index, consequence.state, broken.message_until(self.inner.after(rest)));
            save(self.inner, self.index).await;
            tokio::select! {
                () = self.stop.asked() => return Ok(Ending::Interrupted),
                () = tokio::time::sleep(rest) => {}
            }
            self.inner.enter(self.index, StreamState::Reading, None);
        }
    }

    async fn attempt(&mut self) -> Result<Ending, Broken> {
        tokio::select! {
            biased;
            () = self.stop.asked() => return Ok(Ending::Interrupted),
            ready = self.ready_to_read() => ready,
        }?;
        save(self.inner, self.index).await;
        let permit = self.enter().await?;
        match self.inner.store.progress(self.planned.stream.number).await? {
            None => self.snapshot(permit, 0, None).await,
            Some(Progress::Snapshot { generation, after }) => self.snapshot(permit, generation, after).await,
            Some(Progress::Diff { generation, .. }) => self.diff(permit, generation).await,
            // No connector reads logs or cursors yet: such a progress was left by a later program, compare whole.
            Some(Progress::Log { .. } | Progress::Cursor { .. }) => self.diff(permit, 0).await,
        }
    }

    async fn enter(&self) -> Result<Permit, Broken> {
        self.planned.connected.enter().await.map_err(Broken::NotNow)
    }

    /// Looks at the stream as it is at the source now, within the time a batch may take.
    async fn ready_to_read(&self) -> Result<(), Broken> {
        let permit = self.enter().await?;
        let name = self.planned.mapping.stream().clone();
        let names = [name.clone()];
        let stall = self.inner.options.stall;
        let found = tokio::time::timeout(stall, permit.source().discover(Some(&names))).await;
        let schemas = found
            .map_err(|_| ReadError::TimedOut {
                seconds: stall.as_secs(),
                doing: "looking at its columns".to_owned(),
            })
            .and_then(|schemas| schemas)
            .map_err(Broken::Source)?;
        let Some(schema) = schemas.into_iter().find(|schema| schema.name == name) else {
            return Err(Broken::Source(ReadError::NoStream { stream: name }));
        };
        if schema.columns.is_empty() {
            // The source shows the table and none of its columns: that is a right withheld, not another structure.
            let words = format!("no column of `{name}` may be read");
            return Err(Broken::Source(ReadError::Refused { refusal: Refusal::Right, words }));
        }
        parts::expect(&self.inner.store, &self.planned.stream, &schema.parts).await?;
        keys::remember(&self.inner.store, self.planned, &schema.key).await?;
        let problems = self.planned.mapping.problems_with(&schema);
        if !problems.is_empty() {
            return Err(Broken::Drift(problems));
        }
        // Only now: of a file without a header the names would be cells of a row.
        self.note(&schema);
        Ok(())
    }

    fn note(&self, schema: &StreamSchema) {
        let columns = schema.columns.iter().map(|column| column.name.clone()).collect();
        let added = self.planned.added_columns(columns);
        if !added.is_empty() {
            tracing::info!(source.stream = %schema.name, columns = ?added, "the source has new columns");
        }
        self.inner.update(self.index, |progress| {
            progress.n_estimated = schema.estimated_rows;
            if !added.is_empty() {
                progress.added_columns = added;
            }
        });
    }
}
