//! What is printed: tables or JSON on standard output, everything else on standard error.

use std::io::Write as _;

use messages::{Lang, Message};

/// Tables for people or JSON for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Table,
    Json,
}

/// A line on standard output. A closed pipe ends quietly.
pub(crate) fn line(text: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// A line on standard error.
pub(crate) fn error(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// A table with a header.
pub(crate) fn table(header: &[&str], rows: Vec<Vec<String>>) {
    let mut table = comfy_table::Table::new();
    table.set_content_arrangement(comfy_table::ContentArrangement::Dynamic);
    table.set_header(header.iter().copied());
    for row in rows {
        table.add_row(row);
    }
    line(&table.to_string());
}

/// A table whose header is texts by code.
pub(crate) fn titled(lang: Lang, codes: &[&'static str], rows: Vec<Vec<String>>) {
    let titles: Vec<String> = codes.iter().map(|code| Message::new(code).render(lang)).collect();
    table(&titles.iter().map(String::as_str).collect::<Vec<_>>(), rows);
}

/// JSON, indented.
pub(crate) fn json(value: &serde_json::Value) {
    line(&serde_json::to_string_pretty(value).unwrap_or_default());
}
