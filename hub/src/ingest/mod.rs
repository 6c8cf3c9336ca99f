//! Ingest: the rows of every source become records, side by side, each stream under supervision.
//!
//! A stream is first read whole ([`Progress::Snapshot`](crate::store::Progress), resumed after the last durable key),
//! then compared whole with what is known, again and again ([`Progress::Diff`](crate::store::Progress)): only what
//! differs is decoded, mapped and written. Rows and progress commit together, so killing the process anywhere loses
//! nothing and doubles nothing.
//!
//! | module | what |
//! |---|---|
//! | [`mapping`] | columns to fields: pure |
//! | `prepare` | keys, duplicates, decoding: pure |
//! | `known`, `guard`, `parts` | what a comparison knows; whether it can be believed |
//! | `batches`, `turn`, `snapshot`, `diff` | one reading of one stream |
//! | `stream`, `supervise` | its life: states, attempts, rests; all sources side by side |
//! | `keys` | the keys that sources declare themselves |
//! | `replay` | rows set aside, fetched and mapped anew |
//!
//! Invariant: knows no driver, no caller, no application; asks the clock it was given.

mod batches;
mod broken;
mod diff;
mod error;
mod guard;
mod keys;
mod known;
pub mod mapping;
mod options;
mod parts;
mod prepare;
mod replay;
mod retire;
mod snapshot;
mod status;
mod stop;
mod stream;
mod supervise;
mod turn;

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use contract::SourceId;
use tokio::sync::watch;

use crate::clock::{Clock, Timestamp};
use crate::sources::{ConnectedSource, Sources};
use crate::store::{Applied, Store, StoreError, Stream, StreamRegistration};

pub use error::IngestError;
pub use keys::{DeclaredKeys, declared_keys};
pub use mapping::{FieldMappingDraft, FromDraft, Mapping, MappingDraft, OnInvalid, PersonKey};
pub use options::{FaultHook, IngestOptions, StreamOptions, StreamPlan, points};
pub use replay::Replayed;
pub use retire::retire;
pub use status::{StreamProgress, StreamState, message_of_status};
pub use stop::Stop;

/// Which streams: all, of one source, or one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of this source.
    pub source: Option<SourceId>,
    /// Of this name inside its source.
    pub stream: Option<String>,
}

impl Filter {
    fn fits(&self, planned: &Planned) -> bool {
        let registration = &planned.stream.registration;
        self.source.as_ref().is_none_or(|source| *source == registration.source)
            && self.stream.as_ref().is_none_or(|stream| *stream == registration.name)
    }
}

/// How the streams asked for are doing after their turn.
#[derive(Clone, Debug)]
pub struct Report {
    /// In the order of the plans.
    pub streams: Vec<StreamProgress>,
    /// How many of them were not read because nobody was there to answer.
    pub n_unreachable: usize,
}

impl Report {
    /// Whether every stream was read completely.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.streams.iter().all(StreamProgress::is_complete)
    }

    /// Whether the store failed under a stream: what was received last is not in it.
    #[must_use]
    pub fn has_store_failed(&self) -> bool {
        let is_of_store = |message: &messages::Message| message.code == broken::STORE_FAILED;
        self.streams.iter().any(|stream| stream.message.as_ref().is_some_and(is_of_store))
    }

    /// Whether no source of any stream asked for could be reached: nothing was done.
    #[must_use]
    pub fn is_unreachable(&self) -> bool {
        self.n_unreachable > 0 && self.n_unreachable == self.streams.len()
    }
}

/// What an operator says of a held stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acceptance {
    /// Read it again; the guard stands.
    ReadAgain,
    /// What vanished is gone: the next reading is believed.
    Accept,
}

/// Reads all sources into the store. Cloned cheaply; clones share everything.
#[derive(Clone)]
pub struct Ingest {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    planned: Vec<Planned>,
    options: IngestOptions,
    clock: Arc<dyn Clock>,
    board: watch::Sender<Vec<StreamProgress>>,
    /// The store failed a stream to the end of its attempts, and nothing became durable since: nobody else waits long
    /// for it, and the log has said so.
    is_store_down: AtomicBool,
}

