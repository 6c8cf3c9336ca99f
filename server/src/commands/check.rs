//! `tongjian check`: the whole configuration, and every source as it is now.

use std::sync::Arc;
use std::time::Duration;

use contract::{ChangeMode, Finding, Note, Severity, StreamName};
use hub::ingest::mapping::Mapping;
use hub::sources::{ConnectedSource, NotNow};
use messages::Message;
use serde_json::{Value, json};

use crate::app::{App, Failed};
use crate::cli::Invocation;
use crate::exit::Exit;
use crate::output::{self, Format};

/// Until a source that does not answer is given up.
const PATIENCE: Duration = Duration::from_secs(60);

/// What was found at one source.
struct Report {
    source: String,
    n_streams: usize,
    server: Option<String>,
    lines: Vec<Line>,
}

struct Line {
    severity: Severity,
    text: String,
    /// An error that is mended in the configuration, not at the source.
    is_of_configuration: bool,
}

/// A source that is not read, as its configuration says.
struct SwitchedOff {
    source: String,
    department: String,
    /// Where that is said.
    place: String,
}

/// Checks and prints; a configuration that is wrong did not come so far.
pub(crate) async fn run(
    invocation: &Invocation,
    app: &App,
    offline: bool,
    source: Option<&str>,
) -> Result<Exit, Failed> {
    let is_chosen = |id: &str| source.is_none_or(|source| source == id);
    let off: Vec<SwitchedOff> = switched_off(app).filter(|off| is_chosen(&off.source)).collect();
    let sources = app.sources()?;
    let chosen: Vec<_> = sources.iter().filter(|source| is_chosen(source.id().as_str())).collect();
    if let Some(name) = source
        && chosen.is_empty()
        && off.is_empty()
    {
        let message = Message::new("TJ-V061").with("name", name);
        return Err(Failed::new(Exit::NotFound, app.lang, &message));
    }
    super::same_person_key(app).await?;
    let mut reports = Vec::new();
    if !offline {
        let checks = chosen.into_iter().map(|source| check(app, source));
        reports = futures_util::future::join_all(checks).await;
    }
    print(invocation, app, &reports, &off);
    let errors =
        || reports.iter().flat_map(|report| &report.lines).filter(|line| line.severity == Severity::Error);
    Ok(match errors().next() {
        None => Exit::Ok,
        Some(_) if errors().all(|line| line.is_of_configuration) => Exit::Config,
        Some(_) => Exit::Unavailable,
    })
}

fn switched_off(app: &App) -> impl Iterator<Item = SwitchedOff> {
    let sources = app
        .config
        .departments
        .iter()
        .flat_map(|department| department.sources.iter().map(move |source| (department, source)));
    sources.filter(|(_, source)| !source.is_enabled).map(|(department, source)| {
        let place = app.config.locate(&format!("source.{}.enabled", source.id));
        SwitchedOff {
            source: source.id.clone(),
            department: department.id.clone(),
            place: place.map(|place| place.to_string()).unwrap_or_default(),
        }
    })
}

