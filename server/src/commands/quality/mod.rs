//! `tongjian quality`: what departments send is worth, and which rows to mend. Asked through the one read path, so that
//! masking and audit are the same for everybody.

mod json;
mod sheet;
mod workbook;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use hub::catalogue::{Caller, Role};
use hub::query::quality::{
    DepartmentQuality, Dimensions, FindingPlace, FindingQuestion, FindingView, QualityDimension,
    QualityQuestion, StreamQuality,
};
use hub::query::{Asker, Query, QueryError};
use messages::{Lang, Message};
use serde_json::{Value, json};

use super::{pull, retire};
use crate::app::{App, Failed};
use crate::cli::{Findings, Invocation, Quality};
use crate::exit::Exit;
use crate::output::{self, Format};
use sheet::{Existing, NotWritten};

/// How long one department may take to be counted.
const PATIENCE: Duration = Duration::from_secs(600);
/// Findings that one workbook holds at most.
const MOST_FINDINGS: usize = 20_000;
/// Findings asked for at once, for a workbook.
const PAGE: u32 = 200;

/// Prints the scorecard, or the rows behind it, or writes a workbook with both.
pub(crate) async fn run(invocation: &Invocation, app: &App, what: &Quality) -> Result<Exit, Failed> {
    let known = |id: &String| app.config.departments.iter().any(|department| department.id == *id);
    if let Some(department) = what.department.as_ref().filter(|id| !known(id)) {
        let names: Vec<&str> = app.config.departments.iter().map(|known| known.id.as_str()).collect();
        let message = Message::new("TJ-V023").with("department", department).with("names", names.join(", "));
        return Err(Failed::new(Exit::NotFound, app.lang, &message));
    }
    pull::filter(app, what.source.as_deref(), what.stream.as_deref())?;
    if let Some(path) = &what.xlsx {
        may_write(app.lang, path, what.is_forced)?;
    }
    let store = app.reading_store().await?;
    let query = app.patient_query(store.clone(), PATIENCE).await?;
    if let Some(findings) = &what.findings {
        return list(invocation, app, &query, what, findings).await;
    }
    let departments = scorecard(app, &query, what).await?;
    if let Some(path) = &what.xlsx {
        return export(app, &query, what, &departments, path).await;
    }
    match invocation.format {
        Format::Json => output::json(&Value::Array(departments.iter().map(json::department).collect())),
        Format::Table => {
            table(&departments, app);
            if what.stream.is_some() {
                fields(&departments, app.lang);
            }
            if what.source.is_none() && what.department.is_none() {
                let counts = store.counts().await.map_err(|error| Failed::store(app.lang, &error))?;
                retire::tell(app, &retire::left(app, &counts));
            }
        }
    }
    Ok(Exit::Ok)
}

fn asker(app: &App) -> Asker {
    Asker {
        caller: Caller {
            key: "cli".to_owned(),
            department: "operator".to_owned(),
            role: Role::Steward,
            purpose: Some("tongjian quality".to_owned()),
        },
        request_id: format!("cli-{}", app.clock.now().0),
    }
}

fn refused(lang: Lang, error: &QueryError) -> Failed {
    let exit = if error.is_retryable() { Exit::Retryable } else { Exit::Failure };
    Failed::new(exit, lang, &error.message())
}

/// A department at a time, each within its own deadline.
async fn scorecard(app: &App, query: &Query, what: &Quality) -> Result<Vec<DepartmentQuality>, Failed> {
    let ids: Vec<String> = match &what.department {
        Some(department) => vec![department.clone()],
        None => app.config.departments.iter().map(|department| department.id.clone()).collect(),
    };
    let mut all = Vec::new();
    for id in ids {
        let question = QualityQuestion {
            department: Some(id),
            source: what.source.clone(),
            stream: what.stream.clone(),
            wanted: Dimensions::all(),
        };
        let found = query.quality(&asker(app), &question).await;
        all.extend(found.map_err(|error| refused(app.lang, &error))?);
    }
    all.retain(|department| !department.streams.is_empty());
    Ok(all)
}

