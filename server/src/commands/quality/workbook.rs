//! The workbook that is handed back to a department: what it sends is worth, which rows to mend, what every number means.

use std::path::Path;

use graphql::plain;
use hub::query::answer::record_text;
use hub::query::quality::{DepartmentQuality, FieldQuality, FindingView, QualityDimension, StreamQuality};
use messages::{Lang, Message};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

use super::sheet::{Cell, Existing, NotWritten, Sheet, save};
use super::{dimension_text, reasons};
use crate::output;

/// What a workbook is made of.
pub(super) struct Content<'c> {
    /// The departments.
    pub(super) departments: &'c [DepartmentQuality],
    /// The findings.
    pub(super) findings: &'c [FindingView],
    /// Whether there are more.
    pub(super) has_more: bool,
    /// When it was read.
    pub(super) at: hub::clock::Timestamp,
    /// In which moments are told.
    pub(super) zone: &'c str,
    /// In which language.
    pub(super) lang: Lang,
}

/// Writes it.
pub(super) fn write(content: &Content<'_>, path: &Path, existing: Existing) -> Result<(), NotWritten> {
    let failed = |error: XlsxError| NotWritten::Failed(error.to_string());
    let mut workbook = Workbook::new();
    // The moment it was read at, not the machine's: the same content makes the same file.
    if let Ok(at) = ExcelDateTime::from_timestamp(content.at.0 / 1_000_000) {
        workbook.set_properties(&DocProperties::new().set_creation_datetime(&at));
    }
    summary(&mut workbook, content).map_err(failed)?;
    fields(&mut workbook, content).map_err(failed)?;
    findings(&mut workbook, content).map_err(failed)?;
    legend(&mut workbook, content).map_err(failed)?;
    save(&mut workbook, path, existing)
}

fn name(lang: Lang, code: &'static str) -> String {
    Message::new(code).render(lang)
}

fn summary(workbook: &mut Workbook, content: &Content<'_>) -> Result<(), XlsxError> {
    let lang = content.lang;
    let mut sheet = Sheet::begin(workbook, &name(lang, "TJ-K190"), &[14.0, 26.0, 28.0, 20.0])?;
    sheet.head(
        lang,
        &[
            "TJ-K100", "TJ-K101", "TJ-K102", "TJ-K103", "TJ-K104", "TJ-K105", "TJ-K106", "TJ-K107",
            "TJ-K108", "TJ-K109", "TJ-K110", "TJ-K111", "TJ-K112", "TJ-K113", "TJ-K114", "TJ-K115",
            "TJ-K116", "TJ-K117", "TJ-K118", "TJ-K119", "TJ-K120", "TJ-K121", "TJ-K122", "TJ-K123",
            "TJ-K124",
        ],
    )?;
    for department in content.departments {
        for stream in &department.streams {
            sheet.row(summary_row(department, stream, content))?;
        }
    }
    Ok(())
}

fn summary_row(department: &DepartmentQuality, stream: &StreamQuality, content: &Content<'_>) -> Vec<Cell> {
    let lang = content.lang;
    let parts = &stream.parts;
    let (validity, matching) = (&parts.validity, &parts.matching);
    let compared = parts.agreement.ratio();
    let days = |days: Option<i64>| days.map_or(Cell::Empty, Cell::Days);
    let moment = |at: Option<hub::clock::Timestamp>| Cell::from(at.map(|at| output::local(at, content.zone)));
    let said = |label: &hub::ontology::Label| match lang {
        Lang::Zh => label.zh.clone(),
        Lang::En => label.en.clone(),
    };
    vec![
        department.id.as_str().into(),
        said(&department.name).into(),
        format!("{}/{}", stream.source, stream.stream).into(),
        said(&stream.kind_label).into(),
        Cell::Count(validity.received),
        Cell::Count(validity.clean),
        Cell::Count(validity.flagged),
        Cell::Count(validity.set_aside),
        Cell::Share(validity.ratio()),
        Cell::Share(parts.completeness),
        Cell::Count(parts.completeness.part),
        Cell::Count(parts.completeness.whole),
        Cell::Share(parts.timeliness.in_time),
        Cell::Count(parts.timeliness.in_time.part),
        Cell::Count(parts.timeliness.in_time.whole),
        // Of several rules each has its own: a median of medians would mean nothing.
        days(only(&stream.rules).and_then(|rule| rule.median)),
        days(stream.rules.iter().filter_map(|rule| rule.greatest).max()),
        Cell::Share(compared),
        Cell::Count(compared.part),
        Cell::Count(compared.whole),
        Cell::Count(matching.linked),
        Cell::Count(matching.waiting),
        Cell::Count(matching.nobody),
        moment(stream.read_whole_at),
        moment(stream.newest_at),
    ]
}

fn only<T>(all: &[T]) -> Option<&T> {
    match all {
        [one] => Some(one),
        _ => None,
    }
}

