//! `tongjian resume`: an operator looked; a held or stopped stream goes on.

use contract::SourceId;
use hub::ingest::Acceptance;
use messages::Message;

use super::pull;
use crate::app::{App, Failed, chain};
use crate::exit::Exit;
use crate::output;

/// Resumes one stream, or all of a source.
pub(crate) async fn run(app: &App, source: &str, stream: Option<&str>, accept: bool) -> Result<Exit, Failed> {
    pull::filter(app, Some(source), stream)?;
    let store = app.store().await?;
    let ingest = pull::ingest(app, store.clone()).await?;
    let acceptance = if accept { Acceptance::Accept } else { Acceptance::ReadAgain };
    let source_id = SourceId::new(source);
    let chosen: Vec<String> = app
        .mappings
        .iter()
        .filter(|mapping| *mapping.source() == source_id)
        .map(|mapping| mapping.stream().to_string())
        .filter(|name| stream.is_none_or(|stream| stream == name))
        .collect();
    for name in chosen {
        ingest
            .resume(&source_id, &name, acceptance)
            .await
            .map_err(|error| Failed { exit: Exit::Failure, text: chain(app.lang, "TJ-V005", &error) })?;
        let message = Message::new("TJ-V074").with("source", format!("{source}/{name}"));
        output::line(&message.render(app.lang));
    }
    store.close().await;
    Ok(Exit::Ok)
}
