//! `tongjian dead-letters`: rows set aside. What is shown is masked as for any other reader.

use hub::catalogue::{Caller, Role};
use hub::query::{Asker, DeadLetterQuestion, DeadLetterView};
use hub::store::DeadLetterFilter;
use messages::{Lang, Message};
use serde_json::{Value, json};

use super::pull;
use crate::app::{App, Failed, chain};
use crate::cli::{DeadLetters, Invocation};
use crate::exit::Exit;
use crate::output::{self, Format};

/// Lists, shows, replays or drops.
pub(crate) async fn run(invocation: &Invocation, app: &App, what: &DeadLetters) -> Result<Exit, Failed> {
    match what {
        DeadLetters::List { source, stream, first, after } => {
            pull::filter(app, source.as_deref(), stream.as_deref())?;
            let question = DeadLetterQuestion {
                source: source.clone(),
                stream: stream.clone(),
                code: None,
                after: *after,
                // One more tells whether there are more.
                first: first.saturating_add(1),
            };
            let mut letters = ask(app, &question).await?;
            let n_first = usize::try_from(*first).unwrap_or(usize::MAX);
            let has_more = letters.len() > n_first;
            letters.truncate(n_first);
            list(invocation, &letters);
            if let Some(last) = letters.last().filter(|_| has_more) {
                let message = Message::new("TJ-V076").with("number", last.number);
                output::error(&message.render(app.lang));
            }
            Ok(Exit::Ok)
        }
        DeadLetters::Show { number } => show(invocation, app, *number).await,
        DeadLetters::Replay { source, stream } => {
            replay(invocation, app, source.as_deref(), stream.as_deref()).await
        }
        DeadLetters::Drop { numbers, yes } => drop_them(app, numbers, *yes).await,
    }
}

/// Asks through the one read path, so that masking and audit are the same for everybody.
async fn ask(app: &App, question: &DeadLetterQuestion) -> Result<Vec<DeadLetterView>, Failed> {
    let store = app.reading_store().await?;
    let query = app.query(store).await?;
    let asker = Asker {
        caller: Caller {
            key: "cli".to_owned(),
            department: "operator".to_owned(),
            role: Role::Steward,
            purpose: Some("tongjian dead-letters".to_owned()),
        },
        request_id: format!("cli-{}", app.clock.now().0),
    };
    query
        .dead_letters(&asker, question)
        .await
        .map_err(|error| Failed::new(Exit::Failure, app.lang, &error.message()))
}

async fn show(invocation: &Invocation, app: &App, number: i64) -> Result<Exit, Failed> {
    let question =
        DeadLetterQuestion { source: None, stream: None, code: None, after: Some(number - 1), first: 1 };
    let letters = ask(app, &question).await?;
    let Some(letter) = letters.iter().find(|letter| letter.number == number) else {
        let message = Message::new("TJ-V070").with("number", number);
        return Err(Failed::new(Exit::NotFound, app.lang, &message));
    };
    if invocation.format == Format::Json {
        output::json(&view(letter, app.lang));
        return Ok(Exit::Ok);
    }
    output::line(&format!("{} {}/{} {}", letter.number, letter.source, letter.stream, letter.source_key));
    for fault in &letter.faults {
        let place = fault.field.as_deref().or(fault.column.as_deref()).unwrap_or("-");
        output::line(&format!("  {place}: {} {}", fault.message.code, fault.message.render(app.lang)));
    }
    let cells = letter.cells.iter();
    let rows = cells.map(|(column, cell)| vec![column.clone(), cell.clone().unwrap_or_default()]).collect();
    output::titled(app.lang, &["TJ-V084", "TJ-V085"], rows);
    Ok(Exit::Ok)
}

fn list(invocation: &Invocation, letters: &[DeadLetterView]) {
    let lang = invocation.lang;
    match invocation.format {
        Format::Json => {
            output::json(&Value::Array(letters.iter().map(|letter| view(letter, lang)).collect()))
        }
        Format::Table => {
            let rows = letters
                .iter()
                .map(|letter| {
                    let faults: Vec<String> = letter
                        .faults
                        .iter()
                        .map(|fault| {
                            let place = fault.field.as_deref().or(fault.column.as_deref()).unwrap_or("-");
                            format!("{place}: {} ({})", fault.message.render(lang), fault.message.code)
                        })
                        .collect();
                    vec![
                        letter.number.to_string(),
                        format!("{}/{}", letter.source, letter.stream),
                        letter.source_key.clone(),
                        faults.join("\n"),
                        letter.attempts.to_string(),
                    ]
                })
                .collect();
            output::titled(lang, &["TJ-V080", "TJ-V031", "TJ-V081", "TJ-V082", "TJ-V083"], rows);
        }
    }
}