async fn list(
    invocation: &Invocation,
    app: &App,
    query: &Query,
    what: &Quality,
    wanted: &Findings,
) -> Result<Exit, Failed> {
    let after = match &wanted.after {
        None => None,
        Some(text) => Some(place_of(text).ok_or_else(|| {
            Failed::new(Exit::Usage, app.lang, &Message::new("TJ-V204").with("found", text))
        })?),
    };
    // One more tells whether there are more.
    let question = FindingQuestion { after, first: wanted.first.saturating_add(1), ..question(what, wanted) };
    let found = query.quality_findings(&asker(app), &question).await;
    let mut findings = found.map_err(|error| refused(app.lang, &error))?;
    let n_first = usize::try_from(wanted.first).unwrap_or(usize::MAX);
    let has_more = findings.len() > n_first;
    findings.truncate(n_first);
    let next = findings.last().filter(|_| has_more).map(|last| place_text(last.place));
    match invocation.format {
        Format::Json => {
            let findings: Vec<Value> = findings.iter().map(json::finding).collect();
            output::json(&json!({ "findings": findings, "next": next }));
        }
        Format::Table => {
            let rows = findings.iter().map(|finding| finding_row(finding, app.lang)).collect();
            let titles =
                ["TJ-K102", "TJ-K142", "TJ-K143", "TJ-K130", "TJ-K135", "TJ-K147", "TJ-K148", "TJ-K149"];
            output::titled(app.lang, &titles, rows);
            if let Some(next) = next {
                output::error(&Message::new("TJ-V203").with("place", next).render(app.lang));
            }
        }
    }
    Ok(Exit::Ok)
}

fn question(what: &Quality, wanted: &Findings) -> FindingQuestion {
    FindingQuestion {
        department: what.department.clone(),
        source: what.source.clone(),
        stream: what.stream.clone(),
        dimension: wanted.dimension,
        field: wanted.field.clone(),
        code: wanted.code.clone(),
        after: None,
        first: wanted.first,
    }
}

fn finding_row(finding: &FindingView, lang: Lang) -> Vec<String> {
    let shown = |value| graphql::plain(value, finding.scale).unwrap_or_default();
    vec![
        format!("{}/{}", finding.source, finding.stream),
        finding.source_key.clone(),
        dimension_text(finding.dimension, lang),
        [finding.field.clone().unwrap_or_default(), finding.columns.join(", ")].join("\n").trim().to_owned(),
        format!("{} ({})", finding.message.render(lang), finding.message.code),
        shown(&finding.value),
        shown(&finding.others),
        finding.says.as_ref().map(|says| format!("{}/{}", says.source, says.stream)).unwrap_or_default(),
    ]
}

/// What can be mended first; fields that may well be empty come last.
const ORDER: [QualityDimension; 5] = [
    QualityDimension::Validity,
    QualityDimension::Timeliness,
    QualityDimension::Agreement,
    QualityDimension::Matching,
    QualityDimension::Completeness,
];

async fn export(
    app: &App,
    query: &Query,
    what: &Quality,
    departments: &[DepartmentQuality],
    path: &Path,
) -> Result<Exit, Failed> {
    let mut findings: Vec<FindingView> = Vec::new();
    for dimension in ORDER {
        let wanted = Findings { dimension: Some(dimension), first: PAGE, ..Findings::default() };
        let mut question = question(what, &wanted);
        // One more than there is room for tells whether there are more.
        while findings.len() <= MOST_FINDINGS {
            let found = query.quality_findings(&asker(app), &question).await;
            let page = found.map_err(|error| refused(app.lang, &error))?;
            let is_last = page.len() < usize::try_from(PAGE).unwrap_or(usize::MAX);
            question.after = page.last().map(|finding| finding.place);
            findings.extend(page);
            if is_last {
                break;
            }
        }
    }
    let has_more = findings.len() > MOST_FINDINGS;
    findings.truncate(MOST_FINDINGS);
    let (at, lang) = (app.clock.now(), app.lang);
    let zone = app.config.hub.zone.as_str();
    let content = workbook::Content { departments, findings: &findings, has_more, at, zone, lang };
    let existing = if what.is_forced { Existing::Replaced } else { Existing::Kept };
    workbook::write(&content, path, existing).map_err(|not_written| match not_written {
        NotWritten::Exists => exists(app.lang, path),
        NotWritten::Failed(why) => {
            let message = Message::new("TJ-V201").with("path", path.display()).with("why", why);
            Failed::new(Exit::Failure, app.lang, &message)
        }
    })?;
    let message = Message::new("TJ-V202").with("path", path.display()).with("n", findings.len());
    output::line(&message.render(app.lang));
    Ok(Exit::Ok)
}

