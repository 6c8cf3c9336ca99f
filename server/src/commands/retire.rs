//! `tongjian retire`: what streams left that the configuration has no more.

use hub::store::StreamCounts;
use messages::Message;

use crate::app::{App, Failed};
use crate::exit::Exit;
use crate::output;

/// Deletes the records of a stream, or of all streams of a source, that the configuration has no more.
pub(crate) async fn run(
    app: &App,
    source: &str,
    stream: Option<&str>,
    is_certain: bool,
) -> Result<Exit, Failed> {
    let failed = |error: hub::store::StoreError| Failed::store(app.lang, &error);
    let store = if is_certain { app.store().await? } else { app.reading_store().await? };
    let mut named = store.counts().await.map_err(failed)?;
    named.retain(|one| one.source == source && stream.is_none_or(|stream| stream == one.name));
    let name = || [Some(source), stream].into_iter().flatten().collect::<Vec<_>>().join("/");
    if named.is_empty() {
        return Err(Failed::new(Exit::NotFound, app.lang, &Message::new("TJ-V061").with("name", name())));
    }
    named.retain(|one| !app.is_configured(&one.source, &one.name));
    if named.is_empty() {
        return Err(Failed::new(Exit::Usage, app.lang, &Message::new("TJ-V240").with("name", name())));
    }
    let (left, empty): (Vec<_>, Vec<_>) = named.iter().partition(|one| has_left(one));
    if left.is_empty() {
        for one in empty {
            output::line(&Message::new("TJ-V245").with("stream", of(one)).render(app.lang));
        }
        store.close().await;
        return Ok(Exit::Ok);
    }
    for one in left {
        if is_certain {
            let stream = store.stream(one.stream).map_err(failed)?;
            let n = hub::ingest::retire(&store, &stream).await.map_err(failed)?;
            let message = Message::new("TJ-V243").with("stream", of(one)).with("n", n);
            output::line(&message.render(app.lang));
        } else {
            output::line(&kept("TJ-V241", one).render(app.lang));
        }
    }
    store.close().await;
    if is_certain {
        return Ok(Exit::Ok);
    }
    Err(Failed::new(Exit::Usage, app.lang, &Message::new("TJ-V242")))
}

/// What streams left in the store that the configuration has no more.
pub(crate) fn left(app: &App, counts: &[StreamCounts]) -> Vec<StreamCounts> {
    let is_left = |one: &&StreamCounts| !app.is_configured(&one.source, &one.name) && has_left(one);
    counts.iter().filter(is_left).cloned().collect()
}

fn has_left(one: &StreamCounts) -> bool {
    one.counts.received + one.counts.dead_letters > 0
}

/// One line about each of them, and how they are retired.
pub(crate) fn tell(app: &App, left: &[StreamCounts]) {
    for one in left {
        output::line(&kept("TJ-V244", one).render(app.lang));
    }
}

fn kept(code: &'static str, one: &StreamCounts) -> Message {
    let command = format!("tongjian retire --source {} --stream {}", one.source, one.name);
    let message = Message::new(code).with("stream", of(one)).with("n", one.counts.received);
    if code == "TJ-V244" { message.with("command", command) } else { message }
}

fn of(one: &StreamCounts) -> String {
    format!("{}/{}", one.source, one.name)
}
