//! `tongjian status`: every stream, its progress, and the states of matching.

use std::collections::BTreeMap;

use hub::ingest::{StreamState, message_of_status};
use hub::store::{StreamCounts, StreamNumber, StreamStatus};
use messages::{Lang, Message};
use serde_json::{Value, json};

use super::{cure, retire};
use crate::app::{App, Failed};
use crate::cli::Invocation;
use crate::exit::Exit;
use crate::output::{self, Format};

/// Columns from which a screen holds the whole table.
const WIDE: u16 = 180;

/// What is known of the chosen streams.
struct Known {
    counts: Vec<StreamCounts>,
    /// Of streams that the configuration has no more.
    left: Vec<StreamCounts>,
    reasons: BTreeMap<StreamNumber, BTreeMap<String, u64>>,
    statuses: BTreeMap<StreamNumber, StreamStatus>,
    flags: BTreeMap<StreamNumber, BTreeMap<(String, String), u64>>,
    entities: BTreeMap<String, u64>,
}

/// Prints the status, of one source or department if asked.
pub(crate) async fn run(
    invocation: &Invocation,
    app: &App,
    source: Option<&str>,
    department: Option<&str>,
) -> Result<Exit, Failed> {
    let failed = |error: hub::store::StoreError| Failed::store(app.lang, &error);
    let store = app.reading_store().await?;
    let is_chosen = |stream: &StreamCounts| {
        source.is_none_or(|source| source == stream.source)
            && department.is_none_or(|department| department == stream.department)
    };
    let mut counts = store.counts().await.map_err(failed)?;
    counts.retain(is_chosen);
    let left = retire::left(app, &counts);
    counts.retain(|one| app.is_configured(&one.source, &one.name));
    if counts.is_empty()
        && left.is_empty()
        && let Some(name) = [source, department].into_iter().flatten().next()
    {
        let message = Message::new("TJ-V061").with("name", name);
        return Err(Failed::new(Exit::NotFound, app.lang, &message));
    }
    let known = Known {
        counts,
        left,
        reasons: store.dead_letter_reasons().await.map_err(failed)?,
        statuses: store.stream_statuses().await.map_err(failed)?.into_iter().collect(),
        flags: store.flag_counts().await.map_err(failed)?,
        entities: store.entity_counts().await.map_err(failed)?,
    };
    match invocation.format {
        Format::Json => output::json(&as_json(app, &known)),
        Format::Table => {
            let is_wide = invocation.verbosity > 0 || output::width().is_none_or(|width| width >= WIDE);
            as_table(app, &known, is_wide);
            remarks(invocation, app, &known, is_wide);
            retire::tell(app, &known.left);
            // Entities belong to no source.
            let entities = known.entities.iter().filter(|_| source.is_none() && department.is_none());
            for (kind, n) in entities {
                let message = Message::new("TJ-V040").with("kind", app.entity_label(kind)).with("n", n);
                output::line(&message.render(app.lang));
            }
            if !is_wide {
                output::line(&Message::new("TJ-V269").render(app.lang));
            }
        }
    }
    Ok(Exit::Ok)
}

fn as_json(app: &App, known: &Known) -> Value {
    let one = |stream: &StreamCounts| {
        let status = known.statuses.get(&stream.stream);
        let flags = known.flags.get(&stream.stream).into_iter().flatten();
        json!({
            "source": stream.source, "stream": stream.name, "department": stream.department, "kind": stream.kind,
            "received": stream.counts.received, "linked": stream.counts.linked, "waiting": stream.counts.waiting,
            "nobody": stream.counts.nobody, "dead_letters": stream.counts.dead_letters,
            "reasons": known.reasons.get(&stream.stream).cloned().unwrap_or_default(),
            "state": status.map(|status| status.state.clone()),
            "since": status.map(|status| status.since.to_string()),
            "finished_at": status.and_then(|status| status.finished_at).map(|at| at.to_string()),
            "message": status.and_then(|status| said(status, app.lang)),
            "message_code": status.and_then(code),
            "flags": flags
                .map(|((field, code), n)| json!({ "field": field, "code": code, "n": n }))
                .collect::<Vec<_>>(),
        })
    };
    let left = known.left.iter().map(|one| {
        json!({ "source": one.source, "stream": one.name, "department": one.department, "kind": one.kind,
            "received": one.counts.received, "dead_letters": one.counts.dead_letters })
    });
    json!({
        "entities": known.entities,
        "streams": known.counts.iter().map(one).collect::<Vec<_>>(),
        "not_configured": left.collect::<Vec<_>>(),
    })
}

