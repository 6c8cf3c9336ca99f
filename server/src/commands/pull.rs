//! `tongjian pull`: every source once.

use std::time::Duration;

use contract::SourceId;
use hub::ingest::{
    Filter, Ingest, IngestOptions, Report, Stop, StreamOptions, StreamPlan, StreamProgress, StreamState,
};
use hub::store::{DeadLetterFilter, Store, StoreError};
use messages::Message;
use serde_json::json;

use super::cure;
use crate::app::{App, Failed};
use crate::cli::Invocation;
use crate::exit::Exit;
use crate::output::{self, Format};
use crate::progress::Bars;

/// Reads the chosen streams once.
pub(crate) async fn run(
    invocation: &Invocation,
    app: &App,
    source: Option<&str>,
    stream: Option<&str>,
) -> Result<Exit, Failed> {
    let filter = filter(app, source, stream)?;
    let store = app.store().await?;
    let ingest = ingest(app, store.clone()).await?;
    let bars = (!invocation.is_quiet).then(|| Bars::new(ingest.watch(), invocation.verbosity > 0));
    let stop = Stop::new();
    let started = app.clock.now();
    let reading = Box::pin(ingest.pull(&filter, &stop));
    let (report, was_stopped) = until_stopped(reading, &stop).await;
    drop(bars);
    let has_rows_aside = has_rows_aside(&store, &report).await;
    store.close().await;
    let seconds = (app.clock.now().0 - started.0) / 1_000_000;
    print(invocation, app, &report, seconds);
    if was_stopped {
        return Ok(Exit::Interrupted);
    }
    if report.is_unreachable() {
        return Ok(Exit::Unavailable);
    }
    if report.has_store_failed() {
        return Ok(Exit::Failure);
    }
    let has_rows_aside = has_rows_aside.map_err(|error| Failed::store(app.lang, &error))?;
    Ok(if report.is_complete() && !has_rows_aside { Exit::Ok } else { Exit::Partial })
}

/// Whether rows of the streams that were read stand set aside: also those of the pulls before this one, until somebody
/// mends, replays or drops them.
async fn has_rows_aside(store: &Store, report: &Report) -> Result<bool, StoreError> {
    let streams: Vec<_> = report.streams.iter().map(|stream| stream.number).collect();
    // Of no streams would mean of all; and a store that failed is not asked again.
    if streams.is_empty() || report.has_store_failed() {
        return Ok(false);
    }
    let filter = DeadLetterFilter { streams, ..DeadLetterFilter::default() };
    Ok(!store.dead_letters(&filter, 1).await?.is_empty())
}

/// The streams of the configuration, ready to be read into a store.
pub(crate) async fn ingest(app: &App, store: Store) -> Result<Ingest, Failed> {
    let sources = app.sources()?;
    let mut plans = Vec::new();
    for mapping in app.mappings.iter().cloned() {
        let draft = app.stream_draft(mapping.source().as_str(), &mapping.stream().to_string());
        let breaker = &app.config.ingest.breaker;
        let options = StreamOptions {
            interval: Duration::from_secs(interval(app, &mapping)),
            may_be_empty: draft.is_some_and(|draft| draft.may_be_empty),
            max_delete_fraction: draft
                .and_then(|draft| draft.max_delete_fraction)
                .unwrap_or(breaker.max_delete_fraction),
            min_rows: breaker.min_rows,
        };
        plans.push(StreamPlan { mapping, options });
    }
    let limits = &app.config.ingest;
    let size = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    let options = IngestOptions {
        batch_rows: limits.batch_rows as usize,
        batch_bytes: size(limits.batch_bytes),
        cell_bytes: size(limits.cell_bytes),
        diff_bytes: size(limits.diff_bytes),
        max_dead_letters: limits.max_dead_letters,
        fault: crate::faults::hook(),
        ..IngestOptions::default()
    };
    Ingest::new(store, &sources, plans, options, app.clock.clone())
        .await
        .map_err(|error| super::refused(app, &error))
}

fn interval(app: &App, mapping: &hub::ingest::Mapping) -> u64 {
    let stream = app.stream_draft(mapping.source().as_str(), &mapping.stream().to_string());
    let source =
        app.enabled_sources().map(|(_, source)| source).find(|source| source.id == mapping.source().as_str());
    stream
        .and_then(|stream| stream.interval_seconds)
        .or_else(|| source.and_then(|source| source.interval_seconds))
        .unwrap_or(app.config.ingest.interval_seconds)
}

/// A filter whose names are known.
pub(crate) fn filter(app: &App, source: Option<&str>, stream: Option<&str>) -> Result<Filter, Failed> {
    let is_known = (source.is_none() && stream.is_none())
        || app.mappings.iter().any(|mapping| {
            source.is_none_or(|source| mapping.source().as_str() == source)
                && stream.is_none_or(|stream| mapping.stream().to_string() == stream)
        });
    if !is_known {
        let name = [source, stream].into_iter().flatten().collect::<Vec<_>>().join("/");
        let message = Message::new("TJ-V061").with("name", name);
        return Err(Failed::new(Exit::NotFound, app.lang, &message));
    }
    Ok(Filter { source: source.map(SourceId::new), stream: stream.map(str::to_owned) })
}

