//! Names of streams, understood as patterns of file names.
//!
//! `penalty-*.csv`, `tickets.xlsx`, `ledger.xlsx.Sheet1`: `*` stands for any characters, `?` for one, and letters of
//! ASCII match in either case. Knows no folder.

use contract::StreamName;

/// What files a stream is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern {
    pub(crate) files: String,
    pub(crate) format: Format,
}

/// How its files are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// Lines of text.
    Text,
    /// A sheet of a workbook; `None`: the first.
    Workbook { sheet: Option<String> },
}

impl Pattern {
    /// `None` when the name ends in nothing that can be read.
    pub(crate) fn of(stream: &StreamName) -> Option<Pattern> {
        Pattern::of_text(&stream.parts().join("."))
    }

    pub(crate) fn of_text(name: &str) -> Option<Pattern> {
        let lower = name.to_ascii_lowercase();
        let stem = |extension: &str| lower.strip_suffix(extension).is_some_and(|stem| !stem.is_empty());
        let made = |format| Some(Pattern { files: name.to_owned(), format });
        if stem(".csv") || stem(".txt") || stem(".tsv") {
            return made(Format::Text);
        }
        if stem(".xlsx") || stem(".xlsm") {
            return made(Format::Workbook { sheet: None });
        }
        let at = [".xlsx.", ".xlsm."].iter().filter_map(|middle| lower.find(middle)).min()?;
        let (files, sheet) = (name.get(..at + 5)?, name.get(at + 6..)?);
        if at == 0 || sheet.is_empty() {
            return None;
        }
        Some(Pattern { files: files.to_owned(), format: Format::Workbook { sheet: Some(sheet.to_owned()) } })
    }

    /// Whether a file of this name belongs to it. Names of files that are not finished never do.
    pub(crate) fn matches(&self, file: &str) -> bool {
        !is_unfinished(file) && matches(self.files.as_bytes(), file.as_bytes())
    }
}

/// Names that programs give to files while they write them, and to their locks.
fn is_unfinished(file: &str) -> bool {
    let lower = file.to_ascii_lowercase();
    let ends = [".tmp", ".part", ".partial", ".crdownload", ".filepart"];
    file.starts_with('.') || file.starts_with("~$") || ends.iter().any(|end| lower.ends_with(end))
}

/// Greedy, going back to the last `*`: at worst the product of the lengths.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    let (mut at, mut from) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while from < name.len() {
        let (wanted, found) = (pattern.get(at), name.get(from));
        match (wanted, found) {
            (Some(b'*'), _) => {
                star = Some((at + 1, from));
                at += 1;
            }
            (Some(b'?'), Some(first)) => {
                at += 1;
                from += length(*first);
            }
            (Some(wanted), Some(found)) if wanted.eq_ignore_ascii_case(found) => {
                at += 1;
                from += 1;
            }
            _ => match star {
                Some((after, tried)) => {
                    star = Some((after, tried + 1));
                    (at, from) = (after, tried + 1);
                }
                None => return false,
            },
        }
    }
    pattern.get(at..).unwrap_or_default().iter().all(|c| *c == b'*')
}

/// Bytes of the UTF-8 character that begins with this byte.
fn length(first: u8) -> usize {
    match first {
        0xf0.. => 4,
        0xe0.. => 3,
        0xc0.. => 2,
        _ => 1,
    }
}