/// All of it, or what a narrow screen holds: the rest is said below the table, or asked for.
fn as_table(app: &App, known: &Known, is_wide: bool) {
    let row = |stream: &StreamCounts| {
        let status = known.statuses.get(&stream.stream);
        let name = format!("{}/{}", stream.source, stream.name);
        let counts = [
            stream.counts.received,
            stream.counts.linked,
            stream.counts.waiting,
            stream.counts.nobody,
            stream.counts.dead_letters,
        ];
        let counts = counts.map(|n| n.to_string());
        let state = status.map(|status| state_text(&status.state, app.lang)).unwrap_or_default();
        let mut cells = Vec::new();
        if is_wide {
            cells.push(app.department_label(&stream.department));
        }
        cells.push(name);
        if is_wide {
            cells.push(app.kind_label(&stream.kind));
        }
        cells.extend(counts);
        if is_wide {
            cells.push(reasons(known, stream));
        }
        cells.push(state);
        if is_wide {
            cells.push(status.and_then(|status| said(status, app.lang)).unwrap_or_default());
        }
        cells
    };
    let titles: &[&'static str] = match is_wide {
        true => &[
            "TJ-V030", "TJ-V031", "TJ-V032", "TJ-V033", "TJ-V034", "TJ-V035", "TJ-V036", "TJ-V037",
            "TJ-V038", "TJ-V039", "TJ-V046",
        ],
        false => &["TJ-V031", "TJ-V033", "TJ-V034", "TJ-V035", "TJ-V036", "TJ-V037", "TJ-V039"],
    };
    output::titled(app.lang, titles, known.counts.iter().map(row).collect());
}

fn reasons(known: &Known, stream: &StreamCounts) -> String {
    let reasons = known.reasons.get(&stream.stream).into_iter().flatten();
    reasons.map(|(code, n)| format!("{code}×{n}")).collect::<Vec<_>>().join(" ")
}

/// A state, for people; a word of another version of the program is shown as it was kept.
pub(super) fn state_text(word: &str, lang: Lang) -> String {
    StreamState::of_word(word).map_or_else(|| word.to_owned(), |state| state_message(state).render(lang))
}

/// A state, as an argument.
pub(super) fn state_message(state: StreamState) -> Message {
    Message::new(match state {
        StreamState::Waiting => "TJ-V262",
        StreamState::Reading => "TJ-V263",
        StreamState::Idle => "TJ-V264",
        StreamState::Resting => "TJ-V265",
        StreamState::Stopped => "TJ-V266",
        StreamState::Held => "TJ-V267",
        StreamState::Accepted => "TJ-V268",
    })
}

/// What a table has no room for: values flagged, and what to type where a stream stands still.
fn remarks(invocation: &Invocation, app: &App, known: &Known, is_wide: bool) {
    for stream in &known.counts {
        let name = format!("{}/{}", stream.source, stream.name);
        let kept = known.statuses.get(&stream.stream).and_then(|status| status.message.as_deref());
        let message = kept.and_then(message_of_status);
        if !is_wide {
            let why = known.statuses.get(&stream.stream).and_then(|status| said(status, app.lang));
            if let Some(why) = why {
                output::line(&format!("{name}: {why}"));
            }
            let reasons = reasons(known, stream);
            if !reasons.is_empty() {
                let message = Message::new("TJ-V270").with("stream", &name).with("reasons", reasons);
                output::line(&message.render(app.lang));
            }
        }
        let cure =
            message.and_then(|message| cure::of(&invocation.config, &stream.source, &stream.name, &message));
        if let Some(cure) = cure {
            output::line(&format!("{name}: {}", cure.render(app.lang)));
        }
        let flags = known.flags.get(&stream.stream).into_iter().flatten();
        let flags: Vec<String> = flags.map(|((field, code), n)| format!("{field} {code}×{n}")).collect();
        if !flags.is_empty() {
            let message = Message::new("TJ-V078").with("stream", name).with("flags", flags.join(", "));
            output::line(&message.render(app.lang));
        }
    }
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
