//! `tongjian check`: the whole configuration, and every source as it is now.

use std::sync::Arc;
use std::time::Duration;

use contract::{ChangeMode, Note, Severity, StreamName};
use hub::ingest::mapping::Mapping;
use hub::sources::ConnectedSource;
use messages::{Message, Problem};
use serde_json::{Value, json};

use crate::app::{App, Failed};
use crate::cli::Invocation;
use crate::exit::Exit;
use crate::output::{self, Format};

/// What was found at one source.
struct Report {
    source: String,
    server: Option<String>,
    lines: Vec<(Severity, String)>,
}

/// Checks and prints; a configuration that is wrong did not come so far.
pub(crate) async fn run(invocation: &Invocation, app: &App, offline: bool) -> Result<Exit, Failed> {
    let sources = app.sources()?;
    let mut reports = Vec::new();
    if !offline {
        let checks = sources.iter().map(|source| check(app, source));
        reports = futures_util::future::join_all(checks).await;
    }
    let has_errors = reports.iter().flat_map(|report| &report.lines).any(|line| line.0 == Severity::Error);
    print(invocation, app, &reports);
    Ok(if has_errors { Exit::Unavailable } else { Exit::Ok })
}

async fn check(app: &App, source: &Arc<ConnectedSource>) -> Report {
    let mappings: Vec<&Arc<Mapping>> =
        app.mappings.iter().filter(|mapping| mapping.source() == source.id()).collect();
    let streams: Vec<StreamName> = mappings.iter().map(|mapping| mapping.stream().clone()).collect();
    let mut report = Report { source: source.id().to_string(), server: None, lines: Vec::new() };
    let permit = match source.enter().await {
        Ok(permit) => permit,
        Err(not_now) => {
            report.lines.push((Severity::Warning, format!("{not_now:?}")));
            return report;
        }
    };
    let checked = tokio::time::timeout(Duration::from_secs(60), permit.source().check(&streams)).await;
    let Ok(checked) = checked else {
        report.lines.push((Severity::Error, Message::new("TJ-V041").render(app.lang)));
        return report;
    };
    report.server = checked.server;
    for finding in checked.findings {
        report.lines.push((finding.severity, said(app, &finding.note)));
    }
    for (stream, mode) in checked.modes {
        let (mode, code) = match mode {
            ChangeMode::Log => ("log", "TJ-V042"),
            ChangeMode::RowVersion => ("row_version", "TJ-V043"),
            ChangeMode::Cursor => ("cursor", "TJ-V043"),
            ChangeMode::Diff => ("diff", "TJ-V044"),
        };
        let message = Message::new(code).with("stream", stream).with("mode", mode);
        report.lines.push((Severity::Info, message.render(app.lang)));
    }
    if let Ok(schemas) = permit.source().discover(Some(&streams)).await {
        for schema in &schemas {
            for mapping in mappings.iter().filter(|mapping| *mapping.stream() == schema.name) {
                let problems = mapping.problems_with(schema);
                report
                    .lines
                    .extend(problems.into_iter().map(|problem| (Severity::Error, located(app, problem))));
            }
            report.lines.extend(schema.notes.iter().map(|note| (Severity::Info, said(app, note))));
        }
    }
    report
}

fn said(app: &App, note: &Note) -> String {
    format!("{}: {}", note.code, Message { code: note.code, args: note.args.clone() }.render(app.lang))
}

fn located(app: &App, problem: Problem) -> String {
    app.config.located(problem).render(app.lang)
}

fn print(invocation: &Invocation, app: &App, reports: &[Report]) {
    let word = |severity: Severity| match severity {
        Severity::Info => "info",
        Severity::Warning => "warning",
        Severity::Error => "error",
    };
    match invocation.format {
        Format::Json => {
            let sources: Vec<Value> = reports
                .iter()
                .map(|report| {
                    let findings: Vec<Value> = report
                        .lines
                        .iter()
                        .map(|(severity, text)| json!({ "severity": word(*severity), "text": text }))
                        .collect();
                    json!({ "source": report.source, "server": report.server, "findings": findings })
                })
                .collect();
            output::json(&json!({
                "kinds": app.ontology.kinds.len(), "entities": app.ontology.entities.len(),
                "streams": app.mappings.len(), "sources": sources,
            }));
        }
        Format::Table => {
            let message = Message::new("TJ-V045")
                .with("kinds", app.ontology.kinds.len())
                .with("streams", app.mappings.len());
            output::line(&message.render(app.lang));
            for report in reports {
                output::line(&format!("\n{}  {}", report.source, report.server.as_deref().unwrap_or("")));
                for (severity, text) in &report.lines {
                    let sign = match severity {
                        Severity::Info => "  ·",
                        Severity::Warning => "  !",
                        Severity::Error => "  ✗",
                    };
                    output::line(&format!("{sign} {text}"));
                }
            }
        }
    }
}