fn view(letter: &DeadLetterView, lang: Lang) -> Value {
    json!({
        "number": letter.number, "source": letter.source, "stream": letter.stream, "department": letter.department,
        "kind": letter.kind, "key": letter.source_key, "attempts": letter.attempts,
        "first_at": letter.first_at.to_string(), "last_at": letter.last_at.to_string(),
        "faults": letter.faults.iter().map(|fault| json!({
            "field": fault.field, "column": fault.column, "code": fault.message.code, "text": fault.message.render(lang),
        })).collect::<Vec<_>>(),
        "cells": letter.cells.iter().map(|(column, cell)| (column.clone(), json!(cell))).collect::<serde_json::Map<_, _>>(),
    })
}

async fn replay(
    invocation: &Invocation,
    app: &App,
    source: Option<&str>,
    stream: Option<&str>,
) -> Result<Exit, Failed> {
    pull::filter(app, source, stream)?;
    let store = app.store().await?;
    let ingest = pull::ingest(app, store.clone()).await?;
    let failed = |error: hub::store::StoreError| Failed::store(app.lang, &error);
    let (mut n, mut recovered, mut still, mut unasked, mut gone) = (0_usize, 0, 0, 0, 0);
    let chosen = ingest.mappings().map(|(known, _)| known).filter(|known| {
        source.is_none_or(|source| known.registration.source.as_str() == source)
            && stream.is_none_or(|stream| known.registration.name == stream)
    });
    let mut filter = DeadLetterFilter {
        streams: chosen.map(|known| known.number).collect(),
        ..DeadLetterFilter::default()
    };
    loop {
        let letters = store.dead_letters(&filter, 500).await.map_err(failed)?;
        let Some(last) = letters.last() else { break };
        filter.after = Some(last.number);
        n += letters.len();
        let replayed = ingest
            .replay(&letters)
            .await
            .map_err(|error| Failed { exit: Exit::Failure, text: chain(app.lang, "TJ-V005", &error) })?;
        recovered += replayed.n_mended;
        still += replayed.n_still_dead;
        unasked += replayed.n_impossible;
        gone += replayed.n_gone;
    }
    store.close().await;
    match invocation.format {
        Format::Json => {
            let counts = json!({
                "replayed": n, "recovered": recovered, "still": still, "unasked": unasked, "gone": gone,
            });
            output::json(&counts);
        }
        Format::Table => {
            let message = Message::new("TJ-V073")
                .with("n", n)
                .with("recovered", recovered)
                .with("still", still)
                .with("unasked", unasked)
                .with("gone", gone);
            output::line(&message.render(app.lang));
        }
    }
    Ok(if still + unasked == 0 { Exit::Ok } else { Exit::Partial })
}

async fn drop_them(app: &App, numbers: &[i64], yes: bool) -> Result<Exit, Failed> {
    if !yes {
        return Err(Failed::new(Exit::Usage, app.lang, &Message::new("TJ-V071")));
    }
    let store = app.store().await?;
    let mut absent: Vec<String> = Vec::new();
    for number in numbers {
        match store.dead_letter(*number).await {
            Ok(letter) if !letter.is_dropped => {}
            Ok(_) | Err(hub::store::StoreError::Unknown { .. }) => absent.push(number.to_string()),
            Err(error) => return Err(Failed::store(app.lang, &error)),
        }
    }
    let n = store.drop_dead_letters(numbers).await.map_err(|error| Failed::store(app.lang, &error))?;
    store.close().await;
    output::line(&Message::new("TJ-V072").with("n", n).render(app.lang));
    if absent.is_empty() {
        return Ok(Exit::Ok);
    }
    let message = Message::new("TJ-V075").with("numbers", absent.join(", "));
    Err(Failed::new(Exit::NotFound, app.lang, &message))
}
