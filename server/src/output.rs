//! What is printed: tables or JSON on standard output, everything else on standard error.

use std::io::Write as _;

use hub::clock::Timestamp;
use jiff::tz::{TimeZone, offset};
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

/// A moment for people: the hub's own time, to the second, with how far it is from UTC.
pub(crate) fn local(at: Timestamp, zone: &str) -> String {
    let zone = TimeZone::get(zone).unwrap_or_else(|_| TimeZone::fixed(offset(8)));
    match jiff::Timestamp::from_microsecond(at.0) {
        Ok(moment) => moment.to_zoned_datetime(zone).strftime("%Y-%m-%d %H:%M:%S %:z").to_string(),
        Err(_) => at.to_string(),
    }
}

/// Columns of the screen; `None` where nobody looks on. `COLUMNS` says otherwise.
pub(crate) fn width() -> Option<u16> {
    let said = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    said.or_else(|| comfy_table::Table::new().width())
}

/// A table with a header.
pub(crate) fn table(header: &[&str], rows: Vec<Vec<String>>) {
    let mut table = comfy_table::Table::new();
    table.set_content_arrangement(comfy_table::ContentArrangement::Dynamic);
    if let Some(width) = width() {
        table.set_width(width);
    }
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

#[cfg(test)]
mod tests {
    use hub::clock::Timestamp;

    #[test]
    fn a_moment_is_told_in_the_hub_s_own_time() {
        let at = Timestamp(1_780_300_800_123_456);
        assert_eq!(super::local(at, "Asia/Shanghai"), "2026-06-01 16:00:00 +08:00");
        assert_eq!(super::local(at, "UTC"), "2026-06-01 08:00:00 +00:00");
    }
}
