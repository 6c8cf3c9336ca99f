//! Workbooks.

use std::io::Write as _;

use contract::{Source as _, Value};
use jiff::civil::{date, time};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};

use super::Drop;
use super::fixture::{batches, came, request, rows, stream, text};
use crate::{Files, Options};

fn workbook(fill: impl Fn(&mut Workbook)) -> Vec<u8> {
    let mut workbook = Workbook::new();
    fill(&mut workbook);
    workbook.save_to_buffer().unwrap()
}

fn header(sheet: &mut Worksheet, row: u32, names: &[&str]) {
    for (name, column) in names.iter().zip(0..) {
        sheet.write(row, column, *name).unwrap();
    }
}

#[tokio::test]
async fn cells_are_what_they_are_shown_as() {
    let bytes = workbook(|workbook| {
        let sheet = workbook.add_worksheet();
        header(sheet, 0, &["k", "v"]);
        let (day, moment, hour) = ("yyyy\\-mm\\-dd", "yyyy/m/d hh:mm", "hh:mm:ss");
        let format = |format: &str| Format::new().set_num_format(format);
        let at = |text: &str| ExcelDateTime::parse_from_str(text).unwrap();
        for row in 1..=17 {
            sheet.write(row, 0, row).unwrap();
        }
        sheet.write(1, 1, "文本").unwrap();
        sheet.write(2, 1, 42).unwrap();
        sheet.write(3, 1, 0.1).unwrap();
        sheet.write(4, 1, -1_234_567.89).unwrap();
        sheet.write(5, 1, 123_456_789_012_345_f64).unwrap();
        sheet.write(6, 1, true).unwrap();
        sheet.write_datetime_with_format(7, 1, at("2024-02-29"), &format(day)).unwrap();
        sheet.write_datetime_with_format(8, 1, at("2024-02-29T12:30:15"), &format(moment)).unwrap();
        sheet.write_datetime_with_format(9, 1, at("08:05:00"), &format(hour)).unwrap();
        sheet.write_formula(10, 1, Formula::new("=1+2").set_result("3")).unwrap();
        sheet.write_formula(11, 1, Formula::new("=A1&\"x\"").set_result("kx")).unwrap();
        sheet.write_formula(12, 1, Formula::new("=NA()").set_result("#N/A")).unwrap();
        sheet.write_number_with_format(13, 1, 60, &format(day)).unwrap();
        sheet.write_number_with_format(14, 1, -1, &format(day)).unwrap();
        sheet.write(15, 1, " 00123 ").unwrap();
        sheet.write(16, 1, 1e300).unwrap();
        sheet.write_number_with_format(17, 1, 1.5, &format("[hh]:mm")).unwrap();
    });
    let folder = Drop::new().with("t.xlsx", bytes);
    let mut found = rows(&folder.files(), request("t.xlsx", &["k"])).await.unwrap();
    found.sort_by_key(|(key, _)| key.as_ref().unwrap().parse::<u32>().unwrap());
    let cells: Vec<Value> = found.into_iter().map(|(_, mut cells)| cells.remove(1)).collect();
    let odd = |text: &str, why| Value::Odd { text: text.to_owned(), why };
    let expected = [
        text("文本"),
        Value::Int(42),
        Value::Decimal("0.1".into()),
        Value::Decimal("-1234567.89".into()),
        Value::Int(123_456_789_012_345),
        Value::Bool(true),
        Value::Date(date(2024, 2, 29)),
        Value::DateTime(date(2024, 2, 29).at(12, 30, 15, 0)),
        Value::Time(time(8, 5, 0, 0)),
        Value::Int(3),
        text("kx"),
        odd("#N/A", "error"),
        odd("1900-02-29", "range"),
        odd("-1", "range"),
        text(" 00123 "),
        Value::Decimal(format!("1{}", "0".repeat(300))),
        odd("1.5", "range"),
    ];
    assert_eq!(cells, expected);
}