/// A stream with all that its readings need.
struct Planned {
    mapping: Arc<Mapping>,
    options: StreamOptions,
    stream: Arc<Stream>,
    connected: Arc<ConnectedSource>,
    /// One reading of a stream at a time.
    turn: tokio::sync::Mutex<()>,
    /// Columns of the last reading, to notice new ones.
    columns: Mutex<Vec<String>>,
    /// Times in a row that the source refused this stream alone.
    n_right_refusals: AtomicU32,
}

impl Ingest {
    /// Registers the streams in the store and takes over how they were doing.
    ///
    /// # Errors
    /// When a source is not connected, or the store fails.
    pub async fn new(
        store: Store,
        sources: &Sources,
        plans: Vec<StreamPlan>,
        options: IngestOptions,
        clock: Arc<dyn Clock>,
    ) -> Result<Ingest, IngestError> {
        let mut connected = Vec::with_capacity(plans.len());
        let mut registrations = Vec::with_capacity(plans.len());
        for StreamPlan { mapping, .. } in &plans {
            let Some(source) = sources.get(mapping.source()) else {
                let stream = mapping.stream().to_string();
                return Err(IngestError::NoSource { source_id: mapping.source().clone(), stream });
            };
            connected.push(Arc::clone(source));
            registrations.push(StreamRegistration {
                source: mapping.source().clone(),
                name: mapping.stream().to_string(),
                kind: mapping.kind().to_owned(),
                department: source.department().to_owned(),
                anchor: mapping.anchor().map(str::to_owned),
            });
        }
        remember_person_key(&store, &plans).await?;
        let streams = store.register_streams(&registrations).await?;
        let planned: Vec<Planned> = plans
            .into_iter()
            .zip(connected)
            .zip(streams)
            .map(|((plan, connected), stream)| Planned {
                mapping: plan.mapping,
                options: plan.options,
                stream,
                connected,
                turn: tokio::sync::Mutex::new(()),
                columns: Mutex::default(),
                n_right_refusals: AtomicU32::new(0),
            })
            .collect();
        let board = watch::Sender::new(board(&store, &planned, clock.now()).await?);
        let is_store_down = AtomicBool::new(false);
        Ok(Ingest { inner: Arc::new(Inner { store, planned, options, clock, board, is_store_down }) })
    }

    /// How every stream is doing, now and at every change; in the order of the plans.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Vec<StreamProgress>> {
        self.inner.board.subscribe()
    }

    /// The streams, in the order of the plans, with their mappings.
    pub fn mappings(&self) -> impl Iterator<Item = (&Arc<Stream>, &Arc<Mapping>)> {
        self.inner.planned.iter().map(|planned| (&planned.stream, &planned.mapping))
    }

    /// Reads each stream once: all sources side by side, the streams of one source one after the other, anchors first.
    pub async fn pull(&self, filter: &Filter, stop: &Stop) -> Report {
        let chosen: Vec<usize> = self.inner.chosen(filter);
        let n_unreachable = supervise::once(&self.inner, &chosen, stop).await;
        let board = self.inner.board.borrow();
        let streams = chosen.iter().filter_map(|index| board.get(*index).cloned()).collect();
        Report { streams, n_unreachable }
    }

    /// Reads each stream again and again at its interval, until somebody asks to stop.
    pub async fn run(&self, stop: &Stop) {
        supervise::forever(&self.inner, stop).await;
    }

    /// An operator looked: a held or stopped stream goes on, and its source may be asked again.
    ///
    /// # Errors
    /// When there is no such stream, or the store fails.
    pub async fn resume(
        &self,
        source_id: &SourceId,
        stream: &str,
        acceptance: Acceptance,
    ) -> Result<StreamProgress, IngestError> {
        let filter = Filter { source: Some(source_id.clone()), stream: Some(stream.to_owned()) };
        let no_stream = || IngestError::NoStream { source_id: source_id.clone(), stream: stream.to_owned() };
        let index = *self.inner.chosen(&filter).first().ok_or_else(no_stream)?;
        let planned = self.inner.planned.get(index).ok_or_else(no_stream)?;
        let _turn = planned.turn.lock().await;
        planned.connected.resume();
        planned.n_right_refusals.store(0, Ordering::Relaxed);
        let state = match acceptance {
            Acceptance::ReadAgain => StreamState::Waiting,
            Acceptance::Accept => StreamState::Accepted,
        };
        // What was told is what is accepted.
        let told = self.inner.progress(index).and_then(|progress| progress.message);
        self.inner.enter(index, state, told.filter(|_| state == StreamState::Accepted));
        let progress = self.inner.progress(index).ok_or_else(no_stream)?;
        self.inner.store.set_stream_status(planned.stream.number, &progress.stored()).await?;
        Ok(progress)
    }
}

