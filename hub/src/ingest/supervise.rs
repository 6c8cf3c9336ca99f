//! All sources side by side: each has a task, none waits for another, a panic in one is counted and ends only it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use contract::SourceId;
use messages::Message;
use tokio::task::{Id, JoinSet};
use tokio::time::Instant;

use super::Inner;
use super::broken::Broken;
use super::status::StreamState;
use super::stop::Stop;
use super::stream::{TurnEnd, save, take_turn};

/// The chosen streams by source: in the order of the plans, those that create entities first.
fn by_source(inner: &Inner, chosen: &[usize]) -> BTreeMap<SourceId, Vec<usize>> {
    let mut sources: BTreeMap<SourceId, Vec<usize>> = BTreeMap::new();
    for index in chosen {
        if let Some(planned) = inner.planned.get(*index) {
            sources.entry(planned.stream.registration.source.clone()).or_default().push(*index);
        }
    }
    for streams in sources.values_mut() {
        streams.sort_by_key(|index| {
            inner.planned.get(*index).is_none_or(|planned| planned.mapping.anchor().is_none())
        });
    }
    sources
}

/// One turn for each of the chosen streams; gives how many were not read because nobody was there.
pub(super) async fn once(inner: &Arc<Inner>, chosen: &[usize], stop: &Stop) -> usize {
    let mut tasks = JoinSet::new();
    let mut owners = BTreeMap::new();
    for streams in by_source(inner, chosen).into_values() {
        let (inner, stop, mine) = (Arc::clone(inner), stop.clone(), streams.clone());
        let task = tasks.spawn(async move { once_each(&inner, &mine, &stop).await });
        owners.insert(task.id(), streams);
    }
    let mut n_unreachable = 0;
    while let Some(ended) = tasks.join_next_with_id().await {
        match ended {
            Ok((_, n)) => n_unreachable += n,
            Err(error) => after_panic(inner, &owners, error.id()).await,
        }
    }
    n_unreachable
}

/// The streams of one source, one after the other, until nobody is there.
async fn once_each(inner: &Arc<Inner>, streams: &[usize], stop: &Stop) -> usize {
    for (place, index) in streams.iter().enumerate() {
        match take_turn(inner, *index, stop, None).await {
            TurnEnd::Over => {}
            TurnEnd::Unreachable => {
                let message = inner.progress(*index).and_then(|progress| progress.message);
                let rest = streams.get(place + 1..).unwrap_or_default();
                for index in rest {
                    rests_too(inner, *index, message.clone()).await;
                }
                return rest.len() + 1;
            }
        }
    }
    0
}

/// What an operator said of a stream, or has to say, stands.
async fn rests_too(inner: &Inner, index: usize, message: Option<Message>) {
    let state = inner.progress(index).map(|progress| progress.state);
    if !matches!(state, Some(StreamState::Held | StreamState::Accepted)) {
        inner.enter(index, StreamState::Resting, message);
        save(inner, index).await;
    }
}

/// The longest time without looking whether a stream's turn has come.
const LOOK: Duration = Duration::from_secs(60);

/// A turn for each stream at its interval, until somebody asks to stop.
pub(super) async fn forever(inner: &Arc<Inner>, stop: &Stop) {
    let every: Vec<usize> = (0..inner.planned.len()).collect();
    let mut tasks = JoinSet::new();
    let mut owners = BTreeMap::new();
    let start = |tasks: &mut JoinSet<()>, streams: &Vec<usize>| {
        let (inner, stop, mine) = (Arc::clone(inner), stop.clone(), streams.clone());
        tasks.spawn(async move { turns_of_source(&inner, &mine, &stop).await }).id()
    };
    for streams in by_source(inner, &every).into_values() {
        owners.insert(start(&mut tasks, &streams), streams);
    }
    while let Some(ended) = tasks.join_next_with_id().await {
        let Err(error) = ended else { continue };
        after_panic(inner, &owners, error.id()).await;
        if let Some(streams) = owners.remove(&error.id())
            && !stop.is_asked()
        {
            owners.insert(start(&mut tasks, &streams), streams);
        }
    }
}

async fn turns_of_source(inner: &Arc<Inner>, streams: &[usize], stop: &Stop) {
    let mut due: Vec<(Instant, usize)> = streams.iter().map(|index| (Instant::now(), *index)).collect();
    while !stop.is_asked() {
        for (at, index) in &mut due {
            if *at > Instant::now() || stop.is_asked() {
                continue;
            }
            let interval = inner.planned.get(*index).map_or(LOOK, |planned| planned.options.interval);
            let interval = interval.max(Duration::from_secs(1));
            take_turn(inner, *index, stop, Some(interval)).await;
            *at = Instant::now() + interval;
        }
        let next =
            due.iter().map(|(at, _)| *at).min().unwrap_or_else(Instant::now).min(Instant::now() + LOOK);
        tokio::select! {
            () = stop.asked() => {}
            () = tokio::time::sleep_until(next) => {}
        }
    }
}

/// The streams of a task that panicked: whichever was being read says so.
async fn after_panic(inner: &Arc<Inner>, owners: &BTreeMap<Id, Vec<usize>>, id: Id) {
    let Some(streams) = owners.get(&id) else { return };
    for index in streams {
        let is_reading =
            inner.progress(*index).is_some_and(|progress| progress.state == StreamState::Reading);
        if is_reading {
            let consequence = Broken::Panicked.consequence();
            inner.enter(*index, consequence.state, consequence.message);
            inner.update(*index, |progress| progress.n_panics += 1);
            save(inner, *index).await;
        }
    }
}
