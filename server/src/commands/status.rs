//! `tongjian status`: every stream, its progress, and the states of matching.

use std::collections::BTreeMap;

use hub::ingest::message_of_status;
use hub::store::{StreamCounts, StreamStatus};
use messages::{Lang, Message};
use serde_json::json;

use crate::app::{App, Failed};
use crate::cli::Invocation;
use crate::exit::Exit;
use crate::output::{self, Format};

/// Prints the status.
pub(crate) async fn run(invocation: &Invocation, app: &App) -> Result<Exit, Failed> {
    let failed = |error: hub::store::StoreError| Failed::store(app.lang, &error);
    let store = app.reading_store().await?;
    let counts = store.counts().await.map_err(failed)?;
    let reasons = store.dead_letter_reasons().await.map_err(failed)?;
    let entities = store.entity_counts().await.map_err(failed)?;
    let statuses: BTreeMap<_, _> = store.stream_statuses().await.map_err(failed)?.into_iter().collect();
    let flags = store.flag_counts().await.map_err(failed)?;
    let flags = |stream: &StreamCounts| flags.get(&stream.stream).cloned().unwrap_or_default();
    let of = |stream: &StreamCounts| reasons.get(&stream.stream).cloned().unwrap_or_default();
    match invocation.format {
        Format::Json => {
            let streams: Vec<_> = counts
                .iter()
                .map(|stream| {
                    let status = statuses.get(&stream.stream);
                    json!({
                        "source": stream.source, "stream": stream.name, "department": stream.department, "kind": stream.kind,
                        "received": stream.counts.received, "linked": stream.counts.linked, "waiting": stream.counts.waiting,
                        "nobody": stream.counts.nobody, "dead_letters": stream.counts.dead_letters, "reasons": of(stream),
                        "state": status.map(|status| status.state.clone()),
                        "since": status.map(|status| status.since.to_string()),
                        "finished_at": status.and_then(|status| status.finished_at).map(|at| at.to_string()),
                        "message": status.and_then(|status| said(status, app.lang)),
                        "message_code": status.and_then(code),
                        "flags": flags(stream).into_iter()
                            .map(|((field, code), n)| json!({ "field": field, "code": code, "n": n }))
                            .collect::<Vec<_>>(),
                    })
                })
                .collect();
            output::json(&json!({ "entities": entities, "streams": streams }));
        }
        Format::Table => {
            let rows = counts
                .iter()
                .map(|stream| {
                    let reasons: Vec<String> =
                        of(stream).iter().map(|(code, n)| format!("{code}×{n}")).collect();
                    let status = statuses.get(&stream.stream);
                    vec![
                        stream.department.clone(),
                        format!("{}/{}", stream.source, stream.name),
                        stream.kind.clone(),
                        stream.counts.received.to_string(),
                        stream.counts.linked.to_string(),
                        stream.counts.waiting.to_string(),
                        stream.counts.nobody.to_string(),
                        stream.counts.dead_letters.to_string(),
                        reasons.join(" "),
                        status.map(|status| status.state.clone()).unwrap_or_default(),
                        status.and_then(|status| said(status, app.lang)).unwrap_or_default(),
                    ]
                })
                .collect();
            let title = |code| Message::new(code).render(app.lang);
            let header: Vec<String> = [
                "TJ-V030", "TJ-V031", "TJ-V032", "TJ-V033", "TJ-V034", "TJ-V035", "TJ-V036", "TJ-V037",
                "TJ-V038", "TJ-V039", "TJ-V046",
            ]
            .into_iter()
            .map(title)
            .collect();
            output::table(&header.iter().map(String::as_str).collect::<Vec<_>>(), rows);
            for stream in &counts {
                let flags: Vec<String> = flags(stream)
                    .into_iter()
                    .map(|((field, code), n)| format!("{field} {code}×{n}"))
                    .collect();
                if !flags.is_empty() {
                    let message = Message::new("TJ-V078")
                        .with("stream", format!("{}/{}", stream.source, stream.name))
                        .with("flags", flags.join(", "));
                    output::line(&message.render(app.lang));
                }
            }
            for (kind, n) in &entities {
                let message = Message::new("TJ-V040").with("kind", kind).with("n", n);
                output::line(&message.render(app.lang));
            }
        }
    }
    Ok(Exit::Ok)
}

/// Why a stream is in its state.
fn said(status: &StreamStatus, lang: Lang) -> Option<String> {
    let kept = status.message.as_deref()?;
    // One that another version of the program wrote is shown as it was kept.
    Some(message_of_status(kept).map_or_else(|| kept.to_owned(), |message| message.render(lang)))
}

fn code(status: &StreamStatus) -> Option<&'static str> {
    Some(message_of_status(status.message.as_deref()?)?.code)
}