/// The name under which the store remembers the key for persons, as a hash.
const PERSON_KEY: &str = "person_key";

/// ID numbers are hashed under one key for ever: under another, known persons would be unknown.
///
/// # Errors
/// When the store was filled with another key, or fails.
pub async fn same_person_key(store: &Store, mappings: &[Arc<Mapping>]) -> Result<(), IngestError> {
    let Some(now) = mappings.iter().find_map(|mapping| mapping.person_fingerprint()) else { return Ok(()) };
    match store.meta(PERSON_KEY).await? {
        Some(first) if first != now => Err(IngestError::OtherPersonKey),
        Some(_) | None => Ok(()),
    }
}

async fn remember_person_key(store: &Store, plans: &[StreamPlan]) -> Result<(), IngestError> {
    let mappings: Vec<Arc<Mapping>> = plans.iter().map(|plan| Arc::clone(&plan.mapping)).collect();
    same_person_key(store, &mappings).await?;
    let now = mappings.iter().find_map(|mapping| mapping.person_fingerprint());
    if let Some(now) = now
        && store.meta(PERSON_KEY).await?.is_none()
    {
        store.set_meta(PERSON_KEY, &now).await?;
    }
    Ok(())
}

/// How each stream was doing when somebody last read it.
async fn board(
    store: &Store,
    planned: &[Planned],
    now: Timestamp,
) -> Result<Vec<StreamProgress>, StoreError> {
    let statuses = store.stream_statuses().await?;
    Ok(planned
        .iter()
        .map(|planned| {
            let registration = &planned.stream.registration;
            let mut progress = StreamProgress {
                number: planned.stream.number,
                source: registration.source.clone(),
                stream: registration.name.clone(),
                kind: registration.kind.clone(),
                department: registration.department.clone(),
                state: StreamState::Waiting,
                since: now,
                message: None,
                started_at: None,
                finished_at: None,
                n_received: 0,
                n_estimated: None,
                n_unchanged: 0,
                applied: Applied::default(),
                rows_per_second: 0.0,
                added_columns: Vec::new(),
                n_panics: 0,
            };
            if let Some((_, status)) = statuses.iter().find(|(number, _)| *number == planned.stream.number) {
                progress.restore(status);
            }
            progress
        })
        .collect())
}

impl Inner {
    /// Indexes of the streams that fit: in the order of the plans.
    fn chosen(&self, filter: &Filter) -> Vec<usize> {
        self.planned
            .iter()
            .enumerate()
            .filter(|(_, planned)| filter.fits(planned))
            .map(|(index, _)| index)
            .collect()
    }

    fn progress(&self, index: usize) -> Option<StreamProgress> {
        self.board.borrow().get(index).cloned()
    }

    fn update(&self, index: usize, change: impl FnOnce(&mut StreamProgress)) {
        self.board.send_modify(|board| {
            if let Some(progress) = board.get_mut(index) {
                change(progress);
            }
        });
    }

    fn enter(&self, index: usize, state: StreamState, message: Option<messages::Message>) {
        let now = self.clock.now();
        self.update(index, |progress| {
            progress.state = state;
            progress.since = now;
            progress.message = message;
        });
    }

    /// The moment after so long a rest.
    fn after(&self, rest: Duration) -> Timestamp {
        let us = i64::try_from(rest.as_micros()).unwrap_or(i64::MAX);
        Timestamp(self.clock.now().0.saturating_add(us))
    }

    fn reach(&self, point: &'static str) {
        if let Some(fault) = &self.options.fault {
            fault(point);
        }
    }
}

impl Planned {
    /// Columns the source has now and did not have at the last reading.
    fn added_columns(&self, now: Vec<String>) -> Vec<String> {
        let mut before = self.columns.lock().unwrap_or_else(PoisonError::into_inner);
        let added = match before.is_empty() {
            true => Vec::new(),
            false => now.iter().filter(|column| !before.contains(column)).cloned().collect(),
        };
        *before = now;
        added
    }
}

impl fmt::Debug for Ingest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ingest").field("n_streams", &self.inner.planned.len()).finish_non_exhaustive()
    }
}