/// A file that is there goes only when that was said, and nothing that is no plain file (a device, a link) ever goes.
fn may_write(lang: Lang, path: &Path, is_forced: bool) -> Result<(), Failed> {
    match std::fs::symlink_metadata(path) {
        Ok(there) if !there.is_file() => {
            let message = Message::new("TJ-V206").with("path", path.display());
            Err(Failed::new(Exit::Failure, lang, &message))
        }
        Ok(_) if !is_forced => Err(exists(lang, path)),
        // What else keeps it from being written is said by the writing.
        Ok(_) | Err(_) => Ok(()),
    }
}

fn exists(lang: Lang, path: &Path) -> Failed {
    Failed::new(Exit::Failure, lang, &Message::new("TJ-V200").with("path", path.display()))
}

fn table(departments: &[DepartmentQuality], app: &App) {
    let lang = app.lang;
    if departments.is_empty() {
        output::line(&Message::new("TJ-V205").render(lang));
        return;
    }
    let rows = departments
        .iter()
        .flat_map(|department| department.streams.iter().map(move |stream| (department, stream)))
        .map(|(department, stream)| {
            stream_row(app.department_label(&department.id), stream, &app.config.hub.zone)
        })
        .collect();
    let titles = [
        "TJ-K100", "TJ-K102", "TJ-K104", "TJ-K109", "TJ-K108", "TJ-K112", "TJ-K117", "TJ-K120", "TJ-K121",
        "TJ-K122", "TJ-K123",
    ];
    output::titled(lang, &titles, rows);
}

fn fields(departments: &[DepartmentQuality], lang: Lang) {
    let fields =
        departments.iter().flat_map(|department| &department.streams).flat_map(|stream| &stream.fields);
    let rows = fields
        .map(|field| {
            let compared = field.agreement.map(|agreement| agreement.ratio());
            let why: Vec<String> = [&field.set_aside, &field.flags].into_iter().flat_map(reasons).collect();
            vec![
                field.field.clone(),
                field.columns.join(", "),
                format!("{}/{}", field.filled.part, field.filled.whole),
                field.filled.text().unwrap_or_default(),
                why.join(" "),
                compared.and_then(|compared| compared.text()).unwrap_or_default(),
            ]
        })
        .collect();
    output::titled(lang, &["TJ-K130", "TJ-K132", "TJ-K110", "TJ-K109", "TJ-K135", "TJ-K117"], rows);
}

fn stream_row(label: String, stream: &StreamQuality, zone: &str) -> Vec<String> {
    let parts = &stream.parts;
    let share = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    vec![
        label,
        format!("{}/{}", stream.source, stream.stream),
        parts.validity.received.to_string(),
        share(parts.completeness.text()),
        share(parts.validity.ratio().text()),
        share(parts.timeliness.in_time.text()),
        share(parts.agreement.ratio().text()),
        parts.matching.linked.to_string(),
        parts.matching.waiting.to_string(),
        parts.matching.nobody.to_string(),
        stream.read_whole_at.map(|at| output::local(at, zone)).unwrap_or_default(),
    ]
}

/// `TJ-D004×3`, one a code.
fn reasons(counts: &BTreeMap<String, u64>) -> Vec<String> {
    counts.iter().map(|(code, n)| format!("{code}×{n}")).collect()
}

fn dimension_text(dimension: QualityDimension, lang: Lang) -> String {
    let code = match dimension {
        QualityDimension::Completeness => "TJ-K180",
        QualityDimension::Validity => "TJ-K181",
        QualityDimension::Timeliness => "TJ-K182",
        QualityDimension::Agreement => "TJ-K183",
        QualityDimension::Matching => "TJ-K184",
    };
    Message::new(code).render(lang)
}

fn place_text(place: FindingPlace) -> String {
    format!("{}.{}.{}.{}", place.stream, place.part, place.id, place.nth)
}

fn place_of(text: &str) -> Option<FindingPlace> {
    let parts: Vec<i64> = text.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    match parts.as_slice() {
        [stream, part @ (0 | 1), id, nth] => {
            Some(FindingPlace { stream: *stream, part: *part, id: *id, nth: *nth })
        }
        _ => None,
    }
}