async fn check(app: &App, source: &Arc<ConnectedSource>) -> Report {
    let mappings: Vec<&Arc<Mapping>> =
        app.mappings.iter().filter(|mapping| mapping.source() == source.id()).collect();
    let streams: Vec<StreamName> = mappings.iter().map(|mapping| mapping.stream().clone()).collect();
    let (source_id, n_streams) = (source.id().to_string(), streams.len());
    let mut report = Report { source: source_id, n_streams, server: None, lines: Vec::new() };
    let permit = match source.enter().await {
        Ok(permit) => permit,
        Err(not_now) => {
            report.add(Severity::Warning, resting(&not_now).render(app.lang), false);
            return report;
        }
    };
    let checked = tokio::time::timeout(PATIENCE, permit.source().check(&streams)).await;
    let Ok(checked) = checked else {
        report.add(Severity::Error, Message::new("TJ-V041").render(app.lang), false);
        return report;
    };
    report.server = checked.server;
    // How each stream is read is said below, whichever connector it is.
    let found = checked.findings.into_iter().filter(|finding| finding.note.code != READ_BY_DIFF);
    for finding in found.filter(|finding| !is_mended(finding, &mappings)) {
        report.add(finding.severity, said(app, &finding.note), is_of_configuration(finding.note.code));
    }
    for (stream, mode) in checked.modes {
        let (mode, code) = match mode {
            ChangeMode::Log => ("log", "TJ-V042"),
            ChangeMode::RowVersion => ("row_version", "TJ-V043"),
            ChangeMode::Cursor => ("cursor", "TJ-V043"),
            ChangeMode::Diff => ("diff", "TJ-V044"),
        };
        let message = Message::new(code).with("stream", stream).with("mode", mode);
        report.add(Severity::Info, message.render(app.lang), false);
    }
    let discovered = tokio::time::timeout(PATIENCE, permit.source().discover(Some(&streams))).await;
    for schema in discovered.ok().and_then(Result::ok).unwrap_or_default() {
        let of_stream = mappings.iter().filter(|mapping| *mapping.stream() == schema.name);
        for problem in of_stream.clone().flat_map(|mapping| mapping.problems_with(&schema)) {
            report.add(Severity::Error, app.config.located(problem).render(app.lang), true);
        }
        let has_key = of_stream.clone().any(|mapping| !mapping.key().is_empty());
        for note in schema.notes.iter().filter(|note| !(has_key && note.code == NO_KEY)) {
            report.add(Severity::Info, format!("{}: {}", schema.name, said(app, note)), false);
        }
    }
    report
}

/// A table without a key of its own, which the mapping may name.
const NO_KEY: &str = "TJ-N001";
const READ_BY_DIFF: &str = "TJ-S012";
const NO_KEY_FOUND: &str = "TJ-S017";

/// Whether the mapping sees to what was found.
fn is_mended(finding: &Finding, mappings: &[&Arc<Mapping>]) -> bool {
    let stream = finding.note.args.iter().find(|(name, _)| *name == "stream").map(|(_, value)| value);
    finding.note.code == NO_KEY_FOUND
        && mappings.iter().any(|mapping| {
            !mapping.key().is_empty() && stream.is_some_and(|stream| *stream == mapping.stream().to_string())
        })
}

/// No such stream or column: the source answers, and the configuration names what it does not have.
fn is_of_configuration(code: &str) -> bool {
    matches!(code, "TJ-S007" | "TJ-S013")
}

/// Why a source is not asked now.
pub(super) fn resting(why: &NotNow) -> Message {
    match why {
        NotNow::OutsideHours { opens_in_minutes } => {
            Message::new("TJ-S215").with("minutes", opens_in_minutes)
        }
        NotNow::Resting { words, .. } => Message::new("TJ-S208").with("words", words),
        NotNow::Stopped { words, .. } => Message::new("TJ-S216").with("words", words),
    }
}

fn said(app: &App, note: &Note) -> String {
    format!("{}: {}", note.code, Message { code: note.code, args: note.args.clone() }.render(app.lang))
}

impl Report {
    fn add(&mut self, severity: Severity, text: String, is_of_configuration: bool) {
        self.lines.push(Line { severity, text, is_of_configuration });
    }
}

fn print(invocation: &Invocation, app: &App, reports: &[Report], off: &[SwitchedOff]) {
    match invocation.format {
        Format::Json => output::json(&as_json(app, reports, off)),
        Format::Table => as_text(app, reports, off, invocation.verbosity > 0),
    }
}