/// Waits for a reading. The first signal asks it to end softly, the second at once.
pub(crate) async fn until_stopped<T>(reading: impl Future<Output = T>, stop: &Stop) -> (T, bool) {
    let mut reading = std::pin::pin!(reading);
    tokio::select! {
        done = &mut reading => return (done, false),
        () = asked_to_stop() => stop.soft(),
    }
    tokio::select! {
        done = &mut reading => (done, true),
        () = asked_to_stop() => {
            stop.hard();
            (reading.await, true)
        }
    }
}

/// SIGINT or SIGTERM.
pub(crate) async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    match (signal(SignalKind::interrupt()), signal(SignalKind::terminate())) {
        (Ok(mut interrupt), Ok(mut terminate)) => {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        }
        // No signals on this machine: it is stopped by whoever ends the process.
        _ => std::future::pending().await,
    }
}

fn print(invocation: &Invocation, app: &App, report: &Report, seconds: i64) {
    if invocation.format == Format::Json {
        let streams: Vec<_> = report
            .streams
            .iter()
            .map(|stream| {
                json!({
                    "source": stream.source.as_str(), "stream": stream.stream, "state": stream.state.word(),
                    "received": stream.n_received, "inserted": stream.applied.inserted, "updated": stream.applied.updated,
                    "deleted": stream.applied.deleted, "unchanged": stream.n_unchanged,
                    "dead_letters": stream.applied.dead_letters, "rows_per_second": stream.rows_per_second.round(),
                    "message": stream.message.as_ref().map(|message| message.render(app.lang)),
                })
            })
            .collect();
        output::json(&json!({ "seconds": seconds, "streams": streams }));
        return;
    }
    for of_source in report.streams.chunk_by(|a, b| a.source == b.source) {
        source_lines(invocation, app, of_source);
    }
    let total = counted(Message::new("TJ-V063"), &report.streams).with("seconds", seconds);
    output::line(&total.render(app.lang));
    let n_open = report.streams.iter().filter(|stream| stream.state != StreamState::Idle).count();
    if n_open > 0 {
        output::error(&Message::new("TJ-V062").with("n", n_open).render(app.lang));
    }
    let mut said = report.streams.iter().filter_map(|stream| stream.message.as_ref());
    if said.any(|message| message.args.iter().any(|(_, words)| is_of_medium(words))) {
        output::error(&Message::new("TJ-V272").with("path", app.store_place()).render(app.lang));
    }
}

/// Whether the words are those of a medium that is full or fails.
fn is_of_medium(words: &str) -> bool {
    words.starts_with("⟦TJ-T014") || words.starts_with("⟦TJ-T015")
}

/// A line for the source; of its streams those that stand still, or all where more is asked for.
fn source_lines(invocation: &Invocation, app: &App, streams: &[StreamProgress]) {
    let Some(first) = streams.first() else { return };
    let is_verbose = invocation.verbosity > 0;
    if !is_verbose {
        let line = Message::new("TJ-V232").with("source", &first.source).with("streams", streams.len());
        output::line(&counted(line, streams).render(app.lang));
    }
    let told = |stream: &&StreamProgress| {
        is_verbose || stream.state != StreamState::Idle || stream.message.is_some()
    };
    for stream in streams.iter().filter(told) {
        let line = Message::new("TJ-V060")
            .with("source", &stream.source)
            .with("stream", &stream.stream)
            .with("state", super::status::state_message(stream.state))
            .with("rate", stream.rows_per_second.round());
        let gap = if is_verbose { "" } else { "    " };
        output::line(&format!("{gap}{}", counted(line, std::slice::from_ref(stream)).render(app.lang)));
        let Some(message) = &stream.message else { continue };
        output::line(&format!("{gap}    {}: {}", message.code, message.render(app.lang)));
        if let Some(cure) = cure::of(&invocation.config, stream.source.as_str(), &stream.stream, message) {
            output::line(&format!("{gap}    {}", cure.render(app.lang)));
        }
    }
}

/// A text about rows, with their sums.
fn counted(message: Message, streams: &[StreamProgress]) -> Message {
    let sum = |of: fn(&StreamProgress) -> u64| streams.iter().map(of).sum::<u64>();
    message
        .with("received", sum(|stream| stream.n_received))
        .with("inserted", sum(|stream| stream.applied.inserted))
        .with("updated", sum(|stream| stream.applied.updated))
        .with("deleted", sum(|stream| stream.applied.deleted))
        .with("unchanged", sum(|stream| stream.n_unchanged))
        .with("dead", sum(|stream| stream.applied.dead_letters))
}