#[tokio::test]
async fn sheets_headers_gaps_and_merged_cells() {
    let bytes = workbook(|workbook| {
        workbook.add_worksheet().set_name("说明").unwrap().write(0, 0, "see the other sheet").unwrap();
        let sheet = workbook.add_worksheet();
        sheet.set_name("二〇二四.上").unwrap();
        sheet.write(0, 0, "title over all").unwrap();
        header(sheet, 2, &["k", "", "v", "v"]);
        sheet.merge_range(3, 2, 3, 3, "both", &Format::new()).unwrap();
        sheet.write(3, 0, "a").unwrap();
        sheet.write(5, 0, "b").unwrap();
        sheet.write(6, 1, "no key").unwrap();
        sheet.write(7, 0, "c").unwrap();
        sheet.write(7, 6, "beyond").unwrap();
    });
    let folder = Drop::new().with("t.xlsx", bytes);
    let name = "t.xlsx.二〇二四.上";
    let mut options = folder.options();
    // As the whole name is written in a configuration.
    let parts = vec!["t.xlsx".to_owned(), "二〇二四.上".to_owned()];
    let named = contract::StreamName::of(parts).unwrap();
    options.header_rows.insert(name.into(), 3);
    let asked = contract::SnapshotRequest { stream: named, ..request("t.xlsx", &["k"]) };
    let files = Files::new(options);
    let found = batches(&files, asked).await.unwrap();
    let names: Vec<&str> = found[0].schema.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["k", "column_2", "v", "v_4"]);
    assert_eq!(found[0].schema.estimated_rows, Some(5));
    let found = came(&found[0]);
    assert_eq!(found[0], (Ok("a".into()), vec![text("a"), Value::Null, text("both"), Value::Null]));
    assert_eq!(found[1].0, Ok("b".into()));
    assert_eq!(
        found[2].0,
        Err(contract::Unkeyed::NoKey(contract::notes::at_line("t.xlsx", 7, contract::notes::key_null("k"))))
    );
    assert_eq!(
        found[3].0,
        Err(contract::Unkeyed::Width { file: "t.xlsx".into(), line: 8, n_found: 7, n_expected: 4 })
    );

    let error = rows(&folder.files(), request("t.xlsx.三", &["k"])).await.unwrap_err().to_string();
    assert!(error.contains("TJ-S234") && error.contains("sheet=三|names=说明, 二〇二四.上"), "{error}");
    let all = folder.files().discover(None).await.unwrap();
    let names: Vec<String> = all.iter().map(|schema| schema.name.to_string()).collect();
    assert_eq!(names, ["t.xlsx", "t.xlsx.二〇二四.上"]);
}

#[tokio::test]
async fn empty_rows_below_do_not_count() {
    let bytes = workbook(|workbook| {
        let sheet = workbook.add_worksheet();
        header(sheet, 0, &["k"]);
        sheet.write(1, 0, "a").unwrap();
        sheet.write_blank(1_000_048, 0, &Format::new().set_bold()).unwrap();
    });
    let folder = Drop::new().with("t.xlsx", bytes);
    let found = batches(&folder.files(), request("t.xlsx", &["k"])).await.unwrap();
    assert_eq!(found[0].schema.estimated_rows, Some(1));
}

#[tokio::test]
async fn a_workbook_larger_than_it_looks_is_refused_before_it_is_read() {
    let bytes = workbook(|workbook| {
        let sheet = workbook.add_worksheet();
        header(sheet, 0, &["k"]);
        for row in 1..20_000 {
            sheet.write(row, 0, 0).unwrap();
        }
    });
    assert!(bytes.len() < 200_000);
    let folder = Drop::new().with("t.xlsx", bytes);
    let files = Files::new(Options { max_sheet_bytes: 300_000, ..folder.options() });
    let error = rows(&files, request("t.xlsx", &["k"])).await.unwrap_err().to_string();
    assert!(error.contains("TJ-S255") && error.contains("sheet1.xml"), "{error}");
    assert_eq!(rows(&folder.files(), request("t.xlsx", &["k"])).await.unwrap().len(), 19_999);
}

/// A workbook with parts replaced by these texts.
fn with_parts(whole: Vec<u8>, parts: &[(&str, String)]) -> Vec<u8> {
    let replaced = |whole, (part, text): &(&str, String)| {
        with_part_of(whole, part, |to| to.write_all(text.as_bytes()).unwrap())
    };
    parts.iter().fold(whole, replaced)
}