fn fields(workbook: &mut Workbook, content: &Content<'_>) -> Result<(), XlsxError> {
    let lang = content.lang;
    let widths = [14.0, 28.0, 24.0, 22.0, 22.0, 8.0, 10.0, 10.0, 10.0, 10.0, 10.0, 40.0];
    let mut sheet = Sheet::begin(workbook, &name(lang, "TJ-K191"), &widths)?;
    sheet.head(
        lang,
        &[
            "TJ-K100", "TJ-K102", "TJ-K130", "TJ-K131", "TJ-K132", "TJ-K133", "TJ-K110", "TJ-K134",
            "TJ-K109", "TJ-K106", "TJ-K107", "TJ-K135", "TJ-K118", "TJ-K119", "TJ-K117",
        ],
    )?;
    for department in content.departments {
        for stream in &department.streams {
            for field in &stream.fields {
                sheet.row(field_row(department, stream, field, lang))?;
            }
        }
    }
    Ok(())
}

fn field_row(
    department: &DepartmentQuality,
    stream: &StreamQuality,
    field: &FieldQuality,
    lang: Lang,
) -> Vec<Cell> {
    let compared = field.agreement.map(|agreement| agreement.ratio());
    let count = |n: Option<u64>| n.map_or(Cell::Empty, Cell::Count);
    let label = match lang {
        Lang::Zh => &field.label.zh,
        Lang::En => &field.label.en,
    };
    let why: Vec<String> = [&field.set_aside, &field.flags].into_iter().flat_map(reasons).collect();
    vec![
        department.id.as_str().into(),
        format!("{}/{}", stream.source, stream.stream).into(),
        field.field.as_str().into(),
        label.as_str().into(),
        field.columns.join(", ").into(),
        if field.is_required { "✓".into() } else { Cell::Empty },
        Cell::Count(field.filled.part),
        Cell::Count(field.filled.whole),
        Cell::Share(field.filled),
        Cell::Count(field.flags.values().sum()),
        Cell::Count(field.set_aside.values().sum()),
        why.join(" ").into(),
        count(compared.map(|compared| compared.part)),
        count(compared.map(|compared| compared.whole)),
        Cell::Share(compared.unwrap_or_default()),
    ]
}

fn findings(workbook: &mut Workbook, content: &Content<'_>) -> Result<(), XlsxError> {
    let lang = content.lang;
    let widths =
        [14.0, 16.0, 20.0, 28.0, 10.0, 22.0, 20.0, 20.0, 10.0, 44.0, 44.0, 36.0, 36.0, 28.0, 12.0, 12.0];
    let mut sheet = Sheet::begin(workbook, &name(lang, "TJ-K192"), &widths)?;
    sheet.head(
        lang,
        &[
            "TJ-K100", "TJ-K140", "TJ-K141", "TJ-K142", "TJ-K143", "TJ-K130", "TJ-K131", "TJ-K132",
            "TJ-K144", "TJ-K145", "TJ-K146", "TJ-K147", "TJ-K148", "TJ-K149", "TJ-K150", "TJ-K151",
        ],
    )?;
    for finding in content.findings {
        sheet.row(finding_row(finding, lang))?;
    }
    let code = if content.has_more { "TJ-K195" } else { "TJ-K194" };
    sheet.row(vec![Message::new(code).with("n", content.findings.len()).render(lang).into()])
}

fn finding_row(finding: &FindingView, lang: Lang) -> Vec<Cell> {
    let label = finding.field_label.as_ref().map(|label| match lang {
        Lang::Zh => label.zh.clone(),
        Lang::En => label.en.clone(),
    });
    let says =
        finding.says.as_ref().map(|says| format!("{} {}/{}", says.department, says.source, says.stream));
    vec![
        finding.department.as_str().into(),
        finding.source.as_str().into(),
        finding.stream.as_str().into(),
        finding.source_key.as_str().into(),
        dimension_text(finding.dimension, lang).into(),
        finding.field.clone().into(),
        label.into(),
        finding.columns.join(", ").into(),
        finding.message.code.into(),
        finding.message.render(Lang::Zh).into(),
        finding.message.render(Lang::En).into(),
        plain(&finding.value, finding.scale).into(),
        plain(&finding.others, finding.scale).into(),
        says.into(),
        finding.record.map(record_text).into(),
        finding.dead_letter.map(|number| number.to_string()).into(),
    ]
}

fn legend(workbook: &mut Workbook, content: &Content<'_>) -> Result<(), XlsxError> {
    let lang = content.lang;
    let mut sheet = Sheet::begin(workbook, &name(lang, "TJ-K193"), &[20.0, 120.0])?;
    sheet.head(lang, &["TJ-K160", "TJ-K161"])?;
    let meanings = [
        (QualityDimension::Completeness, "TJ-K170"),
        (QualityDimension::Validity, "TJ-K171"),
        (QualityDimension::Timeliness, "TJ-K172"),
        (QualityDimension::Agreement, "TJ-K173"),
        (QualityDimension::Matching, "TJ-K174"),
    ];
    for (dimension, code) in meanings {
        sheet.row(vec![dimension_text(dimension, lang).into(), name(lang, code).into()])?;
    }
    for code in ["TJ-K175", "TJ-K176"] {
        sheet.row(vec![Cell::Empty, name(lang, code).into()])?;
    }
    let codes: std::collections::BTreeSet<&str> =
        content.findings.iter().map(|finding| finding.message.code).collect();
    for code in codes {
        sheet.row(vec![code.into(), messages::text(code, lang).unwrap_or_default().into()])?;
    }
    sheet.row(vec![
        Cell::Empty,
        Message::new("TJ-K196").with("at", output::local(content.at, content.zone)).render(lang).into(),
    ])
}
