//! A sheet of a workbook whose cells come from other people's databases: text stays text, whatever it looks like, and
//! nothing in it ends the writing.
//!
//! Invariant: writes no formula and no link.

use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use hub::query::quality::Ratio;
use messages::{Lang, Message};
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

/// Characters of a cell that are kept, as Excel counts them; it takes 32,767.
const LONGEST: usize = 32_000;

/// A cell.
pub(super) enum Cell {
    /// Nothing.
    Empty,
    /// A text.
    Text(String),
    /// A whole number.
    Count(u64),
    /// Days.
    Days(i64),
    /// A share.
    Share(Ratio),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Cell {
        Cell::Text(text)
    }
}

impl From<Option<String>> for Cell {
    fn from(text: Option<String>) -> Cell {
        text.map_or(Cell::Empty, Cell::Text)
    }
}

/// A sheet that grows row by row, kept on disk and not in memory.
pub(super) struct Sheet<'w> {
    sheet: &'w mut Worksheet,
    row: u32,
    head: Format,
    text: Format,
    quoted: Format,
    share: Format,
}

impl<'w> Sheet<'w> {
    /// A sheet with a title and widths of its columns.
    pub(super) fn begin(
        workbook: &'w mut Workbook,
        name: &str,
        widths: &[f64],
    ) -> Result<Sheet<'w>, XlsxError> {
        let sheet = workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(name)?;
        for (width, column) in widths.iter().zip(0_u16..) {
            sheet.set_column_width(column, *width)?;
        }
        let text = Format::new().set_num_format("@").set_text_wrap();
        Ok(Sheet {
            sheet,
            row: 0,
            head: Format::new().set_bold(),
            quoted: text.clone().set_quote_prefix(),
            text,
            share: Format::new().set_num_format("0.00%"),
        })
    }

    /// A row of titles, by code.
    pub(super) fn head(&mut self, lang: Lang, codes: &[&'static str]) -> Result<(), XlsxError> {
        for (code, column) in codes.iter().zip(0_u16..) {
            let title = Message::new(code).render(lang);
            self.sheet.write_string_with_format(self.row, column, title, &self.head)?;
        }
        self.row += 1;
        Ok(())
    }

    /// A row.
    pub(super) fn row(&mut self, cells: Vec<Cell>) -> Result<(), XlsxError> {
        for (cell, column) in cells.into_iter().zip(0_u16..) {
            let row = self.row;
            match cell {
                Cell::Empty => {}
                Cell::Text(text) => {
                    let text = harmless(&text);
                    // Excel would ask about such a text when somebody edits it; the prefix says that it is one.
                    let is_like_formula = text.starts_with(['=', '+', '-', '@', '\'']);
                    let format = if is_like_formula { &self.quoted } else { &self.text };
                    self.sheet.write_string_with_format(row, column, text, format)?;
                }
                Cell::Count(n) => {
                    self.sheet.write_number(row, column, u32::try_from(n).unwrap_or(u32::MAX))?;
                }
                Cell::Days(n) => {
                    self.sheet.write_number(row, column, i32::try_from(n).unwrap_or(i32::MAX))?;
                }
                Cell::Share(ratio) => {
                    if let Some(share) = ratio.text().and_then(|text| text.parse::<f64>().ok()) {
                        self.sheet.write_number_with_format(row, column, share, &self.share)?;
                    }
                }
            }
        }
        self.row += 1;
        Ok(())
    }
}

/// A text that any reader of workbooks takes: control characters as their pictures, cut where it is too long.
fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(4 * LONGEST));
    let mut n_units = 0;
    for c in text.chars() {
        let c = match c {
            '\n' => '\n',
            '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
            '\u{7f}' => '\u{2421}',
            '\u{80}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
            c => c,
        };
        n_units += c.len_utf16();
        if n_units > LONGEST {
            out.push('…');
            break;
        }
        out.push(c);
    }
    out
}

/// What becomes of a file that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Existing {
    /// It stays.
    Kept,
    /// It is replaced.
    Replaced,
}

/// Why a workbook is not there.
pub(super) enum NotWritten {
    /// Something of that name is there.
    Exists,
    /// The reason, in words.
    Failed(String),
}

/// Writes the workbook whole beside its place, then gives it its name: half of one is never seen, and one that is there
/// goes only if it is to be replaced.
pub(super) fn save(workbook: &mut Workbook, path: &Path, existing: Existing) -> Result<(), NotWritten> {
    let failed = |error: &dyn std::error::Error| NotWritten::Failed(error.to_string());
    let name = path.file_name().ok_or_else(|| NotWritten::Failed("no file name".to_owned()))?;
    let mut part_name = std::ffi::OsString::from(".");
    part_name.push(name);
    part_name.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(part_name);
    let mut write = || -> Result<(), NotWritten> {
        // New, its owner's alone: a link that somebody laid there is not followed.
        let options = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part);
        let mut file = options.map_err(|error| failed(&error))?;
        workbook.save_to_writer(&mut file).map_err(|error| failed(&error))?;
        file.sync_all().map_err(|error| failed(&error))?;
        if existing == Existing::Replaced {
            return std::fs::rename(&part, path).map_err(|error| failed(&error));
        }
        // A second name is refused where there is one: nobody is overwritten between looking and writing.
        match std::fs::hard_link(&part, path) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Err(NotWritten::Exists),
            Err(error) => Err(failed(&error)),
        }
    };
    let written = write();
    let _ = std::fs::remove_file(&part);
    written
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn texts_become_harmless_and_stay_what_they_were_otherwise() {
        assert_eq!(harmless("=HYPERLINK(\"x\")"), "=HYPERLINK(\"x\")");
        assert_eq!(harmless("a\u{0}b\tc\r\nd\u{7f}\u{85}"), "a␀b␉c␍\nd␡\u{fffd}");
        let long = harmless(&"𠮷".repeat(40_000));
        assert_eq!(long.chars().count(), 16_001);
        assert!(long.ends_with('…'));
    }
}