/// A workbook with one of its parts replaced by what `fill` writes.
fn with_part(part: &str, fill: impl FnOnce(&mut dyn std::io::Write)) -> Vec<u8> {
    with_part_of(workbook(|workbook| header(workbook.add_worksheet(), 0, &["k", "v"])), part, fill)
}

fn with_part_of(whole: Vec<u8>, part: &str, fill: impl FnOnce(&mut dyn std::io::Write)) -> Vec<u8> {
    let mut from = zip::ZipArchive::new(std::io::Cursor::new(whole)).unwrap();
    let mut to = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for index in 0..from.len() {
        let entry = from.by_index(index).unwrap();
        if entry.name().unwrap() != part {
            to.raw_copy_file(entry).unwrap();
        }
    }
    to.start_file(part, zip::write::SimpleFileOptions::default()).unwrap();
    fill(&mut to);
    to.finish().unwrap().into_inner()
}

async fn refused(bytes: Vec<u8>) -> String {
    let folder = Drop::new().with("t.xlsx", bytes);
    let error = rows(&folder.files(), request("t.xlsx", &["k"])).await.unwrap_err();
    assert!(matches!(error, contract::ReadError::Malformed { .. }), "{error}");
    let error = error.to_string();
    assert!(error.contains("file=t.xlsx|"), "{error}");
    error
}

#[tokio::test]
async fn a_workbook_made_to_fill_memory_is_refused() {
    let sheet = "xl/worksheets/sheet1.xml";
    // A cell of 5 MiB that does not shrink, as far as a generator of numbers can see to that.
    let bytes = with_part(sheet, |to| {
        to.write_all(b"<worksheet><sheetData><row r=\"1\"><c t=\"inlineStr\"><is><t>").unwrap();
        let mut state = 1_u64;
        for _ in 0..(5 << 17) {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            to.write_all(&(state >> 32).to_be_bytes().map(|byte| b'A' + byte % 50)).unwrap();
        }
    });
    let error = refused(bytes).await;
    assert!(error.contains("a text or tag of more than 4 MiB"), "{error}");
    let bytes = with_part(sheet, |to| {
        to.write_all(b"<worksheet><sheetData>").unwrap();
        (0..40).for_each(|_| to.write_all(&b"<row></row>".repeat(96 << 10)).unwrap());
    });
    let error = refused(bytes).await;
    assert!(error.contains("TJ-S255"), "{error}");
    // One text of 1 MiB that stands in a hundred cells of a row.
    let text = "x".repeat(1 << 20);
    let bytes = workbook(|workbook| {
        let sheet = workbook.add_worksheet();
        header(sheet, 0, &["k"]);
        sheet.write(1, 0, 1).unwrap();
    });
    let bytes = with_parts(
        bytes,
        &[
            ("xl/sharedStrings.xml", format!("<sst><si><t>k</t></si><si><t>{text}</t></si></sst>")),
            (
                sheet,
                format!(
                    "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row><row r=\"2\">{}</row></sheetData></worksheet>",
                    "<c t=\"s\"><v>1</v></c>".repeat(100)
                ),
            ),
        ],
    );
    let error = refused(bytes).await;
    assert!(error.contains("|line=2|size=64⟧"), "{error}");
    let bytes = with_part("xl/sharedStrings.xml", |to| {
        to.write_all(b"<sst uniqueCount=\"99999999999999\"></sst>").unwrap();
    });
    let error = refused(bytes).await;
    assert!(error.contains("more than 4000000 texts"), "{error}");
}

#[test]
fn a_workbook_nobody_wants_any_more_is_not_read_on() {
    let folder = Drop::new().with("t.xlsx", workbook(|workbook| header(workbook.add_worksheet(), 0, &["k"])));
    let file = crate::folder::all(folder.path()).unwrap().remove(0);
    let job = crate::work::Job::default();
    assert_eq!(crate::workbook::sheets(&file, &job).unwrap(), ["Sheet1"]);
    job.give_up();
    let error = crate::workbook::sheets(&file, &job).unwrap_err();
    assert!(error.to_string().contains("given up"), "{error}");
}

