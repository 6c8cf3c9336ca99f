//! Progress on standard error: bars on a terminal, plain lines elsewhere.

use std::collections::HashMap;
use std::io::IsTerminal as _;

use hub::clock::Timestamp;
use hub::ingest::{StreamProgress, StreamState};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::output;

/// Rows of a reading long enough to be told of.
const LONG: u64 = 100_000;

/// Shows how streams are doing until dropped.
pub(crate) struct Bars {
    _task: JoinSet<()>,
}

impl Bars {
    /// Follows the board of an ingest.
    /// Where nobody looks on, what goes well is told of long readings only, unless more is asked for.
    pub(crate) fn new(board: watch::Receiver<Vec<StreamProgress>>, is_verbose: bool) -> Bars {
        let mut task = JoinSet::new();
        if std::io::stderr().is_terminal() {
            task.spawn(bars(board));
        } else {
            task.spawn(lines(board, is_verbose));
        }
        Bars { _task: task }
    }
}

/// When each stream was begun to be read last, before we look on: those that are not read are not shown.
fn begun(board: &watch::Receiver<Vec<StreamProgress>>) -> HashMap<String, Option<Timestamp>> {
    board.borrow().iter().map(|stream| (name(stream), stream.started_at)).collect()
}

fn name(stream: &StreamProgress) -> String {
    format!("{}/{}", stream.source, stream.stream)
}

async fn bars(mut board: watch::Receiver<Vec<StreamProgress>>) {
    let before = begun(&board);
    let all = MultiProgress::new();
    let mut bars: HashMap<String, ProgressBar> = HashMap::new();
    let style =
        ProgressStyle::with_template("{msg:32} {bar:30} {human_pos:>9}/{human_len} {per_sec:>14} {eta:>5}")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
    while board.changed().await.is_ok() {
        let streams = board.borrow_and_update().clone();
        for stream in streams.iter().filter(|stream| before.get(&name(stream)) != Some(&stream.started_at)) {
            let name = name(stream);
            let bar = bars.entry(name.clone()).or_insert_with(|| {
                all.add(ProgressBar::new(0).with_style(style.clone()).with_message(name.clone()))
            });
            bar.set_length(stream.n_estimated.unwrap_or(0).max(stream.n_received));
            bar.set_position(stream.n_received);
            if stream.state != StreamState::Reading && !bar.is_finished() {
                bar.finish();
            }
        }
    }
}

async fn lines(mut board: watch::Receiver<Vec<StreamProgress>>, is_verbose: bool) {
    let before = begun(&board);
    let mut told: HashMap<String, (StreamState, u64, Option<Timestamp>)> = HashMap::new();
    while board.changed().await.is_ok() {
        let streams = board.borrow_and_update().clone();
        for stream in streams.iter().filter(|stream| before.get(&name(stream)) != Some(&stream.started_at)) {
            let name = name(stream);
            let now = (stream.state, stream.n_received / LONG, stream.started_at);
            let is_told = told.insert(name.clone(), now) == Some(now);
            let goes_well = matches!(stream.state, StreamState::Reading | StreamState::Idle);
            let is_short = stream.n_received < LONG;
            if is_told || (goes_well && is_short && !is_verbose) {
                continue;
            }
            let all = stream.n_estimated.filter(|n| *n >= stream.n_received);
            let of = all.map(|n| format!("/{n}")).unwrap_or_default();
            output::error(&format!(
                "{name}: {} {}{of} ({:.0}/s)",
                stream.state.word(),
                stream.n_received,
                stream.rows_per_second
            ));
        }
    }
}