fn as_json(app: &App, reports: &[Report], off: &[SwitchedOff]) -> Value {
    let word = |severity: Severity| match severity {
        Severity::Info => "info",
        Severity::Warning => "warning",
        Severity::Error => "error",
    };
    let source = |report: &Report| {
        let finding = |line: &Line| json!({ "severity": word(line.severity), "text": line.text });
        let findings: Vec<Value> = report.lines.iter().map(finding).collect();
        json!({ "source": report.source, "server": report.server, "findings": findings })
    };
    let one_off =
        |off: &SwitchedOff| json!({ "source": off.source, "department": off.department, "place": off.place });
    json!({
        "kinds": app.ontology.kinds.len(), "entities": app.ontology.entities.len(), "streams": app.mappings.len(),
        "sources": reports.iter().map(source).collect::<Vec<_>>(),
        "warnings": short_calendar(app).map(|message| message.render(app.lang)).into_iter().collect::<Vec<_>>(),
        "switched_off": off.iter().map(one_off).collect::<Vec<_>>(),
    })
}

/// A line a source and what is wrong with it; what is merely worth knowing is counted, unless more is asked for.
fn as_text(app: &App, reports: &[Report], off: &[SwitchedOff], is_verbose: bool) {
    let message =
        Message::new("TJ-V045").with("kinds", app.ontology.kinds.len()).with("streams", app.mappings.len());
    output::line(&message.render(app.lang));
    if let Some(message) = short_calendar(app) {
        output::line(&format!("! {}: {}", message.code, message.render(app.lang)));
    }
    let mut n_untold = 0;
    for (index, report) in reports.iter().enumerate() {
        let gap = if is_verbose || index == 0 { "\n" } else { "" };
        let worst = report.lines.iter().map(|line| sign(line.severity)).max_by_key(|(order, _)| *order);
        let mark = worst.filter(|(order, _)| *order > 0).map_or("✓", |(_, sign)| sign);
        let about = Message::new("TJ-V230").with("source", &report.source).with("streams", report.n_streams);
        let about = about.with("server", report.server.as_deref().unwrap_or("-"));
        output::line(&format!("{gap}{mark} {}", about.render(app.lang)));
        for line in &report.lines {
            if line.severity == Severity::Info && !is_verbose {
                n_untold += 1;
                continue;
            }
            output::line(&format!("    {} {}", sign(line.severity).1, line.text));
        }
    }
    if n_untold > 0 {
        output::line(&format!("\n{}", Message::new("TJ-V231").with("n", n_untold).render(app.lang)));
    }
    for (index, SwitchedOff { source, department, place }) in off.iter().enumerate() {
        let message = Message::new("TJ-V047").with("source", source).with("department", department);
        let gap = if index == 0 { "\n" } else { "" };
        output::line(&format!("{gap}{}", message.with("place", place).render(app.lang)));
    }
}

/// That the working days of this year are not known, where those of others are.
fn short_calendar(app: &App) -> Option<Message> {
    let last = app.config.calendars.iter().map(|calendar| calendar.year).max();
    year_missing(last, &output::local(app.clock.now(), &app.config.hub.zone))
}

/// `today` begins with its year.
fn year_missing(last: Option<u32>, today: &str) -> Option<Message> {
    let year: u32 = today.split('-').next()?.parse().ok()?;
    let last = last.filter(|last| *last < year)?;
    Some(Message::new("TJ-V271").with("last", last).with("year", year))
}

/// How grave, and how it is shown.
fn sign(severity: Severity) -> (u8, &'static str) {
    match severity {
        Severity::Info => (0, "·"),
        Severity::Warning => (1, "!"),
        Severity::Error => (2, "✗"),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_year_without_its_working_days_is_told() {
        let told = |last| super::year_missing(last, "2027-01-01 00:00:00 +08:00");
        assert!(told(None).is_none(), "who knows no year counts Monday to Friday on purpose");
        assert!(told(Some(2027)).is_none() && told(Some(2028)).is_none());
        let message = told(Some(2026)).unwrap();
        assert!(message.render(messages::Lang::Zh).contains("[calendar.cn_2027]"));
    }
}