#[tokio::test]
async fn what_is_no_workbook_is_said_to_be_none() {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("x.txt", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(b"nothing").unwrap();
    let other = zip.finish().unwrap().into_inner();
    let whole = workbook(|workbook| header(workbook.add_worksheet(), 0, &["k"]));
    let half = whole[..whole.len() / 2].to_vec();
    for bytes in [b"a,b\n1,2\n".to_vec(), other, half, Vec::new()] {
        let folder = Drop::new().with("t.xlsx", bytes);
        let error = rows(&folder.files(), request("t.xlsx", &["k"])).await.unwrap_err();
        assert!(matches!(error, contract::ReadError::Malformed { .. }), "{error}");
        // In a list of all files it stands with its reason.
        let all = folder.files().discover(None).await.unwrap();
        assert_eq!((all.len(), all[0].columns.len(), all[0].notes[0].code), (1, 0, "TJ-S014"));
    }
}

#[tokio::test]
async fn a_formula_saved_without_its_value_is_no_empty_cell() {
    // As openpyxl writes it, without any value, with one, with an empty text for one, shared, and no formula at all.
    let cells = [
        "<c r=\"B2\"><f>A2*2</f><v></v></c>",
        "<c r=\"B3\"><f>A3*2</f></c>",
        "<c r=\"B4\"><f>A4*2</f><v>6</v></c>",
        "<c r=\"B5\" t=\"str\"><f>T(A5)</f><v></v></c>",
        "<c r=\"B6\"><f t=\"shared\" ref=\"B6:B7\" si=\"0\">A6*2</f></c>",
        "<c r=\"B7\"><f t=\"shared\" si=\"0\"/></c>",
        "<c r=\"B8\"/>",
    ];
    let rows_of = cells
        .iter()
        .zip(2..)
        .map(|(cell, n)| format!("<row r=\"{n}\"><c r=\"A{n}\"><v>{n}</v></c>{cell}</row>"));
    let head = ["k", "v"].map(|name| format!("<c t=\"inlineStr\"><is><t>{name}</t></is></c>")).concat();
    let sheet = format!(
        "<worksheet><sheetData><row r=\"1\">{head}</row>{}</sheetData></worksheet>",
        rows_of.collect::<String>()
    );
    let bytes = with_part("xl/worksheets/sheet1.xml", |to| to.write_all(sheet.as_bytes()).unwrap());
    let folder = Drop::new().with("t.xlsx", bytes);
    let found = rows(&folder.files(), request("t.xlsx", &["k"])).await.unwrap();
    let cells: Vec<Value> = found.into_iter().filter_map(|(_, mut cells)| cells.pop()).collect();
    let unsaved = Value::Odd { text: String::new(), why: "no-result" };
    let unsaved = || unsaved.clone();
    assert_eq!(cells, [unsaved(), unsaved(), Value::Int(6), Value::Null, unsaved(), unsaved(), Value::Null]);
    let found = rows(&folder.files(), request("t.xlsx", &["v"])).await.unwrap();
    let no_value = contract::notes::at_line("t.xlsx", 2, contract::notes::key_no_value("v"));
    assert!(
        found.iter().any(|(key, _)| *key == Err(contract::Unkeyed::NoKey(no_value.clone()))),
        "{found:?}"
    );
}

#[tokio::test]
async fn an_empty_sheet_has_no_header_and_a_header_alone_no_rows() {
    let empty = workbook(|workbook| {
        workbook.add_worksheet();
    });
    let header_only = workbook(|workbook| header(workbook.add_worksheet(), 0, &["k", "v"]));
    let folder = Drop::new().with("e.xlsx", empty).with("h.xlsx", header_only);
    let error = rows(&folder.files(), request("e.xlsx", &["k"])).await.unwrap_err().to_string();
    assert!(error.contains("TJ-S253") && error.contains("row=1"), "{error}");
    assert_eq!(rows(&folder.files(), request("h.xlsx", &["k"])).await.unwrap(), []);
    let check = folder.files().check(&[stream("h.xlsx"), stream("h.ods")]).await;
    let codes: Vec<&str> = check.findings.iter().map(|finding| finding.note.code).collect();
    assert_eq!(codes, ["TJ-S001", "TJ-S012", "TJ-S014"]);
}
